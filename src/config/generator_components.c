// SPDX-License-Identifier: MIT
#include <stddef.h>
#include <string.h>

#include "base/try.h"
#include "config/generator_reading.h"

/** Names that differ: what uses one finds the first. */
static perebor_status read_names(const config_reading *reading, const yaml_node *node,
                                 const char *const **names, size_t *n) {
    perebor_texts texts = {0};
    perebor_status status = config_read_texts(reading, node, &texts);
    for (size_t i = 1; status == PEREBOR_OK && i < texts.n; i++) {
        for (size_t k = 0; k < i; k++) {
            if (strcmp(texts.items[i], texts.items[k]) == 0) {
                return yaml_refuse(node, reading->error, "%s has \"%s\" twice", node->key,
                                   texts.items[i]);
            }
        }
    }
    *names = texts.items;
    *n = texts.n;
    return status;
}

perebor_status generator_read_variables(const config_reading *reading, const yaml_node *node,
                                        void *field) {
    perebor_generator *generator = field;
    return read_names(reading, node, &generator->variables, &generator->n_variables);
}

perebor_status generator_read_categories(const config_reading *reading, const yaml_node *node,
                                         void *field) {
    perebor_generator *generator = field;
    return read_names(reading, node, &generator->categories, &generator->n_categories);
}

static perebor_status read_flag(const config_reading *reading, const yaml_node *node, void *field) {
    static const config_key keys[] = {
        {"leans_on", generator_read_variable, offsetof(perebor_flag, variable), true},
        {"correlation", config_read_real, offsetof(perebor_flag, correlation), true},
        {"stream", config_read_u64, offsetof(perebor_flag, stream), true},
    };
    perebor_flag *flag = field;
    flag->name = node->key;
    perebor_status status = config_read_section(reading, node, "flag", keys, COUNT(keys), flag);
    if (status == PEREBOR_OK && !(flag->correlation > -1.0 && flag->correlation < 1.0)) {
        status = yaml_refuse(node, reading->error, "correlation must lie between -1 and 1");
    }
    return status;
}

perebor_status generator_read_flags(const config_reading *reading, const yaml_node *node,
                                    void *field) {
    perebor_generator *generator = field;
    void *items = NULL;
    perebor_status status =
        config_read_items(reading, node, YAML_MAP, "a section of flags by name", read_flag,
                          sizeof(perebor_flag), &items, &generator->n_flags);
    generator->flags = items;
    return status;
}

/** A symmetric matrix with ones on its diagonal. */
static perebor_status read_correlation(const config_reading *reading, const yaml_node *node,
                                       void *field) {
    perebor_status status = PEREBOR_OK;
    perebor_variable_correlation *matrix = field;
    size_t n = generator_draft_of(reading)->n_variables;
    matrix->name = node->key;
    if (node->kind != YAML_LIST || node->n != n) {
        return yaml_refuse(node, reading->error, "%zu rows of %zu numbers are wanted here", n, n);
    }
    double *values = perebor_arena_allocate(reading->arena, n * n, sizeof *values);
    if (values == NULL) {
        return config_no_memory(reading);
    }
    size_t row = 0;
    for (const yaml_node *item = node->first; item != NULL; item = item->next, row++) {
        const double *read = NULL;
        PEREBOR_TRY(done, generator_read_reals(reading, item, n, &read));
        memcpy(values + row * n, read, n * sizeof *values);
    }
    for (size_t i = 0; i < n * n; i++) {
        if (values[i] != values[i % n * n + i / n]) {
            return yaml_refuse(node, reading->error, "the matrix is not symmetric in row %zu",
                               i / n + 1);
        }
        if (i / n == i % n && values[i] != 1.0) {
            return yaml_refuse(node, reading->error,
                               "row %zu has %.15g on the diagonal; a variable correlates with "
                               "itself by 1",
                               i / n + 1, values[i]);
        }
    }
    matrix->values = values;
done:
    return status;
}

perebor_status generator_read_correlations(const config_reading *reading, const yaml_node *node,
                                           void *field) {
    perebor_generator *generator = field;
    void *items = NULL;
    perebor_status status = config_read_items(
        reading, node, YAML_MAP, "a section of matrices by name", read_correlation,
        sizeof(perebor_variable_correlation), &items, &generator->n_correlations);
    generator->correlations = items;
    return status;
}

static config_reader read_marginal;

/** low or high of a mixture: a marginal of its own. */
static perebor_status read_part(const config_reading *reading, const yaml_node *node, void *field) {
    perebor_marginal *part = perebor_arena_allocate(reading->arena, 1, sizeof *part);
    if (part == NULL) {
        return config_no_memory(reading);
    }
    *(const perebor_marginal **)field = part;
    return read_marginal(reading, node, part);
}

static perebor_status read_kind(const config_reading *reading, const yaml_node *node, void *field) {
    static const char *const words[] = {"tnorm", "tlognorm", "pmf", "mix2", NULL};
    size_t index = 0;
    perebor_status status = config_read_word(reading, node, "type", words, &index);
    *(perebor_marginal_kind *)field = (perebor_marginal_kind)index;
    return status;
}

static perebor_status read_probabilities(const config_reading *reading, const yaml_node *node,
                                         void *field) {
    perebor_marginal *marginal = field;
    perebor_status status = generator_read_reals(reading, node, 0, &marginal->p);
    marginal->n_p = node->n;
    return status;
}

/** Refuses a distribution that has no quantiles. */
static perebor_status check_marginal(const config_reading *reading, const yaml_node *node,
                                     const perebor_marginal *marginal) {
    double sum = 0.0;
    for (size_t i = 0; i < marginal->n_p; i++) {
        sum += marginal->p[i] >= 0.0 ? marginal->p[i] : -1e9;
    }
    bool continuous =
        marginal->kind == PEREBOR_MARGINAL_NORMAL || marginal->kind == PEREBOR_MARGINAL_LOGNORMAL;
    if (continuous &&
        !(marginal->sd > 0.0 && marginal->step > 0.0 && marginal->lo < marginal->hi)) {
        return yaml_refuse(node, reading->error, "sd and step must be above 0, and lo below hi");
    }
    if (marginal->kind == PEREBOR_MARGINAL_LOGNORMAL && !(marginal->hi > 0.0)) {
        return yaml_refuse(node, reading->error,
                           "hi of tlognorm is %.15g; values of it are above 0", marginal->hi);
    }
    if (marginal->kind == PEREBOR_MARGINAL_PMF && !(sum > 0.0)) {
        return yaml_refuse(node, reading->error, "p must list probabilities, not all of them 0");
    }
    if (marginal->kind == PEREBOR_MARGINAL_MIXTURE &&
        (marginal->low == NULL || marginal->high == NULL || !(marginal->p_hi > 0.0) ||
         !(marginal->p_hi < 1.0))) {
        return yaml_refuse(node, reading->error, "mix2 has low, high, and p_hi between 0 and 1");
    }
    return PEREBOR_OK;
}

static perebor_status read_marginal(const config_reading *reading, const yaml_node *node,
                                    void *field) {
    static const config_key keys[] = {
        {"type", read_kind, offsetof(perebor_marginal, kind), true},
        {"mu", config_read_real, offsetof(perebor_marginal, mu), false},
        {"sd", config_read_real, offsetof(perebor_marginal, sd), false},
        {"lo", config_read_real, offsetof(perebor_marginal, lo), false},
        {"hi", config_read_real, offsetof(perebor_marginal, hi), false},
        {"step", config_read_real, offsetof(perebor_marginal, step), false},
        {"p", read_probabilities, 0, false},
        {"p_hi", config_read_real, offsetof(perebor_marginal, p_hi), false},
        {"low", read_part, offsetof(perebor_marginal, low), false},
        {"high", read_part, offsetof(perebor_marginal, high), false},
    };
    perebor_status status =
        config_read_section(reading, node, "marginal", keys, COUNT(keys), field);
    return status == PEREBOR_OK ? check_marginal(reading, node, field) : status;
}

/** One marginal for every variable. */
static perebor_status read_marginals(const config_reading *reading, const yaml_node *node,
                                     void *field) {
    perebor_status status = PEREBOR_OK;
    const perebor_generator *generator = generator_draft_of(reading);
    if (node->kind != YAML_MAP) {
        return config_refuse_type(reading, node, "a section with a marginal for every variable");
    }
    perebor_marginal *marginals =
        perebor_arena_allocate(reading->arena, generator->n_variables, sizeof *marginals);
    if (marginals == NULL) {
        return config_no_memory(reading);
    }
    for (const yaml_node *item = node->first; item != NULL; item = item->next) {
        size_t variable = 0;
        PEREBOR_TRY(done, generator_find_variable(reading, item, item->key, &variable));
        PEREBOR_TRY(done, read_marginal(reading, item, &marginals[variable]));
    }
    for (size_t j = 0; j < generator->n_variables; j++) {
        if (yaml_find(node, generator->variables[j]) == NULL) {
            return yaml_refuse(node, reading->error, "there is no marginal of variable \"%s\"",
                               generator->variables[j]);
        }
    }
    *(const perebor_marginal **)field = marginals;
done:
    return status;
}

static perebor_status read_category_probabilities(const config_reading *reading,
                                                  const yaml_node *node, void *field) {
    size_t n = generator_draft_of(reading)->n_categories;
    const double *p = NULL;
    double sum = 0.0;
    perebor_status status = generator_read_reals(reading, node, n, &p);
    for (size_t i = 0; status == PEREBOR_OK && p != NULL && i < n; i++) {
        if (p[i] < 0.0) {
            return yaml_refuse(node, reading->error, "%.15g is no probability", p[i]);
        }
        sum += p[i];
    }
    if (status == PEREBOR_OK && !(sum > 0.0)) {
        return yaml_refuse(node, reading->error, "not all probabilities may be 0");
    }
    *(const double **)field = p;
    return status;
}

/** A probability for every flag. */
static perebor_status read_flag_probabilities(const config_reading *reading, const yaml_node *node,
                                              void *field) {
    perebor_status status = PEREBOR_OK;
    const perebor_generator *generator = generator_draft_of(reading);
    double *p = perebor_arena_allocate(reading->arena, generator->n_flags + 1, sizeof *p);
    if (p == NULL) {
        return config_no_memory(reading);
    }
    for (size_t i = 0; i < generator->n_flags; i++) {
        const yaml_node *item =
            node->kind == YAML_MAP ? yaml_find(node, generator->flags[i].name) : NULL;
        if (item == NULL || node->n != generator->n_flags) {
            return yaml_refuse(node, reading->error,
                               "a probability for each of %zu flags is wanted", generator->n_flags);
        }
        PEREBOR_TRY(done, config_read_share(reading, item, &p[i]));
        if (!(p[i] > 0.0 && p[i] < 1.0)) {
            return yaml_refuse(item, reading->error, "a probability between 0 and 1 is wanted");
        }
    }
    *(const double **)field = p;
done:
    return status;
}

static perebor_status read_shift(const config_reading *reading, const yaml_node *node,
                                 void *field) {
    perebor_category_shift *shift = field;
    perebor_status status = generator_find_variable(reading, node, node->key, &shift->variable);
    return status == PEREBOR_OK
               ? generator_read_reals(reading, node, generator_draft_of(reading)->n_categories,
                                      &shift->values)
               : status;
}

static perebor_status read_shifts(const config_reading *reading, const yaml_node *node,
                                  void *field) {
    perebor_component *component = field;
    void *items = NULL;
    perebor_status status = config_read_items(
        reading, node, YAML_MAP, "a section of variables and a shift for each category", read_shift,
        sizeof(perebor_category_shift), &items, &component->n_shifts);
    component->shifts = items;
    return status;
}

static perebor_status read_correlation_name(const config_reading *reading, const yaml_node *node,
                                            void *field) {
    const perebor_generator *generator = generator_draft_of(reading);
    const char *name = NULL;
    perebor_status status = config_read_text(reading, node, &name);
    for (size_t i = 0; status == PEREBOR_OK && i < generator->n_correlations; i++) {
        if (strcmp(generator->correlations[i].name, name) == 0) {
            *(size_t *)field = i;
            return PEREBOR_OK;
        }
    }
    return status == PEREBOR_OK ? yaml_refuse(node, reading->error,
                                              "there is no matrix \"%s\" in correlations", name)
                                : status;
}

static perebor_status read_component(const config_reading *reading, const yaml_node *node,
                                     void *field) {
    static const config_key keys[] = {
        {"weight", config_read_real, offsetof(perebor_component, weight), true},
        {"target", config_read_u32, offsetof(perebor_component, target), true},
        {"correlation", read_correlation_name, offsetof(perebor_component, correlation), true},
        {"category", read_category_probabilities, offsetof(perebor_component, p_category), true},
        {"flags", read_flag_probabilities, offsetof(perebor_component, p_flag), true},
        {"category_shift", read_shifts, 0, false},
        {"marginals", read_marginals, offsetof(perebor_component, marginals), true},
    };
    perebor_component *component = field;
    component->name = node->key;
    perebor_status status =
        config_read_section(reading, node, "component", keys, COUNT(keys), component);
    if (status == PEREBOR_OK && (component->target > 1 || !(component->weight > 0.0))) {
        status = yaml_refuse(node, reading->error, "target is 0 or 1, and weight above 0");
    }
    return status;
}

perebor_status generator_read_components(const config_reading *reading, const yaml_node *node,
                                         void *field) {
    perebor_generator *generator = field;
    void *items = NULL;
    perebor_status status = config_read_items(
        reading, node, YAML_MAP, "a section of components by name", read_component,
        sizeof(perebor_component), &items, &generator->n_components);
    generator->components = items;
    return status;
}
