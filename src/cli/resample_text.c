// SPDX-License-Identifier: MIT
#include "cli/resample_text.h"

#include <math.h>
#include <stdbool.h>

/** The standard error that is small enough, as a share of the interval. */
static const double small_share = 1.0 / 20.0;

/** What is said to be enough where a single resample was taken: the standard error of the mean of r
 * resamples, each measured on a third of the rows, is about 0.36 / sqrt(r) of the interval, which
 * is that of all rows, and more where a fold has few rows. */
enum { usually_enough = 100, round_numbers = 10, last_digit = 10000 };

/** Resamples that bring the standard error s, of n of them, down to s': n (s / s')^2, rounded up.
 */
static double enough(const resample_text *text) {
    double ratio = text->standard_error / (small_share * (text->high - text->low));
    return round_numbers * ceil((double)text->n * ratio * ratio / round_numbers);
}

void resample_text_write(const resample_text *text, FILE *stream) {
    bool is_few = text->standard_error > small_share * (text->high - text->low);
    bool above = text->corrected - text->naive > 0.5 / last_digit;
    if (text->n < 2) {
        fprintf(
            stream,
            "  one resample does not tell what others would say: --resamples %d is enough, as a "
            "rule\n",
            usually_enough);
    } else if (is_few) {
        fprintf(
            stream,
            "  the standard error of corrected by %zu resamples is %.4f: --resamples %.0f brings "
            "it below a twentieth of the interval\n",
            text->n, text->standard_error, enough(text));
    } else if (above) {
        fprintf(stream,
                "  corrected above naive: what choosing adds is less than chance adds by %zu "
                "resamples, whose standard error is %.4f\n",
                text->n, text->standard_error);
    }
}
