// SPDX-License-Identifier: MIT
/* Counting the rows of a node that have the higher value of each column of two values. */
#include <stdbool.h>
#include <string.h>

#include "base/deadline.h"
#include "model/tree/tree_splitter.h"

static const tree_entry *rows_as_they_are(const tree_splitter *splitter,
                                          const tree_node_rows *node_rows) {
    return node_rows->entries + splitter->columns->n_sorted * node_rows->stride;
}

/** Adds the bytes of a word to eight counts. */
static void add_bytes(uint32_t (*counts)[2], size_t which, uint64_t bytes) {
    for (size_t byte = 0; byte < TREE_COLUMNS_PER_WORD; byte++) {
        counts[byte][which] += (uint32_t)(bytes >> 8 * byte) & 0xff;
    }
}

/** |R| and A_1(R) for each column of two values, R the rows of the node with the higher value. */
static void count_binary(const tree_splitter *splitter, const tree_node_rows *node_rows) {
    const tree_columns *columns = splitter->columns;
    const tree_entry *rows = rows_as_they_are(splitter, node_rows);
    memset(splitter->counts, 0, columns->n_packed * sizeof *splitter->counts);
    size_t worked = 0;
    for (uint32_t word = 0; word < columns->n_words; word++) {
        if (perebor_deadline_passed_after(&worked, node_rows->n_entries)) {
            return;
        }
        const uint64_t *words = columns->words + (size_t)word * columns->n_rows;
        uint32_t(*counts)[2] = splitter->counts + (size_t)word * TREE_COLUMNS_PER_WORD;
        // Eight columns a word, a byte each: all = sum of x, ones = sum of x y, with x = 1 for the
        // higher value and y the label. A byte holds 255 of them.
        for (size_t start = 0; start < node_rows->n_entries; start += 255) {
            size_t end = start + 255 < node_rows->n_entries ? start + 255 : node_rows->n_entries;
            uint64_t all = 0;
            uint64_t ones = 0;
            for (size_t i = start; i < end; i++) {
                uint64_t bytes = words[tree_entry_row(rows[i])];
                all += bytes;
                ones += bytes & (0 - (uint64_t)tree_entry_label(rows[i]));
            }
            add_bytes(counts, 0, all);
            add_bytes(counts, 1, ones);
        }
    }
}

/** |R| and A(R) for each column of two values: the same for rows that do not just count once. */
static void add_binary(const tree_splitter *splitter, const tree_node_rows *node_rows) {
    const tree_columns *columns = splitter->columns;
    const tree_scan_words words = {.words = columns->words,
                                   .n_words = columns->n_words,
                                   .stride = columns->n_rows,
                                   .counts = splitter->counts,
                                   .sums = splitter->sums};
    splitter->sum_kernels->words(&splitter->scan, rows_as_they_are(splitter, node_rows), &words);
}

/** Forgets the levels of the node before. */
static void clear_touched(tree_splitter *splitter) {
    for (uint32_t k = 0; k < splitter->n_touched; k++) {
        uint32_t b = splitter->touched[k];
        splitter->counts[b][0] = splitter->counts[b][1] = 0;
        if (splitter->sample->terms != NULL) {
            splitter->sums[b][0] = splitter->sums[b][1] = 0.0;
        }
    }
    splitter->n_touched = 0;
}

/** Counts all levels of a block at once: |R| and A_1(R) of each that a row of the node has. */
static void count_levels(tree_splitter *splitter, const tree_node_rows *node_rows,
                         const tree_coded *coded) {
    const tree_entry *rows = rows_as_they_are(splitter, node_rows);
    uint32_t(*counts)[2] = splitter->counts + coded->first;
    uint32_t n = splitter->n_touched;
    for (size_t i = 0; i < node_rows->n_entries; i++) {
        uint32_t code = coded->codes[tree_entry_row(rows[i])];
        if (code < coded->n_levels) {
            splitter->touched[n] = coded->first + code;
            n += counts[code][0] == 0;
            counts[code][0]++;
            counts[code][1] += tree_entry_label(rows[i]);
        }
    }
    splitter->n_touched = n;
}

/** The same for rows that do not just count once, in the order of the rows. */
static void add_levels(tree_splitter *splitter, const tree_node_rows *node_rows,
                       const tree_coded *coded) {
    const tree_entry *rows = rows_as_they_are(splitter, node_rows);
    const double(*terms)[2] = splitter->sample->terms;
    const uint32_t *times = splitter->sample->counts;
    uint32_t(*counts)[2] = splitter->counts + coded->first;
    double(*sums)[2] = splitter->sums + coded->first;
    for (size_t i = 0; i < node_rows->n_entries; i++) {
        uint32_t row = tree_entry_row(rows[i]);
        uint32_t code = coded->codes[row];
        if (code < coded->n_levels) {
            if (counts[code][0]++ == 0) {
                splitter->touched[splitter->n_touched++] = coded->first + code;
            }
            counts[code][1] += times != NULL ? times[row] : 1;
            sums[code][0] += terms[row][0];
            sums[code][1] += terms[row][1];
        }
    }
}

void tree_splitter_count(tree_splitter *splitter, const tree_node_rows *node_rows) {
    const tree_columns *columns = splitter->columns;
    const bool plain = splitter->sample->terms == NULL;
    if (columns->n_packed > 0 && plain) {
        count_binary(splitter, node_rows);
    } else if (columns->n_packed > 0) {
        add_binary(splitter, node_rows);
    }
    clear_touched(splitter);
    for (uint32_t k = 0; k < columns->n_coded && !perebor_deadline_passed(); k++) {
        if (plain) {
            count_levels(splitter, node_rows, &columns->coded[k]);
        } else {
            add_levels(splitter, node_rows, &columns->coded[k]);
        }
    }
}
