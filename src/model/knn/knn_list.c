// SPDX-License-Identifier: MIT
#include "model/knn/knn_list.h"

#include <math.h>
#include <string.h>

/** Up to so many are sorted by counting what is before each, without branches. */
enum { most_ranked = 48 };

static void sort_by_ranks(const knn_kernels *kernels, knn_neighbor *items, size_t n,
                          knn_neighbor *scratch) {
    double distances[most_ranked + PEREBOR_LANES] = {0}, rows[most_ranked + PEREBOR_LANES] = {0};
    int64_t ranks[most_ranked + PEREBOR_LANES];
    memcpy(scratch, items, n * sizeof *items);
    for (size_t i = 0; i < n; i++) {
        distances[i] = items[i].distance;
        rows[i] = items[i].row;
    }
    kernels->rank(distances, rows, n, ranks);
    for (size_t i = 0; i < n; i++) {
        items[ranks[i]] = scratch[i];
    }
}

/** Runs by insertion, then merged. */
void knn_list_sort(const knn_kernels *kernels, knn_neighbor *items, size_t n,
                   knn_neighbor *scratch) {
    enum { RUN = 24, few = 8 };
    if (n > few && n <= most_ranked) {
        sort_by_ranks(kernels, items, n, scratch);
        return;
    }
    for (size_t begin = 0; begin < n; begin += RUN) {
        size_t end = begin + RUN < n ? begin + RUN : n;
        for (size_t i = begin + 1; i < end; i++) {
            knn_neighbor item = items[i];
            size_t place = i;
            for (; place > begin && knn_is_nearer(&item, &items[place - 1]); place--) {
                items[place] = items[place - 1];
            }
            items[place] = item;
        }
    }
    knn_neighbor *from = items;
    knn_neighbor *to = scratch;
    for (size_t width = RUN; width < n; width *= 2) {
        for (size_t begin = 0; begin < n; begin += 2 * width) {
            size_t middle = begin + width < n ? begin + width : n;
            size_t end = begin + 2 * width < n ? begin + 2 * width : n;
            size_t left = begin;
            size_t right = middle;
            for (size_t out = begin; out < end; out++) {
                bool take_left =
                    right == end || (left < middle && !knn_is_nearer(&from[right], &from[left]));
                to[out] = take_left ? from[left++] : from[right++];
            }
        }
        knn_neighbor *swap = from;
        from = to;
        to = swap;
    }
    if (from != items) {
        memcpy(items, from, n * sizeof *items);
    }
}

size_t knn_list_merge(knn_neighbor *list, size_t n_listed, size_t k, const knn_neighbor *fresh,
                      size_t n_fresh) {
    if (n_listed == 0) {
        const size_t n = n_fresh < k ? n_fresh : k;
        memcpy(list, fresh, n * sizeof *list);
        return n;
    }
    size_t old = n_listed, next = n_fresh;
    while (old + next > k) { // the farthest of both go
        bool drop_old = next == 0 || (old > 0 && !knn_is_nearer(&list[old - 1], &fresh[next - 1]));
        old -= drop_old;
        next -= !drop_old;
    }
    size_t total = old + next;
    for (size_t out = total; next > 0; out--) { // from the end, where there is room
        bool take_old = old > 0 && !knn_is_nearer(&list[old - 1], &fresh[next - 1]);
        list[out - 1] = take_old ? list[--old] : fresh[--next];
    }
    return total;
}

/** Somewhere above @p low: twice as far, or as far as any of the values. */
static double first_bound(double low, double value) {
    return low > 0.0 ? 2.0 * low : value > 0.0 ? value : 1.0;
}

double knn_list_limit(const knn_kernels *kernels, size_t k, const double *values, size_t n,
                      double limit, double *guess) {
    size_t enough = k + k / 4 + 16;
    if (kernels->count_below(values, n, limit) <= enough) {
        return limit;
    }
    double low = 0.0;
    double high = limit;
    double middle = *guess;
    for (int step = 0; step < 24; step++) {
        if (!(middle > low && middle < high)) {
            middle = isinf(high) ? first_bound(low, values[0]) : 0.5 * (low + high);
            if (!(middle > low && middle < high)) {
                break;
            }
        }
        size_t count = kernels->count_below(values, n, middle);
        if (count >= k && count <= enough) {
            *guess = middle;
            return middle;
        }
        if (count < k) {
            low = middle;
        } else {
            high = middle;
        }
        middle = NAN;
    }
    return high;
}
