// SPDX-License-Identifier: MIT
/**
 * @file event_heap.h
 * What is to happen on a virtual clock, soonest first; what is due at one time, in the order in
 * which it was put in.
 */
#ifndef PEREBOR_EXEC_EVENT_HEAP_H
#define PEREBOR_EXEC_EVENT_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** An event. What its numbers mean is the caller's business. */
typedef struct event_item {
    double at;
    uint64_t serial; /**< The heap's. */
    uint64_t lease;
    uint32_t kind, worker, unit;
    uint32_t n;
} event_item;

/** Starts as {0}. */
typedef struct event_heap {
    event_item *items;
    size_t n, capacity;
    uint64_t serial;
} event_heap;

/** @return False if memory is short. */
bool event_heap_push(event_heap *heap, event_item item);

/** @pre heap->n > 0 */
event_item event_heap_pop(event_heap *heap);

void event_heap_release(event_heap *heap);

#endif
