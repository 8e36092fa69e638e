// SPDX-License-Identifier: MIT
// usage: node onnx_run.cjs FOLDER
// Runs FOLDER/m*.onnx on FOLDER/rows.json with onnxruntime-node and writes FOLDER/onnx_scores.json. Exit code 77 where it
// is not installed.
const fs = require("fs");
let ort;
try {
  ort = require("onnxruntime-node");
} catch {
  console.log("onnxruntime-node is not installed");
  process.exit(77);
}

const folder = process.argv[2];
const read = (name) => JSON.parse(fs.readFileSync(`${folder}/${name}`, "utf8"));

async function main() {
  const rows = read("rows.json");
  const scores = {};
  for (const name of Object.keys(read("expected.json"))) {
    const columns = read(`${name}.json`).schema.columns;
    const session = await ort.InferenceSession.create(`${folder}/${name}.onnx`, { logSeverityLevel: 3 });
    const feeds = {};
    for (const input of session.inputNames) {
      const place = columns.findIndex((column) => column.name === input);
      const values = rows.map((row) => row[place]);
      const text = columns[place].role === "nominal";
      feeds[input] = text
        ? new ort.Tensor("string", values.map((value) => value ?? ""), [rows.length, 1])
        : new ort.Tensor("float64", Float64Array.from(values, (value) => value ?? NaN), [rows.length, 1]);
    }
    const outputs = await session.run(feeds);
    scores[name] = {};
    for (const output of session.outputNames) {
      scores[name][output] = Array.from(outputs[output].data);
    }
  }
  fs.writeFileSync(`${folder}/onnx_scores.json`, JSON.stringify(scores));
}

main().catch((failure) => {
  console.error(failure);
  process.exit(1);
});
