// SPDX-License-Identifier: MIT
/**
 * @file scalar.h
 * What an unquoted word of YAML means, by the core schema of YAML 1.2: yes, no, on and off are
 * text, and 1e-4 is a number.
 */
#ifndef PEREBOR_CONFIG_SCALAR_H
#define PEREBOR_CONFIG_SCALAR_H

#include <stdbool.h>
#include <stdint.h>

#include "perebor/space.h"

/** Nothing at all, ~, null, Null or NULL. */
bool scalar_is_null(const char *text);

/** true or false, True or False, TRUE or FALSE. */
bool scalar_is_boolean(const char *text, bool *value);

/** Decimal digits. False if it does not fit. */
bool scalar_is_unsigned(const char *text, uint64_t *value);

/** Decimal digits with or without a sign. False if it does not fit. */
bool scalar_is_integer(const char *text, int64_t *value);

/** Digits, point, exponent; integers too. The value may be infinite if it does not fit. */
bool scalar_is_real(const char *text, double *value);

/** 0.1 or 10%. */
bool scalar_is_share(const char *text, double *value);

/** Seconds: a number above 0, alone or of d, h, m, s, largest first. */
bool scalar_is_duration(const char *text, double *seconds);

/** Bytes: a number above 0, alone or of kB, MB, GB, TB, or of KiB, MiB, GiB, TiB. */
bool scalar_is_bytes(const char *text, uint64_t *bytes);

/** Whichever of the above it is, else text, which is borrowed. False for a number out of range. */
bool scalar_value(const char *text, perebor_value *value);

#endif
