// SPDX-License-Identifier: MIT
/* Bins of boosting: their cuts against those of all values, histograms against sums. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "boosting.h"
#include "boosting_book.h"
#include "draw.h"
#include "model/boost/boost_grow.h"

/** Columns of so many rows, if their values are spread out, are sorted near cuts only. */
static void cuts_of_many_rows_are_those_of_all_values(void **state) {
    (void)state;
    static boosting_table table;
    static boosting_book book;
    boost_scheme scheme;
    boost_rows binned;
    const size_t max_bins[] = {255, 100, 3};
    boosting_draw(&table, 77, BOOSTING_MOST_ROWS, 9);
    perebor_matrix_column(&table.training.rows, 7)[5] = -1e308; // a range that is infinite
    perebor_matrix_column(&table.training.rows, 7)[6] = 1e308;
    perebor_matrix_column(&table.training.rows, 8)[7] = -INFINITY;
    perebor_matrix_column(&table.training.rows, 0)[9] = NAN;
    for (size_t k = 0; k < 3; k++) {
        memset(&book, 0, sizeof book);
        book.table = &table;
        book.options.max_bins = max_bins[k];
        assert_int_equal(boost_scheme_create(&scheme, &table.training.rows, max_bins[k], SIZE_MAX,
                                             &boosting_workspace, &boosting_workspace, NULL),
                         PEREBOR_OK);
        assert_int_equal(
            boost_rows_create(&binned, &scheme, &table.training.rows, &boosting_workspace, NULL),
            PEREBOR_OK);
        assert_int_equal(scheme.n_features, 8); // column 6 has one value
        for (size_t f = 0; f < scheme.n_features; f++) {
            const boost_feature *feature = &scheme.features[f];
            const double *values = perebor_matrix_column(&table.training.rows, feature->column);
            const double *cuts = book.cuts[feature->column];
            boosting_cut(&book, feature->column);
            assert_int_equal(feature->n_bins - 1, book.n_cuts[feature->column]);
            assert_memory_equal(feature->cuts, cuts, (feature->n_bins - 1) * sizeof *cuts);
            for (size_t row = 0; row < BOOSTING_MOST_ROWS; row++) {
                size_t bin = 0;
                while (bin + 1 < feature->n_bins && !(values[row] <= cuts[bin])) {
                    bin++;
                }
                assert_int_equal(boost_bin(&binned, f, row), bin);
            }
        }
    }
}

static void histograms_are_sums_and_their_differences(void **state) {
    (void)state;
    static boosting_table table;
    uint64_t random = 11;
    boost_scheme scheme;
    boost_rows binned;
    const boost_kernels *kernels = PEREBOR_KERNEL_PICK(boost_kernels);
    static uint32_t all[BOOSTING_MOST_ROWS], part[BOOSTING_MOST_ROWS], rest[BOOSTING_MOST_ROWS];
    static int64_t terms[BOOSTING_MOST_ROWS], part_terms[BOOSTING_MOST_ROWS],
        rest_terms[BOOSTING_MOST_ROWS];
    boosting_draw(&table, 3, 900, 11);
    assert_int_equal(boost_scheme_create(&scheme, &table.training.rows, 255, SIZE_MAX,
                                         &boosting_workspace, &boosting_workspace, NULL),
                     PEREBOR_OK);
    assert_int_equal(
        boost_rows_create(&binned, &scheme, &table.training.rows, &boosting_workspace, NULL),
        PEREBOR_OK);
    assert_int_equal(scheme.n_features, 10); // column 6 has one value
    uint8_t wanted[BOOSTING_MOST_COLUMNS] = {1, 1, 1, 0, 1, 1, 1, 1, 1, 1};
    size_t n_part = 0, n_rest = 0;
    for (uint32_t row = 0; row < 900; row++) {
        int64_t g = (int64_t)(draw_bits(&random) % 2097153) - 1048576;
        terms[row] = g * 4294967296 + (int64_t)(draw_bits(&random) % 1048576) + 1;
        all[row] = row;
        bool in_part = draw_bits(&random) % 5 == 0;
        part[n_part] = rest[n_rest] = row;
        part_terms[n_part] = rest_terms[n_rest] = terms[row];
        n_part += in_part;
        n_rest += !in_part;
    }
    int64_t *cells[3];
    for (size_t k = 0; k < 3; k++) {
        cells[k] =
            perebor_workspace_take_zeroed(&boosting_workspace, scheme.n_cells, sizeof(int64_t));
        assert_non_null(cells[k]);
    }
    for (size_t word = 0; word < binned.n_words; word++) {
        kernels->accumulate(&scheme, &binned, word, wanted, all, terms, 900, cells[0]);
        kernels->accumulate(&scheme, &binned, word, wanted, part, part_terms, n_part, cells[1]);
        kernels->accumulate(&scheme, &binned, word, wanted, rest, rest_terms, n_rest, cells[2]);
    }
    for (size_t f = 0; f < scheme.n_features; f++) {
        const boost_feature *feature = &scheme.features[f];
        for (uint32_t bin = 0; bin < feature->n_bins; bin++) {
            int64_t g = 0, h = 0;
            for (uint32_t row = 0; row < 900; row++) {
                bool here = wanted[f] != 0 && boost_bin(&binned, f, row) == bin;
                g += here ? boost_gradient(terms[row]) : 0;
                h += here ? boost_hessian(terms[row]) : 0;
            }
            assert_int_equal(boost_gradient(cells[0][feature->first_cell + BOOST_WORD * bin]), g);
            assert_int_equal(boost_hessian(cells[0][feature->first_cell + BOOST_WORD * bin]), h);
        }
    }
    kernels->subtract(cells[0], cells[1], scheme.n_cells);
    assert_memory_equal(cells[0], cells[2], scheme.n_cells * sizeof(int64_t));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(cuts_of_many_rows_are_those_of_all_values, boosting_give_back),
        cmocka_unit_test_teardown(histograms_are_sums_and_their_differences, boosting_give_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
