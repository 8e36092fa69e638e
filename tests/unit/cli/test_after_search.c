// SPDX-License-Identifier: MIT
// What follows a search: refit, predict, assess and the export of a model, on a search of the
// people by one thread.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "captured.h"
#include "cli/command.h"
#include "people_study.h"
#include "perebor/result_file.h"
#include "scratch.h"

enum { n_people = 60, n_training = 45 };

static char folder[SCRATCH_SIZE];

/** Copies a table of the people; a line that begins so is written in another way, or left out. */
static void copy_table(const char *name, const char *to, const char *beginning,
                       const char *replaced) {
    char line[256], path[512];
    (void)snprintf(path, sizeof path, "%s/cli/tables/%s", PEREBOR_TESTS_DIR, name);
    FILE *from = fopen(path, "r"), *copy = fopen(to, "w");
    assert_non_null(from);
    assert_non_null(copy);
    while (fgets(line, sizeof line, from) != NULL) {
        bool meant = beginning != NULL && strncmp(line, beginning, strlen(beginning)) == 0;
        fputs(meant ? replaced : line, copy);
    }
    assert_int_equal(fclose(from) + fclose(copy), 0);
}

static int enter(void **state) {
    (void)state;
    if (scratch_create(folder) == NULL || chdir(folder) != 0 || mkdir("new", 0700) != 0) {
        return -1;
    }
    copy_table("people.yaml", "people.yaml", NULL, NULL);
    copy_table("people.csv", "people.csv", NULL, NULL);
    copy_table("visits.csv", "visits.csv", NULL, NULL);
    copy_table("visits.csv", "new/visits.csv", NULL, NULL);
    const captured *found =
        capture_command(&command_run, LINE("run", "people.yaml", "-o", "a.h5", "-t1", "-q"));
    return found->code;
}

static int leave(void **state) {
    (void)state;
    static const char *const files[] = {"a.h5",       "people.yaml",    "people.csv",
                                        "visits.csv", "new/visits.csv", "new/people.csv"};
    int failed = 0;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        failed += unlink(files[i]);
    }
    return failed != 0 || rmdir("new") != 0 || chdir("/") != 0 || rmdir(folder) != 0;
}

/** A command that shall be refused, with what it says. */
typedef struct refusal {
    captured_line line;
    int code;
    const char *said;
} refusal;

static void assert_refusals(const command *command, const refusal *refusals, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const captured *found = capture_command(command, refusals[i].line);
        if (strncmp(found->err, refusals[i].said, strlen(refusals[i].said)) != 0) {
            fail_msg("%zu: %s", i, found->err);
        }
        assert_string_equal(found->out, "");
        assert_int_equal(found->code, refusals[i].code);
    }
}

#define ASSERT_REFUSALS(command, refusals)                                                         \
    assert_refusals(command, refusals, sizeof(refusals) / sizeof *(refusals))

/** The number behind a word at the beginning of a line. */
static double number_after(const char *text, const char *word) {
    const char *at = strstr(text, word);
    assert_non_null(at);
    return strtod(at + strlen(word), NULL);
}

/** The row of the best mean, of equal ones the first. */
static size_t best_of(const perebor_trials *trials) {
    size_t best = 0;
    for (size_t row = 1; row < trials->n_trials; row++) {
        if (perebor_trials_mean_test_score(trials, row) >
            perebor_trials_mean_test_score(trials, best)) {
            best = row;
        }
    }
    return best;
}

/** Before any model is in the file. */
static void a_file_without_a_model_says_how_to_get_one(void **state) {
    (void)state;
    static const refusal predictions[] = {
        {{{"predict", "a.h5"}},
         EXIT_FAILED,
         "perebor: a.h5 has no /model: run 'perebor refit a.h5' first\n"},
    };
    static const refusal exports[] = {
        {{{"export", "a.h5", "--what", "model"}},
         EXIT_FAILED,
         "perebor: a.h5 has no /model: run 'perebor refit a.h5' first\n"},
    };
    ASSERT_REFUSALS(&command_predict, predictions);
    ASSERT_REFUSALS(&command_export, exports);
    const captured *found = capture_command(&command_show, LINE("show", "a.h5"));
    assert_null(strstr(found->out, "the test part was looked at"));
}

static void a_trial_is_refitted_and_its_scores_are_told(void **state) {
    (void)state;
    perebor_result *result = people_read("a.h5");
    size_t best = best_of(result->trials);
    double mean = perebor_trials_mean_test_score(result->trials, best);
    double deviation = perebor_trials_std_test_score(result->trials, best);
    perebor_result_free(result);
    const captured *found = capture_command(&command_refit, LINE("refit", "a.h5"));
    assert_int_equal(found->code, EXIT_OK);
    assert_string_equal(found->err, "");
    assert_true(number_after(found->out, "trial ") == (double)best);
    assert_true(fabs(number_after(found->out, "\n  validation   ") - mean) < 1e-6);
    assert_true(fabs(number_after(found->out, " mean of 3 folds, sd ") - deviation) < 1e-4);
    assert_true(number_after(found->out, "\n  training     ") <= 1.0);
    assert_true(number_after(found->out, "\n  test         ") <= 1.0);
    assert_non_null(strstr(found->out, "\n  6 columns: income, pages_june, pages_may, kind=a, "
                                       "kind=b, kind=c\n"));
    assert_null(strstr(found->out, "the test part was looked at"));
    found = capture_command(&command_show, LINE("show", "a.h5"));
    assert_non_null(strstr(found->out, "\nthe test part was looked at for 1 model\n"));
    // The same trial again is no second look; another one is.
    found = capture_command(&command_refit, LINE("refit", "a.h5", "--select", "best"));
    assert_null(strstr(found->out, "the test part was looked at"));
    found = capture_command(&command_refit, LINE("refit", "a.h5", "--select=1"));
    assert_memory_equal(found->out, "trial 1, k nearest neighbours", 15);
    assert_non_null(strstr(found->out, "\nthe test part was looked at for 2 models: the best of "
                                       "these scores is too good\n"));
    found = capture_command(&command_show, LINE("show", "a.h5"));
    assert_non_null(strstr(found->out, "\nthe test part was looked at for 2 models\n"));
}

/** The simplest trial within one standard error is the one that show names. */
static void one_standard_error_selects_what_show_names(void **state) {
    (void)state;
    const captured *found = capture_command(&command_show, LINE("show", "a.h5"));
    double number =
        number_after(found->out, "\nsimplest within one standard error of the best: trial ");
    found =
        capture_command(&command_refit, LINE("refit", "a.h5", "--select", "one_standard_error"));
    assert_true(number_after(found->out, "trial ") == number);
    assert_int_equal(found->code, EXIT_OK);
}

static void a_trial_that_cannot_be_refitted_is_told(void **state) {
    (void)state;
    static const refusal refusals[] = {
        {{{"refit"}}, EXIT_USAGE, "perebor refit: name a result file\n"},
        {{{"refit", "a.h5", "b.h5"}},
         EXIT_USAGE,
         "perebor refit: one result file at a time; \"b.h5\" is one too many\n"},
        {{{"refit", "a.h5", "--select", "first"}},
         EXIT_USAGE,
         "perebor refit: \"first\" is not a trial: write its number, best, "
         "one_standard_error, or a learner for the best of it\n"},
        {{{"refit", "a.h5", "--select=-1"}},
         EXIT_USAGE,
         "perebor refit: \"-1\" is not a trial: write its number, best, "
         "one_standard_error, or a learner for the best of it\n"},
        {{{"refit", "a.h5", "--select", "per_model"}},
         EXIT_USAGE,
         "perebor refit: per_model names a trial of each learner, and a file keeps one model: name "
         "one, such as best or a learner\n"},
        {{{"refit", "a.h5", "--calibrate", "platt"}},
         EXIT_USAGE,
         "perebor refit: --calibrate platt: write auto, sigmoid, isotonic, beta or none\n"},
        {{{"refit", "a.h5", "--select", "12"}},
         EXIT_FAILED,
         "perebor: a.h5 has trials 0 to 11, not 12\n"},
        {{{"refit", "b.h5"}},
         EXIT_FAILED,
         "perebor: cannot open b.h5: No such file or directory\n"},
    };
    ASSERT_REFUSALS(&command_refit, refusals);
}

/** A line of predictions. */
typedef struct predicted_row {
    char id[16], seen[16];
    double score, probability, lower, upper;
    size_t rank, decile;
} predicted_row;

static size_t read_predictions(const char *text, predicted_row rows[n_people + 1]) {
    static const char header[] =
        "id,score,probability,probability_lower,probability_upper,rank,decile,in_training\n";
    assert_memory_equal(text, header, sizeof header - 1);
    size_t n = 0;
    for (text += sizeof header - 1; *text != '\0' && n < n_people + 1; n++) {
        predicted_row *row = &rows[n];
        assert_int_equal(sscanf(text, "%15[^,],%lf,%lf,%lf,%lf,%zu,%zu,%15[a-z]", row->id,
                                &row->score, &row->probability, &row->lower, &row->upper,
                                &row->rank, &row->decile, row->seen),
                         8);
        text = strchr(text, '\n') + 1;
    }
    return n;
}

/** Ranks by counting: one more than the rows that score higher, equal ones in their order. */
static void assert_ranked(const predicted_row *rows, size_t n) {
    for (size_t i = 0; i < n; i++) {
        size_t rank = 1;
        for (size_t j = 0; j < n; j++) {
            rank += rows[j].probability > rows[i].probability;
        }
        assert_true(rows[i].rank >= rank);
        assert_int_equal(rows[i].decile, (rows[i].rank - 1) * 10 / n + 1);
        assert_true(rows[i].lower >= 0.0 && rows[i].lower <= rows[i].probability);
        assert_true(rows[i].upper <= 1.0 && rows[i].upper >= rows[i].probability);
    }
}

static void every_row_is_scored_and_ranked(void **state) {
    (void)state;
    static predicted_row rows[n_people + 1];
    (void)capture_command(&command_refit, LINE("refit", "a.h5"));
    const captured *found = capture_command(&command_predict, LINE("predict", "a.h5"));
    assert_string_equal(found->err,
                        "60 rows: 45 as in training, scored out of fold; 0 of training, "
                        "changed; 15 new\n");
    assert_int_equal(read_predictions(found->out, rows), n_people);
    assert_ranked(rows, n_people);
    size_t n_same = 0;
    bool taken[n_people + 1] = {false};
    for (size_t i = 0; i < n_people; i++) {
        n_same += strcmp(rows[i].seen, "same") == 0;
        assert_false(taken[rows[i].rank]);
        taken[rows[i].rank] = true;
    }
    assert_int_equal(n_same, n_training);
}

/** Rows that were changed, rows that are new and levels that nobody has seen are told. */
static void tables_that_differ_from_training_are_told(void **state) {
    (void)state;
    static predicted_row rows[n_people + 1];
    copy_table("people.csv", "new/people.csv", "101,", "101,yes,unheard,10.75\n");
    const captured *found =
        capture_command(&command_predict, LINE("predict", "a.h5", "--data", "new"));
    assert_int_equal(found->code, EXIT_OK);
    assert_non_null(strstr(found->err, "column \"kind\": 1 row with a value that training did not "
                                       "have, such as \"unheard\"\n"));
    assert_non_null(strstr(found->err, "60 rows: 44 as in training, scored out of fold; 1 of "
                                       "training, changed; 15 new\n"));
    assert_int_equal(read_predictions(found->out, rows), n_people);
    assert_string_equal(rows[1].id, "101");
    assert_string_equal(rows[1].seen, "changed");
    copy_table("people.csv", "new/people.csv", "101,", "");
    found = capture_command(&command_predict, LINE("predict", "a.h5", "--data=new"));
    assert_int_equal(found->code, EXIT_FAILED); // its visits have no partner
    assert_string_equal(found->out, "");
}

static void predictions_replace_only_predictions(void **state) {
    (void)state;
    static const refusal refusals[] = {
        {{{"predict"}}, EXIT_USAGE, "perebor predict: name a result file\n"},
        {{{"predict", "a.h5", "-o", "p.csv"}},
         EXIT_FAILED,
         "perebor: p.csv exists; --overwrite replaces it, -o names another file\n"},
        {{{"predict", "a.h5", "-o", "a.h5", "--overwrite"}},
         EXIT_FAILED,
         "perebor: a.h5 is the result file, which this command reads: name another file with -o\n"},
        {{{"predict", "a.h5", "-o", "people.csv", "--overwrite"}},
         EXIT_FAILED,
         "perebor: people.csv is not a file of predictions of perebor, or a damaged one: "
         "--overwrite does not replace it; name another file with -o, or delete it yourself\n"},
        {{{"predict", "a.h5", "--data", "nowhere"}},
         EXIT_FAILED,
         "perebor: --data nowhere: No such file or directory"},
        {{{"predict", "a.h5", "--data", "a.h5"}},
         EXIT_FAILED,
         "perebor: --data a.h5: the experiment has 2 tables; name the folder that has them, "
         "under the names of the experiment\n"},
        {{{"predict", "b.h5"}},
         EXIT_FAILED,
         "perebor: cannot open b.h5: No such file or directory\n"},
    };
    static char printed[sizeof((captured *)0)->out];
    const captured *found = capture_command(&command_predict, LINE("predict", "a.h5"));
    memcpy(printed, found->out, sizeof printed);
    for (size_t i = 0; i < 2; i++) {
        static char written[sizeof printed];
        found = capture_command(&command_predict, LINE("predict", "a.h5", "-o", "p.csv",
                                                       i == 0 ? NULL : "--overwrite"));
        assert_int_equal(found->code, EXIT_OK);
        assert_string_equal(found->out, "");
        FILE *file = fopen("p.csv", "r");
        assert_non_null(file);
        written[fread(written, 1, sizeof written - 1, file)] = '\0';
        assert_int_equal(fclose(file), 0);
        assert_string_equal(written, printed); // a file has what is printed
    }
    ASSERT_REFUSALS(&command_predict, refusals);
    assert_int_equal(unlink("p.csv"), 0);
}

/** Naive is the best mean of the search; what is corrected for the choice is no better. */
static void the_best_is_assessed(void **state) {
    (void)state;
    perebor_result *result = people_read("a.h5");
    size_t best = best_of(result->trials);
    double mean = perebor_trials_mean_test_score(result->trials, best);
    perebor_result_free(result);
    const captured *found = capture_command(
        &command_assess, LINE("assess", "a.h5", "--top", "3", "--resamples=20", "-t1"));
    assert_string_equal(found->err, "");
    assert_int_equal(found->code, EXIT_OK);
    assert_true(number_after(found->out, "trial ") == (double)best);
    assert_non_null(strstr(found->out, " of 12, by the 3 best out of fold, overfits by "));
    assert_true(fabs(number_after(found->out, "\n  naive      ") - mean) < 1e-4);
    assert_true(number_after(found->out, "\n  corrected  ") <= mean);
    assert_true(fabs(number_after(found->out, "\n  folds      ") - mean) < 1e-4);
    assert_non_null(strstr(found->out, "(DeLong, 45 rows of the first repeat)\n"));
    assert_non_null(strstr(found->out, "\n  budget  "));
    // Ten parts of the rows, and all positives in all of them.
    const char *gains = strstr(found->out, "\ngain by tenths");
    assert_non_null(gains);
    double last = 0.0;
    char *end = NULL;
    gains += strlen("\ngain by tenths");
    for (size_t i = 0; i < 10; i++, gains = end) {
        double gain = strtod(gains, &end);
        assert_true(gain >= last);
        last = gain;
    }
    assert_true(last == 1.0);
    const char *lifts = "\nlift by tenths";
    assert_memory_equal(gains, lifts, strlen(lifts));
    gains += strlen(lifts);
    for (size_t i = 0; i < 10; i++, gains = end) {
        assert_true(strtod(gains, &end) >= 0.0);
        assert_ptr_not_equal(end, gains);
    }
    assert_string_equal(gains, "\n");
}

/** Where false negatives cost nothing nobody is acted on, and where positives do, all are. */
static void costs_move_the_threshold(void **state) {
    (void)state;
    const captured *found =
        capture_command(&command_assess, LINE("assess", "a.h5", "--top=1", "--resamples=5",
                                              "--cost", "1:0", "--budget", "7"));
    assert_non_null(strstr(found->out, "\n  cost       nobody "));
    const char *budget = strstr(found->out, "\n  budget  ");
    size_t n_acted = 0;
    assert_int_equal(sscanf(budget, " budget %*f %*f %*f %*f %zu", &n_acted), 1);
    assert_true(n_acted <= 7);
    found = capture_command(&command_assess,
                            LINE("assess", "a.h5", "--top=1", "--resamples=5", "--cost", "0:1"));
    const char *cost = strstr(found->out, "\n  cost  ");
    double recall = 0.0;
    assert_int_equal(sscanf(cost, " cost %*f %*f %lf", &recall), 1);
    assert_true(recall == 1.0);
}

static void words_that_assess_does_not_take_are_told(void **state) {
    (void)state;
    static const char *const costs[] = {"1",    "-1:2",  "1:",    ":1",
                                        "1:2x", "inf:1", "nan:1", "1:-0.5"};
    for (size_t i = 0; i < sizeof costs / sizeof *costs; i++) {
        char option[32], said[96];
        (void)snprintf(option, sizeof option, "--cost=%s", costs[i]);
        (void)snprintf(said, sizeof said,
                       "perebor assess: --cost=%s: it takes two costs, such as 1:5\n", costs[i]);
        const refusal refusal = {{{"assess", "a.h5", option}}, EXIT_USAGE, said};
        assert_refusals(&command_assess, &refusal, 1);
    }
    static const refusal refusals[] = {
        {{{"assess"}}, EXIT_USAGE, "perebor assess: name a result file\n"},
        {{{"assess", "a.h5", "--top", "0"}},
         EXIT_USAGE,
         "perebor assess: --top 0: write a number from 1 to 4294967295\n"},
        {{{"assess", "a.h5", "--resamples", "1000001"}},
         EXIT_USAGE,
         "perebor assess: --resamples 1000001: write a number from 1 to 1000000\n"},
        {{{"assess", "a.h5", "--budget", "x"}},
         EXIT_USAGE,
         "perebor assess: --budget x: write a number from 1 to 4294967295\n"},
        {{{"assess", "b.h5"}},
         EXIT_FAILED,
         "perebor: cannot open b.h5: No such file or directory\n"},
    };
    ASSERT_REFUSALS(&command_assess, refusals);
}

static void options_of_an_export_go_together(void **state) {
    (void)state;
    static const refusal refusals[] = {
        {{{"export", "a.h5", "--what", "model", "--format", "csv"}},
         EXIT_USAGE,
         "perebor export: a model is written as json, c, onnx or xgboost, not as csv\n"},
        {{{"export", "a.h5", "--format", "c"}},
         EXIT_USAGE,
         "perebor export: only --what model is written as c, onnx or xgboost\n"},
        {{{"export", "a.h5", "--what", "folds", "--format", "onnx"}},
         EXIT_USAGE,
         "perebor export: only --what model is written as c, onnx or xgboost\n"},
        {{{"export", "a.h5", "--what", "data", "--format", "json"}},
         EXIT_USAGE,
         "perebor export: --what data is written as csv\n"},
        {{{"export", "a.h5", "--folder", "x"}},
         EXIT_USAGE,
         "perebor export: --folder goes with --what data\n"},
        {{{"export", "a.h5", "--what", "model", "--name", "x"}},
         EXIT_USAGE,
         "perebor export: --name goes with --what model --format c\n"},
        {{{"export", "a.h5", "--overwrite"}},
         EXIT_USAGE,
         "perebor export: --overwrite goes with --output FILE\n"},
        {{{"export", "a.h5", "--what", "x"}},
         EXIT_USAGE,
         "perebor export: --what x: write trials, folds, data or model\n"},
        {{{"export", "a.h5", "--what", "data", "-o", "people.csv", "--overwrite"}},
         EXIT_FAILED,
         "perebor: people.csv is not a list of rows of perebor, or a damaged one: "},
    };
    ASSERT_REFUSALS(&command_export, refusals);
}

static void a_model_and_the_rows_are_exported(void **state) {
    (void)state;
    const captured *found =
        capture_command(&command_export, LINE("export", "a.h5", "--what", "model"));
    assert_memory_equal(found->out, "{\"format\":\"perebor-model\",", 26);
    assert_int_equal(found->code, EXIT_OK);
    found = capture_command(&command_export, LINE("export", "a.h5", "--what", "model", "--format",
                                                  "c", "--name", "people"));
    assert_non_null(strstr(found->out, "people_"));
    assert_null(strstr(found->out, "model_score"));
    found = capture_command(&command_export, LINE("export", "a.h5", "--what", "data"));
    size_t n_lines = 0;
    for (const char *byte = found->out; *byte != '\0'; byte++) {
        n_lines += *byte == '\n';
    }
    assert_int_equal(n_lines, n_people + 1);
}

/** The trials of a file can be listed whatever became of its experiment. */
static void trials_are_shown_without_a_verdict_too(void **state) {
    (void)state;
    perebor_error error = {0};
    perebor_result *result = NULL;
    assert_int_equal(perebor_result_read(&result, "a.h5", &error), PEREBOR_OK);
    result->config = "version: 99\n";
    assert_int_equal(perebor_result_write(result, "odd.h5", false, &error), PEREBOR_OK);
    perebor_result_free(result);
    const captured *found = capture_command(&command_show, LINE("show", "odd.h5", "--top", "1"));
    assert_int_equal(found->code, EXIT_OK);
    assert_non_null(strstr(found->out, "roc_auc"));
    assert_null(strstr(found->out, "best of each model"));
    assert_non_null(strstr(found->err, "warning: nothing can be said of the best of each model: "));
    assert_int_equal(unlink("odd.h5"), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_without_a_model_says_how_to_get_one),
        cmocka_unit_test(a_trial_is_refitted_and_its_scores_are_told),
        cmocka_unit_test(one_standard_error_selects_what_show_names),
        cmocka_unit_test(a_trial_that_cannot_be_refitted_is_told),
        cmocka_unit_test(every_row_is_scored_and_ranked),
        cmocka_unit_test(tables_that_differ_from_training_are_told),
        cmocka_unit_test(predictions_replace_only_predictions),
        cmocka_unit_test(trials_are_shown_without_a_verdict_too),
        cmocka_unit_test(the_best_is_assessed),
        cmocka_unit_test(costs_move_the_threshold),
        cmocka_unit_test(words_that_assess_does_not_take_are_told),
        cmocka_unit_test(options_of_an_export_go_together),
        cmocka_unit_test(a_model_and_the_rows_are_exported),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
