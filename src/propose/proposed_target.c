// SPDX-License-Identifier: MIT
/* Which column is to be predicted, and which of its values counts as positive. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "base/try.h"
#include "propose/proposing.h"

enum {
    most_classes = 20, /**< a column of more values is no target */
    most_listed = 8,   /**< candidates in a message */
    enough_rows = 20,  /**< of a class, to be taken among several */
    least_rows = 4,    /**< of both classes, for a test part and two folds */
    least_lead = 2,    /**< by so much the best candidate must be better than the next */
};

/** Words in names of columns that are made to be predicted. */
static const char *const target_words[] = {
    "target",    "label",      "labels",    "class",      "y",         "outcome",  "result",
    "response",  "churn*",     "exited",    "attrition",  "left",      "default*", "survived",
    "fraud*",    "subscribed", "convert*",  "conversion", "clicked",   "bought",   "purchased",
    "approved",  "diagnosis",  "malignant", "deposit",    "cancelled", "canceled", "returned",
    "bankrupt*", "died",       "death",     "success",    "цель",      "целев*",   "метка",
    "класс",     "отток*",     "ушел",      "ушёл",       "дефолт*",   "отклик*",  "купил*",
    NULL};

/** Values of the class that people look for. */
static const char *const positive_words[] = {
    "positive",  "pos",      "churn",  "churned", "exited",    "left",       "bad",      "default",
    "defaulted", "fraud",    "died",   "dead",    "malignant", "sick",       "ill",      "disease",
    "failed",    "fail",     "bought", "clicked", "converted", "subscribed", "approved", "won",
    "success",   "survived", "ушел",   "ушёл",    "отток",     "купил",      NULL};

static bool is_one_of(const char *text, const char *const *words, quality_notes *notes) {
    bool found = false;
    char *folded = name_words_fold(text, &notes->failed);
    for (size_t i = 0; folded != NULL && !found && words[i] != NULL; i++) {
        found = strcmp(folded, words[i]) == 0;
    }
    free(folded);
    return found;
}

bool propose_means_yes(const char *text, quality_notes *notes) {
    static const char *const words[] = {"1", "true", "yes", "y", "t", "on", "да", "истина", NULL};
    return is_one_of(text, words, notes);
}

bool propose_means_no(const char *text, quality_notes *notes) {
    static const char *const words[] = {"0", "false", "no", "n", "f", "off", "нет", "ложь", NULL};
    return is_one_of(text, words, notes);
}

const char *propose_list_levels(const column_facts *facts, size_t most, const table_pool *pool,
                                quality_notes *notes) {
    quality_list list = {0};
    size_t n = facts->column.levels != NULL ? facts->column.n_distinct : 0;
    for (size_t i = 0; i < n && i < most; i++) {
        quality_list_add(notes, &list, "%s%s", i > 0 ? ", " : "",
                         quality_yaml(notes, column_facts_level(facts, i, pool, notes)));
    }
    if (n > most) {
        quality_list_add(notes, &list, " and %zu more", n - most);
    }
    const char *text = quality_format(notes, "%s", quality_list_text(&list));
    quality_list_release(&list);
    return text;
}

/** How much speaks for a column as the target; 0: it cannot be one. */
static int score(const column_facts *facts, const table *table, size_t column) {
    bool named = name_words_have(facts->words, target_words);
    size_t n_distinct = facts->column.n_distinct;
    bool is_last = column + 1 == table->n_columns;
    if (n_distinct < 2 || n_distinct > most_classes || facts->column.levels == NULL ||
        (n_distinct > 2 && !(named && facts->column.n_numbers == 0))) {
        return 0;
    }
    int points = n_distinct == 2 ? 2 : 1;
    points += named ? 4 : 0;
    points += is_last ? 3 : column == 0 ? 1 : 0;
    return points;
}

/** The best candidate, and whether it is clearly the best. */
static size_t choose(const column_facts *facts, const table *table, size_t *n_candidates,
                     int *best_score, bool *clear) {
    size_t best = SIZE_MAX;
    int next_score = 0;
    *n_candidates = 0;
    *best_score = 0;
    for (size_t i = 0; i < table->n_columns; i++) {
        int points = score(&facts[i], table, i);
        *n_candidates += points > 0;
        if (points > *best_score) {
            next_score = *best_score;
            *best_score = points;
            best = i;
        } else if (points > next_score) {
            next_score = points;
        }
    }
    *clear = *n_candidates == 1 || (*n_candidates > 1 && *best_score - next_score >= least_lead);
    return best;
}

static perebor_status fail_unclear(proposing *proposing, const table *table,
                                   const column_facts *facts, const table_pool *pool,
                                   perebor_error *error) {
    quality_notes *notes = &proposing->notes;
    quality_list list = {0};
    size_t n = 0;
    for (size_t i = 0; i < table->n_columns; i++) {
        if (score(&facts[i], table, i) > 0 && n++ < most_listed) {
            quality_list_add(notes, &list, "%s%s (%s)", n > 1 ? ", " : "",
                             quality_yaml(notes, facts[i].column.name),
                             propose_list_levels(&facts[i], 3, pool, notes));
        }
    }
    perebor_status status =
        n == 0
            ? perebor_fail(
                  error, PEREBOR_ERR_FORMAT,
                  "%s: no column has two values, as a target has; name one of a few values "
                  "with --target, and one of these is taken against the rest",
                  table->path)
            : perebor_fail(error, PEREBOR_ERR_FORMAT,
                           "%s: several columns could be the target: %s%s; name it with --target",
                           table->path, quality_list_text(&list), n > most_listed ? " …" : "");
    quality_list_release(&list);
    return status;
}

static perebor_status find_named(const proposing *proposing, const table *table, size_t *target,
                                 perebor_error *error) {
    *target = table_find_column(table, proposing->wanted_target);
    if (*target != TABLE_NO_COLUMN) {
        return PEREBOR_OK;
    }
    perebor_arena arena = {0};
    const char **names = perebor_arena_allocate(&arena, table->n_columns, sizeof *names);
    for (size_t i = 0; names != NULL && i < table->n_columns; i++) {
        names[i] = table->columns[i].name;
    }
    perebor_status status =
        names == NULL ? perebor_no_memory(error, "to propose an experiment")
                      : perebor_fail(error, PEREBOR_ERR_FORMAT, "%s has no column \"%s\"%s",
                                     table->path, proposing->wanted_target,
                                     table_hint_or_list(&arena, "columns", proposing->wanted_target,
                                                        names, table->n_columns));
    perebor_arena_release(&arena);
    return status;
}

static perebor_status check_classes(const table *table, const column_facts *target,
                                    perebor_error *error) {
    if (target->column.n_distinct < 2) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "%s: column \"%s\" has %s, so there is nothing to predict; --target "
                            "names another",
                            table->path, target->column.name,
                            target->column.n_distinct == 0 ? "no value" : "one value alone");
    }
    if (target->column.n_distinct > most_classes || target->column.levels == NULL) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "%s: column \"%s\" has %zu different values and a target two classes; "
                            "make a column of two values, or name another with --target",
                            table->path, target->column.name, target->column.n_distinct);
    }
    return PEREBOR_OK;
}

/** Whether a level is a better positive class than another: rarer, but not too rare to learn. Of
 * equals the one whose text is greater is, as 1 is of 0 and 1. */
static bool is_better(const column_facts *target, size_t level, size_t other,
                      const table_pool *pool, quality_notes *notes) {
    uint64_t n = target->column.counts[level];
    uint64_t n_other = target->column.counts[other];
    bool enough = n >= enough_rows;
    if (enough != (n_other >= enough_rows)) {
        return enough;
    }
    if (n != n_other) {
        return enough ? n < n_other : n > n_other;
    }
    return strcmp(column_facts_level(target, level, pool, notes),
                  column_facts_level(target, other, pool, notes)) > 0;
}

/** The rarer of two levels; of several the rarest that has enough rows. */
static size_t find_rarest(const column_facts *target, const table_pool *pool,
                          quality_notes *notes) {
    size_t best = 0;
    if (target->column.n_distinct == 2) {
        uint64_t first = target->column.counts[0];
        uint64_t second = target->column.counts[1];
        return first != second ? second < first : is_better(target, 1, 0, pool, notes);
    }
    for (size_t i = 1; i < target->column.n_distinct; i++) {
        best = is_better(target, i, best, pool, notes) ? i : best;
    }
    return best;
}

/** The level that is positive and why. */
static size_t find_positive(const column_facts *target, const table_pool *pool,
                            quality_notes *notes, const char **reason) {
    for (size_t i = 0; i < target->column.n_distinct; i++) {
        const char *text = column_facts_level(target, i, pool, notes);
        bool yes = propose_means_yes(text, notes);
        if ((yes && target->column.n_distinct == 2) || is_one_of(text, positive_words, notes)) {
            *reason = yes ? "it says yes" : "by what it says";
            return i;
        }
    }
    *reason = target->column.n_distinct == 2 ? "the rarer class" : "the rarest with enough rows";
    return find_rarest(target, pool, notes);
}

static void describe_classes(proposing *proposing, const column_facts *target,
                             const table_pool *pool) {
    quality_notes *notes = &proposing->notes;
    perebor_proposal *proposal = &proposing->proposal;
    size_t positive = find_positive(target, pool, notes, &proposal->positive_reason);
    quality_list others = {0};
    for (size_t i = 0; i < target->column.n_distinct; i++) {
        if (i != positive) {
            quality_list_add(notes, &others, "%s%s", others.length > 0 ? ", " : "",
                             quality_yaml(notes, column_facts_level(target, i, pool, notes)));
        }
    }
    proposal->positive = column_facts_level(target, positive, pool, notes);
    proposal->others = quality_format(notes, "%s", quality_list_text(&others));
    proposal->n_positive = target->column.counts[positive];
    proposal->n_negative = target->n_values - proposal->n_positive;
    proposal->n_without_target = target->column.n_missing;
    quality_list_release(&others);
}

static perebor_status check_rows(const proposing *proposing, const table *table,
                                 const column_facts *target, perebor_error *error) {
    const perebor_proposal *proposal = &proposing->proposal;
    bool positive = proposal->n_positive < proposal->n_negative;
    uint64_t n = positive ? proposal->n_positive : proposal->n_negative;
    return n >= least_rows
               ? PEREBOR_OK
               : perebor_fail(error, PEREBOR_ERR_FORMAT,
                              "%s: of target \"%s\" only %" PRIu64 " rows are%s \"%s\", and a "
                              "class needs %d to be tested and learned; --target names another",
                              table->path, target->column.name, n, positive ? "" : " not",
                              proposal->positive, least_rows);
}

static const char *why_target(const column_facts *target, const table *table, size_t column,
                              size_t n_candidates) {
    if (name_words_have(target->words, target_words)) {
        return column + 1 == table->n_columns ? "by its name, and it is the last column"
                                              : "by its name";
    }
    return n_candidates == 1 ? "the only column of two values" : "the last column, of two values";
}

perebor_status propose_target(proposing *proposing, const table *table, const column_facts *facts,
                              const table_pool *pool, perebor_error *error) {
    perebor_status status;
    size_t target = SIZE_MAX;
    const char *reason = "named by --target";
    if (proposing->wanted_target != NULL) {
        PEREBOR_TRY(done, find_named(proposing, table, &target, error));
    } else {
        size_t n_candidates;
        int best;
        bool clear;
        target = choose(facts, table, &n_candidates, &best, &clear);
        if (!clear) {
            return fail_unclear(proposing, table, facts, pool, error);
        }
        reason = why_target(&facts[target], table, target, n_candidates);
    }
    PEREBOR_TRY(done, check_classes(table, &facts[target], error));
    proposing->proposal.target = target;
    proposing->columns[target].role = PROPOSED_TARGET;
    proposing->columns[target].reason = reason;
    describe_classes(proposing, &facts[target], pool);
    status = check_rows(proposing, table, &facts[target], error);
done:
    return status;
}
