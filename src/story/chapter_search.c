// SPDX-License-Identifier: MIT
// The trials: which scored how, and what more or fewer of them would have been worth.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "statistics/expected_best.h"
#include "statistics/quantile.h"
#include "story/finding_codes.h"
#include "story/telling.h"

/** Points of a distribution: every percent and both ends. */
enum { n_shares = 101 };

/** Learners whose distributions are told apart. */
enum { most_models = 12 };

/** Whether a parameter has numbers alone, so that it may stand on an axis of numbers. */
static bool is_numeric(const telling *telling, size_t parameter) {
    const perebor_trials *trials = telling->trials;
    bool any = false;
    for (size_t row = 0; row < trials->n_trials; row++) {
        perebor_value_kind kind = trials->values[row * trials->n_parameters + parameter].kind;
        if (kind == PEREBOR_VALUE_INTEGER || kind == PEREBOR_VALUE_REAL) {
            any = true;
        } else if (kind != PEREBOR_VALUE_NONE) {
            return false;
        }
    }
    return any;
}

static double number_of(perebor_value value) {
    return value.kind == PEREBOR_VALUE_INTEGER ? (double)value.as.integer
           : value.kind == PEREBOR_VALUE_REAL  ? value.as.real
                                               : (double)NAN;
}

static const char *term_of(story *story, perebor_value value) {
    char text[128];
    if (value.kind == PEREBOR_VALUE_NONE) {
        return NULL;
    }
    if (value.kind == PEREBOR_VALUE_TEXT) {
        return story_keep(story, value.as.text);
    }
    (void)perebor_value_format(value, text, sizeof text);
    return story_keep(story, text);
}

/** Whether the range of a parameter is drawn by its logarithm. */
static bool is_logarithmic(const telling *telling, size_t parameter) {
    const perebor_result *result = telling->result;
    const char *name = telling->trials->parameter_names[parameter];
    for (size_t i = 0; i < result->n_parameters; i++) {
        if (strcmp(result->parameters[i].name, name) == 0) {
            return strstr(result->parameters[i].distribution, "log") != NULL;
        }
    }
    return false;
}

static void add_parameter(telling *telling, story_figure *figure, size_t parameter) {
    const perebor_trials *trials = telling->trials;
    story *story = telling->story;
    const char *name = story_keep(story, trials->parameter_names[parameter]);
    if (is_numeric(telling, parameter)) {
        double *numbers = story_add_numbers(story, figure, name,
                                            is_logarithmic(telling, parameter) ? "log" : "linear",
                                            NAME(name), STORY_REAL, -1);
        for (size_t row = 0; numbers != NULL && row < trials->n_trials; row++) {
            numbers[row] = number_of(trials->values[row * trials->n_parameters + parameter]);
        }
        return;
    }
    const char **terms = story_add_terms(story, figure, name, "category", NAME(name));
    for (size_t row = 0; terms != NULL && row < trials->n_trials; row++) {
        terms[row] = term_of(story, trials->values[row * trials->n_parameters + parameter]);
    }
}

/** Every trial with its scores and parameters: what the charts of the search draw from. */
static void list_trials(telling *telling, story_chapter *chapter) {
    story *story = telling->story;
    const perebor_trials *trials = telling->trials;
    size_t n = trials->n_trials;
    story_figure *figure = story_add_figure(story, chapter, "trials", "trials", n);
    double *number = story_add_numbers(story, figure, "trial", "number",
                                       WORDS("trial", "испытание"), STORY_WHOLE, 0);
    double *score =
        story_add_numbers(story, figure, "score", "score", NAME(telling->metric), STORY_REAL, 4);
    double *sd = story_add_numbers(story, figure, "sd", "", WORDS("sd of folds", "СКО по блокам"),
                                   STORY_REAL, 4);
    double *seconds = story_add_numbers(story, figure, "seconds", "",
                                        WORDS("CPU seconds", "секунд ЦП"), STORY_REAL, -1);
    double *best = story_add_numbers(story, figure, "best", "best", WORDS("best so far", "лучшее"),
                                     STORY_REAL, 4);
    double *train = telling_has_train_scores(telling)
                        ? story_add_numbers(story, figure, "train", "",
                                            WORDS("in training", "на обучении"), STORY_REAL, 4)
                        : NULL;
    const char **state = telling->n_complete < n ? story_add_terms(story, figure, "state", "",
                                                                   WORDS("state", "состояние"))
                                                 : NULL;
    if (story->failed) {
        return;
    }
    double highest = NAN;
    for (size_t row = 0; row < n; row++) {
        number[row] = (double)telling_number(telling, row);
        score[row] = telling->scores[row];
        sd[row] = perebor_trials_std_test_score(trials, row);
        seconds[row] = trials->duration[row];
        highest = fmax(highest, score[row]); // of a number and NaN, the number
        best[row] = highest;
        if (train != NULL) {
            train[row] = perebor_trials_mean_train_score(trials, row);
        }
        if (state != NULL) {
            state[row] = perebor_trial_state_name(trials->state[row]);
        }
    }
    size_t room = STORY_MOST_COLUMNS - figure->n_columns;
    for (size_t i = 0; i < trials->n_parameters && i < room; i++) {
        add_parameter(telling, figure, i);
    }
    figure->title = PHRASE(story, "All {n} trials; the best is {trial}",
                           "Все испытания ({n}); лучшее — {trial}", GAP_WHOLE("n", n),
                           GAP_WHOLE("trial", telling_number(telling, telling->best)));
    figure->note = WORDS("Select on the axes of parallel coordinates to see some of them",
                         "Выберите отрезки на параллельных осях, чтобы видеть часть из них");
}

/** How far the search had come after a share of its trials. */
static size_t count_improvements(const telling *telling, size_t *last) {
    size_t n = 0;
    double highest = -INFINITY;
    for (size_t row = 0; row < telling->trials->n_trials; row++) {
        if (telling->scores[row] > highest) {
            highest = telling->scores[row];
            *last = row;
            n++;
        }
    }
    return n;
}

/** A view of the trials: a figure without columns of its own. */
static story_figure *view_trials(telling *telling, story_chapter *chapter, const char *id,
                                 const char *chart) {
    story_figure *figure = story_add_figure(telling->story, chapter, id, chart, 0);
    story_set_text(telling->story, figure, "of", "trials");
    return figure;
}

static void view_history(telling *telling, story_chapter *chapter) {
    size_t last = 0;
    size_t n = count_improvements(telling, &last);
    story_figure *figure = view_trials(telling, chapter, "search-history", "history");
    if (figure == NULL) {
        return;
    }
    figure->title = PHRASE(telling->story,
                           "The best came as trial {trial}; the search improved {n} "
                           "{n:time|times}",
                           "Лучшее пришло с испытанием {trial}; поиск улучшался {n} "
                           "{n:раз|раза|раз}",
                           GAP_WHOLE("trial", telling_number(telling, last)), GAP_WHOLE("n", n));
    figure->note =
        PHRASE(telling->story, "{metric} of every trial by its number, and the best so far",
               "{metric} каждого испытания по номеру, и лучшее на тот момент",
               GAP_TERM("metric", telling->metric));
}

static void view_parallel(telling *telling, story_chapter *chapter) {
    story *story = telling->story;
    const char *name = telling_model_name(telling, telling->best);
    size_t n_top = telling->n_complete < 20 ? telling->n_complete : 20, n_same = 0;
    for (size_t i = 0; i < n_top; i++) {
        n_same += strcmp(telling_model_name(telling, telling->order[i]), name) == 0;
    }
    story_figure *figure = view_trials(telling, chapter, "search-parallel", "parallel");
    if (figure == NULL) {
        return;
    }
    figure->title = PHRASE(story, "{n} of the {top} best trials are {model}",
                           "Из {top} лучших испытаний {n} — {model}", GAP_WHOLE("n", n_same),
                           GAP_WHOLE("top", n_top), GAP_WORD("model", telling_model(name)));
    figure->note = WORDS("A line is a trial, an axis a setting; drag along an axis to select "
                         "trials in the table below, or use the fields",
                         "Линия — испытание, ось — настройка; проведите по оси, чтобы выбрать "
                         "испытания в таблице ниже, или задайте границы полями");
}

static void view_slices(telling *telling, story_chapter *chapter) {
    story_figure *figure = view_trials(telling, chapter, "search-slice", "slice");
    if (figure == NULL) {
        return;
    }
    figure->title = WORDS("What each setting came to, one at a time",
                          "К чему вела каждая настройка по отдельности");
    figure->note = PHRASE(telling->story, "{metric} of every trial by one setting",
                          "{metric} каждого испытания по одной настройке",
                          GAP_TERM("metric", telling->metric));
}

/** Scores of a learner, or of all, ascending. @return How many. */
static size_t sort_scores(const telling *telling, const char *model, double *sorted) {
    size_t n = 0;
    for (size_t i = telling->n_complete; i-- > 0;) {
        size_t row = telling->order[i];
        if (model == NULL || strcmp(telling_model_name(telling, row), model) == 0) {
            sorted[n++] = telling->scores[row];
        }
    }
    return n;
}

/** The learners that trials have, the one of the best trial first. */
static size_t list_models(const telling *telling, const char **models) {
    size_t n = 0;
    for (size_t i = 0; i < telling->n_complete && n < most_models; i++) {
        const char *name = telling_model_name(telling, telling->order[i]);
        size_t at = 0;
        while (at < n && strcmp(models[at], name) != 0) {
            at++;
        }
        if (at == n) {
            models[n++] = name;
        }
    }
    return n;
}

static void show_distribution(telling *telling, story_chapter *chapter) {
    story *story = telling->story;
    const char *models[most_models];
    size_t n_models = list_models(telling, models);
    double *sorted = story_allocate(story, telling->n_complete, sizeof *sorted);
    story_figure *figure = story_add_figure(story, chapter, "search-edf", "line", n_shares);
    double *share = story_add_numbers(story, figure, "share", "y",
                                      WORDS("share of trials", "доля испытаний"), STORY_REAL, 2);
    double *all = story_add_numbers(story, figure, "all", "x", WORDS("all", "все"), STORY_REAL, 4);
    if (story->failed) {
        return;
    }
    size_t n = sort_scores(telling, NULL, sorted), n_near = 0;
    for (size_t i = 0; i < n; i++) {
        n_near += sorted[i] >= sorted[n - 1] - 0.01;
    }
    for (size_t i = 0; i < n_shares; i++) {
        share[i] = (double)i / (n_shares - 1);
        all[i] = perebor_quantile(sorted, n, share[i]);
    }
    for (size_t k = 0; n_models > 1 && k < n_models; k++) {
        size_t n_own = sort_scores(telling, models[k], sorted);
        double *own = story_add_numbers(story, figure, story_keep(story, models[k]), "x",
                                        telling_model(story_keep(story, models[k])), STORY_REAL, 4);
        for (size_t i = 0; own != NULL && i < n_shares; i++) {
            own[i] = perebor_quantile(sorted, n_own, share[i]);
        }
    }
    story_set_text(story, figure, "x", telling->metric);
    story_set_text(story, figure, "width", "half");
    figure->title = PHRASE(story, "{n} of {all} trials are within 0.01 of the best",
                           "{n} из {all} испытаний не дальше 0,01 от лучшего",
                           GAP_WHOLE("n", n_near), GAP_WHOLE("all", n));
    figure->note = WORDS("Empirical distribution: so large a share of the trials scores up to this",
                         "Эмпирическое распределение: такая доля испытаний не лучше этой оценки");
}

/** Budgets of a doubling row up to n, and n. */
static size_t list_budgets(double *budgets, size_t n) {
    size_t n_budgets = 0;
    for (size_t budget = 1; budget < n; budget *= 2) {
        budgets[n_budgets++] = (double)budget;
    }
    budgets[n_budgets++] = (double)n;
    return n_budgets;
}

static void show_budgets(telling *telling, story_chapter *chapter) {
    story *story = telling->story;
    double budgets[72];
    double *sorted = story_allocate(story, telling->n_complete, sizeof *sorted);
    if (sorted == NULL) {
        return;
    }
    size_t n = sort_scores(telling, NULL, sorted);
    size_t n_budgets = list_budgets(budgets, n);
    story_figure *figure = story_add_figure(story, chapter, "search-budget", "line", n_budgets);
    double *trials = story_add_numbers(story, figure, "trials", "x", WORDS("trials", "испытаний"),
                                       STORY_WHOLE, 0);
    double *mean = story_add_numbers(story, figure, "mean", "y",
                                     WORDS("expected best", "ожидаемое лучшее"), STORY_REAL, 4);
    double *low = story_add_numbers(story, figure, "low", "low", NAME("− sd"), STORY_REAL, 4);
    double *high = story_add_numbers(story, figure, "high", "high", NAME("+ sd"), STORY_REAL, 4);
    if (story->failed) {
        return;
    }
    for (size_t i = 0; i < n_budgets; i++) {
        perebor_expected_best best = perebor_best_of(sorted, n, budgets[i]);
        trials[i] = budgets[i];
        mean[i] = best.mean;
        low[i] = best.mean - best.sd;
        high[i] = best.mean + best.sd;
    }
    story_set_text(story, figure, "x_scale", "log");
    story_set_text(story, figure, "width", "half");
    story_set_text(story, figure, "y", telling->metric);
    double gain = perebor_best_of(sorted, n, (double)n).mean -
                  perebor_best_of(sorted, n, 0.5 * (double)n).mean;
    figure->title =
        PHRASE(story, "The last doubling of the budget was worth {gain}",
               "Последнее удвоение числа испытаний дало {gain}", GAP_REAL("gain", gain, 4));
    figure->note = WORDS("Expected best of so many random trials, ± its standard deviation (Dodge "
                         "and others 2019)",
                         "Ожидаемое лучшее из стольких случайных испытаний, ± его стандартное "
                         "отклонение (Додж и др. 2019)");
    if (gain > 0.002 && n >= 8) {
        story_add_finding(
            story, FINDING_SEARCH_GOES_ON, STORY_NOTE, "search", "",
            PHRASE(story,
                   "The search still gains: the last doubling of its trials was worth {gain}",
                   "Поиск ещё даёт прирост: последнее удвоение числа испытаний дало {gain}",
                   GAP_REAL("gain", gain, 4)));
    }
}

/** The best trial of every learner. */
static void list_best_of_models(telling *telling, story_chapter *chapter) {
    story *story = telling->story;
    const perebor_trials *trials = telling->trials;
    const char *models[most_models];
    size_t n = list_models(telling, models);
    story_figure *figure = story_add_figure(story, chapter, "search-models", "bars", n);
    story_text *name = story_add_words(story, figure, "model", "x", WORDS("model", "модель"));
    double *number =
        story_add_numbers(story, figure, "trial", "", WORDS("trial", "испытание"), STORY_WHOLE, 0);
    double *score =
        story_add_numbers(story, figure, "score", "y", NAME(telling->metric), STORY_REAL, 4);
    double *low = story_add_numbers(story, figure, "low", "low", WORDS("95 % from", "95 % от"),
                                    STORY_REAL, 4);
    double *high =
        story_add_numbers(story, figure, "high", "high", WORDS("to", "до"), STORY_REAL, 4);
    double *complete = story_add_numbers(story, figure, "trials", "", WORDS("trials", "испытаний"),
                                         STORY_WHOLE, 0);
    double *folds = story_allocate(story, trials->n_folds, sizeof *folds);
    double *sorted = story_allocate(story, telling->n_complete, sizeof *sorted);
    if (story->failed) {
        return;
    }
    for (size_t k = 0; k < n; k++) {
        size_t i = 0;
        while (strcmp(telling_model_name(telling, telling->order[i]), models[k]) != 0) {
            i++;
        }
        size_t row = telling->order[i];
        name[k] = telling_model(story_keep(story, models[k]));
        number[k] = (double)telling_number(telling, row);
        score[k] = telling->scores[row];
        complete[k] = (double)sort_scores(telling, models[k], sorted);
        for (size_t fold = 0; fold < trials->n_folds; fold++) {
            folds[fold] = perebor_trials_score(trials, row, fold, 0, PEREBOR_TEST);
        }
        double ratio = 1.0 / ((double)telling->result->n_splits - 1.0);
        perebor_resampled_mean mean =
            perebor_resampled_t(folds, trials->n_folds, ratio, telling_level);
        low[k] = mean.low;
        high[k] = fmin(mean.high, telling_limit(trials->metric_names[0]));
    }
    story_set_text(story, figure, "whiskers", "dot");
    figure->title =
        n < 2 ? PHRASE(story, "All trials are of one model: {model}",
                       "Все испытания — одной модели: {model}", GAP_WORD("model", name[0]))
        : score[0] - score[1] < 0.0005
            ? PHRASE(story, "{model} and {second} score the same to within 0.0005",
                     "{model} и {second}: разница меньше 0,0005", GAP_WORD("model", name[0]),
                     GAP_WORD("second", name[1]))
            : PHRASE(story, "{model} leads {second} by {gap}",
                     "{model}: на {gap} лучше, чем {second}", GAP_WORD("model", name[0]),
                     GAP_WORD("second", name[1]), GAP_REAL("gap", score[0] - score[1], 3));
    figure->note = WORDS("Best trial of every learner; intervals of 95 % corrected for what folds "
                         "share (Nadeau and Bengio)",
                         "Лучшее испытание каждой модели; интервалы 95 % с поправкой на общие "
                         "строки блоков (Надо и Бенжио)");
}

static void find_convergence(telling *telling) {
    const perebor_trials *trials = telling->trials;
    size_t n_not = 0;
    bool best_not = false;
    for (size_t i = 0; i < telling->n_complete; i++) {
        size_t row = telling->order[i];
        bool converged = true;
        for (size_t fold = 0; fold < trials->n_folds; fold++) {
            converged &= trials->folds[row * trials->n_folds + fold].converged == 1;
        }
        n_not += !converged;
        best_not |= !converged && row == telling->best;
    }
    if (best_not || n_not > telling->n_complete / 10) {
        story_add_finding(
            telling->story, FINDING_NOT_CONVERGED, best_not ? STORY_WARNING : STORY_NOTE, "search",
            story_format(telling->story, "perebor show %s --where converged=0", telling->file),
            PHRASE(telling->story,
                   "The solver of {n} {n:trial|trials} did not reach its tolerance{best}",
                   "Решатель не дошёл до своей точности в {n} {n:испытании|испытаниях|"
                   "испытаниях}{best}",
                   GAP_WHOLE("n", n_not),
                   GAP_WORD("best", best_not
                                        ? WORDS(", the best one's neither", ", и в лучшем тоже")
                                        : WORDS("", ""))));
    }
}

static void tell_params(telling *telling, story_chapter *chapter) {
    story_add_paragraph(telling->story, chapter,
                        PHRASE(telling->story, "The best is trial {trial}: {params}.",
                               "Лучшее испытание — {trial}: {params}.",
                               GAP_WHOLE("trial", telling_number(telling, telling->best)),
                               GAP_TERM("params", telling_params(telling, telling->best))));
    uint32_t n_estimators = telling->trials->n_estimators[telling->best];
    if (n_estimators > 0) {
        story_add_paragraph(
            telling->story, chapter,
            PHRASE(telling->story,
                   "Its n_estimators is a path: it takes the first {n} {n:tree|trees}, which score "
                   "best over the folds.",
                   "Его n_estimators — путь: деревьев взято {n}, с ними средняя оценка по блокам "
                   "лучшая.",
                   GAP_WHOLE("n", n_estimators)));
    }
}

void tell_search(telling *telling) {
    story_chapter *chapter =
        story_add_chapter(telling->story, "search", WORDS("The search", "Поиск"));
    if (telling->best == TELLING_NONE) {
        story_add_paragraph(telling->story, chapter,
                            WORDS("No trial is complete.", "Ни одно испытание не завершено."));
        return;
    }
    tell_params(telling, chapter);
    list_best_of_models(telling, chapter);
    view_history(telling, chapter);
    view_parallel(telling, chapter);
    list_trials(telling, chapter);
    view_slices(telling, chapter);
    tell_parameters(telling, chapter);
    tell_curve(telling, chapter);
    show_distribution(telling, chapter);
    show_budgets(telling, chapter);
    tell_ranks(telling, chapter);
    tell_simulation(telling, chapter);
    find_convergence(telling);
    story_add_command(telling->story, chapter,
                      story_format(telling->story, "perebor show %s --top 20", telling->file),
                      WORDS("the best trials in the terminal", "лучшие испытания в терминале"));
    story_add_command(
        telling->story, chapter,
        story_format(telling->story, "perebor export %s --what trials --format csv", telling->file),
        WORDS("all trials as CSV", "все испытания в CSV"));
}
