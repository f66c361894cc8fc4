"""Every error and warning that a user of xetrack can meet.

Each error inherits from `XetrackError` and from a built-in exception, so that
``except FileNotFoundError`` works as well as ``except XetrackError``::

    XetrackError
        AssetError (ValueError)
            DamagedAssetError
        AssetNotFoundError (LookupError)
        AssetNotStoredError (TypeError)
        CacheError (OSError)
            CacheFailedError (PartFailedError)
            DamagedCacheError
        CacheNotFoundError (FileNotFoundError)
        ColumnNotFoundError (KeyError)
        ConfigurationError (ValueError)
        DatabaseNotFoundError (FileNotFoundError)
        FileInTheWayError (FileExistsError)
        InvalidArgumentError (ValueError)
            UnsupportedOperationError
        InvalidKeyError (ValueError)
        InvalidTableError (ValueError)
        LogsNotFoundError (FileNotFoundError)
        MissingPackageError (ImportError)
        NotADatabaseError (ValueError)
        PartFailedError (RuntimeError)
        PartNotPickledError (TypeError)
        PartOptionError (ValueError)
        PluginError (RuntimeError)
            PartClashError
        QueryError (ValueError)
        ReadOnlyError (PermissionError)
        RowExistsError (ValueError)
        RowFilterError (RuntimeError)
        RowNotStoredError (RuntimeError)
        RunNotFoundError (LookupError)
        StorageError (OSError)
            AccessDeniedError (PermissionError)
            AssetStoreError
            DatabaseBusyError (TimeoutError)
                NestedWriteError
            EngineFailedError (PartFailedError)
            InterruptedReadError
            InterruptedWriteError
            OutcomeUnknownError
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
    UnsupportedOperationError,
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
from xetrack.errors.parts import CacheFailedError, EngineFailedError, PartFailedError
from xetrack.errors.plugins import (
    ConfigurationError,
    MissingPackageError,
    PartClashError,
    PartNotPickledError,
    PartOptionError,
    PluginError,
    RowFilterError,
    UnknownComponentError,
)
from xetrack.errors.storage import (
    AccessDeniedError,
    ColumnNotFoundError,
    DatabaseBusyError,
    DatabaseNotFoundError,
    FileInTheWayError,
    InterruptedReadError,
    InterruptedWriteError,
    LogsNotFoundError,
    NestedWriteError,
    NotADatabaseError,
    OutcomeUnknownError,
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
    "CacheFailedError",
    "CacheNotFoundError",
    "ColumnNotFoundError",
    "ConfigurationError",
    "DamagedAssetError",
    "DamagedCacheError",
    "DatabaseBusyError",
    "DatabaseNotFoundError",
    "EngineFailedError",
    "FileInTheWayError",
    "InterruptedReadError",
    "InterruptedWriteError",
    "InvalidArgumentError",
    "InvalidKeyError",
    "InvalidTableError",
    "LogsNotFoundError",
    "MissingPackageError",
    "NestedWriteError",
    "NotADatabaseError",
    "OutcomeUnknownError",
    "PartClashError",
    "PartFailedError",
    "PartNotPickledError",
    "PartOptionError",
    "PluginError",
    "QueryError",
    "ReadOnlyError",
    "RowExistsError",
    "RowFilterError",
    "RowNotStoredError",
    "RowRefusedError",
    "RunNotFoundError",
    "StorageError",
    "TableNotFoundError",
    "TrustKeyError",
    "UnknownComponentError",
    "UnreadableLogsError",
    "UnsupportedOperationError",
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
