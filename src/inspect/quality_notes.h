// SPDX-License-Identifier: MIT
/**
 * @file quality_notes.h
 * What is found while tables are inspected, noted down as it comes.
 *
 * Notes remember the first failure of an allocation and then do nothing, so that they are taken
 * without a check on every line and asked once, at the end of each look.
 */
#ifndef PEREBOR_INSPECT_QUALITY_NOTES_H
#define PEREBOR_INSPECT_QUALITY_NOTES_H

#include <stdbool.h>

#include "inspect/quality.h"
#include "table/table.h"

/** Zero-initialised but for the arena. */
typedef struct quality_notes {
    perebor_arena *arena;         /**< Holds every text. */
    perebor_cleaning_stage stage; /**< The stage that is being looked at. */
    perebor_finding *findings;
    size_t n_findings, findings_capacity;
    perebor_column_summary *columns;
    size_t n_columns, columns_capacity;
    perebor_correction *corrections;
    size_t n_corrections, corrections_capacity;
    uint64_t n_corrected;
    bool failed;
} quality_notes;

/** Notes a finding; its stage is the notes', its detail is formatted, all else is copied but the
 * texts of ids, which are the arena's. */
void quality_note_finding(quality_notes *notes, perebor_finding finding, const char *format, ...)
    PEREBOR_PRINTF_LIKE(3, 4);

/** Notes a column, its stage the notes'; texts are copied. */
void quality_note_column(quality_notes *notes, perebor_column_summary summary);

/**
 * Lists a correction and counts its places; texts are copied.
 *
 * @return Room for its n_lines lines, for the caller to fill; NULL if memory is short.
 */
uint32_t *quality_note_correction(quality_notes *notes, perebor_correction correction);

/** A text in the arena; "" if memory is short, which is remembered. */
const char *quality_format(quality_notes *notes, const char *format, ...) PEREBOR_PRINTF_LIKE(2, 3);

/** A text that grows: lists of any length. Starts as {0}. */
typedef struct quality_list {
    char *text;
    size_t length, capacity;
} quality_list;

/** Appends to a list. */
void quality_list_add(quality_notes *notes, quality_list *list, const char *format, ...)
    PEREBOR_PRINTF_LIKE(3, 4);

/** What a list holds; "" if nothing. Borrowed. */
const char *quality_list_text(const quality_list *list);

void quality_list_release(quality_list *list);

/** Keys of rows that a finding is about. Starts as {0}. */
typedef struct quality_ids {
    const char **texts; /**< [n] in the arena */
    size_t n, capacity;
} quality_ids;

/** Adds a copy of a key. */
void quality_ids_add(quality_notes *notes, quality_ids *ids, const char *id);

/** The first five, and dots if there are more. */
const char *quality_ids_shown(quality_notes *notes, const quality_ids *ids);

/** The filter that drops the rows of these keys. */
const char *quality_ids_filter(quality_notes *notes, const quality_ids *ids, const char *column,
                               const char *reason);

void quality_ids_release(quality_ids *ids);

/** A text as a YAML scalar that may stand in a flow collection: plain if it can be, else quoted. */
const char *quality_yaml(quality_notes *notes, const char *text);

/** A text as an SQL identifier. */
const char *quality_sql_name(quality_notes *notes, const char *text);

/** A number in the fewest digits that read back as it, without a needless ".0". */
const char *quality_number(quality_notes *notes, double value);

/** PEREBOR_ERR_MEMORY if anything could not be noted. */
PEREBOR_MUST_CHECK perebor_status quality_notes_check(const quality_notes *notes,
                                                      perebor_error *error);

void quality_notes_release(quality_notes *notes);

#endif
