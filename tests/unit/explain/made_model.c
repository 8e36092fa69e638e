// SPDX-License-Identifier: MIT
#include "made_model.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "model/monomial.h"

static void fill_matrix(perebor_matrix *matrix, size_t n_rows, uint64_t *draws,
                        perebor_workspace *workspace) {
    assert_int_equal(perebor_matrix_create(matrix, n_rows, MADE_COLUMNS, workspace, NULL),
                     PEREBOR_OK);
    for (size_t column = 0; column < MADE_COLUMNS; column++) {
        for (size_t row = 0; row < n_rows; row++) {
            perebor_matrix_column(matrix, column)[row] = 3.0 * draw_uniform(draws) - 1.5;
        }
    }
}

void made_model_prune(made_model *model, size_t node) {
    model->left[node] = 0;
    model->columns[node] = UINT32_MAX;
}

/** Grows a tree whose paths ask some columns more than once. @return Nodes. */
static size_t fill_tree(made_model *model, size_t first, uint64_t *draws) {
    size_t n = 1;
    model->covers[first] = 100.0;
    for (size_t node = 0; node < n; node++) {
        size_t at = first + node;
        model->values[at] = draw_uniform(draws);
        model->left[at] = 0;
        model->columns[at] = UINT32_MAX; // any in a leaf
        if (n + 2 <= MADE_NODES && (node < 3 || draw_uniform(draws) < 0.75)) {
            double share = 0.1 + 0.8 * draw_uniform(draws);
            model->columns[at] = (uint32_t)(MADE_COLUMNS * draw_uniform(draws));
            model->thresholds[at] = 2.0 * draw_uniform(draws) - 1.0;
            model->left[at] = (uint32_t)n;
            model->covers[first + n] = share * model->covers[at];
            model->covers[first + n + 1] = model->covers[at] - model->covers[first + n];
            n += 2;
        }
    }
    for (size_t node = 3; node < n; node++) {
        if (model->left[first + node] != 0) {
            made_model_prune(model, first + node);
            break;
        }
    }
    return n;
}

static void fill_trees(made_model *model, uint64_t *draws) {
    model->first_node[1] = fill_tree(model, 0, draws);
    model->first_node[2] = model->first_node[1] + fill_tree(model, model->first_node[1], draws);
    model->form.kind = PEREBOR_FORM_TREES;
    model->form.as.trees = (perebor_trees_form){.n_trees = 2,
                                                .n_nodes = model->first_node[2],
                                                .first_node = model->first_node,
                                                .thresholds = model->thresholds,
                                                .values = model->values,
                                                .covers = model->covers,
                                                .columns = model->columns,
                                                .left = model->left,
                                                .single_precision = true};
}

static void fill_kernel(made_model *model, made_kind kind, uint64_t *draws) {
    perebor_kernel_form *kernel = &model->form.as.kernel;
    model->form.kind = kind == MADE_MONOMIALS ? PEREBOR_FORM_MONOMIALS : PEREBOR_FORM_KERNEL;
    kernel->kernel =
        (perebor_kernel_function){.kind = kind == MADE_RBF       ? PEREBOR_KERNEL_RBF
                                          : kind == MADE_SIGMOID ? PEREBOR_KERNEL_SIGMOID
                                                                 : PEREBOR_KERNEL_POLY,
                                  .gamma = 0.3,
                                  .coef0 = 0.7,
                                  .degree = 3};
    kernel->bias = -0.4;
    kernel->coefficients = model->weights;
    fill_matrix(&kernel->support, kind == MADE_MONOMIALS ? 0 : MADE_POINTS, draws,
                &model->workspace);
    if (kind == MADE_MONOMIALS) {
        monomial monomial = monomial_first(&kernel->kernel, MADE_COLUMNS);
        kernel->weights = model->weights;
        kernel->n_weights = 0;
        while (monomial.factors[0] < MADE_COLUMNS) { // all but the constant
            kernel->n_weights++;
            if (!monomial_advance(&monomial)) {
                break;
            }
        }
    }
}

static void fill_neighbors(made_model *model, made_kind kind, uint64_t *draws) {
    perebor_neighbors_form *neighbors = &model->form.as.neighbors;
    model->form.kind = PEREBOR_FORM_NEIGHBORS;
    fill_matrix(&neighbors->points, MADE_POINTS, draws, &model->workspace);
    for (size_t i = 0; i < MADE_POINTS; i++) {
        model->labels[i] = draw_uniform(draws) < 0.4;
    }
    neighbors->labels = model->labels;
    neighbors->k = 5;
    neighbors->by_distance = kind != MADE_VOTES;
    neighbors->distance = kind == MADE_VOTES       ? PEREBOR_DISTANCE_EUCLIDEAN
                          : kind == MADE_MANHATTAN ? PEREBOR_DISTANCE_MANHATTAN
                                                   : PEREBOR_DISTANCE_MINKOWSKI;
    neighbors->p = kind == MADE_VOTES ? 2.0 : kind == MADE_MANHATTAN ? 1.0 : 3.0;
}

static void fill_densities(made_model *model, uint64_t *draws) {
    perebor_densities_form *densities = &model->form.as.densities;
    model->form.kind = PEREBOR_FORM_DENSITIES;
    for (size_t i = 0; i < 2 * MADE_COLUMNS; i++) {
        model->values[i] = 0.2 + draw_uniform(draws); // variances
    }
    for (size_t c = 0; c < 2; c++) {
        densities->means[c] = model->weights + c * MADE_COLUMNS;
        densities->variances[c] = model->values + c * MADE_COLUMNS;
    }
    densities->offset = -0.3;
}

void made_model_fill(made_model *model, made_kind kind, uint64_t seed) {
    uint64_t draws = seed;
    memset(model, 0, sizeof *model);
    model->form.n_columns = MADE_COLUMNS;
    fill_matrix(&model->rows, MADE_ROWS, &draws, &model->workspace);
    fill_matrix(&model->background, MADE_BACKGROUND, &draws, &model->workspace);
    for (size_t i = 0; i < sizeof model->weights / sizeof *model->weights; i++) {
        model->weights[i] = 2.0 * draw_uniform(&draws) - 1.0;
    }
    switch (kind) {
    case MADE_LINEAR:
        model->form.kind = PEREBOR_FORM_LINEAR;
        model->form.as.linear = (perebor_linear_form){.weights = model->weights, .intercept = 0.25};
        return;
    case MADE_TREES:
        fill_trees(model, &draws);
        return;
    case MADE_DENSITIES:
        fill_densities(model, &draws);
        return;
    case MADE_RBF:
    case MADE_POLY:
    case MADE_MONOMIALS:
    case MADE_SIGMOID:
        fill_kernel(model, kind, &draws);
        return;
    case MADE_VOTES:
    case MADE_MANHATTAN:
    case MADE_MINKOWSKI:
        fill_neighbors(model, kind, &draws);
        // A row that is a training point is at distance zero.
        for (size_t column = 0; column < MADE_COLUMNS; column++) {
            perebor_matrix_column(&model->rows, column)[0] =
                perebor_matrix_column(&model->form.as.neighbors.points, column)[3];
        }
        return;
    }
}

void made_model_release(made_model *model) {
    perebor_workspace_release(&model->workspace);
}

/* What a model computes, of one row x. */

static double score_tree(const perebor_trees_form *trees, size_t tree, const double *x) {
    uint64_t first = trees->first_node[tree], node = first;
    while (trees->left[node] != 0) {
        bool right = !((double)(float)x[trees->columns[node]] <= trees->thresholds[node]);
        node = first + trees->left[node] + right;
    }
    return trees->values[node];
}

static double score_kernel(const perebor_kernel_form *kernel, const double *x) {
    double sum = kernel->bias;
    for (size_t s = 0; s < kernel->support.n_rows; s++) {
        double product = 0.0, square = 0.0;
        for (size_t i = 0; i < MADE_COLUMNS; i++) {
            double at = perebor_matrix_column(&kernel->support, i)[s];
            product += at * x[i];
            square += (at - x[i]) * (at - x[i]);
        }
        double inner = kernel->kernel.gamma * product + kernel->kernel.coef0;
        double value = kernel->kernel.kind == PEREBOR_KERNEL_RBF    ? exp(-0.3 * square)
                       : kernel->kernel.kind == PEREBOR_KERNEL_POLY ? inner * inner * inner
                                                                    : tanh(inner);
        sum += kernel->coefficients[s] * value;
    }
    return sum;
}

static double score_monomials(const perebor_kernel_form *kernel, const double *x) {
    double sum = kernel->bias;
    monomial monomial = monomial_first(&kernel->kernel, MADE_COLUMNS);
    for (size_t m = 0; m < kernel->n_weights; m++) {
        double product = monomial_weight(&monomial, &kernel->kernel);
        for (size_t i = 0; i < monomial.degree; i++) {
            product *= monomial.factors[i] < MADE_COLUMNS ? x[monomial.factors[i]] : 1.0;
        }
        sum += kernel->weights[m] * product;
        (void)monomial_advance(&monomial);
    }
    return sum;
}

static double score_neighbors(const perebor_neighbors_form *neighbors, const double *x) {
    double distances[MADE_POINTS], all = 0.0, positive = 0.0;
    bool taken[MADE_POINTS] = {false}, zero = false;
    for (size_t point = 0; point < MADE_POINTS; point++) {
        double sum = 0.0;
        for (size_t i = 0; i < MADE_COLUMNS; i++) {
            sum +=
                pow(fabs(x[i] - perebor_matrix_column(&neighbors->points, i)[point]), neighbors->p);
        }
        distances[point] = pow(sum, 1.0 / neighbors->p);
    }
    for (size_t i = 0; i < neighbors->k; i++) {
        size_t nearest = MADE_POINTS;
        for (size_t point = 0; point < MADE_POINTS; point++) {
            if (!taken[point] &&
                (nearest == MADE_POINTS || distances[point] < distances[nearest])) {
                nearest = point;
            }
        }
        taken[nearest] = true;
        zero = zero || distances[nearest] == 0.0;
        double weight = !neighbors->by_distance ? 1.0
                        : zero                  ? (distances[nearest] == 0.0 ? 1.0 : 0.0)
                                                : 1.0 / distances[nearest];
        all += weight;
        positive += neighbors->labels[nearest] ? weight : 0.0;
    }
    return positive / all;
}

static double score_densities(const perebor_densities_form *densities, const double *x) {
    double sum = densities->offset;
    for (size_t i = 0; i < MADE_COLUMNS; i++) {
        for (size_t c = 0; c < 2; c++) {
            double apart = x[i] - densities->means[c][i];
            sum += (c == 0 ? 0.5 : -0.5) * apart * apart / densities->variances[c][i];
        }
    }
    return sum;
}

static double score_row(const perebor_model_form *form, const double *x) {
    double sum;
    switch (form->kind) {
    case PEREBOR_FORM_LINEAR:
        sum = form->as.linear.intercept;
        for (size_t i = 0; i < MADE_COLUMNS; i++) {
            sum += form->as.linear.weights[i] * x[i];
        }
        return sum;
    case PEREBOR_FORM_TREES:
        return 0.5 * (score_tree(&form->as.trees, 0, x) + score_tree(&form->as.trees, 1, x));
    case PEREBOR_FORM_KERNEL:
        return score_kernel(&form->as.kernel, x);
    case PEREBOR_FORM_MONOMIALS:
        return score_monomials(&form->as.kernel, x);
    case PEREBOR_FORM_NEIGHBORS:
        return score_neighbors(&form->as.neighbors, x);
    case PEREBOR_FORM_DENSITIES:
        return score_densities(&form->as.densities, x);
    }
    return NAN;
}

static void take_row(const perebor_matrix *rows, size_t row, double *x) {
    for (size_t i = 0; i < MADE_COLUMNS; i++) {
        x[i] = perebor_matrix_column(rows, i)[row];
    }
}

perebor_status made_model_score(const void *context, const perebor_matrix *rows,
                                perebor_workspace *workspace, double *scores,
                                perebor_error *error) {
    (void)workspace;
    (void)error;
    const made_model *model = context;
    for (size_t row = 0; row < rows->n_rows; row++) {
        double x[MADE_COLUMNS];
        take_row(rows, row, x);
        scores[row] = score_row(&model->form, x);
    }
    return PEREBOR_OK;
}

explain_model made_model_explained(const made_model *model) {
    return (explain_model){
        .form = &model->form, .score = made_model_score, .context = model, .scores_form = true};
}

/** Both ways at a node that asks an absent player, in the shares of the covers. */
static double follow(const perebor_trees_form *trees, size_t tree, uint64_t node,
                     const explain_players *players, size_t coalition, const double *x) {
    uint64_t at = trees->first_node[tree] + node, left = trees->left[at];
    if (left == 0) {
        return trees->values[at];
    }
    uint64_t below = trees->first_node[tree] + left;
    uint32_t column = trees->columns[at];
    if (coalition >> players->player_of[column] & 1) {
        bool right = !((double)(float)x[column] <= trees->thresholds[at]);
        return follow(trees, tree, left + right, players, coalition, x);
    }
    return (trees->covers[below] * follow(trees, tree, left, players, coalition, x) +
            trees->covers[below + 1] * follow(trees, tree, left + 1, players, coalition, x)) /
           trees->covers[at];
}

static double worth(const made_model *model, explain_game game, const explain_players *players,
                    size_t row, size_t coalition) {
    double x[MADE_COLUMNS], z[MADE_COLUMNS], sum = 0.0;
    take_row(&model->rows, row, x);
    if (game == EXPLAIN_PATH_DEPENDENT) {
        return 0.5 * (follow(&model->form.as.trees, 0, 0, players, coalition, x) +
                      follow(&model->form.as.trees, 1, 0, players, coalition, x));
    }
    for (size_t i = 0; i < MADE_BACKGROUND; i++) {
        take_row(&model->background, i, z);
        for (size_t column = 0; column < MADE_COLUMNS; column++) {
            z[column] = coalition >> players->player_of[column] & 1 ? x[column] : z[column];
        }
        sum += score_row(&model->form, z);
    }
    return sum / MADE_BACKGROUND;
}

double made_model_enumerate(const made_model *model, explain_game game,
                            const explain_players *players, size_t row, double *values) {
    enum { most = 1 << MADE_COLUMNS };
    double worths[most], factorial[MADE_COLUMNS + 1] = {1.0};
    size_t n = players->n_players;
    for (size_t i = 1; i <= MADE_COLUMNS; i++) {
        factorial[i] = factorial[i - 1] * (double)i;
    }
    for (size_t coalition = 0; coalition < (size_t)1 << n; coalition++) {
        worths[coalition] = worth(model, game, players, row, coalition);
    }
    for (size_t player = 0; player < n; player++) {
        values[player] = 0.0;
        for (size_t coalition = 0; coalition < (size_t)1 << n; coalition++) {
            size_t size = (size_t)__builtin_popcountll(coalition);
            if ((coalition >> player & 1) == 0) {
                values[player] += factorial[size] * factorial[n - size - 1] / factorial[n] *
                                  (worths[coalition | (size_t)1 << player] - worths[coalition]);
            }
        }
    }
    return worths[0];
}

double made_model_interaction(const made_model *model, explain_game game,
                              const explain_players *players, size_t row, size_t one,
                              size_t other) {
    size_t n = players->n_players, both = (size_t)1 << one | (size_t)1 << other;
    double factorial[MADE_COLUMNS + 1] = {1.0}, sum = 0.0;
    for (size_t i = 1; i <= MADE_COLUMNS; i++) {
        factorial[i] = factorial[i - 1] * (double)i;
    }
    for (size_t coalition = 0; coalition < (size_t)1 << n; coalition++) {
        size_t size = (size_t)__builtin_popcountll(coalition);
        if ((coalition & both) == 0) {
            double gain = worth(model, game, players, row, coalition | both) -
                          worth(model, game, players, row, coalition | (size_t)1 << one) -
                          worth(model, game, players, row, coalition | (size_t)1 << other) +
                          worth(model, game, players, row, coalition);
            sum += factorial[size] * factorial[n - size - 2] / factorial[n - 1] * gain;
        }
    }
    return sum;
}
