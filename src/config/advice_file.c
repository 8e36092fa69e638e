// SPDX-License-Identifier: MIT
#include "config/advice_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/try.h"
#include "config/fields.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define ADVICE(member) offsetof(offer_advice, member)
#define SENTENCE(member) offsetof(advice_sentence, member)

static perebor_status read_version(const config_reading *reading, const yaml_node *node,
                                   void *field) {
    uint64_t version = 0;
    perebor_status status = config_read_u64(reading, node, &version);
    (void)field;
    if (status == PEREBOR_OK && version != 1) {
        return yaml_refuse(node, reading->error,
                           "version is %s; this program reads version 1 of the format", node->text);
    }
    return status;
}

static perebor_status read_decimal(const config_reading *reading, const yaml_node *node,
                                   void *field) {
    static const char *const marks[] = {".", ",", NULL};
    size_t index = 0;
    perebor_status status = config_read_word(reading, node, "decimal", marks, &index);
    *(const char **)field = marks[index];
    return status;
}

static perebor_status read_traits(const config_reading *reading, const yaml_node *node,
                                  void *field) {
    static const config_key keys[] = {
        {"most", config_read_size, ADVICE(n_traits), false},
        {"between", config_read_text, ADVICE(between), false},
        {"higher", config_read_text, ADVICE(higher), true},
        {"lower", config_read_text, ADVICE(lower), true},
        {"oftener", config_read_text, ADVICE(oftener), true},
        {"seldomer", config_read_text, ADVICE(seldomer), true},
    };
    offer_advice *advice = field;
    advice->traits_at = config_position(node);
    return config_read_section(reading, node, "traits", keys, COUNT(keys), advice);
}

/** A text that is always told, or a section with where and text. */
static perebor_status read_sentence(const config_reading *reading, const yaml_node *node,
                                    void *field) {
    static const config_key keys[] = {
        {"where", config_read_text, SENTENCE(where), false},
        {"text", config_read_text, SENTENCE(text), true},
    };
    advice_sentence *sentence = field;
    sentence->at = config_position(node);
    return node->kind == YAML_SCALAR
               ? config_read_text(reading, node, &sentence->text)
               : config_read_section(reading, node, "a sentence", keys, COUNT(keys), sentence);
}

static perebor_status read_sentences(const config_reading *reading, const yaml_node *node,
                                     void *field) {
    advice_part *part = field;
    void *items = NULL;
    perebor_status status = config_read_items(
        reading, node, YAML_LIST, "a list of sentences: texts, or {where: …, text: …}",
        read_sentence, sizeof *part->sentences, &items, &part->n);
    part->sentences = items;
    return status;
}

static perebor_status read_part(const config_reading *reading, const yaml_node *node, void *field) {
    static const config_key keys[] = {
        {"heading", config_read_text, offsetof(advice_part, heading), true},
        {"sentences", read_sentences, 0, true},
    };
    return config_read_section(reading, node, "a part of advice", keys, COUNT(keys), field);
}

perebor_status advice_file_read(offer_advice *advice, perebor_arena *arena, const char *path,
                                perebor_error *error) {
    static const config_key keys[] = {
        {"version", read_version, 0, true},
        {"decimal", read_decimal, ADVICE(decimal), false},
        {"title", config_read_text, ADVICE(title), true},
        {"traits", read_traits, 0, false},
        {"general", read_part, ADVICE(general), true},
        {"segment", read_part, ADVICE(segment), true},
    };
    perebor_status status;
    char *text = NULL;
    size_t size = 0;
    yaml_node *root = NULL;
    const config_reading reading = {.arena = arena, .file = path, .error = error};
    *advice = (offer_advice){.file = path, .decimal = ".", .between = "; ", .n_traits = 3};
    advice->higher = advice->lower = "{column}: {inside} ({outside})";
    advice->oftener = advice->seldomer = "{column} {level}: {inside:%} ({outside:%})";
    PEREBOR_TRY(done, perebor_file_read(path, YAML_MAX_SIZE, &text, &size, error));
    PEREBOR_TRY(done, yaml_tree_parse(&root, arena, path, true, text, size, error));
    if (root->kind != YAML_MAP) {
        status = yaml_refuse(root, error, "advice is a section of keys and values, such as title");
        goto done;
    }
    status = config_read_section(&reading, root, "advice", keys, COUNT(keys), advice);
done:
    free(text);
    return status;
}
