// SPDX-License-Identifier: MIT
#include "explain/row_explainer.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/stream.h"
#include "base/try.h"
#include "explain/explained_term.h"

struct row_explainer {
    const perebor_fitted_pipeline *pipeline;
    const perebor_dataset *dataset;
    row_explainer_options options;
    perebor_workspace workspace; /**< Owns players and terms. */
    explain_players players;     /**< Players of all terms. */
    explained_term *terms;       /**< [n_terms] */
    size_t n_terms;
};

static int by_number(const void *left, const void *right) {
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

size_t row_explainer_background(const uint32_t *training, size_t n_training, size_t n,
                                uint64_t seed, uint32_t *background) {
    perebor_stream stream = perebor_stream_make(seed, "explain.background");
    size_t wanted = n < n_training ? n : n_training, chosen = 0;
    // Knuth's algorithm S: of the rows that are left each is taken with chance wanted / left.
    for (size_t i = 0; i < n_training && chosen < wanted; i++) {
        double uniform = perebor_stream_uniform(stream, 0, i);
        if (uniform * (double)(n_training - i) < (double)(wanted - chosen)) {
            background[chosen++] = training[i];
        }
    }
    qsort(background, chosen, sizeof *background, by_number);
    return chosen;
}

static void to_probabilities(const perebor_fitted_pipeline *pipeline, const double *scores,
                             size_t n, double *probabilities) {
    perebor_calibration_apply(perebor_fitted_pipeline_calibration(pipeline),
                              perebor_fitted_pipeline_learner(pipeline), scores, n, probabilities);
}

/** A fiftieth of the standard deviation of what the background scores. */
static perebor_status choose_error(row_explainer *explainer, const uint32_t *background, size_t n,
                                   perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_workspace *workspace = &explainer->workspace;
    double *scores = perebor_workspace_take(workspace, n, sizeof *scores);
    if (scores == NULL) {
        return perebor_no_memory(error, "for %zu background rows", n);
    }
    PEREBOR_TRY(done, (explainer->options.scale == EXPLAIN_SCORE ? perebor_fitted_pipeline_score
                                                                 : perebor_fitted_pipeline_predict)(
                          explainer->pipeline, explainer->dataset, background, n, workspace, scores,
                          error));
    double sum = 0.0, squares = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += scores[i];
    }
    for (size_t i = 0; i < n; i++) {
        double from_mean = scores[i] - sum / (double)n;
        squares += from_mean * from_mean;
    }
    explainer->options.standard_error = sqrt(squares / (double)n) / 50.0;
done:
    return status;
}

/** The path-dependent game of what votes: of every member, on the scale of its own score. */
static perebor_status check_members(const row_explainer *explainer, perebor_error *error) {
    size_t n = perebor_fitted_pipeline_n_members(explainer->pipeline);
    for (size_t k = 0; explainer->options.game == EXPLAIN_PATH_DEPENDENT && k < n; k++) {
        uint32_t weight;
        const perebor_fitted_pipeline *member =
            perebor_fitted_pipeline_member(explainer->pipeline, k, &weight);
        if (perebor_fitted_pipeline_form(member)->kind != PEREBOR_FORM_TREES ||
            !explained_term_is_share(member)) {
            return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                                "the path-dependent game is played on trees whose scores are "
                                "probabilities, and a member of the ensemble is of %s: take "
                                "--game interventional",
                                perebor_fitted_pipeline_learner(member)->name);
        }
    }
    return PEREBOR_OK;
}

/** Starts a term of up to @p n members, none of which it has yet. */
static perebor_status add_term(row_explainer *explainer, size_t n, double factor,
                               explain_scale scale, explained_term **term, perebor_error *error) {
    perebor_workspace *workspace = &explainer->workspace;
    explained_term *added = &explainer->terms[explainer->n_terms];
    *added = (explained_term){
        .members = perebor_workspace_take(workspace, n, sizeof(const perebor_fitted_pipeline *)),
        .weights = perebor_workspace_take(workspace, n, sizeof(double)),
        .scale = scale,
        .factor = factor};
    if (added->members == NULL || added->weights == NULL) {
        return perebor_no_memory(error, "to explain %zu members", n);
    }
    explainer->n_terms++;
    *term = added;
    return PEREBOR_OK;
}

static void add_member(explained_term *term, const perebor_fitted_pipeline *member, double weight) {
    term->members[term->n_members] = member;
    term->weights[term->n_members++] = weight;
}

/** Where a term's players are among those of all. */
static perebor_status find_places(row_explainer *explainer, explained_term *term,
                                  perebor_error *error) {
    size_t n = term->players.n_players, at = 0;
    term->places = perebor_workspace_take(&explainer->workspace, n, sizeof *term->places);
    if (term->places == NULL) {
        return perebor_no_memory(error, "for %zu players", n);
    }
    for (size_t player = 0; player < n; player++) { // sources of both rise
        while (explainer->players.sources[at] != term->players.sources[player]) {
            at++;
        }
        term->places[player] = (uint32_t)at;
    }
    return PEREBOR_OK;
}

/** What terms are made with. */
typedef struct term_source {
    const uint32_t *background;
    size_t n_background;
    explain_shapley_options shapley;
} term_source;

static perebor_status make_term(row_explainer *explainer, const term_source *source,
                                explained_term *term, perebor_error *error) {
    return explained_term_make(term, explainer->dataset, source->background, source->n_background,
                               &source->shapley, &explainer->workspace, error);
}

/** A term for each member whose values are exact, and one for all others. */
static perebor_status make_votes(row_explainer *explainer, const term_source *source,
                                 perebor_error *error) {
    perebor_status status;
    const perebor_fitted_pipeline *pipeline = explainer->pipeline;
    size_t n = perebor_fitted_pipeline_n_members(pipeline);
    double total = 0.0;
    uint32_t weight;
    explained_term *term = NULL, *others = NULL;
    for (size_t k = 0; k < n; k++) {
        (void)perebor_fitted_pipeline_member(pipeline, k, &weight);
        total += weight;
    }
    PEREBOR_TRY(done, check_members(explainer, error));
    PEREBOR_TRY(done, add_term(explainer, n, 1.0, EXPLAIN_PROBABILITY, &others, error));
    assert(others != NULL);
    others->is_sum = true;
    for (size_t k = 0; k < n; k++) {
        const perebor_fitted_pipeline *member =
            perebor_fitted_pipeline_member(pipeline, k, &weight);
        double share = weight / total;
        if (!explained_term_is_share(member)) {
            add_member(others, member, share);
            continue;
        }
        PEREBOR_TRY(done, add_term(explainer, 1, share, EXPLAIN_PROBABILITY, &term, error));
        assert(term != NULL);
        add_member(term, member, 1.0);
        PEREBOR_TRY(done, make_term(explainer, source, term, error));
        if (explain_shapley_is_exact(term->shapley)) {
            PEREBOR_TRY(done, find_places(explainer, term, error));
        } else {
            explained_term_release(term);
            explainer->n_terms--;
            add_member(others, member, share);
        }
    }
    if (others->n_members > 0) {
        PEREBOR_TRY(done, make_term(explainer, source, others, error));
        status = find_places(explainer, others, error);
    }
done:
    return status;
}

static perebor_status make(row_explainer *explainer, const uint32_t *background,
                           size_t n_background, perebor_error *error) {
    perebor_status status;
    row_explainer_options *options = &explainer->options;
    const perebor_fitted_pipeline *pipeline = explainer->pipeline;
    size_t n = perebor_fitted_pipeline_n_members(pipeline);
    explained_term *term = NULL;
    explainer->terms =
        perebor_workspace_take_zeroed(&explainer->workspace, n + 1, sizeof(explained_term));
    if (explainer->terms == NULL) {
        return perebor_no_memory(error, "to explain %zu members", n);
    }
    PEREBOR_TRY(done,
                explained_players_of(&explainer->players, pipeline, &explainer->workspace, error));
    if (options->standard_error == 0.0) {
        PEREBOR_TRY(done, choose_error(explainer, background, n_background, error));
    }
    const term_source source = {.background = background,
                                .n_background = n_background,
                                .shapley = {.game = options->game,
                                            .standard_error = options->standard_error,
                                            .most_rounds = options->most_rounds,
                                            .seed = options->seed,
                                            .sample = options->draws}};
    if (n > 0) {
        status = make_votes(explainer, &source, error);
        goto done;
    }
    PEREBOR_TRY(done, add_term(explainer, 1, 1.0, options->scale, &term, error));
    assert(term != NULL);
    add_member(term, pipeline, 1.0);
    status = make_term(explainer, &source, term, error);
done:
    return status;
}

perebor_status row_explainer_create(row_explainer **explainer,
                                    const perebor_fitted_pipeline *pipeline,
                                    const perebor_dataset *dataset, const uint32_t *background,
                                    size_t n_background, const row_explainer_options *options,
                                    perebor_error *error) {
    row_explainer *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return perebor_no_memory(error, "to explain a model");
    }
    *made = (row_explainer){.pipeline = pipeline, .dataset = dataset, .options = *options};
    made->options.scale = row_explainer_scale(pipeline, options->scale);
    perebor_status status = make(made, background, n_background, error);
    if (status != PEREBOR_OK) {
        row_explainer_free(made);
        return status;
    }
    *explainer = made;
    return PEREBOR_OK;
}

explain_scale row_explainer_scale(const perebor_fitted_pipeline *pipeline, explain_scale asked) {
    return perebor_fitted_pipeline_n_members(pipeline) > 0 ? EXPLAIN_PROBABILITY : asked;
}

void row_explainer_turn_to(row_explainer *explainer, const perebor_dataset *dataset) {
    explainer->dataset = dataset;
}

void row_explainer_free(row_explainer *explainer) {
    if (explainer != NULL) {
        for (size_t i = 0; i < explainer->n_terms; i++) {
            explained_term_release(&explainer->terms[i]);
        }
        perebor_workspace_release(&explainer->workspace);
        free(explainer);
    }
}

const explain_players *row_explainer_players(const row_explainer *explainer) {
    return &explainer->players;
}

double row_explainer_baseline(const row_explainer *explainer) {
    double sum = 0.0;
    if (explainer->terms[0].places == NULL && explainer->n_terms == 1) {
        return explain_shapley_baseline(explainer->terms[0].shapley);
    }
    for (size_t i = 0; i < explainer->n_terms; i++) {
        const explained_term *term = &explainer->terms[i];
        sum += term->n_members > 0 ? term->factor * explain_shapley_baseline(term->shapley) : 0.0;
    }
    return sum;
}

double row_explainer_baseline_probability(const row_explainer *explainer) {
    double baseline = row_explainer_baseline(explainer);
    if (explainer->options.scale == EXPLAIN_SCORE) {
        to_probabilities(explainer->pipeline, &baseline, 1, &baseline);
    }
    return baseline;
}

bool row_explainer_is_exact(const row_explainer *explainer) {
    bool exact = true;
    for (size_t i = 0; i < explainer->n_terms; i++) {
        const explained_term *term = &explainer->terms[i];
        exact = exact && (term->n_members == 0 || explain_shapley_is_exact(term->shapley));
    }
    return exact;
}

double row_explainer_grain(const row_explainer *explainer) {
    return row_explainer_is_exact(explainer) // of what votes there is none: shares have none
               ? perebor_fitted_pipeline_form(explainer->pipeline)->grain
               : 0.0;
}

double row_explainer_standard_error(const row_explainer *explainer) {
    return explainer->options.standard_error;
}

/** The rows of a block. */
typedef struct block {
    const uint32_t *rows;
    uint64_t keys[EXPLAIN_BLOCK];
    size_t n;
} block;

/** Adds what a term says. Errors are of one term at most: the others are exact. */
static perebor_status add_values(const row_explainer *explainer, const explained_term *term,
                                 const block *block, perebor_workspace *workspace,
                                 row_explanation *explained, perebor_error *error) {
    perebor_status status;
    size_t n = term->players.n_players;
    perebor_matrix prepared;
    explain_shapley_row shapley[EXPLAIN_BLOCK] = {{0}};
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    double *room = perebor_workspace_take(workspace, 2 * n * block->n, sizeof *room);
    if (room == NULL) {
        return perebor_no_memory(error, "to explain %zu rows", block->n);
    }
    for (size_t i = 0; i < block->n; i++) {
        shapley[i].values = room + 2 * i * n;
        shapley[i].standard_error = room + (2 * i + 1) * n;
    }
    PEREBOR_TRY(done, explained_term_prepare(term, explainer->dataset, block->rows, block->n,
                                             workspace, &prepared, error));
    PEREBOR_TRY(done, explain_shapley_rows(term->shapley, &prepared, block->keys, workspace,
                                           shapley, error));
    for (size_t i = 0; i < block->n; i++) {
        for (size_t player = 0; player < n; player++) {
            size_t place = term->places[player];
            explained[i].shapley.values[place] += term->factor * shapley[i].values[player];
            explained[i].shapley.standard_error[place] +=
                term->factor * shapley[i].standard_error[player];
        }
        explained[i].shapley.n_rounds += shapley[i].n_rounds;
    }
done:
    perebor_workspace_return(workspace, begin);
    return status;
}

/** Values of what votes: the terms' added up, in their order. */
static perebor_status add_all(const row_explainer *explainer, const block *block,
                              perebor_workspace *workspace, row_explanation *explained,
                              double *scores, perebor_error *error) {
    perebor_status status;
    size_t n_bytes = explainer->players.n_players * sizeof(double);
    PEREBOR_TRY(done,
                perebor_fitted_pipeline_score(explainer->pipeline, explainer->dataset, block->rows,
                                              block->n, workspace, scores, error));
    for (size_t i = 0; i < block->n; i++) {
        memset(explained[i].shapley.values, 0, n_bytes);
        memset(explained[i].shapley.standard_error, 0, n_bytes);
        explained[i].shapley.n_rounds = 0;
    }
    for (size_t i = 0; i < explainer->n_terms; i++) {
        if (explainer->terms[i].n_members > 0) {
            PEREBOR_TRY(done, add_values(explainer, &explainer->terms[i], block, workspace,
                                         explained, error));
        }
    }
done:
    return status;
}

/** A pipeline that does not vote: prepared once. */
static perebor_status explain_alone(const row_explainer *explainer, const block *block,
                                    perebor_workspace *workspace, row_explanation *explained,
                                    double *scores, perebor_error *error) {
    perebor_status status;
    perebor_matrix prepared;
    const explained_term *term = &explainer->terms[0];
    explain_shapley_row shapley[EXPLAIN_BLOCK] = {{0}};
    for (size_t i = 0; i < block->n; i++) {
        shapley[i] = explained[i].shapley;
    }
    PEREBOR_TRY(done, explained_term_prepare(term, explainer->dataset, block->rows, block->n,
                                             workspace, &prepared, error));
    PEREBOR_TRY(done, perebor_fitted_pipeline_score_prepared(explainer->pipeline, &prepared,
                                                             workspace, scores, error));
    PEREBOR_TRY(done, explain_shapley_rows(term->shapley, &prepared, block->keys, workspace,
                                           shapley, error));
    for (size_t i = 0; i < block->n; i++) {
        explained[i].shapley = shapley[i];
    }
done:
    return status;
}

perebor_status row_explainer_rows(const row_explainer *explainer, const uint32_t *rows,
                                  size_t n_rows, perebor_workspace *workspace,
                                  row_explanation *explained, perebor_error *error) {
    perebor_status status;
    block block = {.rows = rows, .n = n_rows};
    double scores[EXPLAIN_BLOCK], probabilities[EXPLAIN_BLOCK];
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    for (size_t i = 0; i < n_rows; i++) {
        block.keys[i] = rows[i];
    }
    PEREBOR_TRY(done, (perebor_fitted_pipeline_n_members(explainer->pipeline) > 0 ? add_all
                                                                                  : explain_alone)(
                          explainer, &block, workspace, explained, scores, error));
    to_probabilities(explainer->pipeline, scores, n_rows, probabilities);
    for (size_t i = 0; i < n_rows; i++) {
        explained[i].score = scores[i];
        explained[i].probability = probabilities[i];
    }
done:
    perebor_workspace_return(workspace, begin);
    return status;
}
