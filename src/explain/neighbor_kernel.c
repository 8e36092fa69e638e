// SPDX-License-Identifier: MIT
#include "explain/neighbor_kernel.h"

static void add(const double *sums, const double *parts, size_t n, double *into) {
    for (size_t i = 0; i < n; i += PEREBOR_NATIVE_LANES) {
        vnd_store(into + i, vnd_load(sums + i) + vnd_load(parts + i));
    }
}

static void bound(const double *own, const double *other, size_t n, double *low, double *high) {
    for (size_t i = 0; i < n; i += PEREBOR_NATIVE_LANES) {
        vnd one = vnd_load(own + i), two = vnd_load(other + i);
        vni less = one < two;
        vnd_store(low + i, vnd_load(low + i) + vnd_select(less, one, two));
        vnd_store(high + i, vnd_load(high + i) + vnd_select(less, two, one));
    }
}

static size_t count_below(const double *values, size_t n, double limit) {
    vni count = {0};
    vnd limits = vnd_set(limit);
    for (size_t i = 0; i < n; i += PEREBOR_NATIVE_LANES) {
        count -= vnd_load(values + i) < limits; // a true lane is -1
    }
    int64_t total = 0;
    for (int lane = 0; lane < PEREBOR_NATIVE_LANES; lane++) {
        total += count[lane];
    }
    return (size_t)total;
}

static size_t find_below(const double *values, size_t n, double limit, uint32_t *places) {
    size_t n_found = 0;
    for (size_t i = 0; i < n; i++) {
        places[n_found] = (uint32_t)i;
        n_found += values[i] < limit;
    }
    return n_found;
}

const neighbor_kernels PEREBOR_KERNEL(neighbor_kernels) = {
    .add = add, .bound = bound, .count_below = count_below, .find_below = find_below};
