// SPDX-License-Identifier: MIT
#include "h5/hdf5_kind.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { head_size = 512 };

/** The first bytes. @return How many; 0 if it is no file or empty. */
static size_t read_head(const char *path, char head[head_size]) {
    struct stat about;
    ssize_t n = 0;
    int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (descriptor >= 0 && fstat(descriptor, &about) == 0 && S_ISREG(about.st_mode)) {
        n = read(descriptor, head, head_size);
    }
    if (descriptor >= 0) {
        (void)close(descriptor);
    }
    return n > 0 ? (size_t)n : 0;
}

static bool is_text(const char *head, size_t n) {
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)head[i];
        if (c < ' ' && c != '\n' && c != '\r' && c != '\t') {
            return false;
        }
    }
    return true;
}

static bool ends_in(const char *path, const char *ending) {
    const char *dot = strrchr(path, '.');
    return dot != NULL && strcasecmp(dot, ending) == 0;
}

void hdf5_describe_kind(const char *path, char *text, size_t size) {
    char head[head_size];
    size_t n = read_head(path, head);
    const char *kind = "not an HDF5 file; give one that 'perebor run' wrote";
    if (n == 0) {
        kind = "empty, or not a file; a result is an HDF5 file";
    } else if (n >= 8 && memcmp(head, "\x89HDF\r\n\x1a\n", 8) == 0) {
        kind = "an HDF5 file that is damaged or cut off";
    } else if (is_text(head, n) && (ends_in(path, ".yaml") || ends_in(path, ".yml"))) {
        kind = "an experiment, it seems, and not a result; give the HDF5 file that 'perebor run' "
               "made of it, under results/ unless -o said otherwise";
    } else if (is_text(head, n)) {
        kind = "text and not a result; give an HDF5 file that 'perebor run' wrote";
    }
    (void)snprintf(text, size, "%s", kind);
}
