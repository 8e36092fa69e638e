// SPDX-License-Identifier: MIT
/**
 * What is known of the shop's real tables, where they are present beside the source:
 * $PEREBOR_SHARED/data/one_click/original, by the experiment that the project ships.
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

#include "inspect/quality.h"
#include "perebor/experiment.h"
#include "profile/leaks.h"
#include "profile/profile.h"

static struct {
    bool present;
    perebor_experiment *experiment;
    perebor_quality quality;
    perebor_tables_report report;
    perebor_dataset *dataset;
    perebor_profile *profile;
} shop;

static int open_shop(void **state) {
    (void)state;
    static char folder[4096];
    const char *shared = getenv("PEREBOR_SHARED");
    perebor_error error = {0};
    (void)snprintf(folder, sizeof folder, "%s/data/one_click/original",
                   shared != NULL ? shared : PEREBOR_SOURCE_DIR "/../shared");
    if (access(folder, R_OK) != 0) {
        print_message("the shop's tables are not at %s: set PEREBOR_SHARED\n", folder);
        return 0;
    }
    const perebor_override root = {.key = "data.root", .value = folder};
    if (perebor_experiment_read(&shop.experiment,
                                PEREBOR_SOURCE_DIR "/experiments/one_click/experiment.yaml", &root,
                                1, &error) != PEREBOR_OK ||
        perebor_tables_inspect(&shop.quality, &shop.dataset, &shop.report, &shop.experiment->tables,
                               &error) != PEREBOR_OK ||
        shop.dataset == NULL ||
        perebor_profile_make(&shop.profile, shop.dataset, NULL, &error) != PEREBOR_OK) {
        print_message("%s\n", error.message);
        return 1;
    }
    shop.present = true;
    return 0;
}

static int close_shop(void **state) {
    (void)state;
    perebor_profile_free(shop.profile);
    perebor_dataset_free(shop.dataset);
    perebor_quality_release(&shop.quality);
    perebor_tables_report_release(&shop.report);
    perebor_experiment_free(shop.experiment);
    return 0;
}

static const perebor_profile_column *column(const char *name) {
    for (size_t i = 0; i < shop.profile->n_columns; i++) {
        if (strcmp(shop.profile->columns[i].name, name) == 0) {
            return &shop.profile->columns[i];
        }
    }
    fail_msg("no column %s", name);
    return NULL;
}

static void expect_near(double value, double known, double tolerance) {
    if (!(fabs(value - known) <= tolerance)) {
        fail_msg("%.6f is not %.6f", value, known);
    }
}

static void phik_with_the_target_is_as_known(void **state) {
    (void)state;
    if (!shop.present) {
        skip();
    }
    static const struct {
        const char *name;
        double phik;
        double digits;
    } known[] = {
        {"Страниц_за_визит", 0.7499, 5e-5},
        {"минут_предыдущий_месяц", 0.6851, 5e-5},
        {"минут_текущий_месяц", 0.5768, 5e-5},
        {"Маркет_актив_6_мес", 0.5448, 5e-5},
        {"Средний_просмотр_категорий_за_визит", 0.5396, 5e-5},
        {"Акционные_покупки", 0.5063, 5e-5},
        {"Неоплаченные_продукты_штук_квартал", 0.5057, 5e-5},
        {"Выручка_препредыдущий_месяц", 0.4956, 5e-5},
        {"Популярная_категория", 0.300, 5e-4},
        {"Ошибка_сервиса", 0.224, 5e-4},
        {"Выручка_предыдущий_месяц", 0.221, 5e-4},
        {"Выручка_текущий_месяц", 0.195, 5e-4},
        {"Тип сервиса", 0.130, 5e-4},
        {"Длительность", 0.098, 5e-4},
        {"Маркет_актив_тек_мес", 0.0, 0.0},
        {"Разрешить сообщать", 0.0, 0.0},
    };
    size_t n_strong = 0;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        double phik = column(known[i].name)->phik;
        expect_near(phik, known[i].phik, known[i].digits);
        n_strong += phik > 0.5;
    }
    assert_int_equal(n_strong, 7);
    assert_int_equal(shop.profile->n_columns, 16);
}

static void collinearity_and_class_figures_are_as_known(void **state) {
    (void)state;
    if (!shop.present) {
        skip();
    }
    double greatest = 0.0;
    for (size_t i = 0; i < shop.profile->n_columns; i++) {
        greatest = fmax(greatest, shop.profile->columns[i].vif);
    }
    expect_near(greatest, 4.3, 0.05);
    const perebor_profile_column *pages = column("Страниц_за_визит");
    expect_near(pages->auc, 0.175, 5e-4);
    expect_near(pages->anova_f, 468.5, 0.05);
    expect_near(pages->groups[PEREBOR_NEGATIVE_ROWS].moments.mean, 9.80, 5e-3);
    expect_near(pages->groups[PEREBOR_POSITIVE_ROWS].moments.mean, 5.57, 5e-3);
    expect_near(column("Акционные_покупки")->auc, 0.779, 5e-4);
    expect_near(column("Популярная_категория")->cramers_v, 0.224, 5e-4);
    assert_string_equal(pages->strength, "high");
    assert_string_equal(column("Акционные_покупки")->strength, "noticeable");
}

static size_t count_findings(perebor_cleaning_stage stage, const char *kind,
                             const perebor_finding **last) {
    size_t n = 0;
    for (size_t i = 0; i < shop.quality.n_findings; i++) {
        if (shop.quality.findings[i].stage == stage &&
            strcmp(shop.quality.findings[i].kind, kind) == 0) {
            *last = &shop.quality.findings[i];
            n++;
        }
    }
    return n;
}

static void the_known_dirt_is_found_and_nothing_else(void **state) {
    (void)state;
    if (!shop.present) {
        skip();
    }
    const perebor_finding *finding = NULL;
    assert_int_equal(count_findings(PEREBOR_STAGE_READ, "near_spelling", &finding), 2);
    assert_non_null(strstr(finding->step, "{предыдцщий_месяц: предыдущий_месяц}"));
    assert_int_equal(count_findings(PEREBOR_STAGE_CLEAN, "near_spelling", &finding), 0);
    assert_int_equal(count_findings(PEREBOR_STAGE_JOINED, "zero_activity", &finding), 1);
    assert_int_equal(finding->n, 3);
    assert_int_equal(count_findings(PEREBOR_STAGE_JOINED, "duplicate_but_key", &finding), 1);
    assert_int_equal(finding->n, 11);
    assert_int_equal(count_findings(PEREBOR_STAGE_JOINED, "outliers", &finding), 2);
    assert_string_equal(finding->column, "Выручка_текущий_месяц");
    assert_int_equal(finding->n, 1);
    assert_non_null(strstr(finding->detail, "106862.2 (215380)"));
    assert_int_equal(count_findings(PEREBOR_STAGE_FINAL, "outliers", &finding), 0);
    assert_int_equal(count_findings(PEREBOR_STAGE_FINAL, "zero_activity", &finding), 0);
    // Column names before and after cleaning, the pairs once more, and no others.
    assert_int_equal(shop.quality.n_findings, 2 + 1 + 1 + 2 + 1 + 1 + 1);
    for (size_t i = 0; i < shop.quality.n_findings; i++) {
        assert_null(strstr(shop.quality.findings[i].step, "{препредыдущий"));
    }
}

static void values_beyond_the_quartiles_are_only_reported(void **state) {
    (void)state;
    if (!shop.present) {
        skip();
    }
    size_t n_seen = 0;
    for (size_t i = 0; i < shop.quality.n_columns; i++) {
        const perebor_column_summary *summary = &shop.quality.columns[i];
        if (summary->stage != PEREBOR_STAGE_FINAL) {
            continue;
        }
        if (strcmp(summary->name, "Акционные_покупки") == 0) {
            assert_int_equal(summary->n_beyond_iqr, 167);
            n_seen++;
        } else if (strcmp(summary->name, "Маркет_актив_тек_мес") == 0) {
            assert_int_equal(summary->n_beyond_iqr, 628);
            n_seen++;
        }
        assert_int_equal(summary->n_outliers, 0);
    }
    assert_int_equal(n_seen, 2);
}

static void the_identifier_and_the_order_give_the_target_away(void **state) {
    (void)state;
    if (!shop.present) {
        skip();
    }
    perebor_leaks leaks;
    assert_int_equal(perebor_leaks_find(&leaks, shop.dataset, NULL, NULL, NULL), PEREBOR_OK);
    assert_int_equal(leaks.n, 2);
    assert_int_equal(leaks.items[0].kind, PEREBOR_LEAK_ID);
    assert_string_equal(leaks.items[0].column, "id");
    expect_near(leaks.items[0].phik, 0.98, 5e-3);
    assert_int_equal(leaks.items[1].kind, PEREBOR_LEAK_ORDER);
    perebor_leaks_release(&leaks);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(phik_with_the_target_is_as_known),
        cmocka_unit_test(collinearity_and_class_figures_are_as_known),
        cmocka_unit_test(the_known_dirt_is_found_and_nothing_else),
        cmocka_unit_test(values_beyond_the_quartiles_are_only_reported),
        cmocka_unit_test(the_identifier_and_the_order_give_the_target_away),
    };
    return cmocka_run_group_tests(tests, open_shop, close_shop);
}
