// SPDX-License-Identifier: MIT
/** Scripts for scikit-learn: each learner, encoder, scaler, metric and option, and what is refused;
 * tests/reference runs such scripts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "export/sklearn_script.h"
#include "export_cases.h"

static const char own_tree[] =
    "a tree without random_state is Perebor's own: scikit-learn's differs from it where "
    "splits are equally good";
static const char own_forest[] =
    "a forest's random numbers are Perebor's own: scikit-learn draws others, and scores differ as "
    "those of two seeds do";
static const char own_elasticnet[] =
    "scikit-learn penalizes no intercept beside an elasticnet: its optimum is another";

static const perebor_role roles[] = {PEREBOR_ROLE_NUMERIC, PEREBOR_ROLE_NUMERIC,
                                     PEREBOR_ROLE_ORDINAL, PEREBOR_ROLE_BOOLEAN,
                                     PEREBOR_ROLE_NOMINAL};
static const double scores[] = {0.75, 1.0, 1e-05, 0.1, 0.5, 0.6};

/** Two repeats of three folds. */
static sklearn_trial make_trial(const perebor_candidate *candidate, const char *metric) {
    return (sklearn_trial){.search = {.file = "results/a.h5",
                                      .roles = roles,
                                      .n_columns = 5,
                                      .n_splits = 3,
                                      .n_repeats = 2,
                                      .metric = metric},
                           .number = 12,
                           .candidate = candidate,
                           .scores = scores};
}

/** The script, freed by the caller. */
static char *write_trial(const sklearn_trial *trial, const char **difference) {
    char *text = NULL;
    size_t size = 0;
    perebor_error error = {0};
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    if (sklearn_script_write(trial, stream, difference, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    assert_int_equal(fclose(stream), 0);
    return text;
}

static char *write_case(const export_case *of, const char *metric, const char **difference) {
    perebor_candidate candidate = case_candidate(of);
    const sklearn_trial trial = make_trial(&candidate, metric);
    return write_trial(&trial, difference);
}

static void expect_part(const char *script, const char *part) {
    if (strstr(script, part) == NULL) {
        fail_msg("there is no\n%s\nin\n%s", part, script);
    }
}

static void a_whole_script_is_that(void **state) {
    (void)state;
    const export_case of = {.learner = "logreg",
                            .settings = "C=0.1",
                            .preparation = {.fill_value = -1.5,
                                            .impute_numeric = PEREBOR_IMPUTE_MEDIAN,
                                            .impute_nominal = PEREBOR_IMPUTE_CONSTANT,
                                            .scale = PEREBOR_SCALE_ROBUST,
                                            .select_k = 3}};
    const char *difference = "unset";
    char *script = write_case(&of, "roc_auc", &difference);
    assert_null(difference);
    assert_string_equal(
        script,
        "# Trial 12 of results/a.h5 in scikit-learn 1.2. data.csv is what this writes:\n"
        "#   perebor export results/a.h5 --what data -o data.csv\n"
        "import numpy as np\n"
        "import pandas as pd\n"
        "from sklearn.compose import ColumnTransformer\n"
        "from sklearn.feature_selection import SelectKBest, f_classif\n"
        "from sklearn.impute import SimpleImputer\n"
        "from sklearn.metrics import roc_auc_score\n"
        "from sklearn.linear_model import LogisticRegression\n"
        "from sklearn.pipeline import make_pipeline\n"
        "from sklearn.preprocessing import (MaxAbsScaler, MinMaxScaler, OneHotEncoder, "
        "OrdinalEncoder,\n"
        "                                   RobustScaler, StandardScaler)\n"
        "\n"
        "table = pd.read_csv(\"data.csv\", dtype=str, keep_default_na=False)\n"
        "table = table[table.iloc[:, 1] == \"train\"]\n"
        "folds = table.iloc[:, 2:4].astype(int).to_numpy()\n"
        "y = table.iloc[:, 4].astype(int).to_numpy()\n"
        "X = table.iloc[:, 5:].replace(\"\", np.nan)\n"
        "X.columns = range(X.shape[1])\n"
        "numeric = [0, 1]\n"
        "ordinal = [2, 3]\n"
        "nominal = [4]\n"
        "X = X.astype({column: float for column in numeric + ordinal})\n"
        "\n"
        "columns = ColumnTransformer([\n"
        "    (\"numeric\", make_pipeline(SimpleImputer(strategy=\"median\", fill_value=-1.5), "
        "RobustScaler()), numeric),\n"
        "    (\"ordinal\", SimpleImputer(strategy=\"constant\", fill_value=-1.5), ordinal),\n"
        "    (\"nominal\", make_pipeline(SimpleImputer(strategy=\"constant\", "
        "fill_value=\"\\U0010ffff\"),\n"
        "                              OneHotEncoder(handle_unknown=\"ignore\", "
        "sparse_output=False)), nominal),\n"
        "])\n"
        "model = LogisticRegression(C=0.1, class_weight=None, penalty=\"l2\",\n"
        "    solver=\"newton-cg\", tol=1e-9, max_iter=100, random_state=0)\n"
        "\n"
        "perebor = [0.75, 1.0, 1e-05, 0.1, 0.5, 0.6]\n"
        "for number, ours in enumerate(perebor):\n"
        "    repeat, split = divmod(number, 3)\n"
        "    score = folds[:, repeat] == split\n"
        "    X_fit, X_score = columns.fit_transform(X[~score]), columns.transform(X[score])\n"
        "    select = SelectKBest(f_classif, k=min(3, X_fit.shape[1])).fit(X_fit, y[~score])\n"
        "    X_fit, X_score = select.transform(X_fit), select.transform(X_score)\n"
        "    model.fit(X_fit, y[~score])\n"
        "    predicted = model.predict_proba(X_score)[:, 1]\n"
        "    theirs = roc_auc_score(y[score], predicted)\n"
        "    print(f\"split {number}  perebor {ours:.6f}  scikit-learn {theirs:.6f}\")\n");
    free(script);
}

static void every_learner_and_option_has_its_estimator(void **state) {
    (void)state;
    static const struct {
        const char *learner, *settings, *import, *model, *difference;
    } cases[] = {
        {"logreg", "penalty=l1 class_weight=balanced", "linear_model import LogisticRegression",
         "LogisticRegression(C=1.0, class_weight=\"balanced\", penalty=\"l1\",\n"
         "    solver=\"saga\", tol=1e-9, max_iter=100000, random_state=0)",
         NULL},
        {"logreg", "penalty=none", "linear_model import LogisticRegression",
         "LogisticRegression(C=1.0, class_weight=None, penalty=None,\n"
         "    solver=\"newton-cg\", tol=1e-9, max_iter=100, random_state=0)",
         NULL},
        {"logreg", "penalty=none intercept=penalized", "linear_model import LogisticRegression",
         "penalty=None,\n    solver=\"newton-cg\"", NULL},
        {"logreg", "penalty=l2 intercept=penalized", "linear_model import LogisticRegression",
         "penalty=\"l2\",\n    solver=\"liblinear\", tol=1e-9, max_iter=100000", NULL},
        {"logreg", "penalty=l1 intercept=penalized", "linear_model import LogisticRegression",
         "penalty=\"l1\",\n    solver=\"liblinear\"", NULL},
        {"logreg", "penalty=elasticnet l1_ratio=0.25", "linear_model import LogisticRegression",
         "penalty=\"elasticnet\", l1_ratio=0.25,\n    solver=\"saga\", tol=1e-9, max_iter=100000",
         NULL},
        {"logreg", "penalty=elasticnet intercept=penalized",
         "linear_model import LogisticRegression",
         "penalty=\"elasticnet\", l1_ratio=0.5,\n    solver=\"saga\"", own_elasticnet},
        {"svc", NULL, "svm import SVC",
         "SVC(kernel=\"rbf\", C=1.0, gamma=\"scale\", degree=3, coef0=0.0, class_weight=None, "
         "tol=1e-9)\n",
         NULL},
        {"svc",
         "kernel=poly degree=2 coef0=1.5 gamma=0.1 C=10.0 max_iter=50 "
         "class_weight=balanced",
         "svm import SVC",
         "SVC(kernel=\"poly\", C=10.0, gamma=0.1, degree=2, coef0=1.5, "
         "class_weight=\"balanced\", tol=1e-9, max_iter=50)\n",
         NULL},
        {"tree", NULL, "tree import DecisionTreeClassifier",
         "DecisionTreeClassifier(criterion=\"gini\", max_depth=None, min_samples_split=2, "
         "min_samples_leaf=1, max_features=None, ccp_alpha=0.0, class_weight=None, "
         "random_state=0)\n",
         own_tree},
        {"tree",
         "random_state=7 criterion=entropy max_depth=4 min_samples_split=0.5 min_samples_leaf=3 "
         "max_features=sqrt ccp_alpha=0.01",
         "tree import DecisionTreeClassifier",
         "DecisionTreeClassifier(criterion=\"entropy\", max_depth=4, min_samples_split=0.5, "
         "min_samples_leaf=3, max_features=\"sqrt\", ccp_alpha=0.01, class_weight=None, "
         "random_state=7)\n",
         NULL},
        {"forest", NULL, "ensemble import RandomForestClassifier",
         "RandomForestClassifier(n_estimators=100, criterion=\"gini\", max_depth=None, "
         "min_samples_split=2, min_samples_leaf=1, bootstrap=True, max_samples=None, "
         "class_weight=None, ccp_alpha=0.0, random_state=0, max_features=\"sqrt\")\n",
         own_forest},
        {"forest",
         "splitter=random n_estimators=7 max_features=all bootstrap=false "
         "class_weight=balanced_subsample",
         "ensemble import ExtraTreesClassifier",
         "ExtraTreesClassifier(n_estimators=7, criterion=\"gini\", max_depth=None, "
         "min_samples_split=2, min_samples_leaf=1, bootstrap=False, max_samples=None, "
         "class_weight=\"balanced_subsample\", ccp_alpha=0.0, random_state=0, "
         "max_features=None)\n",
         own_forest},
        {"gnb", NULL, "naive_bayes import GaussianNB",
         "GaussianNB(var_smoothing=1e-09, priors=None)\n", NULL},
        {"gnb", "priors=equal var_smoothing=0.5", "naive_bayes import GaussianNB",
         "GaussianNB(var_smoothing=0.5, priors=[0.5, 0.5])\n", NULL},
        {"knn", NULL, "neighbors import KNeighborsClassifier",
         "Neighbors(n_neighbors=5, weights=\"uniform\", p=2.0, algorithm=\"brute\")\n", NULL},
        {"knn", "metric=manhattan p=3.5 weights=distance n_neighbors=9",
         "neighbors import KNeighborsClassifier",
         "Neighbors(n_neighbors=9, weights=\"distance\", p=1.0, algorithm=\"brute\")\n", NULL},
        {"knn", "metric=euclidean p=3.5", "neighbors import KNeighborsClassifier",
         "Neighbors(n_neighbors=5, weights=\"uniform\", p=2.0, algorithm=\"brute\")\n", NULL},
        {"knn", "p=3.5", "neighbors import KNeighborsClassifier",
         "Neighbors(n_neighbors=5, weights=\"uniform\", p=3.5, algorithm=\"brute\")\n", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char import[128], comment[256];
        const export_case of = {.learner = cases[i].learner, .settings = cases[i].settings};
        const char *difference = "unset";
        char *script = write_case(&of, "roc_auc", &difference);
        (void)snprintf(import, sizeof import, "\nfrom sklearn.%s\n", cases[i].import);
        expect_part(script, import);
        expect_part(script, cases[i].model);
        if (cases[i].difference != NULL) {
            assert_string_equal(difference, cases[i].difference);
            (void)snprintf(comment, sizeof comment, "\n# %s\nmodel = ", difference);
            expect_part(script, comment);
        } else {
            assert_null(difference);
        }
        assert_int_equal(strstr(script, "\nclass Neighbors(KNeighborsClassifier):\n") != NULL,
                         strcmp(cases[i].learner, "knn") == 0);
        free(script);
    }
}

static void every_imputer_scaler_and_encoder_has_its_class(void **state) {
    (void)state;
    static const struct {
        perebor_preparation_settings settings;
        const char *part;
    } cases[] = {
        {{.impute_numeric = PEREBOR_IMPUTE_MEAN},
         "SimpleImputer(strategy=\"mean\", fill_value=0.0), \"passthrough\"), numeric)"},
        {{.impute_numeric = PEREBOR_IMPUTE_MOST_FREQUENT, .scale = PEREBOR_SCALE_STANDARD},
         "SimpleImputer(strategy=\"most_frequent\", fill_value=0.0), StandardScaler()), numeric)"},
        {{.impute_numeric = PEREBOR_IMPUTE_CONSTANT,
          .fill_value = 1e300,
          .scale = PEREBOR_SCALE_MINMAX},
         "SimpleImputer(strategy=\"constant\", fill_value=1e+300), MinMaxScaler()), numeric)"},
        {{.scale = PEREBOR_SCALE_MAXABS}, "MaxAbsScaler()), numeric)"},
        {{.impute_nominal = PEREBOR_IMPUTE_MOST_FREQUENT},
         "(\"ordinal\", SimpleImputer(strategy=\"most_frequent\", fill_value=0.0), ordinal)"},
        {{.impute_nominal = PEREBOR_IMPUTE_MOST_FREQUENT},
         "(\"nominal\", make_pipeline(SimpleImputer(strategy=\"most_frequent\", "
         "fill_value=\"\\U0010ffff\"),\n"},
        {{.encode_nominal = PEREBOR_ENCODE_ONEHOT_FIRST},
         " OneHotEncoder(handle_unknown=\"ignore\", sparse_output=False, drop=\"first\")), "
         "nominal)"},
        {{.encode_nominal = PEREBOR_ENCODE_ORDINAL},
         " OrdinalEncoder(handle_unknown=\"use_encoded_value\", unknown_value=-1)), nominal)"},
        {{.select_k = 4294967295}, "k=min(4294967295, X_fit.shape[1])"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const export_case of = {.learner = "logreg", .preparation = cases[i].settings};
        const char *difference = NULL;
        char *script = write_case(&of, "roc_auc", &difference);
        expect_part(script, cases[i].part);
        assert_int_equal(strstr(script, "    select = ") != NULL, cases[i].settings.select_k > 0);
        free(script);
    }
}

#define LIKELY "model.predict_proba(X_score)[:, 1]"
#define ROUNDED "np.round(model.decision_function(X_score) * 2**20)"

static void every_metric_is_given_what_it_takes(void **state) {
    (void)state;
    static const struct {
        const char *metric, *of_shares, *of_margins, *theirs;
    } cases[] = {
        {"roc_auc", LIKELY, ROUNDED, "roc_auc_score(y[score], predicted)"},
        {"average_precision", LIKELY, ROUNDED, "average_precision_score(y[score], predicted)"},
        {"neg_log_loss", LIKELY, NULL, "-log_loss(y[score], predicted)"},
        {"neg_brier_score", LIKELY, NULL, "-brier_score_loss(y[score], predicted)"},
        {"f1", LIKELY " > 0.5", ROUNDED " >= 0", "f1_score(y[score], predicted, zero_division=0)"},
        {"accuracy", LIKELY " > 0.5", ROUNDED " >= 0", "accuracy_score(y[score], predicted)"},
        {"balanced_accuracy", LIKELY " > 0.5", ROUNDED " >= 0",
         "balanced_accuracy_score(y[score], predicted)"},
        {"precision", LIKELY " > 0.5", ROUNDED " >= 0",
         "precision_score(y[score], predicted, zero_division=0)"},
        {"recall", LIKELY " > 0.5", ROUNDED " >= 0",
         "recall_score(y[score], predicted, zero_division=0)"},
        {"matthews_corrcoef", LIKELY " > 0.5", ROUNDED " >= 0",
         "matthews_corrcoef(y[score], predicted)"},
    };
    for (size_t i = 0; i < 2 * sizeof cases / sizeof cases[0]; i++) {
        bool margins = i % 2 != 0;
        const export_case of = {.learner = margins ? "svc" : "knn"};
        const char *prediction = margins ? cases[i / 2].of_margins : cases[i / 2].of_shares;
        const char *difference = NULL;
        char part[256];
        if (prediction == NULL) {
            continue; // refused, see below
        }
        char *script = write_case(&of, cases[i / 2].metric, &difference);
        (void)snprintf(part, sizeof part, "\n    predicted = %s\n    theirs = %s\n", prediction,
                       cases[i / 2].theirs);
        expect_part(script, part);
        size_t minus = cases[i / 2].theirs[0] == '-';
        (void)snprintf(part, sizeof part, "\nfrom sklearn.metrics import %.*s\n",
                       (int)(strcspn(cases[i / 2].theirs, "(") - minus),
                       cases[i / 2].theirs + minus);
        expect_part(script, part);
        free(script);
    }
}

static void what_has_no_script_is_refused_before_a_byte(void **state) {
    (void)state;
    static const struct {
        const char *learner, *metric, *message;
    } cases[] = {
        {"svc", "neg_log_loss",
         "there is no script for the neg_log_loss of svc: take a search by roc_auc, "
         "average_precision or a metric of classes"},
        {"svc", "neg_brier_score",
         "there is no script for the neg_brier_score of svc: take a search by roc_auc, "
         "average_precision or a metric of classes"},
        {"tree", "gain",
         "there is no script for the gain of tree: take a search by roc_auc, "
         "average_precision or a metric of classes"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const export_case of = {.learner = cases[i].learner};
        perebor_candidate candidate = case_candidate(&of);
        const sklearn_trial trial = make_trial(&candidate, cases[i].metric);
        const char *difference = "unset";
        char *text = NULL;
        size_t size = 0;
        perebor_error error = {0};
        FILE *stream = open_memstream(&text, &size);
        assert_int_equal(sklearn_script_write(&trial, stream, &difference, &error),
                         PEREBOR_ERR_ARGUMENT);
        assert_int_equal(fclose(stream), 0);
        assert_string_equal(error.message, cases[i].message);
        assert_string_equal(difference, "unset");
        assert_int_equal(size, 0);
        free(text);
    }
}

/** The script of these, voting; freed by the caller. */
static char *write_ensemble(const export_case *of, size_t n, bool monotonic,
                            const char **difference) {
    static const uint64_t numbers[] = {4, 70, 18, 3, 99};
    static const uint32_t weights[] = {3, 1, 2, 4, 5};
    perebor_candidate candidates[5];
    char *text = NULL;
    size_t size = 0;
    perebor_error error = {0};
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    for (size_t i = 0; i < n; i++) {
        candidates[i] = case_candidate(&of[i]);
    }
    sklearn_ensemble ensemble = {.search = make_trial(candidates, "roc_auc").search,
                                 .n_members = n,
                                 .numbers = numbers,
                                 .weights = weights,
                                 .candidates = candidates,
                                 .scores = scores};
    ensemble.search.monotonic = monotonic;
    if (sklearn_ensemble_write(&ensemble, stream, difference, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    assert_int_equal(fclose(stream), 0);
    return text;
}

static size_t count(const char *text, const char *wanted) {
    size_t n = 0;
    for (const char *at = strstr(text, wanted); at != NULL; at = strstr(at + 1, wanted)) {
        n++;
    }
    return n;
}

static void trials_that_vote_are_one_classifier(void **state) {
    (void)state;
    static const export_case of[] = {
        {.learner = "svc", .preparation.scale = PEREBOR_SCALE_STANDARD},
        {.learner = "knn", .preparation.select_k = 3},
        {.learner = "svc", .preparation.select_k = 2},
        {.learner = "knn"},
        {.learner = "logreg"},
    };
    static const struct {
        const char *text;
        size_t n;
    } parts[] = {
        {"# The ensemble of results/a.h5 in scikit-learn 1.2, on the folds of the first repeat. "
         "data.csv is what this writes:\n",
         1},
        {"from sklearn.svm import SVC\n", 1},
        {"from sklearn.neighbors import KNeighborsClassifier\n", 1},
        {"from sklearn.calibration import CalibratedClassifierCV\n", 1},
        {"from sklearn.ensemble import VotingClassifier\n", 1},
        {"\nclass Neighbors(KNeighborsClassifier):\n", 1},
        {"\nclass Select(SelectKBest):\n", 1},
        {"columns = ColumnTransformer([\n", 5},
        {"# Trial 4, which counts 3 times.\n", 1},
        {"# Trial 70, which counts 1 time.\n", 1},
        {"members.append(make_pipeline(columns, "
         "CalibratedClassifierCV(model, cv=5, ensemble=False)))\n",
         1},
        {"members.append(make_pipeline(columns, Select(f_classif, k=3), model))\n", 1},
        {"members.append(make_pipeline(columns, Select(f_classif, k=2), "
         "CalibratedClassifierCV(model, cv=5, ensemble=False)))\n",
         1},
        {"members.append(make_pipeline(columns, model))\n", 2},
        {"voting=\"soft\", weights=[3, 1, 2, 4, 5])\n"
         "perebor = [0.75, 1.0, 1e-05]\n"
         "for split, ours in enumerate(perebor):\n"
         "    score = folds[:, 0] == split\n",
         1},
        {"monotonic", 0},
    };
    const char *difference = "unset";
    char *script = write_ensemble(of, 5, false, &difference);
    assert_null(difference);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (count(script, parts[i].text) != parts[i].n) {
            fail_msg("%zu times\n%s\nin\n%s", count(script, parts[i].text), parts[i].text, script);
        }
    }
    free(script);
}

static void what_differs_of_members_is_said(void **state) {
    (void)state;
    static const export_case of[] = {{.learner = "logreg"},
                                     {.learner = "tree"},
                                     {.learner = "tree", .settings = "max_depth=2"},
                                     {.learner = "forest"}};
    const char *difference = "unset";
    char *script = write_ensemble(of, 3, false, &difference);
    assert_string_equal(difference, own_tree);
    assert_int_equal(count(script, own_tree), 2);
    assert_int_equal(count(script, "class "), 0); // nobody selects, nobody is a neighbour
    assert_int_equal(count(script, "Calibrated"), 0);
    free(script);
    script = write_ensemble(of, 4, false, &difference);
    assert_string_equal(difference, "several trials of the ensemble are not the same in "
                                    "scikit-learn: the script says of each what differs");
    expect_part(script, own_forest);
    free(script);
    script = write_ensemble(of, 1, true, &difference);
    assert_non_null(strstr(difference, "monotonic"));
    expect_part(script, difference);
    free(script);
}

static void a_stream_that_refuses_is_an_error(void **state) {
    (void)state;
    const export_case of = {.learner = "knn"};
    perebor_candidate candidate = case_candidate(&of);
    const sklearn_trial trial = make_trial(&candidate, "f1");
    const char *difference = NULL;
    perebor_error error = {0};
    FILE *full = fopen("/dev/full", "w");
    if (full == NULL) {
        skip(); // a system that has none
    }
    assert_int_equal(sklearn_script_write(&trial, full, &difference, &error), PEREBOR_ERR_IO);
    assert_string_equal(error.message, "the script could not be written");
    (void)fclose(full);
}

static void the_file_is_named_on_one_line(void **state) {
    (void)state;
    const export_case of = {.learner = "svc"};
    perebor_candidate candidate = case_candidate(&of);
    sklearn_trial trial = make_trial(&candidate, "f1");
    const char *difference = NULL;
    trial.search.file = "a\nimport os\r\tЖ.h5";
    trial.number = UINT64_MAX;
    trial.search.n_columns = 0;
    trial.search.n_repeats = 1;
    trial.search.n_splits = 2;
    char *script = write_trial(&trial, &difference);
    expect_part(script, "# Trial 18446744073709551615 of a?import os??Ж.h5 in scikit-learn 1.2.");
    expect_part(script, "\n#   perebor export a?import os??Ж.h5 --what data -o data.csv\n");
    expect_part(script, "\nnumeric = []\nordinal = []\nnominal = []\n");
    expect_part(script, "\nfolds = table.iloc[:, 2:3].");
    expect_part(script, "\ny = table.iloc[:, 3].");
    expect_part(script, "\nX = table.iloc[:, 4:].");
    expect_part(script, "\nperebor = [0.75, 1.0]\n");
    expect_part(script, "divmod(number, 2)\n");
    free(script);
    trial.search.file = "\xff"
                        "a\xd0Ж\xd0"; // Python refuses a source that is not UTF-8
    script = write_trial(&trial, &difference);
    expect_part(script, " of ?a?Ж? in scikit-learn");
    free(script);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_script_is_that),
        cmocka_unit_test(every_learner_and_option_has_its_estimator),
        cmocka_unit_test(every_imputer_scaler_and_encoder_has_its_class),
        cmocka_unit_test(every_metric_is_given_what_it_takes),
        cmocka_unit_test(what_has_no_script_is_refused_before_a_byte),
        cmocka_unit_test(trials_that_vote_are_one_classifier),
        cmocka_unit_test(what_differs_of_members_is_said),
        cmocka_unit_test(a_stream_that_refuses_is_an_error),
        cmocka_unit_test(the_file_is_named_on_one_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
