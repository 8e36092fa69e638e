// SPDX-License-Identifier: MIT
/* Curvatures of the present working set, and of all columns where a step leads. */
#include <string.h>

#include "model/logreg/logreg_curvature.h"
#include "model/logreg/logreg_state.h"

/** What steps by a matrix in single precision are right to, as drift. */
static const double rough_error = 1e-3;

void logreg_solver_form_curvature(logreg_solver *s, bool at_start) {
    const logreg_problem *problem = s->problem;
    logreg_quadratic *q = &s->quadratic;
    size_t n = s->n_listed;
    const double *gram = s->is_rough ? problem->rough_gram : problem->start_gram;
    if (!at_start && s->is_ahead && s->ahead_rough == s->is_rough && n == problem->n_columns) {
        double *formed = s->ahead;
        s->ahead = q->curvature;
        q->curvature = formed;
    } else if (at_start && gram != NULL) {
        for (size_t a = 0; a < n; a++) {
            const double *from = gram + s->list[a] * problem->ld;
            for (size_t b = 0; b < n; b++) {
                q->curvature[a * q->ld + b] = from[s->list[b]];
            }
        }
    } else {
        logreg_curvature_form(problem, q->curvature, q->ld, s->list, n,
                              at_start ? problem->start_root : s->at.root, s->is_rough, s->scratch);
    }
    // P's smooth part is in the curvature, its l1_j |u_j| in the quadratic's own.
    for (size_t a = 0; a < n; a++) {
        if (at_start && !s->is_rough) {
            s->own[s->list[a]] = q->curvature[a * (q->ld + 1)];
        }
        q->curvature[a * q->ld + a] += s->at.l2[s->list[a]];
    }
    s->is_ahead = false; // it is used, and has penalties now
    memcpy(s->formed, s->list, n * sizeof *s->formed);
    s->n_formed = n;
    s->drift = s->is_rough ? rough_error : 0.0;
}

void logreg_solver_add_ahead(void *context, size_t from, size_t to) {
    const logreg_solver *s = context;
    logreg_curvature_add(s->problem, s->ahead, s->problem->ld, s->problem->every,
                         s->problem->n_columns, s->at.root, s->ahead_rough, from, to, s->scratch);
}
