// SPDX-License-Identifier: MIT
/** Those parts of the section segments by which segments are found, not described. */
#include <math.h>
#include <string.h>

#include "base/try.h"
#include "config/sections.h"
#include "segment/settings.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define AXIS(member) offsetof(segment_axis, member)
#define CLUSTERS(member) offsetof(segment_clusters, member)
#define DISCOVERY(member) offsetof(segment_discovery, member)
#define TERMS(member) offsetof(segment_discovery, terms.member)
#define DRIVER(member) offsetof(segment_driver, member)

/** A column, a list of them, or {column: weight, …}. */
static perebor_status read_weighted(const config_reading *reading, const yaml_node *node,
                                    void *field) {
    perebor_status status = PEREBOR_OK;
    segment_axis *axis = field;
    size_t n = node->kind == YAML_SCALAR ? 1 : node->n, i = 0;
    const char **columns = perebor_arena_allocate(reading->arena, n + 1, sizeof *columns);
    double *weights = perebor_arena_allocate(reading->arena, n + 1, sizeof *weights);
    if (columns == NULL || weights == NULL) {
        return config_no_memory(reading);
    }
    if (n == 0) {
        return config_refuse_type(reading, node,
                                  "a column, a list of columns, or {column: weight, …}");
    }
    const yaml_node *item = node->kind == YAML_SCALAR ? node : node->first;
    for (; i < n; item = item->next, i++) {
        weights[i] = 1.0;
        if (node->kind == YAML_MAP) {
            columns[i] = item->key;
            PEREBOR_TRY(done, config_read_real(reading, item, &weights[i]));
        } else {
            PEREBOR_TRY(done, config_read_text(reading, item, (void *)&columns[i]));
        }
        if (!(weights[i] > 0.0 || weights[i] < 0.0)) {
            return config_refuse_type(reading, item, "a weight that is not 0");
        }
    }
    axis->columns = columns;
    axis->weights = weights;
    axis->n_columns = n;
done:
    return status;
}

/** The names of the lower and of the upper band. */
static perebor_status read_valley(const config_reading *reading, const yaml_node *node,
                                  void *field) {
    segment_axis *axis = field;
    perebor_texts names = {0};
    perebor_status status = config_read_texts(reading, node, &names);
    if (status == PEREBOR_OK && names.n != 2) {
        return yaml_refuse(node, reading->error,
                           "valley has %zu names; it takes two, of those below the density's "
                           "valley and of those above",
                           names.n);
    }
    axis->bands = (segment_bands){names.items, 2, NULL};
    axis->at_valley = true;
    return status;
}

static perebor_status read_axis(const config_reading *reading, const yaml_node *node, void *field) {
    static const config_key keys[] = {
        {"name", config_read_text, AXIS(name), true},
        {"columns", read_weighted, 0, true},
        {"bands", config_read_bands, AXIS(bands), false},
        {"valley", read_valley, 0, false},
    };
    segment_axis *axis = field;
    axis->at = config_position(node);
    perebor_status status =
        config_read_section(reading, node, "an axis of the portrait", keys, COUNT(keys), axis);
    if (status == PEREBOR_OK &&
        (yaml_find(node, "bands") != NULL) == (yaml_find(node, "valley") != NULL)) {
        return yaml_refuse(node, reading->error,
                           "an axis of the portrait needs either bands, {name: share of the rows "
                           "from which it begins, …}, or valley, two names");
    }
    return status;
}

perebor_status config_read_portrait(const config_reading *reading, const yaml_node *node,
                                    void *field) {
    perebor_status status;
    segment_settings *settings = field;
    void *items = NULL;
    PEREBOR_TRY(done,
                config_read_items(reading, node, YAML_LIST,
                                  "a list of axes: {name: …, columns: …, bands: …}", read_axis,
                                  sizeof *settings->axes, &items, &settings->n_axes));
    settings->axes = items;
    const yaml_node *item = node->first;
    for (size_t i = 0; i < settings->n_axes; i++, item = item->next) {
        for (size_t j = 0; j < i; j++) {
            if (strcmp(settings->axes[i].name, settings->axes[j].name) == 0) {
                return yaml_refuse(item, reading->error, "there are two axes \"%s\"",
                                   settings->axes[i].name);
            }
        }
    }
done:
    return status;
}

static perebor_status read_method(const config_reading *reading, const yaml_node *node,
                                  void *field) {
    size_t index = 0;
    perebor_status status = config_read_word(reading, node, "method", cluster_method_names, &index);
    *(cluster_method *)field = (cluster_method)index;
    return status;
}

/** A number, or {min: …, max: …}. */
static perebor_status read_k(const config_reading *reading, const yaml_node *node, void *field) {
    static const config_key keys[] = {
        {"min", config_read_size, CLUSTERS(k_least), true},
        {"max", config_read_size, CLUSTERS(k_most), true},
    };
    perebor_status status;
    segment_clusters *clusters = field;
    if (node->kind == YAML_MAP) {
        status = config_read_section(reading, node, "k", keys, COUNT(keys), clusters);
    } else {
        status = config_read_size(reading, node, &clusters->k_least);
        clusters->k_most = clusters->k_least;
    }
    if (status == PEREBOR_OK && (clusters->k_least < 2 || clusters->k_most > CLUSTER_MOST ||
                                 clusters->k_least > clusters->k_most)) {
        return yaml_refuse(node, reading->error,
                           "k is how many clusters: a number from 2 to %d, or {min: 2, max: 8}",
                           CLUSTER_MOST);
    }
    return status;
}

static perebor_status read_resamples(const config_reading *reading, const yaml_node *node,
                                     void *field) {
    uint32_t value = 0;
    perebor_status status = config_read_u32(reading, node, &value);
    if (status == PEREBOR_OK && value > 10000) {
        return config_refuse_type(reading, node, "a whole number from 0 to 10000");
    }
    *(size_t *)field = value;
    return status;
}

perebor_status config_read_clusters(const config_reading *reading, const yaml_node *node,
                                    void *field) {
    static const config_key keys[] = {
        {"columns", config_read_texts, CLUSTERS(columns), true},
        {"where", config_read_text, CLUSTERS(where), false},
        {"method", read_method, CLUSTERS(method), false},
        {"k", read_k, 0, false},
        {"resamples", read_resamples, CLUSTERS(n_resamples), false},
        {"name", config_read_text, CLUSTERS(name), false},
    };
    segment_clusters *clusters = perebor_arena_allocate(reading->arena, 1, sizeof *clusters);
    if (clusters == NULL) {
        return config_no_memory(reading);
    }
    *clusters = (segment_clusters){.name = "cluster",
                                   .k_least = 2,
                                   .k_most = 8,
                                   .n_resamples = 50,
                                   .at = config_position(node)};
    *(const segment_clusters **)field = clusters;
    return config_read_section(reading, node, "segments.clusters", keys, COUNT(keys), clusters);
}

perebor_status config_read_discovery(const config_reading *reading, const yaml_node *node,
                                     void *field) {
    static const config_key keys[] = {
        {"columns", config_read_texts, DISCOVERY(columns), false},
        {"conditions", config_read_size, TERMS(depth), false},
        {"bins", config_read_size, TERMS(n_bins), false},
        {"beam", config_read_size, TERMS(beam), false},
        {"support", config_read_share, TERMS(support), false},
        {"level", config_read_share, TERMS(level), false},
        {"overlap", config_read_share, TERMS(overlap), false},
        {"most", config_read_size, TERMS(most), false},
    };
    segment_discovery *discovery = perebor_arena_allocate(reading->arena, 1, sizeof *discovery);
    if (discovery == NULL) {
        return config_no_memory(reading);
    }
    *discovery = (segment_discovery){.terms = {.depth = 3,
                                               .n_bins = 5,
                                               .beam = 50,
                                               .support = 0.05,
                                               .level = 0.05,
                                               .overlap = 0.5,
                                               .most = 8},
                                     .at = config_position(node)};
    *(const segment_discovery **)field = discovery;
    perebor_status status =
        config_read_section(reading, node, "segments.discover", keys, COUNT(keys), discovery);
    const subgroup_terms *terms = &discovery->terms;
    if (status == PEREBOR_OK &&
        (terms->depth > SUBGROUP_MOST_CONDITIONS || terms->n_bins < 2 || terms->n_bins > 100)) {
        return yaml_refuse(node, reading->error,
                           "segments.discover takes 1 to %d conditions and 2 to 100 bins",
                           SUBGROUP_MOST_CONDITIONS);
    }
    return status;
}

static perebor_status read_driver(const config_reading *reading, const yaml_node *node,
                                  void *field) {
    static const config_key keys[] = {
        {"name", config_read_text, DRIVER(name), true},
        {"columns", config_read_texts, DRIVER(columns), true},
        {"note", config_read_text, DRIVER(note), false},
    };
    segment_driver *driver = field;
    driver->note = "";
    driver->at = config_position(node);
    return config_read_section(reading, node, "a driver", keys, COUNT(keys), driver);
}

perebor_status config_read_drivers(const config_reading *reading, const yaml_node *node,
                                   void *field) {
    perebor_status status;
    segment_settings *settings = field;
    void *items = NULL;
    PEREBOR_TRY(done, config_read_items(reading, node, YAML_LIST,
                                        "a list of drivers: {name: …, columns: […]}", read_driver,
                                        sizeof *settings->drivers, &items, &settings->n_drivers));
    settings->drivers = items;
    const yaml_node *item = node->first;
    for (size_t i = 0; i < settings->n_drivers; i++, item = item->next) {
        for (size_t j = 0; j < i; j++) {
            if (strcmp(settings->drivers[i].name, settings->drivers[j].name) == 0) {
                return yaml_refuse(item, reading->error, "there are two drivers \"%s\"",
                                   settings->drivers[i].name);
            }
        }
    }
done:
    return status;
}
