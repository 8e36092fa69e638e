// SPDX-License-Identifier: MIT
#include "cli/search_progress.h"

#include <stdio.h>

#include "cli/search_line.h"

/** Says, once, that a stop has been heard. */
static void announce_stop(search_shown *shown, const perebor_search_progress *progress) {
    char line[SEARCH_LINE_SIZE];
    if (shown->stop_announced) {
        return;
    }
    shown->stop_announced = true;
    perebor_progress_end(&shown->line);
    search_line_write_stop(progress, line, sizeof line);
    fprintf(stderr, "%s\n", line);
}

void search_progress_show(search_shown *shown, const perebor_search_progress *progress, bool last) {
    if (last) {
        perebor_progress_end(&shown->line);
        return;
    }
    if (progress->stopping) {
        announce_stop(shown, progress);
        return;
    }
    if (!perebor_progress_due(&shown->line)) {
        return;
    }
    char line[SEARCH_LINE_SIZE];
    search_line_write(progress, line, sizeof line);
    perebor_progress_show(&shown->line, line);
}
