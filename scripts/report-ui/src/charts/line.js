// Curves: several columns of y over one of x, or the other way round, with bands and whiskers.
import { say, number, visible, word } from "../words.js";
import { usualRange } from "./history.js";
import { base, colours, escaped, numberAxis, start, walk } from "./canvas.js";

/** A band between two columns: a line at its lower edge, and an area from there. */
function band(xs, low, high, colour) {
  const lower = [];
  const height = [];
  xs.forEach((x, i) => {
    lower.push([x, low[i]]);
    height.push([x, high[i] - low[i]]);
  });
  const quiet = { type: "line", silent: true, symbol: "none", lineStyle: { opacity: 0 }, stack: "band", stackStrategy: "all", tooltip: { show: false } };
  return [
    { ...quiet, data: lower, areaStyle: { opacity: 0 } },
    { ...quiet, data: height, areaStyle: { color: colour, opacity: 1 } },
  ];
}

function whiskers(xs, low, high, colour) {
  return {
    type: "custom",
    silent: true,
    data: Array.from(xs, (x, i) => [x, low[i], high[i]]),
    renderItem: (_, api) => {
      const [x, top] = api.coord([api.value(0), api.value(2)]);
      const bottom = api.coord([api.value(0), api.value(1)])[1];
      return { type: "line", shape: { x1: x, y1: top, x2: x, y2: bottom }, style: { stroke: colour, lineWidth: 1.5 } };
    },
    tooltip: { show: false },
  };
}

export function draw(figure, element, renderer) {
  const c = colours();
  const manyX = figure.roles("x").length > 1 || figure.role("y")?.name === "share" && figure.options.x;
  const pairs = manyX
    ? figure.roles("x").map((x) => ({ x, y: figure.role("y"), name: x }))
    : figure.roles("y").map((y) => ({ x: figure.role("x"), y, name: y }));
  const isLog = figure.options.x_scale === "log";
  const isSquare = figure.options.square === "yes";
  const height = isSquare ? Math.min(420, Math.max(280, 0.9 * element.clientWidth)) : 320;
  const chart = start(element, renderer, height, isSquare);
  const points = [];
  const series = [];
  const low = figure.role("low");
  const high = figure.role("high");
  if (low && high) series.push(...band(Array.from(pairs[0].x.all), low.all, high.all, c.band));
  const from = figure.role("whisker_low");
  if (from) series.push(whiskers(pairs[0].x.all, from.all, figure.role("whisker_high").all, c.accent));
  const showSymbols = figure.rows <= 24;
  pairs.forEach(({ x, y, name }, k) => {
    const index = series.length;
    const data = [];
    for (let i = 0; i < figure.rows; i++) {
      const px = x.all[i];
      const py = y.all[i];
      if (Number.isNaN(px) || Number.isNaN(py)) continue;
      points.push({ series: index, index: data.length, text: `${say(x.label)} ${number(px)}, ${say(y.label)} ${number(py)}` });
      data.push([px, py]);
    }
    const colour = c.series[k % c.series.length];
    series.push({
      type: "line",
      name: visible(say(name.label)),
      data,
      symbol: "circle",
      symbolSize: showSymbols ? 6 : 4,
      showSymbol: showSymbols,
      lineStyle: { color: colour, width: 2 },
      itemStyle: { color: colour },
      z: 3 + (pairs.length - k),
    });
  });
  const dashed = { color: c.quiet, type: "dashed", width: 1 };
  if (figure.options.reference === "diagonal") {
    series.push({ type: "line", data: [[0, 0], [1, 1]], symbol: "none", silent: true, lineStyle: dashed, tooltip: { show: false } });
  }
  if (figure.options.level !== undefined) {
    series.push({ type: "line", data: [[0, figure.options.level], [1, figure.options.level]], symbol: "none", silent: true, lineStyle: dashed, tooltip: { show: false } });
  }
  const unit = isSquare ? { min: 0, max: 1 } : {};
  const xName = figure.options.x ?? say(pairs[0].x.label);
  const yName = figure.options.y ?? (figure.options.y_scale === "share" ? word("share") : say(pairs[0].y.label));
  const option = base();
  option.grid.right = 24;
  option.tooltip.formatter = (p) =>
    `${pairs.length > 1 ? `${escaped(p.seriesName)}<br>` : ""}${escaped(visible(xName))} ${number(p.value[0])}<br>${escaped(visible(yName))} ${number(p.value[1])}`;
  const share = manyX ? { min: 0, max: 1 } : {};
  // A few hopeless trials are not to push the rest to the edge.
  const usual = manyX ? usualRange(Array.from(pairs[0].x.all)) : null;
  chart.setOption({
    ...option,
    xAxis: isLog
      ? { ...numberAxis({ name: visible(xName) }), type: "log", scale: true }
      : numberAxis({ name: visible(xName), ...unit, ...(usual ? { min: Number(usual[0].toPrecision(2)), max: "dataMax", axisLabel: { showMaxLabel: false } } : {}) }),
    yAxis: numberAxis({
      name: visible(yName),
      nameGap: 42,
      ...unit,
      ...share,
      ...(figure.options.y_scale === "share" ? { min: 0, max: 1 } : figure.options.y_scale === "log" ? { type: "log" } : {}),
      splitLine: { show: true, lineStyle: { color: c.faint } },
    }),
    series,
  });
  return {
    chart,
    onKey: walk(chart, points),
    legend: pairs.length > 1 ? pairs.map(({ name }, k) => [visible(say(name.label)), c.series[k % c.series.length]]) : null,
  };
}
