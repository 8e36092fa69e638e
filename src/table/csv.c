// SPDX-License-Identifier: MIT
#include "table/csv.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/try.h"

enum { FILE_CHUNK = 1 << 20, FIRST_FIELDS = 32 };

/** How the parsing of a record ended. */
enum outcome { COMPLETE, NEEDS_MORE, BROKEN, NO_MEMORY };

/** A record as it is parsed: where it stands, and what is wrong with it. */
struct parse {
    size_t at;
    uint64_t line;
    const char *problem;
    uint64_t problem_line;
};

/** Reads once, as much as the buffer has room for. */
static perebor_status read_some(struct csv_reader *reader, perebor_error *error) {
    size_t wanted = reader->capacity - reader->end;
    size_t got = 0;
    if (reader->file < 0) {
        got = wanted < reader->memory_left ? wanted : reader->memory_left;
        if (got > 0) {
            memcpy(reader->buffer + reader->end, reader->memory, got);
        }
        reader->memory += got;
        reader->memory_left -= got;
    } else {
        ssize_t n;
        do {
            n = read(reader->file, reader->buffer + reader->end, wanted);
        } while (n < 0 && errno == EINTR);
        if (n < 0) {
            return perebor_fail(error, PEREBOR_ERR_IO, "%s: cannot read: %s", reader->name,
                                strerror(errno));
        }
        got = (size_t)n;
    }
    if (reader->file >= 0) {
        perebor_sha256_update(&reader->digest, reader->buffer + reader->end, got);
    }
    reader->end += got;
    reader->n_bytes += got;
    reader->at_end = got == 0;
    return PEREBOR_OK;
}

/** Moves what is left to the front, makes room if that does not, and reads on. */
static perebor_status refill(struct csv_reader *reader, perebor_error *error) {
    if (reader->start > 0) {
        memmove(reader->buffer, reader->buffer + reader->start, reader->end - reader->start);
        reader->end -= reader->start;
        reader->start = 0;
    }
    // Doubling keeps the parsing of a long record, which begins anew each time, linear.
    if (reader->end >= reader->capacity / 2) {
        size_t capacity = reader->capacity == 0 ? reader->chunk_size : 2 * reader->capacity;
        char *buffer = realloc(reader->buffer, capacity);
        if (buffer == NULL) {
            return perebor_fail(error, PEREBOR_ERR_MEMORY, "%s: out of memory for %zu bytes",
                                reader->name, capacity);
        }
        reader->buffer = buffer;
        reader->capacity = capacity;
    }
    return read_some(reader, error);
}

/** Reads until the buffer holds a chunk or the whole source, and looks for a byte order mark. */
static perebor_status begin(struct csv_reader *reader, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_sha256_init(&reader->digest);
    csv_set_delimiter(reader, ',');
    reader->next_line = 1;
    while (!reader->at_end && (reader->end < reader->chunk_size || reader->end < 3)) {
        PEREBOR_TRY(done, refill(reader, error));
    }
    const unsigned char *bytes = (const unsigned char *)reader->buffer;
    if (reader->end >= 2 &&
        ((bytes[0] == 0xFF && bytes[1] == 0xFE) || (bytes[0] == 0xFE && bytes[1] == 0xFF))) {
        status = perebor_fail(error, PEREBOR_ERR_FORMAT,
                              "%s:1: the file is UTF-16; save it as UTF-8", reader->name);
    } else if (reader->end >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
        reader->start = 3;
        reader->has_mark = true;
    }
done:
    if (status != PEREBOR_OK) {
        csv_close(reader);
    }
    return status;
}

perebor_status csv_open_file(struct csv_reader *reader, const char *name, perebor_error *error) {
    memset(reader, 0, sizeof *reader);
    reader->name = name;
    reader->chunk_size = FILE_CHUNK;
    reader->file = -1;
    perebor_status status = perebor_file_open_regular(name, &reader->file, error);
    return status == PEREBOR_OK ? begin(reader, error) : status;
}

perebor_status csv_open_memory(struct csv_reader *reader, const char *name, const char *bytes,
                               size_t size, size_t chunk_size, perebor_error *error) {
    memset(reader, 0, sizeof *reader);
    reader->name = name;
    reader->file = -1;
    reader->memory = bytes;
    reader->memory_left = size;
    reader->chunk_size = chunk_size;
    return begin(reader, error);
}

void csv_set_delimiter(struct csv_reader *reader, char delimiter) {
    reader->delimiter = delimiter;
    memset(reader->special, 0, sizeof reader->special);
    reader->special[(unsigned char)delimiter] = true;
    reader->special['\r'] = reader->special['\n'] = reader->special['\0'] = true;
}

const char *csv_peek(const struct csv_reader *reader, size_t *size) {
    *size = reader->end - reader->start;
    return reader->buffer + reader->start;
}

static bool add_field(struct csv_reader *reader, size_t start, size_t length) {
    if (reader->n_fields == reader->fields_capacity) {
        size_t capacity = reader->fields_capacity == 0 ? FIRST_FIELDS : 2 * reader->fields_capacity;
        struct csv_field *fields = realloc(reader->fields, capacity * sizeof *fields);
        if (fields == NULL) {
            return false;
        }
        reader->fields = fields;
        reader->fields_capacity = capacity;
    }
    reader->fields[reader->n_fields++] = (struct csv_field){reader->buffer + start, length};
    return true;
}

static enum outcome broken(struct parse *parse, const char *problem, uint64_t line) {
    parse->problem = problem;
    parse->problem_line = line;
    return BROKEN;
}

/** Finds the end of a quoted field; @p parse stands behind the opening quote, then behind the
 * closing one. */
static enum outcome skip_quoted(const struct csv_reader *reader, struct parse *parse) {
    uint64_t opened = parse->line;
    size_t at = parse->at;
    for (;; at++) {
        if (at == reader->end) {
            return reader->at_end ? broken(parse, "a quote is opened and never closed", opened)
                                  : NEEDS_MORE;
        }
        char byte = reader->buffer[at];
        if (byte == '\0') {
            return broken(parse, "there is a zero byte; is this a text file?", parse->line);
        }
        if (byte == '\n') {
            parse->line++;
        } else if (byte == '"') {
            if (at + 1 == reader->end && !reader->at_end) {
                return NEEDS_MORE;
            }
            if (at + 1 == reader->end || reader->buffer[at + 1] != '"') {
                parse->at = at + 1;
                return COMPLETE;
            }
            at++;
        }
    }
}

/** Parses one field; @p parse stands at its first byte, then at the byte that ended it. */
static enum outcome parse_field(struct csv_reader *reader, struct parse *parse) {
    size_t start = parse->at;
    if (start < reader->end && reader->buffer[start] == '"') {
        parse->at++;
        enum outcome outcome = skip_quoted(reader, parse);
        if (outcome != COMPLETE) {
            return outcome;
        }
        // The quotes stay in the field until the record is complete, see unquote().
        if (!add_field(reader, start, parse->at - start)) {
            return NO_MEMORY;
        }
        if (parse->at < reader->end && !reader->special[(unsigned char)reader->buffer[parse->at]]) {
            return broken(parse,
                          "there is text after a closing quote; double a quote inside quotes",
                          parse->line);
        }
        return COMPLETE;
    }
    const char *byte = reader->buffer + start;
    const char *end = reader->buffer + reader->end;
    while (byte < end && !reader->special[(unsigned char)*byte]) {
        byte++;
    }
    parse->at = (size_t)(byte - reader->buffer);
    return add_field(reader, start, parse->at - start) ? COMPLETE : NO_MEMORY;
}

/** Takes the line end at @p parse, which may be the end of the source. */
static enum outcome parse_line_end(const struct csv_reader *reader, struct parse *parse) {
    if (parse->at == reader->end) {
        return reader->at_end ? COMPLETE : NEEDS_MORE;
    }
    char byte = reader->buffer[parse->at];
    if (byte == '\0') {
        return broken(parse, "there is a zero byte; is this a text file?", parse->line);
    }
    if (byte == '\r') {
        if (parse->at + 1 == reader->end && !reader->at_end) {
            return NEEDS_MORE;
        }
        if (parse->at + 1 < reader->end && reader->buffer[parse->at + 1] == '\n') {
            parse->at++;
        }
    }
    parse->at++;
    parse->line++;
    return COMPLETE;
}

/** Parses the record at the start of the buffer; fields are set only if it is COMPLETE. */
static enum outcome parse_record(struct csv_reader *reader, struct parse *parse) {
    reader->n_fields = 0;
    for (;;) {
        enum outcome outcome = parse_field(reader, parse);
        if (outcome != COMPLETE) {
            return outcome;
        }
        if (parse->at == reader->end || reader->buffer[parse->at] != reader->delimiter) {
            return parse_line_end(reader, parse);
        }
        parse->at++;
    }
}

/** Takes a field out of its quotes, in place. */
static void unquote(struct csv_field *field) {
    char *from = field->text + 1;
    char *end = field->text + field->length - 1;
    char *to = field->text;
    while (from < end) {
        from += *from == '"';
        *to++ = *from++;
    }
    field->length = (size_t)(to - field->text);
}

perebor_status csv_read(struct csv_reader *reader, bool *more, perebor_error *error) {
    for (;;) {
        if (reader->start == reader->end && reader->at_end) {
            *more = false;
            return PEREBOR_OK;
        }
        struct parse parse = {.at = reader->start, .line = reader->next_line};
        switch (parse_record(reader, &parse)) {
        case COMPLETE:
            break;
        case NEEDS_MORE: {
            perebor_status status = refill(reader, error);
            if (status != PEREBOR_OK) {
                return status;
            }
            continue;
        }
        case BROKEN:
            return perebor_fail(error, PEREBOR_ERR_FORMAT, "%s:%" PRIu64 ": %s", reader->name,
                                parse.problem_line, parse.problem);
        case NO_MEMORY:
            return perebor_fail(error, PEREBOR_ERR_MEMORY, "%s: out of memory for %zu fields",
                                reader->name, reader->n_fields);
        }
        reader->line = reader->next_line;
        reader->next_line = parse.line;
        reader->start = parse.at;
        if (reader->n_fields > 1 || reader->fields[0].length > 0) {
            break;
        }
    }
    for (size_t i = 0; i < reader->n_fields; i++) {
        if (reader->fields[i].length > 0 && reader->fields[i].text[0] == '"') {
            unquote(&reader->fields[i]);
        }
    }
    *more = true;
    return PEREBOR_OK;
}

void csv_digest(const struct csv_reader *reader, uint8_t sha256[PEREBOR_SHA256_SIZE]) {
    perebor_sha256 digest = reader->digest;
    perebor_sha256_final(&digest, sha256);
}

void csv_close(struct csv_reader *reader) {
    if (reader->file >= 0) {
        (void)close(reader->file);
    }
    free(reader->buffer);
    free(reader->fields);
    memset(reader, 0, sizeof *reader);
    reader->file = -1;
}
