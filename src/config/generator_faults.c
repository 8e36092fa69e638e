// SPDX-License-Identifier: MIT
#include <stddef.h>
#include <string.h>

#include "base/try.h"
#include "config/generator_reading.h"

/** file: a table by the name of its file. */
static perebor_status read_file(const config_reading *reading, const yaml_node *node, void *field) {
    const perebor_generator *generator = generator_draft_of(reading);
    const char *name = NULL;
    perebor_status status = config_read_text(reading, node, &name);
    for (size_t i = 0; status == PEREBOR_OK && i < generator->n_tables; i++) {
        if (strcmp(generator->tables[i].file, name) == 0) {
            *(size_t *)field = i;
            return PEREBOR_OK;
        }
    }
    return status == PEREBOR_OK
               ? yaml_refuse(node, reading->error, "no table has the file \"%s\"", name)
               : status;
}

/** The column of a table by its name; never the id, of which a row's faults are. */
static perebor_status find_column(const config_reading *reading, const yaml_node *node,
                                  perebor_cell_fault *fault) {
    const perebor_generator *generator = generator_draft_of(reading);
    const perebor_generated_table *table = &generator->tables[fault->table];
    const char *long_names[] = {table->id_name, table->label_name, table->value_name};
    const char *name = NULL;
    perebor_status status = config_read_text(reading, node, &name);
    size_t n = table->n_rows > 0 ? COUNT(long_names) : table->n_columns;
    for (size_t i = 0; status == PEREBOR_OK && i < n; i++) {
        const char *known = table->n_rows > 0 ? long_names[i] : table->columns[i].name;
        bool is_id = table->n_rows > 0 ? i == 0 : table->columns[i].kind == PEREBOR_FIELD_ID;
        if (!is_id && strcmp(known, name) == 0) {
            fault->column = i;
            return PEREBOR_OK;
        }
    }
    return status == PEREBOR_OK
               ? yaml_refuse(node, reading->error, "%s has no column \"%s\" beside the id",
                             table->file, name)
               : status;
}

static perebor_status read_cell_fault(const config_reading *reading, const yaml_node *node,
                                      void *field) {
    static const config_key keys[] = {
        {"kind", config_read_text, offsetof(perebor_cell_fault, kind), true},
        {"file", read_file, offsetof(perebor_cell_fault, table), true},
        {"column", config_read_elsewhere, 0, true},
        {"p", config_read_share, offsetof(perebor_cell_fault, p), true},
        {"of", config_read_text, offsetof(perebor_cell_fault, of), false},
        {"text", config_read_text, offsetof(perebor_cell_fault, text), false},
        {"before", config_read_text, offsetof(perebor_cell_fault, before), false},
        {"after", config_read_text, offsetof(perebor_cell_fault, after), false},
    };
    perebor_cell_fault *fault = field;
    perebor_status status = config_read_section(reading, node, "fault", keys, COUNT(keys), fault);
    if (status == PEREBOR_OK) {
        status = find_column(reading, yaml_find(node, "column"), fault);
    }
    bool around = fault->before != NULL || fault->after != NULL;
    if (status == PEREBOR_OK && around == (fault->text != NULL)) {
        status =
            yaml_refuse(node, reading->error, "a fault has either text:, or before: or after:");
    }
    return status;
}

static perebor_status read_cell_faults(const config_reading *reading, const yaml_node *node,
                                       void *field) {
    perebor_dirt_extreme *dirt = field;
    void *items = NULL;
    perebor_status status =
        config_read_items(reading, node, YAML_LIST, "a list of faults", read_cell_fault,
                          sizeof(perebor_cell_fault), &items, &dirt->n_cells);
    dirt->cells = items;
    return status;
}

static perebor_status read_row_fault(const config_reading *reading, const yaml_node *node,
                                     void *field) {
    static const config_key keys[] = {
        {"kind", config_read_text, offsetof(perebor_row_fault, kind), true},
        {"file", read_file, offsetof(perebor_row_fault, table), true},
        {"p", config_read_share, offsetof(perebor_row_fault, p), true},
        {"id_add", config_read_u64, offsetof(perebor_row_fault, id_add), false},
    };
    return config_read_section(reading, node, "fault", keys, COUNT(keys), field);
}

static perebor_status read_row_faults(const config_reading *reading, const yaml_node *node,
                                      void *field) {
    perebor_dirt_extreme *dirt = field;
    void *items = NULL;
    perebor_status status =
        config_read_items(reading, node, YAML_LIST, "a list of faults", read_row_fault,
                          sizeof(perebor_row_fault), &items, &dirt->n_rows);
    dirt->rows = items;
    return status;
}

static perebor_status read_marked(const config_reading *reading, const yaml_node *node,
                                  void *field) {
    perebor_dirt_extreme *dirt = field;
    void *items = NULL;
    perebor_status status = config_read_items(reading, node, YAML_LIST, "a list of files of tables",
                                              read_file, sizeof(size_t), &items, &dirt->n_marked);
    dirt->marked = items;
    return status;
}

perebor_status generator_read_dirt_extreme(const config_reading *reading, const yaml_node *node,
                                           void *field) {
    static const config_key keys[] = {
        {"stream", config_read_u64, offsetof(perebor_dirt_extreme, stream), true},
        {"cells", read_cell_faults, 0, false},
        {"rows", read_row_faults, 0, false},
        {"byte_order_mark", read_marked, 0, false},
    };
    perebor_generator *generator = field;
    return config_read_section(reading, node, "dirt_extreme", keys, COUNT(keys),
                               &generator->dirt_extreme);
}
