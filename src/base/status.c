// SPDX-License-Identifier: MIT
#include "perebor/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *perebor_status_name(perebor_status status) {
    switch (status) {
    case PEREBOR_OK:
        return "ok";
    case PEREBOR_ERR_ARGUMENT:
        return "invalid argument";
    case PEREBOR_ERR_MEMORY:
        return "no memory";
    case PEREBOR_ERR_IO:
        return "input or output failed";
    case PEREBOR_ERR_FORMAT:
        return "malformed input";
    case PEREBOR_ERR_NUMERIC:
        return "numerical failure";
    case PEREBOR_ERR_CONFLICT:
        return "conflicting inputs";
    case PEREBOR_ERR_STOPPED:
        return "stopped";
    }
    return "unknown status";
}

/** Cuts a character that vsnprintf cut in two. */
static void drop_partial_character(char *text) {
    size_t length = strlen(text);
    size_t start = length;
    while (start > 0 && ((unsigned char)text[start - 1] & 0xC0u) == 0x80u) {
        start--;
    }
    if (start == 0) {
        return;
    }
    unsigned char lead = (unsigned char)text[start - 1];
    size_t needed = lead >= 0xF0u ? 4 : lead >= 0xE0u ? 3 : lead >= 0xC0u ? 2 : 1;
    if (length - (start - 1) < needed) {
        text[start - 1] = '\0';
    }
}

/** Writes @p start and a formatted message after it. */
static void set_message(perebor_error *error, perebor_status status, const char *start,
                        const char *format, va_list arguments) {
    char message[sizeof error->message];
    size_t length = strlen(start);
    memcpy(message, start, length + 1);
    int written = vsnprintf(message + length, sizeof message - length, format, arguments);
    if (written >= (int)(sizeof message - length)) {
        drop_partial_character(message);
    }
    error->status = status;
    memcpy(error->message, message, sizeof message);
}

perebor_status perebor_fail(perebor_error *error, perebor_status status, const char *format, ...) {
    if (error != NULL) {
        va_list arguments;
        va_start(arguments, format);
        set_message(error, status, "", format, arguments);
        va_end(arguments);
    }
    return status;
}

perebor_status perebor_no_memory(perebor_error *error, const char *what, ...) {
    if (error != NULL) {
        va_list arguments;
        va_start(arguments, what);
        set_message(error, PEREBOR_ERR_MEMORY, "no memory ", what, arguments);
        va_end(arguments);
    }
    return PEREBOR_ERR_MEMORY;
}
