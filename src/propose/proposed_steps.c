// SPDX-License-Identifier: MIT
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "propose/proposing.h"

/* As perebor_tables_load() doubts columns: one value in ten that is no number is a matter of dirt.
 */
static const double mostly_numbers = 0.9;
enum { most_replaced = 12 /**< different texts of a column that are replaced */ };

static const perebor_text_rule normal = {.form = PEREBOR_TEXT_NFC, .trim = true};

/** What `op: normalize` makes of a text: NFC, trimmed. In the arena; "" if memory is short. */
static const char *normal_text(const char *text, quality_notes *notes) {
    char *made = NULL;
    size_t length = 0;
    perebor_status status =
        perebor_text_normalize(&made, &length, text, strlen(text), normal, NULL);
    notes->failed |= status == PEREBOR_ERR_MEMORY;
    const char *kept = quality_format(notes, "%s", status == PEREBOR_OK ? made : text);
    free(made);
    return kept;
}

/** Whether normalizing changes a text. One that is not UTF-8 stays as it is. */
static bool is_abnormal(const char *text, quality_notes *notes) {
    char *made = NULL;
    size_t length = 0;
    perebor_status status =
        perebor_text_normalize(&made, &length, text, strlen(text), normal, NULL);
    notes->failed |= status == PEREBOR_ERR_MEMORY;
    if (status != PEREBOR_OK) {
        return false;
    }
    bool changed = strcmp(made, text) != 0;
    free(made);
    return changed;
}

/** Room for the pairs of a step; NULL if memory is short. */
static proposed_step *begin_replace(proposing *proposing, const column_facts *facts) {
    perebor_arena *arena = proposing->notes.arena;
    const char **columns = perebor_arena_allocate(arena, 1, sizeof *columns);
    const char **from = perebor_arena_allocate(arena, most_replaced, sizeof *from);
    const char **to = perebor_arena_allocate(arena, most_replaced, sizeof *to);
    bool *plain = perebor_arena_allocate(arena, most_replaced, sizeof *plain);
    if (columns == NULL || from == NULL || to == NULL || plain == NULL) {
        proposing->notes.failed = true;
        return NULL;
    }
    columns[0] = quality_format(&proposing->notes, "%s", facts->column.name);
    proposed_step *step = &proposing->steps[proposing->proposal.n_steps];
    *step = (proposed_step){.step = {.kind = PEREBOR_STEP_REPLACE,
                                     .columns = {columns, 1},
                                     .from = {from, 0},
                                     .to = {to, 0},
                                     .from_plain = plain}};
    return step;
}

static void add_pair(proposed_step *proposed, const char *from, const char *to, bool plain) {
    perebor_clean_step *step = &proposed->step;
    size_t n = step->from.n;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(step->from.items[i], from) == 0) {
            return;
        }
    }
    ((const char **)step->from.items)[n] = from;
    ((const char **)step->to.items)[n] = to;
    ((bool *)step->from_plain)[n] = plain;
    step->from.n = step->to.n = n + 1;
}

/** Keeps the step that was begun if it replaces something. */
static void end_replace(proposing *proposing, proposed_step *step, const char *reason,
                        const char *why) {
    if (step->step.from.n > 0) {
        step->step.reason = why;
        step->reason = reason;
        proposing->proposal.n_steps++;
    }
}

/** Texts of a column that else holds numbers. */
static void replace_texts(proposing *proposing, const column_facts *facts, const table_pool *pool) {
    const quality_column *column = &facts->column;
    quality_notes *notes = &proposing->notes;
    size_t n_texts = facts->n_values - column->n_numbers;
    if (n_texts == 0 || (double)column->n_numbers < mostly_numbers * (double)facts->n_values) {
        return;
    }
    size_t n_different = 0;
    proposed_step *step = begin_replace(proposing, facts);
    for (size_t i = 0; step != NULL && i < column->n_distinct; i++) {
        double number;
        if (table_pool_number(pool, column->levels[i], column->table->decimal, &number)) {
            continue;
        }
        if (++n_different > most_replaced) {
            return; // not odd values but a column of codes
        }
        const char *text = normal_text(column_facts_level(facts, i, pool, notes), notes);
        add_pair(step, text, NULL, false);
    }
    if (step != NULL) {
        end_replace(proposing, step,
                    quality_format(notes,
                                   "%zu of %zu values are not numbers; without this step the "
                                   "column would be nominal",
                                   n_texts, facts->n_values),
                    "not a number");
    }
}

static void replace_sentinel(proposing *proposing, const column_facts *facts) {
    quality_notes *notes = &proposing->notes;
    proposed_step *step =
        facts->sentinel.n > 0 && facts->column.numeric ? begin_replace(proposing, facts) : NULL;
    if (step != NULL) {
        const char *number = quality_number(notes, facts->sentinel.value);
        add_pair(step, number, NULL, true);
        end_replace(proposing, step,
                    quality_format(notes,
                                   "%llu values, far from all others: taken for a missing value",
                                   (unsigned long long)facts->sentinel.n),
                    "stands for a missing value");
    }
}

/** The level that a level is a variant of: equal but for case, blanks and form, and more frequent,
 * or as frequent and earlier. */
static size_t find_standard(const quality_column *column, char *const *folded, size_t level) {
    size_t best = level;
    for (size_t i = 0; i < column->n_distinct; i++) {
        if (folded[i] != NULL && strcmp(folded[i], folded[level]) == 0 &&
            (column->counts[i] > column->counts[best] ||
             (column->counts[i] == column->counts[best] && i < best))) {
            best = i;
        }
    }
    return best;
}

static void replace_variants(proposing *proposing, const column_facts *facts,
                             const table_pool *pool) {
    const quality_column *column = &facts->column;
    quality_notes *notes = &proposing->notes;
    if (column->numeric || column->levels == NULL || column->n_distinct > QUALITY_FEW_LEVELS ||
        column->n_numbers > 0) {
        return;
    }
    char **folded = calloc(column->n_distinct + 1, sizeof *folded);
    proposed_step *step = folded != NULL ? begin_replace(proposing, facts) : NULL;
    notes->failed |= folded == NULL;
    for (size_t i = 0; step != NULL && i < column->n_distinct; i++) {
        folded[i] = name_words_fold(column_facts_level(facts, i, pool, notes), &notes->failed);
    }
    for (size_t i = 0; step != NULL && i < column->n_distinct; i++) {
        size_t standard = folded[i] != NULL ? find_standard(column, folded, i) : i;
        const char *from = normal_text(column_facts_level(facts, i, pool, notes), notes);
        const char *to = normal_text(column_facts_level(facts, standard, pool, notes), notes);
        if (standard != i && strcmp(from, to) != 0 && step->step.from.n < most_replaced) {
            add_pair(step, from, to, false);
        }
    }
    if (step != NULL) {
        end_replace(proposing, step, "the same value in another spelling, which is rarer",
                    "one spelling");
    }
    for (size_t i = 0; folded != NULL && i < column->n_distinct; i++) {
        free(folded[i]);
    }
    free(folded);
}

static bool has_abnormal(const column_facts *facts, const table_pool *pool, quality_notes *notes) {
    const quality_column *column = &facts->column;
    for (size_t i = 0; column->levels != NULL && i < column->n_distinct; i++) {
        if (table_cell_is_text(column->levels[i]) &&
            is_abnormal(table_pool_text(pool, column->levels[i], NULL), notes)) {
            return true;
        }
    }
    return false;
}

/** One step for the whole table. */
static void normalize(proposing *proposing, const table *table, const column_facts *facts,
                      const table_pool *pool) {
    size_t n_abnormal = 0;
    const char *first = NULL;
    for (size_t i = 0; i < table->n_columns; i++) {
        bool abnormal = has_abnormal(&facts[i], pool, &proposing->notes);
        n_abnormal += abnormal;
        first = abnormal && first == NULL ? table->columns[i].name : first;
    }
    if (first != NULL) {
        proposing->steps[proposing->proposal.n_steps++] = (proposed_step){
            .step = {.kind = PEREBOR_STEP_NORMALIZE, .form = "NFC", .trim = true},
            .reason = quality_format(
                &proposing->notes, "blanks around values, or letters in several forms: %s%s",
                quality_yaml(&proposing->notes, first), n_abnormal > 1 ? " and others" : "")};
    }
}

perebor_status propose_steps(proposing *proposing, const table *table, const table_pool *pool,
                             perebor_error *error) {
    perebor_status status;
    column_facts *facts = NULL;
    // A column has one step for its texts or one for its numbers, not both.
    proposing->steps = perebor_arena_allocate(proposing->notes.arena, 2 * table->n_columns + 1,
                                              sizeof *proposing->steps);
    if (proposing->steps == NULL) {
        return perebor_no_memory(error, "to propose an experiment");
    }
    PEREBOR_TRY(done, column_facts_collect_all(&facts, table, pool, &proposing->notes, error));
    normalize(proposing, table, facts, pool);
    for (size_t i = 0; i < table->n_columns; i++) {
        replace_texts(proposing, &facts[i], pool);
        replace_sentinel(proposing, &facts[i]);
        replace_variants(proposing, &facts[i], pool);
    }
    proposing->proposal.steps = proposing->steps;
    status = quality_notes_check(&proposing->notes, error);
done:
    column_facts_free(facts, table->n_columns);
    return status;
}
