// SPDX-License-Identifier: MIT
#include "cli/segment_text.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "segment/told.h"
#include "statistics/wilson.h"

enum { line_width = 79, name_width = 34 };

/** Text from a column of the terminal on, broken at spaces. */
static void print_wrapped(FILE *stream, const char *text, size_t column, size_t indent) {
    while (*text != '\0') {
        size_t length = strcspn(text, " ");
        size_t width = perebor_text_width(text, length);
        if (column > indent && column + 1 + width > line_width) {
            fprintf(stream, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            fputc(' ', stream);
            column++;
        }
        fprintf(stream, "%.*s", (int)length, text);
        column += width;
        text += length;
        text += *text == ' ';
    }
}

static void print_paragraph(FILE *stream, const char *text, size_t indent) {
    fprintf(stream, "%*s", (int)indent, "");
    print_wrapped(stream, text, indent, indent);
    fputc('\n', stream);
}

/** A name in so many columns; one that is wider has lines of its own above. */
static void print_name(FILE *stream, const char *name, size_t indent, size_t width) {
    size_t taken = perebor_text_width(name, strlen(name));
    fprintf(stream, "%*s", (int)indent, "");
    if (indent + taken > width) {
        print_wrapped(stream, name, indent, indent + 2);
        fprintf(stream, "\n%*s", (int)width, "");
    } else {
        fprintf(stream, "%s%*s", name, (int)(width - indent - taken), "");
    }
}

/** A share to three digits, or a dash. */
static void print_share(FILE *stream, const char *before, double share, const char *after) {
    if (isnan(share)) {
        fprintf(stream, "%s%5s%s", before, "-", after);
    } else {
        fprintf(stream, "%s%.3f%s", before, share, after);
    }
}

static void print_segment(FILE *stream, const segment *segment) {
    const segment_profile *profile = &segment->profile;
    print_name(stream, segment->name, 0, name_width);
    fprintf(stream, " %7zu", profile->n);
    if (profile->n == 0) {
        fputs("  nobody\n", stream);
        return;
    }
    if (isnan(profile->observed)) {
        fprintf(stream, "  %-16s", "not known");
    } else {
        fprintf(stream, "  %.3f (%.3f-%.3f)", profile->observed, profile->observed_low,
                profile->observed_high);
    }
    print_share(stream, "  ", profile->predicted, "");
    fprintf(stream, " %9.0f\n", profile->value_at_risk);
}

static const char *const kind_titles[SEGMENT_N_KINDS] = {
    [SEGMENT_CELL] = "Risk by worth",
    [SEGMENT_RULE] = "Rules of the experiment",
    [SEGMENT_PORTRAIT] = "Portrait",
    [SEGMENT_DRIVER] = "Drivers: what adds most to the scores of rows more likely than the mean",
    [SEGMENT_CLUSTER] = "Clusters",
    [SEGMENT_DISCOVERED] = "Rules that were found",
};

/** Where an axis is cut. */
static void print_axis(FILE *stream, const segment_axis *axis, const segment_axis_cuts *cuts) {
    char text[600];
    size_t length = (size_t)snprintf(text, sizeof text, "%.200s: ", axis->name);
    if (axis->n_columns == 1) {
        length += (size_t)snprintf(text + length, sizeof text - length, "%.200s", axis->columns[0]);
    } else {
        length += (size_t)snprintf(text + length, sizeof text - length,
                                   "mean of %zu standardised columns", axis->n_columns);
    }
    if (axis->at_valley && isnan(cuts->from[0])) {
        (void)snprintf(text + length, sizeof text - length,
                       "; its density has no valley to cut at, so that no row is in a band");
    } else if (axis->at_valley) {
        (void)snprintf(text + length, sizeof text - length,
                       "; cut at %.3g, where its density is lowest (%.0f %% of the lower of the "
                       "modes at %.3g and %.3g)",
                       cuts->from[0], 100.0 * cuts->valley.depth, cuts->valley.lower,
                       cuts->valley.upper);
    } else {
        length += (size_t)snprintf(text + length, sizeof text - length, "; cut at");
        for (size_t i = 0; i + 1 < axis->bands.n && length < sizeof text; i++) {
            length += (size_t)snprintf(text + length, sizeof text - length, " %.3g", cuts->from[i]);
        }
    }
    print_paragraph(stream, text, 2);
}

/** What a low silhouette means: no structure, or clusters that touch and yet come again. */
static const char *judge_clusters(const segment_clustering *clustering) {
    bool is_low = !(clustering->choice.silhouette >= clustering_weak_silhouette);
    bool comes_again = clustering->stability.n_resamples > 0 &&
                       clustering->stability.adjusted_rand >= clustering_firm_rand;
    return !is_low       ? ""
           : comes_again ? ". That is low: they touch, though they come again"
                         : ". Weak structure: rows lie between these clusters as much as in "
                           "them; take them for a description, not for kinds of rows";
}

/** What is to be thought of the clusters. */
static void print_clusters(FILE *stream, const segmentation *made) {
    char text[800];
    const segment_clustering *clustering = &made->clustering;
    const cluster_choice *choice = &clustering->choice;
    const segment_clusters *settings = made->settings->clusters;
    const char *verdict = judge_clusters(clustering);
    size_t length = (size_t)snprintf(
        text, sizeof text, "%zu by %s of %zu columns in %zu rows; mean silhouette %.2f", choice->k,
        choice->method == CLUSTER_KMEANS ? "k-means" : "a Gaussian mixture", clustering->n_columns,
        clustering->n_clustered, choice->silhouette);
    if (settings->k_least < settings->k_most) {
        length +=
            (size_t)snprintf(text + length, sizeof text - length, ", of %zu to %zu clusters the %s",
                             settings->k_least, settings->k_most,
                             choice->method == CLUSTER_KMEANS ? "greatest" : "least BIC");
    }
    if (clustering->n_fitted < clustering->n_clustered) {
        length += (size_t)snprintf(text + length, sizeof text - length,
                                   " (chosen among %zu rows drawn)", clustering->n_fitted);
    }
    (void)snprintf(text + length, sizeof text - length, "%s", verdict);
    print_paragraph(stream, text, 2);
    if (clustering->stability.n_resamples == 0) {
        return;
    }
    length = (size_t)snprintf(text, sizeof text, "In %zu resamples they came again (Jaccard)",
                              clustering->stability.n_resamples);
    size_t n_weak = 0;
    for (size_t c = 0; c < choice->k && length < sizeof text; c++) {
        length += (size_t)snprintf(text + length, sizeof text - length, " %.2f",
                                   clustering->stability.jaccard[c]);
        n_weak += !(clustering->stability.jaccard[c] >= clustering_weak_jaccard);
    }
    if (length < sizeof text) {
        length +=
            (size_t)snprintf(text + length, sizeof text - length, "; adjusted Rand index %.2f",
                             clustering->stability.adjusted_rand);
    }
    if (n_weak > 0 && length < sizeof text) {
        (void)snprintf(text + length, sizeof text - length,
                       ". Below .60 a cluster is not one to build upon: %zu of these", n_weak);
    }
    print_paragraph(stream, text, 2);
}

/** How rules were found. */
static void print_search(FILE *stream, const segmentation *made) {
    char text[500];
    const subgroups *found = &made->discoveries.found;
    if (!made->discoveries.has_labels && found->n_rows == 0) {
        print_paragraph(stream, "The target is not known: no rules can be found.", 2);
        return;
    }
    (void)snprintf(text, sizeof text,
                   "Of all %.3g that there can be %zu hold at a false discovery rate of %g; "
                   "without those that say what better ones say: %zu. Sought in %zu rows of "
                   "training, where %.3f are positive",
                   found->n_descriptions, found->n_believed, made->settings->discovery->terms.level,
                   found->n, found->n_rows, (double)found->n_positive / (double)found->n_rows);
    print_paragraph(stream, text, 2);
}

static void print_remarks(FILE *stream, const segmentation *made, segment_kind kind) {
    for (size_t i = 0; kind == SEGMENT_PORTRAIT && i < made->settings->n_axes; i++) {
        print_axis(stream, &made->settings->axes[i], &made->portrait.axes[i]);
    }
    if (kind == SEGMENT_DRIVER && made->rows->is_test != NULL) {
        print_paragraph(stream,
                        "The model that is explained has seen the rows of training: what came "
                        "true is to be looked up in the test part",
                        2);
    }
    if (kind == SEGMENT_CLUSTER) {
        print_clusters(stream, made);
    }
    if (kind == SEGMENT_DISCOVERED) {
        print_search(stream, made);
    }
}

/** What there is to say of a segment of its kind, below its line. */
static void print_remark(FILE *stream, const segmentation *made, const segment *segment) {
    char text[300];
    const segment_profile *profile = &segment->profile;
    bool is_seen = segment->kind == SEGMENT_DRIVER || segment->kind == SEGMENT_DISCOVERED;
    if ((segment->kind == SEGMENT_CLUSTER || segment->kind == SEGMENT_DISCOVERED) &&
        segment->note[0] != '\0') {
        print_paragraph(stream, segment->note, 4);
    }
    if (is_seen && made->segments[0].profile.n_test > 0 && profile->n > 0) {
        double low, high;
        perebor_wilson_bounds((double)profile->n_test_positive, (double)profile->n_test, 0.95, &low,
                              &high);
        (void)snprintf(text, sizeof text, "in the test part %zu of %zu: %.3f (%.3f-%.3f)",
                       profile->n_test_positive, profile->n_test,
                       (double)profile->n_test_positive / (double)profile->n_test, low, high);
        print_paragraph(stream, profile->n_test == 0 ? "nobody in the test part" : text, 4);
    }
}

/** Whether there is something to say of a kind, were there no segment of it. */
static bool is_asked(const segment_settings *settings, segment_kind kind) {
    return (kind == SEGMENT_DISCOVERED && settings->discovery != NULL) ||
           (kind == SEGMENT_CLUSTER && settings->clusters != NULL) ||
           (kind == SEGMENT_PORTRAIT && settings->n_axes > 0);
}

static void print_kind(FILE *stream, const segmentation *made, segment_kind kind) {
    size_t n = 0;
    for (size_t i = 0; i < made->n_segments; i++) {
        n += made->segments[i].kind == kind;
    }
    if (n == 0 && !is_asked(made->settings, kind)) {
        return;
    }
    if (kind_titles[kind] != NULL) {
        fprintf(stream, "\n%s\n", kind_titles[kind]);
        print_remarks(stream, made, kind);
    }
    for (size_t i = 0; i < made->n_segments; i++) {
        if (made->segments[i].kind == kind) {
            print_segment(stream, &made->segments[i]);
            print_remark(stream, made, &made->segments[i]);
        }
    }
}

void segment_text_print(FILE *stream, const segmentation *made) {
    static const segment_kind order[] = {SEGMENT_ALL,       SEGMENT_CELL,   SEGMENT_RULE,
                                         SEGMENT_PORTRAIT,  SEGMENT_DRIVER, SEGMENT_CLUSTER,
                                         SEGMENT_DISCOVERED};
    char text[600];
    const perebor_dataset *dataset = made->rows->dataset;
    (void)snprintf(text, sizeof text,
                   "observed: share whose %.150s is %.150s, with its 95 %% interval; said: what "
                   "the model says; at risk: probability x value x %g x %g",
                   dataset->target_name, dataset->positive_name, made->settings->horizon,
                   made->settings->share_lost);
    print_paragraph(stream, text, 0);
    fprintf(stream, "%-*s    rows  observed (95 %%)      said    at risk\n", name_width, "");
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        print_kind(stream, made, order[i]);
    }
}

enum { n_traits_told = 20, n_drivers_told = 8, n_overlaps_told = 8 };

static void print_contrasts(FILE *stream, const segmentation *made, const segment *focus) {
    size_t traits[n_traits_told];
    size_t n = segment_traits_rank(made, focus, traits, n_traits_told);
    fprintf(stream, "\nIn what they differ from the rest%s\n",
            n == 0 ? ": in nothing (no adjusted p is .05 or less)" : "");
    if (n > 0) {
        fprintf(stream, "%-*s  inside    rest      d        p\n", name_width + 6, "");
    }
    for (size_t i = 0; i < n; i++) {
        const segment_trait *trait = &made->traits[traits[i]];
        const segment_contrast *contrast = &focus->profile.contrasts[traits[i]];
        char name[400];
        (void)snprintf(name, sizeof name, "%.190s%s%.190s", trait->column->name,
                       trait->level == NULL ? "" : " = ", trait->level == NULL ? "" : trait->level);
        print_name(stream, name, 2, name_width + 6);
        fprintf(stream, " %7.4g %7.4g  %+5.2f ", contrast->mean_in, contrast->mean_out,
                contrast->effect);
        if (contrast->p_adjusted > 0.0) {
            fprintf(stream, " %7.2g\n", contrast->p_adjusted);
        } else {
            fputs(" <1e-300\n", stream);
        }
    }
}

static void print_drivers(FILE *stream, const segmentation *made, const segment *focus) {
    size_t columns[n_drivers_told];
    size_t n = segment_drivers_rank(made, focus, columns, n_drivers_told);
    if (n == 0) {
        fputs(made->rows->is_test == NULL
                  ? "\nWhat drives the scores of rows of other tables is found with --explain\n"
                  : "\nWhat drives their scores is known once 'perebor explain' has explained the "
                    "rows\n",
              stream);
        return;
    }
    fputs("\nWhat drives their scores: what a column adds, on average, and its standard error\n",
          stream);
    for (size_t i = 0; i < n; i++) {
        print_name(stream, made->rows->reasons->columns[columns[i]], 2, name_width + 6);
        fprintf(stream, " %+8.3g ±%.2g\n", focus->profile.driver_mean[columns[i]],
                focus->profile.driver_error[columns[i]]);
    }
}

/** Of every nominal column the levels: their shares here and among the rest. */
static void print_mix(FILE *stream, const segmentation *made, const segment *focus) {
    bool begun = false;
    for (size_t j = 0; j < made->n_traits; j++) {
        const segment_trait *trait = &made->traits[j];
        const segment_contrast *contrast = &focus->profile.contrasts[j];
        if (trait->column->role != PEREBOR_ROLE_NOMINAL || !(contrast->mean_in > 0.0)) {
            continue;
        }
        if (!begun || trait->column != made->traits[j - 1].column) {
            fprintf(stream, "%s%s\n", begun ? "" : "\nThe mix of levels: share, and of the rest\n",
                    trait->column->name);
        }
        begun = true;
        print_name(stream, trait->level, 2, name_width + 6);
        fprintf(stream, " %7.3f %7.3f\n", contrast->mean_in, contrast->mean_out);
    }
}

/** Other segments that have many of the rows. */
static void print_overlaps(FILE *stream, const segmentation *made, const segment *focus) {
    const uint8_t *own = made->members + (size_t)(focus - made->segments) * made->n_rows;
    size_t n_told = 0;
    for (size_t i = 1; i < made->n_segments && n_told < n_overlaps_told; i++) {
        const segment *other = &made->segments[i];
        const uint8_t *members = made->members + i * made->n_rows;
        size_t n = 0;
        for (size_t row = 0; row < made->n_rows; row++) {
            n += own[row] != 0 && members[row] != 0;
        }
        // Half of the rows, and more than by chance.
        if (other == focus || 2 * n < focus->profile.n || n == 0 ||
            n * made->n_rows <= focus->profile.n * other->profile.n) {
            continue;
        }
        fputs(n_told++ == 0 ? "\nMost of them are also in\n" : "", stream);
        print_name(stream, other->name, 2, name_width + 6);
        fprintf(stream, " %5.0f %%\n", 100.0 * (double)n / (double)focus->profile.n);
    }
}

static void print_figures(FILE *stream, const segmentation *made, const segment *focus) {
    const segment_profile *profile = &focus->profile, *all = &made->segments[0].profile;
    fprintf(stream, "  %zu rows, %.1f %% of all\n", profile->n,
            100.0 * (double)profile->n / (double)made->n_rows);
    if (profile->n == 0) {
        return;
    }
    if (!isnan(profile->observed)) {
        fprintf(stream, "  observed %.3f (%.3f-%.3f), of all %.3f\n", profile->observed,
                profile->observed_low, profile->observed_high, all->observed);
    }
    fprintf(stream, "  said %.3f, of all %.3f\n", profile->predicted, all->predicted);
    fprintf(stream, "  value %.4g a row, of all %.4g\n", profile->mean_value, all->mean_value);
    fprintf(stream, "  at risk %.0f, %.1f %% of all\n", profile->value_at_risk,
            100.0 * profile->value_at_risk / all->value_at_risk);
    if (!isnan(profile->consent)) {
        fprintf(stream, "  may be written to %.3f, of all %.3f\n", profile->consent, all->consent);
    }
}

void segment_text_print_focus(FILE *stream, const segmentation *made, const segment *focus) {
    print_paragraph(stream, focus->name, 0);
    if (focus->note[0] != '\0') {
        print_paragraph(stream, focus->note, 2);
    }
    if (focus->where[0] != '\0') {
        print_paragraph(stream, focus->where, 2);
    }
    print_figures(stream, made, focus);
    if (focus->profile.n == 0) {
        return;
    }
    print_drivers(stream, made, focus);
    print_contrasts(stream, made, focus);
    print_mix(stream, made, focus);
    print_overlaps(stream, made, focus);
    fputs("\nA difference is no cause; a driver is what the model goes by.\n", stream);
}
