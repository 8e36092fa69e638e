// SPDX-License-Identifier: MIT
/* The steps of preparation as a search sees them: their settings, how a value is taken over, and
 * which of them are the same. */
#include <string.h>

#include "perebor/preparation.h"

/** Names of an enumeration, in its order; ends with NULL. */
static const char *const numeric_imputers[] = {"mean", "median", "most_frequent", "constant", NULL};
static const char *const nominal_imputers[] = {"most_frequent", "constant", NULL};
static const char *const encoders[] = {"onehot", "onehot_first", "ordinal", NULL};
static const char *const scalers[] = {"none", "standard", "minmax", "robust", "maxabs", NULL};

static const perebor_setting impute_settings[] = {
    {.name = "numeric",
     .summary = "what fills gaps of numeric columns",
     .default_value = {.kind = PEREBOR_VALUE_TEXT, .as.text = "median"},
     .choices = numeric_imputers},
    {.name = "nominal",
     .summary = "what fills gaps of the other columns",
     .default_value = {.kind = PEREBOR_VALUE_TEXT, .as.text = "most_frequent"},
     .choices = nominal_imputers},
    {.name = "fill_value",
     .summary = "the number that constant fills in",
     .default_value = {.kind = PEREBOR_VALUE_REAL, .as.real = 0.0},
     .min = 1.0,
     .max = 0.0},
};

static const perebor_setting encode_settings[] = {
    {.name = "nominal",
     .summary = "how nominal columns become numbers",
     .default_value = {.kind = PEREBOR_VALUE_TEXT, .as.text = "onehot"},
     .choices = encoders},
};

static const perebor_setting scale_settings[] = {
    {.name = "",
     .summary = "how numeric columns are scaled",
     .default_value = {.kind = PEREBOR_VALUE_TEXT, .as.text = "standard"},
     .choices = scalers},
};

static const perebor_setting select_settings[] = {
    {.name = "k",
     .summary = "columns kept, the most telling by ANOVA's F; null keeps all",
     .default_value = {.kind = PEREBOR_VALUE_NONE},
     .optional = true,
     .min = 1.0,
     .max = UINT32_MAX},
};

static const perebor_preparation_step steps[] = {
    {"impute", impute_settings, sizeof impute_settings / sizeof *impute_settings},
    {"encode", encode_settings, sizeof encode_settings / sizeof *encode_settings},
    {"scale", scale_settings, sizeof scale_settings / sizeof *scale_settings},
    {"select", select_settings, sizeof select_settings / sizeof *select_settings},
};

const perebor_preparation_step *perebor_preparation_steps(size_t *n_steps) {
    *n_steps = sizeof steps / sizeof *steps;
    return steps;
}

/** The place of a text among names that include it. */
static int32_t place_of(const char *text, const char *const *names) {
    int32_t place = 0;
    while (names[place + 1] != NULL && strcmp(names[place], text) != 0) {
        place++;
    }
    return place;
}

static void set_imputer(perebor_preparation_settings *settings, const char *setting,
                        perebor_value value) {
    if (strcmp(setting, "numeric") == 0) {
        settings->impute_numeric = place_of(value.as.text, numeric_imputers);
    } else if (strcmp(setting, "nominal") == 0) {
        settings->impute_nominal = place_of(value.as.text, numeric_imputers);
    } else {
        settings->fill_value = value.as.real;
    }
}

void perebor_preparation_set(perebor_preparation_settings *settings, const char *step,
                             const char *setting, perebor_value value) {
    if (strcmp(step, "impute") == 0) {
        set_imputer(settings, setting, value);
    } else if (strcmp(step, "encode") == 0) {
        settings->encode_nominal = place_of(value.as.text, encoders);
    } else if (strcmp(step, "scale") == 0) {
        settings->scale = place_of(value.as.text, scalers);
    } else if (strcmp(step, "select") == 0) {
        settings->select_k = value.kind == PEREBOR_VALUE_NONE ? 0 : (uint32_t)value.as.integer;
    }
}

static int compare_numbers(int64_t a, int64_t b) {
    return (a > b) - (a < b);
}

/** All but select_k. */
static int compare_fits(const perebor_preparation_settings *a,
                        const perebor_preparation_settings *b) {
    _Static_assert(sizeof *a == sizeof(double) + 6 * sizeof(uint32_t),
                   "a new member is compared here, or it merges different candidates");
    const int64_t members[][2] = {
        {a->impute_numeric, b->impute_numeric},
        {a->impute_nominal, b->impute_nominal},
        {a->encode_nominal, b->encode_nominal},
        {a->scale, b->scale},
    };
    int order = perebor_value_compare(
        (perebor_value){.kind = PEREBOR_VALUE_REAL, .as.real = a->fill_value},
        (perebor_value){.kind = PEREBOR_VALUE_REAL, .as.real = b->fill_value});
    for (size_t i = 0; order == 0 && i < sizeof members / sizeof *members; i++) {
        order = compare_numbers(members[i][0], members[i][1]);
    }
    return order;
}

int perebor_preparation_settings_compare(const perebor_preparation_settings *a,
                                         const perebor_preparation_settings *b) {
    int order = compare_fits(a, b);
    return order != 0 ? order : compare_numbers(a->select_k, b->select_k);
}

bool perebor_preparation_settings_share_fit(const perebor_preparation_settings *a,
                                            const perebor_preparation_settings *b) {
    return compare_fits(a, b) == 0;
}
