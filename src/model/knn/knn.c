// SPDX-License-Identifier: MIT
//
// k nearest neighbours, scikit-learn's KNeighborsClassifier with algorithm="brute".
//
// Distances are summed column by column in double. Neighbours are ordered by (distance, number of
// the training row): scikit-learn leaves the order of ties to its selection algorithm, and scores
// that depend on it differ between its versions; here the lower row comes first, always. Distances
// are compared before the root is taken, which orders them alike.
//
// One list of the most neighbours that any member of a family asks for serves them all, since the
// k nearest are the head of any longer list. Votes are summed from the nearest on, so that every
// prefix has the bits that its own sum would have.
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/cpu_time.h"
#include "base/try.h"
#include "model/knn/knn_cost.h"
#include "model/knn/knn_learner.h"
#include "model/knn/knn_model.h"
#include "model/knn/knn_neighbors.h"

enum { N_NEIGHBORS, WEIGHTS, METRIC, P, N_SETTINGS };

static const char *const weights_choices[] = {"uniform", "distance", NULL};
static const char *const metric_choices[] = {"minkowski", "manhattan", "euclidean", NULL};

static const perebor_setting knn_settings[] = {
    [N_NEIGHBORS] = {.name = "n_neighbors",
                     .simpler = PEREBOR_SIMPLER_MORE,
                     .summary = "how many neighbours vote",
                     .default_value = {.kind = PEREBOR_VALUE_INTEGER, .as.integer = 5},
                     .min = 1,
                     .max = 1e9},
    [WEIGHTS] = {.name = "weights",
                 .summary = "votes count alike, or by the inverse of the distance",
                 .default_value = {.kind = PEREBOR_VALUE_TEXT, .as.text = "uniform"},
                 .choices = weights_choices},
    [METRIC] = {.name = "metric",
                .part_of_key = true,
                .summary = "distance; minkowski has the exponent p",
                .default_value = {.kind = PEREBOR_VALUE_TEXT, .as.text = "minkowski"},
                .choices = metric_choices},
    [P] = {.name = "p",
           .part_of_key = true,
           .summary = "exponent of minkowski: 1 is manhattan, 2 euclidean",
           .default_value = {.kind = PEREBOR_VALUE_REAL, .as.real = 2.0},
           .min = 1.0,
           .max = 100.0},
};

static knn_options knn_options_read(const perebor_value *settings) {
    knn_options options = {.k = (size_t)settings[N_NEIGHBORS].as.integer,
                           .by_distance = strcmp(settings[WEIGHTS].as.text, "distance") == 0,
                           .p = settings[P].as.real};
    const char *metric = settings[METRIC].as.text;
    bool minkowski = strcmp(metric, "minkowski") == 0;
    if (strcmp(metric, "manhattan") == 0 || (minkowski && options.p == 1.0)) {
        options.metric = KNN_MANHATTAN;
        options.p = 1.0;
    } else if (!minkowski || options.p == 2.0) {
        options.metric = KNN_EUCLIDEAN;
        options.p = 2.0;
    } else {
        options.metric = KNN_MINKOWSKI;
    }
    return options;
}

static perebor_status check_k(size_t k, size_t n_rows, perebor_error *error) {
    if (k > n_rows) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "n_neighbors is %zu, but there are only %zu training rows", k, n_rows);
    }
    return PEREBOR_OK;
}

/** The distance itself. */
static double root(const knn_options *options, double sum) {
    switch (options->metric) {
    case KNN_MANHATTAN:
        return sum;
    case KNN_EUCLIDEAN:
        return sqrt(sum);
    case KNN_MINKOWSKI:
        return perebor_pow(sum, 1.0 / options->p);
    case KNN_ROUGH_MINKOWSKI: // orders no neighbours
        break;
    }
    return sum;
}

/**
 * Shares of the positive class among the first 1, 2, … n neighbours.
 *
 * @param[out] shares  [n]
 */
static void vote(const knn_options *options, const uint8_t *labels, const knn_neighbor *neighbors,
                 size_t n, double *shares) {
    double all = 0.0;
    double positive = 0.0;
    // Where some neighbours are at distance zero, only they count.
    bool only_zeros = options->by_distance && neighbors[0].distance == 0.0;
    for (size_t i = 0; i < n; i++) {
        double weight = 1.0;
        if (only_zeros) {
            weight = neighbors[i].distance == 0.0 ? 1.0 : 0.0;
        } else if (options->by_distance) {
            weight = 1.0 / root(options, neighbors[i].distance);
        }
        all += weight;
        positive += labels[neighbors[i].row] ? weight : 0.0;
        shares[i] = positive / all;
    }
}

/** Scores for several k and both weights from one list. */
typedef struct voting {
    const knn_options *options; /**< Those of the metric. */
    const uint8_t *labels;
    double *shares;   /**< [k] */
    size_t n_members; /**< Members that share the metric. */
    const knn_options *members;
    double **scores; /**< [n_members][n_queries] */
} voting;

static void receive_neighbors(void *context, size_t query, const knn_neighbor *neighbors,
                              size_t k) {
    voting *votes = context;
    for (int by_distance = 0; by_distance < 2; by_distance++) {
        knn_options options = *votes->options;
        options.by_distance = by_distance == 1;
        bool voted = false;
        for (size_t member = 0; member < votes->n_members; member++) {
            if (votes->members[member].by_distance != options.by_distance) {
                continue;
            }
            if (!voted) {
                vote(&options, votes->labels, neighbors, k, votes->shares);
                voted = true;
            }
            votes->scores[member][query] = votes->shares[votes->members[member].k - 1];
        }
    }
}

/** Scores rows for every member. */
static perebor_status score_members(const knn_points *points, const uint8_t *labels,
                                    const perebor_matrix *rows, const knn_options *members,
                                    size_t n_members, perebor_workspace *workspace, double **scores,
                                    perebor_error *error) {
    size_t most = 1;
    for (size_t member = 0; member < n_members; member++) {
        most = members[member].k > most ? members[member].k : most;
    }
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    voting votes = {.options = &members[0],
                    .labels = labels,
                    .shares = perebor_workspace_take(workspace, most, sizeof(double)),
                    .n_members = n_members,
                    .members = members,
                    .scores = scores};
    if (votes.shares == NULL) {
        return perebor_no_memory(error, "for %zu votes", most);
    }
    perebor_status status = knn_neighbors_find(points, members[0].metric, members[0].p, rows, most,
                                               workspace, receive_neighbors, &votes, error);
    perebor_workspace_return(workspace, begin);
    return status;
}

static perebor_status fit(perebor_model **model, const perebor_training *training,
                          const perebor_value *settings, perebor_workspace *workspace,
                          perebor_fit_report *report, perebor_error *error) {
    perebor_status status;
    double begin = perebor_cpu_seconds();
    perebor_model *result = perebor_workspace_take(workspace, 1, sizeof *result);
    uint8_t *labels = perebor_workspace_take(workspace, training->rows.n_rows, sizeof *labels);
    if (result == NULL || labels == NULL) {
        return perebor_no_memory(error, "for a model");
    }
    memcpy(labels, training->labels, training->rows.n_rows);
    knn_options options = knn_options_read(settings);
    PEREBOR_TRY(done, check_k(options.k, training->rows.n_rows, error));
    *result = (perebor_model){.labels = labels, .options = options};
    PEREBOR_TRY(done, knn_points_create(&result->points, &training->rows, workspace, error));
    *report = (perebor_fit_report){.converged = true, .fit_seconds = perebor_cpu_seconds() - begin};
    *model = result;
done:
    return status;
}

static perebor_status score(const perebor_model *model, const perebor_matrix *rows,
                            perebor_workspace *workspace, double *scores, perebor_error *error) {
    if (rows->n_columns != model->points.n_columns) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "nearest neighbours of %zu columns cannot score rows of %zu",
                            model->points.n_columns, rows->n_columns);
    }
    return score_members(&model->points, model->labels, rows, &model->options, 1, workspace,
                         &scores, error);
}

/** FNV-1a over what decides the order of neighbours. */
static uint64_t share_key(const perebor_value *settings) {
    knn_options options = knn_options_read(settings);
    uint64_t hash = 14695981039346656037u;
    hash = (hash ^ (uint64_t)options.metric) * 1099511628211u;
    return (hash ^ arithmetic_to_bits(options.p)) * 1099511628211u;
}

static double cost(const perebor_value *settings, const perebor_table_shape *shape) {
    knn_options options = knn_options_read(settings);
    return knn_cost(&options, shape);
}

static double marginal_cost(const perebor_value *settings, const perebor_table_shape *shape) {
    (void)settings;
    return ((double)shape->n_scored + 1.0) * 2e-8;
}

/** A family being scored: rows of scores for every member and part. */
typedef struct family_scores {
    knn_options *options;
    size_t *member; /**< [n] number of the member in the family */
    double **validation, **training;
    double *values;
    size_t n;
} family_scores;

/** Lists the members that can be scored; the others are failed at once. */
static perebor_status begin_scores(family_scores *scores, const perebor_family *family,
                                   perebor_family_deliver *deliver, void *context,
                                   perebor_error *error) {
    size_t n = family->n_members;
    size_t n_validation = family->validation->n_rows;
    size_t n_training = family->score_training ? family->training->rows.n_rows : 0;
    perebor_workspace *workspace = family->workspace;
    *scores = (family_scores){.options = perebor_workspace_take(workspace, n, sizeof(knn_options)),
                              .member = perebor_workspace_take(workspace, n, sizeof(size_t)),
                              .validation = perebor_workspace_take(workspace, n, sizeof(double *)),
                              .training = perebor_workspace_take(workspace, n, sizeof(double *)),
                              .values = perebor_workspace_take(
                                  workspace, n * (n_validation + n_training), sizeof(double))};
    if (scores->options == NULL || scores->member == NULL || scores->validation == NULL ||
        scores->training == NULL || scores->values == NULL) {
        return perebor_no_memory(error, "for the scores of %zu candidates", n);
    }
    double *next = scores->values;
    for (size_t member = 0; member < n; member++) {
        perebor_error refused = {0};
        perebor_fit_report report = {.converged = true};
        knn_options options = knn_options_read(family->settings[member]);
        perebor_status status = check_k(options.k, family->training->rows.n_rows, &refused);
        if (status != PEREBOR_OK) {
            deliver(context, member, status, refused.message, NULL, NULL, &report);
            continue;
        }
        scores->options[scores->n] = options;
        scores->member[scores->n] = member;
        scores->validation[scores->n] = next;
        scores->training[scores->n++] = next + n_validation;
        next += n_validation + n_training;
    }
    return PEREBOR_OK;
}

static perebor_status score_family(const perebor_family *family, perebor_family_deliver *deliver,
                                   void *context, perebor_error *error) {
    perebor_status status;
    family_scores scores = {0};
    knn_points points = {0};
    const perebor_training *training = family->training;
    perebor_workspace *workspace = family->workspace;
    perebor_workspace_mark here = perebor_workspace_here(workspace);
    double begin = perebor_cpu_seconds();
    PEREBOR_TRY(done, begin_scores(&scores, family, deliver, context, error));
    if (scores.n == 0) {
        goto done;
    }
    PEREBOR_TRY(done, knn_points_create(&points, &training->rows, workspace, error));
    double fitted = perebor_cpu_seconds();
    perebor_error reason = {0};
    status = score_members(&points, training->labels, family->validation, scores.options, scores.n,
                           workspace, scores.validation, &reason);
    if (status == PEREBOR_OK && family->score_training) {
        status = score_members(&points, training->labels, &training->rows, scores.options, scores.n,
                               workspace, scores.training, &reason);
    }
    if (status == PEREBOR_ERR_MEMORY) {
        (void)perebor_fail(error, status, "%s", reason.message);
        goto done;
    }
    perebor_fit_report report = {.converged = true,
                                 .fit_seconds = (fitted - begin) / (double)scores.n,
                                 .score_seconds =
                                     (perebor_cpu_seconds() - fitted) / (double)scores.n};
    for (size_t i = 0; i < scores.n; i++) {
        bool scored = status == PEREBOR_OK;
        deliver(context, scores.member[i], status, reason.message,
                scored ? scores.validation[i] : NULL,
                scored && family->score_training ? scores.training[i] : NULL, &report);
    }
    status = PEREBOR_OK;
done:
    perebor_workspace_return(workspace, here);
    return status;
}

static perebor_status check(const perebor_value *settings, size_t n_rows, size_t n_columns,
                            perebor_error *error) {
    (void)n_columns;
    return check_k((size_t)settings[N_NEIGHBORS].as.integer, n_rows, error);
}

const perebor_learner model_knn = {
    .name = "knn",
    .complexity = 2,
    .summary = "k nearest neighbours",
    .score_kind = PEREBOR_SCORE_SHARE,
    PEREBOR_LEARNER_SETTINGS(knn_settings),
    .check = check,
    .fit = fit,
    .score = score,
    .describe = knn_describe,
    .restore = knn_restore,
    .cost = cost,
    .share_key = share_key,
    .marginal_cost = marginal_cost,
    .score_family = score_family,
};
