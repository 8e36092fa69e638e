// SPDX-License-Identifier: MIT
#include "table/encoding.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "perebor/tables.h"

/** An encoding by its name here, iconv's name, and other names in use. */
static const struct encoding {
    const char *name, *iconv_name;
    bool is_charset;
    const char *aliases[4];
} encodings[] = {
    {"utf-8", "UTF-8", false, {"utf8", "utf-8-sig"}},
    {"utf-16", "UTF-16", false, {"utf16", "ucs-2"}},
    {"utf-16le", "UTF-16LE", false, {"utf-16-le", "utf16le"}},
    {"utf-16be", "UTF-16BE", false, {"utf-16-be", "utf16be"}},
    {"latin-1", "ISO-8859-1", true, {"latin1", "iso-8859-1", "iso8859-1", "l1"}},
    {"latin-2", "ISO-8859-2", true, {"latin2", "iso-8859-2", "iso8859-2"}},
    {"latin-9", "ISO-8859-15", true, {"latin9", "iso-8859-15", "iso8859-15"}},
    {"iso-8859-5", "ISO-8859-5", true, {"iso8859-5"}},
    {"iso-8859-7", "ISO-8859-7", true, {"iso8859-7"}},
    {"iso-8859-9", "ISO-8859-9", true, {"iso8859-9", "latin-5", "latin5"}},
    {"windows-1250", "CP1250", true, {"cp1250"}},
    {"windows-1251", "CP1251", true, {"cp1251"}},
    {"windows-1252", "CP1252", true, {"cp1252"}},
    {"windows-1253", "CP1253", true, {"cp1253"}},
    {"windows-1254", "CP1254", true, {"cp1254"}},
    {"windows-1257", "CP1257", true, {"cp1257"}},
    {"koi8-r", "KOI8-R", true, {"koi8r"}},
    {"koi8-u", "KOI8-U", true, {"koi8u"}},
    {"cp866", "CP866", true, {"ibm866", "866"}},
    {"cp850", "CP850", true, {"ibm850", "850"}},
    {"cp437", "CP437", true, {"ibm437", "437"}},
    {"mac-roman", "MACINTOSH", true, {"macroman", "macintosh"}},
};

enum { n_encodings = sizeof encodings / sizeof *encodings, min_zeros = 4 };

static bool is_named(const struct encoding *encoding, const char *word) {
    bool named = strcasecmp(encoding->name, word) == 0;
    for (size_t i = 0; i < sizeof encoding->aliases / sizeof *encoding->aliases; i++) {
        named |= encoding->aliases[i] != NULL && strcasecmp(encoding->aliases[i], word) == 0;
    }
    return named;
}

static const struct encoding *find(const char *word) {
    for (size_t i = 0; i < n_encodings; i++) {
        if (is_named(&encodings[i], word)) {
            return &encodings[i];
        }
    }
    return NULL;
}

const char *perebor_encoding_find(const char *word) {
    const struct encoding *encoding = find(word);
    return encoding == NULL ? NULL : encoding->name;
}

const char *perebor_encoding_name(size_t i) {
    return i < n_encodings ? encodings[i].name : NULL;
}

bool encoding_is_charset(const char *encoding) {
    const struct encoding *found = find(encoding);
    return found != NULL && found->is_charset;
}

const char *encoding_of_mark(const char *bytes, size_t size, size_t *mark_size) {
    static const struct {
        const char *mark;
        size_t size;
        const char *encoding;
    } marks[] = {
        {"\xEF\xBB\xBF", 3, "utf-8"}, {"\xFF\xFE", 2, "utf-16le"}, {"\xFE\xFF", 2, "utf-16be"}};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (size >= marks[i].size && memcmp(bytes, marks[i].mark, marks[i].size) == 0) {
            *mark_size = marks[i].size;
            return marks[i].encoding;
        }
    }
    return NULL;
}

const char *encoding_of_zeros(const char *bytes, size_t size) {
    size_t n_zeros[2] = {0, 0};
    for (size_t i = 0; i < size; i++) {
        n_zeros[i % 2] += bytes[i] == '\0';
    }
    // Delimiters, digits and line ends are ASCII, whatever the names are.
    for (size_t i = 0; i < 2; i++) {
        if (n_zeros[i] >= min_zeros && n_zeros[1 - i] == 0 && n_zeros[i] >= size / 8) {
            return i == 1 ? "utf-16le" : "utf-16be";
        }
    }
    return NULL;
}

static perebor_status open_converter(iconv_t *converter, const char *encoding,
                                     perebor_error *error) {
    const struct encoding *found = find(encoding);
    errno = 0;
    *converter = iconv_open("UTF-8", found == NULL ? encoding : found->iconv_name);
    // iconv's own word for failure is a pointer of value -1.
    if (*converter != (iconv_t)-1) { // NOLINT(performance-no-int-to-ptr)
        return PEREBOR_OK;
    }
    return errno == ENOMEM
               ? perebor_no_memory(error, "to read %s", encoding)
               : perebor_fail(error, PEREBOR_ERR_IO,
                              "the iconv of this system cannot read %s; save the file as UTF-8",
                              encoding);
}

perebor_status charset_load(charset *set, const char *encoding, perebor_error *error) {
    iconv_t converter;
    perebor_status status = open_converter(&converter, encoding, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    memset(set, 0, sizeof *set);
    for (size_t byte = 0; byte < CHARSET_SIZE; byte++) {
        char from = (char)byte;
        char *in = &from;
        char *out = set->utf8[byte];
        size_t n_in = 1;
        size_t n_out = CHARSET_MAX_LENGTH;
        (void)iconv(converter, NULL, NULL, NULL, NULL);
        if (iconv(converter, &in, &n_in, &out, &n_out) == 0) {
            set->length[byte] = (uint8_t)(CHARSET_MAX_LENGTH - n_out);
        }
    }
    (void)iconv_close(converter);
    return PEREBOR_OK;
}

size_t charset_convert(const charset *set, char *result, const char *text, size_t length,
                       unsigned char *bad) {
    size_t n = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (set->length[byte] == 0) {
            *bad = byte;
            return SIZE_MAX;
        }
        memcpy(result + n, set->utf8[byte], set->length[byte]);
        n += set->length[byte];
    }
    return n;
}

struct recoder {
    iconv_t converter;
    const char *encoding, *name;
    uint64_t n_bytes; /**< Converted so far. */
};

perebor_status recoder_create(recoder **result, const char *encoding, const char *name,
                              perebor_error *error) {
    recoder *state = calloc(1, sizeof *state);
    if (state == NULL) {
        return perebor_no_memory(error, "to read %s, which is in %s", name, encoding);
    }
    state->encoding = encoding;
    state->name = name;
    perebor_error problem;
    perebor_status status = open_converter(&state->converter, encoding, &problem);
    if (status != PEREBOR_OK) {
        free(state);
        return perebor_fail(error, status, "%s: %s", name, problem.message);
    }
    *result = state;
    return PEREBOR_OK;
}

static perebor_status fail_invalid(const recoder *state, const char *problem,
                                   perebor_error *error) {
    return perebor_fail(error, PEREBOR_ERR_FORMAT, "%s: byte %llu: %s in %s; is it the encoding?",
                        state->name, (unsigned long long)state->n_bytes, problem, state->encoding);
}

perebor_status recoder_run(recoder *state, const char **from, size_t *n_from, bool last, char *to,
                           size_t capacity, size_t *n_got, perebor_error *error) {
    // iconv does not write to its input.
    char *in = (char *)(uintptr_t)*from; // NOLINT(performance-no-int-to-ptr)
    size_t n_before = *n_from;
    size_t n_left = capacity;
    errno = 0;
    size_t code = iconv(state->converter, &in, n_from, &to, &n_left);
    int problem = code == (size_t)-1 ? errno : 0;
    state->n_bytes += n_before - *n_from;
    *from = in;
    *n_got = capacity - n_left;
    if (problem == EILSEQ) {
        return fail_invalid(state, "there is no such character", error);
    }
    if (problem == EINVAL && last) {
        return fail_invalid(state, "the file ends within a character", error);
    }
    return PEREBOR_OK;
}

void recoder_free(recoder *state) {
    if (state != NULL) {
        (void)iconv_close(state->converter);
        free(state);
    }
}
