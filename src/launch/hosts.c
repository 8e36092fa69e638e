// SPDX-License-Identifier: MIT
#include "launch/hosts.h"

#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <limits.h>
#include <netdb.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/try.h"

enum { name_size = 256, EXIT_CANNOT_ASK = 127 };

/** A line of the file, and the host that it names. */
typedef struct host_line {
    char *text;           // Owned.
    char name[name_size]; // "": none.
    pid_t asking;         // Who asks it; 0: nobody.
    bool answers;
} host_line;

typedef struct host_list {
    host_line *lines; // [n]
    size_t n;
} host_list;

static void list_release(host_list *list) {
    for (size_t i = 0; i < list->n; i++) {
        free(list->lines[i].text);
    }
    free(list->lines);
}

static perebor_status list_read(host_list *list, const char *file, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    FILE *stream = fopen(file, "r");
    char *text = NULL;
    size_t size = 0;
    if (stream == NULL) {
        return perebor_fail(error, PEREBOR_ERR_IO,
                            "cannot open %s, which HYDRA_HOST_FILE names: %s", file,
                            strerror(errno));
    }
    while (getline(&text, &size, stream) > 0) {
        host_line *more = realloc(list->lines, (list->n + 1) * sizeof *more);
        if (more == NULL) {
            status = perebor_no_memory(error, "for the hosts of %s", file);
            break;
        }
        list->lines = more;
        host_line *line = &list->lines[list->n];
        *line = (host_line){.text = strdup(text), .answers = true};
        if (line->text == NULL) {
            status = perebor_no_memory(error, "for the hosts of %s", file);
            break;
        }
        list->n++;
        const char *name = text + strspn(text, " \t");
        size_t length = strcspn(name, " \t\r\n#:");
        if (length < name_size) {
            memcpy(line->name, name, length);
        }
    }
    free(text);
    (void)fclose(stream);
    return status;
}

/** Whether an address, as text, is one of this machine. */
static bool is_own_address(const char *name) {
    struct ifaddrs *all = NULL;
    bool own = false;
    if (getifaddrs(&all) != 0) {
        return false;
    }
    for (const struct ifaddrs *each = all; each != NULL && !own; each = each->ifa_next) {
        char text[NI_MAXHOST];
        int family = each->ifa_addr != NULL ? each->ifa_addr->sa_family : AF_UNSPEC;
        socklen_t size = family == AF_INET    ? sizeof(struct sockaddr_in)
                         : family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                              : 0;
        own = size > 0 &&
              getnameinfo(each->ifa_addr, size, text, sizeof text, NULL, 0, NI_NUMERICHOST) == 0 &&
              strcmp(text, name) == 0;
    }
    freeifaddrs(all);
    return own;
}

static bool is_here(const char *name) {
    char own[name_size] = "";
    (void)gethostname(own, sizeof own - 1);
    return strcmp(name, "localhost") == 0 || strcmp(name, own) == 0 || is_own_address(name);
}

/** What hydra starts its proxies with, where it is a program like ssh; else NULL. */
static const char *remote_shell(void) {
    const char *launcher = getenv("HYDRA_LAUNCHER");
    const char *program = getenv("HYDRA_LAUNCHER_EXEC");
    bool known = launcher == NULL || strcmp(launcher, "ssh") == 0 || strcmp(launcher, "rsh") == 0;
    return !known ? NULL : program != NULL ? program : launcher != NULL ? launcher : "ssh";
}

/** Starts to ask a host. */
static pid_t ask(const char *shell, const char *name) {
    pid_t process = fork();
    if (process == 0) {
        int nothing = open("/dev/null", O_RDWR);
        for (int descriptor = 0; nothing >= 0 && descriptor < 3; descriptor++) {
            (void)dup2(nothing, descriptor);
        }
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        (void)setpgid(0, 0);
        execlp(shell, shell, "-x", name, "true", (char *)NULL);
        _exit(EXIT_CANNOT_ASK);
    }
    return process > 0 ? process : 0;
}

/** Whether an answer to come has come. */
static void hear(host_line *line) {
    int status = 0;
    if (line->asking > 0 && waitpid(line->asking, &status, WNOHANG) == line->asking) {
        line->asking = 0;
        line->answers = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }
}

static void ask_all(host_list *list, const char *shell, double seconds) {
    const struct timespec moment = {.tv_nsec = 20 * 1000 * 1000};
    double until = clock_now() + seconds;
    size_t n_asked = 0;
    for (size_t i = 0; i < list->n; i++) {
        host_line *line = &list->lines[i];
        line->asking = line->name[0] != '\0' && !is_here(line->name) ? ask(shell, line->name) : 0;
        n_asked += line->asking > 0;
    }
    for (size_t n_heard = 0; n_heard < n_asked && clock_now() < until;) {
        (void)nanosleep(&moment, NULL);
        n_heard = n_asked;
        for (size_t i = 0; i < list->n; i++) {
            hear(&list->lines[i]);
            n_heard -= list->lines[i].asking > 0;
        }
    }
    for (size_t i = 0; i < list->n; i++) {
        host_line *line = &list->lines[i];
        if (line->asking > 0) {
            (void)kill(-line->asking, SIGKILL);
            (void)waitpid(line->asking, NULL, 0);
            line->answers = false;
        }
    }
}

/** Writes the lines of hosts that answer to a new file. */
static perebor_status write_left(const host_list *list, char left[64], perebor_error *error) {
    const char *folder = getenv("TMPDIR");
    (void)snprintf(left, 64, "%s/perebor-hosts-XXXXXX",
                   folder != NULL && strlen(folder) < 40 ? folder : "/tmp");
    int descriptor = mkstemp(left);
    FILE *stream = descriptor >= 0 ? fdopen(descriptor, "w") : NULL;
    bool written = stream != NULL;
    for (size_t i = 0; written && i < list->n; i++) {
        written = !list->lines[i].answers || fputs(list->lines[i].text, stream) >= 0;
    }
    written = stream != NULL && fclose(stream) == 0 && written;
    if (!written) {
        perebor_status status =
            perebor_fail(error, PEREBOR_ERR_IO, "cannot write %s: %s", left, strerror(errno));
        (void)(descriptor >= 0 && unlink(left));
        left[0] = '\0';
        return status;
    }
    return PEREBOR_OK;
}

perebor_status hosts_ask(const char *file, double seconds, char left[64],
                         void (*missing)(const char *host), perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    host_list list = {0};
    size_t n_hosts = 0;
    size_t n_missing = 0;
    const char *shell = remote_shell();
    left[0] = '\0';
    if (shell == NULL) {
        return PEREBOR_OK;
    }
    PEREBOR_TRY(done, list_read(&list, file, error));
    ask_all(&list, shell, seconds);
    for (size_t i = 0; i < list.n; i++) {
        n_hosts += list.lines[i].name[0] != '\0';
        n_missing += !list.lines[i].answers;
    }
    if (n_missing == 0 || n_missing == n_hosts) {
        goto done;
    }
    for (size_t i = 0; i < list.n; i++) {
        if (!list.lines[i].answers) {
            missing(list.lines[i].name);
        }
    }
    status = write_left(&list, left, error);
done:
    list_release(&list);
    return status;
}
