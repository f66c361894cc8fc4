"""What the driver of NVIDIA is asked, in this process and in each fork of it."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

import pynvml

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MEGABYTE = 2**20


@cache
def _handles(process: int) -> tuple[Any, ...]:  # noqa: ARG001 - a fork has to begin anew
    pynvml.nvmlInit()
    return tuple(map(pynvml.nvmlDeviceGetHandleByIndex, range(pynvml.nvmlDeviceGetCount())))


def find_gpus() -> tuple[Any, ...]:
    """Return the handles of this machine's GPUs.

    Raises
    ------
    pynvml.NVMLError
        There is no driver, or it does not answer.
    """
    return _handles(os.getpid())


def forget_gpus() -> None:
    """Look for the GPUs anew, as after one was reset."""
    _handles.cache_clear()


def ask(questions: Mapping[str, Callable[..., Any]], *about: Any) -> dict[str, Any]:
    """Return the answers to questions, without those that the driver does not answer.

    Parameters
    ----------
    questions
        What to ask, by the name of the answer.
    about
        What each is asked about: the handle of a GPU, or nothing.
    """
    answers = {}
    for name, question in questions.items():
        with suppress(pynvml.NVMLError):
            answers[name] = question(*about)
    return answers
