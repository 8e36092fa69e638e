// SPDX-License-Identifier: MIT
/* Whether a setting takes every value that a parameter can have. Settings' ranges are intervals,
 * and a distribution draws between its least and its greatest value: where both ends are taken, and
 * the kind that is drawn is one that the setting takes, every draw is. */
#include <math.h>
#include <stdio.h>

#include "base/try.h"
#include "pipeline/binding.h"

static bool is_unbounded(perebor_distribution distribution) {
    return distribution == PEREBOR_NORMAL || distribution == PEREBOR_Q_NORMAL;
}

/** What to write instead of a distribution that draws numbers with a fraction. */
static void say_remedy(const perebor_parameter *parameter, char *text, size_t size) {
    double low = ceil(parameter->min);
    double high = floor(parameter->max);
    switch (parameter->distribution) {
    case PEREBOR_UNIFORM:
        if (low <= high) {
            (void)snprintf(text, size, "use int_uniform with min: %.15g and max: %.15g", low, high);
            return;
        }
        (void)snprintf(text, size, "use int_uniform, with whole numbers as min and max");
        return;
    case PEREBOR_LOG_UNIFORM_VALUES:
    case PEREBOR_LOG_NORMAL:
        (void)snprintf(text, size, "use q_log_uniform_values with q: 1, or int_uniform");
        return;
    case PEREBOR_NORMAL:
        (void)snprintf(text, size, "use int_uniform");
        return;
    default:
        (void)snprintf(text, size, "use a whole number as q, such as 1, not %.15g", parameter->q);
    }
}

static perebor_status refuse_fraction(const binding *binding, const perebor_parameter *parameter,
                                      const binding_origin *from, perebor_error *error) {
    char remedy[120];
    char reason[400];
    say_remedy(parameter, remedy, sizeof remedy);
    (void)snprintf(
        reason, sizeof reason, "%s takes whole numbers, and %s draws numbers with a fraction; %s",
        binding->setting->name, perebor_distribution_name(parameter->distribution), remedy);
    return binding_refuse(error, from, reason);
}

static perebor_status check_values(const binding *binding, const perebor_parameter *parameter,
                                   const binding_origin *from, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (size_t i = 0; i < parameter->n_values; i++) {
        PEREBOR_TRY(done, binding_check_value(binding, parameter->values[i], from, error));
    }
done:
    return status;
}

perebor_status binding_check_parameter(const binding *binding, const perebor_parameter *parameter,
                                       const binding_origin *from, perebor_error *error) {
    perebor_status status;
    perebor_value least;
    perebor_value greatest;
    if (!perebor_parameter_range(parameter, &least, &greatest)) {
        return check_values(binding, parameter, from, error);
    }
    if (binding->model) {
        return binding_refuse(error, from, "choose learners by values, not by a distribution");
    }
    const perebor_setting *setting = binding->setting;
    bool fraction = least.kind == PEREBOR_VALUE_REAL && !perebor_value_equal(least, greatest);
    if (fraction && perebor_setting_takes(setting, PEREBOR_VALUE_INTEGER) &&
        !perebor_setting_takes(setting, PEREBOR_VALUE_REAL)) {
        return refuse_fraction(binding, parameter, from, error);
    }
    bool bounded = setting->min <= setting->max;
    if (is_unbounded(parameter->distribution) && bounded) {
        return binding_refuse(error, from,
                              "a normal distribution has no bounds but this setting does; use "
                              "uniform or log_normal");
    }
    PEREBOR_TRY(done, binding_check_value(binding, least, from, error));
    PEREBOR_TRY(done, binding_check_value(binding, greatest, from, error));
done:
    return status;
}
