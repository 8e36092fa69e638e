// Cells by two columns, shaded by a third.
import { cellText, number, say, visible } from "../words.js";
import { axis, base, colours, escaped, start, walk, widthOf } from "./canvas.js";

export function draw(figure, element, renderer) {
  const c = colours();
  const x = figure.role("x");
  const y = figure.role("y");
  const value = figure.role("value");
  const label = figure.role("label");
  const text = (column, row) => (column.isNumber ? cellText(column, row) : visible(say(column.all[row])));
  const xs = [];
  const ys = [];
  for (let i = 0; i < figure.rows; i++) {
    const a = text(x, i);
    const b = text(y, i);
    if (!xs.includes(a)) xs.push(a);
    if (!ys.includes(b)) ys.push(b);
  }
  const isSmall = xs.length * ys.length <= 40 && label !== undefined;
  const width = element.clientWidth || 680;
  const names = Math.min(width * 0.36, 16 + Math.max(...ys.map(widthOf), 10));
  const cell = (width - names - 16) / xs.length;
  // Slanted labels reach as far down as to the side, and no farther than there is room at the left.
  const slanted = Math.min(150, Math.max(...xs.map(widthOf), 10), 1.4 * names);
  const foot = x.isNumber || isSmall ? 44 : 0.71 * slanted + 24;
  const isWritten = !isSmall && !x.isNumber && figure.options.scale === "share" && cell >= 34;
  const height = isSmall ? ys.length * 92 + 8 + foot : ys.length * (ys.length > 20 ? 20 : ys.length < 6 ? 34 : 24) + 8 + foot;
  const chart = start(element, renderer, height, true);
  const most = figure.options.scale === "share" ? 1 : Math.max(...Array.from(value.all).filter((v) => !Number.isNaN(v)), 1e-12);
  const data = [];
  const points = [];
  for (let i = 0; i < figure.rows; i++) {
    const shade = Number.isNaN(value.all[i]) ? 0 : value.all[i] / most;
    points.push({ series: 0, index: i, text: `${text(y, i)}, ${text(x, i)}: ${cellText(value, i)}` });
    data.push({
      value: [text(x, i), text(y, i), value.all[i]],
      row: i,
      itemStyle: { color: mix(c.faint, c.accent, shade), borderColor: c.back, borderWidth: 1 },
      label: { color: shade > 0.55 ? c.back : c.text },
    });
  }
  const option = base();
  option.grid = { left: y.isNumber ? 48 : names, right: 16, top: isSmall ? 8 : 8, bottom: foot };
  option.tooltip.formatter = (p) =>
    figure.columns.map((column) => `${escaped(visible(say(column.label)))}: ${escaped(cellText(column, p.data.row))}`).join("<br>");
  const rows = figure.roles("note");
  chart.setOption({
    ...option,
    xAxis: axis({ type: "category", data: xs, name: x.isNumber || isSmall ? visible(say(x.label)) : "", axisLine: { show: false }, axisLabel: { color: c.quiet, fontSize: 12, rotate: x.isNumber || isSmall ? 0 : 45, width: x.isNumber ? undefined : isSmall ? cell - 8 : slanted, overflow: "truncate", hideOverlap: x.isNumber, interval: x.isNumber ? "auto" : 0 } }),
    yAxis: axis({ type: "category", data: ys, inverse: !isSmall, name: y.isNumber ? visible(say(y.label)) : "", nameGap: 30, axisLine: { show: false }, axisLabel: { color: c.text, fontSize: 12, width: names - 12, overflow: "truncate", interval: ys.length > 60 ? "auto" : 0 } }),
    series: [
      {
        type: "heatmap",
        data,
        label: isSmall
          ? {
              show: true,
              fontSize: cell < 110 ? 11 : 12,
              lineHeight: 15,
              width: cell - 6,
              overflow: "break",
              formatter: (p) => {
                const i = p.data.row;
                const name = label.all[i] === null ? "" : `${visible(label.all[i])}\n`;
                return `${name}${rows.map((column) => `${cellText(column, i)} ${visible(say(column.label))}`).join(", ")}\n${cellText(value, i)}`;
              },
            }
          : { show: isWritten, fontSize: 10.5, formatter: (p) => number(value.all[p.data.row], 2) },
        emphasis: { itemStyle: { borderColor: c.text, borderWidth: 2 } },
      },
    ],
    visualMap: { show: false, min: 0, max: 1, dimension: 2, inRange: {}, seriesIndex: [] },
  });
  return { chart, onKey: walk(chart, points) };
}

function parse(colour) {
  const hex = colour.replace("#", "");
  return [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

export function mix(a, b, share) {
  const from = parse(a);
  const to = parse(b);
  return `rgb(${from.map((value, i) => Math.round(value + (to[i] - value) * Math.min(1, Math.max(0, share)))).join(",")})`;
}
