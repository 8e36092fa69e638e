// usage: time_page.mjs CHROMIUM PAGE.html
// Opens a report five times in headless Chromium and says when it is seen and when it can be used: medians
// of first paint and of the mark that its script sets at its end, and the processor time until then. Then
// scrolls through it: the longest task, and what the console says, which should be nothing.
// Needs tests/report/node_modules (npm ci --ignore-scripts --prefix tests/report).
import { statSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { chromium } from "../../report/node_modules/playwright-core/index.mjs";

const [executablePath, file] = process.argv.slice(2);
const repeats = 5;
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
const said = [];
const paints = [];
const usables = [];
const busy = [];
let scrolled = 0;
let heap = 0;
for (let i = 0; i < repeats; i++) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: "reduce" });
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(error.message));
  const tools = await page.context().newCDPSession(page);
  await tools.send("Performance.enable", { timeDomain: "threadTicks" });
  const measure = async (name) => (await tools.send("Performance.getMetrics")).metrics.find((metric) => metric.name === name).value;
  await page.goto(pathToFileURL(file).href, { waitUntil: "load" });
  const times = await page.evaluate(async () => ({
    paint: await new Promise((done) => {
      new PerformanceObserver((list) => {
        const found = list.getEntriesByName("first-contentful-paint")[0];
        if (found) done(found.startTime);
      }).observe({ type: "paint", buffered: true });
    }),
    usable: performance.getEntriesByName("perebor-usable")[0].startTime,
  }));
  paints.push(times.paint);
  usables.push(times.usable);
  busy.push(await measure("TaskDuration"));
  if (i === 0) {
    for (const figure of await page.locator("figure").all()) await figure.scrollIntoViewIfNeeded();
    await page.locator("#search-parallel canvas").first().waitFor();
    scrolled = (await measure("TaskDuration")) - busy[0];
    heap = (await measure("JSHeapUsedSize")) / 1e6;
  }
  await page.close();
}
await browser.close();
console.log(
  `${(statSync(file).size / 1e6).toFixed(2)} MB; first paint ${Math.round(median(paints))} ms, usable ${Math.round(median(usables))} ms, ` +
    `${median(busy).toFixed(2)} s of a processor; all charts drawn with ${scrolled.toFixed(2)} s more, heap ${Math.round(heap)} MB; ` +
    `${said.length} messages on the console${said.length > 0 ? `: ${said[0]}` : ""}`,
);
