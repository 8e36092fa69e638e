// SPDX-License-Identifier: MIT
#include <string.h>

#include "base/try.h"
#include "config/sections.h"
#include "segment/settings.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define SEGMENTS(member) offsetof(segment_settings, member)
#define RULE(member) offsetof(segment_rule, member)

static perebor_status read_value_column(const config_reading *reading, const yaml_node *node,
                                        void *field) {
    segment_settings *settings = field;
    settings->value_at = config_position(node);
    return config_read_text(reading, node, &settings->value);
}

static perebor_status read_consent(const config_reading *reading, const yaml_node *node,
                                   void *field) {
    segment_settings *settings = field;
    settings->consent_at = config_position(node);
    return config_read_text(reading, node, &settings->consent);
}

static perebor_status read_positive(const config_reading *reading, const yaml_node *node,
                                    void *field) {
    double value = 0.0;
    perebor_status status = config_read_real(reading, node, &value);
    if (status == PEREBOR_OK && !(value > 0.0)) {
        return config_refuse_type(reading, node, "a number above 0");
    }
    *(double *)field = value;
    return status;
}

/** {name: where it begins, …}: rising shares, the first 0. */
perebor_status config_read_bands(const config_reading *reading, const yaml_node *node,
                                 void *field) {
    perebor_status status = PEREBOR_OK;
    segment_bands *bands = field;
    if (node->kind != YAML_MAP || node->n < 1 || node->n > SEGMENT_MAX_BANDS) {
        return config_refuse_type(reading, node,
                                  "names of up to 16 bands and where each begins, such as "
                                  "{low: 0, high: 0.5}");
    }
    const char **names = perebor_arena_allocate(reading->arena, node->n, sizeof *names);
    double *from = perebor_arena_allocate(reading->arena, node->n, sizeof *from);
    if (names == NULL || from == NULL) {
        return config_no_memory(reading);
    }
    double before = -1.0;
    size_t n = 0;
    for (const yaml_node *item = node->first; item != NULL; item = item->next, n++) {
        double begins = 0.0;
        PEREBOR_TRY(done, config_read_share(reading, item, &begins));
        if (begins <= before || (n == 0 && begins != 0.0) || begins >= 1.0) {
            return yaml_refuse(item, reading->error,
                               "\"%s\" begins at %s; the first band begins at 0, each other above "
                               "the one before it and below 1",
                               item->key, item->text);
        }
        before = begins;
        names[n] = item->key;
        if (n > 0) {
            from[n - 1] = begins;
        }
    }
    *bands = (segment_bands){names, n, from};
done:
    return status;
}

static size_t find_band(const segment_bands *bands, const char *name) {
    size_t at = 0;
    while (at < bands->n && strcmp(bands->names[at], name) != 0) {
        at++;
    }
    return at;
}

static perebor_status refuse_band(const config_reading *reading, const yaml_node *item,
                                  const char *of) {
    return yaml_refuse_key(item, reading->error,
                           "%s is no band of segments.%s; matrix is {band of risk: {band of "
                           "worth: name}}",
                           item->key, of);
}

/** {band of risk: {band of worth: name}}; cells without a name are called by their bands. */
static perebor_status read_matrix(const config_reading *reading, const yaml_node *node,
                                  segment_settings *settings) {
    perebor_status status = PEREBOR_OK;
    size_t n_worth = settings->worth.n;
    const char **cells =
        perebor_arena_allocate(reading->arena, settings->risk.n * n_worth + 1, sizeof *cells);
    if (cells == NULL) {
        return config_no_memory(reading);
    }
    if (node->kind != YAML_MAP || settings->risk.n == 0 || n_worth == 0) {
        return yaml_refuse(node, reading->error,
                           "matrix names the cells of segments.risk by segments.worth: "
                           "{band of risk: {band of worth: name}}; both are needed for it");
    }
    for (const yaml_node *risk = node->first; risk != NULL; risk = risk->next) {
        size_t i = find_band(&settings->risk, risk->key);
        if (i == settings->risk.n) {
            return refuse_band(reading, risk, "risk");
        }
        if (risk->kind != YAML_MAP) {
            return config_refuse_type(reading, risk, "{band of worth: name}");
        }
        for (const yaml_node *worth = risk->first; worth != NULL; worth = worth->next) {
            size_t j = find_band(&settings->worth, worth->key);
            if (j == n_worth) {
                return refuse_band(reading, worth, "worth");
            }
            PEREBOR_TRY(done, config_read_text(reading, worth, &cells[i * n_worth + j]));
        }
    }
    settings->cells = cells;
done:
    return status;
}

static perebor_status read_rule(const config_reading *reading, const yaml_node *node, void *field) {
    static const config_key keys[] = {
        {"name", config_read_text, RULE(name), true},
        {"where", config_read_text, RULE(where), true},
        {"note", config_read_text, RULE(note), false},
    };
    segment_rule *rule = field;
    rule->note = "";
    rule->at = config_position(node);
    return config_read_section(reading, node, "a rule", keys, COUNT(keys), rule);
}

static perebor_status read_rules(const config_reading *reading, const yaml_node *node,
                                 void *field) {
    perebor_status status;
    segment_settings *settings = field;
    void *items = NULL;
    PEREBOR_TRY(done,
                config_read_items(reading, node, YAML_LIST, "a list of rules: {name: …, where: …}",
                                  read_rule, sizeof *settings->rules, &items, &settings->n_rules));
    settings->rules = items;
    const yaml_node *item = node->first;
    for (size_t i = 0; i < settings->n_rules; i++, item = item->next) {
        for (size_t j = 0; j < i; j++) {
            if (strcmp(settings->rules[i].name, settings->rules[j].name) == 0) {
                return yaml_refuse(item, reading->error, "there are two rules \"%s\"",
                                   settings->rules[i].name);
            }
        }
    }
done:
    return status;
}

perebor_status config_read_segments(const config_reading *reading, const yaml_node *node,
                                    void *field) {
    static const config_key keys[] = {
        {"value", read_value_column, 0, false},
        {"horizon", read_positive, SEGMENTS(horizon), false},
        {"share_lost", config_read_share, SEGMENTS(share_lost), false},
        {"risk", config_read_bands, SEGMENTS(risk), false},
        {"worth", config_read_bands, SEGMENTS(worth), false},
        {"matrix", config_read_elsewhere, 0, false},
        {"rules", read_rules, 0, false},
        {"portrait", config_read_portrait, 0, false},
        {"clusters", config_read_clusters, SEGMENTS(clusters), false},
        {"discover", config_read_discovery, SEGMENTS(discovery), false},
        {"drivers", config_read_drivers, 0, false},
        {"consent", read_consent, 0, false},
    };
    perebor_status status;
    segment_settings *settings = perebor_arena_allocate(reading->arena, 1, sizeof *settings);
    if (settings == NULL) {
        return config_no_memory(reading);
    }
    settings->horizon = 1.0;
    settings->share_lost = 1.0;
    PEREBOR_TRY(done, config_read_section(reading, node, "segments", keys, COUNT(keys), settings));
    const yaml_node *matrix = yaml_find(node, "matrix");
    if (matrix != NULL) {
        PEREBOR_TRY(done, read_matrix(reading, matrix, settings));
    }
    *(const segment_settings **)field = settings;
done:
    return status;
}
