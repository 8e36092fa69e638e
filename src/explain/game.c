// SPDX-License-Identifier: MIT
#include "explain/game.h"

#include <stddef.h>

const char *const explain_game_names[] = {"interventional", "path_dependent", "retrained", NULL};

const char *const explain_scale_names[] = {"score", "probability", NULL};
