"""The eight hooks: xetrack asks a plugin which parts of a kind it offers.

All have one shape: no argument, and a list of `Component` as the answer. A plugin answers as many
as it likes, in the module that its entry point names, by a function of the same name marked with
``@hookimpl``. Leaving a hook out means the same as answering ``[]``.

Who asks, and when
    The registry, at most once in a process, in whichever thread first names a part that is not
    built in or asks for the list of parts. ``import xetrack`` asks nothing.

What the answering module may import
    ``xetrack.plugins`` and whatever else is light. The library a part needs belongs into the module
    that `Component.target` names: that one is imported when the part is first used.

What may be raised
    Nothing is expected to. Whatever is raised, `SystemExit` included, quarantines the plugin: none
    of its parts can be used, ``xt plugins`` shows why, all other plugins go on. The same happens
    to an answer that is no list of `Component`, to a hook that takes arguments or wraps another,
    and to a misspelt one. Only ``KeyboardInterrupt`` goes through.

Names
    A name is unique within its kind. The parts of core come first and cannot be replaced; of two
    plugins that offer the same name, the later by the name of its entry point loses that part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.plugins.markers import hookspec

if TYPE_CHECKING:
    from xetrack.interfaces.component import Component


@hookspec
def xetrack_engines() -> list[Component]:
    """Offer storage engines: databases that tables of rows are kept in.

    Asked when a `Tracker` or `Reader` is given an engine's name, a URL or a file name that no
    engine of core claims. Each target is a class that extends `xetrack.interfaces.engine.Engine`.
    An engine is chosen, one for each tracker, so its errors reach the user. No two engines may
    claim one scheme or suffix.

    Examples
    --------
    ::

        @hookimpl
        def xetrack_engines() -> list[Component]:
            return [
                Component(
                    name="redis",
                    target="xetrack_redis.engine:RedisEngine",
                    summary="Rows in Redis streams",
                    schemes=("redis", "rediss"),
                )
            ]
    """
    return []


@hookspec
def xetrack_asset_stores() -> list[Component]:
    """Offer asset stores: where objects that are no plain values are kept.

    Asked when a value that is none of the plain ones is first logged or loaded. Each target is a
    class that extends `xetrack.interfaces.assets.AssetStore`. A store is chosen, one for each
    tracker; where it cannot keep a value, the user is warned and the row is kept.

    Examples
    --------
    ::

        @hookimpl
        def xetrack_asset_stores() -> list[Component]:
            return [
                Component(
                    name="s3",
                    target="xetrack_s3.store:S3Store",
                    summary="Assets as objects of a bucket",
                )
            ]
    """
    return []


@hookspec
def xetrack_codecs() -> list[Component]:
    """Offer codecs: how objects become bytes in an asset store, and objects again.

    Asked when a value that is none of the plain ones is first logged or loaded. Each target is a
    class that extends `xetrack.interfaces.codecs.Codec`. All codecs are asked in the order of
    their rank, and the first that takes an object encodes it; one that cannot be imported is left
    out, with a warning.

    Examples
    --------
    ::

        @hookimpl
        def xetrack_codecs() -> list[Component]:
            return [
                Component(
                    name="safetensors",
                    target="xetrack_safetensors.codec:SafetensorsCodec",
                    summary="Dicts of tensors, without pickle",
                )
            ]
    """
    return []


@hookspec
def xetrack_caches() -> list[Component]:
    """Offer caches: where results of tracked calls are kept between processes.

    Asked when a `Tracker` is built with ``cache=...``. Each target is a class that extends
    `xetrack.interfaces.cache.Cache`; where bytes are stored, `xetrack_cache.signed.SignedCache`
    does most of that. A cache is chosen, one for each tracker, by the scheme of its URL; a result
    that it cannot keep is returned all the same, with a warning.

    Examples
    --------
    ::

        @hookimpl
        def xetrack_caches() -> list[Component]:
            return [
                Component(
                    name="redis",
                    target="xetrack_redis.cache:RedisCache",
                    summary="Results in Redis, shared by machines",
                    schemes=("redis", "rediss"),
                )
            ]
    """
    return []


@hookspec
def xetrack_call_caches() -> list[Component]:
    """Offer call caches: which calls are equal, and how they are answered from a cache.

    Asked when a `Tracker` is built with ``cache=...``. Each target is a class that extends
    `xetrack.interfaces.cache.CallCache`. A call cache is chosen, one for each tracker, by the
    `call_cache` of its cache; where it fails, functions are run all the same.

    Examples
    --------
    ::

        @hookimpl
        def xetrack_call_caches() -> list[Component]:
            return [
                Component(
                    name="by-arguments",
                    target="xetrack_redis.calls:ArgumentsOnly",
                    summary="Calls told apart by their arguments, whatever the code",
                )
            ]
    """
    return []


@hookspec
def xetrack_sinks() -> list[Component]:
    """Offer sinks: what hears of every row after it was stored.

    Asked when a `Tracker` is built with a sink that is not built in. Each target is a class that
    extends `xetrack.interfaces.sinks.Sink`. Rows fan out to all sinks of a tracker: an error in
    one costs no row and is reported once, by the component's name.

    Examples
    --------
    ::

        @hookimpl
        def xetrack_sinks() -> list[Component]:
            return [
                Component(
                    name="kafka",
                    target="xetrack_kafka.sink:KafkaSink",
                    summary="Each row as a message to a topic",
                )
            ]
    """
    return []


@hookspec
def xetrack_probes() -> list[Component]:
    """Offer probes: what measures the world around a row or a call.

    Asked when a `Tracker` is built with a probe that is not built in. Each target is a class that
    extends `xetrack.interfaces.probes.Probe`. All probes of a tracker are asked for each row: an
    error in one costs no row and is reported once, by the component's name.

    Examples
    --------
    ::

        @hookimpl
        def xetrack_probes() -> list[Component]:
            return [
                Component(
                    name="gpu",
                    target="xetrack_gpu.probe:GpuProbe",
                    summary="Memory and load of each GPU",
                )
            ]
    """
    return []


@hookspec
def xetrack_commands() -> list[Component]:
    """Offer commands of ``xt``.

    Asked when ``xt`` shows its help, or is given a command that is not its own. Each target is a
    function as `xetrack.interfaces.commands` describes; it is imported when its command is called,
    not for the help, which shows `Component.summary`. A name of two words makes it a command of a
    group. An error ends its own command with exit code 1; the rest of ``xt`` works.

    Examples
    --------
    ::

        @hookimpl
        def xetrack_commands() -> list[Component]:
            return [
                Component(
                    name="kafka replay",
                    target="xetrack_kafka.commands:replay",
                    summary="Send the rows of a run again",
                )
            ]
    """
    return []
