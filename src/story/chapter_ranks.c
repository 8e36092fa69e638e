// SPDX-License-Identifier: MIT
// When which rank finished trials.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "story/telling.h"

/** Time slots of the picture; ranks that it tells apart. */
enum { n_slots = 60, most_ranks = 128 };

/** When the first trial began and the last was done with; and the highest rank. */
static bool find_span(const telling *telling, double *begin, double *end, int32_t *most) {
    const perebor_trials *trials = telling->trials;
    *begin = INFINITY;
    *end = -INFINITY;
    *most = -1;
    for (size_t row = 0; row < trials->n_trials; row++) {
        double start = trials->datetime_start[row];
        if (isfinite(start) && trials->mpi_rank[row] >= 0) {
            *begin = fmin(*begin, start);
            *end = fmax(*end,
                        start + trials->duration[row] / fmax(1.0, (double)trials->n_threads[row]));
            *most = trials->mpi_rank[row] > *most ? trials->mpi_rank[row] : *most;
        }
    }
    return *most >= 0 && *end > *begin;
}

void tell_ranks(telling *telling, story_chapter *chapter) {
    story *story = telling->story;
    const perebor_trials *trials = telling->trials;
    double begin, end;
    int32_t most;
    if (!find_span(telling, &begin, &end, &most) || most >= most_ranks) {
        return;
    }
    size_t n_ranks = (size_t)most + 1;
    story_figure *figure =
        story_add_figure(story, chapter, "search-ranks", "heatmap", n_ranks * n_slots);
    double *second = story_add_numbers(story, figure, "second", "x",
                                       WORDS("from second", "с секунды"), STORY_REAL, 1);
    double *rank =
        story_add_numbers(story, figure, "rank", "y", WORDS("rank", "ранг"), STORY_WHOLE, 0);
    double *begun = story_add_numbers(story, figure, "begun", "value",
                                      WORDS("trials begun", "начато испытаний"), STORY_WHOLE, 0);
    if (story->failed) {
        return;
    }
    double slot = (end - begin) / n_slots;
    for (size_t i = 0; i < n_ranks * n_slots; i++) {
        size_t of_rank = i / n_slots, of_time = i % n_slots;
        rank[i] = (double)of_rank;
        second[i] = (double)of_time * slot;
        begun[i] = 0.0;
    }
    for (size_t row = 0; row < trials->n_trials; row++) {
        double start = trials->datetime_start[row];
        if (isfinite(start) && trials->mpi_rank[row] >= 0) {
            double at = fmin(floor((start - begin) / slot), n_slots - 1);
            begun[(size_t)trials->mpi_rank[row] * n_slots + (size_t)at] += 1.0;
        }
    }
    figure->title =
        PHRASE(story, "{n} trials on {ranks} {ranks:rank|ranks} in {seconds} s",
               "{n} {n:испытание|испытания|испытаний} на {ranks} {ranks:ранге|рангах|рангах} за "
               "{seconds} с",
               GAP_WHOLE("n", telling->n_finished), GAP_WHOLE("ranks", n_ranks),
               GAP_REAL("seconds", end - begin, end - begin < 10 ? 1 : 0));
    figure->note = WORDS("Trials that each rank began, by time; what was resumed shows its pauses",
                         "Сколько испытаний начал каждый ранг, по времени; у продолженного поиска "
                         "видны перерывы");
}
