// SPDX-License-Identifier: MIT
#include "exec/assembly.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"

/** Makes room for the result that a fragment begins. */
static perebor_status begin(assembly *a, const message_fragment *fragment, perebor_error *error) {
    a->lease = fragment->lease;
    a->unit = fragment->unit;
    a->size = fragment->total;
    a->next = 0;
    if (a->capacity < a->size) {
        uint8_t *grown = realloc(a->bytes, a->size);
        if (grown == NULL) {
            return perebor_no_memory(error, "for a result of %u bytes", a->size);
        }
        a->bytes = grown;
        a->capacity = a->size;
    }
    return PEREBOR_OK;
}

/** Puts a fragment in its place; sets *whole when it was the last. */
static perebor_status assemble(assembly *a, const message_fragment *fragment, const uint8_t *bytes,
                               bool *whole, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    *whole = false;
    if (fragment->offset == 0) {
        PEREBOR_TRY(done, begin(a, fragment, error));
    }
    if (a->lease != fragment->lease || a->unit != fragment->unit || a->next != fragment->offset ||
        fragment->size > a->size - a->next) {
        return PEREBOR_OK; // Its beginning was lost; the coordinator will miss the unit.
    }
    memcpy(a->bytes + a->next, bytes, fragment->size);
    a->next += fragment->size;
    *whole = a->next == a->size;
done:
    return status;
}

static perebor_status take_fragment(assembly *a, int from, const message_fragment *fragment,
                                    const uint8_t *bytes, assembly_whole *whole, void *context,
                                    perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    bool complete = fragment->size == fragment->total;
    if (!complete) {
        PEREBOR_TRY(done, assemble(a, fragment, bytes, &complete, error));
        bytes = a->bytes;
    }
    if (complete) {
        status = whole(context, from, fragment, bytes, error);
    }
done:
    return status;
}

perebor_status assembly_take(assembly *assembly, int from, const message *received, size_t size,
                             assembly_whole *whole, void *context, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t at = 0;
    for (uint32_t i = 0; i < received->head.number; i++) {
        message_fragment fragment;
        if (size - at < sizeof fragment) {
            break;
        }
        memcpy(&fragment, received->payload + at, sizeof fragment);
        at += sizeof fragment;
        if (size - at < fragment.size) {
            break;
        }
        PEREBOR_TRY(done, take_fragment(assembly, from, &fragment, received->payload + at, whole,
                                        context, error));
        size_t padded = ((size_t)fragment.size + 7) / 8 * 8;
        at = at + padded < size ? at + padded : size;
    }
done:
    return status;
}

void assembly_release(assembly *assembly) {
    free(assembly->bytes);
    *assembly = (struct assembly){0};
}
