"""The engine factory: one name for several engines, of which the location decides."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xetrack.interfaces.engine import Engine, Settings


class EngineFactory(ABC):
    """What a component's target may be instead of a class that extends `Engine`.

    The target is an object of such a class. It is called as a class of engines would be.

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
        """Return True if one of the engines recognises what is at a location."""

    @abstractmethod
    def __call__(self, location: str, settings: Settings) -> Engine:
        """Make the engine that fits what is at a location.

        Parameters
        ----------
        location
            An absolute path, a URL or ``:memory:``.
        settings
            How it is to be opened.

        Raises
        ------
        XetrackError
            What the engine raises.
        """
