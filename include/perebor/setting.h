// SPDX-License-Identifier: MIT
/**
 * @file setting.h
 * What a step of the pipeline lets one set: declared once by the step itself, and used by the
 * sampler's checks, the help text, the record and the report alike.
 */
#ifndef PEREBOR_SETTING_H
#define PEREBOR_SETTING_H

#include <stdbool.h>
#include <stddef.h>

#include "perebor/space.h"
#include "perebor/status.h"

PEREBOR_BEGIN_DECLS

/** Which of two values of a setting makes the simpler model. */
typedef enum perebor_simpler {
    PEREBOR_SIMPLER_NEITHER = 0,
    PEREBOR_SIMPLER_LESS = 1, /**< The smaller number, or the choice that is named before. */
    PEREBOR_SIMPLER_MORE = 2, /**< The greater, or the later. None is greater than any number. */
} perebor_simpler;

/**
 * One setting of a step. All text is constant.
 *
 * What it takes follows from its default and its flags:
 *   an integer, a real or a boolean default: that kind;
 *   a text default: one of the choices, and with accepts_real a real as well (gamma);
 *   no default (NONE): one of the choices if there are any, else an integer; with accepts_real an
 *   integer, a real, or one of the choices (max_features), integers and reals being told apart.
 */
typedef struct perebor_setting {
    const char *name;    /**< Without the step: "C", "n_neighbors". */
    const char *summary; /**< Half a line for help and reference. */
    perebor_value
        default_value;  /**< The default; its kind is the kind wanted. NONE: see optional. */
    bool optional;      /**< null is allowed and means "none", as max_depth's None does. */
    bool part_of_key;   /**< Candidates of a family have it in common: see share_key. */
    bool accepts_real;  /**< It takes a real as well (max_features, gamma). */
    bool real_is_share; /**< A real is a share above 0 and at most 1; integers have the range. */
    double min, max;    /**< Range of numbers, both included; min > max: any finite number. */
    bool exclusive_minimum;     /**< min itself is not allowed. */
    perebor_simpler simpler;    /**< Which is simpler of two that differ in this first. */
    const char *const *choices; /**< Ends with NULL; allowed texts. NULL: no text is allowed. */
} perebor_setting;

/** Whether a setting takes values of a kind at all. */
bool perebor_setting_takes(const perebor_setting *setting, perebor_value_kind kind);

/**
 * Checks a value against a setting and brings it to the setting's kind: an integer is taken where a
 * real is wanted, never the other way unless the real is whole.
 *
 * @param[out] accepted  The value to use.
 * @param[out] error     Says the value, the setting and what would be right, without file or line.
 */
PEREBOR_MUST_CHECK perebor_status perebor_setting_accept(const perebor_setting *setting,
                                                         perebor_value value,
                                                         perebor_value *accepted,
                                                         perebor_error *error);

/**
 * Writes what a setting takes, in words: `"uniform" or "distance"`, `a whole number from 1 to 60`.
 *
 * @return The length without the end, even if it did not fit.
 */
size_t perebor_setting_describe(const perebor_setting *setting, char *text, size_t size);

/**
 * Compares two values of a setting by the models that they make.
 *
 * @return Below 0 if @p a makes the simpler one, 0 if neither does.
 */
int perebor_setting_compare_simplicity(const perebor_setting *setting, perebor_value a,
                                       perebor_value b);

PEREBOR_END_DECLS

#endif
