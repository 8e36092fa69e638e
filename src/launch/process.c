// SPDX-License-Identifier: MIT
#include "launch/process.h"

#include <stdio.h>
#include <string.h>

bool process_look(pid_t process, process_state *found) {
    char path[48];
    char text[512];
    snprintf(path, sizeof path, "/proc/%ld/stat", (long)process);
    FILE *file = fopen(path, "r");
    size_t size = file != NULL ? fread(text, 1, sizeof text - 1, file) : 0;
    if (file != NULL) {
        (void)fclose(file);
    }
    text[size] = '\0';
    // NUMBER (NAME) STATE PARENT ...; the name may hold anything.
    const char *name = strchr(text, '(');
    const char *after = strrchr(text, ')');
    int parent = 0;
    if (name == NULL || after == NULL || sscanf(after, ") %c %d", &found->state, &parent) != 2) {
        return false;
    }
    found->parent = (pid_t)parent;
    snprintf(found->name, sizeof found->name, "%.*s", (int)(after - name - 1), name + 1);
    return true;
}
