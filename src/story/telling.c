// SPDX-License-Identifier: MIT
#include "story/telling.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/stage.h"
#include "story/finding_codes.h"

const char *telling_shell_word(story *story, const char *path) {
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "%+,-./:=@_";
    if (*path != '\0' && path[strspn(path, plain)] == '\0') {
        return story_keep(story, path);
    }
    // Quotes in it end the word, stand by themselves, and begin another.
    char *word = story_allocate(story, 4 * strlen(path) + 3, 1);
    char *at = word;
    if (word == NULL) {
        return "";
    }
    *at++ = '\'';
    for (; *path != '\0'; path++) {
        if (*path == '\'') {
            *at++ = '\'';
            *at++ = '\\';
            *at++ = '\'';
        }
        *at++ = *path;
    }
    *at = '\'';
    return word;
}

const char *telling_metric(const char *name) {
    static const char *const names[][2] = {
        {"roc_auc", "ROC AUC"},
        {"average_precision", "average precision"},
        {"f1", "F1"},
        {"balanced_accuracy", "balanced accuracy"},
        {"matthews_corrcoef", "Matthews correlation"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i][0], name) == 0) {
            return names[i][1];
        }
    }
    return name;
}

double telling_limit(const char *metric) {
    return strncmp(metric, "neg_", 4) == 0 ? 0.0 : strcmp(metric, "score") == 0 ? INFINITY : 1.0;
}

story_text telling_model(const char *name) {
    static const struct {
        const char *name;
        story_text title;
    } models[] = {
        {"knn", {{"k nearest neighbours", "k ближайших соседей"}}},
        {"logreg", {{"logistic regression", "логистическая регрессия"}}},
        {"svc", {{"support vector machine", "метод опорных векторов"}}},
        {"tree", {{"decision tree", "дерево решений"}}},
        {"forest", {{"random forest", "случайный лес"}}},
        {"extra_trees", {{"extra trees", "сверхслучайные деревья"}}},
        {"boost", {{"gradient boosting", "градиентный бустинг"}}},
        {"gnb", {{"naive Bayes", "наивный Байес"}}},
    };
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        if (strcmp(models[i].name, name) == 0) {
            return models[i].title;
        }
    }
    return NAME(name);
}

const char *telling_model_name(const telling *telling, size_t row) {
    return perebor_trials_model(telling->trials, row);
}

const char *telling_params(const telling *telling, size_t row) {
    const perebor_trials *trials = telling->trials;
    story *story = telling->story;
    const char *list = "";
    for (size_t i = 0; i < trials->n_parameters; i++) {
        char text[96];
        perebor_value value = trials->values[row * trials->n_parameters + i];
        if (value.kind == PEREBOR_VALUE_NONE) {
            continue;
        }
        if (value.kind == PEREBOR_VALUE_REAL) {
            (void)snprintf(text, sizeof text, "%.4g", value.as.real);
        } else if (value.kind == PEREBOR_VALUE_TEXT) {
            (void)snprintf(text, sizeof text, "%s", value.as.text);
        } else {
            (void)perebor_value_format(value, text, sizeof text);
        }
        list = story_format(story, "%s%s%s=%s", list, *list != '\0' ? ", " : "",
                            trials->parameter_names[i], text);
    }
    return list;
}

const char *telling_command(const telling *telling, const char *command) {
    return story_format(telling->story, "perebor %s %s", command, telling->file);
}

bool telling_has_train_scores(const telling *telling) {
    return telling->best != TELLING_NONE &&
           !isnan(perebor_trials_mean_train_score(telling->trials, telling->best));
}

const h5_node *telling_stage(const telling *telling, story_chapter *chapter, const char *stage,
                             const char *command, story_text what) {
    const h5_node *group = stage_find(telling->result, stage);
    const char *line = telling_command(telling, command);
    if (group != NULL && stage_is_current(telling->result, stage)) {
        return group;
    }
    story_add_command(telling->story, chapter, line, what);
    if (group == NULL) {
        return NULL;
    }
    if (chapter != NULL) {
        chapter->state = STORY_STALE;
    }
    story_add_finding(
        telling->story, FINDING_STALE, STORY_WARNING, chapter == NULL ? "making" : chapter->id,
        line,
        PHRASE(telling->story,
               "/{stage} is of before the search or the model changed: it is left out",
               "/{stage} — от прежнего поиска или прежней модели: в отчёт не входит",
               GAP_TERM("stage", stage)));
    return NULL;
}
