// Counts or shares of two classes in bins, one above and one below the line: neither hides the other.
import { cellText, number, say, visible } from "../words.js";
import { axis, base, colours, escaped, start, walk } from "./canvas.js";

/** @param rows  Of the figure; labels of bins are theirs. */
export function drawBins(figure, element, renderer, rows, xName, labels) {
  const c = colours();
  const ys = figure.roles("y");
  const chart = start(element, renderer, 280);
  const points = [];
  const series = ys.map((y, k) => ({
    type: "bar",
    name: visible(say(y.label)),
    data: rows.map((row, index) => {
      points.push({ series: k, index, text: `${labels[index]}: ${visible(say(y.label))} ${cellText(y, row)}` });
      return { value: k === 0 ? -y.all[row] : y.all[row], row };
    }),
    stack: "classes",
    barCategoryGap: "8%",
    itemStyle: { color: k === 0 ? c.soft : c.accent },
  }));
  const option = base();
  option.grid.left = 64;
  option.tooltip.formatter = (p) => `${escaped(labels[p.dataIndex])}<br>${escaped(p.seriesName)}: ${escaped(cellText(ys[p.seriesIndex], p.data.row))}`;
  chart.setOption({
    ...option,
    xAxis: axis({ type: "category", data: labels, name: visible(xName), axisLabel: { color: c.quiet, fontSize: 12, hideOverlap: true, width: 90, overflow: "truncate" }, axisLine: { onZero: false, lineStyle: { color: c.line } } }),
    yAxis: { ...axis({}), type: "value", axisLabel: { color: c.quiet, fontSize: 12, formatter: (value) => number(Math.abs(value)) }, splitLine: { show: true, lineStyle: { color: c.faint } } },
    series,
  });
  return { chart, onKey: walk(chart, points), legend: ys.map((y, k) => [visible(say(y.label)), k === 0 ? c.soft : c.accent]) };
}

export function draw(figure, element, renderer) {
  const x = figure.role("x");
  const rows = Array.from({ length: figure.rows }, (_, i) => i);
  return drawBins(figure, element, renderer, rows, say(x.label), rows.map((row) => cellText(x, row)));
}
