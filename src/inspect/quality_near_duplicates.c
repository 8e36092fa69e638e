// SPDX-License-Identifier: MIT
/*
 * Rows that are the same customer twice: equal in every column but keys and passthrough columns. A
 * missing value says nothing against it, so a row with few missing values that equals a fuller one
 * elsewhere is its near-duplicate.
 */
#include <stdlib.h>

#include "base/try.h"
#include "inspect/equal_rows.h"
#include "inspect/quality_role.h"
#include "inspect/quality_rows.h"

enum { n_shown = 5, most_columns = 64, most_patterns = 16 };

static void note_near_duplicates(const uint32_t *first, size_t n_rows, const table_cell *ids,
                                 const char *id_name, const table_load *load,
                                 quality_notes *notes) {
    char one[TABLE_DECIMAL_TEXT_SIZE];
    char other[TABLE_DECIMAL_TEXT_SIZE];
    const char *pairs = "";
    quality_ids later = {0};
    size_t n = 0;
    for (size_t row = 0; row < n_rows; row++) {
        if (first[row] == row) {
            continue;
        }
        if (n < n_shown && ids != NULL) {
            pairs = quality_format(notes, "%s%s%s = %s", pairs, n > 0 ? ", " : ": ",
                                   table_pool_text(&load->pool, ids[first[row]], one),
                                   table_pool_text(&load->pool, ids[row], other));
        }
        if (ids != NULL) {
            quality_ids_add(notes, &later, table_pool_text(&load->pool, ids[row], other));
        }
        n++;
    }
    if (n == 0) {
        return;
    }
    const char *reason =
        quality_format(notes, "equal to another but for %s", quality_yaml(notes, id_name));
    const char *step = ids == NULL ? "" : quality_ids_filter(notes, &later, id_name, reason);
    quality_note_finding(notes,
                         (perebor_finding){.kind = "duplicate_but_key",
                                           .table = "",
                                           .column = id_name,
                                           .n = n,
                                           .section = "data.filter",
                                           .step = step,
                                           .ids = later.texts,
                                           .n_ids = later.n},
                         "%zu of %zu rows equal%s another in every column but keys, carried "
                         "ones and gaps%s%s",
                         n, n_rows, n == 1 ? "s" : "", pairs, n > n_shown ? ", ..." : "");
    quality_ids_release(&later);
}

/** Which of the columns have a missing value in a row, a bit each. */
static uint64_t find_missing(const cell_rows *rows, size_t row) {
    uint64_t missing = 0;
    for (size_t i = 0; i < rows->n_columns; i++) {
        missing |= (uint64_t)(rows->columns[i][row] == TABLE_MISSING) << i;
    }
    return missing;
}

/** Patterns of missing values in the order of their first rows, but for none and for missing values
 * in most columns. */
static size_t list_patterns(const cell_rows *rows, uint64_t patterns[most_patterns]) {
    size_t n = 0;
    for (size_t row = 0; row < rows->n_rows && n < most_patterns; row++) {
        uint64_t missing = find_missing(rows, row);
        size_t n_missing = 0;
        for (uint64_t rest = missing; rest != 0; rest &= rest - 1) {
            n_missing++;
        }
        size_t known = 0;
        while (known < n && patterns[known] != missing) {
            known++;
        }
        if (missing != 0 && known == n && 4 * n_missing <= rows->n_columns) {
            patterns[n++] = missing;
        }
    }
    return n;
}

/** Rows with one pattern of missing values that equal another row in all other columns: the former
 * yield. */
static perebor_status match_pattern(const cell_rows *rows, uint64_t pattern, uint32_t *first,
                                    perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const table_cell *columns[most_columns];
    cell_rows others = {.columns = columns, .n_rows = rows->n_rows};
    uint32_t *leaders = calloc(rows->n_rows + 1, sizeof *leaders);
    uint32_t *fuller = calloc(rows->n_rows + 1, sizeof *fuller); // of a leader, 1 more than a row
    if (leaders == NULL || fuller == NULL) {
        status = perebor_no_memory(error, "to examine tables");
        goto done;
    }
    for (size_t i = 0; i < rows->n_columns; i++) {
        if ((pattern >> i & 1u) == 0) {
            columns[others.n_columns++] = rows->columns[i];
        }
    }
    PEREBOR_TRY(done, table_find_equal_rows(&others, leaders, error));
    for (size_t row = 0; row < rows->n_rows; row++) {
        if (fuller[leaders[row]] == 0 && find_missing(rows, row) != pattern) {
            fuller[leaders[row]] = (uint32_t)row + 1;
        }
    }
    for (size_t row = 0; row < rows->n_rows; row++) {
        if (first[row] == row && fuller[leaders[row]] != 0 && find_missing(rows, row) == pattern) {
            first[row] = fuller[leaders[row]] - 1;
        }
    }
done:
    free(leaders);
    free(fuller);
    return status;
}

perebor_status quality_note_near_duplicates(const quality_column *columns, size_t n_columns,
                                            const table_cell *ids, const char *id_name,
                                            const table_load *load, quality_notes *notes,
                                            perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    uint64_t patterns[most_patterns];
    size_t n_rows = n_columns > 0 ? columns[0].n_rows : 0;
    cell_rows rows = {.columns = calloc(n_columns + 1, sizeof *rows.columns), .n_rows = n_rows};
    uint32_t *first = calloc(n_rows + 1, sizeof *first);
    if (rows.columns == NULL || first == NULL) {
        status = perebor_no_memory(error, "to examine tables");
        goto done;
    }
    for (size_t i = 0; i < n_columns; i++) {
        quality_role role = quality_role_of(load, columns[i].name);
        if (!columns[i].is_key && role != QUALITY_PASSTHROUGH && role != QUALITY_DROPPED) {
            rows.columns[rows.n_columns++] = columns[i].cells;
        }
    }
    PEREBOR_TRY(done, table_find_equal_rows(&rows, first, error));
    size_t n_patterns = rows.n_columns <= most_columns ? list_patterns(&rows, patterns) : 0;
    for (size_t i = 0; i < n_patterns; i++) {
        PEREBOR_TRY(done, match_pattern(&rows, patterns[i], first, error));
    }
    note_near_duplicates(first, n_rows, ids, id_name, load, notes);
done:
    free(rows.columns);
    free(first);
    return status;
}
