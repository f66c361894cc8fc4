"""Every error and warning that a user of xetrack can meet.

Each error inherits from `XetrackError` and from the built-in exception that it specialises, so
that ``except FileNotFoundError`` works as well as ``except XetrackError``. The facts are
attributes, the text is made from them, and it ends with what to type next. All of them survive
pickling, because they may be raised in a worker process.
"""

from xetrack.errors.base import XetrackError, XetrackWarning, near, report, warn
from xetrack.errors.inputs import (
    InvalidArgumentError,
    InvalidKeyError,
    InvalidTableError,
    QueryError,
    UnsupportedValueError,
)
from xetrack.errors.kept import (
    AssetError,
    AssetNotFoundError,
    AssetNotStoredError,
    CacheError,
    CacheNotFoundError,
    DamagedAssetError,
    DamagedCacheError,
    ResultNotFoundError,
    TrustKeyError,
    UntrustedPickleError,
)
from xetrack.errors.parts import (
    MissingPackageError,
    PluginError,
    UnknownComponentError,
)
from xetrack.errors.storage import (
    AccessDeniedError,
    ColumnNotFoundError,
    DatabaseBusyError,
    DatabaseNotFoundError,
    FileInTheWayError,
    InterruptedReadError,
    LogsNotFoundError,
    NestedReadError,
    NestedWriteError,
    NotADatabaseError,
    ReadOnlyError,
    RowExistsError,
    RowNotStoredError,
    RowRefusedError,
    RunNotFoundError,
    StorageError,
    StrandedRowsError,
    TableNotFoundError,
    UnreadableLogsError,
)

__all__ = [
    "AccessDeniedError",
    "AssetError",
    "AssetNotFoundError",
    "AssetNotStoredError",
    "CacheError",
    "CacheNotFoundError",
    "ColumnNotFoundError",
    "DamagedAssetError",
    "DamagedCacheError",
    "DatabaseBusyError",
    "DatabaseNotFoundError",
    "FileInTheWayError",
    "InterruptedReadError",
    "InvalidArgumentError",
    "InvalidKeyError",
    "InvalidTableError",
    "LogsNotFoundError",
    "MissingPackageError",
    "NestedReadError",
    "NestedWriteError",
    "NotADatabaseError",
    "PluginError",
    "QueryError",
    "ReadOnlyError",
    "ResultNotFoundError",
    "RowExistsError",
    "RowNotStoredError",
    "RowRefusedError",
    "RunNotFoundError",
    "StorageError",
    "StrandedRowsError",
    "TableNotFoundError",
    "TrustKeyError",
    "UnknownComponentError",
    "UnreadableLogsError",
    "UnsupportedValueError",
    "UntrustedPickleError",
    "XetrackError",
    "XetrackWarning",
    "near",
    "report",
    "warn",
]
