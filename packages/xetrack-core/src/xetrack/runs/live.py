"""The run of a tracker, as its user sees and names it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack.errors import InvalidArgumentError
from xetrack.model.validation import checked_items, checked_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from xetrack.interfaces.runs.record import RunRecord
    from xetrack.runs.writer import RunWriter

_TEXTS = ("name", "group", "parent", "notes")


def checked_details(
    *,
    name: str | None = None,
    group: str | None = None,
    parent: str | None = None,
    tags: object = (),
    notes: str | None = None,
) -> dict[str, Any]:
    """Return what a user says of a run, without what is not there.

    Parameters
    ----------
    name, group, parent, notes
        Texts, or None.
    tags
        A list of words.

    Raises
    ------
    InvalidArgumentError
        One of them is something else.
    """
    texts = zip(_TEXTS, (name, group, parent, notes), strict=True)
    details: dict[str, Any] = {
        key: checked_text(key, value, "a text that is not empty")
        for key, value in texts
        if value is not None
    }
    if words := checked_tags(tags):
        details["tags"] = words
    return details


def checked_changes(
    *, add_tags: object = (), remove_tags: object = (), **texts: str | None
) -> dict[str, Any]:
    """Return a change to what is said of a run, as its event has it.

    Parameters
    ----------
    add_tags, remove_tags
        Lists of words.
    **texts
        See `checked_details`.

    Raises
    ------
    InvalidArgumentError
        One of them is something else.
    """
    changes = checked_details(**texts, tags=add_tags)
    if removed := checked_tags(remove_tags):
        changes["removed_tags"] = removed
    return changes


def checked_tags(tags: object) -> list[str]:
    """Return tags without those that stand twice.

    Parameters
    ----------
    tags
        Words, which may have spaces around them.

    Raises
    ------
    InvalidArgumentError
        They are no list of words.
    """
    items = checked_items("tags", tags, "a list of words")
    for item in items:
        if not isinstance(item, str) or not item.strip() or not item.isprintable():
            raise InvalidArgumentError("tags", item, "words")
    return list(dict.fromkeys(item.strip() for item in items))


class LiveRun:
    """The run of a tracker: its names, tags and notes can be read and changed at any time.

    A change is stored at once; before the first row it is stored with the begin of the run.

    Examples
    --------
    >>> from xetrack import Tracker
    >>> tracker = Tracker(Tracker.IN_MEMORY, track_id="first", tags=["baseline"])
    >>> tracker.run.add_tags("promising")
    >>> tracker.run.notes = "The one with the larger learning rate."
    >>> tracker.run.tags
    ('baseline', 'promising')
    >>> row = tracker.log({"loss": 0.5})
    >>> tracker.run.record.status
    <RunStatus.RUNNING: 'running'>
    """

    def __init__(
        self, writer: RunWriter, track_id: Callable[[], str], read: Callable[[], RunRecord | None]
    ) -> None:
        self._writer = writer
        self._track_id = track_id
        self._read = read

    def __repr__(self) -> str:
        details: Mapping[str, Any] = self._writer.details
        shown = "".join(f", {name}={value!r}" for name, value in details.items())
        return f"<run {self.track_id!r}{shown}>"

    @property
    def track_id(self) -> str:
        """The run, as its rows name it."""
        return self._track_id()

    @property
    def record(self) -> RunRecord | None:
        """The record as it is stored; None before the first row, and where no rows are stored."""
        return self._read()

    @property
    def name(self) -> str | None:
        """A name for people."""
        return self._text("name")

    @name.setter
    def name(self, name: str) -> None:
        self._set("name", name)

    @property
    def group(self) -> str | None:
        """The name that the runs of one sweep share."""
        return self._text("group")

    @group.setter
    def group(self, group: str) -> None:
        self._set("group", group)

    @property
    def parent(self) -> str | None:
        """The run that this one came from."""
        return self._text("parent")

    @parent.setter
    def parent(self, parent: str) -> None:
        self._set("parent", parent)

    @property
    def notes(self) -> str | None:
        """A free text."""
        return self._text("notes")

    @notes.setter
    def notes(self, notes: str) -> None:
        self._set("notes", notes)

    @property
    def tags(self) -> tuple[str, ...]:
        """Words to find the run by."""
        tags: Any = self._writer.details.get("tags", ())
        return tuple(tags)

    def add_tags(self, *tags: str) -> None:
        """Add tags; those that it has stay where they are.

        Parameters
        ----------
        *tags
            Words.

        Raises
        ------
        InvalidArgumentError
            One of them is no word.
        """
        if words := checked_tags(tags):
            self._writer.change({"tags": words})

    def remove_tags(self, *tags: str) -> None:
        """Remove tags, as far as the run has them.

        Parameters
        ----------
        *tags
            Words.
        """
        if words := checked_tags(tags):
            self._writer.change({"removed_tags": words})

    def add_facts(self, recorder: str, facts: Mapping[str, Any]) -> None:
        """Write facts into the record, beside those that recorders write.

        Parameters
        ----------
        recorder
            The name under which they stand in `RunRecord.facts`.
        facts
            Values of JSON by name; a later value replaces one of the same name.

        Raises
        ------
        InvalidArgumentError
            They are no JSON.

        Examples
        --------
        >>> from xetrack import Reader, Tracker
        >>> with Tracker("runs.db", track_id="first") as tracker:
        ...     tracker.run.add_facts("model", {"layers": 12})
        ...     row = tracker.log({"loss": 0.5})
        >>> Reader("runs.db").run("first").facts["model"]
        {'layers': 12}
        """
        import json  # noqa: PLC0415 - few add some

        recorder = checked_text("recorder", recorder, "a text that is not empty")
        try:
            copied: dict[str, Any] = json.loads(json.dumps(dict(facts)))
        except (TypeError, ValueError) as error:
            raise InvalidArgumentError("facts", facts, "a mapping of values of JSON") from error
        self._writer.add_facts(recorder, copied)

    def _text(self, name: str) -> str | None:
        value: Any = self._writer.details.get(name)
        return None if value is None else str(value)

    def _set(self, name: str, value: str) -> None:
        self._writer.change({name: checked_text(name, value, "a text that is not empty")})
