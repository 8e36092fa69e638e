// SPDX-License-Identifier: MIT
#include "generate/cell_faults.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/** A copy of a cell, ended by a zero; NULL if there is no memory. */
static char *copy_cell(generated_text *text, size_t start) {
    size_t length = text->length - start;
    char *copy = malloc(length + 1);
    text->failed = text->failed || copy == NULL;
    if (copy != NULL && length > 0) {
        memcpy(copy, text->bytes + start, length);
    }
    if (copy != NULL) {
        copy[length] = '\0';
    }
    return copy;
}

static bool falls_on(const cell_place *place, size_t rule, const generated_text *text,
                     size_t start) {
    const perebor_dirt_extreme *dirt = &place->generator->dirt_extreme;
    const perebor_cell_fault *tried = &dirt->cells[rule];
    if (text->failed || tried->table != place->table || tried->column != place->column) {
        return false;
    }
    size_t length = text->length - start;
    if (tried->of != NULL &&
        (strlen(tried->of) != length || memcmp(tried->of, text->bytes + start, length) != 0)) {
        return false;
    }
    uint64_t stream = dirt->stream + PEREBOR_GENERATED_ROWS_MAX * rule + place->row;
    return perebor_generator_uniform(place->seed, place->position, stream) < tried->p;
}

static void change(const perebor_cell_fault *rule, generated_text *text, size_t start,
                   const char *was) {
    text->length = start;
    if (rule->text != NULL) {
        generated_text_append_string(text, rule->text);
        return;
    }
    generated_text_append_string(text, rule->before != NULL ? rule->before : "");
    generated_text_append_string(text, was);
    generated_text_append_string(text, rule->after != NULL ? rule->after : "");
}

void cell_faults_put(const cell_place *place, generated_text *text, size_t start,
                     fault_list *faults) {
    const perebor_dirt_extreme *dirt = &place->generator->dirt_extreme;
    size_t rule = 0;
    while (rule < dirt->n_cells && !falls_on(place, rule, text, start)) {
        rule++;
    }
    if (rule == dirt->n_cells) {
        return;
    }
    const perebor_generated_table *table = &place->generator->tables[place->table];
    bool is_long = table->n_rows > 0;
    const char *long_names[] = {table->id_name, table->label_name, table->value_name};
    char *was = copy_cell(text, start);
    if (was != NULL) {
        change(&dirt->cells[rule], text, start, was);
    }
    char *is = copy_cell(text, start);
    const fault added = {.kind = dirt->cells[rule].kind,
                         .id = place->id,
                         .file = table->file,
                         .column = is_long ? long_names[place->column]
                                           : table->columns[place->column].name,
                         .row = is_long ? table->rows[place->row].label : NULL,
                         .was = was,
                         .is = is};
    if (was != NULL && is != NULL) {
        fault_list_add(faults, &added);
    }
    free(was);
    free(is);
}
