// SPDX-License-Identifier: MIT
// How well the scores tell the classes apart, and what probabilities and thresholds come to.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "metric/calibration_measures.h"
#include "metric/delong.h"
#include "metric/gain.h"
#include "metric/score_curve.h"
#include "statistics/wilson.h"
#include "story/finding_codes.h"

#include "story/stored.h"
#include "story/telling.h"

enum { most_points = 400, n_gain_parts = 20, n_bins = 10, n_thresholds = 101, n_histogram = 25 };

/** Rows with labels, scores and probabilities. */
typedef struct scored_rows {
    const char *id; /**< "oof" or "test" */
    story_text title;
    size_t n, n_positive;
    uint8_t *labels;
    const double *scores, *probabilities;
} scored_rows;

/** Labels as bytes; false if there are no such rows, or only one class of them. */
static bool take_labels(telling *telling, scored_rows *rows, const int64_t *target) {
    rows->labels = story_allocate(telling->story, rows->n, sizeof *rows->labels);
    if (rows->labels == NULL || target == NULL || rows->scores == NULL) {
        return false;
    }
    for (size_t i = 0; i < rows->n; i++) {
        rows->labels[i] = target[i] == 1;
        rows->n_positive += rows->labels[i];
    }
    return rows->n_positive > 0 && rows->n_positive < rows->n;
}

/** The training rows, scored by models that had not seen them. */
static bool take_out_of_fold(telling *telling, const h5_node *group, scored_rows *rows) {
    size_t n_trials = stored_length(group, "trial");
    *rows = (scored_rows){.id = "oof", .title = WORDS("out of fold", "вне блока")};
    rows->n = stored_length(group, "row");
    rows->scores = stored_matrix(group, "score", n_trials, rows->n); // the first row is the best's
    rows->probabilities = stored_reals(group, "probability", rows->n);
    return n_trials > 0 &&
           take_labels(telling, rows, stored_integers(telling->story, group, "target", rows->n));
}

static bool take_fitted(telling *telling, const h5_node *group, scored_rows *rows) {
    *rows = (scored_rows){.id = "oof", .title = WORDS("out of fold", "вне блока")};
    rows->n = stored_length(group, "row");
    rows->scores = stored_reals(group, "score", rows->n);
    rows->probabilities = stored_reals(group, "probability", rows->n);
    return take_labels(telling, rows, stored_integers(telling->story, group, "target", rows->n));
}

static void show_roc(telling *telling, story_chapter *chapter, const scored_rows *rows) {
    story *story = telling->story;
    perebor_auc_interval auc = {0};
    score_curve curve = {0};
    if (perebor_delong(&auc, rows->labels, rows->scores, rows->n, telling_level, NULL) !=
            PEREBOR_OK ||
        score_curve_make(&curve, rows->labels, rows->scores, rows->n, most_points, NULL) !=
            PEREBOR_OK) {
        story->failed = true;
        return;
    }
    bool is_test = strcmp(rows->id, "test") == 0;
    story_figure *figure =
        story_add_figure(story, chapter, is_test ? "model-roc-test" : "model-roc", "line", curve.n);
    double *false_share = story_add_numbers(
        story, figure, "fpr", "x", WORDS("false positive rate", "доля ложных"), STORY_REAL, 4);
    double *true_share =
        story_add_numbers(story, figure, "tpr", "y", WORDS("recall", "полнота"), STORY_REAL, 4);
    double *low = story_add_numbers(story, figure, "low", "low", WORDS("95 % from", "95 % от"),
                                    STORY_REAL, 4);
    double *high =
        story_add_numbers(story, figure, "high", "high", WORDS("to", "до"), STORY_REAL, 4);
    double *threshold = story_add_numbers(story, figure, "threshold", "",
                                          WORDS("score from", "оценка от"), STORY_REAL, -1);
    if (story->failed) {
        score_curve_release(&curve);
        return;
    }
    for (size_t i = 0; i < curve.n; i++) {
        const score_curve_point *point = &curve.points[i];
        false_share[i] = point->n_false_positive / (double)(rows->n - rows->n_positive);
        true_share[i] = point->n_true_positive / (double)rows->n_positive;
        perebor_wilson_bounds(point->n_true_positive, (double)rows->n_positive, telling_level,
                              &low[i], &high[i]);
        threshold[i] = point->threshold;
    }
    score_curve_release(&curve);
    story_set_text(story, figure, "reference", "diagonal");
    story_set_text(story, figure, "square", "yes");
    story_set_text(story, figure, "width", "half");
    figure->title = PHRASE(
        story, "ROC AUC {auc} [{low}, {high}] {where}", "ROC AUC {auc} [{low}; {high}] {where}",
        GAP_REAL("auc", auc.auc, 3), GAP_REAL("low", auc.low, 3), GAP_REAL("high", auc.high, 3),
        GAP_WORD("where", is_test ? WORDS("on the test part", "на проверочной части")
                                  : WORDS("out of fold", "вне блока")));
    figure->note =
        PHRASE(story,
               "{n} rows, {positive} of them positive; area with DeLong's interval, band: "
               "95 % of recall at each threshold (Wilson)",
               "{n} {n:строка|строки|строк}, положительных {positive}; площадь с интервалом "
               "Делонга, полоса — 95 % "
               "полноты при каждом пороге (Уилсон)",
               GAP_WHOLE("n", rows->n), GAP_WHOLE("positive", rows->n_positive));
}

static void show_precision(telling *telling, story_chapter *chapter, const scored_rows *rows) {
    story *story = telling->story;
    score_curve curve = {0};
    if (score_curve_make(&curve, rows->labels, rows->scores, rows->n, most_points, NULL) !=
        PEREBOR_OK) {
        story->failed = true;
        return;
    }
    // The first point accepts nobody and has no precision.
    size_t n = curve.n - 1;
    story_figure *figure = story_add_figure(story, chapter, "model-precision", "line", n);
    double *recall =
        story_add_numbers(story, figure, "recall", "x", WORDS("recall", "полнота"), STORY_REAL, 4);
    double *precision = story_add_numbers(story, figure, "precision", "y",
                                          WORDS("precision", "точность"), STORY_REAL, 4);
    double *low = story_add_numbers(story, figure, "low", "low", WORDS("95 % from", "95 % от"),
                                    STORY_REAL, 4);
    double *high =
        story_add_numbers(story, figure, "high", "high", WORDS("to", "до"), STORY_REAL, 4);
    if (story->failed) {
        score_curve_release(&curve);
        return;
    }
    double at_half = NAN;
    for (size_t i = 0; i < n; i++) {
        const score_curve_point *point = &curve.points[i + 1];
        double n_taken = point->n_true_positive + point->n_false_positive;
        recall[i] = point->n_true_positive / (double)rows->n_positive;
        precision[i] = point->n_true_positive / n_taken;
        perebor_wilson_bounds(point->n_true_positive, n_taken, telling_level, &low[i], &high[i]);
        if (recall[i] >= 0.5 && isnan(at_half)) {
            at_half = precision[i];
        }
    }
    score_curve_release(&curve);
    double base = (double)rows->n_positive / (double)rows->n;
    story_set_number(story, figure, "level", base);
    story_set_text(story, figure, "square", "yes");
    story_set_text(story, figure, "width", "half");
    figure->title = PHRASE(story,
                           "Half of the positive rows are found with a precision of {at} %; "
                           "blindly it would be {base} %",
                           "Половина положительных строк находится с точностью {at} %; вслепую "
                           "было бы {base} %",
                           GAP_REAL("at", 100.0 * at_half, 0), GAP_REAL("base", 100.0 * base, 0));
    figure->note = WORDS("Precision by recall out of fold; the dashed line is the share of "
                         "positive rows, the band 95 % (Wilson)",
                         "Точность по полноте, вне блока; пунктир — доля положительных строк, "
                         "полоса — 95 % (Уилсон)");
}

static void show_calibration(telling *telling, story_chapter *chapter, const scored_rows *rows) {
    story *story = telling->story;
    perebor_reliability_bin bins[n_bins];
    if (perebor_reliability_bins(bins, n_bins, PEREBOR_BINS_EQUAL_COUNT, rows->labels,
                                 rows->probabilities, rows->n, NULL) != PEREBOR_OK) {
        return;
    }
    perebor_calibration_measures measures =
        perebor_measure_calibration(bins, n_bins, rows->labels, rows->probabilities, rows->n);
    size_t n = 0;
    for (size_t i = 0; i < n_bins; i++) {
        n += bins[i].n > 0;
    }
    story_figure *figure = story_add_figure(story, chapter, "model-calibration", "line", n);
    double *said = story_add_numbers(story, figure, "said", "x", WORDS("predicted", "предсказано"),
                                     STORY_REAL, 3);
    double *was = story_add_numbers(story, figure, "observed", "y", WORDS("observed", "на деле"),
                                    STORY_REAL, 3);
    double *low = story_add_numbers(story, figure, "low", "whisker_low",
                                    WORDS("95 % from", "95 % от"), STORY_REAL, 3);
    double *high =
        story_add_numbers(story, figure, "high", "whisker_high", WORDS("to", "до"), STORY_REAL, 3);
    double *count =
        story_add_numbers(story, figure, "rows", "", WORDS("rows", "строк"), STORY_WHOLE, 0);
    if (story->failed) {
        return;
    }
    for (size_t i = 0, at = 0; i < n_bins; i++) {
        if (bins[i].n > 0) {
            said[at] = bins[i].mean_probability;
            was[at] = bins[i].positive_share;
            count[at] = (double)bins[i].n;
            perebor_wilson_bounds((double)bins[i].n_positive, (double)bins[i].n, telling_level,
                                  &low[at], &high[at]);
            at++;
        }
    }
    story_set_text(story, figure, "reference", "diagonal");
    story_set_text(story, figure, "square", "yes");
    story_set_text(story, figure, "width", "half");
    bool is_off = measures.p < 0.01;
    figure->title =
        PHRASE(story, "Probabilities {what}: {error} off on average, Brier {brier}",
               "Вероятности {what}: в среднем мимо на {error}, Брайер {brier}",
               GAP_WORD("what", is_off ? WORDS("do not mean what they say", "неточны")
                                       : WORDS("mean what they say", "верны")),
               GAP_REAL("error", measures.expected_error, 3), GAP_REAL("brier", measures.brier, 3));
    figure->note = WORDS("Ten bins of equally many rows, out of fold; whiskers are 95 % (Wilson)",
                         "Десять групп с равным числом строк, вне блока; усы — 95 % (Уилсон)");
    if (is_off) {
        story_add_finding(story, FINDING_NOT_CALIBRATED, STORY_WARNING, "model", "",
                          PHRASE(story,
                                 "Probabilities are not calibrated: {error} off on average "
                                 "(Spiegelhalter p {p})",
                                 "Вероятности не откалиброваны: в среднем мимо на {error} "
                                 "(Шпигельхальтер, p {p})",
                                 GAP_REAL("error", measures.expected_error, 3),
                                 GAP_REAL("p", measures.p, 4)));
    }
}

static void show_gain(telling *telling, story_chapter *chapter, const scored_rows *rows) {
    story *story = telling->story;
    perebor_gain_part parts[n_gain_parts];
    if (perebor_gain(parts, n_gain_parts, rows->labels, rows->scores, rows->n, NULL) !=
        PEREBOR_OK) {
        return;
    }
    story_figure *figure = story_add_figure(story, chapter, "model-gain", "line", n_gain_parts + 1);
    double *share = story_add_numbers(story, figure, "share", "x",
                                      WORDS("share of rows", "доля строк"), STORY_REAL, 2);
    double *gain =
        story_add_numbers(story, figure, "gain", "y",
                          WORDS("share of positives found", "доля найденных"), STORY_REAL, 3);
    double *lift =
        story_add_numbers(story, figure, "lift", "", WORDS("lift", "выигрыш"), STORY_REAL, 2);
    if (story->failed) {
        return;
    }
    share[0] = gain[0] = 0.0;
    size_t n = 0;
    for (size_t i = 0; i < n_gain_parts; i++) {
        n += parts[i].n;
        share[i + 1] = (double)n / (double)rows->n;
        gain[i + 1] = parts[i].gain;
        lift[i + 1] = parts[i].cumulative_lift;
    }
    story_set_text(story, figure, "reference", "diagonal");
    story_set_text(story, figure, "square", "yes");
    story_set_text(story, figure, "width", "half");
    figure->title =
        PHRASE(story, "The {share} % with the highest scores hold {gain} % of the positives",
               "{share} % с высшими оценками содержат {gain} % положительных",
               GAP_REAL("share", 100.0 * share[6], 0), GAP_REAL("gain", 100.0 * gain[6], 0));
    figure->note = WORDS("Rows by falling score, out of fold; the dashed line is chance",
                         "Строки по убыванию оценки, вне блока; пунктир — случай");
}

/** What every threshold of the probability would do: the slider's table. */
static void show_thresholds(telling *telling, story_chapter *chapter, const scored_rows *rows) {
    story *story = telling->story;
    story_figure *figure =
        story_add_figure(story, chapter, "model-threshold", "threshold", n_thresholds);
    double *threshold = story_add_numbers(story, figure, "threshold", "x",
                                          WORDS("threshold", "порог"), STORY_REAL, 2);
    double *counts[4];
    static const char *const names[4] = {"tp", "fp", "fn", "tn"};
    const story_text labels[4] = {
        WORDS("found", "найдены"), WORDS("false alarms", "ложные тревоги"),
        WORDS("missed", "пропущены"), WORDS("rightly let be", "верно не тронуты")};
    for (size_t k = 0; k < 4; k++) {
        counts[k] = story_add_numbers(story, figure, names[k], names[k], labels[k], STORY_WHOLE, 0);
    }
    if (story->failed) {
        return;
    }
    for (size_t i = 0; i < n_thresholds; i++) {
        threshold[i] = (double)i / (n_thresholds - 1);
        for (size_t k = 0; k < 4; k++) {
            counts[k][i] = 0.0;
        }
    }
    // Histogram of the probabilities by thresholds that they reach, then sums from above.
    for (size_t row = 0; row < rows->n; row++) {
        double p = rows->probabilities[row];
        size_t reached = (size_t)floor(p * (n_thresholds - 1));
        reached = reached >= n_thresholds ? n_thresholds - 1 : reached;
        while (reached + 1 < n_thresholds && threshold[reached + 1] <= p) {
            reached++;
        }
        while (reached > 0 && threshold[reached] > p) {
            reached--;
        }
        counts[rows->labels[row] ? 0 : 1][reached] += 1.0;
    }
    for (size_t i = n_thresholds - 1; i-- > 0;) {
        counts[0][i] += counts[0][i + 1];
        counts[1][i] += counts[1][i + 1];
    }
    for (size_t i = 0; i < n_thresholds; i++) {
        counts[2][i] = (double)rows->n_positive - counts[0][i];
        counts[3][i] = (double)(rows->n - rows->n_positive) - counts[1][i];
    }
    figure->title =
        PHRASE(story,
               "From a probability of 0.5 on, {found} of {all} positives are found, with {alarms} "
               "false alarms",
               "С вероятности 0,5 находятся {found} из {all} положительных, ложных тревог {alarms}",
               GAP_WHOLE("found", counts[0][50]), GAP_WHOLE("all", rows->n_positive),
               GAP_WHOLE("alarms", counts[1][50]));
    figure->note = WORDS("Move the threshold and say what errors cost: out of fold",
                         "Двигайте порог и задайте цену ошибок: вне блока");
}

static void show_classes(telling *telling, story_chapter *chapter, const scored_rows *rows) {
    story *story = telling->story;
    story_figure *figure =
        story_add_figure(story, chapter, "model-classes", "histogram", n_histogram);
    double *from = story_add_numbers(story, figure, "from", "x",
                                     WORDS("probability from", "вероятность от"), STORY_REAL, 2);
    const char *names[2] = {story_keep(story, telling->result->negative_name),
                            story_keep(story, telling->result->positive_name)};
    double *counts[2] = {
        story_add_numbers(story, figure, "negative", "y", NAME(names[0]), STORY_WHOLE, 0),
        story_add_numbers(story, figure, "positive", "y", NAME(names[1]), STORY_WHOLE, 0)};
    if (story->failed) {
        return;
    }
    for (size_t i = 0; i < n_histogram; i++) {
        from[i] = (double)i / n_histogram;
        counts[0][i] = counts[1][i] = 0.0;
    }
    double n_between = 0.0;
    for (size_t row = 0; row < rows->n; row++) {
        double p = rows->probabilities[row];
        size_t at = (size_t)fmin(p * n_histogram, n_histogram - 1);
        counts[rows->labels[row]][at] += 1.0;
        n_between += p > 0.2 && p < 0.8;
    }
    story_set_text(story, figure, "width", "half");
    figure->title = PHRASE(story, "{share} % of the rows are undecided, between 0.2 and 0.8",
                           "{share} % строк сомнительны: от 0,2 до 0,8",
                           GAP_REAL("share", 100.0 * n_between / (double)rows->n, 0));
    figure->note = WORDS("Rows by their probability, of each class; out of fold",
                         "Строки по вероятности, по классам; вне блока");
}

void tell_model(telling *telling) {
    story *story = telling->story;
    story_chapter *chapter = story_add_chapter(story, "model", WORDS("The model", "Модель"));
    scored_rows rows = {0}, test = {0};
    const h5_node *predictions = telling_stage(telling, chapter, "predictions", "assess",
                                               WORDS("adds out-of-fold scores of the best trials",
                                                     "добавит оценки лучших испытаний вне блока"));
    const h5_node *model = telling_stage(
        telling, chapter, "model", "refit",
        WORDS("adds a fitted model and its test score", "добавит обученную модель и её проверку"));
    bool any = (predictions != NULL && take_out_of_fold(telling, predictions, &rows)) ||
               (model != NULL && take_fitted(telling, h5_find(model, "out_of_fold"), &rows));
    if (any) {
        show_roc(telling, chapter, &rows);
    }
    if (model != NULL && take_fitted(telling, h5_find(model, "test_part"), &test)) {
        test.id = "test";
        show_roc(telling, chapter, &test);
    }
    if (any) {
        show_precision(telling, chapter, &rows);
    }
    if (any && rows.probabilities != NULL) {
        show_calibration(telling, chapter, &rows);
        show_gain(telling, chapter, &rows);
        show_classes(telling, chapter, &rows);
        show_thresholds(telling, chapter, &rows);
    }
    if (predictions == NULL && model == NULL && chapter != NULL &&
        chapter->state == STORY_PRESENT) {
        chapter->state = STORY_ABSENT;
    }
    if (any || model != NULL) {
        story_add_command(story, chapter, telling_command(telling, "predict"),
                          WORDS("scores rows", "оценивает строки"));
    }
}
