// SPDX-License-Identifier: MIT
/**
 * @file pages.h
 * Memory that a process fills for the one that forked it: what is large is not copied from one to
 * the other.
 */
#ifndef PEREBOR_H5_PAGES_H
#define PEREBOR_H5_PAGES_H

#include <stdbool.h>
#include <stddef.h>

/** Has owners, the last of which frees it. */
typedef struct h5_pages h5_pages;

/** Zeroed memory, which takes room as it is filled, with one owner; NULL if there is none to be
 * had. */
h5_pages *h5_pages_create(size_t size);

/** One owner more. @return @p pages, which may be NULL. */
h5_pages *h5_pages_hold(h5_pages *pages);

/** One owner less. Does nothing with NULL. */
void h5_pages_release(h5_pages *pages);

/** A piece, aligned for any type; NULL if there is no room or @p pages is NULL. */
void *h5_pages_take(h5_pages *pages, size_t size);

/** Leaves no room: another process takes pieces. */
void h5_pages_close(h5_pages *pages);

/** Where a piece begins. @param[in] piece  Of these pages. */
size_t h5_pages_offset(const h5_pages *pages, const void *piece);

/** The piece of @p n elements of @p size bytes at an offset; NULL if there are none, or it is not
 * within the pages or not aligned as pieces are. */
void *h5_pages_at(const h5_pages *pages, size_t offset, size_t n, size_t size);

#endif
