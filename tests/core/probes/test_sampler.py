"""The sampling thread: means of samples, and nobody waits for it."""

from __future__ import annotations

import gc
import os
import threading

import pytest

from xetrack.interfaces.probes import sampling as module
from xetrack.interfaces.probes.sampling import Sampler

# The warning about forks with threads is about what is tested here.
FORKS = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


@pytest.fixture(autouse=True)
def _patient(monkeypatch):
    """Wait for a first sample as long as a busy machine takes for it."""
    monkeypatch.setattr(module, "FIRST_WAIT", 20)


class Steps:
    """Gives one figure after another, and then is stuck."""

    def __init__(self, *figures):
        self._figures = iter(figures)
        self._taken = threading.Semaphore(0)
        self.threads = []

    def __call__(self):
        self.threads.append(threading.current_thread())
        found = next(self._figures, None)
        if found is None:
            self._taken.release()
            threading.Event().wait(60)
        if isinstance(found, Exception):
            raise found
        return {"x": float(found)}


def sampled(sampler, number):
    """Wait until so many samples were taken in all."""
    while sampler._samples.count < number:
        threading.Event().wait(0.001)


def workers():
    """Threads that sample now."""
    return [one for one in threading.enumerate() if one.name == "xetrack-sampler"]


def test_nothing_is_sampled_before_the_first_question():
    """Making a tracker starts no thread."""
    steps = Steps(1)
    Sampler(steps, 1)
    assert [] == steps.threads


def test_promise_6_a_mean_is_that_of_the_samples_since_its_mark():
    """Marks may overlap; those before count for none of them."""
    sampler = Sampler(Steps(100, 1, 2, 6), 0.001)
    sampler.latest()
    sampled(sampler, 4)
    assert {"x": 3.0} == sampler.mean_since((1, {"x": 100.0}))
    assert {"x": 4.0} == sampler.mean_since((2, {"x": 101.0}))
    assert {"x": 6.0} == sampler.latest()
    assert (4, {"x": 109.0}) == sampler.mark()
    sampler.close()


def test_promise_6_without_a_sample_since_its_mark_the_last_one_is_the_mean():
    """Without a sample since its mark the last one is the mean, of a call that is shorter than the
    interval; the first, too.
    """
    sampler = Sampler(Steps(7), 3600)
    assert {"x": 7.0} == sampler.mean_since(sampler.mark())
    sampler.close()


def test_samples_are_taken_in_one_thread_that_is_not_the_callers():
    """Nobody who logs pays for them."""
    steps = Steps(1, 2, 3)
    sampler = Sampler(steps, 0.001)
    sampler.latest()
    sampled(sampler, 3)
    (thread,) = set(steps.threads)
    assert thread is not threading.current_thread()
    assert thread.daemon
    sampler.close()


def test_closing_ends_the_thread_and_a_question_begins_anew():
    """Closing twice, or before the first question, is no error."""
    sampler = Sampler(Steps(1, 2), 3600)
    sampler.close()
    sampler.latest()
    thread = sampler._thread
    sampler.close()
    sampler.close()
    thread.join(10)
    assert not thread.is_alive()
    assert {"x": 2.0} == sampler.latest()
    sampler.close()


def test_the_thread_ends_with_the_sampler():
    """Most trackers are never closed."""
    sampler = Sampler(Steps(1), 3600)
    sampler.latest()
    thread = sampler._thread
    del sampler
    gc.collect()
    thread.join(10)
    assert not thread.is_alive()


def test_what_goes_wrong_in_the_thread_reaches_whoever_asks_next():
    """Once; then it begins anew."""
    sampler = Sampler(Steps(OSError("gone"), 5), 3600)
    with pytest.raises(OSError, match="gone"):
        sampler.latest()
    assert {"x": 5.0} == sampler.latest()
    sampler.close()


def test_it_begins_anew_though_the_thread_that_failed_has_not_ended(monkeypatch):
    """On a busy machine a thread may be alive for long after its last line."""
    sample, ended = module._sample, threading.Event()

    def linger(*arguments):
        sample(*arguments)
        ended.wait(20)

    monkeypatch.setattr(module, "_sample", linger)
    sampler = Sampler(Steps(OSError("gone"), 5), 3600)
    with pytest.raises(OSError, match="gone"):
        sampler.latest()
    assert {"x": 5.0} == sampler.latest()
    ended.set()
    sampler.close()


def test_r20_a_sample_that_never_comes_holds_up_nobody(monkeypatch):
    """There is no figure at first, an error when it has lasted too long, and closing is quick."""
    monkeypatch.setattr(module, "FIRST_WAIT", 0)
    sampler = Sampler(Steps(), 0.001)
    assert {} == sampler.latest()
    steps = sampler._measure
    assert steps._taken.acquire(timeout=10)
    assert {} == sampler.mean_since(sampler.mark())
    monkeypatch.setattr(module, "STUCK", 0)
    with pytest.raises(TimeoutError, match="no answer from the system"):
        sampler.latest()
    sampler.close()
    assert sampler._thread is None


def test_many_callers_start_one_thread():
    """Many callers start one thread: all at once."""
    steps = Steps(*range(1, 50))
    sampler = Sampler(steps, 3600)
    ready = threading.Barrier(8)

    def ask():
        ready.wait()
        assert {"x": 1.0} == sampler.latest()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1 == len(set(steps.threads))
    sampler.close()


@FORKS
def test_a_forked_child_samples_anew():
    """Its parent's thread is not there; the parent goes on."""
    sampler = Sampler(lambda: {"x": float(os.getpid())}, 3600)
    assert {"x": float(os.getpid())} == sampler.latest()
    child = os.fork()
    if not child:
        sound = {"x": float(os.getpid())} == sampler.latest()
        os._exit(0 if sound and 1 == len(workers()) else 1)
    assert 0 == os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert {"x": float(os.getpid())} == sampler.latest()
    sampler.close()


@pytest.mark.slow
@FORKS
def test_forks_find_no_lock_closed():
    """Forks find no lock closed while samples are taken as fast as can be."""
    sampler = Sampler(lambda: {"x": 1.0}, 1e-9)
    sampler.latest()
    for _ in range(50):
        child = os.fork()
        if not child:
            os._exit(0 if sampler.mean_since(sampler.mark()) == {"x": 1.0} else 1)
        assert 0 == os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    sampler.close()
