// SPDX-License-Identifier: MIT
/** What the tests of the space make spaces of. */
#ifndef PEREBOR_TESTS_SPACE_FIXTURE_H
#define PEREBOR_TESTS_SPACE_FIXTURE_H

#include "perebor/space.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define INTEGER(n)                                                                                 \
    { .kind = PEREBOR_VALUE_INTEGER, .as.integer = (n) }
#define REAL(x)                                                                                    \
    { .kind = PEREBOR_VALUE_REAL, .as.real = (x) }
#define TEXT(s)                                                                                    \
    { .kind = PEREBOR_VALUE_TEXT, .as.text = (s) }
#define BOOLEAN(b)                                                                                 \
    { .kind = PEREBOR_VALUE_BOOLEAN, .as.boolean = (b) }
#define NONE                                                                                       \
    { .kind = PEREBOR_VALUE_NONE }

/** A value by itself; the names above are initialisers of members. */
#define VALUE(...) ((perebor_value)__VA_ARGS__)

#define VALUES(...)                                                                                \
    .values = (const perebor_value[]){__VA_ARGS__},                                                \
    .n_values = COUNT(((const perebor_value[]){__VA_ARGS__}))
#define PROBABILITIES(...)                                                                         \
    .probabilities = (const double[]) {                                                            \
        __VA_ARGS__                                                                                \
    }
#define CONDITIONS(...)                                                                            \
    .conditions = (const perebor_condition[]){__VA_ARGS__},                                        \
    .n_conditions = COUNT(((const perebor_condition[]){__VA_ARGS__}))
#define IS(name, ...)                                                                              \
    { .parameter = (name), VALUES(__VA_ARGS__) }
#define RANGE(kind, low, high) .distribution = (kind), .min = (low), .max = (high)

#endif
