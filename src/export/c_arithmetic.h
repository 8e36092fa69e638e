// SPDX-License-Identifier: MIT
/**
 * @file c_arithmetic.h
 * Elementary functions as C source: the texts of base/arithmetic.h, of the kernels of support
 * vector machines and of their rounding, for a single number, with the same order of operations and
 * hence the same bits. tests/export compares the scores that come of them.
 */
#ifndef PEREBOR_EXPORT_C_ARITHMETIC_H
#define PEREBOR_EXPORT_C_ARITHMETIC_H

#include "export/c_text.h"

/** What a scorer calls; any of them together. */
typedef enum c_function {
    C_FROM_BITS = 1 << 0,
    C_TO_BITS = 1 << 1,
    C_EXP = 1 << 2,           /**< @_exp(): perebor_exp() */
    C_LOG = 1 << 3,           /**< @_log(): perebor_log() of x > 0 */
    C_POW = 1 << 4,           /**< @_pow(): perebor_pow() of x >= 0 and y > 0 */
    C_SIGMOID = 1 << 5,       /**< @_sigmoid(z) = 1 / (1 + e^z) */
    C_SOFTPLUS = 1 << 6,      /**< @_softplus(z) = log(1 + e^z) */
    C_SQRT = 1 << 7,          /**< @_sqrt(), correctly rounded. */
    C_DECAY = 1 << 8,         /**< @_decay(): e^x for x <= 0 as kernels have it. */
    C_TANH = 1 << 9,          /**< @_tanh() as kernels have it. */
    C_POWER = 1 << 10,        /**< @_power(): of a whole exponent. */
    C_ROUND = 1 << 11,        /**< @_round(score, grain), to a multiple. */
    C_POWER_OF_TWO = 1 << 12, /**< @_power_of_two(): the greatest not above. */
} c_function;

/** Writes functions, and those that they call, each once. @param[in] functions  c_function, ored.
 */
void c_arithmetic_put(c_text *text, unsigned functions);

#endif
