"""How many examples Hypothesis makes: `XETRACK_TEST_PROFILE` is quick, usual or thorough."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

PROFILES = {"quick": 10, "usual": 50, "thorough": 1_000}
"""Examples of a property that does not say how many."""

# How long an example takes says more of what else the machine does than of the code. Examples are
# the same in each run, so that a change is judged by its own; a thorough run searches for new ones.
for _name, _examples in PROFILES.items():
    settings.register_profile(
        _name,
        max_examples=_examples,
        deadline=None,
        derandomize=_name != "thorough",
        suppress_health_check=[HealthCheck.too_slow],
    )
settings.load_profile(os.environ.get("XETRACK_TEST_PROFILE") or "usual")


def examples(percent, *, usual=None):
    """How many a property makes that costs more or less than others, in percent of the profile.

    One whose examples take long may make still fewer in `make test`: `usual`, in percent as well.
    """
    if usual is not None and settings.default.max_examples == PROFILES["usual"]:
        percent = usual
    return max(1, percent * settings.default.max_examples // 100)
