// SPDX-License-Identifier: MIT
/** No change is cheaper than the one that is said to be the cheapest, and all are scored. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "explain/altered_rows.h"
#include "explain/smallest_change.h"
#include "h5/file_tree.h"
#include "perebor/learners.h"
#include "pipeline/fitted_tree.h"
#include "small_experiment.h"

enum { n_domains = 3, n_asked = 9 };

static const perebor_actionable three[n_domains] = {
    {.column = "a", .direction = PEREBOR_CHANGE_DECREASE},
    {.column = "b", .direction = PEREBOR_CHANGE_ANY},
    {.column = "kind", .direction = PEREBOR_CHANGE_ANY}};
static const perebor_actionable numbers[n_domains] = {
    {.column = "a", .direction = PEREBOR_CHANGE_ANY},
    {.column = "b", .direction = PEREBOR_CHANGE_ANY},
    {.column = "d", .direction = PEREBOR_CHANGE_ANY}};

static small_experiment data;
static uint32_t rows[SMALL_N_ROWS];
static perebor_workspace workspace;

static int set_up(void **state) {
    (void)state;
    small_experiment_fill(&data);
    for (size_t i = 0; i < SMALL_N_ROWS; i++) {
        rows[i] = (uint32_t)i;
    }
    return 0;
}

static perebor_candidate candidate_of(const char *name, uint32_t select_k) {
    perebor_candidate candidate = {
        .learner = perebor_learner_find(name),
        .preparation = {.scale = PEREBOR_SCALE_STANDARD, .select_k = select_k}};
    for (size_t i = 0; i < candidate.learner->n_settings; i++) {
        candidate.settings[i] = candidate.learner->settings[i].default_value;
        if (strcmp(candidate.learner->settings[i].name, "max_depth") == 0) {
            candidate.settings[i] = (perebor_value){.kind = PEREBOR_VALUE_INTEGER, .as.integer = 5};
        }
    }
    return candidate;
}

/** @param[in] name  A learner, or "voting": a tree and a logistic regression. */
static perebor_fitted_pipeline *fit(const char *name, uint32_t select_k) {
    perebor_error error = {0};
    perebor_fitted_pipeline *pipeline = NULL;
    bool votes = strcmp(name, "voting") == 0;
    const perebor_candidate candidates[] = {candidate_of(votes ? "tree" : name, select_k),
                                            candidate_of("logreg", select_k)};
    if ((votes ? perebor_fitted_pipeline_fit_voting(&pipeline, candidates, (const uint32_t[]){1, 2},
                                                    2, &data.dataset, rows, SMALL_N_ROWS, &error)
               : perebor_fitted_pipeline_fit_calibrated(&pipeline, candidates, &data.dataset, rows,
                                                        SMALL_N_ROWS, &error)) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return pipeline;
}

static change_space space_of(const perebor_actionable *actionable, size_t n) {
    perebor_error error = {0};
    change_space space;
    if (change_space_make(&space, &data.dataset, rows, SMALL_N_ROWS, actionable, n, "e.yaml",
                          &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return space;
}

/** The least cost of all combinations, each scored by itself. INFINITY if none is low enough. */
static double exhaust(const change_space *space, const perebor_fitted_pipeline *pipeline,
                      uint32_t row, double threshold) {
    double least = INFINITY;
    altered_rows altered;
    change_options options[n_domains];
    perebor_workspace_mark begin = perebor_workspace_here(&workspace);
    assert_int_equal(altered_rows_make(&altered, &data.dataset, &row, 1, &workspace, NULL),
                     PEREBOR_OK);
    for (size_t i = 0; i < n_domains; i++) {
        assert_int_equal(change_options_make(&options[i], &space->domains[i], &data.dataset, row,
                                             &workspace, NULL),
                         PEREBOR_OK);
    }
    size_t n = options[0].n * options[1].n * options[2].n;
    for (size_t k = 0; k < n; k++) {
        size_t picks[] = {k % options[0].n, k / options[0].n % options[1].n,
                          k / options[0].n / options[1].n};
        double cost = 0.0, probability;
        for (size_t i = 0; i < n_domains; i++) {
            *altered_rows_column(&altered, options[i].column) = options[i].values[picks[i]];
            cost += options[i].costs[picks[i]];
        }
        if (cost < least) {
            assert_int_equal(altered_rows_score(&altered, pipeline, EXPLAIN_PROBABILITY, &workspace,
                                                &probability, NULL),
                             PEREBOR_OK);
            least = probability < threshold ? cost : least;
        }
    }
    perebor_workspace_return(&workspace, begin);
    return least;
}

/** That the values do what is said of them. */
static void check_answer(const change_space *space, const perebor_fitted_pipeline *pipeline,
                         uint32_t row, double threshold, const smallest_change *found,
                         const double *values) {
    altered_rows altered;
    double probability;
    perebor_workspace_mark begin = perebor_workspace_here(&workspace);
    assert_int_equal(altered_rows_make(&altered, &data.dataset, &row, 1, &workspace, NULL),
                     PEREBOR_OK);
    for (size_t i = 0; i < space->n_domains; i++) {
        const change_domain *domain = &space->domains[i];
        double from = data.dataset.columns[domain->column].values[row];
        *altered_rows_column(&altered, domain->column) = values[i];
        assert_true(domain->direction != PEREBOR_CHANGE_DECREASE || isnan(from) ||
                    values[i] <= from);
    }
    assert_int_equal(
        altered_rows_score(&altered, pipeline, EXPLAIN_PROBABILITY, &workspace, &probability, NULL),
        PEREBOR_OK);
    assert_true(probability == found->probability);
    assert_true(probability < threshold);
    perebor_workspace_return(&workspace, begin);
}

/** Asks about rows that are above the threshold. @return How many had a change. */
static size_t check(const char *learner, uint32_t select_k, const perebor_actionable *actionable,
                    double threshold, bool exact) {
    perebor_error error = {0};
    perebor_fitted_pipeline *pipeline = fit(learner, select_k);
    change_space space = space_of(actionable, n_domains);
    size_t n_found = 0, n = 0;
    for (uint32_t row = 0; row < SMALL_N_ROWS && n < n_asked; row++) {
        smallest_change found;
        double values[n_domains];
        if (smallest_change_find(&space, pipeline, &data.dataset, row, threshold, &workspace,
                                 &found, values, &error) != PEREBOR_OK) {
            fail_msg("%s", error.message);
        }
        if (found.outcome == SMALLEST_CHANGE_NEEDLESS) {
            assert_true(found.probability_before < threshold);
            continue;
        }
        double least = exhaust(&space, pipeline, row, threshold);
        n++;
        assert_int_equal(found.exact, exact);
        if (found.outcome == SMALLEST_CHANGE_NONE) {
            assert_true(!exact || isinf(least));
            continue;
        }
        n_found++;
        check_answer(&space, pipeline, row, threshold, &found, values);
        if (exact) {
            assert_true(fabs(found.cost - least) <= 1e-12);
        } else {
            assert_true(found.cost >= least && found.cost <= 1.5 * least);
        }
    }
    change_space_release(&space);
    perebor_fitted_pipeline_free(pipeline);
    return n_found;
}

static void a_linear_model_s_cheapest_change_is_found(void **state) {
    (void)state;
    assert_true(check("logreg", 0, numbers, 0.3, true) > 6);
    assert_true(check("logreg", 0, three, 0.35, true) > 3);
}

static void a_tree_s_cheapest_change_is_found(void **state) {
    (void)state;
    assert_true(check("tree", 0, numbers, 0.3, true) > 6);
    assert_true(check("tree", 3, numbers, 0.4, true) > 3); // not every column is looked at
    assert_true(check("tree", 0, three, 0.3, true) > 3);
}

static void few_combinations_are_all_tried(void **state) {
    (void)state;
    assert_true(check("knn", 0, three, 0.3, true) > 3);
    assert_true(check("svc", 0, three, 0.35, true) > 3);
    assert_true(check("voting", 0, three, 0.35, true) > 3);
}

static void others_are_searched_for_a_cheap_change(void **state) {
    (void)state;
    assert_true(check("knn", 0, numbers, 0.2, false) > 6);
    assert_true(check("voting", 0, numbers, 0.3, false) > 6);
}

enum { chain_length = 200000, chain_nodes = 2 * chain_length + 1 };

/** A tree in which each node has a leaf to its left and the next node to its right: column 0 is
 * asked again and again. The last leaf alone is low. */
static void fill_chain(double *thresholds, double *values, int64_t *left) {
    for (size_t i = 0; i < chain_length; i++) {
        thresholds[2 * i] = -1.0 + 1e-6 * (double)i;
        left[2 * i] = (int64_t)(2 * i + 1);
        values[2 * i] = values[2 * i + 1] = 0.9;
    }
    values[chain_nodes - 1] = 0.1;
}

static void replace(h5_node *model, const char *path, void *data_of, size_t n) {
    h5_node *node = (h5_node *)h5_find(model, path);
    assert_non_null(node);
    assert_int_equal(node->array.n_dimensions, 1);
    node->array.data = data_of;
    node->array.dimensions[0] = n;
}

/** A fitted tree whose nodes are a chain that is deeper than any stack. */
static perebor_fitted_pipeline *fit_chain(void) {
    perebor_error error = {0};
    perebor_fitted_pipeline *fitted = fit("tree", 0);
    static double thresholds[chain_nodes], values[chain_nodes], covers[chain_nodes];
    static int64_t left[chain_nodes], column[chain_nodes];
    int64_t first[] = {0, chain_nodes};
    h5_tree *tree = h5_tree_create();
    assert_non_null(tree);
    h5_node *model = h5_add_group(tree, tree->root, "model");
    fitted_to_tree(fitted, tree, model);
    perebor_fitted_pipeline_free(fitted);
    fill_chain(thresholds, values, left);
    for (size_t i = 0; i < chain_nodes; i++) {
        covers[i] = 1.0;
    }
    replace(model, "form/first_node", first, 2);
    replace(model, "form/node_column", column, chain_nodes);
    replace(model, "form/threshold", thresholds, chain_nodes);
    replace(model, "form/left", left, chain_nodes);
    replace(model, "form/value", values, chain_nodes);
    replace(model, "form/cover", covers, chain_nodes);
    h5_reader reader = {.root = tree->root, .file = "chain.h5", .error = &error};
    fitted = fitted_from_tree(&reader);
    if (fitted == NULL) {
        fail_msg("%s", error.message);
    }
    h5_tree_free(tree);
    return fitted;
}

static void a_tree_may_be_deeper_than_the_stack(void **state) {
    (void)state;
    perebor_error error = {0};
    perebor_fitted_pipeline *pipeline = fit_chain();
    static const perebor_actionable one = {.column = "a", .direction = PEREBOR_CHANGE_ANY};
    change_space space = space_of(&one, 1);
    size_t n_found = 0;
    for (uint32_t row = 0; n_found == 0 && row < SMALL_N_ROWS; row++) {
        smallest_change found;
        double value, from = data.dataset.columns[0].values[row];
        assert_int_equal(smallest_change_find(&space, pipeline, &data.dataset, row, 0.5, &workspace,
                                              &found, &value, &error),
                         PEREBOR_OK);
        if (found.outcome == SMALLEST_CHANGE_FOUND) { // beyond every threshold
            n_found++;
            assert_true(found.exact && found.probability == 0.1 && value > from);
        }
    }
    assert_int_equal(n_found, 1);
    change_space_release(&space);
    perebor_fitted_pipeline_free(pipeline);
}

static void what_cannot_be_changed_is_refused(void **state) {
    (void)state;
    static const struct {
        perebor_actionable actionable[2];
        size_t n;
        const char *message;
    } faults[] = {
        {{{.column = "kinds", .line = 4, .at_column = 9}},
         1,
         "e.yaml:4:9: actionable: \"kinds\" is no feature; did you mean kind"},
        {{{.column = "kind", .direction = PEREBOR_CHANGE_INCREASE, .source = "--set x"}},
         1,
         "--set x: actionable: \"kind\" has levels without an order: it takes no direction but "
         "any"},
        {{{.column = "a"}, {.column = "a"}},
         2,
         "e.yaml: actionable: \"a\" is named twice; once is enough"},
        {{{.column = "q7"}}, 1, "e.yaml: actionable: \"q7\" is no feature of the experiment"},
    };
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        change_space space;
        perebor_error error = {0};
        assert_int_equal(change_space_make(&space, &data.dataset, rows, SMALL_N_ROWS,
                                           faults[i].actionable, faults[i].n, "e.yaml", &error),
                         PEREBOR_ERR_FORMAT);
        assert_string_equal(error.message, faults[i].message);
    }
}

static void a_missing_value_stays(void **state) {
    (void)state;
    change_space space = space_of(numbers, n_domains);
    change_options options;
    uint32_t row = 0;
    while (!isnan(data.dataset.columns[0].values[row])) {
        row++;
    }
    assert_int_equal(
        change_options_make(&options, &space.domains[0], &data.dataset, row, &workspace, NULL),
        PEREBOR_OK);
    assert_int_equal(options.n, 1);
    change_space_release(&space);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_linear_model_s_cheapest_change_is_found),
        cmocka_unit_test(a_tree_s_cheapest_change_is_found),
        cmocka_unit_test(few_combinations_are_all_tried),
        cmocka_unit_test(others_are_searched_for_a_cheap_change),
        cmocka_unit_test(a_tree_may_be_deeper_than_the_stack),
        cmocka_unit_test(what_cannot_be_changed_is_refused),
        cmocka_unit_test(a_missing_value_stays),
    };
    int failed = cmocka_run_group_tests(tests, set_up, NULL);
    perebor_workspace_release(&workspace);
    return failed;
}
