// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "failing_malloc.h"
#include "generated_table.h"
#include "perebor/preparation.h"

/** Shared by every test here. */
static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

static generated_table table;

/** Fit, reselect and transform, as one. Leaves nothing behind. */
static perebor_status prepare(const perebor_preparation_settings *settings, perebor_error *error) {
    perebor_preparation *fitted = NULL;
    perebor_preparation *selected = NULL;
    perebor_matrix matrix = {0};
    perebor_status status = perebor_preparation_fit(&fitted, &table.dataset, table.training,
                                                    table.n_training, settings, &workspace, error);
    if (status == PEREBOR_OK) {
        status = perebor_preparation_reselect(&selected, fitted, 0, &workspace, error);
    }
    if (status == PEREBOR_OK) {
        status = perebor_preparation_transform(selected, &table.dataset, table.validation,
                                               table.n_validation, &workspace, &matrix, error);
    }
    return status;
}

static void any_allocation_may_fail(void **state) {
    (void)state;
    generate_table(&table, 5, 200, 100);
    for (int32_t imputer = PEREBOR_IMPUTE_MEAN; imputer <= PEREBOR_IMPUTE_CONSTANT; imputer++) {
        const perebor_preparation_settings settings = {
            .impute_numeric = imputer,
            .impute_nominal = PEREBOR_IMPUTE_MOST_FREQUENT,
            .encode_nominal = PEREBOR_ENCODE_ORDINAL,
            .scale = PEREBOR_SCALE_ROBUST,
        };
        perebor_status status = PEREBOR_ERR_MEMORY;
        size_t n = 1;
        for (; status != PEREBOR_OK; n++) {
            perebor_error error = {0};
            failing_malloc_arm(n);
            status = prepare(&settings, &error);
            bool failed = failing_malloc_disarm();
            assert_int_equal(status, failed ? PEREBOR_ERR_MEMORY : PEREBOR_OK);
            assert_int_equal(error.status, status);
        }
        assert_true(n > 10);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(any_allocation_may_fail)};
    return cmocka_run_group_tests(tests, NULL, give_back);
}
