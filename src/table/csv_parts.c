// SPDX-License-Identifier: MIT
#include "table/csv_parts.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/try.h"

enum { copy_bytes = 1 << 18, mark_bytes = 3 };

static perebor_status add_part(csv_parts *parts, csv_part part, perebor_error *error) {
    if (parts->n == parts->capacity) {
        size_t capacity = parts->capacity == 0 ? 64 : 2 * parts->capacity;
        csv_part *larger = realloc(parts->parts, capacity * sizeof *larger);
        if (larger == NULL) {
            return perebor_no_memory(error, "to load tables");
        }
        parts->parts = larger;
        parts->capacity = capacity;
    }
    parts->parts[parts->n++] = part;
    return PEREBOR_OK;
}

/** Goes from record to record. @param[in] before  Bytes of the file that the reader has not seen.
 */
static perebor_status walk(csv_parts *parts, csv_reader *reader, uint64_t before,
                           perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    bool more = true;
    csv_part at = {0};
    at.at = before + csv_position(reader, &at.line);
    PEREBOR_TRY(done, add_part(parts, at, error));
    while (more) {
        // A row of another number of fields is refused when its part is loaded.
        bool is_plain = parts->dialect.n_columns > 1 && csv_skip_plain(reader);
        if (!is_plain) {
            PEREBOR_TRY(done, csv_read(reader, &more, error));
        }
        at.at = before + csv_position(reader, &at.line);
        at.row += is_plain || (more && csv_dialect_has_row(&parts->dialect, reader));
        if (!more || at.at - parts->parts[parts->n - 1].at >= CSV_PART_BYTES) {
            PEREBOR_TRY(done, add_part(parts, at, error));
        }
    }
    parts->n--; // the end is none
done:
    return status;
}

/** Writes the text of what is compressed or UTF-16 into scratch. */
static perebor_status decode(csv_parts *parts, const perebor_table_source *source,
                             const char *beside, perebor_error *error) {
    perebor_status status;
    byte_stream stream;
    char *bytes = malloc(copy_bytes);
    size_t n_got = 1;
    if (bytes == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    status = byte_stream_open_file(&stream, source->path, source->encoding, error);
    if (status != PEREBOR_OK) {
        free(bytes);
        return status;
    }
    stream.is_digested = false;
    PEREBOR_TRY(done, perebor_scratch_begin(&parts->scratch, beside, error));
    while (n_got > 0) {
        PEREBOR_TRY(done, byte_stream_read(&stream, bytes, copy_bytes, &n_got, error));
        PEREBOR_TRY(done, perebor_scratch_append(&parts->scratch, bytes, n_got, error));
    }
    PEREBOR_TRY(done, perebor_scratch_spill(&parts->scratch, error));
    parts->is_scratch = true;
done:
    byte_stream_close(&stream);
    free(bytes);
    return status;
}

static perebor_status keep_file(csv_parts *parts, int file, const char *name,
                                perebor_error *error) {
    parts->file = dup(file);
    return parts->file >= 0 ? PEREBOR_OK
                            : perebor_fail(error, PEREBOR_ERR_IO, "%s: cannot open again", name);
}

/** The reader of the text: of the file itself, or of what it decodes to. */
static perebor_status open_text(csv_parts *parts, const perebor_table_source *source,
                                const char *beside, csv_reader *reader, uint64_t *before,
                                perebor_error *error) {
    perebor_status status;
    PEREBOR_TRY(done, csv_open_file(reader, source->path, source->encoding, error));
    *before = reader->stream.has_mark ? mark_bytes : 0;
    reader->stream.is_digested = false;
    if (reader->stream.compression == COMPRESSION_NONE && reader->stream.recoder == NULL) {
        return keep_file(parts, reader->stream.file, source->path, error);
    }
    const char *encoding = reader->stream.encoding;
    csv_close(reader);
    PEREBOR_TRY(done, decode(parts, source, beside, error));
    PEREBOR_TRY(done, keep_file(parts, parts->scratch.file, source->path, error));
    (void)lseek(parts->file, 0, SEEK_SET);
    int file = dup(parts->file);
    PEREBOR_TRY(done, csv_open_descriptor(reader, source->path, file, error));
    reader->stream.encoding = encoding;
    *before = 0;
done:
    return status;
}

perebor_status csv_parts_find(csv_parts *parts, table_load *load,
                              const perebor_table_source *source, const char *beside,
                              perebor_error *error) {
    perebor_status status;
    csv_reader reader = {0};
    uint64_t before = 0;
    reader.stream.file = -1;
    parts->file = -1;
    PEREBOR_TRY(done, open_text(parts, source, beside, &reader, &before, error));
    PEREBOR_TRY(done, csv_dialect_find(&parts->dialect, load, source, &reader, error));
    status = walk(parts, &reader, before, error);
done:
    csv_close(&reader);
    return status;
}

perebor_status csv_parts_open(const csv_parts *parts, size_t i, const perebor_table_source *source,
                              csv_reader *reader, perebor_error *error) {
    const csv_part *part = &parts->parts[i];
    size_t size = (size_t)(part[1].at - part->at);
    char *bytes = malloc(size + CSV_SLACK);
    if (bytes == NULL) {
        return perebor_no_memory(error, "for %zu bytes of %s", size, source->path);
    }
    memset(bytes + size, 0, CSV_SLACK);
    perebor_status status =
        perebor_file_read_at(parts->file, source->path, part->at, bytes, size, error);
    if (status == PEREBOR_OK) {
        csv_open_part(reader, source->path, bytes, size, part->line);
    } else {
        free(bytes);
    }
    return status;
}

void csv_parts_release(csv_parts *parts) {
    if (parts->parts != NULL && parts->file >= 0) {
        (void)close(parts->file);
    }
    perebor_scratch_release(&parts->scratch);
    free(parts->parts);
    *parts = (csv_parts){.file = -1};
}
