// SPDX-License-Identifier: MIT
/*
 * Introsort (Musser, 1997): quicksort in three parts by the median of three (Bentley and McIlroy,
 * 1993), and heapsort once that goes 2 log2(n) deep.
 */
#include "model/tree/tree_sklearn_sort.h"

#include "base/arithmetic.h"

static void swap(float *values, uint32_t *rows, size_t a, size_t b) {
    float value = values[a];
    uint32_t row = rows[a];
    values[a] = values[b];
    rows[a] = rows[b];
    values[b] = value;
    rows[b] = row;
}

static float median_of_three(const float *values, size_t n) {
    float a = values[0];
    float b = values[n / 2];
    float c = values[n - 1];
    if (a < b) {
        return b < c ? b : a < c ? c : a;
    }
    if (b < c) {
        return a < c ? a : c;
    }
    return b;
}

static void sift_down(float *values, uint32_t *rows, size_t start, size_t end) {
    for (size_t root = start;;) {
        size_t child = 2 * root + 1;
        size_t highest = root;
        if (child < end && values[highest] < values[child]) {
            highest = child;
        }
        if (child + 1 < end && values[highest] < values[child + 1]) {
            highest = child + 1;
        }
        if (highest == root) {
            return;
        }
        swap(values, rows, root, highest);
        root = highest;
    }
}

static void heapsort(float *values, uint32_t *rows, size_t n) {
    for (size_t start = (n - 2) / 2 + 1; start-- > 0;) {
        sift_down(values, rows, start, n);
    }
    for (size_t end = n - 1; end > 0; end--) {
        swap(values, rows, 0, end);
        sift_down(values, rows, 0, end);
    }
}

static void introsort(float *values, uint32_t *rows, size_t n, int depth) {
    while (n > 1) {
        if (depth-- <= 0) {
            heapsort(values, rows, n);
            return;
        }
        float pivot = median_of_three(values, n);
        size_t low = 0;
        size_t high = n;
        for (size_t i = 0; i < high;) {
            if (values[i] < pivot) {
                swap(values, rows, i++, low++);
            } else if (values[i] > pivot) {
                swap(values, rows, i, --high);
            } else {
                i++;
            }
        }
        introsort(values, rows, low, depth);
        values += high;
        rows += high;
        n -= high;
    }
}

void tree_sklearn_sort(float *values, uint32_t *rows, size_t n) {
    if (n > 0) {
        introsort(values, rows, n, 2 * (int)perebor_log2((double)n));
    }
}
