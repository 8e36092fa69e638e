// SPDX-License-Identifier: MIT
#include "base/suggest.h"

#include <stdint.h>

enum { max_characters = 64 };

/** Folds a character so that spellings which nobody means to tell apart are equal. */
static uint32_t fold(uint32_t character) {
    if (character >= 'A' && character <= 'Z') {
        return character + ('a' - 'A');
    }
    return character == '-' || character == ' ' ? '_' : character;
}

/** Splits UTF-8 into characters. @return How many, or 0 if empty or too long. */
static size_t split_characters(const char *text, uint32_t characters[max_characters]) {
    size_t n = 0;
    for (const unsigned char *byte = (const unsigned char *)text; *byte != '\0'; byte++) {
        if ((*byte & 0xC0u) == 0x80u && n > 0) {
            characters[n - 1] = characters[n - 1] << 6 | (*byte & 0x3Fu);
        } else if (n == max_characters) {
            return 0;
        } else {
            characters[n++] = fold(*byte);
        }
    }
    return n;
}

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

static size_t distance(const uint32_t *a, size_t n_a, const uint32_t *b, size_t n_b) {
    size_t rows[3][max_characters + 1];
    for (size_t j = 0; j <= n_b; j++) {
        rows[0][j] = j;
    }
    for (size_t i = 1; i <= n_a; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i + 2) % 3];
        const size_t *two_above = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= n_b; j++) {
            row[j] = least(above[j - 1] + (a[i - 1] != b[j - 1]), least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = least(row[j], two_above[j - 2] + 1);
            }
        }
    }
    return rows[n_a % 3][n_b];
}

const char *perebor_suggest(const char *word, const char *const *candidates, size_t n_candidates) {
    uint32_t a[max_characters];
    uint32_t b[max_characters];
    const char *nearest = NULL;
    size_t nearest_distance = SIZE_MAX;
    size_t n_a = split_characters(word, a);
    for (size_t i = 0; i < n_candidates && n_a > 0; i++) {
        size_t n_b = split_characters(candidates[i], b);
        size_t longer = n_a > n_b ? n_a : n_b;
        size_t allowed = longer == 2 ? 1 : longer / 3;
        size_t d = distance(a, n_a, b, n_b);
        if (n_b > 0 && d <= allowed && d < nearest_distance) {
            nearest = candidates[i];
            nearest_distance = d;
        }
    }
    return nearest;
}

size_t perebor_spelling_distance(const char *one, const char *other) {
    uint32_t a[max_characters];
    uint32_t b[max_characters];
    size_t n_a = split_characters(one, a);
    size_t n_b = split_characters(other, b);
    return n_a > 0 && n_b > 0 ? distance(a, n_a, b, n_b) : SIZE_MAX;
}
