// SPDX-License-Identifier: MIT
#include "cli/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "cli/argument.h"
#include "cli/command.h"
#include "cli/fold.h"

enum { fixed_piece = 1024, longest_character = 4, longest_line = 1 << 20 };

/** One of the two streams. */
typedef struct filter {
    int descriptor;
    bool is_raw;
    size_t n_held; /**< Bytes of a character that is not whole yet. */
    char held[longest_character];
    bool folds; /**< To a terminal: lines are parted where it ends. */
    char *line; /**< What has come of a line; [n_line] bytes of [longest_line]. */
    size_t n_line;
    bool coloured;        /**< Folds, and may use colours. */
    const char *emphasis; /**< How lines begin that are bold, or NULL. */
    int problem;          /**< errno of the first write that failed */
} filter;

static filter output = {.descriptor = STDOUT_FILENO}, errors = {.descriptor = STDERR_FILENO};
static bool ended;

static bool put(filter *to, const char *bytes, size_t size) {
    if (perebor_file_write_all(to->descriptor, "", bytes, size, NULL) == PEREBOR_OK) {
        return true;
    }
    to->problem = to->problem != 0 ? to->problem : errno;
    return false;
}

static bool put_piece(void *to, const char *bytes, size_t size) {
    return put(to, bytes, size);
}

static bool begins(const filter *to, const char *beginning) {
    return beginning != NULL && to->line != NULL && strlen(beginning) <= to->n_line &&
           memcmp(to->line, beginning, strlen(beginning)) == 0;
}

/** The sequence that makes the line what it is to be, or "". */
static const char *colour_of(const filter *to) {
    return !to->coloured                     ? ""
           : begins(to, to->emphasis)        ? "\033[1m"
           : begins(to, "perebor: warning:") ? "\033[33m"
                                             : "";
}

/** Writes what has come of a line. */
static bool put_line(filter *to) {
    static const char plain[] = "\033[0m";
    struct winsize window = {0};
    bool known = to->n_line > 0 && ioctl(to->descriptor, TIOCGWINSZ, &window) == 0;
    const char *colour = colour_of(to);
    size_t n = to->n_line;
    to->n_line = 0;
    if (n == 0) {
        return true;
    }
    return put(to, colour, strlen(colour)) &&
           fold_line(to->line, n, known ? window.ws_col : 0, put_piece, to) &&
           (*colour == '\0' || put(to, plain, sizeof plain - 1));
}

/** Writes lines as they become whole. */
static bool put_folded(filter *to, const char *text, size_t size) {
    for (size_t at = 0; at < size;) {
        const char *end = memchr(text + at, '\n', size - at);
        size_t n = end != NULL ? (size_t)(end - text) - at : size - at;
        if (to->n_line + n > longest_line) {
            to->folds = false; // nobody reads such a line
            return put_line(to) && put(to, text + at, size - at);
        }
        memcpy(to->line + to->n_line, text + at, n);
        to->n_line += n;
        at += n;
        if (end != NULL) {
            if (!put_line(to) || !put(to, "\n", 1)) {
                return false;
            }
            at++;
        }
    }
    return true;
}

/** The length of a piece without a character that is cut at its end. */
static size_t whole_length(const char *text, size_t length) {
    size_t start = length;
    while (start > 0 && length - start < longest_character - 1 &&
           ((unsigned char)text[start - 1] & 0xC0u) == 0x80u) {
        start--;
    }
    if (start == 0) {
        return length;
    }
    unsigned char lead = (unsigned char)text[start - 1];
    size_t needed = lead >= 0xF0u ? 4 : lead >= 0xE0u ? 3 : lead >= 0xC0u ? 2 : 1;
    return length - (start - 1) < needed ? start - 1 : length;
}

static bool put_escaped(filter *to, const char *text, size_t size) {
    char piece[longest_character + fixed_piece];
    char escaped[4 * sizeof piece + 1];
    for (size_t at = 0; at < size;) {
        size_t n = size - at < fixed_piece ? size - at : fixed_piece;
        memcpy(piece, to->held, to->n_held);
        memcpy(piece + to->n_held, text + at, n);
        size_t length = to->n_held + n;
        size_t whole = whole_length(piece, length);
        to->n_held = length - whole;
        memcpy(to->held, piece + whole, to->n_held);
        size_t n_escaped = perebor_text_escape(escaped, piece, whole, PEREBOR_ESCAPE_CONTROLS);
        if (to->folds ? !put_folded(to, escaped, n_escaped) : !put(to, escaped, n_escaped)) {
            return false;
        }
        at += n;
    }
    return true;
}

static ssize_t write_filtered(void *cookie, const char *text, size_t size) {
    filter *to = cookie;
    bool written = to->is_raw ? put(to, text, size) : put_escaped(to, text, size);
    return written ? (ssize_t)size : 0; // 0 is how a cookie says that it failed
}

static FILE *open_filtered(filter *to, int buffering) {
    to->line = isatty(to->descriptor) == 1 ? malloc(longest_line) : NULL;
    to->folds = to->line != NULL;
    const char *kind = getenv("TERM");
    const char *none = getenv("NO_COLOR"); // https://no-color.org: set, and not empty
    to->coloured =
        to->folds && kind != NULL && strcmp(kind, "dumb") != 0 && (none == NULL || *none == '\0');
    FILE *stream = fopencookie(to, "w", (cookie_io_functions_t){.write = write_filtered});
    if (stream != NULL) {
        (void)setvbuf(stream, NULL, buffering, BUFSIZ);
    }
    return stream;
}

/** Takes the places of descriptors that are closed, so that using them fails as it should. */
static void take_closed(void) {
    for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; descriptor++) {
        if (fcntl(descriptor, F_GETFD) < 0) {
            (void)open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY);
        }
    }
}

/** For those who leave by exit(), as argp does after --help. */
static void end_at_exit(void) {
    if (!ended && terminal_end(EXIT_OK) != EXIT_OK) {
        _exit(EXIT_FAILED);
    }
}

void terminal_begin(void) {
    take_closed();
    FILE *out = open_filtered(&output, isatty(STDOUT_FILENO) == 1 ? _IOLBF : _IOFBF);
    FILE *err = open_filtered(&errors, _IOLBF);
    if (out != NULL && err != NULL) {
        stdout = out;
        stderr = err;
    }
    (void)atexit(end_at_exit);
}

void terminal_print_data(void) {
    (void)fflush(stdout);
    (void)put_line(&output);
    output.folds = false;
    output.is_raw = isatty(STDOUT_FILENO) != 1;
}

void terminal_emphasize(FILE *stream, const char *beginning) {
    (void)fflush(stream);
    (stream == stdout ? &output : &errors)->emphasis = beginning;
}

size_t terminal_width(void) {
    struct winsize window = {0};
    uint64_t width = 0;
    if (isatty(STDOUT_FILENO) == 1 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0) {
        return window.ws_col;
    }
    const char *columns = getenv("COLUMNS");
    bool known = columns != NULL &&
                 argument_read_number(columns, columns + strlen(columns), &width) && width < 10000;
    return known ? (size_t)width : 0;
}

/** Writes the beginning of a character that never became whole. */
static bool put_held(filter *to) {
    char escaped[4 * longest_character + 1];
    size_t n = perebor_text_escape(escaped, to->held, to->n_held, PEREBOR_ESCAPE_CONTROLS);
    to->n_held = 0;
    return put_line(to) && put(to, escaped, n);
}

int terminal_end(int code) {
    ended = true;
    bool written = fflush(stdout) == 0 && ferror(stdout) == 0 && put_held(&output);
    if (!written) {
        fprintf(stderr, "perebor: standard output cannot be written: %s\n",
                strerror(output.problem));
        code = code == EXIT_OK ? EXIT_FAILED : code;
    }
    (void)fflush(stderr);
    (void)put_held(&errors);
    free(output.line);
    free(errors.line);
    output.line = errors.line = NULL;
    output.folds = errors.folds = false;
    return code;
}

void terminal_control(const char *text) {
    (void)fflush(stderr);
    (void)put_line(&errors);
    (void)put(&errors, text, strlen(text));
}
