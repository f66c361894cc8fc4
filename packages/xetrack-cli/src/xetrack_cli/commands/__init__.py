"""The commands of `xt` itself, described as a plugin describes its own."""

from __future__ import annotations

from xetrack.interfaces.component import Component

_HERE = __name__

_COMMANDS = (
    ("head", "tables.rows:head", "Show the first rows of a table."),
    ("tail", "tables.rows:tail", "Show the last rows of a table."),
    ("watch", "tables.watch:watch", "Show rows as they are logged, until Ctrl-C."),
    ("sql", "tables.query:sql", "Run a query in SQL; it only reads."),
    ("runs", "analysis.runs:runs", "Show the runs, one a line."),
    ("show", "analysis.show:show", "Show one run."),
    ("compare", "analysis.compare:compare", "Show runs side by side, and mark what differs."),
    ("tag", "analysis.tagging:tag", "Add tags to a run, or remove them."),
    ("note", "analysis.tagging:note", "Write a note on a run."),
    ("tables", "tables.names:tables", "Show the tables of a database."),
    ("columns", "tables.names:columns", "Show the columns of a table, and what they hold."),
    ("ls", "tables.names:ls", "List the names of the columns, or the values of one, one a line."),
    ("stats describe", "analysis.statistics:describe", "Describe the numbers of columns."),
    ("stats top", "analysis.statistics:top", "Show the rows with the largest values of a column."),
    (
        "stats bottom",
        "analysis.statistics:bottom",
        "Show the rows with the smallest values of a column.",
    ),
    ("top", "analysis.statistics:top", "Short for: xt stats top."),
    ("bottom", "analysis.statistics:bottom", "Short for: xt stats bottom."),
    ("plot hist", "analysis.plots:hist", "Draw how often the values of a column occur."),
    ("plot scatter", "analysis.plots:scatter", "Draw the rows as points."),
    ("plot line", "analysis.plots:line", "Draw one column over another as a line."),
    ("set", "tables.changes:set_value", "Set a value in stored rows."),
    ("delete", "tables.changes:delete", "Delete the rows of a run."),
    ("copy", "tables.copying:copy", "Copy tables from one database into another."),
    ("backup", "tables.copying:backup", "Copy a whole database as it is at one moment."),
    ("export", "tables.files:export", "Write rows to a file: CSV, JSON lines or Parquet."),
    ("import", "tables.files:import_rows", "Read rows from a file: CSV, JSON lines or Parquet."),
    ("plugins", "setup.plugins:plugins", "Show what is installed, and what was left out and why."),
    ("plugins show", "setup.part:show", "Show a part: its options, and how to choose it."),
    ("plugins new", "setup.scaffold:new", "Write a new plugin, which passes its own tests."),
    ("doctor", "setup.doctor:doctor", "Check the installation and a database."),
    (
        "completion",
        "setup.completion:completion",
        "Print the script by which a shell completes commands.",
    ),
    ("demo", "setup.demo:demo", "Benchmark compressors on real files, and show the results."),
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

ABOUT = "Read, compare, draw and change what xetrack tracked."
FOR_ALL = (
    "With every command: --debug shows tracebacks, --no-color leaves out colours. "
    f"{DEFAULT_DB} names the default database."
)
HELP_FLAGS = ("--help", "-h")
