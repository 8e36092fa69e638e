// SPDX-License-Identifier: MIT
// How long the search would take on other numbers of ranks, as `perebor simulate --keep` found it.
#include <math.h>

#include "store/stage.h"
#include "story/stored.h"
#include "story/telling.h"

/** What /simulation has of every number of ranks. */
typedef struct replayed {
    size_t n;
    const int64_t *ranks;
    const double *seconds, *speed_up, *busy, *leader;
    double n_threads, total, outside, saturating, results, trials;
} replayed;

static bool read_replayed(replayed *found, story *story, const h5_node *group) {
    size_t n = stored_length(group, "ranks");
    *found = (replayed){.n = n,
                        .ranks = stored_integers(story, group, "ranks", n),
                        .seconds = stored_reals(group, "seconds", n),
                        .speed_up = stored_reals(group, "speed_up", n),
                        .busy = stored_reals(group, "busy", n),
                        .leader = stored_reals(group, "rank_0_busy", n),
                        .n_threads = stored_number(group, "n_threads"),
                        .total = stored_number(group, "unit_seconds"),
                        .outside = stored_number(group, "outside_seconds"),
                        .saturating = stored_number(group, "saturating_ranks"),
                        .results = stored_number(group, "results_a_second"),
                        .trials = stored_number(group, "n_trials")};
    return n > 0 && found->ranks != NULL && found->seconds != NULL && found->speed_up != NULL &&
           found->busy != NULL && found->leader != NULL;
}

/** The least number of ranks that takes at most a tenth longer than the quickest. */
static size_t find_enough(const replayed *of) {
    double least = INFINITY;
    size_t enough = of->n;
    for (size_t i = 0; i < of->n; i++) {
        least = fmin(least, of->seconds[i]);
    }
    for (size_t i = 0; i < of->n; i++) {
        bool near = of->seconds[i] <= 1.1 * least;
        enough = near && (enough == of->n || of->ranks[i] < of->ranks[enough]) ? i : enough;
    }
    return enough;
}

static void show_times(story *story, story_chapter *chapter, const replayed *of) {
    story_figure *figure = story_add_figure(story, chapter, "search-simulation", "line", of->n);
    double *ranks =
        story_add_numbers(story, figure, "ranks", "x", WORDS("ranks", "рангов"), STORY_WHOLE, 0);
    double *threads =
        story_add_numbers(story, figure, "threads", "", WORDS("threads", "нитей"), STORY_WHOLE, 0);
    double *seconds = story_add_numbers(story, figure, "seconds", "y", WORDS("seconds", "секунд"),
                                        STORY_REAL, -1);
    double *ideal = story_add_numbers(story, figure, "ideal", "y",
                                      WORDS("the work alone, split evenly", "одна работа, поровну"),
                                      STORY_REAL, -1);
    double *speed_up = story_add_numbers(story, figure, "speed_up", "",
                                         WORDS("speed-up", "ускорение"), STORY_REAL, 1);
    if (story->failed) {
        return;
    }
    for (size_t i = 0; i < of->n; i++) {
        ranks[i] = (double)of->ranks[i];
        threads[i] = ranks[i] * of->n_threads;
        seconds[i] = of->seconds[i];
        ideal[i] = of->total / threads[i];
        speed_up[i] = of->speed_up[i];
    }
    size_t enough = find_enough(of);
    story_set_text(story, figure, "x_scale", "log");
    story_set_text(story, figure, "y_scale", "log");
    story_set_text(story, figure, "width", "half");
    figure->title = PHRASE(
        story,
        "{trials} {trials:trial|trials} would take {seconds} s on {ranks} {ranks:rank|ranks}; more "
        "gain little",
        "{trials} {trials:испытание|испытания|испытаний} на {ranks} {ranks:ранге|рангах|рангах} — "
        "{seconds} с; больше рангов почти не ускорят",
        GAP_REAL("trials", of->trials, 0), GAP_REAL("ranks", ranks[enough], 0),
        GAP_REAL("seconds", seconds[enough], seconds[enough] < 10.0 ? 1 : 0));
    figure->note =
        PHRASE(story,
               "Measured seconds of the search's units of work, replayed through the program's own "
               "coordinator; {outside} s of each run are its start and end",
               "Измеренное время частей работы поиска, проигранное через тот же координатор; "
               "{outside} с каждого запуска — его начало и конец",
               GAP_REAL("outside", of->outside, 2));
}

static void show_saturation(story *story, story_chapter *chapter, const replayed *of) {
    story_figure *figure = story_add_figure(story, chapter, "search-saturation", "line", of->n);
    double *ranks =
        story_add_numbers(story, figure, "ranks", "x", WORDS("ranks", "рангов"), STORY_WHOLE, 0);
    double *busy = story_add_numbers(story, figure, "busy", "y",
                                     WORDS("threads compute", "нити считают"), STORY_REAL, 3);
    double *leader = story_add_numbers(
        story, figure, "rank_0_busy", "y",
        WORDS("rank 0 hands out and collects", "ранг 0 раздаёт и собирает"), STORY_REAL, 3);
    if (story->failed) {
        return;
    }
    for (size_t i = 0; i < of->n; i++) {
        ranks[i] = (double)of->ranks[i];
        busy[i] = of->busy[i];
        leader[i] = of->leader[i];
    }
    story_set_text(story, figure, "x_scale", "log");
    story_set_text(story, figure, "y_scale", "share");
    story_set_text(story, figure, "width", "half");
    figure->title = PHRASE(
        story, "Rank 0 is saturated from {n} {n:rank|ranks} on, however many trials there are",
        "Ранг 0 загружен полностью с {n} {n:ранга|рангов|рангов}, сколько бы ни было испытаний",
        GAP_REAL("n", ceil(of->saturating), 0));
    figure->note = PHRASE(
        story,
        "Shares of their time; rank 0 takes about {results} thousand results of this size a second",
        "Доли их времени; ранг 0 принимает около {results} тысяч результатов такого размера в "
        "секунду",
        GAP_REAL("results", 1e-3 * of->results, 0));
}

void tell_simulation(telling *telling, story_chapter *chapter) {
    story *story = telling->story;
    replayed found;
    const h5_node *group = stage_find(telling->result, "simulation");
    // The search is told without it: what is missing or stale is a command among the chapter's.
    if (group == NULL || !stage_is_current(telling->result, "simulation")) {
        story_add_command(story, chapter,
                          story_format(story, "perebor simulate %s --keep", telling->file),
                          WORDS("adds what it would take on other numbers of ranks",
                                "добавит, сколько поиск занял бы на другом числе рангов"));
        return;
    }
    if (read_replayed(&found, story, group)) {
        show_times(story, chapter, &found);
        show_saturation(story, chapter, &found);
    }
}
