// SPDX-License-Identifier: MIT
/** What a column is taken for, with the reason, and what a column that is nearly so is taken for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proposed.h"
#include "table_scratch.h"

/** A column among others and what it is taken for; its order of levels if it has one. */
typedef struct guess {
    const char *name, *values;
    proposed_role role;
    const char *reason, *levels;
} guess;

/** The column stands second of three features; the target is the last. */
static void assert_guesses(const guess *guesses, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const ruled_column columns[] = {{"size of it", "1.5|2|3.25|4|7.5"},
                                        {guesses[i].name, guesses[i].values},
                                        {"height", "8|2.5|1|9"},
                                        {"churn", "yes|no|no"}};
        perebor_proposal proposal;
        write_ruled(columns, 4, PROPOSED_ROWS, (table_style){0});
        propose_ruled(&proposal, NULL);
        const proposed_column *column = proposed_named(&proposal, guesses[i].name);
        if (column->role != guesses[i].role) {
            fail_msg("%s (%s) is %d: %s", guesses[i].name, guesses[i].values, (int)column->role,
                     column->reason);
        }
        assert_string_equal(column->reason, guesses[i].reason);
        assert_levels(column, guesses[i].levels != NULL ? guesses[i].levels : "");
        char *text = written_of(&proposal);
        perebor_experiment *experiment = read_back(text);
        assert_says_the_same(experiment, &proposal);
        perebor_experiment_free(experiment);
        free(text);
        perebor_proposal_release(&proposal);
    }
}

#define ASSERT_GUESSES(guesses) assert_guesses(guesses, sizeof(guesses) / sizeof *(guesses))

static void numbers_are_numeric_with_their_range(void **state) {
    (void)state;
    static const guess guesses[] = {
        {"age", "18|30|44|61", PROPOSED_NUMERIC, "whole numbers 18 to 61", NULL},
        {"pay", "10.5|20|3", PROPOSED_NUMERIC, "numbers 3 to 20", NULL},
        {"pay", "10.5||3|-4|8", PROPOSED_NUMERIC, "numbers -4 to 10.5; 12 missing", NULL},
        {"visits", "1|2", PROPOSED_NUMERIC, "whole numbers 1 to 2", NULL},
        {"large", "1e100|2|3", PROPOSED_NUMERIC, "whole numbers 2 to 1e+100", NULL},
        {"large", "1e101|2|3", PROPOSED_DROP,
         "numbers too large to be added up; take their logarithm, by op: sql", NULL},
        {"large", "-1e101|2|3", PROPOSED_DROP,
         "numbers too large to be added up; take their logarithm, by op: sql", NULL},
    };
    ASSERT_GUESSES(guesses);
}

static void identifiers_differ_in_every_row(void **state) {
    (void)state;
    static const char named[] = "every row has another value, and the name says so";
    static const char text[] = "every row has another value, as an identifier has";
    static const guess guesses[] = {
        {"customerID", "#", PROPOSED_ID, named, NULL},
        {"row number", "9#", PROPOSED_ID, named, NULL},
        {"Код", "k#", PROPOSED_ID, named, NULL},
        {"count", "#", PROPOSED_ID, "it numbers the rows", NULL},
        {"paid", "9#", PROPOSED_NUMERIC, "whole numbers 90 to 959", NULL},
        {"id", "#.5", PROPOSED_DROP, text, NULL},
        {"id", "#.5|1.25", PROPOSED_NUMERIC, "numbers 0.5 to 58.5", NULL},
        {"note", "n#", PROPOSED_DROP, text, NULL},
        {"user id", "3|5|8", PROPOSED_NOMINAL, "3 levels, by its name codes: \"3\", \"5\", \"8\"",
         NULL},
        {"user number", "3|5|8", PROPOSED_NUMERIC, "whole numbers 3 to 8", NULL},
        {"user id", "3.5|5|8", PROPOSED_NUMERIC, "numbers 3.5 to 8", NULL},
        {"zip", "007|010|123", PROPOSED_NOMINAL,
         "3 levels, codes as they begin with 0: \"007\", \"010\", \"123\"", NULL},
        {"zip", "7|10|123|0", PROPOSED_NUMERIC, "whole numbers 0 to 123", NULL},
        {"zip", "0.7|1.5", PROPOSED_NUMERIC, "numbers 0.7 to 1.5", NULL},
    };
    ASSERT_GUESSES(guesses);
}

static void two_values_that_mean_yes_and_no_are_boolean(void **state) {
    (void)state;
    static const char reason[] = "two values that mean yes and no";
    static const guess guesses[] = {
        {"open", "yes|no", PROPOSED_BOOLEAN, reason, "no|yes"},
        {"open", "FALSE|TRUE", PROPOSED_BOOLEAN, reason, "FALSE|TRUE"},
        {"open", "1|0|0|1", PROPOSED_BOOLEAN, reason, "0|1"},
        {"open", "Да|Нет", PROPOSED_BOOLEAN, reason, "Нет|Да"},
        {"open", "f|T", PROPOSED_BOOLEAN, reason, "f|T"},
        {"open", "on|off||on", PROPOSED_BOOLEAN, "two values that mean yes and no; 15 missing",
         "off|on"},
        {"open", "ложь|истина", PROPOSED_BOOLEAN, reason, "ложь|истина"},
        {"open", "yes|maybe", PROPOSED_NOMINAL, "2 levels: \"yes\", maybe", NULL},
        {"open", "yes|true", PROPOSED_NOMINAL, "2 levels: \"yes\", \"true\"", NULL},
        {"open", "yes|no|maybe|no", PROPOSED_NOMINAL, "3 levels: \"yes\", \"no\", maybe", NULL},
        {"open", "1.0|0.0", PROPOSED_NUMERIC, "whole numbers 0 to 1", NULL},
    };
    ASSERT_GUESSES(guesses);
}

static void levels_with_a_known_order_are_ordinal(void **state) {
    (void)state;
    static const guess guesses[] = {
        {"grade", "high|low|medium|low", PROPOSED_ORDINAL, "a degree, lowest first",
         "low|medium|high"},
        {"grade", "XL|S|M|L", PROPOSED_ORDINAL, "a size, lowest first", "S|M|L|XL"},
        {"month", "Mar|Jan|Dec|", PROPOSED_ORDINAL, "months, lowest first; 15 missing",
         "Jan|Mar|Dec"},
        {"years", "50+|18-29|30-49|<18", PROPOSED_ORDINAL, "ranges of numbers, lowest first",
         "<18|18-29|30-49|50+"},
        {"term", "36 months|6 months|60 months|6 months", PROPOSED_ORDINAL,
         "numbers of one unit, lowest first", "6 months|36 months|60 months"},
        {"plan", "Премиум|Базовый", PROPOSED_ORDINAL, "a tariff, lowest first", "Базовый|Премиум"},
        {"grade", "high|low|purple|low", PROPOSED_NOMINAL, "3 levels: high, low, purple", NULL},
        {"years", "18-30|25-49|<18|18-30", PROPOSED_NOMINAL,
         "3 levels: \"18-30\", \"25-49\", \"<18\"", NULL},
        {"term", "36 months|6 years|60 months|6 years", PROPOSED_NOMINAL,
         "3 levels: \"36 months\", \"6 years\", \"60 months\"", NULL},
    };
    ASSERT_GUESSES(guesses);
}

static void dates_are_left_out_with_the_step_that_makes_numbers_of_them(void **state) {
    (void)state;
    static const char iso[] =
        "dates; to have them as numbers of days, move the column to numeric and add to clean: - "
        "{op: sql, sql: 'UPDATE \"table\" SET \"on \"\"day\"\"\" = julianday(\"on "
        "\"\"day\"\"\")'}";
    static const char other[] = "dates; what matters of them (a year, days since) has to be made a "
                                "column first, by op: sql";
    static const char *const name = "on \"day\"";
    const guess guesses[] = {
        {name, "2024-03-@", PROPOSED_DROP, iso, NULL},
        {name, "2024-03-@ 10:00", PROPOSED_DROP, iso, NULL},
        {name, "2024-03-@T10:00:01Z", PROPOSED_DROP, iso, NULL},
        {name, "@.03.2024", PROPOSED_DROP, other, NULL},
        {name, "3/@/24", PROPOSED_DROP, other, NULL},
        {name, "2024-03-@|@.03.2024", PROPOSED_DROP, other, NULL},
        {name, "2024/03/@", PROPOSED_DROP, other, NULL},
        {name, "2024-03-@", PROPOSED_DROP, iso, NULL},
    };
    ASSERT_GUESSES(guesses);
}

static void texts_that_are_nearly_dates_are_levels(void **state) {
    (void)state;
    static const guess guesses[] = {
        {"day", "2024-03/01|2024-03/02|b", PROPOSED_NOMINAL,
         "3 levels: \"2024-03/01\", \"2024-03/02\", b", NULL},
        {"day", "2024-03-01x|2024-03-02x|b", PROPOSED_NOMINAL,
         "3 levels: \"2024-03-01x\", \"2024-03-02x\", b", NULL},
        {"day", "2024-03-01|2024-03-02|later", PROPOSED_NOMINAL,
         "3 levels: \"2024-03-01\", \"2024-03-02\", later", NULL},
        {"day", "202-03-01|202-03-02|202-04-09", PROPOSED_NOMINAL,
         "3 levels: \"202-03-01\", \"202-03-02\", \"202-04-09\"", NULL},
        {"day", "1/2/3|1/2/4|1/2/5", PROPOSED_NOMINAL, "3 levels: \"1/2/3\", \"1/2/4\", \"1/2/5\"",
         NULL},
        {"day", "1/2/2024/1|1/2/2024/2|b", PROPOSED_NOMINAL,
         "3 levels: \"1/2/2024/1\", \"1/2/2024/2\", b", NULL},
    };
    ASSERT_GUESSES(guesses);
}

static void columns_that_tell_nothing_are_left_out(void **state) {
    (void)state;
    static const char leak[] = "says the same as the target in other words: a leak, not a feature";
    static const guess guesses[] = {
        {"note", "", PROPOSED_DROP, "it has no value", NULL},
        {"note", "same", PROPOSED_DROP, "one value in all rows tells nothing", NULL},
        {"note", "7|7|", PROPOSED_DROP, "one value in all rows tells nothing", NULL},
        {"note", "#||||||", PROPOSED_DROP, "9 values in 60 rows", NULL},
        {"note", "#|||||", PROPOSED_NUMERIC, "whole numbers 0 to 54; 50 missing", NULL},
        {"note", "gone|here|here", PROPOSED_DROP, leak, NULL},
        {"note", "1|0|0", PROPOSED_DROP, leak, NULL},
        {"note", "gone|here||gone||here", PROPOSED_DROP, leak, NULL},
        {"note", "gone|here|here|gone|here|gone", PROPOSED_NOMINAL, "2 levels: gone, here", NULL},
    };
    ASSERT_GUESSES(guesses);
}

static void texts_that_nearly_all_differ_are_no_levels(void **state) {
    (void)state;
    static const guess guesses[] = {
        {"note", "t%", PROPOSED_NOMINAL, "30 levels: t0, t1, t2, t3 and 26 more", NULL},
        {"note", "t#|x", PROPOSED_DROP,
         "31 different texts in 60 rows: as nominal, a column for each", NULL},
        {"note", "0#|099", PROPOSED_DROP,
         "31 different codes in 60 rows: as nominal, a column for each", NULL},
        {"note", "t#|||||", PROPOSED_NOMINAL, "10 levels: t0, t6, t12, t18 and 6 more; 50 missing",
         NULL},
    };
    ASSERT_GUESSES(guesses);
}

/** The first column of texts is taken for the identifier where nothing better is. */
static void the_best_identifier_is_taken(void **state) {
    (void)state;
    static const struct {
        const char *first, *second, *id;
    } cases[] = {
        {"name", "note", "name"}, // both texts: the first column
        {"name", "code", "code"}, // a name that says so
        {"code", "id", "id"},     // that says so without a doubt
        {"id", "uuid", "id"},     // of equals the first
        {"number", "id", "id"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const ruled_column columns[] = {{cases[i].first, "a#"},
                                        {cases[i].second, "b#"},
                                        {"size of it", "1|2|3.5"},
                                        {"churn", "yes|no|no|no"}};
        perebor_proposal proposal;
        write_ruled(columns, 4, PROPOSED_ROWS, (table_style){0});
        propose_ruled(&proposal, NULL);
        for (size_t j = 0; j < 2; j++) {
            bool chosen = strcmp(columns[j].name, cases[i].id) == 0;
            assert_int_equal(proposed_named(&proposal, columns[j].name)->role,
                             chosen ? PROPOSED_ID : PROPOSED_DROP);
        }
        perebor_proposal_release(&proposal);
    }
}

/** More codes than are levels, of a column named as an identifier: rows of one owner. */
static void an_identifier_that_repeats_is_offered_as_a_group(void **state) {
    (void)state;
    static const char reason[] =
        "by its name an identifier, which repeats; to keep its rows in one fold, take it out here, "
        "write group: user id under data, and delete split and cv";
    for (size_t n_rows = 100; n_rows <= 102; n_rows += 2) { // 50 codes, and 51
        const ruled_column columns[] = {
            {"size", "1|2|3.5"}, {"user id", "%"}, {"churn", "yes|no|no|no"}};
        perebor_proposal proposal;
        write_ruled(columns, 3, n_rows, (table_style){0});
        propose_ruled(&proposal, NULL);
        const proposed_column *column = proposed_named(&proposal, "user id");
        assert_int_equal(column->role, n_rows == 100 ? PROPOSED_NOMINAL : PROPOSED_DROP);
        assert_int_equal(column->n_distinct, n_rows / 2);
        assert_int_equal(strcmp(column->reason, reason) == 0, n_rows > 100);
        perebor_proposal_release(&proposal);
    }
}

/** 200 levels are columns enough. */
static void too_many_levels_are_left_out(void **state) {
    (void)state;
    for (size_t n_levels = 200; n_levels <= 201; n_levels++) {
        char name[32];
        FILE *file = fopen("t.csv", "w");
        assert_non_null(file);
        fputs("size,city,churn\n", file);
        for (size_t row = 0; row < 3 * n_levels; row++) {
            (void)snprintf(name, sizeof name, "city %zu", row % n_levels);
            fprintf(file, "%zu.5,%s,%s\n", row % 7, name, row % 4 == 0 ? "yes" : "no");
        }
        assert_int_equal(fclose(file), 0);
        perebor_proposal proposal;
        propose_ruled(&proposal, NULL);
        assert_int_equal(proposed_named(&proposal, "city")->role,
                         n_levels == 200 ? PROPOSED_NOMINAL : PROPOSED_DROP);
        perebor_proposal_release(&proposal);
    }
}

static void a_table_without_a_feature_is_refused(void **state) {
    (void)state;
    const ruled_column columns[] = {
        {"id", "#"}, {"day", "@.03.2024"}, {"same", "x"}, {"churn", "yes|no|no"}};
    write_ruled(columns, 4, PROPOSED_ROWS, (table_style){0});
    assert_refused(NULL, "t.csv: no column is left to predict \"churn\" from; of column \"same\": "
                         "one value in all rows tells nothing");
    write_ruled((const ruled_column[]){{"id", "#"}, {"churn", "yes|no|no"}}, 2, PROPOSED_ROWS,
                (table_style){0});
    assert_refused(NULL, "t.csv: no column is left to predict \"churn\" from");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_numeric_with_their_range),
        cmocka_unit_test(identifiers_differ_in_every_row),
        cmocka_unit_test(two_values_that_mean_yes_and_no_are_boolean),
        cmocka_unit_test(levels_with_a_known_order_are_ordinal),
        cmocka_unit_test(dates_are_left_out_with_the_step_that_makes_numbers_of_them),
        cmocka_unit_test(texts_that_are_nearly_dates_are_levels),
        cmocka_unit_test(columns_that_tell_nothing_are_left_out),
        cmocka_unit_test(texts_that_nearly_all_differ_are_no_levels),
        cmocka_unit_test(the_best_identifier_is_taken),
        cmocka_unit_test(an_identifier_that_repeats_is_offered_as_a_group),
        cmocka_unit_test(too_many_levels_are_left_out),
        cmocka_unit_test(a_table_without_a_feature_is_refused),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
