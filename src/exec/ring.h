// SPDX-License-Identifier: MIT
/**
 * @file ring.h
 * A queue of numbers, each at most once, so that its capacity is how many numbers there are.
 */
#ifndef PEREBOR_EXEC_RING_H
#define PEREBOR_EXEC_RING_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"

/** Numbers in the order they came. Starts as {0}. */
typedef struct ring {
    uint32_t *items; /**< [capacity] */
    size_t capacity, first, size;
} ring;

PEREBOR_MUST_CHECK perebor_status ring_create(ring *queue, size_t capacity, perebor_error *error);

void ring_release(ring *queue);

/** Puts a number that is not in the queue at its end. */
void ring_push(ring *queue, uint32_t item);

/** The oldest number, left where it is; the queue is not empty. */
uint32_t ring_peek(const ring *queue);

/** Takes the oldest number out; the queue is not empty. */
uint32_t ring_pop(ring *queue);

#endif
