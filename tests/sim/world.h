// SPDX-License-Identifier: MIT
/**
 * @file world.h
 * A world with a virtual clock for the coordinator to be driven in: workers that compute, pause,
 * die and come late; a network that delays, loses, doubles and reorders.
 *
 * All that happens follows from the seed.
 */
#ifndef PEREBOR_TESTS_WORLD_H
#define PEREBOR_TESTS_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What kind of world. Drawn from a seed, or set. */
typedef struct climate {
    uint64_t seed;
    size_t n_workers, n_units;
    double unit_seconds;          /**< Typical; single units differ by up to three orders. */
    double latency, slow_latency; /**< Of most messages, and of one in twenty. */
    double loss, doubling;        /**< Share of messages. */
    double death, pause, late;    /**< Share of workers that die, pause, join late. */
    double poison, refusal;       /**< Share of units that kill their worker, are refused. */
    double hanging;               /**< Share of units that do not end. */
    double stop_at;               /**< Virtual seconds; infinite: never. */
    bool ordered;                 /**< Messages from one to another keep their order, as MPI's. */
    bool trace;
} climate;

/** What a world came to. */
typedef struct verdict {
    const char *broken; /**< The promise that was broken, or NULL. */
    uint32_t unit;      /**< By which unit, if one. */
    size_t n_events, n_executed, n_delivered, n_given_up, n_fenced, n_retries, n_deaths;
    double seconds; /**< Virtual. */
    bool stopped;
} verdict;

/** Runs a world to its end. Exits if memory is short. */
void world_run(const climate *weather, verdict *outcome);

#endif
