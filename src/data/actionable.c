// SPDX-License-Identifier: MIT
#include "perebor/actionable.h"

#include <stddef.h>

const char *const perebor_change_direction_names[] = {"any", "increase", "decrease", NULL};
