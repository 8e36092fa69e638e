// SPDX-License-Identifier: MIT
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "profile/profile_document.h"

enum {
    corrections_shown = 3,
    columns_shown = 100,
    features_shown = 100,
    findings_shown = 200,
    name_width = 36,
    figures_width = 73, /**< What a line of the table has after the name. */
    step_width = 4096,
};

/** A step as it is to be pasted; one that lists very many values is cut short. */
static void print_indented(FILE *stream, const char *text) {
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        if (length > step_width) {
            fprintf(stream, "        %.*s ... (%zu bytes; whole in the file that -o writes)\n",
                    (int)perebor_text_valid_length(text, step_width), text, length);
        } else {
            fprintf(stream, "        %.*s\n", (int)length, text);
        }
        text += length + (text[length] == '\n');
    }
}

static const char drop_step[] = "drop: [";

/** Whether a step is one of those that are proposed together: a mapping has one "drop". */
static bool is_drop(const char *step) {
    return strncmp(step, drop_step, sizeof drop_step - 1) == 0;
}

static void print_step(FILE *stream, const char *section, const char *step) {
    if (step[0] != '\0' && !is_drop(step)) {
        fprintf(stream, "      in %s:\n", section);
        print_indented(stream, step);
    }
}

/** What is between the brackets of "drop: [x]". */
static const char *dropped_name(const char *step, size_t *length) {
    const char *name = step + sizeof drop_step - 1;
    *length = strlen(name) - 1;
    return name;
}

/** The next character of a YAML scalar, out of its quotes; '\0' behind the last. */
static char next_character(const char **at, const char *end, char quote) {
    if (*at < end && ((quote == '"' && **at == '\\') || (quote == '\'' && **at == quote))) {
        ++*at;
    }
    return *at < end ? *(*at)++ : '\0';
}

/** The mark that a scalar is between, which it is taken out of; '\0' if it is plain. */
static char take_quotes(const char **name, const char **end) {
    bool quoted = *end - *name >= 2 && (**name == '"' || **name == '\'');
    char quote = quoted ? **name : '\0';
    *name += quoted;
    *end -= quoted;
    return quote;
}

/** Whether two steps drop one column, however each quotes it. */
static bool drop_the_same(const char *one, const char *other) {
    size_t lengths[2];
    const char *names[2] = {dropped_name(one, &lengths[0]), dropped_name(other, &lengths[1])};
    const char *ends[2] = {names[0] + lengths[0], names[1] + lengths[1]};
    char quotes[2] = {take_quotes(&names[0], &ends[0]), take_quotes(&names[1], &ends[1])};
    char left;
    do {
        left = next_character(&names[0], ends[0], quotes[0]);
        if (left != next_character(&names[1], ends[1], quotes[1])) {
            return false;
        }
    } while (left != '\0');
    return true;
}

/** Whether one of the steps before a place drops the same column. */
static bool is_dropped_before(const char *const *steps, size_t n, const char *step) {
    for (size_t i = 0; i < n; i++) {
        if (drop_the_same(steps[i], step)) {
            return true;
        }
    }
    return false;
}

/** All columns that findings and leaks would drop, as one step. */
static void print_drops(const perebor_profile_document *document, FILE *stream) {
    size_t n_leaks = document->leaks != NULL ? document->leaks->n : 0;
    size_t most = document->quality->n_findings + n_leaks;
    const char **steps = calloc(most + 1, sizeof *steps);
    size_t n = 0;
    for (size_t i = 0; steps != NULL && i < most; i++) {
        const char *step = i < document->quality->n_findings
                               ? document->quality->findings[i].step
                               : document->leaks->items[i - document->quality->n_findings].step;
        if (is_drop(step) && n < findings_shown && !is_dropped_before(steps, n, step)) {
            steps[n++] = step;
        }
    }
    if (n > 0) {
        fprintf(stream, "\nTo drop these columns, with those already named there\n"
                        "      in data.features:\n        drop: [");
    }
    for (size_t i = 0; i < n; i++) {
        size_t length;
        const char *name = dropped_name(steps[i], &length);
        fprintf(stream, "%s%.*s", i > 0 ? ", " : "", (int)length, name);
    }
    if (n > 0) {
        fputs("]\n", stream);
    }
    free(steps);
}

/** How steps that are items of a list are pasted into a list in brackets. */
static void print_styles(const perebor_quality *quality, FILE *stream) {
    for (size_t i = 0; i < quality->n_findings; i++) {
        if (strncmp(quality->findings[i].step, "- ", 2) == 0) {
            fputs("\nSteps that begin with \"- \" are lines of a list; between [ and ] leave that "
                  "out, and part them by commas.\n",
                  stream);
            return;
        }
    }
}

static void print_findings(const perebor_quality *quality, perebor_cleaning_stage stage,
                           const char *title, FILE *stream) {
    size_t n = 0;
    for (size_t i = 0; i < quality->n_findings; i++) {
        const perebor_finding *finding = &quality->findings[i];
        if (finding->stage != stage) {
            continue;
        }
        if (n++ == 0) {
            fprintf(stream, "\n%s\n", title);
        }
        if (n > findings_shown) {
            continue;
        }
        fprintf(stream, "  %-18s %s%s%s: %s\n", finding->kind, finding->table,
                finding->table[0] != '\0' && finding->column[0] != '\0' ? "." : "", finding->column,
                finding->detail);
        print_step(stream, finding->section, finding->step);
    }
    if (n == 0) {
        fprintf(stream, "\n%s: nothing\n", title);
    } else if (n > findings_shown) {
        fprintf(stream, "  ... and %zu more; the file that -o writes has them all\n",
                n - findings_shown);
    }
}

static void print_columns(const perebor_quality *quality, perebor_cleaning_stage stage,
                          FILE *stream) {
    size_t n = 0;
    for (size_t i = 0; i < quality->n_columns; i++) {
        const perebor_column_summary *column = &quality->columns[i];
        if (column->stage != stage || n++ >= columns_shown) {
            continue;
        }
        fprintf(stream, "  %s%s%s  %s, %" PRIu64 " distinct", column->table,
                column->table[0] != '\0' ? "." : "", column->name, column->type,
                column->n_distinct);
        if (column->n_missing > 0) {
            fprintf(stream, ", %" PRIu64 " gaps", column->n_missing);
        }
        if (!isnan(column->median)) {
            fprintf(stream, ", %g ... %g ... %g", column->minimum, column->median, column->maximum);
        } else if (column->n_top > 1) {
            fprintf(stream, ", most often \"%s\" (%" PRIu64 ")", column->top, column->n_top);
        }
        if (column->n_beyond_iqr > 0) {
            fprintf(stream, ", %" PRIu64 " beyond 1.5 IQR", column->n_beyond_iqr);
        }
        fputc('\n', stream);
    }
    if (n > columns_shown) {
        fprintf(stream, "  ... and %zu more\n", n - columns_shown);
    }
}

/** Dropped rows follow each other, each with its own identifier. */
static size_t count_dropped(const perebor_quality *quality, size_t first) {
    const perebor_correction *one = &quality->corrections[first];
    size_t end = first + 1;
    while (end < quality->n_corrections && one->n_lines == 1 &&
           quality->corrections[end].n_lines == 1 &&
           strcmp(one->step, quality->corrections[end].step) == 0 &&
           strcmp(one->file, quality->corrections[end].file) == 0 &&
           strcmp(one->after, quality->corrections[end].after) == 0) {
        end++;
    }
    return end - first;
}

static void print_places(const perebor_correction *correction, FILE *stream) {
    for (size_t i = 0; i < correction->n_lines && i < corrections_shown; i++) {
        fprintf(stream, "%s%" PRIu32, i > 0 ? ", " : ":", correction->lines[i]);
    }
    if (correction->n_lines > corrections_shown) {
        fprintf(stream, ", ... (%zu in all)", correction->n_lines);
    }
}

/** The first few places of each, and how many there are; the files that -o writes have all. */
static void print_corrections(const perebor_quality *quality, FILE *stream) {
    fprintf(stream, "\nCorrections by the experiment's steps: %" PRIu64 "\n", quality->n_corrected);
    for (size_t first = 0, n; first < quality->n_corrections; first += n) {
        n = count_dropped(quality, first);
        for (size_t i = first; i < first + n && i < first + corrections_shown; i++) {
            const perebor_correction *correction = &quality->corrections[i];
            fprintf(stream, "  %-9s %s", correction->step,
                    correction->file[0] != '\0' ? correction->file : correction->table);
            print_places(correction, stream);
            fprintf(stream, " %s: \"%s\" -> \"%s\"\n", correction->column, correction->before,
                    correction->after);
        }
        if (n > corrections_shown) {
            fprintf(stream, "            ... %zu in all\n", n);
        }
    }
}

static void print_leaks(const perebor_leaks *leaks, FILE *stream) {
    fprintf(stream, leaks->n > 0 ? "\nLeaks\n" : "\nLeaks: none found\n");
    for (size_t i = 0; i < leaks->n; i++) {
        const perebor_leak *leak = &leaks->items[i];
        fprintf(stream, "  %-18s %s\n", perebor_leak_kind_names[leak->kind], leak->detail);
        print_step(stream, leak->section, leak->step);
    }
}

static size_t count_characters(const char *text) {
    size_t n = 0;
    for (; *text != '\0'; text++) {
        n += ((unsigned char)*text & 0xC0u) != 0x80u;
    }
    return n;
}

static void print_figure(FILE *stream, const char *format, int width, double value) {
    if (isnan(value)) {
        fprintf(stream, " %*s", width, "-");
    } else {
        fprintf(stream, format, width, value);
    }
}

static void print_feature(const perebor_profile_column *column, bool narrow, FILE *stream) {
    size_t length = count_characters(column->name);
    int padding = length < name_width ? (int)(name_width - length) : 0;
    fprintf(stream, "  %s%*s%s", column->name, narrow ? 0 : padding, "", narrow ? "\n  " : "");
    print_figure(stream, " %*.4f", 7, column->phik);
    print_figure(stream, " %*.1f", 6, column->phik_z);
    fprintf(stream, "  %-10s", column->strength);
    print_figure(stream, " %*.3f", 6, column->auc);
    print_figure(stream, " %*.1e", 8, column->p_adjusted);
    print_figure(stream, " %*.3f", 7, column->pearson);
    print_figure(stream, " %*.3f", 7, column->spearman);
    print_figure(stream, " %*.3f", 6, column->mutual_information);
    print_figure(stream, " %*.2f", 6, column->vif);
    fputc('\n', stream);
}

/** Strongest first; a tie keeps the order of the dataset. */
static int compare_strength(const void *left, const void *right) {
    const perebor_profile_column *a = *(const perebor_profile_column *const *)left;
    const perebor_profile_column *b = *(const perebor_profile_column *const *)right;
    double one = isnan(a->phik) ? 0.0 : a->phik;
    double other = isnan(b->phik) ? 0.0 : b->phik;
    if (one != other) {
        return one > other ? -1 : 1;
    }
    return (a > b) - (a < b);
}

static void print_features(const perebor_profile *profile, size_t width, FILE *stream) {
    const perebor_dataset *dataset = profile->dataset;
    size_t n = profile->n_columns;
    fprintf(stream, "\nTarget %s: %zu of %zu rows are \"%s\" (%.1f %%)\n", dataset->target_name,
            profile->n_positive, dataset->n_rows, dataset->positive_name,
            100.0 * (double)profile->n_positive / (double)dataset->n_rows);
    bool narrow = width > 0 && width < 2 + name_width + figures_width;
    fprintf(stream, "  %-*s %7s %6s  %-10s %6s %8s %7s %7s %6s %6s\n", narrow ? 0 : name_width,
            narrow ? "" : "feature", "phi_k", "Z", "strength", "auc", "p (BH)", "Pearson",
            "Spearm.", "MI", "VIF");
    const perebor_profile_column **columns = calloc(n + 1, sizeof(const perebor_profile_column *));
    for (size_t i = 0; columns != NULL && i < n; i++) {
        columns[i] = &profile->columns[i];
    }
    if (columns != NULL) {
        qsort(columns, n, sizeof(const perebor_profile_column *), compare_strength);
    }
    for (size_t i = 0; i < n && i < features_shown; i++) {
        print_feature(columns != NULL ? columns[i] : &profile->columns[i], narrow, stream);
    }
    free(columns);
    if (n > features_shown) {
        fprintf(stream, "  ... and %zu more; the file that -o writes has them all\n",
                n - features_shown);
    }
}

void perebor_profile_document_print(const perebor_profile_document *document, size_t width,
                                    FILE *stream) {
    const perebor_quality *quality = document->quality;
    fprintf(stream, "%s (%s)\n", document->name, document->file);
    fprintf(stream, "\nTables as read\n");
    print_columns(quality, PEREBOR_STAGE_READ, stream);
    print_findings(quality, PEREBOR_STAGE_READ, "Findings in the tables as read", stream);
    print_findings(quality, PEREBOR_STAGE_CLEAN, "Findings left after the cleaning steps", stream);
    print_findings(quality, PEREBOR_STAGE_JOINED, "Findings in the joined table", stream);
    print_findings(quality, PEREBOR_STAGE_FINAL, "Findings left after the filters", stream);
    print_corrections(quality, stream);
    if (quality->problem[0] != '\0') {
        fprintf(stream, "\nThe tables do not make a dataset\n  %s\n", quality->problem);
    }
    if (document->leaks != NULL) {
        print_leaks(document->leaks, stream);
    }
    print_drops(document, stream);
    print_styles(quality, stream);
    if (document->profile != NULL) {
        print_features(document->profile, width, stream);
    }
}
