// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "config/generator_file.h"
#include "scratch.h"

#define FOLDER PEREBOR_SOURCE_DIR "/experiments/one_click"

static const char *const files[] = {"market_file.csv", "market_money.csv", "market_time.csv",
                                    "money.csv",       "truth.csv",        "dirt.json"};

enum { n_files = sizeof files / sizeof *files };

static perebor_generator *shop;
static char folder[SCRATCH_SIZE];

static char *read_file(const char *in, const char *name) {
    char path[512];
    char *text = NULL;
    size_t size = 0;
    perebor_error error = {0};
    (void)snprintf(path, sizeof path, "%s/%s", in, name);
    assert_int_equal(perebor_file_read(path, 1u << 26, &text, &size, &error), PEREBOR_OK);
    assert_int_equal(strlen(text), size);
    return text;
}

static int set_up(void **state) {
    (void)state;
    perebor_error error = {0};
    return scratch_create(folder) == NULL ||
           perebor_generator_read(&shop, FOLDER "/generator.yaml", &error) != PEREBOR_OK;
}

static void remove_files(void) {
    char path[512];
    for (size_t i = 0; i < n_files; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        (void)unlink(path);
    }
}

static int tear_down(void **state) {
    (void)state;
    remove_files();
    perebor_generator_free(shop);
    return rmdir(folder); // fails if a temporary file is left behind
}

static perebor_generate_options as_declared(void) {
    return (perebor_generate_options){.n_rows = shop->n_rows,
                                      .seed = shop->seed,
                                      .folder = folder,
                                      .overwrite = true,
                                      .n_threads = 1};
}

static perebor_generate_summary generate(const perebor_generate_options *options) {
    perebor_generate_summary summary = {0};
    perebor_error error = {0};
    perebor_status status = perebor_generate(shop, options, &summary, &error);
    assert_string_equal(error.message, "");
    assert_int_equal(status, PEREBOR_OK);
    return summary;
}

static void the_bundled_tables_are_what_the_file_gives(void **state) {
    (void)state;
    perebor_generate_options options = as_declared();
    perebor_generate_summary summary = generate(&options);
    assert_int_equal(summary.n_rows, 1300);
    assert_int_equal(summary.n_positive, 492);
    assert_int_equal(summary.n_faults, 23);
    for (size_t i = 0; i < n_files; i++) {
        char *made = read_file(folder, files[i]);
        char *bundled = read_file(FOLDER "/data", files[i]);
        assert_true(strcmp(made, bundled) == 0);
        free(made);
        free(bundled);
    }
}

static void more_customers_begin_with_the_same_ones(void **state) {
    (void)state;
    perebor_generate_options options = as_declared();
    options.n_rows = 2700;
    (void)generate(&options);
    for (size_t i = 0; i < 5; i++) {
        char *made = read_file(folder, files[i]);
        char *bundled = read_file(FOLDER "/data", files[i]);
        assert_int_equal(strncmp(made, bundled, strlen(bundled)), 0);
        assert_true(strlen(made) > 2 * strlen(bundled));
        free(made);
        free(bundled);
    }
}

static void another_seed_gives_other_customers(void **state) {
    (void)state;
    perebor_generate_options options = as_declared();
    options.seed = 12;
    (void)generate(&options);
    for (size_t i = 0; i < 5; i++) {
        char *made = read_file(folder, files[i]);
        char *bundled = read_file(FOLDER "/data", files[i]);
        assert_string_not_equal(made, bundled);
        free(made);
        free(bundled);
    }
}

static void clean_tables_have_no_fault_and_plain_customs(void **state) {
    (void)state;
    perebor_generate_options options = as_declared();
    options.clean = true;
    assert_int_equal(generate(&options).n_faults, 0);
    char *faults = read_file(folder, "dirt.json");
    assert_string_equal(faults, "[]\n");
    free(faults);
    for (size_t i = 0; i < 4; i++) {
        char *made = read_file(folder, files[i]);
        assert_null(strchr(made, '\r'));
        assert_null(strchr(made, ';'));
        assert_null(strstr(made, "стандартт"));
        assert_null(strstr(made, "предыдцщий"));
        free(made);
    }
}

static void sorting_by_class_keeps_every_customer(void **state) {
    (void)state;
    perebor_generate_options options = as_declared();
    options.clean = true;
    options.scenario = PEREBOR_SCENARIO_LEAK_ID;
    assert_int_equal(generate(&options).n_positive, 492);
    char *truth = read_file(folder, "truth.csv");
    size_t n = 0;
    for (char *line = strtok(truth, "\n"); line != NULL; line = strtok(NULL, "\n"), n++) {
        if (n > 0) {
            const char *target = strchr(strchr(line, ',') + 1, ',') + 1;
            assert_int_equal(*target, n <= 492 ? '1' : '0');
        }
    }
    assert_int_equal(n, 1301);
    free(truth);
}

/** The files of a generation, one after another. */
static char *take_all(void) {
    size_t size = 0;
    char *all = NULL;
    for (size_t i = 0; i < n_files; i++) {
        char *one = read_file(folder, files[i]);
        size_t length = strlen(one);
        all = realloc(all, size + length + 1);
        memcpy(all + size, one, length + 1);
        size += length;
        free(one);
    }
    remove_files();
    return all;
}

static void threads_and_parts_change_no_byte(void **state) {
    (void)state;
    const perebor_scenario scenarios[] = {PEREBOR_SCENARIO_RETAIL, PEREBOR_SCENARIO_LEAK_ID,
                                          PEREBOR_SCENARIO_DIRT_EXTREME};
    for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++) {
        perebor_generate_options options = as_declared();
        options.scenario = scenarios[i];
        options.n_rows = 3 * 1300 + 77;
        perebor_generate_summary whole = generate(&options);
        char *wanted = take_all();
        for (options.n_threads = 2; options.n_threads <= 3; options.n_threads++) {
            assert_int_equal(generate(&options).n_faults, whole.n_faults);
            char *found = take_all();
            assert_true(strcmp(found, wanted) == 0);
            free(found);
        }
        for (options.n_parts = 2; options.n_parts <= 5; options.n_parts += 3) { // 5: one is empty
            perebor_generate_summary joined = {0};
            perebor_error error = {0};
            for (uint32_t k = 0; k < options.n_parts; k++) {
                options.part = (k + 1) % options.n_parts; // in whatever order
                (void)generate(&options);
            }
            assert_int_equal(perebor_generate_join(shop, &options, &joined, &error), PEREBOR_OK);
            assert_memory_equal(&joined, &whole, sizeof whole);
            char *found = take_all();
            assert_true(strcmp(found, wanted) == 0);
            free(found);
        }
        free(wanted);
    }
}

static void parts_are_joined_only_if_they_belong_together(void **state) {
    (void)state;
    char path[512];
    perebor_generate_summary summary = {0};
    perebor_error error = {0};
    perebor_generate_options options = as_declared();
    options.n_rows = 2600;
    options.n_parts = 2;
    (void)generate(&options);
    assert_int_equal(perebor_generate_join(shop, &options, &summary, &error), PEREBOR_ERR_IO);
    assert_non_null(strstr(error.message, "generation.part-0002-of-0002"));
    options.part = 1;
    options.seed++;
    (void)generate(&options);
    options.seed--;
    assert_int_equal(perebor_generate_join(shop, &options, &summary, &error), PEREBOR_ERR_CONFLICT);
    assert_non_null(strstr(error.message,
                           "generation.part-0002-of-0002 is a part of something else (one_click: "
                           "rows 2600, seed 12, scenario retail, file "));
    (void)generate(&options);
    (void)snprintf(path, sizeof path, "%s/money.csv.part-0001-of-0002", folder);
    assert_int_equal(access(path, F_OK), 0);
    assert_int_equal(perebor_generate_join(shop, &options, &summary, &error), PEREBOR_OK);
    assert_int_equal(summary.n_rows, 2600);
    assert_int_not_equal(access(path, F_OK), 0);
}

static void the_last_of_a_hundred_million_are_customers_as_well(void **state) {
    (void)state;
    static const char suffix[] = ".part-9999-of-9999";
    char name[128];
    perebor_generate_options options = as_declared();
    options.n_rows = 100000000;
    options.n_parts = 9999;
    options.part = 9998;
    perebor_generate_summary summary = generate(&options);
    assert_int_equal(summary.n_rows, 100000000 % 1300 + 6 * 1300);
    (void)snprintf(name, sizeof name, "truth.csv%s", suffix);
    char *truth = read_file(folder, name);
    size_t n = 0;
    unsigned long long id = 0;
    for (char *line = strtok(truth, "\n"); line != NULL; line = strtok(NULL, "\n"), n++) {
        id = strtoull(line, NULL, 10);
        assert_int_equal(id, shop->id_start + options.n_rows - summary.n_rows + n);
    }
    assert_int_equal(n, summary.n_rows);
    assert_int_equal(id, 100700000);
    free(truth);
    for (size_t i = 0; i <= n_files; i++) {
        char path[512];
        (void)snprintf(path, sizeof path, "%s/%s%s", folder, i < n_files ? files[i] : "generation",
                       suffix);
        assert_int_equal(unlink(path), 0);
    }
}

static void ids_that_do_not_fit_are_refused(void **state) {
    (void)state;
    perebor_generate_summary summary = {0};
    perebor_error error = {0};
    perebor_generate_options options = as_declared();
    options.n_rows = UINT64_MAX - 5;
    assert_int_equal(perebor_generate(shop, &options, &summary, &error), PEREBOR_ERR_ARGUMENT);
    assert_string_equal(error.message, "18446744073709551610 customers from id 700001 on: the last "
                                       "ids do not fit; ask for fewer");
    options.n_rows = UINT64_C(9000000001);
    options.scenario = PEREBOR_SCENARIO_DIRT_EXTREME;
    assert_int_equal(perebor_generate(shop, &options, &summary, &error), PEREBOR_ERR_ARGUMENT);
    assert_string_equal(error.message,
                        "dirt_extreme: id_add 9000000000 of orphan gives the ids of other "
                        "customers where there are 9000000001: write at least as much");
}

/** That the log says of everybody what the truth says, and outcomes are as likely as it says. */
static void compare_with_truth(const char *log, const char *truth) {
    double n = 0.0, expected = 0.0, variance = 0.0, positive = 0.0;
    while ((log = strchr(log, '\n')) != NULL && log[1] != '\0' &&
           (truth = strchr(truth, '\n')) != NULL) {
        unsigned id = 0, id_of_truth = 0, treated = 0;
        double p[2] = {0.0};
        char got[16] = "", answered[16] = "";
        log += 1;
        truth += 1;
        assert_int_equal(sscanf(log, "%u,%15[^,],%15[^\r]", &id, got, answered), 3);
        assert_int_equal(
            sscanf(truth, "%u,%*[^,],%*u,,%u,%lf,%lf", &id_of_truth, &treated, &p[0], &p[1]), 4);
        assert_int_equal(id, id_of_truth);
        assert_string_equal(got, treated == 1 ? "да" : "нет");
        n += 1.0;
        positive += strcmp(answered, "да") == 0 ? 1.0 : 0.0;
        expected += p[treated];
        variance += p[treated] * (1.0 - p[treated]);
    }
    assert_true(n >= 1000.0);
    assert_true((positive - expected) * (positive - expected) <= 12.0 * variance);
}

static void a_campaign_has_a_table_of_its_own(void **state) {
    (void)state;
    char path[512];
    perebor_generate_options options = as_declared();
    options.scenario = PEREBOR_SCENARIO_CAMPAIGN;
    assert_int_equal(generate(&options).n_tables, 5);
    char *log = read_file(folder, "campaign.csv");
    char *truth = read_file(folder, "truth.csv");
    assert_int_equal(strncmp(log, "id,Получил предложение,Откликнулся\r\n", 60), 0);
    assert_int_equal(strncmp(truth, "id,component,y,p_true,treated,p_untreated,p_treated\n", 52),
                     0);
    compare_with_truth(log, truth);
    free(log);
    free(truth);
    (void)snprintf(path, sizeof path, "%s/campaign.csv", folder);
    assert_int_equal(unlink(path), 0);
    options.scenario = PEREBOR_SCENARIO_RETAIL;
    assert_int_equal(generate(&options).n_tables, 4);
    assert_int_not_equal(access(path, F_OK), 0);
}

static void files_that_exist_are_kept(void **state) {
    (void)state;
    perebor_generate_options options = as_declared();
    perebor_generate_summary summary = {0};
    perebor_error error = {0};
    remove_files();
    (void)generate(&options);
    char *before = read_file(folder, "money.csv");
    options.seed = 99;
    options.overwrite = false;
    assert_int_equal(perebor_generate(shop, &options, &summary, &error), PEREBOR_ERR_CONFLICT);
    assert_non_null(strstr(error.message, "market_file.csv exists; --overwrite replaces it"));
    assert_int_equal(summary.n_rows, 0);
    char *after = read_file(folder, "money.csv");
    assert_string_equal(before, after);
    free(before);
    free(after);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bundled_tables_are_what_the_file_gives),
        cmocka_unit_test(more_customers_begin_with_the_same_ones),
        cmocka_unit_test(another_seed_gives_other_customers),
        cmocka_unit_test(clean_tables_have_no_fault_and_plain_customs),
        cmocka_unit_test(sorting_by_class_keeps_every_customer),
        cmocka_unit_test(threads_and_parts_change_no_byte),
        cmocka_unit_test(parts_are_joined_only_if_they_belong_together),
        cmocka_unit_test(the_last_of_a_hundred_million_are_customers_as_well),
        cmocka_unit_test(ids_that_do_not_fit_are_refused),
        cmocka_unit_test(a_campaign_has_a_table_of_its_own),
        cmocka_unit_test(files_that_exist_are_kept),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
