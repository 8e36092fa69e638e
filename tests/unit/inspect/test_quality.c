// SPDX-License-Identifier: MIT
/**
 * Every kind of dirt is found, with the step that mends it, and a clean table is left alone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "inspect/quality.h"
#include "table_scratch.h"
#include "table_specs.h"

enum { n_customers = 100, month_count = 3 };

static const char *const months[] = {"предыдущий_месяц", "препредыдущий_месяц", "текущий_месяц"};
static const char *const cities[] = {"Казань", "Москва", "Новосибирск", "Самара"};

/** What a test puts wrong; zero-initialised is a clean shop. */
typedef struct dirt {
    const char *city_of_7, *city_of_9; /**< instead of the right one */
    const char *month_of_visits;       /**< instead of months[0], in all rows of visits */
    const char *age_of_5;
    const char *sum_of_4; /**< in the first month */
    int repeated_row, repeated_key, orphan, near_duplicate, constant, few_positive;
} dirt;

static const char *or_else(const char *text, const char *otherwise) {
    return text != NULL ? text : otherwise;
}

static void write_people(const dirt *dirt) {
    FILE *file = fopen("people.csv", "w");
    assert_non_null(file);
    fprintf(file, "id,город,возраст%s,ушёл\n", dirt->constant ? ",страна" : "");
    for (int id = 0; id < n_customers; id++) {
        int like = dirt->near_duplicate && id == 50 ? 10 : id;
        char age[16];
        (void)snprintf(age, sizeof age, "%d", 20 + like * 7 % 45);
        const char *city = cities[like % 4];
        city = id == 7 ? or_else(dirt->city_of_7, city) : city;
        city = id == 9 ? or_else(dirt->city_of_9, city) : city;
        int gone = dirt->few_positive ? id < 5 : like % 5 < 2;
        fprintf(file, "%d,%s,%s%s,%s\n", 1000 + id, city,
                id == 5 ? or_else(dirt->age_of_5, age) : age, dirt->constant ? ",Россия" : "",
                gone ? "да" : "нет");
    }
    (void)fclose(file);
}

static void write_months(const char *name, const char *column, const dirt *dirt,
                         const char *first_month, int n_months) {
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    fprintf(file, "id,Период,%s\n", column);
    for (int id = 0; id < n_customers; id++) {
        int like = dirt->near_duplicate && id == 50 ? 10 : id;
        for (int month = 0; month < n_months; month++) {
            char sum[16];
            (void)snprintf(sum, sizeof sum, "%d", 500 + like * 37 % 101 + 13 * month);
            const char *dirty = id == 4 && month == 0 ? dirt->sum_of_4 : NULL;
            fprintf(file, "%d,%s,%s\n", 1000 + id,
                    month == 0 ? or_else(first_month, months[0]) : months[month],
                    or_else(dirty, sum));
        }
    }
    if (dirt->repeated_row) {
        fprintf(file, "1099,%s,%d\n", months[2], 500 + 99 * 37 % 101 + 26);
    }
    if (dirt->repeated_key) {
        fprintf(file, "1098,%s,1\n", months[2]);
    }
    if (dirt->orphan) {
        fprintf(file, "7777,%s,%d\n", months[0], 555);
    }
    (void)fclose(file);
}

static struct {
    perebor_quality quality;
    perebor_dataset *dataset;
    perebor_tables_report report;
} looked;

/** Writes a shop with some dirt and inspects it with some cleaning steps. */
static void look(const dirt *faults, const perebor_clean_step *clean, size_t n_clean) {
    static const dirt clean_visits = {0};
    const perebor_table_source sources[] = {
        {.name = "people", .path = "people.csv", .key = "id"},
        {.name = "money", .path = "money.csv", .key = "id"},
        {.name = "visits", .path = "visits.csv", .key = "id"},
    };
    const perebor_pivot_step pivot[] = {
        {.table = "money", .columns = "Период", .values = "Выручка", .prefix = "Выручка_"},
        {.table = "visits", .columns = "Период", .values = "минут", .prefix = "минут_"},
    };
    const perebor_filter_step filter = {.columns = TEXTS("возраст"),
                                        .comparison = PEREBOR_LESS,
                                        .values = TEXTS("64"),
                                        .reason = "old"};
    dirt visits = clean_visits;
    visits.near_duplicate = faults->near_duplicate;
    write_people(faults);
    write_months("money.csv", "Выручка", faults, NULL, month_count);
    write_months("visits.csv", "минут", &visits, faults->month_of_visits, 1);
    const perebor_tables_spec spec = {
        .file = "experiment.yaml",
        .sources = sources,
        .n_sources = 3,
        .clean = clean,
        .n_clean = n_clean,
        .pivot = pivot,
        .n_pivot = 2,
        .join = {.base = "people", .on = "id", .tables = TEXTS("money", "visits")},
        .filter = &filter,
        .n_filter = 1,
        .roles = {.id = "id", .target = "ушёл", .positive = "да", .detect = true},
    };
    perebor_error error = {0};
    if (perebor_tables_inspect(&looked.quality, &looked.dataset, &looked.report, &spec, &error) !=
        PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
}

static int forget(void **state) {
    (void)state;
    perebor_quality_release(&looked.quality);
    perebor_dataset_free(looked.dataset);
    looked.dataset = NULL;
    perebor_tables_report_release(&looked.report);
    return 0;
}

static const perebor_finding *find(perebor_cleaning_stage stage, const char *kind) {
    const perebor_finding *match = NULL;
    for (size_t i = 0; i < looked.quality.n_findings; i++) {
        const perebor_finding *finding = &looked.quality.findings[i];
        if (finding->stage == stage && strcmp(finding->kind, kind) == 0) {
            match = finding;
        }
    }
    return match;
}

static const perebor_finding *expect(perebor_cleaning_stage stage, const char *kind,
                                     const char *table, const char *column, uint64_t n,
                                     const char *step) {
    const perebor_finding *finding = find(stage, kind);
    if (finding == NULL) {
        fail_msg("no finding %s", kind);
        return NULL;
    }
    assert_string_equal(finding->table, table);
    assert_string_equal(finding->column, column);
    assert_int_equal(finding->n, n);
    assert_string_equal(finding->step, step);
    return finding;
}

/** Nothing but what a test is about. */
static void expect_count(perebor_cleaning_stage stage, size_t n) {
    size_t n_found = 0;
    for (size_t i = 0; i < looked.quality.n_findings; i++) {
        n_found += looked.quality.findings[i].stage == stage;
    }
    if (n_found != n) {
        for (size_t i = 0; i < looked.quality.n_findings; i++) {
            print_message("%s: %s\n", looked.quality.findings[i].kind,
                          looked.quality.findings[i].detail);
        }
        fail_msg("%zu findings, not %zu", n_found, n);
    }
}

static void a_clean_shop_has_no_findings(void **state) {
    (void)state;
    look(&(dirt){0}, NULL, 0);
    assert_int_equal(looked.quality.n_findings, 0);
    assert_string_equal(looked.quality.problem, "");
    assert_non_null(looked.dataset);
}

static void the_dataset_is_the_one_that_loading_makes(void **state) {
    (void)state;
    look(&(dirt){0}, NULL, 0);
    // 20 + like * 7 % 45 is 64 for two customers, whom the filter drops and the list names.
    assert_int_equal(looked.dataset->n_rows, 98);
    assert_int_equal(looked.quality.n_corrected, 2);
    assert_int_equal(looked.quality.corrections[0].n_lines, 1);
    assert_int_equal(looked.quality.corrections[0].lines[0],
                     atoi(looked.quality.corrections[0].before) - 1000 + 2);
    assert_string_equal(looked.quality.corrections[0].step, "filter");
    assert_string_equal(looked.quality.corrections[0].column, "id");
    assert_string_equal(looked.quality.corrections[0].after, "(dropped)");
}

static void a_rare_value_near_a_frequent_one_is_a_slip(void **state) {
    (void)state;
    look(&(dirt){.city_of_7 = "Смара"}, NULL, 0);
    expect(PEREBOR_STAGE_READ, "near_spelling", "people", "город", 1,
           "- {op: replace, table: people, column: город, map: {Смара: Самара}, reason: misspelt}");
    expect_count(PEREBOR_STAGE_READ, 1);
}

static void a_spelling_of_one_table_yields_to_that_of_another(void **state) {
    (void)state;
    look(&(dirt){.month_of_visits = "предыдцщий_месяц"}, NULL, 0);
    expect(PEREBOR_STAGE_READ, "near_spelling", "visits", "Период", n_customers,
           "- {op: replace, table: visits, column: Период, map: {предыдцщий_месяц: "
           "предыдущий_месяц}, reason: misspelt}");
    expect_count(PEREBOR_STAGE_READ, 1);
}

static void a_mended_table_has_nothing_left_and_lists_what_was_mended(void **state) {
    (void)state;
    const perebor_clean_step clean = {.kind = PEREBOR_STEP_REPLACE,
                                      .table = "visits",
                                      .columns = TEXTS("Период"),
                                      .from = TEXTS("предыдцщий_месяц"),
                                      .to = TEXTS("предыдущий_месяц")};
    look(&(dirt){.month_of_visits = "предыдцщий_месяц"}, &clean, 1);
    expect_count(PEREBOR_STAGE_READ, 1);
    expect_count(PEREBOR_STAGE_CLEAN, 0);
    assert_int_equal(looked.quality.n_corrected, n_customers + 2);
    assert_int_equal(looked.quality.n_corrections, 1 + 2);
    const perebor_correction *first = &looked.quality.corrections[0];
    assert_string_equal(first->step, "replace");
    assert_string_equal(first->table, "visits");
    assert_string_equal(first->column, "Период");
    assert_string_equal(first->file, "visits.csv");
    assert_int_equal(first->n_lines, n_customers);
    for (uint32_t row = 0; row < n_customers; row++) {
        assert_int_equal(first->lines[row], row + 2);
    }
    assert_string_equal(first->before, "предыдцщий_месяц");
    assert_string_equal(first->after, "предыдущий_месяц");
}

static void white_space_and_letter_case_are_variants(void **state) {
    (void)state;
    look(&(dirt){.city_of_7 = "Самара ", .city_of_9 = "МОСКВА"}, NULL, 0);
    size_t n_variants = 0;
    for (size_t i = 0; i < looked.quality.n_findings; i++) {
        n_variants += looked.quality.findings[i].stage == PEREBOR_STAGE_READ &&
                      strcmp(looked.quality.findings[i].kind, "spelling_variants") == 0;
    }
    assert_int_equal(n_variants, 2);
    expect_count(PEREBOR_STAGE_READ, 2);
    expect(PEREBOR_STAGE_READ, "spelling_variants", "people", "город", 1,
           "- {op: replace, table: people, column: город, map: {МОСКВА: Москва}, reason: one "
           "spelling}");
    assert_string_equal(looked.quality.findings[0].step,
                        "- {op: normalize, table: people, columns: город, form: NFC, trim: true}");
}

static void a_text_among_numbers_is_found_though_it_ends_the_load(void **state) {
    (void)state;
    look(&(dirt){.age_of_5 = "сорок"}, NULL, 0);
    const perebor_finding *finding =
        expect(PEREBOR_STAGE_READ, "text_among_numbers", "people", "возраст", 1,
               "- {op: replace, table: people, column: возраст, map: {сорок: null}, reason: not a "
               "number}");
    assert_non_null(strstr(finding->detail, "people.csv:7"));
    assert_null(looked.dataset);
    assert_non_null(strstr(looked.quality.problem, "people.csv:7"));
}

static void missing_values_are_counted(void **state) {
    (void)state;
    look(&(dirt){.age_of_5 = ""}, NULL, 0);
    expect(PEREBOR_STAGE_READ, "gaps", "people", "возраст", 1, "missing: {numeric: median}");
    expect_count(PEREBOR_STAGE_READ, 1);
}

static void an_outlier_is_named_with_the_bound_that_removes_it(void **state) {
    (void)state;
    look(&(dirt){.sum_of_4 = "98765.5"}, NULL, 0);
    const perebor_finding *finding =
        expect(PEREBOR_STAGE_JOINED, "outliers", "", "Выручка_предыдущий_месяц", 1,
               "- {column: Выручка_предыдущий_месяц, op: \"<=\", value: 600, reason: outlier}");
    assert_non_null(strstr(finding->detail, "98765.5 (1004)"));
    expect_count(PEREBOR_STAGE_JOINED, 1);
}

static void a_customer_without_activity_is_named(void **state) {
    (void)state;
    look(&(dirt){.sum_of_4 = "0"}, NULL, 0);
    const perebor_finding *finding =
        expect(PEREBOR_STAGE_JOINED, "zero_activity", "", "Выручка_*", 1,
               "- {columns: [Выручка_предыдущий_месяц, Выручка_препредыдущий_месяц, "
               "Выручка_текущий_месяц], op: \">\", value: 0, match: all, reason: not active in "
               "every period}");
    assert_non_null(strstr(finding->detail, "1004"));
}

static void a_negative_sum_is_found(void **state) {
    (void)state;
    look(&(dirt){.sum_of_4 = "-3"}, NULL, 0);
    expect(
        PEREBOR_STAGE_READ, "negative_values", "money", "Выручка", 1,
        "- {op: sql, sql: 'UPDATE \"money\" SET \"Выручка\" = NULL WHERE \"Выручка\" < 0', reason: "
        "negative}");
}

static void repeated_rows_and_keys_are_told_apart(void **state) {
    (void)state;
    look(&(dirt){.repeated_row = 1}, NULL, 0);
    expect(PEREBOR_STAGE_READ, "duplicate_rows", "money", "", 1,
           "- {op: sql, sql: 'DELETE FROM \"money\" WHERE rowid NOT IN (SELECT MIN(rowid) "
           "FROM \"money\" GROUP BY \"id\", \"Период\", \"Выручка\")', reason: "
           "repeated rows}");
    assert_non_null(find(PEREBOR_STAGE_READ, "repeated_key"));
    (void)forget(state);
    look(&(dirt){.repeated_key = 1}, NULL, 0);
    assert_null(find(PEREBOR_STAGE_READ, "duplicate_rows"));
    const perebor_finding *finding =
        expect(PEREBOR_STAGE_READ, "repeated_key", "money", "id", 1,
               "- {op: sql, sql: 'DELETE FROM \"money\" WHERE rowid NOT IN (SELECT "
               "MIN(rowid) FROM \"money\" GROUP BY \"id\", \"Период\")', reason: "
               "repeated keys}");
    assert_non_null(strstr(finding->detail, "a key and its Период"));
    assert_null(looked.dataset);
}

static void the_step_that_is_proposed_mends_repeated_keys(void **state) {
    (void)state;
    const perebor_clean_step clean = {
        .kind = PEREBOR_STEP_SQL,
        .sql = "DELETE FROM \"money\" WHERE rowid NOT IN (SELECT MIN(rowid) FROM \"money\" GROUP "
               "BY \"id\", \"Период\")"};
    look(&(dirt){.repeated_key = 1}, &clean, 1);
    assert_null(find(PEREBOR_STAGE_CLEAN, "repeated_key"));
    assert_non_null(looked.dataset);
    const perebor_correction *first = &looked.quality.corrections[0];
    assert_string_equal(first->step, "sql");
    assert_string_equal(first->table, "money");
    assert_string_equal(first->file, "money.csv");
    assert_string_equal(first->before, "1098");
    assert_string_equal(first->after, "(dropped)");
    assert_int_equal(first->n_lines, 1);
    assert_int_equal(first->lines[0], n_customers * month_count + 2);
}

static void what_sql_changes_is_listed_cell_by_cell(void **state) {
    (void)state;
    const perebor_clean_step clean = {
        .kind = PEREBOR_STEP_SQL,
        .sql = "UPDATE people SET город = 'Тула' WHERE id IN (1007, 1003); "
               "INSERT INTO visits SELECT 1200, Период, 5 FROM visits WHERE id = 1000; "
               "DELETE FROM visits WHERE id = 1004; INSERT INTO visits SELECT 1004, Период, 7 "
               "FROM visits WHERE id = 1000; ALTER TABLE money RENAME COLUMN Выручка TO Сумма"};
    static const perebor_correction expected[] = {
        {.table = "people", .column = "город", .file = "people.csv", .before = "Самара"},
        {.table = "money", .column = "Выручка", .file = "", .before = "Выручка"},
        {.table = "visits", .column = "id", .file = "visits.csv", .before = "1004"},
        {.table = "visits", .column = "id", .file = "visits.csv", .before = "(no such row)"},
        {.table = "visits", .column = "id", .file = "visits.csv", .before = "(no such row)"}};
    static const char *const after[] = {"Тула", "Сумма", "(dropped)", "1200", "1004"};
    look(&(dirt){0}, &clean, 1);
    assert_int_equal(looked.quality.n_corrections, 5); // the renamed column ends the load
    for (size_t i = 0; i < 5; i++) {
        const perebor_correction *correction = &looked.quality.corrections[i];
        assert_string_equal(correction->step, "sql");
        assert_string_equal(correction->table, expected[i].table);
        assert_string_equal(correction->column, expected[i].column);
        assert_string_equal(correction->file, expected[i].file);
        assert_string_equal(correction->before, expected[i].before);
        assert_string_equal(correction->after, after[i]);
    }
    assert_int_equal(looked.quality.corrections[0].n_lines, 2);
    assert_int_equal(looked.quality.corrections[0].lines[0], 1003 - 1000 + 2);
    assert_int_equal(looked.quality.corrections[0].lines[1], 1007 - 1000 + 2);
    assert_int_equal(looked.quality.corrections[1].n_lines, 0);
    assert_int_equal(looked.quality.corrections[2].lines[0], 1004 - 1000 + 2);
    assert_int_equal(looked.quality.corrections[3].lines[0], 0);
    assert_int_equal(looked.quality.n_corrected, 6);
}

static void keys_without_partners_are_found_on_both_sides(void **state) {
    (void)state;
    look(&(dirt){.orphan = 1}, NULL, 0);
    const perebor_finding *finding =
        expect(PEREBOR_STAGE_READ, "orphan_key", "money", "id", 1,
               "- {op: sql, sql: 'DELETE FROM \"money\" WHERE \"id\" NOT IN (SELECT "
               "\"id\" FROM \"people\")', reason: orphans}");
    assert_non_null(strstr(finding->detail, "7777"));
    assert_null(find(PEREBOR_STAGE_READ, "missing_key"));
    (void)forget(state);
    const perebor_clean_step clean = {.kind = PEREBOR_STEP_SQL,
                                      .sql = "DELETE FROM visits WHERE id = 1003"};
    look(&(dirt){0}, &clean, 1);
    expect(PEREBOR_STAGE_CLEAN, "missing_key", "visits", "id", 1, "unmatched: allow");
}

static void near_duplicates_are_equal_but_for_their_key(void **state) {
    (void)state;
    look(&(dirt){.near_duplicate = 1}, NULL, 0);
    const perebor_finding *finding =
        expect(PEREBOR_STAGE_FINAL, "duplicate_but_key", "", "id", 1,
               "- {column: id, op: not_in, values: [\"1050\"], reason: equal to another but for "
               "id}");
    assert_non_null(strstr(finding->detail, "1010 = 1050"));
}

static void a_column_of_one_value_is_to_be_dropped(void **state) {
    (void)state;
    look(&(dirt){.constant = 1}, NULL, 0);
    expect(PEREBOR_STAGE_FINAL, "constant", "", "страна", 98, "drop: [страна]");
}

static void a_small_class_is_reported(void **state) {
    (void)state;
    look(&(dirt){.few_positive = 1}, NULL, 0);
    const perebor_finding *finding = find(PEREBOR_STAGE_FINAL, "class_imbalance");
    assert_non_null(finding);
    assert_int_equal(finding->n, 5);
    assert_string_equal(finding->section, "search.parameters");
}

#define LOOKING(test) cmocka_unit_test_teardown(test, forget)

int main(void) {
    const struct CMUnitTest tests[] = {
        LOOKING(a_clean_shop_has_no_findings),
        LOOKING(the_dataset_is_the_one_that_loading_makes),
        LOOKING(a_rare_value_near_a_frequent_one_is_a_slip),
        LOOKING(a_spelling_of_one_table_yields_to_that_of_another),
        LOOKING(a_mended_table_has_nothing_left_and_lists_what_was_mended),
        LOOKING(white_space_and_letter_case_are_variants),
        LOOKING(a_text_among_numbers_is_found_though_it_ends_the_load),
        LOOKING(missing_values_are_counted),
        LOOKING(an_outlier_is_named_with_the_bound_that_removes_it),
        LOOKING(a_customer_without_activity_is_named),
        LOOKING(a_negative_sum_is_found),
        LOOKING(repeated_rows_and_keys_are_told_apart),
        LOOKING(the_step_that_is_proposed_mends_repeated_keys),
        LOOKING(what_sql_changes_is_listed_cell_by_cell),
        LOOKING(keys_without_partners_are_found_on_both_sides),
        LOOKING(near_duplicates_are_equal_but_for_their_key),
        LOOKING(a_column_of_one_value_is_to_be_dropped),
        LOOKING(a_small_class_is_reported),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
