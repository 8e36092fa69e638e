// SPDX-License-Identifier: MIT
#include "table/byte_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/try.h"
#include "table/file_kind.h"

enum { feed_size = 1 << 16 };

/**
 * A table of rows shrinks to a tenth, one of zeros to a hundredth. What grows further than this is
 * made to fill the memory, and is refused before it does.
 */
enum { max_growth = 200, max_interruptions = 10000 };
static const uint64_t growth_allowed = UINT64_C(256) << 20;

/** Reads once from the file or from memory, as much as has room. */
static perebor_status read_source(byte_stream *stream, char *to, size_t capacity, size_t *n_got,
                                  perebor_error *error) {
    ssize_t n = 0;
    if (stream->file < 0) {
        *n_got = capacity < stream->memory_left ? capacity : stream->memory_left;
        if (*n_got > 0) {
            memcpy(to, stream->memory, *n_got);
            stream->memory += *n_got;
            stream->memory_left -= *n_got;
        }
    } else {
        int n_interruptions = 0;
        do {
            n = read(stream->file, to, capacity);
        } while (n < 0 && errno == EINTR && n_interruptions++ < max_interruptions);
        if (n < 0) {
            return perebor_fail(error, PEREBOR_ERR_IO, "%s: cannot read: %s", stream->name,
                                strerror(errno));
        }
        *n_got = (size_t)n;
        if (stream->is_digested) {
            perebor_sha256_update(&stream->digest, to, *n_got);
        }
    }
    stream->n_bytes += *n_got;
    stream->at_end = *n_got == 0;
    return PEREBOR_OK;
}

/** Takes what a feed still has. */
static size_t take(byte_feed *feed, char *to, size_t capacity) {
    size_t n = feed->n_left < capacity ? feed->n_left : capacity;
    if (n > 0) {
        memcpy(to, feed->next, n);
        feed->next += n;
        feed->n_left -= n;
    }
    return n;
}

/** Makes room in a feed: what is left moves to its front. */
static perebor_status make_room(byte_feed *feed, const char *name, perebor_error *error) {
    if (feed->bytes == NULL) {
        feed->bytes = malloc(feed_size);
        if (feed->bytes == NULL) {
            return perebor_no_memory(error, "to read %s", name);
        }
    } else if (feed->n_left > 0) {
        memmove(feed->bytes, feed->next, feed->n_left);
    }
    feed->next = feed->bytes;
    return PEREBOR_OK;
}

static perebor_status check_growth(const byte_stream *stream, perebor_error *error) {
    if (stream->n_decompressed <= growth_allowed ||
        stream->n_decompressed / max_growth <= stream->n_bytes) {
        return PEREBOR_OK;
    }
    return perebor_fail(error, PEREBOR_ERR_FORMAT,
                        "%s: %llu bytes of %s data give more than %llu MiB, which no table does; "
                        "if it is right, decompress the file first",
                        stream->name, (unsigned long long)stream->n_bytes,
                        compression_name(stream->compression),
                        (unsigned long long)(growth_allowed >> 20));
}

static perebor_status read_decompressed(byte_stream *stream, char *to, size_t capacity,
                                        size_t *n_got, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    byte_feed *feed = &stream->compressed;
    for (;;) {
        PEREBOR_TRY(done, decompressor_run(stream->decompressor, &feed->next, &feed->n_left, to,
                                           capacity, n_got, error));
        stream->n_decompressed += *n_got;
        if (*n_got > 0) {
            return check_growth(stream, error);
        }
        if (feed->n_left > 0) {
            continue; // the end of a member, or a header
        }
        if (stream->at_end) {
            return decompressor_check_end(stream->decompressor, error);
        }
        PEREBOR_TRY(done, make_room(feed, stream->name, error));
        PEREBOR_TRY(done, read_source(stream, feed->bytes, feed_size, &feed->n_left, error));
    }
done:
    return status;
}

/** Reads bytes that are decompressed and as yet in the encoding of the source. */
static perebor_status read_encoded(byte_stream *stream, char *to, size_t capacity, size_t *n_got,
                                   perebor_error *error) {
    if (stream->decompressor != NULL) {
        return read_decompressed(stream, to, capacity, n_got, error);
    }
    *n_got = take(&stream->compressed, to, capacity);
    return *n_got > 0 ? PEREBOR_OK : read_source(stream, to, capacity, n_got, error);
}

/** Reads on into the feed of encoded bytes, until it has @p wanted or the source ends. */
static perebor_status feed_encoded(byte_stream *stream, size_t wanted, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    byte_feed *feed = &stream->encoded;
    PEREBOR_TRY(done, make_room(feed, stream->name, error));
    while (feed->n_left < wanted && !stream->encoded_at_end) {
        size_t n_got;
        PEREBOR_TRY(done, read_encoded(stream, feed->bytes + feed->n_left, feed_size - feed->n_left,
                                       &n_got, error));
        feed->n_left += n_got;
        stream->encoded_at_end = n_got == 0;
    }
done:
    return status;
}

static perebor_status read_recoded(byte_stream *stream, char *to, size_t capacity, size_t *n_got,
                                   perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    byte_feed *feed = &stream->encoded;
    for (;;) {
        PEREBOR_TRY(done, recoder_run(stream->recoder, &feed->next, &feed->n_left,
                                      stream->encoded_at_end, to, capacity, n_got, error));
        if (*n_got > 0 || (stream->encoded_at_end && feed->n_left == 0)) {
            return PEREBOR_OK;
        }
        PEREBOR_TRY(done, feed_encoded(stream, feed->n_left + 1, error));
    }
done:
    return status;
}

perebor_status byte_stream_read(byte_stream *stream, char *to, size_t capacity, size_t *n_got,
                                perebor_error *error) {
    if (stream->recoder != NULL) {
        return read_recoded(stream, to, capacity, n_got, error);
    }
    *n_got = take(&stream->encoded, to, capacity);
    return *n_got > 0 ? PEREBOR_OK : read_encoded(stream, to, capacity, n_got, error);
}

static perebor_status find_compression(byte_stream *stream, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    byte_feed *feed = &stream->compressed;
    PEREBOR_TRY(done, make_room(feed, stream->name, error));
    while (feed->n_left < FILE_KIND_SAMPLE && !stream->at_end) {
        size_t n_got = 0;
        PEREBOR_TRY(done, read_source(stream, feed->bytes + feed->n_left, feed_size - feed->n_left,
                                      &n_got, error));
        feed->n_left += n_got;
    }
    stream->compression = compression_of(feed->next, feed->n_left);
    if (stream->compression != COMPRESSION_NONE) {
        status =
            decompressor_create(&stream->decompressor, stream->compression, stream->name, error);
    }
done:
    return status;
}

/** UTF-32 is text by its mark, and nothing writes tables in it. */
static perebor_status refuse_utf_32(const byte_stream *stream, perebor_error *error) {
    enum { mark_size = 4 };
    const byte_feed *feed = &stream->encoded;
    if (feed->n_left >= mark_size && (memcmp(feed->next, "\xFF\xFE\0\0", mark_size) == 0 ||
                                      memcmp(feed->next, "\0\0\xFE\xFF", mark_size) == 0)) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "%s: this is text in UTF-32, which is not read; save it as UTF-8",
                            stream->name);
    }
    return PEREBOR_OK;
}

/** UTF-16 by declaration or mark is recoded; a mark that contradicts the declaration is refused. */
static perebor_status find_encoding(byte_stream *stream, perebor_error *error) {
    byte_feed *feed = &stream->encoded;
    size_t mark_size = 0;
    const char *declared = stream->encoding;
    const char *marked = encoding_of_mark(feed->next, feed->n_left, &mark_size);
    bool either = declared != NULL && strcmp(declared, "utf-16") == 0;
    if (marked == NULL && either) {
        const char *guess = encoding_of_zeros(feed->next, feed->n_left);
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "%s: there is no byte order mark to tell which half of a UTF-16 "
                            "character comes first; say encoding: %s",
                            stream->name, guess != NULL ? guess : "utf-16le or utf-16be");
    }
    bool agrees = declared == NULL || marked == NULL || strcmp(declared, marked) == 0 ||
                  (either && strncmp(marked, "utf-16", 6) == 0);
    // The two bytes of a mark of UTF-16 are also two letters of every charset.
    if (!agrees && encoding_is_charset(declared) && mark_size == 2) {
        marked = NULL;
        mark_size = 0;
    } else if (!agrees) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "%s: the file begins with the byte order mark of %s, but encoding: "
                            "says %s; leave encoding: out",
                            stream->name, marked, declared);
    }
    stream->encoding = marked != NULL ? marked : declared;
    stream->has_mark = mark_size == 3;
    feed->next += mark_size;
    feed->n_left -= mark_size;
    if (stream->encoding == NULL || strncmp(stream->encoding, "utf-16", 6) != 0) {
        return PEREBOR_OK;
    }
    return recoder_create(&stream->recoder, stream->encoding, stream->name, error);
}

static perebor_status refuse_zeros(const byte_stream *stream, perebor_error *error) {
    const char *guess = encoding_of_zeros(stream->encoded.next, stream->encoded.n_left);
    if (stream->recoder != NULL || guess == NULL) {
        return PEREBOR_OK;
    }
    return perebor_fail(error, PEREBOR_ERR_FORMAT,
                        "%s: every other byte is zero, as in UTF-16 without a byte order mark; if "
                        "it is that, say encoding: %s",
                        stream->name, guess);
}

static perebor_status begin(byte_stream *stream, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_sha256_init(&stream->digest);
    stream->is_digested = true;
    PEREBOR_TRY(failed, find_compression(stream, error));
    PEREBOR_TRY(failed, feed_encoded(stream, FILE_KIND_SAMPLE, error));
    PEREBOR_TRY(failed, refuse_utf_32(stream, error));
    PEREBOR_TRY(failed, find_encoding(stream, error));
    PEREBOR_TRY(failed,
                file_kind_check(stream->name, stream->encoded.next, stream->encoded.n_left, error));
    PEREBOR_TRY(failed, refuse_zeros(stream, error));
    return PEREBOR_OK;
failed:
    byte_stream_close(stream);
    return status;
}

perebor_status byte_stream_open_regular(int *file, const char *name, perebor_error *error) {
    struct stat about;
    int opened = perebor_file_open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0);
    if (opened < 0) {
        return perebor_file_fail_to_open(name, errno, error);
    }
    if (fstat(opened, &about) == 0 && S_ISREG(about.st_mode)) {
        *file = opened;
        return PEREBOR_OK;
    }
    (void)close(opened);
    return perebor_fail(error, PEREBOR_ERR_IO,
                        "%s: this is %s; a table must be a regular file, so write it into one",
                        name,
                        S_ISDIR(about.st_mode)    ? "a folder"
                        : S_ISFIFO(about.st_mode) ? "a pipe"
                                                  : "a device or a socket");
}

perebor_status byte_stream_open_file(byte_stream *stream, const char *name, const char *encoding,
                                     perebor_error *error) {
    memset(stream, 0, sizeof *stream);
    stream->name = name;
    stream->encoding = encoding;
    stream->file = -1;
    perebor_status status = byte_stream_open_regular(&stream->file, name, error);
    return status == PEREBOR_OK ? begin(stream, error) : status;
}

void byte_stream_wrap(byte_stream *stream, const char *name, const char *bytes, size_t size) {
    memset(stream, 0, sizeof *stream);
    stream->name = name;
    stream->file = -1;
    stream->memory = bytes;
    stream->memory_left = size;
}

perebor_status byte_stream_open_memory(byte_stream *stream, const char *name, const char *encoding,
                                       const char *bytes, size_t size, perebor_error *error) {
    byte_stream_wrap(stream, name, bytes, size);
    stream->encoding = encoding;
    return begin(stream, error);
}

void byte_stream_close(byte_stream *stream) {
    if (stream->file >= 0) {
        (void)close(stream->file);
    }
    decompressor_free(stream->decompressor);
    recoder_free(stream->recoder);
    free(stream->compressed.bytes);
    free(stream->encoded.bytes);
    memset(stream, 0, sizeof *stream);
    stream->file = -1;
}
