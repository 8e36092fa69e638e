// SPDX-License-Identifier: MIT
/**
 * @file boost_layout.h
 * What boosting makes of the rows of a fold before it grows a tree: those set aside for early
 * stopping (boost_stopping.h), bins, and rows in bins.
 *
 * It depends on the settings max_bins and max_cat_to_onehot, and, with early_stopping, on
 * validation_fraction and random_state. So boostings that differ in the others share one.
 */
#ifndef PEREBOR_MODEL_BOOST_BOOST_LAYOUT_H
#define PEREBOR_MODEL_BOOST_BOOST_LAYOUT_H

#include "model/boost/boost.h"
#include "model/boost/boost_bins.h"

/** Rows of a fold as boosting reads them. Borrows nothing. */
typedef struct boost_layout {
    uint32_t *learnt; /**< [training.n_rows] numbers, among all training rows, of those that are
                           learnt from; NULL: all of them, in their order. */
    uint8_t *labels;  /**< [training.n_rows] theirs; NULL likewise. */
    size_t n_held;    /**< Rows set aside: */
    uint32_t *held;   /**< [n_held] their numbers among all, */
    uint8_t *held_labels;
    boost_scheme scheme; /**< That of the rows that are learnt from. */
    boost_rows training, held_rows, validation;
} boost_layout;

/**
 * Sets rows aside, where the options say so, and puts all rows into bins.
 *
 * @param[in] validation  NULL: there are none.
 * @param     workspace   Holds the layout.
 * @param     scratch     Holds what is of no use later; may be the same.
 */
PEREBOR_MUST_CHECK perebor_status
boost_layout_create(boost_layout *layout, const boost_options *options,
                    const perebor_training *training, const perebor_matrix *validation,
                    perebor_workspace *workspace, perebor_workspace *scratch, perebor_error *error);

/** The labels of the rows that are learnt from. @param[in] training  That the layout is of. */
static inline const uint8_t *boost_layout_labels(const boost_layout *layout,
                                                 const perebor_training *training) {
    return layout->labels != NULL ? layout->labels : training->labels;
}

/** How learners share it: perebor/learner.h. */
extern const perebor_learner_layout boost_shared_layout;

#endif
