"""The contract of engines: see `xetrack.interfaces.engine`, whose promises these tests hold."""

from __future__ import annotations

from xetrack_testing.engines.batches import BatchesContract
from xetrack_testing.engines.capabilities.backups import BacksUpContract
from xetrack_testing.engines.capabilities.facts import KeepsFactsContract
from xetrack_testing.engines.capabilities.numbered import NumbersRowsContract
from xetrack_testing.engines.capabilities.series import SeriesContract
from xetrack_testing.engines.capabilities.spans import SpansContract
from xetrack_testing.engines.capabilities.sql import RunsSQLContract
from xetrack_testing.engines.capabilities.sql_runners import SQLRunnerContract
from xetrack_testing.engines.capabilities.tokens import SharedTokensContract, TokensContract
from xetrack_testing.engines.changes import ChangesContract
from xetrack_testing.engines.concurrency.durable import DurableContract
from xetrack_testing.engines.concurrency.forks import ForksContract
from xetrack_testing.engines.concurrency.races import RacesContract
from xetrack_testing.engines.concurrency.sharing import SharingContract
from xetrack_testing.engines.large import LargeContract, SharedLargeContract
from xetrack_testing.engines.outages import EngineOutageContract
from xetrack_testing.engines.queries import QueriesContract
from xetrack_testing.engines.run_records import RunRecordsContract
from xetrack_testing.engines.schema import SchemaContract
from xetrack_testing.engines.transactions import SharedTransactionsContract, TransactionsContract
from xetrack_testing.engines.values import ValuesContract

__all__ = [
    "BacksUpContract",
    "EngineContract",
    "KeepsFactsContract",
    "NumbersRowsContract",
    "RunsSQLContract",
    "SQLRunnerContract",
    "SchemaContract",
    "TablesContract",
]


class TablesContract(
    SchemaContract,
    ValuesContract,
    QueriesContract,
    ChangesContract,
    BatchesContract,
    TransactionsContract,
    LargeContract,
    RunRecordsContract,
    SeriesContract,
    SpansContract,
    TokensContract,
):
    """What one engine object keeps: enough for databases in memory, which nobody shares."""


class EngineContract(
    TablesContract,
    SharingContract,
    SharedTransactionsContract,
    RacesContract,
    ForksContract,
    SharedLargeContract,
    SharedTokensContract,
    DurableContract,
    EngineOutageContract,
):
    """All that an engine promises.

    For example::

        from xetrack_testing import EngineContract
        from xetrack_redis.engine import RedisEngine

        class TestRedisEngine(EngineContract):
            engine_class = RedisEngine

            @pytest.fixture
            def location(self):
                return f"redis://localhost/{fresh()}"  # fresh and empty
    """
