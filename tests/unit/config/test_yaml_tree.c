// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/yaml_tree.h"

static yaml_node *parse(perebor_arena *arena, const char *text) {
    yaml_node *root = NULL;
    perebor_error error = {0};
    perebor_status status =
        yaml_tree_parse(&root, arena, "e.yaml", true, text, strlen(text), &error);
    assert_string_equal(error.message, "");
    assert_int_equal(status, PEREBOR_OK);
    return root;
}

static void refuses(const char *text, size_t size, const char *message) {
    perebor_arena arena = {0};
    yaml_node *root = NULL;
    perebor_error error = {0};
    assert_int_equal(yaml_tree_parse(&root, &arena, "e.yaml", true, text, size, &error),
                     PEREBOR_ERR_FORMAT);
    assert_string_equal(error.message, message);
    assert_null(root);
    perebor_arena_release(&arena);
}

#define REFUSES(text, message) refuses(text, sizeof(text) - 1, message)

static void nodes_know_where_they_stood(void **state) {
    (void)state;
    perebor_arena arena = {0};
    yaml_node *root = parse(&arena, "# comment\nключ: значение\nlist:\n  - 1\n  - \"2\"\n");
    assert_int_equal(root->kind, YAML_MAP);
    assert_int_equal(root->n, 2);
    const yaml_node *first = yaml_find(root, "ключ");
    assert_string_equal(first->text, "значение");
    assert_int_equal(first->line, 2);
    assert_int_equal(first->column, 7); // counted in characters
    assert_int_equal(first->key_column, 1);
    const yaml_node *list = yaml_find(root, "list");
    assert_int_equal(list->kind, YAML_LIST);
    assert_false(list->first->quoted);
    assert_true(list->first->next->quoted);
    assert_int_equal(list->first->next->line, 5);
    assert_int_equal(list->first->next->column, 5);
    assert_null(yaml_find(root, "nothing"));
    perebor_arena_release(&arena);
}

static void what_an_experiment_has_no_use_for_is_refused(void **state) {
    (void)state;
    REFUSES("", "e.yaml: there is nothing in it");
    REFUSES("# only a comment\n", "e.yaml: there is nothing in it");
    REFUSES("a: 1\nb: 2\na: 3\n", "e.yaml:3:1: a is given twice; the first is on line 1");
    REFUSES("a: &x 1\n",
            "e.yaml:1:4: anchor &x: anchors are not read; write the value where it is used");
    REFUSES("a: *x\n", "e.yaml:1:4: alias *x: aliases are not read; write the value here");
    REFUSES("a: !!str 1\n", "e.yaml:1:4: tag tag:yaml.org,2002:str: tags are not read; put text in "
                            "quotes instead");
    REFUSES("? [a]\n: 1\n", "e.yaml:1:3: a key must be a plain value");
    REFUSES("a: 1\n---\nb: 2\n", "e.yaml:2:1: a second document; there may be one only");
    REFUSES("a: \"x\\0y\"\n", "e.yaml:1:4: text with a zero byte in it");
}

static void what_is_not_yaml_is_refused_where_it_breaks(void **state) {
    (void)state;
    REFUSES("a: [1, 2\nb: 3\n", "e.yaml:2:2: the list that opens with [ on line 1, column 4 needs "
                                "a comma here, or ] to close it");
    REFUSES("a: {b: 1\nc: 3\n", "e.yaml:2:2: the section that opens with { on line 1, column 4 "
                                "needs a comma here, or } to close it");
    REFUSES("a: 1\n\tb: 2\n",
            "e.yaml:2:1: a tab; YAML is indented by spaces alone: replace tabs by spaces");
    REFUSES("a:\n\tb: 2\n",
            "e.yaml:2:1: a tab; YAML is indented by spaces alone: replace tabs by spaces");
    REFUSES("a: b: 2\n", "e.yaml:1:5: a second \": \" on this line; put the value in quotes, or "
                         "each key on a line of its own");
    REFUSES("a: 1\n  b: 2\n", "e.yaml:2:4: a key in a place for a value: the indentation is not "
                              "that of its neighbours; keys of one section begin in one column");
    REFUSES("a:\n  b: 1\n c: 2\n", "e.yaml:3:2: this line belongs to nothing above it: the section "
                                   "that begins on line 1 has its keys in column 1; indent alike");
    REFUSES("a:\n  - 1\n - 2\n", "e.yaml:3:2: this line belongs to nothing above it: the section "
                                 "that begins on line 1 has its keys in column 1; indent alike");
    REFUSES("a: 1\nb\nc: 1\n", "e.yaml:2:1: a key without a colon: write key: value");
    REFUSES("a: *\n", "e.yaml:1:5: a value that begins with * must be in quotes, such as \"*\"");
    REFUSES("a: @x\n", "e.yaml:1:4: a value that begins with @ must be in quotes");
    REFUSES("a: \"C:\\path\"\n",
            "e.yaml:1:7: \\ begins an escape in double quotes; use single quotes, or \\\\");
    REFUSES("a: \"x\n", "e.yaml:2:1: a quote that is opened is not closed before the end");
    REFUSES("a: \u0436\xff\n",
            "e.yaml:1:5: the byte 0xFF is not UTF-8; save the file as UTF-8, such as with iconv -f "
            "WINDOWS-1251 -t UTF-8 (or -f LATIN1)");
    REFUSES("a: 1\nb: \x01\n", "e.yaml:2:4: not YAML: a control character (0x01); remove it");
}

static void another_kind_of_file_is_named(void **state) {
    (void)state;
    REFUSES("\x89HDF\r\n\x1a\n\1\2\3",
            "e.yaml: this is an HDF5 file, perhaps a result; an experiment is a YAML file, and "
            "'perebor show FILE' shows a result");
    REFUSES("SQLite format 3\0more", "e.yaml: this is an SQLite database; an experiment is a YAML "
                                     "file that names it under data.table");
    REFUSES("\x1f\x8b\x08", "e.yaml: this is a gzip file; unpack it with gunzip: an experiment is "
                            "plain YAML");
    REFUSES("PK\x03\x04", "e.yaml: this is a zip file or an Excel workbook; an experiment is a "
                          "YAML file");
    REFUSES("\xff\xfe"
            "a\0:\0",
            "e.yaml: this is UTF-16; save it as UTF-8, such as with iconv -f UTF-16 -t UTF-8");
    REFUSES("a\0:\0",
            "e.yaml: this is UTF-16; save it as UTF-8, such as with iconv -f UTF-16LE -t UTF-8");
    REFUSES("\0a\0:",
            "e.yaml: this is UTF-16; save it as UTF-8, such as with iconv -f UTF-16BE -t UTF-8");
    REFUSES("\x7f"
            "ELF\2\1\1\0",
            "e.yaml: this is no text; an experiment is a YAML file");
}

static void a_byte_order_mark_is_passed_over(void **state) {
    (void)state;
    perebor_arena arena = {0};
    yaml_node *root = parse(&arena, "\xEF\xBB\xBF"
                                    "a: 1\nb: 2\n");
    assert_string_equal(root->first->key, "a");
    assert_int_equal(root->first->column, 4);
    perebor_arena_release(&arena);
    REFUSES("\xEF\xBB\xBF"
            "a: b: 2\n",
            "e.yaml:1:5: a second \": \" on this line; put the value in "
            "quotes, or each key on a line of its own");
}

static void size_has_limits(void **state) {
    (void)state;
    char deep[200];
    memset(deep, '[', sizeof deep);
    refuses(deep, sizeof deep, "e.yaml:1:33: nested deeper than 32 levels");
    size_t n = 3 * 1000001;
    char *wide = malloc(n);
    for (size_t i = 0; i < n; i += 3) {
        memcpy(wide + i, "- \n", 3);
    }
    refuses(wide, n, "e.yaml:1000000:2: more than 1000000 values; an experiment needs fewer");
    free(wide);
}

/** Compared one by one with those before them, so many keys would take minutes. */
static void many_keys_cost_little(void **state) {
    (void)state;
    enum { N = 300000, SIZE = 12 };
    char *text = malloc((size_t)N * SIZE + 1);
    for (size_t i = 0; i < N; i++) {
        (void)snprintf(text + i * SIZE, SIZE + 1, "k%06zu: x\n\n", N - i);
    }
    perebor_arena arena = {0};
    yaml_node *root = parse(&arena, text);
    assert_int_equal(root->n, N);
    perebor_arena_release(&arena);
    memcpy(text + (size_t)(N - 1) * SIZE, "k299999", 7);
    memcpy(text + (size_t)(N - 2) * SIZE, "k299998", 7);
    refuses(text, (size_t)N * SIZE,
            "e.yaml:599997:1: k299998 is given twice; the first is on line 5");
    free(text);
}

static void a_path_leads_to_a_value(void **state) {
    (void)state;
    perebor_arena arena = {0};
    perebor_error error = {0};
    yaml_node *root = parse(&arena, "a: {b: 1, c: 2}\nlist: [x, {y: z}]\n");
    assert_int_equal(yaml_tree_set(root, &arena, "a.b", "[3, 4]", &error), PEREBOR_OK);
    assert_int_equal(yaml_tree_set(root, &arena, "list.1.y", "new", &error), PEREBOR_OK);
    assert_int_equal(yaml_tree_set(root, &arena, "d.e.f", "", &error), PEREBOR_OK);
    const yaml_node *b = yaml_find(yaml_find(root, "a"), "b");
    assert_int_equal(b->kind, YAML_LIST);
    assert_string_equal(b->next->text, "2");
    assert_string_equal(yaml_find(yaml_find(root, "list")->first->next, "y")->text, "new");
    assert_string_equal(yaml_find(yaml_find(yaml_find(root, "d"), "e"), "f")->text, "~");
    perebor_arena_release(&arena);
}

static void a_path_to_nowhere_is_refused(void **state) {
    (void)state;
    const struct {
        const char *path, *value, *message;
    } cases[] = {
        {"list.2", "x", "--set list.2: there is no place for \"2\" in a list of fewer items"},
        {"list.x", "x", "--set list.x: there is no place for \"x\" in a list of fewer items"},
        {"one.two", "x", "--set one.two: there is no place for \"two\" in a single value"},
        {"a..b", "x", "--set a..b: there is no place for \"\" in a section"},
        {"", "x", "--set : there is no place for \"\" in a section"},
        {"one", "[",
         "--set one: not YAML: did not find expected node content while parsing a flow node"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        perebor_arena arena = {0};
        perebor_error error = {0};
        yaml_node *root = parse(&arena, "a: {b: 1}\nlist: [x, y]\none: 1\n");
        assert_int_equal(yaml_tree_set(root, &arena, cases[i].path, cases[i].value, &error),
                         PEREBOR_ERR_FORMAT);
        assert_string_equal(error.message, cases[i].message);
        perebor_arena_release(&arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_know_where_they_stood),
        cmocka_unit_test(what_an_experiment_has_no_use_for_is_refused),
        cmocka_unit_test(what_is_not_yaml_is_refused_where_it_breaks),
        cmocka_unit_test(another_kind_of_file_is_named),
        cmocka_unit_test(a_byte_order_mark_is_passed_over),
        cmocka_unit_test(size_has_limits),
        cmocka_unit_test(many_keys_cost_little),
        cmocka_unit_test(a_path_leads_to_a_value),
        cmocka_unit_test(a_path_to_nowhere_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
