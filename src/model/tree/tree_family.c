// SPDX-License-Identifier: MIT
/*
 * Members that differ in nothing but ccp_alpha are prunings of one tree; these trees are grown
 * together (tree_grow.h), a batch at a time so that their scores fit in memory. scikit-learn's
 * trees draw from one stream of random numbers while they grow, so of those only prunings share
 * anything.
 */
#include "model/tree/tree_family.h"

#include <stdlib.h>
#include <string.h>

#include "base/cpu_time.h"
#include "base/deadline.h"
#include "base/try.h"
#include "model/tree/tree.h"
#include "model/tree/tree_grow.h"
#include "model/tree/tree_sklearn.h"

enum { batch_bytes = 64 << 20 };

/** A member of the family with its options. */
typedef struct family_member {
    tree_options options;
    size_t member;
} family_member;

/** What one call works with. */
typedef struct family_growth {
    const perebor_family *family;
    perebor_family_deliver *deliver;
    void *context;
    family_member *family_members; /**< [n] in order of growing. */
    size_t n;
    size_t n_training;                     /**< Training rows to score, or 0. */
    const tree_columns *columns;           /**< Those of the project's own trees, */
    const tree_sklearn_rows *sklearn_rows; /**< or of scikit-learn's. */
    size_t most_trees;                     /**< The most trees of a batch. */
    double *scores;                        /**< [a batch][validation rows, then training rows] */
    tree_member *members;                  /**< [trees of a batch] */
    tree_nodes *trees;                     /**< [trees of a batch] */
} family_growth;

static int by_number(size_t a, size_t b) {
    return (a > b) - (a < b);
}

/** Ascending by min_leaf, as growing wants; equal trees together; then as given. */
static int compare_members(const void *left, const void *right) {
    const family_member *a = left;
    const family_member *b = right;
    int order = by_number(a->options.min_leaf, b->options.min_leaf);
    order = order != 0 ? order : by_number(a->options.min_split, b->options.min_split);
    order = order != 0 ? order : by_number(a->options.max_depth, b->options.max_depth);
    return order != 0 ? order : by_number(a->member, b->member);
}

static bool same_tree(const tree_options *a, const tree_options *b) {
    return a->min_leaf == b->min_leaf && a->min_split == b->min_split &&
           a->max_depth == b->max_depth;
}

static size_t end_of_tree(const family_growth *growth, size_t first) {
    size_t last = first + 1;
    while (last < growth->n && same_tree(&growth->family_members[first].options,
                                         &growth->family_members[last].options)) {
        last++;
    }
    return last;
}

/** Reads the members' settings; a member whose settings are wrong is delivered as failed. */
static perebor_status read_members(family_growth *growth, perebor_error *error) {
    const perebor_family *family = growth->family;
    growth->family_members = perebor_workspace_take(family->workspace, family->n_members,
                                                    sizeof *growth->family_members);
    if (growth->family_members == NULL) {
        return perebor_no_memory(error, "for %zu trees", family->n_members);
    }
    const perebor_matrix *rows = &family->training->rows;
    for (size_t member = 0; member < family->n_members; member++) {
        perebor_error failure;
        perebor_status status =
            tree_options_read(&growth->family_members[growth->n].options, family->settings[member],
                              rows->n_rows, rows->n_columns, &failure);
        if (status == PEREBOR_OK) {
            growth->family_members[growth->n++].member = member;
        } else {
            perebor_fit_report report = {.converged = true};
            growth->deliver(growth->context, member, status, failure.message, NULL, NULL, &report);
        }
    }
    if (growth->n > 1) {
        qsort(growth->family_members, growth->n, sizeof *growth->family_members, compare_members);
    }
    return PEREBOR_OK;
}

static size_t rows_to_score(const family_growth *growth) {
    return growth->family->validation->n_rows + growth->n_training;
}

static size_t trees_a_batch(const family_growth *growth) {
    size_t bytes = (rows_to_score(growth) + 1) * sizeof(double);
    size_t most = batch_bytes / bytes + 1;
    return most < growth->n ? most : growth->n;
}

/** Whether a tree must be kept to be pruned. */
static bool is_kept(const family_member *family_members, size_t n) {
    for (size_t k = 0; k < n; k++) {
        if (family_members[k].options.ccp_alpha > 0.0 || family_members[k].options.like_sklearn) {
            return true;
        }
    }
    return false;
}

/** Lists the trees of a batch that starts with @p first; returns where the next one starts. */
static size_t list_trees(family_growth *growth, size_t first, size_t most, size_t *n_trees) {
    size_t n = 0;
    size_t last;
    for (; first < growth->n && n < most; first = last, n++) {
        last = end_of_tree(growth, first);
        const tree_options *options = &growth->family_members[first].options;
        double *scores = growth->scores + n * rows_to_score(growth);
        growth->trees[n] = (tree_nodes){.workspace = growth->family->workspace};
        growth->members[n] = (tree_member){
            .max_depth = options->max_depth,
            .min_split = options->min_split,
            .min_leaf = options->min_leaf,
            .nodes =
                is_kept(&growth->family_members[first], last - first) ? &growth->trees[n] : NULL,
            .scores = {scores, scores + growth->family->validation->n_rows}};
    }
    *n_trees = n;
    return first;
}

/** @param[in] last  No batch follows that needs the columns. */
static perebor_status grow_batch(family_growth *growth, const tree_options *options, size_t n_trees,
                                 bool last, perebor_error *error) {
    const perebor_family *family = growth->family;
    if (options->like_sklearn) {
        return PEREBOR_OK; // grown one by one as they are delivered
    }
    tree_sample sample;
    tree_sample_of_labels(&sample, growth->columns);
    tree_growth_job job = {
        .columns = growth->columns,
        .last = last,
        .sample = &sample,
        .search = {.criterion = options->criterion,
                   .balanced = options->balanced,
                   .max_features = options->max_features},
        .parts = {family->validation, growth->n_training > 0 ? &family->training->rows : NULL}};
    return tree_grow(&job, growth->members, n_trees, family->workspace, error);
}

/** Prunes a copy of a tree and scores with it into the tree's own scores. */
static perebor_status score_pruned(family_growth *growth, const tree_member *member,
                                   double ccp_alpha, perebor_error *error) {
    perebor_status status;
    const perebor_family *family = growth->family;
    uint32_t first;
    perebor_workspace_mark begin = perebor_workspace_here(family->workspace);
    tree_nodes pruned = {.workspace = family->workspace, .rounds = member->nodes->rounds};
    PEREBOR_TRY(done, tree_nodes_add(&pruned, member->nodes->n, &first, error));
    memcpy(pruned.nodes, member->nodes->nodes, member->nodes->n * sizeof *pruned.nodes);
    PEREBOR_TRY(done, tree_nodes_prune(&pruned, ccp_alpha, error));
    tree_nodes_score(&pruned, family->validation, member->scores[0]);
    if (growth->n_training > 0) {
        tree_nodes_score(&pruned, &family->training->rows, member->scores[1]);
    }
    PEREBOR_TRY(done, perebor_deadline_check(error));
    perebor_workspace_return(family->workspace, begin);
done:
    return status;
}

/** Delivers the members [first, last), which are prunings of one tree. */
static perebor_status deliver_tree(family_growth *growth, const tree_member *tree, size_t first,
                                   size_t last, double seconds, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_workspace_mark begin = perebor_workspace_here(growth->family->workspace);
    double start = perebor_cpu_seconds();
    const tree_options *options = &growth->family_members[first].options;
    if (options->like_sklearn) {
        PEREBOR_TRY(done, tree_sklearn_grow(tree->nodes, growth->sklearn_rows, options, error));
        seconds += (perebor_cpu_seconds() - start) / (double)(last - first);
    }
    for (size_t k = first; k < last; k++) {
        double before = perebor_cpu_seconds();
        if (tree->nodes != NULL) {
            PEREBOR_TRY(done, score_pruned(growth, tree,
                                           growth->family_members[k].options.ccp_alpha, error));
        }
        perebor_fit_report report = {.converged = true,
                                     .fit_seconds = seconds,
                                     .score_seconds = perebor_cpu_seconds() - before};
        growth->deliver(growth->context, growth->family_members[k].member, PEREBOR_OK, "",
                        tree->scores[0], growth->n_training > 0 ? tree->scores[1] : NULL, &report);
    }
done:
    perebor_workspace_return(growth->family->workspace, begin);
    return status;
}

/** Memory for the largest batch. */
static perebor_status prepare_batches(family_growth *growth, perebor_error *error) {
    size_t most = trees_a_batch(growth);
    perebor_workspace *workspace = growth->family->workspace;
    growth->most_trees = most;
    growth->scores =
        perebor_workspace_take(workspace, most * rows_to_score(growth), sizeof *growth->scores);
    growth->members = perebor_workspace_take(workspace, most, sizeof *growth->members);
    growth->trees = perebor_workspace_take(workspace, most, sizeof *growth->trees);
    if (growth->scores == NULL || growth->members == NULL || growth->trees == NULL) {
        return perebor_no_memory(error, "to score %zu trees", most);
    }
    return PEREBOR_OK;
}

/** Grows and delivers the batch that starts with @p first; moves it to the next one. */
static perebor_status score_batch(family_growth *growth, size_t *first, double seconds,
                                  perebor_error *error) {
    size_t n_trees;
    double start = perebor_cpu_seconds();
    perebor_workspace_mark begin = perebor_workspace_here(growth->family->workspace);
    size_t last = list_trees(growth, *first, growth->most_trees, &n_trees);
    perebor_status status = grow_batch(growth, &growth->family_members[*first].options, n_trees,
                                       last == growth->n && growth->family->layout == NULL, error);
    seconds += (perebor_cpu_seconds() - start) / (double)(last - *first);
    for (size_t tree = 0; tree < n_trees && status == PEREBOR_OK; tree++) {
        size_t end = end_of_tree(growth, *first);
        status = deliver_tree(growth, &growth->members[tree], *first, end, seconds, error);
        *first = end;
    }
    perebor_workspace_return(growth->family->workspace, begin);
    return status;
}

/** What trees of a family are grown from: of the project's own trees the first. */
typedef struct tree_layout {
    tree_columns columns;
    tree_sklearn_rows sklearn_rows;
} tree_layout;

static perebor_status make_layout(tree_layout *layout, bool like_sklearn,
                                  const perebor_training *training, perebor_workspace *workspace,
                                  perebor_error *error) {
    return like_sklearn
               ? tree_sklearn_rows_create(&layout->sklearn_rows, training, workspace, error)
               : tree_columns_create(&layout->columns, training, workspace, error);
}

/** Takes the family's, or makes one. */
static perebor_status take_layout(const family_growth *growth, tree_layout *layout,
                                  perebor_error *error) {
    const perebor_family *family = growth->family;
    const bool like_sklearn = growth->family_members[0].options.like_sklearn;
    const tree_layout *made = family->layout;
    if (made == NULL) {
        return make_layout(layout, like_sklearn, family->training, family->workspace, error);
    }
    return like_sklearn ? tree_sklearn_rows_borrow(&layout->sklearn_rows, &made->sklearn_rows,
                                                   family->training, family->workspace, error)
                        : tree_columns_borrow(&layout->columns, &made->columns, family->training,
                                              family->workspace, error);
}

static perebor_status create_shared(const void **layout, const perebor_training *training,
                                    const perebor_matrix *validation, const perebor_value *settings,
                                    perebor_workspace *workspace, perebor_workspace *scratch,
                                    perebor_error *error) {
    (void)validation;
    (void)scratch;
    perebor_status status;
    tree_layout *made = perebor_workspace_take(workspace, 1, sizeof *made);
    if (made == NULL) {
        return perebor_no_memory(error, "for columns in order");
    }
    PEREBOR_TRY(
        done, make_layout(made, tree_settings_like_sklearn(settings), training, workspace, error));
    *layout = made;
done:
    return status;
}

const perebor_learner_layout tree_shared_layout = {
    .key = tree_settings_layout_key, .cost = tree_cost_of_layout, .create = create_shared};

perebor_status tree_score_family(const perebor_family *family, perebor_family_deliver *deliver,
                                 void *context, perebor_error *error) {
    perebor_status status;
    tree_layout layout;
    perebor_workspace *workspace = family->workspace;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    family_growth growth = {.family = family,
                            .deliver = deliver,
                            .context = context,
                            .columns = &layout.columns,
                            .sklearn_rows = &layout.sklearn_rows,
                            .n_training =
                                family->score_training ? family->training->rows.n_rows : 0};
    double start = perebor_cpu_seconds();
    PEREBOR_TRY(done, read_members(&growth, error));
    if (growth.n == 0) {
        goto done;
    }
    PEREBOR_TRY(done, take_layout(&growth, &layout, error));
    PEREBOR_TRY(done, prepare_batches(&growth, error));
    double seconds = (family->layout_seconds + perebor_cpu_seconds() - start) / (double)growth.n;
    for (size_t first = 0; first < growth.n;) {
        PEREBOR_TRY(done, score_batch(&growth, &first, seconds, error));
    }
done:
    perebor_workspace_return(workspace, begin);
    return status;
}
