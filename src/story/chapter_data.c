// SPDX-License-Identifier: MIT
// What the tables were, what was done to them, and what is still the matter with them.
#include <math.h>
#include <string.h>

#include "base/digest.h"
#include "store/stage.h"
#include "story/detail_words.h"
#include "story/finding_codes.h"
#include "story/stored.h"
#include "story/telling.h"

/** A smaller class below this share is told. */
static const double imbalanced = 0.2;

static void list_sources(telling *telling, story_chapter *chapter) {
    story *story = telling->story;
    const perebor_result *result = telling->result;
    size_t n = result->n_sources;
    story_figure *figure = story_add_figure(story, chapter, "data-sources", "", n);
    const char **name = story_add_terms(story, figure, "name", "", WORDS("table", "таблица"));
    double *rows =
        story_add_numbers(story, figure, "rows", "", WORDS("rows", "строк"), STORY_WHOLE, 0);
    double *columns = story_add_numbers(story, figure, "columns", "", WORDS("columns", "столбцов"),
                                        STORY_WHOLE, 0);
    double *bytes =
        story_add_numbers(story, figure, "bytes", "", WORDS("bytes", "байт"), STORY_WHOLE, 0);
    const char **encoding =
        story_add_terms(story, figure, "encoding", "", WORDS("encoding", "кодировка"));
    const char **sha256 = story_add_terms(story, figure, "sha256", "", NAME("SHA-256"));
    if (story->failed) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        char hex[PEREBOR_SHA256_HEX_SIZE];
        perebor_sha256_hex(result->sources[i].sha256, hex);
        name[i] = story_keep(story, result->sources[i].name);
        rows[i] = (double)result->sources[i].n_rows;
        columns[i] = (double)result->sources[i].n_columns;
        bytes[i] = (double)result->sources[i].n_bytes;
        encoding[i] = story_keep(story, result->sources[i].encoding);
        sha256[i] = story_keep(story, hex);
    }
    figure->title = PHRASE(story, "{n} {n:table|tables} made {rows} rows",
                           "Из {n} {n:таблицы|таблиц|таблиц} вышло строк: {rows}",
                           GAP_WHOLE("n", n), GAP_WHOLE("rows", result->n_rows));
    figure->note =
        WORDS("As they were read, before any cleaning", "Как были прочитаны, до всякой чистки");
}

static void list_steps(telling *telling, story_chapter *chapter) {
    story *story = telling->story;
    const perebor_result *result = telling->result;
    size_t n = result->n_steps;
    double n_cells = 0, n_dropped = 0;
    story_figure *figure = story_add_figure(story, chapter, "data-steps", "", n);
    story_text *step = story_add_words(story, figure, "step", "", WORDS("step", "шаг"));
    const char **table = story_add_terms(story, figure, "table", "", WORDS("table", "таблица"));
    const char **column = story_add_terms(story, figure, "column", "", WORDS("column", "столбец"));
    double *cells = story_add_numbers(story, figure, "cells", "",
                                      WORDS("cells changed", "ячеек изменено"), STORY_WHOLE, 0);
    double *rows =
        story_add_numbers(story, figure, "rows", "", WORDS("rows", "строк"), STORY_WHOLE, 0);
    story_text *detail = story_add_words(story, figure, "detail", "", WORDS("what", "что"));
    if (story->failed) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const perebor_result_step *made = &result->steps[i];
        step[i] = detail_kind(story_keep(story, made->step));
        table[i] = story_keep(story, made->table);
        column[i] = story_keep(story, made->column);
        cells[i] = (double)made->n_cells;
        rows[i] = (double)made->n_rows;
        detail[i] = detail_words(story, made->step, made->detail);
        n_cells += (double)made->n_cells;
        n_dropped += strcmp(made->step, "filter") == 0 ? (double)made->n_rows : 0.0;
    }
    figure->title =
        n_cells == 0 && n_dropped == 0
            ? WORDS("Nothing had to be cleaned", "Чистить было нечего")
            : PHRASE(story,
                     "Cleaning changed {cells} {cells:cell|cells}, filters dropped "
                     "{rows} {rows:row|rows}",
                     "Чистка изменила {cells} {cells:ячейку|ячейки|ячеек}, отсеяно {rows} "
                     "{rows:строка|строки|строк}",
                     GAP_WHOLE("cells", n_cells), GAP_WHOLE("rows", n_dropped));
    figure->note = WORDS("Every step of the experiment, in its order, with what it touched",
                         "Все шаги эксперимента по порядку, и сколько каждый затронул");
    if (n_dropped > 0.1 * ((double)result->n_rows + n_dropped)) {
        story_add_finding(
            story, FINDING_ROWS_DROPPED, STORY_WARNING, "data", "",
            PHRASE(story, "Filters dropped {share} % of the rows: the model knows nothing of these",
                   "Отсеяно {share} % строк: о таких модель ничего не знает",
                   GAP_REAL("share", 100.0 * n_dropped / ((double)result->n_rows + n_dropped), 1)));
    }
}

static void list_parts(telling *telling, story_chapter *chapter) {
    story *story = telling->story;
    const perebor_result *result = telling->result;
    double counts[2][2] = {{0}};
    for (size_t row = 0; row < result->n_rows; row++) {
        counts[result->part[row] != 0][result->labels[row] != 0] += 1.0;
    }
    story_figure *figure = story_add_figure(story, chapter, "data-classes", "bars", 4);
    story_text *part = story_add_words(story, figure, "part", "group", WORDS("part", "часть"));
    const char **class = story_add_terms(story, figure, "class", "x", WORDS("class", "класс"));
    double *n =
        story_add_numbers(story, figure, "rows", "y", WORDS("rows", "строк"), STORY_WHOLE, 0);
    if (story->failed) {
        return;
    }
    for (size_t i = 0; i < 4; i++) {
        part[i] = i < 2 ? WORDS("training", "обучение") : WORDS("test", "проверка");
        class[i] = story_keep(story, i % 2 == 0 ? result->negative_name : result->positive_name);
        n[i] = counts[i / 2][i % 2];
    }
    double positive = counts[0][1] + counts[1][1];
    double share = positive / (double)result->n_rows;
    figure->title =
        PHRASE(story, "{share} % of the rows are “{positive}”", "{share} % строк — «{positive}»",
               GAP_REAL("share", 100.0 * share, 1), GAP_TERM("positive", result->positive_name));
    figure->note = PHRASE(story, "{target}: rows of each class in the training and the test part",
                          "{target}: строки классов в частях обучения и проверки",
                          GAP_TERM("target", result->target_name));
    if (fmin(share, 1.0 - share) < imbalanced) {
        story_add_finding(story, FINDING_IMBALANCE, STORY_NOTE, "data", "",
                          PHRASE(story,
                                 "The smaller class has {share} % of the rows: accuracy says "
                                 "little here",
                                 "В меньшем классе {share} % строк: точность тут мало что говорит",
                                 GAP_REAL("share", 100.0 * fmin(share, 1.0 - share), 1)));
    }
}

void tell_data(telling *telling) {
    story_chapter *chapter =
        story_add_chapter(telling->story, "data", WORDS("Data and cleaning", "Данные и чистка"));
    list_sources(telling, chapter);
    list_steps(telling, chapter);
    list_parts(telling, chapter);
    tell_quality(telling, chapter);
}
