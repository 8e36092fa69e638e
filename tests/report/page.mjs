// usage: page.mjs CHROMIUM REPORT.html RUSSIAN.html COMPARED.html
// Uses a report as people do: reads, brushes, sorts, filters, changes theme and language, downloads, by
// mouse and by keyboard, on a desk, a tablet and a phone, and on paper; asks axe-core for its rules; and
// holds the page to its budgets of time. Any message on the console fails.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [executablePath, report, russian, compared] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const profile = mkdtempSync(join(tmpdir(), "perebor-browser-"));
const context = await chromium.launchPersistentContext(profile, {
  executablePath,
  headless: true,
  viewport: { width: 1440, height: 900 },
  reducedMotion: "reduce",
  acceptDownloads: true,
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
  ],
});
const complaints = [];
const asked = [];
context.setDefaultTimeout(0); // ctest ends what hangs, on busy machines too
const page = context.pages()[0] ?? (await context.newPage());
page.on("console", (message) => complaints.push(`console: ${message.text()}`));
page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
page.on("request", (request) => asked.push(request.url()));

const step = async (name, work) => {
  const begin = Date.now();
  await work();
  console.log(`${name}: ${Date.now() - begin} ms`);
};
const open = (file, target = page) => target.goto(`file://${file}`, { waitUntil: "load" });
const rows = (figure) => page.locator(`#${figure} tbody tr`);
const see = (selector) => page.locator(selector).scrollIntoViewIfNeeded();
const drawn = (figure) => page.locator(`#${figure} .chart canvas, #${figure} .chart svg`).first().waitFor();

/** Rules of accessibility, of the page as it is: evaluated, as the page's own policy lets no script in. */
async function checkRules(what) {
  const found = await page.evaluate(
    async ([source]) => {
      if (window.axe === undefined) (0, eval)(source);
      return (await window.axe.run(document, { resultTypes: ["violations"] })).violations.map(
        (one) => `${one.id}: ${one.nodes.length} × ${one.nodes[0].html.slice(0, 160)} ${one.nodes[0].failureSummary ?? ""}`,
      );
    },
    [axe],
  );
  assert.deepEqual(found, [], `${what}: rules of accessibility`);
}

try {
  await step("opens", async () => {
    const tools = await context.newCDPSession(page);
    await tools.send("Performance.enable", { timeDomain: "threadTicks" });
    await open(report);
    const times = await page.evaluate(() => ({
      paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN,
      usable: performance.getEntriesByName("perebor-usable")[0].startTime,
    }));
    const { metrics } = await tools.send("Performance.getMetrics");
    const busy = metrics.find((metric) => metric.name === "TaskDuration").value;
    console.log(`  first paint ${Math.round(times.paint)} ms, usable ${Math.round(times.usable)} ms, ${busy.toFixed(2)} s of a processor`);
    // A busy machine is no slow page: processor time is what counts.
    assert.ok(busy < 3, `${busy} s of a processor until the page can be used`);
  });

  await step("names cannot act", async () => {
    assert.equal(await page.locator("body i, body b").count(), 0);
    assert.match(await page.title(), /churn <\/title><i>/);
    await see("#features");
    const names = await page.locator("#features-distribution select option").allTextContents();
    assert.ok(names.includes("plan"));
    await page.locator("#features-distribution select").selectOption("plan");
    await page.locator("#features-distribution summary").click();
    await page.locator("#features-distribution .filter").fill("</script><b>family");
    assert.ok((await rows("features-distribution").count()) >= 1);
  });

  await step("verdict and findings stand first", async () => {
    assert.match(await page.locator("h1").textContent(), /ROC\sAUC 0\.\d+/);
    assert.ok((await page.locator("#verdict .finding").count()) >= 1);
    await page.locator("#verdict .finding summary").first().click();
    assert.ok((await page.locator("#verdict .meaning p").first().textContent()).length > 40);
    await drawn("verdict-folds");
  });

  await step("brush", async () => {
    await see("#search-parallel");
    await drawn("search-parallel");
    await see("#trials");
    const all = await page.locator("#trials .count").textContent();
    await see("#search-parallel .chart");
    const box = await page.locator("#search-parallel .chart").boundingBox();
    // The last axis is the score: its upper part.
    const x = box.x + box.width - 70;
    await page.mouse.move(x, box.y + 45);
    await page.mouse.down();
    for (let i = 1; i <= 8; i++) await page.mouse.move(x, box.y + 45 + 6 * i);
    await page.mouse.up();
    await page.waitForFunction((before) => document.querySelector("#trials .count").textContent !== before, all);
    const some = await page.locator("#trials .count").textContent();
    assert.match(some, / of /);
    await page.locator("#search-parallel .clear").click();
    assert.equal(await page.locator("#trials .count").textContent(), all);
  });

  await step("the same by keyboard", async () => {
    await page.locator("#search-parallel .models").selectOption("tree");
    await drawn("search-parallel");
    await page.locator("#search-parallel .by-fields summary").press("Enter");
    const depth = page.locator('#search-parallel [data-axis="tree__max_depth"] input').first();
    await depth.fill("6");
    await depth.press("Tab");
    const cells = await rows("trials").locator("td").allTextContents();
    const heads = await page.locator("#trials th").allTextContents();
    const at = heads.findIndex((head) => head.startsWith("tree__max_depth"));
    const depths = cells.filter((_, i) => i % heads.length === at).map(Number);
    assert.ok(depths.length > 0 && depths.every((value) => value >= 6), `depths ${depths}`);
    await page.locator("#search-parallel .clear").click();
    await page.locator("#search-parallel .models").selectOption("");
  });

  await step("sort", async () => {
    const first = async (column) => (await rows("trials").first().locator("td").nth(column).textContent()).trim();
    const head = page.locator("#trials th button").nth(1);
    assert.equal(await page.locator("#trials th").nth(1).getAttribute("aria-sort"), "descending");
    const best = await first(1);
    await head.click();
    assert.equal(await page.locator("#trials th").nth(1).getAttribute("aria-sort"), "ascending");
    assert.ok(Number(await first(1)) < Number(best));
    await head.press("Enter");
    assert.equal(await first(1), best);
  });

  await step("filter", async () => {
    await page.locator("#trials .filter").fill("minmax");
    const shown = await rows("trials").allTextContents();
    assert.ok(shown.length > 0 && shown.every((text) => text.includes("minmax")));
    await page.locator("#trials .filter").fill("no such thing");
    assert.match(await rows("trials").first().textContent(), /Nothing matches/);
    await page.locator("#trials .filter").fill("");
  });

  await step("download", async () => {
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#trials .csv").click()]);
    assert.equal(download.suggestedFilename(), "trials.csv");
    const text = readFileSync(await download.path(), "utf8");
    const lines = text.split("\r\n");
    assert.equal(lines.length, 62); // a head, 60 trials, and nothing behind the last end
    assert.match(lines[0], /^\ufefftrial,score,/);
  });

  await step("threshold and costs", async () => {
    await see("#model-threshold");
    const cost = () => page.locator("#model-threshold dd").last().textContent();
    const before = await cost();
    await page.locator("#model-threshold .slider").press("ArrowRight");
    await page.locator("#model-threshold .cost").first().fill("100");
    assert.notEqual(await cost(), before);
    await page.locator("#model-threshold button.quiet").first().click();
  });

  await step("one row", async () => {
    await see("#explanation-row");
    await drawn("explanation-row");
    const told = page.locator("#explanation-row .chart-tools .count");
    await page.locator("#explanation-row .find").fill("1003");
    assert.match(await told.textContent(), /probability \d/);
    await page.locator("#explanation-row .find").fill("nobody");
    assert.match(await told.textContent(), /not among/);
  });

  await step("offers", async () => {
    for (const figure of ["explanation-steps", "campaign-difference", "offers-plan"]) {
      await see(`#${figure}`);
      await drawn(figure);
    }
    const all = await rows("offers-table").count();
    assert.ok(all > 1);
    await page.locator("#offers-table .filter").fill("what is new");
    const shown = await rows("offers-table").allTextContents();
    assert.ok(shown.length > 0 && shown.length < all && shown.every((text) => text.includes("what is new")));
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#offers-table .csv").click()]);
    const lines = readFileSync(await download.path(), "utf8").split("\r\n");
    assert.equal(lines.length, shown.length + 2);
    assert.match(lines[0], /^\ufeffsegment,offer,channel,sent,/);
    await page.locator("#offers-table .filter").fill("");
  });

  await step("points by keyboard", async () => {
    await see("#model-roc .chart");
    await drawn("model-roc");
    await page.locator("#model-roc .chart").focus();
    await page.keyboard.press("End");
    await page.keyboard.press("ArrowLeft");
    assert.match(await page.locator("#live").textContent(), /recall/);
  });

  await step("learning curve", async () => {
    await see("#search-curve .chart");
    await drawn("search-curve");
    assert.match(await page.locator("#search-curve h3").textContent(), /Behind its first|scores best with/);
    await page.locator("#search-curve .chart").focus();
    await page.keyboard.press("End");
    assert.match(await page.locator("#live").textContent(), /n_estimators (12|25),/);
  });

  await step("columns that are empty are not shown", async () => {
    const hidden = () => page.locator("#trials th[hidden]").allTextContents();
    await page.locator("#trials .filter").fill("tree");
    const settings = (await hidden()).map((head) => head.replace(/ .*/, ""));
    assert.deepEqual(settings.sort(), ["forest__max_depth", "forest__min_samples_leaf", "forest__n_estimators", "logreg__C"]);
    assert.match(await page.locator("#trials .left-out").textContent(), /4 columns are empty/);
    assert.equal(await page.locator("#trials tbody tr").first().locator("td[hidden]").count(), 4);
    await page.locator("#trials .filter").fill("");
    assert.ok((await hidden()).length < 4);
  });

  await step("every chart is drawn and has its table", async () => {
    for (const figure of await page.locator("figure").all()) {
      await figure.scrollIntoViewIfNeeded();
      const id = await figure.getAttribute("id");
      if ((await figure.locator(".chart").count()) === 0) continue;
      await figure.locator(".chart > *").first().waitFor();
      assert.ok((await figure.locator("h3").textContent()).length > 8, id);
      if ((await figure.locator(".chart").getAttribute("role")) === "img") {
        assert.ok((await figure.locator(".chart").getAttribute("aria-label")).length > 8, id);
      }
      const view = ["search-history", "search-parallel", "search-slice"].includes(id);
      assert.equal(await figure.locator("details.twin").count(), view ? 0 : 1, id);
    }
  });

  await step("rules, light", () => checkRules("light"));
  await step("theme", async () => {
    const colour = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await colour();
    await page.locator("#theme").click();
    assert.notEqual(await colour(), light);
    assert.equal(await page.locator("#theme").getAttribute("aria-pressed"), "true");
  });
  await step("rules, dark", () => checkRules("dark"));
  await page.locator("#theme").click();

  await step("language", async () => {
    await page.locator("#language").press("Enter");
    assert.equal(await page.evaluate(() => document.documentElement.lang), "ru");
    assert.match(await page.locator("h1").textContent(), /Лучше всех.*0,\d+/);
    assert.equal(await page.evaluate(() => document.activeElement.id), "language");
    await page.locator("#language").click();
    await open(russian);
    assert.match(await page.locator("h1").textContent(), /Лучше всех/);
  });

  for (const [width, height] of [[1024, 768], [390, 844]]) {
    await step(`fits ${width}`, async () => {
      await page.setViewportSize({ width, height });
      await open(report);
      for (const section of await page.locator("section").all()) await section.scrollIntoViewIfNeeded();
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(over <= 0, `${over} pixels too wide at ${width}`);
    });
  }
  await step("rules, phone", () => checkRules("phone"));

  for (const width of [390, 1440]) {
    await step(`comparison at ${width}`, async () => {
      await page.setViewportSize({ width, height: 900 });
      await open(compared);
      await page.locator("#compared-files summary").click();
      assert.match((await rows("compared-files").allTextContents()).join(), /A: out\.h5.*B: other\.h5/s);
      for (const figure of await page.locator("figure").all()) await figure.scrollIntoViewIfNeeded();
      await drawn("compared-edf");
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(over <= 0, `${over} pixels too wide at ${width}`);
      await checkRules(`comparison at ${width}`);
    });
  }

  await step("paper", async () => {
    await page.setViewportSize({ width: 1024, height: 768 });
    await open(report);
    const pdf = await page.pdf({ format: "A4", printBackground: true });
    const pages = pdf.toString("latin1").match(/\/Type\s*\/Page[^s]/g).length;
    assert.ok(pages >= 3 && pages <= 40, `${pages} pages`);
    // On paper nothing is a bitmap.
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    assert.equal(await page.locator(".chart canvas").count(), 0);
    assert.ok((await page.locator(".chart svg").count()) > 10);
    await page.emulateMedia({ media: "print" });
    const wide = await page.evaluate(() => {
      const right = document.body.getBoundingClientRect().right + 2;
      return [...document.querySelectorAll("table, svg")].filter((one) => one.getBoundingClientRect().right > right).map((one) => one.closest("figure").id);
    });
    assert.deepEqual(wide, [], "wider than paper: the browser would shrink every page");
    await page.emulateMedia({ media: null });
    await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  });

  assert.deepEqual(complaints, []);
  assert.deepEqual(asked.filter((url) => !/^(file|data|blob):/.test(url)), [], "nothing is loaded");
  console.log("all is well");
} finally {
  await context.close();
  rmSync(profile, { recursive: true, force: true });
}
