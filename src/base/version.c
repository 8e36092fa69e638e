// SPDX-License-Identifier: MIT
#include "base/version.h"

const char *perebor_version(void) {
    return PEREBOR_BUILD_VERSION;
}

const char *perebor_build(void) {
    return PEREBOR_BUILD_DESCRIPTION;
}
