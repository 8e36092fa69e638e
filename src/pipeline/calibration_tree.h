// SPDX-License-Identifier: MIT
/**
 * @file calibration_tree.h
 * The calibration of a fitted pipeline as the content of a file and back.
 *
 * What version 1 of the group of a model knows stays as it was: nothing for log-odds and shares as
 * they are, and of Platt's sigmoid for margins the dataset `calibration` with slope and offset. All
 * other maps make the model one of version 2, which readers of version 1 refuse instead of
 * predicting without the map: a group `calibration` with its `kind`, the dataset `parameters`
 * (slope, offset, a, b, c, floor) and, of isotonic, `knot` and `probability`.
 */
#ifndef PEREBOR_PIPELINE_CALIBRATION_TREE_H
#define PEREBOR_PIPELINE_CALIBRATION_TREE_H

#include "h5/file_tree.h"
#include "h5/file_tree_reader.h"
#include "pipeline/fitted.h"

/** Whether version 1 has no words for the calibration. */
bool calibration_is_of_version_2(const perebor_fitted_pipeline *pipeline);

void calibration_to_tree(const perebor_fitted_pipeline *pipeline, h5_tree *tree, h5_node *group);

/**
 * Reads and checks; what is wrong is remembered by the reader. Knots are kept in the workspace.
 *
 * @param[in] group  The path of the group of the model.
 */
void calibration_from_tree(h5_reader *reader, const char *group, bool version_2,
                           perebor_fitted_pipeline *fitted);

#endif
