// SPDX-License-Identifier: MIT
#include "cli/leak_warnings.h"

#include <stdio.h>

#include "cli/command.h"
#include "perebor/leaks.h"

void leak_warnings_print(const perebor_study *study) {
    perebor_leaks leaks;
    perebor_error error;
    if (perebor_leaks_find(&leaks, study->dataset, &study->split, &error) != PEREBOR_OK) {
        fprintf(stderr, "perebor: warning: leaks were not looked for: %s\n", error.message);
        return;
    }
    for (size_t i = 0; i < leaks.n; i++) {
        command_warn(leaks.items[i].detail);
    }
    perebor_leaks_release(&leaks);
}
