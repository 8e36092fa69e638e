// SPDX-License-Identifier: MIT
/**
 * @file generator.h
 * Made-up customers with known truth, written as the tables of a shop.
 *
 * A customer belongs to one of a few components; each has a class, a Gaussian copula over numeric
 * variables, their marginal distributions, and probabilities of categories and flags. Every draw is
 * a function of (seed, number of the customer, stream), so any chunk in any order gives the same
 * rows: u = hash(seed, customer, stream) by the finaliser of splitmix64 (Steele, Lea, Flood 2014).
 *
 * What the components are, what the tables look like and what dirt they carry is all in
 * generator.yaml; docs/reference/generator.md lists its keys.
 */
#ifndef PEREBOR_GENERATE_GENERATOR_H
#define PEREBOR_GENERATE_GENERATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"

/** A uniform number in (0, 1): the only source of randomness of a generator. */
double perebor_generator_uniform(uint64_t seed, uint64_t number, uint64_t stream);

typedef enum perebor_marginal_kind {
    PEREBOR_MARGINAL_NORMAL = 0,    /**< tnorm: normal(mu, sd) cut to [lo, hi], in steps */
    PEREBOR_MARGINAL_LOGNORMAL = 1, /**< tlognorm: exp of normal(mu, sd), likewise */
    PEREBOR_MARGINAL_PMF = 2,       /**< pmf: lo, lo + 1, … with probabilities p */
    PEREBOR_MARGINAL_MIXTURE = 3,   /**< mix2: low, or with probability p_hi high */
} perebor_marginal_kind;

/** The distribution of one variable in one component. */
typedef struct perebor_marginal {
    perebor_marginal_kind kind;
    double mu, sd, lo, hi, step;
    const double *p; /**< [n_p] */
    size_t n_p;
    double p_hi;
    const struct perebor_marginal *low, *high;
} perebor_marginal;

/** A correlation matrix of the latent normals. */
typedef struct perebor_variable_correlation {
    const char *name;
    const double *values; /**< [n_variables][n_variables], positive definite */
} perebor_variable_correlation;

/** A yes or no that leans on a latent normal. */
typedef struct perebor_flag {
    const char *name;
    size_t variable;    /**< Whose latent normal it leans on. */
    double correlation; /**< With it. */
    uint64_t stream;
} perebor_flag;

/** Latent shift of a variable by category. */
typedef struct perebor_category_shift {
    size_t variable;
    const double *values; /**< [n_categories] in standard deviations */
} perebor_category_shift;

/** One kind of customer. */
typedef struct perebor_component {
    const char *name;
    double weight;
    uint32_t target; /**< 0 or 1 */
    size_t correlation;
    const perebor_marginal *marginals; /**< [n_variables] */
    const double *p_category;          /**< [n_categories] */
    const double *p_flag;              /**< [n_flags] */
    const perebor_category_shift *shifts;
    size_t n_shifts;
} perebor_component;

typedef enum perebor_field_kind {
    PEREBOR_FIELD_ID,
    PEREBOR_FIELD_TARGET,
    PEREBOR_FIELD_CATEGORY,
    PEREBOR_FIELD_FLAG,
    PEREBOR_FIELD_TREATED, /**< Whether a customer was treated; scenario campaign. */
    PEREBOR_FIELD_OUTCOME, /**< What came of it. */
    PEREBOR_FIELD_VARIABLE,
} perebor_field_kind;

/** One column of a written table, or one value of a long one. */
typedef struct perebor_generated_column {
    const char *name;
    perebor_field_kind kind;
    size_t index;              /**< Which variable or flag. */
    uint32_t decimals;         /**< Decimals of a variable. */
    bool trim;                 /**< Zeros at the end of the decimals are left out … */
    uint32_t least_decimals;   /**< … but for so many. */
    const char *const *labels; /**< [2] of what is no or yes, or the target (0, 1). */
    /** A misspelling: where the label is typo_of, with probability typo_p, dirty files only. */
    const char *typo_of, *typo_text;
    double typo_p;
    uint64_t typo_stream;
} perebor_generated_column;

/** One row of each customer in a long table. */
typedef struct perebor_generated_row {
    const char *label, *dirty_label; /**< dirty_label NULL: the same. */
    perebor_generated_column value;
} perebor_generated_row;

typedef enum perebor_scenario {
    PEREBOR_SCENARIO_RETAIL = 0,       /**< As the components say. */
    PEREBOR_SCENARIO_NULL = 1,         /**< The target is independent of everything; stream 4. */
    PEREBOR_SCENARIO_LOGIT = 2,        /**< The target follows known log-odds; stream 5. */
    PEREBOR_SCENARIO_LEAK_ID = 3,      /**< The rows, and hence the ids, are sorted by class. */
    PEREBOR_SCENARIO_DRIFT = 4,        /**< The same customers later. */
    PEREBOR_SCENARIO_CAMPAIGN = 5,     /**< Some are treated, with known effect. */
    PEREBOR_SCENARIO_DIRT_EXTREME = 6, /**< More faults in cells and rows. */
} perebor_scenario;

/** Their names, in order; NULL after the last. */
extern const char *const perebor_scenario_names[];

/** One table that is written. */
typedef struct perebor_generated_table {
    const char *file;
    bool only_in_one; /**< Written in scenario `only` alone. */
    perebor_scenario only;
    const perebor_generated_column *columns; /**< [n_columns] of a wide table */
    size_t n_columns;
    /** A long table: id, label_name, value_name; rows in this order, the first one moved to the end
     * for a share of the customers (dirty files only). n_rows 0: a wide table. */
    const char *id_name, *label_name, *value_name;
    const perebor_generated_row *rows;
    size_t n_rows;
    double rotate_p;
    uint64_t rotate_stream;
    const char *dirty_delimiter, *dirty_decimal; /**< NULL: comma and point, as in clean files. */
    bool dirty_crlf;                             /**< Lines end with CR and LF, not LF alone. */
} perebor_generated_table;

/** Faults that dirty files carry, local to blocks of customers. Counts are of a whole block. */
typedef struct perebor_dirt {
    size_t block;  /**< Customers; 0: no dirt. */
    size_t exempt; /**< First customers of a block that are neither doubled nor outliers. */
    double duplicate_pairs;
    size_t duplicate_component;
    size_t duplicate_keeps; /**< The variable that stays the second one's own. */
    uint64_t duplicate_stream;
    double zero_customers;
    const size_t *zero_variables; /**< [n_zero_variables] */
    size_t n_zero_variables;
    bool outlier;
    size_t outlier_variable;
    double outlier_factor_min, outlier_factor_max, outlier_step;
    uint64_t outlier_stream, outlier_factor_stream;
} perebor_dirt;

/** One term of known log-odds: weight * (x - center) / scale. */
typedef struct perebor_logit_term {
    size_t variable;
    double center, scale, weight;
} perebor_logit_term;

/** Known log-odds: the intercept and the sum of the terms. */
typedef struct perebor_log_odds {
    double intercept;
    const perebor_logit_term *terms;
    size_t n_terms;
} perebor_log_odds;

/** How one variable has moved at the later snapshot of scenario drift. */
typedef struct perebor_drift_move {
    size_t variable;
    double keep;  /**< Correlation of its latent normal with the former one. */
    double shift; /**< What its latent normal is moved by, in standard deviations. */
    double add;   /**< To its value. */
} perebor_drift_move;

/** A later snapshot. What does not move is as it was. */
typedef struct perebor_drift {
    const perebor_drift_move *moves;
    size_t n_moves;
    uint64_t stream; /**< Variable j draws what is new from stream + j. */
} perebor_drift;

/** An experiment upon customers. */
typedef struct perebor_campaign {
    double treated_p;
    uint64_t treated_stream, outcome_stream;
    perebor_log_odds untreated; /**< Those of the outcome without treatment. */
    perebor_log_odds effect;    /**< What treatment adds to them. */
} perebor_campaign;

/** A fault that falls on a share of a column's cells. */
typedef struct perebor_cell_fault {
    const char *kind;     /**< Its name in dirt.json. */
    size_t table, column; /**< In a long table column 1 is the label, 2 the value. */
    double p;
    const char *of;             /**< Only cells that say this; NULL: any. */
    const char *text;           /**< Becomes the cell; NULL: the cell stays … */
    const char *before, *after; /**< … between these; NULL: nothing. */
} perebor_cell_fault;

/** A fault that falls on a share of a table's rows: the row is written again, under another id. */
typedef struct perebor_row_fault {
    const char *kind;
    size_t table;
    double p;
    uint64_t id_add; /**< To the id of the row's copy; 0: the same customer's. */
} perebor_row_fault;

/** The further faults of scenario dirt_extreme. */
typedef struct perebor_dirt_extreme {
    uint64_t stream; /**< Fault f draws from stream + 64 f + row of the customer. */
    const perebor_cell_fault *cells;
    size_t n_cells;
    const perebor_row_fault *rows; /**< Their f goes on where that of cells ends. */
    size_t n_rows;
    const size_t *marked; /**< [n_marked] tables that begin with a byte order mark */
    size_t n_marked;
} perebor_dirt_extreme;

/** Rows that one customer may have in a long table. */
enum { PEREBOR_GENERATED_ROWS_MAX = 64 };

/** What generator.yaml says. Everything it points to is borrowed. */
typedef struct perebor_generator {
    const char *name;
    char sha256[65]; /**< That of the file it was read from, in hexadecimal digits. */
    uint64_t n_rows, seed, id_start;
    const char *const *variables; /**< [n_variables]; variable j draws from stream 10 + j. */
    size_t n_variables;
    const char *const *categories; /**< [n_categories]; stream 1 */
    size_t n_categories;
    const perebor_flag *flags;
    size_t n_flags;
    const perebor_variable_correlation *correlations;
    size_t n_correlations;
    const perebor_component *components; /**< [n_components]; stream 0 */
    size_t n_components;
    const perebor_generated_table *tables;
    size_t n_tables;
    perebor_dirt dirt;
    perebor_log_odds logit;
    perebor_drift drift;
    perebor_campaign campaign;
    perebor_dirt_extreme dirt_extreme;
} perebor_generator;

/** How to write. */
typedef struct perebor_generate_options {
    uint64_t n_rows, seed;
    perebor_scenario scenario;
    bool clean;         /**< Without dirt: commas, points, line feeds, every label right. */
    const char *folder; /**< Made if it is not there. */
    bool overwrite;
    int n_threads; /**< At least 1. */
    /** Part `part`, from 0, of n_parts of the customers, to be joined when all parts are there:
     * every part may be written by a process of its own. n_parts 0 or 1: all customers. */
    uint32_t part, n_parts;
    /** Learns how many of the n customers to be written here have been, after every chunk, from one
     * thread at a time; may be NULL. */
    void (*progress)(void *context, uint64_t n_written, uint64_t n);
    void *progress_context;
} perebor_generate_options;

/** What was written. */
typedef struct perebor_generate_summary {
    uint64_t n_rows, n_positive, n_faults;
    size_t n_tables;
} perebor_generate_summary;

/** Parts at most. */
enum { PEREBOR_GENERATE_PARTS_MAX = 9999 };

/** Whether a generator declares what a scenario needs. */
bool perebor_generator_knows(const perebor_generator *generator, perebor_scenario scenario);

/**
 * Writes the tables, truth.csv (id, component, class, known probability; of a campaign also who was
 * treated and both probabilities of the outcome) and dirt.json (every fault put in). Each file
 * appears under its name only when it is whole. Not one byte depends on threads and parts.
 *
 * A part writes NAME.part-0002-of-0004 beside where each file will be.
 *
 * @retval PEREBOR_ERR_ARGUMENT  A correlation matrix is not positive definite, or the ids do not
 * fit.
 * @retval PEREBOR_ERR_CONFLICT  A file exists and may not be replaced, or is being written.
 * @retval PEREBOR_ERR_IO        The system refused.
 */
PEREBOR_MUST_CHECK perebor_status perebor_generate(const perebor_generator *generator,
                                                   const perebor_generate_options *options,
                                                   perebor_generate_summary *summary,
                                                   perebor_error *error);

/**
 * Joins all parts to the files, and deletes them.
 *
 * @param[in] options  As the parts were written with; `part` and n_threads are of no account.
 *
 * @retval PEREBOR_ERR_CONFLICT  A part was written with other options, or as above.
 * @retval PEREBOR_ERR_IO        A part is missing, or the system refused.
 */
PEREBOR_MUST_CHECK perebor_status perebor_generate_join(const perebor_generator *generator,
                                                        const perebor_generate_options *options,
                                                        perebor_generate_summary *summary,
                                                        perebor_error *error);

#endif
