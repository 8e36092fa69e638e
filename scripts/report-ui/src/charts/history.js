// Every trial's score by its number, and the best so far.
import { cellText, number, say, visible } from "../words.js";
import { base, colours, escaped, largeFrom, numberAxis, start, walk } from "./canvas.js";

/** Where most scores lie: a few hopeless ones are not to flatten the rest. */
export function usualRange(values) {
  const sorted = Float64Array.from(values.filter((value) => !Number.isNaN(value))).sort();
  if (sorted.length === 0) return [0, 1];
  const at = (share) => sorted[Math.round(share * (sorted.length - 1))];
  const high = sorted[sorted.length - 1];
  const low = Math.max(sorted[0], at(0.5) - 4 * (high - at(0.5)) - 4 * (at(0.5) - at(0.25)));
  return [low, high];
}

export function draw(figure, element, renderer) {
  const c = colours();
  const chart = start(element, renderer, 340);
  const trial = figure.column("trial");
  const score = figure.column("score");
  const best = figure.column("best");
  const model = figure.column("model");
  const names = model ? [...new Set(model.all)].filter((name) => name !== null) : [];
  const n = figure.rows;
  const isLarge = n > largeFrom;
  const [low, high] = usualRange(score.all);
  const points = [];
  const series = [];
  const groups = isLarge || names.length === 0 || names.length > 6 ? [null] : names;
  groups.forEach((name, k) => {
    const rows = [];
    for (let i = 0; i < n; i++) {
      if (!Number.isNaN(score.all[i]) && (name === null || model.all[i] === name)) rows.push(i);
    }
    const colour = c.series[k % c.series.length];
    if (isLarge) {
      const data = new Float64Array(2 * rows.length);
      rows.forEach((row, i) => {
        data[2 * i] = trial.all[row];
        data[2 * i + 1] = Math.max(score.all[row], low);
      });
      series.push({ type: "scatter", name: "", data, dimensions: ["x", "y"], large: true, symbolSize: 3, itemStyle: { color: c.accent, opacity: 0.35 }, silent: true });
    } else {
      series.push({
        type: "scatter",
        name: name === null ? "" : visible(name),
        data: rows.map((row) => ({ value: [trial.all[row], Math.max(score.all[row], low)], row })),
        symbolSize: 6,
        itemStyle: { color: colour, opacity: 0.65 },
      });
    }
  });
  // The best so far, as steps: a point where it rises, and the end.
  const steps = [];
  let last = NaN;
  for (let i = 0; i < n; i++) {
    const value = best.all[i];
    if (!Number.isNaN(value) && (value !== last || i === n - 1)) {
      points.push({ series: series.length, index: steps.length, text: `${cellText(trial, i)}: ${cellText(best, i)}` });
      steps.push({ value: [trial.all[i], value], row: i });
      last = value;
    }
  }
  series.push({
    type: "line",
    step: "end",
    data: steps,
    symbol: "circle",
    symbolSize: 5,
    lineStyle: { color: c.text, width: 2 },
    itemStyle: { color: c.text },
    name: visible(say(best.label)),
    z: 5,
    endLabel: { show: true, formatter: () => number(last, 4), color: c.text, fontWeight: 600, fontSize: 12 },
  });
  const option = base();
  option.grid.right = 64;
  option.tooltip.formatter = (p) => {
    const row = p.data.row;
    const what = p.seriesName === "" ? "" : `${escaped(p.seriesName)}<br>`;
    return `${what}${escaped(say(trial.label))} ${cellText(trial, row)}<br>${escaped(visible(say(score.label)))} ${cellText(score, row)}`;
  };
  chart.setOption({
    ...option,
    xAxis: numberAxis({ name: say(trial.label), min: "dataMin", max: "dataMax" }),
    yAxis: numberAxis({ name: visible(say(score.label)), nameGap: 44, min: low, max: high + 0.02 * (high - low || 1), axisLabel: { showMinLabel: false, showMaxLabel: false }, splitLine: { show: true, lineStyle: { color: c.faint } } }),
    series,
  });
  return { chart, onKey: walk(chart, points), legend: groups[0] === null ? null : groups.map((name, k) => [visible(name), c.series[k % c.series.length]]) };
}
