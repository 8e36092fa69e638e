// SPDX-License-Identifier: MIT
/**
 * @file workspace.h
 * Memory that a thread computes in: taken piece by piece, given back all at once, and kept.
 *
 * Pieces lie one after another in a few large blocks. Whoever begins a stretch of work marks where
 * it began and returns there at its end, so that nothing inside frees anything:
 *
 *     perebor_workspace_mark begin = perebor_workspace_here(workspace);
 *     double *scores = perebor_workspace_take(workspace, n_rows, sizeof *scores);
 *     ...
 *     perebor_workspace_return(workspace, begin);
 *
 * A workspace that has been emptied makes one block of all it ever needed: work of the same size
 * asks the system for nothing again. One thread, one workspace.
 *
 * Under the address sanitizer, what has not been taken is poisoned, and so is a gap behind every
 * piece.
 */
#ifndef PEREBOR_WORKSPACE_H
#define PEREBOR_WORKSPACE_H

#include <stdbool.h>
#include <stddef.h>

#include "perebor/status.h"

typedef struct workspace_block workspace_block;

PEREBOR_BEGIN_DECLS

/** Starts as {0}. */
typedef struct perebor_workspace {
    workspace_block *first, *current;
    size_t most_used; /**< Bytes, at any time since it was created. */
    size_t taken;     /**< Bytes of all pieces there are, each in whole lines of 64. */
    size_t limit;     /**< The most that `taken` may be; 0: no limit. */
    bool exceeded;    /**< A piece was refused because of the limit. */
} perebor_workspace;

/** A place in a workspace. {0} is its beginning. */
typedef struct perebor_workspace_mark {
    workspace_block *block;
    size_t used, taken;
} perebor_workspace_mark;

/**
 * Takes memory for @p n things of @p size bytes, not zeroed, at a 64-byte boundary.
 *
 * @return NULL only if there is no memory, or no more is allowed: no things have a place, too.
 */
void *perebor_workspace_take(perebor_workspace *workspace, size_t n, size_t size);

/** The same, zeroed. */
void *perebor_workspace_take_zeroed(perebor_workspace *workspace, size_t n, size_t size);

/**
 * Lets no more than @p bytes be taken beside what is taken now. Whether a stretch of work stays
 * within them depends on the pieces that it takes alone: not on the machine, nor on earlier work.
 */
void perebor_workspace_limit(perebor_workspace *workspace, size_t bytes);

/** Lifts the limit. @return Whether a piece was refused because of it. */
bool perebor_workspace_unlimit(perebor_workspace *workspace);

/** Where the next piece will be. */
perebor_workspace_mark perebor_workspace_here(const perebor_workspace *workspace);

/** Gives back whatever was taken since @p mark. */
void perebor_workspace_return(perebor_workspace *workspace, perebor_workspace_mark mark);

/** Gives back everything, to the system too, and leaves {0}. */
void perebor_workspace_release(perebor_workspace *workspace);

PEREBOR_END_DECLS

#endif
