// SPDX-License-Identifier: MIT
#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { block_size = 16 * 1024 };

struct arena_block {
    arena_block *next;
    size_t used, capacity;
    max_align_t memory[];
};

static arena_block *add_block(perebor_arena *arena, size_t size) {
    size_t capacity = size > block_size ? size : block_size;
    if (capacity > SIZE_MAX - sizeof(arena_block)) {
        return NULL;
    }
    arena_block *block = calloc(1, sizeof *block + capacity);
    if (block != NULL) {
        block->capacity = capacity;
        block->next = arena->blocks;
        arena->blocks = block;
    }
    return block;
}

void *perebor_arena_allocate(perebor_arena *arena, size_t n, size_t size) {
    const size_t alignment = _Alignof(max_align_t);
    if (size != 0 && n > (SIZE_MAX - alignment) / size) {
        return NULL;
    }
    size_t bytes = (n * size + alignment - 1) / alignment * alignment;
    arena_block *block = arena->blocks;
    if (block == NULL || block->capacity - block->used < bytes) {
        block = add_block(arena, bytes);
    }
    if (block == NULL) {
        return NULL;
    }
    void *piece = (char *)block->memory + block->used;
    block->used += bytes;
    return piece;
}

char *perebor_arena_copy(perebor_arena *arena, const char *text, size_t length) {
    char *copy = length == SIZE_MAX ? NULL : perebor_arena_allocate(arena, length + 1, 1);
    if (copy != NULL) {
        memcpy(copy, text, length);
    }
    return copy;
}

char *perebor_arena_text(perebor_arena *arena, const char *text) {
    return perebor_arena_copy(arena, text, strlen(text));
}

char *perebor_arena_vformat(perebor_arena *arena, const char *format, va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    char *text = length < 0 ? NULL : perebor_arena_allocate(arena, (size_t)length + 1, 1);
    if (text != NULL) {
        (void)vsnprintf(text, (size_t)length + 1, format, again);
    }
    va_end(again);
    return text;
}

char *perebor_arena_format(perebor_arena *arena, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *text = perebor_arena_vformat(arena, format, arguments);
    va_end(arguments);
    return text;
}

void perebor_arena_release(perebor_arena *arena) {
    while (arena->blocks != NULL) {
        arena_block *block = arena->blocks;
        arena->blocks = block->next;
        free(block);
    }
}
