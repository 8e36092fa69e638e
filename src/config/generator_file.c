// SPDX-License-Identifier: MIT
#include "perebor/generator_file.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/suggest.h"
#include "base/try.h"
#include "config/fields.h"
#include "config/yaml_tree.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/** A generator while it is being read. The public part comes first. */
typedef struct generator_draft {
    perebor_generator generator;
    perebor_arena arena;
} generator_draft;

/** What its readers need: names resolve against what has been read before. */
typedef struct generator_reading {
    config_reading base;
    generator_draft *draft;
} generator_reading;

static perebor_generator *draft_of(const config_reading *reading) {
    return &((const generator_reading *)reading)->draft->generator;
}

/** Finds a name in a list, or refuses it with the nearest. */
static perebor_status find_name(const config_reading *reading, const yaml_node *node,
                                const char *name, const char *what, const char *const *names,
                                size_t n, size_t *index) {
    for (size_t i = 0; i < n; i++) {
        if (strcmp(names[i], name) == 0) {
            *index = i;
            return PEREBOR_OK;
        }
    }
    const char *near = perebor_suggest(name, names, n);
    return yaml_refuse(node, reading->error, "there is no %s \"%s\"%s%s%s", what, name,
                       near != NULL ? "; did you mean \"" : "", near != NULL ? near : "",
                       near != NULL ? "\"?" : "");
}

static perebor_status find_variable(const config_reading *reading, const yaml_node *node,
                                    const char *name, size_t *index) {
    const perebor_generator *generator = draft_of(reading);
    return find_name(reading, node, name, "variable", generator->variables, generator->n_variables,
                     index);
}

static perebor_status read_variable(const config_reading *reading, const yaml_node *node,
                                    void *field) {
    const char *name = NULL;
    perebor_status status = config_read_text(reading, node, &name);
    return status == PEREBOR_OK ? find_variable(reading, node, name, field) : status;
}

/** A list of exactly n numbers. */
static perebor_status read_reals(const config_reading *reading, const yaml_node *node, size_t n,
                                 const double **values) {
    perebor_status status = PEREBOR_OK;
    if (node->kind != YAML_LIST || (n != 0 && node->n != n) || node->n == 0) {
        return yaml_refuse(node, reading->error, "a list of %zu numbers is wanted here, not %zu", n,
                           node->n);
    }
    double *read = perebor_arena_allocate(reading->arena, node->n, sizeof *read);
    if (read == NULL) {
        return config_no_memory(reading);
    }
    size_t i = 0;
    for (const yaml_node *item = node->first; item != NULL; item = item->next) {
        PEREBOR_TRY(done, config_read_real(reading, item, &read[i++]));
    }
    *values = read;
done:
    return status;
}

static perebor_status read_names(const config_reading *reading, const yaml_node *node,
                                 const char *const **names, size_t *n) {
    perebor_texts texts = {0};
    perebor_status status = config_read_texts(reading, node, &texts);
    *names = texts.items;
    *n = texts.n;
    return status;
}

static perebor_status read_variables(const config_reading *reading, const yaml_node *node,
                                     void *field) {
    perebor_generator *generator = field;
    return read_names(reading, node, &generator->variables, &generator->n_variables);
}

static perebor_status read_categories(const config_reading *reading, const yaml_node *node,
                                      void *field) {
    perebor_generator *generator = field;
    return read_names(reading, node, &generator->categories, &generator->n_categories);
}

static perebor_status read_flag(const config_reading *reading, const yaml_node *node, void *field) {
    static const config_key keys[] = {
        {"leans_on", read_variable, offsetof(perebor_flag, variable), true},
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

static perebor_status read_flags(const config_reading *reading, const yaml_node *node,
                                 void *field) {
    perebor_generator *generator = field;
    void *items = NULL;
    perebor_status status = config_read_items(reading, node, YAML_MAP, "flags", read_flag,
                                              sizeof(perebor_flag), &items, &generator->n_flags);
    generator->flags = items;
    return status;
}

/** A symmetric matrix with ones on its diagonal. */
static perebor_status read_correlation(const config_reading *reading, const yaml_node *node,
                                       void *field) {
    perebor_status status = PEREBOR_OK;
    perebor_correlation *matrix = field;
    size_t n = draft_of(reading)->n_variables;
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
        PEREBOR_TRY(done, read_reals(reading, item, n, &read));
        memcpy(values + row * n, read, n * sizeof *values);
    }
    for (size_t i = 0; i < n * n; i++) {
        if (values[i] != values[i % n * n + i / n]) {
            return yaml_refuse(node, reading->error, "the matrix is not symmetric in row %zu",
                               i / n + 1);
        }
    }
    matrix->values = values;
done:
    return status;
}

static perebor_status read_correlations(const config_reading *reading, const yaml_node *node,
                                        void *field) {
    perebor_generator *generator = field;
    void *items = NULL;
    perebor_status status =
        config_read_items(reading, node, YAML_MAP, "correlations", read_correlation,
                          sizeof(perebor_correlation), &items, &generator->n_correlations);
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
    perebor_status status = read_reals(reading, node, 0, &marginal->p);
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
    const perebor_generator *generator = draft_of(reading);
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
        PEREBOR_TRY(done, find_variable(reading, item, item->key, &variable));
        PEREBOR_TRY(done, read_marginal(reading, item, &marginals[variable]));
    }
    if (node->n != generator->n_variables) {
        return yaml_refuse(node, reading->error, "%zu marginals for %zu variables", node->n,
                           generator->n_variables);
    }
    *(const perebor_marginal **)field = marginals;
done:
    return status;
}

static perebor_status read_category_probabilities(const config_reading *reading,
                                                  const yaml_node *node, void *field) {
    return read_reals(reading, node, draft_of(reading)->n_categories, field);
}

/** A probability for every flag. */
static perebor_status read_flag_probabilities(const config_reading *reading, const yaml_node *node,
                                              void *field) {
    perebor_status status = PEREBOR_OK;
    const perebor_generator *generator = draft_of(reading);
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
    perebor_status status = find_variable(reading, node, node->key, &shift->variable);
    return status == PEREBOR_OK
               ? read_reals(reading, node, draft_of(reading)->n_categories, &shift->values)
               : status;
}

static perebor_status read_shifts(const config_reading *reading, const yaml_node *node,
                                  void *field) {
    perebor_component *component = field;
    void *items = NULL;
    perebor_status status =
        config_read_items(reading, node, YAML_MAP, "category_shift", read_shift,
                          sizeof(perebor_category_shift), &items, &component->n_shifts);
    component->shifts = items;
    return status;
}

static perebor_status read_correlation_name(const config_reading *reading, const yaml_node *node,
                                            void *field) {
    const perebor_generator *generator = draft_of(reading);
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

static perebor_status read_components(const config_reading *reading, const yaml_node *node,
                                      void *field) {
    perebor_generator *generator = field;
    void *items = NULL;
    perebor_status status =
        config_read_items(reading, node, YAML_MAP, "components", read_component,
                          sizeof(perebor_component), &items, &generator->n_components);
    generator->components = items;
    return status;
}

/** field: what a column shows, by name: id, target, category, a flag or a variable. */
static perebor_status read_field(const config_reading *reading, const yaml_node *node,
                                 void *field) {
    perebor_generated_column *column = field;
    const perebor_generator *generator = draft_of(reading);
    const char *name = NULL;
    perebor_status status = config_read_text(reading, node, &name);
    if (status != PEREBOR_OK) {
        return status;
    }
    static const char *const words[] = {"id", "target", "category"};
    for (size_t i = 0; i < COUNT(words); i++) {
        if (strcmp(name, words[i]) == 0) {
            column->kind = (perebor_field_kind)i;
            return PEREBOR_OK;
        }
    }
    for (size_t i = 0; i < generator->n_flags; i++) {
        if (strcmp(name, generator->flags[i].name) == 0) {
            column->kind = PEREBOR_FIELD_FLAG;
            column->index = i;
            return PEREBOR_OK;
        }
    }
    column->kind = PEREBOR_FIELD_VARIABLE;
    return find_variable(reading, node, name, &column->index);
}

static perebor_status read_labels(const config_reading *reading, const yaml_node *node,
                                  void *field) {
    perebor_texts texts = {0};
    perebor_status status = config_read_texts(reading, node, &texts);
    if (status == PEREBOR_OK && texts.n != 2) {
        status = yaml_refuse(node, reading->error, "two labels are wanted: for 0 and for 1");
    }
    ((perebor_generated_column *)field)->labels = texts.items;
    return status;
}

/** trim: leave out zeros at the end, but for so many decimals. */
static perebor_status read_trim(const config_reading *reading, const yaml_node *node, void *field) {
    perebor_generated_column *column = field;
    column->trim = true;
    return config_read_u32(reading, node, &column->least_decimals);
}

static perebor_status read_misspelling(const config_reading *reading, const yaml_node *node,
                                       void *field) {
    static const config_key keys[] = {
        {"of", config_read_text, offsetof(perebor_generated_column, typo_of), true},
        {"text", config_read_text, offsetof(perebor_generated_column, typo_text), true},
        {"p", config_read_share, offsetof(perebor_generated_column, typo_p), true},
        {"stream", config_read_u64, offsetof(perebor_generated_column, typo_stream), true},
    };
    return config_read_section(reading, node, "misspelling", keys, COUNT(keys), field);
}

/** A column must have what its field needs. */
static perebor_status check_column(const config_reading *reading, const yaml_node *node,
                                   const perebor_generated_column *column) {
    bool labelled = column->kind == PEREBOR_FIELD_TARGET || column->kind == PEREBOR_FIELD_FLAG;
    if (labelled != (column->labels != NULL)) {
        return yaml_refuse(node, reading->error,
                           labelled ? "labels: are wanted for the target and for flags"
                                    : "labels: are for the target and for flags");
    }
    if (column->decimals > 17) {
        return yaml_refuse(node, reading->error, "decimals: at most 17");
    }
    return PEREBOR_OK;
}

static perebor_status read_column(const config_reading *reading, const yaml_node *node,
                                  void *field) {
    static const config_key keys[] = {
        {"name", config_read_text, offsetof(perebor_generated_column, name), true},
        {"field", read_field, 0, true},
        {"decimals", config_read_u32, offsetof(perebor_generated_column, decimals), false},
        {"trim", read_trim, 0, false},
        {"labels", read_labels, 0, false},
        {"misspelling", read_misspelling, 0, false},
    };
    perebor_status status = config_read_section(reading, node, "column", keys, COUNT(keys), field);
    return status == PEREBOR_OK ? check_column(reading, node, field) : status;
}

static perebor_status read_columns(const config_reading *reading, const yaml_node *node,
                                   void *field) {
    perebor_generated_table *table = field;
    void *items = NULL;
    perebor_status status =
        config_read_items(reading, node, YAML_LIST, "columns", read_column,
                          sizeof(perebor_generated_column), &items, &table->n_columns);
    table->columns = items;
    return status;
}

/** The value of a long table's row: what a column has, without a name of its own. */
static perebor_status read_row(const config_reading *reading, const yaml_node *node, void *field) {
    static const config_key keys[] = {
        {"label", config_read_text, offsetof(perebor_generated_row, label), true},
        {"dirty_label", config_read_text, offsetof(perebor_generated_row, dirty_label), false},
        {"field", read_field, offsetof(perebor_generated_row, value), true},
        {"decimals", config_read_u32,
         offsetof(perebor_generated_row, value) + offsetof(perebor_generated_column, decimals),
         false},
    };
    perebor_generated_row *row = field;
    perebor_status status = config_read_section(reading, node, "row", keys, COUNT(keys), row);
    return status == PEREBOR_OK ? check_column(reading, node, &row->value) : status;
}

static perebor_status read_rows(const config_reading *reading, const yaml_node *node, void *field) {
    perebor_generated_table *table = field;
    void *items = NULL;
    perebor_status status =
        config_read_items(reading, node, YAML_LIST, "rows", read_row, sizeof(perebor_generated_row),
                          &items, &table->n_rows);
    table->rows = items;
    return status;
}

static perebor_status read_long(const config_reading *reading, const yaml_node *node, void *field) {
    static const config_key keys[] = {
        {"id", config_read_text, offsetof(perebor_generated_table, id_name), true},
        {"label", config_read_text, offsetof(perebor_generated_table, label_name), true},
        {"value", config_read_text, offsetof(perebor_generated_table, value_name), true},
        {"rows", read_rows, 0, true},
        {"rotated", config_read_share, offsetof(perebor_generated_table, rotate_p), false},
        {"stream", config_read_u64, offsetof(perebor_generated_table, rotate_stream), false},
    };
    return config_read_section(reading, node, "long", keys, COUNT(keys), field);
}

static perebor_status read_line_end(const config_reading *reading, const yaml_node *node,
                                    void *field) {
    static const char *const words[] = {"lf", "crlf", NULL};
    size_t index = 0;
    perebor_status status = config_read_word(reading, node, "dirty_line_end", words, &index);
    *(bool *)field = index == 1;
    return status;
}

static perebor_status read_table(const config_reading *reading, const yaml_node *node,
                                 void *field) {
    static const config_key keys[] = {
        {"file", config_read_text, offsetof(perebor_generated_table, file), true},
        {"columns", read_columns, 0, false},
        {"long", read_long, 0, false},
        {"dirty_delimiter", config_read_text, offsetof(perebor_generated_table, dirty_delimiter),
         false},
        {"dirty_decimal", config_read_text, offsetof(perebor_generated_table, dirty_decimal),
         false},
        {"dirty_line_end", read_line_end, offsetof(perebor_generated_table, dirty_crlf), false},
    };
    perebor_generated_table *table = field;
    perebor_status status = config_read_section(reading, node, "table", keys, COUNT(keys), table);
    if (status == PEREBOR_OK && (table->n_columns > 0) == (table->n_rows > 0)) {
        status = yaml_refuse(node, reading->error, "a table has either columns: or long:");
    }
    if (status == PEREBOR_OK && (table->file[0] == '\0' || strchr(table->file, '/') != NULL)) {
        status = yaml_refuse(node, reading->error, "file: a name without a folder");
    }
    if (status == PEREBOR_OK && table->dirty_decimal != NULL && strlen(table->dirty_decimal) != 1) {
        status = yaml_refuse(node, reading->error, "dirty_decimal: one character");
    }
    return status;
}

static perebor_status read_tables(const config_reading *reading, const yaml_node *node,
                                  void *field) {
    perebor_generator *generator = field;
    void *items = NULL;
    perebor_status status =
        config_read_items(reading, node, YAML_LIST, "tables", read_table,
                          sizeof(perebor_generated_table), &items, &generator->n_tables);
    generator->tables = items;
    return status;
}

static perebor_status read_component_name(const config_reading *reading, const yaml_node *node,
                                          void *field) {
    const perebor_generator *generator = draft_of(reading);
    const char *name = NULL;
    perebor_status status = config_read_text(reading, node, &name);
    for (size_t i = 0; status == PEREBOR_OK && i < generator->n_components; i++) {
        if (strcmp(generator->components[i].name, name) == 0) {
            *(size_t *)field = i;
            return PEREBOR_OK;
        }
    }
    return status == PEREBOR_OK
               ? yaml_refuse(node, reading->error, "there is no component \"%s\"", name)
               : status;
}

static perebor_status read_duplicates(const config_reading *reading, const yaml_node *node,
                                      void *field) {
    static const config_key keys[] = {
        {"pairs", config_read_real, offsetof(perebor_dirt, duplicate_pairs), true},
        {"component", read_component_name, offsetof(perebor_dirt, duplicate_component), true},
        {"keep", read_variable, offsetof(perebor_dirt, duplicate_keeps), true},
        {"stream", config_read_u64, offsetof(perebor_dirt, duplicate_stream), true},
    };
    return config_read_section(reading, node, "duplicates", keys, COUNT(keys), field);
}

static perebor_status read_zero_variables(const config_reading *reading, const yaml_node *node,
                                          void *field) {
    perebor_dirt *dirt = field;
    void *items = NULL;
    perebor_status status = config_read_items(reading, node, YAML_LIST, "variables", read_variable,
                                              sizeof(size_t), &items, &dirt->n_zero_variables);
    dirt->zero_variables = items;
    return status;
}

static perebor_status read_zeros(const config_reading *reading, const yaml_node *node,
                                 void *field) {
    static const config_key keys[] = {
        {"customers", config_read_real, offsetof(perebor_dirt, zero_customers), true},
        {"variables", read_zero_variables, 0, true},
    };
    return config_read_section(reading, node, "zeros", keys, COUNT(keys), field);
}

static perebor_status read_factor(const config_reading *reading, const yaml_node *node,
                                  void *field) {
    perebor_dirt *dirt = field;
    const double *ends = NULL;
    perebor_status status = read_reals(reading, node, 2, &ends);
    if (status == PEREBOR_OK) {
        dirt->outlier_factor_min = ends[0];
        dirt->outlier_factor_max = ends[1];
    }
    return status;
}

static perebor_status read_outlier(const config_reading *reading, const yaml_node *node,
                                   void *field) {
    static const config_key keys[] = {
        {"variable", read_variable, offsetof(perebor_dirt, outlier_variable), true},
        {"factor", read_factor, 0, true},
        {"step", config_read_real, offsetof(perebor_dirt, outlier_step), true},
        {"stream", config_read_u64, offsetof(perebor_dirt, outlier_stream), true},
        {"factor_stream", config_read_u64, offsetof(perebor_dirt, outlier_factor_stream), true},
    };
    perebor_dirt *dirt = field;
    dirt->outlier = true;
    perebor_status status = config_read_section(reading, node, "outlier", keys, COUNT(keys), dirt);
    if (status == PEREBOR_OK && !(dirt->outlier_step > 0.0)) {
        status = yaml_refuse(node, reading->error, "step must be above 0");
    }
    return status;
}

static perebor_status read_dirt(const config_reading *reading, const yaml_node *node, void *field) {
    static const config_key keys[] = {
        {"block", config_read_size, offsetof(perebor_dirt, block), true},
        {"exempt", config_read_size, offsetof(perebor_dirt, exempt), false},
        {"duplicates", read_duplicates, 0, false},
        {"zeros", read_zeros, 0, false},
        {"outlier", read_outlier, 0, false},
    };
    perebor_dirt *dirt = &((perebor_generator *)field)->dirt;
    perebor_status status = config_read_section(reading, node, "dirt", keys, COUNT(keys), dirt);
    if (status == PEREBOR_OK && dirt->block > 1000000) {
        status = yaml_refuse(node, reading->error, "block: at most 1000000 customers");
    }
    return status;
}

static perebor_status read_term(const config_reading *reading, const yaml_node *node, void *field) {
    perebor_logit_term *term = field;
    const double *numbers = NULL;
    perebor_status status = find_variable(reading, node, node->key, &term->variable);
    if (status == PEREBOR_OK) {
        status = read_reals(reading, node, 3, &numbers);
    }
    if (status == PEREBOR_OK && numbers != NULL) {
        *term = (perebor_logit_term){term->variable, numbers[0], numbers[1], numbers[2]};
        if (term->scale == 0.0) {
            status = yaml_refuse(node, reading->error, "the scale must not be 0");
        }
    }
    return status;
}

static perebor_status read_terms(const config_reading *reading, const yaml_node *node,
                                 void *field) {
    perebor_generator *generator = field;
    void *items = NULL;
    perebor_status status =
        config_read_items(reading, node, YAML_MAP, "terms", read_term, sizeof(perebor_logit_term),
                          &items, &generator->n_logit_terms);
    generator->logit_terms = items;
    return status;
}

static perebor_status read_logit(const config_reading *reading, const yaml_node *node,
                                 void *field) {
    static const config_key keys[] = {
        {"intercept", config_read_real, offsetof(perebor_generator, logit_intercept), true},
        {"terms", read_terms, 0, true},
    };
    return config_read_section(reading, node, "logit", keys, COUNT(keys), field);
}

static perebor_status read_version(const config_reading *reading, const yaml_node *node,
                                   void *field) {
    (void)field;
    uint64_t version = 0;
    perebor_status status = config_read_u64(reading, node, &version);
    if (status == PEREBOR_OK && version != 1) {
        status = yaml_refuse(node, reading->error, "this program reads version 1");
    }
    return status;
}

/** The file's keys, read in this order whatever theirs is: names come before what uses them. */
static perebor_status read_root(const config_reading *reading, const yaml_node *root,
                                perebor_generator *generator) {
    static const config_key keys[] = {
        {"version", read_version, 0, true},
        {"name", config_read_text, offsetof(perebor_generator, name), true},
        {"rows", config_read_count, offsetof(perebor_generator, n_rows), true},
        {"seed", config_read_u64, offsetof(perebor_generator, seed), true},
        {"id_start", config_read_u64, offsetof(perebor_generator, id_start), true},
        {"variables", read_variables, 0, true},
        {"categories", read_categories, 0, true},
        {"flags", read_flags, 0, true},
        {"correlations", read_correlations, 0, true},
        {"components", read_components, 0, true},
        {"tables", read_tables, 0, true},
        {"dirt", read_dirt, 0, false},
        {"logit", read_logit, 0, false},
    };
    config_key accepted[COUNT(keys)];
    for (size_t i = 0; i < COUNT(keys); i++) {
        accepted[i] = keys[i];
        accepted[i].read = config_read_elsewhere;
    }
    perebor_status status =
        config_read_section(reading, root, "generator", accepted, COUNT(keys), generator);
    for (size_t i = 0; status == PEREBOR_OK && i < COUNT(keys); i++) {
        const yaml_node *node = yaml_find(root, keys[i].name);
        if (node != NULL) {
            status = keys[i].read(reading, node, (char *)generator + keys[i].offset);
        }
    }
    return status;
}

perebor_status perebor_generator_read(perebor_generator **generator, const char *path,
                                      perebor_error *error) {
    perebor_status status;
    char *text = NULL;
    size_t size = 0;
    yaml_node *root = NULL;
    generator_draft *draft = NULL;
    PEREBOR_TRY(done, perebor_file_read(path, YAML_MAX_SIZE, &text, &size, error));
    draft = calloc(1, sizeof *draft);
    if (draft == NULL) {
        status = perebor_fail(error, PEREBOR_ERR_MEMORY, "%s: no memory to read it", path);
        goto done;
    }
    generator_reading reading = {.base = {.arena = &draft->arena, .file = path, .error = error},
                                 .draft = draft};
    PEREBOR_TRY(done, yaml_tree_parse(&root, &draft->arena, path, true, text, size, error));
    PEREBOR_TRY(done, read_root(&reading.base, root, &draft->generator));
    *generator = &draft->generator;
    draft = NULL;
done:
    if (draft != NULL) {
        perebor_generator_free(&draft->generator);
    }
    free(text);
    return status;
}

void perebor_generator_free(perebor_generator *generator) {
    if (generator != NULL) {
        _Static_assert(offsetof(generator_draft, generator) == 0, "a generator begins its draft");
        generator_draft *draft = (generator_draft *)generator;
        perebor_arena_release(&draft->arena);
        free(draft);
    }
}
