// SPDX-License-Identifier: MIT
#include <string.h>

#include "base/try.h"
#include "config/sections.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

perebor_status config_read_target(const config_reading *reading, const yaml_node *node,
                                  void *field) {
    static const config_key keys[] = {
        {"column", config_read_text, offsetof(perebor_roles, target), true},
        {"positive", config_read_text, offsetof(perebor_roles, positive), false},
    };
    perebor_roles *roles = field;
    roles->target_at = config_position(node);
    if (node->kind == YAML_SCALAR) {
        return config_read_text(reading, node, &roles->target);
    }
    return config_read_section(reading, node, "target", keys, COUNT(keys), roles);
}

static perebor_status read_ordinal_column(const config_reading *reading, const yaml_node *node,
                                          void *field) {
    perebor_ordinal_column *column = field;
    column->name = node->key;
    column->at = config_position(node);
    if (node->kind != YAML_LIST || node->n < 2) {
        return config_refuse_type(reading, node, "a list of its levels, lowest first");
    }
    perebor_status status = config_read_texts(reading, node, &column->levels);
    for (size_t i = 0; status == PEREBOR_OK && i < column->levels.n; i++) {
        for (size_t k = 0; k < i; k++) {
            if (strcmp(column->levels.items[i], column->levels.items[k]) == 0) {
                return yaml_refuse(node, reading->error, "%s lists the level %s twice", node->key,
                                   column->levels.items[i]);
            }
        }
    }
    return status;
}

static perebor_status read_ordinal(const config_reading *reading, const yaml_node *node,
                                   void *field) {
    perebor_roles *roles = field;
    void *columns = NULL;
    perebor_status status = config_read_items(
        reading, node, YAML_MAP, "a section of columns and their levels, lowest first",
        read_ordinal_column, sizeof *roles->ordinal, &columns, &roles->n_ordinal);
    roles->ordinal = columns;
    return status;
}

static perebor_status read_boolean_column(const config_reading *reading, const yaml_node *node,
                                          void *field) {
    static const config_key keys[] = {
        {"true", config_read_texts, offsetof(perebor_boolean_column, true_values), true},
        {"false", config_read_texts, offsetof(perebor_boolean_column, false_values), true},
    };
    perebor_boolean_column *column = field;
    column->at = config_position(node);
    if (node->key == NULL) { // in a list: by its name, with the usual values
        return config_read_text(reading, node, &column->name);
    }
    column->name = node->key;
    return config_read_section(reading, node, node->key, keys, COUNT(keys), column);
}

static perebor_status read_boolean(const config_reading *reading, const yaml_node *node,
                                   void *field) {
    perebor_roles *roles = field;
    void *columns = NULL;
    yaml_kind kind = node->kind == YAML_LIST ? YAML_LIST : YAML_MAP;
    perebor_status status =
        config_read_items(reading, node, kind,
                          "a list of columns, or a section such as {consent: {true: [yes], "
                          "false: [no]}}",
                          read_boolean_column, sizeof *roles->boolean, &columns, &roles->n_boolean);
    roles->boolean = columns;
    return status;
}

static perebor_status read_monotonic_column(const config_reading *reading, const yaml_node *node,
                                            void *field) {
    static const char *const words[] = {"increasing", "decreasing", NULL};
    perebor_monotonic_column *column = field;
    size_t word = 0;
    column->name = node->key;
    column->at = config_position(node);
    perebor_status status = config_read_word(reading, node, node->key, words, &word);
    column->decreases = word == 1;
    return status;
}

static perebor_status read_monotonic(const config_reading *reading, const yaml_node *node,
                                     void *field) {
    perebor_roles *roles = field;
    void *columns = NULL;
    perebor_status status = config_read_items(
        reading, node, YAML_MAP, "a section such as {age: increasing, distance: decreasing}",
        read_monotonic_column, sizeof *roles->monotonic, &columns, &roles->n_monotonic);
    roles->monotonic = columns;
    return status;
}

perebor_status config_read_features(const config_reading *reading, const yaml_node *node,
                                    void *field) {
    static const config_key keys[] = {
        {"numeric", config_read_texts, offsetof(perebor_roles, numeric), false},
        {"ordinal", read_ordinal, 0, false},
        {"boolean", read_boolean, 0, false},
        {"nominal", config_read_texts, offsetof(perebor_roles, nominal), false},
        {"drop", config_read_texts, offsetof(perebor_roles, drop), false},
        {"monotonic", read_monotonic, 0, false},
    };
    return config_read_section(reading, node, "features", keys, COUNT(keys), field);
}

/** What data.missing can set: the settings of the step impute. */
typedef struct missing {
    perebor_fixed_setting settings[3];
    size_t n;
} missing;

static perebor_status read_imputer(const config_reading *reading, const yaml_node *node,
                                   missing *missing, const char *name, const char *const *words) {
    size_t index = 0;
    perebor_status status = config_read_word(reading, node, node->key, words, &index);
    if (status == PEREBOR_OK) {
        missing->settings[missing->n++] =
            (perebor_fixed_setting){.name = name,
                                    .value = {.kind = PEREBOR_VALUE_TEXT, .as.text = words[index]},
                                    .at = config_position(node)};
    }
    return status;
}

static perebor_status read_numeric_imputer(const config_reading *reading, const yaml_node *node,
                                           void *field) {
    static const char *const words[] = {"mean", "median", "most_frequent", "constant", NULL};
    return read_imputer(reading, node, field, "impute__numeric", words);
}

static perebor_status read_nominal_imputer(const config_reading *reading, const yaml_node *node,
                                           void *field) {
    static const char *const words[] = {"most_frequent", "constant", NULL};
    return read_imputer(reading, node, field, "impute__nominal", words);
}

static perebor_status read_fill_value(const config_reading *reading, const yaml_node *node,
                                      void *field) {
    missing *missing = field;
    double value = 0.0;
    perebor_status status = config_read_real(reading, node, &value);
    if (status == PEREBOR_OK) {
        missing->settings[missing->n++] =
            (perebor_fixed_setting){.name = "impute__fill_value",
                                    .value = {.kind = PEREBOR_VALUE_REAL, .as.real = value},
                                    .at = config_position(node)};
    }
    return status;
}

perebor_status config_read_missing(const config_reading *reading, const yaml_node *node,
                                   void *field) {
    static const config_key keys[] = {
        {"numeric", read_numeric_imputer, 0, false},
        {"nominal", read_nominal_imputer, 0, false},
        {"fill_value", read_fill_value, 0, false},
    };
    config_draft *draft = field;
    missing *missing = perebor_arena_allocate(reading->arena, 1, sizeof *missing);
    if (missing == NULL) {
        return config_no_memory(reading);
    }
    perebor_status status =
        config_read_section(reading, node, "missing", keys, COUNT(keys), missing);
    if (status == PEREBOR_OK) {
        draft->experiment.fixed = missing->settings;
        draft->experiment.n_fixed = missing->n;
        perebor_roles *roles = &draft->experiment.tables.roles;
        for (size_t i = 0; i < missing->n; i++) {
            roles->fills_numeric |= strcmp(missing->settings[i].name, "impute__numeric") == 0;
            roles->fills_nominal |= strcmp(missing->settings[i].name, "impute__nominal") == 0;
        }
    }
    return status;
}
