// SPDX-License-Identifier: MIT
#include "small_experiment.h"

#include <math.h>
#include <stdio.h>

#include "draw.h"

void small_experiment_fill(small_experiment *self) {
    static const char *const names[] = {"a", "b", "c", "d", "e", "kind"};
    static const char *levels[] = {"x", "y", "z"};
    uint64_t random = 5;
    for (size_t row = 0; row < SMALL_N_ROWS; row++) {
        (void)snprintf(self->id_texts[row], sizeof self->id_texts[row], "r%zu", row);
        self->ids[row] = self->id_texts[row];
        self->labels[row] = (uint8_t)(draw_bits(&random) % 3 == 0);
        for (size_t column = 0; column < SMALL_N_NUMERIC; column++) {
            double noise =
                column < 3 ? (double)(draw_bits(&random) % 16) / 4.0 : draw_uniform(&random);
            self->values[column][row] = noise + (column < 2 ? 1.5 * self->labels[row] : 0.0);
        }
        self->values[SMALL_N_NUMERIC][row] = (double)(draw_bits(&random) % 3);
        if (row % 17 == 3) {
            self->values[row % (SMALL_N_NUMERIC + 1)][row] = NAN;
        }
    }
    for (size_t column = 0; column <= SMALL_N_NUMERIC; column++) {
        self->columns[column] = (perebor_column){
            .name = names[column], .role = PEREBOR_ROLE_NUMERIC, .values = self->values[column]};
    }
    self->columns[SMALL_N_NUMERIC].role = PEREBOR_ROLE_NOMINAL;
    self->columns[SMALL_N_NUMERIC].levels = levels;
    self->columns[SMALL_N_NUMERIC].n_levels = 3;
    self->dataset = (perebor_dataset){.n_rows = SMALL_N_ROWS,
                                      .n_columns = SMALL_N_NUMERIC + 1,
                                      .columns = self->columns,
                                      .labels = self->labels,
                                      .target_name = "y",
                                      .positive_name = "1",
                                      .negative_name = "0",
                                      .id_name = "",
                                      .ids = self->ids};
}

perebor_parameter small_experiment_choice(const char *name, perebor_value *into,
                                          const char *const *texts) {
    perebor_parameter parameter = {
        .name = name, .distribution = PEREBOR_CATEGORICAL, .values = into};
    for (; texts[parameter.n_values] != NULL; parameter.n_values++) {
        into[parameter.n_values] =
            (perebor_value){.kind = PEREBOR_VALUE_TEXT, .as.text = texts[parameter.n_values]};
    }
    return parameter;
}

static perebor_parameter range(const char *name, perebor_distribution distribution, double min,
                               double max) {
    return (perebor_parameter){.name = name, .distribution = distribution, .min = min, .max = max};
}

perebor_status small_experiment_space(perebor_space **space, uint64_t seed, perebor_error *error) {
    perebor_value texts[8][4];
    perebor_parameter parameters[] = {
        small_experiment_choice("model", texts[0],
                                (const char *[]){"knn", "logreg", "svc", "tree", NULL}),
        small_experiment_choice("scale", texts[1],
                                (const char *[]){"standard", "minmax", "robust", NULL}),
        small_experiment_choice("encode__nominal", texts[2],
                                (const char *[]){"onehot", "ordinal", NULL}),
        range("select__k", PEREBOR_INT_UNIFORM, 1, 9),
        range("knn__n_neighbors", PEREBOR_INT_UNIFORM, 1, 30),
        small_experiment_choice("knn__weights", texts[3],
                                (const char *[]){"uniform", "distance", NULL}),
        range("tree__max_depth", PEREBOR_INT_UNIFORM, 1, 6),
        range("tree__min_samples_leaf", PEREBOR_INT_UNIFORM, 1, 8),
        small_experiment_choice("tree__max_features", texts[4],
                                (const char *[]){"sqrt", "log2", NULL}),
        small_experiment_choice("svc__kernel", texts[5],
                                (const char *[]){"linear", "rbf", "sigmoid", NULL}),
        range("svc__C", PEREBOR_LOG_UNIFORM_VALUES, 0.1, 10.0),
        small_experiment_choice("logreg__penalty", texts[6],
                                (const char *[]){"l1", "l2", "elasticnet", NULL}),
        range("logreg__C", PEREBOR_LOG_UNIFORM_VALUES, 0.01, 10.0),
    };
    return perebor_space_create(space, "small_experiment", parameters,
                                sizeof parameters / sizeof parameters[0], NULL, 0,
                                PEREBOR_SEARCH_RANDOM, seed, error);
}

perebor_status small_experiment_forests(perebor_space **space, uint64_t seed,
                                        perebor_error *error) {
    perebor_value texts[6][4];
    perebor_value booleans[2] = {{.kind = PEREBOR_VALUE_BOOLEAN, .as.boolean = false},
                                 {.kind = PEREBOR_VALUE_BOOLEAN, .as.boolean = true}};
    perebor_parameter parameters[] = {
        small_experiment_choice("model", texts[0], (const char *[]){"forest", "gnb", NULL}),
        small_experiment_choice("encode__nominal", texts[1],
                                (const char *[]){"onehot", "ordinal", NULL}),
        range("forest__n_estimators", PEREBOR_INT_UNIFORM, 1, 12),
        range("forest__max_depth", PEREBOR_INT_UNIFORM, 1, 9),
        range("forest__min_samples_leaf", PEREBOR_INT_UNIFORM, 1, 4),
        range("forest__ccp_alpha", PEREBOR_UNIFORM, 0.0, 0.02),
        small_experiment_choice("forest__splitter", texts[2],
                                (const char *[]){"best", "random", NULL}),
        small_experiment_choice("forest__criterion", texts[3],
                                (const char *[]){"gini", "entropy", NULL}),
        small_experiment_choice("forest__class_weight", texts[4],
                                (const char *[]){"balanced", "balanced_subsample", NULL}),
        small_experiment_choice("forest__max_features", texts[5],
                                (const char *[]){"sqrt", "all", NULL}),
        {.name = "forest__bootstrap",
         .distribution = PEREBOR_CATEGORICAL,
         .values = booleans,
         .n_values = 2},
        range("gnb__var_smoothing", PEREBOR_LOG_UNIFORM_VALUES, 1e-9, 1.0),
    };
    return perebor_space_create(space, "small_experiment", parameters,
                                sizeof parameters / sizeof parameters[0], NULL, 0,
                                PEREBOR_SEARCH_RANDOM, seed, error);
}
