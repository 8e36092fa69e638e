// SPDX-License-Identifier: MIT
#include <stddef.h>
#include <string.h>

#include "base/try.h"
#include "config/generator_reading.h"

/** field: what a column shows, by name: id, target, category, a flag or a variable. */
static perebor_status read_field(const config_reading *reading, const yaml_node *node,
                                 void *field) {
    perebor_generated_column *column = field;
    const perebor_generator *generator = generator_draft_of(reading);
    const char *name = NULL;
    perebor_status status = config_read_text(reading, node, &name);
    if (status != PEREBOR_OK) {
        return status;
    }
    static const struct {
        const char *name;
        perebor_field_kind kind;
    } words[] = {{"id", PEREBOR_FIELD_ID},
                 {"target", PEREBOR_FIELD_TARGET},
                 {"category", PEREBOR_FIELD_CATEGORY},
                 {"treated", PEREBOR_FIELD_TREATED},
                 {"outcome", PEREBOR_FIELD_OUTCOME}};
    for (size_t i = 0; i < COUNT(words); i++) {
        if (strcmp(name, words[i].name) == 0) {
            column->kind = words[i].kind;
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
    return generator_find_variable(reading, node, name, &column->index);
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
    bool labelled = column->kind != PEREBOR_FIELD_ID && column->kind != PEREBOR_FIELD_CATEGORY &&
                    column->kind != PEREBOR_FIELD_VARIABLE;
    if (labelled != (column->labels != NULL)) {
        return yaml_refuse(node, reading->error,
                           labelled ? "labels: are wanted for what is yes or no"
                                    : "labels: are for what is yes or no");
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
        config_read_items(reading, node, YAML_LIST, "a list of columns", read_column,
                          sizeof(perebor_generated_column), &items, &table->n_columns);
    table->columns = items;
    for (size_t i = 1; status == PEREBOR_OK && i < table->n_columns; i++) {
        for (size_t k = 0; k < i; k++) {
            if (strcmp(table->columns[i].name, table->columns[k].name) == 0) {
                return yaml_refuse(node, reading->error, "two columns have the name \"%s\"",
                                   table->columns[i].name);
            }
        }
    }
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
        config_read_items(reading, node, YAML_LIST, "a list of rows", read_row,
                          sizeof(perebor_generated_row), &items, &table->n_rows);
    table->rows = items;
    if (status == PEREBOR_OK && table->n_rows > PEREBOR_GENERATED_ROWS_MAX) {
        status = yaml_refuse(node, reading->error, "at most %d rows a customer",
                             (int)PEREBOR_GENERATED_ROWS_MAX);
    }
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

static perebor_status read_only(const config_reading *reading, const yaml_node *node, void *field) {
    perebor_generated_table *table = field;
    size_t index = 0;
    perebor_status status = config_read_word(reading, node, "only", perebor_scenario_names, &index);
    table->only_in_one = true;
    table->only = (perebor_scenario)index;
    return status;
}

static perebor_status read_table(const config_reading *reading, const yaml_node *node,
                                 void *field) {
    static const config_key keys[] = {
        {"file", config_read_text, offsetof(perebor_generated_table, file), true},
        {"only", read_only, 0, false},
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
    const char *delimiter = table->dirty_delimiter != NULL ? table->dirty_delimiter : ",";
    const char *decimal = table->dirty_decimal != NULL ? table->dirty_decimal : ".";
    if (status == PEREBOR_OK &&
        (strlen(delimiter) != 1 || strlen(decimal) != 1 || *delimiter == *decimal)) {
        status = yaml_refuse(node, reading->error,
                             "dirty_delimiter and dirty_decimal: one character each, not the same");
    }
    return status;
}

/** Whether two tables are written in one scenario. */
static bool are_both_written(const perebor_generated_table *one,
                             const perebor_generated_table *other) {
    return !one->only_in_one || !other->only_in_one || one->only == other->only;
}

static perebor_status check_files(const config_reading *reading, const yaml_node *node,
                                  const perebor_generator *generator) {
    for (size_t i = 1; i < generator->n_tables; i++) {
        for (size_t k = 0; k < i; k++) {
            const perebor_generated_table *one = &generator->tables[k];
            const perebor_generated_table *other = &generator->tables[i];
            if (strcmp(one->file, other->file) == 0 && are_both_written(one, other)) {
                return yaml_refuse(node, reading->error, "two tables have the file \"%s\"",
                                   one->file);
            }
        }
    }
    return PEREBOR_OK;
}

perebor_status generator_read_tables(const config_reading *reading, const yaml_node *node,
                                     void *field) {
    perebor_generator *generator = field;
    void *items = NULL;
    perebor_status status =
        config_read_items(reading, node, YAML_LIST, "a list of tables", read_table,
                          sizeof(perebor_generated_table), &items, &generator->n_tables);
    generator->tables = items;
    return status == PEREBOR_OK ? check_files(reading, node, generator) : status;
}
