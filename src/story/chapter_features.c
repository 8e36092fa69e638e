// SPDX-License-Identifier: MIT
// What the columns are like, by class, against the target and against each other; and what is
// still the matter with them: all from /profile.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "store/stage.h"
#include "story/detail_words.h"
#include "story/finding_codes.h"
#include "story/stored.h"
#include "story/telling.h"

/** Columns whose distributions are drawn, and of the matrix; those that go best with the target. */
enum { most_drawn = 24, most_in_matrix = 32, n_bins = 30, most_levels = 16, longest_text = 160 };

/** Features by phi_k with the target, the strongest first. */
static size_t *order_features(telling *telling, const double *phik, size_t n) {
    size_t *order = story_allocate(telling->story, n, sizeof *order);
    for (size_t i = 0; order != NULL && i < n; i++) {
        double value = isnan(phik[i]) ? -1.0 : phik[i];
        size_t at = i;
        for (; at > 0; at--) {
            double before = isnan(phik[order[at - 1]]) ? -1.0 : phik[order[at - 1]];
            if (before >= value) {
                break;
            }
            order[at] = order[at - 1];
        }
        order[at] = i;
    }
    return order;
}

static void list_features(telling *telling, story_chapter *chapter, const h5_node *group,
                          const size_t *order, size_t n) {
    story *story = telling->story;
    const char *const *names = stored_texts(group, "feature", n);
    const int64_t *gaps = stored_integers(telling->story, group, "n_gaps", n);
    const int64_t *distinct = stored_integers(telling->story, group, "n_distinct", n);
    const double *phik = stored_reals(group, "phik", n), *auc = stored_reals(group, "auc", n);
    const double *p = stored_reals(group, "p_adjusted", n), *vif = stored_reals(group, "vif", n);
    story_figure *figure = story_add_figure(story, chapter, "features-target", "bars", n);
    const char **name = story_add_terms(story, figure, "column", "x", WORDS("column", "столбец"));
    double *strength = story_add_numbers(story, figure, "phik", "y", NAME("phi_k"), STORY_REAL, 3);
    double *area = story_add_numbers(story, figure, "auc", "", NAME("ROC AUC"), STORY_REAL, 3);
    double *chance =
        story_add_numbers(story, figure, "p", "", WORDS("p (BH)", "p (БХ)"), STORY_REAL, -1);
    double *inflation = story_add_numbers(story, figure, "vif", "", NAME("VIF"), STORY_REAL, 2);
    double *missing =
        story_add_numbers(story, figure, "gaps", "", WORDS("gaps", "пропусков"), STORY_WHOLE, 0);
    double *different = story_add_numbers(story, figure, "distinct", "",
                                          WORDS("distinct", "различных"), STORY_WHOLE, 0);
    if (story->failed || names == NULL || gaps == NULL || distinct == NULL || auc == NULL ||
        p == NULL || vif == NULL) {
        return;
    }
    size_t n_weak = 0;
    for (size_t i = 0; i < n; i++) {
        size_t from = order[i];
        name[i] = story_keep(story, names[from]);
        strength[i] = phik[from];
        area[i] = auc[from];
        chance[i] = p[from];
        inflation[i] = vif[from];
        missing[i] = (double)gaps[from];
        different[i] = (double)distinct[from];
        n_weak += !(p[from] < 0.05);
    }
    figure->title = PHRASE(story,
                           "{column} goes with the target most (phi_k {phik}); {weak} of {n} "
                           "columns by themselves are no different between the classes",
                           "Сильнее всех с целью связан {column} (phi_k {phik}); у {weak} из {n} "
                           "столбцов классы сами по себе не различаются",
                           GAP_TERM("column", name[0]), GAP_REAL("phik", strength[0], 2),
                           GAP_WHOLE("weak", n_weak), GAP_WHOLE("n", n));
    figure->note = WORDS("phi_k of each column with the target; p after Benjamini and Hochberg",
                         "phi_k каждого столбца с целью; p — после Бенджамини и Хохберга");
}

/** Rows of the figure of distributions: bins of numbers, levels of others. */
typedef struct bins_of {
    const char **column, **level;
    double *from, *to, *shares[2];
    size_t n;
} bins_of;

/** Whether bins are of whole numbers: their edges are, and no two are one. */
static bool are_whole(const double edges[n_bins + 1]) {
    bool whole = edges[1] > edges[0];
    for (size_t i = 0; i <= n_bins; i++) {
        whole &= edges[i] == floor(edges[i]);
    }
    return whole;
}

static void add_numeric_bins(telling *telling, const h5_node *profile, const char *name,
                             size_t feature, size_t n_features, bins_of *bins) {
    static const char *const classes[2] = {"numeric/negative", "numeric/positive"};
    const double *edges =
        stored_matrix(h5_find(profile, classes[0]), "histogram_edges", n_features, n_bins + 1);
    const int64_t *counts[2];
    double totals[2] = {0.0, 0.0};
    for (size_t k = 0; k < 2; k++) {
        counts[k] = stored_counts(telling->story, h5_find(profile, classes[k]), "histogram",
                                  n_features, n_bins);
        for (size_t i = 0; counts[k] != NULL && i < n_bins; i++) {
            totals[k] += (double)counts[k][feature * n_bins + i];
        }
    }
    if (edges == NULL || counts[0] == NULL || counts[1] == NULL) {
        return;
    }
    const double *edge = edges + feature * (n_bins + 1);
    const double *greatest = stored_reals(h5_find(profile, "numeric/all"), "maximum", n_features);
    bool whole = are_whole(edge);
    for (size_t i = 0; i < n_bins; i++) {
        if (whole && greatest != NULL && edge[i] > greatest[feature]) {
            break; // bins of whole numbers go beyond the greatest
        }
        bins->column[bins->n] = story_keep(telling->story, name);
        bins->from[bins->n] = edge[i];
        bins->to[bins->n] = whole ? edge[i + 1] - 1.0 : edge[i + 1];
        for (size_t k = 0; k < 2; k++) {
            bins->shares[k][bins->n] = (double)counts[k][feature * n_bins + i] / totals[k];
        }
        bins->n++;
    }
}

static void add_levels(telling *telling, const h5_node *group, const char *name, bins_of *bins) {
    size_t n = stored_length(group, "level"), n_added = 0;
    const char *const *features = stored_texts(group, "feature", n);
    const char *const *levels = stored_texts(group, "level", n);
    const int64_t *counts[2] = {stored_integers(telling->story, group, "n_negative", n),
                                stored_integers(telling->story, group, "n_positive", n)};
    double totals[2] = {0.0, 0.0};
    if (features == NULL || levels == NULL || counts[0] == NULL || counts[1] == NULL) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; strcmp(features[i], name) == 0 && k < 2; k++) {
            totals[k] += (double)counts[k][i];
        }
    }
    for (size_t i = 0; i < n && n_added < most_levels; i++) {
        if (strcmp(features[i], name) != 0) {
            continue;
        }
        bins->column[bins->n] = story_keep(telling->story, name);
        bins->level[bins->n] = story_keep(telling->story, levels[i]);
        for (size_t k = 0; k < 2; k++) {
            bins->shares[k][bins->n] = (double)counts[k][i] / totals[k];
        }
        bins->n++;
        n_added++;
    }
}

/** The place of a numeric feature among /profile/numeric, or n. */
static size_t find_numeric(const h5_node *profile, const char *name, size_t n) {
    const char *const *names = stored_texts(h5_find(profile, "numeric/all"), "feature", n);
    size_t at = 0;
    while (names != NULL && at < n && strcmp(names[at], name) != 0) {
        at++;
    }
    return names == NULL ? n : at;
}

static void show_distributions(telling *telling, story_chapter *chapter, const h5_node *profile,
                               const size_t *order, size_t n_features) {
    story *story = telling->story;
    const char *const *names = stored_texts(h5_find(profile, "features"), "feature", n_features);
    size_t n_numeric = stored_length(h5_find(profile, "numeric/all"), "feature");
    size_t n_drawn = n_features < most_drawn ? n_features : most_drawn;
    story_figure *figure =
        story_add_figure(story, chapter, "features-distribution", "distribution", n_drawn * n_bins);
    if (names == NULL || figure == NULL) {
        return;
    }
    bins_of bins = {0};
    bins.column = story_add_terms(story, figure, "column", "group", WORDS("column", "столбец"));
    bins.from = story_add_numbers(story, figure, "from", "x", WORDS("from", "от"), STORY_REAL, -1);
    bins.to = story_add_numbers(story, figure, "to", "to", WORDS("to", "до"), STORY_REAL, -1);
    bins.level = story_add_terms(story, figure, "level", "level", WORDS("level", "уровень"));
    bins.shares[0] =
        story_add_numbers(story, figure, "negative", "y",
                          NAME(story_keep(story, telling->result->negative_name)), STORY_REAL, 3);
    bins.shares[1] =
        story_add_numbers(story, figure, "positive", "y",
                          NAME(story_keep(story, telling->result->positive_name)), STORY_REAL, 3);
    if (story->failed) {
        return;
    }
    for (size_t i = 0; i < n_drawn; i++) {
        const char *name = names[order[i]];
        size_t at = find_numeric(profile, name, n_numeric);
        if (at < n_numeric) {
            add_numeric_bins(telling, profile, name, at, n_numeric, &bins);
        } else {
            add_levels(telling, h5_find(profile, "levels"), name, &bins);
        }
    }
    figure->n_rows = bins.n;
    figure->title = PHRASE(story, "How {n} {n:column is|columns are} spread in each class",
                           "Как {n} {n:столбец распределён|столбца распределены|столбцов "
                           "распределены} в каждом классе",
                           GAP_WHOLE("n", n_drawn));
    figure->note = WORDS("Shares of each class's rows, so that classes of different size compare; "
                         "the columns that go best with the target first",
                         "Доли строк каждого класса, чтобы сравнивать классы разного размера; "
                         "первыми — столбцы, связанные с целью сильнее");
}

static void show_matrix(telling *telling, story_chapter *chapter, const h5_node *group) {
    story *story = telling->story;
    size_t n = stored_length(group, "row");
    const char *const *names = stored_texts(group, "row", n);
    const double *phik = stored_matrix(group, "phik", n, n);
    if (names == NULL || phik == NULL || n < 3) {
        return;
    }
    // Where features are many, those that go best with the target, which is the last one.
    size_t *order = order_features(telling, phik + (n - 1) * n, n - 1);
    size_t n_shown = n - 1 < most_in_matrix ? n - 1 : most_in_matrix;
    story_figure *figure =
        story_add_figure(story, chapter, "features-matrix", "heatmap", n_shown * n_shown);
    const char **one = story_add_terms(story, figure, "one", "y", WORDS("column", "столбец"));
    const char **other = story_add_terms(story, figure, "other", "x", WORDS("other", "другой"));
    double *value = story_add_numbers(story, figure, "phik", "value", NAME("phi_k"), STORY_REAL, 2);
    if (story->failed) {
        return;
    }
    size_t strongest = 1;
    for (size_t i = 0; i < n_shown * n_shown; i++) {
        size_t a = order[i / n_shown], b = order[i % n_shown];
        one[i] = story_keep(story, names[a]);
        other[i] = story_keep(story, names[b]);
        value[i] = phik[a * n + b];
        if (a != b && (value[i] > value[strongest] || isnan(value[strongest]))) {
            strongest = i;
        }
    }
    story_set_text(story, figure, "scale", "share");
    figure->title = PHRASE(story, "{one} and {other} go together most: phi_k {value}",
                           "Сильнее всех связаны {one} и {other}: phi_k {value}",
                           GAP_TERM("one", one[strongest]), GAP_TERM("other", other[strongest]),
                           GAP_REAL("value", value[strongest], 2));
    figure->note =
        WORDS("phi_k of every pair, which knows no direction: 0 independent, 1 the one "
              "tells the other",
              "phi_k каждой пары, без знака: 0 — независимы, 1 — один определяет другой");
}

void tell_features(telling *telling) {
    story *story = telling->story;
    story_chapter *chapter =
        story_add_chapter(story, "features", WORDS("Target and features", "Цель и признаки"));
    const h5_node *profile = telling_stage(
        telling, chapter, "profile", "profile",
        WORDS("adds distributions, correlations and what is the matter with the tables",
              "добавит распределения, связи и недостатки таблиц"));
    if (profile == NULL) {
        if (chapter != NULL && chapter->state == STORY_PRESENT) {
            chapter->state = STORY_ABSENT;
        }
        return;
    }
    const h5_node *features = h5_find(profile, "features");
    size_t n = stored_length(features, "feature");
    const double *phik = stored_reals(features, "phik", n);
    if (phik == NULL || n == 0) {
        return;
    }
    size_t *order = order_features(telling, phik, n);
    if (order == NULL) {
        return;
    }
    list_features(telling, chapter, features, order, n);
    show_distributions(telling, chapter, profile, order, n);
    show_matrix(telling, chapter, h5_find(profile, "matrices"));
}

/** The findings of /profile as a table, with the step that would mend each. */
static void list_problems(telling *telling, story_chapter *chapter, const h5_node *group) {
    story *story = telling->story;
    size_t n = stored_length(group, "kind");
    const char *const *kinds = stored_texts(group, "kind", n);
    const char *const *tables = stored_texts(group, "table", n);
    const char *const *columns = stored_texts(group, "column", n);
    const char *const *details = stored_texts(group, "detail", n);
    const char *const *steps = stored_texts(group, "step", n);
    const int64_t *counts = stored_integers(telling->story, group, "n", n);
    const int64_t *stages = stored_integers(telling->story, group, "stage", n);
    story_figure *figure = story_add_figure(story, chapter, "data-quality", "", n);
    story_text *kind = story_add_words(story, figure, "kind", "", WORDS("finding", "находка"));
    const char **table = story_add_terms(story, figure, "table", "", WORDS("table", "таблица"));
    const char **column = story_add_terms(story, figure, "column", "", WORDS("column", "столбец"));
    double *count = story_add_numbers(story, figure, "n", "",
                                      WORDS("cells or rows", "ячеек или строк"), STORY_WHOLE, 0);
    story_text *detail = story_add_words(story, figure, "detail", "", WORDS("what", "что"));
    const char **step = story_add_terms(story, figure, "step", "",
                                        WORDS("the step that mends it", "шаг, который исправит"));
    if (story->failed || kinds == NULL || tables == NULL || columns == NULL || details == NULL ||
        steps == NULL || counts == NULL || stages == NULL) {
        return;
    }
    size_t n_mendable = 0, at = 0;
    for (size_t from = 0; from < n; from++) {
        if (stages[from] == 0) {
            continue; // in the tables as read: what of it is left is told again
        }
        size_t i = at++;
        kind[i] = detail_kind(story_keep(story, kinds[from]));
        table[i] = story_keep(story, tables[from]);
        column[i] = story_keep(story, columns[from]);
        count[i] = (double)counts[from];
        detail[i] = detail_words(story, kinds[from], details[from]);
        for (size_t language = 0; language < STORY_N_LANGUAGES; language++) {
            detail[i].in[language] =
                story_cut(story, detail[i].in[language], (1 + language) * longest_text);
        }
        step[i] = story_cut(story, steps[from], longest_text);
        n_mendable += steps[from][0] != '\0';
    }
    figure->n_rows = at;
    figure->title = at == 0
                        ? WORDS("Nothing is the matter with the tables any more",
                                "С таблицами больше ничего не случилось")
                        : PHRASE(story,
                                 "{n} {n:thing is|things are} the matter with the tables; {mend} "
                                 "have a step that mends them",
                                 "В таблицах осталось недостатков: {n}; есть чем исправить: {mend}",
                                 GAP_WHOLE("n", at), GAP_WHOLE("mend", n_mendable));
    figure->note = WORDS("What perebor profile still finds after the cleaning steps",
                         "Что perebor profile находит и после шагов чистки");
    if (n_mendable > 0) {
        story_add_finding(
            story, FINDING_DIRT_LEFT, STORY_NOTE, "data", telling_command(telling, "profile"),
            PHRASE(story, "The tables have {n} {n:fault|faults} that a step would mend",
                   "В таблицах {n} {n:недостаток|недостатка|недостатков}, которые "
                   "исправил бы шаг",
                   GAP_WHOLE("n", n_mendable)));
    }
}

static void find_leaks(telling *telling, const h5_node *group) {
    size_t n = stored_length(group, "kind");
    const char *const *kinds = stored_texts(group, "kind", n);
    const char *const *columns = stored_texts(group, "column", n);
    for (size_t i = 0; kinds != NULL && columns != NULL && i < n; i++) {
        bool is_grave = strcmp(kinds[i], "column") == 0 || strcmp(kinds[i], "id") == 0;
        story_add_finding(
            telling->story, FINDING_LEAK, is_grave ? STORY_SERIOUS : STORY_NOTE, "data",
            telling_command(telling, "profile"),
            PHRASE(telling->story, "Possible leak ({kind}){column}",
                   "Возможная утечка ({kind}){column}",
                   GAP_WORD("kind", detail_kind(story_keep(telling->story, kinds[i]))),
                   GAP_TERM("column", columns[i][0] == '\0'
                                          ? ""
                                          : story_format(telling->story, ": %s", columns[i]))));
    }
}

void tell_quality(telling *telling, story_chapter *chapter) {
    const h5_node *profile = stage_find(telling->result, "profile");
    if (profile == NULL || !stage_is_current(telling->result, "profile")) {
        return;
    }
    list_problems(telling, chapter, h5_find(profile, "quality/findings"));
    find_leaks(telling, h5_find(profile, "leaks"));
}
