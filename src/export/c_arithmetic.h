// SPDX-License-Identifier: MIT
/**
 * @file c_arithmetic.h
 * Elementary functions as C source: the texts of base/arithmetic.h and of the kernels of support
 * vector machines, for a single number, with the same order of operations and hence the same bits.
 * tests/unit/export compares the scores that come of them.
 */
#ifndef PEREBOR_EXPORT_C_ARITHMETIC_H
#define PEREBOR_EXPORT_C_ARITHMETIC_H

extern const char c_from_bits_source[];    /**< @_from_bits(), and */
extern const char c_to_bits_source[];      /**< @_to_bits(): what the others need. */
extern const char c_exp_source[];          /**< @_exp(): perebor_exp() */
extern const char c_sigmoid_source[];      /**< @_sigmoid(z) = 1 / (1 + e^z); needs exp. */
extern const char c_pow_source[];          /**< @_pow(): perebor_pow(); needs exp. */
extern const char c_sqrt_source[];         /**< @_sqrt(), correctly rounded. */
extern const char c_decay_source[];        /**< @_decay(): e^x for x <= 0 as kernels have it. */
extern const char c_tanh_source[];         /**< @_tanh(); needs decay. */
extern const char c_power_source[];        /**< @_power(): of a whole exponent. */
extern const char c_round_source[];        /**< @_round(score, grain), to a multiple. */
extern const char c_power_of_two_source[]; /**< @_power_of_two(): the greatest not above. */

#endif
