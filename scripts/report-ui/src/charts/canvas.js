// ECharts, of which only what these pages draw with; its colours, fonts and axes are the page's.
import * as echarts from "echarts/core";
import { BarChart, CustomChart, HeatmapChart, LineChart, ParallelChart, ScatterChart } from "echarts/charts";
import { GridComponent, MarkLineComponent, ParallelComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { CanvasRenderer, SVGRenderer } from "echarts/renderers";
import { getLanguage, number } from "../words.js";

echarts.use([
  BarChart, CustomChart, HeatmapChart, LineChart, ParallelChart, ScatterChart, GridComponent, MarkLineComponent,
  ParallelComponent, TooltipComponent, VisualMapComponent, CanvasRenderer, SVGRenderer,
]);

/** Points from which on ECharts draws them all alike, fast. */
export const largeFrom = 2000;

/** The page's colours, as its style sheet has them now. */
export function colours() {
  const style = getComputedStyle(document.documentElement);
  const get = (name) => style.getPropertyValue(name).trim();
  return {
    text: get("--text"), quiet: get("--quiet"), line: get("--line"), accent: get("--accent"), warn: get("--warn"),
    back: get("--back"), soft: get("--soft"), band: get("--band"), faint: get("--faint"),
    series: [1, 2, 3, 4, 5, 6, 7, 8, 9].map((i) => get(`--series-${i}`)),
  };
}

export const font = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', Arial, sans-serif";

const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** A text as the content of a tooltip, which ECharts takes for HTML. */
export const escaped = (text) =>
  String(text).replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);

export function axis(options) {
  const c = colours();
  return {
    nameLocation: "middle",
    nameGap: 28,
    nameTextStyle: { color: c.quiet, fontSize: 12 },
    axisLine: { show: true, lineStyle: { color: c.line } },
    axisTick: { show: false },
    axisLabel: { color: c.quiet, fontSize: 12, hideOverlap: true },
    splitLine: { show: false },
    ...options,
  };
}

/** An axis of numbers, labelled as the language writes them. */
export function numberAxis(options) {
  const base = axis(options);
  return {
    type: "value",
    scale: true,
    ...base,
    axisLabel: { ...base.axisLabel, formatter: (value) => number(value), ...options.axisLabel },
  };
}

export function base() {
  const c = colours();
  return {
    animation: false,
    color: c.series,
    textStyle: { fontFamily: font, color: c.text },
    grid: { left: 56, right: 24, top: 16, bottom: 46, containLabel: false },
    tooltip: {
      trigger: "item",
      confine: true,
      transitionDuration: still() ? 0 : 0.15,
      backgroundColor: c.back,
      borderColor: c.line,
      textStyle: { color: c.text, fontSize: 13, fontFamily: font },
    },
  };
}

let pen = null;

/** Pixels that a text takes, as charts write them. */
export function widthOf(text) {
  pen ??= document.createElement("canvas").getContext("2d");
  pen.font = `12px ${font}`;
  return pen.measureText(text).width;
}

/** A text cut to so many pixels. */
export function fit(text, width) {
  if (widthOf(text) <= width) return text;
  let n = text.length - 1;
  while (n > 1 && widthOf(`${text.slice(0, n)}…`) > width) n--;
  return `${text.slice(0, n)}…`;
}

/** A chart in an element. @param renderer  "canvas" or "svg" */
/** Charts are lower on paper, where two are to stand on a page; but not those of cells of a certain size. */
const onPaper = 0.78;

export function start(element, renderer, drawnHeight, isFixed = false) {
  const height = renderer === "svg" && !isFixed ? Math.round(onPaper * drawnHeight) : drawnHeight;
  element.style.height = `${height}px`;
  // The label is the figure's own: ECharts would overwrite it.
  const label = element.getAttribute("aria-label");
  const chart = echarts.init(element, null, {
    renderer,
    width: element.clientWidth || 680,
    height,
    locale: getLanguage() === "ru" ? "EN" : "EN",
    useDirtyRect: false,
  });
  if (label !== null) element.setAttribute("aria-label", label);
  return chart;
}

/** Arrow keys that go through the points of a chart, telling each. */
export function walk(chart, points) {
  let at = -1;
  return (event) => {
    const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    if (event.key === "Escape") {
      chart.dispatchAction({ type: "hideTip" });
      return null;
    }
    if (event.key === "Home") at = 0;
    else if (event.key === "End") at = points.length - 1;
    else if (event.key in steps) at = Math.min(Math.max(at + steps[event.key], 0), points.length - 1);
    else return null;
    event.preventDefault();
    const point = points[at];
    chart.dispatchAction({ type: "showTip", seriesIndex: point.series, dataIndex: point.index });
    return point.text;
  };
}
