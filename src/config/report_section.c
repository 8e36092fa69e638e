// SPDX-License-Identifier: MIT
#include <string.h>

#include "config/sections.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/** Whether a text has the form of a finding's code: which codes there are, the report knows. */
static bool is_code(const char *text) {
    return strncmp(text, "PRB", 3) == 0 && strlen(text) == 6 && strspn(text + 3, "0123456789") == 3;
}

static perebor_status read_codes(const config_reading *reading, const yaml_node *node,
                                 void *field) {
    config_draft *draft = field;
    perebor_texts *codes = &draft->experiment.report_ignore;
    perebor_status status = config_read_texts(reading, node, codes);
    for (size_t i = 0; status == PEREBOR_OK && i < codes->n; i++) {
        if (!is_code(codes->items[i])) {
            status = config_refuse_type(reading, node,
                                        "a list of codes of findings, such as [PRB014, PRB030]");
        }
    }
    return status;
}

perebor_status config_read_report(const config_reading *reading, const yaml_node *node,
                                  void *field) {
    static const config_key keys[] = {
        {"ignore", read_codes, 0, false},
    };
    return config_read_section(reading, node, "report", keys, COUNT(keys), field);
}
