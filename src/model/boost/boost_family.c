// SPDX-License-Identifier: MIT
/*
 * Members of a family differ in n_estimators alone: each is the first part of one boosting, and is
 * delivered when that has as many trees as it wants, and points of its learning curve on the way.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cpu_time.h"
#include "base/try.h"
#include "model/boost/boost.h"
#include "model/boost/boost_layout.h"
#include "model/boost/boost_run.h"
#include "model/boost/boost_stopping.h"
#include "perebor/learning_curve.h"

/** A member of the family, by how many trees it wants. */
typedef struct family_member {
    size_t n_trees, member;
} family_member;

/** What one call works with. */
typedef struct family_boosting {
    const perebor_family *family;
    perebor_family_deliver *deliver;
    void *context;
    boost_options options;  /**< Common to the members that are well. */
    family_member *members; /**< [n] ascending by n_trees. */
    size_t n;
    boost_layout own;           /**< Made here, or */
    const boost_layout *layout; /**< that of the family. */
    boost_run run;
    boost_stopping stopping;
    double *scores;          /**< [validation rows] so far. */
    double *training_scores; /**< [training rows], NULL if not asked for: */
    double *all_scores;      /**< the run's, or with rows set aside these. */
    size_t *longer;          /**< [n] members that want more trees. */
} family_boosting;

static int compare_members(const void *left, const void *right) {
    const family_member *a = left;
    const family_member *b = right;
    return a->n_trees != b->n_trees ? (a->n_trees > b->n_trees) - (a->n_trees < b->n_trees)
                                    : (a->member > b->member) - (a->member < b->member);
}

/** Reads the members' settings; a member whose settings are wrong is delivered as failed. */
static perebor_status read_members(family_boosting *boosting, perebor_error *error) {
    const perebor_family *family = boosting->family;
    boosting->members =
        perebor_workspace_take(family->workspace, family->n_members, sizeof *boosting->members);
    if (boosting->members == NULL) {
        return perebor_no_memory(error, "for %zu boostings", family->n_members);
    }
    for (size_t member = 0; member < family->n_members; member++) {
        perebor_error failure;
        boost_options options;
        perebor_status status = boost_options_read(&options, family->settings[member],
                                                   family->training->rows.n_rows, &failure);
        if (status == PEREBOR_OK) {
            boosting->options = options;
            boosting->members[boosting->n++] =
                (family_member){.n_trees = options.n_trees, .member = member};
        } else {
            perebor_fit_report report = {.converged = true};
            boosting->deliver(boosting->context, member, status, failure.message, NULL, NULL,
                              &report);
        }
    }
    if (boosting->n > 1) {
        qsort(boosting->members, boosting->n, sizeof *boosting->members, compare_members);
    }
    return PEREBOR_OK;
}

/** Takes the family's layout, or makes one. */
static perebor_status take_layout(family_boosting *boosting, perebor_error *error) {
    const perebor_family *family = boosting->family;
    boosting->layout = family->layout != NULL ? family->layout : &boosting->own;
    return family->layout != NULL
               ? PEREBOR_OK
               : boost_layout_create(&boosting->own, &boosting->options, family->training,
                                     family->validation, family->workspace, family->workspace,
                                     error);
}

static perebor_status create(family_boosting *boosting, perebor_error *error) {
    perebor_status status;
    const perebor_family *family = boosting->family;
    perebor_workspace *workspace = family->workspace;
    PEREBOR_TRY(done, take_layout(boosting, error));
    const boost_layout *layout = boosting->layout;
    PEREBOR_TRY(done, boost_run_create(
                          &boosting->run, &boosting->options, &layout->scheme, &layout->training,
                          boost_layout_labels(layout, family->training), workspace, error));
    PEREBOR_TRY(done, boost_stopping_create(&boosting->stopping, &boosting->options, layout,
                                            workspace, error));
    boost_stopping_start(&boosting->stopping, &boosting->run);
    boosting->scores =
        perebor_workspace_take(workspace, family->validation->n_rows, sizeof *boosting->scores);
    boosting->longer = perebor_workspace_take(workspace, boosting->n, sizeof *boosting->longer);
    boosting->all_scores = boosting->stopping.on
                               ? perebor_workspace_take(workspace, family->training->rows.n_rows,
                                                        sizeof *boosting->all_scores)
                               : boosting->run.scores;
    if (boosting->scores == NULL || boosting->longer == NULL || boosting->all_scores == NULL) {
        return perebor_no_memory(error, "for the scores of %zu rows", family->validation->n_rows);
    }
    boosting->training_scores = family->score_training ? boosting->all_scores : NULL;
    for (size_t row = 0; row < family->validation->n_rows; row++) {
        boosting->scores[row] = boosting->run.start;
    }
done:
    return status;
}

/** Delivers a point of the learning curves of the members from @p next on. */
static void deliver_parts(const family_boosting *boosting, size_t next, size_t n_trees) {
    const perebor_family *family = boosting->family;
    for (size_t i = next; i < boosting->n; i++) {
        boosting->longer[i - next] = boosting->members[i].member;
    }
    if (next < boosting->n) {
        family->deliver_part(boosting->context, boosting->longer, boosting->n - next, n_trees,
                             boosting->scores, boosting->training_scores, NULL);
    }
}

/** Grows a tree, adds it to the scores, and says whether it was the last. @param[in,out] seconds Of
 * growing and of scoring. */
static perebor_status grow(family_boosting *boosting, size_t tree, double seconds[2], bool *ends,
                           perebor_error *error) {
    perebor_status status;
    const double start = perebor_cpu_seconds();
    PEREBOR_TRY(done, boost_run_grow(&boosting->run, tree, error));
    PEREBOR_TRY(done, boost_stopping_add(&boosting->stopping, &boosting->run, ends, error));
    const double grown = perebor_cpu_seconds();
    PEREBOR_TRY(done, boost_run_add(&boosting->run, &boosting->layout->validation, boosting->scores,
                                    error));
    if (boosting->stopping.on && boosting->training_scores != NULL) {
        boost_stopping_scores(&boosting->stopping, &boosting->run, boosting->training_scores);
    }
    seconds[0] += grown - start;
    seconds[1] += perebor_cpu_seconds() - grown;
done:
    return status;
}

/** Grows one tree after the other. Members that want more trees than there are, once no other is to
 * be grown, have those that there are. @param[in] seconds  Of each member, so far. */
static perebor_status boost(family_boosting *boosting, double seconds, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t next = 0;
    size_t point = 0;
    double score_seconds = 0.0;
    bool ends = false;
    for (size_t tree = 0; next < boosting->n; tree++) {
        const double left = (double)(boosting->n - next);
        double spent[2] = {0.0};
        if (!ends) {
            PEREBOR_TRY(done, grow(boosting, tree, spent, &ends, error));
        }
        seconds += spent[0] / left;
        score_seconds += spent[1] / left;
        for (; next < boosting->n && boosting->members[next].n_trees == tree + 1; next++) {
            const boost_stopping *stopping = &boosting->stopping;
            const perebor_fit_report report = {.converged = true,
                                               .iterations =
                                                   stopping->on ? (uint32_t)stopping->n_trees : 0,
                                               .fit_seconds = seconds,
                                               .score_seconds = score_seconds};
            boosting->deliver(boosting->context, boosting->members[next].member, PEREBOR_OK, "",
                              boosting->scores, boosting->training_scores, &report);
        }
        if (boosting->family->deliver_part != NULL && point < PEREBOR_CURVE_MAX_POINTS &&
            perebor_curve_n_estimators(point) == tree + 1) {
            deliver_parts(boosting, next, tree + 1);
            point++;
        }
    }
done:
    return status;
}

perebor_status boost_score_family(const perebor_family *family, perebor_family_deliver *deliver,
                                  void *context, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_workspace_mark begin = perebor_workspace_here(family->workspace);
    family_boosting boosting = {.family = family, .deliver = deliver, .context = context};
    const double start = perebor_cpu_seconds();
    PEREBOR_TRY(done, read_members(&boosting, error));
    if (boosting.n == 0) {
        goto done;
    }
    PEREBOR_TRY(done, create(&boosting, error));
    PEREBOR_TRY(done,
                boost(&boosting,
                      (family->layout_seconds + perebor_cpu_seconds() - start) / (double)boosting.n,
                      error));
done:
    perebor_workspace_return(family->workspace, begin);
    return status;
}
