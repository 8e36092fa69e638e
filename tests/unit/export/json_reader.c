// SPDX-License-Identifier: MIT
#include "json_reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void take(const char **at, char wanted) {
    if (**at != wanted) {
        fail_msg("'%c' is wanted before: %.40s", wanted, *at);
    }
    ++*at;
}

/** Code points below U+0800 are all that the writer escapes. */
static size_t unescape_unicode(const char **at, char *into) {
    char digits[5] = {0};
    memcpy(digits, *at, 4);
    unsigned long point = strtoul(digits, NULL, 16);
    *at += 4;
    if (point < 0x80) {
        into[0] = (char)point;
        return 1;
    }
    into[0] = (char)(point < 0x800 ? 0xc0 | point >> 6 : 0xe0 | point >> 12);
    into[1] = (char)(0x80 | (point < 0x800 ? point & 0x3f : point >> 6 & 0x3f));
    into[2] = (char)(0x80 | (point & 0x3f));
    return point < 0x800 ? 2 : 3;
}

static char *parse_text(const char **at) {
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    take(at, '"');
    char *text = malloc(strlen(*at) + 1);
    size_t n = 0;
    assert_non_null(text);
    while (**at != '"') {
        assert_true((unsigned char)**at >= 0x20);
        char c = *(*at)++;
        if (c != '\\') {
            text[n++] = c;
        } else if (**at == 'u') {
            ++*at;
            n += unescape_unicode(at, text + n);
        } else {
            const char *found = strchr(from, *(*at)++);
            assert_non_null(found);
            text[n++] = to[found - from];
        }
    }
    ++*at;
    text[n] = '\0';
    return text;
}

static read_value parse(const char **at);

/** Elements, or members, up to the closing bracket. */
static void parse_items(const char **at, read_value *value, char end) {
    while (**at != end) {
        if (value->n > 0) {
            take(at, ',');
        }
        value->items = realloc(value->items, (value->n + 1) * sizeof *value->items);
        value->keys = realloc(value->keys, (value->n + 1) * sizeof *value->keys);
        assert_true(value->items != NULL && value->keys != NULL);
        value->keys[value->n] = NULL;
        if (value->kind == READ_OBJECT) {
            value->keys[value->n] = parse_text(at);
            take(at, ':');
        }
        value->items[value->n++] = parse(at);
    }
    ++*at;
}

static bool take_word(const char **at, const char *word) {
    bool there = strncmp(*at, word, strlen(word)) == 0;
    *at += there ? strlen(word) : 0;
    return there;
}

static read_value parse(const char **at) {
    read_value value = {0};
    if (take_word(at, "null")) {
        return value;
    }
    if (**at == '[' || **at == '{') {
        char end = **at == '[' ? ']' : '}';
        value.kind = *(*at)++ == '[' ? READ_ARRAY : READ_OBJECT;
        parse_items(at, &value, end);
    } else if (**at == '"') {
        value.kind = READ_TEXT;
        value.text = parse_text(at);
    } else if (**at == 't' || **at == 'f') {
        value.kind = READ_BOOLEAN;
        value.boolean = take_word(at, "true");
        assert_true(value.boolean || take_word(at, "false"));
    } else {
        char *after = NULL;
        assert_non_null(strchr("-0123456789", **at)); // not inf, nan or +
        value.kind = READ_NUMBER;
        value.number = strtod(*at, &after);
        *at = after;
    }
    return value;
}

read_value read_json(const char *text) {
    read_value value = parse(&text);
    assert_string_equal(text, "\n");
    return value;
}

void read_release(read_value *value) {
    for (size_t i = 0; i < value->n; i++) {
        read_release(&value->items[i]);
        free(value->keys[i]);
    }
    free(value->items);
    free(value->keys);
    free(value->text);
    *value = (read_value){0};
}

const read_value *read_member(const read_value *object, const char *key) {
    const read_value *found = NULL;
    assert_int_equal(object->kind, READ_OBJECT);
    for (size_t i = 0; i < object->n; i++) {
        if (strcmp(object->keys[i], key) == 0) {
            assert_null(found);
            found = &object->items[i];
        }
    }
    if (found == NULL) {
        fail_msg("there is no member %s", key);
    }
    return found;
}

void expect_text(const read_value *object, const char *key, const char *expected) {
    const read_value *member = read_member(object, key);
    assert_int_equal(member->kind, READ_TEXT);
    assert_string_equal(member->text, expected);
}

void expect_boolean(const read_value *object, const char *key, bool expected) {
    const read_value *member = read_member(object, key);
    assert_int_equal(member->kind, READ_BOOLEAN);
    assert_int_equal(member->boolean, expected);
}

static void expect_bits(const read_value *value, double expected) {
    assert_int_equal(value->kind, READ_NUMBER);
    assert_memory_equal(&value->number, &expected, sizeof expected);
}

void expect_number(const read_value *object, const char *key, double expected) {
    expect_bits(read_member(object, key), expected);
}

void expect_numbers(const read_value *object, const char *key, const double *expected, size_t n) {
    const read_value *member = read_member(object, key);
    assert_int_equal(member->kind, READ_ARRAY);
    assert_int_equal(member->n, n);
    for (size_t i = 0; i < n; i++) {
        expect_bits(&member->items[i], expected[i]);
    }
}

void expect_keys(const read_value *object, const char *keys) {
    char all[512] = "";
    size_t used = 0;
    assert_int_equal(object->kind, READ_OBJECT);
    for (size_t i = 0; i < object->n; i++) {
        used +=
            (size_t)snprintf(all + used, sizeof all - used, i > 0 ? ",%s" : "%s", object->keys[i]);
        assert_true(used < sizeof all);
    }
    assert_string_equal(all, keys);
}
