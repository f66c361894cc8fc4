"""The conformance kit: tests that a part of xetrack must pass, to be inherited by its author.

A contract is a class of tests. Inherit it in a class named ``Test...``, say which part is meant,
and pytest collects every promise of the interface::

    class TestRedisEngine(EngineContract):
        engine_class = RedisEngine

What a part can do beside what all must comes from a further class, such as `RunsSQLContract`. What
it cannot do is declared by `gap`. The kit needs pytest: ``pip install 'xetrack-testing'``.
"""

from __future__ import annotations

import pytest

# So that a failing assert of the kit shows both sides; before the modules are imported.
_PARTS = "caches codecs engines frames hooks plugins probes sinks stores"
_SHARED = "declared outages processes product"
_TESTS = [*_PARTS.split(), *_SHARED.split()]
pytest.register_assert_rewrite(*(f"{__name__}.{name}" for name in _TESTS))

from xetrack_testing.caches import (  # noqa: E402 - after it was registered
    CacheContract,
    CallCacheContract,
    ListsResultsContract,
)
from xetrack_testing.codecs import CodecContract  # noqa: E402
from xetrack_testing.declared import gap  # noqa: E402 - after it was registered
from xetrack_testing.engines import (  # noqa: E402
    BacksUpContract,
    EngineContract,
    KeepsFactsContract,
    NumbersRowsContract,
    RunsSQLContract,
    SchemaContract,
    SQLRunnerContract,
    TablesContract,
)
from xetrack_testing.frames import FrameBackendContract  # noqa: E402
from xetrack_testing.hooks import (  # noqa: E402
    FormatContract,
    JudgeContract,
    RecorderContract,
    RowFilterContract,
    RunHooksContract,
)
from xetrack_testing.outages import displaced  # noqa: E402
from xetrack_testing.plugins import PluginContract  # noqa: E402
from xetrack_testing.probes import ProbeContract  # noqa: E402
from xetrack_testing.product import ProductContract  # noqa: E402
from xetrack_testing.sinks import SinkContract  # noqa: E402
from xetrack_testing.stores import AssetStoreContract, AssetsWithRowsContract  # noqa: E402

__all__ = [
    "AssetStoreContract",
    "AssetsWithRowsContract",
    "BacksUpContract",
    "CacheContract",
    "CallCacheContract",
    "CodecContract",
    "EngineContract",
    "FormatContract",
    "FrameBackendContract",
    "JudgeContract",
    "KeepsFactsContract",
    "ListsResultsContract",
    "NumbersRowsContract",
    "PluginContract",
    "ProbeContract",
    "ProductContract",
    "RecorderContract",
    "RowFilterContract",
    "RunHooksContract",
    "RunsSQLContract",
    "SQLRunnerContract",
    "SchemaContract",
    "SinkContract",
    "TablesContract",
    "displaced",
    "gap",
]
