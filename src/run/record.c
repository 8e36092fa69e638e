// SPDX-License-Identifier: MIT
#include "run/record.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/simd.h"
#include "base/try.h"
#include "base/version.h"
#include "perebor/output.h"
#include "perebor/result_file.h"
#include "run/checkpoint.h"
#include "store/stage.h"

/** Beyond these, a history would be longer than what it tells of. */
enum { most_listed_ranks = 64 };

/** Where results go whose place nobody named. */
static const char default_folder[] = "results";

/** The folder of a path. The caller frees it; NULL: no memory. */
static char *folder_of(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash == NULL   ? strdup(".")
           : slash == path ? strdup("/")
                           : strndup(path, (size_t)(slash - path));
}

perebor_status record_make_folder(const char *output, perebor_error *error) {
    char *folder = folder_of(output);
    if (folder == NULL) {
        return perebor_no_memory(error, "for the result file");
    }
    perebor_status status = PEREBOR_OK;
    if (strcmp(folder, default_folder) == 0 && mkdir(folder, 0777) != 0 && errno != EEXIST) {
        status = perebor_fail(error, PEREBOR_ERR_IO, "%s: cannot make the folder %s (%s)", output,
                              folder, strerror(errno));
    }
    free(folder);
    return status;
}

/** Makes sure that a file can be made in the folder of @p path. */
static perebor_status check_folder(const char *path, perebor_error *error) {
    char *folder = folder_of(path);
    if (folder == NULL) {
        return perebor_no_memory(error, "for the result file");
    }
    perebor_status status = PEREBOR_OK;
    struct stat found;
    if (strcmp(folder, default_folder) == 0 && lstat(folder, &found) != 0 && errno == ENOENT) {
        free(folder); // record_make_folder()
        return check_folder(default_folder, error);
    }
    if (stat(folder, &found) != 0) {
        status = perebor_fail(error, PEREBOR_ERR_IO,
                              "%s: the folder %s is not there (%s); make it, or name another file "
                              "with -o",
                              path, folder, strerror(errno));
    } else if (!S_ISDIR(found.st_mode)) {
        status = perebor_fail(error, PEREBOR_ERR_IO, "%s: %s is not a folder", path, folder);
    } else if (access(folder, W_OK | X_OK) != 0) {
        status = perebor_fail(error, PEREBOR_ERR_IO, "%s: nothing can be written into %s (%s)",
                              path, folder, strerror(errno));
    }
    free(folder);
    return status;
}

static char *default_output(const perebor_experiment *experiment) {
    if (experiment->output != NULL) {
        return strdup(experiment->output);
    }
    size_t size = sizeof default_folder + strlen(experiment->name) + sizeof "/.h5";
    char *path = malloc(size);
    if (path != NULL) {
        snprintf(path, size, "%s/%s.h5", default_folder, experiment->name);
    }
    return path;
}

/** Neither the file nor its journal may be what the search reads. */
static perebor_status check_inputs(const perebor_experiment *experiment, const char *path,
                                   perebor_error *error) {
    perebor_status status;
    perebor_input *inputs = NULL;
    size_t n_inputs = 0;
    char *journal = perebor_journal_path(path);
    if (journal == NULL) {
        return perebor_no_memory(error, "for the result file");
    }
    PEREBOR_TRY(done, perebor_study_inputs(experiment, &inputs, &n_inputs, error));
    PEREBOR_TRY(done, perebor_output_check_inputs(path, inputs, n_inputs, error));
    PEREBOR_TRY(done, perebor_output_check_inputs(journal, inputs, n_inputs, error));
done:
    free(inputs);
    free(journal);
    return status;
}

perebor_status record_choose_output(const perebor_experiment *experiment, const char *asked,
                                    bool overwrite, bool resume, char **output,
                                    perebor_error *error) {
    perebor_status status;
    struct stat found;
    char *path = NULL;
    char *named = asked != NULL ? strdup(asked) : default_output(experiment);
    if (named == NULL) {
        return perebor_no_memory(error, "for the result file");
    }
    PEREBOR_TRY(done, perebor_file_follow(named, &path, error));
    PEREBOR_TRY(done, check_folder(path, error));
    PEREBOR_TRY(done, check_inputs(experiment, path, error));
    if (stat(path, &found) == 0) {
        if (S_ISDIR(found.st_mode)) {
            status =
                perebor_fail(error, PEREBOR_ERR_IO, "%s is a folder; name a file with -o", path);
        } else if (!overwrite && !resume) {
            status = perebor_fail(error, PEREBOR_ERR_CONFLICT,
                                  "%s exists; --resume continues it, --overwrite replaces it, -o "
                                  "names another file",
                                  path);
        }
        PEREBOR_TRY(done, status);
    }
    if (checkpoint_look(path).journal && !overwrite && !resume) {
        status =
            perebor_fail(error, PEREBOR_ERR_CONFLICT,
                         "%s.journal holds the trials of a search that runs or was "
                         "interrupted; --resume continues it, --overwrite starts anew, -o names "
                         "another file",
                         path);
        goto done;
    }
    *output = path;
    path = NULL;
done:
    free(path);
    free(named);
    return status;
}

/** Seconds since 1970 as ISO 8601 in UTC. */
static void format_time(double seconds, char text[32]) {
    time_t whole = (time_t)seconds;
    struct tm utc;
    gmtime_r(&whole, &utc);
    strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &utc);
}

/**
 * CPU seconds that sharing saved: what was spent, times how much more the plan says the same trials
 * would have cost one by one. An estimate: nobody evaluated them one by one.
 */
static double saved_seconds(const perebor_stage_seconds *spent,
                            const perebor_plan_savings *savings) {
    double total = spent->prepare + spent->fit + spent->score + spent->metric;
    return savings->seconds > 0.0 ? total * (savings->seconds_unshared / savings->seconds - 1.0)
                                  : 0.0;
}

/** Whether the ranks have said where their time went: at a checkpoint they have not yet. */
static bool has_ended(const record_facts *facts) {
    return facts->status != PEREBOR_RESULT_RUNNING;
}

static const char *plural(int n) {
    return n == 1 ? "" : "s";
}

/** When it began, how many ranks, and trials. @return Characters written. */
static size_t describe_size(char *line, size_t size, const record_facts *facts,
                            const perebor_plan_savings *savings) {
    char begun[32];
    int n_ranks = facts->ranks->size, n_nodes = facts->ranks->n_nodes;
    format_time(facts->begun, begun);
    return (size_t)snprintf(
        line, size, "%s %s; %d rank%s on %d node%s; %zu trial%s as %zu candidate%s", begun,
        perebor_version(), n_ranks, plural(n_ranks), n_nodes, plural(n_nodes), savings->n_trials,
        savings->n_trials == 1 ? "" : "s", savings->n_members, savings->n_members == 1 ? "" : "s");
}

/** Where the time of all ranks went, once they have said so. */
static void describe_start(char *line, size_t size, const record_facts *facts) {
    double thread_seconds = 0.0;
    perebor_rank_timings all = {0};
    perebor_stage_seconds stages = {0};
    for (int rank = 0; rank < facts->ranks->size; rank++) {
        thread_seconds += facts->timings[rank].wall * (double)facts->timings[rank].n_threads;
        all.compute += facts->timings[rank].compute;
        all.wait += facts->timings[rank].wait;
        all.protocol += facts->timings[rank].protocol;
        stages.prepare += facts->stages[rank].prepare;
        stages.fit += facts->stages[rank].fit;
        stages.score += facts->stages[rank].score;
        stages.metric += facts->stages[rank].metric;
        stages.n_layouts_made += facts->stages[rank].n_layouts_made;
        stages.n_layouts_shared += facts->stages[rank].n_layouts_shared;
    }
    perebor_plan_savings savings = perebor_plan_predict(facts->plan);
    size_t used = describe_size(line, size, facts, &savings);
    if (!has_ended(facts)) {
        snprintf(line + used, size - used, "; not ended: this is of its last checkpoint");
        return;
    }
    used += (size_t)snprintf(
        line + used, size - used,
        "; thread seconds: %.3f, of which compute %.3f, wait %.3f; beside them protocol %.3f; CPU "
        "seconds: prepare %.3f, fit %.3f, score %.3f, metric %.3f; predicted %.3f, unshared %.3f; "
        "saved by sharing about %.3f",
        thread_seconds, all.compute, all.wait, all.protocol, stages.prepare, stages.fit,
        stages.score, stages.metric, savings.seconds, savings.seconds_unshared,
        saved_seconds(&stages, &savings));
    if (stages.n_layouts_made > 0 && used < size) {
        snprintf(line + used, size - used,
                 "; %" PRIu64 " layouts of folds made, shared %" PRIu64 " times",
                 stages.n_layouts_made, stages.n_layouts_shared);
    }
}

/** A line a start, and below it, further in, a line a rank. */
static perebor_status describe_history(perebor_result *result, const record_facts *facts,
                                       perebor_error *error) {
    const char *before = facts->previous != NULL ? facts->previous->history : "";
    char line[1024];
    int n_ranks = has_ended(facts) ? facts->ranks->size : 0;
    int n_listed = n_ranks < most_listed_ranks ? n_ranks : most_listed_ranks;
    describe_start(line, sizeof line, facts);
    size_t size = strlen(before) + strlen(line) + 2 + (size_t)n_listed * (RANK_TIMINGS_SIZE + 3);
    char *history = perebor_result_allocate(result, size, 1);
    if (history == NULL) {
        return perebor_no_memory(error, "for the result file");
    }
    int length = snprintf(history, size, "%s%s%s", before, before[0] != '\0' ? "\n" : "", line);
    for (int rank = 0; rank < n_listed; rank++) {
        char text[RANK_TIMINGS_SIZE];
        rank_timings_write(text, rank, &facts->timings[rank], &facts->stages[rank],
                           rank == 0 ? &facts->end : NULL);
        length += snprintf(history + length, size - (size_t)length, "\n  %s", text);
    }
    result->history = history;
    return PEREBOR_OK;
}

/** Where the experiment came from, so that later commands need not be told again. */
static perebor_status describe_origin(perebor_result *result, const perebor_experiment *experiment,
                                      perebor_error *error) {
    char *path = realpath(experiment->file, NULL);
    result->config_path = perebor_result_text(result, path != NULL ? path : experiment->file);
    free(path);
    perebor_result_override *overrides =
        perebor_result_allocate(result, experiment->n_overrides + 1, sizeof *overrides);
    if (result->config_path == NULL || overrides == NULL) {
        return perebor_no_memory(error, "for the result file");
    }
    for (size_t i = 0; i < experiment->n_overrides; i++) {
        overrides[i] =
            (perebor_result_override){experiment->overrides[i].key, experiment->overrides[i].value};
    }
    result->overrides = overrides;
    result->n_overrides = experiment->n_overrides;
    return PEREBOR_OK;
}

static perebor_status describe_run(perebor_result *result, const record_facts *facts,
                                   perebor_error *error) {
    const perebor_experiment *experiment = facts->study->experiment;
    char created[32];
    format_time(facts->begun, created);
    result->title = experiment->name;
    result->creator_version = perebor_version();
    result->created =
        facts->previous != NULL ? facts->previous->created : perebor_result_text(result, created);
    result->run_uuid = facts->run_uuid;
    result->status = facts->status;
    result->config = experiment->text;
    result->config_resolved = experiment->resolved;
    memcpy(result->config_sha256, experiment->sha256, sizeof result->config_sha256);
    result->command_line = facts->command_line;
    result->seed = experiment->seed;
    result->trial_memory_bytes = experiment->trial_memory_bytes;
    result->trials = facts->trials;
    if (result->created == NULL) {
        return perebor_no_memory(error, "for the result file");
    }
    perebor_status status = PEREBOR_OK;
    PEREBOR_TRY(done, describe_origin(result, experiment, error));
    if (facts->previous != NULL) {
        PEREBOR_TRY(done, stage_take(result, facts->previous, error));
    }
    status = describe_history(result, facts, error);
done:
    return status;
}

static perebor_status describe_build(perebor_result *result, perebor_error *error) {
    char mpi[128], hdf5[32];
    perebor_ranks_mpi_version(mpi, sizeof mpi);
    perebor_output_hdf5_version(hdf5, sizeof hdf5);
    const perebor_result_fact facts[] = {
        {"version", perebor_version()},
        {"build", perebor_build()},
        {"compiler", perebor_compiler()},
        {"flags", perebor_compiler_flags()},
        {"mpi", perebor_result_text(result, mpi)},
        {"hdf5", perebor_result_text(result, hdf5)},
        {"simd", perebor_simd_level_name(perebor_simd_pick())},
    };
    size_t n = sizeof facts / sizeof *facts;
    perebor_result_fact *copy = perebor_result_allocate(result, n, sizeof *copy);
    if (copy == NULL || facts[4].text == NULL || facts[5].text == NULL) {
        return perebor_no_memory(error, "for the result file");
    }
    memcpy(copy, facts, sizeof facts);
    result->build = copy;
    result->n_build = n;
    return PEREBOR_OK;
}

/** The processor of a node, of this run's or of the one that it continues. */
static const char *find_cpu(const record_facts *facts, const char *host) {
    for (int rank = 0; rank < facts->ranks->size; rank++) {
        if (strcmp(facts->nodes[rank].host, host) == 0) {
            return facts->nodes[rank].cpu;
        }
    }
    for (size_t i = 0; facts->previous != NULL && i < facts->previous->n_hosts; i++) {
        if (strcmp(facts->previous->hosts[i].name, host) == 0) {
            return facts->previous->hosts[i].cpu;
        }
    }
    return "";
}

/** The nodes, as far as trials tell: a node none of whose ranks finished a trial took no part. */
static perebor_status describe_hosts(perebor_result *result, const record_facts *facts,
                                     perebor_error *error) {
    const perebor_trials *trials = facts->trials;
    size_t size = (size_t)facts->ranks->size;
    perebor_result_host *hosts = perebor_result_allocate(result, size, sizeof *hosts);
    bool *seen = calloc(size, sizeof *seen);
    if (hosts == NULL || seen == NULL) {
        free(seen);
        return perebor_no_memory(error, "for the result file");
    }
    for (size_t trial = 0; trial < trials->n_trials; trial++) {
        int32_t rank = trials->mpi_rank[trial];
        if (rank < 0 || (size_t)rank >= size || seen[rank] || trials->host[trial] == NULL) {
            continue;
        }
        seen[rank] = true;
        size_t host = 0;
        while (host < result->n_hosts && strcmp(hosts[host].name, trials->host[trial]) != 0) {
            host++;
        }
        if (host == result->n_hosts) {
            hosts[result->n_hosts++] =
                (perebor_result_host){.name = trials->host[trial],
                                      .cpu = find_cpu(facts, trials->host[trial]),
                                      .n_threads = trials->n_threads[trial]};
        }
        hosts[host].n_ranks++;
    }
    result->hosts = hosts;
    free(seen);
    return PEREBOR_OK;
}

static perebor_status describe_tables(perebor_result *result, const perebor_tables_report *tables,
                                      perebor_error *error) {
    perebor_result_source *sources =
        perebor_result_allocate(result, tables->n_sources + 1, sizeof *sources);
    perebor_result_step *steps =
        perebor_result_allocate(result, tables->n_steps + 1, sizeof *steps);
    if (sources == NULL || steps == NULL) {
        return perebor_no_memory(error, "for the result file");
    }
    for (size_t i = 0; i < tables->n_sources; i++) {
        const perebor_source_report *from = &tables->sources[i];
        sources[i] = (perebor_result_source){.name = from->name,
                                             .path = from->path,
                                             .n_rows = from->n_rows,
                                             .n_columns = from->n_columns,
                                             .n_bytes = from->n_bytes,
                                             .delimiter = from->delimiter,
                                             .decimal = from->decimal,
                                             .encoding = from->encoding};
        memcpy(sources[i].sha256, from->sha256, sizeof sources[i].sha256);
    }
    for (size_t i = 0; i < tables->n_steps; i++) {
        const perebor_step_report *from = &tables->steps[i];
        steps[i] = (perebor_result_step){.step = from->step,
                                         .detail = from->detail,
                                         .table = from->table,
                                         .column = from->column,
                                         .n_cells = from->n_cells,
                                         .n_rows = from->n_rows};
    }
    result->sources = sources;
    result->n_sources = tables->n_sources;
    result->steps = steps;
    result->n_steps = tables->n_steps;
    return PEREBOR_OK;
}

perebor_status record_write(const record_facts *facts, const char *path,
                            perebor_file_identity *expected, perebor_error *error) {
    perebor_status status;
    const perebor_study *study = facts->study;
    perebor_result *result = NULL;
    PEREBOR_TRY(done, perebor_result_create(&result, error));
    PEREBOR_TRY(done, describe_run(result, facts, error));
    PEREBOR_TRY(done, describe_build(result, error));
    PEREBOR_TRY(done, describe_hosts(result, facts, error));
    PEREBOR_TRY(done, describe_tables(result, &study->tables, error));
    PEREBOR_TRY(done, perebor_result_describe_data(result, study->dataset, &study->split,
                                                   &study->folds, error));
    PEREBOR_TRY(done, perebor_result_describe_space(result, study->experiment->space, error));
    PEREBOR_TRY(done, perebor_result_replace(result, path, expected, error));
done:
    perebor_result_free(result);
    return status;
}
