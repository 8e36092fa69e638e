// SPDX-License-Identifier: MIT
#include "story/detail_words.h"

#include <stdlib.h>
#include <string.h>

#include "story/phrase.h"

enum { most_gaps = 8 };

/**
 * The forms of details by kind: each {name} is the shortest text up to what follows it, {-} one
 * that is not told (a verb in singular or plural). Tried in this order.
 */
static const struct {
    const char *kind;
    story_text words;
} forms[] = {
    // Steps.
    {"normalize",
     {{"{table}: {form} trim{rest}", "{table}: {form}, пробелы по краям убраны{rest}"}}},
    {"normalize", {{"{table}: trim{rest}", "{table}: пробелы по краям убраны{rest}"}}},
    {"replace", {{"{cell}: \"{from}\" -> gap{rest}", "{cell}: «{from}» → пропуск{rest}"}}},
    {"replace", {{"{cell}: \"{from}\" -> \"{to}\"{rest}", "{cell}: «{from}» → «{to}»{rest}"}}},
    {"pivot",
     {{"{table}: {from} row{-} to {to} row{-} and {n} column{-} of {values} by {columns}",
       "{table}: строк было {from}, стало {to}; {n} {n:столбец|столбца|столбцов} {values} по "
       "{columns}"}}},
    {"join",
     {{"{table}: {n} of {all} rows of {base} matched by {key} (carried columns only); {m} row{-} "
       "of {-} without partner",
       "{table}: по {key} нашлись {n} из {all} строк {base} (только для переносимых столбцов); "
       "без пары {m}"}}},
    {"join",
     {{"{table}: {n} of {all} rows of {base} matched by {key}; {m} row{-} of {-} without partner",
       "{table}: по {key} нашлись {n} из {all} строк {base}; без пары {m}"}}},
    {"filter",
     {{"{what}: not applied, {target} is what is predicted",
       "{what}: не применён, {target} предсказывается"}}},
    {"filter", {{"{what} in any of {n} columns{rest}", "{what} в любом из столбцов ({n}){rest}"}}},
    {"filter", {{"{what} in all of {n} columns{rest}", "{what} во всех столбцах ({n}){rest}"}}},
    // Findings.
    {"byte_order_mark",
     {{"the file begins with a byte order mark, which is skipped",
       "файл начинается с метки порядка байтов; она пропущена"}}},
    {"column_names",
     {{"{n} column names are written with blanks, {m} with underscores; if you rename them, do "
       "so in the rest of the experiment too",
       "имён столбцов с пробелами {n}, с подчёркиваниями {m}; если переименуете, то и в остальном "
       "эксперименте"}}},
    {"zero_activity",
     {{"{n} of {all} rows {-} no {values} in a period: {ids}",
       "{n} из {all} строк без {values} в каком-то периоде: {ids}"}}},
    {"zero_activity",
     {{"{n} of {all} rows {-} no {values} in a period",
       "{n} из {all} строк без {values} в каком-то периоде"}}},
    {"gaps", {{"{n} of {all} cells is a gap", "пропусков {n} из {all}"}}},
    {"gaps", {{"{n} of {all} cells are gaps", "пропусков {n} из {all}"}}},
    {"constant", {{"{n} of {all} values are \"{value}\"", "{n} из {all} значений — «{value}»"}}},
    {"near_constant",
     {{"{n} of {all} values are \"{value}\"", "{n} из {all} значений — «{value}»"}}},
    {"text_among_numbers",
     {{"{n} of {all} values {-} not {-}, first {text} at {place}",
       "{n} из {all} значений — не числа, первое {text} в {place}"}}},
    {"negative_values",
     {{"{n} of {all} values {-} below 0, where all others are not",
       "{n} из {all} значений меньше 0, а остальные нет"}}},
    {"outliers",
     {{"{n} of {all} values {-} farther than 8 from the median {median} by 0.6745 |x - median| / "
       "MAD: {list}",
       "{n} из {all} значений дальше 8 от медианы {median} по 0,6745 |x − медиана| / MAD: "
       "{list}"}}},
    {"class_imbalance",
     {{"\"{level}\" is {share} % of the rows ({n} of {all})",
       "«{level}» — {share} % строк ({n} из {all})"}}},
    {"rare_level",
     {{"{n} of {all} levels {-} below 1 % of the rows: {list}",
       "{n} из {all} уровней реже 1 % строк: {list}"}}},
    {"duplicate_but_key",
     {{"{n} of {all} rows {-} another in every column but keys, carried ones and gaps: {pairs}",
       "{n} из {all} строк равны другой во всех столбцах, кроме ключей, переносимых и пропусков: "
       "{pairs}"}}},
    {"duplicate_but_key",
     {{"{n} of {all} rows {-} another in every column but keys, carried ones and gaps",
       "{n} из {all} строк равны другой во всех столбцах, кроме ключей, переносимых и пропусков"}}},
    {"repeated_key",
     {{"{n} of {all} rows repeat{-} a key and its {column}, first {place} that of {other}",
       "{n} из {all} строк повторяют ключ и {column}, первая — {place}, за {other}"}}},
    {"repeated_key",
     {{"{n} of {all} rows repeat{-} a key, first {place} that of {other}",
       "{n} из {all} строк повторяют ключ, первая — {place}, за {other}"}}},
    {"duplicate_rows",
     {{"{n} of {all} rows repeat{-} an earlier row in every column, first {place} that of {other}",
       "{n} из {all} строк повторяют прежнюю во всех столбцах, первая — {place}, за {other}"}}},
    {"gap_in_key", {{"{n} of {all} rows has no key", "{n} из {all} строк без ключа"}}},
    {"gap_in_key", {{"{n} of {all} rows have no key", "{n} из {all} строк без ключа"}}},
    {"orphan_key",
     {{"{n} key{-} not in table \"{base}\": {ids}; but {help}",
       "{n} {n:ключ|ключа|ключей} не из таблицы «{base}»: {ids}; но {help}"}}},
    {"orphan_key",
     {{"{n} key{-} not in table \"{base}\": {ids}",
       "{n} {n:ключ|ключа|ключей} не из таблицы «{base}»: {ids}"}}},
    {"missing_key",
     {{"{n} key{-} of table \"{base}\" {-} no row: {ids}; but {help}",
       "{n} {n:ключ|ключа|ключей} таблицы «{base}» без строки: {ids}; но {help}"}}},
    {"missing_key",
     {{"{n} key{-} of table \"{base}\" {-} no row: {ids}",
       "{n} {n:ключ|ключа|ключей} таблицы «{base}» без строки: {ids}"}}},
    {"near_spelling",
     {{"\"{from}\" in {n} rows is nearly \"{to}\" in {m}",
       "«{from}» ({n} {n:строка|строки|строк}) — почти «{to}» ({m})"}}},
    {"spelling_variants",
     {{"{n} cells have white space at an end or are not in normal form, such as {example}",
       "{n} {n:ячейка|ячейки|ячеек} с пробелами по краям или не в нормальной форме, например "
       "{example}"}}},
    {"spelling_variants",
     {{"\"{from}\" in {n} rows is \"{to}\" in {m} but for letter case or width",
       "«{from}» ({n} {n:строка|строки|строк}) — это «{to}» ({m}), кроме регистра или ширины "
       "букв"}}},
    {"near_spelling",
     {{"\"{from}\" in {n} rows occurs in no other table; table \"{table}\" has \"{to}\"",
       "«{from}» ({n} {n:строка|строки|строк}) нет в других таблицах; в таблице «{table}» есть "
       "«{to}»"}}},
};

static const struct {
    const char *kind;
    story_text words;
} kinds[] = {
    {"normalize", {{"normalize", "приведение"}}},
    {"replace", {{"replace", "замена"}}},
    {"sql", {{"sql", "SQL"}}},
    {"pivot", {{"pivot", "разворот"}}},
    {"join", {{"join", "соединение"}}},
    {"filter", {{"filter", "отбор"}}},
    {"byte_order_mark", {{"byte_order_mark", "метка порядка байтов"}}},
    {"column_names", {{"column_names", "имена столбцов"}}},
    {"gaps", {{"gaps", "пропуски"}}},
    {"constant", {{"constant", "одно значение"}}},
    {"near_constant", {{"near_constant", "почти одно значение"}}},
    {"text_among_numbers", {{"text_among_numbers", "текст среди чисел"}}},
    {"spelling_variants", {{"spelling_variants", "разное написание"}}},
    {"near_spelling", {{"near_spelling", "похожее написание"}}},
    {"duplicate_rows", {{"duplicate_rows", "повторы строк"}}},
    {"duplicate_but_key", {{"duplicate_but_key", "повторы с другим ключом"}}},
    {"gap_in_key", {{"gap_in_key", "пропуск в ключе"}}},
    {"repeated_key", {{"repeated_key", "повтор ключа"}}},
    {"orphan_key", {{"orphan_key", "лишний ключ"}}},
    {"missing_key", {{"missing_key", "ключа нет"}}},
    {"outliers", {{"outliers", "выбросы"}}},
    {"zero_activity", {{"zero_activity", "нет активности"}}},
    {"negative_values", {{"negative_values", "отрицательные значения"}}},
    {"class_imbalance", {{"class_imbalance", "неравные классы"}}},
    {"rare_level", {{"rare_level", "редкие уровни"}}},
    // Leaks.
    {"column", {{"column", "столбец"}}},
    {"id", {{"id", "идентификатор"}}},
    {"order", {{"order", "порядок строк"}}},
    {"twins", {{"twins", "одинаковые строки"}}},
    {"identifier", {{"identifier", "похоже на номер строки"}}},
};

/** A sentence taken apart by a form. */
typedef struct taken_apart {
    phrase_gap gaps[most_gaps + 1];
    size_t n;
} taken_apart;

/** Numbers as numbers, so that they are written as each language does. */
static phrase_gap make_gap(story *story, const char *name, size_t name_length, const char *text,
                           size_t length) {
    const char *kept = story_format(story, "%.*s", (int)length, text);
    phrase_gap gap = GAP_TERM(story_format(story, "%.*s", (int)name_length, name), kept);
    size_t n_digits = strspn(kept, "0123456789");
    size_t n_decimals = kept[n_digits] == '.' ? strspn(kept + n_digits + 1, "0123456789") : 0;
    size_t n_read = n_decimals > 0 ? n_digits + 1 + n_decimals : n_digits;
    if (n_digits > 0 && n_digits < 16 && kept[n_read] == '\0') {
        gap.kind = PHRASE_NUMBER;
        gap.number = strtod(kept, NULL);
        gap.places = (int)n_decimals;
    }
    return gap;
}

/** Whether a sentence has a form; if so, what stands in its gaps. */
static bool take_apart(story *story, taken_apart *taken, const char *form, const char *text) {
    taken->n = 0;
    while (*form != '\0') {
        if (*form != '{') {
            if (*form++ != *text++) {
                return false;
            }
            continue;
        }
        const char *name = form + 1, *behind = strchr(form, '}') + 1;
        size_t n_literal = strcspn(behind, "{");
        const char *end = text + strlen(text);
        if (n_literal > 0) {
            char literal[160];
            memcpy(literal, behind, n_literal);
            literal[n_literal] = '\0';
            end = behind[n_literal] == '\0' ? end - n_literal : strstr(text, literal);
            if (end == NULL || end < text || strncmp(end, literal, n_literal) != 0) {
                return false;
            }
        }
        if (*name != '-' && taken->n < most_gaps) {
            taken->gaps[taken->n++] =
                make_gap(story, name, (size_t)(behind - 1 - name), text, (size_t)(end - text));
        }
        text = end;
        form = behind;
    }
    taken->gaps[taken->n] = (phrase_gap){.kind = PHRASE_END};
    return *text == '\0';
}

story_text detail_words(story *story, const char *kind, const char *english) {
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        taken_apart taken;
        if (strcmp(forms[i].kind, kind) == 0 &&
            take_apart(story, &taken, forms[i].words.in[STORY_ENGLISH], english)) {
            story_text both = phrase_fill(story, forms[i].words, taken.gaps);
            return WORDS(story_keep(story, english), both.in[STORY_RUSSIAN]);
        }
    }
    return NAME(story_keep(story, english));
}

story_text detail_kind(const char *kind) {
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kinds[i].kind, kind) == 0) {
            return kinds[i].words;
        }
    }
    return NAME(kind);
}
