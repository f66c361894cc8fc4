"""The methods of a `Reader` that read logs, JSON lines and caches, which need no database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack import caches
from xetrack.logs.reading import read_jsonl, read_logs
from xetrack.model.validation import checked_count

if TYPE_CHECKING:
    import os

    import pandas as pd


class FileMethods:
    """Reads logs and caches, each by its path."""

    @staticmethod
    def read_logs(path: str | os.PathLike[str], limit: int | None = None) -> pd.DataFrame:
        """Return the records of text logs, of a file or a folder, as a frame.

        Parameters
        ----------
        path
            A log file, or a folder of them, which are read in the order of their names.
        limit
            At most so many records.

        Returns
        -------
        pandas.DataFrame
            A row for each record, with the columns of its values.

        Raises
        ------
        LogsNotFoundError
            There is no such file or folder.
        UnreadableLogsError
            It is no regular file, the system refuses, or its rows need far more memory than the
            file.
        InvalidArgumentError
            `limit` is not a whole number from 0 on.

        Examples
        --------
        >>> from xetrack import Reader, Tracker
        >>> with Tracker(Tracker.SKIP_INSERT, logs_path="logs") as tracker:
        ...     row = tracker.log({"loss": 0.5})
        >>> Reader.read_logs("logs")["loss"].tolist()
        [0.5]
        """
        return read_logs(path, checked_count("limit", limit)).to_df()

    @staticmethod
    def read_jsonl(path: str | os.PathLike[str]) -> pd.DataFrame:
        """Return the complete lines of a file of JSON lines as a frame.

        Parameters
        ----------
        path
            The file; a last line without an end is left out.

        Returns
        -------
        pandas.DataFrame
            A row for each line.

        Raises
        ------
        LogsNotFoundError
            There is no such file.
        UnreadableLogsError
            It is no regular file, the system refuses, or its rows need far more memory than the
            file.

        Examples
        --------
        >>> from xetrack import Reader, Tracker
        >>> with Tracker(Tracker.SKIP_INSERT, jsonl="rows.jsonl") as tracker:
        ...     row = tracker.log({"loss": 0.5})
        >>> Reader.read_jsonl("rows.jsonl")["loss"].tolist()
        [0.5]
        """
        return read_jsonl(path).to_df()

    read_cache = staticmethod(caches.read_cache)
    scan_cache = staticmethod(caches.scan_cache)
    delete_cache_by_track_id = staticmethod(caches.delete_cache_by_track_id)
