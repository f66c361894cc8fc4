"""Readers of files without a database: text logs, JSON lines and caches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack import caches
from xetrack.logs.reading import read_jsonl, read_logs
from xetrack.model.validation import checked_count

if TYPE_CHECKING:
    import os

    import pandas as pd


class ExternalReaders:
    """Mixin of `Reader` with methods that read logs and caches by their paths."""

    @staticmethod
    def read_logs(path: str | os.PathLike[str], limit: int | None = None) -> pd.DataFrame:
        """Return the records of text logs, of a file or a folder, as a frame.

        Parameters
        ----------
        path
            A log file, or a folder of them, which are read in the order of their names.
        limit
            The largest number of records; None for all.

        Returns
        -------
        pandas.DataFrame
            One row for each record.

        Raises
        ------
        LogsNotFoundError
            There is no log at the path.
        """
        return read_logs(path, checked_count("limit", limit)).to_df()

    @staticmethod
    def read_jsonl(path: str | os.PathLike[str]) -> pd.DataFrame:
        """Return the complete lines of a file of JSON lines as a frame.

        Parameters
        ----------
        path
            The file.

        Raises
        ------
        LogsNotFoundError
            There is no file at the path.
        """
        return read_jsonl(path).to_df()

    read_cache = staticmethod(caches.read_cache)
    scan_cache = staticmethod(caches.scan_cache)
    delete_cache_by_track_id = staticmethod(caches.delete_cache_by_track_id)
