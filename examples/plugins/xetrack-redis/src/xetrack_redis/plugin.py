"""What this distribution offers: the cache ``redis``."""

from __future__ import annotations

from xetrack.plugins import Component, Option, hookimpl


@hookimpl
def xetrack_caches() -> list[Component]:
    """Offer the cache."""
    return [
        Component(
            name="redis",
            target="xetrack_redis.cache:RedisCache",
            summary="Results of functions in Redis, for many machines.",
            schemes=("redis", "rediss"),
            options=(
                Option("prefix", str, "xetrack", "What the names of its keys begin with."),
                Option("timeout", float, 5.0, "Seconds that an answer is waited for."),
                Option("lease", float, 4.0, "Seconds after which a dead process has no lock."),
            ),
        )
    ]
