"""Draw docs/images/xt.svg: `xt` on a terminal, on the database of the demo.

`python -m tools.screenshot [DATABASE]`; without a database, the demo makes one.
"""

from __future__ import annotations

import io
import os
import pty
import re
import shlex
import subprocess
import sys
import tempfile
import termios
from pathlib import Path

from rich.console import Console
from rich.text import Text

from tools.workspace import ROOT

PICTURE = ROOT / "docs" / "images" / "xt.svg"
COLUMNS, LINES = 88, 24
"""Size of the terminal; a plot takes all of its lines."""

XT = (sys.executable, "-m", "xetrack_cli")
COMMANDS = (
    'xt sql {db} "SELECT config_codec, avg(ratio) FROM events GROUP BY 1"',
    "xt stats top {db} ratio -n 3 --columns file,config_codec,config_level,ratio",
    "xt plot hist {db} ratio",
)


def run_on_terminal(command: list[str], folder: Path) -> str:
    """Run a command on a terminal of its own.

    Parameters
    ----------
    command
        The words.
    folder
        Where it runs.

    Returns
    -------
    str
        What it wrote, colours included.

    Raises
    ------
    subprocess.CalledProcessError
        It fails.
    """
    terminal_side, program_side = pty.openpty()
    termios.tcsetwinsize(program_side, (LINES, COLUMNS))
    quiet = {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "XETRACK_DB"}
    inherited = {name: value for name, value in os.environ.items() if name not in quiet}
    with subprocess.Popen(
        command,
        cwd=folder,
        env={**inherited, "TERM": "xterm-256color", "PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL,
        stdout=program_side,
    ) as process:
        os.close(program_side)
        output = b"".join(iter(lambda: _read(terminal_side), b""))
    os.close(terminal_side)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return output.decode().replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # Linux says so when the other side is closed
        return b""


def picture(database: Path) -> str:
    """Draw the picture of all commands and their answers.

    Parameters
    ----------
    database
        One that `xt demo` has filled.

    Returns
    -------
    str
        SVG.
    """
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    for line in COMMANDS:
        typed = line.format(db=database.name)
        console.print(Text(f"$ {typed}", style="bold"), soft_wrap=False)
        answer = run_on_terminal([*XT, *shlex.split(typed)[1:]], database.parent)
        # The summary below a plot says what the plot shows.
        console.print(Text.from_ansi(answer.partition("\n---")[0].rstrip()), end="\n\n")
    svg = console.export_svg(title="xt", unique_id="xt")
    # A picture in a page may not fetch fonts; viewers have a monospaced one.
    return re.sub(r"\n\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL)


def main() -> int:
    """Draw the picture and write it.

    Returns
    -------
    int
        The exit code.
    """
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder, "xetrack-demo.db")
        if sys.argv[1:]:
            database = Path(sys.argv[1]).resolve()
        else:
            demo = [*XT, "demo", "--db", str(database), "--json"]
            subprocess.run(demo, check=True, stdout=subprocess.DEVNULL)
        svg = picture(database)
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(svg, encoding="utf-8")
    print(f"{PICTURE.relative_to(ROOT)} has {svg.count('</text>')} pieces of text")
    return 0


if __name__ == "__main__":
    sys.exit(main())
