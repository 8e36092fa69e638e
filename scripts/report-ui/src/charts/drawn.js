// Pictures drawn as SVG by hand: few marks, sharp on paper, styled by the page's style sheet.
import { breakable, el, svg } from "../dom.js";
import { cellText, number, say, visible, word } from "../words.js";
import { fit } from "./canvas.js";

/** Round numbers between two, about n of them. */
export function ticks(low, high, n = 5) {
  const rough = (high - low) / n || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough);
  const list = [];
  for (let i = Math.ceil(low / step); i * step <= high + 1e-12; i++) list.push(Number((i * step).toPrecision(12)));
  return list;
}

function frame(element, height) {
  const width = Math.max(280, element.clientWidth || 680);
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, "aria-hidden": "true", focusable: "false" });
  element.replaceChildren(picture);
  element.style.height = `${height}px`;
  return { picture, width };
}

const text = (x, y, content, options = {}) => svg("text", { x, y, ...options }, content);

/** A walk over points for pictures without a library: the text alone. */
function walkTexts(texts) {
  let at = -1;
  return (event) => {
    const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    if (event.key === "Home") at = 0;
    else if (event.key === "End") at = texts.length - 1;
    else if (event.key in steps) at = Math.min(Math.max(at + steps[event.key], 0), texts.length - 1);
    else return null;
    event.preventDefault();
    return texts[at];
  };
}

/** Scores of the best trials, fold by fold: dots, joined by fold, with a bar at the mean. */
export function drawFolds(figure, element) {
  const group = figure.role("group");
  const label = figure.role("label");
  const pair = figure.role("pair");
  const value = figure.role("value");
  const trials = [...new Set(group.all)];
  const isNarrow = element.clientWidth < 520;
  const isPaper = document.documentElement.classList.contains("paper");
  const rowHeight = isNarrow ? 58 : isPaper ? 34 : 44;
  const height = trials.length * rowHeight + 44;
  const { picture, width } = frame(element, height);
  const left = isNarrow ? 8 : 230;
  const right = 64;
  const values = Array.from(value.all).filter((v) => !Number.isNaN(v));
  const low = Math.min(...values);
  const high = Math.max(...values);
  const pad = 0.04 * (high - low || 1);
  const x = (v) => left + ((v - low + pad) / (high - low + 2 * pad)) * (width - left - right);
  const y = (k) => 22 + k * rowHeight + (isNarrow ? 12 : 0);
  for (const tick of ticks(low, high, isNarrow ? 3 : 6)) {
    picture.append(svg("line", { x1: x(tick), x2: x(tick), y1: 4, y2: height - 34, class: "grid" }));
    picture.append(text(x(tick), height - 18, number(tick), { class: "tick", "text-anchor": "middle" }));
  }
  picture.append(text(x(low + (high - low) / 2), height - 3, visible(say(value.label)), { class: "tick", "text-anchor": "middle" }));
  const places = new Map();
  const texts = [];
  trials.forEach((trial, k) => {
    const rows = [];
    for (let row = 0; row < figure.rows; row++) if (group.all[row] === trial) rows.push(row);
    for (const row of rows) {
      const fold = pair.all[row];
      const before = places.get(fold);
      if (before !== undefined && !Number.isNaN(value.all[row])) {
        picture.append(svg("line", { x1: before[0], y1: before[1], x2: x(value.all[row]), y2: y(k), class: "join" }));
      }
      places.set(fold, [x(value.all[row]), y(k)]);
    }
    const name = `${visible(say(label.all[rows[0]]))}, ${trial}`;
    picture.append(
      isNarrow
        ? text(left, y(k) - 17, fit(name, width - left - right), { class: k === 0 ? "name first" : "name" })
        : text(left - 14, y(k) + 4, fit(name, left - 20), { class: k === 0 ? "name first" : "name", "text-anchor": "end" }),
    );
  });
  trials.forEach((trial, k) => {
    const own = [];
    for (let row = 0; row < figure.rows; row++) if (group.all[row] === trial && !Number.isNaN(value.all[row])) own.push(value.all[row]);
    const mean = own.reduce((a, b) => a + b, 0) / own.length;
    for (const v of own) picture.append(svg("circle", { cx: x(v), cy: y(k), r: 4, class: k === 0 ? "dot first" : "dot" }));
    picture.append(svg("line", { x1: x(mean), x2: x(mean), y1: y(k) - 11, y2: y(k) + 11, class: k === 0 ? "mean first" : "mean" }));
    picture.append(text(width - right + 10, y(k) + 4, number(mean, 3), { class: k === 0 ? "name first" : "name" }));
    texts.push(`${visible(say(label.all[trials.length ? Array.from(group.all).indexOf(trial) : 0]))} ${trial}: ${word("mean")} ${number(mean, 3)}`);
  });
  return { onKey: walkTexts(texts) };
}

/** Shapley values: at each value as wide as there are rows, both classes one upon the other. */
export function drawSwarm(figure, element) {
  const y = figure.role("y");
  const x = figure.role("x");
  const counts = figure.roles("count");
  const names = [...new Set(y.all)];
  const rowHeight = 52;
  const height = names.length * rowHeight + 40;
  const { picture, width } = frame(element, height);
  const isNarrow = width < 560;
  const left = isNarrow ? 12 : Math.min(300, width * 0.36);
  const right = 16;
  const reach = Math.max(...Array.from(x.all, Math.abs)) * 1.03 || 1;
  const at = (v) => left + ((v + reach) / (2 * reach)) * (width - left - right);
  const most = Math.max(...Array.from({ length: figure.rows }, (_, i) => counts[0].all[i] + counts[1].all[i]), 1);
  // By the root, so that a few rows far out can be seen beside the crowd at 0.
  const thick = (n) => (rowHeight - (isNarrow ? 22 : 10)) * Math.sqrt(n / most);
  for (const tick of ticks(-reach, reach, isNarrow ? 3 : 6)) {
    picture.append(svg("line", { x1: at(tick), x2: at(tick), y1: 4, y2: height - 34, class: tick === 0 ? "zero" : "grid" }));
    picture.append(text(at(tick), height - 18, number(tick), { class: "tick", "text-anchor": "middle" }));
  }
  picture.append(text(at(0), height - 3, visible(say(x.label)), { class: "tick", "text-anchor": "middle" }));
  const step = ((width - left - right) / (2 * reach)) * Math.abs(x.all[1] - x.all[0]);
  const texts = [];
  names.forEach((name, k) => {
    const middle = 8 + (k + 0.5) * rowHeight + (isNarrow ? 6 : 0);
    let nRows = 0;
    let sum = 0;
    for (let i = 0; i < figure.rows; i++) {
      if (y.all[i] !== name) continue;
      const total = counts[0].all[i] + counts[1].all[i];
      if (total === 0) continue;
      nRows += total;
      sum += total * Math.abs(x.all[i]);
      const tall = Math.max(2, thick(total));
      const first = (tall * counts[0].all[i]) / total;
      const place = { x: at(x.all[i]) - step / 2 + 0.5, width: Math.max(1, step - 1) };
      picture.append(svg("rect", { ...place, y: middle - tall / 2, height: first, class: "class-0" }));
      picture.append(svg("rect", { ...place, y: middle - tall / 2 + first, height: Math.max(0, tall - first), class: "class-1" }));
    }
    picture.append(
      isNarrow
        ? text(left, middle - rowHeight / 2 + 6, fit(visible(name), width - left), { class: "name" })
        : text(left - 12, middle + 4, fit(visible(name), left - 16), { class: "name", "text-anchor": "end" }),
    );
    texts.push(`${visible(name)}: ${word("mean")} |${number(sum / nRows)}|`);
  });
  const style = getComputedStyle(document.documentElement);
  return {
    onKey: walkTexts(texts),
    legend: counts.map((column, k) => [visible(say(column.label)), style.getPropertyValue(k === 0 ? "--soft" : "--accent").trim()]),
  };
}

/** One row: from the baseline, step by step, to its score. */
export function drawWaterfall(figure, element, row) {
  const steps = figure.roles("step").map((column) => ({ name: visible(say(column.label)), value: column.all[row] }));
  steps.sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const shown = steps.slice(0, 14);
  const rest = steps.slice(14).reduce((sum, step) => sum + step.value, 0);
  if (steps.length > 14) shown.push({ name: `+ ${steps.length - 14}`, value: rest });
  const baseline = figure.options.baseline;
  const score = figure.role("score").all[row];
  const rowHeight = 28;
  const height = (shown.length + 2) * rowHeight + 30;
  const { picture, width } = frame(element, height);
  const isNarrow = width < 560;
  const left = isNarrow ? width * 0.44 : Math.min(320, width * 0.4);
  const right = 70;
  let low = Math.min(baseline, score);
  let high = Math.max(baseline, score);
  let sum = baseline;
  for (const step of shown) {
    sum += step.value;
    low = Math.min(low, sum);
    high = Math.max(high, sum);
  }
  const at = (v) => left + ((v - low) / (high - low || 1)) * (width - left - right);
  for (const tick of ticks(low, high, isNarrow ? 2 : 5)) {
    picture.append(svg("line", { x1: at(tick), x2: at(tick), y1: 0, y2: height - 22, class: "grid" }));
    picture.append(text(at(tick), height - 6, number(tick), { class: "tick", "text-anchor": "middle" }));
  }
  const texts = [];
  const line = (k, name, from, to, kind, label) => {
    const y = k * rowHeight + 4;
    const isRise = to >= from;
    picture.append(text(left - 10, y + 15, fit(name, left - 14), { class: "name", "text-anchor": "end" }));
    picture.append(svg("rect", { x: Math.min(at(from), at(to)), y: y + 3, width: Math.max(1.5, Math.abs(at(to) - at(from))), height: rowHeight - 12, class: kind ?? (isRise ? "rise" : "fall") }));
    picture.append(text(Math.max(at(from), at(to)) + 6, y + 15, label, { class: "tick" }));
    texts.push(`${name}: ${label}`);
  };
  line(0, word("baseline"), low, baseline, "base", number(baseline, 3));
  sum = baseline;
  shown.forEach((step, k) => {
    line(k + 1, step.name, sum, sum + step.value, null, `${step.value >= 0 ? "+" : ""}${number(step.value, 3)}`);
    sum += step.value;
  });
  line(shown.length + 1, word("score"), low, score, "base", number(score, 3));
  return { onKey: walkTexts(texts) };
}

/** Segments as cards: a name, a few numbers, what is different. */
export function drawCards(figure, element) {
  const title = figure.role("title");
  const kind = figure.role("kind");
  const facts = figure.roles("fact");
  const texts = figure.roles("text");
  element.classList.add("cards");
  element.replaceChildren(
    ...Array.from({ length: figure.rows }, (_, row) =>
      el(
        "article",
        { class: "card" },
        title.all[row] === null
          ? el("h4", {}, cellText(kind, row))
          : [el("p", { class: "kind" }, cellText(kind, row)), el("h4", {}, breakable(visible(title.all[row])))],
        el("dl", {}, facts.flatMap((column) => [el("dt", {}, visible(say(column.label))), el("dd", {}, cellText(column, row))])),
        texts
          .filter((column) => column.all[row] !== null && say(column.all[row]) !== "")
          .map((column) => el("p", {}, breakable(visible(say(column.all[row]))))),
      ),
    ),
  );
}

/** What a threshold does, with what errors cost: a slider, two fields, and a picture of the rows. */
export class Threshold {
  constructor(figure, element, tools) {
    this.figure = figure;
    this.element = element;
    this.place = 50;
    this.costs = [1, 5];
    const costField = (k, label) =>
      el("label", {}, label, " ", el("input", { type: "number", min: "0", step: "any", value: this.costs[k], class: "cost", oninput: (event) => this.setCost(k, event.target.value) }));
    this.slider = el("input", { type: "range", min: "0", max: String(figure.rows - 1), value: String(this.place), class: "slider", oninput: (event) => this.setPlace(Number(event.target.value)) });
    this.out = el("output", { class: "facts" });
    this.cheapest = el("button", { type: "button", class: "quiet", onclick: () => this.setPlace(this.findCheapest()) });
    tools.replaceChildren(
      el("label", { class: "wide" }, word("threshold"), " ", this.slider),
      costField(0, word("falseAlarm")),
      costField(1, word("missed")),
      this.cheapest,
    );
    this.draw();
  }

  setCost(k, value) {
    this.costs[k] = Math.max(0, Number(value) || 0);
    this.draw();
  }

  setPlace(place) {
    this.place = place;
    this.slider.value = String(place);
    this.draw();
  }

  costAt(place) {
    return this.costs[0] * this.figure.role("fp").all[place] + this.costs[1] * this.figure.role("fn").all[place];
  }

  findCheapest() {
    let best = this.figure.rows - 1;
    for (let place = this.figure.rows - 1; place >= 0; place--) if (this.costAt(place) < this.costAt(best)) best = place;
    return best;
  }

  draw() {
    const figure = this.figure;
    const at = (role) => figure.role(role).all[this.place];
    const [tp, fp, fn, tn] = ["tp", "fp", "fn", "tn"].map(at);
    const threshold = figure.role("x").all[this.place];
    const best = this.findCheapest();
    const share = (value) => (Number.isNaN(value) ? "–" : `${number(100 * value, 1)} %`);
    const fact = (name, value) => el("div", {}, el("dt", {}, name), el("dd", {}, value));
    this.slider.setAttribute("aria-valuetext", number(threshold, 2));
    this.cheapest.textContent = `${word("cheapest")}: ${number(figure.role("x").all[best], 2)}`;
    const total = tp + fp + fn + tn;
    const labels = ["tp", "fp", "fn", "tn"].map((role) => visible(say(figure.role(role).label)));
    const bar = el("div", { class: "split", "aria-hidden": "true" });
    [[tp, "rise"], [fp, "alarm"], [fn, "missed"], [tn, "calm"]].forEach(([n, kind]) => {
      const part = el("span", { class: kind });
      part.style.width = `${(100 * n) / total}%`;
      bar.append(part);
    });
    this.element.replaceChildren(
      bar,
      el(
        "div",
        { role: "status" },
        el(
        "dl",
        { class: "facts" },
        fact(word("threshold"), number(threshold, 2)),
        fact(labels[0], number(tp, 0)),
        fact(labels[1], number(fp, 0)),
        fact(labels[2], number(fn, 0)),
        fact(labels[3], number(tn, 0)),
        fact(word("precision"), share(tp / (tp + fp))),
        fact(word("recall"), share(tp / (tp + fn))),
        fact(word("acted"), share((tp + fp) / total)),
        fact(word("cost"), number(this.costAt(this.place))),
      ),
      ),
    );
    this.element.style.height = "auto";
  }
}
