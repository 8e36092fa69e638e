// A figure of the story as elements: its finding as title, the chart, and its twin, the table.
import { announce, breakable, el } from "./dom.js";
import { DataTable } from "./table.js";
import { getLanguage, number, rowsWord, say, visible, word } from "./words.js";
import { draw as drawBars } from "./charts/bars.js";
import { chooser, drawDistribution, drawShape } from "./charts/groups.js";
import { draw as drawHeatmap } from "./charts/heatmap.js";
import { draw as drawHistogram } from "./charts/histogram.js";
import { draw as drawHistory } from "./charts/history.js";
import { draw as drawLine } from "./charts/line.js";
import { drawCards, drawFolds, drawSwarm, drawWaterfall, Threshold } from "./charts/drawn.js";
import { Parallel } from "./charts/parallel.js";
import { draw as drawSlice } from "./charts/slice.js";

/** Charts that a library draws on canvas, and as SVG for print. */
const charts = {
  line: drawLine,
  bars: drawBars,
  heatmap: drawHeatmap,
  histogram: drawHistogram,
  history: drawHistory,
  slice: drawSlice,
};

/** Pictures that are SVG already. */
const pictures = { folds: drawFolds, swarm: drawSwarm };

/** Charts that are better read as what they are than described as one picture. */
const live = ["cards", "threshold"];

export class FigureView {
  constructor(figure, story) {
    this.figure = figure;
    this.story = story;
    this.drawn = null;
    this.table = null;
    this.key = null;
    const id = figure.id;
    const title = visible(say(figure.title));
    this.tools = el("div", { class: "tools chart-tools" });
    this.legend = el("div", { class: "legend", "aria-hidden": "true" });
    this.element = el(
      "figure",
      { id },
      el(
        "figcaption",
        {},
        el("h3", { id: `${id}-title` }, breakable(title)),
        say(figure.note) === "" ? null : el("p", { class: "note", id: `${id}-note` }, breakable(visible(say(figure.note)))),
      ),
    );
    if (figure.chart !== "" && figure.chart !== "trials" && figure.rows > 0) this.addChart(title);
    if (!figure.isView) this.addTable(title);
  }

  addChart(title) {
    const { figure } = this;
    const note = say(figure.note) === "" ? null : `${figure.id}-note`;
    this.chartElement = live.includes(figure.chart)
      ? el("div", { class: `chart live-${figure.chart}` })
      : el("div", { class: "chart", role: "img", tabindex: "0", "aria-label": title, "aria-describedby": note, title: word("keyboard") });
    this.chartElement.addEventListener("keydown", (event) => {
      const told = this.key?.(event);
      if (told) announce(told);
    });
    this.element.append(this.tools, this.legend, this.chartElement);
    if (figure.chart === "parallel") {
      this.parallel = new Parallel(figure, this.chartElement, this.tools);
      this.parallel.onSelect((rows) => this.onSelect?.(rows));
    } else if (figure.chart === "threshold") {
      this.threshold = new Threshold(figure, this.chartElement, this.tools);
      this.drawn = "live";
    } else if (figure.chart === "distribution" || figure.chart === "shapes") {
      this.group = chooser(figure, this.tools, (name) => {
        this.group = name;
        this.draw(this.renderer);
      });
    } else if (figure.chart === "waterfall") {
      this.addFinder();
    }
  }

  /** A field that finds a row by its identifier. */
  addFinder() {
    const ids = this.figure.role("id");
    this.row = 0;
    const list = `${this.figure.id}-ids`;
    const told = el("span", { class: "count", role: "status" });
    const find = (value) => {
      const row = Array.from(ids.all).indexOf(value.trim());
      if (row < 0) {
        told.textContent = value.trim() === "" ? "" : word("notFound");
        return;
      }
      this.row = row;
      this.draw(this.renderer);
      this.tellRow(told);
    };
    this.tools.append(
      el("label", {}, word("find"), " ", el("input", { type: "search", class: "find", list, value: ids.all[0], oninput: (event) => find(event.target.value) })),
      el("datalist", { id: list }, Array.from(ids.all).slice(0, 200).map((value) => el("option", { value }))),
      told,
    );
    this.tellRow(told);
  }

  tellRow(told) {
    const probability = this.figure.role("probability");
    told.textContent = `${visible(say(probability.label))} ${number(probability.all[this.row], 3)}`;
  }

  addTable(title) {
    const { figure } = this;
    if (figure.columns.length === 0) return;
    const isAlone = figure.chart === "" || figure.chart === "trials";
    const options = { label: title, sorted: figure.chart === "trials" ? { name: "score", direction: -1 } : null };
    if (figure.options.filter) options.filter = true;
    if (isAlone) {
      this.table = new DataTable(figure, options);
      this.element.append(this.table.element);
      return;
    }
    const details = el("details", { class: "twin" }, el("summary", {}, `${word("table")}: ${number(figure.rows, 0)} ${rowsWord(figure.rows)}`));
    // Made when it is asked for: most are not.
    details.addEventListener("toggle", () => {
      if (details.open && this.table === null) {
        this.table = new DataTable(figure, options);
        details.append(this.table.element);
      }
    });
    this.element.append(details);
  }

  /** Draws the chart, anew if it is there. */
  draw(renderer = "canvas") {
    if (this.chartElement === undefined) return;
    const { figure } = this;
    this.renderer = renderer;
    this.drawn?.chart?.dispose();
    if (figure.chart === "parallel") {
      this.parallel.draw(renderer);
      this.drawn = { chart: this.parallel.chart };
      this.key = null;
      return;
    }
    if (figure.chart === "threshold") {
      this.threshold.draw();
      return;
    }
    if (figure.chart === "cards") {
      drawCards(figure, this.chartElement);
      this.drawn = {};
      return;
    }
    if (figure.chart in charts) this.drawn = charts[figure.chart](figure, this.chartElement, renderer, this.story);
    else if (figure.chart in pictures) this.drawn = pictures[figure.chart](figure, this.chartElement);
    else if (figure.chart === "distribution") this.drawn = drawDistribution(figure, this.chartElement, renderer, this.group);
    else if (figure.chart === "shapes") this.drawn = drawShape(figure, this.chartElement, renderer, this.group);
    else if (figure.chart === "waterfall") this.drawn = drawWaterfall(figure, this.chartElement, this.row);
    this.key = this.drawn?.onKey ?? null;
    this.showLegend(this.drawn?.legend);
  }

  showLegend(items) {
    this.legend.replaceChildren(
      ...(items ?? []).map(([name, colour]) => {
        const mark = el("span", { class: "mark" });
        mark.style.background = colour;
        return el("span", { class: "key" }, mark, name);
      }),
    );
  }

  dispose() {
    this.drawn?.chart?.dispose?.();
  }
}
