// SPDX-License-Identifier: MIT
#include "campaign/campaign_settings.h"

const campaign_settings campaign_defaults = {
    .treated = {.column = "treated", .positive = "1"},
    .outcome = {.column = "outcome", .positive = "1"},
    .wanted = true,
    .shares = {0.1, 0.2, 0.3, 0.5},
    .n_shares = 4,
    .n_resamples = 1000,
};
