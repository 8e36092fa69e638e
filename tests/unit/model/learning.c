// SPDX-License-Identifier: MIT
#include "learning.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"

perebor_matrix learning_matrix(perebor_workspace *workspace, size_t n_rows, size_t n_columns) {
    perebor_matrix matrix;
    assert_int_equal(perebor_matrix_create(&matrix, n_rows, n_columns, workspace, NULL),
                     PEREBOR_OK);
    return matrix;
}

static double draw_value(uint64_t *state, unsigned levels) {
    return levels == 0 ? draw_normal(state)
                       : (double)(draw_bits(state) % levels) - (double)levels / 2.0;
}

static void fill(perebor_matrix *matrix, uint64_t *state, unsigned levels) {
    for (size_t column = 0; column < matrix->n_columns; column++) {
        for (size_t row = 0; row < matrix->n_rows; row++) {
            perebor_matrix_column(matrix, column)[row] = draw_value(state, levels);
        }
    }
}

void learning_draw(learning *problem, perebor_workspace *workspace, uint64_t seed, size_t n_rows,
                   size_t n_columns, size_t n_test, unsigned levels) {
    uint64_t state = seed * 1000003 + 17;
    assert_true(n_rows >= 2 && n_rows <= LEARNING_MOST_ROWS);
    problem->workspace = workspace;
    problem->training = (perebor_training){.rows = learning_matrix(workspace, n_rows, n_columns),
                                           .labels = problem->labels};
    problem->test = learning_matrix(workspace, n_test, n_columns);
    fill(&problem->training.rows, &state, levels);
    fill(&problem->test, &state, levels);
    for (size_t row = 0; row < n_rows; row++) {
        double leaning = 1.5 * draw_normal(&state);
        for (size_t column = 0; column < n_columns && column < 3; column++) {
            leaning += perebor_matrix_column(&problem->training.rows, column)[row];
        }
        problem->labels[row] = leaning > 0.2;
    }
    problem->labels[0] = 0;
    problem->labels[1] = 1;
}

size_t learning_name_column(const void *names, size_t column, char *name, size_t size) {
    assert_null(names);
    return (size_t)snprintf(name, size, "fee %zu", column);
}

const perebor_learner *learning_find(const char *name) {
    const perebor_learner *learner = perebor_learner_find(name);
    assert_non_null(learner);
    return learner;
}

perebor_value learning_none(void) {
    return (perebor_value){.kind = PEREBOR_VALUE_NONE};
}

perebor_value learning_whole(int64_t number) {
    return (perebor_value){.kind = PEREBOR_VALUE_INTEGER, .as.integer = number};
}

perebor_value learning_real(double number) {
    return (perebor_value){.kind = PEREBOR_VALUE_REAL, .as.real = number};
}

perebor_value learning_text(const char *text) {
    return (perebor_value){.kind = PEREBOR_VALUE_TEXT, .as.text = text};
}

void learning_defaults(const perebor_learner *learner, perebor_value *values) {
    for (size_t s = 0; s < learner->n_settings; s++) {
        values[s] = learner->settings[s].default_value;
    }
}

void learning_set(const perebor_learner *learner, perebor_value *values, const char *name,
                  perebor_value value) {
    for (size_t s = 0; s < learner->n_settings; s++) {
        if (strcmp(learner->settings[s].name, name) == 0) {
            perebor_error error = {0};
            if (perebor_setting_accept(&learner->settings[s], value, &values[s], &error) !=
                PEREBOR_OK) {
                fail_msg("%s: %s", name, error.message);
            }
            return;
        }
    }
    fail_msg("%s has no setting %s", learner->name, name);
}

/** The choice of a setting that a text names, which outlives the text; NULL: none does. */
static const char *find_choice(const perebor_learner *learner, const char *name, const char *text) {
    for (size_t s = 0; s < learner->n_settings; s++) {
        const char *const *choice = learner->settings[s].choices;
        for (; strcmp(learner->settings[s].name, name) == 0 && choice != NULL && *choice != NULL;
             choice++) {
            if (strcmp(*choice, text) == 0) {
                return *choice;
            }
        }
    }
    return NULL;
}

static perebor_value read_value(const perebor_learner *learner, const char *name,
                                const char *text) {
    char *end;
    const char *choice = find_choice(learner, name, text);
    if (choice != NULL) {
        return learning_text(choice);
    }
    if (strcmp(text, "null") == 0) {
        return learning_none();
    }
    if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0) {
        return (perebor_value){.kind = PEREBOR_VALUE_BOOLEAN, .as.boolean = *text == 't'};
    }
    if (strpbrk(text, ".e") == NULL) {
        int64_t whole = strtoll(text, &end, 10);
        assert_true(*end == '\0');
        return learning_whole(whole);
    }
    double number = strtod(text, &end);
    assert_true(*end == '\0');
    return learning_real(number);
}

void learning_set_all(const perebor_learner *learner, perebor_value *values, const char *text) {
    char copy[256];
    char *rest = copy;
    char *word;
    assert_true(strlen(text) < sizeof copy);
    strcpy(copy, text);
    while ((word = strtok_r(rest, " ", &rest)) != NULL) {
        char *equals = strchr(word, '=');
        assert_non_null(equals);
        *equals = '\0';
        learning_set(learner, values, word, read_value(learner, word, equals + 1));
    }
}

perebor_model *learning_fit(const perebor_learner *learner, const learning *problem,
                            const perebor_value *values, perebor_fit_report *report) {
    perebor_error error = {0};
    perebor_model *model = NULL;
    perebor_fit_report unread;
    if (learner->fit(&model, &problem->training, values, problem->workspace,
                     report != NULL ? report : &unread, &error) != PEREBOR_OK) {
        fail_msg("%s does not fit: %s", learner->name, error.message);
    }
    return model;
}

void learning_score(const perebor_learner *learner, const perebor_model *model,
                    const perebor_matrix *rows, perebor_workspace *workspace, double *scores) {
    perebor_error error = {0};
    if (learner->score(model, rows, workspace, scores, &error) != PEREBOR_OK) {
        fail_msg("%s does not score: %s", learner->name, error.message);
    }
}
