// SPDX-License-Identifier: MIT
#include "offer/conditions.h"

#include "segment/rule.h"

perebor_status conditions_look_up(uint8_t *holds, const segment_rule *rules, size_t n_rules,
                                  const offer_rows *rows, const char *experiment,
                                  perebor_error *error) {
    const segment_settings settings = {.risk = *rows->risk, .worth = *rows->worth_bands};
    const segment_scored scored = {.dataset = rows->dataset,
                                   .probabilities = rows->probabilities,
                                   .worth = rows->worth,
                                   .settings = &settings};
    return segment_rules_apply(holds, rules, n_rules, &scored, NULL, experiment, error);
}
