// SPDX-License-Identifier: MIT
/**
 * @file logreg_packing.h
 * The dense columns of a logreg_implicit in the order, and the precision, that products read them
 * in.
 */
#ifndef PEREBOR_MODEL_LOGREG_LOGREG_PACKING_H
#define PEREBOR_MODEL_LOGREG_LOGREG_PACKING_H

#include "model/logreg/logreg_implicit.h"

/** Takes what products of the dense columns need; where it is double precision, they are packed for
 * good. */
PEREBOR_MUST_CHECK perebor_status logreg_packing_begin(logreg_implicit *q,
                                                       perebor_workspace *workspace,
                                                       perebor_error *error);

/** Takes room for the dense columns in the form that products are to read next, if there is none.
 */
PEREBOR_MUST_CHECK perebor_status logreg_packing_make_room(logreg_implicit *q,
                                                           perebor_error *error);

/** Packs the dense columns in use, if they are not those that are packed, in the form that serves:
 * in whole numbers where these are trusted, otherwise in single precision. */
void logreg_packing_pack(logreg_implicit *q);

#endif
