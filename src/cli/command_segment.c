// SPDX-License-Identifier: MIT
#include <argp.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "base/text.h"
#include "base/try.h"
#include "cli/argument.h"
#include "cli/command.h"
#include "cli/segment_files.h"
#include "cli/stage_file.h"
#include "perebor/experiment.h"
#include "run/segment_stage.h"

enum { KEY_EXPERIMENT = 256, KEY_OVERWRITE, KEY_FOLDER, KEY_MARK, KEY_FOCUS };

static const struct argp_option options[] = {
    {"experiment", KEY_EXPERIMENT, "FILE.yaml", 0,
     "Take the section segments of this file (default: of the experiment as it was run)", 0},
    {"focus", KEY_FOCUS, "SEGMENT", 0, "Say in what a segment differs from all other rows", 0},
    {"output", 'o', "FOLDER", 0, "Write customers.csv and segments.csv there too", 0},
    {"overwrite", KEY_OVERWRITE, NULL, 0, "Replace earlier ones", 0},
    {"bom", KEY_MARK, NULL, 0, "Begin them with a byte order mark, which Excel needs for UTF-8", 0},
    ARGUMENT_FOLDER(KEY_FOLDER),
    {0},
};

/** What the command line says. */
typedef struct segment_arguments {
    const char *file, *experiment, *focus, *folder;
    segment_files files; /**< No folder: none are written. */
} segment_arguments;

static error_t parse_option(int key, char *value, struct argp_state *state) {
    segment_arguments *arguments = state->input;
    switch (key) {
    case KEY_EXPERIMENT:
        arguments->experiment = value;
        return 0;
    case KEY_FOCUS:
        arguments->focus = value;
        return 0;
    case 'o':
        arguments->files.folder = value;
        return 0;
    case KEY_OVERWRITE:
        arguments->files.overwrite = true;
        return 0;
    case KEY_MARK:
        arguments->files.mark = true;
        return 0;
    case KEY_FOLDER:
        arguments->folder = value;
        return 0;
    default:
        return argument_file(key, value, state, ARGUMENT_RESULT, &arguments->file);
    }
}

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .args_doc = "FILE.h5",
    .doc = "Put the rows of a search into segments, by the probabilities of the model that refit "
           "keeps: risk by worth, and the conditions of the section segments of the experiment. "
           "Rows of training are scored by models that had not seen them. What each segment is "
           "like is printed and kept in the file, under /segments.",
};

enum { name_width = 30 };

/** A name in so many columns of the terminal, cut if it is longer. */
static void print_name(const char *name) {
    size_t length = strlen(name), end = 0;
    while (end < length && perebor_text_width(name, end + 1) < name_width) {
        end += 1;
    }
    while (end < length && ((unsigned char)name[end] & 0xc0) == 0x80) {
        end++; // not in the middle of a character
    }
    bool whole = perebor_text_width(name, length) <= name_width;
    int shown = (int)(whole ? length : end);
    size_t width = perebor_text_width(name, (size_t)shown) + (whole ? 0 : 1);
    printf("%.*s%s%*s", shown, name, whole ? "" : "…",
           (int)(width < name_width ? name_width - width : 0), "");
}

static void print_segments(const segmentation *made, const perebor_dataset *dataset) {
    printf("observed: %s is %s; said: what the model says\n", dataset->target_name,
           dataset->positive_name);
    print_name("segment");
    puts("     rows  observed (95 %)          said  at risk");
    for (size_t i = 0; i < made->n_segments; i++) {
        const segment_profile *profile = &made->segments[i].profile;
        print_name(made->segments[i].name);
        printf(" %8zu", profile->n);
        if (profile->n == 0) {
            puts("  nobody");
            continue;
        }
        printf("  %.3f (%.3f to %.3f)  %.3f  %g\n", profile->observed, profile->observed_low,
               profile->observed_high, profile->predicted, round(profile->value_at_risk));
    }
}

/** Contrasts by how large they are. */
typedef struct placed_contrast {
    double size;
    size_t trait;
} placed_contrast;

static int by_size(const void *left, const void *right) {
    const placed_contrast *a = left, *b = right;
    return a->size != b->size ? (a->size > b->size ? -1 : 1)
                              : (a->trait > b->trait) - (a->trait < b->trait);
}

/** A trait's name, with its level if it has one. */
static void print_trait(const segment_trait *trait) {
    char name[400];
    (void)snprintf(name, sizeof name, "%.190s%s%.190s", trait->column->name,
                   trait->level == NULL ? "" : " = ", trait->level == NULL ? "" : trait->level);
    fputs("  ", stdout);
    print_name(name);
}

enum { max_contrasts = 20 };

static perebor_status print_focus(const segmentation *made, const segment *focus,
                                  perebor_error *error) {
    placed_contrast *placed = calloc(made->n_traits + 1, sizeof *placed);
    size_t n = 0;
    if (placed == NULL) {
        return perebor_no_memory(error, "for segments");
    }
    for (size_t j = 0; j < made->n_traits; j++) {
        const segment_contrast *contrast = &focus->profile.contrasts[j];
        if (contrast->p_adjusted <= 0.05) {
            placed[n++] = (placed_contrast){fabs(contrast->effect), j};
        }
    }
    qsort(placed, n, sizeof *placed, by_size);
    printf("\n%s: %zu rows, %.1f %% of all%s%s\n", focus->name, focus->profile.n,
           100.0 * (double)focus->profile.n / (double)made->n_rows,
           focus->note[0] == '\0' ? "" : "; ", focus->note);
    printf("%zu of %zu figures differ from the rest (adjusted p at most .05)%s\n", n,
           made->n_traits, n == 0 ? "" : ", the largest effects first:");
    for (size_t i = 0; i < n && i < max_contrasts; i++) {
        const segment_contrast *contrast = &focus->profile.contrasts[placed[i].trait];
        print_trait(&made->traits[placed[i].trait]);
        printf(" %10.4g, rest %.4g (d %+.2f, p %.2g)\n", contrast->mean_in, contrast->mean_out,
               contrast->effect, contrast->p_adjusted);
    }
    free(placed);
    return PEREBOR_OK;
}

static perebor_status find_focus(const segmentation *made, const char *name, const segment **focus,
                                 perebor_error *error) {
    *focus = segmentation_find(made, name);
    if (*focus != NULL) {
        return PEREBOR_OK;
    }
    const char **names = calloc(made->n_segments + 1, sizeof *names);
    for (size_t i = 0; names != NULL && i < made->n_segments; i++) {
        names[i] = made->segments[i].name;
    }
    const char *meant = names == NULL ? NULL : perebor_suggest(name, names, made->n_segments);
    perebor_status status = perebor_fail(
        error, PEREBOR_ERR_ARGUMENT, "--focus=%s: there is no such segment%s%s%s", name,
        meant == NULL ? "; without --focus they are listed" : "; did you mean \"",
        meant == NULL ? "" : meant, meant == NULL ? "" : "\"?");
    free((void *)names);
    return status;
}

/** The section of the experiment that is named, or of the one that was run. */
static perebor_status find_settings(const segment_arguments *arguments, const stage_file *file,
                                    perebor_experiment **named, const perebor_experiment **has,
                                    perebor_error *error) {
    *has = file->study->experiment;
    if (arguments->experiment != NULL) {
        perebor_status status =
            perebor_experiment_read(named, arguments->experiment, NULL, 0, error);
        if (status != PEREBOR_OK) {
            return status;
        }
        *has = *named;
    }
    return (*has)->segments != NULL
               ? PEREBOR_OK
               : perebor_fail(
                     error, PEREBOR_ERR_CONFLICT,
                     "%s%s has no section segments; describe them in an experiment file and "
                     "name it with --experiment",
                     *named == NULL ? "the experiment of " : "",
                     *named == NULL ? arguments->file : arguments->experiment);
}

static void say(const segment_settings *settings, const segmentation *made) {
    char line[200];
    if (settings->value == NULL) {
        command_warn("segments.value names no column: every row counts as worth 1");
    }
    if (made->worth.n_without_value > 0) {
        (void)snprintf(line, sizeof line,
                       "%zu rows have no \"%.100s\": nothing of them is at risk, and they are in "
                       "no band of worth",
                       made->worth.n_without_value, settings->value);
        command_warn(line);
    }
}

static perebor_status divide(const segment_arguments *arguments, perebor_error *error) {
    perebor_status status;
    stage_file file = {0};
    segment_stage stage = {0};
    perebor_experiment *named = NULL;
    const perebor_experiment *has = NULL;
    const segment *focus = NULL;
    const perebor_input inputs[] = {{arguments->file, "the result file"},
                                    {arguments->experiment, "the experiment"}};
    size_t n_inputs = arguments->experiment == NULL ? 1 : 2;
    if (arguments->files.folder != NULL) {
        PEREBOR_TRY(done, segment_files_check(&arguments->files, inputs, n_inputs, error));
    }
    PEREBOR_TRY(done, stage_file_open(&file, arguments->file, arguments->folder, error));
    PEREBOR_TRY(done, find_settings(arguments, &file, &named, &has, error));
    PEREBOR_TRY(done, segment_stage_make(&stage, file.study, file.result, has->segments, has->file,
                                         arguments->file, error));
    if (arguments->focus != NULL) {
        PEREBOR_TRY(done, find_focus(&stage.segmentation, arguments->focus, &focus, error));
    }
    say(has->segments, &stage.segmentation);
    PEREBOR_TRY(done, stage_file_save(&file, error));
    if (arguments->files.folder != NULL) {
        PEREBOR_TRY(done, segment_files_write(&arguments->files, &stage, has->segments, inputs,
                                              n_inputs, error));
    }
    print_segments(&stage.segmentation, file.study->dataset);
    if (focus != NULL) {
        status = print_focus(&stage.segmentation, focus, error);
    }
done:
    segment_stage_release(&stage);
    perebor_experiment_free(named);
    stage_file_close(&file);
    return status;
}

static int run(int argc, char **argv) {
    segment_arguments arguments = {0};
    perebor_error error = {0};
    command_parse(&parser, argc, argv, &arguments);
    return divide(&arguments, &error) == PEREBOR_OK ? EXIT_OK : command_fail(&error);
}

const command command_segment = {"segment", "put the rows of a search into segments", run,
                                 .on_ranks = false};
