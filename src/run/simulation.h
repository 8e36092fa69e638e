// SPDX-License-Identifier: MIT
/**
 * @file simulation.h
 * How long a finished search would take on other numbers of ranks: its units' measured seconds
 * (measured_costs.h), replayed (exec/replay.h).
 *
 * What comes of it can be kept as the stage /simulation of the search's file, where a report finds
 * it. It is a function of the seconds that the file has: the same wherever it is computed, but
 * another for another run of the same search.
 */
#ifndef PEREBOR_RUN_SIMULATION_H
#define PEREBOR_RUN_SIMULATION_H

#include <stddef.h>
#include <stdint.h>

#include "exec/replay.h"
#include "perebor/result_file.h"
#include "perebor/status.h"
#include "run/measured_costs.h"

/** A search, to be replayed on several numbers of ranks. Starts as {0}. */
typedef struct simulation {
    measured_costs costs;
    replay_settings settings; /**< But for n_ranks. */
    double outside_seconds;   /**< What every run takes to start and to end. */
} simulation;

/** One number of ranks. */
typedef struct simulated {
    uint64_t n_ranks;
    double seconds;  /**< The whole run. */
    double speed_up; /**< A thread's work, over the whole run. */
    double busy;     /**< Share of their time that threads compute. */
    double leader;   /**< Share that rank 0's main thread is busy. */
} simulated;

/**
 * Reads what a search's units took.
 *
 * @param[out] simulation  Ended with simulation_release(), even where this fails.
 * @param[in]  n_threads   Of each rank; 0: as the search had.
 * @param[in]  n_trials    As if the search had so many; 0: those of the file.
 * @param[in]  file        What to call the result in messages.
 * @param[in]  folder      As in stored_study_load().
 *
 * @retval others  As of measured_costs_read() and measured_costs_repeat().
 */
PEREBOR_MUST_CHECK perebor_status simulation_prepare(simulation *simulation,
                                                     const perebor_result *result,
                                                     uint32_t n_threads, uint64_t n_trials,
                                                     const char *file, const char *folder,
                                                     perebor_error *error);

void simulation_release(simulation *simulation);

/**
 * Replays the search on a number of ranks.
 *
 * @param[in]  n_ranks  At least 1, each of the threads of the simulation.
 * @param[out] found    Seconds are of the virtual clock.
 *
 * @retval PEREBOR_ERR_MEMORY  As of replay_run().
 */
PEREBOR_MUST_CHECK perebor_status simulation_run(const simulation *simulation, uint64_t n_ranks,
                                                 simulated *found, perebor_error *error);

/** Ranks whose threads deliver as many results as rank 0 can take. */
double simulation_saturating_ranks(const simulation *simulation);

/** The row with the shortest time, the first of equals. @param[in] rows  [n_rows], at least 1. */
const simulated *simulation_quickest(const simulated *rows, size_t n_rows);

/** Puts the stage /simulation into a result in memory. @param[in] rows  [n_rows] */
PEREBOR_MUST_CHECK perebor_status simulation_stage_put(perebor_result *result,
                                                       const simulation *simulation,
                                                       const simulated *rows, size_t n_rows,
                                                       perebor_error *error);

#endif
