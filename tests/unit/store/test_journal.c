// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/crc32c.h"
#include "base/file.h"
#include "base/file_write.h"
#include "sample_result.h"
#include "scratch.h"
#include "store/journal.h"
#include "trial/trials_tree.h"

enum { trial_count = 40 };

static char folder[SCRATCH_SIZE], path[96];

static const perebor_journal_field fields[] = {
    {.name = "config_sha256", .text = "abcd", .must_match = true},
    {.name = "data", .text = "0123", .must_match = true},
    {.name = "started", .text = "2026-01-02", .must_match = false},
};
static const perebor_journal_field other_day[] = {
    {.name = "config_sha256", .text = "abcd", .must_match = true},
    {.name = "data", .text = "0123", .must_match = true},
    {.name = "started", .text = "2026-02-02", .must_match = false},
};
static const perebor_journal_field other_data[] = {
    {.name = "config_sha256", .text = "abcd", .must_match = true},
    {.name = "data", .text = "4567", .must_match = true},
    {.name = "started", .text = "2026-01-02", .must_match = false},
};
enum { field_count = 3 };

static int enter(void **state) {
    (void)state;
    if (scratch_create(folder) == NULL) {
        return -1;
    }
    (void)snprintf(path, sizeof path, "%s/result.h5.journal", folder);
    return 0;
}

static int leave(void **state) {
    (void)state;
    (void)unlink(path);
    return rmdir(folder);
}

/** Trials with the points of the sample and no outcomes, as a search that starts has them. */
static perebor_trials *make_waiting(uint64_t first, size_t n) {
    perebor_trials *from = sample_trials_create(first, n), *to = NULL;
    assert_non_null(from);
    assert_int_equal(perebor_trials_create_empty(&to, (const char *const *)from->parameter_names,
                                                 from->n_parameters, first, n, from->n_folds, NULL),
                     PEREBOR_OK);
    for (size_t i = 0; i < n * from->n_parameters; i++) {
        to->values[i] = from->values[i];
        if (to->values[i].kind == PEREBOR_VALUE_TEXT) {
            to->values[i].as.text = perebor_trials_intern(to, to->values[i].as.text);
        }
    }
    perebor_trials_free(from);
    return to;
}

static perebor_journal *assert_created(bool overwrite) {
    perebor_journal *journal = NULL;
    perebor_error error = {0};
    if (perebor_journal_create(&journal, path, fields, field_count, overwrite, &error) !=
        PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return journal;
}

static void write_sample(size_t n) {
    perebor_error error = {0};
    perebor_trials *trials = sample_trials_create(0, n);
    perebor_journal *journal = assert_created(false);
    for (size_t trial = 0; trial < n; trial++) {
        assert_int_equal(perebor_journal_append(journal, trials, trial, &error), PEREBOR_OK);
        if (trial % 7 == 6) {
            assert_int_equal(perebor_journal_commit(journal, &error), PEREBOR_OK);
            assert_int_equal(perebor_journal_n_pending(journal), 0);
        }
    }
    assert_int_equal(perebor_journal_commit(journal, &error), PEREBOR_OK);
    perebor_journal_close(journal);
    perebor_trials_free(trials);
}

static perebor_journal_replay assert_resumed(perebor_trials *trials) {
    perebor_journal *journal = NULL;
    perebor_journal_replay replay = {0};
    perebor_error error = {0};
    if (perebor_journal_resume(&journal, path, fields, field_count, trials, &replay, &error) !=
        PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    perebor_journal_close(journal);
    return replay;
}

static void assert_same_digest(const perebor_trials *a, const perebor_trials *b) {
    uint8_t left[32], right[32];
    perebor_trials_digest(a, left);
    perebor_trials_digest(b, right);
    assert_memory_equal(left, right, 32);
}

static void what_was_committed_is_replayed(void **state) {
    (void)state;
    write_sample(trial_count);
    perebor_trials *expected = sample_trials_create(0, trial_count);
    perebor_trials *trials = make_waiting(0, trial_count);
    perebor_journal_replay replay = assert_resumed(trials);
    assert_same_digest(trials, expected);
    assert_memory_equal(trials->folds, expected->folds,
                        trial_count * expected->n_folds * sizeof *expected->folds);
    assert_memory_equal(trials->datetime_start, expected->datetime_start,
                        trial_count * sizeof(double));
    assert_int_equal(replay.n_torn_bytes, 0);
    assert_int_equal(replay.n_damaged_bytes, 0);
    for (size_t i = 0; i < trial_count; i++) {
        assert_int_equal(trials->error[i] == NULL, expected->error[i] == NULL);
    }
    perebor_trials_free(trials);
    perebor_trials_free(expected);
}

static void assert_same_curves(const perebor_trials *a, const perebor_trials *b) {
    uint8_t left[32], right[32];
    assert_int_equal(curves_digest(a, "a", left, NULL), PEREBOR_OK);
    assert_int_equal(curves_digest(b, "b", right, NULL), PEREBOR_OK);
    assert_memory_equal(left, right, sizeof left);
    assert_true(perebor_trials_digest_oob(a, left) && perebor_trials_digest_oob(b, right));
    assert_memory_equal(left, right, sizeof left);
}

/** A trial that was written twice counts as the second has it. */
static void learning_curves_are_replayed(void **state) {
    (void)state;
    for (int metrics = 0; metrics < 2; metrics++) {
        perebor_trials *expected = sample_trials_create(0, trial_count);
        perebor_trials *trials = make_waiting(0, trial_count);
        perebor_journal *journal = assert_created(metrics > 0);
        if (metrics > 0) {
            assert_int_equal(sample_trials_add_metrics(expected), PEREBOR_OK);
            assert_int_equal(sample_trials_add_metrics(trials), PEREBOR_OK);
        }
        for (int time = 0; time < 2; time++) {
            for (size_t trial = 0; trial < trial_count; trial++) {
                assert_int_equal(perebor_journal_append(journal, expected, trial, NULL),
                                 PEREBOR_OK);
            }
            assert_int_equal(sample_trials_add_curves(expected), PEREBOR_OK);
        }
        assert_int_equal(perebor_journal_commit(journal, NULL), PEREBOR_OK);
        perebor_journal_close(journal);
        (void)assert_resumed(trials);
        assert_same_digest(trials, expected);
        assert_same_curves(trials, expected);
        perebor_trials_free(trials);
        perebor_trials_free(expected);
    }
}

/** A journal of before there were curves, or scores out of bag, is read, one of a later program is
 * not. */
static void journals_of_other_versions_are_read_or_named(void **state) {
    (void)state;
    static const uint32_t versions[] = {1, 2, 3, 4};
    char *bytes = NULL;
    size_t size = 0;
    write_sample(trial_count);
    assert_int_equal(perebor_file_read(path, 1 << 28, &bytes, &size, NULL), PEREBOR_OK);
    uint8_t *record = (uint8_t *)bytes;
    size_t length = record[4] + ((size_t)record[5] << 8); // of the header's payload
    size_t at = 8 + 1 + 8 + sizeof "perebor journal";     // its version: after type and title
    assert_int_equal(record[at], 3);
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        perebor_trials *trials = make_waiting(0, trial_count);
        perebor_error error = {0};
        record[at] = (uint8_t)versions[i];
        uint32_t checksum = perebor_crc32c(0, record + 4, 4 + length);
        for (unsigned k = 0; k < 4; k++) {
            record[8 + length + k] = (uint8_t)(checksum >> 8 * k);
        }
        assert_int_equal(perebor_file_write(path, bytes, size, true, NULL), PEREBOR_OK);
        perebor_status status = perebor_journal_replay_read(path, NULL, 0, trials, NULL, &error);
        assert_int_equal(status, versions[i] <= 3 ? PEREBOR_OK : PEREBOR_ERR_FORMAT);
        assert_true(versions[i] <= 3 || strstr(error.message, "of a later program: version 4"));
        perebor_trials_free(trials);
    }
    free(bytes);
}

/** Writes trials with metrics, whose journal says nothing of them. */
static perebor_trials *write_with_metrics(void) {
    perebor_trials *trials = sample_trials_create(0, trial_count);
    perebor_journal *journal = assert_created(false);
    assert_int_equal(sample_trials_add_metrics(trials), PEREBOR_OK);
    for (size_t trial = 0; trial < trial_count; trial++) {
        assert_int_equal(perebor_journal_append(journal, trials, trial, NULL), PEREBOR_OK);
    }
    assert_int_equal(perebor_journal_commit(journal, NULL), PEREBOR_OK);
    perebor_journal_close(journal);
    return trials;
}

static void scores_by_every_metric_are_replayed(void **state) {
    (void)state;
    perebor_trials *expected = write_with_metrics();
    perebor_trials *trials = make_waiting(0, trial_count);
    size_t n = trial_count * expected->n_folds * 2 * (expected->n_metrics - 1);
    assert_int_equal(perebor_trials_set_metrics(trials, (const char *const *)expected->metric_names,
                                                expected->n_metrics, NULL),
                     PEREBOR_OK);
    (void)assert_resumed(trials);
    assert_same_digest(trials, expected);
    assert_memory_equal(trials->further, expected->further, n * sizeof *trials->further);
    perebor_trials_free(trials);
    perebor_trials_free(expected);
}

static void records_of_other_metrics_are_refused(void **state) {
    (void)state;
    static const char *const two[] = {"f1", "accuracy"};
    perebor_trials *expected = write_with_metrics();
    for (size_t n = 1; n <= 2; n++) {
        perebor_trials *trials = make_waiting(0, trial_count);
        perebor_error error = {0};
        assert_int_equal(perebor_trials_set_metrics(trials, two, n, NULL), PEREBOR_OK);
        assert_int_equal(perebor_journal_replay_read(path, NULL, 0, trials, NULL, &error),
                         PEREBOR_ERR_FORMAT);
        assert_non_null(strstr(error.message, "not one of this search of"));
        perebor_trials_free(trials);
    }
    perebor_trials_free(expected);
}

static void a_field_that_is_not_stated_is_what_it_means(void **state) {
    (void)state;
    perebor_journal_field mine[] = {
        {.name = "data", .text = "0123", .must_match = true},
        {.name = "search.metrics", .text = "roc_auc", .must_match = true, .if_absent = "roc_auc"}};
    perebor_error error = {0};
    write_sample(3);
    perebor_trials *trials = make_waiting(0, 3);
    assert_int_equal(perebor_journal_replay_read(path, mine, 2, trials, NULL, &error), PEREBOR_OK);
    mine[1].text = "f1 roc_auc";
    assert_int_equal(perebor_journal_replay_read(path, mine, 2, trials, NULL, &error),
                     PEREBOR_ERR_CONFLICT);
    assert_non_null(strstr(error.message, "its search.metrics is roc_auc, here it is f1 roc_auc"));
    perebor_trials_free(trials);
}

static void what_was_not_committed_is_not_there(void **state) {
    (void)state;
    perebor_error error = {0};
    perebor_trials *trials = sample_trials_create(0, 2), *waiting = make_waiting(0, 2);
    perebor_journal *journal = assert_created(false);
    assert_int_equal(perebor_journal_append(journal, trials, 0, &error), PEREBOR_OK);
    assert_true(perebor_journal_n_pending(journal) > 0);
    perebor_journal_close(journal);
    assert_int_equal(assert_resumed(waiting).n_trials, 0);
    perebor_trials_free(waiting);
    perebor_trials_free(trials);
}

static void a_search_of_other_bounds_takes_what_is_its_own(void **state) {
    (void)state;
    write_sample(trial_count);
    perebor_trials *trials = make_waiting(30, 30), *expected = sample_trials_create(30, 10);
    perebor_journal_replay replay = assert_resumed(trials);
    assert_int_equal(replay.n_outside, 30);
    for (size_t trial = 0; trial < 10; trial++) {
        uint8_t left[32], right[32];
        perebor_trials_digest_one(trials, trial, left);
        perebor_trials_digest_one(expected, trial, right);
        assert_memory_equal(left, right, 32);
    }
    assert_int_equal(trials->state[10], PEREBOR_TRIAL_WAITING);
    perebor_trials_free(expected);
    perebor_trials_free(trials);
}

static void assert_not_resumed(const perebor_journal_field *mine, perebor_status expected,
                               const char *reason) {
    perebor_journal *journal = NULL;
    perebor_error error = {0};
    perebor_trials *trials = make_waiting(0, trial_count);
    assert_int_equal(
        perebor_journal_resume(&journal, path, mine, field_count, trials, NULL, &error), expected);
    if (strstr(error.message, reason) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", error.message, reason);
    }
    assert_null(journal);
    perebor_trials_free(trials);
}

static void another_search_is_refused_by_the_name_of_the_field(void **state) {
    (void)state;
    assert_not_resumed(fields, PEREBOR_ERR_IO, "No such file");
    write_sample(3);
    assert_not_resumed(other_data, PEREBOR_ERR_CONFLICT, "its data is 0123, here it is 4567");
    perebor_journal *journal = NULL;
    perebor_trials *trials = make_waiting(0, 3);
    assert_int_equal(
        perebor_journal_resume(&journal, path, other_day, field_count, trials, NULL, NULL),
        PEREBOR_OK);
    perebor_journal_close(journal);
    perebor_trials_free(trials);
    assert_int_equal(perebor_file_write(path, "id,x\n", 5, true, NULL), PEREBOR_OK);
    assert_not_resumed(fields, PEREBOR_ERR_FORMAT, "not the journal");
}

static void a_second_process_is_kept_out(void **state) {
    (void)state;
    perebor_error error = {0};
    perebor_journal *first = assert_created(false), *second = NULL;
    assert_not_resumed(fields, PEREBOR_ERR_CONFLICT, "is in use");
    assert_int_equal(perebor_journal_create(&second, path, fields, field_count, true, &error),
                     PEREBOR_ERR_CONFLICT);
    assert_non_null(strstr(error.message, "is in use"));
    perebor_journal_close(first);
    assert_int_equal(perebor_journal_create(&second, path, fields, field_count, false, &error),
                     PEREBOR_ERR_CONFLICT);
    assert_non_null(strstr(error.message, "--resume"));
    second = assert_created(true);
    assert_int_equal(perebor_journal_remove(second, &error), PEREBOR_OK);
    assert_int_equal(access(path, F_OK), -1);
}

static void fields_are_read_while_it_is_in_use(void **state) {
    (void)state;
    perebor_journal *journal = assert_created(false);
    perebor_journal_fields read = {0};
    assert_int_equal(perebor_journal_fields_read(&read, path, NULL), PEREBOR_OK);
    assert_int_equal(read.n_fields, field_count);
    assert_string_equal(perebor_journal_fields_find(&read, "started"), "2026-01-02");
    assert_null(perebor_journal_fields_find(&read, "nothing"));
    perebor_journal_fields_release(&read);
    perebor_trials *trials = make_waiting(0, 3);
    perebor_journal_replay replay = {0};
    assert_int_equal(perebor_journal_replay_read(path, NULL, 0, trials, &replay, NULL), PEREBOR_OK);
    assert_int_equal(replay.n_trials, 0);
    perebor_trials_free(trials);
    perebor_journal_close(journal);
}

/** How many of the sample's trials are in a table with their own digests; others must wait. */
static size_t count_whole(const perebor_trials *trials, const perebor_trials *expected) {
    size_t n_whole = 0;
    for (size_t trial = 0; trial < trials->n_trials; trial++) {
        uint8_t left[32], right[32];
        perebor_trials_digest_one(trials, trial, left);
        perebor_trials_digest_one(expected, trial, right);
        if (memcmp(left, right, 32) == 0) {
            n_whole++;
        } else {
            assert_int_equal(trials->state[trial], PEREBOR_TRIAL_WAITING);
        }
    }
    return n_whole;
}

static void wherever_it_is_cut_whole_records_survive(void **state) {
    (void)state;
    char *bytes = NULL;
    size_t size = 0, before = 0;
    write_sample(5);
    assert_int_equal(perebor_file_read(path, 1 << 20, &bytes, &size, NULL), PEREBOR_OK);
    perebor_trials *expected = sample_trials_create(0, 5);
    for (size_t cut = 150; cut <= size; cut++) {
        perebor_trials *trials = make_waiting(0, 5);
        assert_int_equal(perebor_file_write(path, bytes, cut, true, NULL), PEREBOR_OK);
        perebor_journal_replay replay = assert_resumed(trials);
        size_t n_whole = count_whole(trials, expected);
        assert_true(n_whole >= before && n_whole <= before + 1);
        before = n_whole;
        struct stat about;
        assert_int_equal(stat(path, &about), 0);
        assert_int_equal((size_t)about.st_size, cut - replay.n_torn_bytes);
        perebor_trials_free(trials);
    }
    assert_int_equal(before, 5);
    perebor_trials_free(expected);
    free(bytes);
}

static void whichever_byte_is_damaged_other_records_survive(void **state) {
    (void)state;
    char *bytes = NULL;
    size_t size = 0, n_refused = 0;
    write_sample(5);
    assert_int_equal(perebor_file_read(path, 1 << 20, &bytes, &size, NULL), PEREBOR_OK);
    perebor_trials *expected = sample_trials_create(0, 5);
    for (size_t at = 0; at < size; at++) {
        perebor_trials *trials = make_waiting(0, 5);
        bytes[at] ^= (char)(1 << at % 8);
        assert_int_equal(perebor_file_write(path, bytes, size, true, NULL), PEREBOR_OK);
        bytes[at] ^= (char)(1 << at % 8);
        perebor_status read =
            perebor_journal_replay_read(path, fields, field_count, trials, NULL, NULL);
        if (read == PEREBOR_OK) {
            assert_true(count_whole(trials, expected) >= 4);
        } else {
            assert_int_equal(read, PEREBOR_ERR_FORMAT); // its start: that of no search
            n_refused++;
        }
        perebor_trials_free(trials);
    }
    assert_true(n_refused < 150);
    perebor_trials_free(expected);
    free(bytes);
}

static void what_follows_a_torn_end_is_whole(void **state) {
    (void)state;
    perebor_error error = {0};
    write_sample(3);
    int descriptor = open(path, O_WRONLY | O_APPEND);
    assert_int_equal(write(descriptor, "PRBJ\x40\0\0\0half", 12), 12);
    assert_int_equal(close(descriptor), 0);
    perebor_trials *trials = make_waiting(0, 5), *expected = sample_trials_create(0, 5);
    perebor_journal *journal = NULL;
    perebor_journal_replay replay = {0};
    assert_int_equal(
        perebor_journal_resume(&journal, path, fields, field_count, trials, &replay, &error),
        PEREBOR_OK);
    assert_int_equal(replay.n_torn_bytes, 12);
    assert_int_equal(perebor_journal_append(journal, expected, 3, &error), PEREBOR_OK);
    assert_int_equal(perebor_journal_append(journal, expected, 4, &error), PEREBOR_OK);
    assert_int_equal(perebor_journal_commit(journal, &error), PEREBOR_OK);
    perebor_journal_close(journal);
    replay = assert_resumed(trials);
    assert_int_equal(replay.n_torn_bytes, 0);
    assert_same_digest(trials, expected);
    perebor_trials_free(expected);
    perebor_trials_free(trials);
}

/** Appends until the system refuses; then everything committed before must be there. */
static void assert_broken_for_good(const char *reason) {
    perebor_error error = {0};
    perebor_trials *trials = sample_trials_create(0, trial_count),
                   *found = make_waiting(0, trial_count);
    perebor_journal *journal = assert_created(false);
    size_t n_committed = 0;
    perebor_status status = PEREBOR_OK;
    for (size_t i = 0; i < 10000 && status == PEREBOR_OK; i++) {
        size_t trial = i % trial_count;
        assert_int_equal(perebor_journal_append(journal, trials, trial, &error), PEREBOR_OK);
        status = perebor_journal_commit(journal, &error);
        n_committed += status == PEREBOR_OK;
    }
    assert_int_equal(status, PEREBOR_ERR_IO);
    assert_non_null(strstr(error.message, reason));
    assert_non_null(strstr(error.message, path));
    assert_true(n_committed >= trial_count);
    assert_int_equal(perebor_journal_commit(journal, &error), PEREBOR_ERR_IO);
    assert_int_equal(perebor_journal_append(journal, trials, 0, &error), PEREBOR_ERR_IO);
    assert_non_null(strstr(error.message, reason));
    perebor_journal_close(journal);
    (void)assert_resumed(found);
    assert_same_digest(found, trials);
    perebor_trials_free(found);
    perebor_trials_free(trials);
}

static void a_refused_write_stops_it_for_good(void **state) {
    (void)state;
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    struct rlimit small = {.rlim_cur = 30000, .rlim_max = before.rlim_max};
    assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_broken_for_good("File too large");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
}

static void a_full_disk_stops_it_for_good(void **state) {
    (void)state;
    if (mount("tmpfs", folder, "tmpfs", 0, "size=64k") != 0) {
        print_message("skipped: mounting a small tmpfs needs privileges\n");
        skip();
    }
    assert_broken_for_good("No space left on device");
    assert_int_equal(umount(folder), 0);
}

/** A child appends and commits; it is killed; what it acknowledged through the pipe is there. */
static void a_kill_loses_nothing_acknowledged(void **state) {
    (void)state;
    for (int round = 0; round < 20; round++) {
        int ends[2];
        (void)unlink(path);
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        if (child == 0) {
            perebor_trials *trials = sample_trials_create(0, 2000);
            perebor_journal *journal = NULL;
            perebor_status status =
                perebor_journal_create(&journal, path, fields, field_count, false, NULL);
            for (uint32_t trial = 0; trial < 2000 && status == PEREBOR_OK; trial++) {
                status = perebor_journal_append(journal, trials, trial, NULL);
                status = status == PEREBOR_OK ? perebor_journal_commit(journal, NULL) : status;
                if (write(ends[1], &trial, sizeof trial) != sizeof trial) {
                    _exit(1);
                }
            }
            _exit(0);
        }
        (void)close(ends[1]);
        uint32_t acknowledged = 0, last = 0;
        for (int i = 0; i <= round * 10; i++) {
            assert_int_equal(read(ends[0], &acknowledged, sizeof acknowledged),
                             sizeof acknowledged);
        }
        assert_int_equal(kill(child, SIGKILL), 0);
        while (read(ends[0], &last, sizeof last) == sizeof last) {
            acknowledged = last;
        }
        (void)close(ends[0]);
        assert_int_equal(waitpid(child, NULL, 0), child);
        perebor_trials *trials = make_waiting(0, 2000), *expected = sample_trials_create(0, 2000);
        (void)assert_resumed(trials);
        for (size_t trial = 0; trial <= acknowledged; trial++) {
            assert_int_equal(trials->state[trial], expected->state[trial]);
        }
        (void)count_whole(trials, expected);
        perebor_trials_free(expected);
        perebor_trials_free(trials);
    }
}

/** Nobody finds what is written into a file that has lost its name. */
static void a_journal_that_is_removed_or_replaced_is_noticed_at_the_next_commit(void **state) {
    (void)state;
    for (int replaced = 0; replaced < 2; replaced++) {
        perebor_error error = {0};
        perebor_trials *trials = sample_trials_create(0, 3);
        perebor_journal *journal = NULL;
        assert_int_equal(perebor_journal_create(&journal, path, fields, field_count, true, &error),
                         PEREBOR_OK);
        assert_int_equal(perebor_journal_append(journal, trials, 0, &error), PEREBOR_OK);
        assert_int_equal(perebor_journal_commit(journal, &error), PEREBOR_OK);
        assert_int_equal(perebor_file_remove(path, &error), PEREBOR_OK);
        if (replaced) {
            assert_int_equal(perebor_file_write(path, "PRBJ", 4, false, &error), PEREBOR_OK);
        }
        assert_false(perebor_journal_is_lost(journal));
        assert_int_equal(perebor_journal_commit(journal, &error), PEREBOR_ERR_CONFLICT);
        assert_non_null(strstr(error.message, replaced ? "was replaced by" : "was removed by"));
        assert_true(perebor_journal_is_lost(journal));
        assert_int_equal(perebor_journal_append(journal, trials, 1, &error), PEREBOR_ERR_CONFLICT);
        assert_int_equal(perebor_journal_remove(journal, &error), PEREBOR_OK);
        assert_int_equal(access(path, F_OK), replaced ? 0 : -1); // another's is not ours to delete
        (void)unlink(path);
        perebor_trials_free(trials);
    }
}

static void what_is_no_journal_is_neither_deleted_nor_followed_nor_waited_for(void **state) {
    (void)state;
    perebor_error error = {0};
    perebor_journal *journal = NULL;
    char user[200];
    (void)snprintf(user, sizeof user, "%s.user", path);
    assert_int_equal(perebor_file_write(user, "PRBJ", 4, true, &error), PEREBOR_OK);
    for (int kind = 0; kind < 3; kind++) {
        int made = kind == 0   ? symlink(user, path)
                   : kind == 1 ? mkfifo(path, 0600)
                               : rename(user, path);
        assert_int_equal(made, 0);
        if (kind == 2) {
            assert_int_equal(perebor_file_write(path, "notes", 5, true, &error), PEREBOR_OK);
        }
        assert_int_not_equal(
            perebor_journal_create(&journal, path, fields, field_count, true, &error), PEREBOR_OK);
        assert_null(journal);
        assert_false(perebor_journal_in_use(path));
        assert_int_equal(access(path, F_OK), 0);
        assert_int_equal(unlink(path), 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_committed_is_replayed, enter, leave),
        cmocka_unit_test_setup_teardown(learning_curves_are_replayed, enter, leave),
        cmocka_unit_test_setup_teardown(journals_of_other_versions_are_read_or_named, enter, leave),
        cmocka_unit_test_setup_teardown(scores_by_every_metric_are_replayed, enter, leave),
        cmocka_unit_test_setup_teardown(records_of_other_metrics_are_refused, enter, leave),
        cmocka_unit_test_setup_teardown(a_field_that_is_not_stated_is_what_it_means, enter, leave),
        cmocka_unit_test_setup_teardown(what_was_not_committed_is_not_there, enter, leave),
        cmocka_unit_test_setup_teardown(a_search_of_other_bounds_takes_what_is_its_own, enter,
                                        leave),
        cmocka_unit_test_setup_teardown(another_search_is_refused_by_the_name_of_the_field, enter,
                                        leave),
        cmocka_unit_test_setup_teardown(a_second_process_is_kept_out, enter, leave),
        cmocka_unit_test_setup_teardown(fields_are_read_while_it_is_in_use, enter, leave),
        cmocka_unit_test_setup_teardown(wherever_it_is_cut_whole_records_survive, enter, leave),
        cmocka_unit_test_setup_teardown(whichever_byte_is_damaged_other_records_survive, enter,
                                        leave),
        cmocka_unit_test_setup_teardown(what_follows_a_torn_end_is_whole, enter, leave),
        cmocka_unit_test_setup_teardown(a_refused_write_stops_it_for_good, enter, leave),
        cmocka_unit_test_setup_teardown(a_full_disk_stops_it_for_good, enter, leave),
        cmocka_unit_test_setup_teardown(a_kill_loses_nothing_acknowledged, enter, leave),
        cmocka_unit_test_setup_teardown(
            a_journal_that_is_removed_or_replaced_is_noticed_at_the_next_commit, enter, leave),
        cmocka_unit_test_setup_teardown(
            what_is_no_journal_is_neither_deleted_nor_followed_nor_waited_for, enter, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
