// SPDX-License-Identifier: MIT
#include "config/generator_file.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/try.h"
#include "config/generator_reading.h"

static perebor_status read_version(const config_reading *reading, const yaml_node *node,
                                   void *field) {
    (void)field;
    uint64_t version = 0;
    perebor_status status = config_read_u64(reading, node, &version);
    if (status == PEREBOR_OK && version != 1) {
        status = yaml_refuse(node, reading->error, "this program reads version 1");
    }
    return status;
}

/** The file's keys, read in this order whatever theirs is: names come before what uses them. */
static perebor_status read_root(const config_reading *reading, const yaml_node *root,
                                perebor_generator *generator) {
    static const config_key keys[] = {
        {"version", read_version, 0, true},
        {"name", config_read_text, offsetof(perebor_generator, name), true},
        {"rows", config_read_count, offsetof(perebor_generator, n_rows), true},
        {"seed", config_read_u64, offsetof(perebor_generator, seed), true},
        {"id_start", config_read_u64, offsetof(perebor_generator, id_start), true},
        {"variables", generator_read_variables, 0, true},
        {"categories", generator_read_categories, 0, true},
        {"flags", generator_read_flags, 0, true},
        {"correlations", generator_read_correlations, 0, true},
        {"components", generator_read_components, 0, true},
        {"tables", generator_read_tables, 0, true},
        {"dirt", generator_read_dirt, 0, false},
        {"logit", generator_read_logit, 0, false},
        {"drift", generator_read_drift, 0, false},
        {"campaign", generator_read_campaign, 0, false},
        {"dirt_extreme", generator_read_dirt_extreme, 0, false},
    };
    config_key accepted[COUNT(keys)];
    for (size_t i = 0; i < COUNT(keys); i++) {
        accepted[i] = keys[i];
        accepted[i].read = config_read_elsewhere;
    }
    perebor_status status =
        config_read_section(reading, root, "generator", accepted, COUNT(keys), generator);
    for (size_t i = 0; status == PEREBOR_OK && i < COUNT(keys); i++) {
        const yaml_node *node = yaml_find(root, keys[i].name);
        if (node != NULL) {
            status = keys[i].read(reading, node, (char *)generator + keys[i].offset);
        }
    }
    return status;
}

perebor_status perebor_generator_parse(perebor_generator **generator, const char *path,
                                       const char *text, size_t size, perebor_error *error) {
    perebor_status status;
    yaml_node *root = NULL;
    uint8_t digest[PEREBOR_SHA256_SIZE];
    generator_draft *draft = calloc(1, sizeof *draft);
    if (draft == NULL) {
        return perebor_no_memory(error, "to read %s", path);
    }
    generator_reading reading = {.base = {.arena = &draft->arena, .file = path, .error = error},
                                 .draft = draft};
    PEREBOR_TRY(done, yaml_tree_parse(&root, &draft->arena, path, true, text, size, error));
    PEREBOR_TRY(done, read_root(&reading.base, root, &draft->generator));
    perebor_sha256_of(text, size, digest);
    perebor_sha256_hex(digest, draft->generator.sha256);
    *generator = &draft->generator;
    draft = NULL;
done:
    if (draft != NULL) {
        perebor_generator_free(&draft->generator);
    }
    return status;
}

perebor_status perebor_generator_read(perebor_generator **generator, const char *path,
                                      perebor_error *error) {
    perebor_status status;
    char *text = NULL;
    size_t size = 0;
    PEREBOR_TRY(done, perebor_file_read(path, YAML_MAX_SIZE, &text, &size, error));
    PEREBOR_TRY(done, perebor_generator_parse(generator, path, text, size, error));
done:
    free(text);
    return status;
}

void perebor_generator_free(perebor_generator *generator) {
    if (generator != NULL) {
        _Static_assert(offsetof(generator_draft, generator) == 0, "a generator begins its draft");
        generator_draft *draft = (generator_draft *)generator;
        perebor_arena_release(&draft->arena);
        free(draft);
    }
}
