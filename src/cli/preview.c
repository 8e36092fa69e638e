// SPDX-License-Identifier: MIT
#include "cli/preview.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "base/try.h"
#include "cli/command.h"
#include "cli/data_warnings.h"
#include "cli/progress.h"
#include "cli/setting_warnings.h"
#include "cli/space_warnings.h"
#include "run/study.h"
#include "trial/machine_pace.h"
#include "trial/plan.h"

/** Points shown as samples, and values of a parameter. */
enum { n_samples = 3, most_values = 20 };

/** Lists are cut after so many: a column of names has thousands of levels. */
enum { levels_shown = 8, columns_shown = 200, level_bytes = 48 };

/** The ending of the word for so many things. */
static const char *plural(size_t n) {
    return n == 1 ? "" : "s";
}

/** How a CSV file was read: whatever was detected is to be seen. */
static void print_dialect(const perebor_source_report *source) {
    if (*source->delimiter == '\0') {
        return; // a database
    }
    const char *delimiter = *source->delimiter == '\t'  ? "tab"
                            : *source->delimiter == ' ' ? "space"
                                                        : source->delimiter;
    printf("            delimiter \"%s\", decimal mark \"%s\", %s%s%s; ", delimiter,
           source->decimal, source->encoding, *source->compression != '\0' ? ", " : "",
           source->compression);
    if (source->header_line == 0) {
        printf("no header, columns %s\n", source->names);
    } else {
        printf("header in line %" PRIu64 ": %s\n", source->header_line, source->names);
    }
}

/**
 * A path without "." and "folder/..", if that names the same file: behind a symbolic link ".." is
 * elsewhere.
 */
static const char *tidy(const char *path, char *shorter, size_t size) {
    size_t length = 0;
    struct stat given, found;
    if (strlen(path) >= size) {
        return path;
    }
    shorter[0] = '\0';
    for (const char *at = path; *at != '\0';) {
        size_t part = strcspn(at, "/");
        size_t whole = part + (at[part] == '/');
        const char *last = shorter + length; // the part that was written last, if it can be left
        while (last > shorter && (last == shorter + length || last[-1] != '/')) {
            last--;
        }
        bool goes_up = part == 2 && strncmp(at, "..", 2) == 0;
        bool can_go_up = length > 1 && strncmp(last, "../", 3) != 0 && *last != '/';
        if (goes_up && can_go_up) {
            length = (size_t)(last - shorter);
        } else if (part != 1 || *at != '.') {
            memcpy(shorter + length, at, whole);
            length += whole;
        }
        shorter[length] = '\0';
        at += whole;
    }
    bool same = stat(path, &given) == 0 && stat(shorter, &found) == 0 &&
                given.st_dev == found.st_dev && given.st_ino == found.st_ino;
    return same ? shorter : path;
}

static void print_tables(const perebor_study *study) {
    char shorter[1024];
    const perebor_tables_report *report = &study->tables;
    for (size_t i = 0; i < report->n_sources; i++) {
        const perebor_source_report *source = &report->sources[i];
        printf("  table     %s: %" PRIu64 " row%s, %" PRIu64 " column%s (%s)\n", source->name,
               source->n_rows, plural(source->n_rows), source->n_columns, plural(source->n_columns),
               tidy(source->path, shorter, sizeof shorter));
        print_dialect(source);
    }
    for (size_t i = 0; i < report->n_steps; i++) {
        const perebor_step_report *step = &report->steps[i];
        printf("  %-9s %s: ", step->step, step->detail);
        if (strcmp(step->step, "filter") == 0) {
            printf("%" PRIu64 " row%s dropped\n", step->n_rows, plural(step->n_rows));
        } else if (step->n_cells > 0 || step->n_rows == 0) {
            printf("%" PRIu64 " cell%s changed\n", step->n_cells, plural(step->n_cells));
        } else {
            printf("%" PRIu64 " row%s%s\n", step->n_rows, plural(step->n_rows),
                   strcmp(step->step, "join") == 0 ? " matched" : "");
        }
    }
}

/** The first levels of a column, long ones cut short, and how many more there are. */
static void print_levels(const perebor_column *column) {
    for (size_t level = 0; level < column->n_levels && level < levels_shown; level++) {
        const char *text = column->levels[level];
        size_t length = strlen(text);
        size_t shown = length > level_bytes ? perebor_text_valid_length(text, level_bytes) : length;
        printf("%s%.*s%s", level == 0 ? ": " : ", ", (int)shown, text, shown < length ? "…" : "");
    }
    if (column->n_levels > levels_shown) {
        printf(" … and %zu more", column->n_levels - levels_shown);
    }
}

static void print_columns(const perebor_study *study) {
    const perebor_dataset *dataset = study->dataset;
    size_t n_positive = 0;
    for (size_t row = 0; row < dataset->n_rows; row++) {
        n_positive += dataset->labels[row];
    }
    printf("data        %zu row%s, %zu column%s; %s = %s in %zu (%.1f %%)\n", dataset->n_rows,
           plural(dataset->n_rows), dataset->n_columns, plural(dataset->n_columns),
           dataset->target_name, dataset->positive_name, n_positive,
           100.0 * (double)n_positive / (double)dataset->n_rows);
    for (size_t column = 0; column < dataset->n_columns && column < columns_shown; column++) {
        const perebor_column *shown = &dataset->columns[column];
        size_t n_missing = 0;
        for (size_t row = 0; row < dataset->n_rows; row++) {
            n_missing += shown->values[row] != shown->values[row];
        }
        printf("  %-9s %s", perebor_role_names[shown->role], shown->name);
        print_levels(shown);
        if (n_missing > 0) {
            printf(" (%zu gap%s)", n_missing, plural(n_missing));
        }
        putchar('\n');
    }
    if (dataset->n_columns > columns_shown) {
        printf("  … and %zu more columns\n", dataset->n_columns - columns_shown);
    }
    for (size_t column = 0; column < dataset->n_passthrough; column++) {
        printf("  carried   %s\n", dataset->passthrough[column].name);
    }
}

static void print_folds(const perebor_study *study) {
    static const char *const methods[] = {"k-fold", "stratified k-fold", "group k-fold",
                                          "stratified group k-fold"};
    const perebor_folds_settings *folds = &study->experiment->folds;
    printf("split       %zu row%s to train on, %zu to test on (%s, seed %" PRIu32 ")\n",
           study->split.n_train, plural(study->split.n_train), study->split.n_test,
           study->experiment->split.stratify ? "stratified" : "not stratified",
           study->experiment->split.seed);
    printf("folds       %s, %zu splits x %zu repeat%s%s\n", methods[folds->method], folds->n_splits,
           folds->n_repeats, plural(folds->n_repeats), folds->shuffle ? ", shuffled" : "");
}

/** The metrics, where the experiment does not leave them at the default. */
static void print_metrics(const perebor_study *study) {
    const perebor_metric_list *metrics = &study->experiment->metrics;
    if (metrics->n == 1 && metrics->items[0] == perebor_metric_find("roc_auc")) {
        return;
    }
    printf("metrics     %s selects", metrics->items[0]->name);
    for (size_t i = 1; i < metrics->n; i++) {
        printf("%s%s", i == 1 ? "; " : ", ", metrics->items[i]->name);
    }
    putchar('\n');
}

static void print_value(perebor_value value) {
    char text[256];
    (void)perebor_value_format(value, text, sizeof text);
    fputs(text, stdout);
}

static void print_space(const perebor_study *study) {
    const perebor_space *space = study->experiment->space;
    bool gridded = study->experiment->sampler == PEREBOR_SAMPLER_GRIDDED;
    size_t n_parameters = perebor_space_n_parameters(space);
    printf("space       %zu parameter%s%s\n", n_parameters, plural(n_parameters),
           gridded ? "; # is drawn once for every block of trials" : "");
    int width = 22;
    for (size_t i = 0; i < n_parameters; i++) {
        size_t length = strlen(perebor_space_parameter(space, i)->name);
        width = length > (size_t)width && length < 60 ? (int)length : width;
    }
    for (size_t i = 0; i < n_parameters; i++) {
        const perebor_parameter *parameter = perebor_space_parameter(space, i);
        bool coarse = gridded && perebor_pipeline_decides_sharing(study->pipeline, i);
        printf("  %-*s%c", width, parameter->name, coarse ? '#' : ' ');
        if (parameter->n_values > 0) {
            for (size_t k = 0; k < parameter->n_values && k < most_values; k++) {
                fputs(k > 0 ? ", " : "", stdout);
                print_value(parameter->values[k]);
            }
            if (parameter->n_values > most_values) {
                printf(" and %zu more", parameter->n_values - most_values);
            }
        } else if (parameter->sigma > 0.0) {
            printf("%s(mu %g, sigma %g)", perebor_distribution_name(parameter->distribution),
                   parameter->mu, parameter->sigma);
        } else {
            printf("%s(%g … %g)", perebor_distribution_name(parameter->distribution),
                   parameter->min, parameter->max);
        }
        for (size_t k = 0; k < parameter->n_conditions; k++) {
            const perebor_condition *condition = &parameter->conditions[k];
            printf("  when %s = ", condition->parameter);
            for (size_t v = 0; v < condition->n_values; v++) {
                fputs(v > 0 ? " or " : "", stdout);
                print_value(condition->values[v]);
            }
        }
        putchar('\n');
    }
}

static perebor_status print_samples(const perebor_study *study, uint64_t first, uint64_t end,
                                    perebor_error *error) {
    const perebor_space *space = study->experiment->space;
    perebor_value *values = calloc(perebor_space_n_parameters(space) + 1, sizeof *values);
    if (values == NULL) {
        return perebor_no_memory(error, "for a point");
    }
    for (uint64_t trial = first; trial < end && trial < first + n_samples; trial++) {
        printf("  trial %-4" PRIu64, trial);
        perebor_space_point(space, trial, values);
        for (size_t i = 0; i < perebor_space_n_parameters(space); i++) {
            if (values[i].kind != PEREBOR_VALUE_NONE) {
                printf("  %s=", perebor_space_parameter(space, i)->name);
                print_value(values[i]);
            }
        }
        putchar('\n');
    }
    free(values);
    return PEREBOR_OK;
}

/** A line for each learner that has trials. */
static void print_learners(const perebor_plan *plan, const perebor_pace *pace) {
    size_t n_learners = 0;
    const perebor_learner_savings *learners = perebor_plan_learners(plan, &n_learners);
    for (size_t i = 0; i < n_learners; i++) {
        const perebor_learner_savings *own = &learners[i];
        char shared[32];
        char unshared[32];
        double factor = pace->of[own->learner->work];
        perebor_progress_duration(factor * own->seconds, shared, sizeof shared);
        perebor_progress_duration(factor * own->seconds_unshared, unshared, sizeof unshared);
        if (own->n_trials > 0) {
            printf("  %-9s %zu trial%s in %zu run%s, %s instead of %s (%.1f times)\n",
                   own->learner->name, own->n_trials, plural(own->n_trials), own->n_families,
                   plural(own->n_families), shared, unshared,
                   own->seconds > 0.0 ? own->seconds_unshared / own->seconds : 1.0);
        }
    }
}

static perebor_status print_plan(const perebor_study *study, const perebor_search_options *options,
                                 uint64_t first, uint64_t end, int n_ranks, size_t *n_warnings,
                                 perebor_error *error) {
    perebor_status status;
    perebor_plan *plan = NULL;
    bool shares = perebor_study_shares(study->experiment, options->share);
    perebor_fold_shape shape = perebor_study_shape(study);
    PEREBOR_TRY(done, perebor_plan_create(&plan, study->pipeline, study->experiment->space, first,
                                          (size_t)(end - first), NULL, shares, study->folds.n_folds,
                                          &shape, error));
    const perebor_pace pace = perebor_pace_here();
    perebor_plan_savings savings = perebor_pace_apply(&pace, plan);
    char shared[32];
    char unshared[32];
    char words[160];
    perebor_progress_duration(savings.seconds, shared, sizeof shared);
    perebor_progress_duration(savings.seconds_unshared, unshared, sizeof unshared);
    printf("plan        %zu trial%s x %zu folds; %zu distinct candidate%s in %zu bundle%s\n",
           savings.n_trials, plural(savings.n_trials), study->folds.n_folds, savings.n_members,
           plural(savings.n_members), savings.n_bundles, plural(savings.n_bundles));
    printf("  shared    %zu fit%s from %zu learner run%s on %zu prepared fold%s of each kind\n",
           savings.n_members, plural(savings.n_members), savings.n_families,
           plural(savings.n_families), savings.n_preparations, plural(savings.n_preparations));
    if (shares) {
        print_learners(plan, &pace);
    }
    printf("  predicted about %s of one core", shared);
    if (shares) {
        printf(", %s if nothing were shared (%.1f times)", unshared,
               savings.seconds > 0.0 ? savings.seconds_unshared / savings.seconds : 1.0);
    }
    printf(n_ranks > 1 ? "; %d ranks\n" : "\n", n_ranks);
    perebor_pace_write(&pace, words, sizeof words);
    printf("  pace      %s\n", words);
    *n_warnings += setting_warnings_print(plan, &shape, first);
done:
    perebor_plan_free(plan);
    return status;
}

/** The trials that are to be run. */
static perebor_status choose_trials(const perebor_study *study,
                                    const perebor_search_options *options, uint64_t *first,
                                    uint64_t *end, perebor_error *error) {
    uint64_t available = perebor_space_n_trials(study->experiment->space);
    *first = options->trials_given ? options->first_trial : 0;
    *end = perebor_study_n_trials(study);
    if (options->trials_given) {
        *end = options->end_trial < available ? options->end_trial : available;
    }
    return *end > *first ? PEREBOR_OK
                         : perebor_fail(error, PEREBOR_ERR_ARGUMENT, "there is no trial to run");
}

static perebor_status print_study(const perebor_study *study, const perebor_search_options *options,
                                  uint64_t first, uint64_t end, int n_ranks, size_t *n_warnings,
                                  perebor_error *error) {
    perebor_status status;
    printf("experiment  %s (%s)\n", study->experiment->name, study->experiment->file);
    print_tables(study);
    print_columns(study);
    print_folds(study);
    print_metrics(study);
    print_space(study);
    PEREBOR_TRY(done, print_samples(study, first, end, error));
    PEREBOR_TRY(done, print_plan(study, options, first, end, n_ranks, n_warnings, error));
done:
    return status;
}

/** Where the search would write, and what it would find there; or that it may not. */
static perebor_status print_output(const perebor_search_options *options,
                                   const perebor_study *study, uint64_t first, uint64_t end,
                                   const perebor_search_previous *previous, perebor_error *error) {
    perebor_status status;
    char *output = NULL;
    size_t n_finished = 0;
    PEREBOR_TRY(done,
                perebor_search_output_check(options, study->experiment, previous, &output, error));
    if (previous->resume) {
        PEREBOR_TRY(done, perebor_search_previous_check(previous, output, study, first, end,
                                                        &n_finished, error));
    }
    printf("output      %s", output);
    if (n_finished > 0) {
        printf(", to be continued: %zu of %" PRIu64 " trials are finished\n", n_finished,
               end - first);
    } else {
        puts(!previous->found.exists ? ""
             : previous->resume      ? ", to be continued"
                                     : ", to be replaced");
    }
done:
    free(output);
    return status;
}

int preview_print(const perebor_search_options *options, int n_ranks,
                  const perebor_search_previous *previous) {
    perebor_status status;
    perebor_error error = {0};
    perebor_experiment *experiment = NULL;
    perebor_study *study = NULL;
    uint64_t first = 0;
    uint64_t end = 0;
    PEREBOR_TRY(done, perebor_experiment_read(&experiment, options->experiment, options->overrides,
                                              options->n_overrides, &error));
    PEREBOR_TRY(done, perebor_study_load(&study, experiment,
                                         perebor_study_shares(experiment, options->share), &error));
    size_t n_warnings = data_warnings_print(study) + space_warnings_print(study);
    PEREBOR_TRY(done, choose_trials(study, options, &first, &end, &error));
    PEREBOR_TRY(done, print_study(study, options, first, end, n_ranks, &n_warnings, &error));
    if (previous != NULL) {
        PEREBOR_TRY(done, print_output(options, study, first, end, previous, &error));
    }
    if (n_warnings == 0) {
        puts("result      everything is right");
    } else {
        printf("result      nothing stands in the way; %zu warning%s above\n", n_warnings,
               plural(n_warnings));
    }
done:
    perebor_study_free(study);
    return status == PEREBOR_OK ? EXIT_OK : command_fail(&error);
}
