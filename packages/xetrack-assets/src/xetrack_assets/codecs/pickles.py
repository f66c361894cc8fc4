"""The codec of everything else, by cloudpickle: lambdas, classes of ``__main__`` and models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack.assets.script_classes import load_pickle
from xetrack.errors import report
from xetrack.interfaces.codecs import Codec

if TYPE_CHECKING:
    from xetrack.interfaces.codecs import Pieces


class PickleCodec(Codec):
    """The codec of whatever can be pickled."""

    rank = 100
    runs_code = True
    suffix = ".pkl"

    def takes(self, value: object) -> bool:  # noqa: ARG002 - whatever it is
        """Return True for everything; pickling finds out. See `Codec.takes`."""
        return True

    def encode(self, value: object) -> Pieces:
        """Return the pickle, without what models hide; see `Codec.encode`."""
        # Only those who pickle need it.
        from xetrack_assets.codecs.hiding_pickler import HidingPickler  # noqa: PLC0415

        pieces = _PieceWriter()
        pickler = HidingPickler(pieces)
        pickler.dump(value)
        if pickler.lacking:
            names = ", ".join(pickler.lacking)
            report(f"An asset is stored without the fields that these classes hide: {names}.")
        return pieces.written

    def decode(self, content: bytearray, version: int) -> Any:  # noqa: ARG002 - pickle knows its own
        """Unpickle the content; core has checked that this may be done, see `Codec.decode`."""
        return load_pickle(content, strict=False)


class _PieceWriter:
    """A file that collects what is written to it; large buffers are copied once, as they come."""

    def __init__(self) -> None:
        self.written: list[bytes] = []

    def write(self, piece: bytes | memoryview) -> int:
        """Collect a piece."""
        self.written.append(bytes(piece))
        return len(self.written[-1])
