// SPDX-License-Identifier: MIT
/*
 * usage: write_models FOLDER
 *        write_models --score FOLDER
 *
 * Fits pipelines of every learner, form, encoder, scaler and imputer, and writes each in every
 * format beside what perebor_fitted_pipeline_score() says of rows that it was not fitted on:
 *
 *     m0.json m0.c m0.onnx …   the models, some of them as m0.h5 too, trees as m12.xgboost.json;
 *                              the last ones are of several that vote
 *     rows.json                an array of rows: numbers, texts, null where a value is missing
 *     expected.json            {"m0": {"learner": …, "score": […], "probability": […] or null}, …}
 *     compare.c                includes m0.c … and compares their scores with the bits expected
 *
 * With --score it loads m0.h5 … that are there, and prints the bits of what they say of the rows.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/json.h"
#include "draw.h"
#include "perebor/learners.h"
#include "perebor/model_export.h"

enum {
    n_columns = 9,
    first_nominal = 7,
    n_training = 150,
    n_rows = n_training + 120,
    n_preparations = 6,
};

static double values[n_columns][n_rows];
static uint8_t labels[n_rows];
static uint32_t all_rows[n_rows];

static const char *const sizes[] = {"L", "M", "S"};
static const char *const answers[] = {"no", "yes"};
static const char *const kinds[] = {"\"a\\b\"", "what\?\?/", "z", "Омск"};
static const char *const towns[] = {"Kazan", "Omsk", "Perm", "Tver", "Ufa"};

static const perebor_column columns[n_columns] = {
    {.name = "a", .role = PEREBOR_ROLE_NUMERIC, .values = values[0]},
    {.name = "double", .role = PEREBOR_ROLE_NUMERIC, .values = values[1]},
    {.name = "b 2", .role = PEREBOR_ROLE_NUMERIC, .values = values[2]},
    {.name = "b-2", .role = PEREBOR_ROLE_NUMERIC, .values = values[3]},
    {.name = "Возраст */", .role = PEREBOR_ROLE_NUMERIC, .values = values[4]},
    {.name = "size",
     .role = PEREBOR_ROLE_ORDINAL,
     .values = values[5],
     .levels = sizes,
     .n_levels = 3},
    {.name = "ok",
     .role = PEREBOR_ROLE_BOOLEAN,
     .values = values[6],
     .levels = answers,
     .n_levels = 2},
    {.name = "kind",
     .role = PEREBOR_ROLE_NOMINAL,
     .values = values[7],
     .levels = kinds,
     .n_levels = 4},
    {.name = "town",
     .role = PEREBOR_ROLE_NOMINAL,
     .values = values[8],
     .levels = towns,
     .n_levels = 5},
};

static const perebor_dataset dataset = {.n_rows = n_rows,
                                        .n_columns = n_columns,
                                        .columns = columns,
                                        .labels = labels,
                                        .target_name = "y",
                                        .positive_name = "1",
                                        .negative_name = "0",
                                        .id_name = ""};

static _Noreturn void fail(const char *what, const perebor_error *error) {
    fprintf(stderr, "%s: %s\n", what, error != NULL ? error->message : "");
    exit(1);
}

/** Column 4 is far from 0, column 8 lacks its last level in training. */
static double draw_value(size_t column, size_t row, uint64_t *random) {
    bool fresh = row >= n_training;
    if (column >= first_nominal) {
        size_t n_levels = columns[column].n_levels - (column == 8 && !fresh ? 1 : 0);
        size_t level = draw_bits(random) % (n_levels + (fresh ? 1 : 0));
        return (double)(level < columns[column].n_levels ? level : level + 1);
    }
    if (columns[column].n_levels > 0) {
        return (double)(draw_bits(random) % columns[column].n_levels);
    }
    double value = column < 2 ? (double)(draw_bits(random) % 12) / 4.0 : draw_uniform(random);
    value += column < 3 ? 0.8 * labels[row] : 0.0;
    value = column == 4 ? 1e6 + 100.0 * value : value;
    return fresh && row % 13 == 0 ? 50.0 * value : value;
}

/** Missing values, and rows that are equal to training rows. */
static void fill_rows(void) {
    uint64_t random = 3;
    for (size_t row = 0; row < n_rows; row++) {
        all_rows[row] = (uint32_t)row;
        labels[row] = (uint8_t)(draw_bits(&random) % 3 == 0);
        bool copied = row >= n_training && row % 7 == 0;
        for (size_t column = 0; column < n_columns; column++) {
            double value = draw_value(column, row, &random);
            values[column][row] = copied                         ? values[column][row - n_training]
                                  : draw_bits(&random) % 15 == 0 ? NAN
                                                                 : value;
        }
    }
}

/** A learner with settings other than its defaults. */
typedef struct variant {
    const char *learner;
    struct {
        const char *name;
        perebor_value value;
    } settings[3];
} variant;

#define TEXT(word)                                                                                 \
    {                                                                                              \
        PEREBOR_VALUE_TEXT, {                                                                      \
            .text = (word)                                                                         \
        }                                                                                          \
    }
#define REAL(number)                                                                               \
    {                                                                                              \
        PEREBOR_VALUE_REAL, {                                                                      \
            .real = (number)                                                                       \
        }                                                                                          \
    }
#define WHOLE(number)                                                                              \
    {                                                                                              \
        PEREBOR_VALUE_INTEGER, {                                                                   \
            .integer = (number)                                                                    \
        }                                                                                          \
    }

static const variant variants[] = {
    {"logreg", {{"penalty", TEXT("l2")}}},
    {"logreg", {{"penalty", TEXT("l1")}, {"C", REAL(0.1)}}},
    {"tree", {{"max_depth", WHOLE(6)}, {"ccp_alpha", REAL(0.01)}}}, // some of it pruned
    {"tree", {{"random_state", WHOLE(7)}}},
    {"svc", {{"kernel", TEXT("linear")}}},
    {"svc", {{"kernel", TEXT("rbf")}}},
    {"svc", {{"kernel", TEXT("sigmoid")}, {"gamma", REAL(0.01)}}},
    {"svc", {{"gamma", REAL(1e-30)}}},            // all kernel values are 1: a constant
    {"tree", {{"min_samples_leaf", WHOLE(100)}}}, // a root alone
    {"svc", {{"kernel", TEXT("poly")}, {"gamma", REAL(0.05)}}},
    {"svc", {{"kernel", TEXT("poly")}, {"degree", WHOLE(2)}, {"C", REAL(1000.0)}}},
    {"svc", {{"kernel", TEXT("poly")}, {"coef0", REAL(1.5)}, {"C", REAL(1000.0)}}},
    {"knn", {{"metric", TEXT("manhattan")}, {"weights", TEXT("distance")}}},
    {"knn", {{"metric", TEXT("euclidean")}, {"weights", TEXT("distance")}}},
    {"knn", {{"metric", TEXT("euclidean")}, {"n_neighbors", WHOLE(23)}}},
    {"knn", {{"p", REAL(3.5)}, {"weights", TEXT("distance")}}},
    {"gnb", {{"var_smoothing", REAL(0.1)}}},
    {"boost", {{"n_estimators", WHOLE(7)}}},
    {"boost", {{"n_estimators", WHOLE(4)}, {"max_depth", WHOLE(3)}}},
    {"forest", {{"n_estimators", WHOLE(9)}}},
    {"forest", {{"n_estimators", WHOLE(5)}, {"splitter", TEXT("random")}, {"max_depth", WHOLE(4)}}},
    {"boost",
     {{"max_cat_to_onehot", WHOLE(2)}, {"min_samples_leaf", WHOLE(5)}, {"cat_smooth", REAL(1.0)}}},
};
enum { n_variants = sizeof variants / sizeof variants[0], n_singles = n_variants * n_preparations };

/** Pipelines that vote: members of every form, learners of all kinds of scores, other columns. */
static const struct {
    size_t n_members, singles[16]; /**< Fitted as those models are, but calibrated as usual. */
    uint32_t weights[16];
} votes[] = {
    {16,
     {1, 8, 13, 24, 31, 37, 43, 50, 55, 61, 73, 80, 96, 105, 115, 128},
     {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 4000000000u}},
    {2, {87, 21}, {50, 3}}, // five columns and one
    {1, {30}, {7}},
};
enum { n_votes = sizeof votes / sizeof votes[0], n_models = n_singles + n_votes };

static perebor_candidate candidate_at(size_t model) {
    static const int32_t encoders[] = {PEREBOR_ENCODE_ONEHOT, PEREBOR_ENCODE_ONEHOT_FIRST,
                                       PEREBOR_ENCODE_ORDINAL};
    static const int32_t scalers[] = {PEREBOR_SCALE_STANDARD, PEREBOR_SCALE_MINMAX,
                                      PEREBOR_SCALE_ROBUST, PEREBOR_SCALE_MAXABS};
    const variant *variant = &variants[model / n_preparations];
    size_t preparation = model % n_preparations;
    perebor_candidate candidate = {.learner = perebor_learner_find(variant->learner)};
    uint32_t few = model / n_preparations % 2 == 0 ? 5 : 1;
    bool unscaled = strcmp(variant->learner, "svc") != 0 && preparation == 4;
    candidate.preparation = (perebor_preparation_settings){
        .fill_value = -1.0,
        .impute_numeric = (int32_t)(model % 4),
        .impute_nominal = model % 2 == 0 ? PEREBOR_IMPUTE_MOST_FREQUENT : PEREBOR_IMPUTE_CONSTANT,
        .encode_nominal = encoders[preparation % 3],
        .scale = unscaled ? PEREBOR_SCALE_NONE : scalers[(model + preparation) % 4],
        .select_k = preparation == 3   ? few
                    : preparation == 5 ? 8
                                       : 0,
    };
    for (size_t i = 0; i < candidate.learner->n_settings; i++) {
        candidate.settings[i] = candidate.learner->settings[i].default_value;
        for (size_t k = 0; k < 3; k++) {
            const char *name = variant->settings[k].name;
            if (name != NULL && strcmp(name, candidate.learner->settings[i].name) == 0) {
                candidate.settings[i] = variant->settings[k].value;
            }
        }
    }
    return candidate;
}

static void write_file(const char *folder, const char *name, const char *end, const char *bytes,
                       size_t size) {
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s%s", folder, name, end);
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(bytes, 1, size, file) != size || fclose(file) != 0) {
        fail(path, NULL);
    }
}

static void write_rows(const char *folder) {
    perebor_json json = {0};
    perebor_json_begin_array(&json);
    for (size_t row = n_training; row < n_rows; row++) {
        perebor_json_begin_array(&json);
        for (size_t column = 0; column < n_columns; column++) {
            double value = values[column][row];
            if (isnan(value)) {
                perebor_json_null(&json);
            } else if (column < first_nominal) {
                perebor_json_real(&json, value);
            } else {
                perebor_json_text(&json, value < (double)columns[column].n_levels
                                             ? columns[column].levels[(size_t)value]
                                             : "no such level");
            }
        }
        perebor_json_end_array(&json);
    }
    perebor_json_end_array(&json);
    char *text = perebor_json_take(&json);
    write_file(folder, "rows", ".json", text, strlen(text));
    free(text);
}

/** A text as a literal, its bytes escaped. */
static void put_literal(FILE *file, const char *text) {
    fputc('"', file);
    for (; *text != '\0'; text++) {
        fprintf(file, "\\%03o", (unsigned char)*text);
    }
    fputc('"', file);
}

/** The values of a row, in braces. */
static void put_row(FILE *file, size_t row) {
    fprintf(file, "    {");
    for (size_t column = 0; column < n_columns; column++) {
        double value = values[column][row];
        if (column < first_nominal) {
            isnan(value) ? fprintf(file, "NAN, ") : fprintf(file, "%a, ", value);
        } else if (isnan(value)) {
            fprintf(file, row % 2 == 0 ? "NULL, " : "\"\", ");
        } else {
            put_literal(file, value < (double)columns[column].n_levels
                                  ? columns[column].levels[(size_t)value]
                                  : "no such level");
            fprintf(file, ", ");
        }
    }
    fprintf(file, "},\n");
}

/** Compares one model's function, "score" or "probability", with the bits. */
static void put_comparison(FILE *file, size_t model, const char *function, const double *expected) {
    fprintf(file, "static const uint64_t bits_%zu_%s[] = {\n", model, function);
    for (size_t row = 0; row < n_rows - n_training; row++) {
        fprintf(file, "    UINT64_C(0x%016" PRIx64 "),\n", arithmetic_to_bits(expected[row]));
    }
    fprintf(file,
            "};\n"
            "static int differ_%zu_%s(void) {\n"
            "    int n = 0;\n"
            "    for (int i = 0; i < %d; i++) {\n"
            "        double value = m%zu_%s(&rows_%zu[i]);\n"
            "        uint64_t bits;\n"
            "        memcpy(&bits, &value, sizeof bits);\n"
            "        if (bits != bits_%zu_%s[i]) {\n"
            "            n++;\n"
            "            printf(\"m%zu_%s of row %%d is %%a\\n\", i, value);\n"
            "        }\n"
            "    }\n"
            "    return n;\n"
            "}\n",
            model, function, n_rows - n_training, model, function, model, model, function, model,
            function);
}

/** What is open while models are written. */
typedef struct writer {
    const char *folder;
    FILE *compare;
    perebor_json expected;
    size_t n_forms[PEREBOR_FORM_DENSITIES + 1];
    size_t n_with_sets;
} writer;

static void export_model(const writer *to, const perebor_fitted_pipeline *pipeline, size_t model) {
    static const char *const ends[] = {[PEREBOR_MODEL_JSON] = ".json",
                                       [PEREBOR_MODEL_C] = ".c",
                                       [PEREBOR_MODEL_ONNX] = ".onnx",
                                       [PEREBOR_MODEL_XGBOOST] = ".xgboost.json"};
    const perebor_model_form *form = perebor_fitted_pipeline_form(pipeline);
    const perebor_calibration *calibration = perebor_fitted_pipeline_calibration(pipeline);
    bool single = perebor_fitted_pipeline_n_members(pipeline) == 0;
    // XGBoost calibrates no mean of trees.
    bool bent = calibration != NULL && calibration->kind != PEREBOR_CALIBRATION_SIGMOID;
    // Nor has it sets of levels that are columns.
    bool trees = single && form->kind == PEREBOR_FORM_TREES && form->as.trees.n_sets == 0 &&
                 !(form->as.trees.n_trees > 1 && bent);
    perebor_model_format last = trees ? PEREBOR_MODEL_XGBOOST : PEREBOR_MODEL_ONNX;
    char name[16];
    (void)snprintf(name, sizeof name, "m%zu", model);
    for (perebor_model_format format = PEREBOR_MODEL_JSON; format <= last; format++) {
        char *bytes = NULL;
        size_t size = 0;
        perebor_error error = {0};
        if (perebor_model_export(pipeline, format, name, &bytes, &size, &error) != PEREBOR_OK) {
            fail(name, &error);
        }
        write_file(to->folder, name, ends[format], bytes, size);
        free(bytes);
    }
}

static perebor_status fit_single(perebor_fitted_pipeline **pipeline, size_t model,
                                 perebor_error *error) {
    perebor_candidate candidate = candidate_at(model);
    static const perebor_calibration_method methods[n_preparations] = {
        PEREBOR_CALIBRATE_USUALLY, PEREBOR_CALIBRATE_BETA,     PEREBOR_CALIBRATE_USUALLY,
        PEREBOR_CALIBRATE_USUALLY, PEREBOR_CALIBRATE_ISOTONIC, PEREBOR_CALIBRATE_BEST,
    };
    size_t way = model % n_preparations;
    return way == 2
               ? perebor_fitted_pipeline_fit(pipeline, &candidate, &dataset, all_rows, n_training,
                                             error)
               : perebor_fitted_pipeline_fit_calibrated_by(pipeline, &candidate, &dataset, all_rows,
                                                           n_training, methods[way], error);
}

static perebor_status fit_votes(perebor_fitted_pipeline **pipeline, size_t vote,
                                perebor_error *error) {
    perebor_candidate candidates[16];
    for (size_t i = 0; i < votes[vote].n_members; i++) {
        candidates[i] = candidate_at(votes[vote].singles[i]);
    }
    return perebor_fitted_pipeline_fit_voting(pipeline, candidates, votes[vote].weights,
                                              votes[vote].n_members, &dataset, all_rows, n_training,
                                              error);
}

/** Counts what models there are. */
static void note_form(writer *to, const perebor_model_form *form) {
    to->n_forms[form->kind]++;
    to->n_with_sets += form->kind == PEREBOR_FORM_TREES && form->as.trees.n_sets > 0;
}

static void write_model(writer *to, size_t model) {
    enum { n = n_rows - n_training };
    double scores[n], probabilities[n];
    char name[16];
    perebor_error error = {0};
    perebor_workspace workspace = {0};
    perebor_fitted_pipeline *pipeline = NULL;
    (void)snprintf(name, sizeof name, "m%zu", model);
    perebor_status status = model < n_singles ? fit_single(&pipeline, model, &error)
                                              : fit_votes(&pipeline, model - n_singles, &error);
    if (status != PEREBOR_OK ||
        perebor_fitted_pipeline_score(pipeline, &dataset, all_rows + n_training, n, &workspace,
                                      scores, &error) != PEREBOR_OK) {
        fail(name, &error);
    }
    bool likely = perebor_fitted_pipeline_calibration(pipeline) != NULL;
    if (likely &&
        perebor_fitted_pipeline_predict(pipeline, &dataset, all_rows + n_training, n, &workspace,
                                        probabilities, &error) != PEREBOR_OK) {
        fail(name, &error);
    }
    export_model(to, pipeline, model);
    if (model % n_preparations == 0 || model >= n_singles) {
        char path[512];
        (void)snprintf(path, sizeof path, "%s/m%zu.h5", to->folder, model);
        if (perebor_fitted_pipeline_save(pipeline, path, false, &error) != PEREBOR_OK) {
            fail(path, &error);
        }
    }
    if (model < n_singles) {
        note_form(to, perebor_fitted_pipeline_form(pipeline));
    }
    perebor_json_key(&to->expected, name);
    perebor_json_begin_object(&to->expected);
    perebor_json_put_text(&to->expected, "learner",
                          perebor_fitted_pipeline_learner(pipeline)->name);
    perebor_json_put_reals(&to->expected, "score", scores, n);
    likely ? perebor_json_put_reals(&to->expected, "probability", probabilities, n)
           : perebor_json_put_raw(&to->expected, "probability", "null");
    perebor_json_end_object(&to->expected);
    fprintf(to->compare,
            "#include \"m%zu.c\"\n"
            "static const struct m%zu_row rows_%zu[] = {\n#include \"rows.inc\"\n};\n",
            model, model, model);
    put_comparison(to->compare, model, "score", scores);
    if (likely) {
        put_comparison(to->compare, model, "probability", probabilities);
    }
    fprintf(to->compare, "static int differ_%zu(void) {\n    return differ_%zu_score()%s", model,
            model, likely ? "" : ";\n}\n");
    if (likely) {
        fprintf(to->compare, " + differ_%zu_probability();\n}\n", model);
    }
    perebor_workspace_release(&workspace);
    perebor_fitted_pipeline_free(pipeline);
}

static void write_row_values(const char *folder) {
    char path[512];
    (void)snprintf(path, sizeof path, "%s/rows.inc", folder);
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        fail(path, NULL);
    }
    for (size_t row = n_training; row < n_rows; row++) {
        put_row(file, row);
    }
    if (fclose(file) != 0) {
        fail(path, NULL);
    }
}

static void write_main(FILE *compare) {
    fprintf(compare, "int main(void) {\n    int n = 0;\n");
    for (int model = 0; model < n_models; model++) {
        fprintf(compare, "    n += differ_%d();\n", model);
    }
    fprintf(compare,
            "    printf(\"%d models, %d rows, %%d scores differ\\n\", n);\n"
            "    return n == 0 ? 0 : 1;\n}\n",
            n_models, n_rows - n_training);
}

/** Prints the bits that a saved model gives: a line a row. */
static void score_saved(const char *path, size_t model) {
    enum { n = n_rows - n_training };
    double scores[n], probabilities[n];
    perebor_error error = {0};
    perebor_workspace workspace = {0};
    perebor_fitted_pipeline *pipeline = NULL;
    if (perebor_fitted_pipeline_load(&pipeline, path, &error) != PEREBOR_OK ||
        perebor_fitted_pipeline_score(pipeline, &dataset, all_rows + n_training, n, &workspace,
                                      scores, &error) != PEREBOR_OK ||
        perebor_fitted_pipeline_predict(pipeline, &dataset, all_rows + n_training, n, &workspace,
                                        probabilities, &error) != PEREBOR_OK) {
        fail(path, &error);
    }
    for (size_t row = 0; row < n; row++) {
        printf("m%zu %016" PRIx64 " %016" PRIx64 "\n", model, arithmetic_to_bits(scores[row]),
               arithmetic_to_bits(probabilities[row]));
    }
    perebor_workspace_release(&workspace);
    perebor_fitted_pipeline_free(pipeline);
}

static int score_all_saved(const char *folder) {
    size_t n_saved = 0;
    for (size_t model = 0; model < n_models; model += model < n_singles ? n_preparations : 1) {
        char path[512];
        (void)snprintf(path, sizeof path, "%s/m%zu.h5", folder, model);
        score_saved(path, model);
        n_saved++;
    }
    return n_saved > 0 ? 0 : 1;
}

int main(int argc, char **argv) {
    if (argc == 3 && strcmp(argv[1], "--score") == 0) {
        fill_rows();
        return score_all_saved(argv[2]);
    }
    if (argc != 2) {
        fprintf(stderr, "usage: write_models [--score] FOLDER\n");
        return 64;
    }
    char path[512];
    (void)snprintf(path, sizeof path, "%s/compare.c", argv[1]);
    writer to = {.folder = argv[1], .compare = fopen(path, "w")};
    if (to.compare == NULL) {
        fail(path, NULL);
    }
    fprintf(to.compare, "#include <math.h>\n#include <stdio.h>\n");
    fill_rows();
    write_rows(argv[1]);
    write_row_values(argv[1]);
    perebor_json_begin_object(&to.expected);
    for (size_t model = 0; model < n_models; model++) {
        write_model(&to, model);
    }
    perebor_json_end_object(&to.expected);
    char *text = perebor_json_take(&to.expected);
    write_file(argv[1], "expected", ".json", text, strlen(text));
    free(text);
    write_main(to.compare);
    if (fclose(to.compare) != 0) {
        fail(path, NULL);
    }
    for (perebor_form_kind kind = PEREBOR_FORM_LINEAR; kind <= PEREBOR_FORM_DENSITIES; kind++) {
        if (to.n_forms[kind] == 0) {
            fail("no model has the form", &(perebor_error){0});
        }
    }
    if (to.n_with_sets == 0) {
        fail("no model has sets of levels", NULL);
    }
    return 0;
}
