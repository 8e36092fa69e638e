// SPDX-License-Identifier: MIT
#include "cli/space_warnings.h"

#include <stdio.h>

#include "perebor/pipeline.h"

/** What there is to say of one learner. */
typedef struct idle_learner {
    const perebor_learner *learner;
    const perebor_parameter *first;
    size_t n_parameters;
    bool never;
} idle_learner;

static idle_learner find_idle(const perebor_space *space, size_t first) {
    idle_learner idle = {.learner = NULL};
    idle.learner = perebor_pipeline_idle_parameter(space, first, &idle.never);
    idle.first = perebor_space_parameter(space, first);
    for (size_t i = first; idle.learner != NULL && i < perebor_space_n_parameters(space); i++) {
        bool never = false;
        idle.n_parameters += perebor_pipeline_idle_parameter(space, i, &never) == idle.learner;
    }
    return idle;
}

/** Whether a parameter before this one is idle for the same learner. */
static bool was_said(const perebor_space *space, size_t index, const perebor_learner *learner) {
    for (size_t i = 0; i < index; i++) {
        bool never = false;
        if (perebor_pipeline_idle_parameter(space, i, &never) == learner) {
            return true;
        }
    }
    return false;
}

static void print_idle(const char *file, const idle_learner *idle) {
    const perebor_parameter *first = idle->first;
    const char *name = idle->learner->name;
    fprintf(stderr, "perebor: warning: ");
    if (first->line == 0) {
        fprintf(stderr, "%s: ", first->source != NULL ? first->source : file);
    } else {
        fprintf(stderr, "%s:%u:%u: ", file, (unsigned)first->line, (unsigned)first->column);
    }
    fprintf(stderr, "%s", first->name);
    if (idle->n_parameters > 1) {
        fprintf(stderr, " and %zu more of %s", idle->n_parameters - 1, name);
    }
    bool several = idle->n_parameters > 1;
    const char *verb = several ? "are" : "is";
    if (idle->never) {
        fprintf(stderr, " %s drawn and recorded, but model is never %s: %s cannot matter\n", verb,
                name, several ? "they" : "it");
    } else {
        fprintf(stderr,
                " %s drawn for other learners too, where %s not matter; add "
                "when: {model: %s}\n",
                verb, several ? "they do" : "it does", name);
    }
}

size_t space_warnings_print(const perebor_study *study) {
    size_t n = 0;
    const perebor_space *space = study->experiment->space;
    for (size_t i = 0; i < perebor_space_n_parameters(space); i++) {
        idle_learner idle = find_idle(space, i);
        if (idle.learner != NULL && !was_said(space, i, idle.learner)) {
            print_idle(study->experiment->file, &idle);
            n++;
        }
    }
    return n;
}
