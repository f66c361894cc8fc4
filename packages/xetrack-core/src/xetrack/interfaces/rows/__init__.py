"""What is done with rows on their way in and out: filters of a tracker, formats of `xt`."""
