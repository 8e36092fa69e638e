// Bars, or dots with whiskers, lying on their sides so that names have room.
import { cellText, number, say, visible } from "../words.js";
import { axis, base, colours, escaped, numberAxis, start, walk, widthOf } from "./canvas.js";

export function draw(figure, element, renderer) {
  const c = colours();
  const x = figure.role("x");
  const y = figure.role("y");
  const group = figure.role("group");
  const low = figure.role("low");
  const high = figure.role("high");
  const mark = figure.role("mark");
  const rows = Array.from({ length: figure.rows }, (_, i) => i).slice(0, 40);
  const groups = group ? [...new Set(rows.map((i) => say(group.all[i])))] : [null];
  const names = [...new Set(rows.map((i) => visible(say(x.all[i]))))];
  const height = names.length * (groups.length > 1 ? 22 * groups.length + 14 : 26) + 54;
  const chart = start(element, renderer, height);
  const points = [];
  const narrow = element.clientWidth < 560;
  // A figure at the end of a whisker would be taken for its end: it says all three.
  const told = (row) =>
    low && high && !narrow && !Number.isNaN(low.all[row])
      ? `${cellText(y, row)} (${cellText(low, row)}…${cellText(high, row)})`
      : cellText(y, row);
  const isDot = figure.options.whiskers === "dot";
  const series = groups.map((name, k) => {
    const own = rows.filter((i) => group === undefined || say(group.all[i]) === name);
    const data = own.map((i) => ({ value: [y.all[i], visible(say(x.all[i]))], row: i }));
    const nameText = name === null ? "" : visible(name);
    data.forEach((item, index) => {
      points.push({ series: k, index, text: `${nameText} ${item.value[1]}: ${cellText(y, item.row)}` });
    });
    return isDot
      ? { type: "scatter", data, symbolSize: 10, itemStyle: { color: c.accent }, z: 4, name: nameText }
      : {
          type: "bar",
          name: nameText,
          data,
          barMaxWidth: 18,
          itemStyle: { color: k === 0 ? c.accent : c.soft },
          label: {
            show: !(low && high) && !mark,
            position: "right",
            color: c.quiet,
            fontSize: 12,
            formatter: (p) => `${groups.length > 1 ? `${nameText} ` : ""}${cellText(y, p.data.row)}`,
          },
        };
  });
  if (low && high) {
    series.push({
      type: "custom",
      silent: true,
      z: 5,
      data: rows.map((i) => [low.all[i], visible(say(x.all[i])), high.all[i]]),
      renderItem: (_, api) => {
        const [x1, at] = api.coord([api.value(0), api.value(1)]);
        const x2 = api.coord([api.value(2), api.value(1)])[0];
        if (!Number.isFinite(x1) || !Number.isFinite(x2)) return undefined;
        return { type: "line", shape: { x1, y1: at, x2, y2: at }, style: { stroke: isDot ? c.accent : c.text, lineWidth: 1.5 } };
      },
      encode: { x: [0, 2], y: 1 },
    });
  }
  if (mark) {
    series.push({
      type: "custom",
      silent: true,
      z: 5,
      data: rows.map((i) => [mark.all[i], visible(say(x.all[i]))]),
      renderItem: (_, api) => {
        const [at, middle] = api.coord([api.value(0), api.value(1)]);
        return { type: "line", shape: { x1: at, y1: middle - 9, x2: at, y2: middle + 9 }, style: { stroke: c.warn, lineWidth: 2 } };
      },
    });
  }
  if (!isDot && ((low && high) || mark)) {
    // Figures stand behind whatever reaches farthest.
    const reach = (i) => Math.max(...[y, high, mark].filter(Boolean).map((column) => column.all[i]).filter((value) => !Number.isNaN(value)));
    series.push({
      type: "scatter",
      silent: true,
      symbolSize: 0,
      data: rows.map((i) => ({ value: [reach(i), visible(say(x.all[i]))], row: i })),
      label: { show: true, position: "right", color: c.quiet, fontSize: 12, formatter: (p) => told(p.data.row) },
    });
  }
  const all = [y, low, high].filter(Boolean).flatMap((column) => rows.map((i) => column.all[i]));
  if (isDot && all.some((value) => value < 0) && all.some((value) => value > 0)) {
    series.push({
      type: "custom",
      silent: true,
      z: 1,
      data: [[0, names[0]]],
      renderItem: (params, api) => {
        const at = api.coord([0, names[0]])[0];
        const { y: top, height: tall } = params.coordSys;
        return { type: "line", shape: { x1: at, y1: top, x2: at, y2: top + tall }, style: { stroke: c.quiet, lineWidth: 1 } };
      },
    });
  }
  const option = base();
  const widest = Math.max(...names.map(widthOf), 10);
  const room = Math.min(widest + 16, element.clientWidth * (element.clientWidth < 700 ? 0.47 : 0.38));
  // What stands behind the longest bar has its place within the chart.
  const behind = Math.max(...rows.map((i) => widthOf(`${groups.length > 1 ? `${visible(say(group.all[i]))} ` : ""}${told(i)}`)));
  option.grid = { left: room, right: isDot ? 24 : behind + 14, top: 8, bottom: 40 };
  option.tooltip.formatter = (p) =>
    figure.columns
      .map((column) => `${escaped(visible(say(column.label)))}: ${escaped(cellText(column, p.data.row))}`)
      .join("<br>");
  chart.setOption({
    ...option,
    xAxis: numberAxis({ name: visible(say(y.label)), scale: isDot, splitLine: { show: true, lineStyle: { color: c.faint } } }),
    yAxis: axis({
      type: "category",
      data: names,
      inverse: true,
      axisLine: { show: false },
      axisLabel: { color: c.text, fontSize: 12, width: room - 12, overflow: "truncate", interval: 0 },
    }),
    series,
  });
  return { chart, onKey: walk(chart, points) };
}
