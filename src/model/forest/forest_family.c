// SPDX-License-Identifier: MIT
/*
 * Forests that differ in n_estimators, max_depth, min_samples_split, min_samples_leaf or ccp_alpha
 * are grown together. Members with one shape and one ccp_alpha are parts of one forest, a variant,
 * whose leaves are added up tree by tree: each is delivered when it has as many trees as it wants,
 * and points of its learning curve on the way.
 * Training rows that a sample lacks are scored by its tree, if some member asks for it: the leaves
 * are added up beside the others, and how many they are, which is the same for all variants.
 * A part of them is trees [begin, end), whose sums are delivered as they are: multiples of 2^-32
 * below 2^20, so that those of all parts add up exactly.
 * Where there are so many variants that their sums do not fit in memory, some are grown after
 * others.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cpu_time.h"
#include "base/deadline.h"
#include "base/try.h"
#include "model/forest/forest.h"
#include "model/forest/forest_grow.h"
#include "perebor/learning_curve.h"

enum { batch_bytes = 64 << 20 };

/** A member of the family with its options. */
typedef struct family_member {
    forest_options options;
    size_t member;
} family_member;

/** Members that are parts of one forest: [first, last) of them, ascending by n_trees. */
typedef struct variant {
    size_t first, last;
    size_t next;    /**< The first of them that was not delivered. */
    size_t shape;   /**< Its number in the batch. */
    double *scores; /**< [rows to score] so far the sums of the leaves. */
} variant;

/** What one call works with. */
typedef struct family_growth {
    const perebor_family *family;
    perebor_family_deliver *deliver;
    void *context;
    family_member *members; /**< [n] in order of shapes. */
    size_t n;
    size_t n_training;   /**< Training rows to score, or 0. */
    size_t n_out_of_bag; /**< Training rows to score by trees whose samples lack them, or 0. */
    size_t begin, end;   /**< Trees to grow. */
    bool whole;          /**< They are all that there are: means are delivered. */
    forest_grower grower;
    variant *variants;    /**< [n] of the batch */
    forest_shape *shapes; /**< [n] of the batch, ascending by min_leaf, */
    size_t *n_trees;      /**< [n] most trees that a shape's variants want, */
    tree_nodes *trees;    /**< [n] and its tree, if that is kept. */
    forest_shape *active; /**< [n] shapes that want the tree at hand. */
    size_t n_variants, n_shapes;
    double *scores;      /**< [variants of a batch][rows to score] */
    double *pruned;      /**< [rows to score] by one tree. */
    double *outcome;     /**< [rows to score] means. */
    size_t *longer;      /**< [n] members of a variant that want more trees. */
    uint32_t *n_lacking; /**< [n_out_of_bag] trees so far of the batch whose samples lack a row. */
    perebor_out_of_bag out_of_bag; /**< What is delivered for the variant at hand. */
} family_growth;

static int by_number(size_t a, size_t b) {
    return (a > b) - (a < b);
}

/** Ascending by min_leaf, as growing wants; equal shapes together, and of these equal ccp_alpha. */
static int compare_members(const void *left, const void *right) {
    const family_member *a = left;
    const family_member *b = right;
    int order = by_number(a->options.min_leaf, b->options.min_leaf);
    order = order != 0 ? order : by_number(a->options.min_split, b->options.min_split);
    order = order != 0 ? order : by_number(a->options.max_depth, b->options.max_depth);
    order = order != 0 ? order
                       : (a->options.ccp_alpha > b->options.ccp_alpha) -
                             (a->options.ccp_alpha < b->options.ccp_alpha);
    order = order != 0 ? order : by_number(a->options.n_trees, b->options.n_trees);
    return order != 0 ? order : by_number(a->member, b->member);
}

static bool same_shape(const forest_options *a, const forest_options *b) {
    return a->min_leaf == b->min_leaf && a->min_split == b->min_split &&
           a->max_depth == b->max_depth;
}

/** Reads the members' settings; a member whose settings are wrong is delivered as failed. */
static perebor_status read_members(family_growth *growth, perebor_error *error) {
    const perebor_family *family = growth->family;
    const perebor_matrix *rows = &family->training->rows;
    growth->members =
        perebor_workspace_take(family->workspace, family->n_members, sizeof *growth->members);
    if (growth->members == NULL) {
        return perebor_no_memory(error, "for %zu forests", family->n_members);
    }
    for (size_t member = 0; member < family->n_members; member++) {
        perebor_error failure;
        perebor_status status =
            forest_options_read(&growth->members[growth->n].options, family->settings[member],
                                rows->n_rows, rows->n_columns, &failure);
        if (status == PEREBOR_OK) {
            bool out_of_bag =
                family->score_out_of_bag && growth->members[growth->n].options.out_of_bag;
            growth->members[growth->n].options.out_of_bag = out_of_bag;
            growth->n_out_of_bag = out_of_bag ? rows->n_rows : growth->n_out_of_bag;
            growth->members[growth->n++].member = member;
        } else {
            perebor_fit_report report = {.converged = true};
            growth->deliver(growth->context, member, status, failure.message, NULL, NULL, &report);
        }
    }
    if (growth->n > 1) {
        qsort(growth->members, growth->n, sizeof *growth->members, compare_members);
    }
    return PEREBOR_OK;
}

/** How many rows a variant scores: validation, training, and training out of bag. */
static size_t rows_to_score(const family_growth *growth) {
    return growth->family->validation->n_rows + growth->n_training + growth->n_out_of_bag;
}

/** Where of such scores those of a part are; NULL if it is not scored. */
static double *part_of(const family_growth *growth, double *scores, size_t part) {
    size_t n_validation = growth->family->validation->n_rows;
    switch (part) {
    case FOREST_VALIDATION:
        return scores;
    case FOREST_TRAINING:
        return growth->n_training > 0 ? scores + n_validation : NULL;
    default:
        return growth->n_out_of_bag > 0 ? scores + n_validation + growth->n_training : NULL;
    }
}

static size_t variants_a_batch(const family_growth *growth) {
    size_t bytes = (rows_to_score(growth) + 1) * sizeof(double);
    size_t most = batch_bytes / bytes + 1;
    return most < growth->n ? most : growth->n;
}

/** The end of the variant that begins with a member. */
static size_t end_of_variant(const family_growth *growth, size_t first) {
    const forest_options *options = &growth->members[first].options;
    size_t last = first + 1;
    while (last < growth->n && same_shape(options, &growth->members[last].options) &&
           options->ccp_alpha == growth->members[last].options.ccp_alpha) {
        last++;
    }
    return last;
}

/** A further shape of the batch, nothing of which is wanted yet. */
static void add_shape(family_growth *growth, const forest_options *options) {
    size_t shape = growth->n_shapes++;
    growth->n_trees[shape] = 0;
    growth->trees[shape] = (tree_nodes){.workspace = growth->family->workspace};
    growth->shapes[shape] = (forest_shape){.max_depth = options->max_depth,
                                           .min_split = options->min_split,
                                           .min_leaf = options->min_leaf};
}

/** Lets the last shape do what a variant wants of it: be scored, or be kept to be pruned. */
static void add_variant(family_growth *growth, size_t first, size_t last) {
    const forest_options *options = &growth->members[last - 1].options;
    size_t shape = growth->n_shapes - 1;
    double *scores = growth->scores + growth->n_variants * rows_to_score(growth);
    growth->variants[growth->n_variants++] =
        (variant){.first = first, .last = last, .next = first, .shape = shape, .scores = scores};
    memset(scores, 0, rows_to_score(growth) * sizeof *scores);
    if (growth->n_trees[shape] < options->n_trees) {
        growth->n_trees[shape] = options->n_trees;
    }
    if (options->ccp_alpha > 0.0) {
        growth->shapes[shape].nodes = &growth->trees[shape];
        return;
    }
    for (size_t part = 0; part < FOREST_MAX_PARTS; part++) {
        growth->shapes[shape].sums[part] = part_of(growth, scores, part);
    }
}

/** Lists the variants of a batch that starts with @p first; returns where the next one starts. */
static size_t list_batch(family_growth *growth, size_t first, size_t most) {
    growth->n_variants = growth->n_shapes = 0;
    for (size_t last; first < growth->n && growth->n_variants < most; first = last) {
        const forest_options *options = &growth->members[first].options;
        last = end_of_variant(growth, first);
        if (growth->n_variants == 0 || !same_shape(options, &growth->members[first - 1].options)) {
            add_shape(growth, options);
        }
        add_variant(growth, first, last);
    }
    return first;
}

/** Scores rows by a tree that was pruned. @param[out] says  [rows_to_score()] 0 of the training
 * rows that are not out of its bag. */
static void score_pruned(const family_growth *growth, const tree_nodes *pruned, double *says) {
    const perebor_family *family = growth->family;
    double *training = part_of(growth, says, FOREST_TRAINING);
    double *out_of_bag = part_of(growth, says, FOREST_OUT_OF_BAG);
    tree_nodes_score(pruned, family->validation, says);
    if (training != NULL) {
        tree_nodes_score(pruned, &family->training->rows, training);
    }
    if (out_of_bag != NULL) {
        tree_nodes_score(pruned, &family->training->rows, out_of_bag);
        for (size_t row = 0; row < growth->n_out_of_bag; row++) {
            bool counts = forest_out_of_bag(&growth->grower.sample, row);
            out_of_bag[row] = counts ? out_of_bag[row] : 0.0;
        }
    }
}

/** Adds what a tree says, pruned. */
static perebor_status add_pruned(family_growth *growth, const variant *variant,
                                 perebor_error *error) {
    perebor_status status;
    uint32_t first;
    const perebor_family *family = growth->family;
    const tree_nodes *tree = &growth->trees[variant->shape];
    perebor_workspace_mark begin = perebor_workspace_here(family->workspace);
    tree_nodes pruned = {.workspace = family->workspace};
    PEREBOR_TRY(done, tree_nodes_add(&pruned, tree->n, &first, error));
    memcpy(pruned.nodes, tree->nodes, tree->n * sizeof *pruned.nodes);
    PEREBOR_TRY(
        done, tree_nodes_prune(&pruned, growth->members[variant->first].options.ccp_alpha, error));
    score_pruned(growth, &pruned, growth->pruned);
    PEREBOR_TRY(done, perebor_deadline_check(error));
    for (size_t i = 0; i < rows_to_score(growth); i++) {
        variant->scores[i] += growth->pruned[i];
    }
    perebor_workspace_return(family->workspace, begin);
done:
    return status;
}

/** Grows a tree for the shapes that want one more. */
static perebor_status grow_tree(family_growth *growth, size_t tree, perebor_error *error) {
    perebor_status status;
    size_t n_active = 0;
    for (size_t shape = 0; shape < growth->n_shapes; shape++) {
        if (growth->n_trees[shape] > tree) {
            growth->trees[shape].n = 0;
            growth->active[n_active++] = growth->shapes[shape];
        }
    }
    PEREBOR_TRY(done, forest_grow(&growth->grower, tree, growth->active, n_active, error));
    for (size_t row = 0; row < growth->n_out_of_bag; row++) {
        growth->n_lacking[row] += forest_out_of_bag(&growth->grower.sample, row);
    }
    for (size_t v = 0; v < growth->n_variants; v++) {
        const variant *variant = &growth->variants[v];
        const forest_options *last = &growth->members[variant->last - 1].options;
        if (last->ccp_alpha > 0.0 && last->n_trees > tree) {
            PEREBOR_TRY(done, add_pruned(growth, variant, error));
        }
    }
done:
    return status;
}

void forest_join(size_t n_trees, double *sums, size_t n) {
    for (size_t i = 0; i < n; i++) {
        sums[i] /= (double)n_trees;
    }
}

/** What a variant's first trees say, or, of a part, those of them that it has.
 * @return The training rows' part, or NULL if not asked for. */
static const double *take_outcome(family_growth *growth, const variant *variant, size_t n_trees) {
    const size_t n = rows_to_score(growth) - growth->n_out_of_bag;
    memcpy(growth->outcome, variant->scores, n * sizeof *growth->outcome);
    if (growth->whole) {
        forest_join(n_trees, growth->outcome, n);
    }
    growth->out_of_bag = (perebor_out_of_bag){
        .sums = part_of(growth, variant->scores, FOREST_OUT_OF_BAG), .n_trees = growth->n_lacking};
    return part_of(growth, growth->outcome, FOREST_TRAINING);
}

/** Before which tree a member is delivered. */
static size_t end_of_member(const family_growth *growth, const family_member *member) {
    size_t n_trees = member->options.n_trees;
    return n_trees < growth->begin ? growth->begin : n_trees < growth->end ? n_trees : growth->end;
}

/** Delivers the members of all variants that wanted so many trees. */
static size_t deliver_members(family_growth *growth, size_t n_trees, double seconds) {
    size_t n_delivered = 0;
    for (size_t v = 0; v < growth->n_variants; v++) {
        variant *variant = &growth->variants[v];
        for (; variant->next < variant->last &&
               end_of_member(growth, &growth->members[variant->next]) == n_trees;
             variant->next++) {
            perebor_fit_report report = {.converged = true, .fit_seconds = seconds};
            double start = perebor_cpu_seconds();
            const family_member *member = &growth->members[variant->next];
            const double *training = take_outcome(growth, variant, n_trees);
            report.score_seconds = perebor_cpu_seconds() - start;
            report.out_of_bag = member->options.out_of_bag ? &growth->out_of_bag : NULL;
            growth->deliver(growth->context, member->member, PEREBOR_OK, "", growth->outcome,
                            training, &report);
            n_delivered++;
        }
    }
    return n_delivered;
}

/** Delivers a point of the learning curves of the members that want more trees. */
static void deliver_parts(family_growth *growth, size_t n_trees) {
    for (size_t v = 0; v < growth->n_variants; v++) {
        const variant *variant = &growth->variants[v];
        size_t n = 0;
        bool out_of_bag = false;
        for (size_t i = variant->next; i < variant->last; i++) {
            const forest_options *options = &growth->members[i].options;
            growth->longer[n] = growth->members[i].member;
            n += options->n_trees > n_trees;
            out_of_bag = out_of_bag || (options->n_trees > n_trees && options->out_of_bag);
        }
        if (n > 0) {
            const double *training = take_outcome(growth, variant, n_trees);
            growth->family->deliver_part(growth->context, growth->longer, n, n_trees,
                                         growth->outcome, training,
                                         out_of_bag ? &growth->out_of_bag : NULL);
        }
    }
}

/** Grows the trees of a batch, and delivers its members. @param[in] seconds  Of each, so far. */
static perebor_status grow_batch(family_growth *growth, double seconds, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t n_left = 0;
    size_t point = perebor_curve_n_points(growth->begin);
    for (size_t v = 0; v < growth->n_variants; v++) {
        n_left += growth->variants[v].last - growth->variants[v].first;
    }
    memset(growth->n_lacking, 0, growth->n_out_of_bag * sizeof *growth->n_lacking);
    n_left -= deliver_members(growth, growth->begin, seconds);
    for (size_t tree = growth->begin; n_left > 0; tree++) {
        double start = perebor_cpu_seconds();
        PEREBOR_TRY(done, grow_tree(growth, tree, error));
        seconds += (perebor_cpu_seconds() - start) / (double)n_left;
        if (growth->family->deliver_part != NULL && point < PEREBOR_CURVE_MAX_POINTS &&
            perebor_curve_n_estimators(point) == tree + 1) {
            deliver_parts(growth, tree + 1);
            point++;
        }
        n_left -= deliver_members(growth, tree + 1, seconds);
    }
done:
    return status;
}

static perebor_status create(family_growth *growth, forest_columns *columns, size_t most,
                             perebor_error *error) {
    perebor_status status;
    const perebor_family *family = growth->family;
    perebor_workspace *workspace = family->workspace;
    const perebor_matrix *training = &family->training->rows;
    const perebor_matrix *const parts[FOREST_MAX_PARTS] = {
        [FOREST_VALIDATION] = family->validation,
        [FOREST_TRAINING] = growth->n_training > 0 ? training : NULL,
        [FOREST_OUT_OF_BAG] = growth->n_out_of_bag > 0 ? training : NULL};
    const forest_options *options = &growth->members[0].options;
    size_t n_rows = rows_to_score(growth);
    growth->variants = perebor_workspace_take(workspace, most, sizeof *growth->variants);
    growth->shapes = perebor_workspace_take(workspace, most, sizeof *growth->shapes);
    growth->n_trees = perebor_workspace_take(workspace, most, sizeof *growth->n_trees);
    growth->trees = perebor_workspace_take(workspace, most, sizeof *growth->trees);
    growth->active = perebor_workspace_take(workspace, most, sizeof *growth->active);
    growth->scores = perebor_workspace_take(workspace, most * n_rows, sizeof *growth->scores);
    growth->pruned = perebor_workspace_take(workspace, n_rows, sizeof *growth->pruned);
    growth->outcome = perebor_workspace_take(workspace, n_rows, sizeof *growth->outcome);
    growth->longer = perebor_workspace_take(workspace, growth->n, sizeof *growth->longer);
    growth->n_lacking =
        perebor_workspace_take(workspace, growth->n_out_of_bag, sizeof *growth->n_lacking);
    if (growth->variants == NULL || growth->shapes == NULL || growth->n_trees == NULL ||
        growth->trees == NULL || growth->active == NULL || growth->scores == NULL ||
        growth->pruned == NULL || growth->outcome == NULL || growth->longer == NULL ||
        growth->n_lacking == NULL) {
        return perebor_no_memory(error, "for the scores of %zu forests", most);
    }
    PEREBOR_TRY(done, family->layout != NULL
                          ? forest_columns_borrow(columns, family->layout, family->training,
                                                  workspace, error)
                          : forest_columns_create(columns, family->training, options->random,
                                                  workspace, workspace, error));
    PEREBOR_TRY(done, forest_grower_create(&growth->grower, columns, options, parts, most,
                                           workspace, error));
done:
    return status;
}

/** Says which trees a part grows: as many as another one, of those of the largest forest. */
static void choose_trees(family_growth *growth, size_t part, size_t n_parts) {
    size_t most = 0;
    for (size_t i = 0; i < growth->n; i++) {
        size_t n_trees = growth->members[i].options.n_trees;
        most = n_trees > most ? n_trees : most;
    }
    growth->begin = most * part / n_parts;
    growth->end = most * (part + 1) / n_parts;
    growth->whole = n_parts == 1;
}

perebor_status forest_score_family(const perebor_family *family, perebor_family_deliver *deliver,
                                   void *context, perebor_error *error) {
    return forest_score_part(family, 0, 1, deliver, context, error);
}

perebor_status forest_score_part(const perebor_family *family, size_t part, size_t n_parts,
                                 perebor_family_deliver *deliver, void *context,
                                 perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_workspace_mark begin = perebor_workspace_here(family->workspace);
    family_growth growth = {.family = family,
                            .deliver = deliver,
                            .context = context,
                            .n_training =
                                family->score_training ? family->training->rows.n_rows : 0};
    forest_columns columns;
    double start = perebor_cpu_seconds();
    PEREBOR_TRY(done, read_members(&growth, error));
    if (growth.n == 0) {
        goto done;
    }
    choose_trees(&growth, part, n_parts);
    size_t most = variants_a_batch(&growth);
    PEREBOR_TRY(done, create(&growth, &columns, most, error));
    double seconds = (family->layout_seconds + perebor_cpu_seconds() - start) / (double)growth.n;
    for (size_t first = 0; first < growth.n;) {
        first = list_batch(&growth, first, most);
        PEREBOR_TRY(done, grow_batch(&growth, seconds, error));
    }
done:
    perebor_workspace_return(family->workspace, begin);
    return status;
}
