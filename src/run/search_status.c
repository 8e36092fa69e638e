// SPDX-License-Identifier: MIT
#include "perebor/search_status.h"

#include "run/search_entries.h"

const char *perebor_search_state_name(perebor_search_state state) {
    static const char *const names[] = {"running", "interrupted", "stopped", "complete"};
    return names[state];
}

perebor_status perebor_search_status_read(perebor_search_status *search_status, const char *path,
                                          perebor_error *error) {
    search_entries entries = {0};
    perebor_status status = search_entries_read(&entries, path, error);
    if (status == PEREBOR_OK) {
        search_entries_count(&entries, search_status);
    }
    search_entries_release(&entries);
    return status;
}
