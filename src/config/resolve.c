// SPDX-License-Identifier: MIT
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/json.h"
#include "base/try.h"
#include "config/sections.h"

static void put_texts(perebor_json *json, const char *key, perebor_texts texts) {
    perebor_json_put_texts(json, key, texts.items, texts.n);
}

/** Sources are known by their names; their paths and contents are the data's own matter. */
static void put_sources(perebor_json *json, const perebor_tables_spec *spec, bool bearing) {
    perebor_json_key(json, "tables");
    perebor_json_begin_object(json);
    for (size_t i = 0; i < spec->n_sources; i++) {
        const perebor_table_source *source = &spec->sources[i];
        perebor_json_key(json, source->name);
        perebor_json_begin_object(json);
        if (!bearing) {
            perebor_json_put_text(json, "path", source->path);
        }
        perebor_json_put_text(json, "key", source->key);
        perebor_json_put_text(json, "delimiter", source->delimiter);
        perebor_json_put_text(json, "decimal", source->decimal);
        perebor_json_put_text(json, "encoding", source->encoding);
        if (source->columns.n > 0) {
            put_texts(json, "columns", source->columns);
        }
        if (source->skip > 0) {
            perebor_json_put_unsigned(json, "skip", source->skip);
        }
        if (source->comment != NULL) {
            perebor_json_put_text(json, "comment", source->comment);
        }
        perebor_json_put_text(json, "table", source->sqlite_table);
        perebor_json_put_text(json, "query", source->sqlite_query);
        perebor_json_end_object(json);
    }
    perebor_json_end_object(json);
}

static void put_clean_step(perebor_json *json, const perebor_clean_step *step, bool bearing) {
    static const char *const ops[] = {[PEREBOR_STEP_NORMALIZE] = "normalize",
                                      [PEREBOR_STEP_REPLACE] = "replace",
                                      [PEREBOR_STEP_SQL] = "sql"};
    perebor_json_begin_object(json);
    perebor_json_put_text(json, "op", ops[step->kind]);
    if (step->kind == PEREBOR_STEP_SQL) {
        perebor_json_put_text(json, "sql", step->sql);
        if (!bearing) {
            perebor_json_put_real(json, "timeout_seconds", step->timeout_seconds);
        }
    } else {
        perebor_json_put_text(json, "table", step->table == NULL ? "*" : step->table);
        put_texts(json, "columns", step->columns);
    }
    if (step->kind == PEREBOR_STEP_NORMALIZE) {
        perebor_json_put_text(json, "form", step->form);
        perebor_json_put_boolean(json, "trim", step->trim);
        perebor_json_put_text(json, "case", step->case_fold);
    } else if (step->kind == PEREBOR_STEP_REPLACE) {
        put_texts(json, "from", step->from);
        put_texts(json, "to", step->to);
    }
    if (!bearing) {
        perebor_json_put_text(json, "reason", step->reason);
    }
    perebor_json_end_object(json);
}

static void put_clean(perebor_json *json, const perebor_tables_spec *spec, bool bearing) {
    perebor_json_key(json, "clean");
    perebor_json_begin_array(json);
    for (size_t i = 0; i < spec->n_clean; i++) {
        put_clean_step(json, &spec->clean[i], bearing);
    }
    perebor_json_end_array(json);
}

static void put_pivot(perebor_json *json, const perebor_tables_spec *spec) {
    perebor_json_key(json, "pivot");
    perebor_json_begin_array(json);
    for (size_t i = 0; i < spec->n_pivot; i++) {
        perebor_json_begin_object(json);
        perebor_json_put_text(json, "table", spec->pivot[i].table);
        perebor_json_put_text(json, "columns", spec->pivot[i].columns);
        perebor_json_put_text(json, "values", spec->pivot[i].values);
        perebor_json_put_text(json, "prefix", spec->pivot[i].prefix);
        perebor_json_end_object(json);
    }
    perebor_json_end_array(json);
}

static void put_join(perebor_json *json, const perebor_join_step *join) {
    perebor_json_key(json, "join");
    if (join->on == NULL) {
        perebor_json_null(json);
        return;
    }
    perebor_json_begin_object(json);
    perebor_json_put_text(json, "base", join->base);
    perebor_json_put_text(json, "how", join->left ? "left" : "inner");
    perebor_json_put_text(json, "on", join->on);
    put_texts(json, "tables", join->tables);
    perebor_json_put_text(json, "unmatched", join->unmatched_allowed ? "allow" : "error");
    perebor_json_end_object(json);
}

static void put_filter(perebor_json *json, const perebor_tables_spec *spec, bool bearing) {
    static const char *const ops[] = {[PEREBOR_LESS] = "<",
                                      [PEREBOR_LESS_EQUAL] = "<=",
                                      [PEREBOR_GREATER] = ">",
                                      [PEREBOR_GREATER_EQUAL] = ">=",
                                      [PEREBOR_EQUAL] = "==",
                                      [PEREBOR_NOT_EQUAL] = "!=",
                                      [PEREBOR_IN] = "in",
                                      [PEREBOR_NOT_IN] = "not_in",
                                      [PEREBOR_IS_MISSING] = "is_gap",
                                      [PEREBOR_IS_NOT_MISSING] = "is_not_gap"};
    perebor_json_key(json, "filter");
    perebor_json_begin_array(json);
    for (size_t i = 0; i < spec->n_filter; i++) {
        const perebor_filter_step *step = &spec->filter[i];
        perebor_json_begin_object(json);
        put_texts(json, "columns", step->columns);
        perebor_json_put_text(json, "op", ops[step->comparison]);
        put_texts(json, "values", step->values);
        perebor_json_put_text(json, "match", step->match_any ? "any" : "all");
        if (!bearing) {
            perebor_json_put_text(json, "reason", step->reason);
        }
        perebor_json_end_object(json);
    }
    perebor_json_end_array(json);
}

static void put_typed_columns(perebor_json *json, const perebor_roles *roles) {
    perebor_json_key(json, "ordinal");
    perebor_json_begin_object(json);
    for (size_t i = 0; i < roles->n_ordinal; i++) {
        put_texts(json, roles->ordinal[i].name, roles->ordinal[i].levels);
    }
    perebor_json_end_object(json);
    perebor_json_key(json, "boolean");
    perebor_json_begin_object(json);
    for (size_t i = 0; i < roles->n_boolean; i++) {
        perebor_json_key(json, roles->boolean[i].name);
        perebor_json_begin_object(json);
        put_texts(json, "true", roles->boolean[i].true_values);
        put_texts(json, "false", roles->boolean[i].false_values);
        perebor_json_end_object(json);
    }
    perebor_json_end_object(json);
}

/** Not written where there are none: experiments of before are what they were. */
static void put_monotonic(perebor_json *json, const perebor_roles *roles) {
    if (roles->n_monotonic == 0) {
        return;
    }
    perebor_json_key(json, "monotonic");
    perebor_json_begin_object(json);
    for (size_t i = 0; i < roles->n_monotonic; i++) {
        perebor_json_put_text(json, roles->monotonic[i].name,
                              roles->monotonic[i].decreases ? "decreasing" : "increasing");
    }
    perebor_json_end_object(json);
}

static void put_roles(perebor_json *json, const perebor_roles *roles, bool bearing) {
    perebor_json_put_text(json, "id", roles->id);
    perebor_json_key(json, "target");
    perebor_json_begin_object(json);
    perebor_json_put_text(json, "column", roles->target);
    perebor_json_put_text(json, "positive", roles->positive);
    perebor_json_end_object(json);
    perebor_json_key(json, "features");
    perebor_json_begin_object(json);
    put_texts(json, "numeric", roles->numeric);
    put_typed_columns(json, roles);
    put_texts(json, "nominal", roles->nominal);
    put_texts(json, "drop", roles->drop);
    put_monotonic(json, roles);
    perebor_json_put_boolean(json, "detect", roles->detect);
    perebor_json_end_object(json);
    if (!bearing) {
        put_texts(json, "carry", roles->passthrough);
    }
    perebor_json_put_text(json, "group", roles->group);
}

static void put_missing(perebor_json *json, const perebor_experiment *experiment) {
    perebor_json_key(json, "missing");
    perebor_json_begin_object(json);
    for (size_t i = 0; i < experiment->n_fixed; i++) {
        char value[256];
        (void)perebor_value_format(experiment->fixed[i].value, value, sizeof value);
        perebor_json_put_raw(json, experiment->fixed[i].name, value);
    }
    perebor_json_end_object(json);
}

static void put_data(perebor_json *json, const perebor_experiment *experiment, bool bearing) {
    const perebor_tables_spec *spec = &experiment->tables;
    perebor_json_key(json, "data");
    perebor_json_begin_object(json);
    put_sources(json, spec, bearing);
    put_clean(json, spec, bearing);
    put_pivot(json, spec);
    put_join(json, &spec->join);
    put_filter(json, spec, bearing);
    put_roles(json, &spec->roles, bearing);
    put_missing(json, experiment);
    perebor_json_end_object(json);
}

static void put_folds(perebor_json *json, const perebor_experiment *experiment) {
    static const char *const methods[][2] = {
        [PEREBOR_KFOLD] = {"kfold", "repeated_kfold"},
        [PEREBOR_STRATIFIED_KFOLD] = {"stratified_kfold", "repeated_stratified_kfold"},
        [PEREBOR_GROUP_KFOLD] = {"group_kfold", "group_kfold"},
        [PEREBOR_STRATIFIED_GROUP_KFOLD] = {"stratified_group_kfold", "stratified_group_kfold"}};
    perebor_json_key(json, "split");
    perebor_json_begin_object(json);
    perebor_json_put_real(json, "test_size", experiment->split.test_size);
    perebor_json_put_boolean(json, "stratify", experiment->split.stratify);
    perebor_json_put_boolean(json, "by_group", experiment->split.by_group);
    perebor_json_put_unsigned(json, "seed", experiment->split.seed);
    perebor_json_end_object(json);
    const perebor_folds_settings *folds = &experiment->folds;
    perebor_json_key(json, "cv");
    perebor_json_begin_object(json);
    perebor_json_put_text(json, "method", methods[folds->method][folds->n_repeats > 1]);
    perebor_json_put_unsigned(json, "n_splits", folds->n_splits);
    perebor_json_put_unsigned(json, "n_repeats", folds->n_repeats);
    perebor_json_put_boolean(json, "shuffle", folds->shuffle);
    perebor_json_put_unsigned(json, "seed", folds->seed);
    perebor_json_put_boolean(json, "return_train_score", experiment->return_train_score);
    perebor_json_end_object(json);
}

/** All of them, where there are others than the selecting one: else hashes are as they were before
 * there could be. */
static void put_metrics(perebor_json *json, const perebor_metric_list *metrics) {
    if (metrics->n > 1) {
        perebor_json_key(json, "metrics");
        perebor_json_begin_array(json);
        for (size_t i = 0; i < metrics->n; i++) {
            perebor_json_text(json, metrics->items[i]->name);
        }
        perebor_json_end_array(json);
    }
}

static void put_search(perebor_json *json, const perebor_experiment *experiment, const char *space,
                       bool bearing) {
    static const char *const samplers[] = {
        [PEREBOR_SAMPLER_INDEPENDENT] = "independent", [PEREBOR_SAMPLER_GRIDDED] = "gridded"};
    perebor_json_key(json, "search");
    perebor_json_begin_object(json);
    // A search that names no sampler has the hash that it had before there were two.
    if (!bearing || experiment->sampler != PEREBOR_SAMPLER_INDEPENDENT) {
        perebor_json_put_text(json, "sampler", samplers[experiment->sampler]);
    }
    perebor_json_put_text(json, "metric", experiment->metrics.items[0]->name);
    put_metrics(json, &experiment->metrics);
    if (!bearing) {
        perebor_json_put_unsigned(json, "run_cap", experiment->n_trials);
        perebor_json_put_real(json, "timeout_seconds", experiment->timeout_seconds);
        perebor_json_put_real(json, "trial_timeout_seconds", experiment->trial_timeout_seconds);
    }
    // It decides which trials fail. A search without it has the hash that it had before.
    if (!bearing || experiment->trial_memory_bytes > 0) {
        perebor_json_put_unsigned(json, "trial_memory_bytes", experiment->trial_memory_bytes);
    }
    if (!bearing) {
        perebor_json_put_real(json, "max_failures", experiment->max_failures);
    }
    perebor_json_put_raw(json, "space", space);
    perebor_json_end_object(json);
}

/** What bears on no trial, but on what is said of the best. */
static void put_honesty(perebor_json *json, const perebor_experiment *experiment) {
    perebor_json_key(json, "assess");
    perebor_json_begin_object(json);
    perebor_json_put_unsigned(json, "trials", experiment->assess_trials);
    perebor_json_put_unsigned(json, "resamples", experiment->assess_resamples);
    perebor_json_end_object(json);
    perebor_json_key(json, "nested");
    perebor_json_begin_object(json);
    perebor_json_put_unsigned(json, "outer", experiment->nested_outer);
    perebor_json_end_object(json);
}

static void put_output(perebor_json *json, const perebor_experiment *experiment) {
    perebor_json_key(json, "output");
    perebor_json_begin_object(json);
    perebor_json_put_text(json, "file", experiment->output);
    perebor_json_put_real(json, "checkpoint_seconds", experiment->checkpoint_seconds);
    perebor_json_end_object(json);
}

static void put_explain(perebor_json *json, const perebor_experiment *experiment) {
    perebor_json_key(json, "explain");
    perebor_json_begin_object(json);
    perebor_json_put_real(json, "threshold", experiment->explain_threshold);
    perebor_json_key(json, "actionable");
    perebor_json_begin_array(json);
    for (size_t i = 0; i < experiment->n_actionable; i++) {
        const perebor_actionable *actionable = &experiment->actionable[i];
        perebor_json_begin_object(json);
        perebor_json_put_text(json, "column", actionable->column);
        perebor_json_put_text(json, "direction",
                              perebor_change_direction_names[actionable->direction]);
        perebor_json_end_object(json);
    }
    perebor_json_end_array(json);
    perebor_json_end_object(json);
}

static void put_report(perebor_json *json, const perebor_experiment *experiment) {
    perebor_json_key(json, "report");
    perebor_json_begin_object(json);
    perebor_json_put_texts(json, "ignore", experiment->report_ignore.items,
                           experiment->report_ignore.n);
    perebor_json_end_object(json);
}

/**
 * @param[in] bearing  Only what bears on scores: not names, reasons, places, limits of the run,
 *                     explanations or passthrough columns.
 * @return To be freed; NULL when memory is out.
 */
static char *write_experiment(const perebor_experiment *experiment, const char *space,
                              bool bearing) {
    perebor_json json = {0};
    perebor_json_begin_object(&json);
    perebor_json_put_unsigned(&json, "version", 1);
    if (!bearing) {
        perebor_json_put_text(&json, "name", experiment->name);
        perebor_json_put_text(&json, "description", experiment->description);
    }
    perebor_json_put_unsigned(&json, "seed", experiment->seed);
    put_data(&json, experiment, bearing);
    put_folds(&json, experiment);
    put_search(&json, experiment, space, bearing);
    if (!bearing) {
        put_honesty(&json, experiment);
        put_output(&json, experiment);
        put_explain(&json, experiment);
        if (experiment->segments != NULL) {
            config_put_segments(&json, experiment->segments);
        }
        if (experiment->offers != NULL) {
            config_put_offers(&json, experiment->offers);
        }
        if (experiment->campaign != NULL) {
            config_put_campaign(&json, experiment->campaign);
        }
        if (experiment->report_ignore.n > 0) {
            put_report(&json, experiment);
        }
    }
    perebor_json_end_object(&json);
    return perebor_json_take(&json);
}

perebor_status config_resolve(const config_reading *reading, config_draft *draft) {
    perebor_status status = PEREBOR_OK;
    perebor_experiment *experiment = &draft->experiment;
    char *space = perebor_space_json(experiment->space);
    char *whole = space == NULL ? NULL : write_experiment(experiment, space, false);
    char *bearing = space == NULL ? NULL : write_experiment(experiment, space, true);
    if (whole != NULL) {
        experiment->resolved = perebor_arena_text(reading->arena, whole);
    }
    if (experiment->resolved == NULL || bearing == NULL) {
        status = config_no_memory(reading);
    } else {
        perebor_sha256_of(bearing, strlen(bearing), experiment->sha256);
    }
    free(space);
    free(whole);
    free(bearing);
    return status;
}
