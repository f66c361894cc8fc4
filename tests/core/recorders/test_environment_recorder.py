"""The recorder of the machine, the interpreter and a few variables."""

from __future__ import annotations

import json
import os
import platform
import sys
from pathlib import Path

import psutil
import pytest

from xetrack.builtin.recorders import environment
from xetrack.builtin.recorders.environment import VARIABLES, EnvironmentRecorder


def facts_of(**options):
    return EnvironmentRecorder(options).begin(None)


def test_what_ran_and_on_what():
    """As Python and the machine say."""
    facts = facts_of()
    assert facts["python"] == platform.python_version()
    assert facts["implementation"] == sys.implementation.name
    assert facts["platform"] == sys.platform
    assert platform.machine() in facts["system"]
    assert facts["cpu_count"] == os.cpu_count()
    assert 1 <= facts["cpus_usable"] <= facts["cpu_count"]
    assert abs(facts["memory_mb"] - psutil.virtual_memory().total / 1e6) < 2
    assert facts == json.loads(json.dumps(facts))


CPUS = Path("/proc/cpuinfo")


@pytest.mark.skipif(not CPUS.exists(), reason="of Linux")
def test_the_processor_has_a_model():
    """On Linux, as /proc says."""
    model = facts_of()["cpu_model"]
    assert model is None or model in CPUS.read_text(encoding="utf-8")


def test_only_variables_of_the_list_are_recorded(monkeypatch):
    """Those that every recorder has, and those of the option."""
    for name in (*VARIABLES, "MINE", "OTHERS"):
        monkeypatch.setenv(name, f"value of {name}")
    assert {*VARIABLES} == {*facts_of()["variables"]}
    assert {*VARIABLES, "MINE"} == {*facts_of(variables=["MINE", "NOT_THERE"])["variables"]}


def test_secrets_are_masked_though_they_are_on_the_list(monkeypatch):
    """By their names, and by their form."""
    secret = "hunter2-long"
    values = {
        "HF_TOKEN": secret,
        "DATABASE_URL": f"postgresql://ada:{secret}@host/db",
        "FLAGS": f"--lr 1 --password={secret}",
        "ODD": "ghp_" + "a1B2" * 9,
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    variables = facts_of(variables=[*values])["variables"]
    assert {
        "HF_TOKEN": "***",
        "DATABASE_URL": "postgresql://***@host/db",
        "FLAGS": "--lr 1 --password=***",
        "ODD": "***",
    } == {name: variables[name] for name in values}


def test_systems_without_these_files_and_calls_have_facts_too(monkeypatch):
    """As Windows, and containers in which /proc is hidden."""
    monkeypatch.delattr(os, "sysconf")
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setenv("PROCESSOR_IDENTIFIER", "Intel64 Family 6")

    def refuse(*_, **__):
        raise PermissionError(13, "no")

    monkeypatch.setattr(environment, "open", refuse, raising=False)
    facts = facts_of()
    assert ("Intel64 Family 6", os.cpu_count()) == (facts["cpu_model"], facts["cpus_usable"])
    assert facts["memory_mb"] > 0
