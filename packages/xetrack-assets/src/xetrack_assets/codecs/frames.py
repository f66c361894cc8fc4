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
from xetrack_assets.codecs import frame_validation, ipc
from xetrack_assets.codecs.plain import is_same

if TYPE_CHECKING:
    from xetrack.interfaces.codecs import Pieces

_KIND = b"xetrack"
"""Key of the metadata for the type that the table was made of."""


class PandasCodec(Codec):
    """The codec of DataFrames and Series of pandas."""

    rank = 50
    suffix = ".arrow"

    def takes(self, value: object) -> bool:
        """Return True for frames and series; see `Codec.takes`. A subclass would not come back."""
        cls = type(value)
        if cls.__name__ not in {"DataFrame", "Series"}:
            return False
        # A class that a program makes may have a module that is no text.
        return str(cls.__module__).partition(".")[0] == "pandas" and _has_arrow()

    def encode(self, value: Any) -> Pieces:
        """Return the Arrow file, if the same can be made of it again; see `Codec.encode`."""
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
            content = ipc.write(table.replace_schema_metadata(metadata))
            exact = _equal(value, self.decode(bytearray(content), self.version))
        except Exception as error:  # pyarrow and pandas raise what they like
            raise CannotEncodeError from error
        if not exact:
            raise CannotEncodeError
        return [content]

    def decode(self, content: bytearray, version: int) -> Any:  # noqa: ARG002 - there is but one
        """Return the frame or series; see `Codec.decode`."""
        table = ipc.read(content)
        metadata = table.schema.metadata
        about = json.loads(metadata[_KIND])
        frame_validation.check(table, json.loads(metadata.get(b"pandas", b"{}")), len(content))
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
    """The codec of tables and record batches of Arrow."""

    rank = 50
    suffix = ".arrow"

    def takes(self, value: object) -> bool:
        """Return True for tables and batches; see `Codec.takes`."""
        cls = type(value)
        return cls.__module__ == "pyarrow.lib" and cls.__name__ in {"Table", "RecordBatch"}

    def encode(self, value: Any) -> Pieces:
        """Return the Arrow file; see `Codec.encode`."""
        import pyarrow as pa  # noqa: PLC0415 - a table is here, so pyarrow is

        batch = isinstance(value, pa.RecordBatch)
        table = pa.Table.from_batches([value]) if batch else value
        about = {_KIND: b"batch" if batch else b"table"}
        marked = table.replace_schema_metadata({**(table.schema.metadata or {}), **about})
        try:
            content = ipc.write(marked)
            ipc.read(content)
        except (pa.ArrowException, ValueError) as error:
            raise CannotEncodeError from error
        return [content]

    def decode(self, content: bytearray, version: int) -> Any:  # noqa: ARG002 - there is but one
        """Return the table or batch; see `Codec.decode`."""
        import pyarrow as pa  # noqa: PLC0415 - only for those who load a table

        table = ipc.read(content)
        metadata = dict(table.schema.metadata)
        batch = metadata.pop(_KIND) == b"batch"
        table = table.replace_schema_metadata(metadata or None)
        if not batch:
            return table
        batches = table.to_batches()
        # Not put together: the rows of some types take no bytes before they are.
        if len(batches) > 1:
            raise ValueError(f"it says that it is a batch, but has {len(batches):,}")
        return batches[0] if batches else pa.RecordBatch.from_pylist([], table.schema)


@cache
def _has_arrow() -> bool:
    from importlib.util import find_spec  # noqa: PLC0415 - only for those who store a frame

    return find_spec("pyarrow") is not None


def _range(frame: Any) -> tuple[int, int, int] | None:
    """Return the range that numbers the columns, which pyarrow would not preserve."""
    columns = frame.columns
    if type(columns).__name__ != "RangeIndex":
        return None
    return columns.start, columns.stop, columns.step


def _equal(first: Any, second: Any) -> bool:
    """Return True if nothing of a frame or series is lost: cells, types, index, names, attrs."""
    import pandas as pd  # noqa: PLC0415 - a frame is here, so pandas is

    exactly: dict[str, Any] = {"check_exact": True, "check_index_type": True}
    if isinstance(first, pd.Series):
        pd.testing.assert_series_equal(first, second, **exactly)
    else:
        pd.testing.assert_frame_equal(first, second, check_column_type=True, **exactly)
    # Those functions take None for nan, and True for 1.
    return is_same(first.attrs, second.attrs) and is_same(_objects(first), _objects(second))


def _objects(data: Any) -> list[Any]:
    """Return the cells and labels that are Python objects of any type."""
    axes = [label for axis in data.axes for label in (axis.name, list(axis.names))]
    parts = [axis.get_level_values(at) for axis in data.axes for at in range(axis.nlevels)]
    parts += [data.iloc[:, at] for at in range(data.shape[1])] if data.ndim > 1 else [data]
    return axes + [list(part) for part in parts if part.dtype == object]
