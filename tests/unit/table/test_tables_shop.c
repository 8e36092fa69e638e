// SPDX-License-Identifier: MIT
/**
 * The shop's real tables, where they are present beside the source: $PEREBOR_SHARED/data/one_click.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "shop_tables.h"

static char folder[4096];

/** Finds the folder of the tables as they came, or as they were cleaned by hand. */
static int find_tables(const char *which) {
    const char *shared = getenv("PEREBOR_SHARED");
    (void)snprintf(folder, sizeof folder, "%s/data/one_click/%s",
                   shared != NULL ? shared : PEREBOR_SOURCE_DIR "/../shared", which);
    return access(folder, R_OK) == 0;
}

/** The 16 features in the order of the dataset. */
static const char *const features[] = {
    "Маркет_актив_6_мес",
    "Маркет_актив_тек_мес",
    "Длительность",
    "Акционные_покупки",
    "Средний_просмотр_категорий_за_визит",
    "Неоплаченные_продукты_штук_квартал",
    "Ошибка_сервиса",
    "Страниц_за_визит",
    "Выручка_предыдущий_месяц",
    "Выручка_препредыдущий_месяц",
    "Выручка_текущий_месяц",
    "минут_предыдущий_месяц",
    "минут_текущий_месяц",
    "Тип сервиса",
    "Разрешить сообщать",
    "Популярная_категория",
};
enum { n_features = sizeof features / sizeof *features };

static void check_shop(const char *which) {
    perebor_dataset *dataset = NULL;
    perebor_tables_report report;
    perebor_error error = {0};
    if (!find_tables(which)) {
        print_message("the shop's tables are not at %s: set PEREBOR_SHARED\n", folder);
        skip();
    }
    perebor_status status = load_shop(folder, &dataset, &report, &error);
    if (status != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    assert_int_equal(dataset->n_rows, 1296);
    size_t n_positive = 0;
    for (size_t row = 0; row < dataset->n_rows; row++) {
        n_positive += dataset->labels[row];
    }
    assert_int_equal(n_positive, 494);
    assert_int_equal(dataset->n_columns, n_features);
    for (size_t i = 0; i < n_features; i++) {
        assert_string_equal(dataset->columns[i].name, features[i]);
    }
    assert_int_equal(dataset->columns[n_features - 1].n_levels, 6);
    assert_string_equal(dataset->columns[13].levels[0], "стандарт");
    assert_string_equal(dataset->columns[14].levels[1], "да");
    assert_string_equal(dataset->negative_name, "Прежний уровень");
    assert_int_equal(dataset->n_passthrough, 1);
    assert_true(dataset->passthrough[0].role == PEREBOR_ROLE_NUMERIC);
    // The rows dropped are those of the customers 215348, 215357, 215359 and 215380.
    assert_string_equal(dataset->ids[0], "215349");
    assert_int_equal(dataset->source_rows[0], 1);
    assert_string_equal(dataset->ids[8], "215358");
    assert_int_equal(dataset->source_rows[1295], 1299);
    assert_int_equal(report.n_sources, 4);
    assert_int_equal(report.sources[1].n_rows, 3900);
    perebor_dataset_free(dataset);
    perebor_tables_report_release(&report);
}

static void the_tables_as_they_came_give_1296_customers(void **state) {
    (void)state;
    check_shop("original");
}

static void the_tables_cleaned_by_hand_give_the_same(void **state) {
    (void)state;
    check_shop("clean");
}

static void what_the_steps_touched_is_counted(void **state) {
    (void)state;
    perebor_dataset *dataset = NULL;
    perebor_tables_report report;
    perebor_error error = {0};
    if (!find_tables("original")) {
        print_message("the shop's tables are not at %s: set PEREBOR_SHARED\n", folder);
        skip();
    }
    assert_int_equal(load_shop(folder, &dataset, &report, &error), PEREBOR_OK);
    uint64_t cells[2] = {0, 0};
    uint64_t dropped[2] = {0, 0};
    size_t n_replace = 0;
    size_t n_filter = 0;
    for (size_t i = 0; i < report.n_steps; i++) {
        const perebor_step_report *step = &report.steps[i];
        if (strcmp(step->step, "replace") == 0) {
            cells[n_replace++] = step->n_cells;
        } else if (strcmp(step->step, "filter") == 0) {
            dropped[n_filter++] = step->n_rows;
        }
    }
    assert_int_equal(cells[0], 1300);
    assert_int_equal(cells[1], 10);
    assert_int_equal(dropped[0], 3);
    assert_int_equal(dropped[1], 1);
    assert_string_equal(report.sources[3].delimiter, ";");
    assert_string_equal(report.sources[3].decimal, ",");
    assert_string_equal(report.sources[0].encoding, "utf-8");
    perebor_dataset_free(dataset);
    perebor_tables_report_release(&report);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tables_as_they_came_give_1296_customers),
        cmocka_unit_test(the_tables_cleaned_by_hand_give_the_same),
        cmocka_unit_test(what_the_steps_touched_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
