// SPDX-License-Identifier: MIT
/**
 * @file arena.h
 * Memory for many small things that live and die together.
 *
 * Pieces are zeroed, aligned for any type, and freed all at once. Not for threads to share.
 */
#ifndef PEREBOR_BASE_ARENA_H
#define PEREBOR_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "perebor/status.h"

typedef struct arena_block arena_block;

/** Starts as {0}. */
typedef struct perebor_arena {
    arena_block *blocks;
} perebor_arena;

/** Zeroed memory for @p n things of @p size bytes; never NULL but when memory is out. */
void *perebor_arena_allocate(perebor_arena *arena, size_t n, size_t size);

/** A copy of the first @p length bytes of @p text, ended; NULL when memory is out. */
char *perebor_arena_copy(perebor_arena *arena, const char *text, size_t length);

/** A copy of @p text. */
char *perebor_arena_text(perebor_arena *arena, const char *text);

/** A text made as printf makes it; NULL when memory is out. */
char *perebor_arena_format(perebor_arena *arena, const char *format, ...) PEREBOR_PRINTF_LIKE(2, 3);

/** The same for whoever takes arguments as printf does. */
char *perebor_arena_vformat(perebor_arena *arena, const char *format, va_list arguments)
    PEREBOR_PRINTF_LIKE(2, 0);

/** Frees everything and leaves {0}. */
void perebor_arena_release(perebor_arena *arena);

#endif
