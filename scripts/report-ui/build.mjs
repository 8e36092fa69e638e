// Builds the page of `perebor report`: one file with its styles and script inside, and a policy that
// lets nothing else in. The same sources and lock give the same bytes on any machine.
//
//   npm ci --ignore-scripts && node build.mjs [OUTPUT]
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const output = process.argv[2] ?? join(here, "../../src/render/page.html");

async function bundle(entry, loader) {
  const result = await build({
    absWorkingDir: here,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: ["es2020"],
    charset: "ascii", // whatever the page's encoding is taken for, the script is the same
    legalComments: "none", // they stand in the page's head: src/page.html
    loader,
    logLevel: "warning",
  });
  return result.outputFiles[0].text.trim();
}

const digest = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

const script = (await bundle("src/main.js")).replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
const style = await bundle("src/page.css");
// Nothing is loaded from anywhere: the one script and the one style by their digests, pictures that
// charts make of themselves as data. ECharts sets style attributes when it draws SVG.
const policy = [
  "default-src 'none'",
  `script-src ${digest(script)}`,
  `style-src-elem ${digest(style)}`,
  "style-src-attr 'unsafe-inline'",
  "img-src data: blob:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

const page = readFileSync(join(here, "src/page.html"), "utf8")
  .replace("{{policy}}", () => policy)
  .replace("{{style}}", () => style)
  .replace("{{script}}", () => script);
writeFileSync(output, page);
console.log(`${output}: ${Buffer.byteLength(page)} bytes`);
