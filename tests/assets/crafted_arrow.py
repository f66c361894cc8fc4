"""A child that reads Arrow files whose few bytes stand for many: ``crafted_arrow``.

In the head of a message, which is a FlatBuffer, any number of offsets may lead to the same place,
any number of columns may have the same buffer, and metadata may name anything.
"""

from __future__ import annotations

import json
import struct
import sys

import numpy as np
import pyarrow as pa

from tests.assets.crafted_contents import file, frame, nulls, prepare, refuse

LONG, OFTEN = "v" * 500_000, 4_000
NAMES = [f"n{at}" for at in range(OFTEN)]


class Head:
    """What stands in the head of a message, by positions within the whole file."""

    def __init__(self, content: bytearray, message: int) -> None:
        self.content = content
        self.begins, roots, at = [], [], 8
        while size := struct.unpack_from("<I", content, at + 4)[0]:
            self.begins.append(at)
            roots.append(self.follow(at + 8))
            body = self.field(roots[-1], 3)
            at += 8 + size + (struct.unpack_from("<q", content, body)[0] if body else 0)
        self.root = roots[message]
        self.header = self.child(self.root, 2)

    def follow(self, at: int) -> int:
        """Follow an offset."""
        return at + struct.unpack_from("<I", self.content, at)[0]

    def field(self, table: int, number: int) -> int:
        """Return where a field of a table is, or 0."""
        places = table - struct.unpack_from("<i", self.content, table)[0]
        if 4 + 2 * number >= struct.unpack_from("<H", self.content, places)[0]:
            return 0
        offset = struct.unpack_from("<H", self.content, places + 4 + 2 * number)[0]
        return offset and table + offset

    def child(self, table: int, number: int) -> int:
        """Return where a table is that another has."""
        return self.follow(self.field(table, number))

    def vector(self, table: int, number: int) -> tuple[int, int]:
        """Return where a vector begins, and how many are in it."""
        at = self.child(table, number)
        return at + 4, struct.unpack_from("<I", self.content, at)[0]

    def children(self, table: int, number: int) -> list[int]:
        """Return where the tables of a vector are."""
        begin, size = self.vector(table, number)
        return [self.follow(begin + 4 * at) for at in range(size)]

    def lead(self, at: int, target: int) -> None:
        """Let an offset lead elsewhere."""
        struct.pack_into("<I", self.content, at, target - at)

    def lead_all(self, table: int, number: int) -> None:
        """Let all offsets of a vector lead where its first one does."""
        begin, size = self.vector(table, number)
        target = self.follow(begin)
        for at in range(begin, begin + 4 * size, 4):
            self.lead(at, target)


def empty(*fields, about=None):
    """Return a file without rows, to be changed, and the head of its schema."""
    content = bytearray(file(pa.schema(fields, about).empty_table()))
    return content, Head(content, 0)


def shared_names():
    """Return columns that are all the first one, which has a long name."""
    content, head = empty(*[pa.field(name, pa.null()) for name in (LONG, *NAMES)])
    head.lead_all(head.header, 1)
    return content


def shared_facts():
    """Return metadata of the schema of which each fact is the same long one."""
    content, head = empty(about={"k": LONG, **dict.fromkeys(NAMES, "v")})
    begin, size = head.vector(head.header, 2)
    pairs = head.children(head.header, 2)
    longest = max(pairs, key=lambda pair: struct.unpack_from("<I", content, head.child(pair, 1)))
    for at in range(size):
        if pairs[at] < longest:
            head.lead(begin + 4 * at, longest)
    return content


def shared_facts_of_a_column():
    """Return the same of a column."""
    content, head = empty(
        pa.field("n", pa.null(), metadata={"k": LONG, **dict.fromkeys(NAMES, "v")})
    )
    head.lead_all(head.children(head.header, 1)[0], 6)
    return content


def shared_facts_of_a_message():
    """Return the same of the message of a batch."""
    batch = pa.record_batch({"n": [1]})
    sink = pa.BufferOutputStream()
    about = {"k": LONG, **dict.fromkeys(NAMES, "v")}
    with pa.ipc.new_file(sink, batch.schema.with_metadata({"xetrack": "table"})) as writer:
        writer.write_batch(batch, custom_metadata=about)
    content = bytearray(sink.getvalue().to_pybytes())
    head = Head(content, -1)
    head.lead_all(head.root, 4)
    return content


def shared_zones():
    """Return columns of times whose zone is the same long text."""
    zones = [LONG, *["UTC"] * OFTEN]
    content, head = empty(*[pa.field("t", pa.timestamp("us", zone)) for zone in zones])
    first, *others = head.children(head.header, 1)
    target = head.child(head.child(first, 3), 1)
    for other in others:
        head.lead(head.field(head.child(other, 3), 1), target)
    return content


def shared_children():
    """Return structs of structs, of which each has the same one thirty times."""
    kind = pa.null()
    for _ in range(4):
        kind = pa.struct([pa.field("a", kind), *[pa.field("b", pa.null())] * 29])
    content, head = empty(pa.field("s", kind), about={"k": LONG})
    field = head.children(head.header, 1)[0]
    for _ in range(4):
        head.lead_all(field, 5)
        field = head.children(field, 5)[0]
    return content


def wide_tables():
    """Return columns whose tables say that they have thousands of fields."""
    content, head = empty(*[pa.field(name, pa.null()) for name in NAMES], about={"k": LONG})
    wide = content.index(LONG.encode())
    for field in head.children(head.header, 1):
        places = field - struct.unpack_from("<i", content, field)[0]
        (size,) = struct.unpack_from("<H", content, places)
        content[wide : wide + size] = content[places : places + size]
        struct.pack_into("<i", content, field, field - wide)
    content[wide + size : wide + 64] = bytes(64 - size)
    struct.pack_into("<H", content, wide, 60_000)
    return content


def shared_buffers(make):
    """Return columns of texts that all have the same buffers."""
    text = pa.array(["v" * 5_000] * 100)
    table = pa.table([text, *[pa.array(["v"] * 100)] * 2_000], NAMES[:2_001])
    content = bytearray(make(table))
    head = Head(content, -1)
    begin, size = head.vector(head.header, 2)
    for at in range(begin + 48, begin + 16 * size, 48):
        content[at : at + 48] = content[begin : begin + 48]
    return content


def shared_dictionaries(make):
    """Return columns whose kinds are all in the dictionary of the first."""
    kinds = pa.array([str(at) for at in range(20_000)])
    arrays = [pa.DictionaryArray.from_arrays(pa.array([0], "i1"), kinds[:2]) for _ in NAMES[:999]]
    arrays = [pa.DictionaryArray.from_arrays(pa.array([0], "i4"), kinds), *arrays]
    content = bytearray(make(pa.table(arrays, NAMES[:1_000])))
    head = Head(content, 0)
    for field in head.children(head.header, 1):
        place = head.field(head.child(field, 4), 0)
        if place:
            struct.pack_into("<q", content, place, 0)
    del content[head.begins[2] : head.begins[-1]]
    return content


def many_views():
    """Return a column of views that says it has 134 million buffers."""
    content = bytearray(file(pa.table({"v": pa.array(["a" * 50], pa.string_view())})))
    head = Head(content, -1)
    begin, _ = head.vector(head.header, 4)
    struct.pack_into("<q", content, begin, 2**27)
    return content


def batches(kind, *arrays):
    """Return a file that says it was one batch, but has several."""
    schema = pa.schema([pa.field("n", arrays[0].type)], {"xetrack": kind})
    found = [pa.record_batch([array], schema=schema) for array in arrays]
    return file(pa.Table.from_batches(found), allow_64bit=True)


def bare(number):
    """Return texts of no bytes, which take no memory."""
    return pa.Array.from_buffers(pa.binary(0), number, [None, pa.py_buffer(b"")], null_count=0)


def described(table, change=lambda about: None, *changes):
    """Return a file that says it was a frame, as pandas would describe it but for a change."""
    facts = {"pandas_type": "object", "numpy_type": "object", "metadata": None}
    about = {
        "columns": [{"name": name, "field_name": name, **facts} for name in table.column_names],
        "column_indexes": [{"name": None, **facts, "pandas_type": "unicode"}],
        "index_columns": [],
    }
    change(about)
    return frame(table, *changes, pandas=json.dumps(about).encode())


def column(**facts):
    """Return a change of what is said of the first column."""
    return lambda about: about["columns"][0].update(facts)


def labels(pandas, numpy):
    """Return a change of the types of the labels."""
    facts = {"pandas_type": pandas, "numpy_type": numpy}
    return lambda about: about["column_indexes"][0].update(facts)


def indexed(about):
    """Add many ranges to the index."""
    about["index_columns"] = [{"kind": "range", "name": None, **SPAN}] * 2_000


def zoned(about):
    """Say of the same column many times that it has another zone."""
    one = {**about["columns"][0], "pandas_type": "datetimetz"}
    zones = [f"Etc/GMT+{at % 12}" for at in range(2_000)]
    about["columns"] = [{**one, "metadata": {"timezone": zone}} for zone in zones]


def nested(about):
    """Give the first column a label of signs, and labels several levels."""
    about["columns"][0]["name"] = "-" * 90_000 + "1"
    about["column_indexes"] *= 2


SOME_ROWS = pa.table({"a": pa.chunked_array([nulls(1_234_567)] * 4)})
MORE_ROWS = (struct.pack("<q", 1_234_567), struct.pack("<q", 2**62))
ONE = pa.table({"a": [1]})
SPAN = {"start": 0, "stop": 10**6, "step": 1}
LONG_KIND = pa.DictionaryArray.from_arrays(np.zeros(50_000, "i1"), [LONG])
CONTENTS = {
    "arrow": {
        "shared names": shared_names(),
        "shared facts": shared_facts(),
        "shared facts of a column": shared_facts_of_a_column(),
        "shared facts of a message": shared_facts_of_a_message(),
        "shared zones": shared_zones(),
        "shared children": shared_children(),
        "shared buffers": shared_buffers(file),
        "shared dictionaries": shared_dictionaries(file),
        "wide tables": wide_tables(),
        "many views": many_views(),
        "two batches": batches("batch", pa.array([None], pa.binary(0)), bare(2**33)),
        "runs of nothing": batches("batch", *[pa.RunEndEncodedArray.from_arrays([2**33], [1])] * 2),
        "more rows than can be counted": file(SOME_ROWS, MORE_ROWS, allow_64bit=True),
    },
    "pandas": {
        "shared buffers of a frame": shared_buffers(described),
        "shared dictionaries of a frame": shared_dictionaries(described),
        "more rows than a frame can have": described(SOME_ROWS, lambda about: None, MORE_ROWS),
        "bytes for labels": described(ONE, labels("S2000000000", "S2000000000")),
        "texts for labels": described(ONE, labels("unicode", "U500000000")),
        "the longest of the labels": described(
            pa.table([[1]] * OFTEN, [LONG, *NAMES[1:]]), labels("unicode", "bytes")
        ),
        "a long period": described(ONE, column(numpy_type=f"period[{'1' * 20_000}")),
        "a long type": described(ONE, column(numpy_type=f"Sparse{'[' * 20_000}")),
        "a kind that becomes texts": described(
            pa.table({"a": LONG_KIND}), column(numpy_type="large_string[pyarrow]")
        ),
        "kinds in a struct": described(
            pa.table({"a": pa.StructArray.from_arrays([LONG_KIND], ["k"])})
        ),
        "many ranges": described(pa.table({"a": nulls(10**6)}), indexed),
        "many levels": described(
            pa.table([[1]] * 3_000, NAMES[:3_000]),
            lambda about: about.update(index_columns=NAMES[:3_000]),
        ),
        "many zones": described(
            pa.table({"a": pa.array(np.zeros(100_000, "i8"), pa.timestamp("ns"))}), zoned
        ),
        "one long label": described(
            pa.table([[1]] * OFTEN, ["a"] * OFTEN),
            lambda about: about["columns"][0].update(name=LONG),
        ),
        "nested label": described(ONE, nested),
    },
}


if __name__ == "__main__":
    prepare()
    refuse(CONTENTS, sys.argv[1:])
