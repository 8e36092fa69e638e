// SPDX-License-Identifier: MIT
#include "base/progress.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static const double LIVE_INTERVAL_SECONDS = 0.1;
static const double LOGGED_INTERVAL_SECONDS = 30.0;

static double monotonic_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void perebor_progress_begin(perebor_progress *progress) {
    *progress = (perebor_progress){.live = isatty(STDERR_FILENO) == 1};
    progress->last_seconds = progress->live ? 0.0 : monotonic_seconds();
}

bool perebor_progress_due(const perebor_progress *progress) {
    double interval = progress->live ? LIVE_INTERVAL_SECONDS : LOGGED_INTERVAL_SECONDS;
    return monotonic_seconds() - progress->last_seconds >= interval;
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

void perebor_progress_show(perebor_progress *progress, const char *line) {
    progress->last_seconds = monotonic_seconds();
    if (!progress->live) {
        fprintf(stderr, "%s\n", line);
        return;
    }
    struct winsize window = {0};
    size_t width = 79;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 1) {
        width = window.ws_col - 1u;
    }
    fprintf(stderr, "\r\033[K%.*s", (int)fitting_bytes(line, width), line);
    fflush(stderr);
    progress->shown = true;
}

void perebor_progress_end(perebor_progress *progress) {
    if (progress->shown) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
        progress->shown = false;
    }
}

void perebor_progress_duration(double seconds, char *text, size_t size) {
    if (!(seconds < 1e9)) {
        snprintf(text, size, "?");
        return;
    }
    long whole = (long)floor(seconds + 0.5);
    if (seconds < 9.95) {
        snprintf(text, size, "%.1f s", seconds);
    } else if (whole < 60) {
        snprintf(text, size, "%ld s", whole);
    } else if (whole < 3600) {
        snprintf(text, size, "%ld min %02ld s", whole / 60, whole % 60);
    } else {
        snprintf(text, size, "%ld h %02ld min", whole / 3600, whole % 3600 / 60);
    }
}
