// SPDX-License-Identifier: MIT
#include "config/yaml_tree.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "base/try.h"
#include "config/yaml_syntax.h"

/** A parse under way. */
typedef struct parse {
    yaml_parser_t parser;
    perebor_arena *arena;
    const char *source;
    bool placed;
    size_t n_nodes;
    perebor_status status; /**< Why a node could not be made. */
    const char *text;      /**< [size] what is parsed. */
    size_t size;
    perebor_error *error;
} parse;

static perebor_status vrefuse(const char *source, uint32_t line, uint32_t column,
                              perebor_error *error, const char *format, va_list arguments) {
    char message[sizeof error->message];
    (void)vsnprintf(message, sizeof message, format, arguments);
    if (line == 0) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT, "%s: %s", source, message);
    }
    return perebor_fail(error, PEREBOR_ERR_FORMAT, "%s:%u:%u: %s", source, line, column, message);
}

perebor_status yaml_refuse(const yaml_node *node, perebor_error *error, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    perebor_status status =
        vrefuse(node->source, node->line, node->column, error, format, arguments);
    va_end(arguments);
    return status;
}

perebor_status yaml_refuse_key(const yaml_node *node, perebor_error *error, const char *format,
                               ...) {
    va_list arguments;
    va_start(arguments, format);
    perebor_status status =
        vrefuse(node->source, node->key_line, node->key_column, error, format, arguments);
    va_end(arguments);
    return status;
}

PEREBOR_PRINTF_LIKE(3, 4)
static perebor_status refuse_mark(const parse *parse, yaml_mark_t mark, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    perebor_status status = vrefuse(parse->source, parse->placed ? (uint32_t)mark.line + 1 : 0,
                                    (uint32_t)mark.column + 1, parse->error, format, arguments);
    va_end(arguments);
    return status;
}

static perebor_status refuse_complaint(const parse *parse, const yaml_complaint *complaint) {
    if (!parse->placed || complaint->line == 0) {
        return perebor_fail(parse->error, PEREBOR_ERR_FORMAT, "%s: %s", parse->source,
                            complaint->text);
    }
    return perebor_fail(parse->error, PEREBOR_ERR_FORMAT, "%s:%u:%u: %s", parse->source,
                        complaint->line, complaint->column, complaint->text);
}

static perebor_status next_event(parse *parse, yaml_event_t *event) {
    if (yaml_parser_parse(&parse->parser, event)) {
        return PEREBOR_OK;
    }
    const yaml_parser_t *parser = &parse->parser;
    if (parser->error == YAML_MEMORY_ERROR) {
        return perebor_no_memory(parse->error, "to read %s", parse->source);
    }
    yaml_complaint complaint;
    yaml_explain(parser, parse->text, parse->size, &complaint);
    return refuse_complaint(parse, &complaint);
}

/** A new node. NULL on failure: parse->status says why. */
static yaml_node *make_node(parse *parse, yaml_kind kind, yaml_mark_t mark) {
    if (++parse->n_nodes > YAML_MAX_NODES) {
        parse->status = refuse_mark(parse, mark, "more than %d values; an experiment needs fewer",
                                    YAML_MAX_NODES);
        return NULL;
    }
    yaml_node *node = perebor_arena_allocate(parse->arena, 1, sizeof *node);
    if (node == NULL) {
        parse->status = perebor_no_memory(parse->error, "to read %s", parse->source);
        return NULL;
    }
    node->kind = kind;
    node->text = "";
    node->source = parse->source;
    node->line = parse->placed ? (uint32_t)mark.line + 1 : 0;
    node->column = parse->placed ? (uint32_t)mark.column + 1 : 0;
    return node;
}

static perebor_status refuse_extras(const parse *parse, const yaml_event_t *event) {
    const yaml_char_t *anchor = NULL;
    const yaml_char_t *tag = NULL;
    switch (event->type) {
    case YAML_ALIAS_EVENT:
        return refuse_mark(parse, event->start_mark,
                           "alias *%s: aliases are not read; write the value here",
                           (const char *)event->data.alias.anchor);
    case YAML_SCALAR_EVENT:
        anchor = event->data.scalar.anchor;
        tag = event->data.scalar.tag;
        break;
    case YAML_SEQUENCE_START_EVENT:
        anchor = event->data.sequence_start.anchor;
        tag = event->data.sequence_start.tag;
        break;
    case YAML_MAPPING_START_EVENT:
        anchor = event->data.mapping_start.anchor;
        tag = event->data.mapping_start.tag;
        break;
    default:
        break;
    }
    if (anchor != NULL) {
        return refuse_mark(parse, event->start_mark,
                           "anchor &%s: anchors are not read; write the value where it is used",
                           (const char *)anchor);
    }
    if (tag != NULL) {
        return refuse_mark(parse, event->start_mark,
                           "tag %s: tags are not read; put text in quotes instead",
                           (const char *)tag);
    }
    return PEREBOR_OK;
}

static perebor_status read_scalar(parse *parse, const yaml_event_t *event, yaml_node **node) {
    yaml_node *scalar = make_node(parse, YAML_SCALAR, event->start_mark);
    if (scalar == NULL) {
        return parse->status;
    }
    const char *text = (const char *)event->data.scalar.value;
    size_t length = event->data.scalar.length;
    if (memchr(text, '\0', length) != NULL) {
        return refuse_mark(parse, event->start_mark, "text with a zero byte in it");
    }
    scalar->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    scalar->text = perebor_arena_copy(parse->arena, text, length);
    if (scalar->text == NULL) {
        return perebor_no_memory(parse->error, "to read %s", parse->source);
    }
    *node = scalar;
    return PEREBOR_OK;
}

static perebor_status read_node(parse *parse, const yaml_event_t *event, int depth,
                                yaml_node **node);

/** Where a key stood, as one number. */
static uint64_t key_place(const yaml_node *item) {
    return (uint64_t)item->key_line << 32 | item->key_column;
}

static int compare_keys(const void *left, const void *right) {
    const yaml_node *a = *(yaml_node *const *)left;
    const yaml_node *b = *(yaml_node *const *)right;
    int order = strcmp(a->key, b->key);
    return order != 0 ? order : (key_place(a) > key_place(b)) - (key_place(a) < key_place(b));
}

/** Refuses the first key of a map that was there before. Sorted, so that many keys cost little. */
static perebor_status refuse_repeated_keys(const parse *parse, const yaml_node *map) {
    yaml_node **items = perebor_arena_allocate(parse->arena, map->n, sizeof(yaml_node *));
    if (items == NULL) {
        return perebor_no_memory(parse->error, "to read %s", parse->source);
    }
    size_t n = 0;
    for (yaml_node *item = map->first; item != NULL; item = item->next) {
        items[n++] = item;
    }
    qsort(items, n, sizeof(yaml_node *), compare_keys);
    const yaml_node *first = NULL;
    const yaml_node *repeated = NULL;
    for (size_t i = 1; i < n; i++) {
        bool equal = strcmp(items[i - 1]->key, items[i]->key) == 0;
        if (equal && (repeated == NULL || key_place(items[i]) < key_place(repeated))) {
            first = items[i - 1];
            repeated = items[i];
        }
    }
    if (repeated != NULL && first->key_line == 0) { // of the command line
        return yaml_refuse_key(repeated, parse->error, "%s is given twice", repeated->key);
    }
    if (repeated != NULL) {
        return yaml_refuse_key(repeated, parse->error, "%s is given twice; the first is on line %u",
                               repeated->key, first->key_line);
    }
    return PEREBOR_OK;
}

/** Reads the key of the next item into a node of its own. */
static perebor_status read_key(parse *parse, const yaml_event_t *event, yaml_node **key) {
    perebor_status status = PEREBOR_OK;
    if (event->type != YAML_SCALAR_EVENT && event->type != YAML_ALIAS_EVENT) {
        return refuse_mark(parse, event->start_mark, "a key must be a plain value");
    }
    PEREBOR_TRY(done, refuse_extras(parse, event));
    PEREBOR_TRY(done, read_scalar(parse, event, key));
done:
    return status;
}

static perebor_status read_items(parse *parse, yaml_node *parent, int depth) {
    perebor_status status = PEREBOR_OK;
    yaml_node **tail = &parent->first;
    yaml_event_t event = {0};
    for (;;) {
        yaml_node *key = NULL;
        PEREBOR_TRY(done, next_event(parse, &event));
        if (event.type == YAML_SEQUENCE_END_EVENT || event.type == YAML_MAPPING_END_EVENT) {
            break;
        }
        if (parent->kind == YAML_MAP) {
            PEREBOR_TRY(done, read_key(parse, &event, &key));
            yaml_event_delete(&event);
            PEREBOR_TRY(done, next_event(parse, &event));
        }
        yaml_node *item = NULL;
        PEREBOR_TRY(done, read_node(parse, &event, depth, &item));
        yaml_event_delete(&event);
        assert(item != NULL);
        if (key != NULL) {
            item->key = key->text;
            item->key_quoted = key->quoted;
            item->key_line = key->line;
            item->key_column = key->column;
        }
        *tail = item;
        tail = &item->next;
        parent->n++;
    }
    if (parent->kind == YAML_MAP) {
        status = refuse_repeated_keys(parse, parent);
    }
done:
    yaml_event_delete(&event);
    return status;
}

static perebor_status read_node(parse *parse, const yaml_event_t *event, int depth,
                                yaml_node **node) {
    perebor_status status = PEREBOR_OK;
    PEREBOR_TRY(done, refuse_extras(parse, event));
    if (event->type == YAML_SCALAR_EVENT) {
        return read_scalar(parse, event, node);
    }
    if (depth >= YAML_MAX_DEPTH) {
        return refuse_mark(parse, event->start_mark, "nested deeper than %d levels",
                           YAML_MAX_DEPTH);
    }
    yaml_kind kind = event->type == YAML_MAPPING_START_EVENT ? YAML_MAP : YAML_LIST;
    yaml_node *parent = make_node(parse, kind, event->start_mark);
    if (parent == NULL) {
        return parse->status;
    }
    PEREBOR_TRY(done, read_items(parse, parent, depth + 1));
    *node = parent;
done:
    return status;
}

/** Takes one event and says whether it is of @p type, and where it stood. */
static perebor_status take_event(parse *parse, yaml_event_type_t type, bool *found,
                                 yaml_mark_t *mark) {
    perebor_status status = PEREBOR_OK;
    *found = false;
    yaml_event_t event = {0};
    PEREBOR_TRY(done, next_event(parse, &event));
    *found = event.type == type;
    *mark = event.start_mark;
done:
    yaml_event_delete(&event);
    return status;
}

static perebor_status read_document(parse *parse, yaml_node **root) {
    perebor_status status = PEREBOR_OK;
    bool found = false;
    yaml_mark_t mark = {0};
    yaml_event_t event = {0};
    PEREBOR_TRY(done, take_event(parse, YAML_STREAM_START_EVENT, &found, &mark));
    PEREBOR_TRY(done, take_event(parse, YAML_DOCUMENT_START_EVENT, &found, &mark));
    if (!found) {
        return perebor_fail(parse->error, PEREBOR_ERR_FORMAT, "%s: there is nothing in it",
                            parse->source);
    }
    PEREBOR_TRY(done, next_event(parse, &event));
    PEREBOR_TRY(done, read_node(parse, &event, 0, root));
    PEREBOR_TRY(done, take_event(parse, YAML_DOCUMENT_END_EVENT, &found, &mark));
    PEREBOR_TRY(done, take_event(parse, YAML_STREAM_END_EVENT, &found, &mark));
    if (!found) {
        status = refuse_mark(parse, mark, "a second document; there may be one only");
    }
done:
    yaml_event_delete(&event);
    return status;
}

perebor_status yaml_tree_parse(yaml_node **root, perebor_arena *arena, const char *source,
                               bool placed, const char *text, size_t size, perebor_error *error) {
    static const char mark[] = "\xEF\xBB\xBF";
    if (size >= 3 && memcmp(text, mark, 3) == 0) { // as Windows' Notepad writes it
        text += 3;
        size -= 3;
    }
    parse parse = {.arena = arena,
                   .source = source,
                   .placed = placed,
                   .text = text,
                   .size = size,
                   .error = error};
    yaml_complaint complaint;
    if (placed && yaml_is_another_kind(text, size, &complaint)) {
        return refuse_complaint(&parse, &complaint);
    }
    if (!yaml_parser_initialize(&parse.parser)) {
        return perebor_no_memory(parse.error, "to read %s", parse.source);
    }
    yaml_parser_set_encoding(&parse.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parse.parser, (const unsigned char *)text, size);
    yaml_node *read = NULL;
    perebor_status status = read_document(&parse, &read);
    yaml_parser_delete(&parse.parser);
    if (status == PEREBOR_OK) {
        *root = read;
    }
    return status;
}

yaml_node *yaml_find(const yaml_node *map, const char *key) {
    for (yaml_node *item = map->first; item != NULL; item = item->next) {
        if (item->key != NULL && strcmp(item->key, key) == 0) {
            return item;
        }
    }
    return NULL;
}
