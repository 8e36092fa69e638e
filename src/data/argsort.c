// SPDX-License-Identifier: MIT
/*
 * GroupKFold hands out groups in the order of an unstable sort, so groups of equal size come in the
 * order that numpy's introsort happens to leave them in. Hence these are its steps exactly: median
 * of three, insertion sort of short stretches, heap sort when partitions go on being lopsided
 * (numpy/core/src/npysort/quicksort.cpp and heapsort.cpp).
 */
#include "data/argsort.h"

enum { short_stretch = 15, stack_stretches = 128 };

typedef struct stretch {
    ptrdiff_t first, last;
    int depth_left;
} stretch;

static void swap(uint32_t *order, ptrdiff_t a, ptrdiff_t b) {
    uint32_t kept = order[a];
    order[a] = order[b];
    order[b] = kept;
}

static void sort_three(uint32_t *order, const uint64_t *values, ptrdiff_t low, ptrdiff_t middle,
                       ptrdiff_t high) {
    if (values[order[middle]] < values[order[low]]) {
        swap(order, middle, low);
    }
    if (values[order[high]] < values[order[middle]]) {
        swap(order, high, middle);
    }
    if (values[order[middle]] < values[order[low]]) {
        swap(order, middle, low);
    }
}

/** Parts a stretch about its median of three; returns where the pivot ends up. */
static ptrdiff_t partition(uint32_t *order, const uint64_t *values, ptrdiff_t first,
                           ptrdiff_t last) {
    ptrdiff_t middle = first + ((last - first) >> 1);
    sort_three(order, values, first, middle, last);
    uint64_t pivot = values[order[middle]];
    ptrdiff_t up = first;
    ptrdiff_t down = last - 1;
    swap(order, middle, down);
    for (;;) {
        do {
            up++;
        } while (values[order[up]] < pivot);
        do {
            down--;
        } while (pivot < values[order[down]]);
        if (up >= down) {
            break;
        }
        swap(order, up, down);
    }
    swap(order, up, last - 1);
    return up;
}

static void insertion_sort(uint32_t *order, const uint64_t *values, ptrdiff_t first,
                           ptrdiff_t last) {
    for (ptrdiff_t next = first + 1; next <= last; next++) {
        uint32_t inserted = order[next];
        ptrdiff_t place = next;
        for (; place > first && values[inserted] < values[order[place - 1]]; place--) {
            order[place] = order[place - 1];
        }
        order[place] = inserted;
    }
}

/** Lets @p item sink from @p hole in a heap of @p n_items, numbered from 1. */
static void sift_down(uint32_t *heap, const uint64_t *values, size_t hole, size_t n_items,
                      uint32_t item) {
    for (size_t child = 2 * hole; child <= n_items; child = 2 * hole) {
        if (child < n_items && values[heap[child]] < values[heap[child + 1]]) {
            child++;
        }
        if (values[item] >= values[heap[child]]) {
            break;
        }
        heap[hole] = heap[child];
        hole = child;
    }
    heap[hole] = item;
}

static void heap_sort(uint32_t *order, const uint64_t *values, size_t n_items) {
    uint32_t *heap = order - 1; // numbered from 1
    for (size_t root = n_items / 2; root > 0; root--) {
        sift_down(heap, values, root, n_items, heap[root]);
    }
    for (; n_items > 1; n_items--) {
        uint32_t item = heap[n_items];
        heap[n_items] = heap[1];
        sift_down(heap, values, 1, n_items - 1, item);
    }
}

/** Sorts one stretch, leaving its larger halves on the stack; returns the new top. */
static stretch *sort_stretch(uint32_t *order, const uint64_t *values, stretch now, stretch *top) {
    while (now.last - now.first > short_stretch) {
        ptrdiff_t pivot = partition(order, values, now.first, now.last);
        now.depth_left--;
        if (pivot - now.first < now.last - pivot) {
            *top++ = (stretch){pivot + 1, now.last, now.depth_left};
            now.last = pivot - 1;
        } else {
            *top++ = (stretch){now.first, pivot - 1, now.depth_left};
            now.first = pivot + 1;
        }
    }
    insertion_sort(order, values, now.first, now.last);
    return top;
}

void data_argsort(uint32_t *order, const uint64_t *values, size_t n_values) {
    int log2_values = 0;
    for (size_t n = n_values; n > 1; n >>= 1) {
        log2_values++;
    }
    for (size_t i = 0; i < n_values; i++) {
        order[i] = (uint32_t)i;
    }
    stretch stack[stack_stretches];
    stretch *top = stack;
    *top++ = (stretch){0, (ptrdiff_t)n_values - 1, 2 * log2_values};
    while (top > stack) {
        stretch now = *--top;
        if (now.depth_left < 0) {
            heap_sort(order + now.first, values, (size_t)(now.last - now.first + 1));
        } else {
            top = sort_stretch(order, values, now, top);
        }
    }
}
