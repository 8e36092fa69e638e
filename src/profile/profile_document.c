// SPDX-License-Identifier: MIT
#include "perebor/profile_document.h"

#include "base/digest.h"
#include "base/json.h"

static void put_text(perebor_json *json, const char *key, const char *text) {
    perebor_json_key(json, key);
    perebor_json_text(json, text);
}

static void put_real(perebor_json *json, const char *key, double value) {
    perebor_json_key(json, key);
    perebor_json_real(json, value);
}

static void put_count(perebor_json *json, const char *key, uint64_t value) {
    perebor_json_key(json, key);
    perebor_json_unsigned(json, value);
}

static void put_reals(perebor_json *json, const char *key, const double *values, size_t n) {
    perebor_json_key(json, key);
    perebor_json_begin_array(json);
    for (size_t i = 0; i < n; i++) {
        perebor_json_real(json, values[i]);
    }
    perebor_json_end_array(json);
}

static void put_counts(perebor_json *json, const char *key, const uint64_t *values, size_t n) {
    perebor_json_key(json, key);
    perebor_json_begin_array(json);
    for (size_t i = 0; i < n; i++) {
        perebor_json_unsigned(json, values[i]);
    }
    perebor_json_end_array(json);
}

static void put_texts(perebor_json *json, const char *key, const char *const *texts, size_t n) {
    perebor_json_key(json, key);
    perebor_json_begin_array(json);
    for (size_t i = 0; i < n; i++) {
        perebor_json_text(json, texts[i]);
    }
    perebor_json_end_array(json);
}

static void put_tables(perebor_json *json, const perebor_tables_report *tables) {
    char digest[65];
    perebor_json_key(json, "sources");
    perebor_json_begin_array(json);
    for (size_t i = 0; i < tables->n_sources; i++) {
        const perebor_source_report *source = &tables->sources[i];
        perebor_json_begin_object(json);
        put_text(json, "name", source->name);
        put_text(json, "path", source->path);
        perebor_sha256_hex(source->sha256, digest);
        put_text(json, "sha256", digest);
        put_count(json, "n_rows", source->n_rows);
        put_count(json, "n_columns", source->n_columns);
        put_count(json, "n_bytes", source->n_bytes);
        perebor_json_end_object(json);
    }
    perebor_json_end_array(json);
    perebor_json_key(json, "steps");
    perebor_json_begin_array(json);
    for (size_t i = 0; i < tables->n_steps; i++) {
        const perebor_step_report *step = &tables->steps[i];
        perebor_json_begin_object(json);
        put_text(json, "step", step->step);
        put_text(json, "detail", step->detail);
        put_count(json, "n_cells", step->n_cells);
        put_count(json, "n_rows", step->n_rows);
        perebor_json_end_object(json);
    }
    perebor_json_end_array(json);
}

static void put_finding(perebor_json *json, const perebor_finding *finding) {
    perebor_json_begin_object(json);
    put_text(json, "kind", finding->kind);
    put_text(json, "stage", perebor_stage_name(finding->stage));
    put_text(json, "table", finding->table);
    put_text(json, "column", finding->column);
    put_count(json, "n", finding->n);
    put_text(json, "detail", finding->detail);
    put_text(json, "section", finding->section);
    put_text(json, "step", finding->step);
    perebor_json_end_object(json);
}

static void put_summary(perebor_json *json, const perebor_column_summary *column) {
    perebor_json_begin_object(json);
    put_text(json, "stage", perebor_stage_name(column->stage));
    put_text(json, "table", column->table);
    put_text(json, "name", column->name);
    put_text(json, "type", column->type);
    put_count(json, "n_rows", column->n_rows);
    put_count(json, "n_gaps", column->n_gaps);
    put_count(json, "n_distinct", column->n_distinct);
    put_real(json, "minimum", column->minimum);
    put_real(json, "median", column->median);
    put_real(json, "maximum", column->maximum);
    put_count(json, "n_outliers", column->n_outliers);
    put_count(json, "n_beyond_iqr", column->n_beyond_iqr);
    put_text(json, "top", column->top);
    put_count(json, "n_top", column->n_top);
    perebor_json_end_object(json);
}

static void put_correction(perebor_json *json, const perebor_correction *correction) {
    perebor_json_begin_object(json);
    put_text(json, "step", correction->step);
    put_text(json, "table", correction->table);
    put_text(json, "column", correction->column);
    put_text(json, "place", correction->place);
    put_text(json, "before", correction->before);
    put_text(json, "after", correction->after);
    perebor_json_end_object(json);
}

static void put_quality(perebor_json *json, const perebor_quality *quality) {
    perebor_json_key(json, "problem");
    perebor_json_text(json, quality->problem[0] != '\0' ? quality->problem : NULL);
    perebor_json_key(json, "quality");
    perebor_json_begin_object(json);
    perebor_json_key(json, "findings");
    perebor_json_begin_array(json);
    for (size_t i = 0; i < quality->n_findings; i++) {
        put_finding(json, &quality->findings[i]);
    }
    perebor_json_end_array(json);
    perebor_json_key(json, "columns");
    perebor_json_begin_array(json);
    for (size_t i = 0; i < quality->n_columns; i++) {
        put_summary(json, &quality->columns[i]);
    }
    perebor_json_end_array(json);
    put_count(json, "n_corrections", quality->n_corrections);
    perebor_json_key(json, "corrections");
    perebor_json_begin_array(json);
    for (size_t i = 0; i < quality->n_listed; i++) {
        put_correction(json, &quality->corrections[i]);
    }
    perebor_json_end_array(json);
    perebor_json_end_object(json);
}

static void put_leaks(perebor_json *json, const perebor_leaks *leaks) {
    perebor_json_key(json, "leaks");
    perebor_json_begin_array(json);
    for (size_t i = 0; i < leaks->n; i++) {
        const perebor_leak *leak = &leaks->items[i];
        perebor_json_begin_object(json);
        put_text(json, "kind", perebor_leak_kind_name(leak->kind));
        put_text(json, "column", leak->column);
        put_real(json, "phik", leak->phik);
        put_real(json, "auc", leak->auc);
        put_real(json, "z", leak->z);
        put_count(json, "n_rows", leak->n_rows);
        put_text(json, "detail", leak->detail);
        put_text(json, "section", leak->section);
        put_text(json, "step", leak->step);
        perebor_json_end_object(json);
    }
    perebor_json_end_array(json);
}

static void put_group(perebor_json *json, const char *key, const perebor_profile_column *column,
                      const perebor_profile_group *group) {
    const perebor_moments *moments = &group->moments;
    perebor_json_key(json, key);
    perebor_json_begin_object(json);
    put_count(json, "n", moments->n);
    if (column->role != PEREBOR_ROLE_NUMERIC) {
        put_counts(json, "level_counts", group->level_counts, column->n_levels);
        perebor_json_end_object(json);
        return;
    }
    put_real(json, "mean", moments->mean);
    put_real(json, "sd", moments->sd);
    put_real(json, "minimum", moments->minimum);
    put_real(json, "maximum", moments->maximum);
    put_real(json, "skewness", moments->skewness);
    put_real(json, "excess_kurtosis", moments->excess_kurtosis);
    put_reals(json, "quantiles", group->quantiles, PEREBOR_PROFILE_QUANTILES);
    put_counts(json, "histogram", group->histogram, PEREBOR_PROFILE_BINS);
    put_reals(json, "density", group->density, PEREBOR_PROFILE_POINTS);
    perebor_json_end_object(json);
}

static void put_column(perebor_json *json, const perebor_profile_column *column) {
    static const char *const roles[] = {"numeric", "ordinal", "boolean", "nominal"};
    perebor_json_begin_object(json);
    put_text(json, "name", column->name);
    put_text(json, "role", roles[column->role]);
    put_texts(json, "levels", column->levels, column->n_levels);
    put_count(json, "n_gaps", column->n_gaps);
    put_count(json, "n_distinct", column->n_distinct);
    put_real(json, "lower", column->lower);
    put_real(json, "upper", column->upper);
    put_group(json, "all", column, &column->groups[PEREBOR_ALL_ROWS]);
    put_group(json, "negative", column, &column->groups[PEREBOR_NEGATIVE_ROWS]);
    put_group(json, "positive", column, &column->groups[PEREBOR_POSITIVE_ROWS]);
    put_real(json, "auc", column->auc);
    put_real(json, "mann_whitney_u", column->mann_whitney_u);
    put_real(json, "mann_whitney_p", column->mann_whitney_p);
    put_real(json, "p_adjusted", column->p_adjusted);
    put_real(json, "welch_t", column->welch_t);
    put_real(json, "welch_p", column->welch_p);
    put_real(json, "anova_f", column->anova_f);
    put_real(json, "anova_p", column->anova_p);
    put_real(json, "ks_d", column->ks_d);
    put_real(json, "pearson", column->pearson);
    put_real(json, "spearman", column->spearman);
    put_real(json, "phik", column->phik);
    put_real(json, "phik_z", column->phik_z);
    put_text(json, "strength", column->strength);
    put_real(json, "cramers_v", column->cramers_v);
    put_real(json, "mutual_information", column->mutual_information);
    put_real(json, "vif", column->vif);
    put_real(json, "global_phik", column->global_phik);
    perebor_json_end_object(json);
}

static void put_matrix(perebor_json *json, const char *key, const double *matrix, size_t n) {
    perebor_json_key(json, key);
    perebor_json_begin_array(json);
    for (size_t row = 0; row < n; row++) {
        perebor_json_begin_array(json);
        for (size_t column = 0; column < n; column++) {
            perebor_json_real(json, matrix[row * n + column]);
        }
        perebor_json_end_array(json);
    }
    perebor_json_end_array(json);
}

static void put_matrices(perebor_json *json, const perebor_profile *profile) {
    perebor_json_key(json, "matrices");
    perebor_json_begin_object(json);
    perebor_json_key(json, "names");
    perebor_json_begin_array(json);
    for (size_t i = 0; i < profile->n_columns; i++) {
        perebor_json_text(json, profile->columns[i].name);
    }
    perebor_json_text(json, profile->dataset->target_name);
    perebor_json_end_array(json);
    put_matrix(json, "pearson", profile->pearson, profile->n_matrix);
    put_matrix(json, "spearman", profile->spearman, profile->n_matrix);
    put_matrix(json, "phik", profile->phik, profile->n_matrix);
    put_matrix(json, "phik_z", profile->phik_z, profile->n_matrix);
    put_matrix(json, "cramers_v", profile->cramers_v, profile->n_matrix);
    put_matrix(json, "mutual_information", profile->mutual_information, profile->n_matrix);
    perebor_json_end_object(json);
}

static void put_exploration(perebor_json *json, const perebor_profile *profile) {
    const perebor_dataset *dataset = profile->dataset;
    perebor_json_key(json, "target");
    perebor_json_begin_object(json);
    put_text(json, "name", dataset->target_name);
    put_text(json, "positive", dataset->positive_name);
    put_text(json, "negative", dataset->negative_name);
    put_count(json, "n_rows", dataset->n_rows);
    put_count(json, "n_positive", profile->n_positive);
    perebor_json_end_object(json);
    put_reals(json, "quantile_shares", perebor_profile_shares, PEREBOR_PROFILE_QUANTILES);
    perebor_json_key(json, "columns");
    perebor_json_begin_array(json);
    for (size_t i = 0; i < profile->n_columns; i++) {
        put_column(json, &profile->columns[i]);
    }
    perebor_json_end_array(json);
    put_matrices(json, profile);
}

perebor_status perebor_profile_document_json(const perebor_profile_document *document, char **json,
                                             perebor_error *error) {
    perebor_json writer = {0};
    perebor_json_begin_object(&writer);
    put_text(&writer, "name", document->name);
    put_text(&writer, "file", document->file);
    put_tables(&writer, document->tables);
    put_quality(&writer, document->quality);
    if (document->leaks != NULL) {
        put_leaks(&writer, document->leaks);
    }
    if (document->profile != NULL) {
        put_exploration(&writer, document->profile);
    }
    perebor_json_end_object(&writer);
    char *text = perebor_json_take(&writer);
    if (text == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory to write the profile");
    }
    *json = text;
    return PEREBOR_OK;
}
