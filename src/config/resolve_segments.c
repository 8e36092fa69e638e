// SPDX-License-Identifier: MIT
#include "config/sections.h"
#include "segment/settings.h"

static void put_bands(perebor_json *json, const char *key, const segment_bands *bands) {
    perebor_json_key(json, key);
    perebor_json_begin_object(json);
    for (size_t i = 0; i < bands->n; i++) {
        perebor_json_put_real(json, bands->names[i], i == 0 ? 0.0 : bands->from[i - 1]);
    }
    perebor_json_end_object(json);
}

static void put_matrix(perebor_json *json, const segment_settings *settings) {
    perebor_json_key(json, "matrix");
    perebor_json_begin_object(json);
    for (size_t i = 0; settings->cells != NULL && i < settings->risk.n; i++) {
        perebor_json_key(json, settings->risk.names[i]);
        perebor_json_begin_object(json);
        for (size_t j = 0; j < settings->worth.n; j++) {
            const char *name = settings->cells[i * settings->worth.n + j];
            if (name != NULL) {
                perebor_json_put_text(json, settings->worth.names[j], name);
            }
        }
        perebor_json_end_object(json);
    }
    perebor_json_end_object(json);
}

static void put_columns(perebor_json *json, const perebor_texts *columns) {
    perebor_json_put_texts(json, "columns", columns->items, columns->n);
}

static void put_axis(perebor_json *json, const segment_axis *axis) {
    perebor_json_begin_object(json);
    perebor_json_put_text(json, "name", axis->name);
    perebor_json_key(json, "columns");
    perebor_json_begin_object(json);
    for (size_t i = 0; i < axis->n_columns; i++) {
        perebor_json_put_real(json, axis->columns[i], axis->weights[i]);
    }
    perebor_json_end_object(json);
    if (axis->at_valley) {
        perebor_json_put_texts(json, "valley", axis->bands.names, axis->bands.n);
    } else {
        put_bands(json, "bands", &axis->bands);
    }
    perebor_json_end_object(json);
}

static void put_clusters(perebor_json *json, const segment_clusters *clusters) {
    perebor_json_key(json, "clusters");
    perebor_json_begin_object(json);
    put_columns(json, &clusters->columns);
    if (clusters->where != NULL) {
        perebor_json_put_text(json, "where", clusters->where);
    }
    perebor_json_put_text(json, "method", cluster_method_names[clusters->method]);
    perebor_json_key(json, "k");
    perebor_json_begin_object(json);
    perebor_json_put_unsigned(json, "min", clusters->k_least);
    perebor_json_put_unsigned(json, "max", clusters->k_most);
    perebor_json_end_object(json);
    perebor_json_put_unsigned(json, "resamples", clusters->n_resamples);
    perebor_json_put_text(json, "name", clusters->name);
    perebor_json_end_object(json);
}

static void put_discovery(perebor_json *json, const segment_discovery *discovery) {
    const subgroup_terms *terms = &discovery->terms;
    perebor_json_key(json, "discover");
    perebor_json_begin_object(json);
    put_columns(json, &discovery->columns);
    perebor_json_put_unsigned(json, "conditions", terms->depth);
    perebor_json_put_unsigned(json, "bins", terms->n_bins);
    perebor_json_put_unsigned(json, "beam", terms->beam);
    perebor_json_put_real(json, "support", terms->support);
    perebor_json_put_real(json, "level", terms->level);
    perebor_json_put_real(json, "overlap", terms->overlap);
    perebor_json_put_unsigned(json, "most", terms->most);
    perebor_json_end_object(json);
}

static void put_driver(perebor_json *json, const segment_driver *driver) {
    perebor_json_begin_object(json);
    perebor_json_put_text(json, "name", driver->name);
    put_columns(json, &driver->columns);
    perebor_json_put_text(json, "note", driver->note);
    perebor_json_end_object(json);
}

/** Those parts by which segments are found. */
static void put_found(perebor_json *json, const segment_settings *settings) {
    perebor_json_key(json, "portrait");
    perebor_json_begin_array(json);
    for (size_t i = 0; i < settings->n_axes; i++) {
        put_axis(json, &settings->axes[i]);
    }
    perebor_json_end_array(json);
    if (settings->clusters != NULL) {
        put_clusters(json, settings->clusters);
    }
    if (settings->discovery != NULL) {
        put_discovery(json, settings->discovery);
    }
    perebor_json_key(json, "drivers");
    perebor_json_begin_array(json);
    for (size_t i = 0; i < settings->n_drivers; i++) {
        put_driver(json, &settings->drivers[i]);
    }
    perebor_json_end_array(json);
    if (settings->consent != NULL) {
        perebor_json_put_text(json, "consent", settings->consent);
    }
}

void config_put_segments(perebor_json *json, const segment_settings *settings) {
    perebor_json_key(json, "segments");
    perebor_json_begin_object(json);
    perebor_json_put_text(json, "value", settings->value);
    perebor_json_put_real(json, "horizon", settings->horizon);
    perebor_json_put_real(json, "share_lost", settings->share_lost);
    put_bands(json, "risk", &settings->risk);
    put_bands(json, "worth", &settings->worth);
    put_matrix(json, settings);
    perebor_json_key(json, "rules");
    perebor_json_begin_array(json);
    for (size_t i = 0; i < settings->n_rules; i++) {
        perebor_json_begin_object(json);
        perebor_json_put_text(json, "name", settings->rules[i].name);
        perebor_json_put_text(json, "where", settings->rules[i].where);
        perebor_json_put_text(json, "note", settings->rules[i].note);
        perebor_json_end_object(json);
    }
    perebor_json_end_array(json);
    put_found(json, settings);
    perebor_json_end_object(json);
}
