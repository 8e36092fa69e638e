// SPDX-License-Identifier: MIT
/**
 * @file distribute.h
 * One experiment and one dataset for all ranks: rank 0 reads the file and loads the tables, the
 * others get the text, and all ranks of a node read one image of the data.
 */
#ifndef PEREBOR_RUN_DISTRIBUTE_H
#define PEREBOR_RUN_DISTRIBUTE_H

#include "perebor/ranks.h"
#include "perebor/search.h"
#include "perebor/status.h"
#include "run/study.h"

/**
 * Makes the study of every rank. Called by all ranks; they agree on how it ended.
 *
 * With more ranks than one, every study's dataset is a view of the image of its node, rank 0's too,
 * which lives until perebor_ranks_close(). A rank alone keeps the dataset that it loaded.
 *
 * @param[in]  previous  Rank 0: what the output holds; ignored elsewhere.
 * @param[out] study     Freed with perebor_study_free().
 * @param[out] output    Rank 0: the path of the result file, freed with free(); NULL elsewhere.
 */
PEREBOR_MUST_CHECK perebor_status distribute_study(perebor_ranks *ranks,
                                                   const perebor_search_options *options,
                                                   const perebor_search_previous *previous,
                                                   perebor_study **study, char **output,
                                                   perebor_error *error);

#endif
