// SPDX-License-Identifier: MIT
#include "cli/data_warnings.h"

#include <stdio.h>

#include "cli/leak_warnings.h"

/** Beyond so many, one cause is more likely than many. */
enum { MAX_PRINTED = 12 };

void data_warnings_of_tables(const perebor_tables_report *report) {
    for (size_t i = 0; i < report->n_warnings && i < MAX_PRINTED; i++) {
        fprintf(stderr, "perebor: warning: %s\n", report->warnings[i]);
    }
    if (report->n_warnings > MAX_PRINTED) {
        fprintf(stderr, "perebor: warning: and %zu more like these\n",
                report->n_warnings - MAX_PRINTED);
    }
}

void data_warnings_print(const perebor_study *study) {
    data_warnings_of_tables(&study->tables);
    leak_warnings_print(study);
}
