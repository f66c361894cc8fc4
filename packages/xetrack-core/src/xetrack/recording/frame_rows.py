"""The rows of frames: pandas, polars and Arrow, none of which is imported here."""

from __future__ import annotations

from typing import Any

from xetrack.errors import InvalidArgumentError


def read_frame(data: Any) -> Any:
    """Return the frame that a lazy frame or a reader stands for, and anything else as it is.

    Parameters
    ----------
    data
        What the user gave to be logged.
    """
    library, name = type(data).__module__.partition(".")[0], type(data).__name__
    if library == "polars" and name == "LazyFrame":
        return data.collect()
    if library == "pyarrow" and name == "RecordBatchReader":
        return data.read_all()
    return data


def rows_of_frame(data: Any) -> Any:
    """Return the rows of a frame as dicts, and anything else as it is.

    Parameters
    ----------
    data
        A frame of pandas or polars, or a table or batch of Arrow.

    Returns
    -------
    list of dict
        A dict for each row; of pandas, with the levels of the index that have names.

    Raises
    ------
    InvalidArgumentError
        Two columns have the same name.
    """
    library, name = type(data).__module__.partition(".")[0], type(data).__name__
    if library == "polars" and name == "DataFrame":
        return data.to_dicts()
    if library == "pyarrow" and name in {"Table", "RecordBatch"}:
        _check_names(data, list(data.schema.names))
        return data.to_pylist()
    if hasattr(data, "to_dict") and hasattr(data, "reset_index") and hasattr(data, "columns"):
        levels = [level for level in data.index.names if level is not None]
        unnamed = [at for at, level in enumerate(data.index.names) if level is None]
        _check_names(data, [*levels, *data.columns])
        if levels:
            data = (data.reset_index(level=unnamed, drop=True) if unnamed else data).reset_index()
        return _without_nan(data).to_dict("records")
    return data


def rounded_columns(data: Any) -> list[str]:
    """Return the columns of which a time loses nanoseconds in `rows_of_frame`.

    Parameters
    ----------
    data
        A frame of polars, or a table or batch of Arrow; the times of anything else are not cut
        there.
    """
    library, name = type(data).__module__.partition(".")[0], type(data).__name__
    if library == "polars" and name == "DataFrame":
        return [series.name for series in data.get_columns() if _is_cut_by_polars(series)]
    if library == "pyarrow" and name in {"Table", "RecordBatch"}:
        arrays = zip(data.schema.names, data.columns, strict=True)
        return [name for name, array in arrays if _is_cut_by_arrow(array)]
    return []


_NANOSECONDS = 1_000
"""In a microsecond."""


def _is_cut_by_polars(series: Any) -> bool:
    dtype = series.dtype
    kind = dtype.base_type().__name__
    if kind in {"List", "Array"}:
        return _is_cut_by_polars(series.explode())
    if kind == "Struct":
        return any(_is_cut_by_polars(series.struct.field(field.name)) for field in dtype.fields)
    if kind == "Time" or getattr(dtype, "time_unit", None) == "ns":
        return bool((series.to_physical() % _NANOSECONDS != 0).any())
    return False


def _is_cut_by_arrow(array: Any) -> bool:
    """Return True for times of day with nanoseconds; all else becomes objects of pandas."""
    kind = str(array.type)
    if "time64[ns]" not in kind:
        return False
    if hasattr(array, "chunks"):
        return any(map(_is_cut_by_arrow, array.chunks))
    if kind == "time64[ns]":
        return any(cell.value % _NANOSECONDS for cell in array if cell.is_valid)
    if hasattr(array, "dictionary"):
        return _is_cut_by_arrow(array.dictionary)
    if hasattr(array, "items"):  # of a map; it has no flattened form
        return _is_cut_by_arrow(array.keys) or _is_cut_by_arrow(array.items)
    inner = array.flatten()
    return any(map(_is_cut_by_arrow, inner if isinstance(inner, list) else [inner]))


def _without_nan(frame: Any) -> Any:
    """Return a frame of pandas where missing cells of texts and categories are None, not nan."""
    marked = [name for name, dtype in frame.dtypes.items() if str(dtype) in {"str", "category"}]
    if not marked:
        return frame
    frame = frame.copy(deep=False)
    for name in marked:
        cells = frame[name]
        frame[name] = cells.astype(object).where(cells.notna(), None)
    return frame


def _check_names(data: object, names: list[Any]) -> None:
    if len(set(names)) < len(names):
        raise InvalidArgumentError("data", data, "a frame of which each column has its own name")
