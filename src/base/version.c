// SPDX-License-Identifier: MIT
#include "base/version.h"

const char *perebor_version(void) {
    return PEREBOR_BUILD_VERSION;
}

const char *perebor_compiler(void) {
    return PEREBOR_BUILD_COMPILER;
}

const char *perebor_compiler_flags(void) {
    return PEREBOR_BUILD_FLAGS;
}

const char *perebor_build(void) {
    return PEREBOR_BUILD_DESCRIPTION;
}
