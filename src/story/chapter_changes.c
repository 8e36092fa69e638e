// SPDX-License-Identifier: MIT
// What would have to change, for how many rows, and by how much.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "story/phrase.h"
#include "story/stored.h"
#include "story/telling.h"

enum { N_OUTCOMES = 3, FOUND = 1 };

/** How many rows need a change, and have one. @return Those that have. */
static double show_outcomes(telling *telling, story_chapter *chapter, const h5_node *group,
                            size_t n_rows) {
    static const story_text names[N_OUTCOMES] = {{{"needs no change", "менять не нужно"}},
                                                 {{"a change helps", "изменение поможет"}},
                                                 {{"no change helps", "ничто не поможет"}}};
    story *story = telling->story;
    double counts[N_OUTCOMES] = {0};
    size_t n = stored_length(group, "column");
    const char *const *columns = stored_texts(group, "column", n);
    const int64_t *outcome = stored_integers(story, group, "outcome", n_rows);
    if (columns == NULL || outcome == NULL) {
        return 0.0;
    }
    for (size_t row = 0; row < n_rows; row++) {
        if (outcome[row] >= 0 && outcome[row] < N_OUTCOMES) {
            counts[outcome[row]] += 1.0;
        }
    }
    story_figure *figure =
        story_add_figure(story, chapter, "explanation-changes", "bars", N_OUTCOMES);
    story_text *what = story_add_words(story, figure, "outcome", "x", WORDS("outcome", "исход"));
    double *rows =
        story_add_numbers(story, figure, "rows", "y", WORDS("rows", "строк"), STORY_WHOLE, 0);
    if (story->failed) {
        return 0.0;
    }
    for (size_t i = 0; i < N_OUTCOMES; i++) {
        what[i] = names[i];
        rows[i] = counts[i];
    }
    const char *list = "";
    for (size_t i = 0; i < n; i++) {
        list = story_format(story, "%s%s%s", list, i > 0 ? ", " : "", columns[i]);
    }
    figure->title = PHRASE(story,
                           "{found} rows have a change of {columns} that brings them below the "
                           "threshold",
                           "У {found} {found:строки|строк|строк} есть изменение ({columns}), "
                           "после которого вероятность ниже порога",
                           GAP_WHOLE("found", counts[FOUND]), GAP_TERM("columns", list));
    figure->note = PHRASE(
        story, "The change of one row: {command}", "Изменение одной строки: {command}",
        GAP_TERM("command", story_format(story, "perebor explain %s --id ID", telling->file)));
    return counts[FOUND];
}

/** A column by how many rows change it. */
typedef struct changed_column {
    size_t place;
    int64_t n;
} changed_column;

static int most_first(const void *left, const void *right) {
    const changed_column *a = left, *b = right;
    return a->n != b->n ? (a->n < b->n) - (a->n > b->n)
                        : (a->place > b->place) - (a->place < b->place);
}

/** Which columns change, how often, and by how much in the middle. */
static void show_columns(telling *telling, story_chapter *chapter, const h5_node *group,
                         double n_found) {
    story *story = telling->story;
    size_t n = stored_length(group, "column");
    const char *const *columns = stored_texts(group, "column", n);
    const int64_t *n_changed = stored_integers(story, group, "n_changed", n);
    const double *steps = stored_reals(group, "median_step", n);
    const double *units = stored_reals(group, "unit", n);
    changed_column *order = story_allocate(story, n, sizeof *order);
    if (columns == NULL || n_changed == NULL || steps == NULL || units == NULL || order == NULL ||
        n_found == 0.0) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        order[i] = (changed_column){i, n_changed[i]};
    }
    qsort(order, n, sizeof *order, most_first);
    story_figure *figure = story_add_figure(story, chapter, "explanation-steps", "bars", n);
    const char **column = story_add_terms(story, figure, "column", "x", WORDS("column", "столбец"));
    double *rows =
        story_add_numbers(story, figure, "rows", "y", WORDS("rows", "строк"), STORY_WHOLE, 0);
    double *share =
        story_add_numbers(story, figure, "share", "", WORDS("share", "доля"), STORY_REAL, 3);
    double *step = story_add_numbers(story, figure, "median_step", "",
                                     WORDS("median change", "медиана изменения"), STORY_REAL, -1);
    double *unit = story_add_numbers(story, figure, "cost", "",
                                     WORDS("in interquartile ranges", "в межквартильных размахах"),
                                     STORY_REAL, 2);
    if (story->failed) {
        return;
    }
    for (size_t k = 0; k < n; k++) {
        size_t i = order[k].place;
        column[k] = story_keep(story, columns[i]);
        rows[k] = (double)n_changed[i];
        share[k] = (double)n_changed[i] / n_found;
        step[k] = steps[i];
        unit[k] = units[i] > 0.0 ? steps[i] / units[i] : (double)NAN;
    }
    figure->title =
        isnan(step[0])
            ? PHRASE(story, "What would change oftenest is {column}: in {share} % of these rows",
                     "Чаще всего менялся бы «{column}»: у {share} % этих строк",
                     GAP_TERM("column", column[0]), GAP_REAL("share", 100.0 * share[0], 0))
            : PHRASE(story,
                     "What would change oftenest is {column}: in {share} % of these rows, by "
                     "{step} in the middle of them",
                     "Чаще всего менялся бы «{column}»: у {share} % этих строк, медиана {step}",
                     GAP_TERM("column", column[0]), GAP_REAL("share", 100.0 * share[0], 0),
                     GAP_REAL("step", step[0], -1));
    figure->note = PHRASE(
        story,
        "Of {n} rows for which a smallest change was found; what the model would say, not what "
        "would come true",
        "Из {n} {n:строки|строк|строк}, для которых найдено наименьшее изменение; это ответ "
        "модели, а не то, что сбудется",
        GAP_WHOLE("n", n_found));
}

void tell_changes(telling *telling, story_chapter *chapter, const h5_node *explain) {
    const h5_node *group = h5_find(explain, "change");
    size_t n_rows = stored_length(group, "outcome");
    if (n_rows > 0) {
        double n_found = show_outcomes(telling, chapter, group, n_rows);
        show_columns(telling, chapter, group, n_found);
    } else {
        story_add_command(
            telling->story, chapter,
            story_format(telling->story, "perebor explain %s --changes", telling->file),
            WORDS("adds the smallest changes after which the model would say otherwise",
                  "добавит наименьшие изменения, после которых модель сказала бы "
                  "другое"));
    }
}
