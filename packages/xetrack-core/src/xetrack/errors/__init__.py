"""Every error and warning that a user of xetrack can meet.

Each error inherits from `XetrackError` and from a built-in exception, so that
``except FileNotFoundError`` works as well as ``except XetrackError``::

    XetrackError
        AssetError (ValueError)
            DamagedAssetError
        AssetNotFoundError (LookupError)
        AssetNotStoredError (TypeError)
        CacheError (OSError)
            DamagedCacheError
        CacheNotFoundError (FileNotFoundError)
        ColumnNotFoundError (KeyError)
        DatabaseNotFoundError (FileNotFoundError)
        FileInTheWayError (FileExistsError)
        InvalidArgumentError (ValueError)
        InvalidKeyError (ValueError)
        InvalidTableError (ValueError)
        LogsNotFoundError (FileNotFoundError)
        MissingPackageError (ImportError)
        NotADatabaseError (ValueError)
        PluginError (RuntimeError)
        QueryError (ValueError)
        ReadOnlyError (PermissionError)
        RowExistsError (ValueError)
        RowNotStoredError (RuntimeError)
        RunNotFoundError (LookupError)
        StorageError (OSError)
            AccessDeniedError (PermissionError)
            AssetStoreError
            DatabaseBusyError (TimeoutError)
                NestedWriteError
            InterruptedReadError
            RowRefusedError
        TableNotFoundError (LookupError)
        TrustKeyError (ValueError)
        UnknownComponentError (LookupError)
        UnreadableLogsError (OSError)
        UnsupportedValueError (TypeError)
        UntrustedPickleError (PermissionError)
        UntrustedStoreError (PermissionError)
    XetrackWarning (UserWarning)

The facts are attributes, the text is made from them, and it ends with what to type next.

**Pickling.** All errors can be pickled, because they may be raised in a worker process.
"""

from xetrack.errors.base import XetrackError, XetrackWarning, describe_error, near, report, warn
from xetrack.errors.inputs import (
    InvalidArgumentError,
    InvalidKeyError,
    InvalidTableError,
    QueryError,
    UnsupportedValueError,
)
from xetrack.errors.objects import (
    AssetError,
    AssetNotFoundError,
    AssetNotStoredError,
    AssetStoreError,
    CacheError,
    CacheNotFoundError,
    DamagedAssetError,
    DamagedCacheError,
    TrustKeyError,
    UntrustedPickleError,
    UntrustedStoreError,
)
from xetrack.errors.plugins import (
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
    NestedWriteError,
    NotADatabaseError,
    ReadOnlyError,
    RowExistsError,
    RowNotStoredError,
    RowRefusedError,
    RunNotFoundError,
    StorageError,
    TableNotFoundError,
    UnreadableLogsError,
)

__all__ = [
    "AccessDeniedError",
    "AssetError",
    "AssetNotFoundError",
    "AssetNotStoredError",
    "AssetStoreError",
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
    "NestedWriteError",
    "NotADatabaseError",
    "PluginError",
    "QueryError",
    "ReadOnlyError",
    "RowExistsError",
    "RowNotStoredError",
    "RowRefusedError",
    "RunNotFoundError",
    "StorageError",
    "TableNotFoundError",
    "TrustKeyError",
    "UnknownComponentError",
    "UnreadableLogsError",
    "UnsupportedValueError",
    "UntrustedPickleError",
    "UntrustedStoreError",
    "XetrackError",
    "XetrackWarning",
    "describe_error",
    "near",
    "report",
    "warn",
]
