// SPDX-License-Identifier: MIT
#include "perebor/ranks.h"

#include <limits.h>
#include <mpi.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/try.h"
#include "exec/channel.h"
#include "exec/stop_signal.h"
#include "exec/threads.h"
#include "launch/shim.h"

static const double presence_seconds = 2.0;          // The others have to answer at the end.
static const unsigned finalize_seconds = 4;          // MPI may take to finalise.
static const double shared_bytes_per_rank = 8 << 20; // UCX takes half of this in /dev/shm.
static const double abandoned_seconds = 300.0;       // A rank 0 that is silent so long is no more.

/** A number from the environment; 0 if it is not there. */
static long environment_number(const char *name) {
    const char *text = getenv(name);
    return text == NULL ? 0 : strtol(text, NULL, 10);
}

/** How many tasks the launcher says it started, and where it says so; 0 if nowhere. */
static long tasks_started(const char **source) {
    // The launcher nearest to the process first: mpiexec may itself run inside a Slurm step.
    static const char *const names[] = {"PMI_SIZE", "OMPI_COMM_WORLD_SIZE", "MV2_COMM_WORLD_SIZE",
                                        "SLURM_STEP_NUM_TASKS"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (getenv(names[i]) != NULL) {
            *source = names[i];
            return environment_number(names[i]);
        }
    }
    return 0;
}

bool perebor_ranks_launched(void) {
    const char *source = NULL;
    return tasks_started(&source) > 1;
}

const char *perebor_ranks_library(void) {
    static char text[MPI_MAX_LIBRARY_VERSION_STRING];
    int length = 0;
    MPI_Get_library_version(text, &length);
    text[strcspn(text, "\n")] = '\0'; // MPICH goes on with how it was configured
    for (char *at = text; *at != '\0'; at++) {
        *at = *at == '\t' ? ' ' : *at;
    }
    return text;
}

bool perebor_ranks_speaks(const perebor_ranks *ranks) {
    if (ranks != NULL) {
        return ranks->rank == 0;
    }
    return environment_number("PMI_RANK") == 0 && environment_number("OMPI_COMM_WORLD_RANK") == 0 &&
           environment_number("SLURM_PROCID") == 0;
}

/** How many of the launcher's tasks are on this node, about. */
static long tasks_here(void) {
    const char *source = NULL;
    long n = environment_number("MPI_LOCALNRANKS");
    n = n > 0 ? n : environment_number("OMPI_COMM_WORLD_LOCAL_SIZE");
    n = n > 0 ? n : tasks_started(&source);
    return n > 0 ? n : 1;
}

/**
 * Lets UCX, over which MPICH sends, do without /dev/shm where that is too small, as it is by
 * default in containers: UCX does not, and ends the program. What the user asked UCX for stands.
 */
static void avoid_small_shared_memory(void) {
    struct statvfs shared_memory;
    if (statvfs("/dev/shm", &shared_memory) != 0 || getenv("UCX_POSIX_DIR") != NULL) {
        return;
    }
    double n_free = (double)shared_memory.f_bavail * (double)shared_memory.f_frsize;
    if (n_free < shared_bytes_per_rank * (double)tasks_here()) {
        (void)setenv("UCX_TLS", "^posix", 0);
    }
}

/** Refuses to be one of several worlds of one rank: each would write the same file. */
static perebor_status refuse_worlds_of_one(int size, perebor_error *error) {
    const char *source = NULL;
    long n_tasks = tasks_started(&source);
    if (size > 1 || n_tasks <= 1) {
        return PEREBOR_OK;
    }
    return perebor_fail(error, PEREBOR_ERR_CONFLICT,
                        "the launcher started %ld tasks (%s), but MPI sees a world of 1 in each: "
                        "start with the mpiexec of the MPI this program was built with, or under "
                        "Slurm with srun --mpi=pmi2",
                        n_tasks, source);
}

/** Numbers the nodes in the order of their lowest ranks. */
static perebor_status find_nodes(perebor_ranks *ranks, perebor_error *error) {
    perebor_status status;
    perebor_channel *channel = ranks->channel;
    const char *what = "find out which ranks share a node";
    PEREBOR_TRY(done, channel_check(MPI_Comm_split_type(channel->world, MPI_COMM_TYPE_SHARED,
                                                        ranks->rank, MPI_INFO_NULL, &channel->node),
                                    what, error));
    MPI_Comm_set_errhandler(channel->node, MPI_ERRORS_RETURN);
    MPI_Comm_rank(channel->node, &ranks->node_rank);
    MPI_Comm_size(channel->node, &ranks->node_size);
    int color = ranks->node_rank == 0 ? 0 : MPI_UNDEFINED;
    PEREBOR_TRY(done,
                channel_check(MPI_Comm_split(channel->world, color, ranks->rank, &channel->nodes),
                              what, error));
    if (channel->nodes != MPI_COMM_NULL) {
        MPI_Comm_set_errhandler(channel->nodes, MPI_ERRORS_RETURN);
        MPI_Comm_rank(channel->nodes, &ranks->node);
        MPI_Comm_size(channel->nodes, &ranks->n_nodes);
    }
    int numbers[] = {ranks->node, ranks->n_nodes};
    PEREBOR_TRY(done, channel_check(MPI_Bcast(numbers, 2, MPI_INT, 0, channel->node), what, error));
    ranks->node = numbers[0];
    ranks->n_nodes = numbers[1];
done:
    return status;
}

perebor_status perebor_ranks_open(perebor_ranks **result, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    double opened_at = clock_now();
    perebor_ranks *ranks = calloc(1, sizeof *ranks);
    perebor_channel *channel = calloc(1, sizeof *channel);
    if (ranks == NULL || channel == NULL) {
        free(ranks);
        free(channel);
        return perebor_no_memory(error, "to start");
    }
    ranks->channel = channel;
    channel->opened = opened_at;
    int provided = MPI_THREAD_SINGLE;
    // MPICH looks at the machine through hwloc, whose walk over the PCI bus takes a tenth of a
    // start and tells nothing that is used here.
    (void)setenv("HWLOC_COMPONENTS", "-pci", 0);
    // UCX's cache of registered memory wants to hear of mmap() and its like, and for that takes a
    // lock alone that with UCX 1.18 is sometimes never free: of starts on five ranks one in 25
    // hung. Without the cache nobody takes it alone; messages here are too small to be registered.
    (void)setenv("UCX_RCACHE_ENABLE", "n", 0);
    avoid_small_shared_memory();
    if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided) != MPI_SUCCESS ||
        provided < MPI_THREAD_FUNNELED) {
        free(ranks);
        free(channel);
        return perebor_fail(error, PEREBOR_ERR_CONFLICT,
                            "this MPI cannot be used in a program with threads");
    }
    channel->world = MPI_COMM_NULL;
    PEREBOR_TRY(done, channel_check(MPI_Comm_dup(MPI_COMM_WORLD, &channel->world),
                                    "make a communicator", error));
    MPI_Comm_set_errhandler(channel->world, MPI_ERRORS_RETURN);
    MPI_Comm_rank(channel->world, &ranks->rank);
    MPI_Comm_size(channel->world, &ranks->size);
    PEREBOR_TRY(done, refuse_worlds_of_one(ranks->size, error));
    PEREBOR_TRY(done, find_nodes(ranks, error));
    perebor_shim_started();
    gethostname(ranks->host, sizeof ranks->host - 1);
    *result = ranks;
done:
    if (status != PEREBOR_OK) {
        if (channel->world != MPI_COMM_NULL) {
            MPI_Comm_free(&channel->world);
        }
        MPI_Finalize();
        free(ranks);
        free(channel);
    }
    return status;
}

void perebor_ranks_await_stop(int exit_code) {
    static const char said[] = "perebor: stopped before the search began\n";
    stop_signal_await(perebor_ranks_speaks(NULL) ? said : NULL, exit_code);
}

double perebor_ranks_seconds(const perebor_ranks *ranks) {
    return clock_now() - ranks->channel->opened;
}

perebor_status perebor_ranks_agree(perebor_ranks *ranks, perebor_status mine,
                                   perebor_error *error) {
    int failed = mine == PEREBOR_OK ? INT_MAX : ranks->rank;
    int first = INT_MAX;
    perebor_status status;
    PEREBOR_TRY(done, channel_check(MPI_Allreduce(&failed, &first, 1, MPI_INT, MPI_MIN,
                                                  ranks->channel->world),
                                    "tell whether a rank failed", error));
    if (first == INT_MAX) {
        return PEREBOR_OK;
    }
    perebor_error theirs;
    memset(&theirs, 0, sizeof theirs);
    if (first == ranks->rank) {
        if (error != NULL) {
            theirs = *error;
        }
        theirs.status = mine;
    }
    PEREBOR_TRY(done, channel_check(MPI_Bcast(&theirs, (int)sizeof theirs, MPI_BYTE, first,
                                              ranks->channel->world),
                                    "tell how a rank failed", error));
    if (error != NULL) {
        *error = theirs;
    }
    status = theirs.status;
done:
    return status;
}

perebor_status perebor_ranks_broadcast(perebor_ranks *ranks, void *bytes, size_t size,
                                       perebor_error *error) {
    const size_t step = 1 << 24;
    for (size_t at = 0; at < size; at += step) {
        int n_bytes = (int)(size - at < step ? size - at : step);
        if (MPI_Bcast((uint8_t *)bytes + at, n_bytes, MPI_BYTE, 0, ranks->channel->world) !=
            MPI_SUCCESS) {
            return perebor_fail(error, PEREBOR_ERR_IO, "MPI cannot broadcast %zu bytes", size);
        }
    }
    return PEREBOR_OK;
}

void perebor_ranks_mpi_version(char *text, size_t size) {
    char whole[MPI_MAX_LIBRARY_VERSION_STRING] = "";
    int length = 0;
    (void)MPI_Get_library_version(whole, &length);
    whole[strcspn(whole, "\n")] = '\0'; // What follows tells how it was built.
    for (char *tab = whole; (tab = strchr(tab, '\t')) != NULL;) {
        *tab = ' ';
    }
    (void)snprintf(text, size, "%s", whole);
}

perebor_status perebor_ranks_gather(perebor_ranks *ranks, const void *mine, size_t size, void *all,
                                    perebor_error *error) {
    if (MPI_Gather(mine, (int)size, MPI_BYTE, all, (int)size, MPI_BYTE, 0, ranks->channel->world) !=
        MPI_SUCCESS) {
        return perebor_fail(error, PEREBOR_ERR_IO, "MPI cannot gather %zu bytes of every rank",
                            size);
    }
    return PEREBOR_OK;
}

perebor_status perebor_ranks_choose_threads(perebor_ranks *ranks, int asked, bool oversubscribe,
                                            int *n_threads, perebor_error *error) {
    perebor_allocation own;
    perebor_allocation_read(&own);
    own.asked = asked;
    perebor_status status = PEREBOR_OK;
    int chosen = 1;
    perebor_allocation *allocations = calloc((size_t)ranks->node_size, sizeof *allocations);
    if (allocations == NULL) {
        status = perebor_no_memory(error, "for what ranks were granted");
    }
    PEREBOR_TRY(done, perebor_ranks_agree(ranks, status, error));
    status = channel_check(MPI_Allgather(&own, (int)sizeof own, MPI_BYTE, allocations,
                                         (int)sizeof own, MPI_BYTE, ranks->channel->node),
                           "gather what the ranks of a node were granted", error);
    if (status == PEREBOR_OK) {
        status = perebor_threads_choose(allocations, (size_t)ranks->node_size,
                                        (size_t)ranks->node_rank, oversubscribe, &chosen, error);
    }
    PEREBOR_TRY(done, perebor_ranks_agree(ranks, status, error));
    *n_threads = chosen;
done:
    free(allocations);
    return status;
}

/** Tells every other rank the exit code; true if all of them answer. Rank 0 only. */
static bool all_present(perebor_ranks *ranks, int exit_code) {
    perebor_channel *channel = ranks->channel;
    perebor_error error;
    int n_present = 1;
    for (int i = 1; i < ranks->size; i++) {
        if (channel_tell(channel, i, MESSAGE_LEAVE, (uint32_t)exit_code, 0, &error) != PEREBOR_OK) {
            return false;
        }
    }
    if (channel->casualties || channel->hanging) {
        return false; // No need to wait for those who cannot answer.
    }
    double until = clock_now() + presence_seconds;
    while (n_present < ranks->size && clock_now() < until) {
        message answer;
        size_t size = 0;
        int from = 0;
        bool received = false;
        channel_progress(channel);
        if (channel_receive(channel, &received, &answer, &size, &from, &error) != PEREBOR_OK) {
            return false;
        }
        if (!received) {
            clock_sleep(200e-6);
        } else if (answer.head.kind == MESSAGE_PRESENT) {
            n_present++;
            channel->casualties |= answer.head.number != 0; // One of its threads hangs.
        }
    }
    return n_present == ranks->size && !channel->casualties;
}

/** Rank 0's way out; returns whether to finalise MPI. */
static bool dismiss(perebor_ranks *ranks, int exit_code) {
    perebor_channel *channel = ranks->channel;
    perebor_error error;
    bool orderly = all_present(ranks, exit_code);
    for (int i = 1; i < ranks->size; i++) {
        (void)!channel_tell(channel, i, MESSAGE_PART, orderly, 0, &error);
    }
    channel_flush(channel, presence_seconds);
    return orderly;
}

/** A worker's way out: sleeps until rank 0 has told the exit code and how to leave. */
static bool await_dismissal(perebor_ranks *ranks, int *exit_code) {
    perebor_channel *channel = ranks->channel;
    double silent_since = clock_now();
    while (clock_now() - silent_since < abandoned_seconds) {
        message message;
        size_t size = 0;
        int from = 0;
        bool received = false;
        perebor_error error;
        channel_progress(channel);
        perebor_shim_heartbeat(2.0 * presence_seconds);
        if (channel_receive(channel, &received, &message, &size, &from, &error) != PEREBOR_OK) {
            return false;
        }
        if (!received) {
            clock_sleep(1e-3);
            continue;
        }
        silent_since = clock_now();
        if (message.head.kind == MESSAGE_LEAVE) {
            *exit_code = (int)message.head.number;
            if (channel_tell(channel, 0, MESSAGE_PRESENT, channel->hanging, 0, &error) !=
                PEREBOR_OK) {
                return false;
            }
        } else if (message.head.kind == MESSAGE_PART) {
            channel_flush(channel, presence_seconds);
            return message.head.number == 1;
        }
    }
    return false;
}

static int code_if_late;

static void on_late(int number) {
    (void)number;
    _exit(code_if_late);
}

/** Finalises MPI, or ends the process if that does not come to an end. */
static void finalize(perebor_channel *channel, int exit_code) {
    code_if_late = exit_code;
    perebor_shim_heartbeat(2.0 * finalize_seconds);
    perebor_shim_leave(exit_code);
    (void)signal(SIGALRM, on_late);
    alarm(finalize_seconds);
    for (size_t i = 0; i < channel->n_blocks; i++) {
        if (channel->blocks[i].copy == NULL) {
            MPI_Win_free(&channel->blocks[i].window);
        }
        free(channel->blocks[i].copy);
    }
    if (channel->nodes != MPI_COMM_NULL) {
        MPI_Comm_free(&channel->nodes);
    }
    MPI_Comm_free(&channel->node);
    MPI_Comm_free(&channel->world);
    MPI_Finalize();
    alarm(0);
}

int perebor_ranks_close(perebor_ranks *ranks, int exit_code) {
    if (ranks == NULL) {
        return exit_code;
    }
    perebor_channel *channel = ranks->channel;
    bool orderly =
        ranks->rank == 0 ? dismiss(ranks, exit_code) : await_dismissal(ranks, &exit_code);
    if (!orderly) {
        (void)fflush(NULL);
        if (ranks->rank == 0) {
            perebor_shim_leave_lost(exit_code);
        }
        _exit(exit_code);
    }
    finalize(channel, exit_code);
    channel_discard(channel);
    free(channel);
    free(ranks);
    return exit_code;
}
