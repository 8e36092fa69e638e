// SPDX-License-Identifier: MIT
#include "model/boost/boost_word.h"

/** Sums are whole numbers: the least that will do is one, too. */
static int32_t least_of(double min_hessian) {
    int32_t least = min_hessian < 0x1p31 ? (int32_t)min_hessian : INT32_MAX;
    return least + (least < INT32_MAX && (double)least < min_hessian ? 1 : 0);
}

void boost_lanes_set(boost_lanes *lanes, size_t word, const boost_scheme *scheme,
                     const boost_rule *rule, const uint8_t *wanted) {
    *lanes = (boost_lanes){.any_wanted = false};
    for (size_t lane = 0; lane < BOOST_WORD; lane++) {
        const size_t f = word * BOOST_WORD + lane;
        const bool is_wanted = f < scheme->n_features && wanted[f] != 0;
        const bool levels = is_wanted && scheme->features[f].levels;
        lanes->dense[lane] = levels ? 0 : -1;
        lanes->least[lane] = is_wanted ? least_of(rule->min_hessian) : INT32_MAX;
        lanes->least[BOOST_WORD + lane] = lanes->least[lane];
        lanes->any_wanted |= is_wanted;
        lanes->any_levels |= levels;
    }
}
