// SPDX-License-Identifier: MIT
#include "generator_lines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "config/generator_file.h"

const generator_line generator_lines[N_GENERATOR_LINES] = {
    {"version", "1"},
    {"name", "shop"},
    {"rows", "10"},
    {"seed", "7"},
    {"id_start", "100"},
    {"variables", "[age, sum]"},
    {"categories", "[new, old]"},
    {"flags", "{vip: {leans_on: age, correlation: 0.3, stream: 2}}"},
    {"correlations", "{all: [[1, 0.5], [0.5, 1]]}"},
    {"components", "{one: {weight: 1, target: 0, correlation: all, category: [0.5, 0.5], flags: "
                   "{vip: 0.2}, category_shift: {sum: [0, 1]}, marginals: {age: {type: tnorm, mu: "
                   "40, sd: 9, lo: 18, hi: 90, step: 1}, sum: {type: mix2, p_hi: 0.1, low: {type: "
                   "pmf, lo: 1, p: [1, 2]}, high: {type: tlognorm, mu: 5, sd: 1, lo: 10, hi: 900, "
                   "step: 0.5}}}}}"},
    {"tables", "[{file: a.csv, columns: [{name: Id, field: id}, {name: Vip, field: vip, labels: "
               "[n, y]}, {name: Sum, field: sum, decimals: 2, trim: 1}]}, {file: b.csv, long: {id: "
               "Id, label: What, value: Value, rows: [{label: x, field: age}, {label: y, "
               "dirty_label: z, field: sum, decimals: 1}], rotated: 10%, stream: 9}, "
               "dirty_delimiter: ';', dirty_decimal: ',', dirty_line_end: crlf}]"},
    {"dirt", "{block: 50, exempt: 3, duplicates: {pairs: 2, component: one, keep: sum, stream: 4}, "
             "zeros: {customers: 3, variables: [sum]}, outlier: {variable: sum, factor: [15, 25], "
             "step: 0.1, stream: 5, factor_stream: 6}}"},
    {"logit", "{intercept: -1, terms: {age: [40, 10, 0.7]}}"},
    {"drift", "{stream: 30, moves: {age: {keep: 0.9, shift: 0.1, add: 1}}}"},
    {"campaign", "{treated: {p: 0.5, stream: 8}, stream: 9, untreated: {intercept: 0, terms: {}}, "
                 "effect: {intercept: 0.2, terms: {sum: [1, 2, 3]}}}"},
    {"dirt_extreme", "{stream: 40, cells: [{kind: gap, file: a.csv, column: Sum, p: 0.1, text: "
                     "''}, {kind: blank, file: b.csv, column: What, p: 1%, of: x, after: ' '}], "
                     "rows: [{kind: twice, file: b.csv, p: 0.01, id_add: 5}], byte_order_mark: "
                     "[a.csv]}"},
};

size_t write_generator(char text[GENERATOR_FILE_SIZE], const char *key, const char *value) {
    size_t length = 0;
    for (size_t i = 0; i < N_GENERATOR_LINES; i++) {
        const generator_line *line = &generator_lines[i];
        bool replaced = key != NULL && strcmp(key, line->key) == 0;
        if (!replaced || value != NULL) {
            length += (size_t)snprintf(text + length, GENERATOR_FILE_SIZE - length, "%s: %s\n",
                                       line->key, replaced ? value : line->value);
        }
    }
    assert_true(length < GENERATOR_FILE_SIZE);
    return length;
}

void check_generator_faults(const generator_fault *faults, size_t n) {
    for (size_t i = 0; i < n; i++) {
        char text[GENERATOR_FILE_SIZE];
        perebor_generator *generator = NULL;
        perebor_error error = {0};
        size_t length = write_generator(text, faults[i].key, faults[i].value);
        if (perebor_generator_parse(&generator, "g.yaml", text, length, &error) == PEREBOR_OK) {
            perebor_generator_free(generator);
            fail_msg("%s: %s is accepted", faults[i].key, faults[i].value);
        }
        if (strcmp(error.message, faults[i].message) != 0) {
            fail_msg("%s: %s\n  %s\nnot\n  %s", faults[i].key, faults[i].value, error.message,
                     faults[i].message);
        }
        assert_null(generator);
    }
}
