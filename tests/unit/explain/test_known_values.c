// SPDX-License-Identifier: MIT
/**
 * Shapley values of fitted pipelines are those of scikit-learn's models by definition, and of a
 * forest those of XGBoost's TreeSHAP: tests/golden/explain/make_shapley.py.
 */
#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "explain/row_explainer.h"
#include "explain/tree_interaction.h"
#include "perebor/learners.h"

#define FOLDER PEREBOR_SOURCE_DIR "/tests/golden/explain/"

enum { N_ROWS = 200, N_COLUMNS = 16, N_FIELDS = 17, N_NUMERIC = 13, LINE = 4096, N_SIX = 6 };

/** rows.csv, and the columns in the order of a dataset: numbers, service, allow, cat. */
typedef struct known_rows {
    double values[N_COLUMNS][N_ROWS];
    uint8_t labels[N_ROWS];
    char names[N_COLUMNS][32];
    char level_texts[8][128];
    const char *levels[8];
    size_t n_levels;
    perebor_column columns[N_COLUMNS];
    perebor_column six[N_SIX];
    uint32_t train[N_ROWS];
    size_t n_train;
    uint32_t test;
} known_rows;

static known_rows known;
static const char *const service_levels[] = {"стандарт", "премиум"};
static const char *const allow_levels[] = {"нет", "да"};

/** Cuts a line at a mark. @return Fields. */
static size_t cut(char *line, char mark, char **fields, size_t most) {
    size_t n = 0;
    line[strcspn(line, "\n")] = '\0';
    for (char *at = line; at != NULL && n < most; n++) {
        char *end = strchr(at, mark);
        fields[n] = at;
        if (end != NULL) {
            *end++ = '\0';
        }
        at = end;
    }
    return n;
}

/** The place of a category; they are sorted when all are known. */
static double level_of(const char *text) {
    for (size_t i = 0; i < known.n_levels; i++) {
        if (strcmp(known.level_texts[i], text) == 0) {
            return (double)i;
        }
    }
    (void)snprintf(known.level_texts[known.n_levels], sizeof known.level_texts[0], "%s", text);
    return (double)known.n_levels++;
}

static int by_text(const void *left, const void *right) {
    return strcmp(left, right);
}

static FILE *open_file(const char *name) {
    char path[512];
    (void)snprintf(path, sizeof path, FOLDER "%s", name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    return file;
}

/** @param[in] levels  Whether categories are all known. */
static void read_rows(bool levels) {
    char line[LINE], *fields[N_FIELDS];
    FILE *file = open_file("rows.csv");
    assert_non_null(fgets(line, sizeof line, file));
    assert_int_equal(cut(line, ',', fields, N_FIELDS), N_FIELDS);
    for (size_t i = 0; i < N_NUMERIC; i++) {
        (void)snprintf(known.names[i], sizeof known.names[i], "%s", fields[i]);
    }
    for (size_t row = 0; row < N_ROWS; row++) {
        assert_non_null(fgets(line, sizeof line, file));
        assert_int_equal(cut(line, ',', fields, N_FIELDS), N_FIELDS);
        for (size_t i = 0; i < N_NUMERIC; i++) {
            known.values[i][row] = strtod(fields[i], NULL);
        }
        known.values[13][row] = strcmp(fields[14], service_levels[1]) == 0;
        known.values[14][row] = strcmp(fields[15], allow_levels[1]) == 0;
        known.values[15][row] = level_of(fields[13]);
        known.labels[row] = fields[16][0] == '1';
    }
    (void)fclose(file);
    if (!levels) {
        qsort(known.level_texts, known.n_levels, sizeof known.level_texts[0], by_text);
    }
}

static perebor_column number(const char *name) {
    size_t at = 0;
    while (strcmp(known.names[at], name) != 0) {
        at++;
    }
    return (perebor_column){
        .name = known.names[at], .role = PEREBOR_ROLE_NUMERIC, .values = known.values[at]};
}

/** The words of a line of expected.txt that begins with a word; the n-th such line. */
static size_t read_line(const char *word, size_t n, char *line, char **fields, size_t most) {
    FILE *file = open_file("expected.txt");
    size_t length = strlen(word), seen = 0;
    while (fgets(line, LINE, file) != NULL) {
        if (strncmp(line, word, length) == 0 && line[length] == ' ' && seen++ == n) {
            (void)fclose(file);
            return cut(line + length + 1, ' ', fields, most);
        }
    }
    (void)fclose(file);
    return 0;
}

static int set_up(void **state) {
    (void)state;
    static const char *const six[] = {"pages", "min1", "min0", "promo", "cats_visit", "unpaid"};
    char line[LINE], *fields[N_ROWS];
    read_rows(false);
    read_rows(true);
    for (size_t i = 0; i < known.n_levels; i++) {
        known.levels[i] = known.level_texts[i];
    }
    for (size_t i = 0; i < N_NUMERIC; i++) {
        known.columns[i] = number(known.names[i]);
    }
    known.columns[13] =
        (perebor_column){"service", PEREBOR_ROLE_ORDINAL, known.values[13], service_levels, 2, 0};
    known.columns[14] =
        (perebor_column){"allow", PEREBOR_ROLE_BOOLEAN, known.values[14], allow_levels, 2, 0};
    known.columns[15] = (perebor_column){"cat",        PEREBOR_ROLE_NOMINAL, known.values[15],
                                         known.levels, known.n_levels,       0};
    for (size_t i = 0; i < N_SIX; i++) {
        known.six[i] = number(six[i]);
    }
    known.n_train = read_line("train", 0, line, fields, N_ROWS);
    for (size_t i = 0; i < known.n_train; i++) {
        known.train[i] = (uint32_t)strtoul(fields[i], NULL, 10);
    }
    assert_int_equal(read_line("test", 0, line, fields, 1), 1);
    known.test = (uint32_t)strtoul(fields[0], NULL, 10);
    return 0;
}

/** What is known of one model. */
typedef struct known_case {
    const char *name, *learner;
    bool all; /**< All columns, in [0, 1], before all training rows; else six, before 20 of them. */
    explain_game game;
    double tolerance; /**< Solvers stop at tolerances of their own. */
    const char *settings[4][2];
} known_case;

static perebor_candidate candidate_of(const known_case *wanted) {
    perebor_candidate candidate = {.learner = perebor_learner_find(wanted->learner)};
    candidate.preparation.impute_nominal = PEREBOR_IMPUTE_MOST_FREQUENT;
    candidate.preparation.encode_nominal = PEREBOR_ENCODE_ONEHOT_FIRST;
    candidate.preparation.scale = wanted->all ? PEREBOR_SCALE_MINMAX : PEREBOR_SCALE_STANDARD;
    for (size_t i = 0; i < candidate.learner->n_settings; i++) {
        const perebor_setting *setting = &candidate.learner->settings[i];
        candidate.settings[i] = setting->default_value;
        for (size_t j = 0; j < 4 && wanted->settings[j][0] != NULL; j++) {
            const char *text = wanted->settings[j][1];
            if (strcmp(setting->name, wanted->settings[j][0]) == 0) {
                perebor_value value = {.kind = PEREBOR_VALUE_TEXT, .as.text = text};
                if (text[0] >= '0' && text[0] <= '9' && strchr(text, '.') != NULL) {
                    value =
                        (perebor_value){.kind = PEREBOR_VALUE_REAL, .as.real = strtod(text, NULL)};
                } else if (text[0] >= '0' && text[0] <= '9') {
                    value = (perebor_value){.kind = PEREBOR_VALUE_INTEGER,
                                            .as.integer = strtol(text, NULL, 10)};
                }
                candidate.settings[i] = value;
            }
        }
    }
    return candidate;
}

static void check_case(const known_case *wanted) {
    char line[LINE], *fields[N_COLUMNS + 2];
    double values[N_COLUMNS], errors[N_COLUMNS];
    perebor_error error = {0};
    perebor_workspace workspace = {0};
    perebor_fitted_pipeline *pipeline = NULL;
    row_explainer *explainer = NULL;
    size_t n = wanted->all ? N_COLUMNS : N_SIX;
    const perebor_dataset dataset = {.n_rows = N_ROWS,
                                     .n_columns = n,
                                     .columns = wanted->all ? known.columns : known.six,
                                     .labels = known.labels,
                                     .target_name = "y",
                                     .positive_name = "1",
                                     .negative_name = "0",
                                     .id_name = ""};
    perebor_candidate candidate = candidate_of(wanted);
    const row_explainer_options options = {.game = wanted->game};
    row_explanation explained = {.shapley = {.values = values, .standard_error = errors}};
    if (perebor_fitted_pipeline_fit_calibrated(&pipeline, &candidate, &dataset, known.train,
                                               known.n_train, &error) != PEREBOR_OK ||
        row_explainer_create(&explainer, pipeline, &dataset, known.train,
                             wanted->all ? known.n_train : 20, &options, &error) != PEREBOR_OK ||
        row_explainer_rows(explainer, &known.test, 1, &workspace, &explained, &error) !=
            PEREBOR_OK) {
        fail_msg("%s: %s", wanted->name, error.message);
    }
    assert_true(row_explainer_is_exact(explainer));
    assert_int_equal(read_line(wanted->name, 0, line, fields, n + 2), n + 2);
    assert_true(fabs(row_explainer_baseline(explainer) - strtod(fields[0], NULL)) <=
                wanted->tolerance);
    assert_true(fabs(explained.score - strtod(fields[1], NULL)) <= wanted->tolerance);
    const explain_players *players = row_explainer_players(explainer);
    assert_int_equal(players->n_players, n);
    for (size_t i = 0; i < n; i++) {
        double expected = strtod(fields[i + 2], NULL);
        if (!(fabs(values[i] - expected) <= wanted->tolerance)) {
            fail_msg("%s, column %zu: %.12g, not %.12g", wanted->name, i, values[i], expected);
        }
    }
    row_explainer_free(explainer);
    perebor_fitted_pipeline_free(pipeline);
    perebor_workspace_release(&workspace);
}

static void pipelines_have_the_values_of_scikit_learns_models(void **state) {
    (void)state;
    static const known_case cases[] = {
        {"linear", "logreg", true, EXPLAIN_INTERVENTIONAL, 1e-6, {{"C", "0.8"}, {"penalty", "l1"}}},
        {"rbf", "svc", false, EXPLAIN_INTERVENTIONAL, 1e-5, {{"C", "1.0"}}},
        {"neighbors",
         "knn",
         false,
         EXPLAIN_INTERVENTIONAL,
         1e-12,
         {{"n_neighbors", "9"}, {"metric", "manhattan"}}},
        {"tree",
         "tree",
         false,
         EXPLAIN_INTERVENTIONAL,
         1e-12,
         {{"max_depth", "4"}, {"min_samples_leaf", "5"}}},
        {"paths",
         "tree",
         false,
         EXPLAIN_PATH_DEPENDENT,
         1e-12,
         {{"max_depth", "4"}, {"min_samples_leaf", "5"}}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        check_case(&cases[i]);
    }
}

/** A forest as the file has it; a form's trees are averaged, XGBoost's added up. */
typedef struct known_forest {
    double thresholds[1024], values[1024], covers[1024];
    uint32_t columns[1024], left[1024];
    uint64_t first[64];
    perebor_trees_form form;
} known_forest;

static void read_forest(known_forest *forest) {
    char line[LINE], *fields[N_ROWS];
    size_t n = 0;
    FILE *file = open_file("expected.txt");
    forest->form = (perebor_trees_form){.first_node = forest->first,
                                        .thresholds = forest->thresholds,
                                        .values = forest->values,
                                        .covers = forest->covers,
                                        .columns = forest->columns,
                                        .left = forest->left,
                                        .single_precision = true};
    while (fgets(line, sizeof line, file) != NULL) {
        size_t n_nodes = 0;
        if (sscanf(line, "tree %zu", &n_nodes) != 1 || strchr(line, '.') != NULL) {
            continue;
        }
        for (size_t i = 0; i < n_nodes; i++, n++) {
            assert_non_null(fgets(line, sizeof line, file));
            assert_int_equal(cut(line, ' ', fields, 5), 5);
            forest->columns[n] = (uint32_t)strtoul(fields[0], NULL, 10);
            forest->thresholds[n] = strtod(fields[1], NULL);
            forest->values[n] = strtod(fields[2], NULL);
            forest->covers[n] = strtod(fields[3], NULL);
            forest->left[n] = (uint32_t)strtoul(fields[4], NULL, 10);
        }
        forest->first[++forest->form.n_trees] = n;
    }
    forest->form.n_nodes = n;
    (void)fclose(file);
}

/** Standardised as scikit-learn does. */
static void fill_six(perebor_matrix *rows, perebor_workspace *workspace) {
    assert_int_equal(perebor_matrix_create(rows, N_ROWS, N_SIX, workspace, NULL), PEREBOR_OK);
    for (size_t column = 0; column < N_SIX; column++) {
        double sum = 0.0, squares = 0.0, n = (double)known.n_train;
        for (size_t i = 0; i < known.n_train; i++) {
            sum += known.six[column].values[known.train[i]];
        }
        for (size_t i = 0; i < known.n_train; i++) {
            double from_mean = known.six[column].values[known.train[i]] - sum / n;
            squares += from_mean * from_mean;
        }
        for (size_t row = 0; row < N_ROWS; row++) {
            perebor_matrix_column(rows, column)[row] =
                (known.six[column].values[row] - sum / n) / sqrt(squares / n);
        }
    }
}

static perebor_status score_nothing(const void *context, const perebor_matrix *rows,
                                    perebor_workspace *workspace, double *scores,
                                    perebor_error *error) {
    (void)context;
    (void)workspace;
    (void)error;
    memset(scores, 0, rows->n_rows * sizeof *scores);
    return PEREBOR_OK;
}

static void a_forest_has_the_values_of_xgboosts_tree_shap(void **state) {
    (void)state;
    static known_forest forest;
    static const uint32_t groups[N_SIX] = {0, 1, 2, 3, 4, 5};
    char line[LINE], *fields[N_SIX + 2];
    perebor_workspace workspace = {0};
    perebor_matrix rows;
    explain_players players;
    explain_shapley *shapley = NULL;
    read_forest(&forest);
    fill_six(&rows, &workspace);
    const perebor_model_form form = {
        .kind = PEREBOR_FORM_TREES, .n_columns = N_SIX, .as.trees = forest.form};
    const explain_model model = {.form = &form, .score = score_nothing, .scores_form = true};
    const explain_shapley_options options = {.game = EXPLAIN_PATH_DEPENDENT};
    assert_int_equal(forest.form.n_trees, 12);
    assert_int_equal(perebor_model_form_check(&form, NULL), PEREBOR_OK);
    assert_int_equal(explain_players_group(&players, groups, N_SIX, &workspace, NULL), PEREBOR_OK);
    assert_int_equal(explain_shapley_create(&shapley, &model, &players, &rows, &options, NULL),
                     PEREBOR_OK);
    for (size_t i = 0; i < 10; i++) {
        double values[N_SIX], errors[N_SIX];
        explain_shapley_row explained = {.values = values, .standard_error = errors};
        perebor_matrix one;
        const uint64_t key = 0;
        assert_int_equal(read_line("contributions", i, line, fields, N_SIX + 2), N_SIX + 2);
        assert_int_equal(perebor_matrix_create(&one, 1, N_SIX, &workspace, NULL), PEREBOR_OK);
        for (size_t column = 0; column < N_SIX; column++) {
            perebor_matrix_column(&one, column)[0] =
                perebor_matrix_column(&rows, column)[strtoul(fields[0], NULL, 10)];
        }
        assert_int_equal(explain_shapley_rows(shapley, &one, &key, &workspace, &explained, NULL),
                         PEREBOR_OK);
        assert_true(fabs(12.0 * explain_shapley_baseline(shapley) - strtod(fields[1], NULL)) <=
                    1e-6);
        for (size_t column = 0; column < N_SIX; column++) {
            assert_true(fabs(12.0 * values[column] - strtod(fields[2 + column], NULL)) <= 2e-6);
        }
    }
    explain_shapley_free(shapley);
    perebor_workspace_release(&workspace);
}

static void pairs_have_the_values_of_xgboosts_interactions(void **state) {
    (void)state;
    enum { n_pairs = N_SIX * (N_SIX - 1) / 2 };
    static known_forest forest;
    static const uint32_t groups[N_SIX] = {0, 1, 2, 3, 4, 5};
    static double values[n_pairs][N_ROWS];
    char line[LINE], *fields[n_pairs + 1];
    perebor_workspace workspace = {0};
    perebor_matrix rows;
    explain_players players;
    size_t pair = 0;
    read_forest(&forest);
    fill_six(&rows, &workspace);
    assert_int_equal(explain_players_group(&players, groups, N_SIX, &workspace, NULL), PEREBOR_OK);
    for (size_t one = 0; one < N_SIX; one++) {
        for (size_t other = one + 1; other < N_SIX; other++) {
            assert_int_equal(tree_interaction_find(&forest.form, &players, one, other, &rows,
                                                   &workspace, values[pair++], NULL),
                             PEREBOR_OK);
        }
    }
    for (size_t i = 0; i < 10; i++) {
        assert_int_equal(read_line("interactions", i, line, fields, n_pairs + 1), n_pairs + 1);
        size_t row = strtoul(fields[0], NULL, 10);
        for (pair = 0; pair < n_pairs; pair++) {
            double expected = strtod(fields[1 + pair], NULL);
            assert_true(fabs(12.0 * values[pair][row] - expected) <= 5e-6);
        }
    }
    perebor_workspace_release(&workspace);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pipelines_have_the_values_of_scikit_learns_models),
        cmocka_unit_test(a_forest_has_the_values_of_xgboosts_tree_shap),
        cmocka_unit_test(pairs_have_the_values_of_xgboosts_interactions),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
