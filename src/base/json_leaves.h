// SPDX-License-Identifier: MIT
/**
 * @file json_leaves.h
 * A JSON document as a list of paths and values, so that two can be laid side by side.
 *
 *     {"cv": {"n_splits": 5}, "steps": [{"trim": true}], "kinds": ["a", "b"]}
 *
 * has the leaves `cv.n_splits` 5, `steps[0].trim` true and `kinds` ["a", "b"]: objects are walked
 * into, and arrays of objects; whatever else there is is one leaf, as it is written.
 */
#ifndef PEREBOR_BASE_JSON_LEAVES_H
#define PEREBOR_BASE_JSON_LEAVES_H

#include <stddef.h>

#include "base/arena.h"
#include "perebor/status.h"

/** One of them; both texts are in the arena. */
typedef struct json_leaf {
    const char *path, *value;
} json_leaf;

/**
 * @param[in]  text    From anywhere: what is no JSON is an error.
 * @param[out] leaves  [*n_leaves] in the arena, in the order of the document.
 *
 * @retval PEREBOR_ERR_FORMAT  It is not JSON, or its objects lie more than 64 deep in each other.
 */
PEREBOR_MUST_CHECK perebor_status json_leaves_read(perebor_arena *arena, const char *text,
                                                   const json_leaf **leaves, size_t *n_leaves,
                                                   perebor_error *error);

#endif
