// What the page itself says; what the story says comes in both languages from the story.
const words = {
  en: {
    contents: "Contents", findings: "Findings", table: "Table", rows: ["row", "rows"], more: "Show more",
    csv: "Download CSV", picture: "Download picture", filter: "Filter", none: "Nothing matches",
    ignored: "The experiment ignores", commands: "Commands", copy: "Copy", copied: "Copied",
    absent: "The result file does not have this.",
    stale: "What the result file has of this was made before the search or the model changed; it is left out.",
    add: "This would add it:", dark: "Dark", light: "Light", theme: "Theme", print: "Print",
    other: "Русский", serious: "serious", warning: "warning", note: "note", section: "see",
    model: "Model", allModels: "all models", byFields: "Select by fields", from: "from", to: "to",
    any: "any", clear: "Clear selection", selected: "selected", of: "of", thinned: "drawn: the best and an even choice of the rest",
    column: "Column", find: "Find an identifier", notFound: "not among these rows", baseline: "baseline",
    score: "score", threshold: "Threshold", falseAlarm: "A false alarm costs", missed: "A missed one costs",
    cost: "Cost", cheapest: "Cheapest threshold", precision: "Precision", recall: "Recall", acted: "Acted on",
    keyboard: "Arrow keys go from point to point", unit: "rows", share: "share of time", mean: "mean", what: "What it means", skip: "To the report",
    emptyColumns: (n) => `${n === 1 ? "1 column is" : `${n} columns are`} empty here and not shown`,
    moreFindings: (n) => (n === 1 ? "1 more finding" : `${n} more findings`),
    reportBy: "Report of perebor", same: "What does this mean?", sorted: "sort by",
  },
  ru: {
    contents: "Содержание", findings: "Находки", table: "Таблица", rows: ["строка", "строки", "строк"], more: "Показать ещё",
    csv: "Скачать CSV", picture: "Скачать рисунок", filter: "Отбор", none: "Ничего не подошло",
    ignored: "Эксперимент просит не сообщать", commands: "Команды", copy: "Копировать", copied: "Скопировано",
    absent: "В файле результата этого нет.",
    stale: "То, что есть в файле, сделано до того, как изменился поиск или модель; здесь опущено.",
    add: "Это добавит:", dark: "Тёмная", light: "Светлая", theme: "Тема", print: "Печать",
    other: "English", serious: "важно", warning: "внимание", note: "заметка", section: "см.",
    model: "Модель", allModels: "все модели", byFields: "Выбрать полями", from: "от", to: "до",
    any: "любое", clear: "Снять выбор", selected: "выбрано", of: "из", thinned: "нарисованы лучшие и равномерная часть остальных",
    column: "Столбец", find: "Найти идентификатор", notFound: "нет среди этих строк", baseline: "основа",
    score: "оценка", threshold: "Порог", falseAlarm: "Ложная тревога стоит", missed: "Пропуск стоит",
    cost: "Стоимость", cheapest: "Дешевле всего порог", precision: "Точность", recall: "Полнота", acted: "Затронуто",
    keyboard: "Стрелки ведут от точки к точке", unit: "строк", share: "доля времени", mean: "среднее", what: "Что это значит", skip: "К отчёту",
    emptyColumns: (n) => `столбцов, пустых в этих строках и не показанных: ${n}`,
    moreFindings: (n) => `Ещё находок: ${n}`,
    reportBy: "Отчёт perebor", same: "Что это значит?", sorted: "упорядочить:",
  },
};

let language = "en";

export function setLanguage(name) {
  language = name === "ru" ? "ru" : "en";
  document.documentElement.lang = language;
}

export const getLanguage = () => language;

export const word = (name) => words[language][name];

/** A text of the story: the same in all languages, or [English, Russian]. */
export const say = (text) => {
  const said = Array.isArray(text) ? text[language === "ru" ? 1 : 0] : text ?? "";
  return said.replaceAll(" %", "\u00a0%").replaceAll("ROC AUC", "ROC\u00a0AUC"); // what belongs together stays so
};

/** The form of "rows" that goes with a number. */
export function rowsWord(n) {
  const forms = words[language].rows;
  if (language === "en") return forms[n === 1 ? 0 : 1];
  const tens = Math.floor(n / 10) % 10;
  if (tens === 1 || n % 10 === 0 || n % 10 >= 5) return forms[2];
  return forms[n % 10 === 1 ? 0 : 1];
}

const formats = new Map();

const orders = new Map();

/** Orders names as people count: 9 before 12. */
export function byName(a, b) {
  if (!orders.has(language)) orders.set(language, new Intl.Collator(language, { numeric: true }));
  return orders.get(language).compare(a, b);
}

/** A number as the language writes it; places of -1: four digits in all. */
export function number(value, places = -1) {
  if (value === null || Number.isNaN(value)) return "–";
  const key = `${language} ${places}`;
  if (!formats.has(key)) {
    formats.set(
      key,
      new Intl.NumberFormat(
        language,
        places < 0 ? { maximumSignificantDigits: 4 } : { minimumFractionDigits: places, maximumFractionDigits: places },
      ),
    );
  }
  if (places < 0 && value !== 0 && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e9)) {
    const text = value.toExponential(2);
    return language === "ru" ? text.replace(".", ",") : text;
  }
  return formats.get(key).format(value);
}

/** A cell of a column as people read it. */
export function cellText(column, row) {
  const value = column.all[row];
  if (column.isNumber) return number(value, column.kind === "whole" ? 0 : column.places);
  return visible(say(value));
}

/** What cannot be seen, or turns text around, as \u…: names come from anywhere. */
export const visible = (text) =>
  String(text).replace(
    /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
