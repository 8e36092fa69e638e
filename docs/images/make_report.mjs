// Makes docs/images/report.png, the first screen of a report on the bundled shop, and report-search.png:
//
//   npm ci --ignore-scripts --prefix tests/report
//   node docs/images/make_report.mjs REPORT.html [CHROMIUM]
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const { chromium } = await import(pathToFileURL(join(here, "../../tests/report/node_modules/playwright-core/index.mjs")));
const [report, executablePath = "/usr/bin/chromium"] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
const page = await browser.newPage({ viewport: { width: 1280, height: 860 }, reducedMotion: "reduce" });
await page.goto(pathToFileURL(report).href);
await page.locator("#verdict-folds svg").waitFor();
await page.screenshot({ path: join(here, "report.png") });
await page.locator("#search-parallel").scrollIntoViewIfNeeded();
await page.locator("#search-parallel canvas").waitFor();
await page.evaluate(() => document.getElementById("search-history").scrollIntoView({ behavior: "instant" }));
await page.locator("#search-history canvas").waitFor();
await page.screenshot({ path: join(here, "report-search.png") });
await browser.close();
