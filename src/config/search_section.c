// SPDX-License-Identifier: MIT
#include <string.h>
#include <strings.h>

#include "base/try.h"
#include "config/sections.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define EXPERIMENT(member) offsetof(config_draft, experiment.member)

static perebor_status read_method(const config_reading *reading, const yaml_node *node,
                                  void *field) {
    static const char *const words[] = {
        [PEREBOR_SEARCH_RANDOM] = "random", [PEREBOR_SEARCH_GRID] = "grid", NULL};
    size_t index = 0;
    perebor_status status = config_read_word(reading, node, "method", words, &index);
    *(perebor_search_method *)field = (perebor_search_method)index;
    return status;
}

static perebor_status read_sampler(const config_reading *reading, const yaml_node *node,
                                   void *field) {
    static const char *const words[] = {
        [PEREBOR_SAMPLER_INDEPENDENT] = "independent", [PEREBOR_SAMPLER_GRIDDED] = "gridded", NULL};
    size_t index = 0;
    perebor_status status = config_read_word(reading, node, "sampler", words, &index);
    *(perebor_sampler *)field = (perebor_sampler)index;
    return status;
}

/** What others call a metric. */
static const char *name_metric(const char *word) {
    static const struct {
        const char *word, *metric;
    } others[] = {
        {"auc", "roc_auc"},
        {"auroc", "roc_auc"},
        {"rocauc", "roc_auc"},
        {"roc_auc_score", "roc_auc"},
        {"roc", "roc_auc"},
        {"ap", "average_precision"},
        {"pr_auc", "average_precision"},
        {"prauc", "average_precision"},
        {"auprc", "average_precision"},
        {"aucpr", "average_precision"},
        {"average_precision_score", "average_precision"},
        {"log_loss", "neg_log_loss"},
        {"logloss", "neg_log_loss"},
        {"binary_logloss", "neg_log_loss"},
        {"cross_entropy", "neg_log_loss"},
        {"brier", "neg_brier_score"},
        {"brier_score", "neg_brier_score"},
        {"brier_score_loss", "neg_brier_score"},
        {"acc", "accuracy"},
        {"accuracy_score", "accuracy"},
        {"bacc", "balanced_accuracy"},
        {"f1_score", "f1"},
        {"f_score", "f1"},
        {"f", "f1"},
        {"ppv", "precision"},
        {"sensitivity", "recall"},
        {"tpr", "recall"},
        {"mcc", "matthews_corrcoef"},
        {"matthews", "matthews_corrcoef"},
    };
    for (size_t i = 0; i < COUNT(others); i++) {
        if (strcasecmp(word, others[i].word) == 0) {
            return others[i].metric;
        }
    }
    return NULL;
}

static perebor_status read_metric_word(const config_reading *reading, const yaml_node *node,
                                       const perebor_metric **metric) {
    const char *words[PEREBOR_MAX_METRICS + 1] = {NULL};
    size_t n = 0;
    const perebor_metric *metrics = perebor_metrics(&n);
    for (size_t i = 0; i < n; i++) {
        words[i] = metrics[i].name;
    }
    size_t index = 0;
    *metric = metrics;
    const char *other = node->kind == YAML_SCALAR ? name_metric(node->text) : NULL;
    if (other != NULL) {
        return yaml_refuse(node, reading->error, "there is no metric \"%s\"; here it is %s",
                           node->text, other);
    }
    perebor_status status = config_read_word(reading, node, "metric", words, &index);
    *metric = &metrics[index];
    return status;
}

static perebor_status read_metric_name(const config_reading *reading, const yaml_node *node,
                                       void *field) {
    config_draft *draft = field;
    return read_metric_word(reading, node, &draft->metric);
}

static perebor_status read_goal(const config_reading *reading, const yaml_node *node, void *field) {
    static const char *const words[] = {"maximize", NULL};
    (void)field;
    size_t index = 0;
    return config_read_word(reading, node, "goal of a metric", words, &index);
}

/** A name; or a section with name and goal, as W&B's files have. */
static perebor_status read_metric(const config_reading *reading, const yaml_node *node,
                                  void *field) {
    static const config_key keys[] = {
        {"name", read_metric_name, 0, true},
        {"goal", read_goal, 0, false},
    };
    if (node->kind == YAML_SCALAR) {
        return read_metric_name(reading, node, field);
    }
    return config_read_section(reading, node, "metric", keys, COUNT(keys), field);
}

/** One name or a list of them, each once. */
static perebor_status read_metrics(const config_reading *reading, const yaml_node *node,
                                   void *field) {
    perebor_status status = PEREBOR_OK;
    config_draft *draft = field;
    if (node->kind == YAML_MAP) {
        return config_refuse_type(reading, node, "a list of metrics, such as [roc_auc, f1]");
    }
    if (node->kind == YAML_LIST && node->n == 0) {
        return yaml_refuse(node, reading->error, "metrics is an empty list; leave it out");
    }
    bool single = node->kind == YAML_SCALAR;
    for (const yaml_node *item = single ? node : node->first; item != NULL;
         item = single ? NULL : item->next) {
        const perebor_metric *metric = NULL;
        size_t n_before = draft->asked.n;
        PEREBOR_TRY(done, read_metric_word(reading, item, &metric));
        perebor_metric_list_add(&draft->asked, metric);
        if (draft->asked.n == n_before) {
            return yaml_refuse(item, reading->error, "the metric %s is named twice", metric->name);
        }
    }
done:
    return status;
}

/** The selecting metric first, whether it is among those asked for or not. */
static void settle_metrics(config_draft *draft) {
    perebor_metric_list metrics = {0};
    perebor_metric_list_add(&metrics,
                            draft->metric != NULL ? draft->metric : perebor_metric_find("roc_auc"));
    for (size_t i = 0; i < draft->asked.n; i++) {
        perebor_metric_list_add(&metrics, draft->asked.items[i]);
    }
    draft->experiment.metrics = metrics;
}

static perebor_status read_parameters(const config_reading *reading, const yaml_node *node,
                                      void *field) {
    config_draft *draft = field;
    void *parameters = NULL;
    perebor_status status = config_read_items(
        reading, node, YAML_MAP, "a section of parameters, such as {model: {values: [knn, tree]}}",
        config_read_parameter, sizeof *draft->parameters, &parameters, &draft->n_parameters);
    draft->parameters = parameters;
    return status;
}

perebor_status config_read_enqueued(const config_reading *reading, const yaml_node *node,
                                    void *field) {
    perebor_status status = PEREBOR_OK;
    perebor_enqueued *point = field;
    if (node->kind != YAML_MAP || node->n == 0) {
        return yaml_refuse(node, reading->error,
                           "a point is a section of parameters and values, such as {model: knn}");
    }
    const char **names = perebor_arena_allocate(reading->arena, node->n, sizeof *names);
    perebor_value *values = perebor_arena_allocate(reading->arena, node->n, sizeof *values);
    if (names == NULL || values == NULL) {
        return config_no_memory(reading);
    }
    size_t n = 0;
    for (const yaml_node *item = node->first; item != NULL; item = item->next, n++) {
        names[n] = item->key;
        PEREBOR_TRY(done, config_read_value(reading, item, &values[n]));
    }
    *point = (perebor_enqueued){.names = names,
                                .values = values,
                                .n = n,
                                .line = node->line,
                                .column = node->column,
                                .source = node->line == 0 ? node->source : NULL};
done:
    return status;
}

static perebor_status read_enqueue(const config_reading *reading, const yaml_node *node,
                                   void *field) {
    config_draft *draft = field;
    void *enqueued = NULL;
    perebor_status status =
        config_read_items(reading, node, YAML_LIST, "a list of points", config_read_enqueued,
                          sizeof *draft->enqueued, &enqueued, &draft->n_enqueued);
    draft->enqueued = enqueued;
    return status;
}

perebor_status config_read_search(const config_reading *reading, const yaml_node *node,
                                  void *field) {
    static const config_key keys[] = {
        {"method", read_method, EXPERIMENT(method), false},
        {"sampler", read_sampler, EXPERIMENT(sampler), false},
        {"metric", read_metric, 0, false},
        {"metrics", read_metrics, 0, false},
        {"run_cap", config_read_count, EXPERIMENT(n_trials), false},
        {"timeout", config_read_duration, EXPERIMENT(timeout_seconds), false},
        {"trial_timeout", config_read_duration, EXPERIMENT(trial_timeout_seconds), false},
        {"trial_memory", config_read_bytes, EXPERIMENT(trial_memory_bytes), false},
        {"max_failures", config_read_share, EXPERIMENT(max_failures), false},
        {"parameters", read_parameters, 0, true},
        {"enqueue", read_enqueue, 0, false},
    };
    config_draft *draft = field;
    perebor_status status = config_read_section(reading, node, "search", keys, COUNT(keys), field);
    settle_metrics(draft);
    if (status == PEREBOR_OK && draft->experiment.method == PEREBOR_SEARCH_GRID &&
        draft->experiment.sampler == PEREBOR_SAMPLER_GRIDDED) {
        return yaml_refuse(
            yaml_find(node, "sampler"), reading->error,
            "sampler: gridded draws at random; leave it out, or take method: random");
    }
    return status;
}

perebor_status config_read_output(const config_reading *reading, const yaml_node *node,
                                  void *field) {
    static const config_key keys[] = {
        {"file", config_read_name, EXPERIMENT(output), false},
        {"checkpoint", config_read_duration, EXPERIMENT(checkpoint_seconds), false},
    };
    config_draft *draft = field;
    perebor_status status = config_read_section(reading, node, "output", keys, COUNT(keys), field);
    if (status != PEREBOR_OK || draft->experiment.output == NULL) {
        return status;
    }
    const char *folder = config_folder(reading->arena, reading->file);
    draft->experiment.output =
        folder == NULL ? NULL : config_join_path(reading->arena, folder, draft->experiment.output);
    return draft->experiment.output == NULL ? config_no_memory(reading) : PEREBOR_OK;
}
