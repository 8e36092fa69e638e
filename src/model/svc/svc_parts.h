// SPDX-License-Identifier: MIT
/**
 * @file svc_parts.h
 * Many points, part of them after the other.
 */
#ifndef PEREBOR_MODEL_SVC_SVC_PARTS_H
#define PEREBOR_MODEL_SVC_SVC_PARTS_H

#include "model/svc/svc_solver.h"

/** Whether so many points are solved for in parts. */
bool svc_parts_pay(size_t n_rows, const svc_problem *problem);

/**
 * As svc_solver_descend(), of a solver that has no block. Leaves the workspace as it was.
 *
 * @param[in]  gram    Of all points, with the limit on bytes for parts.
 * @param[out] finite  Whether values stayed so.
 */
PEREBOR_MUST_CHECK perebor_status svc_parts_descend(svc_solver *solver, const svc_gram *gram,
                                                    perebor_workspace *workspace,
                                                    uint64_t *iterations, bool *finite,
                                                    perebor_error *error);

#endif
