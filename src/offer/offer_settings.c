// SPDX-License-Identifier: MIT
#include "offer/offer_settings.h"

const char *const offer_uplift_names[] = {"low", "mid", "high", NULL};

bool offer_requires_consent(const offer_settings *settings, size_t offer) {
    const offer_item *item = &settings->offers[offer];
    return item->requires_consent || settings->channels[item->channel].requires_consent;
}
