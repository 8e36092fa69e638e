// SPDX-License-Identifier: MIT
// How it is found out how good the best trial really is: assess and nested.
#include "config/sections.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define EXPERIMENT(member) offsetof(config_draft, experiment.member)

perebor_status config_read_assess(const config_reading *reading, const yaml_node *node,
                                  void *field) {
    static const config_key keys[] = {
        {"trials", config_read_size, EXPERIMENT(assess_trials), false},
        {"resamples", config_read_size, EXPERIMENT(assess_resamples), false},
    };
    return config_read_section(reading, node, "assess", keys, COUNT(keys), field);
}

perebor_status config_read_nested(const config_reading *reading, const yaml_node *node,
                                  void *field) {
    static const config_key keys[] = {
        {"outer", config_read_n_splits, EXPERIMENT(nested_outer), false},
    };
    return config_read_section(reading, node, "nested", keys, COUNT(keys), field);
}
