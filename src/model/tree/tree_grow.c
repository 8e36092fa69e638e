// SPDX-License-Identifier: MIT
/*
 * Growth of a tree, recursive partitioning (Breiman, Friedman, Olshen and Stone, 1984):
 *
 *     grow(S, depth) =
 *         a leaf of value v(S)  if depth = max_depth, |S| < min_split, S is pure or has no split;
 *         otherwise a node with the best split (tree_splitter.c) of S into L and R, and below it
 *         grow(L, depth + 1) and grow(R, depth + 1).
 *
 * v(S) is A_1 / (A_0 + A_1) by weight of labels, G / (H + l2) of targets and gradients. Recursion
 * is a stack of tasks. A family of trees is grown at once: of settings (max_depth, min_split,
 * min_leaf) each has a cursor on the node where it is. Cursors of one node see the same rows S, so
 * that they differ by what their settings say alone:
 *
 *     best split for min_leaf = argmin of cost over { splits : min(|L|, |R|) >= min_leaf },
 *
 * sets that shrink as min_leaf grows. One pass over the candidates finds all of them, and cursors
 * with the same split go on together. A tree alone and in a family are the same, bit for bit.
 */
#include "model/tree/tree_grow.h"

#include <math.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/deadline.h"
#include "base/try.h"

/** A tree at a node. */
typedef struct tree_cursor {
    uint32_t member;
    uint32_t node; /**< Which of its nodes, if it keeps them. */
} tree_cursor;

/** A node to be split, by one tree at least. */
typedef struct task {
    tree_rows rows;
    tree_stretch columns; /**< On the stack of slots: those that may not be constant. */
    tree_stretch cursors; /**< On the stack of cursors, ascending by min_leaf. */
    tree_sums sums;
    size_t depth;
    size_t n_constant; /**< See tree_node_rows. */
    uint64_t path;
} task;

/** Everything that growing needs, allocated once. */
typedef struct grower {
    perebor_workspace *workspace;
    const tree_growth_job *job;
    const tree_member *members;
    tree_splitter splitter;
    tree_divider divider;
    task *tasks;
    size_t n_tasks, tasks_room;
    uint32_t *columns; /**< A stack. */
    size_t columns_room;
    tree_cursor *cursors; /**< A stack. */
    size_t cursors_room;
} grower;

/** Makes room for @p n things in an array that doubles. */
static bool reserve(perebor_workspace *workspace, void **array, size_t *room, size_t n,
                    size_t size) {
    if (n <= *room) {
        return true;
    }
    size_t wanted = *room < 64 ? 64 : *room;
    while (wanted < n) {
        wanted *= 2;
    }
    void *grown = perebor_workspace_take(workspace, wanted, size);
    if (grown == NULL) {
        return false;
    }
    if (*room > 0) {
        memcpy(grown, *array, *room * size);
    }
    *array = grown;
    *room = wanted;
    return true;
}

static perebor_status no_memory(const grower *grower, perebor_error *error) {
    return perebor_no_memory(error, "to grow a tree on %u rows",
                             (unsigned)grower->job->columns->n_rows);
}

/** Ends a tree's growth at a node: its rows get their score. */
static void end_at(const grower *grower, const tree_member *member, const task *node,
                   double value) {
    for (size_t part = 0; part < TREE_MAX_PARTS; part++) {
        if (grower->job->parts[part] == NULL || member->scores[part] == NULL) {
            continue;
        }
        const uint32_t *rows = node->rows.block->rows[part] + node->rows.parts[part].start;
        for (size_t i = 0; i < node->rows.parts[part].n; i++) {
            member->scores[part][rows[i]] = value;
        }
    }
}

/** depth < max_depth, |S| >= min_split, and S not pure. */
static bool goes_on(const tree_member *member, const task *node) {
    return node->depth < member->max_depth && node->sums.n_rows >= member->min_split &&
           !node->sums.pure;
}

/**
 * Lets trees arrive at a node: those that end there end, the others become its cursors, on top of
 * the stack. @param[in] from  [n] the cursors, with the index of this node in their trees.
 */
static void arrive(grower *grower, task *node, const tree_cursor *from, size_t n, uint32_t side) {
    tree_node described = {0};
    tree_splitter_describe(&grower->splitter, &node->sums, &described);
    node->cursors.n = 0;
    for (size_t v = 0; v < n; v++) {
        const tree_member *member = &grower->members[from[v].member];
        uint32_t index = from[v].node + side;
        if (member->nodes != NULL) {
            member->nodes->nodes[index] = described;
        }
        if (goes_on(member, node)) {
            grower->cursors[node->cursors.start + node->cursors.n++] =
                (tree_cursor){from[v].member, index};
        } else {
            end_at(grower, member, node, described.value);
        }
    }
}

/** Adds the split and two children to every tree that keeps its nodes; cursors move to the left.
 */
static perebor_status record_split(grower *grower, tree_cursor *cursors, size_t n,
                                   const tree_split *split, double threshold,
                                   perebor_error *error) {
    for (size_t v = 0; v < n; v++) {
        tree_nodes *tree = grower->members[cursors[v].member].nodes;
        if (tree == NULL) {
            continue;
        }
        uint32_t left;
        perebor_status status = tree_nodes_add(tree, 2, &left, error);
        if (status != PEREBOR_OK) {
            return status;
        }
        tree_node *node = &tree->nodes[cursors[v].node];
        node->threshold = threshold;
        node->column = split->column;
        node->left = left;
        cursors[v].node = left;
    }
    return PEREBOR_OK;
}

/** A(L) and A(R). Where sums are exact A(R) = A(S) - A(L); otherwise the rows of each are added in
 * ascending order, so that the value of a leaf does not depend on the way there. */
static void add_up(const grower *grower, const task *task, const tree_split *split,
                   tree_sums sums[2]) {
    const tree_sample *sample = grower->job->sample;
    if (sample->exact) {
        sums[0] = tree_sums_of(split->left, split->n_rows);
        sums[1] = tree_sums_rest(&task->sums, &sums[0]);
        return;
    }
    tree_divide_mark(&grower->divider, &task->rows, split);
    tree_sample_add(sample, tree_rows_entries(&task->rows, grower->job->columns->n_sorted),
                    task->rows.entries.n, grower->divider.goes_left, sums);
}

/** The children of a node, before it is known which trees go on in them. */
static void make_children(const grower *grower, const task *parent, tree_block *block,
                          const tree_split *split, double threshold, task children[2]) {
    tree_sums sums[2];
    add_up(grower, parent, split, sums);
    for (uint32_t side = 0; side < 2; side++) {
        children[side] = *parent;
        children[side].sums = sums[side];
        children[side].depth = parent->depth + 1;
        children[side].path = tree_draw_turn(parent->path, side);
    }
    tree_rows *const rows[2] = {&children[0].rows, &children[1].rows};
    tree_divide_parts(&grower->divider, &parent->rows, block, split, threshold, rows);
}

/**
 * Splits a node for the cursors that want this split.
 *
 * Stacks grow by the right child, then the left: whichever task is taken last has the top, and what
 * lies above it is no longer needed. The node's own lists lie below and are copied.
 */
static perebor_status split_node(grower *grower, const task *parent, tree_block *block,
                                 const tree_split *split, tree_cursor *cursors, size_t n_cursors,
                                 size_t *columns_top, size_t *cursors_top, perebor_error *error) {
    perebor_status status;
    double threshold = tree_divide_threshold(&grower->divider, &parent->rows, split);
    task children[2];
    PEREBOR_TRY(done, record_split(grower, cursors, n_cursors, split, threshold, error));
    make_children(grower, parent, block, split, threshold, children);
    for (uint32_t side = 2; side-- > 0;) {
        children[side].cursors.start = *cursors_top;
        arrive(grower, &children[side], cursors, n_cursors, side);
        *cursors_top += children[side].cursors.n;
    }
    tree_growing growing = {children[0].cursors.n > 0, children[1].cursors.n > 0};
    if (!growing.left && !growing.right) {
        goto done;
    }
    if (grower->job->sample->exact) {
        tree_divide_mark(&grower->divider, &parent->rows, split);
    }
    tree_divide_columns(&grower->divider, &parent->rows, &children[0].rows,
                        grower->columns + parent->columns.start, parent->columns.n, split, growing);
    PEREBOR_TRY(done, perebor_deadline_check(error));
    for (uint32_t side = 2; side-- > 0;) {
        if (children[side].cursors.n == 0) {
            continue;
        }
        children[side].columns.start = *columns_top;
        memcpy(grower->columns + *columns_top, grower->columns + parent->columns.start,
               parent->columns.n * sizeof *grower->columns);
        *columns_top += parent->columns.n;
        block->n_nodes++;
        grower->tasks[grower->n_tasks++] = children[side];
    }
done:
    return status;
}

/** Ends the trees for which no split leaves enough rows on both sides. */
static void end_cursors(grower *grower, const task *task, const tree_cursor *cursors, size_t n) {
    tree_node described = {0};
    tree_splitter_describe(&grower->splitter, &task->sums, &described);
    for (size_t v = 0; v < n; v++) {
        end_at(grower, &grower->members[cursors[v].member], task, described.value);
    }
}

static bool same_split(const tree_split *a, const tree_split *b) {
    return a->column == b->column && a->n_left == b->n_left;
}

/** Trees that split a node alike: cursors [first, last) of it, whose min_leaf ascend, so that equal
 * splits are neighbours. */
static size_t end_of_group(const grower *grower, const task *task, size_t first,
                           const tree_split **split, uint32_t *level) {
    const tree_cursor *cursors = grower->cursors + task->cursors.start;
    size_t v = first;
    *split = &grower->splitter.best[*level];
    for (; v < task->cursors.n; v++) {
        while (grower->members[cursors[v].member].min_leaf > grower->splitter.min_leaves[*level]) {
            ++*level;
        }
        if (!same_split(*split, &grower->splitter.best[*level])) {
            break;
        }
    }
    return v;
}

/** Finds argmin { cost : min(|L|, |R|) >= min_leaf } for every min_leaf among its cursors. */
static void search_node(grower *grower, task *task) {
    const tree_cursor *cursors = grower->cursors + task->cursors.start;
    tree_splitter *splitter = &grower->splitter;
    uint32_t n = 0;
    for (size_t v = 0; v < task->cursors.n; v++) {
        uint32_t min_leaf = (uint32_t)grower->members[cursors[v].member].min_leaf;
        if (n == 0 || splitter->min_leaves[n - 1] != min_leaf) {
            splitter->min_leaves[n++] = min_leaf;
        }
    }
    splitter->scan.n_levels = n;
    tree_node_rows node_rows = {.entries = tree_rows_entries(&task->rows, 0),
                                .stride = task->rows.block->stride,
                                .n_entries = (uint32_t)task->rows.entries.n,
                                .sums = task->sums,
                                .slots = grower->columns + task->columns.start,
                                .n_slots = task->columns.n,
                                .n_constant = task->n_constant,
                                .path = task->path};
    tree_splitter_find(splitter, &node_rows);
    task->columns.n = node_rows.n_slots;
    task->n_constant = node_rows.n_constant;
}

/** Room on the stacks for all that splitting one node can push. */
static bool reserve_stacks(grower *grower, const task *task) {
    size_t most = 2 * task->cursors.n;
    size_t columns = task->columns.start + task->columns.n * (most + 1);
    size_t cursors = task->cursors.start + task->cursors.n + most;
    return reserve(grower->workspace, (void **)&grower->tasks, &grower->tasks_room,
                   grower->n_tasks + most, sizeof *grower->tasks) &&
           reserve(grower->workspace, (void **)&grower->columns, &grower->columns_room, columns,
                   sizeof *grower->columns) &&
           reserve(grower->workspace, (void **)&grower->cursors, &grower->cursors_room, cursors,
                   sizeof *grower->cursors);
}

/** Splits a node, taken off the stack, for all its cursors. */
static perebor_status grow_node(grower *grower, task *task, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    if (!reserve_stacks(grower, task)) {
        return no_memory(grower, error);
    }
    search_node(grower, task);
    PEREBOR_TRY(done, perebor_deadline_check(error));
    size_t columns_top = task->columns.start + task->columns.n;
    size_t cursors_top = task->cursors.start + task->cursors.n;
    uint32_t level = 0;
    for (size_t first = 0, last; first < task->cursors.n; first = last) {
        const tree_split *split;
        last = end_of_group(grower, task, first, &split, &level);
        tree_cursor *cursors = grower->cursors + task->cursors.start + first;
        if (!(split->cost < INFINITY)) {
            end_cursors(grower, task, cursors, last - first);
            continue;
        }
        tree_block *block = task->rows.block;
        if (last < task->cursors.n) { // others still need the rows as they are
            block = tree_block_create(&grower->divider, &task->rows);
            if (block == NULL) {
                return no_memory(grower, error);
            }
        }
        status = split_node(grower, task, block, split, cursors, last - first, &columns_top,
                            &cursors_top, error);
        if (block != task->rows.block && block->n_nodes == 0) {
            tree_block_spare(&grower->divider, block);
        }
        PEREBOR_TRY(done, status);
    }
done:
    return status;
}

static perebor_status grower_create(grower *grower, size_t n_members, perebor_error *error) {
    perebor_status status;
    const tree_growth_job *job = grower->job;
    PEREBOR_TRY(done, tree_splitter_create(&grower->splitter, job->columns, job->sample,
                                           &job->search, n_members, grower->workspace, error));
    // Costs are of no use while rows are divided: an entry for each has room there.
    tree_entry *spare = (tree_entry *)(void *)grower->splitter.scan.costs;
    if (!tree_divider_create(&grower->divider, job->columns, job->sample, job->parts, spare,
                             grower->workspace)) {
        status = no_memory(grower, error);
    }
done:
    return status;
}

/** Lets all trees start at the root. */
static perebor_status start_at_root(grower *grower, size_t n_members, perebor_error *error) {
    const tree_columns *columns = grower->job->columns;
    task root = {.columns = {0, columns->n_sorted}, .sums = grower->job->sample->total};
    if (!reserve(grower->workspace, (void **)&grower->tasks, &grower->tasks_room, 1,
                 sizeof *grower->tasks) ||
        !reserve(grower->workspace, (void **)&grower->columns, &grower->columns_room,
                 columns->n_sorted + 1u, sizeof *grower->columns) ||
        !reserve(grower->workspace, (void **)&grower->cursors, &grower->cursors_room, 2 * n_members,
                 sizeof *grower->cursors)) {
        return no_memory(grower, error);
    }
    tree_cursor *arriving = grower->cursors + n_members;
    for (size_t m = 0; m < n_members; m++) {
        arriving[m] = (tree_cursor){(uint32_t)m, 0};
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
    if (!tree_rows_create(&root.rows, &grower->divider, grower->job->last)) {
        return no_memory(grower, error);
    }
    arrive(grower, &root, arriving, n_members, 0);
    if (root.cursors.n > 0) {
        grower->tasks[grower->n_tasks++] = root;
    } else {
        tree_block_leave(&grower->divider, root.rows.block);
    }
    return PEREBOR_OK;
}

perebor_status tree_grow(const tree_growth_job *job, const tree_member *members, size_t n_members,
                         perebor_workspace *workspace, perebor_error *error) {
    perebor_status status;
    grower grower = {.workspace = workspace, .job = job, .members = members};
    PEREBOR_TRY(done, grower_create(&grower, n_members, error));
    PEREBOR_TRY(done, start_at_root(&grower, n_members, error));
    while (grower.n_tasks > 0) {
        task task = grower.tasks[--grower.n_tasks];
        status = grow_node(&grower, &task, error);
        tree_block_leave(&grower.divider, task.rows.block);
        PEREBOR_TRY(done, status);
    }
done:
    return status;
}
