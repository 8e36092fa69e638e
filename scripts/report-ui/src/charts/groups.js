// Figures of several columns of the data, of which a field chooses one: distributions and shapes.
import { el } from "../dom.js";
import { cellText, number, say, visible, word } from "../words.js";
import { base, colours, escaped, numberAxis, start, walk } from "./canvas.js";
import { drawBins } from "./histogram.js";

/** The rows of each group, in their order. */
export function groupsOf(figure) {
  const group = figure.role("group");
  const groups = new Map();
  for (let row = 0; row < figure.rows; row++) {
    const name = group.all[row];
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(row);
  }
  return groups;
}

export function chooser(figure, tools, onChoose) {
  const names = [...groupsOf(figure).keys()];
  const select = el(
    "select",
    { class: "group", onchange: (event) => onChoose(event.target.value) },
    names.map((name) => el("option", { value: name }, visible(name))),
  );
  tools.replaceChildren(el("label", {}, word("column"), " ", select));
  return names[0];
}

export function drawDistribution(figure, element, renderer, name) {
  const rows = groupsOf(figure).get(name);
  const from = figure.column("from").all;
  const to = figure.column("to").all;
  const level = figure.column("level");
  // Bins of whole numbers end before the next begins: all the numbers in them are told.
  const isWhole = rows.length > 1 && to[rows[0]] < from[rows[1]];
  const range = (row) => (isWhole && to[row] > from[row] ? `${number(from[row])}–${number(to[row])}` : number(from[row]));
  const labels = rows.map((row) => (level.all[row] === null ? range(row) : visible(level.all[row])));
  return drawBins(figure, element, renderer, rows, name, labels);
}

export function drawShape(figure, element, renderer, name) {
  const c = colours();
  const rows = groupsOf(figure).get(name);
  const x = figure.column("x");
  const y = figure.column("effect");
  const level = figure.column("level");
  const chart = start(element, renderer, 300);
  const isLevels = rows.every((row) => level.all[row] !== null);
  const points = rows.map((row, index) => ({ series: 0, index, text: `${isLevels ? visible(level.all[row]) : number(x.all[row])}: ${cellText(y, row)}` }));
  const option = base();
  option.tooltip.formatter = (p) => `${escaped(visible(name))} ${escaped(points[p.dataIndex].text)}`;
  option.grid.left = 64;
  const labels = isLevels ? rows.map((row) => visible(level.all[row])) : null;
  // Another line for the rows below and above 0, which is the mean.
  chart.setOption({
    ...option,
    xAxis: isLevels
      ? { type: "category", data: labels, axisLabel: { color: c.quiet, width: 110, overflow: "truncate" }, axisTick: { show: false }, axisLine: { onZero: false, lineStyle: { color: c.line } } }
      : numberAxis({ name: visible(name), axisLine: { onZero: false, lineStyle: { color: c.line } } }),
    yAxis: numberAxis({ name: visible(say(y.label)), nameGap: 48, splitLine: { show: true, lineStyle: { color: c.faint } } }),
    series: [
      {
        type: isLevels ? "bar" : "line",
        barMaxWidth: 40,
        data: rows.map((row) => (isLevels ? y.all[row] : [x.all[row], y.all[row]])),
        symbol: "circle",
        symbolSize: 5,
        lineStyle: { color: c.accent, width: 2 },
        itemStyle: { color: c.accent },
        markLine: { silent: true, symbol: "none", label: { show: false }, lineStyle: { color: c.quiet, type: "dashed" }, data: [{ yAxis: 0 }] },
      },
    ],
  });
  return { chart, onKey: walk(chart, points) };
}
