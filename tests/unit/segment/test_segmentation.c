// SPDX-License-Identifier: MIT
/** Cells and rules together, and what is kept of them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "segment/segments_tree.h"
#include "shop_rows.h"

static const segment_rows rows = {.dataset = &shop_dataset,
                                  .probabilities = shop_probabilities,
                                  .lower = shop_probabilities,
                                  .upper = shop_probabilities};

static segmentation make(const segment_settings *settings) {
    segmentation made = {0};
    perebor_error error = {0};
    if (segmentation_make(&made, &rows, settings, NULL, "shop.yaml", &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return made;
}

static size_t count(const segmentation *made, const char *name) {
    const segment *found = segmentation_find(made, name);
    assert_non_null(found);
    return found->profile.n;
}

static void test_cells_by_name_or_by_their_bands(void **state) {
    (void)state;
    segmentation made = make(&shop_settings);
    assert_int_equal(made.n_segments, 6);
    assert_string_equal(made.segments[0].name, "all");
    assert_int_equal(count(&made, "all"), SHOP_ROWS);
    assert_int_equal(count(&made, "save"), 2);        // high and large: rows 2 and 4
    assert_int_equal(count(&made, "high, small"), 1); // row 1, by its bands
    assert_int_equal(count(&made, "watch"), 1);       // two cells of one name, one of them empty
    assert_int_equal(count(&made, "keep"), 1);
    assert_int_equal(count(&made, "low, small"), 2);
    assert_null(segmentation_find(&made, "mid, small"));
    assert_int_equal(made.cell[6], 0); // worth nothing that is known
    segmentation_release(&made);
}

static void test_bands_of_one_kind_alone(void **state) {
    (void)state;
    segment_settings settings = shop_settings;
    settings.worth = (segment_bands){0};
    settings.cells = NULL;
    segmentation made = make(&settings);
    assert_int_equal(made.n_segments, 4);
    assert_int_equal(count(&made, "high"), 3);
    assert_int_equal(count(&made, "mid"), 2);
    segmentation_release(&made);
    settings.risk = (segment_bands){0};
    made = make(&settings);
    assert_int_equal(made.n_segments, 1);
    segmentation_release(&made);
}

static void test_a_rule_that_nobody_meets(void **state) {
    (void)state;
    const segment_rule rules[] = {{"nobody", "p > 1", "", {.line = 1}},
                                  {"pages", "pages > 5", "n", {.line = 2}}};
    segment_settings settings = shop_settings;
    settings.rules = rules;
    settings.n_rules = 2;
    segmentation made = make(&settings);
    assert_int_equal(count(&made, "nobody"), 0);
    assert_true(isnan(segmentation_find(&made, "nobody")->profile.observed));
    assert_int_equal(count(&made, "pages"), 4);
    segmentation_release(&made);
}

static void test_the_group_has_a_row_of_everything(void **state) {
    (void)state;
    perebor_error error = {0};
    h5_tree *tree = h5_tree_create();
    assert_non_null(tree);
    segmentation made = make(&shop_settings);
    h5_node *group = h5_add_group(tree, tree->root, "segments");
    segments_to_tree(&made, tree, group);
    assert_int_equal(h5_tree_check(tree, "segments", &error), PEREBOR_OK);
    const double *at_risk =
        h5_row(h5_find(group, "customers"), "value_at_risk", H5_DOUBLE, SHOP_ROWS);
    const int8_t *worth = h5_row(h5_find(group, "customers"), "worth", H5_INT8, SHOP_ROWS);
    const char *const *names = h5_row(h5_find(group, "segment"), "name", H5_TEXT, 6);
    assert_true(at_risk != NULL && at_risk[2] == made.worth.at_risk[2]);
    assert_true(worth != NULL && worth[6] == -1 && worth[0] == 1);
    assert_true(names != NULL);
    assert_string_equal(names[1], "save");
    const h5_node *members = h5_find(group, "members");
    assert_int_equal(members->array.dimensions[0], 6);
    assert_int_equal(((const int8_t *)members->array.data)[SHOP_ROWS + 2], 1);
    assert_int_equal(((const int8_t *)members->array.data)[SHOP_ROWS + 1], 0);
    const h5_node *effect = h5_find(group, "effect");
    assert_int_equal(effect->array.dimensions[1], 5);
    segmentation_release(&made);
    h5_tree_free(tree);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cells_by_name_or_by_their_bands),
        cmocka_unit_test(test_bands_of_one_kind_alone),
        cmocka_unit_test(test_a_rule_that_nobody_meets),
        cmocka_unit_test(test_the_group_has_a_row_of_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
