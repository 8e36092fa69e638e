// SPDX-License-Identifier: MIT
#include "perebor/workspace.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/workspace_lengthen.h"

#if defined(__SANITIZE_ADDRESS__)
#define POISONS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POISONS 1
#endif
#endif

#ifdef POISONS
#include <sanitizer/asan_interface.h>
enum { gap_size = 64 };
#else
enum { gap_size = 0 };
#endif

enum { line_size = 64, smallest_block = 1 << 18, largest_growth = 1 << 24 };

/** More than this is not kept: work that needs it is so long that asking again costs nothing. */
enum { most_kept = 1 << 26 };

/** What the system may map at once, and blocks from which on that is asked for. */
enum { huge_page = 1 << 21, many_pages = 2 * huge_page };

struct workspace_block {
    workspace_block *next;
    size_t before; /**< Bytes of the blocks before this one. */
    size_t used, capacity;
    _Alignas(line_size) char memory[];
};

static void poison(const char *memory, size_t size) {
#ifdef POISONS
    __asan_poison_memory_region(memory, size);
#else
    (void)memory;
    (void)size;
#endif
}

static void unpoison(const char *memory, size_t size) {
#ifdef POISONS
    __asan_unpoison_memory_region(memory, size);
#else
    (void)memory;
    (void)size;
#endif
}

static size_t larger(size_t a, size_t b) {
    return a > b ? a : b;
}

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

static size_t whole_lines(size_t bytes) {
    return (bytes + line_size - 1) / line_size * line_size;
}

/**
 * Memory of so many bytes for a block. Where there is much of it, the system is asked to map large
 * pages as soon as they are written to: a fault for each page of 4 KiB takes a fifth of the time of
 * work that goes over its rows but a few times. A tail of less than a large page is left as it is.
 */
static workspace_block *allocate_block(size_t size) {
    if (size < many_pages || size > SIZE_MAX - huge_page) {
        return aligned_alloc(line_size, size);
    }
    const size_t n_pages = (size + huge_page - 1) / huge_page; // the last is not touched in whole
    workspace_block *block = aligned_alloc(huge_page, n_pages * huge_page);
#ifdef MADV_HUGEPAGE
    if (block != NULL) { // advice that may be refused
        (void)madvise(block, size / huge_page * huge_page, MADV_HUGEPAGE);
    }
#endif
    return block;
}

/** A block behind @p last that @p bytes fit into. */
static workspace_block *add_block(perebor_workspace *workspace, workspace_block *last,
                                  size_t bytes) {
    size_t growth = last == NULL ? smaller(workspace->most_used, most_kept)
                                 : smaller(2 * last->capacity, largest_growth);
    size_t capacity = whole_lines(larger(bytes, larger(growth, smallest_block)));
    workspace_block *block = allocate_block(sizeof *block + capacity);
    if (block == NULL) {
        return NULL;
    }
    *block = (workspace_block){.capacity = capacity};
    if (last == NULL) {
        workspace->first = block;
    } else {
        block->before = last->before + last->capacity;
        last->next = block;
    }
    poison(block->memory, capacity);
    return block;
}

/** The block that the next @p bytes go to: this one, a later one that was kept, or a new one. */
static workspace_block *find_block(perebor_workspace *workspace, size_t bytes) {
    workspace_block *last = workspace->current;
    workspace_block *block = last == NULL ? workspace->first : last;
    while (block != NULL && block->capacity - block->used < bytes) {
        last = block;
        block = block->next;
        if (block != NULL) {
            block->used = 0;
        }
    }
    return block != NULL ? block : add_block(workspace, last, bytes);
}

void *perebor_workspace_take(perebor_workspace *workspace, size_t n, size_t size) {
    if (size != 0 && n > (SIZE_MAX / 2 - line_size - gap_size) / size) {
        return NULL;
    }
    size_t lines = whole_lines(larger(n * size, 1));
    size_t bytes = lines + gap_size;
    if (workspace->limit != 0 && lines > workspace->limit - workspace->taken) {
        workspace->exceeded = true;
        return NULL;
    }
    workspace_block *block = find_block(workspace, bytes);
    if (block == NULL) {
        return NULL;
    }
    char *piece = block->memory + block->used;
    block->used += bytes;
    workspace->current = block;
    workspace->taken += lines;
    workspace->most_used = larger(workspace->most_used, block->before + block->used);
    unpoison(piece, n * size);
    return piece;
}

bool perebor_workspace_lengthen(perebor_workspace *workspace, void *piece, size_t n, size_t more,
                                size_t size) {
    workspace_block *block = workspace->current;
    if (block == NULL || more < n ||
        (size != 0 && more > (SIZE_MAX / 2 - line_size - gap_size) / size)) {
        return false;
    }
    const size_t before = whole_lines(larger(n * size, 1)) + gap_size;
    const size_t lines = whole_lines(larger(more * size, 1));
    if ((char *)piece + before != block->memory + block->used ||
        lines + gap_size - before > block->capacity - block->used ||
        (workspace->limit != 0 && lines > workspace->limit - workspace->taken)) {
        return false;
    }
    block->used += lines + gap_size - before;
    workspace->taken += lines;
    workspace->most_used = larger(workspace->most_used, block->before + block->used);
    unpoison(piece, more * size);
    return true;
}

void *perebor_workspace_take_zeroed(perebor_workspace *workspace, size_t n, size_t size) {
    void *piece = perebor_workspace_take(workspace, n, size);
    if (piece != NULL) {
        memset(piece, 0, n * size);
    }
    return piece;
}

void perebor_workspace_limit(perebor_workspace *workspace, size_t bytes) {
    size_t most = SIZE_MAX - workspace->taken;
    workspace->limit = workspace->taken + smaller(larger(bytes, 1), most);
    workspace->exceeded = false;
}

bool perebor_workspace_unlimit(perebor_workspace *workspace) {
    bool exceeded = workspace->exceeded;
    workspace->limit = 0;
    workspace->exceeded = false;
    return exceeded;
}

perebor_workspace_mark perebor_workspace_here(const perebor_workspace *workspace) {
    workspace_block *block = workspace->current;
    return (perebor_workspace_mark){block, block == NULL ? 0 : block->used, workspace->taken};
}

static void free_blocks(perebor_workspace *workspace) {
    while (workspace->first != NULL) {
        workspace_block *block = workspace->first;
        workspace->first = block->next;
        unpoison(block->memory, block->capacity);
        free(block);
    }
    workspace->current = NULL;
}

void perebor_workspace_return(perebor_workspace *workspace, perebor_workspace_mark mark) {
    workspace_block *from = mark.block == NULL ? workspace->first : mark.block;
    for (workspace_block *block = from; block != NULL; block = block->next) {
        block->used = block == mark.block ? mark.used : 0;
        poison(block->memory + block->used, block->capacity - block->used);
    }
    workspace->current = mark.block;
    workspace->taken = mark.taken;
    bool emptied = mark.block == NULL && from != NULL;
    if (emptied && (from->next != NULL || from->capacity > most_kept)) {
        free_blocks(workspace);
    }
}

void perebor_workspace_release(perebor_workspace *workspace) {
    free_blocks(workspace);
    *workspace = (perebor_workspace){0};
}
