// SPDX-License-Identifier: MIT
#include "model/tree/tree_divide.h"

#include <string.h>

#include "base/deadline.h"

bool tree_divider_create(tree_divider *divider, const tree_columns *columns,
                         const tree_sample *sample,
                         const perebor_matrix *const parts[TREE_MAX_PARTS], tree_entry *spare,
                         perebor_workspace *workspace) {
    size_t n = columns->n_rows;
    size_t most = 1;
    for (size_t part = 0; part < TREE_MAX_PARTS; part++) {
        if (parts[part] != NULL && parts[part]->n_rows > most) {
            most = parts[part]->n_rows;
        }
    }
    *divider = (tree_divider){
        .columns = columns,
        .sample = sample,
        .parts = parts,
        .n_slots = columns->n_sorted + 1,
        .goes_left = perebor_workspace_take(workspace, n, sizeof *divider->goes_left),
        .spare_rows = perebor_workspace_take(workspace, most, sizeof *divider->spare_rows),
        .workspace = workspace,
    };
    divider->spare_entries = spare;
    return divider->goes_left != NULL && divider->spare_rows != NULL;
}

/** A block that no node needs any more, or a new one. */
static tree_block *take_block(tree_divider *divider, size_t bytes) {
    int kind = 64 - __builtin_clzll((unsigned long long)bytes);
    tree_block *block = divider->spare_blocks[kind];
    if (block != NULL) {
        divider->spare_blocks[kind] = block->next_spare;
        return block;
    }
    block = perebor_workspace_take(divider->workspace, 1, sizeof *block + ((size_t)1 << kind));
    if (block != NULL) {
        block->kind = kind;
    }
    return block;
}

tree_block *tree_block_create(tree_divider *divider, const tree_rows *rows) {
    size_t n = rows->entries.n;
    size_t n_entries = divider->n_slots * n + PEREBOR_LANES; // kernels read a vector too far
    size_t n_scored = rows->parts[0].n + rows->parts[1].n;
    tree_block *block =
        take_block(divider, n_entries * sizeof *block->entries + n_scored * sizeof(uint32_t));
    if (block != NULL) {
        block->n_nodes = 0;
        block->stride = n;
        block->entries = block->memory;
        block->rows[0] = block->memory + n_entries;
        block->rows[1] = block->rows[0] + rows->parts[0].n;
    }
    return block;
}

void tree_block_spare(tree_divider *divider, tree_block *block) {
    if (block->kind < TREE_BLOCK_KINDS) {
        block->next_spare = divider->spare_blocks[block->kind];
        divider->spare_blocks[block->kind] = block;
    }
}

void tree_block_leave(tree_divider *divider, tree_block *block) {
    if (--block->n_nodes == 0) {
        tree_block_spare(divider, block);
    }
}

/** Copies the entries of the rows that are not absent, slot by slot. */
static void copy_present(const tree_divider *divider, tree_block *block) {
    const tree_entry *from = divider->columns->entries;
    for (uint32_t slot = 0; slot < divider->n_slots; slot++) {
        tree_entry *to = block->entries + slot * block->stride;
        tree_entry step = 0;
        for (uint32_t i = 0; i < divider->columns->n_rows; i++, from++) {
            step |= tree_entry_step(*from);
            if (tree_sample_has(divider->sample, tree_entry_row(*from))) {
                *to++ = *from | step;
                step = 0;
            }
        }
    }
}

/** A block whose entries are the columns' own. */
static tree_block *take_columns(tree_divider *divider, const tree_rows *rows) {
    tree_block *block = perebor_workspace_take(
        divider->workspace, 1,
        sizeof *block + (rows->parts[0].n + rows->parts[1].n) * sizeof(uint32_t));
    if (block != NULL) {
        *block = (tree_block){.kind = TREE_BLOCK_KINDS,
                              .stride = divider->columns->n_rows,
                              .entries = divider->columns->entries};
        block->rows[0] = block->memory;
        block->rows[1] = block->rows[0] + rows->parts[0].n;
    }
    return block;
}

bool tree_rows_create(tree_rows *rows, tree_divider *divider, bool last) {
    const tree_columns *columns = divider->columns;
    tree_rows result = {.entries = {0, divider->sample->n_present}};
    for (size_t part = 0; part < TREE_MAX_PARTS; part++) {
        const perebor_matrix *scored = divider->parts[part];
        result.parts[part] = (tree_stretch){0, scored == NULL ? 0 : scored->n_rows};
    }
    const bool in_place = last && result.entries.n == columns->n_rows;
    result.block = in_place ? take_columns(divider, &result) : tree_block_create(divider, &result);
    if (result.block == NULL) {
        return false;
    }
    result.block->n_nodes = 1;
    if (result.entries.n < columns->n_rows) {
        copy_present(divider, result.block);
    } else if (!in_place) {
        memcpy(result.block->entries, columns->entries,
               (size_t)divider->n_slots * columns->n_rows * sizeof *columns->entries);
    }
    for (size_t part = 0; part < TREE_MAX_PARTS; part++) {
        for (size_t row = 0; row < result.parts[part].n; row++) {
            result.block->rows[part][row] = (uint32_t)row;
        }
    }
    *rows = result;
    return true;
}

double tree_divide_threshold(const tree_divider *divider, const tree_rows *rows,
                             const tree_split *split) {
    const tree_columns *columns = divider->columns;
    if (tree_columns_is_binary(columns, split->slot)) {
        return columns->middle[split->slot - divider->n_slots];
    }
    const tree_entry *entries = tree_rows_entries(rows, split->slot);
    const double *values = perebor_matrix_column(&columns->matrix, split->column);
    return tree_columns_middle(values[tree_entry_row(entries[split->n_left - 1])],
                               values[tree_entry_row(entries[split->n_left])]);
}

/** The same by a level: the rows that have it go right. */
static size_t divide_part_by_level(const tree_divider *divider, const perebor_matrix *part,
                                   const uint32_t *from, uint32_t *to, size_t n,
                                   const tree_split *split) {
    const perebor_indicators *levels = perebor_matrix_indicators(part, split->column);
    const uint32_t level = split->column - (uint32_t)levels->first;
    uint32_t *spare = divider->spare_rows;
    size_t n_left = 0;
    size_t n_right = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t row = from[i];
        bool left = levels->codes[row] != level;
        to[n_left] = row;
        spare[n_right] = row;
        n_left += left;
        n_right += !left;
    }
    memcpy(to + n_left, spare, n_right * sizeof *to);
    return n_left;
}

/** Divides the rows of a part that are in the node; returns how many go left. */
static size_t divide_part(const tree_divider *divider, const perebor_matrix *part,
                          const uint32_t *from, uint32_t *to, size_t n, const tree_split *split,
                          double threshold) {
    if (split->column >= perebor_matrix_n_dense(part)) {
        return divide_part_by_level(divider, part, from, to, n, split);
    }
    const double *values = perebor_matrix_column(part, split->column);
    uint32_t *spare = divider->spare_rows;
    size_t n_left = 0;
    size_t n_right = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t row = from[i];
        bool left = values[row] <= threshold;
        to[n_left] = row;
        spare[n_right] = row;
        n_left += left;
        n_right += !left;
    }
    memcpy(to + n_left, spare, n_right * sizeof *to);
    return n_left;
}

void tree_divide_parts(const tree_divider *divider, const tree_rows *rows, tree_block *block,
                       const tree_split *split, double threshold, tree_rows *const children[2]) {
    bool in_place = block == rows->block;
    size_t start = in_place ? rows->entries.start : 0;
    *children[0] = (tree_rows){.block = block, .entries = {start, split->n_left}};
    *children[1] = (tree_rows){.block = block,
                               .entries = {start + split->n_left, rows->entries.n - split->n_left}};
    for (size_t part = 0; part < TREE_MAX_PARTS; part++) {
        if (divider->parts[part] == NULL) {
            continue;
        }
        size_t first = in_place ? rows->parts[part].start : 0;
        size_t n = rows->parts[part].n;
        size_t n_left = divide_part(divider, divider->parts[part],
                                    rows->block->rows[part] + rows->parts[part].start,
                                    block->rows[part] + first, n, split, threshold);
        children[0]->parts[part] = (tree_stretch){first, n_left};
        children[1]->parts[part] = (tree_stretch){first + n_left, n - n_left};
    }
}

/** Marks by a column of two values: those that have the lower one go left. */
static void mark_by_binary(const tree_divider *divider, const tree_rows *rows, uint32_t binary) {
    const tree_columns *columns = divider->columns;
    const tree_entry *entries = tree_rows_entries(rows, columns->n_sorted);
    const tree_coded *coded = tree_columns_coded(columns, binary);
    if (coded != NULL) {
        for (size_t i = 0; i < rows->entries.n; i++) {
            uint32_t row = tree_entry_row(entries[i]);
            divider->goes_left[row] = coded->codes[row] != binary - coded->first;
        }
        return;
    }
    const uint64_t *words =
        columns->words + (size_t)(binary / TREE_COLUMNS_PER_WORD) * columns->n_rows;
    for (size_t i = 0; i < rows->entries.n; i++) {
        uint32_t row = tree_entry_row(entries[i]);
        divider->goes_left[row] =
            (uint8_t)(~(words[row] >> 8 * (binary % TREE_COLUMNS_PER_WORD)) & 1);
    }
}

void tree_divide_mark(const tree_divider *divider, const tree_rows *rows, const tree_split *split) {
    if (tree_columns_is_binary(divider->columns, split->slot)) {
        mark_by_binary(divider, rows, split->slot - divider->n_slots);
        return;
    }
    const tree_entry *entries = tree_rows_entries(rows, split->slot);
    for (size_t i = 0; i < rows->entries.n; i++) {
        divider->goes_left[tree_entry_row(entries[i])] = i < split->n_left;
    }
}

/** Moves the entries that go right to the end: backwards, so that from may be to. An entry takes
 * over the steps of those before it that are left out, up to the next that is not. */
static void keep_right(const uint8_t *goes_left, const tree_entry *from, tree_entry *to, size_t n) {
    size_t i = n;
    while (i > 0 && goes_left[tree_entry_row(from[i - 1])] != 0) {
        i--;
    }
    tree_entry last = 0;
    size_t end = n;
    while (i-- > 0) {
        const tree_entry entry = from[i];
        const bool right = goes_left[tree_entry_row(entry)] == 0;
        last = right ? entry : last | tree_entry_step(entry);
        end -= right;
        to[end] = last;
    }
}

/** Moves the entries that go left to @p to, the others to @p spare; keeps their order. Where a side
 * leaves entries out, their steps are those of its next. @return How many go left. */
static size_t part_entries(const uint8_t *goes_left, const tree_entry *from, tree_entry *to,
                           tree_entry *spare, size_t n) {
    tree_entry left_step = 0;
    tree_entry right_step = 0;
    size_t n_left = 0;
    size_t n_right = 0;
    for (size_t i = 0; i < n; i++) {
        const tree_entry entry = from[i];
        const uint32_t left = goes_left[tree_entry_row(entry)];
        to[n_left] = entry | left_step;
        spare[n_right] = entry | right_step;
        n_left += left;
        n_right += 1 - left;
        // left is 1 or 0, and so are steps: one of the two begins anew.
        left_step = (left_step | entry) & ~left & TREE_ENTRY_STEP;
        right_step = (right_step | entry) & left;
    }
    return n_left;
}

/** The same of entries that all have a step, or none. */
static size_t part_alike(const uint8_t *goes_left, const tree_entry *from, tree_entry *to,
                         tree_entry *spare, size_t n) {
    size_t n_left = 0;
    size_t n_right = 0;
    for (size_t i = 0; i < n; i++) {
        const tree_entry entry = from[i];
        const uint8_t left = goes_left[tree_entry_row(entry)];
        to[n_left] = entry;
        spare[n_right] = entry;
        n_left += left;
        n_right += !left;
    }
    return n_left;
}

/** Moves the entries that go right to the end, of such ones. */
static void keep_right_alike(const uint8_t *goes_left, const tree_entry *from, tree_entry *to,
                             size_t n) {
    size_t end = n;
    for (size_t i = n; i-- > 0;) {
        const tree_entry entry = from[i];
        to[end - 1] = entry;
        end -= !goes_left[tree_entry_row(entry)];
    }
}

/** Divides the entries of a slot: those that go left stand before the others. */
static void divide_entries(const tree_divider *divider, uint32_t slot, const tree_entry *from,
                           tree_entry *to, size_t n, tree_growing growing) {
    const tree_columns *columns = divider->columns;
    const uint8_t *goes_left = divider->goes_left;
    tree_entry *spare = divider->spare_entries;
    const bool alike = slot == columns->n_sorted || columns->distinct[slot];
    if (!growing.left) {
        (alike ? keep_right_alike : keep_right)(goes_left, from, to, n);
        return;
    }
    const size_t n_left = alike ? part_alike(goes_left, from, to, spare, n)
                                : part_entries(goes_left, from, to, spare, n);
    if (growing.right) {
        memcpy(to + n_left, spare, (n - n_left) * sizeof *to);
    }
}

void tree_divide_columns(const tree_divider *divider, const tree_rows *rows, const tree_rows *left,
                         const uint32_t *slots, size_t n_slots, const tree_split *split,
                         tree_growing growing) {
    const tree_columns *columns = divider->columns;
    size_t n = rows->entries.n;
    size_t worked = 0;
    for (size_t k = 0; k < n_slots && !perebor_deadline_passed_after(&worked, n); k++) {
        const tree_entry *from = tree_rows_entries(rows, slots[k]);
        tree_entry *to = tree_rows_entries(left, slots[k]);
        if (slots[k] != split->slot) {
            divide_entries(divider, slots[k], from, to, n, growing);
        } else if (to != from) {
            memcpy(to, from, n * sizeof *to);
        }
    }
    if (columns->n_binary > 0 || !divider->sample->exact) {
        divide_entries(divider, columns->n_sorted, tree_rows_entries(rows, columns->n_sorted),
                       tree_rows_entries(left, columns->n_sorted), n, growing);
    }
}
