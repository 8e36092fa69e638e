// SPDX-License-Identifier: MIT
#include "base/json_leaves.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { deepest = 64, first_leaves = 64 };

/** The walk: what is left of the text, and what was found. */
typedef struct walk {
    perebor_arena *arena;
    const char *at;
    json_leaf *leaves;
    size_t n, capacity;
    bool no_memory;
} walk;

static void skip_space(walk *w) {
    w->at += strspn(w->at, " \t\r\n");
}

/** Takes one character if it is next. */
static bool take(walk *w, char wanted) {
    skip_space(w);
    bool found = *w->at == wanted;
    w->at += found;
    return found;
}

/** Passes a string, quotes included. */
static bool pass_string(walk *w) {
    if (!take(w, '"')) {
        return false;
    }
    while (*w->at != '"' && *w->at != '\0') {
        w->at += *w->at == '\\' && w->at[1] != '\0' ? 2 : 1;
    }
    return take(w, '"');
}

/** Passes a number or one of the three words. */
static bool pass_word(walk *w) {
    size_t length = strspn(w->at, "+-.0123456789abcdefghijklmnopqrstuvwxyzE");
    w->at += length;
    return length > 0;
}

static bool pass_value(walk *w, int depth);

/** Passes the members of an object, or the elements of an array, up to its end. */
static bool pass_items(walk *w, char end, int depth) {
    if (depth == deepest) {
        return false;
    }
    if (take(w, end)) {
        return true;
    }
    do {
        bool key = end == ']' || (pass_string(w) && take(w, ':'));
        if (!key || !pass_value(w, depth + 1)) {
            return false;
        }
    } while (take(w, ','));
    return take(w, end);
}

static bool pass_value(walk *w, int depth) {
    skip_space(w);
    switch (*w->at) {
    case '{':
        w->at++;
        return pass_items(w, '}', depth);
    case '[':
        w->at++;
        return pass_items(w, ']', depth);
    case '"':
        return pass_string(w);
    default:
        return pass_word(w);
    }
}

static bool add_leaf(walk *w, const char *path, const char *value, size_t length) {
    if (w->n == w->capacity) {
        size_t capacity = w->capacity == 0 ? first_leaves : 2 * w->capacity;
        json_leaf *grown = realloc(w->leaves, capacity * sizeof *grown);
        w->no_memory = w->no_memory || grown == NULL;
        if (grown == NULL) {
            return false;
        }
        w->leaves = grown;
        w->capacity = capacity;
    }
    const char *copy = perebor_arena_copy(w->arena, value, length);
    w->no_memory = w->no_memory || copy == NULL;
    w->leaves[w->n++] = (json_leaf){path, copy};
    return copy != NULL;
}

static bool walk_value(walk *w, const char *path, int depth);

static bool walk_object(walk *w, const char *path, int depth) {
    if (depth == deepest) {
        return false;
    }
    if (take(w, '}')) {
        return true;
    }
    do {
        skip_space(w);
        const char *key = w->at + 1;
        if (!pass_string(w)) {
            return false;
        }
        const char *below = perebor_arena_format(
            w->arena, "%s%s%.*s", path, *path != '\0' ? "." : "", (int)(w->at - 1 - key), key);
        w->no_memory = w->no_memory || below == NULL;
        if (below == NULL || !take(w, ':') || !walk_value(w, below, depth + 1)) {
            return false;
        }
    } while (take(w, ','));
    return take(w, '}');
}

/** An array whose first element is an object. */
static bool walk_array(walk *w, const char *path, int depth) {
    size_t n = 0;
    do {
        const char *below = perebor_arena_format(w->arena, "%s[%zu]", path, n++);
        w->no_memory = w->no_memory || below == NULL;
        if (below == NULL || !walk_value(w, below, depth + 1)) {
            return false;
        }
    } while (take(w, ','));
    return take(w, ']');
}

static bool walk_value(walk *w, const char *path, int depth) {
    skip_space(w);
    const char *begin = w->at;
    if (take(w, '{')) {
        return walk_object(w, path, depth);
    }
    if (take(w, '[')) {
        skip_space(w);
        if (*w->at == '{' && depth < deepest) {
            return walk_array(w, path, depth);
        }
        w->at = begin;
    }
    return pass_value(w, depth) && add_leaf(w, path, begin, (size_t)(w->at - begin));
}

/** Hands the list over to the arena. */
static bool keep(walk *w, const json_leaf **leaves) {
    json_leaf *kept = perebor_arena_allocate(w->arena, w->n + 1, sizeof *kept);
    if (kept != NULL && w->n > 0) {
        memcpy(kept, w->leaves, w->n * sizeof *kept);
    }
    *leaves = kept != NULL ? kept : *leaves;
    return kept != NULL;
}

perebor_status json_leaves_read(perebor_arena *arena, const char *text, const json_leaf **leaves,
                                size_t *n_leaves, perebor_error *error) {
    walk w = {.arena = arena, .at = text};
    bool whole = walk_value(&w, "", 0);
    skip_space(&w);
    bool ended = whole && *w.at == '\0';
    bool kept = ended && keep(&w, leaves);
    free(w.leaves);
    if (w.no_memory || (ended && !kept)) {
        return perebor_no_memory(error, "to read JSON");
    }
    if (!ended) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT, "byte %zu is not as JSON has it",
                            (size_t)(w.at - text));
    }
    *n_leaves = w.n;
    return PEREBOR_OK;
}
