// SPDX-License-Identifier: MIT
/**
 * @file page.h
 * Headings, paragraphs and tables, for a terminal of 80 columns or as Markdown.
 *
 * Texts come from anywhere: what a terminal or a reader of Markdown would act upon is written so
 * that it is seen. In a terminal a table that is too wide has its texts cut, never its numbers; in
 * Markdown nothing is cut.
 */
#ifndef PEREBOR_COMPARE_PAGE_H
#define PEREBOR_COMPARE_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "perebor/status.h"

enum { PAGE_WIDTH = 80, PAGE_MOST_COLUMNS = 12 };

/** A page being written. */
typedef struct page {
    FILE *stream;
    bool is_markdown;
    bool failed; /**< Memory was short, and something is missing. */
} page;

/** A table: rows of cells. Everything is borrowed. */
typedef struct page_table {
    /** A letter a column: r numbers, at the right; l texts, cut at the end if need be; p paths, cut
     * at the beginning. */
    const char *alignment;
    const char *const *cells; /**< [n_rows][strlen(alignment)]; the first row is the header. */
    size_t n_rows;
} page_table;

void page_heading(page *page, const char *text);

void page_paragraph(page *page, const char *text);

/** One of a list. */
void page_item(page *page, const char *text);

void page_write_table(page *page, const page_table *table);

/** Whether everything was written. */
PEREBOR_MUST_CHECK perebor_status page_end(page *page, perebor_error *error);

#endif
