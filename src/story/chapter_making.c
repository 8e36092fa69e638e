// SPDX-License-Identifier: MIT
// How it was run, what reproduces it, and the digests that prove that it is the same.
#include <math.h>
#include <string.h>

#include "base/digest.h"
#include "store/stage.h"
#include "story/stored.h"
#include "story/telling.h"

enum { n_facts = 12 };

/** A table of names and values. */
typedef struct fact_list {
    story_text *names;
    const char **values;
    size_t n, most;
} fact_list;

static void add_fact(fact_list *facts, story_text name, const char *value) {
    if (facts->n < facts->most && value[0] != '\0') {
        facts->names[facts->n] = name;
        facts->values[facts->n++] = value;
    }
}

static void list_facts(telling *telling, story_chapter *chapter) {
    story *story = telling->story;
    const perebor_result *result = telling->result;
    size_t most = n_facts + result->n_build;
    story_figure *figure = story_add_figure(story, chapter, "making-facts", "", most);
    fact_list facts = {.most = most};
    facts.names = story_add_words(story, figure, "fact", "", WORDS("fact", "факт"));
    facts.values = story_add_terms(story, figure, "value", "", WORDS("value", "значение"));
    if (story->failed) {
        return;
    }
    double seconds = 0.0;
    for (size_t row = 0; row < telling->trials->n_trials; row++) {
        double own = telling->trials->duration[row];
        seconds += isfinite(own) ? own : 0.0;
    }
    add_fact(&facts, WORDS("status", "состояние"), perebor_result_status_names[result->status]);
    add_fact(&facts, WORDS("begun", "начато"), story_keep(story, result->created));
    add_fact(&facts, WORDS("CPU seconds of all trials", "секунд ЦП на все испытания"),
             story_format(story, "%.4g", seconds));
    add_fact(&facts, WORDS("seed", "начальное число"),
             story_format(story, "%llu", (unsigned long long)result->seed));
    add_fact(&facts, WORDS("folds", "блоки"),
             story_format(story, "%zu × %zu", result->n_splits, result->n_repeats));
    add_fact(&facts, WORDS("written by", "записано"),
             story_format(story, "perebor %s", result->creator_version));
    for (size_t i = 0; i < result->n_build; i++) {
        add_fact(&facts, NAME(story_keep(story, result->build[i].name)),
                 story_keep(story, result->build[i].text));
    }
    figure->n_rows = facts.n;
    figure->title = WORDS("How it was run", "Как это считалось");
}

static void list_hosts(telling *telling, story_chapter *chapter) {
    story *story = telling->story;
    const perebor_result *result = telling->result;
    story_figure *figure = story_add_figure(story, chapter, "making-hosts", "", result->n_hosts);
    const char **name = story_add_terms(story, figure, "host", "", WORDS("machine", "машина"));
    const char **cpu = story_add_terms(story, figure, "cpu", "", WORDS("processor", "процессор"));
    double *ranks =
        story_add_numbers(story, figure, "ranks", "", WORDS("ranks", "рангов"), STORY_WHOLE, 0);
    double *threads = story_add_numbers(story, figure, "threads", "",
                                        WORDS("threads each", "нитей в каждом"), STORY_WHOLE, 0);
    if (story->failed) {
        return;
    }
    for (size_t i = 0; i < result->n_hosts; i++) {
        name[i] = story_keep(story, result->hosts[i].name);
        cpu[i] = story_keep(story, result->hosts[i].cpu);
        ranks[i] = (double)result->hosts[i].n_ranks;
        threads[i] = (double)result->hosts[i].n_threads;
    }
    figure->title = WORDS("Machines", "Машины");
}

/** What a stage needs to be made again. */
static const char *command_of(telling *telling, const char *stage) {
    static const char *const commands[][2] = {
        {"predictions", "assess"}, {"nested", "nested"},
        {"model", "refit"},        {"explain", "explain"},
        {"segments", "segment"},   {"offers", "offers"},
        {"campaign", "campaign"},  {"profile", "profile"},
        {"test", "refit"},         {"simulation", "simulate --keep"},
        {"ensemble", "ensemble"},
    };
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(commands[i][0], stage) == 0) {
            return telling_command(telling, commands[i][1]);
        }
    }
    return "";
}

static void list_digests(telling *telling, story_chapter *chapter) {
    story *story = telling->story;
    const perebor_result *result = telling->result;
    char hex[PEREBOR_SHA256_HEX_SIZE];
    uint8_t digest[32];
    size_t n = 3;
    for (const char *const *stage = stage_names; *stage != NULL; stage++) {
        n += stage_find(result, *stage) != NULL;
    }
    story_figure *figure = story_add_figure(story, chapter, "making-digests", "", n);
    const char **what = story_add_terms(story, figure, "what", "", WORDS("what", "что"));
    const char **value = story_add_terms(story, figure, "digest", "", WORDS("digest", "отпечаток"));
    story_text *state = story_add_words(story, figure, "state", "", WORDS("state", "состояние"));
    const char **command =
        story_add_terms(story, figure, "command", "", WORDS("made by", "создано"));
    if (story->failed) {
        return;
    }
    const struct {
        const char *name;
        const uint8_t *bytes;
    } parts[3] = {{"/trials", digest},
                  {"/data", result->data_fingerprint},
                  {"/folds", result->folds_fingerprint}};
    perebor_trials_digest(telling->trials, digest);
    for (size_t i = 0; i < 3; i++) {
        perebor_sha256_hex(parts[i].bytes, hex);
        what[i] = parts[i].name;
        value[i] = story_keep(story, hex);
        state[i] = WORDS("current", "действует");
    }
    command[0] = story_keep(story, result->command_line);
    size_t at = 3;
    for (const char *const *stage = stage_names; *stage != NULL; stage++) {
        const h5_node *group = stage_find(result, *stage);
        if (group != NULL) {
            what[at] = story_format(story, "/%s", *stage);
            value[at] = story_keep(story, stored_text(group, "digest"));
            state[at] = stage_is_current(result, *stage) ? WORDS("current", "действует")
                                                         : WORDS("stale", "устарело");
            command[at] = command_of(telling, *stage);
            at++;
        }
    }
    figure->title =
        WORDS("Digests: the same on any number of ranks and threads, on any machine",
              "Отпечатки: одни и те же при любом числе рангов и нитей, на любой машине");
    figure->note =
        PHRASE(story, "{command} prints that of the trials; --stage NAME that of a stage{but}",
               "{command} печатает отпечаток испытаний; --stage ИМЯ — стадии{but}",
               GAP_TERM("command", telling_command(telling, "digest")),
               GAP_WORD("but", stage_find(result, "simulation") == NULL
                                   ? WORDS("", "")
                                   : WORDS(". That of /simulation is of this run's times",
                                           ". Отпечаток /simulation — от времён этого запуска")));
}

void tell_making(telling *telling) {
    story *story = telling->story;
    story_chapter *chapter =
        story_add_chapter(story, "making", WORDS("How it was made", "Как это получено"));
    list_facts(telling, chapter);
    list_hosts(telling, chapter);
    list_digests(telling, chapter);
    if (telling->result->command_line[0] != '\0') {
        story_add_command(story, chapter, story_keep(story, telling->result->command_line),
                          WORDS("runs the search again", "повторит поиск"));
    }
    story_add_command(story, chapter, telling_command(telling, "verify"),
                      WORDS("evaluates trials again and compares every bit",
                            "посчитает испытания заново и сравнит каждый бит"));
    story_add_command(story, chapter,
                      story_format(story, "perebor report %s -o report.html", telling->file),
                      WORDS("writes this page", "напишет эту страницу"));
}
