// SPDX-License-Identifier: MIT
#include "h5/isolate.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/try.h"
#include "h5/file_tree_codec.h"
#include "h5/hdf5_read.h"

enum {
    base_cpu_seconds = 2, /**< and one more for each of so many bytes in the file: */
    bytes_per_cpu_second = 20000000,
    pipe_read = 1 << 16,
    max_interruptions = 10000,
    pages_base = 1 << 20, /**< Numbers that have so many bytes and so many more for each in the
                               file are handed over in pages, others through the pipe. */
    pages_per_byte = 16,
};

/** Address space of the child: far more than an honest file needs. */
static const uint64_t base_memory = UINT64_C(2) << 30;
static const uint64_t memory_per_byte = 64;

/** A sanitizer's shadow takes terabytes of address space. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
static const bool has_shadow_memory = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
static const bool has_shadow_memory = true;
#else
static const bool has_shadow_memory = false;
#endif
#else
static const bool has_shadow_memory = false;
#endif

static rlim_t cpu_limit(off_t file_size) {
    return base_cpu_seconds + (rlim_t)file_size / bytes_per_cpu_second;
}

static void set_limit(int resource, rlim_t most) {
    struct rlimit limit;
    if (getrlimit(resource, &limit) == 0 && limit.rlim_max > most) {
        limit = (struct rlimit){.rlim_cur = most, .rlim_max = most};
        (void)setrlimit(resource, &limit);
    }
}

static void limit_child(off_t file_size) {
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    set_limit(RLIMIT_CPU, cpu_limit(file_size));
    set_limit(RLIMIT_CORE, 0);
    set_limit(RLIMIT_FSIZE, 0);
    set_limit(RLIMIT_NPROC, 0); // another process could write to the pages when this one has ended
    if (!has_shadow_memory) {
        set_limit(RLIMIT_AS, (rlim_t)(base_memory + memory_per_byte * (uint64_t)file_size));
    }
    for (int number = 1; number < NSIG; number++) {
        (void)signal(number, SIG_DFL); // a crash is to end the child, whoever handled it before
    }
    int nowhere = open("/dev/null", O_WRONLY);
    if (nowhere >= 0) {
        (void)dup2(nowhere, STDOUT_FILENO);
        (void)dup2(nowhere, STDERR_FILENO);
    }
}

/** The child's answer: a status, then its message or the tree. */
static void answer(int descriptor, const char *path, const char *const *groups, h5_pages *pages) {
    h5_tree *tree = NULL;
    perebor_error error = {0};
    byte_buffer bytes = {0};
    perebor_status status = hdf5_read(path, groups, pages, &tree, &error);
    bytes_put_u32(&bytes, (uint32_t)status);
    if (status == PEREBOR_OK) {
        h5_tree_encode(tree, pages, &bytes);
    } else {
        bytes_put_text(&bytes, error.message);
    }
    bool told = !bytes.failed && perebor_file_write_all(descriptor, "pipe", bytes.data, bytes.size,
                                                        &error) == PEREBOR_OK;
    _exit(told ? 0 : 1); // nothing of the parent's is flushed or run at exit
}

/** Takes what the child says until it ends; false if it takes longer than @p seconds. */
static bool listen_to(int descriptor, byte_buffer *bytes, double seconds) {
    double deadline = clock_now() + seconds;
    unsigned char buffer[pipe_read];
    for (;;) {
        double left = deadline - clock_now();
        struct pollfd waiting = {.fd = descriptor, .events = POLLIN};
        int ready = left > 0.0 ? poll(&waiting, 1, (int)(left * 1000.0) + 1) : 0;
        if (ready == 0) {
            return false;
        }
        ssize_t got = ready < 0 ? -1 : read(descriptor, buffer, sizeof buffer);
        if (got == 0 || (got < 0 && errno != EINTR)) {
            return true;
        }
        if (got > 0) {
            bytes_put(bytes, buffer, (size_t)got);
        }
    }
}

static int wait_for(pid_t child) {
    int state = 0;
    pid_t ended;
    int n_interruptions = 0;
    do {
        ended = waitpid(child, &state, 0);
    } while (ended < 0 && errno == EINTR && n_interruptions++ < max_interruptions);
    if (ended != child) { // It is not known how it ended, and must not be taken for well.
        (void)kill(child, SIGKILL);
        return SIGKILL;
    }
    return state;
}

/** What the parent makes of the answer of a child that ended with @p state. */
static perebor_status take_answer(const char *path, int state, const byte_buffer *bytes,
                                  h5_pages *pages, h5_tree **tree, perebor_error *error) {
    if (WIFSIGNALED(state) && WTERMSIG(state) != SIGKILL && WTERMSIG(state) != SIGXCPU) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT, "%s: damaged: reading it fails with \"%s\"",
                            path, strsignal(WTERMSIG(state)));
    }
    if (bytes->failed) {
        return perebor_no_memory(error, "to read %s", path);
    }
    bytes_cursor cursor = {.at = bytes->data, .left = bytes->size};
    perebor_status status = (perebor_status)bytes_get_u32(&cursor);
    if (!WIFEXITED(state) || WEXITSTATUS(state) != 0 || cursor.failed) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "%s: damaged: reading it needs more time or memory than a file of its "
                            "size can",
                            path);
    }
    if (status == PEREBOR_OK) {
        perebor_error reason = {0};
        status = h5_tree_decode(tree, &cursor, pages, &reason);
        return status == PEREBOR_OK ? status
                                    : perebor_fail(error, status, "%s: %s", path, reason.message);
    }
    return perebor_fail(error, status <= PEREBOR_ERR_STOPPED ? status : PEREBOR_ERR_FORMAT,
                        "%s: %s", path, bytes_get_text(&cursor));
}

static perebor_status fork_reader(const char *path, const char *const *groups, off_t file_size,
                                  h5_pages *pages, pid_t *child, int *descriptor,
                                  perebor_error *error) {
    int ends[2];
    if (pipe(ends) != 0) {
        return perebor_fail(error, PEREBOR_ERR_IO, "cannot read %s: no pipe: %s", path,
                            strerror(errno));
    }
    *child = fork();
    if (*child == 0) {
        (void)close(ends[0]);
        limit_child(file_size);
        answer(ends[1], path, groups, pages);
    }
    int reason = errno;
    (void)close(ends[1]);
    if (*child < 0) {
        (void)close(ends[0]);
        return perebor_fail(error, PEREBOR_ERR_IO, "cannot read %s: no process: %s", path,
                            strerror(reason));
    }
    *descriptor = ends[0];
    return PEREBOR_OK;
}

perebor_status h5_read_isolated(const char *path, const char *const *groups, h5_tree **tree,
                                perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    struct stat about;
    pid_t child = -1;
    int descriptor = -1;
    byte_buffer bytes = {0};
    h5_pages *pages = NULL;
    if (stat(path, &about) != 0) {
        return perebor_file_fail_to_open(path, errno, error);
    }
    if (!S_ISREG(about.st_mode)) {
        return perebor_fail(error, PEREBOR_ERR_IO, "cannot read %s: not a regular file", path);
    }
    pages = h5_pages_create(pages_base + pages_per_byte * (size_t)about.st_size);
    PEREBOR_TRY(done, fork_reader(path, groups, about.st_size, pages, &child, &descriptor, error));
    h5_pages_close(pages); // the child's
    // Ten times the CPU time, for a machine that is busy with something else.
    if (!listen_to(descriptor, &bytes, 10.0 * (double)cpu_limit(about.st_size))) {
        (void)kill(child, SIGKILL);
    }
    const int state = wait_for(child);
    // The pages are looked at from here on, when nobody is left that could write to them.
    status = take_answer(path, state, &bytes, pages, tree, error);
    (void)close(descriptor);
done:
    h5_pages_release(pages);
    bytes_release(&bytes);
    return status;
}
