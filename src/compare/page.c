// SPDX-License-Identifier: MIT
#include "compare/page.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { gap = 2, least_width = 8 };

/** What is seen of a text, in one line. Freed by the caller; NULL, remembered, without memory. */
static char *escape(page *page, const char *text) {
    size_t length = strlen(text);
    char *plain = malloc(4 * length + 1);
    char *shown = malloc(8 * length + 1);
    if (plain == NULL || shown == NULL) {
        free(plain);
        free(shown);
        page->failed = true;
        return NULL;
    }
    (void)perebor_text_escape(plain, text, length, PEREBOR_ESCAPE_BREAKS);
    char *end = shown;
    for (const char *at = plain; *at != '\0'; at++) {
        if (page->is_markdown && strchr("|<*`~[", *at) != NULL) {
            *end++ = '\\';
        }
        *end++ = *at;
    }
    *end = '\0';
    free(plain);
    return shown;
}

void page_heading(page *page, const char *text) {
    char *shown = escape(page, text);
    if (shown != NULL) {
        fprintf(page->stream, page->is_markdown ? "\n## %s\n\n" : "\n%s\n", shown);
    }
    free(shown);
}

/** The first byte of the character @p n characters after @p text. */
static const char *skip_characters(const char *text, size_t n) {
    for (; n > 0 && *text != '\0'; n--) {
        do {
            text++;
        } while (((unsigned char)*text & 0xC0u) == 0x80u);
    }
    return text;
}

/** Where a word that is longer than a line is broken: behind the last comma that fits, or anywhere.
 */
static const char *find_break(const char *word, size_t width) {
    const char *end = skip_characters(word, width);
    for (const char *at = end; at > word; at--) {
        if (at[-1] == ',') {
            return at;
        }
    }
    return end;
}

/** Writes a word in the next line if this one is full, and breaks one that no line holds. */
static void write_word(FILE *stream, const char *word, size_t indent, size_t *used) {
    size_t length = perebor_text_n_characters(word);
    bool first = *used == indent;
    if (!first && *used + 1 + length > PAGE_WIDTH) {
        fprintf(stream, "\n%*s", (int)indent, "");
        *used = indent;
        first = true;
    }
    while (length > PAGE_WIDTH - indent) {
        const char *end = find_break(word, PAGE_WIDTH - indent);
        fprintf(stream, "%.*s\n%*s", (int)(end - word), word, (int)indent, "");
        word = end;
        length = perebor_text_n_characters(word);
    }
    fprintf(stream, "%s%s", first ? "" : " ", word);
    *used += length + !first;
}

/** Writes words up to the width, further lines with an indent. */
static void write_wrapped(FILE *stream, char *text, size_t indent) {
    char *rest = NULL;
    size_t used = indent;
    for (char *word = strtok_r(text, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
        write_word(stream, word, indent, &used);
    }
    fputc('\n', stream);
}

static void write_text(page *page, const char *text, const char *mark, size_t indent) {
    char *shown = escape(page, text);
    if (shown == NULL) {
        return;
    }
    fputs(mark, page->stream);
    if (page->is_markdown) {
        fprintf(page->stream, "%s\n", shown);
    } else {
        write_wrapped(page->stream, shown, indent);
    }
    free(shown);
}

void page_paragraph(page *page, const char *text) {
    write_text(page, text, page->is_markdown ? "" : "  ", 2);
    if (page->is_markdown) {
        fputc('\n', page->stream);
    }
}

void page_item(page *page, const char *text) {
    write_text(page, text, page->is_markdown ? "* " : "  * ", 4);
}

/** The widths that the columns have: of their widest cells, texts cut until all fit. */
static void find_widths(const page_table *table, char **shown, size_t n_columns,
                        size_t widths[PAGE_MOST_COLUMNS]) {
    size_t total = gap * n_columns;
    for (size_t column = 0; column < n_columns; column++) {
        widths[column] = 0;
        for (size_t row = 0; row < table->n_rows; row++) {
            size_t width = perebor_text_n_characters(shown[row * n_columns + column]);
            widths[column] = width > widths[column] ? width : widths[column];
        }
        total += widths[column];
    }
    while (total > PAGE_WIDTH) {
        size_t widest = n_columns;
        for (size_t column = 0; column < n_columns; column++) {
            bool cut = table->alignment[column] != 'r' && widths[column] > least_width;
            if (cut && (widest == n_columns || widths[column] > widths[widest])) {
                widest = column;
            }
        }
        if (widest == n_columns) {
            return; // numbers alone: they are not cut
        }
        widths[widest]--;
        total--;
    }
}

static void write_cell(FILE *stream, const char *text, char alignment, size_t width, bool is_last) {
    size_t length = perebor_text_n_characters(text);
    fprintf(stream, "%*s", gap, "");
    if (length > width && alignment == 'p') {
        fprintf(stream, "…%s", skip_characters(text, length - width + 1));
    } else if (length > width && alignment == 'l') {
        fprintf(stream, "%.*s…", (int)(skip_characters(text, width - 1) - text), text);
    } else if (alignment == 'r') {
        fprintf(stream, "%*s%s", (int)(width > length ? width - length : 0), "", text);
    } else {
        fprintf(stream, "%s%*s", text, is_last ? 0 : (int)(width - length), "");
    }
}

/** @param[in] shown  [n] cells, row after row. */
static void write_plain_table(FILE *stream, const page_table *table, char **shown, size_t n,
                              size_t n_columns) {
    size_t widths[PAGE_MOST_COLUMNS];
    find_widths(table, shown, n_columns, widths);
    for (size_t first = 0; first < n; first += n_columns) {
        // Blanks at the end of a line are left out: the last cell that has anything is the last.
        size_t end = first + n_columns;
        while (end > first && shown[end - 1][0] == '\0') {
            end--;
        }
        for (size_t cell = first; cell < end; cell++) {
            write_cell(stream, shown[cell], table->alignment[cell - first], widths[cell - first],
                       cell + 1 == end);
        }
        fputc('\n', stream);
    }
}

static void write_markdown_table(FILE *stream, const page_table *table, char **shown, size_t n,
                                 size_t n_columns) {
    for (size_t first = 0; first < n; first += n_columns) {
        for (size_t cell = first; cell < first + n_columns; cell++) {
            fprintf(stream, "| %s ", shown[cell]);
        }
        fputs("|\n", stream);
        for (size_t column = 0; first == 0 && column < n_columns; column++) {
            fputs(table->alignment[column] == 'r' ? "|---:" : "|---", stream);
        }
        fputs(first == 0 ? "|\n" : "", stream);
    }
    fputc('\n', stream);
}

void page_write_table(page *page, const page_table *table) {
    size_t n_columns = strlen(table->alignment);
    size_t n = table->n_rows * n_columns;
    char **shown = calloc(n + 1, sizeof *shown);
    bool whole = shown != NULL;
    for (size_t i = 0; whole && i < n; i++) {
        shown[i] = escape(page, table->cells[i]);
        whole = shown[i] != NULL;
    }
    if (whole) {
        (page->is_markdown ? write_markdown_table : write_plain_table)(page->stream, table, shown,
                                                                       n, n_columns);
    }
    page->failed = page->failed || !whole;
    for (size_t i = 0; shown != NULL && i < n; i++) {
        free(shown[i]);
    }
    free(shown);
}

perebor_status page_end(page *page, perebor_error *error) {
    if (page->failed) {
        return perebor_no_memory(error, "to write a page");
    }
    if (fflush(page->stream) != 0 || ferror(page->stream)) {
        return perebor_fail(error, PEREBOR_ERR_IO, "the page could not be written");
    }
    return PEREBOR_OK;
}
