"""The properties of a `Tracker` that are about its run as a whole."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, TypeVar

from xetrack.model.names import REPRODUCE
from xetrack.model.validation import checked_text

if TYPE_CHECKING:
    from xetrack.assets.manager import AssetManager
    from xetrack.interfaces.engine import Engine
    from xetrack.recording.recorder import RowRecorder
    from xetrack.runs.live import LiveRun
    from xetrack.views.run_view import RunView

_Path = TypeVar("_Path", bound=str | os.PathLike[str])


class RecordMethods:
    """Names the run of a tracker, and has its record."""

    _track_id: str
    _engine: Engine
    _asset_manager: AssetManager
    _recorder: RowRecorder
    _run_view: RunView
    _live_run: LiveRun

    def _end_run(self, error: BaseException | None) -> None:
        """End the run, if one has begun."""
        raise NotImplementedError

    def _set_cache(self, **options: Any) -> None:
        """Change options of the cache."""
        raise NotImplementedError

    @property
    def run(self) -> LiveRun:
        """The run: its name, group, tags and notes, which can be set at any time, and its record.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY, name="wide")
        >>> tracker.run.add_tags("baseline")
        >>> tracker.run.name, tracker.run.tags
        ('wide', ('baseline',))
        """
        return self._live_run

    @property
    def track_id(self) -> str:
        """Name of this run; may be set, and a new run goes on from there with the same params.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY, track_id="first")
        >>> row = tracker.log({"loss": 0.5})
        >>> tracker.track_id = "second"
        >>> len(tracker), tracker.count_all()
        (0, 1)
        """
        return self._track_id

    @track_id.setter
    def track_id(self, track_id: str) -> None:
        track_id = checked_text("track_id", track_id, "a text that is not empty")
        if REPRODUCE in os.environ:
            from xetrack.runs.conditions.reproduction import read_reproduction  # noqa: PLC0415

            track_id = read_reproduction().name(track_id)
        self._end_run(None)
        with self._engine.lock:
            self._track_id = self._asset_manager.track_id = track_id
            self._recorder.start_run(track_id)
            self._run_view.start_run(track_id)
        self._set_cache(track_id=track_id)

    def use(self, path: _Path, name: str | None = None) -> _Path:
        """Note in the record of the run which data it uses, and return its path.

        Of a file, size and SHA-256 are recorded, which takes as long as to read it; of a folder the
        same of all that is in it. A URL is recorded without user, password and secret parameters;
        nothing of it is read. ``xt reproduce`` says where data is not what it was.

        Parameters
        ----------
        path
            A file, a folder or a URL.
        name
            What to call it in the record; by default `path`.

        Returns
        -------
        str or os.PathLike
            `path` as it was given.

        Raises
        ------
        InvalidArgumentError
            There is no such file or folder, or it cannot be read.

        Examples
        --------
        >>> from pathlib import Path
        >>> from xetrack import Reader, Tracker
        >>> with open("train.csv", "w") as file:
        ...     size = file.write("x,y")
        >>> with Tracker("runs.db", track_id="first") as tracker:
        ...     text = Path(tracker.use("train.csv")).read_text()
        ...     row = tracker.log({"loss": 0.5})
        >>> Reader("runs.db").run("first").facts["data"]["train.csv"]["size"]
        3
        """
        from xetrack.runs.conditions.data import RECORDER, describe_data  # noqa: PLC0415 - once a run

        self._live_run.add_facts(RECORDER, describe_data(path, name))
        return path

    def seed(self, seed: int | None = None) -> int:
        """Seed the generators of random numbers, and note the seed in the record of the run.

        That is `random`, and of what is imported by now NumPy's global generator, PyTorch's and
        TensorFlow's. Generators of your own get it from you: ``np.random.default_rng(seed)``,
        ``jax.random.key(seed)``. No column of the rows has it, unless you log it.

        Parameters
        ----------
        seed
            A whole number from 0 to 2³²-1; by default a new one, and under ``xt reproduce`` that of
            the run that is repeated.

        Returns
        -------
        int
            The seed.

        Raises
        ------
        InvalidArgumentError
            It is no such number.

        Examples
        --------
        >>> import random
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY)
        >>> tracker.seed(42)
        42
        >>> random.random()
        0.6394267984578837
        """
        from xetrack.runs.conditions import seeding  # noqa: PLC0415 - once a run

        chosen = seeding.choose_seed(seed)
        facts = {"seed": chosen, "libraries": seeding.seed_everything(chosen)}
        self._live_run.add_facts(seeding.RECORDER, facts)
        return chosen
