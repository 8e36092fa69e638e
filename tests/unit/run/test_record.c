// SPDX-License-Identifier: MIT
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

#include "base/file.h"
#include "base/version.h"
#include "people_study.h"
#include "scratch.h"

static char folder[SCRATCH_SIZE];

/** Works in a folder of its own, so that messages name files briefly. */
static int enter(void **state) {
    (void)state;
    return scratch_create(folder) == NULL || chdir(folder) != 0;
}

static int leave(void **state) {
    (void)state;
    return chdir("/") != 0 || rmdir(folder) != 0;
}

static void touch(const char *path) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
}

typedef struct choice {
    const char *asked, *in_experiment; /**< NULL: not said. */
    bool overwrite, resume;
    const char *output, *message; /**< One of them. */
} choice;

static void assert_choice(const choice *of) {
    const char *const settings[] = {of->in_experiment != NULL ? "output.file" : NULL,
                                    of->in_experiment, NULL};
    perebor_experiment *experiment = people_experiment(settings);
    char *output = NULL;
    perebor_error error = {0};
    perebor_status status =
        record_choose_output(experiment, of->asked, of->overwrite, of->resume, &output, &error);
    if (of->output != NULL) {
        assert_string_equal(error.message, "");
        assert_int_equal(status, PEREBOR_OK);
        assert_string_equal(output, of->output);
    } else {
        assert_string_equal(error.message, of->message);
        assert_int_equal(status, error.status);
        assert_null(output);
    }
    free(output);
    perebor_experiment_free(experiment);
}

static void the_command_line_decides_then_the_experiment_then_the_name(void **state) {
    (void)state;
    static const choice cases[] = {
        {.asked = "a.h5", .output = "a.h5"},
        {.asked = "a.h5", .in_experiment = "/b.h5", .output = "a.h5"},
        {.output = "results/people.h5"},
    };
    assert_int_equal(mkdir("results", 0700), 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_choice(&cases[i]);
    }
    char in_experiment[SCRATCH_SIZE + 8];
    (void)snprintf(in_experiment, sizeof in_experiment, "%s/b.h5", folder);
    assert_choice(&(choice){.in_experiment = in_experiment, .output = in_experiment});
    assert_int_equal(rmdir("results"), 0);
}

static void the_folder_of_results_is_made_by_a_search_alone(void **state) {
    (void)state;
    perebor_error error = {0};
    assert_choice(&(choice){.output = "results/people.h5"});
    assert_int_not_equal(access("results", F_OK), 0); // who only asks leaves nothing behind
    assert_int_equal(record_make_folder("results/people.h5", &error), PEREBOR_OK);
    assert_int_equal(record_make_folder("results/people.h5", &error), PEREBOR_OK);
    assert_int_equal(rmdir("results"), 0);
    assert_int_equal(record_make_folder("a/people.h5", &error), PEREBOR_OK);
    assert_int_not_equal(access("a", F_OK), 0);
    assert_int_equal(symlink("nowhere", "results"), 0);
    assert_choice(&(choice){.message =
                                "results/people.h5: the folder results is not there (No such "
                                "file or directory); make it, or name another file with -o"});
    assert_int_equal(unlink("results"), 0);
}

static void a_folder_that_cannot_be_written_to_is_told_before_anything_runs(void **state) {
    (void)state;
    static const choice cases[] = {
        {.asked = "a/b/c.h5",
         .message = "a/b/c.h5: the folder a/b is not there (No such file or "
                    "directory); make it, or name another file with -o"},
        {.asked = "file/c.h5", .message = "file/c.h5: file is not a folder"},
        {.asked = "there", .message = "there is a folder; name a file with -o"},
        {.asked = "there", .overwrite = true, .message = "there is a folder; name a file with -o"},
    };
    touch("file");
    assert_int_equal(mkdir("there", 0700), 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_choice(&cases[i]);
    }
    assert_int_equal(chmod("there", 0500), 0);
    if (access("there", W_OK) != 0) { // not the superuser
        assert_choice(&(choice){.asked = "there/c.h5",
                                .message = "there/c.h5: nothing can be written into there "
                                           "(Permission denied)"});
    }
    assert_int_equal(rmdir("there") + unlink("file"), 0);
}

static void what_is_there_stays_unless_it_is_asked_for(void **state) {
    (void)state;
    static const char exists[] = "a.h5 exists; --resume continues it, --overwrite replaces it, -o "
                                 "names another file";
    static const char journal[] = "a.h5.journal holds the trials of a search that runs or was "
                                  "interrupted; --resume continues it, --overwrite starts anew, "
                                  "-o names another file";
    touch("a.h5");
    assert_choice(&(choice){.asked = "a.h5", .message = exists});
    assert_choice(&(choice){.asked = "a.h5", .overwrite = true, .output = "a.h5"});
    assert_choice(&(choice){.asked = "a.h5", .resume = true, .output = "a.h5"});
    assert_int_equal(rename("a.h5", "a.h5.journal"), 0);
    assert_choice(&(choice){.asked = "a.h5", .message = journal});
    assert_choice(&(choice){.asked = "a.h5", .overwrite = true, .output = "a.h5"});
    assert_choice(&(choice){.asked = "a.h5", .resume = true, .output = "a.h5"});
    assert_int_equal(unlink("a.h5.journal"), 0);
}

static void what_the_search_reads_is_never_its_output(void **state) {
    (void)state;
    char message[512];
    (void)snprintf(message, sizeof message,
                   "%s is the experiment, which this command reads: name another file with -o",
                   PEOPLE_FILE);
    assert_choice(&(choice){.asked = PEOPLE_FILE, .overwrite = true, .message = message});
    static const char table[] = PEREBOR_TESTS_DIR "/cli/tables/visits.csv";
    assert_int_equal(symlink(table, "a.h5.journal"), 0); // nor its journal
    assert_choice(&(choice){.asked = "a.h5",
                            .overwrite = true,
                            .message = "a.h5.journal is a table of the experiment, which this "
                                       "command reads: name another file with -o"});
    assert_int_equal(unlink("a.h5.journal"), 0);
}

static void a_link_is_followed(void **state) {
    (void)state;
    char target[SCRATCH_SIZE + 8];
    (void)snprintf(target, sizeof target, "%s/real.h5", folder);
    assert_int_equal(symlink(target, "link.h5"), 0);
    assert_choice(&(choice){.asked = "link.h5", .output = target});
    assert_int_equal(unlink("link.h5"), 0);
}

static perebor_result *write_and_read(people_facts *made) {
    perebor_error error = {0};
    perebor_file_identity there = perebor_file_identify("a.h5");
    if (record_write(&made->facts, "a.h5", &there, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return people_read("a.h5");
}

static void a_record_says_what_was_run_on_what(void **state) {
    (void)state;
    people_facts made;
    perebor_study *study = people_study(NULL);
    perebor_trials *trials = people_trials(study, 0, 4);
    people_finish(trials, 0, 0.75);
    people_fail(trials, 2, "why not");
    people_facts_make(&made, study, trials);
    perebor_result *result = write_and_read(&made);
    assert_string_equal(result->title, "people");
    assert_string_equal(result->creator_version, perebor_version());
    assert_string_equal(result->created, "2026-01-02T03:04:05Z");
    assert_string_equal(result->run_uuid, "00000000-0000-4000-8000-000000000001");
    assert_string_equal(result->command_line, "perebor run people.yaml");
    assert_string_equal(result->config, study->experiment->text);
    assert_string_equal(result->config_resolved, study->experiment->resolved);
    assert_memory_equal(result->config_sha256, study->experiment->sha256, 32);
    assert_int_equal(result->status, PEREBOR_RESULT_COMPLETE);
    assert_int_equal(result->seed, 7);
    assert_int_equal(result->n_rows, study->dataset->n_rows);
    assert_int_equal(result->n_splits, PEOPLE_N_FOLDS);
    assert_string_equal(result->target_name, "answer");
    assert_int_equal(result->n_parameters, 4);
    assert_int_equal(result->n_sources, 2);
    assert_string_equal(result->sources[1].name, "visits");
    assert_memory_equal(result->sources[1].sha256, study->tables.sources[1].sha256, 32);
    assert_int_equal(result->n_steps, study->tables.n_steps);
    assert_int_equal(result->n_hosts, 1);
    assert_string_equal(result->hosts[0].name, "node-1");
    assert_string_equal(result->hosts[0].cpu, "Some CPU");
    assert_int_equal(result->hosts[0].n_ranks, 1);
    assert_int_equal(result->hosts[0].n_threads, 2);
    uint8_t before[32], after[32];
    perebor_trials_digest(trials, before);
    perebor_trials_digest(result->trials, after);
    assert_memory_equal(before, after, 32);
    perebor_result_free(result);
    people_facts_release(&made);
    perebor_trials_free(trials);
    perebor_study_free(study);
    assert_int_equal(unlink("a.h5"), 0);
}

static void the_build_is_recorded_by_name(void **state) {
    (void)state;
    static const char *const names[] = {"version", "build", "compiler", "flags",
                                        "mpi",     "hdf5",  "simd"};
    people_facts made;
    perebor_study *study = people_study(NULL);
    perebor_trials *trials = people_trials(study, 0, 2);
    people_facts_make(&made, study, trials);
    perebor_result *result = write_and_read(&made);
    assert_int_equal(result->n_build, 7);
    for (size_t i = 0; i < 7; i++) {
        assert_string_equal(result->build[i].name, names[i]);
        assert_string_not_equal(result->build[i].text, "");
    }
    assert_int_equal(result->n_hosts, 0); // no trial was finished anywhere
    perebor_result_free(result);
    people_facts_release(&made);
    perebor_trials_free(trials);
    perebor_study_free(study);
    assert_int_equal(unlink("a.h5"), 0);
}

static void the_history_has_a_line_for_each_start_and_rank(void **state) {
    (void)state;
    people_facts made;
    char expected[2048];
    perebor_study *study = people_study(NULL);
    perebor_trials *trials = people_trials(study, 0, 1);
    people_finish(trials, 0, 0.75);
    people_facts_make(&made, study, trials);
    perebor_plan_savings savings = perebor_plan_predict(made.plan);
    perebor_result previous = {.history = "what was before", .created = "2025-12-31T00:00:00Z"};
    made.facts.previous = &previous;
    perebor_result *result = write_and_read(&made);
    (void)snprintf(
        expected, sizeof expected,
        "what was before\n"
        "2026-01-02T03:04:05Z %s; 1 rank on 1 node; 1 trial as 1 candidate; thread seconds: "
        "4.000, of which compute 3.500, wait 0.500; beside them protocol 0.000; CPU seconds: "
        "prepare 0.500, fit 1.500, score 1.000, metric 0.250; predicted %.3f, unshared %.3f; "
        "saved by sharing about %.3f\n"
        "  rank 0: start 0.250 + job 2.000 + end 0.125 = 2.375; threads 2 x job: prepare 0.500 + "
        "fit 1.500 + predict 1.000 + score 0.250 + other 0.250 + wait 0.500; beside them MPI "
        "-0.062, files 0.062",
        perebor_version(), savings.seconds, savings.seconds_unshared,
        3.25 * (savings.seconds_unshared / savings.seconds - 1.0));
    assert_string_equal(result->history, expected);
    assert_string_equal(result->created, "2025-12-31T00:00:00Z"); // by the first start
    perebor_result_free(result);
    made.facts.status = PEREBOR_RESULT_RUNNING;
    made.facts.previous = NULL;
    result = write_and_read(&made);
    (void)snprintf(expected, sizeof expected,
                   "2026-01-02T03:04:05Z %s; 1 rank on 1 node; 1 trial as 1 candidate; not ended: "
                   "this is of its last checkpoint",
                   perebor_version());
    assert_string_equal(result->history, expected);
    perebor_result_free(result);
    people_facts_release(&made);
    perebor_trials_free(trials);
    perebor_study_free(study);
    assert_int_equal(unlink("a.h5"), 0);
}

/** Hosts of ranks that took part, each once, with the processor of this run or the one before. */
static void hosts_are_those_that_finished_trials(void **state) {
    (void)state;
    people_facts made;
    perebor_study *study = people_study(NULL);
    perebor_trials *trials = people_trials(study, 0, 8);
    record_node nodes[4] = {{.host = "node-1", .cpu = "CPU 1"},
                            {.host = "node-2", .cpu = "CPU 2"},
                            {.host = "node-2", .cpu = "CPU 2"},
                            {.host = "idle", .cpu = "CPU 3"}};
    perebor_rank_timings timings[4] = {{.n_threads = 1}};
    perebor_stage_seconds stages[4] = {{0}};
    static const int32_t ranks[8] = {0, 1, 2, 1, 2, 0, -1, 9}; // unknown; of a larger run before
    static const char *const hosts[8] = {"node-1", "node-2", "node-2", "node-2",
                                         "node-2", "node-1", "x",      "y"};
    for (size_t trial = 0; trial < 8; trial++) {
        people_finish(trials, trial, 0.5);
        trials->mpi_rank[trial] = ranks[trial];
        trials->host[trial] = perebor_trials_intern(trials, hosts[trial]);
    }
    people_facts_make(&made, study, trials);
    made.ranks.size = 4;
    made.facts.nodes = nodes;
    made.facts.timings = timings;
    made.facts.stages = stages;
    perebor_result *result = write_and_read(&made);
    assert_int_equal(result->n_hosts, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_string_equal(result->hosts[i].name, nodes[i].host);
        assert_string_equal(result->hosts[i].cpu, nodes[i].cpu);
        assert_int_equal(result->hosts[i].n_ranks, i + 1);
    }
    perebor_result_free(result);
    perebor_result_host known = {.name = "node-1", .cpu = "of before"};
    perebor_result previous = {.history = "", .created = "", .hosts = &known, .n_hosts = 1};
    made.facts.previous = &previous;
    memset(nodes[0].host, 0, sizeof nodes[0].host);
    memset(nodes[1].host, 0, sizeof nodes[1].host);
    memset(nodes[2].host, 0, sizeof nodes[2].host);
    result = write_and_read(&made);
    assert_string_equal(result->hosts[0].cpu, "of before");
    assert_string_equal(result->hosts[1].cpu, "");
    perebor_result_free(result);
    people_facts_release(&made);
    perebor_trials_free(trials);
    perebor_study_free(study);
    assert_int_equal(unlink("a.h5"), 0);
}

/** Another file came while the search ran: it stays. */
static void a_file_that_came_in_between_is_not_replaced(void **state) {
    (void)state;
    people_facts made;
    perebor_error error = {0};
    perebor_study *study = people_study(NULL);
    perebor_trials *trials = people_trials(study, 0, 2);
    people_facts_make(&made, study, trials);
    perebor_file_identity nothing = perebor_file_identify("a.h5");
    touch("a.h5");
    assert_int_equal(record_write(&made.facts, "a.h5", &nothing, &error), PEREBOR_ERR_CONFLICT);
    perebor_file_identity now = perebor_file_identify("a.h5");
    assert_int_equal(now.size, 0);
    people_facts_release(&made);
    perebor_trials_free(trials);
    perebor_study_free(study);
    assert_int_equal(unlink("a.h5"), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_command_line_decides_then_the_experiment_then_the_name),
        cmocka_unit_test(the_folder_of_results_is_made_by_a_search_alone),
        cmocka_unit_test(a_folder_that_cannot_be_written_to_is_told_before_anything_runs),
        cmocka_unit_test(what_is_there_stays_unless_it_is_asked_for),
        cmocka_unit_test(what_the_search_reads_is_never_its_output),
        cmocka_unit_test(a_link_is_followed),
        cmocka_unit_test(a_record_says_what_was_run_on_what),
        cmocka_unit_test(the_build_is_recorded_by_name),
        cmocka_unit_test(the_history_has_a_line_for_each_start_and_rank),
        cmocka_unit_test(hosts_are_those_that_finished_trials),
        cmocka_unit_test(a_file_that_came_in_between_is_not_replaced),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
