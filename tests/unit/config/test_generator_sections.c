// SPDX-License-Identifier: MIT
/**
 * Components, tables and dirt of a generator file: every key's error with its place and remedy.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "generator_lines.h"

/** A component with the marginal of sum as asked, and others with one key as asked. */
#define MARGINAL(text)                                                                             \
    "{one: {marginals: {age: {type: pmf, lo: 0, p: [1]}, sum: " text "}, weight: 1, target: 0, "   \
    "correlation: all, category: [1, 1], flags: {vip: 0.2}}}"
#define COMPONENT(text)                                                                            \
    "{one: {" text ", marginals: {age: {type: pmf, lo: 0, p: [1]}, sum: {type: pmf, lo: 0, p: "    \
    "[1]}}}}"

static const generator_fault marginal_faults[] = {
    {"components", MARGINAL("{type: normal}"),
     "g.yaml:10:77: type is \"normal\"; it takes tnorm, tlognorm, pmf "
     "or mix2"},
    {"components", MARGINAL("{mu: 1}"), "g.yaml:10:70: marginal needs the key type"},
    {"components", MARGINAL("{type: tnorm, mu: 1, sd: 0, lo: 0, hi: 1, step: 1}"),
     "g.yaml:10:70: sd and step must be above 0, and lo below hi"},
    {"components", MARGINAL("{type: tnorm, mu: 1, sd: 1, lo: 0, hi: 1, step: 0}"),
     "g.yaml:10:70: sd and step must be above 0, and lo below hi"},
    {"components", MARGINAL("{type: tnorm, mu: 1, sd: 1, lo: 1, hi: 1, step: 1}"),
     "g.yaml:10:70: sd and step must be above 0, and lo below hi"},
    {"components", MARGINAL("{type: tlognorm, mu: 1, sd: 1, lo: -2, hi: 0, step: 1}"),
     "g.yaml:10:70: hi of tlognorm is 0; values of it are above 0"},
    {"components", MARGINAL("{type: pmf, lo: 0}"),
     "g.yaml:10:70: p must list probabilities, not all of them 0"},
    {"components", MARGINAL("{type: pmf, lo: 0, p: [0, 0]}"),
     "g.yaml:10:70: p must list probabilities, not all of them 0"},
    {"components", MARGINAL("{type: pmf, lo: 0, p: [2, -1]}"),
     "g.yaml:10:70: p must list probabilities, not all of them 0"},
    {"components", MARGINAL("{type: pmf, lo: 0, p: []}"),
     "g.yaml:10:92: a list of numbers is wanted here"},
    {"components", MARGINAL("{type: mix2, p_hi: 0.5, low: {type: pmf, lo: 0, p: [1]}}"),
     "g.yaml:10:70: mix2 has low, high, and p_hi between 0 and 1"},
    {"components",
     MARGINAL("{type: mix2, p_hi: 1, low: {type: pmf, lo: 0, p: [1]}, high: {type: pmf, lo: 0, p: "
              "[1]}}"),
     "g.yaml:10:70: mix2 has low, high, and p_hi between 0 and 1"},
    {"components", MARGINAL("{type: mix2, p_hi: 0.5, low: {type: pmf}, high: {type: pmf}}"),
     "g.yaml:10:99: p must list probabilities, not all of them 0"},
};

static void marginals_without_quantiles_are_refused(void **state) {
    (void)state;
    CHECK_GENERATOR_FAULTS(marginal_faults);
}

static const generator_fault component_faults[] = {
    {"components", "[one]",
     "g.yaml:10:13: components is a list; it takes a section of components "
     "by name"},
    {"components",
     COMPONENT("weight: 1, target: 2, correlation: all, category: [1, 0], flags: "
               "{vip: 0.5}"),
     "g.yaml:10:19: target is 0 or 1, and weight above 0"},
    {"components",
     COMPONENT("weight: 0, target: 1, correlation: all, category: [1, 0], flags: "
               "{vip: 0.5}"),
     "g.yaml:10:19: target is 0 or 1, and weight above 0"},
    {"components", COMPONENT("weight: 1, target: 1, correlation: some"),
     "g.yaml:10:55: there is no matrix \"some\" in correlations"},
    {"components", COMPONENT("weight: 1, target: 1, correlation: all, category: [1]"),
     "g.yaml:10:70: a list of 2 numbers is wanted here, not 1"},
    {"components", COMPONENT("weight: 1, target: 1, correlation: all, category: [1, -0.5]"),
     "g.yaml:10:70: -0.5 is no probability"},
    {"components", COMPONENT("weight: 1, target: 1, correlation: all, category: [0, 0]"),
     "g.yaml:10:70: not all probabilities may be 0"},
    {"components", COMPONENT("flags: {}"),
     "g.yaml:10:27: a probability for each of 1 flags is wanted"},
    {"components", COMPONENT("flags: {vip: 0.5, other: 0.5}"),
     "g.yaml:10:27: a probability for each of 1 flags is wanted"},
    {"components", COMPONENT("flags: {vip: 1}"),
     "g.yaml:10:33: a probability between 0 and 1 is wanted"},
    {"components", COMPONENT("flags: {vip: 0}"),
     "g.yaml:10:33: a probability between 0 and 1 is wanted"},
    {"components", COMPONENT("category_shift: {age: [1]}"),
     "g.yaml:10:42: a list of 2 numbers is wanted here, not 1"},
    {"components", COMPONENT("category_shift: {aged: [1, 2]}"),
     "g.yaml:10:43: there is no variable \"aged\"; did you mean \"age\"?"},
    {"components", "{one: {weight: 1, marginals: {age: {type: pmf, lo: 0, p: [1]}}}}",
     "g.yaml:10:42: there is no marginal of variable \"sum\""},
    {"components", "{one: {marginals: {price: {type: pmf, lo: 0, p: [1]}}}}",
     "g.yaml:10:39: there is no variable \"price\""},
    {"components", "{one: {marginals: [1]}}",
     "g.yaml:10:31: marginals is a list; it takes a section with a marginal for every variable"},
};

static void components_without_sense_are_refused(void **state) {
    (void)state;
    CHECK_GENERATOR_FAULTS(component_faults);
}

static const generator_fault table_faults[] = {
    {"tables", "{a: b}", "g.yaml:11:9: tables is a section; it takes a list of tables"},
    {"tables", "[{columns: [{name: Id, field: id}]}]", "g.yaml:11:10: table needs the key file"},
    {"tables", "[{file: a.csv}]", "g.yaml:11:10: a table has either columns: or long:"},
    {"tables", "[{file: a/b.csv, columns: [{name: Id, field: id}]}]",
     "g.yaml:11:10: file: a name without a folder"},
    {"tables", "[{file: '', columns: [{name: Id, field: id}]}]",
     "g.yaml:11:10: file: a name without a folder"},
    {"tables", "[{file: a.csv, columns: [{name: Id, field: id}], dirty_delimiter: ';;'}]",
     "g.yaml:11:10: dirty_delimiter and dirty_decimal: one character each, not the same"},
    {"tables", "[{file: a.csv, columns: [{name: Id, field: id}], dirty_decimal: ','}]",
     "g.yaml:11:10: dirty_delimiter and dirty_decimal: one character each, not the same"},
    {"tables", "[{file: a.csv, columns: [{name: Id, field: id}], dirty_line_end: cr}]",
     "g.yaml:11:74: dirty_line_end is \"cr\"; it takes lf or crlf"},
    {"tables", "[{file: a.csv, only: spring, columns: [{name: Id, field: id}]}]",
     "g.yaml:11:30: only is \"spring\"; it takes retail, null, logit, leak_id, drift, campaign or "
     "dirt_extreme"},
    {"tables", "[{file: a.csv, columns: [{name: Id, field: id}, {name: Id, field: age}]}]",
     "g.yaml:11:33: two columns have the name \"Id\""},
    {"tables",
     "[{file: a.csv, columns: [{name: Id, field: id}]}, {file: a.csv, columns: [{name: "
     "Id, field: id}]}]",
     "g.yaml:11:9: two tables have the file \"a.csv\""},
    {"tables",
     "[{file: a.csv, columns: [{name: Id, field: id}]}, {file: a.csv, only: null, "
     "columns: [{name: Id, field: id}]}]",
     "g.yaml:11:9: two tables have the file \"a.csv\""},
    {"tables", "[{file: a.csv, columns: [{name: X, field: aged}]}]",
     "g.yaml:11:51: there is no variable \"aged\"; did you mean \"age\"?"},
    {"tables", "[{file: a.csv, columns: [{name: X, field: target}]}]",
     "g.yaml:11:34: labels: are wanted for what is yes or no"},
    {"tables", "[{file: a.csv, columns: [{name: X, field: age, labels: [a, b]}]}]",
     "g.yaml:11:34: labels: are for what is yes or no"},
    {"tables", "[{file: a.csv, columns: [{name: X, field: vip, labels: [a]}]}]",
     "g.yaml:11:64: two labels are wanted: for 0 and for 1"},
    {"tables", "[{file: a.csv, columns: [{name: X, field: age, decimals: 18}]}]",
     "g.yaml:11:34: decimals: at most 17"},
    {"tables", "[{file: a.csv, columns: [{name: X, field: age, misspelling: {of: a}}]}]",
     "g.yaml:11:69: misspelling needs the key text"},
    {"tables", "[{file: a.csv, long: {id: I, label: L, value: V, rows: [{field: age}]}}]",
     "g.yaml:11:65: row needs the key label"},
    {"tables", "[{file: a.csv, long: {id: I, label: L, value: V, rows: [{label: x, field: vip}]}}]",
     "g.yaml:11:65: labels: are wanted for what is yes or no"},
    {"tables", "[{file: a.csv, long: {id: I, label: L, value: V, rows: []}}]",
     "g.yaml:11:10: a table has either columns: or long:"},
};

static void tables_that_cannot_be_written_are_refused(void **state) {
    (void)state;
    CHECK_GENERATOR_FAULTS(table_faults);
}

#define DIRT(text) "{block: 50, " text "}"

static const generator_fault dirt_faults[] = {
    {"dirt", "{}", "g.yaml:12:7: dirt needs the key block"},
    {"dirt", "{block: 0}", "g.yaml:12:15: block is \"0\"; it takes a whole number from 1 to 65535"},
    {"dirt", DIRT("duplicates: {pairs: 51, component: one, keep: sum, stream: 1}"),
     "g.yaml:12:7: pairs and customers must be from 0 to the 50 customers of a block"},
    {"dirt", DIRT("duplicates: {pairs: -1, component: one, keep: sum, stream: 1}"),
     "g.yaml:12:7: pairs and customers must be from 0 to the 50 customers of a block"},
    {"dirt", DIRT("zeros: {customers: 51, variables: [sum]}"),
     "g.yaml:12:7: pairs and customers must be from 0 to the 50 customers of a block"},
    {"dirt", DIRT("duplicates: {pairs: 1, component: two, keep: sum, stream: 1}"),
     "g.yaml:12:53: there is no component \"two\""},
    {"dirt", DIRT("duplicates: {pairs: 1, component: one, keep: sums, stream: 1}"),
     "g.yaml:12:64: there is no variable \"sums\"; did you mean \"sum\"?"},
    {"dirt", DIRT("zeros: {customers: 1, variables: sum}"),
     "g.yaml:12:52: variables is \"sum\"; it takes a list of variables"},
    {"dirt", DIRT("zeros: {customers: 1}"), "g.yaml:12:26: zeros needs the key variables"},
    {"dirt", DIRT("outlier: {variable: sum, factor: [1], step: 1, stream: 1, factor_stream: 2}"),
     "g.yaml:12:52: a list of 2 numbers is wanted here, not 1"},
    {"dirt", DIRT("outlier: {variable: sum, factor: [1, 2], step: 0, stream: 1, factor_stream: 2}"),
     "g.yaml:12:28: step must be above 0"},
};

static void dirt_that_is_too_much_is_refused(void **state) {
    (void)state;
    CHECK_GENERATOR_FAULTS(dirt_faults);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marginals_without_quantiles_are_refused),
        cmocka_unit_test(components_without_sense_are_refused),
        cmocka_unit_test(tables_that_cannot_be_written_are_refused),
        cmocka_unit_test(dirt_that_is_too_much_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
