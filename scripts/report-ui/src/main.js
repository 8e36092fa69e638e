// The page: reads the story and lays it out; draws charts when they come near the window.
import { readStory } from "./data.js";
import { breakable, el } from "./dom.js";
import { FigureView } from "./figure.js";
import { getLanguage, say, setLanguage, visible, word } from "./words.js";

const story = readStory();
let views = [];
let observer = null;
let theme = "auto";

function copyButton(line) {
  if (navigator.clipboard === undefined) return null;
  const button = el("button", { type: "button", class: "quiet copy" }, word("copy"));
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(line);
      button.textContent = word("copied");
    } catch {
      getSelection().selectAllChildren(button.previousElementSibling);
    }
  });
  return button;
}

function commandList(commands) {
  return el(
    "ul",
    { class: "commands" },
    commands.map((command) => el("li", {}, el("code", {}, visible(command.line)), copyButton(command.line), el("span", { class: "what" }, visible(say(command.what))))),
  );
}

/** A finding is a row that opens: what it means, what helps, and where more of it stands. */
function findingItem(finding) {
  const section = story.sections.find((other) => other.id === finding.section);
  return el(
    "li",
    { class: `finding is-${finding.severity}` },
    el(
      "details",
      {},
      el(
        "summary",
        { title: word("what") },
        el("span", { class: "severity" }, word(finding.severity)),
        el("span", { class: "sentence" }, breakable(visible(say(finding.sentence)))),
        el("span", { class: "code" }, finding.code),
      ),
      el(
        "div",
        { class: "meaning" },
        el("p", {}, say(finding.meaning)),
        finding.remedy ? el("p", {}, el("code", {}, visible(finding.remedy))) : null,
        section ? el("p", {}, el("a", { href: `#${finding.section}` }, say(section.title))) : null,
      ),
    ),
  );
}

function findings() {
  const first = story.findings.slice(0, 3);
  const rest = story.findings.slice(3);
  return [
    story.findings.length === 0 ? null : el("h2", { class: "small" }, word("findings")),
    el("ul", { class: "findings" }, first.map(findingItem)),
    rest.length === 0 ? null : el("details", { class: "rest" }, el("summary", {}, word("moreFindings")(rest.length)), el("ul", { class: "findings" }, rest.map(findingItem))),
    story.ignored === "" ? null : el("p", { class: "note" }, `${word("ignored")}: ${story.ignored}`),
  ];
}

/** Figures of half the width stand side by side. */
function inHalves(own) {
  const elements = [];
  let halves = null;
  for (const view of own) {
    if (view.figure.options.width !== "half") {
      halves = null;
      elements.push(view.element);
      continue;
    }
    if (halves === null) {
      halves = el("div", { class: "halves" });
      elements.push(halves);
    }
    halves.append(view.element);
  }
  return elements;
}

function sectionElement(section) {
  const isFirst = section.id === "verdict";
  const own = section.figures.map((figure) => {
    const view = new FigureView(figure, story);
    views.push(view);
    return view;
  });
  const parallel = own.find((view) => view.parallel);
  const trials = own.find((view) => view.figure.id === "trials");
  if (parallel && trials) parallel.onSelect = (rows) => trials.table.restrict(rows);
  return el(
    "section",
    { id: section.id, class: section.state, "aria-labelledby": `${section.id}-title` },
    isFirst
      ? [el("p", { class: "kicker" }, visible(story.title)), el("h1", { id: "verdict-title" }, visible(say(story.verdict)))]
      : el("h2", { id: `${section.id}-title` }, say(section.title)),
    section.paragraphs.map((text) => el("p", {}, breakable(visible(say(text))))),
    isFirst ? findings() : null,
    section.state === "present" ? null : el("p", { class: "missing" }, word(section.state)),
    section.state === "present" || section.commands.length === 0 ? null : [el("p", {}, word("add")), commandList(section.commands)],
    inHalves(own),
    section.state === "present" && section.commands.length > 0
      ? el("details", { class: "commands-of" }, el("summary", {}, word("commands")), commandList(section.commands))
      : null,
  );
}

function contents() {
  const list = () => el("ol", {}, story.sections.map((section) => el("li", { class: section.state }, el("a", { href: `#${section.id}` }, say(section.title)))));
  return [
    el("nav", { class: "contents side", "aria-label": word("contents") }, list()),
    el("details", { class: "contents top" }, el("summary", {}, word("contents")), el("nav", { "aria-label": `${word("contents")} ` }, list())),
  ];
}

function applyTheme() {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

const isDark = () => (theme === "auto" ? matchMedia("(prefers-color-scheme: dark)").matches : theme === "dark");

function header() {
  const themeButton = el("button", { type: "button", id: "theme", class: "quiet", "aria-pressed": String(isDark()) }, word("dark"));
  themeButton.addEventListener("click", () => {
    theme = isDark() ? "light" : "dark";
    applyTheme();
    themeButton.setAttribute("aria-pressed", String(isDark()));
    redraw();
  });
  const other = getLanguage() === "en" ? "ru" : "en";
  return el(
    "header",
    { class: "head" },
    el("span", { class: "brand" }, word("reportBy")),
    el(
      "span",
      { class: "actions" },
      el(
        "button",
        {
          type: "button",
          id: "language",
          class: "quiet",
          lang: other,
          onclick: () => {
            setLanguage(other);
            layOut();
            document.getElementById("language").focus();
          },
        },
        word("other"),
      ),
      themeButton,
      el("button", { type: "button", class: "quiet", id: "print", onclick: () => print() }, word("print")),
    ),
  );
}

function layOut() {
  const top = scrollY;
  observer?.disconnect();
  for (const view of views) view.dispose();
  views = [];
  const page = document.getElementById("page");
  const main = el("main", { id: "report", tabindex: "-1" }, story.sections.map(sectionElement));
  page.replaceChildren(
    el("a", { class: "skip", href: "#report" }, word("skip")),
    header(),
    el("div", { class: "body" }, contents(), main),
    el("div", { id: "live", "aria-live": "polite", class: "hidden" }),
  );
  // What is near the window is drawn, the rest when it comes.
  observer = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        const view = views.find((candidate) => candidate.element === entry.target);
        observer.unobserve(entry.target);
        if (view.drawn === null) view.draw();
      }
    },
    { rootMargin: "400px" },
  );
  for (const view of views) observer.observe(view.element);
  scrollTo(0, top);
}

/** Draws again what is drawn. */
function redraw(renderer = "canvas", all = false) {
  for (const view of views) if (all || view.drawn !== null) view.draw(renderer);
}

// On paper charts are SVG: lines, not dots, at any size. Everything is drawn, seen or not yet, in
// light colours, at the width of the paper.
let before = null;
function toPaper() {
  if (before !== null) return;
  before = theme;
  theme = "light";
  applyTheme();
  document.documentElement.classList.add("paper");
  redraw("svg", true);
}

function fromPaper() {
  if (before === null) return;
  theme = before;
  before = null;
  document.documentElement.classList.remove("paper");
  applyTheme();
  redraw("canvas");
}

addEventListener("beforeprint", toPaper);
addEventListener("afterprint", fromPaper);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => theme === "auto" && redraw());

let resized = 0;
let width = innerWidth;
addEventListener("resize", () => {
  if (innerWidth === width || before !== null) return;
  width = innerWidth;
  clearTimeout(resized);
  resized = setTimeout(() => redraw(), 150);
});

setLanguage(document.documentElement.lang);
document.title = `${visible(story.title)} · perebor`;
layOut();
performance.mark("perebor-usable");
