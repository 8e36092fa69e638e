// SPDX-License-Identifier: MIT
#include "statistics/correlated_t.h"

#include <math.h>
#include <stdbool.h>

#include "statistics/tail_probability.h"

/** P(T > t) of Student's t. */
static double upper_tail(double t, double dof) {
    double half = 0.5 * perebor_t_tails(t, dof);
    return t >= 0.0 ? half : 1.0 - half;
}

perebor_rope_shares perebor_correlated_t(const perebor_resampled_mean *difference, double rope) {
    double sd = sqrt(difference->variance);
    double dof = difference->dof;
    if (isnan(sd)) {
        return (perebor_rope_shares){NAN, NAN, NAN};
    }
    if (!(sd > 0.0)) { // equal differences: all of the distribution lies there
        bool above = difference->mean > rope;
        bool below = difference->mean < -rope;
        return (perebor_rope_shares){below, !above && !below, above};
    }
    // mu = mean + sd T: P(mu > rope) = P(T > (rope - mean) / sd), the other side by symmetry
    double above = upper_tail((rope - difference->mean) / sd, dof);
    double below = upper_tail((rope + difference->mean) / sd, dof);
    return (perebor_rope_shares){below, fmax(0.0, 1.0 - above - below), above};
}
