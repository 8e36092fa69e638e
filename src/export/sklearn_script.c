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
    while (i < n && strcmp(metrics[i].name, trial->metric) != 0) {
        i++;
    }
    bool margins = trial->candidate->learner->score_kind == PEREBOR_SCORE_MARGIN;
    if (i == n || (metrics[i].of == OF_PROBABILITIES && margins)) {
        (void)perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                           "there is no script for the %s of %s: take a search by roc_auc, "
                           "average_precision or a metric of classes",
                           trial->metric, trial->candidate->learner->name);
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

static void put_columns(const sklearn_trial *trial, const char *name, perebor_role first,
                        perebor_role last, FILE *stream) {
    bool some = false;
    fprintf(stream, "%s = [", name);
    for (size_t i = 0; i < trial->n_columns; i++) {
        if (trial->roles[i] >= first && trial->roles[i] <= last) {
            fprintf(stream, some ? ", %zu" : "%zu", i);
            some = true;
        }
    }
    fputs("]\n", stream);
}

static void put_rows(const sklearn_trial *trial, FILE *stream) {
    fputs("\ntable = pd.read_csv(\"data.csv\", dtype=str, keep_default_na=False)\n"
          "table = table[table.iloc[:, 1] == \"train\"]\n",
          stream);
    fprintf(stream,
            "folds = table.iloc[:, 2:%zu].astype(int).to_numpy()\n"
            "y = table.iloc[:, %zu].astype(int).to_numpy()\n"
            "X = table.iloc[:, %zu:].replace(\"\", np.nan)\n"
            "X.columns = range(X.shape[1])\n",
            2 + trial->n_repeats, 2 + trial->n_repeats, 3 + trial->n_repeats);
    put_columns(trial, "numeric", PEREBOR_ROLE_NUMERIC, PEREBOR_ROLE_NUMERIC, stream);
    put_columns(trial, "ordinal", PEREBOR_ROLE_ORDINAL, PEREBOR_ROLE_BOOLEAN, stream);
    put_columns(trial, "nominal", PEREBOR_ROLE_NOMINAL, PEREBOR_ROLE_NOMINAL, stream);
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

static void put_ours(const sklearn_trial *trial, FILE *stream) {
    fputs("perebor = [", stream);
    for (size_t fold = 0; fold < trial->n_repeats * trial->n_splits; fold++) {
        char text[PEREBOR_REAL_TEXT_SIZE];
        (void)perebor_real_format(trial->scores[fold], text);
        fprintf(stream, fold > 0 ? ", %s" : "%s", text);
    }
    fputs("]\n", stream);
}

static void put_folds(const sklearn_trial *trial, const sklearn_metric *metric, FILE *stream) {
    uint32_t k = trial->candidate->preparation.select_k;
    put_ours(trial, stream);
    fprintf(stream,
            "for number, ours in enumerate(perebor):\n"
            "    repeat, split = divmod(number, %zu)\n"
            "    score = folds[:, repeat] == split\n"
            "    X_fit, X_score = columns.fit_transform(X[~score]), columns.transform(X[score])\n",
            trial->n_splits);
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

perebor_status sklearn_script_write(const sklearn_trial *trial, FILE *stream,
                                    const char **difference, perebor_error *error) {
    const sklearn_metric *metric = find_metric(trial, error);
    if (metric == NULL) {
        return PEREBOR_ERR_ARGUMENT;
    }
    fprintf(stream, "# Trial %" PRIu64 " of ", trial->number);
    put_file(trial->file, stream);
    fputs(" in scikit-learn 1.2. data.csv is what this writes:\n"
          "#   perebor export ",
          stream);
    put_file(trial->file, stream);
    fputs(" --what data -o data.csv\n"
          "import numpy as np\n"
          "import pandas as pd\n"
          "from sklearn.compose import ColumnTransformer\n"
          "from sklearn.feature_selection import SelectKBest, f_classif\n"
          "from sklearn.impute import SimpleImputer\n",
          stream);
    fprintf(stream, "from sklearn.metrics import %s\n", metric->function);
    sklearn_learner_import(trial->candidate, stream);
    fputs("from sklearn.pipeline import make_pipeline\n"
          "from sklearn.preprocessing import (MaxAbsScaler, MinMaxScaler, OneHotEncoder, "
          "OrdinalEncoder,\n"
          "                                   RobustScaler, StandardScaler)\n",
          stream);
    put_rows(trial, stream);
    put_preparation(&trial->candidate->preparation, stream);
    *difference = sklearn_learner_write(trial->candidate, stream);
    if (trial->monotonic) {
        *difference = "data.features.monotonic is left out: scikit-learn's monotonic_cst is of the "
                      "columns that its encoder makes; scores differ";
        fprintf(stream, "# %s\n", *difference);
    }
    put_folds(trial, metric, stream);
    return fflush(stream) != 0 || ferror(stream) != 0
               ? perebor_fail(error, PEREBOR_ERR_IO, "the script could not be written")
               : PEREBOR_OK;
}
