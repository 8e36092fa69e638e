// SPDX-License-Identifier: MIT
#include "story/finding_list.h"

#include <stdio.h>
#include <string.h>

#include "story/finding_codes.h"

static const unsigned codes[] = {
    FINDING_OVERFITS,        FINDING_GAIN_IS_LUCK,      FINDING_SEARCH_GOES_ON,
    FINDING_AT_EDGE,         FINDING_TRIALS_FAILED,     FINDING_NOT_CONVERGED,
    FINDING_ONE_VALUE_WINS,  FINDING_UNFINISHED,        FINDING_WITHIN_NOISE,
    FINDING_SIMPLER_IS_AS_GOOD, FINDING_TEST_DIFFERS,   FINDING_TEST_SEEN,
    FINDING_NOT_CALIBRATED,  FINDING_WIDE_INTERVAL,     FINDING_NESTED_IS_LOWER,
    FINDING_IMBALANCE,       FINDING_DIRT_LEFT,         FINDING_LEAK,
    FINDING_ROWS_DROPPED,    FINDING_COLUMNS_UNUSED,    FINDING_COLUMNS_TOGETHER,
    FINDING_KINDS_DISAGREE,  FINDING_SEGMENT_MISSED,    FINDING_NOT_COMPARABLE,
    FINDING_PROVED_WORSE,    FINDING_NOTHING_PROVED,    FINDING_STALE,
};

int finding_code_is_known(unsigned code) {
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        if (codes[i] == code) {
            return 1;
        }
    }
    return 0;
}

void finding_list_ignore(story *story, const char *list) {
    story->unwanted = story_keep(story, list);
}

/** Whether a list has the code, in quotes. */
static bool is_unwanted(const story *story, const char *code) {
    char quoted[16];
    (void)snprintf(quoted, sizeof quoted, "\"%s\"", code);
    return story->unwanted != NULL && strstr(story->unwanted, quoted) != NULL;
}

void story_add_finding(story *story, unsigned code, story_severity severity, const char *chapter,
                       const char *remedy, story_text sentence) {
    const char *name = story_format(story, "PRB%03u", code);
    if (is_unwanted(story, name)) {
        if (strstr(story->ignored, name) == NULL) {
            story->ignored =
                story_format(story, "%s%s%s", story->ignored, *story->ignored ? " " : "", name);
        }
        return;
    }
    story_finding *added = story_allocate(story, 1, sizeof *added);
    if (added == NULL) {
        return;
    }
    *added = (story_finding){.code = code,
                             .severity = severity,
                             .sentence = sentence,
                             .chapter = chapter,
                             .remedy = remedy};
    story_finding **link = &story->findings;
    while (*link != NULL && ((*link)->severity < severity ||
                             ((*link)->severity == severity && (*link)->code <= code))) {
        link = &(*link)->next;
    }
    added->next = *link;
    *link = added;
}
