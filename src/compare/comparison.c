// SPDX-License-Identifier: MIT
#include "compare/comparison.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/try.h"
#include "compare/comparability.h"
#include "compare/comparison_differences.h"
#include "compare/comparison_summary.h"
#include "compare/comparison_tests.h"
#include "compare/comparison_verdict.h"

const char *comparison_text(comparison_memory *memory, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const char *text = perebor_arena_vformat(&memory->arena, format, arguments);
    va_end(arguments);
    memory->failed = memory->failed || text == NULL;
    return text != NULL ? text : "";
}

comparison_sentence comparison_say(comparison_memory *memory, const char *english,
                                   const char *russian, ...) {
    const char *const formats[COMPARISON_N_LANGUAGES] = {english, russian};
    comparison_sentence sentence;
    for (size_t i = 0; i < COMPARISON_N_LANGUAGES; i++) {
        va_list arguments;
        va_start(arguments, russian);
        const char *text = perebor_arena_vformat(&memory->arena, formats[i], arguments);
        va_end(arguments);
        memory->failed = memory->failed || text == NULL;
        sentence.in[i] = text != NULL ? text : "";
    }
    return sentence;
}

comparison_sentence comparison_commas(comparison_memory *memory, comparison_sentence sentence) {
    char *text = perebor_arena_text(&memory->arena, sentence.in[COMPARISON_RUSSIAN]);
    memory->failed = memory->failed || text == NULL;
    for (char *point = text; point != NULL && *point != '\0'; point++) {
        bool decimal = *point == '.' && point > text && point[-1] >= '0' && point[-1] <= '9' &&
                       point[1] >= '0' && point[1] <= '9';
        *point = decimal ? ',' : *point;
    }
    return text == NULL ? sentence : COMPARISON_WORDS(sentence.in[COMPARISON_ENGLISH], text);
}

/** Reads result files before the others: they say what the others' scores are taken for. */
static perebor_status open_results(comparison *made, const char *const *paths,
                                   perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    made->metric = made->options.metric;
    for (size_t i = 0; i < made->n; i++) {
        compared_kind kind;
        PEREBOR_TRY(done, compared_kind_find(&kind, paths[i], error));
        made->searches[i].kind = kind;
        if (kind == COMPARED_RESULT) {
            PEREBOR_TRY(done,
                        compared_result_open(&made->searches[i], paths[i], made->metric, error));
            made->metric = compared_metric_name(&made->searches[i]);
        }
    }
    made->metric = made->metric != NULL ? made->metric : "score";
done:
    return status;
}

static perebor_status open_others(comparison *made, const char *const *paths,
                                  perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (size_t i = 0; i < made->n; i++) {
        compared_search *search = &made->searches[i];
        if (search->kind == COMPARED_CV_RESULTS) {
            PEREBOR_TRY(done, cv_results_open(search, paths[i], made->metric, error));
        } else if (search->kind == COMPARED_OPTUNA) {
            PEREBOR_TRY(done, optuna_study_open(search, paths[i], made->metric, error));
        }
    }
done:
    return status;
}

/** What --same-folds says must be what files record. */
static perebor_status check_same_folds(const comparison *made, perebor_error *error) {
    size_t k = made->options.same_folds;
    for (size_t i = 0; k > 0 && i < made->n; i++) {
        const compared_search *search = &made->searches[i];
        if (search->result != NULL && search->result->n_splits != k) {
            return perebor_fail(error, PEREBOR_ERR_CONFLICT,
                                "--same-folds=%zu: %s has %zu folds in a repeat", k, search->path,
                                search->result->n_splits);
        }
        if (search->result == NULL && search->has_folds && search->trials->n_folds % k != 0) {
            return perebor_fail(error, PEREBOR_ERR_CONFLICT,
                                "--same-folds=%zu: a trial of %s has %zu scores, which is no "
                                "number of whole repeats",
                                k, search->path, search->trials->n_folds);
        }
    }
    return PEREBOR_OK;
}

static perebor_status summarize(comparison *made, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (size_t i = 0; i < made->n; i++) {
        PEREBOR_TRY(done, comparison_summarize(&made->summaries[i], &made->searches[i],
                                               (char)('A' + (char)i), &made->options, &made->memory,
                                               error));
    }
done:
    return status;
}

static perebor_status compare_pair(comparison_pair *pair, comparison *made, perebor_error *error) {
    perebor_status status;
    comparability_check(pair, made, &made->memory);
    PEREBOR_TRY(done,
                comparison_find_differences(pair, made->searches[pair->a].result,
                                            made->searches[pair->b].result, &made->memory, error));
    PEREBOR_TRY(done, comparison_compare_budgets(pair, made->summaries, error));
    PEREBOR_TRY(done, comparison_compare_draws(pair, made->summaries, error));
    PEREBOR_TRY(done, comparison_test_folds(pair, made, &made->memory, error));
    PEREBOR_TRY(done, comparison_test_part(pair, made, &made->memory, error));
    PEREBOR_TRY(done, comparison_compare_stages(pair, made, &made->memory, error));
done:
    return status;
}

static perebor_status compare_pairs(comparison *made, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (size_t i = 0; i + 1 < made->n; i++) {
        made->pairs[i] = (comparison_pair){.a = 0, .b = i + 1};
        PEREBOR_TRY(done, compare_pair(&made->pairs[i], made, error));
    }
    PEREBOR_TRY(done, comparison_adjust(made->pairs, made->n - 1, made->summaries, error));
    for (size_t i = 0; i + 1 < made->n; i++) {
        PEREBOR_TRY(done, comparison_conclude(&made->pairs[i], made, &made->memory, error));
    }
    if (made->memory.failed) {
        status = perebor_no_memory(error, "to compare files");
    }
done:
    return status;
}

perebor_status comparison_make(comparison *output, const char *const *paths, size_t n,
                               const comparison_options *options, perebor_error *error) {
    perebor_status status;
    comparison made = {.options = *options, .n = n};
    if (n < 2 || n > COMPARISON_MOST_FILES) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "a comparison takes from 2 to %d files, not %zu", COMPARISON_MOST_FILES,
                            n);
    }
    made.searches = calloc(n, sizeof *made.searches);
    made.summaries = calloc(n, sizeof *made.summaries);
    made.pairs = calloc(n, sizeof *made.pairs);
    if (made.searches == NULL || made.summaries == NULL || made.pairs == NULL) {
        status = perebor_no_memory(error, "to compare %zu files", n);
        goto done;
    }
    PEREBOR_TRY(done, open_results(&made, paths, error));
    PEREBOR_TRY(done, open_others(&made, paths, error));
    PEREBOR_TRY(done, check_same_folds(&made, error));
    PEREBOR_TRY(done, summarize(&made, error));
    PEREBOR_TRY(done, compare_pairs(&made, error));
    *output = made;
    made = (comparison){0};
done:
    comparison_release(&made);
    return status;
}

void comparison_release(comparison *comparison) {
    for (size_t i = 0; comparison->searches != NULL && i < comparison->n; i++) {
        compared_search_close(&comparison->searches[i]);
    }
    free(comparison->searches);
    free(comparison->summaries);
    free(comparison->pairs);
    perebor_arena_release(&comparison->memory.arena);
    *comparison = (struct comparison){0};
}
