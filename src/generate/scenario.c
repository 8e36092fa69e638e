// SPDX-License-Identifier: MIT
#include "generate/generator.h"

const char *const perebor_scenario_names[] = {"retail", "null",     "logit",        "leak_id",
                                              "drift",  "campaign", "dirt_extreme", NULL};
