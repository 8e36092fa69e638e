// SPDX-License-Identifier: MIT
#include "table/csv.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "table/csv_marks.h"

enum {
    file_chunk = 1 << 20,
    min_room = 8,    // of bytes, so that any character has room
    min_sample = 16, // bytes to look at before the first record, however small the chunk
    max_buffer = 1 << 29,
    first_fields = 32,
    careful_records = 64, // to be read one byte at a time after one that is not plain
};

/** How the parsing of a record ended. */
typedef enum outcome { COMPLETE, NEEDS_MORE, BROKEN, NO_MEMORY } outcome;

/** A record as it is parsed: where it stands, and what is wrong with it. */
typedef struct parse {
    size_t at;
    uint64_t line;
    const char *problem;
    uint64_t problem_line;
} parse;

/** Reads once, as much as the buffer has room for. */
static perebor_status read_some(csv_reader *reader, perebor_error *error) {
    size_t n_got = 0;
    perebor_status status = byte_stream_read(&reader->stream, reader->buffer + reader->end,
                                             reader->capacity - reader->end, &n_got, error);
    reader->end += n_got;
    reader->n_taken += n_got;
    reader->at_end = status == PEREBOR_OK && n_got == 0;
    return status;
}

/** Gives the buffer room, so that what it holds can double: parsing a long record begins anew each
 * time, and stays linear. */
static perebor_status grow(csv_reader *reader, perebor_error *error) {
    size_t capacity = reader->capacity == 0 ? reader->chunk_size : reader->capacity;
    while (reader->end >= capacity / 2 || capacity - reader->end < min_room) {
        capacity *= 2;
    }
    if (capacity > max_buffer) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "%s:%" PRIu64 ": a record of more than %d MiB; is this a table, and is "
                            "a quote opened and never closed?",
                            reader->name, reader->next_line, max_buffer / 2 >> 20);
    }
    char *buffer = realloc(reader->buffer, capacity + CSV_SLACK);
    if (buffer == NULL) {
        return perebor_no_memory(error, "for %zu bytes of %s", capacity, reader->name);
    }
    memset(buffer + capacity, 0, CSV_SLACK);
    reader->buffer = buffer;
    reader->capacity = capacity;
    return PEREBOR_OK;
}

/** Moves what is left to the front, makes room if that does not, and reads on. */
static perebor_status refill(csv_reader *reader, perebor_error *error) {
    if (reader->start > 0) {
        memmove(reader->buffer, reader->buffer + reader->start, reader->end - reader->start);
        reader->end -= reader->start;
        reader->start = 0;
        reader->marks_of = SIZE_MAX;
    }
    if (reader->end >= reader->capacity / 2 || reader->capacity - reader->end < min_room) {
        perebor_status status = grow(reader, error);
        if (status != PEREBOR_OK) {
            return status;
        }
    }
    return read_some(reader, error);
}

/** Reads until the buffer holds a chunk or the whole source. */
static perebor_status fill(csv_reader *reader, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t wanted = reader->chunk_size < min_sample ? min_sample : reader->chunk_size;
    while (!reader->at_end && reader->end - reader->start < wanted) {
        PEREBOR_TRY(done, refill(reader, error));
    }
done:
    return status;
}

static perebor_status begin(csv_reader *reader, perebor_error *error) {
    csv_set_delimiter(reader, ',');
    reader->next_line = 1;
    perebor_status status = fill(reader, error);
    if (status != PEREBOR_OK) {
        csv_close(reader);
    }
    return status;
}

perebor_status csv_open_file(csv_reader *reader, const char *name, const char *encoding,
                             perebor_error *error) {
    memset(reader, 0, sizeof *reader);
    reader->name = name;
    reader->chunk_size = file_chunk;
    perebor_status status = byte_stream_open_file(&reader->stream, name, encoding, error);
    return status == PEREBOR_OK ? begin(reader, error) : status;
}

perebor_status csv_open_memory(csv_reader *reader, const char *name, const char *encoding,
                               const char *bytes, size_t size, size_t chunk_size,
                               perebor_error *error) {
    memset(reader, 0, sizeof *reader);
    reader->name = name;
    reader->chunk_size = chunk_size;
    perebor_status status =
        byte_stream_open_memory(&reader->stream, name, encoding, bytes, size, error);
    return status == PEREBOR_OK ? begin(reader, error) : status;
}

perebor_status csv_open_sample(csv_reader *reader, const char *text, size_t size,
                               perebor_error *error) {
    memset(reader, 0, sizeof *reader);
    reader->name = "sample";
    reader->chunk_size = size + 1;
    byte_stream_wrap(&reader->stream, reader->name, text, size);
    return begin(reader, error);
}

void csv_open_part(csv_reader *reader, const char *name, char *bytes, size_t size, uint64_t line) {
    memset(reader, 0, sizeof *reader);
    byte_stream_wrap(&reader->stream, name, NULL, 0);
    reader->name = name;
    reader->buffer = bytes;
    reader->end = reader->capacity = size;
    reader->at_end = true;
    reader->next_line = line;
    csv_set_delimiter(reader, ',');
}

perebor_status csv_open_descriptor(csv_reader *reader, const char *name, int file,
                                   perebor_error *error) {
    memset(reader, 0, sizeof *reader);
    byte_stream_wrap(&reader->stream, name, NULL, 0);
    reader->stream.file = file;
    reader->name = name;
    reader->chunk_size = file_chunk;
    return begin(reader, error);
}

uint64_t csv_position(const csv_reader *reader, uint64_t *line) {
    *line = reader->next_line;
    return reader->n_taken - (reader->end - reader->start);
}

void csv_set_delimiter(csv_reader *reader, char delimiter) {
    reader->delimiter = delimiter;
    memset(reader->special, 0, sizeof reader->special);
    reader->special[(unsigned char)delimiter] = true;
    reader->special['\r'] = reader->special['\n'] = reader->special['\0'] = true;
    reader->marks_of = SIZE_MAX;
}

const char *csv_peek(const csv_reader *reader, size_t *size) {
    *size = reader->end - reader->start;
    return reader->buffer + reader->start;
}

static bool add_field(csv_reader *reader, size_t start, size_t length) {
    if (reader->n_fields == reader->fields_capacity) {
        size_t capacity = reader->fields_capacity == 0 ? first_fields : 2 * reader->fields_capacity;
        csv_field *fields = realloc(reader->fields, capacity * sizeof *fields);
        if (fields == NULL) {
            return false;
        }
        reader->fields = fields;
        reader->fields_capacity = capacity;
    }
    reader->fields[reader->n_fields++] = (csv_field){reader->buffer + start, length};
    return true;
}

static outcome broken(parse *parse, const char *problem, uint64_t line) {
    parse->problem = problem;
    parse->problem_line = line;
    return BROKEN;
}

/** Finds the end of a quoted field; @p parse stands behind the opening quote, then behind the
 * closing one. */
static outcome skip_quoted(const csv_reader *reader, parse *parse) {
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
static outcome parse_field(csv_reader *reader, parse *parse) {
    size_t start = parse->at;
    if (start < reader->end && reader->buffer[start] == '"') {
        parse->at++;
        outcome outcome = skip_quoted(reader, parse);
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
static outcome parse_line_end(const csv_reader *reader, parse *parse) {
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
static outcome parse_record(csv_reader *reader, parse *parse) {
    reader->n_fields = 0;
    for (;;) {
        outcome outcome = parse_field(reader, parse);
        if (outcome != COMPLETE) {
            return outcome;
        }
        if (parse->at == reader->end || reader->buffer[parse->at] != reader->delimiter) {
            return parse_line_end(reader, parse);
        }
        parse->at++;
    }
}

/** Passes over a line whatever is in it; @p parse stands in it, then at the next. */
static outcome skip_line(const csv_reader *reader, parse *parse) {
    while (parse->at < reader->end && reader->buffer[parse->at] != '\n' &&
           reader->buffer[parse->at] != '\r') {
        parse->at++;
    }
    return parse_line_end(reader, parse);
}

/** Takes a field out of its quotes, in place. */
static void unquote(csv_field *field) {
    char *from = field->text + 1;
    char *end = field->text + field->length - 1;
    char *to = field->text;
    while (from < end) {
        from += *from == '"';
        *to++ = *from++;
    }
    field->length = (size_t)(to - field->text);
}

/** Parses what is at the start of the buffer until it is complete. */
static perebor_status advance(csv_reader *reader, outcome (*parse_one)(csv_reader *, parse *),
                              perebor_error *error) {
    for (;;) {
        parse parse = {.at = reader->start, .line = reader->next_line};
        perebor_status status = PEREBOR_OK;
        switch (parse_one(reader, &parse)) {
        case COMPLETE:
            reader->line = reader->next_line;
            reader->next_line = parse.line;
            reader->start = parse.at;
            return PEREBOR_OK;
        case NEEDS_MORE:
            status = refill(reader, error);
            if (status != PEREBOR_OK) {
                return status;
            }
            break;
        case BROKEN:
            return perebor_fail(error, PEREBOR_ERR_FORMAT, "%s:%" PRIu64 ": %s", reader->name,
                                parse.problem_line, parse.problem);
        case NO_MEMORY:
            return perebor_no_memory(error, "for %zu fields of %s", reader->n_fields, reader->name);
        }
    }
}

/** A record, or a line of comment as a record without fields. */
static outcome parse_record_or_comment(csv_reader *reader, parse *parse) {
    if (reader->comment != '\0' && parse->at < reader->end &&
        reader->buffer[parse->at] == reader->comment) {
        reader->n_fields = 0;
        return skip_line(reader, parse);
    }
    return parse_record(reader, parse);
}

/**
 * Reads the next record if it is plain: fields without quotes, a line end of one byte, all of it in
 * the buffer and not near its end. Special bytes are found 64 at a time, see csv_marks.h.
 *
 * @return false if that must be read byte by byte: nothing is read then.
 */
static bool read_plain(csv_reader *reader) {
    const char *buffer = reader->buffer;
    bool go_on = reader->marks_of == reader->start;
    size_t start = reader->start, at = start, n = 0;
    size_t marked = go_on ? reader->marked : start;
    uint64_t marks = go_on ? reader->marks : 0;
    char ending;
    if (reader->comment != '\0' && start < reader->end && buffer[start] == reader->comment) {
        return false;
    }
    do {
        while (marks == 0) {
            if (reader->end - marked < CSV_MARKED_BYTES) {
                return false;
            }
            marks = csv_marks_find(buffer + marked, reader->delimiter);
            marked += CSV_MARKED_BYTES;
        }
        size_t found = marked - CSV_MARKED_BYTES + (size_t)__builtin_ctzll(marks);
        marks &= marks - 1;
        ending = buffer[found];
        if (buffer[at] == '"' || n == reader->fields_capacity) {
            return false;
        }
        reader->fields[n++] = (csv_field){reader->buffer + at, found - at};
        at = found + 1;
    } while (ending == reader->delimiter);
    if (ending != '\n' || (n == 1 && reader->fields[0].length == 0)) {
        return false;
    }
    reader->n_fields = n;
    reader->line = reader->next_line++;
    reader->start = reader->marks_of = at;
    reader->marked = marked;
    reader->marks = marks;
    return true;
}

perebor_status csv_read(csv_reader *reader, bool *more, perebor_error *error) {
    if (reader->n_careful == 0 && read_plain(reader)) {
        *more = true;
        return PEREBOR_OK;
    }
    reader->n_careful = reader->n_careful == 0 ? careful_records : reader->n_careful - 1;
    do {
        if (reader->start == reader->end && reader->at_end) {
            *more = false;
            return PEREBOR_OK;
        }
        perebor_status status = advance(reader, parse_record_or_comment, error);
        if (status != PEREBOR_OK) {
            return status;
        }
    } while (reader->n_fields == 0 || (reader->n_fields == 1 && reader->fields[0].length == 0));
    for (size_t i = 0; i < reader->n_fields; i++) {
        if (reader->fields[i].length > 0 && reader->fields[i].text[0] == '"') {
            unquote(&reader->fields[i]);
        }
    }
    *more = true;
    return PEREBOR_OK;
}

/** Looks whether there are but plain lines for a while. @param[in] at  Where the buffer stands. */
static void look_ahead(csv_reader *reader, uint64_t at) {
    enum { window = 1 << 14, careful_window = 1 << 16 };
    static const char signs[] = {'"', '\r', '\0'};
    const char *from = reader->buffer + reader->start;
    size_t left = reader->end - reader->start, plain = left < window ? left : window;
    for (size_t i = 0; i < sizeof signs && plain > 0; i++) {
        const char *found = memchr(from, signs[i], plain);
        if (found != NULL) { // where one is, more are near, and looking for them again is no gain
            plain = (size_t)(found - from);
            reader->careful_until = at + careful_window;
        }
    }
    reader->plain_until = at + plain;
}

bool csv_skip_plain(csv_reader *reader) {
    uint64_t line, at = csv_position(reader, &line);
    if (at >= reader->plain_until && at >= reader->careful_until) {
        look_ahead(reader, at);
    }
    if (at >= reader->plain_until) {
        return false;
    }
    char *from = reader->buffer + reader->start;
    size_t left = reader->end - reader->start;
    size_t plain = (size_t)(reader->plain_until - at);
    char *end = memchr(from, '\n', plain < left ? plain : left);
    if (end == NULL || (unsigned char)*from <= ' ' || *from == reader->comment) {
        return false;
    }
    reader->start += (size_t)(end - from) + 1;
    reader->line = reader->next_line++;
    return true;
}

static outcome parse_any_line(csv_reader *reader, parse *parse) {
    return skip_line(reader, parse);
}

perebor_status csv_skip_lines(csv_reader *reader, uint32_t n_lines, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (uint32_t i = 0; i < n_lines && !(reader->start == reader->end && reader->at_end); i++) {
        PEREBOR_TRY(done, advance(reader, parse_any_line, error));
    }
    status = fill(reader, error);
done:
    return status;
}

perebor_status csv_take_separator(csv_reader *reader, char *delimiter, perebor_error *error) {
    static const char word[] = "sep=";
    const char *line = reader->buffer + reader->start;
    size_t length = sizeof word - 1;
    size_t size = reader->end - reader->start;
    *delimiter = '\0';
    if (size < length + 2 || memcmp(line, word, length) != 0 ||
        (line[length + 1] != '\n' && line[length + 1] != '\r')) {
        return PEREBOR_OK;
    }
    *delimiter = line[length];
    return csv_skip_lines(reader, 1, error);
}

void csv_digest(const csv_reader *reader, uint8_t sha256[PEREBOR_SHA256_SIZE]) {
    perebor_sha256 digest = reader->stream.digest;
    perebor_sha256_final(&digest, sha256);
}

void csv_close(csv_reader *reader) {
    byte_stream_close(&reader->stream);
    free(reader->buffer);
    free(reader->fields);
    memset(reader, 0, sizeof *reader);
    reader->stream.file = -1;
}
