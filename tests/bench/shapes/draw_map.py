#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The map of ratios: docs/images/shapes.svg, and the table of docs/performance.md.

usage: draw_map.py        from figures.json; the same figures give the same picture"""
import math
import os

HERE = os.path.dirname(os.path.abspath(__file__))
PICTURE = os.path.join(HERE, "..", "..", "..", "docs", "images", "shapes.svg")
CELL, GAP, LEFT, TOP = 34, 8, 150, 84
COLOURS = ((8.0, "#1a9850"), (4.0, "#66bd63"), (2.0, "#a6d96a"), (1.0, "#fee08b"), (0.5, "#f46d43"), (0.0, "#a50026"))


def read_cell(row):
    """(learner, rows, columns, levels, labels) of a row of figures."""
    name, n_rows, n_columns, n_levels, labels = row["cell"].split("|")
    return name, int(n_rows), int(n_columns), int(n_levels), labels


def fastest(row):
    return min(row["peers"], key=lambda peer: peer["seconds"])


def ratio(row):
    return fastest(row)["seconds"] / row["ours"]


def colour(value):
    return next(shade for least, shade in COLOURS if value >= least)


def label(value):
    return f"{value:.0f}" if value >= 9.95 else f"{value:.1f}"


def short(number):
    return {1_000: "10³", 10_000: "10⁴", 100_000: "10⁵"}.get(number, str(number))


def axes(cells):
    """What there is of each: learners by kind of labels down, and (columns, levels, rows) across."""
    names = list(dict.fromkeys(cell[0] for cell in cells))
    down = [(name, labels) for name in names for labels in ("clean", "noisy") if any((c[0], c[4]) == (name, labels) for c in cells)]
    across = sorted({(c[2], c[3], c[1]) for c in cells})
    return down, across


def position(across, index):
    """Groups of one number of columns and levels stand apart."""
    groups = sum(1 for a, b in zip(across[:index], across[1:index + 1]) if a[:2] != b[:2])
    return LEFT + index * CELL + groups * GAP


def picture(rows, beyond):
    """@param beyond  The cells, by name, that no peer does in ten minutes, or at all."""
    too_long = {read_cell({"cell": name}) for name in beyond}
    down, across = axes([read_cell(row) for row in rows] + sorted(too_long))
    by_cell = {read_cell(row): row for row in rows}
    width, height = position(across, len(across) - 1) + CELL + GAP, TOP + len(down) * CELL + GAP
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="11" '
             'text-anchor="middle">', '<rect width="100%" height="100%" fill="white"/>',
             f'<text x="{LEFT}" y="16" text-anchor="start" font-size="13">CPU time of the fastest peer ÷ perebor\'s, one fold</text>']
    for i, (columns, levels, n_rows) in enumerate(across):
        x = position(across, i)
        if i == 0 or across[i - 1][:2] != (columns, levels):
            parts += [f'<text x="{x}" y="38" text-anchor="start">{columns} columns</text>',
                      f'<text x="{x}" y="54" text-anchor="start">{"+ " + str(levels) + " levels" if levels else "all numbers"}</text>']
        parts.append(f'<text x="{x + CELL / 2}" y="{TOP - 8}">{short(n_rows)}</text>')
    for j, (name, labels) in enumerate(down):
        y = TOP + j * CELL
        parts.append(f'<text x="{LEFT - 8}" y="{y + CELL / 2 + 4}" text-anchor="end">{name}, {labels}</text>')
        for i, (columns, levels, n_rows) in enumerate(across):
            cell = (name, n_rows, columns, levels, labels)
            row = by_cell.get(cell)
            value = ratio(row) if row else None
            parts.append(f'<rect x="{position(across, i)}" y="{y}" width="{CELL - 1}" height="{CELL - 1}" '
                         f'fill="{colour(value) if row else "#eeeeee"}"/>')
            said = label(value) if row else "–" if cell in too_long else ""
            if said:
                parts.append(f'<text x="{position(across, i) + CELL / 2}" y="{y + CELL / 2 + 4}">{said}</text>')
    return "\n".join([*parts, "</svg>", ""])


def growth(pairs):
    """Exponent of rows between the smallest and the largest, or a dash."""
    if len(pairs) < 2:
        return "–"
    (n, first), (m, last) = pairs[0], pairs[-1]
    return f"{math.log(last / first) / math.log(m / n):.1f}"


def bold(text, is_miss):
    return f"**{text}**" if is_miss else text


def line(group, sizes, too_long):
    """One line of the table: the cells that differ in rows alone."""
    cells = {read_cell(row)[1]: row for row in group}
    name, _, columns, levels, labels = read_cell(group[0])
    ratios = [bold(label(ratio(cells[n])) + "×", ratio(cells[n]) < 2) if n in cells
              else "–" if (name, n, columns, levels, labels) in too_long else "" for n in sizes]
    memory = max(row["memory"] / max(fastest(row)["memory"], 1.0) for row in group)
    told = [row["told"] for row in group]
    worst = max(told, key=lambda value: abs(math.log(value)))
    exponents = growth(sorted((n, row["ours"]) for n, row in cells.items())), growth(
        sorted((n, fastest(row)["seconds"]) for n, row in cells.items()))
    return (f"| {name} | {columns} | {levels} | {labels} | " + " | ".join(ratios) + f" | {exponents[0]}, {exponents[1]} | "
            f"{bold(f'{memory:.2g}', memory > 1)} | {bold(f'{worst:.2g}', not 2 / 3 <= worst <= 1.5)} |")


def summary(rows, beyond):
    values = sorted(ratio(row) for row in rows)
    told = [row["told"] for row in rows]
    return (f"{len(values)} cells: the median is {label(values[len(values) // 2])}×, {sum(value < 2 for value in values)} are below 2×; "
            f"{sum(2 / 3 <= value <= 1.5 for value in told)} are foretold within a factor of 1.5; "
            f"{len(beyond)} more are beyond the peer.")


def table(rows, beyond):
    """The text of the region in docs/performance.md."""
    too_long = {read_cell({"cell": name}) for name in beyond}
    sizes = sorted({read_cell(row)[1] for row in rows})
    groups = {}
    for row in sorted(rows, key=lambda row: read_cell(row)[2:4]):
        name, _, columns, levels, labels = read_cell(row)
        groups.setdefault((name, columns, levels, labels), []).append(row)
    lines = [f"| learner | columns | levels | labels | {' | '.join(short(n) + ' rows' for n in sizes)} | growth | memory | foretold |",
             "|" + "---|" * (7 + len(sizes))]
    lines += [line(group, sizes, too_long) for _, group in sorted(groups.items())]
    return "\n".join([summary(rows, beyond), "", *lines])


def write(rows, beyond):
    with open(PICTURE, "w", encoding="utf-8") as stream:
        stream.write(picture(rows, beyond))


if __name__ == "__main__":
    import sys
    sys.path.append(os.path.dirname(HERE))
    import write_tables
    shapes = write_tables.read()["shapes"]
    write(shapes["rows"], shapes.get("beyond", []))
