// SPDX-License-Identifier: MIT
#include <stddef.h>
#include <string.h>

#include "base/try.h"
#include "config/generator_reading.h"

static perebor_status read_component_name(const config_reading *reading, const yaml_node *node,
                                          void *field) {
    const perebor_generator *generator = generator_draft_of(reading);
    const char *name = NULL;
    perebor_status status = config_read_text(reading, node, &name);
    for (size_t i = 0; status == PEREBOR_OK && i < generator->n_components; i++) {
        if (strcmp(generator->components[i].name, name) == 0) {
            *(size_t *)field = i;
            return PEREBOR_OK;
        }
    }
    return status == PEREBOR_OK
               ? yaml_refuse(node, reading->error, "there is no component \"%s\"", name)
               : status;
}

static perebor_status read_duplicates(const config_reading *reading, const yaml_node *node,
                                      void *field) {
    static const config_key keys[] = {
        {"pairs", config_read_real, offsetof(perebor_dirt, duplicate_pairs), true},
        {"component", read_component_name, offsetof(perebor_dirt, duplicate_component), true},
        {"keep", generator_read_variable, offsetof(perebor_dirt, duplicate_keeps), true},
        {"stream", config_read_u64, offsetof(perebor_dirt, duplicate_stream), true},
    };
    return config_read_section(reading, node, "duplicates", keys, COUNT(keys), field);
}

static perebor_status read_zero_variables(const config_reading *reading, const yaml_node *node,
                                          void *field) {
    perebor_dirt *dirt = field;
    void *items = NULL;
    perebor_status status =
        config_read_items(reading, node, YAML_LIST, "a list of variables", generator_read_variable,
                          sizeof(size_t), &items, &dirt->n_zero_variables);
    dirt->zero_variables = items;
    return status;
}

static perebor_status read_zeros(const config_reading *reading, const yaml_node *node,
                                 void *field) {
    static const config_key keys[] = {
        {"customers", config_read_real, offsetof(perebor_dirt, zero_customers), true},
        {"variables", read_zero_variables, 0, true},
    };
    return config_read_section(reading, node, "zeros", keys, COUNT(keys), field);
}

static perebor_status read_factor(const config_reading *reading, const yaml_node *node,
                                  void *field) {
    perebor_dirt *dirt = field;
    const double *ends = NULL;
    perebor_status status = generator_read_reals(reading, node, 2, &ends);
    if (status == PEREBOR_OK) {
        dirt->outlier_factor_min = ends[0];
        dirt->outlier_factor_max = ends[1];
    }
    return status;
}

static perebor_status read_outlier(const config_reading *reading, const yaml_node *node,
                                   void *field) {
    static const config_key keys[] = {
        {"variable", generator_read_variable, offsetof(perebor_dirt, outlier_variable), true},
        {"factor", read_factor, 0, true},
        {"step", config_read_real, offsetof(perebor_dirt, outlier_step), true},
        {"stream", config_read_u64, offsetof(perebor_dirt, outlier_stream), true},
        {"factor_stream", config_read_u64, offsetof(perebor_dirt, outlier_factor_stream), true},
    };
    perebor_dirt *dirt = field;
    dirt->outlier = true;
    perebor_status status = config_read_section(reading, node, "outlier", keys, COUNT(keys), dirt);
    if (status == PEREBOR_OK && !(dirt->outlier_step > 0.0)) {
        status = yaml_refuse(node, reading->error, "step must be above 0");
    }
    return status;
}

perebor_status generator_read_dirt(const config_reading *reading, const yaml_node *node,
                                   void *field) {
    static const config_key keys[] = {
        {"block", config_read_size, offsetof(perebor_dirt, block), true},
        {"exempt", config_read_size, offsetof(perebor_dirt, exempt), false},
        {"duplicates", read_duplicates, 0, false},
        {"zeros", read_zeros, 0, false},
        {"outlier", read_outlier, 0, false},
    };
    perebor_dirt *dirt = &((perebor_generator *)field)->dirt;
    perebor_status status = config_read_section(reading, node, "dirt", keys, COUNT(keys), dirt);
    if (status == PEREBOR_OK && dirt->block > 1000000) {
        status = yaml_refuse(node, reading->error, "block: at most 1000000 customers");
    }
    double most = (double)dirt->block;
    if (status == PEREBOR_OK && !(dirt->duplicate_pairs >= 0.0 && dirt->duplicate_pairs <= most &&
                                  dirt->zero_customers >= 0.0 && dirt->zero_customers <= most)) {
        status = yaml_refuse(node, reading->error,
                             "pairs and customers must be from 0 to the %zu customers of a block",
                             dirt->block);
    }
    return status;
}
