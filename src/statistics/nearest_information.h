// SPDX-License-Identifier: MIT
/**
 * @file nearest_information.h
 * Mutual information of a number and a class, from distances to nearest neighbours.
 */
#ifndef PEREBOR_STATISTICS_NEAREST_INFORMATION_H
#define PEREBOR_STATISTICS_NEAREST_INFORMATION_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"

/**
 * Ross's estimate in nats, never below 0 ("Mutual Information between Discrete and Continuous Data
 * Sets", PLoS ONE 9, 2014): what mutual_info_classif computes, from the values as they are. Values
 * with many ties want a table of counts instead: perebor_mutual_information().
 *
 * @param[in] values       [n] no NaN.
 * @param[in] labels       [n] 0 or 1; a class of one row is left out.
 * @param[in] n_neighbors  At least 1; scikit-learn's default is 3.
 */
PEREBOR_MUST_CHECK perebor_status perebor_nearest_information(double *information,
                                                              const double *values,
                                                              const uint8_t *labels, size_t n,
                                                              size_t n_neighbors,
                                                              perebor_error *error);

#endif
