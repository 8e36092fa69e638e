// SPDX-License-Identifier: MIT
// Votes of neighbours. No closed form is known, so every coalition is voted on: for a row x and a
// background row z, x on S and z elsewhere. A distance is a sum over columns,
//
//     d(p) = sum over players of (own_j(p) if j is in S, else other_j(p)),
//     own_j(p) = sum over its columns of |x - p|^q, other_j(p) that of |z - p|^q,
//
// and coalitions are the leaves of a binary tree that decides on one player after the other. Below
// a node the sums so far are shared, so that a coalition costs about two additions a point, in
// the order in which the model itself adds. A point whose remaining columns, at their nearest,
// leave it farther away than k points are at their farthest is in no vote below the node: it is
// left out there. What remains near the leaves is hardly more than the k voters.
#include <math.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/try.h"
#include "explain/neighbor_kernel.h"
#include "explain/shapley_forms.h"

/** Bounds are summed in another order than distances are: by so much they are taken too wide. */
static const double slack = 0x1p-40;

/** Points that may still be in a vote, and what their undecided columns add to the distances. */
typedef struct candidates {
    size_t n, stride;
    size_t first;              /**< The first column that is still here. */
    const double *own, *other; /**< [n_columns - first][stride], a player's columns together. */
    const uint32_t *points;    /**< [n] their numbers, rising. */
} candidates;

typedef struct vote_work {
    const explain_shapley *shapley;
    const perebor_neighbors_form *form;
    const neighbor_kernels *kernels;
    perebor_workspace *workspace;
    double *votes;   /**< [2^n_players] by coalition, added up over the background */
    double *weights; /**< [n_players] of |S| = 0 ... n - 1: |S|! (n - |S| - 1)! / n! */
    double
        *guesses; /**< [n_players + 1] limits that served before: of votes, and of each player. */
    bool failed;  /**< No memory, or distances that are not finite. */
} vote_work;

static size_t padded(size_t n) {
    return (n + PEREBOR_LANES - 1) / PEREBOR_LANES * PEREBOR_LANES;
}

/** What a column adds to the distance of a point. */
static double part_of(const perebor_neighbors_form *form, double difference) {
    switch (form->distance) {
    case PEREBOR_DISTANCE_MANHATTAN:
        return fabs(difference);
    case PEREBOR_DISTANCE_EUCLIDEAN:
        return difference * difference;
    case PEREBOR_DISTANCE_MINKOWSKI:
        break;
    }
    return perebor_pow(fabs(difference), form->p);
}

static double root_of(const perebor_neighbors_form *form, double sum) {
    switch (form->distance) {
    case PEREBOR_DISTANCE_MANHATTAN:
        return sum;
    case PEREBOR_DISTANCE_EUCLIDEAN:
        return sqrt(sum);
    case PEREBOR_DISTANCE_MINKOWSKI:
        break;
    }
    return perebor_pow(sum, 1.0 / form->p);
}

/** The parts of all points in all columns. @param[out] parts  [n_columns][stride] */
static void find_parts(const vote_work *work, const perebor_matrix *rows, size_t row, size_t stride,
                       double *parts) {
    const explain_players *players = work->shapley->players;
    const perebor_matrix *points = &work->form->points;
    for (size_t i = 0; i < players->n_prepared; i++) {
        uint32_t column = players->prepared[i];
        double value = perebor_matrix_column(rows, column)[row];
        const double *from = perebor_matrix_column(points, column);
        for (size_t point = 0; point < stride; point++) {
            parts[i * stride + point] =
                point < points->n_rows ? part_of(work->form, value - from[point]) : 0.0;
        }
    }
}

/**
 * A limit below which at least k of the values lie, and not many more where that is easily had;
 * infinity if there is none. What is found with it does not depend on which it is.
 *
 * The search starts from a limit that served a neighbour and goes on by regula falsi, as counts
 * grow evenly between two limits that are near each other.
 */
static double choose_limit(const vote_work *work, const double *values, size_t n, size_t enough,
                           double *guess) {
    size_t k = work->form->k, below_low = 0, below_high = n;
    double low = 0.0, high = INFINITY, middle = *guess;
    for (int step = 0; step < 40; step++) {
        if (!(middle > low && middle < high)) {
            middle = high < INFINITY ? 0.5 * (low + high) : low > 0.0 ? 2.0 * low : 1.0;
        }
        size_t count = work->kernels->count_below(values, n, middle);
        if (count >= k && count <= enough) {
            *guess = middle;
            return middle;
        }
        if (count < k) {
            low = middle;
            below_low = count;
        } else {
            high = middle;
            below_high = count;
        }
        double share = ((double)(k - below_low) + 0.5) / (double)(below_high - below_low);
        middle = high < INFINITY && step % 4 != 3 ? low + share * (high - low) : NAN;
    }
    return high;
}

/** Drops the farthest of the voters, of equally far ones that of the highest number, which is the
 * last. @param[in,out] distances, points  [n] */
static void drop_farthest(double *distances, uint32_t *points, size_t n) {
    size_t farthest = 0;
    for (size_t i = 1; i < n; i++) {
        farthest = distances[i] >= distances[farthest] ? i : farthest;
    }
    for (size_t i = farthest; i + 1 < n; i++) {
        distances[i] = distances[i + 1];
        points[i] = points[i + 1];
    }
}

/** The share of the positive class among the k voters. Where votes weigh 1 / distance and some are
 * at distance zero, only they count. */
static double share_of(const perebor_neighbors_form *form, const double *distances,
                       const uint32_t *points) {
    double all = 0.0, positive = 0.0;
    bool only_zeros = false;
    for (size_t i = 0; i < form->k; i++) {
        only_zeros = only_zeros || (form->by_distance && distances[i] == 0.0);
    }
    for (size_t i = 0; i < form->k; i++) {
        double weight = 1.0;
        if (only_zeros) {
            weight = distances[i] == 0.0 ? 1.0 : 0.0;
        } else if (form->by_distance) {
            weight = 1.0 / root_of(form, distances[i]);
        }
        all += weight;
        positive += form->labels[points[i]] ? weight : 0.0;
    }
    return positive / all;
}

/** Votes on one coalition. */
static void vote(vote_work *work, const candidates *left, const double *sums, size_t coalition) {
    size_t k = work->form->k, n = padded(left->n);
    perebor_workspace *workspace = work->workspace;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    uint32_t *places = perebor_workspace_take(workspace, n + 1, sizeof *places);
    double *distances = perebor_workspace_take(workspace, n, sizeof *distances);
    uint32_t *points = perebor_workspace_take(workspace, n, sizeof *points);
    double limit = choose_limit(work, sums, n, k + 2, &work->guesses[0]);
    size_t n_found = places == NULL || distances == NULL || points == NULL
                         ? 0
                         : work->kernels->find_below(sums, n, limit, places);
    if (n_found < k) {
        work->failed = true;
    } else {
        for (size_t i = 0; i < n_found; i++) {
            distances[i] = sums[places[i]];
            points[i] = left->points[places[i]];
        }
        for (; n_found > k; n_found--) {
            drop_farthest(distances, points, n_found);
        }
        work->votes[coalition] += share_of(work->form, distances, points);
    }
    perebor_workspace_return(workspace, begin);
}

/** Takes the places of an array that are kept. */
static const double *take_places(perebor_workspace *workspace, const double *from, size_t n_arrays,
                                 size_t stride, const uint32_t *places, size_t n) {
    double *kept = perebor_workspace_take(workspace, n_arrays * padded(n), sizeof *kept);
    for (size_t array = 0; kept != NULL && array < n_arrays; array++) {
        double *into = kept + array * padded(n);
        for (size_t i = 0; i < n; i++) {
            into[i] = from[array * stride + places[i]];
        }
        for (size_t i = n; i < padded(n); i++) {
            into[i] = 0.0;
        }
    }
    return kept;
}

/**
 * Leaves out the points that are in no vote below a node.
 *
 * @param[in,out] left  Undecided are the columns from @p first on.
 * @param[in,out] sums  [left->n]
 * @param[in,out] guess  Of a limit.
 */
static void leave_out(vote_work *work, candidates *left, const double **sums, size_t first,
                      double *guess) {
    perebor_workspace *workspace = work->workspace;
    size_t n = padded(left->n), n_columns = work->shapley->players->n_prepared;
    double *low = perebor_workspace_take(workspace, n, sizeof *low);
    double *high = perebor_workspace_take(workspace, n, sizeof *high);
    uint32_t *places = perebor_workspace_take(workspace, n + 1, sizeof *places);
    if (low == NULL || high == NULL || places == NULL) {
        work->failed = true;
        return;
    }
    memcpy(low, *sums, n * sizeof *low);
    memcpy(high, *sums, n * sizeof *high);
    for (size_t i = first; i < n_columns; i++) {
        size_t at = (i - left->first) * left->stride;
        work->kernels->bound(left->own + at, left->other + at, n, low, high);
    }
    size_t k = work->form->k;
    double limit = choose_limit(work, high, n, k + k / 8 + 4, guess) * (1.0 + slack);
    size_t n_kept = work->kernels->count_below(low, n, limit);
    if (4 * n_kept > 3 * left->n) { // moving them would cost more than it saves
        return;
    }
    (void)work->kernels->find_below(low, n, limit, places);
    const double *own = take_places(workspace, left->own + (first - left->first) * left->stride,
                                    n_columns - first, left->stride, places, n_kept);
    const double *other = take_places(workspace, left->other + (first - left->first) * left->stride,
                                      n_columns - first, left->stride, places, n_kept);
    double *kept = perebor_workspace_take(workspace, padded(n_kept), sizeof *kept);
    uint32_t *points = perebor_workspace_take(workspace, n_kept, sizeof *points);
    if (own == NULL || other == NULL || kept == NULL || points == NULL) {
        work->failed = true;
        return;
    }
    for (size_t i = 0; i < padded(n_kept); i++) {
        kept[i] = i < n_kept ? (*sums)[places[i]] : INFINITY;
    }
    for (size_t i = 0; i < n_kept; i++) {
        points[i] = left->points[places[i]];
    }
    *left = (candidates){.n = n_kept,
                         .stride = padded(n_kept),
                         .first = first,
                         .own = own,
                         .other = other,
                         .points = points};
    *sums = kept;
}

/** Decides on the players from @p player on, the others being decided. */
static void decide(vote_work *work, candidates left, const double *sums, size_t player,
                   size_t coalition) {
    const explain_players *players = work->shapley->players;
    perebor_workspace *workspace = work->workspace;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    if (player == players->n_players) {
        vote(work, &left, sums, coalition);
        return;
    }
    size_t first = players->first[player], end = players->first[player + 1];
    if (left.n > work->form->k + PEREBOR_LANES && player + 2 < players->n_players) {
        leave_out(work, &left, &sums, first, &work->guesses[1 + player]);
    }
    double *next = perebor_workspace_take(workspace, padded(left.n), sizeof *next);
    work->failed = work->failed || next == NULL;
    for (size_t present = 0; present < 2 && !work->failed; present++) {
        const double *parts = present == 1 ? left.own : left.other;
        for (size_t i = first; i < end; i++) {
            work->kernels->add(i == first ? sums : next, parts + (i - left.first) * left.stride,
                               padded(left.n), next);
        }
        decide(work, left, next, player + 1, coalition | present << player);
    }
    perebor_workspace_return(workspace, begin);
}

/** Every coalition of one row, over the whole background. */
static perebor_status vote_on_all(vote_work *work, const perebor_matrix *rows, size_t row,
                                  perebor_error *error) {
    perebor_workspace *workspace = work->workspace;
    const perebor_matrix *background = &work->shapley->background;
    size_t n = work->form->points.n_rows, stride = padded(n);
    size_t n_columns = work->shapley->players->n_prepared;
    double *own = perebor_workspace_take(workspace, n_columns * stride, sizeof *own);
    double *other = perebor_workspace_take(workspace, n_columns * stride, sizeof *other);
    double *sums = perebor_workspace_take(workspace, stride, sizeof *sums);
    uint32_t *points = perebor_workspace_take(workspace, n, sizeof *points);
    if (own == NULL || other == NULL || sums == NULL || points == NULL) {
        return perebor_no_memory(error, "for the distances of %zu points", n);
    }
    for (size_t i = 0; i < stride; i++) {
        sums[i] = i < n ? 0.0 : INFINITY;
    }
    for (size_t i = 0; i < n; i++) {
        points[i] = (uint32_t)i;
    }
    for (size_t i = 0; i <= work->shapley->players->n_players; i++) {
        work->guesses[i] = NAN;
    }
    find_parts(work, rows, row, stride, own);
    for (size_t z = 0; z < background->n_rows && !work->failed; z++) {
        find_parts(work, background, z, stride, other);
        const candidates all = {
            .n = n, .stride = stride, .own = own, .other = other, .points = points};
        decide(work, all, sums, 0, 0);
    }
    return !work->failed ? PEREBOR_OK
                         : perebor_fail(error, PEREBOR_ERR_NUMERIC,
                                        "distances overflow, or there is no memory for them: "
                                        "scale the columns");
}

/** phi_i = sum over S without i of |S|! (n - |S| - 1)! / n! (v(S + i) - v(S)). */
static void add_up(const vote_work *work, double *values) {
    size_t n_players = work->shapley->players->n_players;
    double scale = 1.0 / (double)work->shapley->background.n_rows;
    for (size_t player = 0; player < n_players; player++) {
        size_t bit = (size_t)1 << player;
        double sum = 0.0;
        for (size_t coalition = 0; coalition < (size_t)1 << n_players; coalition++) {
            if ((coalition & bit) == 0) {
                size_t size = (size_t)__builtin_popcountll(coalition);
                sum +=
                    work->weights[size] * (work->votes[coalition | bit] - work->votes[coalition]);
            }
        }
        values[player * EXPLAIN_BLOCK] = sum * scale;
    }
}

/** weights[s] = 1 / (n binomial(n - 1, s)) */
static void find_weights(double *weights, size_t n) {
    double binomial = 1.0;
    for (size_t s = 0; s < n; s++) {
        weights[s] = 1.0 / ((double)n * binomial);
        binomial = binomial * (double)(n - 1 - s) / (double)(s + 1);
    }
}

static perebor_status explain(const explain_shapley *shapley, const perebor_matrix *rows,
                              perebor_workspace *workspace, double *values, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t n_players = shapley->players->n_players, n = (size_t)1 << n_players;
    vote_work work = {.shapley = shapley,
                      .form = &shapley->model.form->as.neighbors,
                      .kernels = PEREBOR_KERNEL_PICK(neighbor_kernels),
                      .workspace = workspace,
                      .votes = perebor_workspace_take(workspace, n, sizeof(double)),
                      .weights = perebor_workspace_take(workspace, n_players, sizeof(double)),
                      .guesses = perebor_workspace_take(workspace, n_players + 1, sizeof(double))};
    if (work.votes == NULL || work.weights == NULL || work.guesses == NULL) {
        return perebor_no_memory(error, "for %zu coalitions", n);
    }
    find_weights(work.weights, n_players);
    for (size_t row = 0; row < rows->n_rows; row++) {
        perebor_workspace_mark begin = perebor_workspace_here(workspace);
        memset(work.votes, 0, n * sizeof *work.votes);
        PEREBOR_TRY(done, vote_on_all(&work, rows, row, error));
        add_up(&work, values + row);
        perebor_workspace_return(workspace, begin);
    }
done:
    return status;
}

const shapley_way shapley_neighbors = {.explain = explain};
