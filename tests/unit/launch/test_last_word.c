// SPDX-License-Identifier: MIT
// A process that calls itself mpiexec has a proxy, which has a parent of rank 0; what they leave on
// mpiexec's standard error is read here.
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "launch/last_word.h"
#include "launch/process.h"

#define GAVE_UP "perebor: mpiexec gave up"
#define KEPT                                                                                       \
    GAVE_UP ", perhaps because it lost a host; what is finished is kept: continue with --resume\n"
#define NOTHING GAVE_UP " before the search began, perhaps because it lost a host; start again\n"

/** How the parent of rank 0 ends, and with what behind it. */
typedef struct ending {
    const char *launcher; /**< Name of the process in mpiexec's place. */
    bool begun, leaving, withheld;
    const char *word;
} ending;

typedef struct shared_flags {
    atomic_bool begun, leaving;
} shared_flags;

/** As hydra kills it. The rank, which may live on a little, neither says anything nor keeps it. */
static _Noreturn void be_parent(const ending *ending, shared_flags *flags) {
    last_word_keep(getppid(), &flags->begun, &flags->leaving);
    if (fork() == 0) { // the rank, which holds nothing of this
        last_word_leave_to_parent();
        last_word_withhold();
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)usleep(100000);
        _exit(0);
    }
    atomic_store(&flags->begun, ending->begun);
    atomic_store(&flags->leaving, ending->leaving);
    if (ending->withheld) {
        last_word_withhold();
        _exit(0);
    }
    (void)raise(SIGKILL);
    _exit(99);
}

static _Noreturn void be_launcher(const ending *ending, shared_flags *flags, int error) {
    (void)prctl(PR_SET_NAME, ending->launcher);
    (void)dup2(error, STDERR_FILENO);
    (void)close(error);
    pid_t proxy = fork();
    if (proxy == 0) {
        (void)close(STDERR_FILENO); // a pipe of its own, in hydra
        pid_t parent = fork();
        if (parent == 0) {
            be_parent(ending, flags);
        }
        (void)waitpid(parent, NULL, 0);
        _exit(0);
    }
    (void)waitpid(proxy, NULL, 0);
    _exit(255);
}

static void read_all(int from, char *said, size_t size) {
    size_t n = 0;
    ssize_t more;
    while ((more = read(from, said + n, size - 1 - n)) > 0) {
        n += (size_t)more;
    }
    said[n] = '\0';
}

/** Until everybody who might say something has closed it. @return what was said */
static void hear(const ending *ending, char *said, size_t size) {
    int ends[2];
    shared_flags *flags =
        mmap(NULL, sizeof *flags, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(flags != MAP_FAILED && pipe(ends) == 0);
    pid_t launcher = fork();
    if (launcher == 0) {
        (void)close(ends[0]);
        be_launcher(ending, flags, ends[1]);
    }
    (void)close(ends[1]);
    read_all(ends[0], said, size);
    (void)close(ends[0]);
    assert_int_equal(waitpid(launcher, NULL, 0), launcher);
    (void)munmap(flags, sizeof *flags);
}

static void the_word_is_said_where_a_launcher_gave_up_and_only_there(void **state) {
    (void)state;
    static const ending endings[] = {
        {.launcher = "mpiexec.hydra", .begun = true, .word = KEPT},
        {.launcher = "mpirun", .begun = true, .word = KEPT},
        {.launcher = "mpiexec", .begun = false, .word = NOTHING},
        {.launcher = "mpiexec", .begun = true, .leaving = true, .word = ""},
        {.launcher = "mpiexec", .begun = true, .withheld = true, .word = ""},
        {.launcher = "srun", .begun = true, .word = ""},
    };
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        char said[512];
        hear(&endings[i], said, sizeof said);
        assert_string_equal(said, endings[i].word);
    }
}

static void proc_tells_parent_and_name_of_a_process(void **state) {
    (void)state;
    process_state found;
    int ends[2];
    char byte;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        (void)prctl(PR_SET_NAME, "odd) R 1 (name");
        (void)close(ends[0]);
        (void)!write(ends[1], "", 1);
        (void)pause();
        _exit(0);
    }
    assert_int_equal(read(ends[0], &byte, 1), 1);
    assert_true(process_look(child, &found));
    assert_string_equal(found.name, "odd) R 1 (name");
    assert_int_equal(found.parent, getpid());
    assert_int_equal(kill(child, SIGKILL), 0);
    while (process_look(child, &found) && found.state != 'Z') {
    }
    assert_true(process_look(child, &found)); // nobody has waited for it
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_false(process_look(child, &found));
    (void)close(ends[0]);
    (void)close(ends[1]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(proc_tells_parent_and_name_of_a_process),
        cmocka_unit_test(the_word_is_said_where_a_launcher_gave_up_and_only_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
