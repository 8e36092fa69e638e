// SPDX-License-Identifier: MIT
/**
 * @file tables.h
 * Tables in: CSV files and SQLite databases, cleaned, pivoted, joined and filtered by declared
 * steps, into a dataset.
 *
 * A specification is plain data that the experiment file fills in; everything it points to is
 * borrowed. Every line and column number is the experiment file's, for messages.
 */
#ifndef PEREBOR_TABLES_H
#define PEREBOR_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/dataset.h"
#include "perebor/status.h"

PEREBOR_BEGIN_DECLS

/** Where the experiment file says a thing. */
typedef struct perebor_position {
    uint32_t line, column;
    const char *source; /**< Where line is 0: what says it instead, "--set data.id"; may be NULL. */
} perebor_position;

/** A list of UTF-8 names or values. */
typedef struct perebor_texts {
    const char *const *items; /**< [n] */
    size_t n;
} perebor_texts;

/** One source table. */
typedef struct perebor_table_source {
    const char *name;
    const char *path;      /**< Absolute, or relative to the working directory. */
    const char *key;       /**< Column that identifies its rows or their owner; NULL if none. */
    const char *delimiter; /**< One character such as "," or a tab; NULL: detected. */
    const char *decimal;   /**< "." or ","; NULL: detected. */
    const char *encoding;  /**< A name that perebor_encoding_find() knows; NULL: detected. */
    perebor_texts columns; /**< Names of its columns, if the file has no header; else empty. */
    uint32_t skip;         /**< Lines above the header, or above the first row. */
    const char *comment;   /**< One character: lines that begin with it are skipped; NULL. */
    bool makes_up_names; /**< A column of a CSV file whose name is missing, taken or a pattern gets
                            another; else that is an error, as it is in every experiment. */
    const char *sqlite_table; /**< The path is a SQLite database: this table of it … */
    const char *sqlite_query; /**< … or the result of this query. Both NULL: a CSV file. */
    perebor_position at;
} perebor_table_source;

typedef enum perebor_step_kind {
    PEREBOR_STEP_NORMALIZE,
    PEREBOR_STEP_REPLACE,
    PEREBOR_STEP_SQL,
} perebor_step_kind;

/** One ordered cleaning step. */
typedef struct perebor_clean_step {
    perebor_step_kind kind;
    const char *table;      /**< NULL or "*": every table. */
    perebor_texts columns;  /**< Names, or globs such as "Выручка_*"; empty: every column. */
    const char *form;       /**< normalize: "NFC", "NFKC" or NULL */
    bool trim;              /**< normalize: white space (NBSP included) at both ends */
    const char *case_fold;  /**< normalize: "lower", "upper" or NULL */
    perebor_texts from, to; /**< replace: pairs; `to` may be NULL for a missing value */
    const bool *from_plain; /**< replace: [from.n] whether a number in `from` equals every way to
                               write it, as 0 does 0.0; NULL: texts are compared */
    const char *sql;        /**< sql: one or more statements */
    double timeout_seconds; /**< How long SQL may take; 0: the default. */
    const char *reason;     /**< For the log; NULL if none given. */
    perebor_position at;
} perebor_clean_step;

/** Turns the rows of a key into columns, as pandas.pivot does; new columns sorted by code point. */
typedef struct perebor_pivot_step {
    const char *table;
    const char *columns; /**< Column whose values name the new columns. */
    const char *values;  /**< Column that fills them. */
    const char *prefix;  /**< Put before each value; "" if none. */
    perebor_position at;
} perebor_pivot_step;

/** How the tables become one. A single table needs no join. */
typedef struct perebor_join_step {
    const char *base; /**< Table whose row order is kept; NULL: the first source. */
    const char *on;   /**< Key column in every table. */
    bool left; /**< left keeps unmatched rows of the base (their missing values), else inner. */
    perebor_texts tables;   /**< In order. */
    bool unmatched_allowed; /**< A key without partner is dropped (or kept: left), not an error. */
    perebor_position at;
} perebor_join_step;

typedef enum perebor_comparison {
    PEREBOR_LESS,
    PEREBOR_LESS_EQUAL,
    PEREBOR_GREATER,
    PEREBOR_GREATER_EQUAL,
    PEREBOR_EQUAL,
    PEREBOR_NOT_EQUAL,
    PEREBOR_IN,
    PEREBOR_NOT_IN,
    PEREBOR_IS_MISSING,
    PEREBOR_IS_NOT_MISSING,
} perebor_comparison;

/** Keeps the joined rows for which a comparison holds; a missing value satisfies only IS_MISSING.
 */
typedef struct perebor_filter_step {
    perebor_texts columns; /**< Names or globs. */
    bool match_any;        /**< One of the columns suffices, else all must satisfy. */
    perebor_comparison comparison;
    perebor_texts values; /**< One, or several for IN; numbers as text. */
    const char *reason;   /**< NULL if none given. */
    perebor_position at;
} perebor_filter_step;

/** Levels of an ordinal column, lowest first. */
typedef struct perebor_ordinal_column {
    const char *name;
    perebor_texts levels;
    perebor_position at;
} perebor_ordinal_column;

/** Values that mean true and false in a boolean column; both empty: true/false/1/0/yes/no. */
typedef struct perebor_boolean_column {
    const char *name;
    perebor_texts true_values, false_values;
    perebor_position at;
} perebor_boolean_column;

/** A feature that scores may not fall or not rise with. */
typedef struct perebor_monotonic_column {
    const char *name;
    bool decreases;
    perebor_position at;
} perebor_monotonic_column;

/** What the columns of the joined table are. */
typedef struct perebor_roles {
    const char *id; /**< NULL: rows are known by their number. */
    const char *target;
    const char *positive;  /**< NULL: the target has the values 0 and 1, or false and true. */
    perebor_texts numeric; /**< Names or globs; "*": everything that nothing else names. */
    perebor_texts nominal; /**< Likewise. */
    /**
     * A column that nothing names is numeric if every value of it that is not a missing value is a
     * number, else nominal. Without it such a column is an error that lists the roles it could
     * have.
     */
    bool detect;
    const perebor_ordinal_column *ordinal;
    size_t n_ordinal;
    const perebor_boolean_column *boolean;
    size_t n_boolean;
    const perebor_monotonic_column *monotonic; /**< Each is a feature as well, and not nominal. */
    size_t n_monotonic;
    perebor_texts drop;        /**< Names or globs of columns to leave out. */
    perebor_texts passthrough; /**< Joined, but never a feature. */
    const char *group;         /**< Column whose equal values stay in one fold; NULL if none. */
    bool fills_numeric,
        fills_nominal; /**< Whether it is said what fills missing values of such features. */
    perebor_position at, target_at;
} perebor_roles;

/** Everything that turns files into a dataset. */
typedef struct perebor_tables_spec {
    const char *file; /**< The experiment file, for messages. */
    const perebor_table_source *sources;
    size_t n_sources;
    const perebor_clean_step *clean;
    size_t n_clean;
    const perebor_pivot_step *pivot;
    size_t n_pivot;
    perebor_join_step join;
    const perebor_filter_step *filter;
    size_t n_filter;
    perebor_roles roles;
} perebor_tables_spec;

/** One source as it was read. */
typedef struct perebor_source_report {
    const char *name, *path;
    uint8_t sha256[32];
    uint64_t n_rows, n_columns, n_bytes;
    const char *delimiter, *decimal, *encoding; /**< As given or detected; "" for SQLite. */
    const char *compression;                    /**< "gzip", "zstd", or "". */
    const char *names;                          /**< The first columns: `id, age and 3 more`. */
    uint64_t header_line;                       /**< Line of the header; 0: it has none. */
} perebor_source_report;

/** What one step did. */
typedef struct perebor_step_report {
    const char *step;   /**< "normalize", "replace", "pivot", "join", "filter", "sql" */
    const char *detail; /**< One line: table, column, rule, reason. */
    const char *table;  /**< "" after the join. */
    const char *column; /**< "" if several. */
    uint64_t n_cells;   /**< Cells changed, 0 where rows are counted. */
    uint64_t n_rows;    /**< Rows made, dropped or matched, 0 where cells are counted. */
} perebor_step_report;

/** A column that was typed otherwise than its values suggest. */
typedef struct perebor_column_doubt {
    const char *column;
    const char *detail;  /**< One line. */
    const char *section; /**< Where the step goes in the experiment: data.clean. */
    const char *step;    /**< YAML that would mend it; "" if none does or it would be too long. */
    bool are_numbers;    /**< The texts are numbers or days in a writing of their own; else they may
                              be no values at all. */
} perebor_column_doubt;

/** Values of a column that its schema does not have. */
typedef struct perebor_unknown_values {
    const char *column;
    uint64_t n_rows;             /**< That have one. */
    uint64_t n_values;           /**< Different ones. */
    const char *const *examples; /**< [n_examples] the first of them in the order of the rows. */
    size_t n_examples;           /**< At most PEREBOR_UNKNOWN_EXAMPLES. */
} perebor_unknown_values;

enum { PEREBOR_UNKNOWN_EXAMPLES = 5 };

/** How tables for prediction differ from the schema that they were loaded into. */
typedef struct perebor_frozen_report {
    /** [n_unknown] columns of the schema that have such values, in its order; ordinal, boolean and
     * nominal alike. */
    const perebor_unknown_values *unknown;
    size_t n_unknown;
    const char *const *missing; /**< [n_missing] columns of the schema that no table has. */
    size_t n_missing;
    /** [n_ignored] columns of the tables that neither the schema nor the experiment names. */
    const char *const *ignored;
    size_t n_ignored;
    bool has_target; /**< A table has the target's column. The members below are empty if none. */
    uint64_t n_labelled;           /**< Rows whose target is one of the two classes. */
    uint64_t n_target_gaps;        /**< Rows whose target is a missing value. */
    perebor_unknown_values target; /**< Rows whose target is neither class. */
    const int8_t *labels; /**< [n_rows] of the dataset: 1, 0, or -1 where none of these; or NULL. */
} perebor_frozen_report;

/** What became of the files: sources and steps, in order. Owns what it points to. */
typedef struct perebor_tables_report {
    const perebor_source_report *sources;
    size_t n_sources;
    const perebor_step_report *steps;
    size_t n_steps;
    const char *const *warnings; /**< [n_warnings] what was guessed, or is likely a mistake. */
    size_t n_warnings;
    const perebor_column_doubt *doubts;
    size_t n_doubts;
    const perebor_frozen_report *frozen; /**< From perebor_tables_load_frozen(); else NULL. */
    void *block;
} perebor_tables_report;

/** The name of an encoding by which a CSV file can be read, by any of its names, or NULL. */
const char *perebor_encoding_find(const char *word);

/** The i-th of these names, or NULL behind the last. */
const char *perebor_encoding_name(size_t i);

/**
 * Reads, cleans, joins and types.
 *
 * @param[out] dataset  Freed with perebor_dataset_free().
 * @param[out] report   Filled; released with perebor_tables_report_release().
 * @param[out] error    Names file, line, column, value and remedy.
 *
 * @retval PEREBOR_ERR_IO      A file cannot be read.
 * @retval PEREBOR_ERR_FORMAT  A file or a value is not what the experiment says: a ragged row, text
 *         in a numeric column, an unmatched or duplicate key, a target of one class, no rows left.
 */
PEREBOR_MUST_CHECK perebor_status perebor_tables_load(perebor_dataset **dataset,
                                                      perebor_tables_report *report,
                                                      const perebor_tables_spec *spec,
                                                      perebor_error *error);

/**
 * Reads, cleans, joins and types as perebor_tables_load() does, into the columns of a schema: those
 * that a pipeline was fitted on, with their order, roles and levels. This is how tables are loaded
 * for prediction; of the tables that a pipeline was fitted on it makes the same dataset, but for
 * groups, of which there are none.
 *
 * What differs is counted and named in report->frozen, and is no error:
 *
 * - A value that is no level of a nominal column is n_levels + 1 there, which a pipeline's encoder
 *   takes for unknown; one of an ordinal or a boolean column is a missing value. Other values of a
 *   boolean column are those that the experiment lists, if it lists any.
 * - A column of the schema that no table has is all missing values.
 * - Other columns are left out; what the experiment carries is a passthrough column where it is.
 * - Without a target, or where the target of some row is neither of the two classes, the dataset
 *   has no labels. report->frozen says which rows have one. A schema whose negative class is "rest"
 *   takes every other value for it.
 * - Without the identifier's column, rows are known by their number, and id_name is "".
 *
 * Steps are taken as declared. A cleaning step goes without columns that are not there, and a step
 * for a table that spec->sources leaves out (one of targets alone, say) is not taken, nor is that
 * table joined; each is a warning. SQL fails if it names what is not there. Filters drop rows, as
 * they did before fitting, but none looks at the target: a filter of the target alone is not
 * applied, and is a step of the report. A filter of another column that is not there is an error.
 * dataset->source_rows says which rows are left.
 *
 * The values of a row do not depend on other rows but by what the experiment leaves to be detected
 * of the files (delimiter, decimal mark, encoding), by pivots, and by what SQL makes of them.
 *
 * @param[out] dataset  Freed with perebor_dataset_free().
 * @param[out] report   Filled; released with perebor_tables_report_release().
 * @param[in]  spec     As the experiment has it, with the paths of other files. Its roles say what
 *                      identifies rows, what is dropped or carried and what booleans are written
 *                      as; a target of NULL is the schema's.
 * @param[in]  schema   Of perebor_fitted_pipeline_schema(); its rows are not looked at.
 *
 * @retval PEREBOR_ERR_CONFLICT  Another target than the schema's, or a boolean value that means the
 *         opposite.
 * @retval others  As perebor_tables_load(); text in a numeric column is an error here too, as are
 *         tables without any column of the schema.
 */
PEREBOR_MUST_CHECK perebor_status perebor_tables_load_frozen(perebor_dataset **dataset,
                                                             perebor_tables_report *report,
                                                             const perebor_tables_spec *spec,
                                                             const perebor_dataset *schema,
                                                             perebor_error *error);

void perebor_tables_report_release(perebor_tables_report *report);

PEREBOR_END_DECLS

#endif
