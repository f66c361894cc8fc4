"""The costs of xetrack, as ratios to a baseline that runs in the same process.

``make bench`` runs all of them, ``make bench ARGS="log batch"`` some. Absolute figures differ from
machine to machine and from minute to minute; ratios of medians, taken from runs in turn, hold.
"""
