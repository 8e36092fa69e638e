// SPDX-License-Identifier: MIT
#include "model/tree_grow.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/try.h"
#include "model/tree_search.h"

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
    size_t n_constant; /**< See tree_ground. */
    uint64_t path;
};

/** Everything that growing needs, allocated once. */
struct grower {
    const tree_plot *plot;
    const tree_member *members;
    uint32_t n_slots; /**< Of entries: sorted columns, and the rows as they are. */
    tree_search search;
    uint8_t *goes_left;        /**< [n_rows] */
    tree_entry *spare_entries; /**< [n_rows] */
    uint32_t *spare_rows;      /**< [most rows of a part] */
    struct task *tasks;
    size_t n_tasks, tasks_room;
    uint32_t *columns; /**< A stack. */
    size_t columns_room;
    struct visitor *visitors; /**< A stack. */
    size_t visitors_room;
};

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
    size_t n_entries = grower->n_slots * n + PEREBOR_LANES; // kernels read a vector too far
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

/* The split. */

static double threshold_of(const struct grower *grower, const struct task *task,
                           const tree_split *split) {
    const tree_columns *columns = grower->plot->columns;
    if (tree_split_is_binary(columns, split)) {
        return columns->middle[split->slot - grower->n_slots];
    }
    const tree_entry *entries = slot_entries(task, split->slot);
    const double *values = perebor_matrix_column(&columns->matrix, split->column);
    return tree_columns_middle(values[tree_entry_row(entries[split->n_left - 1])],
                               values[tree_entry_row(entries[split->n_left])]);
}

static void mark_left(struct grower *grower, const struct task *task, const tree_split *split) {
    const tree_columns *columns = grower->plot->columns;
    if (tree_split_is_binary(columns, split)) {
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
    tree_search_describe(&grower->search, (uint32_t)node->entries.n, node->n_ones, &described);
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
        children[side].path = tree_path_turn(task->path, side);
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
    tree_search_describe(&grower->search, (uint32_t)task->entries.n, task->n_ones, &described);
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
    *split = &grower->search.best[*level];
    for (; v < task->visitors.n; v++) {
        while (grower->members[visitors[v].member].min_leaf > grower->search.min_leaves[*level]) {
            ++*level;
        }
        if (!same_split(*split, &grower->search.best[*level])) {
            break;
        }
    }
    return v;
}

/** Finds the best split of a node for every min_leaf among its visitors. */
static void search_node(struct grower *grower, struct task *task) {
    const struct visitor *visitors = grower->visitors + task->visitors.start;
    tree_search *search = &grower->search;
    uint32_t n = 0;
    for (size_t v = 0; v < task->visitors.n; v++) {
        uint32_t min_leaf = (uint32_t)grower->members[visitors[v].member].min_leaf;
        if (n == 0 || search->min_leaves[n - 1] != min_leaf) {
            search->min_leaves[n++] = min_leaf;
        }
    }
    search->scan.n_levels = n;
    tree_ground ground = {.entries = slot_entries(task, 0),
                          .stride = task->block->stride,
                          .n_rows = (uint32_t)task->entries.n,
                          .n_ones = task->n_ones,
                          .slots = grower->columns + task->columns.start,
                          .n_slots = task->columns.n,
                          .n_constant = task->n_constant,
                          .path = task->path};
    tree_search_node(search, &ground);
    task->columns.n = ground.n_slots;
    task->n_constant = ground.n_constant;
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
    search_node(grower, task);
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

static perebor_status grower_create(struct grower *grower, size_t n_members, perebor_error *error) {
    const tree_plot *plot = grower->plot;
    size_t n = plot->columns->n_rows;
    size_t most = 1;
    for (size_t part = 0; part < TREE_MAX_PARTS; part++) {
        if (plot->parts[part] != NULL && plot->parts[part]->n_rows > most) {
            most = plot->parts[part]->n_rows;
        }
    }
    grower->n_slots = plot->columns->n_sorted + 1;
    grower->goes_left = malloc(n);
    grower->spare_entries = malloc(n * sizeof *grower->spare_entries);
    grower->spare_rows = malloc(most * sizeof *grower->spare_rows);
    if (grower->goes_left == NULL || grower->spare_entries == NULL || grower->spare_rows == NULL) {
        return out_of_memory(grower, error);
    }
    return tree_search_create(&grower->search, plot->columns, plot->criterion, plot->balanced,
                              plot->max_features, plot->sklearn_draw, n_members, error);
}

static void grower_release(struct grower *grower) {
    while (grower->n_tasks > 0) {
        block_leave(grower->tasks[--grower->n_tasks].block);
    }
    tree_search_release(&grower->search);
    free(grower->goes_left);
    free(grower->spare_entries);
    free(grower->spare_rows);
    free(grower->tasks);
    free(grower->columns);
    free(grower->visitors);
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
    PEREBOR_TRY(done, grower_create(&grower, n_members, error));
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
