// SPDX-License-Identifier: MIT
/**
 * A profile as JSON and as a tree: both say what the profile says.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "config/yaml_tree.h"
#include "made_columns.h"
#include "profile/profile_file.h"
#include "profile/profile_tree.h"

static made_columns made;
static perebor_profile *profile;
static const perebor_leak leak_items[] = {{.kind = PEREBOR_LEAK_ORDER,
                                           .column = "",
                                           .phik = NAN,
                                           .auc = NAN,
                                           .z = -7.5,
                                           .detail = "sorted",
                                           .section = "cv",
                                           .step = "shuffle: true"},
                                          {.kind = PEREBOR_LEAK_IDENTIFIER,
                                           .column = "a \"b\"",
                                           .phik = 0.5,
                                           .auc = 0.25,
                                           .z = NAN,
                                           .n_rows = 12,
                                           .detail = "x",
                                           .section = "data.features",
                                           .step = "drop: [x]"}};
static const perebor_leaks leaks = {.items = leak_items, .n = 2};
static const char *const ids[] = {"7", "a\xE2\x80\xA8"};
static const perebor_finding finding = {.kind = "outliers",
                                        .stage = PEREBOR_STAGE_JOINED,
                                        .table = "",
                                        .column = "sum",
                                        .n = 2,
                                        .detail = "two",
                                        .section = "data.filter",
                                        .step = "- x",
                                        .ids = ids,
                                        .n_ids = 2};
static const perebor_quality quality = {.findings = &finding, .n_findings = 1, .problem = ""};
static const perebor_tables_report tables = {0};

static int set_up(void **state) {
    (void)state;
    made_fill(&made);
    made.values[0][3] = NAN;
    return perebor_profile_make(&profile, &made.dataset, NULL, NULL) != PEREBOR_OK;
}

static int tear_down(void **state) {
    (void)state;
    perebor_profile_free(profile);
    profile = NULL;
    return 0;
}

static perebor_profile_document make_document(void) {
    return (perebor_profile_document){.name = "made",
                                      .file = "made.yaml",
                                      .tables = &tables,
                                      .quality = &quality,
                                      .leaks = &leaks,
                                      .profile = profile};
}

/** The n-th item of a list. */
static const yaml_node *item_of(const yaml_node *list, size_t n) {
    const yaml_node *item = list->first;
    while (n-- > 0) {
        item = item->next;
    }
    return item;
}

/** A number, or null for one that is none. */
static void check_number(const yaml_node *node, double number) {
    assert_non_null(node);
    if (isnan(number) || isinf(number)) {
        assert_string_equal(node->text, "null");
    } else {
        assert_true(strtod(node->text, NULL) == number);
    }
}

static void check_column(const yaml_node *node, const perebor_profile_column *column) {
    assert_string_equal(yaml_find(node, "name")->text, column->name);
    check_number(yaml_find(node, "n_gaps"), (double)column->n_missing);
    check_number(yaml_find(node, "auc"), column->auc);
    check_number(yaml_find(node, "phik"), column->phik);
    check_number(yaml_find(node, "vif"), column->vif);
    check_number(yaml_find(node, "p_adjusted"), column->p_adjusted);
    const yaml_node *positive = yaml_find(node, "positive");
    const perebor_profile_group *group = &column->groups[PEREBOR_POSITIVE_ROWS];
    check_number(yaml_find(positive, "n"), (double)group->moments.n);
    if (column->role == PEREBOR_ROLE_NUMERIC) {
        check_number(yaml_find(positive, "sd"), group->moments.sd);
        check_number(item_of(yaml_find(positive, "quantiles"), 3), group->quantiles[3]);
        check_number(item_of(yaml_find(positive, "histogram"), 5), (double)group->histogram[5]);
        check_number(item_of(yaml_find(positive, "density"), 60), group->density[60]);
    } else {
        check_number(item_of(yaml_find(positive, "level_counts"), 1),
                     (double)group->level_counts[1]);
        assert_string_equal(item_of(yaml_find(node, "levels"), 1)->text, column->levels[1]);
    }
}

static void json_says_what_the_profile_says(void **state) {
    (void)state;
    char *json = NULL;
    perebor_arena arena = {0};
    yaml_node *root = NULL;
    perebor_error error = {0};
    const perebor_profile_document document = make_document();
    assert_int_equal(perebor_profile_document_json(&document, &json, &error), PEREBOR_OK);
    if (yaml_tree_parse(&root, &arena, "json", true, json, strlen(json), &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    assert_string_equal(yaml_find(root, "format")->text, "perebor-profile");
    assert_string_equal(yaml_find(root, "problem")->text, "null");
    const yaml_node *columns = yaml_find(root, "columns");
    assert_int_equal(columns->n, MADE_COLUMNS);
    for (size_t i = 0; i < MADE_COLUMNS; i++) {
        check_column(item_of(columns, i), &profile->columns[i]);
    }
    const yaml_node *matrix = yaml_find(yaml_find(root, "matrices"), "spearman");
    for (size_t i = 0; i < profile->n_matrix * profile->n_matrix; i++) {
        check_number(item_of(item_of(matrix, i / profile->n_matrix), i % profile->n_matrix),
                     profile->spearman[i]);
    }
    const yaml_node *leak = item_of(yaml_find(root, "leaks"), 1);
    assert_string_equal(yaml_find(leak, "kind")->text, "identifier");
    assert_string_equal(yaml_find(leak, "column")->text, "a \"b\"");
    check_number(yaml_find(leak, "z"), NAN);
    const yaml_node *found = yaml_find(yaml_find(root, "quality"), "findings")->first;
    assert_string_equal(yaml_find(found, "stage")->text, "joined");
    assert_string_equal(item_of(yaml_find(found, "ids"), 1)->text, ids[1]);
    perebor_arena_release(&arena);
    free(json);
}

static void without_a_dataset_there_is_no_exploration(void **state) {
    (void)state;
    char *json = NULL;
    const perebor_quality broken = {.problem = "t.csv:3: \"no\""};
    perebor_profile_document document = make_document();
    document.leaks = NULL;
    document.profile = NULL;
    document.quality = &broken;
    assert_int_equal(perebor_profile_document_json(&document, &json, NULL), PEREBOR_OK);
    assert_non_null(strstr(json, "\"problem\":\"t.csv:3: \\\"no\\\"\""));
    assert_null(strstr(json, "\"leaks\""));
    assert_null(strstr(json, "\"matrices\""));
    free(json);
    h5_tree *tree = h5_tree_create();
    assert_non_null(tree);
    document_to_tree(&document, tree);
    assert_non_null(h5_find(tree->root, "quality"));
    assert_null(h5_find(tree->root, "leaks"));
    assert_null(h5_find(tree->root, "features"));
    h5_tree_free(tree);
}

static const double *reals_at(const h5_tree *tree, const char *path, size_t length) {
    const h5_node *node = h5_find(tree->root, path);
    if (node == NULL) {
        fail_msg("no %s", path);
        return NULL;
    }
    assert_int_equal(h5_array_length(&node->array), length);
    return node->array.data;
}

static void check_same(double one, double other) {
    assert_true(one == other || (isnan(one) && isnan(other)));
}

static void check_numeric(const h5_tree *tree) {
    enum { EDGES = PEREBOR_PROFILE_BINS + 1 };
    const double *quantiles =
        reals_at(tree, "numeric/negative/quantiles", (size_t)3 * PEREBOR_PROFILE_QUANTILES);
    const double *edges = reals_at(tree, "numeric/all/histogram_edges", (size_t)3 * EDGES);
    const double *density =
        reals_at(tree, "numeric/positive/density", (size_t)3 * PEREBOR_PROFILE_POINTS);
    for (size_t i = 0; i < 3; i++) {
        const perebor_profile_column *column = &profile->columns[i];
        check_same(edges[i * EDGES], column->lower);
        check_same(edges[i * EDGES + PEREBOR_PROFILE_BINS], column->bins_to);
        check_same(quantiles[i * PEREBOR_PROFILE_QUANTILES + 6],
                   column->groups[PEREBOR_NEGATIVE_ROWS].quantiles[6]);
        check_same(density[i * PEREBOR_PROFILE_POINTS + 100],
                   column->groups[PEREBOR_POSITIVE_ROWS].density[100]);
    }
}

static void the_tree_says_what_the_profile_says(void **state) {
    (void)state;
    const perebor_profile_document document = make_document();
    h5_tree *tree = h5_tree_create();
    assert_non_null(tree);
    document_to_tree(&document, tree);
    assert_int_equal(h5_tree_check(tree, "a profile", NULL), PEREBOR_OK);
    const double *auc = reals_at(tree, "features/auc", MADE_COLUMNS);
    const double *vif = reals_at(tree, "features/vif", MADE_COLUMNS);
    for (size_t i = 0; i < MADE_COLUMNS; i++) {
        check_same(auc[i], profile->columns[i].auc);
        check_same(vif[i], profile->columns[i].vif);
    }
    check_numeric(tree);
    const h5_node *levels = h5_find(tree->root, "levels/n_positive");
    assert_non_null(levels);
    for (size_t j = 0; j < 3; j++) {
        assert_int_equal(((const uint64_t *)levels->array.data)[j],
                         profile->columns[3].groups[PEREBOR_POSITIVE_ROWS].level_counts[j]);
    }
    const double *z = reals_at(tree, "leaks/z", 2);
    check_same(z[0], -7.5);
    check_same(z[1], NAN);
    assert_string_equal(h5_find_text(h5_find(tree->root, "target"), "positive"), "yes");
    assert_string_equal(h5_find_text(tree->root, "title"), "made");
    h5_tree_free(tree);
}

static void a_file_of_a_profile_is_replaced_by_its_writer_alone(void **state) {
    (void)state;
    char path[64] = "/tmp/perebor-profile-XXXXXX";
    const perebor_profile_document document = make_document();
    perebor_file_identity expected = {0};
    perebor_error error = {0};
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    assert_int_equal(close(descriptor), 0);
    assert_int_equal(perebor_profile_write(&document, path, &expected, &error),
                     PEREBOR_ERR_CONFLICT);
    assert_int_equal(perebor_file_identify(path).size, 0); // another's, and as it was
    assert_int_equal(unlink(path), 0);
    assert_int_equal(perebor_profile_write(&document, path, &expected, &error), PEREBOR_OK);
    assert_true(expected.exists && expected.size > 10000);
    uint64_t size = expected.size;
    assert_int_equal(perebor_profile_write(&document, path, &expected, &error), PEREBOR_OK);
    assert_int_equal(expected.size, size);
    assert_int_equal(perebor_output_check_kind(path, &perebor_profile_kind, &error), PEREBOR_OK);
    assert_int_not_equal(perebor_output_check_kind(path, &perebor_profile_json_kind, &error),
                         PEREBOR_OK);
    assert_int_equal(unlink(path), 0);
}

#define MAKING(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        MAKING(json_says_what_the_profile_says),
        MAKING(without_a_dataset_there_is_no_exploration),
        MAKING(the_tree_says_what_the_profile_says),
        MAKING(a_file_of_a_profile_is_replaced_by_its_writer_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
