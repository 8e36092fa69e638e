// SPDX-License-Identifier: MIT
#include "exec/channel.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

enum { message_tag = 1 };

static perebor_status refused(int code, const char *what, perebor_error *error) {
    char text[MPI_MAX_ERROR_STRING] = "";
    int length = 0;
    MPI_Error_string(code, text, &length);
    return perebor_fail(error, PEREBOR_ERR_IO, "MPI cannot %s: %s", what, text);
}

perebor_status channel_send(perebor_channel *channel, int rank, const message *sent, size_t size,
                            perebor_error *error) {
    assert(size <= MESSAGE_ROOM);
    letter *each = channel->blank;
    if (each != NULL) {
        channel->blank = each->next;
    } else {
        each = malloc(sizeof *each);
        if (each == NULL) {
            return perebor_no_memory(error, "for a message");
        }
    }
    each->next = NULL;
    memcpy(&each->message, sent, sizeof(message_head) + size);
    each->message.head.generation = channel->generation;
    int code = MPI_Isend(&each->message, (int)(sizeof(message_head) + size), MPI_BYTE, rank,
                         message_tag, channel->world, &each->request);
    if (code != MPI_SUCCESS) {
        each->next = channel->blank;
        channel->blank = each;
        if (rank == 0) {
            return refused(code, "send a message", error);
        }
        channel->casualties = true; // MPI finds a dead rank's memory gone: the message is lost.
        return PEREBOR_OK;
    }
    *(channel->sent == NULL ? &channel->sent : &channel->last_sent->next) = each;
    channel->last_sent = each;
    channel->n_sent++;
    return PEREBOR_OK;
}

perebor_status channel_tell(perebor_channel *channel, int rank, message_kind kind, uint32_t number,
                            uint32_t epoch, perebor_error *error) {
    message message;
    message.head = (message_head){.kind = kind, .number = number, .epoch = epoch};
    // channel_progress() waits for the request.
    // NOLINTNEXTLINE(clang-analyzer-optin.mpi.MPI-Checker)
    return channel_send(channel, rank, &message, 0, error);
}

perebor_status channel_receive(perebor_channel *channel, bool *received, message *into,
                               size_t *size, int *from, perebor_error *error) {
    int waiting = 0;
    MPI_Status status;
    int code = MPI_Iprobe(MPI_ANY_SOURCE, message_tag, channel->world, &waiting, &status);
    if (code == MPI_SUCCESS && waiting) {
        code = MPI_Recv(into, MESSAGE_SIZE, MPI_BYTE, status.MPI_SOURCE, message_tag,
                        channel->world, &status);
    }
    if (code != MPI_SUCCESS) {
        return refused(code, "receive a message", error);
    }
    *received = waiting != 0;
    if (waiting) {
        int n_bytes = 0;
        MPI_Get_count(&status, MPI_BYTE, &n_bytes);
        assert(n_bytes >= (int)sizeof(message_head));
        *size = (size_t)n_bytes - sizeof(message_head);
        *from = status.MPI_SOURCE;
    }
    return PEREBOR_OK;
}

void channel_progress(perebor_channel *channel) {
    letter *last_kept = NULL;
    letter **link = &channel->sent;
    while (*link != NULL) {
        letter *each = *link;
        int gone = 0;
        if (MPI_Test(&each->request, &gone, MPI_STATUS_IGNORE) == MPI_SUCCESS && gone) {
            *link = each->next;
            each->next = channel->blank;
            channel->blank = each;
            channel->n_sent--;
        } else {
            last_kept = each;
            link = &each->next;
        }
    }
    channel->last_sent = last_kept;
}

void channel_flush(perebor_channel *channel, double seconds) {
    double until = clock_now() + seconds;
    channel_progress(channel);
    while (channel->n_sent > 0 && clock_now() < until) {
        clock_sleep(100e-6);
        channel_progress(channel);
    }
}

static void discard(letter *first) {
    while (first != NULL) {
        letter *next = first->next;
        free(first);
        first = next;
    }
}

void channel_discard(perebor_channel *channel) {
    discard(channel->blank);
    channel->blank = NULL;
    if (!channel->casualties) { // Else MPI may still be reading them.
        discard(channel->sent);
        channel->sent = channel->last_sent = NULL;
        channel->n_sent = 0;
    }
}

perebor_status channel_check(int code, const char *what, perebor_error *error) {
    char reason[MPI_MAX_ERROR_STRING] = "";
    int length = 0;
    if (code == MPI_SUCCESS) {
        return PEREBOR_OK;
    }
    (void)MPI_Error_string(code, reason, &length);
    reason[strcspn(reason, "\n")] = '\0';
    return perebor_fail(error, PEREBOR_ERR_IO, "MPI cannot %s: %.150s", what, reason);
}
