// SPDX-License-Identifier: MIT
/**
 * @file learner.h
 * What a learner is: a name, the settings it declares, and how it fits and scores.
 *
 * A learner is a wing of src/model/ and a line in model/registry/learners.c. Scores are what
 * ROC-AUC ranks by: the larger, the more likely the positive class; log-odds, margins, or shares of
 * neighbours.
 *
 * A score is a pure function of (training matrix, labels, settings, row): the same bits on every
 * machine and whatever else is computed beside it. fit() with score() is the definition;
 * score_family() gives the very same bits for many settings at once, faster, because it shares what
 * they have in common.
 */
#ifndef PEREBOR_LEARNER_H
#define PEREBOR_LEARNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/matrix.h"
#include "perebor/model_form.h"
#include "perebor/setting.h"
#include "perebor/status.h"
#include "perebor/workspace.h"

PEREBOR_BEGIN_DECLS

/**
 * What estimators say of the training rows that they did not learn from, as those of a forest do
 * not learn from the rows that their samples lack. For each training row [training->n_rows]:
 */
typedef struct perebor_out_of_bag {
    const double *sums;      /**< What the estimators that did not see it say of it, added up; */
    const uint32_t *n_trees; /**< and how many these are. */
} perebor_out_of_bag;

/** What fitting has to say beside the model. */
typedef struct perebor_fit_report {
    bool converged;      /**< Reached the optimum to the tolerance; true where nothing iterates. */
    uint32_t iterations; /**< Steps of the solver; 0 where nothing iterates. */
    double fit_seconds;  /**< CPU time; shared work is divided among those that share it. */
    double score_seconds;
    /** Where a member is delivered whose settings ask for it: borrowed for the call. Else NULL. */
    const perebor_out_of_bag *out_of_bag;
} perebor_fit_report;

/** A fitted model; what it holds is the learner's own. It lives in the workspace that it was fitted
 * in, until that is returned to where it was before. */
typedef struct perebor_model perebor_model;

/** Training rows of one fold, prepared. */
typedef struct perebor_training {
    perebor_matrix rows;   /**< [n_rows][n_columns], every value finite. */
    const uint8_t *labels; /**< [n_rows], 0 or 1, both present. */
    /** Writes what a column is called, as snprintf() writes it, and returns its length; NULL:
     * columns have no names. */
    size_t (*name_column)(const void *names, size_t column, char *name, size_t size);
    const void *names; /**< What name_column() is given. */
} perebor_training;

/** Bytes that a column takes in a message, its end included. */
enum { PEREBOR_COLUMN_IN_MESSAGE = 96 };

/**
 * What a message calls a column: `column "fee"`, or `column 2` where columns have no names.
 *
 * @param[in]  column  Below training->rows.n_columns, from 0.
 * @param[out] text    [PEREBOR_COLUMN_IN_MESSAGE] A name that is too long is cut, and ends in "…".
 * @return @p text
 */
const char *perebor_training_column(const perebor_training *training, size_t column,
                                    char text[PEREBOR_COLUMN_IN_MESSAGE]);

/** The shape of a training part and of what is scored, for predictions of cost. */
typedef struct perebor_table_shape {
    size_t n_rows;    /**< To train on. */
    size_t n_scored;  /**< Rows that the model scores, whether it was trained on them or not. */
    size_t n_columns; /**< The levels of nominal columns included. */
    size_t n_nominal; /**< Columns whose levels these are: blocks of codes. */
    size_t n_levels;  /**< Levels of all of them; the other columns are dense. */
} perebor_table_shape;

/** Columns to pass over: dense ones and blocks of codes. */
static inline size_t perebor_table_shape_n_passes(const perebor_table_shape *shape) {
    return shape->n_columns - shape->n_levels + shape->n_nominal;
}

/**
 * Receives the scores of the first estimators of members of a family: for each member of every
 * point of its learning curve below its own n_estimators, ascending, before the member itself is
 * delivered.
 *
 * @param[in] members            [n_members] whose first estimators are the same.
 * @param[in] n_estimators       Of a point: perebor/learning_curve.h.
 * @param[in] validation_scores  [validation->n_rows], borrowed for the call.
 * @param[in] training_scores    [training->n_rows], or NULL if not asked for.
 * @param[in] out_of_bag         As in perebor_fit_report, of these estimators; NULL if none of the
 *                               members asks for it.
 */
typedef void perebor_family_deliver_part(void *context, const size_t *members, size_t n_members,
                                         size_t n_estimators, const double *validation_scores,
                                         const double *training_scores,
                                         const perebor_out_of_bag *out_of_bag);

/** Several settings of one learner to fit on one training part and to score on one or two parts. */
typedef struct perebor_family {
    const perebor_training *training;
    const perebor_matrix *validation;
    bool score_training;   /**< Score the training rows as well. */
    bool score_out_of_bag; /**< Say of members that ask for it what is in perebor_out_of_bag. */
    const perebor_value *const *settings; /**< [n_members], each [learner->n_settings] */
    size_t n_members;
    /** Takes learning curves, with the context of perebor_family_deliver; NULL: none are wanted.
     * Learners without score_first() never call it. */
    perebor_family_deliver_part *deliver_part;
    perebor_workspace *workspace; /**< To compute in; left as it was. */
    /** The learner's layout of these rows and settings; NULL: it makes its own. */
    const void *layout;
    double layout_seconds; /**< CPU seconds that this was made in just now, for this family. */
} perebor_family;

/**
 * Receives the scores of one member of a family; called once for each, in any order.
 *
 * @param[in] status             PEREBOR_OK, or why this member failed; scores are then NULL.
 * @param[in] validation_scores  [validation->n_rows], borrowed for the call.
 * @param[in] training_scores    [training->n_rows], or NULL if not asked for.
 */
typedef void perebor_family_deliver(void *context, size_t member, perebor_status status,
                                    const char *message, const double *validation_scores,
                                    const double *training_scores,
                                    const perebor_fit_report *report);

/** Most settings of a learner; what can hold those of any learner is sized by it. */
enum { PEREBOR_MAX_SETTINGS = 32 };

/**
 * Initialises the members settings and n_settings of a learner from its table, an array. A table of
 * more than PEREBOR_MAX_SETTINGS does not compile.
 */
#define PEREBOR_LEARNER_SETTINGS(table)                                                            \
    .settings = (table), .n_settings = PEREBOR_SETTINGS_LENGTH(table)

/** The length of a table of settings. The structure only carries the assertion into an expression.
 */
#define PEREBOR_SETTINGS_LENGTH(table)                                                             \
    (sizeof(table) / sizeof *(table) +                                                             \
     0 * sizeof(struct {                                                                           \
         _Static_assert(sizeof(table) / sizeof *(table) <= PEREBOR_MAX_SETTINGS,                   \
                        "a learner has more settings than PEREBOR_MAX_SETTINGS");                  \
         char member;                                                                              \
     }))

/** What scores are: hence the probability of class 1, and the class that is predicted. */
typedef enum perebor_score_kind {
    PEREBOR_SCORE_LOG_ODDS, /**< p = 1 / (1 + e^-score); class 1 where the score is above 0. */
    PEREBOR_SCORE_SHARE,    /**< p is the score; class 1 where it is above 1/2. */
    PEREBOR_SCORE_MARGIN,   /**< p takes a calibration: calibration.h; class 1 where the score is
                                 not below 0. */
} perebor_score_kind;

/**
 * How the scores of a learner come about as sums, which parts of its models add to: ranks and
 * threads may then share one long fit. Every addend is exact, and so is their sum in any order:
 * whole numbers of a unit, below 2^53 of them.
 */
typedef struct perebor_learner_parts {
    /** Predicted seconds of cost() that every part takes, however many there are. */
    double (*cost)(const perebor_value *settings, const perebor_table_shape *shape);

    /**
     * score_family() by a part of the models: some of their estimators, behind those of the parts
     * before it. What is delivered, for members and for points of learning curves within the part,
     * is what these add to the scores.
     *
     * @param[in] part  Below @p n_parts.
     */
    perebor_status (*score)(const perebor_family *family, size_t part, size_t n_parts,
                            perebor_family_deliver *deliver, void *context, perebor_error *error);

    /** Makes scores of what the first @p n_estimators add up to, with the bits of score_family().
     */
    void (*join)(size_t n_estimators, double *sums, size_t n);
} perebor_learner_parts;

/**
 * How a learner's families share what it makes of the rows of a fold before it looks at most of its
 * settings: bins, or columns in order. It borrows nothing and never changes, so any number of
 * threads may read it at once, and whether a family is given one has no bearing on its scores.
 */
typedef struct perebor_learner_layout {
    /** Whether score_family() reads nothing of the rows beside it but how many they are, and
     * labels: the matrices may then be without columns and values. */
    bool is_enough;

    /** What settings must have in common to share a layout of the same rows, as a number. Equal
     * where share_key() is. */
    uint64_t (*key)(const perebor_value *settings);

    /** Predicted seconds of cost() that making it takes; 0 where fit() refuses such settings. */
    double (*cost)(const perebor_value *settings, const perebor_table_shape *shape);

    /**
     * Makes it.
     *
     * @param      workspace  Holds it.
     * @param      scratch    Another one, to compute in.
     * @return As fit().
     */
    perebor_status (*create)(const void **layout, const perebor_training *training,
                             const perebor_matrix *validation, const perebor_value *settings,
                             perebor_workspace *workspace, perebor_workspace *scratch,
                             perebor_error *error);
} perebor_learner_layout;

/** What a learner is busy with for most of its time. Machines differ in how fast they do each. */
typedef enum perebor_work {
    PEREBOR_WORK_ARITHMETIC, /**< Sums of products over columns. */
    PEREBOR_WORK_COUNTING,   /**< Rows looked up, counted and divided. */
    PEREBOR_N_WORKS,
} perebor_work;

/** A learner. All members are constant and never NULL, but where it says so. */
typedef struct perebor_learner {
    const char *name;    /**< As `model:` and the prefix of its settings: "logreg". */
    const char *summary; /**< Half a line. */
    /** The model of the learner of less complexity is the simpler of two: 0 a sum of
     * columns, 1 a tree, 2 a vote of rows, 3 a sum over rows. Within one learner, settings decide:
     * perebor_setting.simpler, in their order. */
    unsigned complexity;
    perebor_score_kind score_kind;   /**< The kind of what score() gives. */
    perebor_work work;               /**< For forecasts of time: trial/machine_pace.h. */
    const perebor_setting *settings; /**< [n_settings]; the order of the values everywhere. */
    size_t n_settings;               /**< Both by PEREBOR_LEARNER_SETTINGS(). */

    /** Whether scores keep to the monotonic columns of a matrix; other learners do not look. */
    bool keeps_monotonic;

    /**
     * Whether the learner with these settings is defined on unscaled columns, imputed and encoded
     * only, so that it is given them whatever the scaler, and the scaler never matters. NULL:
     * never.
     */
    bool (*ignores_scale)(const perebor_value *settings);

    /**
     * What fit() refuses of settings whatever the rows hold: settings that contradict each other,
     * or the size of the training part. So that it is known before the search. NULL: nothing.
     *
     * @param[in] n_columns  As fit() would be given.
     * @retval PEREBOR_ERR_ARGUMENT  As of fit().
     */
    perebor_status (*check)(const perebor_value *settings, size_t n_rows, size_t n_columns,
                            perebor_error *error);

    /**
     * Fits a model.
     *
     * @param[in] settings   [n_settings], each as perebor_setting_accept() returned it.
     * @param     workspace  Holds the model, and whatever fitting needed.
     * @retval PEREBOR_ERR_ARGUMENT  Settings that contradict each other or the data.
     * @retval PEREBOR_ERR_NUMERIC   The computation left the finite numbers.
     * @retval PEREBOR_ERR_STOPPED   The thread was told that its time is over: base/deadline.h.
     */
    perebor_status (*fit)(perebor_model **model, const perebor_training *training,
                          const perebor_value *settings, perebor_workspace *workspace,
                          perebor_fit_report *report, perebor_error *error);

    /**
     * Scores rows; the workspace is left as it was.
     *
     * @param[out] scores  [rows->n_rows]
     * @retval PEREBOR_ERR_ARGUMENT  The rows have another number of columns than those of fit().
     */
    perebor_status (*score)(const perebor_model *model, const perebor_matrix *rows,
                            perebor_workspace *workspace, double *scores, perebor_error *error);

    /**
     * Scores rows by the first estimators of a model alone, as the model with so many would: where
     * there is this function, n_estimators and path are settings, and models that differ in it are
     * parts of one another. NULL: models have no such parts.
     *
     * @param[in] n_estimators  At least 1; a model that stopped early has no more than it has.
     */
    perebor_status (*score_first)(const perebor_model *model, size_t n_estimators,
                                  const perebor_matrix *rows, perebor_workspace *workspace,
                                  double *scores, perebor_error *error);

    /**
     * Adds up what the first estimators of a model say of the training rows that they did not learn
     * from, as perebor_out_of_bag has it. NULL: the learner's models say nothing of the kind.
     *
     * @param[in]  n_estimators  From 1 to those of the model.
     * @param[in]  training, settings  That the model was fitted with.
     * @param[out] sums, n_trees       [training->rows.n_rows]
     */
    perebor_status (*score_out_of_bag)(const perebor_model *model, size_t n_estimators,
                                       const perebor_training *training,
                                       const perebor_value *settings, perebor_workspace *workspace,
                                       double *sums, uint32_t *n_trees, perebor_error *error);

    /**
     * Says what a fitted model computes.
     *
     * @param      workspace  Holds what the form needs beside the model.
     * @param[out] form       Borrows from the model and the workspace.
     */
    perebor_status (*describe)(const perebor_model *model, perebor_workspace *workspace,
                               perebor_model_form *form, perebor_error *error);

    /**
     * Makes a model of what describe() said, which scores with the same bits.
     *
     * @param[in] form       As perebor_model_form_check() accepts it; copied.
     * @param     workspace  Holds the model.
     * @retval PEREBOR_ERR_FORMAT  A form that this learner never gives.
     */
    perebor_status (*restore)(perebor_model **model, const perebor_model_form *form,
                              perebor_workspace *workspace, perebor_error *error);

    /**
     * Predicted seconds for one member on one fold, alone; only ratios matter. Deterministic: the
     * plan depends on it.
     */
    double (*cost)(const perebor_value *settings, const perebor_table_shape *shape);

    /**
     * What members must have in common to share work, as a number (a hash of the settings that
     * matter). NULL: nothing is shared.
     */
    uint64_t (*share_key)(const perebor_value *settings);

    /** Predicted seconds that a further member of the same share_key adds. NULL with share_key. */
    double (*marginal_cost)(const perebor_value *settings, const perebor_table_shape *shape);

    /** Fits and scores a family whose members have one share_key. NULL: member by member. */
    perebor_status (*score_family)(const perebor_family *family, perebor_family_deliver *deliver,
                                   void *context, perebor_error *error);

    /** How to do that in parts. NULL: a fit is one piece. A learner with parts has score_first(),
     * and its scores are not margins. */
    const perebor_learner_parts *parts;

    /** What families of different share keys may share. NULL: nothing. */
    const perebor_learner_layout *layout;
} perebor_learner;

/** n_estimators of a learner that has score_first(), among its settings; else 0. */
size_t perebor_learner_n_estimators(const perebor_learner *learner, const perebor_value *settings);

/** Whether they say that n_estimators is a path: the most, of which the first few may score better.
 * What a learner computes does not depend on it. */
bool perebor_learner_is_path(const perebor_learner *learner, const perebor_value *settings);

/** Whether settings ask for scores of the training rows by the estimators that did not learn from
 * them, and the learner has any: score_out_of_bag(), and a setting oob_score. */
bool perebor_learner_wants_out_of_bag(const perebor_learner *learner,
                                      const perebor_value *settings);

/** Puts another n_estimators into settings that have one, which then are no path. */
void perebor_learner_set_n_estimators(const perebor_learner *learner, perebor_value *settings,
                                      size_t n_estimators);

/**
 * The classes that scores predict: what scikit-learn's predict() of the learner gives, ties of two
 * classes included.
 *
 * @param[out] classes  [n] 0 or 1.
 */
void perebor_learner_classes(const perebor_learner *learner, const double *scores, size_t n,
                             uint8_t *classes);

/**
 * score_family() of the learner if it has one and @p share is true, otherwise member by member.
 * The two give the same bits.
 */
PEREBOR_MUST_CHECK perebor_status perebor_learner_score_family(const perebor_learner *learner,
                                                               const perebor_family *family,
                                                               bool share,
                                                               perebor_family_deliver *deliver,
                                                               void *context, perebor_error *error);

PEREBOR_END_DECLS

#endif
