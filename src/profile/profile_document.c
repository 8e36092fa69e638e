// SPDX-License-Identifier: MIT
#include "profile/profile_document.h"

#include "base/digest.h"
#include "base/json.h"

static void put_tables(perebor_json *json, const perebor_tables_report *tables) {
    char digest[65];
    perebor_json_key(json, "sources");
    perebor_json_begin_array(json);
    for (size_t i = 0; i < tables->n_sources; i++) {
        const perebor_source_report *source = &tables->sources[i];
        perebor_json_begin_object(json);
        perebor_json_put_text(json, "name", source->name);
        perebor_json_put_text(json, "path", source->path);
        perebor_sha256_hex(source->sha256, digest);
        perebor_json_put_text(json, "sha256", digest);
        perebor_json_put_unsigned(json, "n_rows", source->n_rows);
        perebor_json_put_unsigned(json, "n_columns", source->n_columns);
        perebor_json_put_unsigned(json, "n_bytes", source->n_bytes);
        perebor_json_end_object(json);
    }
    perebor_json_end_array(json);
    perebor_json_key(json, "steps");
    perebor_json_begin_array(json);
    for (size_t i = 0; i < tables->n_steps; i++) {
        const perebor_step_report *step = &tables->steps[i];
        perebor_json_begin_object(json);
        perebor_json_put_text(json, "step", step->step);
        perebor_json_put_text(json, "detail", step->detail);
        perebor_json_put_unsigned(json, "n_cells", step->n_cells);
        perebor_json_put_unsigned(json, "n_rows", step->n_rows);
        perebor_json_end_object(json);
    }
    perebor_json_end_array(json);
}

static void put_finding(perebor_json *json, const perebor_finding *finding) {
    perebor_json_begin_object(json);
    perebor_json_put_text(json, "kind", finding->kind);
    perebor_json_put_text(json, "stage", perebor_cleaning_stage_names[finding->stage]);
    perebor_json_put_text(json, "table", finding->table);
    perebor_json_put_text(json, "column", finding->column);
    perebor_json_put_unsigned(json, "n", finding->n);
    perebor_json_put_text(json, "detail", finding->detail);
    perebor_json_put_text(json, "section", finding->section);
    perebor_json_put_text(json, "step", finding->step);
    perebor_json_put_texts(json, "ids", finding->ids, finding->n_ids);
    perebor_json_end_object(json);
}

static void put_summary(perebor_json *json, const perebor_column_summary *column) {
    perebor_json_begin_object(json);
    perebor_json_put_text(json, "stage", perebor_cleaning_stage_names[column->stage]);
    perebor_json_put_text(json, "table", column->table);
    perebor_json_put_text(json, "name", column->name);
    perebor_json_put_text(json, "type", column->type);
    perebor_json_put_unsigned(json, "n_rows", column->n_rows);
    perebor_json_put_unsigned(json, "n_gaps", column->n_missing);
    perebor_json_put_unsigned(json, "n_distinct", column->n_distinct);
    perebor_json_put_real(json, "minimum", column->minimum);
    perebor_json_put_real(json, "median", column->median);
    perebor_json_put_real(json, "maximum", column->maximum);
    perebor_json_put_unsigned(json, "n_outliers", column->n_outliers);
    perebor_json_put_unsigned(json, "n_beyond_iqr", column->n_beyond_iqr);
    perebor_json_put_text(json, "top", column->top);
    perebor_json_put_unsigned(json, "n_top", column->n_top);
    perebor_json_end_object(json);
}

static void put_correction(perebor_json *json, const perebor_correction *correction) {
    perebor_json_begin_object(json);
    perebor_json_put_text(json, "step", correction->step);
    perebor_json_put_text(json, "table", correction->table);
    perebor_json_put_text(json, "column", correction->column);
    perebor_json_put_text(json, "file", correction->file);
    perebor_json_put_text(json, "before", correction->before);
    perebor_json_put_text(json, "after", correction->after);
    perebor_json_key(json, "lines");
    perebor_json_begin_array(json);
    for (size_t i = 0; i < correction->n_lines; i++) {
        perebor_json_unsigned(json, correction->lines[i]);
    }
    perebor_json_end_array(json);
    perebor_json_end_object(json);
}

static void put_quality(perebor_json *json, const perebor_quality *quality) {
    perebor_json_put_text(json, "problem", quality->problem[0] != '\0' ? quality->problem : NULL);
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
    perebor_json_put_unsigned(json, "n_corrected", quality->n_corrected);
    perebor_json_key(json, "corrections");
    perebor_json_begin_array(json);
    for (size_t i = 0; i < quality->n_corrections; i++) {
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
        perebor_json_put_text(json, "kind", perebor_leak_kind_names[leak->kind]);
        perebor_json_put_text(json, "column", leak->column);
        perebor_json_put_real(json, "phik", leak->phik);
        perebor_json_put_real(json, "auc", leak->auc);
        perebor_json_put_real(json, "z", leak->z);
        perebor_json_put_unsigned(json, "n_rows", leak->n_rows);
        perebor_json_put_text(json, "detail", leak->detail);
        perebor_json_put_text(json, "section", leak->section);
        perebor_json_put_text(json, "step", leak->step);
        perebor_json_end_object(json);
    }
    perebor_json_end_array(json);
}

static void put_group(perebor_json *json, const char *key, const perebor_profile_column *column,
                      const perebor_profile_group *group) {
    const perebor_moments *moments = &group->moments;
    perebor_json_key(json, key);
    perebor_json_begin_object(json);
    perebor_json_put_unsigned(json, "n", moments->n);
    if (column->role != PEREBOR_ROLE_NUMERIC) {
        perebor_json_put_counts(json, "level_counts", group->level_counts, column->n_levels);
        perebor_json_end_object(json);
        return;
    }
    perebor_json_put_real(json, "mean", moments->mean);
    perebor_json_put_real(json, "sd", moments->sd);
    perebor_json_put_real(json, "minimum", moments->minimum);
    perebor_json_put_real(json, "maximum", moments->maximum);
    perebor_json_put_real(json, "skewness", moments->skewness);
    perebor_json_put_real(json, "excess_kurtosis", moments->excess_kurtosis);
    perebor_json_put_reals(json, "quantiles", group->quantiles, PEREBOR_PROFILE_QUANTILES);
    perebor_json_put_counts(json, "histogram", group->histogram, PEREBOR_PROFILE_BINS);
    perebor_json_put_reals(json, "density", group->density, PEREBOR_PROFILE_POINTS);
    perebor_json_end_object(json);
}

static void put_column(perebor_json *json, const perebor_profile_column *column) {
    perebor_json_begin_object(json);
    perebor_json_put_text(json, "name", column->name);
    perebor_json_put_text(json, "role", perebor_role_names[column->role]);
    perebor_json_put_texts(json, "levels", column->levels, column->n_levels);
    perebor_json_put_unsigned(json, "n_gaps", column->n_missing);
    perebor_json_put_unsigned(json, "n_distinct", column->n_distinct);
    perebor_json_put_real(json, "lower", column->lower);
    perebor_json_put_real(json, "upper", column->upper);
    perebor_json_put_real(json, "bins_to", column->bins_to);
    put_group(json, "all", column, &column->groups[PEREBOR_ALL_ROWS]);
    put_group(json, "negative", column, &column->groups[PEREBOR_NEGATIVE_ROWS]);
    put_group(json, "positive", column, &column->groups[PEREBOR_POSITIVE_ROWS]);
    perebor_json_put_real(json, "auc", column->auc);
    perebor_json_put_real(json, "mann_whitney_u", column->mann_whitney_u);
    perebor_json_put_real(json, "mann_whitney_p", column->mann_whitney_p);
    perebor_json_put_real(json, "p_adjusted", column->p_adjusted);
    perebor_json_put_real(json, "welch_t", column->welch_t);
    perebor_json_put_real(json, "welch_p", column->welch_p);
    perebor_json_put_real(json, "anova_f", column->anova_f);
    perebor_json_put_real(json, "anova_p", column->anova_p);
    perebor_json_put_real(json, "chi2", column->chi2);
    perebor_json_put_real(json, "chi2_p", column->chi2_p);
    perebor_json_put_real(json, "ks_d", column->ks_d);
    perebor_json_put_real(json, "pearson", column->pearson);
    perebor_json_put_real(json, "spearman", column->spearman);
    perebor_json_put_real(json, "phik", column->phik);
    perebor_json_put_real(json, "phik_z", column->phik_z);
    perebor_json_put_text(json, "strength", column->strength);
    perebor_json_put_real(json, "cramers_v", column->cramers_v);
    perebor_json_put_real(json, "mutual_information", column->mutual_information);
    perebor_json_put_real(json, "vif", column->vif);
    perebor_json_put_real(json, "global_phik", column->global_phik);
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
    for (size_t i = 0; i + 1 < profile->n_matrix; i++) {
        perebor_json_text(json, profile->columns[profile->matrix_features[i]].name);
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
    perebor_json_put_text(json, "name", dataset->target_name);
    perebor_json_put_text(json, "positive", dataset->positive_name);
    perebor_json_put_text(json, "negative", dataset->negative_name);
    perebor_json_put_unsigned(json, "n_rows", dataset->n_rows);
    perebor_json_put_unsigned(json, "n_positive", profile->n_positive);
    perebor_json_end_object(json);
    perebor_json_put_reals(json, "quantile_shares", perebor_profile_shares,
                           PEREBOR_PROFILE_QUANTILES);
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
    perebor_json_put_text(&writer, "format", PEREBOR_PROFILE_FORMAT);
    perebor_json_put_text(&writer, "format_version", PEREBOR_PROFILE_FORMAT_VERSION);
    perebor_json_put_text(&writer, "name", document->name);
    perebor_json_put_text(&writer, "file", document->file);
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
        return perebor_no_memory(error, "to write the profile");
    }
    *json = text;
    return PEREBOR_OK;
}
