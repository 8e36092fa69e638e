// SPDX-License-Identifier: MIT
#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/arithmetic.h"
#include "base/json.h"
#include "space/definition.h"

const char *perebor_distribution_name(perebor_distribution distribution) {
    static const char *const names[] = {
        [PEREBOR_CATEGORICAL] = "values",
        [PEREBOR_CONSTANT] = "value",
        [PEREBOR_UNIFORM] = "uniform",
        [PEREBOR_INT_UNIFORM] = "int_uniform",
        [PEREBOR_Q_UNIFORM] = "q_uniform",
        [PEREBOR_LOG_UNIFORM_VALUES] = "log_uniform_values",
        [PEREBOR_Q_LOG_UNIFORM_VALUES] = "q_log_uniform_values",
        [PEREBOR_NORMAL] = "normal",
        [PEREBOR_Q_NORMAL] = "q_normal",
        [PEREBOR_LOG_NORMAL] = "log_normal",
    };
    assert((size_t)distribution < sizeof names / sizeof *names);
    return names[distribution];
}

static perebor_value real_value(double real) {
    return (perebor_value){.kind = PEREBOR_VALUE_REAL, .as.real = real};
}

static perebor_value integer_value(double whole) {
    return (perebor_value){.kind = PEREBOR_VALUE_INTEGER, .as.integer = (int64_t)whole};
}

static double clamp(double x, double low, double high) {
    return x < low ? low : x > high ? high : x;
}

/** Multiples of q, integers if q is whole: as W&B has it. */
static perebor_value multiple(double q, double k) {
    double value = k * q;
    return floor(q) == q ? integer_value(value) : real_value(value + 0.0);
}

/** The least and the greatest k with min <= k q <= max, allowing for what q lacks in precision. */
static double first_multiple(const perebor_parameter *parameter) {
    return ceil(parameter->min / parameter->q - 1e-9);
}

static double last_multiple(const perebor_parameter *parameter) {
    return floor(parameter->max / parameter->q + 1e-9);
}

static perebor_value nearest_multiple(const perebor_parameter *parameter, double x) {
    double k = rint(x / parameter->q);
    return multiple(parameter->q, clamp(k, first_multiple(parameter), last_multiple(parameter)));
}

/** Which of n equal parts of (0, 1) a number is in. */
static double equal_part(double uniform, double n) {
    return fmin(floor(uniform * n), n - 1.0);
}

static double log_uniform(const perebor_parameter *parameter, double uniform) {
    double low = perebor_log(parameter->min);
    double high = perebor_log(parameter->max);
    return clamp(perebor_exp(low + uniform * (high - low)), parameter->min, parameter->max);
}

static double normal(const perebor_parameter *parameter, double uniform) {
    return parameter->mu + parameter->sigma * perebor_normal_quantile(uniform);
}

static size_t category(const perebor_parameter *parameter, double uniform) {
    if (parameter->probabilities == NULL) {
        return (size_t)equal_part(uniform, (double)parameter->n_values);
    }
    double below = 0.0;
    size_t last = 0;
    for (size_t i = 0; i < parameter->n_values; i++) {
        if (parameter->probabilities[i] > 0.0) {
            below += parameter->probabilities[i];
            last = i;
            if (uniform < below) {
                break;
            }
        }
    }
    return last;
}

perebor_value space_draw(const perebor_parameter *parameter, double uniform) {
    double min = parameter->min;
    double max = parameter->max;
    switch (parameter->distribution) {
    case PEREBOR_CATEGORICAL:
        return parameter->values[category(parameter, uniform)];
    case PEREBOR_CONSTANT:
        return parameter->values[0];
    case PEREBOR_UNIFORM:
        return real_value(clamp(min + uniform * (max - min), min, max));
    case PEREBOR_INT_UNIFORM:
        return integer_value(min + equal_part(uniform, max - min + 1.0));
    case PEREBOR_Q_UNIFORM:
        return nearest_multiple(parameter, min + uniform * (max - min));
    case PEREBOR_LOG_UNIFORM_VALUES:
        return real_value(log_uniform(parameter, uniform));
    case PEREBOR_Q_LOG_UNIFORM_VALUES:
        return nearest_multiple(parameter, log_uniform(parameter, uniform));
    case PEREBOR_NORMAL:
        return real_value(normal(parameter, uniform));
    case PEREBOR_Q_NORMAL:
        return multiple(parameter->q, rint(normal(parameter, uniform) / parameter->q));
    case PEREBOR_LOG_NORMAL:
        return real_value(perebor_exp(normal(parameter, uniform)));
    }
    assert(false);
    return (perebor_value){.kind = PEREBOR_VALUE_NONE};
}

/** The value of a normal distribution, or one made of it, so many sigmas from mu. */
static perebor_value normal_at(const perebor_parameter *parameter, double sigmas) {
    double x = parameter->mu + sigmas * parameter->sigma;
    switch (parameter->distribution) {
    case PEREBOR_Q_NORMAL:
        return multiple(parameter->q, rint(x / parameter->q));
    case PEREBOR_LOG_NORMAL:
        return real_value(perebor_exp(x));
    default:
        return real_value(x);
    }
}

bool perebor_parameter_range(const perebor_parameter *parameter, perebor_value *least,
                             perebor_value *greatest) {
    switch (parameter->distribution) {
    case PEREBOR_CATEGORICAL:
    case PEREBOR_CONSTANT:
        return false;
    case PEREBOR_UNIFORM:
    case PEREBOR_LOG_UNIFORM_VALUES:
        *least = real_value(parameter->min);
        *greatest = real_value(parameter->max);
        return true;
    case PEREBOR_INT_UNIFORM:
        *least = integer_value(parameter->min);
        *greatest = integer_value(parameter->max);
        return true;
    case PEREBOR_Q_UNIFORM:
    case PEREBOR_Q_LOG_UNIFORM_VALUES:
        *least = multiple(parameter->q, first_multiple(parameter));
        *greatest = multiple(parameter->q, last_multiple(parameter));
        return true;
    case PEREBOR_NORMAL:
    case PEREBOR_Q_NORMAL:
    case PEREBOR_LOG_NORMAL:
        *least = normal_at(parameter, -space_farthest_quantile);
        *greatest = normal_at(parameter, space_farthest_quantile);
        return true;
    }
    return false;
}

uint64_t space_n_values(const perebor_parameter *parameter) {
    switch (parameter->distribution) {
    case PEREBOR_CATEGORICAL:
    case PEREBOR_CONSTANT:
        return parameter->n_values;
    case PEREBOR_INT_UNIFORM:
        return (uint64_t)(parameter->max - parameter->min) + 1;
    case PEREBOR_Q_UNIFORM:
        return (uint64_t)(last_multiple(parameter) - first_multiple(parameter)) + 1;
    case PEREBOR_UNIFORM:
    case PEREBOR_LOG_UNIFORM_VALUES:
    case PEREBOR_Q_LOG_UNIFORM_VALUES:
    case PEREBOR_NORMAL:
    case PEREBOR_Q_NORMAL:
    case PEREBOR_LOG_NORMAL:
        break;
    }
    return UINT64_MAX;
}

perebor_value space_value_at(const perebor_parameter *parameter, uint64_t index) {
    switch (parameter->distribution) {
    case PEREBOR_INT_UNIFORM:
        return integer_value(parameter->min + (double)index);
    case PEREBOR_Q_UNIFORM:
        return multiple(parameter->q, first_multiple(parameter) + (double)index);
    default:
        return parameter->values[index];
    }
}

static bool is_number(perebor_value value) {
    return value.kind == PEREBOR_VALUE_INTEGER || value.kind == PEREBOR_VALUE_REAL;
}

static double number_of(perebor_value value) {
    return value.kind == PEREBOR_VALUE_INTEGER ? (double)value.as.integer : value.as.real;
}

bool space_means_same(perebor_value a, perebor_value b) {
    return perebor_value_equal(a, b) ||
           (is_number(a) && is_number(b) && number_of(a) == number_of(b));
}

static bool is_listed(const perebor_parameter *parameter, perebor_value value, perebor_value *own) {
    for (size_t i = 0; i < parameter->n_values; i++) {
        perebor_value listed = parameter->values[i];
        if (space_means_same(listed, value)) {
            *own = listed;
            return true;
        }
    }
    return false;
}

bool space_belongs(const perebor_parameter *parameter, perebor_value value, perebor_value *own) {
    perebor_distribution distribution = parameter->distribution;
    if (distribution == PEREBOR_CATEGORICAL || distribution == PEREBOR_CONSTANT) {
        return is_listed(parameter, value, own);
    }
    double x = is_number(value) ? number_of(value) : NAN;
    if (!isfinite(x)) {
        return false;
    }
    bool bounded = distribution != PEREBOR_NORMAL && distribution != PEREBOR_Q_NORMAL &&
                   distribution != PEREBOR_LOG_NORMAL;
    if (bounded ? x < parameter->min || x > parameter->max
                : distribution == PEREBOR_LOG_NORMAL && x <= 0.0) {
        return false;
    }
    bool quantised = distribution == PEREBOR_Q_UNIFORM || distribution == PEREBOR_Q_NORMAL ||
                     distribution == PEREBOR_Q_LOG_UNIFORM_VALUES;
    bool whole =
        distribution == PEREBOR_INT_UNIFORM || (quantised && floor(parameter->q) == parameter->q);
    if (whole && (floor(x) != x || fabs(x) > 9007199254740992.0)) {
        return false;
    }
    *own = whole ? integer_value(x) : real_value(x);
    return true;
}

static void describe_list(const perebor_parameter *parameter, char *text, size_t size) {
    size_t length = 0;
    for (size_t i = 0; i < parameter->n_values && length + 2 < size; i++) {
        length += (size_t)snprintf(text + length, size - length, "%s", i == 0 ? "" : ", ");
        if (length < size) {
            length += perebor_value_format(parameter->values[i], text + length, size - length);
        }
    }
}

void space_describe(const perebor_parameter *parameter, char *text, size_t size) {
    const char *name = perebor_distribution_name(parameter->distribution);
    switch (parameter->distribution) {
    case PEREBOR_CATEGORICAL:
    case PEREBOR_CONSTANT:
        describe_list(parameter, text, size);
        return;
    case PEREBOR_NORMAL:
    case PEREBOR_Q_NORMAL:
        (void)snprintf(text, size, "any number (%s)", name);
        return;
    case PEREBOR_LOG_NORMAL:
        (void)snprintf(text, size, "any number above 0 (%s)", name);
        return;
    default:
        (void)snprintf(text, size, "%s from %.15g to %.15g",
                       parameter->distribution == PEREBOR_INT_UNIFORM ? "a whole number"
                                                                      : "a number",
                       parameter->min, parameter->max);
    }
}
