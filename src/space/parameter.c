// SPDX-License-Identifier: MIT
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/try.h"
#include "space/definition.h"

/** Whole numbers up to here are doubles. */
static const double largest_whole = 9007199254740992.0;

perebor_status space_refuse(const char *file, uint32_t line, uint32_t column, perebor_error *error,
                            perebor_status status, const char *format, ...) {
    char message[sizeof error->message];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (line == 0) {
        return perebor_fail(error, status, "%s: %s", file, message);
    }
    return perebor_fail(error, status, "%s:%u:%u: %s", file, line, column, message);
}

#define REFUSE(...)                                                                                \
    space_refuse(space_place(file, parameter->source), parameter->line, parameter->column, error,  \
                 PEREBOR_ERR_FORMAT, __VA_ARGS__)

static perebor_status check_list(const perebor_parameter *parameter, const char *file,
                                 perebor_error *error) {
    if (parameter->n_values == 0) {
        return REFUSE("%s: values is an empty list; it takes one value at least", parameter->name);
    }
    size_t repeated = SIZE_MAX;
    perebor_status status;
    PEREBOR_TRY(done,
                space_find_repeated(parameter->values, parameter->n_values, &repeated, error));
    if (repeated != SIZE_MAX) {
        char text[64];
        (void)perebor_value_format(parameter->values[repeated], text, sizeof text);
        status = REFUSE("%s: values lists %s twice; to make a value likelier give probabilities",
                        parameter->name, text);
    }
done:
    return status;
}

static perebor_status check_probabilities(const perebor_parameter *parameter, const char *file,
                                          perebor_error *error) {
    if (parameter->probabilities == NULL) {
        return PEREBOR_OK;
    }
    double sum = 0.0;
    for (size_t i = 0; i < parameter->n_values; i++) {
        double p = parameter->probabilities[i];
        if (!(p >= 0.0 && p <= 1.0)) {
            return REFUSE("%s: a probability is %g; it must be from 0 to 1", parameter->name, p);
        }
        sum += p;
    }
    if (fabs(sum - 1.0) > 1e-9) {
        return REFUSE("%s: the probabilities sum to %.15g; they must sum to 1", parameter->name,
                      sum);
    }
    return PEREBOR_OK;
}

static perebor_status check_range(const perebor_parameter *parameter, const char *file,
                                  perebor_error *error) {
    double min = parameter->min;
    double max = parameter->max;
    const char *name = parameter->name;
    if (!isfinite(min) || !isfinite(max) || !isfinite(max - min)) {
        return REFUSE("%s: min and max must be finite numbers, and so must their difference", name);
    }
    if (min > max) {
        return REFUSE("%s: min %.15g is above max %.15g", name, min, max);
    }
    bool logarithmic = parameter->distribution == PEREBOR_LOG_UNIFORM_VALUES ||
                       parameter->distribution == PEREBOR_Q_LOG_UNIFORM_VALUES;
    if (logarithmic && !(min >= 2.2250738585072014e-308)) {
        return REFUSE("%s: min of %s is %.15g; a logarithm needs it above 0", name,
                      perebor_distribution_name(parameter->distribution), min);
    }
    if (parameter->distribution == PEREBOR_INT_UNIFORM &&
        (floor(min) != min || floor(max) != max || fabs(min) > largest_whole ||
         fabs(max) > largest_whole || max - min >= largest_whole)) {
        return REFUSE("%s: min and max of int_uniform must be whole numbers below 2^53, not %.15g "
                      "and %.15g",
                      name, min, max);
    }
    return PEREBOR_OK;
}

static perebor_status check_step(const perebor_parameter *parameter, const char *file,
                                 perebor_error *error) {
    double q = parameter->q;
    bool normal = parameter->distribution == PEREBOR_Q_NORMAL;
    double reach = normal ? fabs(parameter->mu) + space_farthest_quantile * parameter->sigma
                          : fmax(fabs(parameter->min), fabs(parameter->max));
    if (!(q > 0.0) || !isfinite(q)) {
        return REFUSE("%s: q is %.15g; it must be above 0", parameter->name, q);
    }
    if (reach / q > largest_whole / 2.0 || reach > largest_whole) {
        return REFUSE("%s: q %.15g is too fine for values as large as %.15g", parameter->name, q,
                      reach);
    }
    if (!normal && ceil(parameter->min / q - 1e-9) > floor(parameter->max / q + 1e-9)) {
        return REFUSE("%s: there is no multiple of q %.15g from %.15g to %.15g", parameter->name, q,
                      parameter->min, parameter->max);
    }
    return PEREBOR_OK;
}

static perebor_status check_normal(const perebor_parameter *parameter, const char *file,
                                   perebor_error *error) {
    double farthest = fabs(parameter->mu) + space_farthest_quantile * parameter->sigma;
    if (!(parameter->sigma > 0.0) || !isfinite(farthest)) {
        return REFUSE("%s: sigma is %.15g and mu %.15g; they must be finite, and sigma above 0",
                      parameter->name, parameter->sigma, parameter->mu);
    }
    if (parameter->distribution == PEREBOR_LOG_NORMAL && farthest > 700.0) {
        return REFUSE("%s: log_normal with mu %.15g and sigma %.15g leaves the finite numbers; mu "
                      "and sigma are of the logarithm",
                      parameter->name, parameter->mu, parameter->sigma);
    }
    return PEREBOR_OK;
}

perebor_status space_check_parameter(const perebor_parameter *parameter, const char *file,
                                     perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    switch (parameter->distribution) {
    case PEREBOR_CATEGORICAL:
    case PEREBOR_CONSTANT:
        PEREBOR_TRY(done, check_list(parameter, file, error));
        PEREBOR_TRY(done, check_probabilities(parameter, file, error));
        break;
    case PEREBOR_Q_UNIFORM:
    case PEREBOR_Q_LOG_UNIFORM_VALUES:
        PEREBOR_TRY(done, check_range(parameter, file, error));
        PEREBOR_TRY(done, check_step(parameter, file, error));
        break;
    case PEREBOR_UNIFORM:
    case PEREBOR_INT_UNIFORM:
    case PEREBOR_LOG_UNIFORM_VALUES:
        PEREBOR_TRY(done, check_range(parameter, file, error));
        break;
    case PEREBOR_Q_NORMAL:
        PEREBOR_TRY(done, check_normal(parameter, file, error));
        PEREBOR_TRY(done, check_step(parameter, file, error));
        break;
    case PEREBOR_NORMAL:
    case PEREBOR_LOG_NORMAL:
        PEREBOR_TRY(done, check_normal(parameter, file, error));
        break;
    }
done:
    return status;
}
