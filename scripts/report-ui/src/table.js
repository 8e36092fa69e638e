// A table of columns: sorted by its heads, filtered by a field, a page of rows at a time.
import { announce, breakable, download, el } from "./dom.js";
import { cellText, rowsWord, say, visible, word, number } from "./words.js";

const pageRows = 25;

function csvCell(text) {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function rawText(column, row) {
  const value = column.all[row];
  if (column.isNumber) return Number.isNaN(value) ? "" : String(column.isNarrow ? Number(value.toPrecision(7)) : value);
  return value === null ? "" : say(value);
}

/** Compares rows by a column; what is not there comes last either way. */
function comparison(column, direction) {
  const values = column.all;
  if (column.isNumber) {
    return (a, b) => {
      const x = values[a];
      const y = values[b];
      if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y) || a - b;
      return direction * (x - y) || a - b;
    };
  }
  const text = (row) => say(values[row]);
  return (a, b) => {
    const x = values[a] === null;
    const y = values[b] === null;
    if (x || y) return x - y || a - b;
    return direction * text(a).localeCompare(text(b)) || a - b;
  };
}

const isEmpty = (column, row) => (column.isNumber ? Number.isNaN(column.all[row]) : column.all[row] === null || column.all[row] === "");

const isDigest = (text) => /^[0-9a-f]{64}$/.test(text);

/** How the texts of a column are laid out, as a class: short ones, and digests, on one line; long ones as wide as they can be
 * read; those with words that no column of a page holds may be broken anywhere. */
function layoutOf(column) {
  if (column.isNumber) return "number";
  const texts = Array.from(column.all, (value) => (value === null ? "" : say(value)));
  if (texts.every((text) => text.length <= 28 || isDigest(text))) return texts.some(isDigest) ? "short digest" : "short";
  const isLong = texts.some((text) => text.length > 60);
  const isHard = texts.some((text) => text.split(/[\s_]/).some((part) => part.length > 24));
  return `${isLong ? "long" : ""} ${isHard ? "hard" : ""}`.trim();
}

export class DataTable {
  /** @param sorted  {name, direction} or nothing */
  constructor(figure, { sorted = null, filter = figure.rows > 20, label = "" } = {}) {
    this.figure = figure;
    this.columns = figure.columns.filter((column) => column.role !== "best");
    this.layouts = this.columns.map(layoutOf);
    this.sorted = sorted;
    this.subset = null;
    this.query = "";
    this.shown = pageRows;
    this.body = el("tbody");
    this.count = el("span", { class: "count" });
    this.left = el("span", { class: "left-out" });
    this.more = el("button", { type: "button", class: "quiet", onclick: () => this.showMore() }, word("more"));
    this.heads = this.columns.map((column) => this.makeHead(column));
    this.element = el(
      "div",
      { class: "data" },
      el(
        "div",
        { class: "tools" },
        filter
          ? el(
              "label",
              {},
              word("filter"),
              " ",
              el("input", { type: "search", class: "filter", oninput: (event) => this.filterBy(event.target.value) }),
            )
          : null,
        this.count,
        this.left,
        el("button", { type: "button", class: "quiet csv", onclick: () => this.save() }, word("csv")),
      ),
      el(
        "div",
        { class: "scroll", tabindex: "0", role: "region", "aria-label": `${word("table")}: ${label}` },
        el("table", { class: this.columns.length > 12 ? "wide" : null }, el("thead", {}, el("tr", {}, this.heads)), this.body),
      ),
      this.more,
    );
    this.update();
  }

  makeHead(column) {
    const button = el("button", { type: "button", onclick: () => this.sortBy(column.name) }, breakable(visible(say(column.label))));
    return el("th", { scope: "col", class: column.isNumber ? "number" : null }, button);
  }

  sortBy(name) {
    const again = this.sorted !== null && this.sorted.name === name;
    const column = this.figure.column(name);
    // Numbers fall at first: what is greatest is asked for most.
    const first = column.isNumber && column.role !== "number" ? -1 : 1;
    this.sorted = { name, direction: again ? -this.sorted.direction : first };
    this.shown = pageRows;
    this.update();
  }

  filterBy(query) {
    this.query = query.trim().toLowerCase();
    this.shown = pageRows;
    this.update();
    announce(this.count.textContent);
  }

  /** Shows these rows only; null: all. */
  restrict(rows) {
    this.subset = rows;
    this.shown = pageRows;
    this.update();
  }

  showMore() {
    this.shown += 10 * pageRows;
    this.update();
  }

  chosen() {
    let rows = this.subset === null ? Array.from({ length: this.figure.rows }, (_, row) => row) : Array.from(this.subset);
    if (this.query !== "") {
      rows = rows.filter((row) => this.columns.some((column) => cellText(column, row).toLowerCase().includes(this.query)));
    }
    if (this.sorted !== null) rows.sort(comparison(this.figure.column(this.sorted.name), this.sorted.direction));
    return rows;
  }

  update() {
    const rows = this.chosen();
    this.rows = rows;
    this.heads.forEach((head, i) => {
      const isSorted = this.sorted !== null && this.sorted.name === this.columns[i].name;
      if (isSorted) head.setAttribute("aria-sort", this.sorted.direction > 0 ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
    });
    const shown = rows.slice(0, this.shown);
    this.hideEmpty(shown);
    this.body.replaceChildren(...shown.map((row) => this.makeRow(row)));
    if (rows.length === 0) {
      this.body.append(el("tr", {}, el("td", { colspan: this.columns.length }, word("none"))));
    }
    const all = this.figure.rows;
    this.count.textContent =
      rows.length === all
        ? `${number(all, 0)} ${rowsWord(all)}`
        : `${number(rows.length, 0)} ${word("of")} ${number(all, 0)}`;
    this.more.hidden = rows.length <= this.shown;
  }

  /** Of a wide table, columns that say nothing of the rows that are shown: settings of learners that are not among them. */
  hideEmpty(rows) {
    const isWide = this.columns.length > 12 && rows.length > 0;
    this.empty = this.columns.map((column) => isWide && this.sorted?.name !== column.name && rows.every((row) => isEmpty(column, row)));
    this.heads.forEach((head, i) => (head.hidden = this.empty[i]));
    const n = this.empty.filter(Boolean).length;
    this.left.textContent = n === 0 ? "" : word("emptyColumns")(n);
  }

  makeRow(row) {
    return el(
      "tr",
      {},
      this.columns.map((column, i) => el("td", { class: this.layouts[i] || null, hidden: this.empty[i] ? "" : null }, column.isNumber ? cellText(column, row) : breakable(cellText(column, row)))),
    );
  }

  save() {
    const lines = [this.columns.map((column) => csvCell(column.name)).join(",")];
    for (const row of this.rows) lines.push(this.columns.map((column) => csvCell(rawText(column, row))).join(","));
    // A byte order mark, without which Excel does not take it for UTF-8.
    download(`${this.figure.id}.csv`, new Blob(["\ufeff", lines.join("\r\n"), "\r\n"], { type: "text/csv" }));
  }
}
