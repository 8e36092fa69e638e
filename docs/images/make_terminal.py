#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""make_terminal.py PEREBOR > terminal.svg: draws what two commands show in a terminal.

The commands are run, on the bundled shop, in a terminal of COLUMNS, as the program fits its tables
to it. Make the picture with a release build on an idle machine: it shows the time taken.
tests/cli/documents fails when its digest is no longer the one that the sample gives.
"""
import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios
from html import escape

CELL, LINE, MARGIN, BAR, COLUMNS = 8.0, 19, 16, 30, 132
HERE = os.path.dirname(os.path.abspath(__file__))
COMMANDS = [
    "mpirun -n 2 perebor run experiments/one_click/experiment.yaml -o results/shop.h5",
    "perebor show results/shop.h5 --top 8",
]
BOLD = "\x1b[1m"


def terminal_output(command, work, environment):
    """What a command writes to a terminal of COLUMNS, standard error included."""
    screen, side = pty.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 50, COLUMNS, 0, 0))
    with subprocess.Popen(command.split(), cwd=work, env=environment, stdin=subprocess.DEVNULL, stdout=side,
                          stderr=side) as process:
        os.close(side)
        written = b""
        while True:
            try:
                part = os.read(screen, 65536)
            except OSError:  # the last who could write has ended
                break
            if not part:
                break
            written += part
    os.close(screen)
    if process.returncode != 0:
        sys.exit(f"{command}: exit code {process.returncode}\n{written.decode()}")
    return written.decode()


def show(perebor):
    """The lines of the screen; those that begin with "$ " are what was typed."""
    screen = []
    with tempfile.TemporaryDirectory() as work:
        os.symlink(os.path.join(HERE, "..", "..", "experiments"), os.path.join(work, "experiments"))
        os.mkdir(os.path.join(work, "results"))
        path = os.path.dirname(os.path.abspath(perebor)) + os.pathsep + os.environ["PATH"]
        for command in COMMANDS:
            written = terminal_output(command, work, {**os.environ, "PATH": path, "TERM": "xterm"})
            # A line that was written anew, as progress is, keeps its last text.
            screen += ["$ " + command, *(line.rstrip("\r").split("\r")[-1] for line in written.rstrip("\n").split("\n"))]
    return screen


def wrap(lines):
    """Lines longer than the terminal go on below."""
    for line in map(str.rstrip, lines):
        bold = BOLD if line.startswith(BOLD) else ""
        text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", line)
        yield from ((bold, text[start:start + COLUMNS]) for start in range(0, max(len(text), 1), COLUMNS))


lines = list(wrap(show(sys.argv[1])))
width = int(2 * MARGIN + CELL * max(len(text) for _, text in lines))
height = BAR + 2 * MARGIN + LINE * len(lines)
print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
      f'height="{height}" role="img" aria-label="A search and its best trials in a terminal">')
print("<style>text{font:13px ui-monospace,SFMono-Regular,Menlo,'DejaVu Sans Mono',monospace;"
      "white-space:pre;fill:#d8dee9}.typed{fill:#a3e08c}.dim{fill:#8b98ad}.bold{font-weight:bold}</style>")
print(f'<rect width="{width}" height="{height}" rx="8" fill="#1b2230"/>')
for place, colour in enumerate(("#ed6a5e", "#f4bf4f", "#61c554")):
    print(f'<circle cx="{20 + 18 * place}" cy="17" r="5.5" fill="{colour}"/>')
for number, (bold, line) in enumerate(lines):
    if not line:
        continue
    kind = "typed" if line.startswith("$ ") else "dim" if line.split()[0] == "rank" else "bold" if bold else ""
    text = f'<text x="{MARGIN}" y="{BAR + MARGIN + LINE * number + 10}" '
    text += f'textLength="{CELL * len(line):g}" lengthAdjust="spacing"'
    text += f' class="{kind}"' if kind else ""
    print(f'{text} xml:space="preserve">{escape(line, quote=False)}</text>')
print("</svg>")
