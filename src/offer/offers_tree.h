// SPDX-License-Identifier: MIT
/**
 * @file offers_tree.h
 * A plan of offers as the group /offers of a result file.
 */
#ifndef PEREBOR_OFFER_OFFERS_TREE_H
#define PEREBOR_OFFER_OFFERS_TREE_H

#include "h5/file_tree.h"
#include "offer/offer_plan.h"

enum { OFFERS_VERSION = 1 };

/**
 * Writes a plan.
 *
 *     /offers       budget, uplift, hold_out, seed; net, bound, best; what the plan costs; power
 *       customers/  a row each: offer, outcome, consent, reasons, gain, cost, net at each uplift
 *       offer/      an offer each: name, channel, uplifts, how many, cost and net
 *       channel/    a channel each: name, whether it requires consent, capacity, price
 *       sensitivity/ an uplift each: what this plan brings and what the best plan for it would
 *
 * h5_tree_check() says whether all of it could be added.
 */
void offers_to_tree(const offer_plan *plan, h5_tree *tree, h5_node *group);

#endif
