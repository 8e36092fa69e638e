// SPDX-License-Identifier: MIT
#include "cli/settings_json.h"

#include <math.h>

#include "perebor/metric.h"
#include "perebor/tables.h"

/** A limit in as few digits as it has. */
static void put_limit(perebor_json *json, const char *key, double limit) {
    if (!isfinite(limit)) {
        return;
    }
    if (limit == floor(limit) && fabs(limit) < 0x1p53) {
        perebor_json_put_integer(json, key, (int64_t)limit);
    } else {
        perebor_json_put_real(json, key, limit);
    }
}

static void put_numbers(perebor_json *json, const perebor_setting *setting, bool whole) {
    perebor_json_begin_object(json);
    perebor_json_put_text(json, "type", whole ? "integer" : "number");
    if (setting->min <= setting->max) {
        put_limit(json, setting->exclusive_minimum ? "exclusiveMinimum" : "minimum", setting->min);
        put_limit(json, "maximum", setting->max);
    }
    perebor_json_end_object(json);
}

static void put_share(perebor_json *json) {
    perebor_json_begin_object(json);
    perebor_json_put_text(json, "type", "number");
    perebor_json_put_integer(json, "exclusiveMinimum", 0);
    perebor_json_put_integer(json, "maximum", 1);
    perebor_json_end_object(json);
}

/** Texts, and null if the setting may have none. */
static void put_words(perebor_json *json, const perebor_setting *setting) {
    perebor_json_begin_object(json);
    perebor_json_key(json, "enum");
    perebor_json_begin_array(json);
    for (const char *const *choice = setting->choices; choice != NULL && *choice != NULL;
         choice++) {
        perebor_json_text(json, *choice);
    }
    if (setting->optional) {
        perebor_json_null(json);
    }
    perebor_json_end_array(json);
    perebor_json_end_object(json);
}

void settings_json_put_takes(perebor_json *json, const perebor_setting *setting) {
    bool real = perebor_setting_takes(setting, PEREBOR_VALUE_REAL);
    perebor_json_begin_object(json);
    perebor_json_key(json, "anyOf");
    perebor_json_begin_array(json);
    if (perebor_setting_takes(setting, PEREBOR_VALUE_BOOLEAN)) {
        perebor_json_begin_object(json);
        perebor_json_put_text(json, "type", "boolean");
        perebor_json_end_object(json);
    }
    if (perebor_setting_takes(setting, PEREBOR_VALUE_INTEGER)) {
        put_numbers(json, setting, !real || setting->real_is_share);
    }
    if (real && setting->real_is_share) {
        put_share(json);
    }
    if (setting->choices != NULL || setting->optional) {
        put_words(json, setting);
    }
    perebor_json_end_array(json);
    perebor_json_end_object(json);
}

void settings_json_put_names(perebor_json *json) {
    size_t n = 0;
    const perebor_metric *metrics = perebor_metrics(&n);
    perebor_json_key(json, "metrics");
    perebor_json_begin_array(json);
    for (size_t i = 0; i < n; i++) {
        perebor_json_text(json, metrics[i].name);
    }
    perebor_json_end_array(json);
    perebor_json_key(json, "encodings");
    perebor_json_begin_array(json);
    for (size_t i = 0; perebor_encoding_name(i) != NULL; i++) {
        perebor_json_text(json, perebor_encoding_name(i));
    }
    perebor_json_end_array(json);
}
