// SPDX-License-Identifier: MIT
/** The tables of segments: their lines, what may be replaced, and the text for a terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"
#include "cli/segment_files.h"
#include "cli/segment_text.h"
#include "club_rows.h"
#include "scratch.h"

static char folder[SCRATCH_SIZE];
static segmentation club;

static int enter(void **state) {
    perebor_error error = {0};
    bool is_there = make_club(state) == 0 && scratch_create(folder) != NULL && chdir(folder) == 0;
    return is_there && segmentation_make(&club, &club_rows, &club_settings, NULL, "club.yaml",
                                         &error) == PEREBOR_OK
               ? 0
               : -1;
}

static int leave(void **state) {
    (void)state;
    static const char *const names[] = {"out/customers.csv", "out/segments.csv",
                                        "out/segment_profiles.csv"};
    segmentation_release(&club);
    for (size_t i = 0; i < 3; i++) {
        (void)unlink(names[i]);
    }
    return rmdir("out") + chdir("/") + rmdir(folder);
}

static perebor_status write_all(bool overwrite, bool mark, perebor_error *error) {
    const segment_files files = {.folder = "out", .overwrite = overwrite, .form.mark = mark};
    perebor_status status = segment_files_check(&files, NULL, 0, error);
    return status == PEREBOR_OK ? segment_files_write(&files, &club, NULL, 0, error) : status;
}

/** All of a file, to be freed. */
static char *read_all(const char *path) {
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    char *text = calloc(1, 1 << 20);
    assert_non_null(text);
    assert_true(fread(text, 1, (1 << 20) - 1, file) > 0);
    (void)fclose(file);
    return text;
}

/** Cells of a line; none of these tables' names has a quote. */
static size_t count_cells(const char *line) {
    size_t n = 1;
    bool is_quoted = false;
    for (; *line != '\0' && *line != '\n'; line++) {
        is_quoted = is_quoted != (*line == '"');
        n += *line == ',' && !is_quoted;
    }
    return n;
}

/** Every line has as many cells as the header. @return Lines below it. */
static size_t check_table(const char *path, const char *beginning) {
    char *text = read_all(path);
    size_t n = 0, n_cells = count_cells(text);
    assert_int_equal(strncmp(text, beginning, strlen(beginning)), 0);
    for (const char *line = strchr(text, '\n'); line != NULL && line[1] != '\0';
         line = strchr(line + 1, '\n')) {
        if (count_cells(line + 1) != n_cells) {
            fail_msg("%s: %zu cells, not %zu: %.200s", path, count_cells(line + 1), n_cells,
                     line + 1);
        }
        n++;
    }
    free(text);
    return n;
}

static void test_a_line_for_each(void **state) {
    (void)state;
    perebor_error error = {0};
    assert_int_equal(write_all(true, false, &error), PEREBOR_OK);
    assert_int_equal(check_table("out/customers.csv", "id,probability,"), CLUB_ROWS);
    assert_int_equal(check_table("out/segments.csv", "segment,kind,n,share,"), club.n_segments);
    size_t n_lines = 0;
    for (size_t i = 0; i < club.n_segments; i++) {
        n_lines += club.segments[i].profile.n == 0 ? 0 : club.n_traits + 2;
    }
    assert_int_equal(check_table("out/segment_profiles.csv", "segment,kind,what,column,level,"),
                     n_lines);
}

static void test_customers_come_by_rank_with_all_that_is_known(void **state) {
    (void)state;
    perebor_error error = {0};
    assert_int_equal(write_all(true, false, &error), PEREBOR_OK);
    char *text = read_all("out/customers.csv"), *rest = NULL;
    char *line = strtok_r(text, "\n", &rest);
    assert_non_null(strstr(line, ",rules,decile,habit,price,driver,cluster,discovered,consent,"
                                 "reason_1,reason_1_adds,"));
    for (uint32_t rank = 1; (line = strtok_r(NULL, "\n", &rest)) != NULL; rank++) {
        char *end = NULL, *cell = strchr(line, ',');
        unsigned long row = strtoul(line, &end, 10) - 1000;
        assert_true(end == cell && row < CLUB_ROWS);
        assert_int_equal(club.worth.rank[row], rank);
        double probability = strtod(cell + 1, NULL);
        assert_true(probability > club_rows.probabilities[row] - 1e-6 &&
                    probability < club_rows.probabilities[row] + 1e-6);
        bool agrees = club.consent->values[row] == 1.0;
        assert_non_null(strstr(line, agrees ? ",yes," : ",no,"));
        assert_true(club.driver[row] == 0 ||
                    strstr(line, club.segments[club.driver[row]].name) != NULL);
        assert_true(club.cluster[row] == 0 ||
                    strstr(line, club.segments[club.cluster[row]].name) != NULL);
    }
    free(text);
}

static void test_a_mark_comes_first(void **state) {
    (void)state;
    perebor_error error = {0};
    assert_int_equal(write_all(true, true, &error), PEREBOR_OK);
    (void)check_table("out/customers.csv", "\xef\xbb\xbfid,");
    (void)check_table("out/segments.csv", "\xef\xbb\xbfsegment,");
    // What was written with a mark is known again.
    assert_int_equal(write_all(true, false, &error), PEREBOR_OK);
    (void)check_table("out/customers.csv", "id,");
}

static void test_nothing_of_others_is_replaced(void **state) {
    (void)state;
    perebor_error error = {0};
    assert_int_equal(write_all(true, false, &error), PEREBOR_OK);
    assert_int_equal(write_all(false, false, &error), PEREBOR_ERR_CONFLICT);
    assert_non_null(strstr(error.message, "out/customers.csv exists"));
    FILE *file = fopen("out/segment_profiles.csv", "w");
    assert_non_null(file);
    fputs("mine\n", file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(write_all(true, false, &error), PEREBOR_ERR_CONFLICT);
    assert_non_null(strstr(error.message, "segment_profiles.csv is not a table of profiles"));
    char *text = read_all("out/segment_profiles.csv");
    assert_string_equal(text, "mine\n");
    free(text);
    assert_int_equal(unlink("out/segment_profiles.csv"), 0);
}

/** The text of all segments, or of one; to be freed. */
static char *print(const char *focus) {
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    if (focus == NULL) {
        segment_text_print(stream, &club, LANGUAGE_ENGLISH);
    } else {
        const segment *found = segmentation_find(&club, focus);
        assert_non_null(found);
        segment_text_print_focus(stream, &club, found, LANGUAGE_ENGLISH);
    }
    assert_int_equal(fclose(stream), 0);
    return text;
}

static void test_the_text_fits_a_terminal(void **state) {
    (void)state;
    for (size_t i = 0; i <= club.n_segments; i++) {
        char *text = print(i == 0 ? NULL : club.segments[i - 1].name);
        for (const char *line = text; *line != '\0';) {
            size_t length = strcspn(line, "\n");
            if (perebor_text_width(line, length) > 80 || (length > 0 && line[length - 1] == ' ')) {
                fail_msg("too wide, or ends in a space: \"%.*s\"", (int)length, line);
            }
            line += length + (line[length] == '\n');
        }
        free(text);
    }
}

static void test_the_text_says_what_to_think_of_it(void **state) {
    (void)state;
    char *text = print(NULL);
    assert_non_null(strstr(text, "price: discounts; cut at"));
    assert_non_null(strstr(text, "2 by k-means of 2 columns"));
    assert_null(strstr(text, "Weak structure"));
    assert_non_null(strstr(text, "in the test part"));
    free(text);
    text = print("few visits");
    assert_non_null(strstr(text, "+0.4 ±"));
    assert_non_null(strstr(text, "may be written to"));
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_line_for_each),
        cmocka_unit_test(test_customers_come_by_rank_with_all_that_is_known),
        cmocka_unit_test(test_a_mark_comes_first),
        cmocka_unit_test(test_nothing_of_others_is_replaced),
        cmocka_unit_test(test_the_text_fits_a_terminal),
        cmocka_unit_test(test_the_text_says_what_to_think_of_it),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
