// SPDX-License-Identifier: MIT
#include "h5/pages.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { line_size = 64, page_size = 4096 };

struct h5_pages {
    char *memory;
    size_t size, used;
    atomic_size_t n_owners;
};

h5_pages *h5_pages_create(size_t size) {
    h5_pages *pages = malloc(sizeof *pages);
    void *memory = pages == NULL ? MAP_FAILED
                                 : mmap(NULL, size, PROT_READ | PROT_WRITE,
                                        MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        free(pages);
        return NULL;
    }
    pages->memory = memory;
    pages->size = size;
    pages->used = 0;
    atomic_init(&pages->n_owners, 1);
    return pages;
}

h5_pages *h5_pages_hold(h5_pages *pages) {
    if (pages != NULL) {
        (void)atomic_fetch_add(&pages->n_owners, 1);
    }
    return pages;
}

void h5_pages_release(h5_pages *pages) {
    if (pages != NULL && atomic_fetch_sub(&pages->n_owners, 1) == 1) {
        (void)munmap(pages->memory, pages->size);
        free(pages);
    }
}

/** Asks the system for the memory of a piece at once, which takes less than a fault for each page
 * of 4 KiB. */
static void populate(char *piece, size_t size) {
#ifdef MADV_POPULATE_WRITE
    const size_t before = (page_size - (uintptr_t)piece % page_size) % page_size;
    if (size >= before + page_size) { // advice that may be refused
        (void)madvise(piece + before, (size - before) / page_size * page_size, MADV_POPULATE_WRITE);
    }
#else
    (void)piece;
    (void)size;
#endif
}

void *h5_pages_take(h5_pages *pages, size_t size) {
    if (pages == NULL || size > pages->size - pages->used) {
        return NULL;
    }
    char *piece = pages->memory + pages->used;
    const size_t left = pages->size - pages->used;
    const size_t whole = (size + line_size - 1) / line_size * line_size;
    pages->used += whole < left ? whole : left;
    populate(piece, size);
    return piece;
}

void h5_pages_close(h5_pages *pages) {
    if (pages != NULL) {
        pages->used = pages->size;
    }
}

size_t h5_pages_offset(const h5_pages *pages, const void *piece) {
    return (size_t)((const char *)piece - pages->memory);
}

void *h5_pages_at(const h5_pages *pages, size_t offset, size_t n, size_t size) {
    const bool within = offset <= pages->size && n > 0 && n <= (pages->size - offset) / size;
    return within && offset % line_size == 0 ? pages->memory + offset : NULL;
}
