"""The hooks, by which a plugin offers its parts of each kind.

Every hook takes no argument and returns a list of `Component`. A plugin implements any of them, in
the module that its entry point names, by a function of the same name marked with ``@hookimpl``. A
missing hook means the same as one that returns ``[]``.

**Calls.** The registry calls each hook at most once in a process, in the thread that first names a
part that is not built in or requests the list of parts. ``import xetrack`` calls nothing.

**Imports.** The module may import ``xetrack.plugins`` and other light modules. The library that a
part needs belongs into the module of `Component.target`, which is imported when the part is first
used.

**Errors.** Any exception, `SystemExit` included, quarantines the plugin: none of its parts can be
used, ``xt plugins`` shows the reason, and other plugins are not affected. The same happens if a
hook returns anything but a list of `Component`, takes arguments, wraps another hook or is misspelt.
Only ``KeyboardInterrupt`` passes through.

**Names.** A name is unique within its kind. Those of the core and of our own distributions are
reserved; of other plugins with the same name, none gets it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.plugins.markers import hookspec

if TYPE_CHECKING:
    from xetrack.interfaces.component import Component


@hookspec
def xetrack_engines() -> list[Component]:
    """Offer storage engines: databases that store tables of rows.

    Called when a `Tracker` or `Reader` is given an engine's name, a URL or a file name that no
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
    """Offer asset stores: places for objects that are no plain values.

    Called when a value that is none of the plain ones is first logged or loaded. Each target is a
    class that extends `xetrack.interfaces.assets.AssetStore`. A store is chosen, one for each
    tracker; where it cannot store a value, the user is warned and the row is stored.

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
    """Offer codecs: formats that encode objects as bytes for an asset store.

    Called when a value that is none of the plain ones is first logged or loaded. Each target is a
    class that extends `xetrack.interfaces.codecs.Codec`. All codecs are tried in the order of
    their rank, and the first that accepts an object encodes it; one that cannot be imported is left
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
    """Offer caches: stores of results of tracked calls between processes.

    Called when a `Tracker` is built with ``cache=...``. Each target is a class that extends
    `xetrack.interfaces.cache.Cache`; where bytes are stored, `xetrack_cache.signed.SignedCache`
    does most of that. A cache is chosen, one for each tracker, by the scheme of its URL; a result
    that it cannot store is returned all the same, with a warning.

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
    """Offer call caches: rules which calls are equal, and how a cache answers them.

    Called when a `Tracker` is built with ``cache=...``. Each target is a class that extends
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
    """Offer sinks: destinations of every row after it was stored.

    Called when a `Tracker` is built with a sink that is not built in. Each target is a class that
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
    """Offer probes: measurements of the environment of a row or a call.

    Called when a `Tracker` is built with a probe that is not built in. Each target is a class that
    extends `xetrack.interfaces.probes.Probe`. All probes of a tracker are called for each row: an
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
def xetrack_frame_backends() -> list[Component]:
    """Offer frame backends: what makes frames of a library from rows.

    Called when a frame of a backend that is not built in is wanted: ``to_df(backend="dask")``,
    ``set_backend("dask")``. Each target is a class that extends
    `xetrack.interfaces.frames.FrameBackend`. A backend is chosen, so its errors reach the user.

    Examples
    --------
    ::

        @hookimpl
        def xetrack_frame_backends() -> list[Component]:
            return [
                Component(
                    name="dask",
                    target="xetrack_dask.frames:DaskBackend",
                    summary="Frames of Dask, in partitions",
                )
            ]
    """
    return []


@hookspec
def xetrack_sql_runners() -> list[Component]:
    """Offer SQL runners: databases that run SQL over the rows of engines which run none.

    Called when SQL is to run on an engine that does not extend `RunsSQL`: ``xt sql``,
    `xetrack.Reader.sql`. Each target is a class that extends
    `xetrack.interfaces.engines.sql_runner.SQLRunner`. One runs the statement, the one of the lowest
    rank, and its errors reach the user.

    Examples
    --------
    ::

        @hookimpl
        def xetrack_sql_runners() -> list[Component]:
            return [
                Component(
                    name="chdb",
                    target="xetrack_chdb.runner:ChdbRunner",
                    summary="SQL of ClickHouse over the rows of any engine",
                )
            ]
    """
    return []


@hookspec
def xetrack_commands() -> list[Component]:
    """Offer commands of ``xt``.

    Called when ``xt`` shows its help, or is given a command that is not its own. Each target is a
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


@hookspec
def xetrack_run_hooks() -> list[Component]:
    """Offer run hooks: what else happens when a run begins, and when it ends.

    Called when a `Tracker` is built with ``run_hooks=[...]``. Each target is a class that extends
    `xetrack.interfaces.runs.hooks.RunHooks`. All that a tracker chose are called, each on its own:
    an error in one costs nothing and is reported once, by the component's name.

    Examples
    --------
    ::

        @hookimpl
        def xetrack_run_hooks() -> list[Component]:
            return [
                Component(
                    name="slack",
                    target="xetrack_slack.runs:Messages",
                    summary="A message when a run has ended",
                )
            ]
    """
    return []


@hookspec
def xetrack_recorders() -> list[Component]:
    """Offer recorders: what writes down under which conditions a run takes place.

    Called when a `Tracker` is built with ``record=[...]`` and names one that is not built in. Each
    target is a class that extends `xetrack.interfaces.runs.recorders.Recorder`. All that a tracker
    chose are called, behind the program: an error in one costs nothing and is reported once, by
    the component's name.

    Examples
    --------
    ::

        @hookimpl
        def xetrack_recorders() -> list[Component]:
            return [
                Component(
                    name="slurm",
                    target="xetrack_slurm.recorder:JobRecorder",
                    summary="The job, its nodes and its limits",
                )
            ]
    """
    return []


@hookspec
def xetrack_row_filters() -> list[Component]:
    """Offer row filters: what changes rows before they are stored, or keeps them from it.

    Called when a `Tracker` is built with ``filters=[...]``. Each target is a class that extends
    `xetrack.interfaces.rows.filters.RowFilter`. Those that a tracker chose are called one after the
    other, in their order; where one raises, the row is not stored and the error reaches the user.

    Examples
    --------
    ::

        @hookimpl
        def xetrack_row_filters() -> list[Component]:
            return [
                Component(
                    name="redact",
                    target="xetrack_redact.filter:Redact",
                    summary="No row with a password, a token or a name of a person",
                )
            ]
    """
    return []


@hookspec
def xetrack_formats() -> list[Component]:
    """Offer formats: what ``xt`` prints the rows of a command as.

    Called when ``xt`` is given ``--format`` with a name that is not its own: ``table``,
    ``markdown``, ``json`` and ``csv`` cannot be replaced. Each target is a class that extends
    `xetrack.interfaces.rows.formats.Format`. A format is chosen, so its errors end the command.

    Examples
    --------
    ::

        @hookimpl
        def xetrack_formats() -> list[Component]:
            return [Component(name="html", target="xetrack_html.table:HtmlTable", summary="HTML")]
    """
    return []


@hookspec
def xetrack_judges() -> list[Component]:
    """Offer judges: what says of two runs whether they come to the same.

    Called when two runs are looked at side by side, as on the page of ``xt ui``. Each target is a
    class that extends `xetrack.interfaces.runs.judges.Judge`. All are asked; errors cost verdicts.

    Examples
    --------
    ::

        @hookimpl
        def xetrack_judges() -> list[Component]:
            return [Component(name="ends", target="xetrack_ends.judge:Ends", summary="The losses")]
    """
    return []
