// SPDX-License-Identifier: MIT
#include "generate/fault_list.h"

#include <stddef.h>

static void write_text(perebor_json *json, const char *key, const char *text) {
    if (text != NULL) {
        perebor_json_put_text(json, key, text);
    }
}

static void write_id(perebor_json *json, const char *key, uint64_t id) {
    if (id != 0) {
        perebor_json_put_unsigned(json, key, id);
    }
}

void fault_list_add(fault_list *faults, const fault *added) {
    perebor_json *json = &faults->json;
    perebor_json_begin_object(json);
    write_text(json, "kind", added->kind);
    write_id(json, "id", added->id);
    write_id(json, "of", added->of);
    write_text(json, "file", added->file);
    write_text(json, "column", added->column);
    write_text(json, "row", added->row);
    write_text(json, "was", added->was);
    write_text(json, "is", added->is);
    perebor_json_end_object(json);
    faults->n++;
}
