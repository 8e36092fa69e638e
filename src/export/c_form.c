// SPDX-License-Identifier: MIT
// The order of operations is that of the learners: logreg_kernel.c, tree_nodes.c, svc_kernel.c,
// svc_model.c, knn_kernel.c, knn.c and gnb.c.
#include "export/c_form.h"

#include <stdlib.h>

#include "export/c_arithmetic.h"
#include "model/kernel_centres.h"
#include "model/monomial.h"

static unsigned kernel_functions(const perebor_model_form *form) {
    const perebor_kernel_form *kernel = &form->as.kernel;
    bool rounded = form->grain > 0.0;
    if (kernel->support.n_rows == 0) { // a constant
        return rounded && kernel->kernel.kind != PEREBOR_KERNEL_RBF ? C_ROUND : 0;
    }
    switch (kernel->kernel.kind) {
    case PEREBOR_KERNEL_RBF:
        return C_DECAY | (rounded ? C_ROUND | C_POWER_OF_TWO : 0);
    case PEREBOR_KERNEL_POLY:
        return C_POWER | (rounded ? C_ROUND : 0);
    case PEREBOR_KERNEL_SIGMOID:
        break;
    }
    return C_TANH | (rounded ? C_ROUND : 0);
}

static unsigned neighbors_functions(const perebor_neighbors_form *neighbors) {
    if (neighbors->distance == PEREBOR_DISTANCE_MINKOWSKI) {
        return C_POW | C_FROM_BITS;
    }
    bool roots = neighbors->distance == PEREBOR_DISTANCE_EUCLIDEAN && neighbors->by_distance;
    return roots ? C_SQRT | C_FROM_BITS : C_FROM_BITS;
}

unsigned c_form_functions(const perebor_model_form *form) {
    switch (form->kind) {
    case PEREBOR_FORM_LINEAR:
    case PEREBOR_FORM_MONOMIALS:
        return form->grain > 0.0 ? C_ROUND : 0;
    case PEREBOR_FORM_TREES:
    case PEREBOR_FORM_DENSITIES:
        return 0;
    case PEREBOR_FORM_KERNEL:
        return kernel_functions(form);
    case PEREBOR_FORM_NEIGHBORS:
        return neighbors_functions(&form->as.neighbors);
    }
    return 0;
}

/** return score, rounded to the grain if there is one. */
static void put_return(c_text *text, const perebor_model_form *form, const char *score) {
    if (!(form->grain > 0.0)) {
        c_put(text, "    return %s;\n}\n\n", score);
        return;
    }
    c_put(text, "    return @_round(%s, ", score);
    c_put_real(text, form->grain);
    c_put(text, ");\n}\n\n");
}

static void put_linear(c_text *text, const perebor_model_form *form) {
    c_put_reals(text, "weights", form->as.linear.weights, form->n_columns);
    c_put(text, "\nstatic double $_form(const double *x) {\n    double sum = ");
    c_put_real(text, form->as.linear.intercept);
    c_put(text,
          ";\n"
          "    size_t i;\n"
          "    for (i = 0; i < %zu; i++) {\n"
          "        sum += $_weights[i] * x[i];\n"
          "    }\n",
          form->n_columns);
    put_return(text, form, "sum");
}

/** x[column], or whether any column of a set is 1. */
static void put_asked(c_text *text, const perebor_trees_form *trees, size_t n_columns) {
    c_put(text, "static const size_t $_first_member[%zu] = {", trees->n_sets + 1);
    for (size_t set = 0; set <= trees->n_sets; set++) {
        c_put(text, "%s%llu", set > 0 ? ", " : "", (unsigned long long)trees->first_member[set]);
    }
    c_put(text, "};\n");
    c_put_counts(text, "member", trees->members, trees->first_member[trees->n_sets]);
    c_put(text,
          "\n"
          "/* The value of a column; behind the others come sets, which are 1 if a member is. */\n"
          "static double $_asked(const double *x, size_t column) {\n"
          "    size_t i;\n"
          "    if (column < %zu) {\n"
          "        return x[column];\n"
          "    }\n"
          "    column -= %zu;\n"
          "    for (i = $_first_member[column]; i < $_first_member[column + 1]; i++) {\n"
          "        if (x[$_member[i]] > 0.5) {\n"
          "            return 1.0;\n"
          "        }\n"
          "    }\n"
          "    return 0.0;\n"
          "}\n",
          n_columns, n_columns);
}

static void put_trees(c_text *text, const perebor_trees_form *trees, size_t n_columns) {
    c_put(text, "static const size_t $_first_node[%zu] = {", trees->n_trees);
    for (size_t tree = 0; tree < trees->n_trees; tree++) {
        c_put(text, "%s%llu", tree > 0 ? ", " : "", (unsigned long long)trees->first_node[tree]);
    }
    c_put(text, "};\n");
    c_put_counts(text, "column", trees->columns, trees->n_nodes);
    c_put_reals(text, "threshold", trees->thresholds, trees->n_nodes);
    c_put_counts(text, "left", trees->left, trees->n_nodes);
    c_put_reals(text, "value", trees->values, trees->n_nodes);
    if (trees->n_sets > 0) {
        put_asked(text, trees, n_columns);
    }
    c_put(text,
          "\n"
          "/* Left where the value is at most the threshold; the right child follows the left. */\n"
          "static double $_form(const double *x) {\n"
          "    double sum = 0.0;\n"
          "    size_t tree;\n"
          "    for (tree = 0; tree < %zu; tree++) {\n"
          "        size_t node = $_first_node[tree];\n"
          "        while ($_left[node] != 0) {\n",
          trees->n_trees);
    c_put(text, trees->n_sets > 0 ? "            double value = $_asked(x, $_column[node]);\n"
                                  : "            double value = x[$_column[node]];\n");
    c_put(
        text,
        "%s"
        "            node = $_first_node[tree] + $_left[node] + (value <= $_threshold[node] ? 0 : "
        "1);\n"
        "        }\n"
        "        sum += $_value[node];\n"
        "    }\n",
        trees->single_precision ? "            value = (float)value;\n" : "");
    if (trees->added) {
        c_put(text, "    return sum;\n}\n\n");
    } else {
        c_put(text, "    return sum / %zu.0;\n}\n\n", trees->n_trees);
    }
}

/** Squared norms of the centred support vectors. */
static double *find_norms(const perebor_matrix *support, const double *centres) {
    double *norms = calloc(support->n_rows + 1, sizeof *norms);
    for (size_t column = 0; norms != NULL && column < support->n_columns; column++) {
        const double *values = perebor_matrix_column(support, column);
        for (size_t point = 0; point < support->n_rows; point++) {
            double value = values[point] - centres[column];
            norms[point] += value * value;
        }
    }
    return norms;
}

/** k = the kernel's value, of the dot product and, for rbf, of norms. */
static void put_kernel_value(c_text *text, const perebor_kernel_function *kernel) {
    if (kernel->kind == PEREBOR_KERNEL_RBF) {
        c_put(text, "        distance = (norm + $_norms[s]) - (dot + dot);\n"
                    "        k = @_decay(");
        c_put_real(text, -kernel->gamma);
        c_put(text, " * (distance > 0.0 ? distance : 0.0));\n");
        return;
    }
    c_put(text,
          kernel->kind == PEREBOR_KERNEL_POLY ? "        k = @_power(" : "        k = @_tanh(");
    c_put_real(text, kernel->gamma);
    c_put(text, " * dot + ");
    c_put_real(text, kernel->coef0);
    if (kernel->kind == PEREBOR_KERNEL_POLY) {
        c_put(text, ", %lld", (long long)kernel->degree);
    }
    c_put(text, ");\n");
}

/** The grain of a row whose kernel values are all small is the finer. */
static void put_return_of_rbf(c_text *text, double grain) {
    c_put(text, "    nearest = ");
    c_put_real(text, grain);
    c_put(text, " * @_power_of_two(nearest);\n"
                "    return nearest > 0.0 ? @_round(sum, nearest) : sum;\n"
                "}\n\n");
}

static void put_kernel_sum(c_text *text, const perebor_model_form *form) {
    const perebor_kernel_form *kernel = &form->as.kernel;
    size_t n_columns = form->n_columns;
    bool rbf = kernel->kernel.kind == PEREBOR_KERNEL_RBF;
    bool rounded = rbf && form->grain > 0.0;
    c_put(text,
          "static double $_form(const double *x) {\n"
          "    double sum = 0.0;\n"
          "    size_t s, i;\n%s",
          rounded ? "    double nearest = 0.0;\n" : "");
    if (rbf) {
        c_put(text,
              "    double centred[%zu];\n"
              "    double norm = 0.0;\n"
              "    for (i = 0; i < %zu; i++) {\n"
              "        centred[i] = x[i] - $_centres[i];\n"
              "        norm += centred[i] * centred[i];\n"
              "    }\n"
              "    x = centred;\n",
              n_columns, n_columns);
    }
    c_put(text,
          "    for (s = 0; s < %zu; s++) {\n"
          "        double dot = 0.0, k;\n"
          "%s"
          "        for (i = 0; i < %zu; i++) {\n"
          "            dot += x[i] * $_support[s][i];\n"
          "        }\n",
          kernel->support.n_rows, rbf ? "        double distance;\n" : "", n_columns);
    put_kernel_value(text, &kernel->kernel);
    if (rounded) {
        c_put(text, "        nearest = nearest > k ? nearest : k;\n");
    }
    c_put(text, "        sum += $_coefficients[s] * k;\n"
                "    }\n"
                "    sum += ");
    c_put_real(text, kernel->bias);
    c_put(text, ";\n");
    if (rounded) {
        put_return_of_rbf(text, form->grain);
    } else {
        put_return(text, form, "sum");
    }
}

/** Without support vectors. */
static void put_constant(c_text *text, const perebor_model_form *form) {
    bool rbf = form->as.kernel.kernel.kind == PEREBOR_KERNEL_RBF;
    c_put(text, "static double $_form(const double *x) {\n"
                "    const double constant = ");
    c_put_real(text, form->as.kernel.bias);
    c_put(text, ";\n    (void)x;\n");
    if (rbf) {
        c_put(text, "    return constant;\n}\n\n");
    } else {
        put_return(text, form, "constant");
    }
}

static void put_kernel(c_text *text, const perebor_model_form *form) {
    const perebor_kernel_form *kernel = &form->as.kernel;
    double *centres = NULL, *norms = NULL;
    if (kernel->support.n_rows == 0) {
        put_constant(text, form);
        return;
    }
    if (kernel->kernel.kind == PEREBOR_KERNEL_RBF) {
        centres = malloc((form->n_columns + 1) * sizeof *centres);
        if (centres != NULL) {
            model_kernel_centres(&kernel->support, centres);
            norms = find_norms(&kernel->support, centres);
        }
        if (norms == NULL) {
            text->bytes.failed = true;
            free(centres);
            return;
        }
        c_put_reals(text, "centres", centres, form->n_columns);
        c_put_reals(text, "norms", norms, kernel->support.n_rows);
    }
    c_put_rows(text, "support", &kernel->support, centres);
    c_put_reals(text, "coefficients", kernel->coefficients, kernel->support.n_rows);
    c_put(text, "\n");
    put_kernel_sum(text, form);
    free(centres);
    free(norms);
}

static void put_monomial_tables(c_text *text, const perebor_model_form *form) {
    const perebor_kernel_form *kernel = &form->as.kernel;
    size_t degree = (size_t)kernel->kernel.degree;
    double *roots = malloc((kernel->n_weights + 1) * sizeof *roots);
    uint32_t *factors = malloc((kernel->n_weights * degree + 1) * sizeof *factors);
    if (roots == NULL || factors == NULL) {
        text->bytes.failed = true;
    } else {
        monomial monomial = monomial_first(&kernel->kernel, form->n_columns);
        for (size_t m = 0; m < kernel->n_weights; m++) {
            roots[m] = monomial_weight(&monomial, &kernel->kernel);
            for (size_t i = 0; i < degree; i++) {
                factors[m * degree + i] = (uint32_t)monomial.factors[i];
            }
            (void)monomial_advance(&monomial);
        }
        c_put_counts(text, "factors", factors, kernel->n_weights * degree);
        c_put_reals(text, "roots", roots, kernel->n_weights);
    }
    free(roots);
    free(factors);
}

static void put_monomials(c_text *text, const perebor_model_form *form) {
    const perebor_kernel_form *kernel = &form->as.kernel;
    unsigned long long degree = (unsigned long long)kernel->kernel.degree;
    put_monomial_tables(text, form);
    c_put_reals(text, "weights", kernel->weights, kernel->n_weights);
    c_put(text, "\nstatic double $_form(const double *x) {\n    double sum = ");
    c_put_real(text, kernel->bias);
    c_put(text,
          ";\n"
          "    size_t m, i;\n"
          "    for (m = 0; m < %zu; m++) {\n"
          "        double monomial = $_roots[m];\n"
          "        for (i = 0; i < %llu; i++) {\n"
          "            uint32_t factor = $_factors[m * %llu + i];\n"
          "            if (factor < %zu) {\n"
          "                monomial *= x[factor];\n"
          "            }\n"
          "        }\n"
          "        sum += $_weights[m] * monomial;\n"
          "    }\n",
          kernel->n_weights, degree, degree, form->n_columns);
    put_return(text, form, "sum");
}

static void put_labels(c_text *text, const perebor_neighbors_form *neighbors) {
    enum { labels_a_line = 32 };
    c_put(text, "static const unsigned char $_labels[%zu] = {", neighbors->points.n_rows);
    for (size_t i = 0; i < neighbors->points.n_rows; i++) {
        c_put(text, "%s%u,", i % labels_a_line == 0 ? "\n    " : " ", neighbors->labels[i]);
    }
    c_put(text, "\n};\n\n");
}

/** The loop that lists the k nearest, the sooner of equally near ones first. */
static void put_search(c_text *text, const perebor_neighbors_form *neighbors, size_t n_columns) {
    c_put(text,
          "    double nearest[%zu];\n"
          "    unsigned char positive[%zu];\n"
          "    double all = 0.0, votes = 0.0;\n"
          "    size_t n = 0, point, i;\n"
          "    for (point = 0; point < %zu; point++) {\n"
          "        double sum = 0.0;\n"
          "        for (i = 0; i < %zu; i++) {\n"
          "            double difference = x[i] - $_points[point][i];\n",
          neighbors->k, neighbors->k, neighbors->points.n_rows, n_columns);
    if (neighbors->distance == PEREBOR_DISTANCE_EUCLIDEAN) {
        c_put(text, "            sum += difference * difference;\n");
    } else if (neighbors->distance == PEREBOR_DISTANCE_MANHATTAN) {
        c_put(text, "            sum += difference < 0.0 ? -difference : difference;\n");
    } else {
        c_put(text, "            sum += @_pow(difference < 0.0 ? -difference : difference, ");
        c_put_real(text, neighbors->p);
        c_put(text, ");\n");
    }
    c_put(text,
          "        }\n"
          "        if (!(sum <= DBL_MAX) || (n == %zu && !(sum < nearest[%zu]))) {\n"
          "            continue;\n"
          "        }\n"
          "        i = n < %zu ? n++ : %zu;\n"
          "        for (; i > 0 && nearest[i - 1] > sum; i--) {\n"
          "            nearest[i] = nearest[i - 1];\n"
          "            positive[i] = positive[i - 1];\n"
          "        }\n"
          "        nearest[i] = sum;\n"
          "        positive[i] = $_labels[point];\n"
          "    }\n"
          "    if (n < %zu) { /* distances overflow */\n"
          "        return @_from_bits(UINT64_C(0x7ff8000000000000));\n"
          "    }\n",
          neighbors->k, neighbors->k - 1, neighbors->k, neighbors->k - 1, neighbors->k);
}

/** What a vote weighs by the distance; where some are at distance zero, only they count. */
static void put_weight(c_text *text, const perebor_neighbors_form *neighbors) {
    c_put(text, "        weight = nearest[0] == 0.0 ? (nearest[i] == 0.0 ? 1.0 : 0.0)\n"
                "                                   : 1.0 / ");
    if (neighbors->distance == PEREBOR_DISTANCE_EUCLIDEAN) {
        c_put(text, "@_sqrt(nearest[i]);\n");
    } else if (neighbors->distance == PEREBOR_DISTANCE_MANHATTAN) {
        c_put(text, "nearest[i];\n");
    } else {
        c_put(text, "@_pow(nearest[i], ");
        c_put_real(text, 1.0 / neighbors->p);
        c_put(text, ");\n");
    }
}

static void put_neighbors(c_text *text, const perebor_model_form *form) {
    const perebor_neighbors_form *neighbors = &form->as.neighbors;
    c_put_rows(text, "points", &neighbors->points, NULL);
    put_labels(text, neighbors);
    c_put(text, "static double $_form(const double *x) {\n");
    put_search(text, neighbors, form->n_columns);
    c_put(text,
          "    for (i = 0; i < %zu; i++) {\n"
          "        double weight = 1.0;\n",
          neighbors->k);
    if (neighbors->by_distance) {
        put_weight(text, neighbors);
    }
    c_put(text, "        all += weight;\n"
                "        votes += positive[i] != 0 ? weight : 0.0;\n"
                "    }\n"
                "    return votes / all;\n"
                "}\n\n");
}

static void put_densities(c_text *text, const perebor_model_form *form) {
    const perebor_densities_form *densities = &form->as.densities;
    c_put_reals(text, "means_0", densities->means[0], form->n_columns);
    c_put_reals(text, "variances_0", densities->variances[0], form->n_columns);
    c_put_reals(text, "means_1", densities->means[1], form->n_columns);
    c_put_reals(text, "variances_1", densities->variances[1], form->n_columns);
    c_put(text, "\nstatic double $_form(const double *x) {\n    double sum = ");
    c_put_real(text, densities->offset);
    c_put(text,
          ";\n"
          "    size_t i;\n"
          "    for (i = 0; i < %zu; i++) {\n"
          "        double d0 = x[i] - $_means_0[i], d1 = x[i] - $_means_1[i];\n"
          "        sum += 0.5 * (d0 * d0 / $_variances_0[i] - d1 * d1 / $_variances_1[i]);\n"
          "    }\n",
          form->n_columns);
    put_return(text, form, "sum");
}

void c_form_put(c_text *text, const perebor_model_form *form) {
    switch (form->kind) {
    case PEREBOR_FORM_LINEAR:
        put_linear(text, form);
        break;
    case PEREBOR_FORM_TREES:
        put_trees(text, &form->as.trees, form->n_columns);
        break;
    case PEREBOR_FORM_KERNEL:
        put_kernel(text, form);
        break;
    case PEREBOR_FORM_MONOMIALS:
        put_monomials(text, form);
        break;
    case PEREBOR_FORM_NEIGHBORS:
        put_neighbors(text, form);
        break;
    case PEREBOR_FORM_DENSITIES:
        put_densities(text, form);
        break;
    }
}
