// SPDX-License-Identifier: MIT
/**
 * The summary of a column at every stage, against counting by hand, and the tree it becomes.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "inspect/quality_tree.h"
#include "inspected_tables.h"
#include "table_scratch.h"
#include "table_specs.h"

static const perebor_column_summary *find_summary(perebor_cleaning_stage stage, const char *name) {
    for (size_t i = 0; i < inspected.quality.n_columns; i++) {
        const perebor_column_summary *summary = &inspected.quality.columns[i];
        if (summary->stage == stage && strcmp(summary->name, name) == 0) {
            return summary;
        }
    }
    fail_msg("no summary of %s", name);
    return NULL;
}

enum { n_rows = 700, n_possible = 640 };

/** Numbers in halves, whole if @p step is 2; some gaps. @return How many are numbers. */
static size_t write_numbers(uint64_t *seed, int step, int values[n_rows]) {
    size_t n = 0;
    FILE *file = fopen("flat.csv", "w");
    assert_non_null(file);
    fprintf(file, "id,x,gone\n");
    int n_values = 1 + (int)(draw_bits(seed) % n_possible);
    for (int row = 0; row < n_rows; row++) {
        bool gap = draw_uniform(seed) < 0.1;
        int half = step * (int)(draw_bits(seed) % (uint64_t)n_values) - 100;
        half = draw_uniform(seed) < 0.004 ? 90000 : half;
        fprintf(file, "%d,", row);
        if (!gap) {
            values[n++] = half;
            fprintf(file, half % 2 == 0 ? "%.0f" : "%.1f", half / 2.0);
        }
        fprintf(file, ",%d\n", row % 3 == 0);
    }
    assert_int_equal(fclose(file), 0);
    return n;
}

static int compare_integers(const void *one, const void *other) {
    int left = *(const int *)one;
    int right = *(const int *)other;
    return (left > right) - (left < right);
}

/** By linear interpolation, as numpy has it. */
static double quantile_of(const double *sorted, size_t n, double share) {
    double place = share * (double)(n - 1);
    size_t below = (size_t)place;
    size_t above = below + 1 < n ? below + 1 : below;
    return sorted[below] + (place - (double)below) * (sorted[above] - sorted[below]);
}

static int compare_reals(const void *one, const void *other) {
    double left = *(const double *)one;
    double right = *(const double *)other;
    return (left > right) - (left < right);
}

static void check_spread(const perebor_column_summary *summary, const int *values, size_t n) {
    double sorted[n_rows];
    double away[n_rows];
    for (size_t i = 0; i < n; i++) {
        sorted[i] = values[i] / 2.0;
    }
    double median = quantile_of(sorted, n, 0.5);
    double low = quantile_of(sorted, n, 0.25);
    double high = quantile_of(sorted, n, 0.75);
    for (size_t i = 0; i < n; i++) {
        away[i] = fabs(sorted[i] - median);
    }
    qsort(away, n, sizeof *away, compare_reals);
    double deviation = quantile_of(away, n, 0.5);
    size_t n_outliers = 0;
    size_t n_beyond = 0;
    for (size_t i = 0; i < n; i++) {
        n_outliers += deviation > 0.0 && 0.6745 * fabs(sorted[i] - median) > 8.0 * deviation;
        n_beyond += sorted[i] < low - 1.5 * (high - low) || sorted[i] > high + 1.5 * (high - low);
    }
    assert_true(summary->median == median);
    assert_true(summary->minimum == sorted[0] && summary->maximum == sorted[n - 1]);
    assert_int_equal(summary->n_outliers, n_outliers);
    assert_int_equal(summary->n_beyond_iqr, n_beyond);
}

static void check_counts(const perebor_column_summary *summary, const int *sorted, size_t n) {
    size_t n_distinct = 0;
    size_t n_top = 0;
    for (size_t first = 0, end; first < n; first = end) {
        for (end = first; end < n && sorted[end] == sorted[first];) {
            end++;
        }
        n_distinct++;
        n_top = end - first > n_top ? end - first : n_top;
    }
    size_t n_of_top = 0;
    for (size_t i = 0; i < n; i++) {
        n_of_top += sorted[i] / 2.0 == strtod(summary->top, NULL);
    }
    assert_int_equal(summary->n_rows, n_rows);
    assert_int_equal(summary->n_missing, n_rows - n);
    assert_int_equal(summary->n_distinct, n_distinct);
    assert_int_equal(summary->n_top, n_top);
    assert_int_equal(n_of_top, n_top);
}

static void numbers_are_summarised_as_by_hand(void **state) {
    (void)state;
    const perebor_table_source source = {.name = "flat", .path = "flat.csv"};
    const perebor_tables_spec spec = {
        .file = "experiment.yaml",
        .sources = &source,
        .n_sources = 1,
        .roles = {.id = "id", .target = "gone", .detect = true, .fills_numeric = true}};
    uint64_t seed = 2718;
    for (int i = 0; i < 40; i++) {
        int values[n_rows];
        int step = 1 + i % 2;
        size_t n = write_numbers(&seed, step, values);
        inspect(&spec);
        qsort(values, n, sizeof *values, compare_integers);
        for (int stage = PEREBOR_STAGE_READ; stage <= PEREBOR_STAGE_FINAL; stage++) {
            const perebor_column_summary *summary =
                find_summary((perebor_cleaning_stage)stage, "x");
            assert_string_equal(summary->table, stage <= PEREBOR_STAGE_CLEAN ? "flat" : "");
            check_counts(summary, values, n);
            check_spread(summary, values, n);
        }
    }
}

static void a_column_has_the_type_of_its_values(void **state) {
    (void)state;
    static const struct {
        const char *name, *type, *top;
        uint64_t n_distinct, n_top, n_missing;
    } columns[] = {
        {"whole", "integer", "2", 2, 3, 0}, {"half", "real", "0.5", 3, 2, 1},
        {"word", "text", "a", 2, 3, 1},     {"both", "mixed", "7", 3, 3, 0},
        {"nothing", "empty", "", 0, 0, 5},  {"fraction", "integer", "3.0", 1, 4, 1},
    };
    scratch_write("flat.csv", "whole,half,word,both,nothing,fraction,gone\n"
                              "2,0.5,a,7,,3.0,yes\n2,,b,x,,3.0,no\n"
                              "2,0.5,a,7,,3.0,yes\n1,1,a,7,,,no\n1,-2,,8,,3.0,no\n");
    const perebor_table_source source = {.name = "flat", .path = "flat.csv"};
    const perebor_tables_spec spec = {
        .file = "experiment.yaml",
        .sources = &source,
        .n_sources = 1,
        .roles = {.target = "gone", .positive = "yes", .detect = true, .drop = TEXTS("nothing")}};
    inspect(&spec);
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        const perebor_column_summary *summary = find_summary(PEREBOR_STAGE_READ, columns[i].name);
        assert_string_equal(summary->type, columns[i].type);
        assert_string_equal(summary->top, columns[i].top);
        assert_int_equal(summary->n_distinct, columns[i].n_distinct);
        assert_int_equal(summary->n_top, columns[i].n_top);
        assert_int_equal(summary->n_missing, columns[i].n_missing);
        bool numeric =
            strcmp(columns[i].type, "integer") == 0 || strcmp(columns[i].type, "real") == 0;
        assert_true(isnan(summary->median) != numeric);
        assert_true(isnan(summary->minimum) != numeric && isnan(summary->maximum) != numeric);
    }
}

static void a_value_just_at_one_and_a_half_ranges_is_not_beyond(void **state) {
    (void)state;
    // Quartiles 6 and 10: from 0 to 16.
    const perebor_roles roles = {.target = "gone", .positive = "yes", .detect = true};
    inspect_flat("x,gone",
                 RUNS({"0,no", 1}, {"6,yes", 3}, {"8,no", 1}, {"10,yes", 3}, {"16,no", 1}), &roles);
    assert_int_equal(find_summary(PEREBOR_STAGE_READ, "x")->n_beyond_iqr, 0);
    inspect_flat("x,gone",
                 RUNS({"-0.1,no", 1}, {"6,yes", 3}, {"8,no", 1}, {"10,yes", 3}, {"16.1,no", 1}),
                 &roles);
    assert_int_equal(find_summary(PEREBOR_STAGE_READ, "x")->n_beyond_iqr, 2);
}

static void stages_have_the_names_of_the_file(void **state) {
    (void)state;
    assert_string_equal(perebor_cleaning_stage_names[PEREBOR_STAGE_READ], "read");
    assert_string_equal(perebor_cleaning_stage_names[PEREBOR_STAGE_CLEAN], "clean");
    assert_string_equal(perebor_cleaning_stage_names[PEREBOR_STAGE_JOINED], "joined");
    assert_string_equal(perebor_cleaning_stage_names[PEREBOR_STAGE_FINAL], "final");
    assert_null(perebor_cleaning_stage_names[PEREBOR_STAGE_FINAL + 1]);
}

static const h5_array *array_at(const h5_tree *tree, const char *path, size_t length) {
    const h5_node *node = h5_find(tree->root, path);
    if (node == NULL) {
        fail_msg("no %s", path);
        return NULL;
    }
    assert_int_equal(h5_array_length(&node->array), length);
    return &node->array;
}

static const char *text_at(const h5_tree *tree, const char *path, size_t length, size_t i) {
    return ((const char *const *)array_at(tree, path, length)->data)[i];
}

static int64_t integer_at(const h5_tree *tree, const char *path, size_t length, size_t i) {
    return ((const int64_t *)array_at(tree, path, length)->data)[i];
}

/** A shop with an outlier, a gap, and rows that a step changes and a filter drops. */
static void inspect_faulty(void) {
    const perebor_table_source source = {.name = "flat", .path = "flat.csv", .key = "id"};
    const perebor_clean_step clean = {.kind = PEREBOR_STEP_REPLACE,
                                      .columns = TEXTS("c"),
                                      .from = TEXTS("rot"),
                                      .to = TEXTS("red")};
    const perebor_filter_step filter = {
        .columns = TEXTS("id"), .comparison = PEREBOR_NOT_IN, .values = TEXTS("1003")};
    const perebor_tables_spec spec = {.file = "experiment.yaml",
                                      .sources = &source,
                                      .n_sources = 1,
                                      .clean = &clean,
                                      .n_clean = 1,
                                      .filter = &filter,
                                      .n_filter = 1,
                                      .roles = {FLAT_ROLES, .fills_numeric = true}};
    write_runs("flat.csv", "id,x,c,gone",
               RUNS({"#,~,red,?", 60}, {"#,~,rot,?", 3}, {"#,~,blue,?", 60}, {"#,99999,red,?", 1},
                    {"#,,red,?", 1}));
    inspect(&spec);
}

static void everything_found_goes_into_the_tree(void **state) {
    (void)state;
    inspect_faulty();
    const perebor_quality *quality = &inspected.quality;
    h5_tree *tree = h5_tree_create();
    assert_non_null(tree);
    quality_to_tree(quality, tree);
    assert_int_equal(h5_tree_check(tree, "a tree", NULL), PEREBOR_OK);
    size_t n = quality->n_findings;
    size_t n_ids = 0;
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(text_at(tree, "quality/findings/kind", n, i),
                            quality->findings[i].kind);
        assert_string_equal(text_at(tree, "quality/findings/detail", n, i),
                            quality->findings[i].detail);
        assert_string_equal(text_at(tree, "quality/findings/step", n, i),
                            quality->findings[i].step);
        assert_int_equal(integer_at(tree, "quality/findings/n", n, i), quality->findings[i].n);
        assert_int_equal(((int8_t *)array_at(tree, "quality/findings/stage", n)->data)[i],
                         quality->findings[i].stage);
        n_ids += quality->findings[i].n_ids;
    }
    assert_true(n_ids >= 2); // the outlier, joined and at the end
    int64_t owner = integer_at(tree, "quality/finding_ids/finding", n_ids, 0);
    assert_string_equal(quality->findings[owner].kind, "outliers");
    assert_string_equal(text_at(tree, "quality/finding_ids/id", n_ids, 0), "1123");
    assert_non_null(h5_find(tree->root, "tables/findings/kind"));
    assert_null(h5_find(tree->root, "tables/findings/step"));
    h5_tree_free(tree);
}

static void every_place_of_a_correction_is_a_row_of_the_tree(void **state) {
    (void)state;
    inspect_faulty();
    h5_tree *tree = h5_tree_create();
    assert_non_null(tree);
    quality_to_tree(&inspected.quality, tree);
    static const int64_t lines[] = {62, 63, 64, 5};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(integer_at(tree, "quality/corrected/line", 4, i), lines[i]);
        assert_int_equal(integer_at(tree, "quality/corrected/correction", 4, i), i / 3);
    }
    assert_string_equal(text_at(tree, "quality/corrections/before", 2, 0), "rot");
    assert_string_equal(text_at(tree, "quality/corrections/after", 2, 1), "(dropped)");
    assert_int_equal(integer_at(tree, "quality/corrections/n_lines", 2, 0), 3);
    const h5_node *group = h5_find(tree->root, "quality/corrections");
    const h5_attribute *corrected = h5_find_attribute(group, "n_corrected");
    assert_non_null(corrected);
    assert_int_equal(*(const uint64_t *)corrected->value.data, 4);
    assert_string_equal(h5_find_text(h5_find(tree->root, "quality"), "problem"), "");
    size_t n = inspected.quality.n_columns;
    assert_int_equal(n, 4 * 4);
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(text_at(tree, "quality/columns/name", n, i),
                            inspected.quality.columns[i].name);
        assert_int_equal(integer_at(tree, "quality/columns/n_gaps", n, i),
                         inspected.quality.columns[i].n_missing);
    }
    h5_tree_free(tree);
}

#define INSPECTING(test) cmocka_unit_test_teardown(test, forget_inspected)

int main(void) {
    const struct CMUnitTest tests[] = {
        INSPECTING(numbers_are_summarised_as_by_hand),
        INSPECTING(a_column_has_the_type_of_its_values),
        INSPECTING(a_value_just_at_one_and_a_half_ranges_is_not_beyond),
        cmocka_unit_test(stages_have_the_names_of_the_file),
        INSPECTING(everything_found_goes_into_the_tree),
        INSPECTING(every_place_of_a_correction_is_a_row_of_the_tree),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
