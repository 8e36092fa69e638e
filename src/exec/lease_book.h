// SPDX-License-Identifier: MIT
/**
 * @file lease_book.h
 * Which unit is where: waiting, leased to whom and under which lease, delivered, or given up.
 *
 * A unit waits first in the given order, and later in one of two queues: of those that came back
 * through no fault of theirs, and of *suspects*, whose holder died and which are to be tried alone.
 * A worker holds its units in the order of their leases. Nothing but creating allocates or fails.
 *
 * Workers and units are numbers below the counts given to lease_book_create().
 */
#ifndef PEREBOR_EXEC_LEASE_BOOK_H
#define PEREBOR_EXEC_LEASE_BOOK_H

#include "exec/coordinator.h"
#include "exec/ring.h"

/** No unit, no worker. */
#define LEASE_NOBODY UINT32_MAX

typedef enum lease_state {
    LEASE_WAITING = 0,
    LEASE_HELD = 1,
    LEASE_DELIVERED = 2,
    LEASE_GIVEN_UP = 3,
} lease_state;

/** A unit of work. */
typedef struct lease_unit {
    uint64_t lease; /**< The last it was handed out under; 0 if it never was. */
    double leased_at;
    uint32_t next, previous; /**< In the list of its holder, or of the units given up. */
    uint32_t holder;
    uint8_t state;    /**< lease_state */
    uint8_t deaths;   /**< Attempts that ended without an answer, or with a refusal. */
    bool failed_here; /**< The last of them was a refusal. */
} lease_unit;

/** What a worker holds. */
typedef struct lease_holder {
    double cost;          /**< Predicted seconds of the units. */
    uint32_t first, last; /**< Units, in the order of their leases. */
    uint32_t n_units;
    bool alone; /**< Holds a suspect, and gets nothing beside it. */
} lease_holder;

/** The book. Read freely, changed by the functions below. */
typedef struct lease_book {
    const perebor_coordinator_settings *settings; /**< Borrowed. */
    lease_unit *units;                            /**< [n_units] */
    lease_holder *holders;                        /**< [n_workers] */
    size_t cursor;    /**< Units of settings->order before it were handed out at least once. */
    ring returned;    /**< Units that came back through no fault of theirs. */
    ring suspects;    /**< Units whose holder died. */
    size_t n_waiting; /**< Units that wait, wherever they are. */
    size_t n_leased;
    size_t n_retries; /**< Leases that came back without a result. */
    size_t n_given_up;
    double waiting_cost;
    uint32_t given_up; /**< The first of those not yet reported, or LEASE_NOBODY. */
    uint64_t newest_lease;
    double seen_seconds, seen_cost; /**< What a predicted second turned out to be, fading. */
} lease_book;

/** @param[out] book  Released with lease_book_release(), even where this fails. */
PEREBOR_MUST_CHECK perebor_status lease_book_create(lease_book *book,
                                                    const perebor_coordinator_settings *settings,
                                                    perebor_error *error);

void lease_book_release(lease_book *book);

/** Predicted seconds of a unit. */
double lease_book_cost(const lease_book *book, uint32_t unit);

/** Seconds of one thread that @p n_units of a predicted cost should take, by what was seen. */
double lease_book_expect(const lease_book *book, size_t n_units, double cost);

/** The next unit for anyone, left where it is; LEASE_NOBODY if there is none. */
uint32_t lease_book_peek(lease_book *book);

/** Leases a unit that lease_book_peek() just named, under newest_lease. */
void lease_book_lease(lease_book *book, double now, uint32_t worker, uint32_t unit);

/** Leases the next suspect, if there is one, under a lease of its own; else LEASE_NOBODY. */
uint32_t lease_book_lease_suspect(lease_book *book, double now, uint32_t worker);

/** A lease ended without an answer, and the unit is not to blame: it waits again. */
void lease_book_return(lease_book *book, uint32_t unit);

/** An attempt at a leased unit failed, or killed its worker: it is suspect, or given up. */
void lease_book_blame(lease_book *book, uint32_t unit, bool failed_here);

/** A leased unit failed, and would anywhere: it is given up. */
void lease_book_give_up(lease_book *book, uint32_t unit);

/** A unit that is leased or waits was answered, and took so many seconds. */
void lease_book_deliver(lease_book *book, uint32_t unit, double seconds);

/** The next unit given up that was not yet reported, or NULL. @param[out] unit  Its number. */
const lease_unit *lease_book_report(lease_book *book, uint32_t *unit);

#endif
