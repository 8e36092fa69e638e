// SPDX-License-Identifier: MIT
// What it came to, in words, and how sure that is.
#include <math.h>
#include <string.h>

#include "metric/delong.h"
#include "statistics/resampled_t.h"
#include "store/stage.h"
#include "store/test_looks.h"
#include "story/finding_codes.h"
#include "story/stored.h"
#include "story/telling.h"

/** Trials whose folds stand in the picture. */
enum { n_pictured = 5 };

/** Gaps between training and validation below this are not worth a word; from twice that on they
 * are a warning. */
static const double least_gap = 0.01;

/** An interval this wide says little. */
static const double wide = 0.1;

static void tell_headline(telling *telling) {
    story *story = telling->story;
    const char *model = telling_model_name(telling, telling->best);
    const perebor_resampled_mean *folds = &telling->folds;
    if (isnan(folds->low)) {
        story->headline =
            PHRASE(story, "The best of {n} trials is {model}: {metric} {score}",
                   "Лучшее из {n} испытаний — {model}: {metric} {score}",
                   GAP_WHOLE("n", telling->n_complete), GAP_WORD("model", telling_model(model)),
                   GAP_TERM("metric", telling->metric),
                   GAP_REAL("score", telling->scores[telling->best], 3));
        return;
    }
    story->headline = PHRASE(story, "Best is {model}: {metric} {score} (95 %: {low} to {high})",
                             "Лучше всех — {model}: {metric} {score} (95 %: от {low} до {high})",
                             GAP_WORD("model", telling_model(model)),
                             GAP_TERM("metric", telling->metric), GAP_REAL("score", folds->mean, 3),
                             GAP_REAL("low", folds->low, 3), GAP_REAL("high", folds->high, 3));
}

static void tell_search_in_words(telling *telling, story_chapter *chapter) {
    const perebor_result *result = telling->result;
    size_t n_train = 0, n_positive = 0;
    for (size_t row = 0; row < result->n_rows; row++) {
        n_train += result->part[row] == 0;
        n_positive += result->labels[row];
    }
    story_add_paragraph(
        telling->story, chapter,
        PHRASE(telling->story,
               "{n} {n:trial|trials} were scored on {folds} folds of {rows} training rows to tell "
               "“{positive}” of {target} ({share} % of all rows).",
               "{n} {n:испытание|испытания|испытаний} на {folds} {folds:блоке|блоках|блоках} "
               "проверки, {rows} {rows:строка|строки|строк} обучения. Предсказывается "
               "«{positive}» столбца {target} ({share} % всех строк).",
               GAP_WHOLE("n", telling->n_complete), GAP_WHOLE("folds", telling->trials->n_folds),
               GAP_WHOLE("rows", n_train), GAP_TERM("positive", result->positive_name),
               GAP_TERM("target", result->target_name),
               GAP_REAL("share", 100.0 * (double)n_positive / (double)result->n_rows, 1)));
}

/** The best score without the luck of having been chosen. */
static void tell_luck(telling *telling, story_chapter *chapter) {
    const h5_node *group = stage_find(telling->result, "predictions");
    double naive = stored_number(group, "naive"), corrected = stored_number(group, "corrected");
    if (group == NULL || !stage_is_current(telling->result, "predictions") || isnan(corrected)) {
        return;
    }
    story_add_paragraph(
        telling->story, chapter,
        PHRASE(telling->story,
               "The best of many is too good, because it was chosen for its score: without that "
               "luck {corrected}, 95 % between {low} and {high}.",
               "Лучшее из многих всегда завышено: его выбрали за оценку. Без этого везения — "
               "{corrected}, 95 %: от {low} до {high}.",
               GAP_REAL("corrected", corrected, 3),
               GAP_REAL("low", stored_number(group, "corrected_low"), 3),
               GAP_REAL("high", stored_number(group, "corrected_high"), 3)));
    if (naive - corrected > 0.005) {
        story_add_finding(telling->story, FINDING_GAIN_IS_LUCK,
                          naive - corrected > 0.02 ? STORY_WARNING : STORY_NOTE, "verdict", "",
                          PHRASE(telling->story,
                                 "{gain} of the best score is the luck of having been chosen",
                                 "Из лучшей оценки {gain} — везение: она лучшая из многих",
                                 GAP_REAL("gain", naive - corrected, 3)));
    }
}

/** What the mean of several trials is worth, beside the best of them. */
static void tell_ensemble(telling *telling, story_chapter *chapter) {
    const h5_node *group = stage_find(telling->result, "ensemble");
    size_t n = stored_length(group, "trial");
    double corrected = stored_number(group, "corrected");
    double best = stored_number(group, "best_corrected");
    if (n == 0 || !stage_is_current(telling->result, "ensemble") || isnan(corrected) ||
        isnan(best)) {
        return;
    }
    story_add_paragraph(
        telling->story, chapter,
        PHRASE(
            telling->story,
            "An ensemble, the mean of {n} {n:trial|trials}, scores {naive} on the folds; without "
            "the luck of having been chosen {corrected}, 95 % between {low} and {high}, where "
            "the best trial by itself has {best}.",
            "Ансамбль, среднее {n} {n:испытания|испытаний|испытаний}, получает на блоках "
            "{naive}; без везения — {corrected}, 95 %: от {low} до {high}, а лучшее испытание "
            "само по себе — {best}.",
            GAP_WHOLE("n", n), GAP_REAL("naive", stored_number(group, "naive"), 3),
            GAP_REAL("corrected", corrected, 3),
            GAP_REAL("low", stored_number(group, "corrected_low"), 3),
            GAP_REAL("high", stored_number(group, "corrected_high"), 3),
            GAP_REAL("best", best, 3)));
}

/** What the model of /model scores on the test part, which a trial was fitted of, or several. */
static void tell_test_score(telling *telling, story_chapter *chapter, size_t n,
                            const perebor_auc_interval *interval) {
    const h5_node *model = stage_find(telling->result, "model");
    size_t n_members = stored_length(model, "weight");
    story_add_paragraph(
        telling->story, chapter,
        n_members > 0
            ? PHRASE(telling->story,
                     "The test part ({n} rows that the search never saw): the fitted model, an "
                     "ensemble of {members} {members:trial|trials}, has ROC AUC {auc}, 95 % "
                     "between {low} and "
                     "{high}.",
                     "Проверочная часть ({n} {n:строка|строки|строк}, которых поиск не видел): у "
                     "обученной модели, ансамбля из {members} {members:испытания|испытаний|"
                     "испытаний}, ROC AUC {auc}, 95 %: от {low} до {high}.",
                     GAP_WHOLE("n", n), GAP_WHOLE("members", n_members),
                     GAP_REAL("auc", interval->auc, 3), GAP_REAL("low", interval->low, 3),
                     GAP_REAL("high", interval->high, 3))
            : PHRASE(telling->story,
                     "The test part ({n} rows that the search never saw): the fitted model, trial "
                     "{trial}, has ROC AUC {auc}, 95 % between {low} and {high}.",
                     "Проверочная часть ({n} {n:строка|строки|строк}, которых поиск не видел): у "
                     "обученной модели, испытание {trial}, ROC AUC {auc}, 95 %: от {low} "
                     "до {high}.",
                     GAP_WHOLE("n", n), GAP_REAL("trial", stored_number(model, "trial"), 0),
                     GAP_REAL("auc", interval->auc, 3), GAP_REAL("low", interval->low, 3),
                     GAP_REAL("high", interval->high, 3)));
}

/** The test part, of the model that was fitted. */
static void tell_test(telling *telling, story_chapter *chapter) {
    const h5_node *model = stage_find(telling->result, "model");
    const h5_node *part = model == NULL ? NULL : h5_find(model, "test_part");
    size_t n = stored_length(part, "score");
    const double *scores = stored_reals(part, "score", n);
    const int64_t *target = stored_integers(telling->story, part, "target", n);
    perebor_auc_interval interval;
    if (scores == NULL || target == NULL || n == 0 || !stage_is_current(telling->result, "model")) {
        return;
    }
    uint8_t *labels = story_allocate(telling->story, n, sizeof *labels);
    for (size_t i = 0; labels != NULL && i < n; i++) {
        labels[i] = target[i] == 1;
    }
    if (labels == NULL ||
        perebor_delong(&interval, labels, scores, n, telling_level, NULL) != PEREBOR_OK) {
        return;
    }
    tell_test_score(telling, chapter, n, &interval);
    double expected = stored_number(model, "mean_test_score");
    bool is_area = strcmp(telling->trials->metric_names[0], "roc_auc") == 0;
    if (is_area && (expected > interval.high || expected < interval.low)) {
        story_add_finding(
            telling->story, FINDING_TEST_DIFFERS,
            expected > interval.high ? STORY_SERIOUS : STORY_WARNING, "model", "",
            PHRASE(telling->story,
                   "The test part gives {auc}, the folds promised {expected}: outside of its 95 %",
                   "На проверочной части {auc}, блоки обещали {expected}: вне её 95 %",
                   GAP_REAL("auc", interval.auc, 3), GAP_REAL("expected", expected, 3)));
    }
}

static void find_looks(telling *telling) {
    test_looks looks = {0};
    if (test_looks_count(telling->result, &looks, NULL) == PEREBOR_OK && looks.n_then > 0) {
        story_add_finding(
            telling->story, FINDING_TEST_SEEN, STORY_SERIOUS, "model", "",
            WORDS("The search went on after its test part had been looked at: it is no test "
                  "part any more",
                  "Поиск продолжали после того, как посмотрели на проверочную часть: она больше "
                  "не проверочная"));
    }
}

static void find_gap(telling *telling) {
    double train = perebor_trials_mean_train_score(telling->trials, telling->best);
    double gap = train - telling->scores[telling->best];
    if (gap >= least_gap) {
        story_add_finding(
            telling->story, FINDING_OVERFITS, gap >= 2.0 * least_gap ? STORY_WARNING : STORY_NOTE,
            "search", "",
            PHRASE(telling->story,
                   "The best trial overfits by {gap}: {train} on the rows that it was fitted on",
                   "Лучшее испытание переобучено на {gap}: на строках обучения {train}",
                   GAP_REAL("gap", gap, 3), GAP_REAL("train", train, 3)));
    }
    if (telling->folds.high - telling->folds.low > wide) {
        story_add_finding(
            telling->story, FINDING_WIDE_INTERVAL, STORY_WARNING, "verdict", "",
            PHRASE(telling->story,
                   "The score is known to {half} only: more rows or repeats would "
                   "say more",
                   "Оценка известна лишь с точностью до {half}: больше строк или "
                   "повторов скажут больше",
                   GAP_REAL("half", 0.5 * (telling->folds.high - telling->folds.low), 3)));
    }
}

static void find_nested(telling *telling) {
    const h5_node *group = stage_find(telling->result, "nested");
    size_t n = stored_length(group, "rules/rule");
    const double *means = stored_reals(group, "rules/mean_outer_score", n);
    const double *low = stored_reals(group, "rules/mean_outer_score_low", n);
    const double *high = stored_reals(group, "rules/mean_outer_score_high", n);
    if (n == 0 || means == NULL || low == NULL || high == NULL ||
        !stage_is_current(telling->result, "nested")) {
        return;
    }
    if (means[0] < telling->scores[telling->best] - 0.005) {
        story_add_finding(
            telling->story, FINDING_NESTED_IS_LOWER, STORY_WARNING, "verdict", "",
            PHRASE(telling->story,
                   "Searched anew in every outer fold, the best is worth {mean}, 95 % between "
                   "{low} and {high}",
                   "С новым поиском в каждом внешнем блоке лучшее стоит {mean}, 95 %: "
                   "от {low} до {high}",
                   GAP_REAL("mean", means[0], 3), GAP_REAL("low", low[0], 3),
                   GAP_REAL("high", high[0], 3)));
    }
}

/** Trials that are not proved to be worse than the best: perebor_conservative_t() of the
 * differences of their folds. Trials of one point count once. */
static size_t count_equals(const telling *telling) {
    const perebor_trials *trials = telling->trials;
    size_t n_folds = trials->n_folds, n_equal = 0;
    double *differences = story_allocate(telling->story, n_folds, sizeof *differences);
    for (size_t i = 1; differences != NULL && i < telling->n_complete; i++) {
        size_t row = telling->order[i];
        if (trials->same_as[row] != telling_number(telling, row)) {
            continue;
        }
        for (size_t fold = 0; fold < n_folds; fold++) {
            differences[fold] = perebor_trials_score(trials, telling->best, fold, 0, PEREBOR_TEST) -
                                perebor_trials_score(trials, row, fold, 0, PEREBOR_TEST);
        }
        perebor_resampled_mean mean =
            perebor_conservative_t(differences, n_folds, telling->result->n_splits, telling_level);
        n_equal += !(mean.p < 1.0 - telling_level);
    }
    return n_equal;
}

static void find_equals(telling *telling) {
    if (telling->result->n_splits < 2 || telling->n_complete < 2) {
        return;
    }
    size_t n = count_equals(telling);
    if (n > 0) {
        story_add_finding(
            telling->story, FINDING_WITHIN_NOISE, STORY_NOTE, "search", "",
            PHRASE(telling->story,
                   "The winner is within noise of {n} other {n:trial|trials}: choose among them "
                   "by other reasons too",
                   "Победитель неотличим от {n} {n:другого испытания|других испытаний|других "
                   "испытаний}: выбирайте среди них и по другим причинам",
                   GAP_WHOLE("n", n)));
    }
}

/** The best trials of different learners and points, fold by fold. */
static void picture_folds(telling *telling, story_chapter *chapter) {
    story *story = telling->story;
    const perebor_trials *trials = telling->trials;
    uint32_t rows[n_pictured];
    size_t n = 0;
    for (size_t i = 0; i < telling->n_complete && n < n_pictured; i++) {
        uint32_t row = telling->order[i];
        if (trials->same_as[row] == telling_number(telling, row)) {
            rows[n++] = row;
        }
    }
    story_figure *figure =
        story_add_figure(story, chapter, "verdict-folds", "folds", n * trials->n_folds);
    double *trial = story_add_numbers(story, figure, "trial", "group", WORDS("trial", "испытание"),
                                      STORY_WHOLE, 0);
    story_text *model = story_add_words(story, figure, "model", "label", WORDS("model", "модель"));
    double *fold =
        story_add_numbers(story, figure, "fold", "pair", WORDS("fold", "блок"), STORY_WHOLE, 0);
    double *score =
        story_add_numbers(story, figure, "score", "value", NAME(telling->metric), STORY_REAL, 4);
    if (story->failed) {
        return;
    }
    for (size_t i = 0; i < n * trials->n_folds; i++) {
        size_t row = rows[i / trials->n_folds];
        trial[i] = (double)telling_number(telling, row);
        model[i] = telling_model(telling_model_name(telling, row));
        fold[i] = (double)(i % trials->n_folds + 1);
        score[i] = perebor_trials_score(trials, row, i % trials->n_folds, 0, PEREBOR_TEST);
    }
    double worst = INFINITY, best = -INFINITY;
    for (size_t i = 0; i < trials->n_folds; i++) {
        worst = fmin(worst, score[i]);
        best = fmax(best, score[i]);
    }
    figure->title = PHRASE(story, "Fold by fold the best trial scores from {worst} to {best}",
                           "По блокам лучшее испытание получает от {worst} до {best}",
                           GAP_REAL("worst", worst, 3), GAP_REAL("best", best, 3));
    figure->note =
        PHRASE(story,
               "{metric} of the {n} best different trials on {folds} validation folds; "
               "lines join a fold, a bar is the mean",
               "{metric} лучших разных испытаний ({n}) на {folds} "
               "{folds:блоке|блоках|блоках} проверки; линии соединяют один блок, черта — среднее",
               GAP_TERM("metric", telling->metric), GAP_WHOLE("n", n),
               GAP_WHOLE("folds", trials->n_folds));
}

static void find_state(telling *telling) {
    const perebor_trials *trials = telling->trials;
    size_t n_open = trials->n_trials - telling->n_finished;
    if (n_open > 0) {
        story_add_finding(telling->story, FINDING_UNFINISHED, STORY_WARNING, "making", "",
                          PHRASE(telling->story,
                                 "The search has not ended: {n} of {all} trials are still to come",
                                 "Поиск не окончен: впереди {n} из {all} испытаний",
                                 GAP_WHOLE("n", n_open), GAP_WHOLE("all", trials->n_trials)));
    }
    if (telling->n_failed > 0) {
        double share = 100.0 * (double)telling->n_failed / (double)telling->n_finished;
        story_add_finding(
            telling->story, FINDING_TRIALS_FAILED, share > 10.0 ? STORY_WARNING : STORY_NOTE,
            "search",
            story_format(telling->story, "perebor show %s --where state=FAIL", telling->file),
            PHRASE(telling->story, "{n} {n:trial|trials} failed ({share} %)",
                   "{n} {n:испытание не удалось|испытания не удались|испытаний не удались} "
                   "({share} %)",
                   GAP_WHOLE("n", telling->n_failed), GAP_REAL("share", share, 1)));
    }
}

void tell_verdict(telling *telling) {
    story *story = telling->story;
    story_chapter *chapter = story_add_chapter(story, "verdict", WORDS("Verdict", "Вывод"));
    find_state(telling);
    if (telling->best == TELLING_NONE) {
        story->headline = WORDS("No trial has a score yet", "Оценок ещё нет ни у одного испытания");
        return;
    }
    tell_headline(telling);
    tell_search_in_words(telling, chapter);
    tell_luck(telling, chapter);
    tell_ensemble(telling, chapter);
    tell_test(telling, chapter);
    picture_folds(telling, chapter);
    find_looks(telling);
    find_gap(telling);
    find_nested(telling);
    find_equals(telling);
}
