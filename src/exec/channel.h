// SPDX-License-Identifier: MIT
/**
 * @file channel.h
 * Messages between rank 0 and the others: small, never blocking, no collective.
 *
 * A message is at most 4 KiB. MPICH over UCX loses the receiver when the sender of a longer one
 * dies in the middle; a short one is there or is not.
 */
#ifndef PEREBOR_EXEC_CHANNEL_H
#define PEREBOR_EXEC_CHANNEL_H

#include <mpi.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/ranks.h"
#include "perebor/status.h"

enum { MESSAGE_SIZE = 4096, SHARED_BLOCKS = 16 };

typedef enum message_kind {
    /* from rank 0 */
    MESSAGE_CHUNK = 1,  /**< `number` units under `lease`. */
    MESSAGE_REVOKE = 2, /**< Forget everything; enter `epoch`. */
    MESSAGE_STOP = 3,   /**< Begin nothing more. */
    MESSAGE_FINISH = 4, /**< The job is over; `number` is its status. */
    MESSAGE_ALIVE = 5,  /**< Rank 0 is there; `number` 1: so are all others. */
    MESSAGE_LEAVE = 6,  /**< The run is over; `number` is its exit code. */
    MESSAGE_PART = 7,   /**< `number` 1: finalise MPI; 0: just exit. */
    /* to rank 0 */
    MESSAGE_HEARTBEAT = 8, /**< A perebor_heartbeat; `number` 1: a signal asks to stop. */
    MESSAGE_RESULTS = 9,   /**< `number` fragments. */
    MESSAGE_TIMINGS = 10,  /**< A perebor_rank_timings. */
    MESSAGE_PRESENT = 11,  /**< The answer to MESSAGE_LEAVE. */
    MESSAGE_OVERDUE = 12,  /**< Unit `number` hangs under `lease`. */
} message_kind;

/** What every message begins with. */
typedef struct message_head {
    uint64_t lease;
    uint32_t generation; /**< The job's; those of other jobs are ignored. */
    uint32_t kind;       /**< message_kind */
    uint32_t number;
    uint32_t epoch;
} message_head;

enum { MESSAGE_ROOM = MESSAGE_SIZE - sizeof(message_head) };

/** A message. */
typedef struct message {
    message_head head;
    uint8_t payload[MESSAGE_ROOM];
} message;

/** A part of a result, in the payload of MESSAGE_RESULTS; fragments of a result come in order. */
typedef struct message_fragment {
    uint64_t lease;
    double seconds;
    uint32_t unit;
    uint32_t total;  /**< Bytes of the whole result. */
    uint32_t offset; /**< Where the bytes that follow begin. */
    uint32_t size;   /**< How many these are, before they are padded to 8. */
    uint32_t refused;
    uint32_t reserved;
} message_fragment;

/** A message on its way out. */
typedef struct letter {
    message message;
    MPI_Request request;
    struct letter *next;
} letter;

/** A block that perebor_ranks_share() made: a window of the node, or private memory. */
typedef struct channel_block {
    MPI_Win window;
    void *copy; /**< NULL if there is a window. */
} channel_block;

/** All that this rank knows of MPI. */
typedef struct perebor_channel {
    double opened;  /**< When perebor_ranks_open() was called. */
    MPI_Comm world; /**< Ours alone: nobody else's messages are in it. */
    MPI_Comm node;
    MPI_Comm nodes; /**< The first rank of every node; MPI_COMM_NULL elsewhere. */
    channel_block blocks[SHARED_BLOCKS];
    size_t n_blocks;
    uint32_t generation; /**< The number of the current job, from 1. */
    bool casualties;     /**< A rank was lost: MPI must not be finalised. */
    bool hanging;        /**< A thread of this rank was left behind at the end of a job. */
    letter *sent;        /**< Not yet gone, oldest first. */
    letter *last_sent;
    letter *blank;
    size_t n_sent;
} perebor_channel;

/**
 * Sends a message of which the first @p size bytes of payload count. Copies it, never blocks.
 *
 * A message to a worker that MPI refuses is lost, as one is that a dead worker does not read.
 *
 * @retval PEREBOR_ERR_MEMORY  No memory for the copy.
 * @retval PEREBOR_ERR_IO      MPI refused a message to rank 0.
 */
PEREBOR_MUST_CHECK perebor_status channel_send(perebor_channel *channel, int rank,
                                               const message *sent, size_t size,
                                               perebor_error *error);

/** Sends a message without payload. */
PEREBOR_MUST_CHECK perebor_status channel_tell(perebor_channel *channel, int rank,
                                               message_kind kind, uint32_t number, uint32_t epoch,
                                               perebor_error *error);

/** Receives a message if there is one. @param[out] size  Bytes of payload. */
PEREBOR_MUST_CHECK perebor_status channel_receive(perebor_channel *channel, bool *received,
                                                  message *into, size_t *size, int *from,
                                                  perebor_error *error);

/** Moves what is on its way out. */
void channel_progress(perebor_channel *channel);

/** Waits until everything sent has gone, but not longer than that. */
void channel_flush(perebor_channel *channel, double seconds);

/** Frees the letters. */
void channel_discard(perebor_channel *channel);

/** Turns what MPI returned into a status. @param[in] what  "MPI cannot …" */
PEREBOR_MUST_CHECK perebor_status channel_check(int code, const char *what, perebor_error *error);

#endif
