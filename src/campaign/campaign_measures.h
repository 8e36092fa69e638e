// SPDX-License-Identifier: MIT
/**
 * @file campaign_measures.h
 * All that is measured of a campaign, and the group /campaign of a result file.
 */
#ifndef PEREBOR_CAMPAIGN_CAMPAIGN_MEASURES_H
#define PEREBOR_CAMPAIGN_CAMPAIGN_MEASURES_H

#include "campaign/campaign_log.h"
#include "campaign/uplift_curve.h"
#include "h5/file_tree.h"

enum { CAMPAIGN_VERSION = 1 };

/** Starts as {0}; released with campaign_measures_release(). */
typedef struct campaign_measures {
    campaign_effect all;
    campaign_effect *offers; /**< [log->n_offers] */
    uplift_curve curve;
} campaign_measures;

/** @param[in] seed  Of the bootstrap. */
PEREBOR_MUST_CHECK perebor_status campaign_measure(campaign_measures *measures,
                                                   const campaign_log *log,
                                                   const campaign_settings *settings, uint64_t seed,
                                                   perebor_error *error);

/** Writes measures as a group; h5_tree_check() says whether all of it could be added. */
void campaign_to_tree(const campaign_measures *measures, const campaign_log *log,
                      const campaign_settings *settings, h5_tree *tree, h5_node *group);

/** Reads the effect on all back. @return False: the group is not such. */
bool campaign_from_tree(const h5_node *group, campaign_effect *all, bool *wanted);

void campaign_measures_release(campaign_measures *measures);

#endif
