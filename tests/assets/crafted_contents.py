"""A child that reads contents which somebody made by hand to do harm: ``crafted_contents``."""

from __future__ import annotations

import pickle
import struct
import sys
import warnings

import pyarrow as pa

from tests.assets import hostile_codecs
from tests.assets.conftest import Canary
from tests.hostile_child import reading, ready
from xetrack import Tracker
from xetrack.errors import XetrackError

MANY = 2**40


def npy(descr, shape=(2,), data=bytes(16)):
    """Return a file of NumPy's with such a header."""
    header = repr({"descr": descr, "fortran_order": False, "shape": shape}).encode()
    return b"\x93NUMPY\x02\0" + struct.pack("<I", len(header)) + header + data


def header(text):
    """Return one with any text for a header."""
    return b"\x93NUMPY\x02\0" + struct.pack("<I", len(text)) + text


POINTERS = struct.pack("<QQ", 0x41414141, 0x42424242)
ARRAYS = {
    "pointers": npy("|O", data=POINTERS),
    "pointers in a field": npy([("n", "<i4"), ("o", "|O")], (1,), bytes(4) + POINTERS),
    "pointers in a field of a field": npy([("a", [("o", "|O")])], (2,), POINTERS),
    "pointers in a part": npy(("|O", (2,)), (1,), POINTERS),
    "pointers in a list of types": npy("f8,O", (1,), POINTERS),
    "texts of any length": npy("T", (1,)),
    "a million brackets": header(b"[" * 1_000_000),
    "texts without an end": header(b"'\\" * 32_000),
    "additions": header(b"1+" * 30_000 + b"1"),
    "signs": header(b"-" * 60_000 + b"1"),
    "terabytes": npy("<f8", (MANY,)),
    "three gigabytes": npy("<f8", (3 * 2**27,)),
    "too little": npy("<f8", (2,), bytes(15)),
    "too much": npy("<f8", (2,), bytes(17)),
    "less than nothing": npy("<f8", (-2,)),
    "truths for sizes": npy("<f8", (True, 2)),
    "many of nothing": npy("|V0", (MANY,), b""),
    "many rows of nothing": npy("<f8", (MANY, 0), b""),
    "many texts without characters": npy("<U0", (MANY,), b""),
    "truths that are neither": npy("|b1", (16,), b"\xff" * 16),
    "such truths in a field": npy([("a", "<i4"), ("b", "|b1", (4,))], (2,), b"\2" * 16),
    "no characters": npy("<U2", (2,), b"\xff" * 16),
    "a wide part": npy(("<f8", (2**31,)), (1,)),
}


def file(table, *changes, **options):
    """Return an Arrow file as the codecs have it, with some bytes changed."""
    kind = table.schema.metadata or {}
    table = table.replace_schema_metadata({b"xetrack": b"table", **kind})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        for batch in table.to_batches():
            writer.write_batch(batch)
    content = sink.getvalue().to_pybytes()
    for old, new in changes:
        assert old in content
        content = content.replace(old, new)
    return content


def frame(table, *changes, pandas=b"{}"):
    """Return one that says it was a frame."""
    about = {b"xetrack": b'{"series": false, "name": null, "range": null}', b"pandas": pandas}
    return file(table.replace_schema_metadata(about), *changes, allow_64bit=True)


def other_order():
    """Return a file whose schema says that its bytes are of a machine with another order."""
    content = bytearray(file(pa.table({"n": [1, 2]})))
    message = 16 + struct.unpack_from("<I", content, 16)[0]
    places = message - struct.unpack_from("<i", content, message)[0]
    at = message + struct.unpack_from("<H", content, places + 4 + 2 * 2)[0]
    schema = at + struct.unpack_from("<I", content, at)[0]
    places = schema - struct.unpack_from("<i", content, schema)[0]
    # The order is read from where the fields are, which is no zero.
    content[places + 4 : places + 6] = content[places + 6 : places + 8]
    return bytes(content)


def views():
    """Return a column of which each cell is the same megabyte."""
    number, size = 20_000, 2**20
    view = struct.pack("<i4sii", size, b"aaaa", 0, 0)
    parts = [None, pa.py_buffer(view * number), pa.py_buffer(b"a" * size)]
    return pa.table({"v": pa.Array.from_buffers(pa.string_view(), number, parts)})


def nulls(number):
    """Return a column of nothing, which takes no bytes."""
    return pa.Array.from_buffers(pa.null(), number, [None])


WORDS = pa.table({"w": ["alpha", "beta", "gamma"]})
FAR = (struct.pack("<4i", 0, 5, 9, 14), struct.pack("<4i", 0, 5, 2**31 - 9, 2**31 - 1))
BACK = (struct.pack("<4i", 0, 5, 9, 14), struct.pack("<4i", 0, 5, -(2**30), 14))
LISTS = pa.table({"l": pa.array([[1, 2], [3], [4, 5]], pa.list_(pa.int64()))})
FAR_LISTS = (struct.pack("<4i", 0, 2, 3, 5), struct.pack("<4i", 0, 2, 2**30, 2**31 - 1))
KINDS = pa.table({"k": pa.array(["x", "y", "x"]).dictionary_encode()})
FAR_KINDS = (struct.pack("<3i", 0, 1, 0), struct.pack("<3i", 0, 2**30, -9))
GROWING = pa.table(
    {
        "k": pa.chunked_array(
            [
                pa.DictionaryArray.from_arrays([0], ["x"]),
                pa.DictionaryArray.from_arrays([1], ["x", "y"]),
            ]
        )
    }
)
SQUEEZED = file(pa.table({"n": [7] * 4096}), compression="lz4")
LABELS = b'{"columns": [], "index_columns": [], "column_indexes": [{"name": 1}, {"name": 2}]}'
ZONE = b"""{"columns": [{"name": "w", "field_name": "w", "pandas_type": "datetimetz",
"numpy_type": "datetime64[ns, dateutil//dev/stdin]", "metadata": null}], "index_columns": []}"""
WORDS_OF_A_BOOK = pa.array([f"{at:020}" for at in range(200_000)])
ONE_OF_THEM = pa.record_batch(
    {"k": pa.DictionaryArray.from_arrays(pa.array([0], pa.int32()), WORDS_OF_A_BOOK)}
)
NESTED_VIEWS = pa.array([["a", "b"]], pa.list_(pa.string_view()))
TABLES = {
    "texts far away": file(WORDS, FAR),
    "texts from behind": file(WORDS, BACK),
    "lists far away": file(LISTS, FAR_LISTS),
    "kinds far away": file(KINDS, FAR_KINDS),
    "a dictionary that grows": file(GROWING, emit_dictionary_deltas=True),
    "a dictionary in many batches": file(pa.Table.from_batches([ONE_OF_THEM] * 20_000)),
    "views of one text": file(views()),
    "views in a list": file(pa.table({"v": NESTED_VIEWS})),
    "compressed": SQUEEZED,
    "compressed, terabytes": SQUEEZED.replace(struct.pack("<q", 8 * 4096), struct.pack("<q", MANY)),
    "another order of bytes": other_order(),
    "no file": b"ARROW1\0\0",
    "nothing": b"",
}
FRAMES = {
    "texts far away in a frame": frame(WORDS, FAR),
    "kinds far away in a frame": frame(KINDS, FAR_KINDS),
    "terabytes of nothing": frame(pa.table({"n": nulls(MANY)})),
    "gigabytes of nothing": frame(pa.table({f"n{at}": nulls(2**24) for at in range(64)})),
    "lists of nothing": frame(
        pa.table({"n": pa.ListArray.from_arrays([0, 2**31 - 1], nulls(2**31 - 1))})
    ),
    "one text many times": frame(views()),
    "runs": frame(pa.table({"r": pa.RunEndEncodedArray.from_arrays([2**30], ["x"])})),
    "nested labels": frame(pa.table({"(" * 90_000: [1]}), pandas=LABELS),
    "signs for labels": frame(pa.table({"-" * 90_000 + "1": [1]}), pandas=LABELS),
    "a file for a zone": frame(WORDS, pandas=ZONE),
    "nested metadata": frame(WORDS, pandas=b"[" * 100_000),
}


class Extension(pa.ExtensionType):
    """A type of a library that unpickles what a file says of it."""

    def __init__(self):
        super().__init__(pa.int64(), "tests.pickled")

    def __arrow_ext_serialize__(self):
        """Say nothing."""
        return b""

    @classmethod
    def __arrow_ext_deserialize__(cls, _, serialized):
        """Unpickle."""
        pickle.loads(serialized)
        return cls()


def pickled_type(name, canary, within=False):
    """Return a file with a type that is unpickled."""
    about = {b"ARROW:extension:name": name, b"ARROW:extension:metadata": pickle.dumps(canary)}
    field = pa.field("n", pa.int64(), metadata=about)
    if within:
        return file(pa.table([pa.array([[{"n": 1}]], pa.list_(pa.struct([field])))], ["l"]))
    return file(pa.table([pa.array([1])], pa.schema([field])))


TEXTS = {
    "nested": b"[" * 100_000,
    "nested 900 times": b"[" * 900 + b"]" * 900,
    "many digits": b"[" + b"9" * 1_000_000 + b"]",
    "a tag of another type": b'[{"$xetrack": "hugeint", "value": 5}]',
    "a tag of nothing": b'[{"$xetrack": "dict"}]',
    "two values": b"[1, 2]",
    "no text": b"\xff\xfe",
}
ALL = {"numpy": ARRAYS, "arrow": TABLES, "pandas": FRAMES, "json": TEXTS}


def prepare():
    """Import what is needed to read, and allow little more memory."""
    warnings.simplefilter("ignore")
    hostile_codecs.memory = Tracker(Tracker.IN_MEMORY)
    for codec in ("numpy", "pandas", "arrow"):
        for base in hostile_codecs.contents(codec):
            hostile_codecs.read(base, codec)
    ready()


def refuse(all_contents, chosen=()):
    """Read contents of codecs, none of which may be read."""
    for codec, contents in all_contents.items():
        for name, content in contents.items():
            if chosen and name not in chosen:
                continue
            with reading(name, XetrackError):
                hostile_codecs.read(content, codec)
                sys.exit(f"{name}: it was read")


if __name__ == "__main__":
    folder, *names = sys.argv[1:]
    prepare()
    pa.register_extension_type(Extension())
    for name in (b"arrow.py_extension_type", b"tests.pickled"):
        for within in (False, True):
            made = pickled_type(name, Canary(folder), within)
            ALL["arrow"][f"a type {name.decode()} {within}"] = made
    refuse(ALL, names)
