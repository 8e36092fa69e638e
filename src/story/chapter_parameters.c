// SPDX-License-Identifier: MIT
// Which settings the best trials have in common: PED-ANOVA over every parameter.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arithmetic.h"
#include "statistics/ped_anova.h"
#include "story/finding_codes.h"
#include "story/telling.h"

/** Trials of a parameter below which nothing is said of it; the share of them that is best. */
enum { fewest_trials = 20, fewest_best = 5, n_numeric_cells = 50 };
static const double best_share = 0.1;

/** The seed of random choices: any will do, if it is the same for everybody. */
static const uint64_t choice_seed = 2023;

/** A parameter's range divided into cells, and the trials that have it, best first. */
typedef struct parameter_cells {
    uint16_t *cells; /**< [n] */
    uint32_t *rows;  /**< [n] */
    size_t n, n_cells;
    bool is_numeric, is_logarithmic;
    double low, high;      /**< The least and the greatest number, or their logarithms. */
    perebor_value *values; /**< [n_cells] of categories. */
} parameter_cells;

/** What is told of a parameter. */
typedef struct told_parameter {
    size_t parameter;
    perebor_ped_importance importance;
    const char *where; /**< The value, or the range, that the best favour. */
    int edge;          /**< -1, 1: the best lie at the lower or upper end of the range. */
} told_parameter;

static perebor_value value_at(const telling *telling, size_t row, size_t parameter) {
    return telling->trials->values[row * telling->trials->n_parameters + parameter];
}

static bool is_number(perebor_value value) {
    return value.kind == PEREBOR_VALUE_INTEGER || value.kind == PEREBOR_VALUE_REAL;
}

static double as_number(perebor_value value) {
    return value.kind == PEREBOR_VALUE_INTEGER ? (double)value.as.integer : value.as.real;
}

static const perebor_result_parameter *declared(const telling *telling, size_t parameter) {
    const perebor_result *result = telling->result;
    for (size_t i = 0; i < result->n_parameters; i++) {
        if (strcmp(result->parameters[i].name, telling->trials->parameter_names[parameter]) == 0) {
            return &result->parameters[i];
        }
    }
    return NULL;
}

/** The trials that have the parameter, one of each point. */
static void collect_rows(const telling *telling, size_t parameter, parameter_cells *found) {
    for (size_t i = 0; i < telling->n_complete; i++) {
        uint32_t row = telling->order[i];
        bool first = telling->trials->same_as[row] == telling_number(telling, row);
        if (first && value_at(telling, row, parameter).kind != PEREBOR_VALUE_NONE) {
            found->rows[found->n++] = row;
        }
    }
}

/** Categories in their order; false if there are more than cells. */
static bool divide_categories(const telling *telling, size_t parameter, parameter_cells *found) {
    for (size_t i = 0; i < found->n; i++) {
        perebor_value value = value_at(telling, found->rows[i], parameter);
        size_t at = 0;
        while (at < found->n_cells && perebor_value_compare(found->values[at], value) < 0) {
            at++;
        }
        if (at < found->n_cells && perebor_value_compare(found->values[at], value) == 0) {
            continue;
        }
        if (found->n_cells == PEREBOR_PED_CELLS) {
            return false;
        }
        memmove(&found->values[at + 1], &found->values[at],
                (found->n_cells - at) * sizeof *found->values);
        found->values[at] = value;
        found->n_cells++;
    }
    for (size_t i = 0; i < found->n; i++) {
        perebor_value value = value_at(telling, found->rows[i], parameter);
        uint16_t at = 0;
        while (perebor_value_compare(found->values[at], value) != 0) {
            at++;
        }
        found->cells[i] = at;
    }
    return found->n_cells > 1;
}

static double on_scale(const parameter_cells *found, double value) {
    return found->is_logarithmic ? perebor_log(value) : value;
}

/** Equal cells of the declared range, or else of the values that there are. */
static bool divide_range(const telling *telling, size_t parameter, parameter_cells *found) {
    const perebor_result_parameter *range = declared(telling, parameter);
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < found->n; i++) {
        double value = as_number(value_at(telling, found->rows[i], parameter));
        low = fmin(low, value);
        high = fmax(high, value);
    }
    if (range != NULL && range->max > range->min) {
        low = fmin(low, range->min);
        high = fmax(high, range->max);
    }
    found->is_logarithmic =
        range != NULL && strstr(range->distribution, "log") != NULL && low > 0.0;
    found->low = on_scale(found, low);
    found->high = on_scale(found, high);
    found->n_cells = n_numeric_cells;
    for (size_t i = 0; found->high > found->low && i < found->n; i++) {
        double value = as_number(value_at(telling, found->rows[i], parameter));
        double place = (on_scale(found, value) - found->low) / (found->high - found->low);
        found->cells[i] = (uint16_t)fmin(place * n_numeric_cells, n_numeric_cells - 1);
    }
    return found->high > found->low;
}

static bool divide(const telling *telling, size_t parameter, parameter_cells *found) {
    size_t n_numbers = 0, n_different = 0;
    collect_rows(telling, parameter, found);
    for (size_t i = 0; i < found->n; i++) {
        perebor_value value = value_at(telling, found->rows[i], parameter);
        n_numbers += is_number(value);
        n_different +=
            i == 0 || !perebor_value_equal(value, value_at(telling, found->rows[0], parameter));
    }
    found->is_numeric = found->n > 0 && n_numbers == found->n;
    if (found->n < fewest_trials || n_different < 2) {
        return false;
    }
    return found->is_numeric ? divide_range(telling, parameter, found)
                             : divide_categories(telling, parameter, found);
}

/** A place of the range, from 0 to 1, as a value. */
static double value_of_place(const parameter_cells *found, double place) {
    double value = found->low + place * (found->high - found->low);
    return found->is_logarithmic ? perebor_exp(value) : value;
}

/** What the best favour: of categories the one whose share grows most, of a range the middle 80 %
 * of the best. */
static const char *favoured(telling *telling, const parameter_cells *found,
                            const perebor_ped_importance *importance) {
    char text[96];
    size_t most = 0;
    if (found->is_numeric) {
        double sum = 0.0, low = 0.0, high = 1.0;
        for (size_t k = 0; k < found->n_cells; k++) {
            double before = sum;
            sum += importance->density_best[k];
            if (before < 0.1 && sum >= 0.1) {
                low = (double)k / (double)found->n_cells;
            }
            if (before < 0.9 && sum >= 0.9) {
                high = (double)(k + 1) / (double)found->n_cells;
            }
        }
        return story_format(telling->story, "%.3g – %.3g", value_of_place(found, low),
                            value_of_place(found, high));
    }
    for (size_t k = 1; k < found->n_cells; k++) {
        if (importance->density_best[k] - importance->density[k] >
            importance->density_best[most] - importance->density[most]) {
            most = k;
        }
    }
    if (found->values[most].kind == PEREBOR_VALUE_TEXT) {
        return story_keep(telling->story, found->values[most].as.text);
    }
    (void)perebor_value_format(found->values[most], text, sizeof text);
    return story_keep(telling->story, text);
}

/** Whether half of the best lie in the outer tenth of a range, and chance does not explain it. */
static int find_edge(const parameter_cells *found, const perebor_ped_importance *importance) {
    size_t n_low = 0, n_high = 0;
    for (size_t i = 0; i < importance->n_best; i++) {
        n_low += found->cells[i] < n_numeric_cells / 10;
        n_high += found->cells[i] >= n_numeric_cells - n_numeric_cells / 10;
    }
    if (!found->is_numeric || importance->divergence <= importance->chance) {
        return 0;
    }
    return 2 * n_high >= importance->n_best ? 1 : 2 * n_low >= importance->n_best ? -1 : 0;
}

/** Weighs one parameter; false if there is nothing to say of it. */
static bool weigh(telling *telling, size_t parameter, told_parameter *told) {
    size_t n = telling->n_complete;
    perebor_value values[PEREBOR_PED_CELLS + 1];
    parameter_cells found = {.cells = calloc(n + 1, sizeof *found.cells),
                             .rows = calloc(n + 1, sizeof *found.rows),
                             .values = values};
    bool weighed = false;
    telling->story->failed = telling->story->failed || found.cells == NULL || found.rows == NULL;
    if (!telling->story->failed && divide(telling, parameter, &found)) {
        size_t n_best = (size_t)ceil(best_share * (double)found.n);
        const perebor_ped_parameter asked = {.cells = found.cells,
                                             .n = found.n,
                                             .n_cells = found.n_cells,
                                             .is_ordered = found.is_numeric};
        told->parameter = parameter;
        weighed = perebor_ped_anova(&told->importance, &asked,
                                    n_best < fewest_best ? fewest_best : n_best, choice_seed,
                                    NULL) == PEREBOR_OK;
        telling->story->failed = telling->story->failed || !weighed;
    }
    if (weighed) {
        told->where = favoured(telling, &found, &told->importance);
        told->edge = find_edge(&found, &told->importance);
    }
    free(found.cells);
    free(found.rows);
    return weighed;
}

/** What goes beyond chance, first. */
static double excess(const told_parameter *told) {
    return told->importance.divergence - told->importance.chance;
}

static int by_excess(const void *left, const void *right) {
    const told_parameter *a = left, *b = right;
    double x = excess(a), y = excess(b);
    return x != y ? (x > y ? -1 : 1)
                  : (a->parameter > b->parameter) - (a->parameter < b->parameter);
}

static void find_edges(telling *telling, const told_parameter *told, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (told[i].edge == 0) {
            continue;
        }
        const char *name =
            story_keep(telling->story, telling->trials->parameter_names[told[i].parameter]);
        story_add_finding(
            telling->story, FINDING_AT_EDGE, STORY_NOTE, "search", "",
            PHRASE(telling->story, "{name}: the best lie at the {end} end of its range; widen it",
                   "{name}: лучшие лежат у {end} края; расширьте границы", GAP_TERM("name", name),
                   GAP_WORD("end", told[i].edge > 0 ? WORDS("upper", "верхнего")
                                                    : WORDS("lower", "нижнего"))));
    }
}

static void show(telling *telling, story_chapter *chapter, const told_parameter *told, size_t n) {
    story *story = telling->story;
    story_figure *figure = story_add_figure(story, chapter, "search-importance", "bars", n);
    const char **name =
        story_add_terms(story, figure, "parameter", "x", WORDS("setting", "настройка"));
    double *divergence = story_add_numbers(story, figure, "importance", "y",
                                           WORDS("importance", "важность"), STORY_REAL, 3);
    double *chance = story_add_numbers(story, figure, "chance", "mark",
                                       WORDS("by chance (95 %)", "случайно (95 %)"), STORY_REAL, 3);
    const char **where =
        story_add_terms(story, figure, "where", "note", WORDS("where the best are", "где лучшие"));
    double *n_best =
        story_add_numbers(story, figure, "best", "", WORDS("best", "лучших"), STORY_WHOLE, 0);
    double *n_all = story_add_numbers(story, figure, "trials", "", WORDS("trials", "испытаний"),
                                      STORY_WHOLE, 0);
    if (story->failed) {
        return;
    }
    size_t n_real = 0;
    for (size_t i = 0; i < n; i++) {
        name[i] = story_keep(story, telling->trials->parameter_names[told[i].parameter]);
        divergence[i] = told[i].importance.divergence;
        chance[i] = told[i].importance.chance;
        where[i] = told[i].where;
        n_best[i] = (double)told[i].importance.n_best;
        n_all[i] = (double)told[i].importance.n;
        n_real += excess(&told[i]) > 0.0;
    }
    figure->title =
        n_real == 0
            ? WORDS("No setting matters more than chance explains",
                    "Ни одна настройка не важнее, чем объясняет случай")
            : PHRASE(story,
                     "{name} matters most ({where}); {n} of {all} settings matter more than "
                     "chance explains",
                     "Важнее всего {name} ({where}); важнее случая — {n} из {all} настроек",
                     GAP_TERM("name", name[0]), GAP_TERM("where", where[0]), GAP_WHOLE("n", n_real),
                     GAP_WHOLE("all", n));
    figure->note = WORDS(
        "PED-ANOVA: how differently the best tenth of the trials that have the setting are "
        "spread; the mark is what random choices of as many stay below in 19 of 20 cases. Those "
        "farthest beyond their mark come first",
        "PED-ANOVA: насколько иначе распределена лучшая десятая испытаний, у которых есть "
        "эта настройка; метка — ниже неё 19 из 20 случайных выборов стольких же. Первыми "
        "— те, что дальше всех за своей меткой");
}

void tell_parameters(telling *telling, story_chapter *chapter) {
    size_t n = 0;
    told_parameter *told = calloc(telling->trials->n_parameters + 1, sizeof *told);
    telling->story->failed = telling->story->failed || told == NULL;
    for (size_t i = 0; told != NULL && i < telling->trials->n_parameters; i++) {
        n += weigh(telling, i, &told[n]);
    }
    if (n > 0) {
        qsort(told, n, sizeof *told, by_excess);
        show(telling, chapter, told, n);
        find_edges(telling, told, n);
    }
    free(told);
}
