// SPDX-License-Identifier: MIT
#include "base/try.h"
#include "campaign/campaign_settings.h"
#include "config/sections.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define CAMPAIGN(member) offsetof(campaign_settings, member)
#define MARK(member) offsetof(campaign_mark, member)

static perebor_status read_mark(const config_reading *reading, const yaml_node *node, void *field) {
    static const config_key keys[] = {
        {"column", config_read_text, MARK(column), true},
        {"positive", config_read_text, MARK(positive), true},
    };
    campaign_mark *mark = field;
    mark->at = config_position(node);
    return config_read_section(reading, node, "a mark of the log", keys, COUNT(keys), mark);
}

static perebor_status read_score(const config_reading *reading, const yaml_node *node,
                                 void *field) {
    campaign_settings *settings = field;
    settings->score_at = config_position(node);
    return config_read_text(reading, node, &settings->score);
}

/** Rising shares above 0. */
static perebor_status read_shares(const config_reading *reading, const yaml_node *node,
                                  void *field) {
    perebor_status status = PEREBOR_OK;
    campaign_settings *settings = field;
    if (node->kind != YAML_LIST || node->n < 1 || node->n > CAMPAIGN_MOST_SHARES) {
        return config_refuse_type(reading, node, "up to 20 rising shares, such as [10%, 30%]");
    }
    settings->n_shares = 0;
    for (const yaml_node *item = node->first; item != NULL; item = item->next) {
        size_t n = settings->n_shares;
        PEREBOR_TRY(done, config_read_share(reading, item, &settings->shares[n]));
        if (!(settings->shares[n] > (n == 0 ? 0.0 : settings->shares[n - 1]))) {
            return yaml_refuse(item, reading->error,
                               "shares are above 0, each above the one before it");
        }
        settings->n_shares = n + 1;
    }
done:
    return status;
}

perebor_status config_read_campaign(const config_reading *reading, const yaml_node *node,
                                    void *field) {
    static const config_key keys[] = {
        {"id", config_read_text, CAMPAIGN(id), false},
        {"treated", read_mark, CAMPAIGN(treated), false},
        {"outcome", read_mark, CAMPAIGN(outcome), false},
        {"wanted", config_read_boolean, CAMPAIGN(wanted), false},
        {"offer", config_read_text, CAMPAIGN(offer), false},
        {"score", read_score, 0, false},
        {"shares", read_shares, 0, false},
        {"resamples", config_read_size, CAMPAIGN(n_resamples), false},
    };
    perebor_status status;
    campaign_settings *settings = perebor_arena_allocate(reading->arena, 1, sizeof *settings);
    if (settings == NULL) {
        return config_no_memory(reading);
    }
    *settings = campaign_defaults;
    PEREBOR_TRY(done, config_read_section(reading, node, "campaign", keys, COUNT(keys), settings));
    *(const campaign_settings **)field = settings;
done:
    return status;
}
