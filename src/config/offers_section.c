// SPDX-License-Identifier: MIT
#include <math.h>
#include <string.h>

#include "base/try.h"
#include "config/sections.h"
#include "offer/offer_settings.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define OFFERS(member) offsetof(offer_settings, member)
#define CHANNEL(member) offsetof(offer_channel, member)
#define OFFER(member) offsetof(offer_item, member)

static perebor_status read_condition(const config_reading *reading, const yaml_node *node,
                                     void *field) {
    offer_condition *condition = field;
    condition->at = config_position(node);
    return config_read_text(reading, node, &condition->where);
}

static perebor_status read_amount(const config_reading *reading, const yaml_node *node,
                                  void *field) {
    double value = 0.0;
    perebor_status status = config_read_real(reading, node, &value);
    if (status == PEREBOR_OK && !(value >= 0.0)) {
        return config_refuse_type(reading, node, "a number from 0 on");
    }
    *(double *)field = value;
    return status;
}

static perebor_status read_unit(const config_reading *reading, const yaml_node *node, void *field) {
    double value = 0.0;
    perebor_status status = config_read_real(reading, node, &value);
    if (status == PEREBOR_OK && !(value > 0.0)) {
        return config_refuse_type(reading, node, "a number above 0");
    }
    *(double *)field = value;
    return status;
}

/** A share below 1: somebody must be left to be offered something. */
static perebor_status read_hold_out(const config_reading *reading, const yaml_node *node,
                                    void *field) {
    double value = 0.0;
    perebor_status status = config_read_share(reading, node, &value);
    if (status == PEREBOR_OK && !(value < 1.0)) {
        return config_refuse_type(reading, node, "a share below 1");
    }
    *(double *)field = value;
    return status;
}

static perebor_status read_uplift_name(const config_reading *reading, const yaml_node *node,
                                       void *field) {
    size_t index = 0;
    perebor_status status = config_read_word(reading, node, "uplift", offer_uplift_names, &index);
    *(offer_uplift *)field = (offer_uplift)index;
    return status;
}

/** {low: …, mid: …, high: …}, rising. */
static perebor_status read_uplifts(const config_reading *reading, const yaml_node *node,
                                   void *field) {
    static const config_key keys[] = {
        {"low", config_read_share, OFFER_UPLIFT_LOW * sizeof(double), true},
        {"mid", config_read_share, OFFER_UPLIFT_MID * sizeof(double), true},
        {"high", config_read_share, OFFER_UPLIFT_HIGH * sizeof(double), true},
    };
    const double *uplift = field;
    perebor_status status = config_read_section(reading, node, "uplift", keys, COUNT(keys), field);
    if (status == PEREBOR_OK && !(uplift[OFFER_UPLIFT_LOW] <= uplift[OFFER_UPLIFT_MID] &&
                                  uplift[OFFER_UPLIFT_MID] <= uplift[OFFER_UPLIFT_HIGH])) {
        return config_refuse_type(reading, node, "shares that do not fall from low to high");
    }
    return status;
}

static perebor_status read_revenue(const config_reading *reading, const yaml_node *node,
                                   void *field) {
    offer_settings *settings = field;
    settings->revenue_at = config_position(node);
    return config_read_text(reading, node, &settings->revenue);
}

static perebor_status read_advice(const config_reading *reading, const yaml_node *node,
                                  void *field) {
    offer_settings *settings = field;
    const char *path = NULL;
    perebor_status status = config_read_text(reading, node, &path);
    if (status == PEREBOR_OK) {
        const char *folder = config_folder(reading->arena, reading->file);
        settings->advice = folder == NULL ? NULL : config_join_path(reading->arena, folder, path);
        return settings->advice == NULL ? config_no_memory(reading) : PEREBOR_OK;
    }
    return status;
}

static perebor_status read_channel(const config_reading *reading, const yaml_node *node,
                                   void *field) {
    static const config_key keys[] = {
        {"title", config_read_text, CHANNEL(title), false},
        {"requires_consent", config_read_boolean, CHANNEL(requires_consent), false},
        {"cost", read_amount, CHANNEL(cost), false},
        {"capacity", config_read_count, CHANNEL(capacity), false},
    };
    offer_channel *channel = field;
    *channel = (offer_channel){
        .name = node->key, .title = node->key, .requires_consent = true, .capacity = UINT64_MAX};
    return config_is_null(node)
               ? PEREBOR_OK
               : config_read_section(reading, node, "a channel", keys, COUNT(keys), channel);
}

static perebor_status read_channels(const config_reading *reading, const yaml_node *node,
                                    void *field) {
    offer_settings *settings = field;
    void *items = NULL;
    if (node->kind != YAML_MAP || node->n < 1 || node->n > OFFER_MOST_CHANNELS) {
        return config_refuse_type(reading, node,
                                  "up to 64 channels by name: {email: {capacity: 500}}");
    }
    perebor_status status =
        config_read_items(reading, node, YAML_MAP, "channels by name", read_channel,
                          sizeof *settings->channels, &items, &settings->n_channels);
    settings->channels = items;
    return status;
}

static perebor_status read_text(const config_reading *reading, const yaml_node *node, void *field) {
    offer_item *offer = field;
    offer->text_at = config_position(node);
    return config_read_text(reading, node, &offer->text);
}

static perebor_status read_channel_name(const config_reading *reading, const yaml_node *node,
                                        void *field) {
    offer_item *offer = field;
    offer->channel_at = config_position(node);
    return config_read_text(reading, node, &offer->channel_name);
}

static perebor_status read_offer(const config_reading *reading, const yaml_node *node,
                                 void *field) {
    static const config_key keys[] = {
        {"name", config_read_name, OFFER(name), true},
        {"title", config_read_text, OFFER(title), false},
        {"text", read_text, 0, true},
        {"channel", read_channel_name, 0, true},
        {"requires_consent", config_read_boolean, OFFER(requires_consent), false},
        {"where", read_condition, OFFER(where), false},
        {"except", read_condition, OFFER(except), false},
        {"segments", config_read_texts, OFFER(segments), false},
        {"drivers", config_read_texts, OFFER(drivers), false},
        {"uplift", read_uplifts, OFFER(uplift), true},
        {"cost", read_amount, OFFER(cost), false},
        {"cost_share", config_read_share, OFFER(cost_share), false},
        {"capacity", config_read_count, OFFER(capacity), false},
        {"cool_down", read_amount, OFFER(cool_down), false},
    };
    offer_item *offer = field;
    *offer = (offer_item){.at = config_position(node), .capacity = UINT64_MAX};
    perebor_status status =
        config_read_section(reading, node, "an offer", keys, COUNT(keys), offer);
    offer->title = offer->title == NULL ? offer->name : offer->title;
    return status;
}

static perebor_status read_catalogue(const config_reading *reading, const yaml_node *node,
                                     void *field) {
    perebor_status status;
    offer_settings *settings = field;
    void *items = NULL;
    PEREBOR_TRY(done, config_read_items(reading, node, YAML_LIST,
                                        "a list of offers: {name: …, text: …, channel: …, "
                                        "uplift: {low: …, mid: …, high: …}}",
                                        read_offer, sizeof *settings->offers, &items,
                                        &settings->n_offers));
    if (settings->n_offers < 1 || settings->n_offers > OFFER_MOST_OFFERS) {
        return yaml_refuse(node, reading->error, "a catalogue has 1 to %d offers; this has %zu",
                           OFFER_MOST_OFFERS, settings->n_offers);
    }
    settings->offers = items;
    const yaml_node *item = node->first;
    for (size_t i = 0; i < settings->n_offers; i++, item = item->next) {
        for (size_t j = 0; j < i; j++) {
            if (strcmp(settings->offers[i].name, settings->offers[j].name) == 0) {
                return yaml_refuse(item, reading->error, "there are two offers \"%s\"",
                                   settings->offers[i].name);
            }
        }
    }
done:
    return status;
}

static perebor_status read_reason(const config_reading *reading, const yaml_node *node,
                                  void *field) {
    offer_word *word = field;
    *word = (offer_word){.column = node->key, .at = config_position(node)};
    return config_read_text(reading, node, &word->text);
}

static perebor_status read_reasons(const config_reading *reading, const yaml_node *node,
                                   void *field) {
    offer_settings *settings = field;
    void *items = NULL;
    perebor_status status =
        config_read_items(reading, node, YAML_MAP, "{column: what it is called as a reason}",
                          read_reason, sizeof *settings->reasons, &items, &settings->n_reasons);
    settings->reasons = items;
    return status;
}

/** {column: {level: text}} */
static perebor_status read_words(const config_reading *reading, const yaml_node *node,
                                 void *field) {
    perebor_status status = PEREBOR_OK;
    offer_settings *settings = field;
    size_t n = 0;
    for (const yaml_node *column = node->first; column != NULL; column = column->next) {
        if (node->kind != YAML_MAP || column->kind != YAML_MAP) {
            return config_refuse_type(reading, node, "{column: {level: words}}");
        }
        n += column->n;
    }
    offer_word *words = perebor_arena_allocate(reading->arena, n + 1, sizeof *words);
    if (words == NULL) {
        return config_no_memory(reading);
    }
    n = 0;
    for (const yaml_node *column = node->first; column != NULL; column = column->next) {
        for (const yaml_node *level = column->first; level != NULL; level = level->next, n++) {
            words[n] = (offer_word){
                .column = column->key, .level = level->key, .at = config_position(level)};
            PEREBOR_TRY(done, config_read_text(reading, level, &words[n].text));
        }
    }
    settings->words = words;
    settings->n_words = n;
done:
    return status;
}

/** Finds the channels of the offers, and what they need of the section. */
static perebor_status bind(const config_reading *reading, const yaml_node *node,
                           offer_settings *settings) {
    const yaml_node *item = yaml_find(node, "catalogue")->first;
    for (size_t i = 0; i < settings->n_offers; i++, item = item->next) {
        offer_item *offer = (offer_item *)&settings->offers[i];
        while (offer->channel < settings->n_channels &&
               strcmp(settings->channels[offer->channel].name, offer->channel_name) != 0) {
            offer->channel++;
        }
        if (offer->channel == settings->n_channels) {
            return yaml_refuse(yaml_find(item, "channel"), reading->error,
                               "%s is none of offers.channels", offer->channel_name);
        }
        if (offer_requires_consent(settings, i) && settings->consent.where == NULL) {
            return yaml_refuse(item, reading->error,
                               "\"%s\" goes only to who has agreed, and offers.consent does not "
                               "say who has: give it a condition in SQL, or say "
                               "requires_consent: false of the channel \"%s\"",
                               offer->name, offer->channel_name);
        }
        if (offer->cost_share > 0.0 && settings->revenue == NULL) {
            return yaml_refuse(yaml_find(item, "cost_share"), reading->error,
                               "a share of what? Name the column of a period's revenue under "
                               "offers.revenue");
        }
    }
    return PEREBOR_OK;
}

perebor_status config_read_offers(const config_reading *reading, const yaml_node *node,
                                  void *field) {
    static const config_key keys[] = {
        {"consent", read_condition, OFFERS(consent), false},
        {"except", read_condition, OFFERS(except), false},
        {"revenue", read_revenue, 0, false},
        {"revenue_unit", read_unit, OFFERS(revenue_unit), false},
        {"budget", read_amount, OFFERS(budget), false},
        {"least_net", read_amount, OFFERS(least_net), false},
        {"uplift", read_uplift_name, OFFERS(uplift), false},
        {"hold_out", read_hold_out, OFFERS(hold_out), false},
        {"cool_down", read_amount, OFFERS(cool_down), false},
        {"advice", read_advice, 0, false},
        {"reasons", read_reasons, 0, false},
        {"words", read_words, 0, false},
        {"channels", read_channels, 0, true},
        {"catalogue", read_catalogue, 0, true},
    };
    perebor_status status;
    offer_settings *settings = perebor_arena_allocate(reading->arena, 1, sizeof *settings);
    if (settings == NULL) {
        return config_no_memory(reading);
    }
    *settings = (offer_settings){.revenue_unit = 1.0,
                                 .budget = (double)INFINITY,
                                 .uplift = OFFER_UPLIFT_MID,
                                 .hold_out = 0.1};
    PEREBOR_TRY(done, config_read_section(reading, node, "offers", keys, COUNT(keys), settings));
    PEREBOR_TRY(done, bind(reading, node, settings));
    *(const offer_settings **)field = settings;
done:
    return status;
}
