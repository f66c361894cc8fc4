"""Resources that one process shares: open files, forks, paths and idle tasks."""
