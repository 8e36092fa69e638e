// SPDX-License-Identifier: MIT
#include "exec/ring.h"

#include <assert.h>
#include <stdlib.h>

perebor_status ring_create(ring *queue, size_t capacity, perebor_error *error) {
    queue->items = malloc((capacity > 0 ? capacity : 1) * sizeof *queue->items);
    if (queue->items == NULL) {
        return perebor_no_memory(error, "for a queue of %zu", capacity);
    }
    queue->capacity = capacity;
    return PEREBOR_OK;
}

void ring_release(ring *queue) {
    free(queue->items);
    *queue = (ring){0};
}

void ring_push(ring *queue, uint32_t item) {
    assert(queue->size < queue->capacity);
    size_t place = queue->first + queue->size++;
    queue->items[place < queue->capacity ? place : place - queue->capacity] = item;
}

uint32_t ring_peek(const ring *queue) {
    assert(queue->size > 0);
    return queue->items[queue->first];
}

uint32_t ring_pop(ring *queue) {
    uint32_t item = ring_peek(queue);
    queue->first = queue->first + 1 < queue->capacity ? queue->first + 1 : 0;
    queue->size--;
    return item;
}
