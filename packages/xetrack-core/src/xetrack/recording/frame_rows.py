"""The rows of frames: pandas, polars and Arrow, none of which is imported here."""

from __future__ import annotations

from typing import Any

from xetrack.errors import InvalidArgumentError


def rows_of_frame(data: Any) -> Any:
    """Return the rows of a frame as dicts, and anything else as it is.

    Parameters
    ----------
    data
        A frame of pandas, a frame or lazy frame of polars, or a table, batch or reader of Arrow.

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
    if library == "polars" and name == "LazyFrame":
        return data.collect().to_dicts()
    if library == "polars" and name == "DataFrame":
        return data.to_dicts()
    if library == "pyarrow" and name == "RecordBatchReader":
        data = data.read_all()
    if library == "pyarrow" and name in {"Table", "RecordBatch", "RecordBatchReader"}:
        _check_names(data, list(data.schema.names))
        return data.to_pylist()
    if hasattr(data, "to_dict") and hasattr(data, "reset_index") and hasattr(data, "columns"):
        levels = [level for level in data.index.names if level is not None]
        unnamed = [at for at, level in enumerate(data.index.names) if level is None]
        _check_names(data, [*levels, *data.columns])
        if levels:
            data = (data.reset_index(level=unnamed, drop=True) if unnamed else data).reset_index()
        return data.to_dict("records")
    return data


def _check_names(data: object, names: list[Any]) -> None:
    if len(set(names)) < len(names):
        raise InvalidArgumentError("data", data, "a frame of which each column has its own name")
