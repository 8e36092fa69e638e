// SPDX-License-Identifier: MIT
// How many estimators a forest or a boosting needs: the learning curve of the best trial that has
// one.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "perebor/learning_curve.h"
#include "story/telling.h"

/** What more estimators must bring to be worth a word. */
static const double worth_a_word = 0.001;

/** The best trial that has a curve, the selected one if it has; else TELLING_NONE. */
static size_t find_trial(const telling *telling) {
    for (size_t i = 0; i < telling->n_complete; i++) {
        const perebor_trial_curve *curve = telling->trials->curves[telling->order[i]];
        if (curve != NULL && curve->n_points > 2) {
            return telling->order[i];
        }
    }
    return TELLING_NONE;
}

/** The estimators of a trial that its curve does not end with: the last point of the chart; 0 if it
 * does, or if the trial is a path, which has no last one. */
static size_t find_last(const telling *telling, size_t row, size_t n_points) {
    const perebor_trials *trials = telling->trials;
    const char *name =
        story_format(telling->story, "%s__n_estimators", telling_model_name(telling, row));
    for (size_t i = 0; i < trials->n_parameters && trials->n_estimators[row] == 0; i++) {
        perebor_value value = trials->values[row * trials->n_parameters + i];
        if (strcmp(trials->parameter_names[i], name) == 0 && value.kind == PEREBOR_VALUE_INTEGER) {
            size_t own = (size_t)value.as.integer;
            return own > perebor_curve_n_estimators(n_points - 1) ? own : 0;
        }
    }
    return 0;
}

/** Mean and standard deviation over the folds of a point. */
static void measure_point(const perebor_trials *trials, size_t row, size_t point, double *mean,
                          double *sd) {
    const perebor_trial_curve *curve = trials->curves[row];
    double squares = 0.0;
    *mean = perebor_trials_mean_curve(trials, row, point);
    for (size_t fold = 0; fold < trials->n_folds; fold++) {
        double distance = curve->scores[fold * curve->n_points + point] - *mean;
        squares += distance * distance;
    }
    *sd = sqrt(squares / (double)trials->n_folds);
}

/** The first estimators behind which nothing is gained, or the fewest of the best score. */
static story_text find_title(telling *telling, size_t row, const double *trees, const double *mean,
                             size_t n) {
    size_t peak = 0, enough = 0;
    for (size_t i = 1; i < n; i++) {
        peak = mean[i] > mean[peak] ? i : peak;
    }
    if (mean[peak] - mean[n - 1] > worth_a_word) {
        return PHRASE(
            telling->story,
            "Trial {trial} scores best with its first {n} {n:tree|trees}: {metric} {score}",
            "Испытание {trial} лучше всего с первыми деревьями, которых {n}: {metric} "
            "{score}",
            GAP_WHOLE("trial", telling_number(telling, row)), GAP_WHOLE("n", trees[peak]),
            GAP_TERM("metric", telling->metric), GAP_REAL("score", mean[peak], 4));
    }
    while (mean[enough] < mean[peak] - worth_a_word) {
        enough++;
    }
    return PHRASE(
        telling->story, "Behind its first {n} {n:tree|trees} trial {trial} gains less than {gain}",
        "После первых {n} {n:дерева|деревьев|деревьев} испытание {trial} прибавляет меньше "
        "{gain}",
        GAP_WHOLE("n", trees[enough]), GAP_REAL("gain", worth_a_word, 3),
        GAP_WHOLE("trial", telling_number(telling, row)));
}

void tell_curve(telling *telling, story_chapter *chapter) {
    story *story = telling->story;
    const perebor_trials *trials = telling->trials;
    size_t row = find_trial(telling);
    if (row == TELLING_NONE) {
        return;
    }
    size_t n_points = trials->curves[row]->n_points, last = find_last(telling, row, n_points);
    size_t n = n_points + (last > 0);
    story_figure *figure = story_add_figure(story, chapter, "search-curve", "line", n);
    double *trees =
        story_add_numbers(story, figure, "n_estimators", "x", NAME("n_estimators"), STORY_WHOLE, 0);
    double *mean =
        story_add_numbers(story, figure, "mean", "y", NAME(telling->metric), STORY_REAL, 4);
    double *low = story_add_numbers(story, figure, "low", "low", NAME("− sd"), STORY_REAL, 4);
    double *high = story_add_numbers(story, figure, "high", "high", NAME("+ sd"), STORY_REAL, 4);
    if (story->failed) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        double sd;
        if (i < n_points) {
            trees[i] = (double)perebor_curve_n_estimators(i);
            measure_point(trials, row, i, &mean[i], &sd);
        } else {
            trees[i] = (double)last;
            mean[i] = perebor_trials_mean_test_score(trials, row);
            sd = perebor_trials_std_test_score(trials, row);
        }
        low[i] = mean[i] - sd;
        high[i] = fmin(mean[i] + sd, telling_limit(trials->metric_names[0]));
    }
    story_set_text(story, figure, "x_scale", "log");
    figure->title = find_title(telling, row, trees, mean, n);
    figure->note =
        row == telling->best
            ? WORDS("Learning curve of the best trial: what its first estimators score in the mean "
                    "over the folds, ± the standard deviation of the folds",
                    "Кривая обучения лучшего испытания: средняя по блокам оценка его первых "
                    "деревьев, ± стандартное отклонение блоков")
            : WORDS(
                  "Learning curve of the best trial that has one: what its first estimators score "
                  "in the mean over the folds, ± the standard deviation of the folds",
                  "Кривая обучения лучшего испытания, у которого она есть: средняя по блокам "
                  "оценка его первых деревьев, ± стандартное отклонение блоков");
}
