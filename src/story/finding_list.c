// SPDX-License-Identifier: MIT
#include "story/finding_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "story/finding_codes.h"

void finding_list_ignore(story *story, const char *list) {
    story->unwanted = story_keep(story, list);
    for (const char *at = strstr(list, "\"PRB"); at != NULL; at = strstr(at + 1, "\"PRB")) {
        unsigned code = (unsigned)strtoul(at + 4, NULL, 10);
        if (finding_meaning(code) == NULL) {
            story->unknown = story_format(story, "%s%sPRB%03u", story->unknown,
                                          *story->unknown != '\0' ? " " : "", code);
        }
    }
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
