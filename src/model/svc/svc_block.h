// SPDX-License-Identifier: MIT
/**
 * @file svc_block.h
 * Sequential minimal optimisation over some of the points, in single precision.
 *
 * A block is solved only as far as a fraction of the violation that it started with, and errors of
 * all points are then brought up to date in double precision from what its coefficients changed by.
 * So its own errors need few digits: they are kept relative to the middle of the violation, near
 * which those that matter lie. Coefficients are in double precision.
 */
#ifndef PEREBOR_MODEL_SVC_SVC_BLOCK_H
#define PEREBOR_MODEL_SVC_SVC_BLOCK_H

#include "model/svc/svc_copies.h"
#include "model/svc/svc_low_rank.h"
#include "model/svc/svc_pairs.h"
#include "model/svc/svc_rows.h"

typedef struct svc_block {
    size_t *points; /**< [room for all points], in ascending order unless they are few. */
    size_t n_points;
    size_t most;      /**< Of more points than these the block has all there are. */
    size_t capacity;  /**< Points whose values there is room for; more are read where they are. */
    size_t most_free; /**< Points that there is room for to be solved for together. */
    size_t n;         /**< n_points up to a multiple of SVC_PAD. */
    svc_rows *source;
    bool whole;    /**< All points there are: rows are those of the source. */
    bool complete; /**< All points there are, with rows of its own. */
    bool there;    /**< Rows lie one after the other, and free points can be solved for together. */
    uint16_t *masks; /**< [n of all / SVC_MASK_BITS] the points as bits, unless they are few. */
    bool *present;   /**< [n_points] rows of entries that are there. */
    float *entries;  /**< [capacity][n] */
    float *errors;   /**< [n], less the middle. */
    float *ceilings; /**< [n], as those of svc_pairs. */
    float *floors;   /**< [n] */
    float *rounded;  /**< [n] kernel values of points with themselves. */
    double *coefficients, *highest, *lowest, *diagonal; /**< [n] */
    svc_low_rank low;
    svc_pairs *all; /**< All points. */
    bool early;     /**< The block is whole, and its rows may be gone when errors of all points are
                       brought up to date: those that reach a bound are taken off as they do. */
    size_t waiting[SVC_POINTS]; /**< That have reached one: errors of all points lack them. */
    size_t n_waiting;
    size_t *free; /**< [capacity] scratch, as are the next two, of svc_conjugate.h. */
    double *root;
    float *arrays;
} svc_block;

/** How many points a block has room for. */
typedef struct svc_block_size {
    size_t most;      /**< See svc_block; a multiple of SVC_PAD. */
    size_t capacity;  /**< Likewise. */
    size_t most_free; /**< Likewise. */
} svc_block_size;

/** Room for the points of @p source, and for the values of some of them. */
PEREBOR_MUST_CHECK perebor_status svc_block_create(svc_block *block, svc_rows *source,
                                                   svc_block_size size,
                                                   perebor_workspace *workspace,
                                                   perebor_error *error);

/**
 * Gathers the points that were put into the block.
 *
 * @param     all     All points: of a block that is whole errors and coefficients of points that
 *                    reach a bound are brought up to date at once.
 * @param[in] middle  Of the violation.
 * @param[in] again   They are those of the last time, whose kernel values are there.
 * @param[in] first   Nothing is known of them yet: of all points pairs are moved, and rows are
 * those of the source.
 */
void svc_block_gather(svc_block *block, svc_pairs *all, double middle, bool again, bool first);

/**
 * Rows of all points' kernel values of some points of the block that have moved, until the next
 * call.
 *
 * @param[in]  points  [n] by their places among all, SVC_BLOCK at most.
 * @param[out] rows    [n]
 */
void svc_block_rows(const svc_block *block, const size_t *points, size_t n, const float **rows);

/**
 * Solves for the points that lie between their bounds, all together: svc_conjugate.c. Does nothing
 * if that cannot be (block->there).
 *
 * @return Moves of pairs that read as many rows, @p max_moves at most.
 */
uint64_t svc_block_solve_free(svc_block *block, double tolerance, uint64_t max_moves);

/** As svc_pairs_descend(). @param[in] one  Moves one pair at least. */
uint64_t svc_block_descend(svc_block *block, double tolerance, uint64_t max_moves, bool one);

#endif
