// SPDX-License-Identifier: MIT
/** n nodes integrate every power up to 2 n - 1 without error. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "explain/quadrature.h"

static void powers_are_integrated_up_to_the_degree_asked_for(void **state) {
    (void)state;
    perebor_workspace workspace = {0};
    for (size_t degree = 0; degree < 80; degree++) {
        explain_quadrature quadrature;
        assert_int_equal(explain_quadrature_make(&quadrature, degree, &workspace, NULL),
                         PEREBOR_OK);
        assert_int_equal(quadrature.n_nodes, degree / 2 + 1);
        for (size_t power = 0; power <= degree; power++) {
            double sum = 0.0;
            for (size_t k = 0; k < quadrature.n_nodes; k++) {
                sum += quadrature.weights[k] * pow(quadrature.nodes[k], (double)power);
            }
            assert_true(fabs(sum - 1.0 / (double)(power + 1)) <= 2e-15);
        }
    }
    perebor_workspace_release(&workspace);
}

static void nodes_rise_within_the_unit_interval(void **state) {
    (void)state;
    perebor_workspace workspace = {0};
    explain_quadrature quadrature;
    assert_int_equal(explain_quadrature_make(&quadrature, 399, &workspace, NULL), PEREBOR_OK);
    for (size_t k = 0; k < quadrature.n_nodes; k++) {
        double before = k > 0 ? quadrature.nodes[k - 1] : 0.0;
        assert_true(quadrature.nodes[k] > before && quadrature.nodes[k] < 1.0);
        assert_true(fabs(quadrature.nodes[k] + quadrature.nodes[quadrature.n_nodes - 1 - k] -
                         1.0) <= 1e-15);
        assert_true(quadrature.weights[k] > 0.0);
    }
    perebor_workspace_release(&workspace);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(powers_are_integrated_up_to_the_degree_asked_for),
        cmocka_unit_test(nodes_rise_within_the_unit_interval),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
