// SPDX-License-Identifier: MIT
// All of one segment.
#include <math.h>
#include <stdio.h>

#include "cli/segment_text.h"
#include "cli/wrapped_text.h"
#include "segment/told.h"

enum { name_width = 34 };

enum { n_traits_told = 20, n_drivers_told = 8, n_overlaps_told = 8 };

static void print_contrasts(FILE *stream, const segmentation *made, const segment *focus,
                            language language) {
    size_t traits[n_traits_told];
    size_t n = segment_traits_rank(made, focus, traits, n_traits_told);
    fprintf(stream,
            IN_LANGUAGE(language, "\nIn what they differ from the rest%s\n",
                        "\nЧем отличаются от остальных%s\n"),
            n > 0 ? ""
                  : IN_LANGUAGE(language, ": in nothing (no adjusted p is .05 or less)",
                                ": ничем (нет p с поправкой .05 и меньше)"));
    if (n > 0) {
        fprintf(stream, "%-*s %s\n", name_width + 6, "",
                IN_LANGUAGE(language, " inside    rest      d        p",
                            " внутри  прочие      d        p"));
    }
    for (size_t i = 0; i < n; i++) {
        const segment_trait *trait = &made->traits[traits[i]];
        const segment_contrast *contrast = &focus->profile.contrasts[traits[i]];
        char name[400];
        (void)snprintf(name, sizeof name, "%.190s%s%.190s", trait->column->name,
                       trait->level == NULL ? "" : " = ", trait->level == NULL ? "" : trait->level);
        wrapped_text_print_name(stream, name, 2, name_width + 6);
        fprintf(stream, " %7.4g %7.4g  %+5.2f ", contrast->mean_in, contrast->mean_out,
                contrast->effect);
        if (contrast->p_adjusted > 0.0) {
            fprintf(stream, " %7.2g\n", contrast->p_adjusted);
        } else {
            fputs(" <1e-300\n", stream);
        }
    }
}

static void print_drivers(FILE *stream, const segmentation *made, const segment *focus,
                          language language) {
    size_t columns[n_drivers_told];
    size_t n = segment_drivers_rank(made, focus, columns, n_drivers_told);
    if (n == 0) {
        fputs(
            made->rows->is_test == NULL
                ? IN_LANGUAGE(language,
                              "\nWhat drives the scores of rows of other tables is found with "
                              "--explain\n",
                              "\nПричины оценок строк других таблиц найдёт --explain\n")
                : IN_LANGUAGE(language,
                              "\nWhat drives their scores is known once 'perebor explain' has "
                              "explained the rows\n",
                              "\nПричины их оценок станут известны, когда строки объяснит «perebor "
                              "explain»\n"),
            stream);
        return;
    }
    fputs(
        IN_LANGUAGE(language,
                    "\nWhat drives their scores: what a column adds, on average, and its standard "
                    "error\n",
                    "\nПричины их оценок: сколько столбец прибавляет в среднем, и ошибка "
                    "среднего\n"),
        stream);
    for (size_t i = 0; i < n; i++) {
        wrapped_text_print_name(stream, made->rows->reasons->columns[columns[i]], 2,
                                name_width + 6);
        fprintf(stream, " %+8.3g ±%.2g\n", focus->profile.driver_mean[columns[i]],
                focus->profile.driver_error[columns[i]]);
    }
}

/** The levels of every nominal column: their shares here and among the rest. */
static void print_mix(FILE *stream, const segmentation *made, const segment *focus,
                      language language) {
    bool begun = false;
    for (size_t j = 0; j < made->n_traits; j++) {
        const segment_trait *trait = &made->traits[j];
        const segment_contrast *contrast = &focus->profile.contrasts[j];
        if (trait->column->role != PEREBOR_ROLE_NOMINAL || !(contrast->mean_in > 0.0)) {
            continue;
        }
        if (!begun || trait->column != made->traits[j - 1].column) {
            fprintf(stream, "%s%s\n",
                    begun ? ""
                          : IN_LANGUAGE(language, "\nThe mix of levels: share, and of the rest\n",
                                        "\nСостав по уровням: доля и доля у остальных\n"),
                    trait->column->name);
        }
        begun = true;
        wrapped_text_print_name(stream, trait->level, 2, name_width + 6);
        fprintf(stream, " %7.3f %7.3f\n", contrast->mean_in, contrast->mean_out);
    }
}

/** Other segments that have many of the rows. */
static void print_overlaps(FILE *stream, const segmentation *made, const segment *focus,
                           language language) {
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
        fputs(n_told++ > 0 ? ""
                           : IN_LANGUAGE(language, "\nMost of them are also in\n",
                                         "\nБольшинство их также в\n"),
              stream);
        wrapped_text_print_name(stream, other->name, 2, name_width + 6);
        fprintf(stream, " %5.0f %%\n", 100.0 * (double)n / (double)focus->profile.n);
    }
}

static void print_figures(FILE *stream, const segmentation *made, const segment *focus,
                          language language) {
    const segment_profile *profile = &focus->profile, *all = &made->segments[0].profile;
    fprintf(stream,
            IN_LANGUAGE(language, "  %zu rows, %.1f %% of all\n", "  строк %zu, %.1f %% всех\n"),
            profile->n, 100.0 * (double)profile->n / (double)made->n_rows);
    if (profile->n == 0) {
        return;
    }
    if (!isnan(profile->observed)) {
        fprintf(stream,
                IN_LANGUAGE(language, "  observed %.3f (%.3f-%.3f), of all %.3f\n",
                            "  на деле %.3f (%.3f-%.3f), у всех %.3f\n"),
                profile->observed, profile->observed_low, profile->observed_high, all->observed);
    }
    fprintf(stream,
            IN_LANGUAGE(language, "  said %.3f, of all %.3f\n", "  модель %.3f, у всех %.3f\n"),
            profile->predicted, all->predicted);
    fprintf(stream,
            IN_LANGUAGE(language, "  value %.4g a row, of all %.4g\n",
                        "  ценность строки %.4g, у всех %.4g\n"),
            profile->mean_value, all->mean_value);
    fprintf(stream,
            IN_LANGUAGE(language, "  at risk %.0f, %.1f %% of all\n",
                        "  под риском %.0f, %.1f %% всего\n"),
            profile->value_at_risk, 100.0 * profile->value_at_risk / all->value_at_risk);
    if (!isnan(profile->consent)) {
        fprintf(stream,
                IN_LANGUAGE(language, "  may be written to %.3f, of all %.3f\n",
                            "  можно писать %.3f, у всех %.3f\n"),
                profile->consent, all->consent);
    }
}

void segment_text_print_focus(FILE *stream, const segmentation *made, const segment *focus,
                              language language) {
    wrapped_text_print(stream, focus->name, 0);
    if (focus->note[0] != '\0') {
        wrapped_text_print(stream, focus->note, 2);
    }
    if (focus->where[0] != '\0') {
        wrapped_text_print(stream, focus->where, 2);
    }
    print_figures(stream, made, focus, language);
    if (focus->profile.n == 0) {
        return;
    }
    print_drivers(stream, made, focus, language);
    print_contrasts(stream, made, focus, language);
    print_mix(stream, made, focus, language);
    print_overlaps(stream, made, focus, language);
    fputs(IN_LANGUAGE(language,
                      "\nA difference is not a cause; a driver is what the model goes by.\n",
                      "\nОтличие — не причина; причина оценки — то, на что смотрит модель.\n"),
          stream);
}
