// Makes the pictures of reports: report.png, the first screen of one on the bundled shop, report-search.png,
// and simulation.png, what its search would take on other numbers of ranks, as if it had 100 000 trials.
//
//   npm ci --ignore-scripts --prefix tests/report
//   node docs/images/make_report.mjs build/release/perebor [CHROMIUM]
//
// Make them with a release build on an idle machine: simulation.png shows times. The digest of the search that they
// show is in each (a text chunk, perebor-digest); tests/cli/documents fails when the sample has another by now.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { crc32 } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const { chromium } = await import(pathToFileURL(join(here, "../../tests/report/node_modules/playwright-core/index.mjs")));
const [program, executablePath = "/usr/bin/chromium"] = process.argv.slice(2);
const work = mkdtempSync(join(tmpdir(), "perebor-pictures-"));
symlinkSync(join(here, "../../experiments"), join(work, "experiments"));
const perebor = (...words) => execFileSync(resolve(program), words, { cwd: work, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });

/** A chunk of a PNG file: length, kind, content, checksum. */
function chunk(kind, content) {
  const body = Buffer.concat([Buffer.from(kind, "latin1"), Buffer.from(content, "latin1")]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(body.length - 4, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

/** Says in a picture what it was made of: behind the header, which is 33 bytes. */
function sign(file, digest) {
  const picture = readFileSync(file);
  writeFileSync(file, Buffer.concat([picture.subarray(0, 33), chunk("tEXt", `perebor-digest\0${digest}`), picture.subarray(33)]));
}

try {
  perebor("run", "experiments/one_click/experiment.yaml", "-o", "shop.h5", "--report");
  perebor("simulate", "shop.h5", "--trials", "100000", "--ranks", "1:16384", "--keep");
  perebor("report", "shop.h5", "-o", "shop.html", "--overwrite");
  const digest = perebor("digest", "shop.h5").trim();
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  const page = await browser.newPage({ viewport: { width: 1280, height: 860 }, reducedMotion: "reduce" });
  await page.goto(pathToFileURL(join(work, "shop.html")).href);
  await page.locator("#verdict-folds svg").waitFor();
  await page.screenshot({ path: join(here, "report.png") });
  await page.locator("#search-parallel").scrollIntoViewIfNeeded();
  await page.locator("#search-parallel canvas").waitFor();
  await page.evaluate(() => document.getElementById("search-history").scrollIntoView({ behavior: "instant" }));
  await page.locator("#search-history canvas").waitFor();
  await page.screenshot({ path: join(here, "report-search.png") });
  for (const figure of ["search-simulation", "search-saturation"]) {
    await page.locator(`#${figure}`).scrollIntoViewIfNeeded();
    await page.locator(`#${figure} canvas`).waitFor();
  }
  await page.locator(".halves:has(#search-simulation)").screenshot({ path: join(here, "simulation.png") });
  await browser.close();
  for (const name of ["report", "report-search", "simulation"]) sign(join(here, `${name}.png`), digest);
} finally {
  rmSync(work, { recursive: true, force: true });
}
