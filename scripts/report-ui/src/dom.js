// Elements, made of names, attributes and children. Text is text: nothing is parsed as HTML.
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** A text as children of an element that may be broken behind underscores, as long names of columns need. */
export function breakable(text) {
  return text.split(/(?<=_)(?=[^_])/).flatMap((part, i) => (i === 0 ? [part] : [el("wbr"), part]));
}

const space = "http://www.w3.org/2000/svg";

export function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS(space, name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** Hands a file to whoever reads the page. */
export function download(name, blob) {
  const link = el("a", { href: URL.createObjectURL(blob), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

const live = () => document.getElementById("live");

/** Says something to whoever listens instead of looking. */
export function announce(text) {
  const region = live();
  if (region !== null) region.textContent = text;
}
