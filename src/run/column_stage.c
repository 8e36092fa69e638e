// SPDX-License-Identifier: MIT
#include "run/column_stage.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "exec/job.h"
#include "run/asked_changes.h"
#include "run/column_work.h"
#include "run/explain_job.h"
#include "run/shared_model.h"
#include "trial/select.h"

/** Rows that are asked at most: twice each by shapes; times one another by interactions. */
enum { most_shape_rows = 2000, most_pair_rows = 80 };

column_stage_options column_stage_defaults(void) {
    return (column_stage_options){.permutes = true,
                                  .drops = true,
                                  .n_repeats = 5,
                                  .n_retrained = 1,
                                  .local_effects = true,
                                  .n_points = 21,
                                  .scale = EXPLAIN_PROBABILITY,
                                  .threshold = NAN};
}

void column_stage_asks(const column_stage_options *options, bool values,
                       bool asked[COLUMN_GROUPS]) {
    asked[COLUMN_IMPORTANCE] = options->permutes || options->drops || values;
    asked[COLUMN_SHAPE] = options->local_effects || options->dependence || options->n_single > 0;
    asked[COLUMN_INTERACTION] = options->interactions;
    asked[COLUMN_CHANGE] = options->changes;
}

static int by_number(const void *left, const void *right) {
    const uint64_t *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

/** Rank 0: which trials are fitted without a column. */
static perebor_status choose_retrained(column_work *work, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_trials *trials = work->source->result->trials;
    select_ranked *ranked = NULL;
    size_t n = 1;
    if (work->options->n_retrained > 1) {
        PEREBOR_TRY(done, select_top(trials, work->options->n_retrained, &ranked, &n, error));
    }
    work->retrained = calloc(n + 1, sizeof *work->retrained);
    if (work->retrained == NULL) {
        status = perebor_no_memory(error, "for %zu trials", n);
        goto done;
    }
    work->n_retrained = n;
    work->retrained[0] = work->recipe.trials[0];
    for (size_t i = 0; ranked != NULL && i < n; i++) {
        work->retrained[i] = trials->first_trial + ranked[i].row;
    }
    qsort(work->retrained, n, sizeof *work->retrained, by_number);
done:
    free(ranked);
    return status;
}

/** Rank 0: loads the model, and what it was fitted of. */
static perebor_status load(column_work *work, perebor_error *error) {
    perebor_status status;
    const h5_node *model = NULL;
    const column_stage_source *source = work->source;
    PEREBOR_TRY(done, shared_model_load(work->shared, &model, source->result, source->file, error));
    work->study = work->shared->study;
    work->pipeline = work->shared->pipeline;
    status = model_recipe_read(&work->recipe, source->result, model, work->pipeline, source->file,
                               error);
done:
    return status;
}

/** Changes are asked, or columns are named that may be changed: whether there are such columns. */
static perebor_status check_changes(const column_work *work, perebor_error *error) {
    const column_stage_options *options = work->options;
    change_space space = {0};
    if (!options->changes && options->n_actionable == 0) {
        return PEREBOR_OK;
    }
    perebor_status status = asked_space(&space, options, work->study, error);
    if (status == PEREBOR_OK && space.n_domains == 0) {
        status = perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                              "nothing is actionable: name columns with --actionable, or in the "
                              "experiment under explain.actionable");
    }
    change_space_release(&space);
    return status;
}

/** Rank 0: whether what is asked can be answered, as far as can be said without computing it. */
static perebor_status check(const column_work *work, perebor_error *error) {
    const column_stage_options *options = work->options;
    if (work->recipe.votes && options->n_retrained > 1) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "--retrain goes with the model of one trial: of an ensemble all of "
                            "its trials are fitted again");
    }
    perebor_status status =
        options->sklearn ? importance_check_seed(work->study->experiment->seed, error) : PEREBOR_OK;
    return status == PEREBOR_OK ? check_changes(work, error) : status;
}

/** Rank 0: loads the model, and finds what is there already. */
static perebor_status begin(column_work *work, perebor_error *error) {
    perebor_status status;
    bool asked[COLUMN_GROUPS];
    PEREBOR_TRY(done, load(work, error));
    PEREBOR_TRY(done, check(work, error));
    PEREBOR_TRY(done, choose_retrained(work, error));
    column_stage_asks(work->options, work->source->values != NULL, asked);
    for (int group = 0; group < COLUMN_GROUPS; group++) {
        bool is_there = false;
        if (asked[group]) {
            PEREBOR_TRY(done, column_group_is_there(work, (column_group)group, &is_there, error));
        }
        work->wanted[group] = asked[group] && !is_there;
    }
    // Directions are those of the Shapley values; without any, of the shapes, whatever is there.
    work->needs_shapes = work->wanted[COLUMN_SHAPE] ||
                         (work->wanted[COLUMN_IMPORTANCE] && work->source->values == NULL);
done:
    return status;
}

/** Tells every rank what rank 0 found. */
static perebor_status tell(column_work *work, perebor_error *error) {
    perebor_status status;
    perebor_ranks *ranks = work->ranks;
    PEREBOR_TRY(done, perebor_ranks_broadcast(ranks, work->wanted, sizeof work->wanted, error));
    PEREBOR_TRY(done, perebor_ranks_broadcast(ranks, &work->needs_shapes, sizeof work->needs_shapes,
                                              error));
    PEREBOR_TRY(done, model_recipe_share(&work->recipe, ranks, error));
    PEREBOR_TRY(
        done, perebor_ranks_broadcast(ranks, &work->n_retrained, sizeof work->n_retrained, error));
    status = PEREBOR_OK;
    if (ranks->rank != 0) {
        work->retrained = calloc(work->n_retrained + 1, sizeof *work->retrained);
        status = work->retrained != NULL ? PEREBOR_OK : perebor_no_memory(error, "for trials");
    }
    PEREBOR_TRY(done, perebor_ranks_agree(ranks, status, error));
    status = perebor_ranks_broadcast(ranks, work->retrained,
                                     work->n_retrained * sizeof *work->retrained, error);
done:
    return status;
}

/** Rows of the training part, evenly spaced. */
static perebor_status pick_rows(const column_work *work, size_t most, uint32_t **rows, size_t *n,
                                perebor_error *error) {
    size_t all = work->study->split.n_train, wanted = all < most ? all : most;
    uint32_t *picked = calloc(wanted + 1, sizeof *picked);
    if (picked == NULL) {
        return perebor_no_memory(error, "for %zu rows", wanted);
    }
    for (size_t i = 0; i < wanted; i++) {
        picked[i] = work->study->split.train[i * all / wanted];
    }
    *rows = picked;
    *n = wanted;
    return PEREBOR_OK;
}

static perebor_status begin_importance(column_work *work, perebor_error *error) {
    const column_stage_options *options = work->options;
    const perebor_study *study = work->study;
    const importance_question question = {
        .dataset = study->dataset,
        .split = &study->split,
        .folds = &study->folds,
        .evaluator = study->evaluator,
        .metric = study->experiment->metrics.items[0],
        .recipe = model_recipe_of(&work->recipe),
        .pipeline = study->pipeline,
        .space = study->experiment->space,
        .trials = work->source == NULL ? NULL : work->source->result->trials,
        .seed = study->experiment->seed,
        .permutes = options->permutes,
        .drops = options->drops,
        .n_repeats = options->n_repeats,
        .retrained = work->retrained,
        .n_retrained = (size_t)work->n_retrained,
        .paths = &study->paths,
        .sklearn_model = options->sklearn ? work->pipeline : NULL};
    return importance_begin(&work->importance, &question, error);
}

static perebor_status begin_shapes(column_work *work, perebor_error *error) {
    const column_stage_options *options = work->options;
    perebor_status status = pick_rows(work, most_shape_rows, &work->rows, &work->n_rows, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    const shapes_question question = {
        .pipeline = work->pipeline,
        .scale = options->scale,
        .dataset = work->study->dataset,
        .rows = work->rows,
        .n_rows = work->n_rows,
        .n_points = options->n_points,
        .dependence = options->dependence,
        .n_single = options->n_single < work->n_rows ? options->n_single : work->n_rows};
    return column_shapes_begin(&work->shapes, &question, error);
}

static perebor_status begin_pairs(column_work *work, perebor_error *error) {
    perebor_status status =
        pick_rows(work, most_pair_rows, &work->pair_rows, &work->n_pair_rows, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    if (work->rows == NULL) { // else they have been picked for shapes
        status = pick_rows(work, most_shape_rows, &work->rows, &work->n_rows, error);
        if (status != PEREBOR_OK) {
            return status;
        }
    }
    const pairs_question question = {.pipeline = work->pipeline,
                                     .scale = work->options->scale,
                                     .dataset = work->study->dataset,
                                     .rows = work->pair_rows,
                                     .n_rows = work->n_pair_rows,
                                     .tree_rows = work->rows,
                                     .n_tree_rows = work->n_rows};
    return column_pairs_begin(&work->pairs, &question, error);
}

static perebor_status begin_changes(column_work *work, perebor_error *error) {
    perebor_status status = asked_space(&work->space, work->options, work->study, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    const changes_question question =
        asked_changes(work->options, work->study, work->pipeline, &work->recipe, &work->space);
    return row_changes_begin(&work->changes, &question, error);
}

/** On every rank: the parts that are wanted. */
static perebor_status make_ready(column_work *work, perebor_error *error) {
    perebor_status status;
    PEREBOR_TRY(done, model_recipe_resolve(&work->recipe, work->study, error));
    if (work->wanted[COLUMN_IMPORTANCE]) {
        PEREBOR_TRY(done, begin_importance(work, error));
    }
    if (work->needs_shapes) {
        PEREBOR_TRY(done, begin_shapes(work, error));
    }
    if (work->wanted[COLUMN_INTERACTION]) {
        PEREBOR_TRY(done, begin_pairs(work, error));
    }
    if (work->wanted[COLUMN_CHANGE]) {
        status = begin_changes(work, error);
    }
done:
    return status;
}

/** Everything but pairs, whose columns' effects are found here. */
static perebor_status first_round(column_work *work, perebor_error *error) {
    explain_part parts[COLUMN_GROUPS];
    size_t n = 0;
    if (work->wanted[COLUMN_IMPORTANCE]) {
        parts[n++] = importance_part(&work->importance);
    }
    if (work->needs_shapes) {
        parts[n++] = column_shapes_part(&work->shapes);
    }
    if (work->wanted[COLUMN_INTERACTION]) {
        parts[n++] = column_pairs_effects(&work->pairs);
    }
    if (work->wanted[COLUMN_CHANGE]) {
        parts[n++] = row_changes_part(&work->changes);
    }
    return explain_job_run(work->ranks, parts, n, work->n_threads, work->options->watch, error);
}

static perebor_status second_round(column_work *work, perebor_error *error) {
    perebor_status status;
    column_pairs *pairs = &work->pairs;
    PEREBOR_TRY(done, perebor_ranks_broadcast(
                          work->ranks, pairs->effects,
                          pairs->n_columns * work->n_pair_rows * sizeof *pairs->effects, error));
    PEREBOR_TRY(done, perebor_ranks_agree(work->ranks, column_pairs_choose(pairs, error), error));
    explain_part part = column_pairs_part(pairs);
    PEREBOR_TRY(
        done, explain_job_run(work->ranks, &part, 1, work->n_threads, work->options->watch, error));
    column_pairs_rank(pairs);
done:
    return status;
}

static perebor_status compute(column_work *work, perebor_error *error) {
    perebor_status status;
    perebor_ranks *ranks = work->ranks;
    PEREBOR_TRY(done, shared_model_share(work->shared, ranks, error));
    work->study = work->shared->study;
    work->pipeline = work->shared->pipeline;
    PEREBOR_TRY(done, perebor_ranks_choose_threads(ranks, work->options->n_threads,
                                                   work->options->oversubscribe, &work->n_threads,
                                                   error));
    PEREBOR_TRY(done, perebor_ranks_agree(ranks, make_ready(work, error), error));
    PEREBOR_TRY(done, first_round(work, error));
    if (work->wanted[COLUMN_INTERACTION]) {
        PEREBOR_TRY(done, second_round(work, error));
    }
    if (ranks->rank == 0) {
        status = column_work_put(work, error);
    }
done:
    return status;
}

/** Frees the work, or leaves it to a thread that hangs in it until the process ends. */
static void release(column_work *work) {
    if (perebor_job_hangs(work->ranks)) {
        return;
    }
    importance_release(&work->importance);
    column_shapes_release(&work->shapes);
    column_pairs_release(&work->pairs);
    row_changes_release(&work->changes);
    change_space_release(&work->space);
    model_recipe_release(&work->recipe);
    free(work->retrained);
    free(work->rows);
    free(work->pair_rows);
    free(work);
}

perebor_status column_stage_check(shared_model *shared, const column_stage_source *source,
                                  const column_stage_options *options, perebor_error *error) {
    perebor_status status;
    column_work work = {.shared = shared, .source = source, .options = options};
    PEREBOR_TRY(done, load(&work, error));
    status = check(&work, error);
done:
    model_recipe_release(&work.recipe);
    return status;
}

perebor_status column_stage_make(perebor_ranks *ranks, shared_model *shared,
                                 const column_stage_source *source,
                                 const column_stage_options *options, perebor_status ready,
                                 bool *made, perebor_error *error) {
    bool any = false;
    column_work *work = calloc(1, sizeof *work);
    perebor_status status =
        work != NULL ? PEREBOR_OK : perebor_no_memory(error, "for an explanation");
    status =
        perebor_ranks_agree(ranks, ranks->rank == 0 && ready != PEREBOR_OK ? ready : status, error);
    if (status != PEREBOR_OK || work == NULL) {
        free(work);
        return status;
    }
    *work = (column_work){.ranks = ranks,
                          .shared = shared,
                          .source = ranks->rank == 0 ? source : NULL,
                          .options = options};
    PEREBOR_TRY(done, perebor_ranks_agree(ranks, ranks->rank == 0 ? begin(work, error) : PEREBOR_OK,
                                          error));
    PEREBOR_TRY(done, tell(work, error));
    for (int group = 0; group < COLUMN_GROUPS; group++) {
        any = any || work->wanted[group];
    }
    if (any) {
        PEREBOR_TRY(done, compute(work, error));
    }
    *made = any;
done:
    release(work);
    return status; // NOLINT(clang-analyzer-unix.Malloc): a thread that hangs keeps it
}
