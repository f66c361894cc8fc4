"""What `xetrack.assets.blobs.store` writes beside contents: records of assets and of references.

Anybody who can write a bucket can write a record. So each is read with a form in mind, and what
does not have it is damaged.
"""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from xetrack.errors import DamagedAssetError
from xetrack.interfaces.assets import AssetInfo, Header, Reference

if TYPE_CHECKING:
    from xetrack.assets.blobs.checked import Blob

_DAMAGED = Header(digest="damaged", codec="", version=0, size=0, seal=b"")


@dataclass(frozen=True, slots=True)
class AssetRecord:
    """What is stored of an asset beside its content."""

    header: Header
    """What the core says of the content."""
    compression: str
    """``zlib``, or empty."""
    stored_size: int
    """Length of the blob, in bytes."""
    time: str
    """When the asset was first stored."""

    def to_bytes(self) -> bytes:
        """Return the record as JSON."""
        facts = {**asdict(self), "header": {**asdict(self.header), "seal": self.header.seal.hex()}}
        return json.dumps(facts).encode()

    @classmethod
    def parse(cls, asset: str, data: bytes) -> AssetRecord:
        """Read a record.

        Parameters
        ----------
        asset
            The id of the asset, for the error.
        data
            The blob of the record.

        Raises
        ------
        DamagedAssetError
            No xetrack wrote it so.
        """
        try:
            facts: dict[str, Any] = json.loads(data)
            header = facts.pop("header")
            seal = bytes.fromhex(header.pop("seal"))
            record = cls(header=Header(**header, seal=seal), **facts)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise DamagedAssetError(asset, "what is kept beside its content is damaged") from error
        if not all(type(text) is str for text in (record.time, record.compression)):
            raise DamagedAssetError(asset, "what is kept beside its content is of another type")
        return record

    def info(self, asset: str, references: int, stored_size: int | None = None) -> AssetInfo:
        """Return the description of the asset.

        Parameters
        ----------
        asset
            Its id.
        references
            The number of references to it.
        stored_size
            The real length of the blob, where it was asked for.
        """
        return AssetInfo(
            id=asset,
            header=self.header,
            stored_size=self.stored_size if stored_size is None else stored_size,
            references=references,
            time=self.time,
        )


def damaged_info(asset: str, references: int) -> AssetInfo:
    """Return the description of an asset whose record is damaged; it can only be deleted.

    Parameters
    ----------
    asset
        The id of the asset.
    references
        The number of references to it.
    """
    return AssetInfo(id=asset, header=_DAMAGED, stored_size=0, references=references, time="")


def folder_of(asset: str) -> str:
    """Return what the names of the records of an asset begin with.

    Parameters
    ----------
    asset
        The id of the asset.
    """
    return f"assets/{asset[:2]}/{asset}/"


def version_of(upload: str) -> str:
    """Return a new name for a record of an asset; later ones are greater.

    Parameters
    ----------
    upload
        Tells this upload of a content from all others; it has no ``-``.
    """
    return f"{time.time_ns():016x}-{upload}"


def condemned_name(asset: str, version: Blob, mark: str) -> str:
    """Return the name of the mark of one collector on one version of a record.

    Parameters
    ----------
    asset
        The id of the asset.
    version
        The blob of the record.
    mark
        Tells this collector from all others; it has no ``-``.
    """
    return f"condemned/{asset}/{version.last_part}-{mark}"


def condemned_version(mark: Blob) -> str:
    """Return which version of a record a mark is on.

    Parameters
    ----------
    mark
        The blob whose name `condemned_name` made.
    """
    return mark.last_part.rpartition("-")[0]


def asset_of(record: str) -> str:
    """Return the id of the asset whose record has this name.

    Parameters
    ----------
    record
        The name of the blob of a record.
    """
    return record.split("/")[2]


def content_of(record: str) -> str:
    """Return the name of the content to which the record of this name belongs.

    Parameters
    ----------
    record
        The name of the blob of a record.
    """
    return f"contents/{asset_of(record)}/{upload_of(record)}"


def upload_of(record: str) -> str:
    """Return the part of a record's name that its content has, too.

    Parameters
    ----------
    record
        The name of the blob of a record, or its last part.
    """
    return record.rpartition("-")[2]


def reference_name(reference: Reference) -> str:
    """Return the name of the blob of a reference, which tells its fields by their digests.

    Parameters
    ----------
    reference
        The use of an asset; no other has the same name.
    """
    fields = (reference.table, reference.key, reference.track_id)
    return f"references/{reference.asset}/{'-'.join(map(field_digest, fields))}"


def field_digest(field: str) -> str:
    """Return what stands for a table, a key or a run in names of blobs.

    Parameters
    ----------
    field
        The table, the key or the run, in full; it may be empty.

    Returns
    -------
    str
        24 hexadecimal digits.
    """
    return hashlib.sha256(field.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def reference_bytes(reference: Reference) -> bytes:
    """Return a reference as JSON.

    Parameters
    ----------
    reference
        The use of an asset.

    Returns
    -------
    bytes
        The blob that `parse_reference` reads.
    """
    return json.dumps([reference.table, reference.key, reference.track_id]).encode()


def parse_reference(asset: str, text: bytes) -> Reference | None:
    """Read a reference; None for what no xetrack wrote.

    Parameters
    ----------
    asset
        The id of the asset.
    text
        The blob: JSON of table, key and run.
    """
    try:
        table, key, track_id = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        return None
    if not all(type(field) is str for field in (table, key, track_id)):
        return None
    return Reference(asset, table, key, track_id)
