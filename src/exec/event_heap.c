// SPDX-License-Identifier: MIT
#include "exec/event_heap.h"

#include <stdlib.h>

static bool is_before(const event_item *a, const event_item *b) {
    return a->at < b->at || (a->at == b->at && a->serial < b->serial);
}

bool event_heap_push(event_heap *heap, event_item item) {
    if (heap->n == heap->capacity) {
        size_t capacity = 2 * heap->capacity + 64;
        event_item *grown = realloc(heap->items, capacity * sizeof *grown);
        if (grown == NULL) {
            return false;
        }
        heap->items = grown;
        heap->capacity = capacity;
    }
    item.serial = heap->serial++;
    size_t place = heap->n++;
    for (; place > 0 && is_before(&item, &heap->items[(place - 1) / 2]); place = (place - 1) / 2) {
        heap->items[place] = heap->items[(place - 1) / 2];
    }
    heap->items[place] = item;
    return true;
}

event_item event_heap_pop(event_heap *heap) {
    event_item top = heap->items[0];
    event_item last = heap->items[--heap->n];
    size_t place = 0;
    for (size_t child = 1; child < heap->n; child = 2 * place + 1) {
        child += child + 1 < heap->n && is_before(&heap->items[child + 1], &heap->items[child]);
        if (!is_before(&heap->items[child], &last)) {
            break;
        }
        heap->items[place] = heap->items[child];
        place = child;
    }
    heap->items[place] = last;
    return top;
}

void event_heap_release(event_heap *heap) {
    free(heap->items);
    *heap = (event_heap){0};
}
