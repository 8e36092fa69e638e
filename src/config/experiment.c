// SPDX-License-Identifier: MIT
#include "perebor/experiment.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/try.h"
#include "config/sections.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define EXPERIMENT(member) offsetof(config_draft, experiment.member)

static perebor_status read_version(const config_reading *reading, const yaml_node *node,
                                   void *field) {
    perebor_status status = config_read_u64(reading, node, field);
    if (status == PEREBOR_OK && *(uint64_t *)field != 1) {
        return yaml_refuse(node, reading->error,
                           "version is %s; this program reads version 1 of the format", node->text);
    }
    return status;
}

static void set_defaults(perebor_experiment *experiment) {
    experiment->description = "";
    experiment->split = (perebor_split_settings){.test_size = 0.25, .stratify = true};
    experiment->folds =
        (perebor_folds_settings){.method = PEREBOR_STRATIFIED_KFOLD, .n_splits = 5, .n_repeats = 1};
    experiment->max_failures = 0.1;
    experiment->checkpoint_seconds = 30.0;
    experiment->assess_trials = 200;
    experiment->assess_resamples = 1000;
    experiment->nested_outer = 5;
    experiment->explain_threshold = 0.5;
}

/** The name of the file without its folder and its ending. */
static const char *default_name(perebor_arena *arena, const char *file) {
    const char *slash = strrchr(file, '/');
    const char *start = slash == NULL ? file : slash + 1;
    const char *dot = strrchr(start, '.');
    return perebor_arena_copy(arena, start,
                              dot == NULL || dot == start ? strlen(start) : (size_t)(dot - start));
}

/** A sweep of Weights & Biases has at its top what an experiment has under search. */
static perebor_status refuse_sweep(const config_reading *reading, const yaml_node *root) {
    static const char *const of_sweeps[] = {"parameters", "program",         "method",  "metric",
                                            "run_cap",    "early_terminate", "command", NULL};
    if (yaml_find(root, "parameters") == NULL || yaml_find(root, "search") != NULL) {
        return PEREBOR_OK;
    }
    for (const yaml_node *item = root->first; item != NULL; item = item->next) {
        for (size_t i = 0; of_sweeps[i] != NULL; i++) {
            if (strcmp(of_sweeps[i], item->key) == 0) {
                return yaml_refuse_key(item, reading->error,
                                       "this is a W&B sweep: put its method, run_cap and "
                                       "parameters under search:, leave out the rest, and add "
                                       "version: 1 and data: with the table and its target");
            }
        }
    }
    return PEREBOR_OK;
}

static perebor_status read_root(const config_reading *reading, const yaml_node *root,
                                config_draft *draft) {
    static const config_key keys[] = {
        {"version", read_version, offsetof(config_draft, version), true},
        {"name", config_read_name, EXPERIMENT(name), false},
        {"description", config_read_text, EXPERIMENT(description), false},
        {"seed", config_read_u64, EXPERIMENT(seed), false},
        {"data", config_read_data, 0, true},
        {"split", config_read_split, 0, false},
        {"cv", config_read_cv, 0, false},
        {"search", config_read_search, 0, true},
        {"assess", config_read_assess, 0, false},
        {"nested", config_read_nested, 0, false},
        {"output", config_read_output, 0, false},
        {"explain", config_read_explain, 0, false},
        {"segments", config_read_segments, EXPERIMENT(segments), false},
        {"offers", config_read_offers, EXPERIMENT(offers), false},
        {"campaign", config_read_campaign, EXPERIMENT(campaign), false},
        {"report", config_read_report, 0, false},
    };
    perebor_status status;
    if (root->kind != YAML_MAP) {
        return yaml_refuse(root, reading->error,
                           "an experiment is a section of keys and values, such as version: 1; a "
                           "table is named in it, "
                           "under data.table");
    }
    PEREBOR_TRY(done, refuse_sweep(reading, root));
    PEREBOR_TRY(done,
                config_read_section(reading, root, "an experiment", keys, COUNT(keys), draft));
    PEREBOR_TRY(done, config_settle_folds(reading, root, draft));
done:
    return status;
}

/** The number of trials is run_cap; a grid ends when it is through. */
static perebor_status make_space(const config_reading *reading, config_draft *draft) {
    perebor_status status;
    perebor_experiment *experiment = &draft->experiment;
    PEREBOR_TRY(done, perebor_space_create(&experiment->space, experiment->file, draft->parameters,
                                           draft->n_parameters, draft->enqueued, draft->n_enqueued,
                                           experiment->method, experiment->seed, reading->error));
    uint64_t all = perebor_space_n_trials(experiment->space);
    if (experiment->n_trials == 0) {
        experiment->n_trials = experiment->method == PEREBOR_SEARCH_GRID ? all : 100;
    }
    if (experiment->n_trials > all) {
        experiment->n_trials = all;
    }
done:
    return status;
}

static perebor_status read_tree(yaml_node **root, config_draft *draft, const char *text,
                                size_t size, const perebor_override *overrides, size_t n_overrides,
                                perebor_error *error) {
    perebor_status status;
    PEREBOR_TRY(done, yaml_tree_parse(root, &draft->arena, draft->experiment.file, true, text, size,
                                      error));
    for (size_t i = 0; i < n_overrides; i++) {
        PEREBOR_TRY(
            done, yaml_tree_set(*root, &draft->arena, overrides[i].key, overrides[i].value, error));
    }
done:
    return status;
}

static perebor_status keep_overrides(const config_reading *reading, config_draft *draft,
                                     const perebor_override *overrides, size_t n_overrides) {
    perebor_override *kept = perebor_arena_allocate(reading->arena, n_overrides + 1, sizeof *kept);
    for (size_t i = 0; kept != NULL && i < n_overrides; i++) {
        kept[i].key = perebor_arena_text(reading->arena, overrides[i].key);
        kept[i].value = perebor_arena_text(reading->arena, overrides[i].value);
        if (kept[i].key == NULL || kept[i].value == NULL) {
            kept = NULL;
        }
    }
    draft->experiment.overrides = kept;
    draft->experiment.n_overrides = n_overrides;
    return kept == NULL ? config_no_memory(reading) : PEREBOR_OK;
}

static perebor_status keep_text(const config_reading *reading, config_draft *draft,
                                const char *text, size_t size) {
    perebor_experiment *experiment = &draft->experiment;
    experiment->file = perebor_arena_text(reading->arena, reading->file);
    experiment->text = perebor_arena_copy(reading->arena, text, size);
    experiment->text_size = size;
    if (experiment->file == NULL || experiment->text == NULL) {
        return config_no_memory(reading);
    }
    experiment->name = default_name(reading->arena, experiment->file);
    return experiment->name == NULL ? config_no_memory(reading) : PEREBOR_OK;
}

perebor_status perebor_experiment_parse(perebor_experiment **experiment, const char *path,
                                        const char *text, size_t size,
                                        const perebor_override *overrides, size_t n_overrides,
                                        perebor_error *error) {
    perebor_status status;
    if (size > YAML_MAX_SIZE) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "%s: %zu bytes; an experiment has at most %d", path, size,
                            YAML_MAX_SIZE);
    }
    config_draft *draft = calloc(1, sizeof *draft);
    config_reading reading = {
        .arena = draft == NULL ? NULL : &draft->arena, .file = path, .error = error};
    if (draft == NULL) {
        return config_no_memory(&reading);
    }
    yaml_node *root = NULL;
    draft->root = ".";
    set_defaults(&draft->experiment);
    PEREBOR_TRY(failed, keep_text(&reading, draft, text, size));
    PEREBOR_TRY(failed, keep_overrides(&reading, draft, overrides, n_overrides));
    PEREBOR_TRY(failed, read_tree(&root, draft, text, size, overrides, n_overrides, error));
    PEREBOR_TRY(failed, read_root(&reading, root, draft));
    PEREBOR_TRY(failed, make_space(&reading, draft));
    PEREBOR_TRY(failed, config_resolve(&reading, draft));
    *experiment = &draft->experiment;
    return PEREBOR_OK;
failed:
    perebor_experiment_free(&draft->experiment);
    return status;
}

perebor_status perebor_experiment_read(perebor_experiment **experiment, const char *path,
                                       const perebor_override *overrides, size_t n_overrides,
                                       perebor_error *error) {
    char *text = NULL;
    size_t size = 0;
    perebor_status status;
    PEREBOR_TRY(done, perebor_file_read(path, YAML_MAX_SIZE, &text, &size, error));
    PEREBOR_TRY(done, perebor_experiment_parse(experiment, path, text, size, overrides, n_overrides,
                                               error));
done:
    free(text);
    return status;
}

void perebor_experiment_free(perebor_experiment *experiment) {
    if (experiment == NULL) {
        return;
    }
    _Static_assert(offsetof(config_draft, experiment) == 0, "an experiment is a draft's beginning");
    config_draft *draft = (config_draft *)experiment;
    perebor_space_free(experiment->space);
    perebor_arena_release(&draft->arena);
    free(draft);
}
