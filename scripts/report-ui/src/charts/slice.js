// Scores by one setting at a time: a small picture each, those first that matter most.
import { byName, say, number, visible } from "../words.js";
import { base, colours, escaped, largeFrom, start, walk } from "./canvas.js";
import { usualRange } from "./history.js";

const most = 12;

/** A place beside the middle that is the same whenever it is asked for. */
const aside = (row) => (((row * 2654435761) >>> 0) / 4294967296 - 0.5) * 0.5;

export function parameters(figure) {
  return figure.columns.filter((column) => ["linear", "log", "category"].includes(column.role));
}

export function draw(figure, element, renderer, story) {
  const c = colours();
  const score = figure.column("score");
  const importance = story.sections.flatMap((section) => section.figures).find((other) => other.id === "search-importance");
  const order = importance ? Array.from(importance.column("parameter").all) : [];
  const place = (column) => (order.includes(column.name) ? order.indexOf(column.name) : 1000);
  const shown = parameters(figure)
    .filter((column) => new Set(column.all).size > 2)
    .sort((a, b) => place(a) - place(b))
    .slice(0, most);
  const width = element.clientWidth || 680;
  const across = width > 900 ? 4 : width > 620 ? 3 : width > 420 ? 2 : 1;
  const cell = { width: width / across, height: renderer === "svg" ? 150 : 190 };
  const chart = start(element, renderer, Math.ceil(shown.length / across) * cell.height + 8, true);
  const [low, high] = usualRange(score.all);
  const option = { ...base(), grid: [], xAxis: [], yAxis: [], series: [], title: [] };
  const points = [];
  shown.forEach((column, k) => {
    const left = (k % across) * cell.width;
    const top = Math.floor(k / across) * cell.height;
    const inner = { left: left + 46, top: top + 28, width: cell.width - 62, height: cell.height - 72 };
    option.grid.push({ ...inner });
    const isCategory = column.role === "category";
    const names = isCategory ? [...new Set(column.all)].filter((value) => value !== null).sort(byName) : [];
    const quiet = { axisLabel: { color: c.quiet, fontSize: 11, hideOverlap: true }, axisTick: { show: false }, axisLine: { onZero: false, lineStyle: { color: c.line } }, splitLine: { show: false } };
    const rows = [];
    for (let i = 0; i < figure.rows; i++) {
      const value = column.all[i];
      if (value !== null && !Number.isNaN(value) && !Number.isNaN(score.all[i]) && (column.role !== "log" || value > 0)) rows.push(i);
    }
    option.xAxis.push({
      ...quiet,
      gridIndex: k,
      type: column.role === "log" ? "log" : "value",
      scale: true,
      name: visible(column.name),
      nameLocation: "middle",
      nameGap: 24,
      nameTextStyle: { color: c.text, fontSize: 12, fontWeight: 600 },
      ...(isCategory ? { min: -1, max: names.length, interval: 1 } : {}),
      axisLabel: {
        ...quiet.axisLabel,
        formatter: (value) => (isCategory ? (Number.isInteger(value) && names[value] !== undefined ? visible(names[value]).slice(0, 14) : "") : number(value)),
      },
    });
    option.yAxis.push({ ...quiet, gridIndex: k, type: "value", min: low, max: high, axisLabel: { ...quiet.axisLabel, formatter: (value) => number(value, 2), showMinLabel: false, showMaxLabel: false }, splitNumber: 4 });
    const isLarge = rows.length > largeFrom;
    const at = (row) => (isCategory ? names.indexOf(column.all[row]) + aside(row) : column.all[row]);
    if (isLarge) {
      const data = new Float64Array(2 * rows.length);
      rows.forEach((row, i) => {
        data[2 * i] = at(row);
        data[2 * i + 1] = Math.max(score.all[row], low);
      });
      option.series.push({ type: "scatter", xAxisIndex: k, yAxisIndex: k, data, dimensions: ["x", "y"], large: true, silent: true, symbolSize: 2, itemStyle: { color: c.accent, opacity: 0.4 } });
    } else {
      const highest = rows.reduce((a, b) => (a === -1 || score.all[b] > score.all[a] ? b : a), -1);
      const data = rows.map((row) => ({ value: [at(row), Math.max(score.all[row], low)], row }));
      points.push({ series: k, index: rows.indexOf(highest), text: `${visible(column.name)} ${isCategory ? column.all[highest] : number(column.all[highest])}: ${number(score.all[highest], 4)}` });
      option.series.push({ type: "scatter", xAxisIndex: k, yAxisIndex: k, data, symbolSize: 4, itemStyle: { color: c.accent, opacity: 0.5 } });
    }
  });
  option.tooltip.formatter = (p) => {
    const column = shown[p.seriesIndex];
    const value = column.all[p.data.row];
    return `${escaped(visible(column.name))} ${escaped(column.isNumber ? number(value) : visible(value))}<br>${escaped(visible(say(score.label)))} ${number(score.all[p.data.row], 4)}`;
  };
  chart.setOption(option);
  return { chart, onKey: walk(chart, points) };
}
