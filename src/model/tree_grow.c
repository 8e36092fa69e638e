// SPDX-License-Identifier: MIT
#include "model/tree_grow.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/try.h"

/** Rows of nodes that are yet to be split: of one subtree, or of several that share their rows. */
struct block {
    size_t n_nodes; /**< That still need it. */
    size_t stride;
    tree_entry *entries;            /**< [n_slots][stride] */
    uint32_t *rows[TREE_MAX_PARTS]; /**< Rows of a part to score, by node. */
    uint64_t memory[];
};

/** A tree at a node. */
struct visitor {
    uint32_t member;
    uint32_t node; /**< Of its nodes, if it keeps them. */
};

/** A stretch of a stack that several nodes on it share or follow. */
struct stretch {
    size_t start, n;
};

/** A node to be split, by one tree at least. */
struct task {
    struct block *block;
    struct stretch entries;
    struct stretch parts[TREE_MAX_PARTS];
    struct stretch columns;  /**< Slots that may not be constant. */
    struct stretch visitors; /**< Ascending by min_leaf. */
    uint32_t n_ones;
    size_t depth;
    uint64_t path;
};

/** Everything that growing needs, allocated once. */
struct grower {
    const tree_plot *plot;
    const tree_member *members;
    uint32_t n_slots;
    const struct tree_kernels *kernels;
    tree_scan scan;
    uint32_t *min_leaves; /**< [n_members] of the node at hand. */
    tree_split *best;     /**< [n_members] */
    uint32_t *scan_left, *scan_ones;
    double *entropy_terms;
    uint8_t *goes_left;        /**< [n_rows] */
    tree_entry *spare_entries; /**< [n_rows] */
    uint32_t *spare_rows;      /**< [most rows of a part] */
    uint32_t *counts;          /**< [n_words * 8][2] rows with the higher value: all, ones. */
    uint8_t *visited;          /**< [n_columns] whether the draw took the column. */
    uint8_t *constant;         /**< [n_columns] in the node at hand. */
    uint64_t *draw;            /**< [n_columns] a heap of hashes. */
    uint32_t *drawn;           /**< [n_columns] their columns. */
    struct task *tasks;
    size_t n_tasks, tasks_room;
    uint32_t *columns; /**< A stack. */
    size_t columns_room;
    struct visitor *visitors; /**< A stack. */
    size_t visitors_room;
};

void tree_weights(double weights[2], uint32_t n_rows, uint32_t n_ones, bool balanced) {
    weights[0] = balanced ? (double)n_ones : 1.0;
    weights[1] = balanced ? (double)(n_rows - n_ones) : 1.0;
}

void tree_node_describe(tree_node *node, tree_criterion criterion, const double weights[2],
                        uint32_t n_rows, uint32_t n_ones) {
    double zeros = weights[0] * (double)(n_rows - n_ones);
    double ones = weights[1] * (double)n_ones;
    node->weight = zeros + ones;
    node->share = ones / node->weight;
    double other = zeros / node->weight;
    if (n_ones == 0 || n_ones == n_rows) {
        node->impurity = 0.0;
    } else if (criterion == TREE_GINI) {
        node->impurity = 2.0 * (node->share * other);
    } else {
        node->impurity = -(node->share * perebor_log2(node->share) + other * perebor_log2(other));
    }
}

/** Makes room for @p n things in an array that doubles. */
static bool reserve(void **array, size_t *room, size_t n, size_t size) {
    if (n <= *room) {
        return true;
    }
    size_t wanted = *room < 64 ? 64 : *room;
    while (wanted < n) {
        wanted *= 2;
    }
    void *grown = realloc(*array, wanted * size);
    if (grown == NULL) {
        return false;
    }
    *array = grown;
    *room = wanted;
    return true;
}

static perebor_status out_of_memory(const struct grower *grower, perebor_error *error) {
    return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory to grow a tree on %u rows",
                        (unsigned)grower->plot->columns->n_rows);
}

/* Blocks. */

static size_t part_size(const struct task *task, size_t part) {
    return task->parts[part].n;
}

/** A block for the rows of a task, to be filled. */
static struct block *block_create(const struct grower *grower, const struct task *task) {
    size_t n = task->entries.n;
    size_t n_entries = grower->n_slots * n;
    size_t n_rows = part_size(task, 0) + part_size(task, 1);
    struct block *block =
        malloc(sizeof *block + n_entries * sizeof *block->entries + n_rows * sizeof(uint32_t));
    if (block != NULL) {
        block->n_nodes = 0;
        block->stride = n;
        block->entries = block->memory;
        block->rows[0] = (uint32_t *)(void *)(block->memory + n_entries);
        block->rows[1] = block->rows[0] + part_size(task, 0);
    }
    return block;
}

static void block_leave(struct block *block) {
    if (--block->n_nodes == 0) {
        free(block);
    }
}

static tree_entry *slot_entries(const struct task *task, uint32_t slot) {
    return task->block->entries + slot * task->block->stride + task->entries.start;
}

/* The search. */

/** A hash of two numbers (the finalizer of splitmix64: Steele, Lea and Flood, 2014). */
static uint64_t hash(uint64_t a, uint64_t b) {
    uint64_t h = (a ^ (b * 0xd6e8feb86659fd93u)) + 0x9e3779b97f4a7c15u;
    h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9u;
    h = (h ^ (h >> 27)) * 0x94d049bb133111ebu;
    return h ^ (h >> 31);
}

/** Moves the head of a heap of @p n down to its place; the lowest (hash, column) is on top. */
static void sift_down(struct grower *grower, size_t head, size_t n) {
    for (;;) {
        size_t lowest = head;
        for (size_t child = 2 * head + 1; child < n && child <= 2 * head + 2; child++) {
            if (grower->draw[child] < grower->draw[lowest] ||
                (grower->draw[child] == grower->draw[lowest] &&
                 grower->drawn[child] < grower->drawn[lowest])) {
                lowest = child;
            }
        }
        if (lowest == head) {
            return;
        }
        uint64_t key = grower->draw[head];
        uint32_t column = grower->drawn[head];
        grower->draw[head] = grower->draw[lowest];
        grower->drawn[head] = grower->drawn[lowest];
        grower->draw[lowest] = key;
        grower->drawn[lowest] = column;
        head = lowest;
    }
}

/** Marks the columns that the node at @p path looks at. */
static void draw_columns(struct grower *grower, uint64_t path) {
    size_t n = grower->plot->columns->matrix.n_columns;
    memset(grower->visited, 0, n);
    for (uint32_t column = 0; column < n; column++) {
        grower->draw[column] = hash(path, column);
        grower->drawn[column] = column;
    }
    for (size_t head = n / 2; head-- > 0;) {
        sift_down(grower, head, n);
    }
    bool useful = false;
    for (size_t taken = 0; n > 0 && (taken < grower->plot->max_features || !useful); taken++) {
        uint32_t column = grower->drawn[0];
        grower->visited[column] = 1;
        useful = useful || !grower->constant[column];
        n--;
        grower->draw[0] = grower->draw[n];
        grower->drawn[0] = grower->drawn[n];
        sift_down(grower, 0, n);
    }
}

/** Adds the bytes of a word to eight counts. */
static void add_bytes(uint32_t (*counts)[2], size_t which, uint64_t bytes) {
    for (size_t byte = 0; byte < TREE_COLUMNS_PER_WORD; byte++) {
        counts[byte][which] += (uint32_t)(bytes >> 8 * byte) & 0xff;
    }
}

/** Counts the rows of the node that have the higher value of each column of two values. */
static void count_binary(const struct grower *grower, const struct task *task) {
    const tree_columns *columns = grower->plot->columns;
    const tree_entry *rows = slot_entries(task, columns->n_sorted);
    uint32_t(*counts)[2] = (uint32_t(*)[2])grower->counts;
    memset(counts, 0, columns->n_words * TREE_COLUMNS_PER_WORD * sizeof *counts);
    for (uint32_t word = 0; word < columns->n_words; word++) {
        const uint64_t *words = columns->words + (size_t)word * columns->n_rows;
        for (size_t start = 0; start < task->entries.n; start += 255) { // what a byte can count
            size_t end = start + 255 < task->entries.n ? start + 255 : task->entries.n;
            uint64_t all = 0;
            uint64_t ones = 0;
            for (size_t i = start; i < end; i++) {
                uint64_t bytes = words[tree_entry_row(rows[i])];
                all += bytes;
                ones += bytes & (0 - (uint64_t)tree_entry_label(rows[i]));
            }
            add_bytes(counts + (size_t)word * TREE_COLUMNS_PER_WORD, 0, all);
            add_bytes(counts + (size_t)word * TREE_COLUMNS_PER_WORD, 1, ones);
        }
    }
}

static void search_binary(struct grower *grower, const struct task *task, bool draw) {
    const tree_columns *columns = grower->plot->columns;
    const uint32_t(*counts)[2] = (const uint32_t(*)[2])grower->counts;
    uint32_t n = (uint32_t)task->entries.n;
    size_t n_candidates = 0;
    for (uint32_t b = 0; b < columns->n_binary; b++) {
        if (counts[b][0] > 0 && counts[b][0] < n &&
            (!draw || grower->visited[columns->binary[b]])) {
            grower->scan.left[n_candidates] = n - counts[b][0];
            grower->scan.ones[n_candidates] = task->n_ones - counts[b][1];
            n_candidates++;
        }
    }
    grower->kernels->costs(&grower->scan, n_candidates);
    size_t k = 0;
    for (uint32_t b = 0; b < columns->n_binary; b++) {
        if (counts[b][0] > 0 && counts[b][0] < n &&
            (!draw || grower->visited[columns->binary[b]])) {
            tree_split candidate = {.cost = grower->scan.costs[k],
                                    .column = columns->binary[b],
                                    .slot = grower->n_slots + b,
                                    .n_left = grower->scan.left[k],
                                    .ones_left = grower->scan.ones[k]};
            tree_scan_offer(&grower->scan, &candidate);
            k++;
        }
    }
}

/** Drops the slots that are constant in the node from its list, which is the top of the stack. */
static void drop_constant_slots(const struct grower *grower, struct task *task) {
    uint32_t *slots = grower->columns + task->columns.start;
    size_t kept = 0;
    for (size_t k = 0; k < task->columns.n; k++) {
        const tree_entry *entries = slot_entries(task, slots[k]);
        if (tree_entry_code(entries[0]) != tree_entry_code(entries[task->entries.n - 1])) {
            slots[kept++] = slots[k];
        }
    }
    task->columns.n = kept;
}

static void mark_constant(struct grower *grower, const struct task *task) {
    const tree_columns *columns = grower->plot->columns;
    const uint32_t(*counts)[2] = (const uint32_t(*)[2])grower->counts;
    memset(grower->constant, 1, columns->matrix.n_columns);
    for (size_t k = 0; k < task->columns.n; k++) {
        grower->constant[columns->sorted[grower->columns[task->columns.start + k]]] = 0;
    }
    for (uint32_t b = 0; b < columns->n_binary; b++) {
        grower->constant[columns->binary[b]] = counts[b][0] == 0 || counts[b][0] == task->entries.n;
    }
}

/** Lists the min_leaf of the visitors, each once, and forgets the splits of the last node. */
static void prepare_levels(struct grower *grower, const struct task *task) {
    const struct visitor *visitors = grower->visitors + task->visitors.start;
    uint32_t n = 0;
    for (size_t v = 0; v < task->visitors.n; v++) {
        uint32_t min_leaf = (uint32_t)grower->members[visitors[v].member].min_leaf;
        if (n == 0 || grower->min_leaves[n - 1] != min_leaf) {
            grower->best[n] = (tree_split){.cost = INFINITY, .column = UINT32_MAX};
            grower->min_leaves[n++] = min_leaf;
        }
    }
    grower->scan.n_levels = n;
    grower->scan.n_rows = (uint32_t)task->entries.n;
    grower->scan.n_ones = task->n_ones;
}

/** Finds the best split for each min_leaf: best[level]. */
static void search(struct grower *grower, struct task *task) {
    const tree_columns *columns = grower->plot->columns;
    bool draw = grower->plot->max_features < columns->matrix.n_columns;
    prepare_levels(grower, task);
    drop_constant_slots(grower, task);
    if (columns->n_binary > 0) {
        count_binary(grower, task);
    }
    if (draw) {
        mark_constant(grower, task);
        draw_columns(grower, task->path);
    }
    for (size_t k = 0; k < task->columns.n; k++) {
        uint32_t slot = grower->columns[task->columns.start + k];
        if (!draw || grower->visited[columns->sorted[slot]]) {
            grower->kernels->sorted(&grower->scan, slot_entries(task, slot), columns->sorted[slot],
                                    slot);
        }
    }
    if (columns->n_binary > 0) {
        search_binary(grower, task, draw);
    }
    for (uint32_t level = grower->scan.n_levels; level-- > 1;) {
        if (tree_split_before(&grower->best[level], &grower->best[level - 1])) {
            grower->best[level - 1] = grower->best[level];
        }
    }
}

/* The split. */

static bool is_binary(const struct grower *grower, const tree_split *split) {
    return split->slot >= grower->n_slots;
}

static double threshold_of(const struct grower *grower, const struct task *task,
                           const tree_split *split) {
    const tree_columns *columns = grower->plot->columns;
    if (is_binary(grower, split)) {
        return columns->middle[split->slot - grower->n_slots];
    }
    const tree_entry *entries = slot_entries(task, split->slot);
    const double *values = perebor_matrix_column(&columns->matrix, split->column);
    return tree_columns_middle(values[tree_entry_row(entries[split->n_left - 1])],
                               values[tree_entry_row(entries[split->n_left])]);
}

static void mark_left(struct grower *grower, const struct task *task, const tree_split *split) {
    const tree_columns *columns = grower->plot->columns;
    if (is_binary(grower, split)) {
        uint32_t b = split->slot - grower->n_slots;
        const uint64_t *words =
            columns->words + (size_t)(b / TREE_COLUMNS_PER_WORD) * columns->n_rows;
        const tree_entry *rows = slot_entries(task, columns->n_sorted);
        for (size_t i = 0; i < task->entries.n; i++) {
            uint32_t row = tree_entry_row(rows[i]);
            grower->goes_left[row] =
                (uint8_t)(~(words[row] >> 8 * (b % TREE_COLUMNS_PER_WORD)) & 1);
        }
    } else {
        const tree_entry *entries = slot_entries(task, split->slot);
        for (size_t i = 0; i < task->entries.n; i++) {
            grower->goes_left[tree_entry_row(entries[i])] = i < split->n_left;
        }
    }
}

/** Which children go on growing. */
struct growing {
    bool left, right;
};

/** Moves the entries that go left to @p to, and the others behind them; keeps their order. */
static void divide_entries(const struct grower *grower, const tree_entry *from, tree_entry *to,
                           size_t n, struct growing growing) {
    const uint8_t *goes_left = grower->goes_left;
    if (!growing.left) { // backwards, so that from may be to
        size_t end = n;
        for (size_t i = n; i-- > 0;) {
            tree_entry entry = from[i];
            to[end - 1] = entry;
            end -= !goes_left[tree_entry_row(entry)];
        }
        return;
    }
    tree_entry *spare = grower->spare_entries;
    size_t n_left = 0;
    size_t n_right = 0;
    for (size_t i = 0; i < n; i++) {
        tree_entry entry = from[i];
        uint8_t left = goes_left[tree_entry_row(entry)];
        to[n_left] = entry;
        spare[n_right] = entry;
        n_left += left;
        n_right += !left;
    }
    if (growing.right) {
        memcpy(to + n_left, spare, n_right * sizeof *to);
    }
}

/** Divides the columns of a node for its children. */
static void divide_columns(struct grower *grower, const struct task *task, struct block *block,
                           size_t start, const tree_split *split, struct growing growing) {
    const tree_columns *columns = grower->plot->columns;
    size_t n = task->entries.n;
    mark_left(grower, task, split);
    for (size_t k = 0; k < task->columns.n; k++) {
        uint32_t slot = grower->columns[task->columns.start + k];
        const tree_entry *from = slot_entries(task, slot);
        tree_entry *to = block->entries + slot * block->stride + start;
        if (slot != split->slot) {
            divide_entries(grower, from, to, n, growing);
        } else if (to != from) {
            memcpy(to, from, n * sizeof *to);
        }
    }
    if (columns->n_binary > 0) {
        divide_entries(grower, slot_entries(task, columns->n_sorted),
                       block->entries + columns->n_sorted * block->stride + start, n, growing);
    }
}

/** Divides the rows of a part that are in the node; returns how many go left. */
static size_t divide_part(const struct grower *grower, const perebor_matrix *part,
                          const uint32_t *from, uint32_t *to, size_t n, const tree_split *split,
                          double threshold) {
    const double *values = perebor_matrix_column(part, split->column);
    uint32_t *spare = grower->spare_rows;
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

/** Ends a tree's growth at a node: its rows get their score. */
static void end_at(const struct grower *grower, const tree_member *member, const struct task *node,
                   double share) {
    for (size_t part = 0; part < TREE_MAX_PARTS; part++) {
        if (grower->plot->parts[part] == NULL || member->scores[part] == NULL) {
            continue;
        }
        const uint32_t *rows = node->block->rows[part] + node->parts[part].start;
        for (size_t i = 0; i < node->parts[part].n; i++) {
            member->scores[part][rows[i]] = share;
        }
    }
}

static bool goes_on(const tree_member *member, const struct task *node) {
    return node->depth < member->max_depth && node->entries.n >= member->min_split &&
           node->n_ones > 0 && node->n_ones < node->entries.n;
}

/**
 * Lets trees arrive at a node: those that end there end, the others become its visitors, on top of
 * the stack. @param[in] from  [n] the visitors, with the index of this node in their trees.
 */
static void arrive(struct grower *grower, struct task *node, const struct visitor *from, size_t n,
                   uint32_t side) {
    tree_node described = {0};
    tree_node_describe(&described, grower->plot->criterion, grower->scan.weights,
                       (uint32_t)node->entries.n, node->n_ones);
    node->visitors.n = 0;
    for (size_t v = 0; v < n; v++) {
        const tree_member *member = &grower->members[from[v].member];
        uint32_t index = from[v].node + side;
        if (member->nodes != NULL) {
            member->nodes->nodes[index] = described;
        }
        if (goes_on(member, node)) {
            grower->visitors[node->visitors.start + node->visitors.n++] =
                (struct visitor){from[v].member, index};
        } else {
            end_at(grower, member, node, described.share);
        }
    }
}

/** Adds the split and two children to every tree that keeps its nodes; visitors move to the left.
 */
static perebor_status record_split(struct grower *grower, struct visitor *visitors, size_t n,
                                   const tree_split *split, double threshold,
                                   perebor_error *error) {
    for (size_t v = 0; v < n; v++) {
        tree_nodes *tree = grower->members[visitors[v].member].nodes;
        if (tree == NULL) {
            continue;
        }
        uint32_t left;
        perebor_status status = tree_nodes_add(tree, 2, &left, error);
        if (status != PEREBOR_OK) {
            return status;
        }
        tree_node *node = &tree->nodes[visitors[v].node];
        node->threshold = threshold;
        node->column = split->column;
        node->left = left;
        visitors[v].node = left;
    }
    return PEREBOR_OK;
}

/** Where the children of a node start, before it is known which trees go on in them. */
static void place_children(struct task children[2], const struct task *task, struct block *block,
                           const tree_split *split) {
    size_t start = block == task->block ? task->entries.start : 0;
    for (uint32_t side = 0; side < 2; side++) {
        children[side] = *task;
        children[side].block = block;
        children[side].depth = task->depth + 1;
        children[side].path = hash(task->path, side + 1);
    }
    children[0].entries = (struct stretch){start, split->n_left};
    children[0].n_ones = split->ones_left;
    children[1].entries = (struct stretch){start + split->n_left, task->entries.n - split->n_left};
    children[1].n_ones = task->n_ones - split->ones_left;
}

static void divide_parts(struct grower *grower, const struct task *task, struct task children[2],
                         const tree_split *split, double threshold) {
    struct block *block = children[0].block;
    for (size_t part = 0; part < TREE_MAX_PARTS; part++) {
        if (grower->plot->parts[part] == NULL) {
            continue;
        }
        size_t start = block == task->block ? task->parts[part].start : 0;
        size_t n = task->parts[part].n;
        size_t n_left = divide_part(grower, grower->plot->parts[part],
                                    task->block->rows[part] + task->parts[part].start,
                                    block->rows[part] + start, n, split, threshold);
        children[0].parts[part] = (struct stretch){start, n_left};
        children[1].parts[part] = (struct stretch){start + n_left, n - n_left};
    }
}

/**
 * Splits a node for the visitors that want this split.
 *
 * Stacks grow by the right child, then the left: whichever task is taken last has the top, and what
 * lies above it is no longer needed. The node's own lists lie below and are copied.
 */
static perebor_status split_node(struct grower *grower, const struct task *task,
                                 struct block *block, const tree_split *split,
                                 struct visitor *visitors, size_t n_visitors, size_t *columns_top,
                                 size_t *visitors_top, perebor_error *error) {
    perebor_status status;
    double threshold = threshold_of(grower, task, split);
    struct task children[2];
    place_children(children, task, block, split);
    PEREBOR_TRY(done, record_split(grower, visitors, n_visitors, split, threshold, error));
    divide_parts(grower, task, children, split, threshold);
    for (uint32_t side = 2; side-- > 0;) {
        children[side].visitors.start = *visitors_top;
        arrive(grower, &children[side], visitors, n_visitors, side);
        *visitors_top += children[side].visitors.n;
    }
    struct growing growing = {children[0].visitors.n > 0, children[1].visitors.n > 0};
    if (!growing.left && !growing.right) {
        goto done;
    }
    divide_columns(grower, task, block, children[0].entries.start, split, growing);
    for (uint32_t side = 2; side-- > 0;) {
        if (children[side].visitors.n == 0) {
            continue;
        }
        children[side].columns.start = *columns_top;
        memcpy(grower->columns + *columns_top, grower->columns + task->columns.start,
               task->columns.n * sizeof *grower->columns);
        *columns_top += task->columns.n;
        block->n_nodes++;
        grower->tasks[grower->n_tasks++] = children[side];
    }
done:
    return status;
}

/** Ends the trees for which no split leaves enough rows on both sides. */
static void end_visitors(struct grower *grower, const struct task *task,
                         const struct visitor *visitors, size_t n) {
    tree_node described = {0};
    tree_node_describe(&described, grower->plot->criterion, grower->scan.weights,
                       (uint32_t)task->entries.n, task->n_ones);
    for (size_t v = 0; v < n; v++) {
        end_at(grower, &grower->members[visitors[v].member], task, described.share);
    }
}

static bool same_split(const tree_split *a, const tree_split *b) {
    return a->column == b->column && a->n_left == b->n_left;
}

/** Trees that split a node alike: visitors [first, last) of it. */
static size_t end_of_group(const struct grower *grower, const struct task *task, size_t first,
                           const tree_split **split, uint32_t *level) {
    const struct visitor *visitors = grower->visitors + task->visitors.start;
    size_t v = first;
    *split = &grower->best[*level];
    for (; v < task->visitors.n; v++) {
        while (grower->members[visitors[v].member].min_leaf > grower->min_leaves[*level]) {
            ++*level;
        }
        if (!same_split(*split, &grower->best[*level])) {
            break;
        }
    }
    return v;
}

/** Room on the stacks for all that splitting one node can push. */
static bool reserve_stacks(struct grower *grower, const struct task *task) {
    size_t most = 2 * task->visitors.n;
    size_t columns = task->columns.start + task->columns.n * (most + 1);
    size_t visitors = task->visitors.start + task->visitors.n + most;
    return reserve((void **)&grower->tasks, &grower->tasks_room, grower->n_tasks + most,
                   sizeof *grower->tasks) &&
           reserve((void **)&grower->columns, &grower->columns_room, columns,
                   sizeof *grower->columns) &&
           reserve((void **)&grower->visitors, &grower->visitors_room, visitors,
                   sizeof *grower->visitors);
}

/** Splits a node, taken off the stack, for all its visitors. */
static perebor_status grow_node(struct grower *grower, struct task *task, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    if (!reserve_stacks(grower, task)) {
        return out_of_memory(grower, error);
    }
    search(grower, task);
    size_t columns_top = task->columns.start + task->columns.n;
    size_t visitors_top = task->visitors.start + task->visitors.n;
    uint32_t level = 0;
    for (size_t first = 0, last; first < task->visitors.n; first = last) {
        const tree_split *split;
        last = end_of_group(grower, task, first, &split, &level);
        struct visitor *visitors = grower->visitors + task->visitors.start + first;
        if (!(split->cost < INFINITY)) {
            end_visitors(grower, task, visitors, last - first);
            continue;
        }
        struct block *block = task->block;
        if (last < task->visitors.n) { // others still need the rows as they are
            block = block_create(grower, task);
            if (block == NULL) {
                return out_of_memory(grower, error);
            }
        }
        status = split_node(grower, task, block, split, visitors, last - first, &columns_top,
                            &visitors_top, error);
        if (block != task->block && block->n_nodes == 0) {
            free(block);
        }
        if (status != PEREBOR_OK) {
            break;
        }
    }
    return status;
}

/* The whole. */

static void fill_entropy_terms(struct grower *grower) {
    const tree_columns *columns = grower->plot->columns;
    size_t n = columns->n_rows + 1u;
    double *terms = grower->entropy_terms;
    for (size_t which = 0; which < 2; which++) {
        for (size_t k = 0; k < n; k++) {
            double weight = grower->scan.weights[which] * (double)k;
            terms[which * n + k] = k == 0 ? 0.0 : weight * perebor_log(weight);
        }
        grower->scan.entropy_terms[which] = terms + which * n;
    }
    grower->scan.entropy_terms[2] = grower->plot->balanced ? NULL : terms;
}

static bool grower_create(struct grower *grower, size_t n_members) {
    const tree_plot *plot = grower->plot;
    const tree_columns *columns = plot->columns;
    size_t n = columns->n_rows;
    size_t d = columns->matrix.n_columns;
    size_t most = 1;
    for (size_t part = 0; part < TREE_MAX_PARTS; part++) {
        if (plot->parts[part] != NULL && plot->parts[part]->n_rows > most) {
            most = plot->parts[part]->n_rows;
        }
    }
    size_t n_scan = (n > d ? n : d) + PEREBOR_LANES;
    grower->kernels = PEREBOR_KERNEL_PICK(tree_kernels);
    grower->n_slots = columns->n_sorted + 1;
    grower->min_leaves = malloc(n_members * sizeof *grower->min_leaves);
    grower->best = malloc(n_members * sizeof *grower->best);
    grower->scan_left = calloc(n_scan, sizeof *grower->scan_left);
    grower->scan_ones = calloc(n_scan, sizeof *grower->scan_ones);
    grower->scan.costs = malloc(n_scan * sizeof *grower->scan.costs);
    grower->entropy_terms =
        malloc((plot->criterion == TREE_GINI ? 1 : 2 * (n + 1)) * sizeof *grower->entropy_terms);
    grower->goes_left = malloc(n);
    grower->spare_entries = malloc(n * sizeof *grower->spare_entries);
    grower->spare_rows = malloc(most * sizeof *grower->spare_rows);
    grower->counts =
        malloc(((size_t)columns->n_words * TREE_COLUMNS_PER_WORD + 1) * 2 * sizeof *grower->counts);
    grower->visited = malloc(d + 1);
    grower->constant = malloc(d + 1);
    grower->draw = malloc((d + 1) * sizeof *grower->draw);
    grower->drawn = malloc((d + 1) * sizeof *grower->drawn);
    return grower->min_leaves && grower->best && grower->scan_left && grower->scan_ones &&
           grower->scan.costs && grower->entropy_terms && grower->goes_left &&
           grower->spare_entries && grower->spare_rows && grower->counts && grower->visited &&
           grower->constant && grower->draw && grower->drawn;
}

static void grower_release(struct grower *grower) {
    while (grower->n_tasks > 0) {
        block_leave(grower->tasks[--grower->n_tasks].block);
    }
    free(grower->min_leaves);
    free(grower->best);
    free(grower->scan_left);
    free(grower->scan_ones);
    free(grower->scan.costs);
    free(grower->entropy_terms);
    free(grower->goes_left);
    free(grower->spare_entries);
    free(grower->spare_rows);
    free(grower->counts);
    free(grower->visited);
    free(grower->constant);
    free(grower->draw);
    free(grower->drawn);
    free(grower->tasks);
    free(grower->columns);
    free(grower->visitors);
}

static void prepare_scan(struct grower *grower) {
    const tree_columns *columns = grower->plot->columns;
    grower->scan.criterion = grower->plot->criterion;
    grower->scan.min_leaves = grower->min_leaves;
    grower->scan.best = grower->best;
    grower->scan.left = grower->scan_left;
    grower->scan.ones = grower->scan_ones;
    tree_weights(grower->scan.weights, columns->n_rows, columns->n_ones, grower->plot->balanced);
    if (grower->plot->criterion == TREE_ENTROPY) {
        fill_entropy_terms(grower);
    }
}

/** Fills the root's block with all rows. */
static void fill_root(const struct grower *grower, const struct task *root) {
    const tree_columns *columns = grower->plot->columns;
    memcpy(root->block->entries, columns->entries,
           (size_t)grower->n_slots * columns->n_rows * sizeof *columns->entries);
    for (size_t part = 0; part < TREE_MAX_PARTS; part++) {
        for (size_t row = 0; row < root->parts[part].n; row++) {
            root->block->rows[part][row] = (uint32_t)row;
        }
    }
}

/** Lets all trees start at the root. */
static perebor_status start_at_root(struct grower *grower, size_t n_members, perebor_error *error) {
    const tree_columns *columns = grower->plot->columns;
    struct task root = {.entries = {0, columns->n_rows},
                        .columns = {0, columns->n_sorted},
                        .n_ones = columns->n_ones};
    for (size_t part = 0; part < TREE_MAX_PARTS; part++) {
        const perebor_matrix *rows = grower->plot->parts[part];
        root.parts[part] = (struct stretch){0, rows == NULL ? 0 : rows->n_rows};
    }
    if (!reserve((void **)&grower->tasks, &grower->tasks_room, 1, sizeof *grower->tasks) ||
        !reserve((void **)&grower->columns, &grower->columns_room, columns->n_sorted + 1u,
                 sizeof *grower->columns) ||
        !reserve((void **)&grower->visitors, &grower->visitors_room, 2 * n_members,
                 sizeof *grower->visitors)) {
        return out_of_memory(grower, error);
    }
    struct visitor *arriving = grower->visitors + n_members;
    for (size_t m = 0; m < n_members; m++) {
        arriving[m] = (struct visitor){(uint32_t)m, 0};
        if (grower->members[m].nodes != NULL) {
            perebor_status status =
                tree_nodes_add(grower->members[m].nodes, 1, &arriving[m].node, error);
            if (status != PEREBOR_OK) {
                return status;
            }
        }
    }
    for (uint32_t slot = 0; slot < columns->n_sorted; slot++) {
        grower->columns[slot] = slot;
    }
    root.block = block_create(grower, &root);
    if (root.block == NULL) {
        return out_of_memory(grower, error);
    }
    root.block->n_nodes = 1;
    fill_root(grower, &root);
    arrive(grower, &root, arriving, n_members, 0);
    if (root.visitors.n > 0) {
        grower->tasks[grower->n_tasks++] = root;
    } else {
        block_leave(root.block);
    }
    return PEREBOR_OK;
}

perebor_status tree_grow(const tree_plot *plot, const tree_member *members, size_t n_members,
                         perebor_error *error) {
    perebor_status status;
    struct grower grower = {.plot = plot, .members = members};
    if (!grower_create(&grower, n_members)) {
        status = out_of_memory(&grower, error);
        goto done;
    }
    prepare_scan(&grower);
    PEREBOR_TRY(done, start_at_root(&grower, n_members, error));
    while (status == PEREBOR_OK && grower.n_tasks > 0) {
        struct task task = grower.tasks[--grower.n_tasks];
        status = grow_node(&grower, &task, error);
        block_leave(task.block);
    }
done:
    grower_release(&grower);
    return status;
}
