// SPDX-License-Identifier: MIT
#include <stddef.h>
#include <string.h>

#include "base/try.h"
#include "config/generator_reading.h"

static perebor_status read_term(const config_reading *reading, const yaml_node *node, void *field) {
    perebor_logit_term *term = field;
    const double *numbers = NULL;
    perebor_status status = generator_find_variable(reading, node, node->key, &term->variable);
    if (status == PEREBOR_OK) {
        status = generator_read_reals(reading, node, 3, &numbers);
    }
    if (status == PEREBOR_OK && numbers != NULL) {
        *term = (perebor_logit_term){term->variable, numbers[0], numbers[1], numbers[2]};
        if (term->scale == 0.0) {
            status = yaml_refuse(node, reading->error, "the scale must not be 0");
        }
    }
    return status;
}

static perebor_status read_terms(const config_reading *reading, const yaml_node *node,
                                 void *field) {
    perebor_log_odds *odds = field;
    void *items = NULL;
    perebor_status status = config_read_items(
        reading, node, YAML_MAP, "a section of variables and [center, scale, weight]", read_term,
        sizeof(perebor_logit_term), &items, &odds->n_terms);
    odds->terms = items;
    return status;
}

static perebor_status read_log_odds(const config_reading *reading, const yaml_node *node,
                                    void *field) {
    static const config_key keys[] = {
        {"intercept", config_read_real, offsetof(perebor_log_odds, intercept), true},
        {"terms", read_terms, 0, true},
    };
    return config_read_section(reading, node, node->key, keys, COUNT(keys), field);
}

perebor_status generator_read_logit(const config_reading *reading, const yaml_node *node,
                                    void *field) {
    return read_log_odds(reading, node, &((perebor_generator *)field)->logit);
}

static perebor_status read_move(const config_reading *reading, const yaml_node *node, void *field) {
    static const config_key keys[] = {
        {"keep", config_read_share, offsetof(perebor_drift_move, keep), false},
        {"shift", config_read_real, offsetof(perebor_drift_move, shift), false},
        {"add", config_read_real, offsetof(perebor_drift_move, add), false},
    };
    perebor_drift_move *move = field;
    move->keep = 1.0;
    perebor_status status = generator_find_variable(reading, node, node->key, &move->variable);
    return status == PEREBOR_OK
               ? config_read_section(reading, node, "move", keys, COUNT(keys), move)
               : status;
}

static perebor_status read_moves(const config_reading *reading, const yaml_node *node,
                                 void *field) {
    perebor_drift *drift = field;
    void *items = NULL;
    perebor_status status =
        config_read_items(reading, node, YAML_MAP, "a section of variables and their moves",
                          read_move, sizeof(perebor_drift_move), &items, &drift->n_moves);
    drift->moves = items;
    return status;
}

perebor_status generator_read_drift(const config_reading *reading, const yaml_node *node,
                                    void *field) {
    static const config_key keys[] = {
        {"stream", config_read_u64, offsetof(perebor_drift, stream), true},
        {"moves", read_moves, 0, true},
    };
    perebor_generator *generator = field;
    return config_read_section(reading, node, "drift", keys, COUNT(keys), &generator->drift);
}

static perebor_status read_treated(const config_reading *reading, const yaml_node *node,
                                   void *field) {
    static const config_key keys[] = {
        {"p", config_read_share, offsetof(perebor_campaign, treated_p), true},
        {"stream", config_read_u64, offsetof(perebor_campaign, treated_stream), true},
    };
    return config_read_section(reading, node, "treated", keys, COUNT(keys), field);
}

perebor_status generator_read_campaign(const config_reading *reading, const yaml_node *node,
                                       void *field) {
    static const config_key keys[] = {
        {"treated", read_treated, 0, true},
        {"stream", config_read_u64, offsetof(perebor_campaign, outcome_stream), true},
        {"untreated", read_log_odds, offsetof(perebor_campaign, untreated), true},
        {"effect", read_log_odds, offsetof(perebor_campaign, effect), true},
    };
    perebor_generator *generator = field;
    return config_read_section(reading, node, "campaign", keys, COUNT(keys), &generator->campaign);
}
