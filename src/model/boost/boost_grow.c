// SPDX-License-Identifier: MIT
#include "model/boost/boost_grow.h"

#include <math.h>
#include <string.h>

#include "base/deadline.h"
#include "base/try.h"
#include "model/boost/boost_sets.h"

/** Room for twice the leaves; what is there is kept. */
static perebor_status make_room(boost_grower *grower, perebor_error *error) {
    size_t room = grower->room == 0 ? 32 : 2 * grower->room;
    if (room >= UINT32_MAX / 2) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT, "a tree of %zu leaves is too large", room);
    }
    boost_node *nodes = perebor_workspace_take(grower->workspace, 2 * room, sizeof *nodes);
    boost_leaf *heap = perebor_workspace_take(grower->workspace, room, sizeof *heap);
    int64_t **spare_cells = perebor_workspace_take(grower->workspace, room, sizeof *spare_cells);
    if (nodes == NULL || heap == NULL || spare_cells == NULL) {
        return perebor_no_memory(error, "for a tree of %zu leaves", room);
    }
    if (grower->room > 0) {
        memcpy(nodes, grower->nodes, grower->n_nodes * sizeof *nodes);
        memcpy(heap, grower->heap, grower->n_heap * sizeof *heap);
        memcpy(spare_cells, grower->spare_cells, grower->n_spare_cells * sizeof *spare_cells);
    }
    grower->nodes = nodes;
    grower->heap = heap;
    grower->spare_cells = spare_cells;
    grower->room = room;
    return PEREBOR_OK;
}

perebor_status boost_grower_create(boost_grower *grower, const boost_options *options,
                                   const boost_scheme *scheme, const boost_rows *binned,
                                   perebor_workspace *workspace, perebor_error *error) {
    const size_t n = binned->n_rows;
    *grower = (boost_grower){
        .options = options,
        .scheme = scheme,
        .binned = binned,
        .few_rows = scheme->monotonic ? 0 : BOOST_FEW_ROWS,
        .kernels = PEREBOR_KERNEL_PICK(boost_kernels),
        .scans = PEREBOR_KERNEL_PICK(boost_scan_kernels),
        .word_kernels = PEREBOR_KERNEL_PICK(boost_word_kernels),
        .spare = perebor_workspace_take(workspace, n + BOOST_PADDING, sizeof *grower->spare),
        .terms = perebor_workspace_take(workspace, n, sizeof *grower->terms),
        .words = perebor_workspace_take(workspace, BOOST_FEW_ROWS, sizeof *grower->words),
        .counts = perebor_workspace_take(workspace, BOOST_COUNT_APART * BOOST_MOST_BINS,
                                         sizeof *grower->counts),
        .wanted = perebor_workspace_take(workspace, scheme->n_features, sizeof *grower->wanted),
        .searched = perebor_workspace_take(workspace, scheme->n_features, sizeof *grower->searched),
        .lanes = perebor_workspace_take(workspace, binned->n_words, sizeof *grower->lanes),
        .counted = perebor_workspace_take(workspace, scheme->n_features, sizeof *grower->counted),
        .best = perebor_workspace_take(workspace, scheme->n_features, sizeof *grower->best),
        .candidates = perebor_workspace_take_zeroed(workspace, 1, sizeof *grower->candidates),
        .estimates = perebor_workspace_take(workspace, 1, sizeof *grower->estimates),
        .workspace = workspace};
    if (grower->spare == NULL || grower->terms == NULL || grower->words == NULL ||
        grower->counts == NULL || grower->wanted == NULL || grower->searched == NULL ||
        grower->best == NULL || grower->candidates == NULL || grower->lanes == NULL ||
        grower->counted == NULL || grower->estimates == NULL) {
        return perebor_no_memory(error, "to grow trees on %zu rows", n);
    }
    return make_room(grower, error);
}

/** T(G)^2 / (H + lambda) */
static double score_of(const boost_rule *rule, int64_t sum) {
    double size = fabs((double)boost_gradient(sum)) - rule->alpha;
    size = size > 0.0 ? size : 0.0;
    return size * size / ((double)boost_hessian(sum) + rule->lambda);
}

/** What a node has of gains before it is split, if that is not part of them. */
static double own_score(const boost_grower *grower, const boost_node *node) {
    return grower->scheme->monotonic ? 0.0 : score_of(&grower->rule, node->sum);
}

/** A histogram, which holds anything. */
static int64_t *take_cells(boost_grower *grower) {
    if (grower->n_spare_cells > 0) {
        return grower->spare_cells[--grower->n_spare_cells];
    }
    return perebor_workspace_take(grower->workspace, grower->scheme->n_cells, sizeof(int64_t));
}

static void return_cells(boost_grower *grower, int64_t *cells) {
    if (cells != NULL) {
        grower->spare_cells[grower->n_spare_cells++] = cells;
    }
}

/** Whether a feature has a column that may be split. A block that is split by sets is one column,
 * drawn by its first level. */
static bool is_active(const boost_grower *grower, const boost_feature *feature) {
    size_t n = feature->levels && !feature->sets ? feature->n_bins - 1 : 1;
    for (size_t column = 0; column < n; column++) {
        if (grower->rule.active[feature->column + column] != 0) {
            return true;
        }
    }
    return false;
}

/** Adds the rows of a node to a histogram, or takes them off. */
static void count_rows(boost_grower *grower, const int64_t *terms, const uint32_t *rows, uint32_t n,
                       bool take_off, int64_t *cells) {
    // All rows of a table stand in the root in their order.
    const int64_t *listed = n == grower->binned->n_rows ? terms : grower->terms;
    for (uint32_t i = 0; listed != terms && i < n; i++) {
        grower->terms[i] = take_off ? -terms[rows[i]] : terms[rows[i]];
    }
    for (size_t word = 0; word < grower->binned->n_words && !perebor_deadline_passed(); word++) {
        grower->kernels->accumulate(grower->scheme, grower->binned, word, grower->wanted, rows,
                                    listed, n, cells);
    }
}

static bool comes_before(const boost_leaf *a, const boost_leaf *b) {
    return a->priority != b->priority ? a->priority > b->priority : a->node < b->node;
}

static void push(boost_grower *grower, boost_leaf leaf) {
    boost_leaf *heap = grower->heap;
    size_t at = grower->n_heap++;
    for (; at > 0 && comes_before(&leaf, &heap[(at - 1) / 2]); at = (at - 1) / 2) {
        heap[at] = heap[(at - 1) / 2];
    }
    heap[at] = leaf;
}

static boost_leaf pop(boost_grower *grower) {
    boost_leaf *heap = grower->heap;
    const boost_leaf first = heap[0];
    const boost_leaf last = heap[--grower->n_heap];
    const size_t n = grower->n_heap;
    size_t at = 0;
    for (size_t child = 1; child < n; child = 2 * at + 1) {
        child += child + 1 < n && comes_before(&heap[child + 1], &heap[child]);
        if (!comes_before(&heap[child], &last)) {
            break;
        }
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = last;
    return first;
}

/** A node that has just become a leaf, and what is known of it. */
typedef struct newcomer {
    uint32_t node, depth;
    int64_t *cells;      /**< Its histogram, or NULL: */
    const int64_t *less; /**< without this, or NULL. */
} newcomer;

/** Whether a node could be split at all, by its rows and its depth. */
static bool may_split(const boost_grower *grower, uint32_t number, uint32_t depth) {
    const boost_node *node = &grower->nodes[number];
    return depth < grower->options->max_depth &&
           (grower->n_nodes + 1) / 2 < grower->options->max_leaves &&
           node->n_rows / 2 >= grower->rule.min_rows &&
           boost_hessian(node->sum) >= 2.0 * grower->rule.min_hessian;
}

/** Puts a leaf among those to be split, if it has a split that is worth it. */
static void offer(boost_grower *grower, newcomer leaf, const int64_t *terms, const uint32_t *rows) {
    const boost_node *node = &grower->nodes[leaf.node];
    const boost_split split =
        boost_search(grower, node, terms, rows + node->begin, leaf.cells, leaf.less);
    const double own = own_score(grower, node);
    // What rounding alone could make of no gain at all is none.
    if (!(split.gain > 0.0) || split.gain - own <= 0x1p-40 * own ||
        split.gain - own < grower->min_gain) {
        return_cells(grower, leaf.cells);
        return;
    }
    const bool best_first = grower->options->max_leaves != SIZE_MAX;
    push(grower, (boost_leaf){.priority = best_first ? split.gain - own : leaf.depth,
                              .node = leaf.node,
                              .depth = leaf.depth,
                              .split = split,
                              .cells = leaf.cells});
}

boost_turn boost_turn_of(const boost_scheme *scheme, uint32_t feature, uint32_t bin) {
    bool levels = scheme->features[feature].levels;
    uint32_t first = levels ? bin : bin + 1;
    return (boost_turn){.word = feature / BOOST_WORD,
                        .shift = (uint8_t)(8 * (feature % BOOST_WORD)),
                        .first = (uint8_t)first,
                        .span = (uint8_t)(levels ? 0 : 255 - first)};
}

/** Makes the two children of a leaf; there is room. @return The number of the left one. */
static uint32_t divide(boost_grower *grower, const boost_leaf *leaf, uint32_t *rows) {
    const uint32_t left = grower->n_nodes;
    boost_node *node = &grower->nodes[leaf->node];
    const boost_turn turn = boost_turn_of(grower->scheme, leaf->split.feature, leaf->split.bin);
    const bool by_set = grower->scheme->features[leaf->split.feature].sets;
    const uint32_t n_left = by_set
                                ? boost_sets_divide(grower->binned, &turn, &leaf->split.set,
                                                    rows + node->begin, node->n_rows, grower->spare)
                                : grower->kernels->divide(grower->binned, &turn, rows + node->begin,
                                                          node->n_rows, grower->spare);
    node->left = left;
    node->feature = leaf->split.feature;
    node->bin = leaf->split.bin;
    node->set = leaf->split.set;
    grower->nodes[left] =
        (boost_node){.sum = leaf->split.left, .begin = node->begin, .n_rows = n_left};
    grower->nodes[left + 1] = (boost_node){.sum = node->sum - leaf->split.left,
                                           .begin = node->begin + n_left,
                                           .n_rows = node->n_rows - n_left};
    const int64_t sums[2] = {grower->nodes[left].sum, grower->nodes[left + 1].sum};
    boost_bounds bounds[2];
    boost_bounds_divide(bounds, &grower->rule, node->bounds,
                        grower->scheme->features[node->feature].monotonic, sums);
    grower->nodes[left].bounds = bounds[0];
    grower->nodes[left + 1].bounds = bounds[1];
    grower->n_nodes += 2;
    return left;
}

/** Splits a leaf, and offers its children. */
static perebor_status split(boost_grower *grower, const boost_leaf *leaf, const int64_t *terms,
                            uint32_t *rows, perebor_error *error) {
    const uint32_t left = divide(grower, leaf, rows);
    const boost_node *nodes = grower->nodes;
    const bool left_is_small = nodes[left].n_rows <= nodes[left + 1].n_rows;
    newcomer small = {.node = left + (left_is_small ? 0 : 1), .depth = leaf->depth + 1};
    newcomer large = {.node = left + (left_is_small ? 1 : 0), .depth = leaf->depth + 1};
    const boost_node *few = &nodes[small.node];
    bool small_goes_on = may_split(grower, small.node, small.depth);
    bool large_goes_on = may_split(grower, large.node, large.depth);
    if (small_goes_on && few->n_rows >= grower->few_rows) {
        small.cells = take_cells(grower);
        if (small.cells == NULL) {
            return perebor_no_memory(error, "for a histogram of %zu cells",
                                     grower->scheme->n_cells);
        }
        memset(small.cells, 0, grower->scheme->n_cells * sizeof *small.cells);
        count_rows(grower, terms, rows + few->begin, few->n_rows, false, small.cells);
    }
    if (large_goes_on && nodes[large.node].n_rows >= grower->few_rows) {
        large.cells = leaf->cells;
        large.less = small.cells;
        if (small.cells == NULL) {
            count_rows(grower, terms, rows + few->begin, few->n_rows, true, large.cells);
        }
    } else {
        return_cells(grower, leaf->cells);
    }
    if (large_goes_on) { // before the other one's histogram goes
        offer(grower, large, terms, rows);
    }
    if (small_goes_on) {
        offer(grower, small, terms, rows);
    }
    return perebor_deadline_check(error);
}

static perebor_status plant(boost_grower *grower, const int64_t *terms, uint32_t *rows, uint32_t n,
                            perebor_error *error) {
    boost_node root = {.n_rows = n, .bounds = {.least = -INFINITY, .most = INFINITY}};
    for (size_t f = 0; f < grower->scheme->n_features; f++) {
        grower->wanted[f] = is_active(grower, &grower->scheme->features[f]);
        grower->searched[f] = grower->wanted[f] != 0 && !grower->scheme->features[f].sets;
    }
    for (size_t word = 0; word < grower->binned->n_words; word++) {
        boost_lanes_set(&grower->lanes[word], word, grower->scheme, &grower->rule,
                        grower->searched);
    }
    for (uint32_t i = 0; i < n; i++) {
        root.sum += terms[rows[i]];
    }
    grower->nodes[0] = root;
    grower->n_nodes = 1;
    grower->n_heap = 0;
    newcomer leaf = {.node = 0};
    if (!may_split(grower, 0, 0)) {
        return PEREBOR_OK;
    }
    if (n >= grower->few_rows) {
        leaf.cells = take_cells(grower);
        if (leaf.cells == NULL) {
            return perebor_no_memory(error, "for a histogram of %zu cells",
                                     grower->scheme->n_cells);
        }
        memset(leaf.cells, 0, grower->scheme->n_cells * sizeof *leaf.cells);
        count_rows(grower, terms, rows, n, false, leaf.cells);
    }
    offer(grower, leaf, terms, rows);
    return PEREBOR_OK;
}

perebor_status boost_grow(boost_grower *grower, const int64_t *terms, uint32_t *rows, uint32_t n,
                          perebor_error *error) {
    perebor_status status;
    PEREBOR_TRY(done, plant(grower, terms, rows, n, error));
    while (grower->n_heap > 0 && (grower->n_nodes + 1) / 2 < grower->options->max_leaves) {
        if (grower->n_nodes + 2 > 2 * grower->room - 2) {
            PEREBOR_TRY(done, make_room(grower, error));
        }
        const boost_leaf leaf = pop(grower);
        PEREBOR_TRY(done, split(grower, &leaf, terms, rows, error));
    }
    while (grower->n_heap > 0) {
        return_cells(grower, pop(grower).cells);
    }
    status = perebor_deadline_check(error);
done:
    return status;
}
