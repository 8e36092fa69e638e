// SPDX-License-Identifier: MIT
/** Forms as C source, word by word where a hair decides; tests/export compiles and runs them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "export/c_arithmetic.h"
#include "export/c_form.h"

static const double numbers[] = {0.5, -1.0, 2.0, 0.25, 8.0, 3.0};

/** The source of a form, freed by the caller. */
static char *write_form(const perebor_model_form *form) {
    c_text text = {.name = "m"};
    c_form_put(&text, form);
    bytes_put_u8(&text.bytes, 0);
    assert_false(text.bytes.failed);
    return (char *)text.bytes.data;
}

static void expect_part(const char *source, const char *part, bool there) {
    if ((strstr(source, part) != NULL) != there) {
        fail_msg("%s\n%s\nin\n%s", there ? "there is no" : "there is", part, source);
    }
}

static void a_sum_of_columns_is_this(void **state) {
    (void)state;
    perebor_model_form form = {.kind = PEREBOR_FORM_LINEAR, .n_columns = 2};
    form.as.linear = (perebor_linear_form){numbers, 0.75};
    char *source = write_form(&form);
    assert_int_equal(c_form_functions(&form), 0);
    assert_string_equal(source, "static const double m_weights[2] = {\n"
                                "    0x1p-1, -0x1p+0,\n"
                                "};\n"
                                "\n"
                                "static double m_form(const double *x) {\n"
                                "    double sum = 0x1.8p-1;\n"
                                "    size_t i;\n"
                                "    for (i = 0; i < 2; i++) {\n"
                                "        sum += m_weights[i] * x[i];\n"
                                "    }\n"
                                "    return sum;\n"
                                "}\n\n");
    free(source);
    form.grain = 0.25;
    source = write_form(&form);
    assert_int_equal(c_form_functions(&form), C_ROUND);
    expect_part(source, "    return m_round(sum, 0x1p-2);\n", true);
    free(source);
}

static void trees_go_left_at_the_threshold_itself(void **state) {
    (void)state;
    static const uint64_t first[] = {0, 3, 4};
    static const uint32_t columns[] = {1, 0, 0, 0}, left[] = {1, 0, 0, 0};
    for (int single = 0; single < 2; single++) {
        perebor_model_form form = {.kind = PEREBOR_FORM_TREES, .n_columns = 2};
        form.as.trees = (perebor_trees_form){.n_trees = 2,
                                             .n_nodes = 4,
                                             .first_node = first,
                                             .thresholds = numbers,
                                             .values = numbers + 2,
                                             .covers = numbers,
                                             .columns = columns,
                                             .left = left,
                                             .single_precision = single != 0};
        char *source = write_form(&form);
        assert_int_equal(c_form_functions(&form), 0);
        expect_part(source, "static const size_t m_first_node[2] = {0, 3};\n", true);
        expect_part(source, "m_column[4] = {\n    1, 0, 0, 0,\n};\n", true);
        expect_part(source, "m_left[4] = {\n    1, 0, 0, 0,\n};\n", true);
        expect_part(source, "m_value[4] = {\n    0x1p+1, 0x1p-2, 0x1p+3, 0x1.8p+1,\n};\n", true);
        expect_part(source,
                    "            node = m_first_node[tree] + m_left[node] + "
                    "(value <= m_threshold[node] ? 0 : 1);\n",
                    true);
        expect_part(source, "            value = (float)value;\n", single != 0);
        expect_part(source, "    return sum / 2.0;\n", true);
        free(source);
    }
}

static void the_first_of_equally_near_points_counts(void **state) {
    (void)state;
    static double points[8] = {0.5, 1.0, 2.0};
    static const uint8_t labels[] = {1, 0, 1};
    static const struct {
        perebor_distance_kind distance;
        double p;
        bool by_distance;
        unsigned functions;
        const char *sum, *weight;
    } cases[] = {
        {PEREBOR_DISTANCE_MANHATTAN, 1, false, C_FROM_BITS,
         "sum += difference < 0.0 ? -difference : difference;", NULL},
        {PEREBOR_DISTANCE_MANHATTAN, 1, true, C_FROM_BITS,
         "sum += difference < 0.0 ? -difference : difference;", " : 1.0 / nearest[i];\n"},
        {PEREBOR_DISTANCE_EUCLIDEAN, 2, false, C_FROM_BITS, "sum += difference * difference;",
         NULL},
        {PEREBOR_DISTANCE_EUCLIDEAN, 2, true, C_SQRT | C_FROM_BITS,
         "sum += difference * difference;", " : 1.0 / m_sqrt(nearest[i]);\n"},
        {PEREBOR_DISTANCE_MINKOWSKI, 4, true, C_POW | C_FROM_BITS,
         "sum += m_pow(difference < 0.0 ? -difference : difference, 0x1p+2);",
         " : 1.0 / m_pow(nearest[i], 0x1p-2);\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        perebor_model_form form = {.kind = PEREBOR_FORM_NEIGHBORS, .n_columns = 1};
        form.as.neighbors = (perebor_neighbors_form){.points = {points, 3, 1, 8},
                                                     .labels = labels,
                                                     .k = 2,
                                                     .by_distance = cases[i].by_distance,
                                                     .distance = cases[i].distance,
                                                     .p = cases[i].p};
        char *source = write_form(&form);
        assert_int_equal(c_form_functions(&form), cases[i].functions);
        expect_part(source, "m_labels[3] = {\n    1, 0, 1,\n};\n", true);
        expect_part(source, cases[i].sum, true);
        expect_part(source, "(n == 2 && !(sum < nearest[1]))", true);
        expect_part(source, "for (; i > 0 && nearest[i - 1] > sum; i--)", true);
        expect_part(source, "nearest[0] == 0.0 ? (nearest[i] == 0.0 ? 1.0 : 0.0)",
                    cases[i].by_distance);
        if (cases[i].weight != NULL) {
            expect_part(source, cases[i].weight, true);
        }
        free(source);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sum_of_columns_is_this),
        cmocka_unit_test(trees_go_left_at_the_threshold_itself),
        cmocka_unit_test(the_first_of_equally_near_points_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
