// SPDX-License-Identifier: MIT
#include "h5/hdf5_error.h"

#include <hdf5.h>
#include <stdbool.h>
#include <stdio.h>

void hdf5_prepare(void) {
    static bool prepared;
    if (!prepared) {
        prepared = true;
        (void)H5dont_atexit();
        (void)H5PLset_loading_state(0);
    }
    (void)H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

/** Keeps the description of the deepest record, which is visited first going upward. */
static herr_t keep_innermost(unsigned place, const H5E_error2_t *record, void *data) {
    char *reason = data;
    if (place == 0 && record->desc != NULL) {
        (void)snprintf(reason, 256, "%s", record->desc);
    }
    return 0;
}

perebor_status hdf5_fail(perebor_error *error, perebor_status status, const char *doing,
                         const char *name) {
    char reason[256] = "no reason given";
    (void)H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_innermost, reason);
    (void)H5Eclear2(H5E_DEFAULT);
    return name == NULL
               ? perebor_fail(error, status, "%s: HDF5 says: %s", doing, reason)
               : perebor_fail(error, status, "%s \"%s\": HDF5 says: %s", doing, name, reason);
}
