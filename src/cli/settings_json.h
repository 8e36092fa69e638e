// SPDX-License-Identifier: MIT
/**
 * @file settings_json.h
 * What a setting takes as a JSON Schema (draft 7), for programs and editors.
 */
#ifndef PEREBOR_CLI_SETTINGS_JSON_H
#define PEREBOR_CLI_SETTINGS_JSON_H

#include "base/json.h"
#include "perebor/setting.h"

/** Writes the schema of the values that perebor_setting_accept() accepts. */
void settings_json_put_takes(perebor_json *json, const perebor_setting *setting);

/** Writes what else an experiment names: `metrics`, the default first, and `encodings`. */
void settings_json_put_names(perebor_json *json);

#endif
