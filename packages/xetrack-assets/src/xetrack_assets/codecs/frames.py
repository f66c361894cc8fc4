"""Frames, series and tables as Arrow IPC files, where pyarrow is installed.

The format is Arrow's own, which polars, DuckDB, R and many others read:
https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format. pandas' index, dtypes and attrs
stand in the metadata. What does not come back exactly is left to pickle; trying finds that out.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from xetrack.interfaces.codecs import CannotEncodeError, Codec
from xetrack_assets.codecs import ipc, to_frames
from xetrack_assets.codecs.plain import same

if TYPE_CHECKING:
    from xetrack.interfaces.codecs import Pieces

_KIND = b"xetrack"
"""Key of the metadata that says what the table was."""


class PandasCodec(Codec):
    """DataFrames and Series of pandas."""

    rank = 50
    suffix = ".arrow"

    def takes(self, value: object) -> bool:
        """Take frames and series, and no subclass of them: that would not come back."""
        cls = type(value)
        home = cls.__module__.partition(".")[0]
        return home == "pandas" and cls.__name__ in {"DataFrame", "Series"} and _has_arrow()

    def encode(self, value: Any) -> Pieces:
        """Return the Arrow file, if the same can be made of it again."""
        import pyarrow as pa  # type: ignore[import-untyped]  # noqa: PLC0415 - for those alone

        series = type(value).__name__ == "Series"
        name = value.name if series else None
        if not isinstance(name, str | int | type(None)):
            raise CannotEncodeError
        frame = value.to_frame("value") if series else value
        try:
            table = pa.Table.from_pandas(frame)
            about = json.dumps({"series": series, "name": name, "range": _range(frame)}).encode()
            metadata = {**table.schema.metadata, _KIND: about}
            content = ipc.written(table.replace_schema_metadata(metadata))
            exact = _equal(value, self.decode(bytearray(content), self.version))
        except Exception as error:  # pyarrow and pandas raise what they like
            raise CannotEncodeError from error
        if not exact:
            raise CannotEncodeError
        return [content]

    def decode(self, content: bytearray, version: int) -> Any:  # noqa: ARG002 - there is but one
        """Return the frame or series."""
        table = ipc.read(content)
        metadata = table.schema.metadata
        about = json.loads(metadata[_KIND])
        to_frames.check(table, json.loads(metadata.get(b"pandas", b"{}")), len(content))
        frame = table.to_pandas()
        if about["range"]:
            import pandas as pd  # noqa: PLC0415 - only for those who load a frame

            frame.columns = pd.RangeIndex(*about["range"])
        if not about["series"]:
            return frame
        series = frame["value"].rename(about["name"])
        series.attrs = dict(frame.attrs)
        return series


class ArrowCodec(Codec):
    """Tables and record batches of Arrow."""

    rank = 50
    suffix = ".arrow"

    def takes(self, value: object) -> bool:
        """Take tables and batches."""
        cls = type(value)
        return cls.__module__ == "pyarrow.lib" and cls.__name__ in {"Table", "RecordBatch"}

    def encode(self, value: Any) -> Pieces:
        """Return the Arrow file."""
        import pyarrow as pa  # noqa: PLC0415 - a table is here, so pyarrow is

        batch = isinstance(value, pa.RecordBatch)
        table = pa.Table.from_batches([value]) if batch else value
        about = {_KIND: b"batch" if batch else b"table"}
        marked = table.replace_schema_metadata({**(table.schema.metadata or {}), **about})
        try:
            content = ipc.written(marked)
            ipc.read(content)
        except (pa.ArrowException, ValueError) as error:
            raise CannotEncodeError from error
        return [content]

    def decode(self, content: bytearray, version: int) -> Any:  # noqa: ARG002 - there is but one
        """Return the table or batch."""
        import pyarrow as pa  # noqa: PLC0415 - only for those who load a table

        table = ipc.read(content)
        metadata = dict(table.schema.metadata)
        batch = metadata.pop(_KIND) == b"batch"
        table = table.replace_schema_metadata(metadata or None)
        if not batch:
            return table
        batches = table.combine_chunks().to_batches()
        return batches[0] if batches else pa.RecordBatch.from_pylist([], table.schema)


@cache
def _has_arrow() -> bool:
    from importlib.util import find_spec  # noqa: PLC0415 - only for those who store a frame

    return find_spec("pyarrow") is not None


def _range(frame: Any) -> tuple[int, int, int] | None:
    """Return the range that numbers the columns, which pyarrow would take apart."""
    columns = frame.columns
    if type(columns).__name__ != "RangeIndex":
        return None
    return columns.start, columns.stop, columns.step


def _equal(one: Any, other: Any) -> bool:
    """Tell whether nothing of a frame or series is lost: cells, types, index, names, attrs."""
    import pandas as pd  # noqa: PLC0415 - a frame is here, so pandas is

    exactly: dict[str, Any] = {"check_exact": True, "check_index_type": True}
    if isinstance(one, pd.Series):
        pd.testing.assert_series_equal(one, other, **exactly)
    else:
        pd.testing.assert_frame_equal(one, other, check_column_type=True, **exactly)
    # Those functions take None for nan, and True for 1.
    return same(one.attrs, other.attrs) and same(_objects(one), _objects(other))


def _objects(data: Any) -> list[Any]:
    """Return the cells and labels that are Python objects of any type."""
    axes = [label for axis in data.axes for label in (axis.name, list(axis.names))]
    parts = [axis.get_level_values(at) for axis in data.axes for at in range(axis.nlevels)]
    parts += [data.iloc[:, at] for at in range(data.shape[1])] if data.ndim > 1 else [data]
    return axes + [list(part) for part in parts if part.dtype == object]
