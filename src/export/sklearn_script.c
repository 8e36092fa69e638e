// SPDX-License-Identifier: MIT
// docs/how-to/same-in-scikit-learn.md explains what is written here, and tests/reference runs it.
#include "export/sklearn_script.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "base/text.h"
#include "export/sklearn_learner.h"

/** A metric by the name of its function there. */
typedef struct sklearn_metric {
    const char *name, *function;
    const char *arguments; /**< Further ones. */
    bool negative;
    enum { OF_SCORES, OF_CLASSES, OF_PROBABILITIES } of;
} sklearn_metric;

static const sklearn_metric metrics[] = {
    {"roc_auc", "roc_auc_score", "", false, OF_SCORES},
    {"average_precision", "average_precision_score", "", false, OF_SCORES},
    {"neg_log_loss", "log_loss", "", true, OF_PROBABILITIES},
    {"neg_brier_score", "brier_score_loss", "", true, OF_PROBABILITIES},
    {"f1", "f1_score", ", zero_division=0", false, OF_CLASSES},
    {"accuracy", "accuracy_score", "", false, OF_CLASSES},
    {"balanced_accuracy", "balanced_accuracy_score", "", false, OF_CLASSES},
    {"precision", "precision_score", ", zero_division=0", false, OF_CLASSES},
    {"recall", "recall_score", ", zero_division=0", false, OF_CLASSES},
    {"matthews_corrcoef", "matthews_corrcoef", "", false, OF_CLASSES},
};

static const sklearn_metric *find_metric(const sklearn_trial *trial, perebor_error *error) {
    size_t n = sizeof metrics / sizeof *metrics;
    size_t i = 0;
    while (i < n && strcmp(metrics[i].name, trial->search.metric) != 0) {
        i++;
    }
    bool margins = trial->candidate->learner->score_kind == PEREBOR_SCORE_MARGIN;
    if (i == n || (metrics[i].of == OF_PROBABILITIES && margins)) {
        (void)perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                           "there is no script for the %s of %s: take a search by roc_auc, "
                           "average_precision or a metric of classes",
                           trial->search.metric, trial->candidate->learner->name);
        return NULL;
    }
    return &metrics[i];
}

/** The name of the file in a comment, on one line and in UTF-8, without which Python reads none. */
static void put_file(const char *file, FILE *stream) {
    size_t left = strlen(file);
    size_t valid = perebor_text_valid_length(file, left);
    for (; left > 0; file++, left--) {
        fputc(valid == 0 || (unsigned char)*file < 0x20 ? '?' : *file, stream);
        valid = valid > 0 ? valid - 1 : perebor_text_valid_length(file + 1, left - 1);
    }
}

static void put_columns(const sklearn_search *search, const char *name, perebor_role first,
                        perebor_role last, FILE *stream) {
    bool some = false;
    fprintf(stream, "%s = [", name);
    for (size_t i = 0; i < search->n_columns; i++) {
        if (search->roles[i] >= first && search->roles[i] <= last) {
            fprintf(stream, some ? ", %zu" : "%zu", i);
            some = true;
        }
    }
    fputs("]\n", stream);
}

static void put_rows(const sklearn_search *search, FILE *stream) {
    fputs("\ntable = pd.read_csv(\"data.csv\", dtype=str, keep_default_na=False)\n"
          "table = table[table.iloc[:, 1] == \"train\"]\n",
          stream);
    fprintf(stream,
            "folds = table.iloc[:, 2:%zu].astype(int).to_numpy()\n"
            "y = table.iloc[:, %zu].astype(int).to_numpy()\n"
            "X = table.iloc[:, %zu:].replace(\"\", np.nan)\n"
            "X.columns = range(X.shape[1])\n",
            2 + search->n_repeats, 2 + search->n_repeats, 3 + search->n_repeats);
    put_columns(search, "numeric", PEREBOR_ROLE_NUMERIC, PEREBOR_ROLE_NUMERIC, stream);
    put_columns(search, "ordinal", PEREBOR_ROLE_ORDINAL, PEREBOR_ROLE_BOOLEAN, stream);
    put_columns(search, "nominal", PEREBOR_ROLE_NOMINAL, PEREBOR_ROLE_NOMINAL, stream);
    fputs("X = X.astype({column: float for column in numeric + ordinal})\n\n", stream);
}

static const char *const imputers[] = {[PEREBOR_IMPUTE_MEAN] = "mean",
                                       [PEREBOR_IMPUTE_MEDIAN] = "median",
                                       [PEREBOR_IMPUTE_MOST_FREQUENT] = "most_frequent",
                                       [PEREBOR_IMPUTE_CONSTANT] = "constant"};

static const char *const scalers[] = {[PEREBOR_SCALE_NONE] = "\"passthrough\"",
                                      [PEREBOR_SCALE_STANDARD] = "StandardScaler()",
                                      [PEREBOR_SCALE_MINMAX] = "MinMaxScaler()",
                                      [PEREBOR_SCALE_ROBUST] = "RobustScaler()",
                                      [PEREBOR_SCALE_MAXABS] = "MaxAbsScaler()"};

static const char *const encoders[] = {
    [PEREBOR_ENCODE_ONEHOT] = "OneHotEncoder(handle_unknown=\"ignore\", sparse_output=False)",
    [PEREBOR_ENCODE_ONEHOT_FIRST] =
        "OneHotEncoder(handle_unknown=\"ignore\", sparse_output=False, drop=\"first\")",
    [PEREBOR_ENCODE_ORDINAL] =
        "OrdinalEncoder(handle_unknown=\"use_encoded_value\", unknown_value=-1)",
};

/** What is missing becomes a level that sorts last, as Perebor has it. */
static void put_preparation(const perebor_preparation_settings *settings, FILE *stream) {
    char fill[PEREBOR_REAL_TEXT_SIZE];
    (void)perebor_real_format(settings->fill_value, fill);
    fprintf(stream,
            "columns = ColumnTransformer([\n"
            "    (\"numeric\", make_pipeline(SimpleImputer(strategy=\"%s\", fill_value=%s), %s), "
            "numeric),\n"
            "    (\"ordinal\", SimpleImputer(strategy=\"%s\", fill_value=%s), ordinal),\n"
            "    (\"nominal\", make_pipeline(SimpleImputer(strategy=\"%s\", "
            "fill_value=\"\\U0010ffff\"),\n"
            "                              %s), nominal),\n"
            "])\n",
            imputers[settings->impute_numeric], fill, scalers[settings->scale],
            imputers[settings->impute_nominal], fill, imputers[settings->impute_nominal],
            encoders[settings->encode_nominal]);
}

/** What the metric takes, of the model and the rows named X_score. */
static const char *prediction_of(const sklearn_trial *trial, const sklearn_metric *metric) {
    bool margins = trial->candidate->learner->score_kind == PEREBOR_SCORE_MARGIN;
    if (metric->of == OF_CLASSES) {
        return margins ? "np.round(model.decision_function(X_score) * 2**20) >= 0"
                       : "model.predict_proba(X_score)[:, 1] > 0.5";
    }
    return margins ? "np.round(model.decision_function(X_score) * 2**20)"
                   : "model.predict_proba(X_score)[:, 1]";
}

static void put_ours(const double *scores, size_t n, FILE *stream) {
    fputs("perebor = [", stream);
    for (size_t fold = 0; fold < n; fold++) {
        char text[PEREBOR_REAL_TEXT_SIZE];
        (void)perebor_real_format(scores[fold], text);
        fprintf(stream, fold > 0 ? ", %s" : "%s", text);
    }
    fputs("]\n", stream);
}

static void put_folds(const sklearn_trial *trial, const sklearn_metric *metric, FILE *stream) {
    uint32_t k = trial->candidate->preparation.select_k;
    put_ours(trial->scores, trial->search.n_repeats * trial->search.n_splits, stream);
    fprintf(stream,
            "for number, ours in enumerate(perebor):\n"
            "    repeat, split = divmod(number, %zu)\n"
            "    score = folds[:, repeat] == split\n"
            "    X_fit, X_score = columns.fit_transform(X[~score]), columns.transform(X[score])\n",
            trial->search.n_splits);
    if (k > 0) {
        fprintf(stream,
                "    select = SelectKBest(f_classif, k=min(%" PRIu32
                ", X_fit.shape[1])).fit(X_fit, y[~score])\n"
                "    X_fit, X_score = select.transform(X_fit), select.transform(X_score)\n",
                k);
    }
    fprintf(stream,
            "    model.fit(X_fit, y[~score])\n"
            "    predicted = %s\n"
            "    theirs = %s%s(y[score], predicted%s)\n"
            "    print(f\"split {number}  perebor {ours:.6f}  scikit-learn {theirs:.6f}\")\n",
            prediction_of(trial, metric), metric->negative ? "-" : "", metric->function,
            metric->arguments);
}

/** Where data.csv comes from, and what every script imports first. @param[in] metric  A function.
 */
static void put_beginning(const sklearn_search *search, const char *metric, FILE *stream) {
    fputs(" data.csv is what this writes:\n"
          "#   perebor export ",
          stream);
    put_file(search->file, stream);
    fputs(" --what data -o data.csv\n"
          "import numpy as np\n"
          "import pandas as pd\n"
          "from sklearn.compose import ColumnTransformer\n"
          "from sklearn.feature_selection import SelectKBest, f_classif\n"
          "from sklearn.impute import SimpleImputer\n",
          stream);
    fprintf(stream, "from sklearn.metrics import %s\n", metric);
}

static void put_last_imports(FILE *stream) {
    fputs("from sklearn.pipeline import make_pipeline\n"
          "from sklearn.preprocessing import (MaxAbsScaler, MinMaxScaler, OneHotEncoder, "
          "OrdinalEncoder,\n"
          "                                   RobustScaler, StandardScaler)\n",
          stream);
}

/** What constraints leave out. @return  It, or @p difference where there are none. */
static const char *put_monotonic(const sklearn_search *search, const char *difference,
                                 FILE *stream) {
    static const char left_out[] =
        "data.features.monotonic is left out: scikit-learn's monotonic_cst is of the "
        "columns that its encoder makes; scores differ";
    if (!search->monotonic) {
        return difference;
    }
    fprintf(stream, "# %s\n", left_out);
    return left_out;
}

static perebor_status finish(FILE *stream, perebor_error *error) {
    return fflush(stream) != 0 || ferror(stream) != 0
               ? perebor_fail(error, PEREBOR_ERR_IO, "the script could not be written")
               : PEREBOR_OK;
}

perebor_status sklearn_script_write(const sklearn_trial *trial, FILE *stream,
                                    const char **difference, perebor_error *error) {
    const sklearn_metric *metric = find_metric(trial, error);
    if (metric == NULL) {
        return PEREBOR_ERR_ARGUMENT;
    }
    fprintf(stream, "# Trial %" PRIu64 " of ", trial->number);
    put_file(trial->search.file, stream);
    fputs(" in scikit-learn 1.2.", stream);
    put_beginning(&trial->search, metric->function, stream);
    sklearn_learner_import(trial->candidate, stream);
    put_last_imports(stream);
    put_rows(&trial->search, stream);
    put_preparation(&trial->candidate->preparation, stream);
    sklearn_learner_class(trial->candidate, stream);
    *difference = sklearn_learner_write(trial->candidate, stream);
    *difference = put_monotonic(&trial->search, *difference, stream);
    put_folds(trial, metric, stream);
    return finish(stream, error);
}

/** Whether a member before this one needs the same of scikit-learn. */
static bool is_known(const sklearn_ensemble *ensemble, size_t member) {
    bool known = false;
    for (size_t i = 0; i < member; i++) {
        known = known ||
                sklearn_learner_is_same(&ensemble->candidates[i], &ensemble->candidates[member]);
    }
    return known;
}

static bool has_margins(const perebor_candidate *candidate) {
    return candidate->learner->score_kind == PEREBOR_SCORE_MARGIN;
}

/** Imports, each once. */
static void put_imports(const sklearn_ensemble *ensemble, FILE *stream) {
    bool margins = false;
    put_beginning(&ensemble->search, "roc_auc_score", stream);
    for (size_t i = 0; i < ensemble->n_members; i++) {
        margins = margins || has_margins(&ensemble->candidates[i]);
        if (!is_known(ensemble, i)) {
            sklearn_learner_import(&ensemble->candidates[i], stream);
        }
    }
    if (margins) {
        fputs("from sklearn.calibration import CalibratedClassifierCV\n", stream);
    }
    fputs("from sklearn.ensemble import VotingClassifier\n", stream);
    put_last_imports(stream);
}

/** What members need beside the estimators. */
static void put_classes(const sklearn_ensemble *ensemble, FILE *stream) {
    bool selects = false;
    for (size_t i = 0; i < ensemble->n_members; i++) {
        selects = selects || ensemble->candidates[i].preparation.select_k > 0;
        if (!is_known(ensemble, i)) {
            sklearn_learner_class(&ensemble->candidates[i], stream);
        }
    }
    if (selects) {
        fputs("\n\n"
              "class Select(SelectKBest):\n"
              "    \"\"\"k columns, or as many as there are.\"\"\"\n"
              "\n"
              "    def fit(self, X, y):\n"
              "        self.k = min(self.k, X.shape[1])\n"
              "        return super().fit(X, y)\n"
              "\n\n",
              stream);
    }
}

/** A pipeline from the values of a row to its probability. */
static const char *put_member(const sklearn_ensemble *ensemble, size_t member, FILE *stream) {
    const perebor_candidate *candidate = &ensemble->candidates[member];
    fprintf(stream, "# Trial %" PRIu64 ", which counts %" PRIu32 " time%s.\n",
            ensemble->numbers[member], ensemble->weights[member],
            ensemble->weights[member] == 1 ? "" : "s");
    put_preparation(&candidate->preparation, stream);
    const char *difference = sklearn_learner_write(candidate, stream);
    fputs("members.append(make_pipeline(columns, ", stream);
    if (candidate->preparation.select_k > 0) {
        fprintf(stream, "Select(f_classif, k=%" PRIu32 "), ", candidate->preparation.select_k);
    }
    fputs(has_margins(candidate) ? "CalibratedClassifierCV(model, cv=5, ensemble=False)))\n\n"
                                 : "model))\n\n",
          stream);
    return difference;
}

static void put_vote(const sklearn_ensemble *ensemble, FILE *stream) {
    fputs("ensemble = VotingClassifier([(str(number), member) for number, member in "
          "enumerate(members)],\n"
          "                            voting=\"soft\", weights=[",
          stream);
    for (size_t i = 0; i < ensemble->n_members; i++) {
        fprintf(stream, i > 0 ? ", %" PRIu32 : "%" PRIu32, ensemble->weights[i]);
    }
    fputs("])\n", stream);
    put_ours(ensemble->scores, ensemble->search.n_splits, stream);
    fputs("for split, ours in enumerate(perebor):\n"
          "    score = folds[:, 0] == split\n"
          "    ensemble.fit(X[~score], y[~score])\n"
          "    theirs = roc_auc_score(y[score], ensemble.predict_proba(X[score])[:, 1])\n"
          "    print(f\"split {split}  perebor {ours:.6f}  scikit-learn {theirs:.6f}\")\n",
          stream);
}

perebor_status sklearn_ensemble_write(const sklearn_ensemble *ensemble, FILE *stream,
                                      const char **difference, perebor_error *error) {
    static const char several[] =
        "several trials of the ensemble are not the same in scikit-learn: the script says of each "
        "what differs";
    *difference = NULL;
    fputs("# The ensemble of ", stream);
    put_file(ensemble->search.file, stream);
    fputs(" in scikit-learn 1.2, on the folds of the first repeat.", stream);
    put_imports(ensemble, stream);
    put_rows(&ensemble->search, stream);
    put_classes(ensemble, stream);
    fputs("members = []\n\n", stream);
    for (size_t i = 0; i < ensemble->n_members; i++) {
        const char *own = put_member(ensemble, i, stream);
        *difference = own == NULL || own == *difference ? *difference
                      : *difference == NULL             ? own
                                                        : several;
    }
    *difference = put_monotonic(&ensemble->search, *difference, stream);
    put_vote(ensemble, stream);
    return finish(stream, error);
}
