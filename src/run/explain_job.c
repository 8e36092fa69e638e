// SPDX-License-Identifier: MIT
#include "run/explain_job.h"

#include <stdlib.h>
#include <string.h>

#include "base/try.h"

typedef struct explain_job {
    explain_part *parts;           /**< The job's, in the order of their units. */
    perebor_workspace *workspaces; /**< [n_threads] */
    const explain_watch *watch;
} explain_job;

void explain_watch_tell(const explain_watch *watch, const perebor_job_progress *job) {
    if (watch != NULL) {
        watch->hear(watch->context, job);
    }
}

/** The part that a unit of the job belongs to. @param[in,out] unit  Becomes the part's own. */
static const explain_part *find_part(const explain_job *job, size_t *unit) {
    const explain_part *part = job->parts;
    while (*unit >= part->n_units) {
        *unit -= part->n_units;
        part++;
    }
    return part;
}

static perebor_status execute(void *context, uint32_t unit, int thread, perebor_unit_result *result,
                              perebor_error *error) {
    perebor_status status;
    const explain_job *job = context;
    size_t own = unit;
    const explain_part *part = find_part(job, &own);
    perebor_workspace *workspace = &job->workspaces[thread];
    size_t n = part->n_values(part->context, own);
    double *values = perebor_workspace_take(workspace, n, sizeof *values);
    if (values == NULL) {
        return perebor_no_memory(error, "for %zu figures", n);
    }
    PEREBOR_TRY(done, part->compute(part->context, own, workspace, values, error));
    status = perebor_unit_result_append(result, values, n * sizeof *values, error);
done:
    perebor_workspace_return(workspace, (perebor_workspace_mark){0});
    return status;
}

static perebor_status deliver(void *context, uint32_t unit, const void *bytes, size_t size,
                              int rank, perebor_error *error) {
    const explain_job *job = context;
    size_t own = unit;
    const explain_part *part = find_part(job, &own);
    double *values = malloc(size + 1); // at an address for doubles
    if (values == NULL) {
        return perebor_no_memory(error, "for %zu bytes", size);
    }
    if (size != part->n_values(part->context, own) * sizeof *values) {
        free(values);
        return perebor_fail(error, PEREBOR_ERR_FORMAT, "rank %d sent %zu bytes for unit %u", rank,
                            size, (unsigned)unit);
    }
    memcpy(values, bytes, size);
    part->receive(part->context, own, values);
    free(values);
    return PEREBOR_OK;
}

/** What cannot be computed ends it all: there is no half of an explanation. */
static perebor_status give_up(void *context, uint32_t unit, int rank, double seconds,
                              const char *reason, perebor_error *error) {
    (void)context;
    (void)unit;
    (void)rank;
    (void)seconds;
    return perebor_fail(error, PEREBOR_ERR_NUMERIC, "%s", reason);
}

static perebor_status tick(void *context, const perebor_job_progress *progress, bool *stop,
                           perebor_error *error) {
    const explain_job *job = context;
    *stop = false;
    (void)error;
    explain_watch_tell(job->watch, progress);
    return PEREBOR_OK;
}

static void release(explain_job *job, int n_threads) {
    for (int i = 0; job->workspaces != NULL && i < n_threads; i++) {
        perebor_workspace_release(&job->workspaces[i]);
    }
    free(job->workspaces);
    free(job->parts);
    free(job);
}

/** @return NULL if memory is short. It outlives a thread that hangs in a unit. */
static explain_job *make_job(const explain_part *parts, size_t n_parts, int n_threads) {
    explain_job *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return NULL;
    }
    made->parts = calloc(n_parts + 1, sizeof *made->parts);
    made->workspaces = calloc((size_t)n_threads, sizeof *made->workspaces);
    if (made->parts == NULL || made->workspaces == NULL) {
        release(made, n_threads);
        return NULL;
    }
    if (n_parts > 0) {
        memcpy(made->parts, parts, n_parts * sizeof *parts);
    }
    return made;
}

perebor_status explain_job_run(perebor_ranks *ranks, const explain_part *parts, size_t n_parts,
                               int n_threads, const explain_watch *watch, perebor_error *error) {
    explain_job *own = make_job(parts, n_parts, n_threads);
    perebor_job job = {.n_threads = n_threads,
                       .context = own,
                       .execute = execute,
                       .deliver = deliver,
                       .give_up = give_up,
                       .tick = tick};
    perebor_status status =
        own != NULL ? PEREBOR_OK : perebor_no_memory(error, "for %d threads", n_threads);
    if (own != NULL) {
        own->watch = watch;
    }
    for (size_t i = 0; i < n_parts; i++) {
        job.n_units += parts[i].n_units;
    }
    status = perebor_ranks_agree(ranks, status, error);
    if (status == PEREBOR_OK && job.n_units > 0) {
        status = perebor_job_run(ranks, &job, NULL, error);
    }
    if (own != NULL && !perebor_job_hangs(ranks)) {
        release(own, n_threads);
    }
    return status; // NOLINT(clang-analyzer-unix.Malloc): a thread that hangs keeps it
}
