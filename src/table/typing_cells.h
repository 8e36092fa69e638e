// SPDX-License-Identifier: MIT
/**
 * @file typing_cells.h
 * The cells of joined tables while columns are given their types: what each type looks at.
 */
#ifndef PEREBOR_TABLE_TYPING_CELLS_H
#define PEREBOR_TABLE_TYPING_CELLS_H

#include "base/arena.h"
#include "table/joined.h"
#include "table/key_index.h"
#include "table/steps.h"

/** Typing under way. */
typedef struct typing {
    table_load *load;
    const table_joined *joined;
    perebor_arena *arena; /**< The dataset's. */
} typing;

/** A value of a column and its number, in order of appearance. */
typedef struct typing_value {
    const char *text;
    uint32_t number;
} typing_value;

/** What two values mean where the experiment does not say: the k-th of the one and of the other. */
enum { TYPING_N_USUAL = 7 };
extern const char *const typing_usual_false[TYPING_N_USUAL],
    *const typing_usual_true[TYPING_N_USUAL];

/** Cells whose values are at hand, by the lowest bits of their words: most columns have fewer. */
enum { TYPING_RECENT = 128 };

const table_joined_column *typing_column(const typing *typing, size_t column);

/** Fails at a cell: place, column, value, and what is wrong with it. */
PEREBOR_MUST_CHECK perebor_status typing_fail_at_cell(const typing *typing, size_t column,
                                                      size_t row, const char *problem,
                                                      perebor_error *error);

/** Numbers the values of a column in order of appearance. */
PEREBOR_MUST_CHECK perebor_status typing_number_values(const typing *typing, size_t column,
                                                       table_key_index *places,
                                                       perebor_error *error);

/**
 * The texts of numbered values.
 *
 * @param[out] values  [places->n_keys] in the order of their numbers, in the arena.
 */
PEREBOR_MUST_CHECK perebor_status typing_list_values(const typing *typing,
                                                     const table_key_index *places,
                                                     typing_value **values, perebor_error *error);

/** Frees the cells of a column that has been typed: a table and its dataset need not both fit. */
void typing_release_cells(const typing *typing, size_t column);

#endif
