"""The sink: rows as log records of OpenTelemetry, sent to a collector by OTLP over HTTP."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.sdk._logs import ReadableLogRecord
from opentelemetry.sdk._logs.export import LogRecordExportResult
from opentelemetry.sdk.resources import Resource

from xetrack.interfaces.sinks import Sink
from xetrack.model.kinds import TO_TEXT, Kind, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xetrack.model.kinds import Value

LARGEST = 2**63 - 1
"""The largest integer of the protocol."""


class OtelSink(Sink):
    """Sends rows in batches, each cell as an attribute.

    The exporter of the SDK sends what it gets at once, and says whether it arrived; so `flush` can
    raise, and with ``spool=true`` no row is lost while the collector is away.
    """

    shutdown_timeout = 10.0

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        endpoint = options.get("endpoint", "http://localhost:4318").rstrip("/")
        self._endpoint = f"{endpoint.removesuffix('/v1/logs')}/v1/logs"
        self._resource = Resource({"service.name": options.get("service", "xetrack")})
        self._batch, self._interval = options.get("batch", 100), options.get("interval", 1.0)
        self._timeout = options.get("timeout", 5.0)
        self._records: list[ReadableLogRecord] = []
        self._exporter: Any = None
        self._sent = time.monotonic()

    def emit(self, row: Mapping[str, Value], level: str) -> None:
        """Add a record, and send all where there are enough, or the last were sent long ago."""
        record = LogRecord(
            timestamp=time.time_ns(),
            severity_number=SeverityNumber.INFO,
            severity_text=level,
            body="xetrack row",
            attributes={_text(key): _attribute(value) for key, value in row.items()},
        )
        self._records.append(ReadableLogRecord(record, self._resource))
        if len(self._records) >= self._batch or time.monotonic() - self._sent > self._interval:
            self.flush()

    def flush(self) -> None:
        """Send all records; those that do not arrive are reported, and not sent again."""
        records, self._records = self._records, []
        self._sent = time.monotonic()
        if records:
            if self._exporter is None:
                self._exporter = OTLPLogExporter(self._endpoint, timeout=self._timeout)
            if self._exporter.export(records) is not LogRecordExportResult.SUCCESS:
                raise ConnectionError(f"{self._endpoint} did not take {len(records)} rows")

    def close(self) -> None:
        """Close the connection; a later row opens it again."""
        if self._exporter is not None:
            self._exporter.shutdown()
            self._exporter = None


def _attribute(value: Value) -> str | bool | int | float:
    if isinstance(value, bool | float) or (isinstance(value, int) and abs(value) <= LARGEST):
        return value
    if isinstance(value, str | int):
        return _text(shown(value))
    return TO_TEXT[Kind.JSON](value)


def _text(text: str) -> str:
    """Return a text that UTF-8 can say."""
    return text.encode("utf-8", "backslashreplace").decode()
