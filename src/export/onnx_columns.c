// SPDX-License-Identifier: MIT
#include "export/onnx_columns.h"

#include <stdlib.h>

#include "prepare/prepared_column.h"

/** What rows are before preparation, and room for one call. */
typedef struct scratch {
    const perebor_dataset *schema;
    bool *declared;     /**< [schema->n_columns] borrowed */
    onnx_value *values; /**< [n_columns] */
    double *reals[5];   /**< [n_columns] or [n_levels + 2] */
    int64_t *numbers;   /**< [n_columns] or [n_levels + 1] */
    const char **texts; /**< [n_levels + 1] */
} scratch;

static void scratch_free(scratch *room) {
    free(room->values);
    for (size_t i = 0; i < 5; i++) {
        free(room->reals[i]);
    }
    free(room->numbers);
    free(room->texts);
}

static bool scratch_make(scratch *room, const perebor_dataset *schema, size_t n_columns) {
    size_t most = n_columns;
    for (size_t i = 0; i < schema->n_columns; i++) {
        most = schema->columns[i].n_levels > most ? schema->columns[i].n_levels : most;
    }
    *room = (scratch){.schema = schema,
                      .values = calloc(most + 2, sizeof *room->values),
                      .numbers = calloc(most + 2, sizeof *room->numbers),
                      .texts = calloc(most + 2, sizeof *room->texts)};
    bool made = room->values != NULL && room->numbers != NULL && room->texts != NULL;
    for (size_t i = 0; i < 5; i++) {
        room->reals[i] = calloc(most + 2, sizeof *room->reals[i]);
        made = made && room->reals[i] != NULL;
    }
    return made;
}

/** The values of a column, an input that is declared once. */
static onnx_value put_input(onnx_graph *graph, size_t source, onnx_type type, scratch *room) {
    const char *name = room->schema->columns[source].name;
    bool declared = room->declared[source];
    room->declared[source] = true;
    return declared ? (onnx_value){.input = name} : onnx_input(graph, name, type);
}

/** One of the four steps of scaling, unless it changes nothing in any column. */
static onnx_value put_step(onnx_graph *graph, const char *operator, onnx_value x,
                           const double *operands, size_t n, double neutral) {
    bool idle = true;
    for (size_t i = 0; i < n; i++) {
        idle = idle && operands[i] == neutral;
    }
    return idle ? x : onnx_apply(graph, operator, x, onnx_row(graph, operands, n));
}

/** Numbers side by side: filled, then scaled as ((x - a) / b) * c + d, in which two steps of each
 * column change nothing. */
static onnx_value put_numbers(onnx_graph *graph, const perebor_preparation *preparation, size_t n,
                              scratch *room) {
    double *const *steps = room->reals;
    for (size_t i = 0; i < n; i++) {
        prepared_column column = prepared_column_at(preparation, i);
        room->values[i] = put_input(graph, column.source, ONNX_DOUBLE, room);
        bool centred = column.scaling == PREPARED_CENTRE;
        bool stretched = column.scaling == PREPARED_STRETCH;
        steps[0][i] = centred ? column.shift : 0.0;
        steps[1][i] = centred ? column.factor : 1.0;
        steps[2][i] = stretched ? column.factor : 1.0;
        steps[3][i] = stretched ? column.shift : 0.0;
        steps[4][i] = column.fill;
    }
    onnx_value x = onnx_concat(graph, room->values, n);
    onnx_value known = onnx_apply(graph, "Equal", x, x); // false of NaN
    x = onnx_apply(graph, "Where", known, x, onnx_row(graph, steps[4], n));
    x = put_step(graph, "Sub", x, steps[0], n, 0.0);
    x = put_step(graph, "Div", x, steps[1], n, 1.0);
    x = put_step(graph, "Mul", x, steps[2], n, 1.0);
    return put_step(graph, "Add", x, steps[3], n, 0.0);
}

/** The number of each level; fill of "", n_levels + 1 of a text that is no level. */
static onnx_value put_levels(onnx_graph *graph, size_t source, double fill, scratch *room) {
    const perebor_column *column = &room->schema->columns[source];
    onnx_attributes attributes = {0};
    size_t n = column->n_levels;
    bool has_empty = false;
    for (size_t level = 0; level < n; level++) {
        room->texts[level] = column->levels[level];
        room->numbers[level] = (int64_t)level;
        has_empty = has_empty || column->levels[level][0] == '\0';
    }
    size_t n_keys = n;
    if (!has_empty) {
        room->texts[n_keys] = "";
        room->numbers[n_keys++] = (int64_t)fill;
    }
    onnx_attribute_texts(&attributes, "keys_strings", room->texts, n_keys);
    onnx_attribute_integers(&attributes, "values_int64s", room->numbers, n_keys);
    onnx_attribute_integer(&attributes, "default_int64", (int64_t)n + 1);
    onnx_value text = put_input(graph, source, ONNX_STRING, room);
    return onnx_ml_node(graph, "LabelEncoder", text, &attributes);
}

/** A nominal column that @p n prepared ones from @p first on come from. */
static onnx_value put_nominal(onnx_graph *graph, const perebor_preparation *preparation,
                              size_t first, size_t n, scratch *room) {
    prepared_column column = prepared_column_at(preparation, first);
    const perebor_column *source = &room->schema->columns[column.source];
    onnx_value level = put_levels(graph, column.source, column.fill, room);
    if (column.encoding == PREPARED_CODE) {
        for (size_t i = 0; i <= source->n_levels; i++) {
            room->reals[0][i] = column.codes[i];
        }
        room->reals[0][source->n_levels + 1] = -1.0;
        onnx_value codes = onnx_reals(graph, room->reals[0], source->n_levels + 2);
        return onnx_gather(graph, codes, level, 0);
    }
    for (size_t i = 0; i < n; i++) {
        room->numbers[i] = (int64_t)prepared_column_at(preparation, first + i).level;
    }
    onnx_value wanted = onnx_integer_row(graph, room->numbers, n);
    return onnx_cast(graph, onnx_apply(graph, "Equal", level, wanted), ONNX_DOUBLE);
}

static onnx_value put_all(onnx_graph *graph, const perebor_preparation *preparation,
                          scratch *room) {
    size_t n_columns = perebor_preparation_n_columns(preparation);
    onnx_value *parts = room->values; // those of the numbers are read before they are overwritten
    size_t n_parts = 0;
    size_t at = 0;
    while (at < n_columns && prepared_column_at(preparation, at).encoding == PREPARED_NUMBER) {
        at++;
    }
    if (at > 0) {
        parts[n_parts++] = put_numbers(graph, preparation, at, room);
    }
    while (at < n_columns) {
        size_t n = 1;
        size_t source = perebor_preparation_source(preparation, at);
        while (at + n < n_columns && perebor_preparation_source(preparation, at + n) == source) {
            n++;
        }
        parts[n_parts++] = put_nominal(graph, preparation, at, n, room);
        at += n;
    }
    return onnx_concat(graph, parts, n_parts);
}

onnx_value onnx_columns_prepare(onnx_graph *graph, const perebor_dataset *schema,
                                const perebor_preparation *preparation, bool *declared) {
    scratch room;
    onnx_value prepared = {0};
    if (scratch_make(&room, schema, perebor_preparation_n_columns(preparation))) {
        room.declared = declared;
        prepared = put_all(graph, preparation, &room);
    } else {
        graph->nodes.failed = true;
    }
    scratch_free(&room);
    return prepared;
}
