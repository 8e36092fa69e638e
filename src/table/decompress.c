// SPDX-License-Identifier: MIT
#include "table/decompress.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#define ZLIB_CONST // its input is const
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

enum { gzip_only = 16 /* added to the bits of a window: a gzip header, and no other */ };

struct decompressor {
    compression kind;
    const char *name;
    bool between; /**< Before a member or frame, or behind the last one. */
    bool padded;  /**< Zeros have followed the last member: nothing else may. */
    z_stream gzip;
    ZSTD_DStream *zstd;
};

compression compression_of(const char *bytes, size_t size) {
    if (size >= 3 && memcmp(bytes, "\x1F\x8B\x08", 3) == 0) {
        return COMPRESSION_GZIP;
    }
    if (size >= 4 && memcmp(bytes, "\x28\xB5\x2F\xFD", 4) == 0) {
        return COMPRESSION_ZSTD;
    }
    return COMPRESSION_NONE;
}

const char *compression_name(compression kind) {
    static const char *const names[] = {
        [COMPRESSION_NONE] = "", [COMPRESSION_GZIP] = "gzip", [COMPRESSION_ZSTD] = "zstd"};
    return names[kind];
}

perebor_status decompressor_create(decompressor **result, compression kind, const char *name,
                                   perebor_error *error) {
    decompressor *state = calloc(1, sizeof *state);
    bool ready = false;
    if (state != NULL) {
        state->kind = kind;
        state->name = name;
        state->between = true;
        if (kind == COMPRESSION_GZIP) {
            ready = inflateInit2(&state->gzip, MAX_WBITS + gzip_only) == Z_OK;
        } else {
            state->zstd = ZSTD_createDStream();
            ready = state->zstd != NULL;
        }
    }
    if (!ready) {
        free(state);
        return perebor_no_memory(error, "to decompress %s", name);
    }
    *result = state;
    return PEREBOR_OK;
}

static perebor_status fail_damaged(const decompressor *state, const char *problem,
                                   perebor_error *error) {
    return perebor_fail(error, PEREBOR_ERR_FORMAT,
                        "%s: the %s data are damaged: %s; fetch or compress the file again",
                        state->name, compression_name(state->kind), problem);
}

/** Between two members: skips zeros, which tapes pad with, and begins the next member. */
static perebor_status begin_member(decompressor *state, const char **from, size_t *n_from,
                                   perebor_error *error) {
    bool first = state->gzip.total_in == 0;
    while (!first && *n_from > 0 && **from == '\0') {
        ++*from;
        --*n_from;
        state->padded = true;
    }
    if (*n_from == 0) {
        return PEREBOR_OK;
    }
    if (!first && (state->padded || **from != '\x1F')) {
        return fail_damaged(state, "something else follows them", error);
    }
    if (!first && inflateReset2(&state->gzip, MAX_WBITS + gzip_only) != Z_OK) {
        return fail_damaged(state, "the next part cannot be begun", error);
    }
    state->between = false;
    return PEREBOR_OK;
}

static perebor_status inflate_some(decompressor *state, const char **from, size_t *n_from, char *to,
                                   size_t capacity, size_t *n_got, perebor_error *error) {
    uInt n_in = *n_from < UINT_MAX ? (uInt)*n_from : UINT_MAX;
    uInt n_out = capacity < UINT_MAX ? (uInt)capacity : UINT_MAX;
    state->gzip.next_in = (const Bytef *)*from;
    state->gzip.avail_in = n_in;
    state->gzip.next_out = (Bytef *)to;
    state->gzip.avail_out = n_out;
    int code = inflate(&state->gzip, Z_NO_FLUSH);
    *from += n_in - state->gzip.avail_in;
    *n_from -= n_in - state->gzip.avail_in;
    *n_got = n_out - state->gzip.avail_out;
    if (code == Z_MEM_ERROR) {
        return perebor_no_memory(error, "to decompress %s", state->name);
    }
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) {
        return fail_damaged(state, state->gzip.msg != NULL ? state->gzip.msg : "no gzip", error);
    }
    state->between = code == Z_STREAM_END;
    return PEREBOR_OK;
}

// `to` is written through `out`.
// NOLINTNEXTLINE(readability-non-const-parameter)
static perebor_status run_zstd(decompressor *state, const char **from, size_t *n_from, char *to,
                               size_t capacity, size_t *n_got, perebor_error *error) {
    ZSTD_inBuffer in = {*from, *n_from, 0};
    ZSTD_outBuffer out = {to, capacity, 0};
    if (state->between && *n_from == 0) {
        return PEREBOR_OK;
    }
    size_t code = ZSTD_decompressStream(state->zstd, &out, &in);
    if (ZSTD_getErrorCode(code) == ZSTD_error_memory_allocation) {
        return perebor_no_memory(error, "to decompress %s", state->name);
    }
    if (ZSTD_isError(code)) {
        return fail_damaged(state, ZSTD_getErrorName(code), error);
    }
    *from += in.pos;
    *n_from -= in.pos;
    *n_got = out.pos;
    state->between = code == 0;
    return PEREBOR_OK;
}

perebor_status decompressor_run(decompressor *state, const char **from, size_t *n_from, char *to,
                                size_t capacity, size_t *n_got, perebor_error *error) {
    *n_got = 0;
    if (state->kind == COMPRESSION_ZSTD) {
        return run_zstd(state, from, n_from, to, capacity, n_got, error);
    }
    if (state->between) {
        perebor_status status = begin_member(state, from, n_from, error);
        if (status != PEREBOR_OK || state->between) {
            return status;
        }
    }
    return inflate_some(state, from, n_from, to, capacity, n_got, error);
}

perebor_status decompressor_check_end(const decompressor *state, perebor_error *error) {
    return state->between ? PEREBOR_OK
                          : fail_damaged(state, "they end too early, so the file was cut", error);
}

void decompressor_free(decompressor *state) {
    if (state == NULL) {
        return;
    }
    if (state->kind == COMPRESSION_GZIP) {
        (void)inflateEnd(&state->gzip);
    }
    (void)ZSTD_freeDStream(state->zstd);
    free(state);
}
