// SPDX-License-Identifier: MIT
#include "config/fields.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/suggest.h"
#include "base/try.h"
#include "config/scalar.h"

perebor_status config_no_memory(const config_reading *reading) {
    return perebor_no_memory(reading->error, "to read %s", reading->file);
}

perebor_position config_position(const yaml_node *node) {
    return (perebor_position){node->line, node->column, node->line == 0 ? node->source : NULL};
}

static const char *name_of(const yaml_node *node) {
    return node->key == NULL ? "this" : node->key;
}

perebor_status config_refuse_type(const config_reading *reading, const yaml_node *node,
                                  const char *wanted) {
    double value = 0.0;
    if (node->kind == YAML_SCALAR && scalar_is_real(node->text, &value) && isinf(value)) {
        return yaml_refuse(node, reading->error,
                           "%s is %s, which is beyond the range of a double (about 1.8e308); it "
                           "takes %s",
                           name_of(node), node->text, wanted);
    }
    if (node->kind == YAML_SCALAR) {
        return yaml_refuse(node, reading->error, "%s is \"%s\"; it takes %s", name_of(node),
                           node->text, wanted);
    }
    return yaml_refuse(node, reading->error, "%s is a %s; it takes %s", name_of(node),
                       node->kind == YAML_LIST ? "list" : "section", wanted);
}

/** "a, b or c", as much of it as fits. */
static void write_list(char *list, size_t size, const char *const *words, size_t n,
                       const char *before_last) {
    size_t length = 0;
    list[0] = '\0';
    for (size_t i = 0; i < n && length < size; i++) {
        const char *comma = i == 0 ? "" : i + 1 == n ? before_last : ", ";
        length += (size_t)snprintf(list + length, size - length, "%s%s", comma, words[i]);
    }
}

enum { max_keys = 32 };

static perebor_status refuse_unknown(const config_reading *reading, const yaml_node *item,
                                     const char *what, const config_key *keys, size_t n_keys) {
    const char *names[max_keys] = {NULL};
    for (size_t i = 0; i < n_keys; i++) {
        names[i] = keys[i].name;
    }
    const char *nearest = perebor_suggest(item->key, names, n_keys);
    if (nearest != NULL) {
        return yaml_refuse_key(item, reading->error, "%s has no key %s; did you mean %s?", what,
                               item->key, nearest);
    }
    char list[512];
    write_list(list, sizeof list, names, n_keys, ", ");
    return yaml_refuse_key(item, reading->error, "%s has no key %s; it takes %s", what, item->key,
                           list);
}

static const config_key *find_key(const char *name, const config_key *keys, size_t n_keys) {
    for (size_t i = 0; i < n_keys; i++) {
        if (strcmp(keys[i].name, name) == 0) {
            return &keys[i];
        }
    }
    return NULL;
}

perebor_status config_read_section(const config_reading *reading, const yaml_node *node,
                                   const char *what, const config_key *keys, size_t n_keys,
                                   void *target) {
    perebor_status status = PEREBOR_OK;
    if (node->kind != YAML_MAP) {
        return config_refuse_type(reading, node, "a section of keys and values");
    }
    for (const yaml_node *item = node->first; item != NULL; item = item->next) {
        const config_key *key = find_key(item->key, keys, n_keys);
        if (key == NULL) {
            return refuse_unknown(reading, item, what, keys, n_keys);
        }
        PEREBOR_TRY(done, key->read(reading, item, (char *)target + key->offset));
    }
    for (size_t i = 0; i < n_keys; i++) {
        if (keys[i].required && yaml_find(node, keys[i].name) == NULL) {
            return yaml_refuse(node, reading->error, "%s needs the key %s", what, keys[i].name);
        }
    }
done:
    return status;
}

perebor_status config_read_elsewhere(const config_reading *reading, const yaml_node *node,
                                     void *field) {
    (void)reading;
    (void)node;
    (void)field;
    return PEREBOR_OK;
}

bool config_is_null(const yaml_node *node) {
    return node->kind == YAML_SCALAR && !node->quoted && scalar_is_null(node->text);
}

perebor_status config_read_text(const config_reading *reading, const yaml_node *node, void *field) {
    if (node->kind != YAML_SCALAR || config_is_null(node)) {
        return config_refuse_type(reading, node, "text");
    }
    *(const char **)field = node->text;
    return PEREBOR_OK;
}

perebor_status config_read_name(const config_reading *reading, const yaml_node *node, void *field) {
    if (node->kind == YAML_SCALAR && node->text[0] == '\0') {
        return yaml_refuse(node, reading->error, "%s is empty; leave it out, or name something",
                           name_of(node));
    }
    return config_read_text(reading, node, field);
}

perebor_status config_read_boolean(const config_reading *reading, const yaml_node *node,
                                   void *field) {
    bool value = false;
    if (node->kind != YAML_SCALAR || node->quoted || !scalar_is_boolean(node->text, &value)) {
        return config_refuse_type(reading, node, "true or false");
    }
    *(bool *)field = value;
    return PEREBOR_OK;
}

static bool read_whole(const yaml_node *node, uint64_t min, uint64_t max, uint64_t *value) {
    return node->kind == YAML_SCALAR && !node->quoted && scalar_is_unsigned(node->text, value) &&
           *value >= min && *value <= max;
}

perebor_status config_read_u32(const config_reading *reading, const yaml_node *node, void *field) {
    uint64_t value = 0;
    if (!read_whole(node, 0, UINT32_MAX, &value)) {
        return config_refuse_type(reading, node, "a whole number from 0 to 4294967295");
    }
    *(uint32_t *)field = (uint32_t)value;
    return PEREBOR_OK;
}

perebor_status config_read_u64(const config_reading *reading, const yaml_node *node, void *field) {
    uint64_t value = 0;
    if (!read_whole(node, 0, UINT64_MAX, &value)) {
        return config_refuse_type(reading, node, "a whole number from 0 to 18446744073709551615");
    }
    *(uint64_t *)field = value;
    return PEREBOR_OK;
}

perebor_status config_read_count(const config_reading *reading, const yaml_node *node,
                                 void *field) {
    uint64_t value = 0;
    if (!read_whole(node, 1, UINT64_C(1) << 53, &value)) {
        return config_refuse_type(reading, node, "a whole number of at least 1");
    }
    *(uint64_t *)field = value;
    return PEREBOR_OK;
}

perebor_status config_read_size(const config_reading *reading, const yaml_node *node, void *field) {
    uint64_t value = 0;
    if (!read_whole(node, 1, 65535, &value)) {
        return config_refuse_type(reading, node, "a whole number from 1 to 65535");
    }
    *(size_t *)field = (size_t)value;
    return PEREBOR_OK;
}

perebor_status config_read_real(const config_reading *reading, const yaml_node *node, void *field) {
    double value = 0.0;
    if (node->kind != YAML_SCALAR || node->quoted || !scalar_is_real(node->text, &value) ||
        !isfinite(value)) {
        return config_refuse_type(reading, node, "a number");
    }
    *(double *)field = value;
    return PEREBOR_OK;
}

perebor_status config_read_share(const config_reading *reading, const yaml_node *node,
                                 void *field) {
    double value = -1.0;
    if (node->kind != YAML_SCALAR || !scalar_is_share(node->text, &value) || value < 0.0 ||
        value > 1.0) {
        return config_refuse_type(reading, node, "a share from 0 to 1, such as 0.25 or 25%");
    }
    *(double *)field = value;
    return PEREBOR_OK;
}

perebor_status config_read_duration(const config_reading *reading, const yaml_node *node,
                                    void *field) {
    double seconds = 0.0;
    if (node->kind != YAML_SCALAR || !scalar_is_duration(node->text, &seconds)) {
        return config_refuse_type(reading, node, "a time above 0, such as 90s, 30m, 2h or 1h30m");
    }
    *(double *)field = seconds;
    return PEREBOR_OK;
}

perebor_status config_read_bytes(const config_reading *reading, const yaml_node *node,
                                 void *field) {
    uint64_t bytes = 0;
    if (node->kind != YAML_SCALAR || !scalar_is_bytes(node->text, &bytes)) {
        return config_refuse_type(reading, node,
                                  "a size of memory above 0, such as 500MB, 1.5GB or 64MiB");
    }
    *(uint64_t *)field = bytes;
    return PEREBOR_OK;
}

perebor_status config_read_texts(const config_reading *reading, const yaml_node *node,
                                 void *field) {
    perebor_status status = PEREBOR_OK;
    if (node->kind == YAML_MAP) {
        return config_refuse_type(reading, node, "one name or a list of them");
    }
    bool single = node->kind == YAML_SCALAR;
    size_t n = single ? 1 : node->n;
    const char **items = perebor_arena_allocate(reading->arena, n, sizeof *items);
    if (items == NULL) {
        return config_no_memory(reading);
    }
    const yaml_node *item = single ? node : node->first;
    for (size_t i = 0; i < n; i++, item = item->next) {
        PEREBOR_TRY(done, config_read_text(reading, item, &items[i]));
    }
    *(perebor_texts *)field = (perebor_texts){items, n};
done:
    return status;
}

perebor_status config_read_value(const config_reading *reading, const yaml_node *node,
                                 void *field) {
    perebor_value *value = field;
    if (node->kind != YAML_SCALAR) {
        return config_refuse_type(reading, node, "a single value");
    }
    if (node->quoted) {
        *value = (perebor_value){.kind = PEREBOR_VALUE_TEXT, .as.text = node->text};
        return PEREBOR_OK;
    }
    if (!scalar_value(node->text, value)) {
        return config_refuse_type(reading, node, "a number that is finite and not too large");
    }
    return PEREBOR_OK;
}

perebor_status config_read_values(const config_reading *reading, const yaml_node *node,
                                  void *field) {
    perebor_status status = PEREBOR_OK;
    if (node->kind == YAML_MAP) {
        return config_refuse_type(reading, node, "one value or a list of them");
    }
    bool single = node->kind == YAML_SCALAR;
    size_t n = single ? 1 : node->n;
    perebor_value *items = perebor_arena_allocate(reading->arena, n, sizeof *items);
    if (items == NULL) {
        return config_no_memory(reading);
    }
    const yaml_node *item = single ? node : node->first;
    for (size_t i = 0; i < n; i++, item = item->next) {
        PEREBOR_TRY(done, config_read_value(reading, item, &items[i]));
    }
    *(config_values *)field = (config_values){items, n};
done:
    return status;
}

perebor_status config_read_word(const config_reading *reading, const yaml_node *node,
                                const char *what, const char *const *words, size_t *index) {
    size_t n = 0;
    while (words[n] != NULL) {
        if (node->kind == YAML_SCALAR && strcmp(words[n], node->text) == 0) {
            *index = n;
            return PEREBOR_OK;
        }
        n++;
    }
    char list[400];
    write_list(list, sizeof list, words, n, " or ");
    const char *nearest = node->kind == YAML_SCALAR ? perebor_suggest(node->text, words, n) : NULL;
    if (nearest != NULL) {
        return yaml_refuse(node, reading->error,
                           "%s cannot be \"%s\"; did you mean %s? It takes %s", what, node->text,
                           nearest, list);
    }
    return config_refuse_type(reading, node, list);
}

perebor_status config_read_items(const config_reading *reading, const yaml_node *node,
                                 yaml_kind kind, const char *what, config_reader *read,
                                 size_t item_size, void **items, size_t *n) {
    perebor_status status = PEREBOR_OK;
    if (node->kind != kind) {
        return config_refuse_type(reading, node, what);
    }
    char *array = perebor_arena_allocate(reading->arena, node->n, item_size);
    if (array == NULL) {
        return config_no_memory(reading);
    }
    size_t i = 0;
    for (const yaml_node *item = node->first; item != NULL; item = item->next, i++) {
        PEREBOR_TRY(done, read(reading, item, array + i * item_size));
    }
    *items = array;
    *n = node->n;
done:
    return status;
}
