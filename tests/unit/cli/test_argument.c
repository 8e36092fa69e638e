// SPDX-License-Identifier: MIT
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "captured.h"
#include "cli/argument.h"
#include "cli/command.h"

static void whole_numbers_are_read_to_their_end(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool read;
        uint64_t number;
    } cases[] = {
        {"0", true, 0},
        {"007", true, 7},
        {"18446744073709551615", true, UINT64_MAX},
        {"18446744073709551616", false, 0},
        {"", false, 0},
        {"-1", false, 0},
        {"+1", false, 0},
        {" 1", false, 0},
        {"1 ", false, 0},
        {"1e3", false, 0},
        {"0x10", false, 0},
        {"1.0", false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t number = 77;
        const char *text = cases[i].text;
        assert_int_equal(argument_read_number(text, text + strlen(text), &number), cases[i].read);
        assert_true(number == (cases[i].read ? cases[i].number : 77));
    }
    uint64_t number = 0;
    static const char text[] = "12:34";
    assert_true(argument_read_number(text, text + 2, &number)); // up to the colon
    assert_int_equal(number, 12);
    assert_false(argument_read_number(text, text + 3, &number));
}

static void ranges_have_a_first_and_an_end(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool read, one;
        uint64_t first, end;
    } cases[] = {
        {"7", true, true, 7, 8},
        {"0", true, true, 0, 1},
        {"0:100", true, false, 0, 100},
        {"5:6", true, false, 5, 6},
        {"9223372036854775806", true, true, INT64_MAX - 1, INT64_MAX},
        {"9223372036854775807", false, true, 0, 0},
        {"0:9223372036854775807", true, false, 0, INT64_MAX},
        {"0:9223372036854775808", false, false, 0, 0},
        {"6:5", false, false, 0, 0},
        {"5:5", false, false, 0, 0},
        {":5", false, false, 0, 0},
        {"5:", false, false, 0, 0},
        {"1:2:3", false, false, 0, 0},
        {"", false, true, 0, 0},
        {"a", false, true, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        argument_range range = {0};
        assert_int_equal(argument_read_range(cases[i].text, &range), cases[i].read);
        if (cases[i].read) {
            assert_int_equal(range.one, cases[i].one);
            assert_true(range.first == cases[i].first && range.end == cases[i].end);
        }
    }
}

enum { KEY_NUMBER = 256, KEY_SEED, KEY_BIG, KEY_TRIALS, KEY_FORMAT, KEY_OUTPUT, KEY_SET };

static const struct argp_option options[] = {
    {"number", KEY_NUMBER, "N", 0, "", 0}, {"seed", KEY_SEED, "N", 0, "", 0},
    {"big", KEY_BIG, "N", 0, "", 0},       {"trials", KEY_TRIALS, "N", 0, "", 0},
    {"format", KEY_FORMAT, "F", 0, "", 0}, {"output", KEY_OUTPUT, "F", 0, "", 0},
    {"set", KEY_SET, "K=V", 0, "", 0},     {0},
};

/** What the lines below say. */
typedef struct said {
    argument_overrides overrides;
    perebor_search_options search;
    const char *file;
} said;

/** Prints what it reads. */
static error_t parse_option(int key, char *value, struct argp_state *state) {
    said *all = state->input;
    switch (key) {
    case KEY_NUMBER:
        printf("%" PRIu64, argument_number(state, "--number", value, 2, 16));
        return 0;
    case KEY_SEED:
        printf("%" PRIu64, argument_number(state, "--seed", value, 0, UINT64_MAX));
        return 0;
    case KEY_BIG:
        printf("%" PRIu64, argument_number(state, "--big", value, 1, INT64_MAX));
        return 0;
    case KEY_TRIALS:
        argument_trials(state, value, &all->search);
        printf("%d %" PRIu64 ":%" PRIu64, all->search.trials_given, all->search.first_trial,
               all->search.end_trial);
        return 0;
    case KEY_FORMAT:
        printf("%zu", argument_choice(state, "--format", value, "csv|json|text"));
        return 0;
    case KEY_OUTPUT:
        printf("%s", argument_result_file(state, "--output", value));
        return 0;
    case KEY_SET:
        argument_set(state, &all->overrides, value);
        return 0;
    default:
        return argument_file(key, value, state, ARGUMENT_RESULT, &all->file);
    }
}

static int parse_line(int argc, char **argv) {
    static const struct argp parser = {.options = options, .parser = parse_option};
    said all = {0};
    command_parse(&parser, argc, argv, &all);
    for (size_t i = 0; i < all.overrides.n; i++) {
        printf("<%s|%s>", all.overrides.items[i].key, all.overrides.items[i].value);
    }
    printf(" %s", all.file);
    argument_overrides_release(&all.overrides);
    return all.overrides.n == 0 && all.overrides.items == NULL ? EXIT_OK : EXIT_FAILED;
}

static const command test_command = {"test", "for this test", parse_line, .on_ranks = false};

static void what_can_be_read_is_read(void **state) {
    (void)state;
    static const struct {
        const char *option, *out;
    } cases[] = {
        {"--number=2", "2 a.h5"},
        {"--number=16", "16 a.h5"},
        {"--seed=18446744073709551615", "18446744073709551615 a.h5"},
        {"--big=9223372036854775807", "9223372036854775807 a.h5"},
        {"--trials=500", "1 0:500 a.h5"},
        {"--trials=500:1000", "1 500:1000 a.h5"},
        {"--trials=0:1", "1 0:1 a.h5"},
        {"--format=csv", "0 a.h5"},
        {"--format=text", "2 a.h5"},
        {"--output=b.h5", "b.h5 a.h5"},
        {"--output=b", "b a.h5"},
        {"--output=a.csv/b", "a.csv/b a.h5"},
        {"--output=b.csv.hdf5", "b.csv.hdf5 a.h5"},
        {"--set=a.b=c=d", "<a.b|c=d> a.h5"},
        {"--set=a=", "<a|> a.h5"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const captured *found =
            capture_command(&test_command, LINE("test", cases[i].option, "a.h5"));
        assert_string_equal(found->err, "");
        assert_string_equal(found->out, cases[i].out);
        assert_int_equal(found->code, EXIT_OK);
    }
    const captured *found =
        capture_command(&test_command, LINE("test", "--set=a=1", "a.h5", "--set=b=2", "--set=a=3"));
    assert_string_equal(found->out, "<a|1><b|2><a|3> a.h5"); // in their order
}

#define RESULT_KIND                                                                                \
    ": a result is an HDF5 file; name it .h5, and 'perebor export' writes its tables as CSV or "   \
    "JSON"

static void what_cannot_be_read_ends_the_program_with_the_remedy(void **state) {
    (void)state;
    static const struct {
        const char *word, *message;
    } cases[] = {
        {"--number=1", "--number 1: write a number from 2 to 16"},
        {"--number=17", "--number 17: write a number from 2 to 16"},
        {"--number=x", "--number x: write a number from 2 to 16"},
        {"--seed=-1", "--seed -1: write a whole number from 0 to 2^64 - 1"},
        {"--big=0", "--big 0: write a whole number from 1"},
        {"--trials=5:5", "--trials 5:5: write a number (500) or a range (500:1000)"},
        {"--trials=0", "--trials 0: there is nothing to run; write 1 or more, or a range (0:500)"},
        {"--format=cs", "--format cs: write csv, json or text"},
        {"--format=csv|json", "--format csv|json: write csv, json or text"},
        {"--format=", "--format : write csv, json or text"},
        {"--output=b.csv", "--output b.csv" RESULT_KIND},
        {"--output=b.JSON", "--output b.JSON" RESULT_KIND},
        {"--output=b.h5.journal", "--output b.h5.journal" RESULT_KIND},
        {"--set=a", "--set a: write key=value, such as --set search.run_cap=100"},
        {"--set==a", "--set =a: write key=value, such as --set search.run_cap=100"},
        {"b.h5", "one result file at a time; \"b.h5\" is one too many"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char start[256];
        const captured *found = capture_command(&test_command, LINE("test", "a.h5", cases[i].word));
        (void)snprintf(start, sizeof start, "perebor test: %s\n", cases[i].message);
        assert_true(strncmp(found->err, start, strlen(start)) == 0 ||
                    strcmp(found->err, start) == 0);
        assert_non_null(strstr(found->err, "perebor test --help"));
        assert_int_equal(found->code, EXIT_USAGE);
    }
}

static void a_file_has_to_be_named(void **state) {
    (void)state;
    const captured *found = capture_command(&test_command, LINE("test"));
    assert_non_null(strstr(found->err, "perebor test: name a result file\n"));
    assert_int_equal(found->code, EXIT_USAGE);
}

static void usual_options_are_answered_everywhere(void **state) {
    (void)state;
    static const char *const versions[] = {"--version", "-V"}, *const helps[] = {"-h", "--help"};
    for (size_t i = 0; i < 2; i++) {
        const captured *found =
            capture_command(&test_command, LINE("test", "--number=3", versions[i]));
        assert_int_equal(found->code, EXIT_OK);
        assert_memory_equal(found->out, "perebor ", 8);
        assert_non_null(strstr(found->out, "\nhdf5      "));
        found = capture_command(&test_command, LINE("test", helps[i]));
        assert_int_equal(found->code, EXIT_OK);
        assert_memory_equal(found->out, "Usage: perebor test", 19);
    }
    const captured *found = capture_command(&test_command, LINE("test", "--", "-V"));
    assert_string_equal(found->out, " -V"); // after that a word is a file
    assert_int_equal(found->code, EXIT_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_numbers_are_read_to_their_end),
        cmocka_unit_test(ranges_have_a_first_and_an_end),
        cmocka_unit_test(what_can_be_read_is_read),
        cmocka_unit_test(what_cannot_be_read_ends_the_program_with_the_remedy),
        cmocka_unit_test(a_file_has_to_be_named),
        cmocka_unit_test(usual_options_are_answered_everywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
