// Parallel coordinates of the trials: what is selected on their axes is what the table shows.
import { announce, el } from "../dom.js";
import { byName, number, say, visible, word } from "../words.js";
import { base, colours, font, start } from "./canvas.js";
import { parameters } from "./slice.js";
import { usualRange } from "./history.js";

const mostLines = 1500;
const mostAxes = 9;

/** Trials to draw: all, or the best and an even choice of the rest. */
function choose(rows, score) {
  if (rows.length <= mostLines) return rows;
  const best = [...rows].sort((a, b) => score.all[b] - score.all[a]);
  const nBest = Math.floor(mostLines / 3);
  const rest = best.slice(nBest);
  const step = rest.length / (mostLines - nBest);
  return [...best.slice(0, nBest), ...Array.from({ length: mostLines - nBest }, (_, i) => rest[Math.floor(i * step)])];
}

/** Settings that nearly all of the rows have, and in more than one value. */
function axesOf(figure, rows) {
  return parameters(figure).filter((column) => {
    const has = rows.filter((row) => column.all[row] !== null && !Number.isNaN(column.all[row]));
    return has.length >= 0.9 * rows.length && new Set(has.map((row) => column.all[row])).size > 1;
  });
}

export class Parallel {
  constructor(figure, element, tools) {
    this.figure = figure;
    this.element = element;
    this.score = figure.column("score");
    this.model = figure.column("model");
    this.chosenModel = "";
    this.intervals = new Map();
    this.tools = tools;
    this.listeners = [];
    this.status = el("span", { class: "count", role: "status" });
    this.makeTools();
  }

  onSelect(listener) {
    this.listeners.push(listener);
  }

  makeTools() {
    const names = this.model ? [...new Set(this.model.all)].filter((name) => name !== null) : [];
    this.fields = el("div", { class: "fields" });
    this.tools.replaceChildren(
      ...[
        names.length > 1
          ? el(
              "label",
              {},
              word("model"),
              " ",
              el(
                "select",
                { class: "models", onchange: (event) => this.setModel(event.target.value) },
                el("option", { value: "" }, word("allModels")),
                names.map((name) => el("option", { value: name, selected: name === this.chosenModel }, visible(name))),
              ),
            )
          : null,
        el("button", { type: "button", class: "quiet clear", onclick: () => this.clear() }, word("clear")),
        this.status,
        el("details", { class: "by-fields" }, el("summary", {}, word("byFields")), this.fields),
      ].filter((item) => item !== null),
    );
  }

  setModel(name) {
    this.chosenModel = name;
    this.intervals.clear();
    this.draw(this.renderer);
    this.tell();
  }

  clear() {
    this.intervals.clear();
    this.draw(this.renderer);
    this.tell();
  }

  draw(renderer) {
    this.renderer = renderer;
    this.chart?.dispose();
    const c = colours();
    const figure = this.figure;
    this.rows = [];
    for (let row = 0; row < figure.rows; row++) {
      const fits = this.chosenModel === "" || this.model.all[row] === this.chosenModel;
      if (fits && !Number.isNaN(this.score.all[row])) this.rows.push(row);
    }
    this.drawn = choose(this.rows, this.score);
    this.axes = [...axesOf(figure, this.rows).slice(0, mostAxes - 1), this.score];
    const narrow = this.element.clientWidth < 560;
    const chart = start(this.element, renderer, narrow ? 70 * this.axes.length + 40 : 360);
    const [low, high] = usualRange(this.rows.map((row) => this.score.all[row]));
    this.names = this.axes.map((column) =>
      column.isNumber ? null : [...new Set(this.rows.map((row) => column.all[row]))].filter((value) => value !== null).sort(byName),
    );
    const drawnBest = [...this.drawn].sort((a, b) => this.score.all[a] - this.score.all[b]);
    this.drawn = drawnBest;
    // The best tenth stands out; the others the fainter, the lower they rank.
    const ranks = new Map(this.drawn.map((row, rank) => [row, (rank + 1) / this.drawn.length]));
    const shade = (row) => ranks.get(row);
    chart.setOption({
      ...base(),
      parallel: {
        left: narrow ? 16 : 60,
        right: narrow ? 40 : 70,
        top: 36,
        bottom: 22,
        layout: narrow ? "vertical" : "horizontal",
        parallelAxisDefault: {
          nameLocation: narrow ? "start" : "end",
          nameGap: narrow ? 6 : 14,
          nameTextStyle: { color: c.text, fontSize: 12, fontFamily: font, align: narrow ? "left" : "center", verticalAlign: narrow ? "bottom" : "middle", padding: narrow ? [0, 0, 6, 0] : 0 },
          nameTruncate: { maxWidth: narrow ? 160 : 120 },
          axisLine: { lineStyle: { color: c.quiet } },
          axisTick: { show: false },
          axisLabel: { color: c.text, fontSize: 11, textBorderColor: c.back, textBorderWidth: 3 },
          areaSelectStyle: { width: 18, borderColor: c.accent, color: c.accent, opacity: 0.25 },
        },
      },
      parallelAxis: this.axes.map((column, dim) => ({
        dim,
        id: column.name,
        name: visible(say(column.label).replace(/^.*__/, "")),
        ...(column.isNumber
          ? { type: column.role === "log" ? "log" : "value", scale: true, ...(column === this.score ? { min: low, max: high } : {}), axisLabel: { formatter: (value) => number(value), showMinLabel: true } }
          : { type: "category", data: this.names[dim], axisLabel: { formatter: (value) => visible(value).slice(0, 14) } }),
      })),
      series: [
        {
          type: "parallel",
          smooth: false,
          inactiveOpacity: 0.03,
          activeOpacity: 0.9,
          lineStyle: { width: 1.2 },
          progressive: 0,
          data: this.drawn.map((row) => ({
            value: this.axes.map((column) => (column === this.score ? Math.max(column.all[row], low) : column.all[row])),
            lineStyle: { color: shade(row) > 0.9 ? c.accent : c.soft, opacity: shade(row) > 0.9 ? 0.75 : 0.08 + 0.25 * shade(row), width: shade(row) > 0.9 ? 1.6 : 1 },
          })),
        },
      ],
      tooltip: { show: false },
    });
    chart.on("axisareaselected", () => this.readAreas());
    this.chart = chart;
    this.makeFields();
    this.tellCount();
  }

  /** What was dragged on the axes. */
  readAreas() {
    this.intervals.clear();
    for (const parallelAxis of this.chart.getModel().option.parallelAxis) {
      const areas = this.chart.getModel().queryComponents({ mainType: "parallelAxis", id: parallelAxis.id })[0].activeIntervals;
      if (areas.length > 0) this.intervals.set(parallelAxis.id, areas.map((area) => [...area].sort((a, b) => a - b)));
    }
    this.tell();
  }

  /** Rows within all intervals; null: all rows. */
  selected() {
    if (this.intervals.size === 0) return this.chosenModel === "" ? null : this.rows;
    return this.rows.filter((row) =>
      [...this.intervals].every(([name, areas]) => {
        const dim = this.axes.findIndex((column) => column.name === name);
        const column = this.axes[dim];
        const value = column.isNumber ? column.all[row] : this.names[dim].indexOf(column.all[row]);
        return areas.some(([from, to]) => value >= from && value <= to);
      }),
    );
  }

  tellCount() {
    const rows = this.selected();
    const text = rows === null ? "" : `${word("selected")} ${number(rows.length, 0)} ${word("of")} ${number(this.figure.rows, 0)}`;
    const thinned = this.rows.length > this.drawn.length ? ` (${number(this.drawn.length, 0)} ${word("thinned")})` : "";
    this.status.textContent = text + thinned;
    return text;
  }

  tell() {
    const rows = this.selected();
    for (const listener of this.listeners) listener(rows);
    announce(this.tellCount());
  }

  /** The same by keyboard: fields for the ends of each axis. */
  makeFields() {
    this.fields.replaceChildren(
      ...this.axes.map((column, dim) => {
        const apply = () => this.applyFields(column, dim);
        const name = visible(say(column.label));
        if (!column.isNumber) {
          return el(
            "label",
            { "data-axis": column.name },
            name,
            " ",
            el("select", { onchange: apply }, el("option", { value: "" }, word("any")), this.names[dim].map((value, i) => el("option", { value: i }, visible(value)))),
          );
        }
        return el(
          "span",
          { "data-axis": column.name, role: "group", "aria-label": name },
          `${name} `,
          el("input", { type: "number", step: "any", "aria-label": `${name}, ${word("from")}`, placeholder: word("from"), onchange: apply }),
          " ",
          el("input", { type: "number", step: "any", "aria-label": `${name}, ${word("to")}`, placeholder: word("to"), onchange: apply }),
        );
      }),
    );
  }

  applyFields(column, dim) {
    const field = [...this.fields.children].find((child) => child.dataset.axis === column.name);
    let area = null;
    if (column.isNumber) {
      const [from, to] = [...field.querySelectorAll("input")].map((input) => (input.value === "" ? NaN : Number(input.value)));
      if (!Number.isNaN(from) || !Number.isNaN(to)) area = [Number.isNaN(from) ? -Infinity : from, Number.isNaN(to) ? Infinity : to];
    } else {
      const value = field.querySelector("select").value;
      if (value !== "") area = [Number(value) - 0.1, Number(value) + 0.1];
    }
    if (area === null) this.intervals.delete(column.name);
    else this.intervals.set(column.name, [area]);
    const extent = this.chart.getModel().queryComponents({ mainType: "parallelAxis", id: column.name })[0].axis.scale.getExtent();
    const real = column.role === "log" ? extent.map((value) => (value <= 300 && column.isNumber ? value : value)) : extent;
    this.chart.dispatchAction({
      type: "axisAreaSelect",
      parallelAxisId: column.name,
      intervals: area === null ? [] : [[Math.max(area[0], real[0]), Math.min(area[1], real[1])]],
    });
    const kept = new Map(this.intervals);
    this.intervals = kept;
    this.tell();
  }
}
