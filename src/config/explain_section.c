// SPDX-License-Identifier: MIT
#include "base/try.h"
#include "config/sections.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define EXPERIMENT(member) offsetof(config_draft, experiment.member)

static perebor_status read_direction(const config_reading *reading, const yaml_node *node,
                                     void *field) {
    size_t index = 0;
    perebor_status status =
        config_read_word(reading, node, "direction", perebor_change_direction_names, &index);
    *(perebor_change_direction *)field = (perebor_change_direction)index;
    return status;
}

/** A column, or a section with column and direction. */
static perebor_status read_actionable(const config_reading *reading, const yaml_node *node,
                                      void *field) {
    static const config_key keys[] = {
        {"column", config_read_text, offsetof(perebor_actionable, column), true},
        {"direction", read_direction, offsetof(perebor_actionable, direction), false},
    };
    perebor_actionable *actionable = field;
    perebor_position at = config_position(node);
    actionable->line = at.line;
    actionable->at_column = at.column;
    actionable->source = at.source;
    return node->kind == YAML_SCALAR ? config_read_text(reading, node, (void *)&actionable->column)
                                     : config_read_section(reading, node, "an actionable column",
                                                           keys, COUNT(keys), actionable);
}

static perebor_status read_list(const config_reading *reading, const yaml_node *node, void *field) {
    config_draft *draft = field;
    void *items = NULL;
    perebor_status status = config_read_items(
        reading, node, YAML_LIST,
        "a list of columns, such as [pages, {column: price, direction: decrease}]", read_actionable,
        sizeof(perebor_actionable), &items, &draft->experiment.n_actionable);
    draft->experiment.actionable = items;
    return status;
}

perebor_status config_read_explain(const config_reading *reading, const yaml_node *node,
                                   void *field) {
    static const config_key keys[] = {
        {"threshold", config_read_share, EXPERIMENT(explain_threshold), false},
        {"actionable", read_list, 0, false},
    };
    ((config_draft *)field)->experiment.declares_explain = true;
    return config_read_section(reading, node, "explain", keys, COUNT(keys), field);
}
