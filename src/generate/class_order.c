// SPDX-License-Identifier: MIT
#include "generate/class_order.h"

#include <stdlib.h>

#include "base/try.h"
#include "exec/sequence.h"
#include "generate/population.h"

enum { max_strides = 4096 };

static uint32_t class_of(const class_order *order, uint64_t number) {
    const perebor_generator *generator = order->generator;
    return generator->components[population_component(generator, order->seed, number)].target;
}

/** The first customer of a stride; of the one after the last: how many customers there are. */
static uint64_t stride_start(const class_order *order, size_t stride) {
    uint64_t start = stride * order->stride;
    return start < order->n_rows ? start : order->n_rows;
}

static perebor_status count_stride(void *context, uint64_t stride, int thread,
                                   perebor_error *error) {
    (void)thread;
    (void)error;
    class_order *order = context;
    uint64_t end = stride_start(order, stride + 1);
    uint64_t n = 0;
    for (uint64_t number = stride_start(order, stride); number < end; number++) {
        n += class_of(order, number);
    }
    order->positives[stride + 1] = n;
    return PEREBOR_OK;
}

static perebor_status add_stride(void *context, uint64_t stride, int thread, perebor_error *error) {
    (void)thread;
    (void)error;
    class_order *order = context;
    order->positives[stride + 1] += order->positives[stride];
    return PEREBOR_OK;
}

perebor_status class_order_create(class_order *order, const perebor_generator *generator,
                                  uint64_t seed, uint64_t n_rows, int n_threads,
                                  perebor_error *error) {
    perebor_status status;
    class_order class_order = {.generator = generator, .seed = seed, .n_rows = n_rows};
    class_order.stride = n_rows / max_strides + 1;
    class_order.n_strides = (size_t)(n_rows / class_order.stride + 1);
    class_order.positives = calloc(class_order.n_strides + 1, sizeof *class_order.positives);
    if (class_order.positives == NULL) {
        return perebor_no_memory(error, "to sort the customers");
    }
    const perebor_sequence counting = {.n_items = class_order.n_strides,
                                       .n_threads = n_threads,
                                       .context = &class_order,
                                       .make = count_stride,
                                       .hand_over = add_stride};
    PEREBOR_TRY(done, perebor_sequence_run(&counting, error));
    *order = class_order;
    return PEREBOR_OK;
done:
    class_order_release(&class_order);
    return status;
}

void class_order_release(class_order *order) {
    free(order->positives);
    *order = (class_order){0};
}

/** Customers of a class before a stride. */
static uint64_t count_before(const class_order *order, uint32_t label, size_t stride) {
    uint64_t positives = order->positives[stride];
    return label == 1 ? positives : stride_start(order, stride) - positives;
}

/** Lists n customers of one class, beginning with the one that so many of the class precede. */
static void list_class(const class_order *order, uint32_t label, uint64_t n_before, size_t n,
                       uint64_t *numbers) {
    size_t low = 0;
    size_t high = order->n_strides;
    while (high - low > 1) { // the last stride with no more than n_before before it
        size_t middle = low + (high - low) / 2;
        if (count_before(order, label, middle) <= n_before) {
            low = middle;
        } else {
            high = middle;
        }
    }
    uint64_t skip = n_before - count_before(order, label, low);
    for (uint64_t number = stride_start(order, low); n > 0; number++) {
        if (class_of(order, number) != label) {
            continue;
        }
        if (skip > 0) {
            skip--;
        } else {
            *numbers++ = number;
            n--;
        }
    }
}

void class_order_list(const class_order *order, uint64_t first, size_t n, uint64_t *numbers) {
    uint64_t n_positive = order->positives[order->n_strides];
    size_t of_one = 0;
    if (first < n_positive) {
        of_one = n_positive - first < n ? (size_t)(n_positive - first) : n;
        list_class(order, 1, first, of_one, numbers);
    }
    if (of_one < n) {
        list_class(order, 0, first + of_one - n_positive, n - of_one, numbers + of_one);
    }
}
