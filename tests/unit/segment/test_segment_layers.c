// SPDX-License-Identifier: MIT
/** Portrait, drivers, clusters and rules that are found, among rows that were made to have them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "club_rows.h"
#include "segment/segments_tree.h"
#include "segment/told.h"

static segmentation make(const segment_settings *settings, const segmentation *like) {
    segmentation made = {0};
    perebor_error error = {0};
    if (segmentation_make(&made, &club_rows, settings, like, "club.yaml", &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return made;
}

static size_t count(const segmentation *made, const char *name) {
    const segment *found = segmentation_find(made, name);
    if (found == NULL) {
        fail_msg("no segment %s", name);
        return 0;
    }
    return found->profile.n;
}

static void test_a_portrait_cuts_at_shares_and_at_the_valley(void **state) {
    (void)state;
    segmentation made = make(&club_settings, NULL);
    assert_int_equal(count(&made, "habit: weak"), 200);
    assert_int_equal(count(&made, "habit: middling"), 200);
    assert_int_equal(count(&made, "habit: strong"), 200);
    assert_int_equal(count(&made, "price: discounts"), 120); // every fifth
    assert_int_equal(count(&made, "price: full price"), 480);
    const segment_axis_cuts *price = &made.portrait.axes[1];
    assert_true(price->from[0] > 0.35 && price->from[0] < 0.65);
    assert_true(segment_valley_is_clear(&price->valley));
    segmentation_release(&made);
}

static void test_a_column_of_one_heap_is_not_cut_in_two(void **state) {
    (void)state;
    static const char *const flat[] = {"fee"};
    segment_axis axis = club_settings.axes[1];
    segment_settings settings = club_settings;
    axis.columns = flat;
    axis.name = "price";
    settings.axes = &axis;
    settings.n_axes = 1;
    settings.n_rules = 0;
    segmentation made = make(&settings, NULL);
    if (!segment_valley_is_clear(&made.portrait.axes[0].valley)) {
        assert_int_equal(count(&made, "price: discounts"), 0);
        assert_int_equal(count(&made, "price: full price"), 0);
    } else {
        fail_msg("uniform fees have a valley at %g", made.portrait.axes[0].valley.at);
    }
    segmentation_release(&made);
}

static void test_a_row_has_the_driver_that_adds_most(void **state) {
    (void)state;
    segmentation made = make(&club_settings, NULL);
    // Hunters first: .5 is more than .4; of the others those who seldom come; nobody at .1.
    assert_int_equal(count(&made, "hunts discounts"), 120);
    assert_int_equal(count(&made, "few visits"), 240);
    assert_int_equal(made.driver[2], 0);
    const segment *few = segmentation_find(&made, "few visits");
    size_t columns[2];
    assert_true(fabs(few->profile.driver_mean[0] - 0.4) < 1e-12);
    assert_true(few->profile.driver_error[0] < 1e-12);
    assert_int_equal(segment_drivers_rank(&made, few, columns, 2), 2);
    assert_int_equal(columns[0], 0);
    segmentation_release(&made);
    const segment_reasons *kept = club_rows.reasons;
    club_rows.reasons = NULL;
    made = make(&club_settings, NULL);
    assert_null(segmentation_find(&made, "few visits"));
    segmentation_release(&made);
    club_rows.reasons = kept;
}

static void test_clusters_are_the_two_heaps_of_those_that_are_meant(void **state) {
    (void)state;
    segmentation made = make(&club_settings, NULL);
    size_t n = made.clustering.n_clustered;
    assert_int_equal(made.clustering.choice.k, 2);
    assert_int_equal(count(&made, "group 1") + count(&made, "group 2"), n);
    assert_true(made.clustering.choice.silhouette > 0.6);
    assert_true(made.clustering.stability.jaccard[0] > 0.95);
    for (size_t row = 0; row < CLUB_ROWS; row++) {
        bool is_meant = club_dataset.columns[2].values[row] < 0.9;
        assert_true((made.cluster[row] > 0) == is_meant);
        if (is_meant) {
            assert_int_equal(made.cluster[row], made.cluster[row % 2]);
        }
    }
    assert_non_null(strstr(segmentation_find(&made, "group 1")->note, "visits"));
    segmentation_release(&made);
}

static void test_a_rule_is_found_among_rows_of_training_alone(void **state) {
    (void)state;
    segmentation made = make(&club_settings, NULL);
    size_t n_training = 0;
    for (size_t row = 0; row < CLUB_ROWS; row++) {
        n_training += club_rows.is_test[row] == 0;
    }
    const subgroups *found = &made.discoveries.found;
    assert_int_equal(found->n_rows, n_training);
    assert_true(found->n >= 1);
    const segment *first = segmentation_find(&made, "R1");
    assert_non_null(first);
    assert_true(first->profile.observed > 0.7);
    assert_int_equal(first->profile.n - first->profile.n_test, found->items[0].n);
    assert_non_null(strstr(first->where, "\"visits\" <= "));
    // Its SQL picks the rows that it has.
    const segment_rule rule = {.name = "again", .where = first->where, .note = ""};
    segment_settings settings = club_settings;
    settings.rules = &rule;
    segmentation again = make(&settings, NULL);
    assert_int_equal(count(&again, "again"), first->profile.n);
    segmentation_release(&again);
    segmentation_release(&made);
}

static void test_other_rows_come_into_the_same_segments(void **state) {
    (void)state;
    // The first quarter of the rows, by the cuts of all.
    perebor_dataset quarter = club_dataset;
    quarter.n_rows = CLUB_ROWS / 4;
    quarter.labels = NULL;
    segment_rows rows = club_rows;
    rows.dataset = &quarter;
    rows.is_test = NULL;
    perebor_error error = {0};
    segmentation all = make(&club_settings, NULL), part = {0};
    assert_int_equal(segmentation_make(&part, &rows, &club_settings, &all, "club.yaml", &error),
                     PEREBOR_OK);
    assert_int_equal(part.n_segments, all.n_segments);
    for (size_t i = 0; i < all.n_segments; i++) {
        assert_string_equal(part.segments[i].name, all.segments[i].name);
        assert_memory_equal(part.members + i * quarter.n_rows, all.members + i * CLUB_ROWS,
                            quarter.n_rows);
    }
    assert_true(isnan(part.segments[0].profile.observed));
    segmentation_release(&part);
    segmentation_release(&all);
}

static void test_the_same_rows_give_the_same_bytes(void **state) {
    (void)state;
    segmentation one = make(&club_settings, NULL), other = make(&club_settings, NULL);
    assert_int_equal(one.n_segments, other.n_segments);
    assert_memory_equal(one.members, other.members, one.n_segments * CLUB_ROWS);
    assert_memory_equal(one.clustering.choice.centers, other.clustering.choice.centers,
                        one.clustering.choice.k * 2 * sizeof(double));
    assert_memory_equal(&one.clustering.stability, &other.clustering.stability,
                        sizeof one.clustering.stability);
    segmentation_release(&one);
    segmentation_release(&other);
}

static void test_the_group_has_what_was_found(void **state) {
    (void)state;
    perebor_error error = {0};
    h5_tree *tree = h5_tree_create();
    assert_non_null(tree);
    segmentation made = make(&club_settings, NULL);
    h5_node *group = h5_add_group(tree, tree->root, "segments");
    segments_to_tree(&made, tree, group);
    assert_int_equal(h5_tree_check(tree, "segments", &error), PEREBOR_OK);
    assert_non_null(h5_row(h5_find(group, "portrait"), "axis", H5_TEXT, 2));
    assert_non_null(h5_row(h5_find(group, "portrait/axis_1"), "from", H5_DOUBLE, 2));
    assert_non_null(h5_row(h5_find(group, "clusters"), "jaccard", H5_DOUBLE, 2));
    assert_non_null(h5_row(h5_find(group, "clusters/attempt"), "k", H5_INT64, 3));
    assert_non_null(h5_row(h5_find(group, "drivers"), "column", H5_TEXT, 2));
    assert_non_null(
        h5_row(h5_find(group, "discovered"), "where", H5_TEXT, made.discoveries.found.n));
    assert_non_null(h5_row(h5_find(group, "segment"), "n_test", H5_INT64, made.n_segments));
    segmentation_release(&made);
    h5_tree_free(tree);
}

static void refuse(const segment_settings *settings, const char *why) {
    segmentation made = {0};
    perebor_error error = {0};
    assert_int_equal(segmentation_make(&made, &club_rows, settings, NULL, "club.yaml", &error),
                     PEREBOR_ERR_FORMAT);
    if (strstr(error.message, why) == NULL) {
        fail_msg("%s, not %s", error.message, why);
    }
    segmentation_release(&made);
}

static void test_what_the_data_does_not_have_is_refused(void **state) {
    (void)state;
    static const char *const wrong[] = {"visit"}, *const nominal[] = {"plan"};
    segment_settings settings = club_settings;
    segment_clusters clusters = *club_settings.clusters;
    settings.clusters = &clusters;
    clusters.columns = (perebor_texts){wrong, 1};
    refuse(&settings, "segments.clusters: there is no column \"visit\"");
    clusters.columns = (perebor_texts){nominal, 1};
    refuse(&settings, "segments.clusters: there are no numbers in \"plan\"");
    clusters.columns = club_settings.clusters->columns;
    clusters.where = "visits > 1000";
    refuse(&settings, "0 rows that meet its condition are too few");
    settings = club_settings;
    settings.consent = "plan";
    refuse(&settings, "segments.consent: there are no true and false in \"plan\"");
    settings = club_settings;
    segment_driver driver = club_settings.drivers[0];
    driver.columns = (perebor_texts){wrong, 1};
    settings.drivers = &driver;
    settings.n_drivers = 1;
    refuse(&settings, "the driver \"few visits\": there is no column \"visit\"");
    segment_driver twice[] = {club_settings.drivers[0], club_settings.drivers[0]};
    settings.drivers = twice;
    settings.n_drivers = 2;
    refuse(&settings, "the column \"visits\" is of two drivers");
    settings = club_settings;
    segment_discovery discovery = *club_settings.discovery;
    discovery.columns = (perebor_texts){wrong, 1};
    settings.discovery = &discovery;
    refuse(&settings, "segments.discover: there is no column \"visit\"");
    settings = club_settings;
    segment_axis axis = club_settings.axes[0];
    axis.columns = nominal;
    axis.n_columns = 1;
    settings.axes = &axis;
    settings.n_axes = 1;
    refuse(&settings, "the axis \"habit\" of segments.portrait: there are no numbers in \"plan\"");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_portrait_cuts_at_shares_and_at_the_valley),
        cmocka_unit_test(test_a_column_of_one_heap_is_not_cut_in_two),
        cmocka_unit_test(test_a_row_has_the_driver_that_adds_most),
        cmocka_unit_test(test_clusters_are_the_two_heaps_of_those_that_are_meant),
        cmocka_unit_test(test_a_rule_is_found_among_rows_of_training_alone),
        cmocka_unit_test(test_other_rows_come_into_the_same_segments),
        cmocka_unit_test(test_the_same_rows_give_the_same_bytes),
        cmocka_unit_test(test_the_group_has_what_was_found),
        cmocka_unit_test(test_what_the_data_does_not_have_is_refused),
    };
    return cmocka_run_group_tests(tests, make_club, NULL);
}
