// SPDX-License-Identifier: MIT
/* What each column but the target is taken for. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "propose/level_scales.h"
#include "propose/proposing.h"

enum {
    few_levels = 60,       /**< levels that may have an order */
    most_levels = 200,     /**< more make too many columns */
    least_to_be_text = 10, /**< texts that nearly all differ, if there are more than so many */
    least_values = 10,     /**< fewer, and a fold may have none */
    most_codes = 50,       /**< numbers that identify something, few enough to be levels */
};

static const double most_number = 1e100;

static const char *const id_words[] = {"id",         "ids",  "uid",       "uuid", "guid",   "key",
                                       "identifier", "code", "number",    "nr",   "no",     "num",
                                       "index",      "row",  "rownumber", "idx",  "record", "номер",
                                       "код",        "ид",   NULL};
/** Those that say it without a doubt, of columns of repeated values too. */
static const char *const strict_id_words[] = {"id",   "ids",        "uid", "uuid",
                                              "guid", "identifier", "ид",  NULL};

static void set(proposed_column *column, proposed_role role, const char *reason) {
    column->role = role;
    column->reason = reason;
}

static bool all_differ(const column_facts *facts) {
    return facts->column.n_missing == 0 && facts->column.n_rows > 1 &&
           facts->column.n_distinct == facts->column.n_rows;
}

/** How much speaks for a column as the identifier; 0: it is none. */
static int id_score(const column_facts *facts, size_t column) {
    bool is_text = facts->column.n_numbers == 0;
    bool named = name_words_have(facts->words, id_words);
    if (!all_differ(facts) || !(is_text || facts->whole) || column_facts_is_date(facts)) {
        return 0;
    }
    if (named) {
        return name_words_have(facts->words, strict_id_words) ? 4 : 3;
    }
    return facts->rising ? 2 : is_text && column == 0 ? 1 : 0;
}

static void choose_id(proposing *proposing, const table *table, const column_facts *facts) {
    int best_score = 0;
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < table->n_columns; i++) {
        int points = i == proposing->proposal.target ? 0 : id_score(&facts[i], i);
        if (points > best_score) {
            best_score = points;
            best = i;
        }
    }
    if (best_score > 0) {
        set(&proposing->columns[best], PROPOSED_ID,
            best_score >= 3   ? "every row has another value, and the name says so"
            : best_score == 2 ? "it numbers the rows"
                              : "the first column; every row has another value");
    }
}

/** Keeps levels in the order of their places, or as they are. */
static void keep_levels(proposed_column *column, const char **levels, double *places, size_t n) {
    for (size_t i = 1; i < n; i++) {
        for (size_t j = i; j > 0 && places[j] < places[j - 1]; j--) {
            const char *level = levels[j];
            double place = places[j];
            levels[j] = levels[j - 1];
            places[j] = places[j - 1];
            levels[j - 1] = level;
            places[j - 1] = place;
        }
    }
    column->levels = levels;
    column->n_levels = n;
}

/** Yes and no, or levels with an order that can be told. */
static bool try_known_levels(proposing *proposing, proposed_column *column,
                             const column_facts *facts, const table_pool *pool) {
    quality_notes *notes = &proposing->notes;
    size_t n = facts->column.n_distinct;
    double places[few_levels];
    if (facts->column.levels == NULL || n < 2 || n > few_levels) {
        return false;
    }
    const char **levels = perebor_arena_allocate(notes->arena, n, sizeof *levels);
    notes->failed |= levels == NULL;
    for (size_t i = 0; levels != NULL && i < n; i++) {
        levels[i] = column_facts_level(facts, i, pool, notes);
        places[i] = propose_means_yes(levels[i], notes)  ? 1.0
                    : propose_means_no(levels[i], notes) ? 0.0
                                                         : NAN;
    }
    if (levels == NULL) {
        return false;
    }
    if (n == 2 && places[0] + places[1] == 1.0) {
        set(column, PROPOSED_BOOLEAN, "two values that mean yes and no");
        keep_levels(column, levels, places, n);
        return true;
    }
    if (facts->column.n_numbers > 0) {
        return false;
    }
    const char *scale = level_scale_find(levels, n, places, &notes->failed);
    scale = scale != NULL ? scale : level_ranges_find(levels, n, places, &notes->failed);
    if (scale != NULL) {
        set(column, PROPOSED_ORDINAL, quality_format(notes, "%s, lowest first", scale));
        keep_levels(column, levels, places, n);
    }
    return scale != NULL;
}

/** Whether two columns of two values each tell one another. */
static bool says_the_same(const column_facts *a, const column_facts *b) {
    size_t n = 0;
    if (a->column.n_distinct != 2 || b->column.n_distinct != 2) {
        return false;
    }
    table_cell a_first = TABLE_MISSING;
    table_cell b_first = TABLE_MISSING;
    for (size_t row = 0; row < a->column.n_rows; row++) {
        table_cell of_a = a->column.cells[row];
        table_cell of_b = b->column.cells[row];
        if (of_a == TABLE_MISSING || of_b == TABLE_MISSING) {
            continue;
        }
        a_first = n == 0 ? of_a : a_first;
        b_first = n == 0 ? of_b : b_first;
        n++;
        if ((of_a == a_first) != (of_b == b_first)) {
            return false;
        }
    }
    return n > 0;
}

static void drop_dates(proposing *proposing, proposed_column *column, const column_facts *facts) {
    quality_notes *notes = &proposing->notes;
    if (facts->n_iso_dates < facts->n_dates) {
        set(column, PROPOSED_DROP,
            "dates; what matters of them (a year, days since) has to be made a column first, by "
            "op: sql");
        return;
    }
    const char *name = quality_sql_name(notes, facts->column.name);
    const char *sql = quality_format(notes, "UPDATE \"table\" SET %s = julianday(%s)", name, name);
    set(column, PROPOSED_DROP,
        quality_format(notes,
                       "dates; to have them as numbers of days, move the column to numeric and add "
                       "to clean: - {op: sql, sql: %s}",
                       quality_yaml(notes, sql)));
}

static void drop_units(proposing *proposing, proposed_column *column, const column_facts *facts) {
    quality_notes *notes = &proposing->notes;
    const char *name = quality_sql_name(notes, facts->column.name);
    const char *sql =
        quality_format(notes, "UPDATE \"table\" SET %s = trim(replace(%s, '%.*s', ''))", name, name,
                       (int)facts->n_unit, facts->unit);
    set(column, PROPOSED_DROP,
        quality_format(
            notes,
            "numbers with the unit %.*s; to have them, move the column to numeric and add "
            "to clean: - {op: sql, sql: %s}",
            (int)facts->n_unit, facts->unit, quality_yaml(notes, sql)));
}

/** Columns that are no features, whatever is in them. */
static bool try_drop(proposing *proposing, proposed_column *column, const column_facts *facts,
                     const column_facts *target) {
    quality_notes *notes = &proposing->notes;
    const quality_column *counted = &facts->column;
    bool is_text = counted->n_numbers == 0;
    if (facts->n_values == 0) {
        set(column, PROPOSED_DROP, "it has no value");
    } else if (counted->n_missing > 0 && facts->n_values < least_values) {
        set(column, PROPOSED_DROP,
            quality_format(notes, "%zu values in %zu rows", facts->n_values, counted->n_rows));
    } else if (counted->n_distinct == 1) {
        set(column, PROPOSED_DROP, "one value in all rows tells nothing");
    } else if (says_the_same(facts, target)) {
        set(column, PROPOSED_DROP,
            "says the same as the target in other words: a leak, not a feature");
    } else if (column_facts_is_date(facts)) {
        drop_dates(proposing, column, facts);
    } else if (facts->n_unit > 0 && counted->n_distinct > most_codes) {
        drop_units(proposing, column, facts);
    } else if (all_differ(facts) && (is_text || (facts->rising && counted->n_rows > 2))) {
        set(column, PROPOSED_DROP, "every row has another value, as an identifier has");
    } else if (name_words_have(facts->words, strict_id_words) && (is_text || facts->whole) &&
               counted->n_distinct > most_codes) {
        set(column, PROPOSED_DROP,
            quality_format(
                notes,
                "by its name an identifier, which repeats; to keep its rows in one fold, "
                "take it out here, write group: %s under data, and delete split and cv",
                quality_yaml(notes, counted->name)));
    } else {
        return false;
    }
    return true;
}

static void drop_texts(proposing *proposing, proposed_column *column, const column_facts *facts) {
    set(column, PROPOSED_DROP,
        quality_format(
            &proposing->notes, "%zu different %s in %zu rows: as nominal, a column for each",
            facts->column.n_distinct, facts->column.numeric ? "codes" : "texts", facts->n_values));
}

static void set_numeric(proposing *proposing, proposed_column *column, const column_facts *facts) {
    quality_notes *notes = &proposing->notes;
    set(column, PROPOSED_NUMERIC,
        quality_format(notes, "%s %s to %s", facts->whole ? "whole numbers" : "numbers",
                       quality_number(notes, facts->least),
                       quality_number(notes, facts->greatest)));
}

/** Numbers whose squares cannot be added up. */
static bool is_beyond_sums(const column_facts *facts) {
    return fmax(fabs(facts->least), fabs(facts->greatest)) > most_number;
}

static void decide(proposing *proposing, proposed_column *column, const column_facts *facts,
                   const column_facts *target, const table_pool *pool) {
    quality_notes *notes = &proposing->notes;
    size_t n_distinct = facts->column.n_distinct;
    if (try_drop(proposing, column, facts, target) ||
        try_known_levels(proposing, column, facts, pool)) {
        return;
    }
    bool is_code = facts->column.numeric && facts->whole &&
                   (facts->is_padded || name_words_have(facts->words, strict_id_words));
    if (facts->column.numeric && is_beyond_sums(facts)) {
        set(column, PROPOSED_DROP,
            "numbers too large to be added up; take their logarithm, by op: sql");
    } else if (facts->column.numeric && !is_code) {
        set_numeric(proposing, column, facts);
    } else if (n_distinct > most_levels ||
               (n_distinct > least_to_be_text && 2 * n_distinct > facts->n_values)) {
        drop_texts(proposing, column, facts);
    } else {
        set(column, PROPOSED_NOMINAL,
            quality_format(notes, "%zu levels%s: %s", n_distinct,
                           !is_code           ? ""
                           : facts->is_padded ? ", codes as they begin with 0"
                                              : ", by its name codes",
                           propose_list_levels(facts, 4, pool, notes)));
    }
}

static perebor_status check_features(const proposing *proposing, const table *table,
                                     perebor_error *error) {
    const proposed_column *dropped = NULL;
    for (size_t i = 0; i < table->n_columns; i++) {
        const proposed_column *column = &proposing->columns[i];
        if (column->role < PROPOSED_DROP) {
            return PEREBOR_OK;
        }
        dropped = column->role == PROPOSED_DROP ? column : dropped;
    }
    return perebor_fail(
        error, PEREBOR_ERR_FORMAT, "%s: no column is left to predict \"%s\" from%s%s%s%s",
        table->path, proposing->columns[proposing->proposal.target].name,
        dropped != NULL ? "; of column \"" : "", dropped != NULL ? dropped->name : "",
        dropped != NULL ? "\": " : "", dropped != NULL ? dropped->reason : "");
}

perebor_status propose_roles(proposing *proposing, const table *table, const column_facts *facts,
                             const table_pool *pool, perebor_error *error) {
    const column_facts *target = &facts[proposing->proposal.target];
    quality_notes *notes = &proposing->notes;
    choose_id(proposing, table, facts);
    for (size_t i = 0; i < table->n_columns; i++) {
        proposed_column *column = &proposing->columns[i];
        column->name = quality_format(notes, "%s", table->columns[i].name);
        column->n_distinct = facts[i].column.n_distinct;
        if (column->role != PROPOSED_ID && i != proposing->proposal.target) {
            decide(proposing, column, &facts[i], target, pool);
        }
        if (facts[i].column.n_missing > 0 && column->role < PROPOSED_DROP) {
            column->reason =
                quality_format(notes, "%s; %zu missing", column->reason, facts[i].column.n_missing);
        }
    }
    perebor_status status = quality_notes_check(notes, error);
    return status == PEREBOR_OK ? check_features(proposing, table, error) : status;
}
