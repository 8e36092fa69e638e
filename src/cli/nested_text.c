// SPDX-License-Identifier: MIT
#include "cli/nested_text.h"

#include <inttypes.h>
#include <math.h>

/** A score, or a dash where there is none. */
static void write_score(double score, FILE *stream) {
    if (isnan(score)) {
        fprintf(stream, "  %6s", "-");
    } else {
        fprintf(stream, "  %6.4f", score);
    }
}

static void write_rule(const nested_rule *rule, size_t n_outer, FILE *stream) {
    fprintf(stream, "  %-18s", rule->name);
    write_score(rule->mean_inner, stream);
    write_score(rule->mean_outer.mean, stream);
    write_score(rule->mean_outer.low, stream);
    write_score(rule->mean_outer.high, stream);
    fputs("  trials", stream);
    for (size_t outer = 0; outer < n_outer; outer++) {
        if (rule->trials[outer] == NESTED_NONE) {
            fputs(" -", stream);
        } else {
            fprintf(stream, " %" PRId64, rule->trials[outer]);
        }
    }
    fputc('\n', stream);
}

void nested_text_write(const nested_outcome *outcome, const perebor_trials *trials, FILE *stream) {
    fprintf(stream, "%zu trials on %zu inner folds in each of %zu outer ones, %s\n",
            outcome->n_trials, outcome->n_inner, outcome->n_outer, trials->metric_names[0]);
    fprintf(stream, "  %-18s  %6s  %6s  %14s  %s\n", "chosen by", "inner", "outer",
            "95 % interval ", "chosen in each outer fold");
    for (size_t i = 0; i < outcome->n_rules; i++) {
        write_rule(&outcome->rules[i], outcome->n_outer, stream);
    }
    fputs("inner is what a search reports of what it chose; outer is what that was worth on rows "
          "that took no part\n",
          stream);
}

void nested_text_write_stage(const perebor_result *result, FILE *stream) {
    nested_figures found;
    if (nested_stage_figures(result, "best", &found)) {
        fprintf(stream,
                "  nested     %.4f  95 %% %.4f to %.4f (searched again without each of %zu outer "
                "folds; inside it seemed %.4f)\n",
                found.mean_outer, found.low, found.high, found.n_outer, found.mean_inner);
    }
}
