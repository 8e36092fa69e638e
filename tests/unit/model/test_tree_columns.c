// SPDX-License-Identifier: MIT
/* What trees are grown from: columns sorted once, and the columns that a node draws. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "learning.h"
#include "model/tree/tree_columns.h"
#include "model/tree/tree_draw.h"
#include "model/tree/tree_sklearn_draw.h"

/** Shared by every test here. */
static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

/** How values of a column are made. */
typedef enum values {
    CONSTANT,
    BINARY,
    ZEROS,
    FEW,
    NORMAL,
    NEIGHBOURS,
    ALL_SIZES,
    N_VALUES
} values;

static double draw_value(values values, uint64_t *state) {
    uint64_t bits = draw_bits(state);
    switch (values) {
    case CONSTANT:
        return -3.5;
    case BINARY:
        return bits % 2 ? 1e-300 : -2.0;
    case ZEROS: // the two zeros are one value
        return bits % 2 ? 0.0 : -0.0;
    case FEW:
        return (double)(bits % 7) - 3.0;
    case NEIGHBOURS: // apart by their last bits alone
        return 1.0 + (double)(bits % 5) * DBL_EPSILON;
    case ALL_SIZES:
        return (bits % 2 ? 1.0 : -1.0) * ldexp(1.0, (int)(bits / 2 % 2000) - 1000);
    case NORMAL:
    case N_VALUES:
        break;
    }
    return draw_normal(state);
}

/** One column of every kind, twice, so that words of eight bytes are begun and passed. */
static perebor_matrix draw_matrix(size_t n_rows, uint64_t *state) {
    perebor_matrix matrix = learning_matrix(&workspace, n_rows, 2 * N_VALUES + 9);
    for (size_t column = 0; column < matrix.n_columns; column++) {
        values values = column < 2 * N_VALUES ? (enum values)(column % N_VALUES) : BINARY;
        for (size_t row = 0; row < n_rows; row++) {
            perebor_matrix_column(&matrix, column)[row] = draw_value(values, state);
        }
    }
    return matrix;
}

/** Entries ascend, and each says whether its value is another than the one before. */
static void check_slot(const tree_columns *columns, uint32_t slot, const uint8_t *labels) {
    const double *values = perebor_matrix_column(&columns->matrix, columns->sorted[slot]);
    const tree_entry *entries = columns->entries + (size_t)slot * columns->n_rows;
    uint8_t *seen = calloc(columns->n_rows, 1);
    uint32_t n_values = 1;
    assert_non_null(seen);
    for (size_t i = 0; i < columns->n_rows; i++) {
        uint32_t row = tree_entry_row(entries[i]);
        assert_true(row < columns->n_rows && !seen[row]);
        seen[row] = 1;
        assert_int_equal(tree_entry_label(entries[i]), labels[row]);
        double before = i > 0 ? values[tree_entry_row(entries[i - 1])] : values[row];
        assert_true(before <= values[row]);
        assert_int_equal(tree_entry_step(entries[i]), before < values[row]);
        n_values += before < values[row];
    }
    assert_int_equal(tree_entries_count_values(entries, columns->n_rows), n_values);
    assert_true(tree_entries_vary(entries, columns->n_rows));
    assert_int_equal(columns->distinct[slot], n_values == columns->n_rows);
    free(seen);
}

static void check_binary(const tree_columns *columns, uint32_t b) {
    const double *values = perebor_matrix_column(&columns->matrix, columns->binary[b]);
    const uint64_t *words = columns->words + (size_t)(b / TREE_COLUMNS_PER_WORD) * columns->n_rows;
    for (size_t row = 0; row < columns->n_rows; row++) {
        uint64_t byte = words[row] >> 8 * (b % TREE_COLUMNS_PER_WORD) & 0xff;
        assert_int_equal(byte, values[row] > columns->middle[b]);
    }
}

static void columns_are_sorted_packed_or_dropped(void **state) {
    (void)state;
    const size_t sizes[] = {2, 3, 17, 64, 1000, 4095, 4096, 6000};
    uint64_t random = 1;
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        tree_columns columns;
        static uint8_t labels[6000];
        perebor_training training = {.rows = draw_matrix(sizes[k], &random), .labels = labels};
        uint32_t n_ones = 0;
        for (size_t row = 0; row < sizes[k]; row++) {
            labels[row] = (uint8_t)(draw_bits(&random) % 2);
            n_ones += labels[row];
        }
        assert_int_equal(tree_columns_create(&columns, &training, &workspace, NULL), PEREBOR_OK);
        assert_int_equal(columns.n_ones, n_ones);
        for (uint32_t slot = 0; slot < columns.n_sorted; slot++) {
            check_slot(&columns, slot, labels);
            assert_false(tree_columns_is_binary(&columns, slot));
        }
        for (uint32_t b = 0; b < columns.n_binary; b++) {
            check_binary(&columns, b);
            assert_true(tree_columns_is_binary(&columns, columns.n_sorted + 1 + b));
        }
        if (sizes[k] >= 64) { // surely every kind shows what it has
            assert_int_equal(columns.n_sorted, 2 * 4);
            assert_int_equal(columns.n_binary, 2 + 9);
            assert_int_equal(columns.n_words, 2);
        }
        const tree_entry *rows = columns.entries + (size_t)columns.n_sorted * columns.n_rows;
        for (uint32_t row = 0; row < columns.n_rows; row++) {
            assert_int_equal(tree_entry_row(rows[row]), row);
            assert_int_equal(tree_entry_label(rows[row]), labels[row]);
        }
        perebor_workspace_return(&workspace, (perebor_workspace_mark){0});
    }
}

static void rows_without_labels_have_label_0(void **state) {
    (void)state;
    uint64_t random = 2;
    tree_columns columns;
    perebor_training training = {.rows = draw_matrix(50, &random), .labels = NULL};
    assert_int_equal(tree_columns_create(&columns, &training, &workspace, NULL), PEREBOR_OK);
    assert_int_equal(columns.n_ones, 0);
    for (size_t i = 0; i < (columns.n_sorted + 1) * (size_t)50; i++) {
        assert_int_equal(tree_entry_label(columns.entries[i]), 0);
    }
}

/** Between neighbours there is no room: the threshold is the lower one, where equal values go. */
static void a_threshold_parts_its_two_values(void **state) {
    (void)state;
    uint64_t random = 3;
    for (int i = 0; i < 20000; i++) {
        double lower = draw_value(i % 2 ? ALL_SIZES : NORMAL, &random);
        double higher = i % 3 == 0 ? nextafter(lower, INFINITY)
                                   : lower + fabs(draw_value(i % 5 ? ALL_SIZES : NORMAL, &random));
        double middle = tree_columns_middle(lower, higher);
        assert_true(lower == higher || (lower <= middle && middle < higher));
    }
    assert_true(tree_columns_middle(-DBL_MAX, DBL_MAX) == 0.0);
    assert_true(isfinite(tree_columns_middle(0.5 * DBL_MAX, DBL_MAX)));
    assert_true(tree_columns_middle(1.0, 4.0) == 2.5);
    assert_true(tree_columns_middle(0.0, 4.9406564584124654e-324) == 0.0);
}

/* The project's own draw. */

static tree_draw make_draw(size_t n_columns, size_t max_features) {
    tree_draw draw;
    assert_true(tree_draw_create(&draw, n_columns, max_features, &workspace));
    return draw;
}

static size_t n_visited(const tree_draw *draw) {
    size_t n = 0;
    for (size_t column = 0; column < draw->n_columns; column++) {
        n += draw->visited[column];
    }
    return n;
}

static void as_many_columns_are_drawn_as_are_wanted_and_all_at_most(void **state) {
    (void)state;
    const uint8_t none[13] = {0};
    for (size_t n = 1; n <= 13; n++) {
        for (size_t wanted = 1; wanted <= 15; wanted++) {
            tree_draw draw = make_draw(n, wanted);
            tree_draw_columns(&draw, 99 * n + wanted, none);
            assert_int_equal(n_visited(&draw), wanted < n ? wanted : n);
        }
    }
}

/** A draw of more columns has those of a draw of fewer. */
static void draws_of_one_path_are_prefixes_of_one_order(void **state) {
    (void)state;
    const uint8_t none[12] = {0};
    for (uint64_t path = 0; path < 50; path++) {
        uint8_t before[12] = {0};
        for (size_t wanted = 1; wanted <= 12; wanted++) {
            tree_draw draw = make_draw(12, wanted);
            tree_draw_columns(&draw, path, none);
            for (size_t column = 0; column < 12; column++) {
                assert_true(draw.visited[column] >= before[column]);
            }
            memcpy(before, draw.visited, sizeof before);
        }
        perebor_workspace_return(&workspace, (perebor_workspace_mark){0});
    }
}

static void a_draw_goes_on_until_it_has_a_column_that_can_be_split(void **state) {
    (void)state;
    for (uint64_t path = 0; path < 200; path++) {
        uint8_t constant[10];
        memset(constant, 1, sizeof constant);
        tree_draw draw = make_draw(10, 3);
        tree_draw_columns(&draw, path, constant);
        assert_int_equal(n_visited(&draw), 10); // in vain
        constant[path % 10] = 0;
        tree_draw_columns(&draw, path, constant);
        assert_true(n_visited(&draw) >= 3);
        assert_int_equal(draw.visited[path % 10], 1);
        memset(constant, 0, sizeof constant);
        tree_draw_columns(&draw, path, constant);
        assert_int_equal(n_visited(&draw), 3);
        perebor_workspace_return(&workspace, (perebor_workspace_mark){0});
    }
}

/** Over many nodes of a random tree every column is drawn as often: within five deviations. */
static void every_column_is_drawn_as_often(void **state) {
    (void)state;
    enum { n_paths = 4000, n = 8, wanted = 2 };
    const uint8_t none[n] = {0};
    size_t times[n] = {0};
    uint64_t path = 0, random = 5;
    tree_draw draw = make_draw(n, wanted);
    for (int i = 0; i < n_paths; i++) {
        uint64_t turned = tree_draw_turn(path, (uint32_t)(draw_bits(&random) % 2));
        assert_true(turned != path);
        assert_true(tree_draw_turn(path, 0) != tree_draw_turn(path, 1));
        path = turned;
        tree_draw_columns(&draw, path, none);
        for (size_t column = 0; column < n; column++) {
            times[column] += draw.visited[column];
        }
    }
    double share = (double)wanted / n;
    double deviation = sqrt(n_paths * share * (1.0 - share));
    for (size_t column = 0; column < n; column++) {
        assert_true(fabs((double)times[column] - n_paths * share) < 5.0 * deviation);
    }
}

/* scikit-learn's draw, by its splitter's text (sklearn/tree/_splitter.pyx, 1.2.1). */

typedef struct splitter {
    uint32_t random;
    size_t features[16], constant_features[16];
    size_t n_features, max_features;
} splitter;

static size_t rand_int(splitter *splitter, size_t low, size_t high) {
    splitter->random ^= splitter->random << 13;
    splitter->random ^= splitter->random >> 17;
    splitter->random ^= splitter->random << 5;
    return low + splitter->random % 2147483648u % (high - low);
}

static void exchange(size_t *features, size_t a, size_t b) {
    size_t kept = features[a];
    features[a] = features[b];
    features[b] = kept;
}

/** Visits a node. @return How many columns its children know; @p visited in order. */
static size_t visit_node(splitter *splitter, const bool *is_constant, size_t n_known,
                         size_t *visited, size_t *n_visited_columns) {
    size_t f_i = splitter->n_features, n_drawn = 0, n_found = 0, n_total = n_known, n = 0;
    *n_visited_columns = 0;
    while (f_i > n_total && (n < splitter->max_features || n <= n_found + n_drawn)) {
        n++;
        size_t f_j = rand_int(splitter, n_drawn, f_i - n_found);
        if (f_j < n_known) {
            exchange(splitter->features, n_drawn++, f_j);
            continue;
        }
        f_j += n_found;
        visited[(*n_visited_columns)++] = splitter->features[f_j];
        if (is_constant[splitter->features[f_j]]) {
            exchange(splitter->features, f_j, n_total++);
            n_found++;
            continue;
        }
        exchange(splitter->features, --f_i, f_j);
    }
    memcpy(splitter->features, splitter->constant_features, n_known * sizeof(size_t));
    memcpy(splitter->constant_features + n_known, splitter->features + n_known,
           n_found * sizeof(size_t));
    return n_total;
}

static void scikit_learns_draw_visits_what_its_text_visits(void **state) {
    (void)state;
    uint64_t random = 6;
    for (uint32_t seed = 0; seed < 300; seed++) {
        tree_sklearn_draw draw;
        size_t n_columns = 1 + draw_bits(&random) % 16;
        size_t max_features = 1 + draw_bits(&random) % n_columns;
        assert_int_equal(
            tree_sklearn_draw_create(&draw, seed, n_columns, max_features, &workspace, NULL),
            PEREBOR_OK);
        splitter splitter = {
            .random = draw.random, .n_features = n_columns, .max_features = max_features};
        bool is_constant[16] = {false};
        size_t known = 0;
        for (size_t column = 0; column < n_columns; column++) {
            splitter.features[column] = column;
        }
        for (int depth = 0; depth < 6; depth++) { // down one way: what is constant stays so
            size_t visited[16], n, at = 0;
            uint32_t column;
            is_constant[draw_bits(&random) % n_columns] = true;
            size_t expected = visit_node(&splitter, is_constant, known, visited, &n);
            tree_sklearn_draw_start(&draw, known);
            while (tree_sklearn_draw_next(&draw, &column)) {
                assert_true(at < n);
                assert_int_equal(column, visited[at++]);
                tree_sklearn_draw_put(&draw, is_constant[column]);
            }
            assert_int_equal(at, n);
            known = tree_sklearn_draw_finish(&draw);
            assert_int_equal(known, expected);
        }
        perebor_workspace_return(&workspace, (perebor_workspace_mark){0});
    }
}

/** numpy.random.RandomState(seed).randint(0, 2**31 - 1) */
static void scikit_learns_draw_starts_as_numpy_does(void **state) {
    (void)state;
    static const struct {
        uint32_t seed, first;
    } known[] = {{0, 209652396}, {1, 1791095845}, {42, 1608637542}, {4294967295u, 419326371}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        tree_sklearn_draw draw;
        assert_int_equal(tree_sklearn_draw_create(&draw, known[i].seed, 3, 3, &workspace, NULL),
                         PEREBOR_OK);
        assert_int_equal(draw.random, known[i].first);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_sorted_packed_or_dropped),
        cmocka_unit_test(rows_without_labels_have_label_0),
        cmocka_unit_test(a_threshold_parts_its_two_values),
        cmocka_unit_test(as_many_columns_are_drawn_as_are_wanted_and_all_at_most),
        cmocka_unit_test(draws_of_one_path_are_prefixes_of_one_order),
        cmocka_unit_test(a_draw_goes_on_until_it_has_a_column_that_can_be_split),
        cmocka_unit_test(every_column_is_drawn_as_often),
        cmocka_unit_test(scikit_learns_draw_visits_what_its_text_visits),
        cmocka_unit_test(scikit_learns_draw_starts_as_numpy_does),
    };
    return cmocka_run_group_tests(tests, NULL, give_back);
}
