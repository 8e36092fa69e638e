// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "failing_malloc.h"
#include "space_fixture.h"

static const perebor_parameter parameters[] = {
    {.name = "model", VALUES(TEXT("svc"), TEXT("knn")), PROBABILITIES(0.25, 0.75)},
    {.name = "kernel", VALUES(TEXT("rbf"), TEXT("poly")), CONDITIONS(IS("model", TEXT("svc")))},
    {.name = "k", RANGE(PEREBOR_INT_UNIFORM, 1.0, 60.0), CONDITIONS(IS("model", TEXT("knn")))},
};
static const perebor_enqueued enqueued = {.names = (const char *const[]){"model", "k"},
                                          .values =
                                              (const perebor_value[]){TEXT("knn"), INTEGER(9)},
                                          .n = 2};

static void survives_every_failure(perebor_search_method method) {
    size_t n = 1;
    for (;; n++) {
        perebor_space *space = NULL;
        perebor_error error = {0};
        failing_malloc_arm(n);
        perebor_status status = perebor_space_create(
            &space, "e.yaml", parameters, COUNT(parameters), &enqueued, 1, method, 1, &error);
        bool failed = failing_malloc_disarm();
        if (!failed) {
            assert_int_equal(status, PEREBOR_OK);
            perebor_space_free(space);
            break;
        }
        assert_int_equal(status, PEREBOR_ERR_MEMORY);
        assert_int_equal(error.status, PEREBOR_ERR_MEMORY);
        assert_null(space);
    }
    assert_true(n > 2);
}

static void any_allocation_of_a_space_may_fail(void **state) {
    (void)state;
    survives_every_failure(PEREBOR_SEARCH_RANDOM);
    survives_every_failure(PEREBOR_SEARCH_GRID);
}

static void any_allocation_of_its_json_may_fail(void **state) {
    (void)state;
    perebor_space *space = NULL;
    assert_int_equal(perebor_space_create(&space, "e.yaml", parameters, COUNT(parameters), NULL, 0,
                                          PEREBOR_SEARCH_RANDOM, 1, NULL),
                     PEREBOR_OK);
    for (size_t n = 1;; n++) {
        failing_malloc_arm(n);
        char *json = perebor_space_json(space);
        bool failed = failing_malloc_disarm();
        assert_int_equal(json == NULL, failed);
        free(json);
        if (!failed) {
            assert_true(n > 1);
            break;
        }
    }
    perebor_space_free(space);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_allocation_of_a_space_may_fail),
        cmocka_unit_test(any_allocation_of_its_json_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
