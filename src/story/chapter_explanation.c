// SPDX-License-Identifier: MIT
// Why the fitted model scores as it does: by columns, by their values, by single rows.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "story/finding_codes.h"
#include "story/stored.h"
#include "story/telling.h"

/** Bins of Shapley values in a swarm. */
enum { n_bins = 41 };

/** Kinds of importance, as /explain/importance names them. */
static const struct {
    const char *name;
    story_text label, by;
} kinds[] = {
    {"shapley",
     {{"mean |Shapley value|", "средний |вклад|"}},
     {{"by Shapley values", "По вкладам Шепли"}}},
    {"permutation", {{"loss", "потеря"}}, {{"by permutation", "По перестановкам"}}},
    {"conditional_permutation",
     {{"loss", "потеря"}},
     {{"by permutation within strata", "По перестановкам внутри слоёв"}}},
    {"drop_column", {{"loss", "потеря"}}, {{"by leaving it out", "По удалению"}}},
};
enum { n_kinds = sizeof kinds / sizeof *kinds };

/** Sets of /explain/importance by the leading kind, the most important first. */
static void order_sets(const double *values, size_t n, size_t *order) {
    for (size_t i = 0; i < n; i++) {
        size_t at = i;
        double value = isnan(values[i]) ? -INFINITY : values[i];
        for (; at > 0; at--) {
            double before = isnan(values[order[at - 1]]) ? -INFINITY : values[order[at - 1]];
            if (before >= value) {
                break;
            }
            order[at] = order[at - 1];
        }
        order[at] = i;
    }
}

/** One kind of importance of single columns; those that do nothing are left out. */
static void show_kind(telling *telling, story_chapter *chapter, const h5_node *group, size_t kind,
                      size_t n_sets, size_t n_columns) {
    story *story = telling->story;
    const char *const *names = stored_texts(group, "set", n_sets);
    const double *values = stored_reals(group, kinds[kind].name, n_sets);
    const double *low =
        stored_reals(group, story_format(story, "%s_low", kinds[kind].name), n_sets);
    const double *high =
        stored_reals(group, story_format(story, "%s_high", kinds[kind].name), n_sets);
    size_t *order = story_allocate(story, n_columns, sizeof *order);
    size_t n = 0;
    if (names == NULL || values == NULL || low == NULL || high == NULL || order == NULL) {
        return;
    }
    order_sets(values, n_columns, order);
    while (n < n_columns && !isnan(values[order[n]]) && values[order[n]] != 0.0) {
        n++;
    }
    if (n == 0) {
        return;
    }
    story_figure *figure = story_add_figure(
        story, chapter, story_format(story, "explanation-%s", kinds[kind].name), "bars", n);
    const char **column = story_add_terms(story, figure, "column", "x", WORDS("column", "столбец"));
    double *value =
        story_add_numbers(story, figure, "value", "y", kinds[kind].label, STORY_REAL, 4);
    double *from = story_add_numbers(story, figure, "low", "low", WORDS("95 % from", "95 % от"),
                                     STORY_REAL, 4);
    double *to = story_add_numbers(story, figure, "high", "high", WORDS("to", "до"), STORY_REAL, 4);
    if (story->failed) {
        return;
    }
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        column[i] = story_keep(story, names[order[i]]);
        value[i] = values[order[i]];
        from[i] = low[order[i]];
        to[i] = high[order[i]];
        sum += fmax(0.0, value[i]);
    }
    story_set_text(story, figure, "width", "half");
    size_t n_proved = 0;
    for (size_t i = 0; i < n; i++) {
        n_proved += from[i] > 0.0;
    }
    figure->title =
        n_proved == 0
            ? PHRASE(story, "No column by itself is proved to matter {kind}",
                     "{kind} важность ни одного столбца по отдельности не доказана",
                     GAP_WORD("kind", kinds[kind].by))
            : PHRASE(story, "{column} matters most {kind}: {share} % of the sum",
                     "{kind} важнее всего {column}: {share} % суммы", GAP_TERM("column", column[0]),
                     GAP_REAL("share", 100.0 * value[0] / sum, 0),
                     GAP_WORD("kind", kinds[kind].by));
    figure->note =
        kind == 0
            ? WORDS("How far a column moves the score on average, over all rows; intervals of 95 %",
                    "Насколько столбец в среднем сдвигает оценку, по всем строкам; интервалы 95 %")
            : PHRASE(story, "What {metric} loses without what the column says; intervals of 95 %",
                     "Сколько теряет {metric} без того, что говорит столбец; интервалы 95 %",
                     GAP_TERM("metric", telling_metric(stored_text(group, "metric"))));
}

static void show_importance(telling *telling, story_chapter *chapter, const h5_node *explain) {
    const h5_node *group = h5_find(explain, "importance");
    size_t n_sets = stored_length(group, "set"), n_columns = stored_length(group, "share");
    for (size_t kind = 0; n_columns > 0 && n_columns <= n_sets && kind < n_kinds; kind++) {
        show_kind(telling, chapter, group, kind, n_sets, n_columns);
    }
    size_t n_disputes = stored_length(group, "dispute/column");
    if (n_disputes > 0) {
        story_add_finding(
            telling->story, FINDING_KINDS_DISAGREE, STORY_NOTE, "explanation", "",
            PHRASE(telling->story,
                   "Kinds of importance disagree about {n} {n:column|columns}: other columns make "
                   "up for it, or it moves scores and not their order",
                   "Виды важности расходятся в {n} {n:столбце|столбцах|столбцах}: их заменяют "
                   "другие, или они двигают оценки, но не их порядок",
                   GAP_WHOLE("n", n_disputes)));
    }
    if (n_sets > n_columns && n_columns > 0) {
        const char *const *names = stored_texts(group, "set", n_sets);
        story_add_finding(
            telling->story, FINDING_COLUMNS_TOGETHER, STORY_NOTE, "explanation", "",
            PHRASE(telling->story, "{set} go together and share their importance",
                   "{set} идут вместе и делят свою важность",
                   GAP_TERM("set",
                            names == NULL ? "" : story_keep(telling->story, names[n_columns]))));
    }
}

/** The farthest that any value of a column is from 0. */
static double find_reach(const double *values, size_t n_rows, size_t n, size_t column) {
    double reach = 0.0;
    for (size_t row = 0; row < n_rows; row++) {
        reach = fmax(reach, fabs(values[row * n + column]));
    }
    return reach;
}

static story_text game_of(const h5_node *group) {
    return strcmp(stored_text(group, "game"), "path_dependent") == 0
               ? WORDS("path-dependent", "игра по путям дерева")
               : WORDS("interventional", "интервенционная игра");
}

static story_text scale_of(const h5_node *group) {
    return strcmp(stored_text(group, "scale"), "probability") == 0
               ? WORDS("of the probability", "для вероятности")
               : WORDS("of the score", "для оценки модели");
}

/** How many rows have a Shapley value in each bin, by class: what a swarm is drawn from. */
static void show_swarm(telling *telling, story_chapter *chapter, const h5_node *group) {
    story *story = telling->story;
    size_t n_rows = stored_length(group, "row"), n = stored_length(group, "column");
    const double *values = stored_matrix(group, "value", n_rows, n);
    const char *const *names = stored_texts(group, "column", n);
    const int64_t *target = stored_integers(telling->story, group, "target", n_rows);
    double *means = story_allocate(story, n, sizeof *means);
    size_t *order = story_allocate(story, n, sizeof *order);
    if (values == NULL || names == NULL || target == NULL || story->failed || n == 0) {
        return;
    }
    double reach = 0.0;
    for (size_t column = 0; column < n; column++) {
        reach = fmax(reach, find_reach(values, n_rows, n, column));
        for (size_t row = 0; row < n_rows; row++) {
            means[column] += fabs(values[row * n + column]) / (double)n_rows;
        }
    }
    order_sets(means, n, order);
    story_figure *figure =
        story_add_figure(story, chapter, "explanation-swarm", "swarm", n * n_bins);
    const char **column = story_add_terms(story, figure, "column", "y", WORDS("column", "столбец"));
    double *middle = story_add_numbers(story, figure, "value", "x", WORDS("Shapley value", "вклад"),
                                       STORY_REAL, 4);
    const char *classes[2] = {story_keep(story, telling->result->negative_name),
                              story_keep(story, telling->result->positive_name)};
    double *counts[2] = {
        story_add_numbers(story, figure, "negative", "count", NAME(classes[0]), STORY_WHOLE, 0),
        story_add_numbers(story, figure, "positive", "count", NAME(classes[1]), STORY_WHOLE, 0)};
    if (story->failed) {
        return;
    }
    for (size_t i = 0; i < n * n_bins; i++) {
        column[i] = story_keep(story, names[order[i / n_bins]]);
        middle[i] = reach * (2.0 * ((double)(i % n_bins) + 0.5) / n_bins - 1.0);
        counts[0][i] = counts[1][i] = 0.0;
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t row = 0; row < n_rows; row++) {
            double place = 0.5 * (values[row * n + order[i]] / reach + 1.0) * n_bins;
            size_t bin = reach > 0.0 ? (size_t)fmin(fmax(place, 0.0), n_bins - 1) : n_bins / 2;
            counts[target[row] == 1][i * n_bins + bin] += 1.0;
        }
    }
    figure->title =
        PHRASE(story, "{column} moves single scores by up to {reach}",
               "{column} сдвигает отдельные оценки до {reach}", GAP_TERM("column", column[0]),
               GAP_REAL("reach", find_reach(values, n_rows, n, order[0]), 3));
    figure->note = PHRASE(story,
                          "Shapley values of {rows} rows ({game} game; {scale}): right of 0 a "
                          "column speaks for “{positive}”; the wider, the more rows",
                          "Вклады (Шепли) в {rows} {rows:строке|строках|строках} ({game}; "
                          "{scale}): справа от 0 столбец говорит за «{positive}»; чем шире, тем "
                          "больше строк",
                          GAP_WHOLE("rows", n_rows), GAP_WORD("game", game_of(group)),
                          GAP_WORD("scale", scale_of(group)), GAP_TERM("positive", classes[1]));
    size_t n_unused = stored_length(group, "unused");
    if (n_unused > 0) {
        story_add_finding(telling->story, FINDING_COLUMNS_UNUSED, STORY_NOTE, "explanation", "",
                          PHRASE(story, "{n} of {all} columns do nothing for the model",
                                 "{n} из {all} столбцов модели не нужны", GAP_WHOLE("n", n_unused),
                                 GAP_WHOLE("all", n_unused + n)));
    }
}

/** Points of a column's curve that the data has. */
static size_t count_points(const telling *telling, const h5_node *group, size_t column,
                           size_t n_columns, size_t n_points) {
    const int64_t *n = stored_integers(telling->story, group, "n_points", n_columns);
    return n == NULL || n[column] < 0 || (size_t)n[column] > n_points ? 0 : (size_t)n[column];
}

/** From the lowest to the highest point of a curve. */
static double find_span(const double *curve, size_t n) {
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        low = fmin(low, curve[i]);
        high = fmax(high, curve[i]);
    }
    return high - low;
}

/** What a level is called where a column has levels, whose places its points are. */
static const char *level_name(const telling *telling, const char *column, double place) {
    const perebor_result *result = telling->result;
    for (size_t i = 0; i < result->n_columns; i++) {
        const perebor_result_column *found = &result->columns[i];
        if (strcmp(found->name, column) == 0 && place >= 0.0 && place < (double)found->n_levels) {
            return found->levels[(size_t)place];
        }
    }
    return NULL;
}

static void show_shapes(telling *telling, story_chapter *chapter, const h5_node *explain) {
    story *story = telling->story;
    const h5_node *group = h5_find(explain, "shape");
    const h5_node *points_node = group == NULL ? NULL : h5_find(group, "point");
    size_t n_columns = stored_length(group, "column");
    size_t n_points = points_node == NULL ? 0 : points_node->array.dimensions[1];
    const char *const *names = stored_texts(group, "column", n_columns);
    const double *points = stored_matrix(group, "point", n_columns, n_points);
    const double *effects = stored_matrix(group, "local_effect", n_columns, n_points);
    const double *dependence = stored_matrix(group, "dependence", n_columns, n_points);
    size_t n = 0;
    if (names == NULL || points == NULL || effects == NULL || dependence == NULL) {
        return;
    }
    bool *uses_dependence = story_allocate(story, n_columns, sizeof *uses_dependence);
    bool *is_shown = story_allocate(story, n_columns, sizeof *is_shown);
    double *spans = story_allocate(story, n_columns, sizeof *spans);
    size_t *order = story_allocate(story, n_columns, sizeof *order);
    if (story->failed) {
        return;
    }
    for (size_t column = 0; column < n_columns; column++) {
        size_t own = count_points(telling, group, column, n_columns, n_points);
        const double *curve = effects + column * n_points;
        uses_dependence[column] = own > 0 && isnan(curve[0]);
        curve = uses_dependence[column] ? dependence + column * n_points : curve;
        spans[column] = own > 1 ? find_span(curve, own) : 0.0;
        is_shown[column] = spans[column] > 0.0;
        n += is_shown[column] ? own : 0;
    }
    if (n == 0) {
        return;
    }
    order_sets(spans, n_columns, order); // those that move the score most come first
    story_figure *figure = story_add_figure(story, chapter, "explanation-shapes", "shapes", n);
    const char **column =
        story_add_terms(story, figure, "column", "group", WORDS("column", "столбец"));
    double *x =
        story_add_numbers(story, figure, "x", "x", WORDS("value", "значение"), STORY_REAL, -1);
    const char **level =
        story_add_terms(story, figure, "level", "level", WORDS("level", "уровень"));
    double *y =
        story_add_numbers(story, figure, "effect", "y", WORDS("effect", "влияние"), STORY_REAL, 4);
    story_text *kind = story_add_words(story, figure, "kind", "", WORDS("kind", "вид"));
    if (story->failed) {
        return;
    }
    size_t at = 0, n_shown = 0;
    for (size_t place = 0; place < n_columns; place++) {
        size_t k = order[place];
        size_t own = is_shown[k] ? count_points(telling, group, k, n_columns, n_points) : 0;
        n_shown += own > 0;
        for (size_t i = 0; i < own; i++, at++) {
            column[at] = story_keep(story, names[k]);
            x[at] = points[k * n_points + i];
            const char *name = level_name(telling, names[k], x[at]);
            level[at] = name == NULL ? NULL : story_keep(story, name);
            y[at] = (uses_dependence[k] ? dependence : effects)[k * n_points + i];
            kind[at] = uses_dependence[k]
                           ? WORDS("partial dependence", "частная зависимость")
                           : WORDS("accumulated local effects", "накопленные локальные эффекты");
        }
    }
    figure->title =
        PHRASE(story, "How {n} {n:column moves|columns move} the score by {n:its|their} values",
               "Как {n} {n:столбец двигает|столбца двигают|столбцов двигают} оценку "
               "своими значениями",
               GAP_WHOLE("n", n_shown));
    figure->note =
        WORDS("Accumulated local effects, with a mean of 0 over the rows: what changes if "
              "the value alone changes a little, among rows as they are",
              "Накопленные локальные эффекты, в среднем 0 по строкам: что меняется, если "
              "чуть меняется одно значение, среди строк, какие есть");
}

typedef struct ranked_row {
    double probability;
    size_t row;
} ranked_row;

static int by_probability(const void *left, const void *right) {
    const ranked_row *a = left, *b = right;
    return a->probability != b->probability ? (a->probability > b->probability ? -1 : 1)
                                            : (a->row > b->row) - (a->row < b->row);
}

/** Shapley values of the likeliest rows one by one: a waterfall for each. */
static void show_rows(telling *telling, story_chapter *chapter, const h5_node *group) {
    story *story = telling->story;
    size_t n_rows = stored_length(group, "row"), n_columns = stored_length(group, "column");
    const double *values = stored_matrix(group, "value", n_rows, n_columns);
    const double *probabilities = stored_reals(group, "probability", n_rows);
    const double *scores = stored_reals(group, "score", n_rows);
    const char *const *names = stored_texts(group, "column", n_columns);
    const char *const *ids = stored_texts(group, "id", n_rows);
    const int64_t *numbers = stored_integers(telling->story, group, "row", n_rows);
    ranked_row *ranked = story_allocate(story, n_rows, sizeof *ranked);
    if (values == NULL || probabilities == NULL || scores == NULL || names == NULL ||
        numbers == NULL || story->failed || n_columns > STORY_MOST_COLUMNS - 4) {
        return;
    }
    for (size_t row = 0; row < n_rows; row++) {
        ranked[row] = (ranked_row){isnan(probabilities[row]) ? -1.0 : probabilities[row], row};
    }
    qsort(ranked, n_rows, sizeof *ranked, by_probability);
    size_t n = n_rows < telling->n_customers ? n_rows : telling->n_customers;
    const char *other = story_format(story, "perebor explain %s --id ID", telling->file);
    if (n == 0) {
        story_add_paragraph(story, chapter,
                            PHRASE(story,
                                   "No single row is in this report; {command} explains one.",
                                   "Отдельных строк в этом отчёте нет; одну объяснит {command}.",
                                   GAP_TERM("command", other)));
        return;
    }
    story_figure *figure = story_add_figure(story, chapter, "explanation-row", "waterfall", n);
    const char **id =
        story_add_terms(story, figure, "id", "id", WORDS("identifier", "идентификатор"));
    double *probability = story_add_numbers(story, figure, "probability", "probability",
                                            WORDS("probability", "вероятность"), STORY_REAL, 3);
    double *score =
        story_add_numbers(story, figure, "score", "score", WORDS("score", "оценка"), STORY_REAL, 4);
    if (story->failed) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        size_t row = ranked[i].row;
        id[i] = ids != NULL ? story_keep(story, ids[row])
                            : story_format(story, "%lld", (long long)numbers[row]);
        probability[i] = probabilities[row];
        score[i] = scores[row];
    }
    for (size_t column = 0; column < n_columns; column++) {
        const char *name = story_keep(story, names[column]);
        double *shown = story_add_numbers(story, figure, story_format(story, "value %s", name),
                                          "step", NAME(name), STORY_REAL, 4);
        for (size_t i = 0; shown != NULL && i < n; i++) {
            shown[i] = values[ranked[i].row * n_columns + column];
        }
    }
    story_set_number(story, figure, "baseline", stored_number(group, "baseline"));
    figure->title =
        WORDS("What speaks for and against a single row", "Что говорит за и против одной строки");
    figure->note = PHRASE(
        story,
        "In this report are the {n} of {all} rows with the highest probabilities: identifier, "
        "probability and Shapley values, nothing else of them (--customers N takes more or none). "
        "Any other row: {command}",
        "В отчёте есть {n} из {all} строк, с самыми высокими вероятностями: идентификатор, "
        "вероятность и вклады, больше ничего о них (--customers N возьмёт больше или ни одной). "
        "Любая другая строка: {command}",
        GAP_WHOLE("n", n), GAP_WHOLE("all", n_rows), GAP_TERM("command", other));
}

void tell_explanation(telling *telling) {
    story *story = telling->story;
    story_chapter *chapter =
        story_add_chapter(story, "explanation", WORDS("Explanation", "Объяснение"));
    const h5_node *group =
        telling_stage(telling, chapter, "explain", "explain",
                      WORDS("adds which columns matter, and why every row scores as it does",
                            "добавит, какие столбцы важны и почему у строки такая оценка"));
    if (group == NULL) {
        if (chapter != NULL && chapter->state == STORY_PRESENT) {
            chapter->state = STORY_ABSENT;
        }
        return;
    }
    show_swarm(telling, chapter, group);
    show_importance(telling, chapter, group);
    show_shapes(telling, chapter, group);
    show_rows(telling, chapter, group);
    tell_changes(telling, chapter, group);
    story_add_command(story, chapter, telling_command(telling, "explain"),
                      WORDS("the same in the terminal", "то же в терминале"));
}
