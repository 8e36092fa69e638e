// SPDX-License-Identifier: MIT
/**
 * @file effective_dof.h
 * How many degrees of freedom chance really has in a table of counts.
 *
 * Where cells expect few rows, the likelihood-ratio statistic G of independent columns is not
 * (rows - 1) (columns - 1) on average: more with a few rows a cell, less with fewer. PhiK's hybrid
 * significance simulates tables to learn its mean; the mean is known: with margins estimated from
 * the table itself G is a sum of x ln x of binomial counts, of cells less rows less columns.
 */
#ifndef PEREBOR_STATISTICS_EFFECTIVE_DOF_H
#define PEREBOR_STATISTICS_EFFECTIVE_DOF_H

#include "statistics/contingency.h"

/**
 * The mean of G over tables of as many rows, drawn with the cells' probabilities if the margins are
 * independent. A 2 by 2 table has 1, as Yates' correction does the same for it.
 *
 * @return 0 if a column of the table has one level.
 */
double perebor_effective_dof(const perebor_contingency *table);

#endif
