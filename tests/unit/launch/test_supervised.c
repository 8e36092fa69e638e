// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "launch/heartbeat.h"
#include "launch/supervised.h"

/** The file that both sides have mapped, in a folder that is gone already. */
static heartbeat_state *make_heartbeat(char path[64]) {
    (void)snprintf(path, 64, "/tmp/perebor-test-heartbeat-XXXXXX");
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    assert_int_equal(ftruncate(descriptor, sizeof(heartbeat_state)), 0);
    void *mapped =
        mmap(NULL, sizeof(heartbeat_state), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    assert_true(mapped != MAP_FAILED);
    assert_int_equal(close(descriptor), 0);
    return mapped;
}

/** In one process, for the file stays mapped from the first sign of life on. */
static void rank_0_says_how_far_it_is_to_whoever_supervises(void **state) {
    (void)state;
    char path[64];
    heartbeat_state *seen = make_heartbeat(path);
    // Nobody supervises, or where nothing is: every sign is let go.
    for (int i = 0; i < 2; i++) {
        assert_int_equal(i == 0 ? unsetenv(HEARTBEAT_VARIABLE)
                                : setenv(HEARTBEAT_VARIABLE, "/nowhere/heartbeat", 1),
                         0);
        assert_int_equal(perebor_supervised(), i == 1);
        perebor_supervised_started();
        perebor_supervised_heartbeat(5);
        perebor_supervised_finishing();
        perebor_supervised_leave(3);
        assert_int_equal(atomic_load(&seen->phase), HEARTBEAT_STARTING);
    }
    assert_int_equal(setenv(HEARTBEAT_VARIABLE, path, 1), 0);
    perebor_supervised_started();
    assert_int_equal(atomic_load(&seen->phase), HEARTBEAT_PREPARING);
    for (uint64_t i = 1; i <= 3; i++) {
        perebor_supervised_heartbeat(10 * i);
        assert_int_equal(atomic_load(&seen->phase), HEARTBEAT_RUNNING);
        assert_int_equal(atomic_load(&seen->heartbeats), i);
        assert_int_equal(atomic_load(&seen->n_done), 10 * i);
    }
    perebor_supervised_finishing();
    assert_int_equal(atomic_load(&seen->phase), HEARTBEAT_FINISHING);
    perebor_supervised_leave(3);
    assert_int_equal(atomic_load(&seen->phase), HEARTBEAT_LEFT);
    assert_int_equal(atomic_load(&seen->exit_code), 3);
    assert_int_equal(munmap(seen, sizeof *seen), 0);
    assert_int_equal(unlink(path), 0);
}

static void a_later_start_knows_when_the_first_was(void **state) {
    (void)state;
    static const struct {
        const char *supervised, *since;
        time_t expected;
    } cases[] = {
        {NULL, NULL, 0}, {NULL, "1700000000", 0},          {"/x", NULL, 0},
        {"/x", "0", 0},  {"/x", "1700000000", 1700000000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        (void)unsetenv(HEARTBEAT_VARIABLE);
        (void)unsetenv(HEARTBEAT_AGAIN_VARIABLE);
        if (cases[i].supervised != NULL) {
            assert_int_equal(setenv(HEARTBEAT_VARIABLE, cases[i].supervised, 1), 0);
        }
        if (cases[i].since != NULL) {
            assert_int_equal(setenv(HEARTBEAT_AGAIN_VARIABLE, cases[i].since, 1), 0);
        }
        assert_int_equal(perebor_supervised_since(), cases[i].expected);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rank_0_says_how_far_it_is_to_whoever_supervises),
        cmocka_unit_test(a_later_start_knows_when_the_first_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
