// SPDX-License-Identifier: MIT
#include "base/cpu_name.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

/** The value of a line "key : value", if it has this key. */
static bool take_value(const char *line, const char *key, char *name, size_t size) {
    size_t length = strlen(key);
    const char *colon = strchr(line, ':');
    if (strncmp(line, key, length) != 0 || colon == NULL) {
        return false;
    }
    const char *value = colon + 1 + strspn(colon + 1, " \t");
    (void)snprintf(name, size, "%.*s", (int)strcspn(value, "\n"), value);
    return *name != '\0';
}

void perebor_cpu_name_from(const char *path, char *name, size_t size) {
    char line[512];
    bool found = false;
    FILE *file = fopen(path, "r");
    while (file != NULL && !found && fgets(line, sizeof line, file) != NULL) {
        found = take_value(line, "model name", name, size);     // x86
        found = found || take_value(line, "cpu\t", name, size); // POWER
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    struct utsname machine;
    if (!found) {
        (void)snprintf(name, size, "%s", uname(&machine) == 0 ? machine.machine : "");
    }
}

void perebor_cpu_name(char *name, size_t size) {
    perebor_cpu_name_from("/proc/cpuinfo", name, size);
}
