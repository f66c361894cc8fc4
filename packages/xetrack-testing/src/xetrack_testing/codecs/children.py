"""What child processes do with a codec: encode again, and decode what does harm."""

from __future__ import annotations

import pickle
import resource
import sys
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xetrack_testing.codecs import hostile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xetrack.interfaces.codecs import Codec

ROOM = 2**30
"""Bytes of addresses that decoding may take beyond what the process has by then."""

CALLS = {"pickle.find_class", "marshal.loads", "os.system", "subprocess.Popen", "os.exec"}
"""What an audit hook hears of where code runs that a content names."""


def encoded(
    number: int,  # noqa: ARG001 - of the process; there is but one
    codec_class: type[Codec],
    values: Sequence[bytes],
) -> list[bytes]:
    """Return the contents of objects that were pickled.

    Parameters
    ----------
    number
        The number of the process.
    codec_class
        The codec under test.
    values
        The pickles.
    """
    codec = codec_class()
    objects = [pickle.loads(value) for value in values]  # noqa: S301 - the test made them
    return [b"".join(memoryview(p).cast("B") for p in codec.encode(each)) for each in objects]


def names_called(
    number: int,  # noqa: ARG001
    codec_class: type[Codec],
    contents: Sequence[bytes],
) -> list[str]:
    """Return what was called that contents name, while they were decoded.

    Parameters
    ----------
    number
        The number of the process.
    codec_class
        The codec under test.
    contents
        Contents of its own.
    """
    warnings.simplefilter("ignore")
    codec, events = codec_class(), []
    for content in contents:
        codec.decode(bytearray(content), codec.version)  # so that all is imported
    is_listening = True

    def listen(event: str, arguments: Any) -> None:
        if is_listening and event in CALLS:
            events.append(f"{event} {arguments!r:.200}")

    sys.addaudithook(listen)
    bombs = hostile.bombs()
    for content in [*contents, *bombs, *(own + bomb for own in contents for bomb in bombs[:3])]:
        try:
            codec.decode(bytearray(content), codec.version)
        except Exception:  # noqa: BLE001, S112 - it may be refused in any way
            continue
    is_listening = False
    return [*events, *("a function that a content named was called" for _ in hostile.exploded)]


def damaged(
    number: int,  # noqa: ARG001
    codec_class: type[Codec],
    contents: Sequence[bytes],
    seconds: float,
) -> list[str]:
    """Return how decoding failed of contents that are damaged, unless by an ordinary exception.

    Parameters
    ----------
    number
        The number of the process.
    codec_class
        The codec under test.
    contents
        Contents of its own.
    seconds
        How long each may take.
    """
    warnings.simplefilter("ignore")
    codec, wrong = codec_class(), []
    for content in contents:
        codec.decode(bytearray(content), codec.version)  # so that all is imported
    limit = _size() + ROOM
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    for which, content in enumerate(contents):
        for mutant in hostile.mutants(content):
            began, how = time.monotonic(), ""
            try:
                codec.decode(bytearray(mutant), codec.version)
            except MemoryError:
                how = "asks for more than a GiB"
            except Exception:  # noqa: BLE001 - the core makes an AssetError of it
                how = ""
            except BaseException as error:  # noqa: BLE001 - which no core catches
                how = f"raises {type(error).__name__}"
            if not how and time.monotonic() - began > seconds:
                how = f"takes more than {seconds:g} seconds"
            if how:
                wrong.append(f"value {which}: decoding {mutant!r:.100} {how}")
    return wrong


def _size() -> int:
    """Return the bytes of addresses that this process has, or 4 GiB where it cannot tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return 2**32
