// SPDX-License-Identifier: MIT
#include <math.h>

#include "campaign/campaign_settings.h"
#include "config/sections.h"
#include "offer/offer_settings.h"

static void put_condition(perebor_json *json, const char *key, const offer_condition *condition) {
    if (condition->where != NULL) {
        perebor_json_put_text(json, key, condition->where);
    }
}

static void put_capacity(perebor_json *json, uint64_t capacity) {
    if (capacity < UINT64_MAX) {
        perebor_json_put_unsigned(json, "capacity", capacity);
    }
}

static void put_channels(perebor_json *json, const offer_settings *settings) {
    perebor_json_key(json, "channels");
    perebor_json_begin_object(json);
    for (size_t i = 0; i < settings->n_channels; i++) {
        const offer_channel *channel = &settings->channels[i];
        perebor_json_key(json, channel->name);
        perebor_json_begin_object(json);
        perebor_json_put_text(json, "title", channel->title);
        perebor_json_put_boolean(json, "requires_consent", channel->requires_consent);
        perebor_json_put_real(json, "cost", channel->cost);
        put_capacity(json, channel->capacity);
        perebor_json_end_object(json);
    }
    perebor_json_end_object(json);
}

static void put_offer(perebor_json *json, const offer_settings *settings, size_t i) {
    const offer_item *offer = &settings->offers[i];
    perebor_json_begin_object(json);
    perebor_json_put_text(json, "name", offer->name);
    perebor_json_put_text(json, "title", offer->title);
    perebor_json_put_text(json, "text", offer->text);
    perebor_json_put_text(json, "channel", settings->channels[offer->channel].name);
    perebor_json_put_boolean(json, "requires_consent", offer->requires_consent);
    put_condition(json, "where", &offer->where);
    put_condition(json, "except", &offer->except);
    perebor_json_put_texts(json, "segments", offer->segments.items, offer->segments.n);
    perebor_json_put_texts(json, "drivers", offer->drivers.items, offer->drivers.n);
    perebor_json_key(json, "uplift");
    perebor_json_begin_object(json);
    for (size_t u = 0; u < OFFER_N_UPLIFTS; u++) {
        perebor_json_put_real(json, offer_uplift_names[u], offer->uplift[u]);
    }
    perebor_json_end_object(json);
    perebor_json_put_real(json, "cost", offer->cost);
    perebor_json_put_real(json, "cost_share", offer->cost_share);
    put_capacity(json, offer->capacity);
    perebor_json_put_real(json, "cool_down", offer->cool_down);
    perebor_json_end_object(json);
}

/** {column: {level: words}}; the levels of a column lie together. */
static void put_words(perebor_json *json, const offer_settings *settings) {
    const char *column = NULL;
    perebor_json_key(json, "words");
    perebor_json_begin_object(json);
    for (size_t i = 0; i < settings->n_words; i++) {
        const offer_word *word = &settings->words[i];
        if (word->column != column) {
            if (column != NULL) {
                perebor_json_end_object(json);
            }
            column = word->column;
            perebor_json_key(json, column);
            perebor_json_begin_object(json);
        }
        perebor_json_put_text(json, word->level, word->text);
    }
    if (column != NULL) {
        perebor_json_end_object(json);
    }
    perebor_json_end_object(json);
}

void config_put_offers(perebor_json *json, const offer_settings *settings) {
    perebor_json_key(json, "offers");
    perebor_json_begin_object(json);
    put_condition(json, "consent", &settings->consent);
    put_condition(json, "except", &settings->except);
    if (settings->revenue != NULL) {
        perebor_json_put_text(json, "revenue", settings->revenue);
    }
    perebor_json_put_real(json, "revenue_unit", settings->revenue_unit);
    perebor_json_put_real(json, "least_net", settings->least_net);
    if (isfinite(settings->budget)) {
        perebor_json_put_real(json, "budget", settings->budget);
    }
    perebor_json_put_text(json, "uplift", offer_uplift_names[settings->uplift]);
    perebor_json_put_real(json, "hold_out", settings->hold_out);
    perebor_json_put_real(json, "cool_down", settings->cool_down);
    if (settings->advice != NULL) {
        perebor_json_put_text(json, "advice", settings->advice);
    }
    perebor_json_key(json, "reasons");
    perebor_json_begin_object(json);
    for (size_t i = 0; i < settings->n_reasons; i++) {
        perebor_json_put_text(json, settings->reasons[i].column, settings->reasons[i].text);
    }
    perebor_json_end_object(json);
    put_words(json, settings);
    put_channels(json, settings);
    perebor_json_key(json, "catalogue");
    perebor_json_begin_array(json);
    for (size_t i = 0; i < settings->n_offers; i++) {
        put_offer(json, settings, i);
    }
    perebor_json_end_array(json);
    perebor_json_end_object(json);
}

static void put_mark(perebor_json *json, const char *key, const campaign_mark *mark) {
    perebor_json_key(json, key);
    perebor_json_begin_object(json);
    perebor_json_put_text(json, "column", mark->column);
    perebor_json_put_text(json, "positive", mark->positive);
    perebor_json_end_object(json);
}

void config_put_campaign(perebor_json *json, const campaign_settings *settings) {
    perebor_json_key(json, "campaign");
    perebor_json_begin_object(json);
    if (settings->id != NULL) {
        perebor_json_put_text(json, "id", settings->id);
    }
    put_mark(json, "treated", &settings->treated);
    put_mark(json, "outcome", &settings->outcome);
    perebor_json_put_boolean(json, "wanted", settings->wanted);
    if (settings->offer != NULL) {
        perebor_json_put_text(json, "offer", settings->offer);
    }
    if (settings->score != NULL) {
        perebor_json_put_text(json, "score", settings->score);
    }
    perebor_json_put_reals(json, "shares", settings->shares, settings->n_shares);
    perebor_json_put_unsigned(json, "resamples", settings->n_resamples);
    perebor_json_end_object(json);
}
