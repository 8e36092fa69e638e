// SPDX-License-Identifier: MIT
// An explanation as a group of a file and back.
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "explain/explanation.h"

static const char version[] = "1.0";
static const char *const part_names[] = {"train", "test", NULL};

static void add_terms(const explanation *explanation, const char *model, h5_tree *tree,
                      h5_node *group) {
    const row_explainer_options *options = &explanation->terms.options;
    h5_set_text(tree, group, "explain_version", version);
    h5_set_text(tree, group, "model", model);
    h5_set_text(tree, group, "game", explain_game_names[options->game]);
    h5_set_text(tree, group, "scale", explain_scale_names[options->scale]);
    h5_set_text(tree, group, "method", explanation->exact ? "exact" : "drawn orders");
    h5_set_unsigned(tree, group, "seed", options->seed);
    h5_set_unsigned(tree, group, "background_asked", explanation->terms.n_background);
    h5_set_real(tree, group, "standard_error_asked", options->standard_error);
    h5_set_unsigned(tree, group, "most_rounds", options->most_rounds);
    h5_set_real(tree, group, "standard_error_enough", explanation->standard_error);
    h5_set_real(tree, group, "baseline", explanation->baseline);
    h5_set_real(tree, group, "baseline_probability", explanation->baseline_probability);
    h5_set_real(tree, group, "grain", explanation->grain);
    h5_set_real(tree, group, "largest_gap", explanation->largest_gap);
}

static void add_numbers(h5_tree *tree, h5_node *group, const char *name, const uint32_t *numbers,
                        size_t n) {
    h5_node *node = h5_add_dataset(tree, group, name, H5_INT64, 1, n, 0);
    for (size_t i = 0; node != NULL && i < n; i++) {
        ((int64_t *)node->array.data)[i] = numbers[i];
    }
}

static void add_reals(h5_tree *tree, h5_node *group, const char *name, const double *values,
                      size_t n) {
    h5_node *node = h5_add_dataset(tree, group, name, H5_DOUBLE, 1, n, 0);
    if (node != NULL) {
        memcpy(node->array.data, values, n * sizeof *values);
    }
}

/** [n_rows][n_players], labelled by rows and columns. */
static void add_values(h5_tree *tree, h5_node *group, const char *name, const double *values,
                       const explanation *explanation) {
    size_t n_rows = explanation->n_rows, n = explanation->n_players;
    h5_node *node = h5_add_dataset(tree, group, name, H5_DOUBLE, 2, n_rows, n);
    if (node != NULL) {
        memcpy(node->array.data, values, n_rows * n * sizeof *values);
        node->scales[0] = "row";
        node->scales[1] = "column";
    }
}

/** Columns that the model looks at, and those that it does not. */
static void add_columns(const explanation *explanation, const perebor_dataset *dataset,
                        h5_tree *tree, h5_node *group) {
    size_t n = explanation->n_players, n_unused = dataset->n_columns - n, at = 0, next = 0;
    h5_node *used = h5_add_dataset(tree, group, "column", H5_TEXT, 1, n, 0);
    h5_node *unused = h5_add_dataset(tree, group, "unused", H5_TEXT, 1, n_unused, 0);
    for (size_t i = 0; unused != NULL && i < dataset->n_columns; i++) {
        const char *name = h5_keep_text(tree, dataset->columns[i].name);
        if (at < n && explanation->players[at] == i) {
            ((const char **)used->array.data)[at++] = name;
        } else {
            ((const char **)unused->array.data)[next++] = name;
        }
    }
    if (used != NULL) {
        used->scales[0] = "column";
    }
}

static void add_rows(const explanation *explanation, const perebor_dataset *dataset,
                     const bool *is_tested, h5_tree *tree, h5_node *group) {
    size_t n = explanation->n_rows;
    add_numbers(tree, group, "row", explanation->rows, n);
    h5_node *id = h5_add_dataset(tree, group, "id", H5_TEXT, 1, dataset->ids == NULL ? 0 : n, 0);
    h5_node *target = h5_add_dataset(tree, group, "target", H5_INT8, 1, n, 0);
    h5_node *part = h5_add_dataset(tree, group, "part", H5_INT8, 1, n, 0);
    for (size_t i = 0; part != NULL && target != NULL && id != NULL && i < n; i++) {
        uint32_t row = explanation->rows[i];
        ((int8_t *)target->array.data)[i] = (int8_t)dataset->labels[row];
        ((int8_t *)part->array.data)[i] = is_tested[i] ? 1 : 0;
        if (dataset->ids != NULL) {
            ((const char **)id->array.data)[i] = h5_keep_text(tree, dataset->ids[row]);
        }
    }
    h5_set_flags(tree, part, part_names);
    add_reals(tree, group, "score", explanation->scores, n);
    add_reals(tree, group, "probability", explanation->probabilities, n);
    if (!explanation->exact) {
        add_numbers(tree, group, "n_rounds", explanation->n_rounds, n);
    }
    h5_set_text(tree, group, "scales", "row");
}

perebor_status explanation_to_tree(const explanation *explanation, const perebor_dataset *dataset,
                                   const char *model, const bool *is_tested, h5_tree *tree,
                                   h5_node *group, perebor_error *error) {
    add_terms(explanation, model, tree, group);
    add_columns(explanation, dataset, tree, group);
    add_rows(explanation, dataset, is_tested, tree, group);
    add_values(tree, group, "value", explanation->values, explanation);
    if (!explanation->exact) {
        add_values(tree, group, "standard_error", explanation->errors, explanation);
    }
    add_numbers(tree, group, "background", explanation->background, explanation->n_background);
    return h5_tree_check(tree, "an explanation", error);
}

/* Back. A group that is not as it should be is not found: whoever asks makes it anew. */

static bool has_text(const h5_node *group, const char *name, const char *text) {
    const char *found = h5_find_text(group, name);
    return found != NULL && strcmp(found, text) == 0;
}

static bool get_real(const h5_node *group, const char *name, double *value) {
    const h5_attribute *found = h5_find_attribute(group, name);
    bool is_real =
        found != NULL && found->value.kind == H5_DOUBLE && found->value.n_dimensions == 0;
    *value = is_real ? *(const double *)found->value.data : 0.0;
    return is_real;
}

static bool has_number(const h5_node *group, const char *name, uint64_t number) {
    const h5_attribute *found = h5_find_attribute(group, name);
    return found != NULL && found->value.kind == H5_UINT64 && found->value.n_dimensions == 0 &&
           *(const uint64_t *)found->value.data == number;
}

static bool is_on_terms(const h5_node *group, const explanation_terms *terms) {
    const row_explainer_options *options = &terms->options;
    double asked;
    return has_text(group, "explain_version", version) &&
           has_text(group, "game", explain_game_names[options->game]) &&
           has_text(group, "scale", explain_scale_names[options->scale]) &&
           has_number(group, "seed", options->seed) &&
           has_number(group, "background_asked", terms->n_background) &&
           get_real(group, "standard_error_asked", &asked) && asked == options->standard_error &&
           has_number(group, "most_rounds", options->most_rounds);
}

static size_t length_of(const h5_node *group, const char *name) {
    const h5_node *node = h5_find(group, name);
    return node != NULL && node->array.n_dimensions == 1 ? node->array.dimensions[0] : 0;
}

/** Numbers below a limit. */
static bool get_numbers(const h5_node *group, const char *name, size_t n, size_t limit,
                        uint32_t *into) {
    const int64_t *from = h5_row(group, name, H5_INT64, n);
    for (size_t i = 0; from != NULL && i < n; i++) {
        if (from[i] < 0 || (uint64_t)from[i] >= limit) {
            return false;
        }
        into[i] = (uint32_t)from[i];
    }
    return from != NULL;
}

static bool get_reals(const h5_node *group, const char *name, size_t n, double *into) {
    const double *from = h5_row(group, name, H5_DOUBLE, n);
    if (from != NULL) {
        memcpy(into, from, n * sizeof *into);
    }
    return from != NULL;
}

static bool get_values(const h5_node *group, const char *name, const explanation *explanation,
                       double *into) {
    const h5_node *node = h5_find(group, name);
    bool fits = node != NULL && node->array.kind == H5_DOUBLE && node->array.n_dimensions == 2 &&
                node->array.dimensions[0] == explanation->n_rows &&
                node->array.dimensions[1] == explanation->n_players;
    if (fits) {
        memcpy(into, node->array.data, explanation->n_rows * explanation->n_players * sizeof *into);
    }
    return fits;
}

/** Columns by their names, in the order of the dataset. */
static bool get_players(const h5_node *group, const perebor_dataset *dataset,
                        explanation *explanation) {
    const char *const *names = h5_row(group, "column", H5_TEXT, explanation->n_players);
    size_t found = 0;
    for (size_t i = 0; names != NULL && i < dataset->n_columns; i++) {
        if (found < explanation->n_players && strcmp(dataset->columns[i].name, names[found]) == 0) {
            explanation->players[found++] = (uint32_t)i;
        }
    }
    return names != NULL && found == explanation->n_players;
}

static bool get_all(explanation *explanation, const perebor_dataset *dataset,
                    const h5_node *group) {
    size_t n = explanation->n_rows, n_rows = dataset->n_rows;
    explanation->exact = has_text(group, "method", "exact");
    bool drawn = explanation->exact ||
                 (get_numbers(group, "n_rounds", n, UINT32_MAX, explanation->n_rounds) &&
                  get_values(group, "standard_error", explanation, explanation->errors));
    return drawn && get_players(group, dataset, explanation) &&
           get_numbers(group, "row", n, n_rows, explanation->rows) &&
           get_numbers(group, "background", explanation->n_background, n_rows,
                       explanation->background) &&
           get_reals(group, "score", n, explanation->scores) &&
           get_reals(group, "probability", n, explanation->probabilities) &&
           get_values(group, "value", explanation, explanation->values) &&
           get_real(group, "standard_error_enough", &explanation->standard_error) &&
           get_real(group, "baseline", &explanation->baseline) &&
           get_real(group, "baseline_probability", &explanation->baseline_probability) &&
           get_real(group, "grain", &explanation->grain) &&
           get_real(group, "largest_gap", &explanation->largest_gap);
}

perebor_status explanation_from_tree(explanation *explanation, bool *found,
                                     const explanation_terms *terms, const perebor_dataset *dataset,
                                     const h5_node *group, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    struct explanation read = {0};
    *found = false;
    if (!is_on_terms(group, terms)) {
        return PEREBOR_OK;
    }
    PEREBOR_TRY(done, explanation_make_room(&read, length_of(group, "column"),
                                            length_of(group, "background"), length_of(group, "row"),
                                            error));
    read.terms = *terms;
    if (read.n_rows == dataset->n_rows && get_all(&read, dataset, group)) {
        *explanation = read;
        *found = true;
        read = (struct explanation){0};
    }
done:
    explanation_release(&read);
    return status;
}
