// SPDX-License-Identifier: MIT
#include "model/svc/svc_family.h"

#include "base/cpu_time.h"
#include "base/deadline.h"
#include "base/try.h"
#include "model/svc/svc_levels.h"
#include "model/svc/svc_model.h"

/** What the members of a family share, and the scores of the one at hand. */
typedef struct shared {
    const perebor_family *family;
    perebor_family_deliver *deliver;
    void *context;
    svc_options *options;    /**< [n_members] */
    bool *done;              /**< [n_members] */
    double *scores;          /**< [n_validation] */
    double *training_scores; /**< [n_training], or NULL */
    double seconds;          /**< What each member pays of shared work. */
} shared;

static bool same_kernel(const svc_kernel *a, const svc_kernel *b) {
    return a->kind == b->kind && a->gamma == b->gamma && a->degree == b->degree &&
           a->coef0 == b->coef0;
}

static perebor_status shared_create(shared *shared, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_family *family = shared->family;
    size_t n_training = family->training->rows.n_rows;
    perebor_workspace *workspace = family->workspace;
    shared->options = perebor_workspace_take(workspace, family->n_members, sizeof *shared->options);
    shared->done =
        perebor_workspace_take_zeroed(workspace, family->n_members, sizeof *shared->done);
    shared->scores =
        perebor_workspace_take(workspace, family->validation->n_rows, sizeof *shared->scores);
    shared->training_scores =
        family->score_training
            ? perebor_workspace_take(workspace, n_training, sizeof *shared->training_scores)
            : NULL;
    if (shared->options == NULL || shared->done == NULL || shared->scores == NULL ||
        (family->score_training && shared->training_scores == NULL)) {
        return perebor_no_memory(error, "for a family of %zu members", family->n_members);
    }
    for (size_t member = 0; member < family->n_members; member++) {
        svc_options_read(&shared->options[member], family->training, family->settings[member]);
        PEREBOR_TRY(done, perebor_deadline_check(error));
    }
done:
    return status;
}

/** Scores both parts with a fitted model. */
static perebor_status score_parts(shared *shared, const perebor_model *model,
                                  perebor_error *error) {
    const perebor_family *family = shared->family;
    perebor_status status = PEREBOR_OK;
    PEREBOR_TRY(
        done, svc_model_score(model, family->validation, family->workspace, shared->scores, error));
    if (family->score_training) {
        PEREBOR_TRY(done, svc_model_score(model, &family->training->rows, family->workspace,
                                          shared->training_scores, error));
    }
done:
    return status;
}

/** One member from fit to delivery. Only what is wrong with the machine is returned as an error. */
static perebor_status run_member(shared *shared, size_t member, svc_gram *gram, double gram_seconds,
                                 perebor_error *error) {
    perebor_fit_report report = {.converged = true};
    perebor_model *model = NULL;
    perebor_error failure = {0};
    perebor_workspace *workspace = shared->family->workspace;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    double start = perebor_cpu_seconds();
    perebor_status status =
        svc_model_fit(&model, shared->family->training, &shared->options[member], gram, workspace,
                      &report, &failure);
    double fitted = perebor_cpu_seconds();
    if (status == PEREBOR_OK) {
        status = score_parts(shared, model, &failure);
    }
    perebor_workspace_return(workspace, begin);
    report.fit_seconds = fitted - start + gram_seconds + shared->seconds;
    report.score_seconds = perebor_cpu_seconds() - fitted;
    shared->done[member] = true;
    if (status == PEREBOR_ERR_MEMORY) {
        return perebor_fail(error, status, "%s", failure.message);
    }
    bool good = status == PEREBOR_OK;
    shared->deliver(shared->context, member, status, failure.message, good ? shared->scores : NULL,
                    good ? shared->training_scores : NULL, &report);
    return PEREBOR_OK;
}

/** How many of the members that have the kernel of the first need kernel values. */
static size_t count_solvers(const shared *shared, size_t first) {
    const svc_options *options = shared->options;
    size_t n = 0;
    for (size_t member = first; member < shared->family->n_members; member++) {
        n += same_kernel(&options[first].kernel, &options[member].kernel) &&
                     svc_model_needs_points(shared->family->training, &options[member])
                 ? 1
                 : 0;
    }
    return n;
}

/** All members that have the kernel of the first, over one Gram matrix. */
static perebor_status run_kernel(shared *shared, size_t first, perebor_error *error) {
    const svc_kernel *kernel = &shared->options[first].kernel;
    perebor_status status = PEREBOR_OK;
    svc_gram gram = {0};
    perebor_workspace_mark begin = perebor_workspace_here(shared->family->workspace);
    double start = perebor_cpu_seconds();
    size_t n_solvers = count_solvers(shared, first);
    if (n_solvers > 0) {
        PEREBOR_TRY(done, svc_gram_create(&gram, &shared->family->training->rows, kernel, n_solvers,
                                          SVC_DEFAULT_BYTES, shared->family->workspace, error));
    }
    double seconds = perebor_cpu_seconds() - start;
    for (size_t member = first; member < shared->family->n_members; member++) {
        if (!shared->done[member] && same_kernel(kernel, &shared->options[member].kernel)) {
            PEREBOR_TRY(done,
                        run_member(shared, member, &gram, member == first ? seconds : 0.0, error));
        }
    }
done:
    perebor_workspace_return(shared->family->workspace, begin);
    return status;
}

perebor_status svc_score_family(const perebor_family *given, perebor_family_deliver *deliver,
                                void *context, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_training training = *given->training;
    perebor_matrix validation;
    perebor_family expanded = *given;
    const perebor_family *family = &expanded;
    shared shared = {.family = family, .deliver = deliver, .context = context};
    perebor_workspace_mark begin = perebor_workspace_here(family->workspace);
    double start = perebor_cpu_seconds();
    expanded.training = &training;
    expanded.validation = &validation;
    PEREBOR_TRY(done,
                svc_levels_settle(&training.rows, &given->training->rows, given->workspace, error));
    PEREBOR_TRY(done, svc_levels_settle(&validation, given->validation, given->workspace, error));
    PEREBOR_TRY(done, shared_create(&shared, error));
    shared.seconds = (perebor_cpu_seconds() - start) / (double)family->n_members;
    for (size_t member = 0; member < family->n_members; member++) {
        if (!shared.done[member]) {
            PEREBOR_TRY(done, run_kernel(&shared, member, error));
        }
    }
done:
    perebor_workspace_return(family->workspace, begin);
    return status;
}
