// SPDX-License-Identifier: MIT
#include "model/forest/forest_grow.h"

#include <math.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/deadline.h"
#include "base/try.h"

/** A node that is yet to be split. */
struct forest_task {
    forest_stretch rows;
    forest_stretch parts[FOREST_MAX_PARTS];
    forest_stretch cursors; /**< Shapes that go on here. */
    uint64_t sum, path;
    size_t depth;
    bool has_split; /**< It was searched together with shapes that split otherwise. */
    forest_split split;
};

double forest_round(double share) {
    const double unit = 0x1p32;
    const double round = 6755399441055744.0; // 1.5 * 2^52: adding it rounds to a whole number
    double shifted = share * unit + round;
    return (shifted - round) / unit;
}

/* Memory. */

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

static perebor_status no_memory(const forest_grower *grower, perebor_error *error) {
    return perebor_no_memory(error, "to grow a tree on %zu rows", grower->columns->n_rows);
}

perebor_status forest_grower_create(forest_grower *grower, const forest_columns *columns,
                                    const forest_options *options,
                                    const perebor_matrix *const parts[FOREST_MAX_PARTS],
                                    size_t most_shapes, perebor_workspace *workspace,
                                    perebor_error *error) {
    perebor_status status;
    size_t most_rows = columns->n_rows;
    *grower = (forest_grower){.options = options,
                              .columns = columns,
                              .kernels = PEREBOR_KERNEL_PICK(forest_kernels),
                              .dividers = PEREBOR_KERNEL_PICK(forest_dividers),
                              .workspace = workspace};
    PEREBOR_TRY(done, forest_sample_create(&grower->sample, columns, workspace, error));
    PEREBOR_TRY(done, forest_search_create(&grower->search, columns, &grower->sample, options,
                                           most_shapes, workspace, error));
    for (size_t part = 0; part < FOREST_MAX_PARTS; part++) {
        size_t n = parts[part] == NULL ? 0 : parts[part]->n_rows;
        most_rows = n > most_rows ? n : most_rows;
        grower->parts[part] = (forest_part){
            .matrix = parts[part], .rows = perebor_workspace_take(workspace, n, sizeof(uint32_t))};
        if (grower->parts[part].rows == NULL) {
            return no_memory(grower, error);
        }
    }
    grower->spare = perebor_workspace_take(workspace, most_rows, sizeof *grower->spare);
    if (grower->spare == NULL) {
        return no_memory(grower, error);
    }
done:
    return status;
}

/* Arriving at a node. */

/** x log2 x, 0 at 0. */
static double x_log_x(double x) {
    return x > 0.0 ? x * perebor_log2(x) : 0.0;
}

/** Value of a node, and, where trees are kept, its weight and impurity: Gini's, or the entropy in
 * bits. */
static tree_node describe(const forest_grower *grower, uint64_t sum, bool all) {
    const double *weights = grower->sample.class_weights;
    double ones = weights[1] * (double)forest_ones(sum);
    double zeros = weights[0] * (double)(forest_weight(sum) - forest_ones(sum));
    double weight = zeros + ones;
    tree_node node = {.value = forest_round(ones / weight)};
    if (all) {
        double share[2] = {zeros / weight, ones / weight};
        node.weight = weight;
        node.impurity = grower->options->criterion == FOREST_GINI
                            ? 1.0 - (share[0] * share[0] + share[1] * share[1])
                            : 0.0 - (x_log_x(share[0]) + x_log_x(share[1]));
    }
    return node;
}

/** depth < max_depth, |S| >= min_split, and S not pure. */
static bool goes_on(const forest_shape *shape, const forest_task *node) {
    uint32_t ones = forest_ones(node->sum);
    return node->depth < shape->max_depth && node->rows.n >= shape->min_split && ones != 0 &&
           ones != forest_weight(node->sum);
}

/** Ends a shape's growth at a node: its value is added to the rows that fall into it. */
static void end_at(const forest_grower *grower, const forest_shape *shape, const forest_task *node,
                   double value) {
    for (size_t part = 0; part < FOREST_MAX_PARTS; part++) {
        double *sums = shape->sums[part];
        if (sums == NULL) {
            continue;
        }
        const uint32_t *rows = grower->parts[part].rows + node->parts[part].start;
        for (size_t i = 0; i < node->parts[part].n; i++) {
            sums[rows[i]] += value;
        }
    }
}

/**
 * Lets shapes arrive at a node: those that end there end, the others become its cursors.
 *
 * @param[in] from  [n] @param[in] side  What the node's number is greater by than theirs.
 */
static void arrive(forest_grower *grower, forest_task *node, const forest_cursor *from, size_t n,
                   uint32_t side) {
    bool kept = false;
    for (size_t v = 0; v < n; v++) {
        kept = kept || grower->shapes[from[v].shape].nodes != NULL;
    }
    tree_node described = describe(grower, node->sum, kept);
    node->cursors.n = 0;
    for (size_t v = 0; v < n; v++) {
        const forest_shape *shape = &grower->shapes[from[v].shape];
        uint32_t number = from[v].node + side;
        if (shape->nodes != NULL) {
            shape->nodes->nodes[number] = described;
        }
        if (goes_on(shape, node)) {
            grower->cursors[node->cursors.start + node->cursors.n++] =
                (forest_cursor){from[v].shape, number};
        } else {
            end_at(grower, shape, node, described.value);
        }
    }
}

/* Splitting a node. */

/** Adds the split and two children to every tree that is kept; cursors move to the left. */
static perebor_status record_split(const forest_grower *grower, forest_cursor *cursors, size_t n,
                                   const forest_split *split, double threshold,
                                   perebor_error *error) {
    for (size_t v = 0; v < n; v++) {
        tree_nodes *tree = grower->shapes[cursors[v].shape].nodes;
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

/** Those that do not have the level go left. @return How many. */
static size_t divide_by_level(const perebor_matrix *matrix, uint32_t column, uint32_t *rows,
                              size_t n, uint32_t *spare) {
    const perebor_indicators *levels = perebor_matrix_indicators(matrix, column);
    const uint32_t level = column - (uint32_t)levels->first;
    size_t n_left = 0;
    size_t n_right = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t row = rows[i];
        bool is_left = levels->codes[row] != level;
        rows[n_left] = row;
        spare[n_right] = row;
        n_left += is_left;
        n_right += !is_left;
    }
    memcpy(rows + n_left, spare, n_right * sizeof *rows);
    return n_left;
}

/** Divides the rows to score between the children. */
static void divide_parts(const forest_grower *grower, const forest_task *parent,
                         const forest_split *split, double threshold, forest_task children[2]) {
    for (size_t part = 0; part < FOREST_MAX_PARTS; part++) {
        const perebor_matrix *matrix = grower->parts[part].matrix;
        forest_stretch all = parent->parts[part];
        size_t n_left = 0;
        uint32_t *rows = grower->parts[part].rows + all.start;
        if (all.n > 0 && split->column < perebor_matrix_n_dense(matrix)) {
            n_left = grower->dividers->divide_scored(matrix, split->column, threshold, rows,
                                                     (uint32_t)all.n, grower->spare);
        } else if (all.n > 0) {
            n_left = divide_by_level(matrix, split->column, rows, all.n, grower->spare);
        }
        children[0].parts[part] = (forest_stretch){all.start, n_left};
        children[1].parts[part] = (forest_stretch){all.start + n_left, all.n - n_left};
    }
}

/** The children of a node, before it is known which shapes go on in them. */
static void make_children(const forest_task *parent, const forest_split *split,
                          forest_task children[2]) {
    for (uint32_t side = 0; side < 2; side++) {
        children[side] = (forest_task){.rows = parent->rows,
                                       .sum = side == 0 ? split->left : parent->sum - split->left,
                                       .path = forest_turn(parent->path, side),
                                       .depth = parent->depth + 1};
    }
    children[0].rows.n = split->n_left;
    children[1].rows.start += split->n_left;
    children[1].rows.n -= split->n_left;
}

/**
 * Splits a node for the cursors that want this split.
 *
 * The stack of cursors grows by the right child, then the left: whichever task is taken last has
 * the top, and what lies above it is no longer needed.
 */
static perebor_status split_node(forest_grower *grower, const forest_task *parent,
                                 const forest_split *split, forest_cursor *cursors,
                                 size_t n_cursors, perebor_error *error) {
    perebor_status status;
    forest_task children[2];
    size_t top = parent->cursors.start + parent->cursors.n;
    uint32_t *rows = grower->sample.rows + parent->rows.start;
    double threshold = grower->dividers->divide(&grower->search, split, parent->path, rows,
                                                (uint32_t)parent->rows.n, grower->spare);
    PEREBOR_TRY(done, record_split(grower, cursors, n_cursors, split, threshold, error));
    make_children(parent, split, children);
    divide_parts(grower, parent, split, threshold, children);
    for (uint32_t side = 2; side-- > 0;) {
        children[side].cursors.start = top;
        arrive(grower, &children[side], cursors, n_cursors, side);
        top += children[side].cursors.n;
        if (children[side].cursors.n > 0) {
            grower->tasks[grower->n_tasks++] = children[side];
        }
    }
done:
    return status;
}

/* Searching a node. */

/** Finds the best split for every min_leaf among the cursors of a node. */
static void search_node(forest_grower *grower, const forest_task *task) {
    const forest_cursor *cursors = grower->cursors + task->cursors.start;
    forest_search *search = &grower->search;
    search->n_levels = 0;
    for (size_t v = 0; v < task->cursors.n; v++) {
        uint32_t min_leaf = (uint32_t)grower->shapes[cursors[v].shape].min_leaf;
        if (search->n_levels == 0 || search->min_leaves[search->n_levels - 1] != min_leaf) {
            search->min_leaves[search->n_levels++] = min_leaf;
        }
    }
    const forest_node node = {.rows = grower->sample.rows + task->rows.start,
                              .n = (uint32_t)task->rows.n,
                              .sum = task->sum,
                              .path = task->path};
    grower->kernels->find(search, &node);
}

static bool same_split(const forest_split *a, const forest_split *b) {
    return a->column == b->column && a->n_left == b->n_left && a->left == b->left &&
           (a->cost < INFINITY) == (b->cost < INFINITY);
}

/** Shapes that split a node alike: cursors [first, last) of it, whose min_leaf ascend, so that
 * equal splits are neighbours. */
static size_t end_of_group(const forest_grower *grower, const forest_task *task, size_t first,
                           forest_split *split, uint32_t *level) {
    const forest_cursor *cursors = grower->cursors + task->cursors.start;
    const forest_search *search = &grower->search;
    size_t v = first;
    for (; v < task->cursors.n; v++) {
        while (grower->shapes[cursors[v].shape].min_leaf > search->min_leaves[*level]) {
            ++*level;
        }
        if (v == first) {
            *split = search->best[*level];
        } else if (!same_split(split, &search->best[*level])) {
            break;
        }
    }
    return v;
}

/** Ends the shapes for which no split leaves enough rows on both sides. */
static void end_cursors(const forest_grower *grower, const forest_task *task,
                        const forest_cursor *cursors, size_t n) {
    tree_node described = describe(grower, task->sum, false);
    for (size_t v = 0; v < n; v++) {
        end_at(grower, &grower->shapes[cursors[v].shape], task, described.value);
    }
}

/**
 * Searches a node. Its shapes that split alike become a task of their own, on the stack, that has
 * its split: one that is taken later finds the same rows, in another order. Where all split alike,
 * the node is split at once.
 */
static perebor_status part_shapes(forest_grower *grower, const forest_task *task,
                                  perebor_error *error) {
    search_node(grower, task);
    forest_cursor *cursors = grower->cursors + task->cursors.start;
    uint32_t level = 0;
    for (size_t first = 0, last; first < task->cursors.n; first = last) {
        forest_split split;
        last = end_of_group(grower, task, first, &split, &level);
        if (!(split.cost < INFINITY)) {
            end_cursors(grower, task, cursors + first, last - first);
            continue;
        }
        if (first == 0 && last == task->cursors.n) {
            return split_node(grower, task, &split, cursors, last, error);
        }
        forest_task *group = &grower->tasks[grower->n_tasks++];
        *group = *task;
        group->split = split;
        group->has_split = true;
        group->cursors = (forest_stretch){task->cursors.start + first, last - first};
    }
    return PEREBOR_OK;
}

/** Room on the stacks for all that a task can push. */
static bool reserve_stacks(forest_grower *grower, const forest_task *task) {
    size_t most = task->cursors.n + 2;
    return reserve(grower->workspace, (void **)&grower->tasks, &grower->tasks_room,
                   grower->n_tasks + most, sizeof *grower->tasks) &&
           reserve(grower->workspace, (void **)&grower->cursors, &grower->cursors_room,
                   task->cursors.start + 3 * task->cursors.n, sizeof *grower->cursors);
}

/** Takes the task on top of the stack, and puts there what comes of it. */
static perebor_status work_off(forest_grower *grower, size_t *worked, perebor_error *error) {
    forest_task task = grower->tasks[--grower->n_tasks];
    if (!reserve_stacks(grower, &task)) {
        return no_memory(grower, error);
    }
    if (perebor_deadline_passed_after(worked, task.rows.n * (1 + grower->options->max_features))) {
        return perebor_deadline_check(error);
    }
    if (!task.has_split) {
        return part_shapes(grower, &task, error);
    }
    return split_node(grower, &task, &task.split, grower->cursors + task.cursors.start,
                      task.cursors.n, error);
}

/** Lists the rows of a part that are at the root. @return How many. */
static size_t list_rows(const forest_sample *sample, const forest_part *scored, size_t part) {
    size_t n_rows = scored->matrix == NULL ? 0 : scored->matrix->n_rows;
    size_t n = 0;
    for (size_t row = 0; row < n_rows; row++) {
        scored->rows[n] = (uint32_t)row;
        n += part != FOREST_OUT_OF_BAG || forest_out_of_bag(sample, row);
    }
    return n;
}

/** Lets all shapes start at the root. */
static perebor_status start_at_root(forest_grower *grower, size_t tree, size_t n_shapes,
                                    perebor_error *error) {
    forest_task root = {.rows = {0, grower->sample.n_rows},
                        .sum = grower->sample.total,
                        .path = forest_root(grower->options->seed, tree)};
    for (size_t part = 0; part < FOREST_MAX_PARTS; part++) {
        root.parts[part].n = list_rows(&grower->sample, &grower->parts[part], part);
    }
    grower->n_tasks = 0;
    if (!reserve(grower->workspace, (void **)&grower->tasks, &grower->tasks_room, 1,
                 sizeof *grower->tasks) ||
        !reserve(grower->workspace, (void **)&grower->cursors, &grower->cursors_room, 2 * n_shapes,
                 sizeof *grower->cursors)) {
        return no_memory(grower, error);
    }
    forest_cursor *arriving = grower->cursors + n_shapes;
    for (size_t shape = 0; shape < n_shapes; shape++) {
        arriving[shape] = (forest_cursor){(uint32_t)shape, 0};
        if (grower->shapes[shape].nodes != NULL) {
            perebor_status status =
                tree_nodes_add(grower->shapes[shape].nodes, 1, &arriving[shape].node, error);
            if (status != PEREBOR_OK) {
                return status;
            }
        }
    }
    arrive(grower, &root, arriving, n_shapes, 0);
    if (root.cursors.n > 0) {
        grower->tasks[grower->n_tasks++] = root;
    }
    return PEREBOR_OK;
}

perebor_status forest_grow(forest_grower *grower, size_t tree, const forest_shape *shapes,
                           size_t n_shapes, perebor_error *error) {
    perebor_status status;
    size_t worked = 0;
    grower->shapes = shapes;
    forest_sample_draw(&grower->sample, grower->columns, grower->options, tree);
    PEREBOR_TRY(done, start_at_root(grower, tree, n_shapes, error));
    while (grower->n_tasks > 0) {
        PEREBOR_TRY(done, work_off(grower, &worked, error));
    }
    status = perebor_deadline_check(error);
done:
    return status;
}
