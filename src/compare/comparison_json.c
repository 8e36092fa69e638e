// SPDX-License-Identifier: MIT
#include "compare/comparison_json.h"

#include <math.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/try.h"
#include "statistics/quantile.h"

/** "A": a letter as a text. */
static void put_label(perebor_json *json, const char *key, char label) {
    const char text[2] = {label, '\0'};
    perebor_json_put_text(json, key, text);
}

static void put_best(perebor_json *json, const compared_search *search,
                     const comparison_summary *summary) {
    if (summary->best == COMPARISON_NONE) {
        return;
    }
    char *params = compared_params(search, summary->best);
    json->failed = json->failed || params == NULL;
    perebor_json_key(json, "best");
    perebor_json_begin_object(json);
    perebor_json_put_unsigned(json, "trial", search->trials->first_trial + summary->best);
    perebor_json_put_real(json, "score", summary->best_score);
    perebor_json_put_real(json, "low", summary->folds.low);
    perebor_json_put_real(json, "high", summary->folds.high);
    perebor_json_put_text(json, "params", params);
    if (summary->is_corrected) {
        perebor_json_put_real(json, "corrected", summary->corrected);
        perebor_json_put_real(json, "corrected_low", summary->corrected_low);
        perebor_json_put_real(json, "corrected_high", summary->corrected_high);
    }
    perebor_json_end_object(json);
    free(params);
}

/** The score that each percentage of the trials does not exceed, from 0 to 100. */
static void put_distribution(perebor_json *json, const comparison_summary *summary) {
    enum { n_shares = 101 };
    double quantiles[n_shares];
    for (size_t i = 0; i < n_shares; i++) {
        quantiles[i] = summary->n_complete == 0
                           ? (double)NAN
                           : perebor_quantile(summary->scores, summary->n_complete,
                                              (double)i / (n_shares - 1));
    }
    perebor_json_put_reals(json, "percentiles", quantiles, n_shares);
}

static void put_file(perebor_json *json, const compared_search *search,
                     const comparison_summary *summary) {
    perebor_json_begin_object(json);
    put_label(json, "label", summary->label);
    perebor_json_put_text(json, "path", search->path);
    perebor_json_put_text(json, "kind", compared_kind_names[search->kind]);
    perebor_json_put_unsigned(json, "n_trials", summary->n_trials);
    perebor_json_put_unsigned(json, "n_finished", summary->n_finished);
    perebor_json_put_unsigned(json, "n_complete", summary->n_complete);
    perebor_json_put_unsigned(json, "n_failed", summary->n_failed);
    perebor_json_put_real(json, "seconds", summary->seconds);
    perebor_json_put_real(json, "seconds_per_trial", summary->seconds_per_trial);
    perebor_json_put_text(json, "clock", search->result != NULL ? "processor" : "wall");
    put_best(json, search, summary);
    put_distribution(json, summary);
    perebor_json_end_object(json);
}

static void put_checks(perebor_json *json, const comparison_pair *pair, size_t language) {
    perebor_json_key(json, "comparable");
    perebor_json_begin_array(json);
    for (size_t i = 0; i < COMPARISON_N_ASPECTS; i++) {
        perebor_json_begin_object(json);
        perebor_json_put_text(json, "what", comparison_aspect_names[i].in[COMPARISON_ENGLISH]);
        perebor_json_put_text(
            json, "agreement",
            comparison_agreement_names[pair->checks[i].agreement].in[COMPARISON_ENGLISH]);
        perebor_json_put_text(json, "left_out", pair->checks[i].left_out.in[language]);
        perebor_json_end_object(json);
    }
    perebor_json_end_array(json);
}

static void put_differences(perebor_json *json, const comparison_pair *pair) {
    perebor_json_key(json, "differences");
    perebor_json_begin_array(json);
    for (size_t i = 0; i < pair->n_differences; i++) {
        perebor_json_begin_object(json);
        perebor_json_put_text(json, "key", pair->differences[i].key);
        perebor_json_put_text(json, "a", pair->differences[i].a);
        perebor_json_put_text(json, "b", pair->differences[i].b);
        perebor_json_end_object(json);
    }
    perebor_json_end_array(json);
}

static void put_budgets(perebor_json *json, const char *key, const comparison_budgets *budgets) {
    perebor_json_key(json, key);
    perebor_json_begin_array(json);
    for (size_t i = 0; i < budgets->n; i++) {
        const comparison_budget *budget = &budgets->items[i];
        perebor_json_begin_object(json);
        perebor_json_put_real(json, "budget", budget->budget);
        perebor_json_put_real(json, "a_trials", budget->draws[0]);
        perebor_json_put_real(json, "b_trials", budget->draws[1]);
        perebor_json_put_real(json, "a", budget->a.mean);
        perebor_json_put_real(json, "a_sd", budget->a.sd);
        perebor_json_put_real(json, "b", budget->b.mean);
        perebor_json_put_real(json, "b_sd", budget->b.sd);
        perebor_json_put_real(json, "p", budget->p);
        perebor_json_end_object(json);
    }
    perebor_json_end_array(json);
}

static void put_draws(perebor_json *json, const comparison_pair *pair, size_t language) {
    perebor_json_key(json, "trial_against_trial");
    perebor_json_begin_object(json);
    if (pair->has_draws) {
        perebor_json_put_real(json, "b_better", pair->draws.b_better);
        perebor_json_put_real(json, "low", pair->draws.low);
        perebor_json_put_real(json, "high", pair->draws.high);
        perebor_json_put_real(json, "p", pair->draws.p);
    } else {
        perebor_json_put_text(json, "left_out", pair->no_draws.in[language]);
    }
    perebor_json_end_object(json);
}

static void put_rope(perebor_json *json, const perebor_rope_shares *rope, double half) {
    perebor_json_key(json, "rope");
    perebor_json_begin_object(json);
    perebor_json_put_real(json, "half_width", half);
    perebor_json_put_real(json, "a_better", rope->below);
    perebor_json_put_real(json, "equivalent", rope->within);
    perebor_json_put_real(json, "b_better", rope->above);
    perebor_json_end_object(json);
}

static void put_usual(perebor_json *json, const comparison_usual *usual, const char *test) {
    perebor_json_key(json, "usual");
    perebor_json_begin_object(json);
    perebor_json_put_text(json, "test", test);
    perebor_json_put_real(json, "low", usual->low);
    perebor_json_put_real(json, "high", usual->high);
    perebor_json_put_real(json, "p", usual->p);
    perebor_json_end_object(json);
}

/** The number of a trial, or that it is an ensemble. */
static void put_trial(perebor_json *json, const char *key, uint64_t trial) {
    if (trial == COMPARISON_ENSEMBLE) {
        perebor_json_put_text(json, key, "ensemble");
    } else {
        perebor_json_put_unsigned(json, key, trial);
    }
}

/** @param[in] rope  NULL: the test has none. */
static void put_test(perebor_json *json, const char *key, const comparison_test *test,
                     const perebor_rope_shares *rope, const comparison_options *options) {
    static const char *const who[] = {"a", "neither", "b"};
    perebor_json_key(json, key);
    perebor_json_begin_object(json);
    if (!test->is_tested) {
        perebor_json_put_text(json, "left_out", test->why_not.in[options->language]);
        perebor_json_end_object(json);
        return;
    }
    perebor_json_put_unsigned(json, "n", test->n);
    put_trial(json, "trial_a", test->trial_a);
    put_trial(json, "trial_b", test->trial_b);
    perebor_json_put_real(json, "a", test->a);
    perebor_json_put_real(json, "b", test->b);
    perebor_json_put_real(json, "difference", test->difference);
    perebor_json_put_real(json, "low", test->low);
    perebor_json_put_real(json, "high", test->high);
    perebor_json_put_real(json, "p", test->p);
    perebor_json_put_real(json, "p_adjusted", test->p_adjusted);
    perebor_json_put_text(json, "better", who[test->better + 1]);
    put_usual(json, &test->usual, rope != NULL ? "corrected resampled t" : "DeLong");
    if (rope != NULL) {
        put_rope(json, rope, options->rope);
    }
    perebor_json_end_object(json);
}

static void put_importance(perebor_json *json, const comparison_importance *importance,
                           size_t language) {
    perebor_json_key(json, "importance");
    perebor_json_begin_object(json);
    if (importance->why_not.in[language] != NULL) {
        perebor_json_put_text(json, "left_out", importance->why_not.in[language]);
        perebor_json_end_object(json);
        return;
    }
    perebor_json_put_real(json, "spearman", importance->spearman);
    perebor_json_key(json, "columns");
    perebor_json_begin_array(json);
    for (size_t i = 0; i < importance->n; i++) {
        const comparison_column *column = &importance->items[i];
        perebor_json_begin_object(json);
        perebor_json_put_text(json, "column", column->name);
        perebor_json_put_real(json, "a", column->a);
        perebor_json_put_real(json, "b", column->b);
        perebor_json_put_real(json, "rank_a", column->rank_a);
        perebor_json_put_real(json, "rank_b", column->rank_b);
        perebor_json_end_object(json);
    }
    perebor_json_end_array(json);
    perebor_json_end_object(json);
}

static void put_partition(perebor_json *json, const char *key,
                          const comparison_partition *partition, size_t language) {
    perebor_json_key(json, key);
    perebor_json_begin_object(json);
    if (partition->why_not.in[language] != NULL) {
        perebor_json_put_text(json, "left_out", partition->why_not.in[language]);
        perebor_json_end_object(json);
        return;
    }
    perebor_json_put_unsigned(json, "n", partition->n);
    perebor_json_put_unsigned(json, "n_changed", partition->n_changed);
    if (!isnan(partition->adjusted_rand)) {
        perebor_json_put_real(json, "adjusted_rand", partition->adjusted_rand);
    }
    perebor_json_key(json, "moves");
    perebor_json_begin_array(json);
    for (size_t i = 0; i < partition->n_moves; i++) {
        perebor_json_begin_object(json);
        perebor_json_put_text(json, "from", partition->moves[i].from);
        perebor_json_put_text(json, "to", partition->moves[i].to);
        perebor_json_put_unsigned(json, "n", partition->moves[i].n);
        perebor_json_end_object(json);
    }
    perebor_json_end_array(json);
    perebor_json_end_object(json);
}

static void put_pair(perebor_json *json, const comparison *comparison,
                     const comparison_pair *pair) {
    size_t language = comparison->options.language;
    static const char *const proofs[] = {"nothing", "folds", "test_part"};
    size_t proof = pair->proof == NULL ? 0 : pair->proof == &pair->folds ? 1 : 2;
    perebor_json_begin_object(json);
    put_label(json, "a", comparison->summaries[pair->a].label);
    put_label(json, "b", comparison->summaries[pair->b].label);
    perebor_json_put_text(json, "verdict", pair->verdict.in[language]);
    perebor_json_put_text(json, "goes_by", proofs[proof]);
    put_checks(json, pair, language);
    if (pair->is_one_search) {
        perebor_json_put_unsigned(json, "shared_trials", pair->n_shared);
        perebor_json_put_unsigned(json, "equal_trials", pair->n_equal);
    }
    put_budgets(json, "by_trials", &pair->by_trials);
    put_budgets(json, "by_seconds", &pair->by_seconds);
    put_draws(json, pair, language);
    put_test(json, "folds", &pair->folds, &pair->folds.rope, &comparison->options);
    put_test(json, "test_part", &pair->test, NULL, &comparison->options);
    put_importance(json, &pair->stages.importance, language);
    put_partition(json, "segments", &pair->stages.segments, language);
    put_partition(json, "offers", &pair->stages.offers, language);
    put_differences(json, pair);
    perebor_json_key(json, "warnings");
    perebor_json_begin_array(json);
    for (size_t i = 0; i < pair->n_warnings; i++) {
        perebor_json_text(json, pair->warnings[i].in[language]);
    }
    perebor_json_end_array(json);
    perebor_json_end_object(json);
}

static const char *const languages[COMPARISON_N_LANGUAGES] = {"en", "ru"};

perebor_status comparison_write_json(const comparison *comparison, FILE *stream,
                                     perebor_error *error) {
    perebor_json json = {0};
    perebor_json_begin_object(&json);
    perebor_json_put_text(&json, "language", languages[comparison->options.language]);
    perebor_json_put_text(&json, "metric", comparison->metric);
    perebor_json_put_real(&json, "level", comparison_level);
    perebor_json_key(&json, "files");
    perebor_json_begin_array(&json);
    for (size_t i = 0; i < comparison->n; i++) {
        put_file(&json, &comparison->searches[i], &comparison->summaries[i]);
    }
    perebor_json_end_array(&json);
    perebor_json_key(&json, "pairs");
    perebor_json_begin_array(&json);
    for (size_t i = 0; i + 1 < comparison->n; i++) {
        put_pair(&json, comparison, &comparison->pairs[i]);
    }
    perebor_json_end_array(&json);
    perebor_json_end_object(&json);
    char *text = perebor_json_take(&json);
    if (text == NULL) {
        return perebor_no_memory(error, "to write a comparison");
    }
    bool written = fputs(text, stream) >= 0 && fputc('\n', stream) != EOF && fflush(stream) == 0;
    free(text);
    return written ? PEREBOR_OK
                   : perebor_fail(error, PEREBOR_ERR_IO, "the comparison could not be written");
}
