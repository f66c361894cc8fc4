"""The commands of `xt` itself, described as a plugin describes its own."""

from __future__ import annotations

from xetrack.interfaces.component import Component

_HERE = __name__

_COMMANDS = (
    ("head", "rows:head", "Show the first rows of a table."),
    ("tail", "rows:tail", "Show the last rows of a table."),
    ("watch", "watch:watch", "Show rows as they are logged, until Ctrl-C."),
    ("sql", "query:sql", "Run a query in SQL; it only reads."),
    ("runs", "runs:runs", "Show the runs, a line each."),
    ("show", "runs:show", "Show one run."),
    ("compare", "runs:compare", "Show runs side by side, and mark what differs."),
    ("tables", "names:tables", "Show the tables of a database."),
    ("columns", "names:columns", "Show the columns of a table, and what they hold."),
    ("ls", "names:ls", "List the names of the columns, or the values of one, one a line."),
    ("stats describe", "statistics:describe", "Describe the numbers of columns."),
    ("stats top", "statistics:top", "Show the rows with the largest values of a column."),
    ("stats bottom", "statistics:bottom", "Show the rows with the smallest values of a column."),
    ("plot hist", "plots:hist", "Draw how often the values of a column occur."),
    ("plot scatter", "plots:scatter", "Draw the rows as points."),
    ("plot line", "plots:line", "Draw how one column goes with another."),
    ("set", "changes:set_value", "Set a value in rows that are there."),
    ("delete", "changes:delete", "Delete the rows of a run."),
    ("copy", "copying:copy", "Copy tables from one database into another."),
    ("backup", "copying:backup", "Copy a whole database as it is at one moment."),
    ("export", "files:export", "Write rows to a file: CSV, JSON lines or Parquet."),
    ("import", "files:import_rows", "Read rows from a file: CSV, JSON lines or Parquet."),
    ("plugins", "plugins:plugins", "Show what is installed, and what was left out and why."),
    ("plugins new", "scaffold:new", "Write a new plugin, which passes its own tests."),
    ("doctor", "doctor:doctor", "Check the installation and a database."),
    ("completion", "completion:completion", "Print what lets a shell complete xt's commands."),
    ("demo", "demo:demo", "Benchmark compressors on real files, and show the results."),
)

OWN = {
    name: Component(name=name, target=f"{_HERE}.{target}", summary=summary)
    for name, target, summary in _COMMANDS
}
"""By name, in the order of the help page."""

DEFAULT_DB = "XETRACK_DB"
"""The environment's name of the database of commands that are given none."""

GROUPS = {
    "stats": "Describe columns, and find the best rows.",
    "plot": "Draw columns in the terminal, or to a file.",
}
"""What the groups of commands are for."""
