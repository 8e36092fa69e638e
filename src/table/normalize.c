// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "table/name_list.h"
#include "table/steps.h"

/** A rule and what it has made of the texts seen so far: each text is normalized once. */
typedef struct normalizing {
    table_pool *pool;
    perebor_text_rule rule;
    table_cell *results; /**< [n_results] by index of the text. */
    uint8_t *is_known;   /**< [n_results] */
    size_t n_results;
} normalizing;

static perebor_status find_rule(const table_load *load, const perebor_clean_step *step,
                                perebor_text_rule *rule, perebor_error *error) {
    *rule = (perebor_text_rule){.trim = step->trim};
    if (step->form != NULL && strcmp(step->form, "NFC") == 0) {
        rule->form = PEREBOR_TEXT_NFC;
    } else if (step->form != NULL && strcmp(step->form, "NFKC") == 0) {
        rule->form = PEREBOR_TEXT_NFKC;
    } else if (step->form != NULL) {
        return table_fail_at(load, step->at, error, "form \"%s\" is neither NFC nor NFKC",
                             step->form);
    }
    if (step->case_fold != NULL && strcmp(step->case_fold, "lower") == 0) {
        rule->letter_case = PEREBOR_TEXT_LOWER;
    } else if (step->case_fold != NULL && strcmp(step->case_fold, "upper") == 0) {
        rule->letter_case = PEREBOR_TEXT_UPPER;
    } else if (step->case_fold != NULL) {
        return table_fail_at(load, step->at, error, "case \"%s\" is neither lower nor upper",
                             step->case_fold);
    }
    return PEREBOR_OK;
}

static perebor_status normalize_text(normalizing *normalizing, size_t index, char decimal,
                                     perebor_error *error) {
    char *result = NULL;
    size_t length = 0;
    const char *text = table_pool_text(normalizing->pool, index, NULL);
    perebor_status status =
        perebor_text_normalize(&result, &length, text, strlen(text), normalizing->rule, error);
    if (status == PEREBOR_OK) {
        status = table_pool_intern(normalizing->pool, &normalizing->results[index], result, length,
                                   decimal, error);
        normalizing->is_known[index] = status == PEREBOR_OK;
        free(result);
    }
    return status;
}

static perebor_status normalize_column(normalizing *normalizing, table *table, size_t column,
                                       uint64_t *n_changed, perebor_error *error) {
    table_cell *cells = table->columns[column].cells;
    for (size_t row = 0; row < table->n_rows; row++) {
        table_cell cell = cells[row];
        if (!table_cell_is_text(cell)) {
            continue;
        }
        if (!normalizing->is_known[cell]) {
            perebor_status status =
                normalize_text(normalizing, (size_t)cell, table->decimal, error);
            if (status != PEREBOR_OK) {
                return status;
            }
        }
        cells[row] = normalizing->results[cell];
        *n_changed += cells[row] != cell;
    }
    return PEREBOR_OK;
}

static perebor_status log_table(table_load *load, const perebor_clean_step *step,
                                const table *table, uint64_t n_changed, perebor_error *error) {
    perebor_step_report entry = {
        .step = "normalize",
        .table = table->name,
        .column = step->columns.n == 1 && !perebor_text_is_pattern(step->columns.items[0])
                      ? step->columns.items[0]
                      : "",
        .n_cells = n_changed,
    };
    return table_log(load, entry, error, "%s:%s%s%s%s%s%s%s", table->name,
                     step->form != NULL ? " " : "", step->form != NULL ? step->form : "",
                     step->trim ? " trim" : "", step->case_fold != NULL ? " " : "",
                     step->case_fold != NULL ? step->case_fold : "",
                     step->reason != NULL ? ": " : "", step->reason != NULL ? step->reason : "");
}

perebor_status table_normalize(table_load *load, const perebor_clean_step *step,
                               perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    normalizing normalizing = {.pool = &load->pool, .n_results = load->pool.n_texts};
    name_list chosen = {0};
    normalizing.results = malloc(normalizing.n_results * sizeof *normalizing.results);
    normalizing.is_known = calloc(normalizing.n_results, 1);
    if (normalizing.results == NULL || normalizing.is_known == NULL) {
        status = perebor_no_memory(error, "to load tables");
        goto done;
    }
    PEREBOR_TRY(done, find_rule(load, step, &normalizing.rule, error));
    PEREBOR_TRY(done, table_check_columns(load, step, error));
    PEREBOR_TRY(done, name_list_create(&chosen, &step->columns, error));
    for (size_t i = 0; i < load->n_tables; i++) {
        table *table = &load->tables[i];
        uint64_t n_changed = 0;
        if (!table_step_is_for(step, table)) {
            continue;
        }
        for (size_t j = 0; j < table->n_columns; j++) {
            if (step->columns.n == 0 || name_list_has(&chosen, table->columns[j].name)) {
                PEREBOR_TRY(done, normalize_column(&normalizing, table, j, &n_changed, error));
            }
        }
        PEREBOR_TRY(done, log_table(load, step, table, n_changed, error));
    }
done:
    free(normalizing.results);
    free(normalizing.is_known);
    name_list_release(&chosen);
    return status;
}
