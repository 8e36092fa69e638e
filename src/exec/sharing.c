// SPDX-License-Identifier: MIT
// One copy of a block of bytes on every node.
#include <assert.h>
#include <mpi.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "base/try.h"
#include "exec/channel.h"
#include "perebor/ranks.h"

enum { alignment = 64 };

static void *aligned(void *address) {
    uintptr_t number = (uintptr_t)address;
    return (uint8_t *)address + (alignment - number % alignment) % alignment;
}

/**
 * Whether shared memory has room. Asked beforehand, because an overfull /dev/shm (64 MB in many
 * containers) is not an error of the allocation but a SIGBUS at the first touch.
 */
static int has_room(size_t size) {
    struct statvfs shared_memory;
    if (statvfs("/dev/shm", &shared_memory) != 0) {
        return 0;
    }
    double free_bytes = (double)shared_memory.f_bavail * (double)shared_memory.f_frsize;
    return free_bytes > 1.1 * (double)size + (1 << 20);
}

/** Makes a window of the node, or, where that cannot be, private memory. */
static perebor_status make_block(perebor_ranks *ranks, size_t size, channel_block *block,
                                 void **bytes, perebor_error *error) {
    perebor_channel *channel = ranks->channel;
    int shareable = ranks->node_size > 1 && has_room(size);
    perebor_status status = channel_check(MPI_Bcast(&shareable, 1, MPI_INT, 0, channel->node),
                                          "agree on shared memory", error);
    if (status != PEREBOR_OK) {
        return status;
    }
    void *base = NULL;
    MPI_Aint mine = ranks->node_rank == 0 ? (MPI_Aint)(size + alignment) : 0;
    if (shareable && MPI_Win_allocate_shared(mine, 1, MPI_INFO_NULL, channel->node, &base,
                                             &block->window) == MPI_SUCCESS) {
        int unit = 1;
        MPI_Win_shared_query(block->window, 0, &mine, &unit, &base);
        *bytes = aligned(base);
        block->copy = NULL;
        return PEREBOR_OK;
    }
    block->copy = malloc(size + alignment);
    if (block->copy == NULL) {
        return perebor_no_memory(error, "for %zu bytes of data on %s", size, ranks->host);
    }
    *bytes = aligned(block->copy);
    return PEREBOR_OK;
}

/** Brings rank 0's bytes to every block of its own. */
static perebor_status fill_blocks(perebor_ranks *ranks, const channel_block *block, void *into,
                                  const void *bytes, size_t size, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const char *what = "bring the data to every node";
    const size_t step = 1 << 20;
    perebor_channel *channel = ranks->channel;
    assert(into != NULL);
    if (ranks->rank == 0) {
        memcpy(into, bytes, size);
    }
    for (size_t at = 0; at < size; at += step) {
        int n_bytes = (int)(size - at < step ? size - at : step);
        void *part = (uint8_t *)into + at;
        if (channel->nodes != MPI_COMM_NULL) {
            PEREBOR_TRY(done, channel_check(MPI_Bcast(part, n_bytes, MPI_BYTE, 0, channel->nodes),
                                            what, error));
        }
        if (block->copy != NULL) {
            PEREBOR_TRY(done, channel_check(MPI_Bcast(part, n_bytes, MPI_BYTE, 0, channel->node),
                                            what, error));
        }
    }
    if (block->copy == NULL) {
        // The node's ranks see what its first one wrote.
        status = channel_check(MPI_Win_fence(0, block->window), what, error);
    }
done:
    return status;
}

perebor_status perebor_ranks_share(perebor_ranks *ranks, const void *bytes, size_t size,
                                   const void **shared, size_t *shared_size, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_channel *channel = ranks->channel;
    uint64_t n_bytes = size;
    void *into = NULL;
    if (channel->n_blocks == SHARED_BLOCKS) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT, "at most %d blocks can be shared",
                            SHARED_BLOCKS);
    }
    channel_block *block = &channel->blocks[channel->n_blocks];
    void *copy = NULL;
    PEREBOR_TRY(failed, channel_check(MPI_Bcast(&n_bytes, 1, MPI_UINT64_T, 0, channel->world),
                                      "tell the size of the data", error));
    status = make_block(ranks, (size_t)n_bytes, block, &into, error);
    copy = block->copy;
    PEREBOR_TRY(failed, perebor_ranks_agree(ranks, status, error));
    channel->n_blocks++;
    copy = NULL; // With the block, perebor_ranks_close()'s.
    PEREBOR_TRY(failed, fill_blocks(ranks, block, into, bytes, (size_t)n_bytes, error));
    *shared = into;
    *shared_size = (size_t)n_bytes;
    return PEREBOR_OK;
failed:
    free(copy);
    return status;
}
