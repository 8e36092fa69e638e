// SPDX-License-Identifier: MIT
/**
 * @file assembly.h
 * Results put together from the fragments in which messages bring them.
 *
 * A message holds fragments of one or more results, each padded to eight bytes. Those of a result
 * come in their order from one rank; where a message was lost, so is the result.
 */
#ifndef PEREBOR_EXEC_ASSEMBLY_H
#define PEREBOR_EXEC_ASSEMBLY_H

#include <stddef.h>
#include <stdint.h>

#include "exec/channel.h"

/** A result of one rank whose fragments are still coming. Starts as {0}. */
typedef struct assembly {
    uint8_t *bytes;
    size_t capacity;
    uint64_t lease;
    uint32_t unit, size;
    uint32_t next; /**< Offset that the next fragment must have. */
} assembly;

/** Called with a whole result. @param[in] bytes  [result->total], borrowed for the call. */
typedef perebor_status assembly_whole(void *context, int from, const message_fragment *result,
                                      const uint8_t *bytes, perebor_error *error);

/**
 * Takes the fragments of a message. What is no fragment, or none of what came before, is passed
 * over.
 *
 * @param[in] received  Of kind MESSAGE_RESULTS, with @p size bytes of payload.
 *
 * @retval PEREBOR_ERR_MEMORY  No room for a result.
 * @retval others              Of @p whole.
 */
PEREBOR_MUST_CHECK perebor_status assembly_take(assembly *assembly, int from,
                                                const message *received, size_t size,
                                                assembly_whole *whole, void *context,
                                                perebor_error *error);

void assembly_release(assembly *assembly);

#endif
