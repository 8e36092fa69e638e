// SPDX-License-Identifier: MIT
#include "cli/progress.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/terminal.h"

static const double live_interval_seconds = 0.1;
static const double logged_interval_seconds = 30.0;

/** Reads a small file of /proc; an empty text if there is none. */
static void read_proc(long process, const char *what, char *text, size_t size) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/%s", process, what);
    FILE *file = fopen(path, "r");
    size_t length = file != NULL ? fread(text, 1, size - 1, file) : 0;
    text[length] = '\0';
    if (file != NULL) {
        (void)fclose(file);
    }
}

static long parent_of(long process) {
    char text[512];
    long parent = 0;
    read_proc(process, "stat", text, sizeof text);
    const char *after_name = strrchr(text, ')');
    if (after_name == NULL || sscanf(after_name, ") %*c %ld", &parent) != 1) {
        return 0;
    }
    return parent;
}

static bool is_launcher(long process) {
    static const char *const names[] = {"mpiexec", "mpirun", "orterun", "prterun", "srun"};
    char name[64];
    read_proc(process, "comm", name, sizeof name);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strncmp(name, names[i], strlen(names[i])) == 0) {
            return true;
        }
    }
    return false;
}

/** Finds the terminal that the launcher above this process complains to, if it has one. */
static bool find_launcher_terminal(char *terminal, size_t size) {
    enum { n_generations = 6 }; // rank, its shim, the launcher's proxy, the launcher, its wrapper
    long process = (long)getppid();
    for (int i = 0; i < n_generations && process > 1; i++, process = parent_of(process)) {
        if (!is_launcher(process)) {
            continue;
        }
        char path[64];
        snprintf(path, sizeof path, "/proc/%ld/fd/2", process);
        ssize_t length = readlink(path, terminal, size - 1);
        terminal[length > 0 ? length : 0] = '\0';
        return strncmp(terminal, "/dev/pts/", 9) == 0 || strncmp(terminal, "/dev/tty", 8) == 0;
    }
    return false;
}

void perebor_progress_begin(perebor_progress *progress) {
    *progress = (perebor_progress){.live = isatty(STDERR_FILENO) == 1};
    if (!progress->live) {
        progress->live = find_launcher_terminal(progress->terminal, sizeof progress->terminal);
    }
    progress->last_seconds = progress->live ? 0.0 : clock_now();
}

bool perebor_progress_due(const perebor_progress *progress) {
    double interval = progress->live ? live_interval_seconds : logged_interval_seconds;
    return clock_now() - progress->last_seconds >= interval;
}

/** The bytes of @p line that fit into @p width columns, if every character takes one. */
static size_t fitting_bytes(const char *line, size_t width) {
    size_t bytes = 0;
    for (size_t columns = 0; line[bytes] != '\0'; bytes++) {
        bool starts_character = ((unsigned char)line[bytes] & 0xC0u) != 0x80u;
        if (starts_character && columns++ == width) {
            break;
        }
    }
    return bytes;
}

/** Columns that a line may take; 79 if the terminal does not say. */
static size_t line_width(const perebor_progress *progress) {
    struct winsize window = {0};
    int terminal = STDERR_FILENO;
    if (progress->terminal[0] != '\0') {
        terminal = open(progress->terminal, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    }
    bool known = terminal >= 0 && ioctl(terminal, TIOCGWINSZ, &window) == 0 && window.ws_col > 1;
    if (terminal >= 0 && terminal != STDERR_FILENO) {
        (void)close(terminal);
    }
    return known ? window.ws_col - 1u : 79;
}

void perebor_progress_show(perebor_progress *progress, const char *line) {
    progress->last_seconds = clock_now();
    if (!progress->live) {
        fprintf(stderr, "%s\n", line);
        return;
    }
    size_t width = line_width(progress);
    char shown[512]; // the line is the program's own: numbers and words
    (void)snprintf(shown, sizeof shown, "\r\033[K%.*s", (int)fitting_bytes(line, width), line);
    terminal_control(shown);
    progress->shown = true;
}

void perebor_progress_end(perebor_progress *progress) {
    if (progress->shown) {
        terminal_control("\r\033[K");
        progress->shown = false;
    }
}

void perebor_progress_duration(double seconds, char *text, size_t size) {
    if (!(seconds < 1e9)) {
        snprintf(text, size, "?");
        return;
    }
    long whole = (long)floor(seconds + 0.5);
    if (seconds < 0.0009995) {
        snprintf(text, size, "%.0f µs", 1e6 * seconds);
    } else if (seconds < 0.00995) {
        snprintf(text, size, "%.1f ms", 1e3 * seconds);
    } else if (seconds < 0.9995) {
        snprintf(text, size, "%.0f ms", 1e3 * seconds);
    } else if (seconds < 9.95) {
        snprintf(text, size, "%.1f s", seconds);
    } else if (whole < 60) {
        snprintf(text, size, "%ld s", whole);
    } else if (whole < 3600) {
        snprintf(text, size, "%ld min %02ld s", whole / 60, whole % 60);
    } else {
        snprintf(text, size, "%ld h %02ld min", whole / 3600, whole % 3600 / 60);
    }
}
