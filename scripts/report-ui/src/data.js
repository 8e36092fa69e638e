// The story in the page, and its columns as arrays.
const none16 = 65535;

/** The bytes of an element of base64. */
function bytesOf(id) {
  const text = atob(document.getElementById(id).textContent);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

function spreadPresent(bytes, n) {
  const nMask = (n + 7) >> 3;
  const view = new DataView(bytes.buffer, nMask);
  const values = new Float64Array(n).fill(NaN);
  let at = 0;
  for (let row = 0; row < n; row++) {
    if (bytes[row >> 3] & (0x80 >> (row & 7))) {
      values[row] = view.getFloat32(at, true);
      at += 4;
    }
  }
  return values;
}

/** Packed values (src/render/packed_columns.h) as an array; null or NaN where there is none. */
function unpack(packed, n) {
  if (Array.isArray(packed)) return packed;
  if (packed.as === "sequence") {
    const [first, step] = packed.of;
    return Float64Array.from({ length: n }, (_, i) => first + i * step);
  }
  const bytes = bytesOf(packed.in);
  switch (packed.as) {
    case "codes":
      return Array.from(bytes, (code) => (code === 255 ? null : packed.of[code]));
    case "codes16":
      return Array.from(new Uint16Array(bytes.buffer), (code) => (code === none16 ? null : packed.of[code]));
    case "float32":
      return Float64Array.from(new Float32Array(bytes.buffer));
    case "float64":
      return new Float64Array(bytes.buffer);
    case "present32":
      return spreadPresent(bytes, n);
    default:
      throw new Error(`unknown packing ${packed.as}`);
  }
}

/** One column of a figure. Numbers that are not there are NaN, texts null. */
class Column {
  constructor(described, n) {
    Object.assign(this, described);
    this.n = n;
    this.isNumber = this.kind === "whole" || this.kind === "real";
    this.packed = described.values;
    this.unpacked = null;
    delete this.values;
  }

  get all() {
    if (this.unpacked === null) {
      const values = unpack(this.packed, this.n);
      this.isNarrow = this.packed.as === "float32" || this.packed.as === "present32";
      this.unpacked = this.isNumber ? Float64Array.from(values, (value) => (value === null ? NaN : value)) : values;
    }
    return this.unpacked;
  }
}

/** A figure with its columns, or those of the figure that it is a view of. */
class Figure {
  constructor(described, byId) {
    Object.assign(this, described);
    const source = described.options.of ? byId.get(described.options.of) : described;
    this.isView = source !== described;
    this.rows = source.n_rows;
    if (this.isView) {
      this.source = source.figure ?? (source.figure = new Figure(source, byId));
      this.columns = this.source.columns;
    } else {
      this.columns = described.columns.map((column) => new Column(column, described.n_rows));
    }
  }

  column(name) {
    return this.columns.find((column) => column.name === name);
  }

  role(role) {
    return this.columns.find((column) => column.role === role);
  }

  roles(role) {
    return this.columns.filter((column) => column.role === role);
  }
}

export function readStory() {
  const story = JSON.parse(document.getElementById("story").textContent);
  const byId = new Map();
  for (const section of story.sections) for (const figure of section.figures) byId.set(figure.id, figure);
  for (const section of story.sections) {
    section.figures = section.figures.map((figure) => figure.figure ?? (figure.figure = new Figure(figure, byId)));
  }
  return story;
}
