// SPDX-License-Identifier: MIT
/**
 * @file c_form.h
 * A model form as C source.
 */
#ifndef PEREBOR_EXPORT_C_FORM_H
#define PEREBOR_EXPORT_C_FORM_H

#include "export/c_text.h"
#include "perebor/model_form.h"

/** The functions of c_arithmetic.h that $_form() calls: c_function, ored. */
unsigned c_form_functions(const perebor_model_form *form);

/** static double $_form(const double *x): what the learner's score() gives of a prepared row, to
 * the bit; with its numbers. */
void c_form_put(c_text *text, const perebor_model_form *form);

#endif
