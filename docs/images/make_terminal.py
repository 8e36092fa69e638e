#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""make_terminal.py < SCREEN > terminal.svg: draws what a terminal showed.

The screen is plain text, such as `tmux capture-pane -p` prints; lines that begin with "$ " are what
was typed. The picture in README.md is made of the two commands of its quick start.
"""
import sys
from html import escape

CELL, LINE, MARGIN, BAR = 8.0, 19, 16, 30

lines = [line.rstrip() for line in sys.stdin.read().rstrip().split("\n")]
while lines and lines[-1] in ("", "$"):
    lines.pop()
width = int(2 * MARGIN + CELL * max(map(len, lines)))
height = BAR + 2 * MARGIN + LINE * len(lines)
print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
      f'height="{height}" role="img" aria-label="A search and its best trials in a terminal">')
print("<style>text{font:13px ui-monospace,SFMono-Regular,Menlo,'DejaVu Sans Mono',monospace;"
      "white-space:pre;fill:#d8dee9}.typed{fill:#a3e08c}.dim{fill:#8b98ad}</style>")
print(f'<rect width="{width}" height="{height}" rx="8" fill="#1b2230"/>')
for place, colour in enumerate(("#ed6a5e", "#f4bf4f", "#61c554")):
    print(f'<circle cx="{20 + 18 * place}" cy="17" r="5.5" fill="{colour}"/>')
for number, line in enumerate(lines):
    if not line:
        continue
    kind = "typed" if line.startswith("$ ") else "dim" if line.split()[0] == "rank" else ""
    text = f'<text x="{MARGIN}" y="{BAR + MARGIN + LINE * number + 10}" '
    text += f'textLength="{CELL * len(line):g}" lengthAdjust="spacing"'
    text += f' class="{kind}"' if kind else ""
    print(f'{text} xml:space="preserve">{escape(line, quote=False)}</text>')
print("</svg>")
