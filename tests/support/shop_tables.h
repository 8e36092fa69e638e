// SPDX-License-Identifier: MIT
/**
 * @file shop_tables.h
 * Loads the shop's four tables from a folder as the reference experiment does.
 */
#ifndef PEREBOR_TEST_SHOP_TABLES_H
#define PEREBOR_TEST_SHOP_TABLES_H

#include <stdio.h>

#include "perebor/tables.h"

#define SHOP_TEXTS(...)                                                                            \
    {                                                                                              \
        (const char *const[]){__VA_ARGS__},                                                        \
            sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)                            \
    }

static const char *shop_path(const char *folder, const char *file, char path[4200]) {
    (void)snprintf(path, 4200, "%s/%s", folder, file);
    return path;
}

/** The specification of the reference experiment. */
static perebor_status load_shop(const char *folder, perebor_dataset **dataset,
                                perebor_tables_report *report, perebor_error *error) {
    char paths[4][4200];
    const perebor_table_source sources[] = {
        {.name = "file", .path = shop_path(folder, "market_file.csv", paths[0]), .key = "id"},
        {.name = "money", .path = shop_path(folder, "market_money.csv", paths[1]), .key = "id"},
        {.name = "time", .path = shop_path(folder, "market_time.csv", paths[2]), .key = "id"},
        {.name = "profit", .path = shop_path(folder, "money.csv", paths[3]), .key = "id"},
    };
    const perebor_clean_step clean[] = {
        {.kind = PEREBOR_STEP_NORMALIZE, .form = "NFC", .trim = true},
        {.kind = PEREBOR_STEP_REPLACE,
         .table = "time",
         .columns = SHOP_TEXTS("Период"),
         .from = SHOP_TEXTS("предыдцщий_месяц"),
         .to = SHOP_TEXTS("предыдущий_месяц")},
        {.kind = PEREBOR_STEP_REPLACE,
         .table = "file",
         .columns = SHOP_TEXTS("Тип сервиса"),
         .from = SHOP_TEXTS("стандартт"),
         .to = SHOP_TEXTS("стандарт")},
    };
    const perebor_pivot_step pivot[] = {
        {.table = "money", .columns = "Период", .values = "Выручка", .prefix = "Выручка_"},
        {.table = "time", .columns = "Период", .values = "минут", .prefix = "минут_"},
    };
    const perebor_filter_step filter[] = {
        {.columns = SHOP_TEXTS("Выручка_*"),
         .comparison = PEREBOR_GREATER,
         .values = SHOP_TEXTS("0")},
        {.columns = SHOP_TEXTS("Выручка_текущий_месяц"),
         .comparison = PEREBOR_LESS,
         .values = SHOP_TEXTS("100000"),
         .reason = "one data-entry error"},
    };
    const perebor_ordinal_column ordinal = {.name = "Тип сервиса",
                                            .levels = SHOP_TEXTS("стандарт", "премиум")};
    const perebor_boolean_column boolean = {.name = "Разрешить сообщать",
                                            .true_values = SHOP_TEXTS("да"),
                                            .false_values = SHOP_TEXTS("нет")};
    const perebor_tables_spec spec = {
        .file = "experiment.yaml",
        .sources = sources,
        .n_sources = 4,
        .clean = clean,
        .n_clean = 3,
        .pivot = pivot,
        .n_pivot = 2,
        .join = {.base = "file", .on = "id", .tables = SHOP_TEXTS("money", "time")},
        .filter = filter,
        .n_filter = 2,
        .roles = {.id = "id",
                  .target = "Покупательская активность",
                  .positive = "Снизилась",
                  .numeric = SHOP_TEXTS("*"),
                  .nominal = SHOP_TEXTS("Популярная_категория"),
                  .ordinal = &ordinal,
                  .n_ordinal = 1,
                  .boolean = &boolean,
                  .n_boolean = 1,
                  .passthrough = SHOP_TEXTS("Прибыль")},
    };
    return perebor_tables_load(dataset, report, &spec, error);
}

#endif
