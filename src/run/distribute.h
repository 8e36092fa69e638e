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

/**
 * Gives every rank the study of rank 0, which keeps its own, with the data in the one image that
 * the ranks of a node share. Called by all ranks; they agree on how it ended. Does nothing where
 * there is one.
 *
 * @param[in,out] study  Of rank 0; made elsewhere, freed with perebor_study_free(). The image lives
 *                       until perebor_ranks_close().
 */
PEREBOR_MUST_CHECK perebor_status distribute_to_others(perebor_ranks *ranks, bool share,
                                                       perebor_study **study, perebor_error *error);

/**
 * Makes the study of every rank of the one that rank 0 has loaded. As distribute_study() otherwise.
 *
 * @param[in]     loaded  Rank 0: how loading ended; PEREBOR_OK elsewhere.
 * @param[in]     share   As perebor_search_options has it: the same on every rank.
 * @param[in,out] study   Rank 0: the one that is loaded, or NULL if that failed. Elsewhere NULL
 *                        before. On failure it is freed and NULL.
 */
PEREBOR_MUST_CHECK perebor_status distribute_loaded(perebor_ranks *ranks, perebor_status loaded,
                                                    bool share, perebor_study **study,
                                                    perebor_error *error);

#endif
