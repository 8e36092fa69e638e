// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/try.h"
#include "config/scalar.h"
#include "config/sections.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define PARAMETER(member) offsetof(draft_parameter, parameter.member)

/** A parameter while it is being read. */
typedef struct draft_parameter {
    perebor_parameter parameter;
    config_values values;
    perebor_value value;
} draft_parameter;

/** A distribution by W&B's name, and the keys that go with it. */
typedef struct named_distribution {
    const char *name;
    perebor_distribution distribution;
    const char *takes[4];
    size_t n_required; /**< How many of these are required, from the front. */
} named_distribution;

/** Their order is that of the table. */
enum { CATEGORICAL, WEIGHTED, CONSTANT, UNIFORM, INT_UNIFORM };

static const named_distribution distributions[] = {
    [CATEGORICAL] = {"categorical", PEREBOR_CATEGORICAL, {"values", "probabilities"}, 1},
    [WEIGHTED] = {"categorical_w_probabilities",
                  PEREBOR_CATEGORICAL,
                  {"values", "probabilities"},
                  2},
    [CONSTANT] = {"constant", PEREBOR_CONSTANT, {"value"}, 1},
    [UNIFORM] = {"uniform", PEREBOR_UNIFORM, {"min", "max"}, 2},
    [INT_UNIFORM] = {"int_uniform", PEREBOR_INT_UNIFORM, {"min", "max"}, 2},
    {"q_uniform", PEREBOR_Q_UNIFORM, {"min", "max", "q"}, 2},
    {"log_uniform_values", PEREBOR_LOG_UNIFORM_VALUES, {"min", "max"}, 2},
    {"q_log_uniform_values", PEREBOR_Q_LOG_UNIFORM_VALUES, {"min", "max", "q"}, 2},
    {"normal", PEREBOR_NORMAL, {"mu", "sigma"}, 0},
    {"q_normal", PEREBOR_Q_NORMAL, {"mu", "sigma", "q"}, 0},
    {"log_normal", PEREBOR_LOG_NORMAL, {"mu", "sigma"}, 0},
};

/** log_uniform and its kin take exponents in W&B, where many mean values. */
static bool takes_exponents(const char *name) {
    return strcmp(name, "log_uniform") == 0 || strcmp(name, "q_log_uniform") == 0 ||
           strcmp(name, "inv_log_uniform") == 0 || strcmp(name, "inv_log_uniform_values") == 0;
}

static bool number_under(const yaml_node *map, const char *key, double *number) {
    const yaml_node *node = yaml_find(map, key);
    return node != NULL && node->kind == YAML_SCALAR && scalar_is_real(node->text, number);
}

static perebor_status refuse_exponents(const config_reading *reading, const yaml_node *map,
                                       const yaml_node *node) {
    double min = 0.0;
    double max = 0.0;
    bool inverse = strncmp(node->text, "inv_", 4) == 0;
    if (inverse && strstr(node->text, "_values") != NULL) {
        return yaml_refuse(node, reading->error,
                           "inv_log_uniform_values is the law of log_uniform_values; write that, "
                           "with the same min and max");
    }
    const char *remedy = node->text[0] == 'q' ? "q_log_uniform_values" : "log_uniform_values";
    if (!inverse && number_under(map, "min", &min) && number_under(map, "max", &max) &&
        min > -700.0 && max < 700.0) {
        return yaml_refuse(node, reading->error,
                           "%s takes exponents in W&B: these mean values from %.4g to %.4g; use %s "
                           "with the values themselves as min and max",
                           node->text, perebor_exp(min), perebor_exp(max), remedy);
    }
    return yaml_refuse(node, reading->error,
                       "%s takes exponents in W&B; use %s with the values themselves as min and "
                       "max",
                       node->text, remedy);
}

static perebor_status find_distribution(const config_reading *reading, const yaml_node *map,
                                        const named_distribution **distribution) {
    const yaml_node *node = yaml_find(map, "distribution");
    if (node->kind == YAML_SCALAR && takes_exponents(node->text)) {
        return refuse_exponents(reading, map, node);
    }
    const char *words[COUNT(distributions) + 1] = {NULL};
    for (size_t i = 0; i < COUNT(distributions); i++) {
        words[i] = distributions[i].name;
    }
    size_t index = 0;
    perebor_status status = config_read_word(reading, node, "distribution", words, &index);
    *distribution = &distributions[index];
    return status;
}

static bool is_whole(const yaml_node *node) {
    int64_t integer = 0;
    return node->kind == YAML_SCALAR && !node->quoted && scalar_is_integer(node->text, &integer);
}

/** W&B's rule for what says no distribution. */
static perebor_status infer_distribution(const config_reading *reading, const yaml_node *map,
                                         const named_distribution **distribution) {
    const yaml_node *min = yaml_find(map, "min");
    const yaml_node *max = yaml_find(map, "max");
    if (yaml_find(map, "values") != NULL) {
        *distribution = &distributions[CATEGORICAL];
    } else if (yaml_find(map, "value") != NULL) {
        *distribution = &distributions[CONSTANT];
    } else if (min != NULL && max != NULL) {
        *distribution = &distributions[is_whole(min) && is_whole(max) ? INT_UNIFORM : UNIFORM];
    } else {
        return yaml_refuse(map, reading->error,
                           "%s needs values, value, min and max, or a distribution", map->key);
    }
    return PEREBOR_OK;
}

static bool takes(const named_distribution *distribution, const char *key) {
    for (size_t i = 0; i < COUNT(distribution->takes) && distribution->takes[i] != NULL; i++) {
        if (strcmp(distribution->takes[i], key) == 0) {
            return true;
        }
    }
    return strcmp(key, "distribution") == 0 || strcmp(key, "when") == 0;
}

/** Every key that is there belongs to the distribution, and those that it needs are there. */
static perebor_status check_keys(const config_reading *reading, const yaml_node *map,
                                 const named_distribution *distribution) {
    for (const yaml_node *item = map->first; item != NULL; item = item->next) {
        if (!takes(distribution, item->key)) {
            return yaml_refuse_key(item, reading->error, "%s: %s has no use for %s", map->key,
                                   distribution->name, item->key);
        }
    }
    for (size_t i = 0; i < distribution->n_required; i++) {
        if (yaml_find(map, distribution->takes[i]) == NULL) {
            return yaml_refuse(map, reading->error, "%s: %s needs the key %s", map->key,
                               distribution->name, distribution->takes[i]);
        }
    }
    return PEREBOR_OK;
}

static perebor_status read_probabilities(const config_reading *reading, const yaml_node *node,
                                         void *field) {
    perebor_parameter *parameter = field;
    void *items = NULL;
    size_t n = 0;
    perebor_status status = config_read_items(reading, node, YAML_LIST, "a list of numbers",
                                              config_read_share, sizeof(double), &items, &n);
    parameter->probabilities = items;
    return status;
}

static perebor_status read_condition(const config_reading *reading, const yaml_node *node,
                                     void *field) {
    perebor_condition *condition = field;
    config_values values = {0};
    perebor_status status = config_read_values(reading, node, &values);
    if (status == PEREBOR_OK && values.n == 0) {
        return yaml_refuse(node, reading->error, "when %s is one of nothing; list a value at least",
                           node->key);
    }
    *condition =
        (perebor_condition){.parameter = node->key, .values = values.items, .n_values = values.n};
    return status;
}

static perebor_status read_when(const config_reading *reading, const yaml_node *node, void *field) {
    perebor_parameter *parameter = field;
    void *conditions = NULL;
    perebor_status status = config_read_items(
        reading, node, YAML_MAP, "a section of parameters and their values, such as {model: knn}",
        read_condition, sizeof(perebor_condition), &conditions, &parameter->n_conditions);
    parameter->conditions = conditions;
    return status;
}

static perebor_status settle_values(const config_reading *reading, const yaml_node *map,
                                    draft_parameter *draft) {
    perebor_parameter *parameter = &draft->parameter;
    if (parameter->distribution == PEREBOR_CONSTANT) {
        parameter->values = &draft->value;
        parameter->n_values = 1;
    } else if (parameter->distribution == PEREBOR_CATEGORICAL) {
        parameter->values = draft->values.items;
        parameter->n_values = draft->values.n;
    }
    const yaml_node *probabilities = yaml_find(map, "probabilities");
    if (probabilities != NULL && probabilities->n != parameter->n_values) {
        return yaml_refuse(probabilities, reading->error,
                           "%s: there are %zu probabilities for %zu values", map->key,
                           probabilities->n, parameter->n_values);
    }
    return PEREBOR_OK;
}

static perebor_status read_value_list(const config_reading *reading, const yaml_node *node,
                                      void *field) {
    if (node->kind != YAML_LIST) {
        return config_refuse_type(reading, node, "a list; for a single value write value");
    }
    return config_read_values(reading, node, field);
}

perebor_status config_read_parameter(const config_reading *reading, const yaml_node *node,
                                     void *field) {
    static const config_key keys[] = {
        {"distribution", config_read_elsewhere, 0, false},
        {"values", read_value_list, offsetof(draft_parameter, values), false},
        {"value", config_read_value, offsetof(draft_parameter, value), false},
        {"probabilities", read_probabilities, 0, false},
        {"min", config_read_real, PARAMETER(min), false},
        {"max", config_read_real, PARAMETER(max), false},
        {"q", config_read_real, PARAMETER(q), false},
        {"mu", config_read_real, PARAMETER(mu), false},
        {"sigma", config_read_real, PARAMETER(sigma), false},
        {"when", read_when, 0, false},
    };
    perebor_status status;
    const named_distribution *distribution = &distributions[CATEGORICAL];
    draft_parameter *draft = perebor_arena_allocate(reading->arena, 1, sizeof *draft);
    if (draft == NULL) {
        return config_no_memory(reading);
    }
    PEREBOR_TRY(done, config_read_section(reading, node, "a parameter", keys, COUNT(keys), draft));
    if (yaml_find(node, "distribution") != NULL) {
        PEREBOR_TRY(done, find_distribution(reading, node, &distribution));
    } else {
        PEREBOR_TRY(done, infer_distribution(reading, node, &distribution));
    }
    PEREBOR_TRY(done, check_keys(reading, node, distribution));
    perebor_parameter *parameter = &draft->parameter;
    parameter->name = node->key;
    parameter->line = node->key_line;
    parameter->column = node->key_column;
    parameter->source = node->key_line == 0 ? node->source : NULL;
    parameter->distribution = distribution->distribution;
    if (takes(distribution, "q") && yaml_find(node, "q") == NULL) {
        parameter->q = 1.0;
    }
    if (takes(distribution, "sigma") && yaml_find(node, "sigma") == NULL) {
        parameter->sigma = 1.0;
    }
    PEREBOR_TRY(done, settle_values(reading, node, draft));
    *(perebor_parameter *)field = *parameter;
done:
    return status;
}
