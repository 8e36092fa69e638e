// SPDX-License-Identifier: MIT
/**
 * @file arena.h
 * Memory for many small things that live and die together.
 *
 * Pieces are zeroed, aligned for any type, and freed all at once. Not for threads to share.
 */
#ifndef PEREBOR_BASE_ARENA_H
#define PEREBOR_BASE_ARENA_H

#include <stddef.h>

/** Starts as {0}. */
typedef struct perebor_arena {
    struct arena_block *blocks;
} perebor_arena;

/** Zeroed memory for @p n things of @p size bytes; never NULL but when memory is out. */
void *perebor_arena_allocate(perebor_arena *arena, size_t n, size_t size);

/** A copy of the first @p length bytes of @p text, ended; NULL when memory is out. */
char *perebor_arena_copy(perebor_arena *arena, const char *text, size_t length);

/** A copy of @p text. */
char *perebor_arena_text(perebor_arena *arena, const char *text);

/** Frees everything and leaves {0}. */
void perebor_arena_release(perebor_arena *arena);

#endif
