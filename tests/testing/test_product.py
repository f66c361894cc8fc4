"""The whole product works with each of our parts, and what breaks it is caught."""

from __future__ import annotations

import pytest

from tests.testing import broken_products
from tests.testing.catalogue import of
from tests.testing.nested import outcomes
from xetrack_testing import ProductContract


class TestSQLite(ProductContract):
    distribution = "xetrack-core"
    backend = "pandas"


class TestDuckDB(ProductContract):
    distribution = "xetrack-duckdb"
    backend = "polars"

    @pytest.fixture
    def db(self, tmp_path):
        return str(tmp_path / "runs.duckdb")


class TestSinks(ProductContract):
    distribution = "xetrack-core"

    @pytest.fixture
    def options(self, tmp_path):
        return {"jsonl": str(tmp_path / "rows.jsonl"), "logs_path": str(tmp_path / "logs")}


class TestProbes(ProductContract):
    distribution = "xetrack-core"

    @pytest.fixture
    def options(self):
        return {"log_system_params": True, "log_network_params": True, "measurement_interval": 0.05}


class TestCache(ProductContract):
    distribution = "xetrack-cache"

    @pytest.fixture
    def options(self, tmp_path):
        return {"cache": str(tmp_path / "cache")}


class TestAssets(ProductContract):
    distribution = "xetrack-assets"
    backend = "arrow"

    @pytest.fixture
    def options(self):
        return {"asset_store": "sqlite", "compress": True}


BROKEN = of(broken_products)
BODY = """
    @pytest.fixture
    def options(self):
        return broken_products.{name}.options

    @pytest.fixture(autouse=True)
    def replaced(self, monkeypatch):
        for cls, name, new in broken_products.{name}.replaced:
            monkeypatch.setattr(cls, name, getattr(new, "__func__", new))
"""


@pytest.mark.parametrize(("test", "part"), BROKEN, ids=[part.__name__ for _, part in BROKEN])
def test_a_broken_part_is_caught_by_what_the_product_does(tmp_path, test, part):
    """A part that breaks the product is caught, by the test that its author names."""
    imports = (
        "import pytest\nfrom tests.testing import broken_products\n"
        "from xetrack_testing import ProductContract"
    )
    body = [f"distribution = {part.distribution!r}", BODY.format(name=part.__name__)]
    found = outcomes(tmp_path, test, "ProductContract", body, imports)
    assert [test] == [*found.failed], f"{part.__name__} was not caught: {part.__doc__}"


def test_every_promise_has_a_part_that_breaks_it():
    """A test of the kit that cannot fail proves nothing."""
    promises = {name for name in dir(ProductContract) if name.startswith("test_")}
    assert promises - {"test_no_promise_is_replaced_without_a_reason"} == {
        test for test, _ in BROKEN
    }
