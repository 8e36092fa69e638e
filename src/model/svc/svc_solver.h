// SPDX-License-Identifier: MIT
/**
 * @file svc_solver.h
 * Rounds of sequential minimal optimisation: points that are chosen, solved for by themselves, and
 * what they changed by brought to the errors of all. See svc_smo.c for the problem and the method.
 */
#ifndef PEREBOR_MODEL_SVC_SVC_SOLVER_H
#define PEREBOR_MODEL_SVC_SVC_SOLVER_H

#include "model/svc/svc_block.h"
#include "model/svc/svc_smo.h"

/** What the points of a solver are. */
typedef enum svc_stage {
    SVC_ALONE,   /**< All there are, or nearly. */
    SVC_ROUGHLY, /**< Part of them, of which some will change again: pairs are moved. */
    SVC_FINELY, /**< Part of them, those that are not settled: free ones are solved for together. */
} svc_stage;

typedef struct svc_solver {
    const svc_problem *problem;
    const svc_steps *vector;
    const svc_gram *gram;
    svc_stage stage;
    svc_rows rows;
    svc_pairs all;
    svc_block block;
    svc_candidates candidates;
    double highest, lowest; /**< m(b) and M(b): b is optimal where highest <= lowest. */
    double tolerance;       /**< On their difference, for now. */
    bool *chosen;           /**< [n_rows] of the block at hand. */
    bool begun;             /**< A round is over. */
    bool again;             /**< The block has the points of the last time. */
    bool settled;           /**< It is known about which points are free. */
} svc_solver;

/** Room for the errors and coefficients of all points, zeros: none may move yet. */
PEREBOR_MUST_CHECK perebor_status svc_solver_lay_out(svc_solver *solver,
                                                     perebor_workspace *workspace,
                                                     perebor_error *error);

/** What rounds need beside that: rows of kernel values, and a block. */
PEREBOR_MUST_CHECK perebor_status svc_solver_take_rounds(svc_solver *solver,
                                                         perebor_workspace *workspace,
                                                         perebor_error *error);

/** Finds the candidates, m(b) and M(b). @return whether all errors are finite */
bool svc_solver_survey(svc_solver *solver);

/** m(b) - M(b) <= tolerance: then, D being convex, D(b) <= min D + tolerance sum_i C_i / 2. */
bool svc_solver_is_optimal(const svc_solver *solver);

/**
 * Whether a point is at a bound where its error says that it belongs. One that cannot go up
 * stays if e_t > m: whatever may go up has a smaller error, so no pair with it violates optimality;
 * one that cannot go down likewise if e_t < M (Joachims, 1999, section 4).
 */
bool svc_solver_stays(const svc_solver *solver, size_t point);

/**
 * beta = the mean of e_t over free points, all of which the optimum makes equal; without any,
 * the middle (m + M) / 2 of what optimality allows, as LIBSVM has it.
 */
double svc_solver_bias(const svc_solver *solver);

/**
 * Solves part after part: all points that are not settled or, of very many, the worst of
 * them.
 *
 * @param[in,out] iterations  Moves of pairs so far.
 * @return whether values stayed finite
 */
bool svc_solver_descend(svc_solver *solver, uint64_t *iterations);

#endif
