"""The engine factory: one name for several engines, chosen by the location."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xetrack.interfaces.engine import Engine, Settings


class EngineFactory(ABC):
    """A callable that makes engines, as a component's target in place of a class of engines.

    The target is an instance. It is called with the arguments of `Engine`.

    Examples
    --------
    ::

        class Redis(EngineFactory):
            def owns(self, location):
                return location.startswith("redis://")

            def __call__(self, location, settings):
                cls = ClusterEngine if "," in location else RedisEngine
                return cls(location, settings)

        redis = Redis()  # target="xetrack_redis.engines:redis"
    """

    @abstractmethod
    def owns(self, location: str) -> bool:
        """Return True if one of the engines recognises the database at a location; never raises.

        Parameters
        ----------
        location
            An absolute path, a URL or ``:memory:``.
        """

    @abstractmethod
    def __call__(self, location: str, settings: Settings) -> Engine:
        """Return the engine for a location, opened.

        Parameters
        ----------
        location
            An absolute path, a URL or ``:memory:``.
        settings
            How the engine behaves.

        Raises
        ------
        XetrackError
            As `Engine` raises; see there.
        """
