// SPDX-License-Identifier: MIT
#include "cli/segment_text.h"

#include <math.h>
#include <string.h>

#include "cli/wrapped_text.h"
#include "segment/told.h"
#include "statistics/wilson.h"

enum { name_width = 34 };

/** A share to three digits, or a dash. */
static void print_share(FILE *stream, const char *before, double share, const char *after) {
    if (isnan(share)) {
        fprintf(stream, "%s%5s%s", before, "-", after);
    } else {
        fprintf(stream, "%s%.3f%s", before, share, after);
    }
}

static void print_segment(FILE *stream, const segment *segment, language language) {
    const segment_profile *profile = &segment->profile;
    wrapped_text_print_name(
        stream, segment->kind == SEGMENT_ALL ? IN_LANGUAGE(language, "all", "все") : segment->name,
        0, name_width);
    fprintf(stream, " %7zu", profile->n);
    if (profile->n == 0) {
        fputs(IN_LANGUAGE(language, "  nobody\n", "  никого\n"), stream);
        return;
    }
    if (isnan(profile->observed)) {
        fputs(IN_LANGUAGE(language, "  not known       ", "  неизвестно      "), stream);
    } else {
        fprintf(stream, "  %.3f (%.3f-%.3f)", profile->observed, profile->observed_low,
                profile->observed_high);
    }
    print_share(stream, "  ", profile->predicted, "");
    fprintf(stream, " %9.0f\n", profile->value_at_risk);
}

static const struct {
    const char *english, *russian;
} kind_titles[SEGMENT_N_KINDS] = {
    [SEGMENT_CELL] = {"Risk by worth", "Риск и ценность"},
    [SEGMENT_RULE] = {"Rules of the experiment", "Правила эксперимента"},
    [SEGMENT_PORTRAIT] = {"Portrait", "Портрет"},
    [SEGMENT_DRIVER] = {"Drivers: what adds most to the scores of rows more likely than the mean",
                        "Причины: что прибавляет больше всего там, где вероятность выше средней"},
    [SEGMENT_CLUSTER] = {"Clusters", "Кластеры"},
    [SEGMENT_DISCOVERED] = {"Rules that were found", "Найденные правила"},
};

/** Where an axis is cut. */
static void print_axis(FILE *stream, const segment_axis *axis, const segment_axis_cuts *cuts,
                       language language) {
    char text[600];
    size_t length = (size_t)snprintf(text, sizeof text, "%.200s: ", axis->name);
    if (axis->n_columns == 1) {
        length += (size_t)snprintf(text + length, sizeof text - length, "%.200s", axis->columns[0]);
    } else {
        length += (size_t)snprintf(text + length, sizeof text - length,
                                   IN_LANGUAGE(language, "mean of %zu standardised columns",
                                               "среднее %zu стандартизованных столбцов"),
                                   axis->n_columns);
    }
    if (axis->at_valley && isnan(cuts->from[0])) {
        (void)snprintf(
            text + length, sizeof text - length, "%s",
            IN_LANGUAGE(language,
                        "; its density has no valley to cut at, so that no row is in a band",
                        "; у плотности нет впадины, и ни одна строка не в полосе"));
    } else if (axis->at_valley) {
        (void)snprintf(
            text + length, sizeof text - length,
            IN_LANGUAGE(language,
                        "; cut at %.3g, where its density is lowest (%.0f %% of the lower of the "
                        "modes at %.3g and %.3g)",
                        "; граница %.3g, где плотность ниже всего (%.0f %% меньшей из вершин в "
                        "%.3g и %.3g)"),
            cuts->from[0], 100.0 * cuts->valley.depth, cuts->valley.lower, cuts->valley.upper);
    } else {
        length += (size_t)snprintf(text + length, sizeof text - length, "%s",
                                   IN_LANGUAGE(language, "; cut at", "; границы"));
        for (size_t i = 0; i + 1 < axis->bands.n && length < sizeof text; i++) {
            length += (size_t)snprintf(text + length, sizeof text - length, " %.3g", cuts->from[i]);
        }
    }
    wrapped_text_print(stream, text, 2);
}

/** What a low silhouette means: no structure, or clusters that touch and yet come again. */
static const char *judge_clusters(const segment_clustering *clustering, language language) {
    bool is_low = !(clustering->choice.silhouette >= clustering_weak_silhouette);
    bool comes_again = clustering->stability.n_resamples > 0 &&
                       clustering->stability.adjusted_rand >= clustering_firm_rand;
    return !is_low ? ""
           : comes_again
               ? IN_LANGUAGE(language, ". That is low: they touch, though they come again",
                             ". Это мало: они соприкасаются, хотя и повторяются")
               : IN_LANGUAGE(language,
                             ". Weak structure: rows lie between these clusters as much as in "
                             "them; take them for a description, not for kinds of rows",
                             ". Структура слабая: между кластерами строк не меньше, чем в них; "
                             "это описание, а не виды клиентов");
}

/** What is to be thought of the clusters. */
static void print_clusters(FILE *stream, const segmentation *made, language language) {
    char text[1600];
    const segment_clustering *clustering = &made->clustering;
    const cluster_choice *choice = &clustering->choice;
    const segment_clusters *settings = made->settings->clusters;
    const char *verdict = judge_clusters(clustering, language);
    size_t length = (size_t)snprintf(
        text, sizeof text,
        IN_LANGUAGE(language, "%zu by %s of %zu columns in %zu rows; mean silhouette %.2f",
                    "%zu (%s) по %zu столбцам в %zu строках; средний силуэт %.2f"),
        choice->k,
        choice->method == CLUSTER_KMEANS
            ? "k-means"
            : IN_LANGUAGE(language, "a Gaussian mixture", "смесь нормальных"),
        clustering->n_columns, clustering->n_clustered, choice->silhouette);
    if (settings->k_least < settings->k_most) {
        length += (size_t)snprintf(text + length, sizeof text - length,
                                   IN_LANGUAGE(language, ", of %zu to %zu clusters the %s",
                                               ", от %zu до %zu кластеров %s"),
                                   settings->k_least, settings->k_most,
                                   choice->method == CLUSTER_KMEANS
                                       ? IN_LANGUAGE(language, "greatest", "наибольший")
                                       : IN_LANGUAGE(language, "least BIC", "наименьший BIC"));
    }
    if (clustering->n_fitted < clustering->n_clustered) {
        length += (size_t)snprintf(text + length, sizeof text - length,
                                   IN_LANGUAGE(language, " (chosen among %zu rows drawn)",
                                               " (выбрано по %zu случайным строкам)"),
                                   clustering->n_fitted);
    }
    (void)snprintf(text + length, sizeof text - length, "%s", verdict);
    wrapped_text_print(stream, text, 2);
    if (clustering->stability.n_resamples == 0) {
        return;
    }
    length = (size_t)snprintf(text, sizeof text,
                              IN_LANGUAGE(language, "In %zu resamples they came again (Jaccard)",
                                          "В %zu повторных выборках повторялись (Жаккар)"),
                              clustering->stability.n_resamples);
    size_t n_weak = 0;
    for (size_t c = 0; c < choice->k && length < sizeof text; c++) {
        length += (size_t)snprintf(text + length, sizeof text - length, " %.2f",
                                   clustering->stability.jaccard[c]);
        n_weak += !(clustering->stability.jaccard[c] >= clustering_weak_jaccard);
    }
    if (length < sizeof text) {
        length += (size_t)snprintf(
            text + length, sizeof text - length,
            IN_LANGUAGE(language, "; adjusted Rand index %.2f", "; поправленный индекс Рэнда %.2f"),
            clustering->stability.adjusted_rand);
    }
    if (n_weak > 0 && length < sizeof text) {
        (void)snprintf(text + length, sizeof text - length,
                       IN_LANGUAGE(language,
                                   ". Below .60 a cluster is not one to build upon: %zu of these",
                                   ". Ниже .60 на кластер опираться нельзя: таких %zu"),
                       n_weak);
    }
    wrapped_text_print(stream, text, 2);
}

/** How rules were found. */
static void print_search(FILE *stream, const segmentation *made, language language) {
    char text[900];
    const subgroups *found = &made->discoveries.found;
    if (!made->discoveries.has_labels && found->n_rows == 0) {
        wrapped_text_print(stream,
                           IN_LANGUAGE(language, "The target is not known: no rules can be found.",
                                       "Цель неизвестна: правил не найти."),
                           2);
        return;
    }
    (void)snprintf(
        text, sizeof text,
        IN_LANGUAGE(language,
                    "Of all %.3g that there can be %zu hold at a false discovery rate of "
                    "%g; without those that say what better ones say: %zu. Sought in %zu "
                    "rows of training, where %.3f are positive",
                    "Из всех возможных %.3g верны %zu при доле ложных находок %g; без "
                    "повторяющих лучшие: %zu. Искали в %zu строках обучения, где "
                    "положительных %.3f"),
        found->n_descriptions, found->n_believed, made->settings->discovery->terms.level, found->n,
        found->n_rows, (double)found->n_positive / (double)found->n_rows);
    wrapped_text_print(stream, text, 2);
}

static void print_remarks(FILE *stream, const segmentation *made, segment_kind kind,
                          language language) {
    for (size_t i = 0; kind == SEGMENT_PORTRAIT && i < made->settings->n_axes; i++) {
        print_axis(stream, &made->settings->axes[i], &made->portrait.axes[i], language);
    }
    if (kind == SEGMENT_DRIVER && made->rows->is_test != NULL) {
        wrapped_text_print(
            stream,
            IN_LANGUAGE(language,
                        "The model that is explained has seen the rows of training: "
                        "what came true is to be looked up in the test part",
                        "Модель, чьи причины это, строки обучения видела: что сбылось, "
                        "смотрите в проверочной части"),
            2);
    }
    if (kind == SEGMENT_CLUSTER) {
        print_clusters(stream, made, language);
    }
    if (kind == SEGMENT_DISCOVERED) {
        print_search(stream, made, language);
    }
}

/** What there is to say of a segment of its kind, below its line. */
static void print_remark(FILE *stream, const segmentation *made, const segment *segment,
                         language language) {
    char text[300];
    const segment_profile *profile = &segment->profile;
    bool is_seen = segment->kind == SEGMENT_DRIVER || segment->kind == SEGMENT_DISCOVERED;
    if ((segment->kind == SEGMENT_CLUSTER || segment->kind == SEGMENT_DISCOVERED) &&
        segment->note[0] != '\0') {
        wrapped_text_print(stream, segment->note, 4);
    }
    if (is_seen && made->segments[0].profile.n_test > 0 && profile->n > 0) {
        double low, high;
        perebor_wilson_bounds((double)profile->n_test_positive, (double)profile->n_test, 0.95, &low,
                              &high);
        (void)snprintf(text, sizeof text,
                       IN_LANGUAGE(language, "in the test part %zu of %zu: %.3f (%.3f-%.3f)",
                                   "в проверочной части %zu из %zu: %.3f (%.3f-%.3f)"),
                       profile->n_test_positive, profile->n_test,
                       (double)profile->n_test_positive / (double)profile->n_test, low, high);
        wrapped_text_print(stream,
                           profile->n_test == 0 ? IN_LANGUAGE(language, "nobody in the test part",
                                                              "в проверочной части никого")
                                                : text,
                           4);
    }
}

/** Whether there is something to say of a kind, were there no segment of it. */
static bool is_asked(const segment_settings *settings, segment_kind kind) {
    return (kind == SEGMENT_DISCOVERED && settings->discovery != NULL) ||
           (kind == SEGMENT_CLUSTER && settings->clusters != NULL) ||
           (kind == SEGMENT_PORTRAIT && settings->n_axes > 0);
}

static void print_kind(FILE *stream, const segmentation *made, segment_kind kind,
                       language language) {
    size_t n = 0;
    for (size_t i = 0; i < made->n_segments; i++) {
        n += made->segments[i].kind == kind;
    }
    if (n == 0 && !is_asked(made->settings, kind)) {
        return;
    }
    if (kind_titles[kind].english != NULL) {
        fprintf(stream, "\n%s\n",
                IN_LANGUAGE(language, kind_titles[kind].english, kind_titles[kind].russian));
        print_remarks(stream, made, kind, language);
    }
    for (size_t i = 0; i < made->n_segments; i++) {
        if (made->segments[i].kind == kind) {
            print_segment(stream, &made->segments[i], language);
            print_remark(stream, made, &made->segments[i], language);
        }
    }
}

void segment_text_print(FILE *stream, const segmentation *made, language language) {
    static const segment_kind order[] = {SEGMENT_ALL,       SEGMENT_CELL,   SEGMENT_RULE,
                                         SEGMENT_PORTRAIT,  SEGMENT_DRIVER, SEGMENT_CLUSTER,
                                         SEGMENT_DISCOVERED};
    char text[600];
    const perebor_dataset *dataset = made->rows->dataset;
    (void)snprintf(text, sizeof text,
                   IN_LANGUAGE(language,
                               "observed: share whose %.150s is %.150s, with its 95 %% interval; "
                               "said: what the model says; at risk: probability x value x %g x %g",
                               "на деле: доля, у кого %.150s — %.150s, с интервалом 95 %%; модель: "
                               "что она говорит; под риском: вероятность x ценность x %g x %g"),
                   dataset->target_name, dataset->positive_name, made->settings->horizon,
                   made->settings->share_lost);
    wrapped_text_print(stream, text, 0);
    fprintf(stream, "%-*s %s\n", name_width, "",
            IN_LANGUAGE(language, "   rows  observed (95 %)      said    at risk",
                        "  строк  на деле (95 %)     модель под риском"));
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        print_kind(stream, made, order[i], language);
    }
}
