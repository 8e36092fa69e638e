// SPDX-License-Identifier: MIT
#include "table/target.h"

#include <stdlib.h>
#include <string.h>

#include "base/try.h"

enum { max_listed = 5 };

/** `"a", "b" and 3 more` */
static const char *list_texts(perebor_arena *arena, const typing_value *values, size_t n) {
    const char *list = "";
    for (size_t i = 0; i < n && i < max_listed && list != NULL; i++) {
        list = perebor_arena_format(arena, "%s%s\"%s\"", list, i > 0 ? ", " : "", values[i].text);
    }
    if (n > max_listed && list != NULL) {
        list = perebor_arena_format(arena, "%s and %zu more", list, n - max_listed);
    }
    return list == NULL ? "" : list;
}

/** The class that counts as positive where the experiment does not say: 1 of 0 and 1, or true. */
static uint32_t usual_positive(const typing_value *classes, size_t n) {
    for (size_t i = 0; n == 2 && i < TYPING_N_USUAL; i++) {
        for (uint32_t first = 0; first < 2; first++) {
            if (strcmp(classes[first].text, typing_usual_true[i]) == 0 &&
                strcmp(classes[1 - first].text, typing_usual_false[i]) == 0) {
                return first;
            }
        }
    }
    return TABLE_NO_ROW;
}

static perebor_status find_positive(const typing *typing, size_t target,
                                    const table_key_index *places, const typing_value *classes,
                                    uint32_t *positive, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    table_load *load = typing->load;
    const perebor_roles *spec = &load->spec->roles;
    const char *name = typing_column(typing, target)->name;
    if (places->n_keys == 0) {
        return table_fail_at(load, spec->target_at, error,
                             "the target \"%s\" has no value in any row", name);
    }
    if (spec->positive == NULL) {
        *positive = usual_positive(classes, places->n_keys);
        if (*positive == TABLE_NO_ROW) {
            status = table_fail_at(
                load, spec->target_at, error,
                "the target \"%s\" has the values %s; say which is positive, such as "
                "target: {column: %s, positive: \"%s\"}",
                name, list_texts(typing->arena, classes, places->n_keys), name, classes[0].text);
        }
        return status;
    }
    table_cell cell;
    char decimal = table_joined_decimal(typing->joined, typing_column(typing, target));
    PEREBOR_TRY(done, table_pool_intern(&load->pool, &cell, spec->positive, strlen(spec->positive),
                                        decimal, error));
    *positive = cell == TABLE_MISSING ? TABLE_NO_ROW : table_key_index_find(places, cell);
    // As lists have it, with a point, though the table has another mark.
    for (uint32_t i = 0; *positive == TABLE_NO_ROW && i < places->n_keys; i++) {
        *positive = strcmp(classes[i].text, spec->positive) == 0 ? i : TABLE_NO_ROW;
    }
    if (*positive == TABLE_NO_ROW) {
        status =
            table_fail_at(load, spec->target_at, error,
                          "positive: \"%s\" does not occur in the target \"%s\", whose values "
                          "are %s",
                          spec->positive, name, list_texts(typing->arena, classes, places->n_keys));
    }
done:
    return status;
}

/** Labels the rows by a target whose classes are numbered. */
static perebor_status label_rows(const typing *typing, size_t target, const table_key_index *places,
                                 uint32_t positive, perebor_dataset *dataset,
                                 perebor_error *error) {
    uint8_t *labels = perebor_arena_allocate(typing->arena, typing->joined->n_rows, 1);
    if (labels == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    for (size_t row = 0; row < typing->joined->n_rows; row++) {
        table_cell cell = table_joined_cell(typing->joined, typing_column(typing, target), row);
        if (cell == TABLE_MISSING) {
            return typing_fail_at_cell(
                typing, target, row,
                "is a gap in the target; drop such rows by a filter (is_not_gap)", error);
        }
        labels[row] = table_key_index_find(places, cell) == positive;
    }
    dataset->labels = labels;
    return PEREBOR_OK;
}

perebor_status typing_target(const typing *typing, size_t target, perebor_dataset *dataset,
                             perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    table_key_index places = {0};
    typing_value *classes = NULL;
    uint32_t positive = TABLE_NO_ROW;
    PEREBOR_TRY(done, typing_number_values(typing, target, &places, error));
    PEREBOR_TRY(done, typing_list_values(typing, &places, &classes, error));
    if (places.n_keys == 1) {
        status = table_fail_at(typing->load, typing->load->spec->roles.target_at, error,
                               "the target \"%s\" is \"%s\" in all rows (%zu); there is nothing to "
                               "tell apart",
                               typing_column(typing, target)->name, classes[0].text,
                               typing->joined->n_rows);
        goto done;
    }
    PEREBOR_TRY(done, find_positive(typing, target, &places, classes, &positive, error));
    PEREBOR_TRY(done, label_rows(typing, target, &places, positive, dataset, error));
    dataset->target_name = typing_column(typing, target)->name;
    dataset->positive_name = classes[positive].text;
    dataset->negative_name = places.n_keys == 2 ? classes[1 - positive].text : "rest";
done:
    table_key_index_release(&places);
    return status;
}
