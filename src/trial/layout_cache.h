// SPDX-License-Identifier: MIT
/**
 * @file layout_cache.h
 * Layouts of learners (perebor_learner_layout) that are kept from one unit of work to the next.
 *
 * All threads of a process share one cache: who asks for a layout that nobody has made makes it,
 * and who asks for it meanwhile waits. The cache keeps no more of those that nobody reads than
 * fit in its room; the one that was read least recently goes first. Layouts that are being read are
 * never given up: there are no more of them than threads.
 */
#ifndef PEREBOR_TRIAL_LAYOUT_CACHE_H
#define PEREBOR_TRIAL_LAYOUT_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/learner.h"
#include "perebor/preparation.h"

/** What a layout is of. */
typedef struct layout_key {
    const perebor_learner *learner;
    uint64_t settings; /**< By learner->layout->key(). */
    perebor_preparation_settings preparation;
    size_t fold;
} layout_key;

typedef struct layout_cache layout_cache;

/** A layout that is being read. */
typedef struct layout_reading {
    const void *layout; /**< What the learner made. */
    bool made;          /**< Just now, for this reading, which took so much CPU time: */
    double seconds;
    struct kept_layout *kept; /**< The cache's own; NULL: there is none. */
} layout_reading;

/** What a layout is made of, if it has to be. */
typedef struct layout_source {
    const perebor_training *training;
    const perebor_matrix *validation;
    const perebor_value *settings;
    perebor_workspace *scratch; /**< The calling thread's; left as it was. */
} layout_source;

/** @param[in] room  Bytes that layouts take. The blocks that hold them (perebor/workspace.h) may be
 * larger by what was never written to, which takes addresses, but hardly memory. */
PEREBOR_MUST_CHECK perebor_status layout_cache_create(layout_cache **cache, size_t room,
                                                      perebor_error *error);

/** @pre Nobody reads a layout. */
void layout_cache_free(layout_cache *cache);

/**
 * Looks a layout up, waiting while it is made, or makes it.
 *
 * @param[in]  source   NULL: it is not made.
 * @param[out] reading  To be ended with layout_cache_end(); without a layout if there is none, or
 * it cannot be made with such settings: the learner will say why.
 * @retval PEREBOR_ERR_MEMORY   Memory is short. What nobody reads was given up.
 * @retval PEREBOR_ERR_STOPPED  The thread was told that its time is over: base/deadline.h.
 */
PEREBOR_MUST_CHECK perebor_status layout_cache_read(layout_cache *cache, const layout_key *key,
                                                    const layout_source *source,
                                                    layout_reading *reading, perebor_error *error);

/** Gives up all that nobody reads. */
void layout_cache_forget(layout_cache *cache);

/** Ends a reading. One without a layout: nothing happens. */
void layout_cache_end(layout_cache *cache, const layout_reading *reading);

#endif
