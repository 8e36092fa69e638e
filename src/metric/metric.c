// SPDX-License-Identifier: MIT
#include "perebor/metric.h"

#include <string.h>

#include "metric/roc_auc.h"
#include "metric/scorers.h"

static double measure_roc_auc(const perebor_predictions *predictions,
                              perebor_workspace *workspace) {
    return perebor_roc_auc(predictions->labels, predictions->scores, predictions->n_rows,
                           workspace);
}

static const perebor_metric metrics[] = {
    {"roc_auc", PEREBOR_NEEDS_SCORES, true, measure_roc_auc},
    {"average_precision", PEREBOR_NEEDS_SCORES, true, metric_average_precision},
    {"neg_log_loss", PEREBOR_NEEDS_PROBABILITIES, false, metric_log_loss},
    {"neg_brier_score", PEREBOR_NEEDS_PROBABILITIES, false, metric_brier_score},
    {"f1", PEREBOR_NEEDS_CLASSES, true, metric_f1},
    {"accuracy", PEREBOR_NEEDS_CLASSES, true, metric_accuracy},
    {"balanced_accuracy", PEREBOR_NEEDS_CLASSES, true, metric_balanced_accuracy},
    {"precision", PEREBOR_NEEDS_CLASSES, true, metric_precision},
    {"recall", PEREBOR_NEEDS_CLASSES, true, metric_recall},
    {"matthews_corrcoef", PEREBOR_NEEDS_CLASSES, true, metric_matthews_corrcoef},
};
enum { metric_count = sizeof metrics / sizeof *metrics };

_Static_assert((size_t)metric_count <= (size_t)PEREBOR_MAX_METRICS,
               "a list has room for every metric");

const perebor_metric *perebor_metrics(size_t *n_metrics) {
    *n_metrics = metric_count;
    return metrics;
}

const perebor_metric *perebor_metric_find(const char *name) {
    for (size_t i = 0; i < metric_count; i++) {
        if (strcmp(metrics[i].name, name) == 0) {
            return &metrics[i];
        }
    }
    return NULL;
}

double perebor_metric_score(const perebor_metric *metric, const perebor_predictions *predictions,
                            perebor_workspace *workspace) {
    double value = metric->measure(predictions, workspace);
    return metric->greater_is_better ? value : -value;
}

void perebor_metric_list_add(perebor_metric_list *list, const perebor_metric *metric) {
    for (size_t i = 0; i < list->n; i++) {
        if (list->items[i] == metric) {
            return;
        }
    }
    size_t place = list->n++;
    for (; place > 1 && strcmp(metric->name, list->items[place - 1]->name) < 0; place--) {
        list->items[place] = list->items[place - 1];
    }
    list->items[place] = metric;
}

bool perebor_metric_list_needs(const perebor_metric_list *list, perebor_metric_needs needs) {
    bool needed = false;
    for (size_t i = 0; i < list->n; i++) {
        needed = needed || list->items[i]->needs == needs;
    }
    return needed;
}

void perebor_metric_list_names(const perebor_metric_list *list,
                               const char *names[PEREBOR_MAX_METRICS]) {
    for (size_t i = 0; i < list->n; i++) {
        names[i] = list->items[i]->name;
    }
}
