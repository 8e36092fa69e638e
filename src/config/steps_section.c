// SPDX-License-Identifier: MIT
#include <string.h>

#include "base/try.h"
#include "config/sections.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define CLEAN(member) offsetof(perebor_clean_step, member)

/** columns: "*" is every column, which the step has as no names at all. */
static perebor_status read_columns(const config_reading *reading, const yaml_node *node,
                                   void *field) {
    perebor_texts *columns = field;
    perebor_status status = config_read_texts(reading, node, columns);
    if (status == PEREBOR_OK && columns->n == 1 && strcmp(columns->items[0], "*") == 0) {
        *columns = (perebor_texts){0};
    }
    return status;
}

static perebor_status read_form(const config_reading *reading, const yaml_node *node, void *field) {
    static const char *const words[] = {"NFC", "NFKC", "none", NULL};
    size_t index = 0;
    perebor_status status = config_read_word(reading, node, "form", words, &index);
    if (status == PEREBOR_OK) {
        *(const char **)field = index == 2 ? NULL : words[index];
    }
    return status;
}

static perebor_status read_case(const config_reading *reading, const yaml_node *node, void *field) {
    static const char *const words[] = {"lower", "upper", "keep", NULL};
    size_t index = 0;
    perebor_status status = config_read_word(reading, node, "case", words, &index);
    if (status == PEREBOR_OK) {
        *(const char **)field = index == 2 ? NULL : words[index];
    }
    return status;
}

/** map: {from: to}; null is a missing value. */
static perebor_status read_replacements(const config_reading *reading, const yaml_node *node,
                                        void *field) {
    perebor_status status = PEREBOR_OK;
    perebor_clean_step *step = field;
    if (node->kind != YAML_MAP || node->n == 0) {
        return config_refuse_type(reading, node, "a section of old and new values");
    }
    const char **from = perebor_arena_allocate(reading->arena, node->n, sizeof *from);
    const char **to = perebor_arena_allocate(reading->arena, node->n, sizeof *to);
    bool *plain = perebor_arena_allocate(reading->arena, node->n, sizeof *plain);
    if (from == NULL || to == NULL || plain == NULL) {
        return config_no_memory(reading);
    }
    size_t n = 0;
    for (const yaml_node *item = node->first; item != NULL; item = item->next, n++) {
        from[n] = item->key;
        plain[n] = !item->key_quoted;
        if (!config_is_null(item)) {
            PEREBOR_TRY(done, config_read_text(reading, item, &to[n]));
        }
    }
    step->from = (perebor_texts){from, n};
    step->to = (perebor_texts){to, n};
    step->from_plain = plain;
done:
    return status;
}

static perebor_status read_normalize(const config_reading *reading, const yaml_node *node,
                                     perebor_clean_step *step) {
    static const config_key keys[] = {
        {"op", config_read_elsewhere, 0, true},
        {"table", config_read_text, CLEAN(table), false},
        {"columns", read_columns, CLEAN(columns), false},
        {"form", read_form, CLEAN(form), false},
        {"trim", config_read_boolean, CLEAN(trim), false},
        {"case", read_case, CLEAN(case_fold), false},
        {"reason", config_read_text, CLEAN(reason), false},
    };
    step->form = "NFC";
    step->trim = true;
    return config_read_section(reading, node, "normalize", keys, COUNT(keys), step);
}

/** Two keys that say the same are not both allowed; one must be there if it is @p needed. */
static perebor_status check_one_of(const config_reading *reading, const yaml_node *node,
                                   const char *what, const char *one, const char *other,
                                   bool needed) {
    bool has_one = yaml_find(node, one) != NULL;
    bool has_other = yaml_find(node, other) != NULL;
    if (has_one && has_other) {
        return yaml_refuse(node, reading->error, "%s takes %s or %s, not both", what, one, other);
    }
    if (needed && !has_one && !has_other) {
        return yaml_refuse(node, reading->error, "%s needs the key %s or %s", what, one, other);
    }
    return PEREBOR_OK;
}

static perebor_status read_replace(const config_reading *reading, const yaml_node *node,
                                   perebor_clean_step *step) {
    static const config_key keys[] = {
        {"op", config_read_elsewhere, 0, true},
        {"table", config_read_text, CLEAN(table), false},
        {"column", config_read_texts, CLEAN(columns), false},
        {"columns", read_columns, CLEAN(columns), false},
        {"map", read_replacements, 0, true},
        {"reason", config_read_text, CLEAN(reason), false},
    };
    perebor_status status = config_read_section(reading, node, "replace", keys, COUNT(keys), step);
    return status == PEREBOR_OK ? check_one_of(reading, node, "replace", "column", "columns", true)
                                : status;
}

static perebor_status read_sql(const config_reading *reading, const yaml_node *node,
                               perebor_clean_step *step) {
    static const config_key keys[] = {
        {"op", config_read_elsewhere, 0, true},
        {"sql", config_read_text, CLEAN(sql), true},
        {"timeout", config_read_duration, CLEAN(timeout_seconds), false},
        {"reason", config_read_text, CLEAN(reason), false},
    };
    return config_read_section(reading, node, "sql", keys, COUNT(keys), step);
}

static perebor_status read_clean_step(const config_reading *reading, const yaml_node *node,
                                      void *field) {
    static const char *const words[] = {"normalize", "replace", "sql", NULL};
    perebor_clean_step *step = field;
    const yaml_node *op = node->kind == YAML_MAP ? yaml_find(node, "op") : NULL;
    if (op == NULL) {
        return yaml_refuse(node, reading->error,
                           "a cleaning step needs the key op: normalize, replace or sql");
    }
    size_t kind = 0;
    perebor_status status = config_read_word(reading, op, "op", words, &kind);
    if (status != PEREBOR_OK) {
        return status;
    }
    step->at = config_position(node);
    switch (kind) {
    case 0:
        step->kind = PEREBOR_STEP_NORMALIZE;
        return read_normalize(reading, node, step);
    case 1:
        step->kind = PEREBOR_STEP_REPLACE;
        return read_replace(reading, node, step);
    default:
        step->kind = PEREBOR_STEP_SQL;
        return read_sql(reading, node, step);
    }
}

perebor_status config_read_clean(const config_reading *reading, const yaml_node *node,
                                 void *field) {
    perebor_tables_spec *spec = field;
    void *steps = NULL;
    perebor_status status =
        config_read_items(reading, node, YAML_LIST, "a list of cleaning steps", read_clean_step,
                          sizeof *spec->clean, &steps, &spec->n_clean);
    spec->clean = steps;
    return status;
}

static perebor_status read_pivot_step(const config_reading *reading, const yaml_node *node,
                                      void *field) {
    static const config_key keys[] = {
        {"table", config_read_text, offsetof(perebor_pivot_step, table), true},
        {"columns", config_read_text, offsetof(perebor_pivot_step, columns), true},
        {"values", config_read_text, offsetof(perebor_pivot_step, values), true},
        {"prefix", config_read_text, offsetof(perebor_pivot_step, prefix), false},
    };
    perebor_pivot_step *step = field;
    step->prefix = "";
    step->at = config_position(node);
    return config_read_section(reading, node, "pivot", keys, COUNT(keys), step);
}

perebor_status config_read_pivot(const config_reading *reading, const yaml_node *node,
                                 void *field) {
    perebor_tables_spec *spec = field;
    void *steps = NULL;
    perebor_status status =
        config_read_items(reading, node, YAML_LIST, "a list of pivot steps", read_pivot_step,
                          sizeof *spec->pivot, &steps, &spec->n_pivot);
    spec->pivot = steps;
    return status;
}

static perebor_status read_how(const config_reading *reading, const yaml_node *node, void *field) {
    static const char *const words[] = {"inner", "left", NULL};
    size_t index = 0;
    perebor_status status = config_read_word(reading, node, "how", words, &index);
    *(bool *)field = index == 1;
    return status;
}

static perebor_status read_unmatched(const config_reading *reading, const yaml_node *node,
                                     void *field) {
    static const char *const words[] = {"error", "allow", NULL};
    size_t index = 0;
    perebor_status status = config_read_word(reading, node, "unmatched", words, &index);
    *(bool *)field = index == 1;
    return status;
}

perebor_status config_read_join(const config_reading *reading, const yaml_node *node, void *field) {
    static const config_key keys[] = {
        {"base", config_read_text, offsetof(perebor_join_step, base), false},
        {"how", read_how, offsetof(perebor_join_step, left), false},
        {"on", config_read_text, offsetof(perebor_join_step, on), false},
        {"by", config_read_text, offsetof(perebor_join_step, on), false},
        {"tables", config_read_texts, offsetof(perebor_join_step, tables), false},
        {"unmatched", read_unmatched, offsetof(perebor_join_step, unmatched_allowed), false},
    };
    perebor_join_step *join = field;
    join->at = config_position(node);
    if (node->kind == YAML_MAP && yaml_find(node, "on") != NULL && yaml_find(node, "by") != NULL) {
        return yaml_refuse_key(yaml_find(node, "by"), reading->error,
                               "by is another word for on; give one of them");
    }
    const yaml_node *on = node->kind == YAML_MAP ? yaml_find(node, "true") : NULL;
    if (on != NULL) {
        return yaml_refuse_key(on, reading->error,
                               "join has no key true; tools of YAML 1.1 take on for true when they "
                               "write a file anew: write by, which means the same");
    }
    return config_read_section(reading, node, "join", keys, COUNT(keys), join);
}

static perebor_status read_comparison(const config_reading *reading, const yaml_node *node,
                                      void *field) {
    static const char *const words[] = {[PEREBOR_LESS] = "<",
                                        [PEREBOR_LESS_EQUAL] = "<=",
                                        [PEREBOR_GREATER] = ">",
                                        [PEREBOR_GREATER_EQUAL] = ">=",
                                        [PEREBOR_EQUAL] = "==",
                                        [PEREBOR_NOT_EQUAL] = "!=",
                                        [PEREBOR_IN] = "in",
                                        [PEREBOR_NOT_IN] = "not_in",
                                        [PEREBOR_IS_MISSING] = "is_gap",
                                        [PEREBOR_IS_NOT_MISSING] = "is_not_gap",
                                        [PEREBOR_IS_NOT_MISSING + 1] = NULL};
    size_t index = 0;
    perebor_status status = config_read_word(reading, node, "op", words, &index);
    *(perebor_comparison *)field = (perebor_comparison)index;
    return status;
}

static perebor_status read_match(const config_reading *reading, const yaml_node *node,
                                 void *field) {
    static const char *const words[] = {"all", "any", NULL};
    size_t index = 0;
    perebor_status status = config_read_word(reading, node, "match", words, &index);
    *(bool *)field = index == 1;
    return status;
}

static perebor_status check_filter(const config_reading *reading, const yaml_node *node,
                                   const perebor_filter_step *step) {
    bool list = step->comparison == PEREBOR_IN || step->comparison == PEREBOR_NOT_IN;
    bool about_missing =
        step->comparison == PEREBOR_IS_MISSING || step->comparison == PEREBOR_IS_NOT_MISSING;
    if (about_missing && step->values.n > 0) {
        return yaml_refuse(node, reading->error, "is_gap and is_not_gap take no value");
    }
    if (!about_missing && step->values.n == 0) {
        return yaml_refuse(node, reading->error, "filter needs the key %s",
                           list ? "values" : "value");
    }
    if (!list && step->values.n > 1) {
        return yaml_refuse(node, reading->error,
                           "this comparison takes one value; in and not_in take several");
    }
    return PEREBOR_OK;
}

static perebor_status read_filter_step(const config_reading *reading, const yaml_node *node,
                                       void *field) {
    static const config_key keys[] = {
        {"column", config_read_texts, offsetof(perebor_filter_step, columns), false},
        {"columns", config_read_texts, offsetof(perebor_filter_step, columns), false},
        {"op", read_comparison, offsetof(perebor_filter_step, comparison), true},
        {"value", config_read_texts, offsetof(perebor_filter_step, values), false},
        {"values", config_read_texts, offsetof(perebor_filter_step, values), false},
        {"match", read_match, offsetof(perebor_filter_step, match_any), false},
        {"reason", config_read_text, offsetof(perebor_filter_step, reason), false},
    };
    perebor_status status;
    perebor_filter_step *step = field;
    step->at = config_position(node);
    PEREBOR_TRY(done, config_read_section(reading, node, "filter", keys, COUNT(keys), step));
    PEREBOR_TRY(done, check_one_of(reading, node, "filter", "column", "columns", true));
    PEREBOR_TRY(done, check_one_of(reading, node, "filter", "value", "values", false));
    PEREBOR_TRY(done, check_filter(reading, node, step));
done:
    return status;
}

perebor_status config_read_filter(const config_reading *reading, const yaml_node *node,
                                  void *field) {
    perebor_tables_spec *spec = field;
    void *steps = NULL;
    perebor_status status =
        config_read_items(reading, node, YAML_LIST, "a list of row filters", read_filter_step,
                          sizeof *spec->filter, &steps, &spec->n_filter);
    spec->filter = steps;
    return status;
}
