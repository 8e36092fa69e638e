// SPDX-License-Identifier: MIT
#include "inspected_tables.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "perebor/dataset.h"

struct inspected inspected;

void write_runs(const char *path, const char *header, const run *runs) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "%s\n", header);
    int row = 0;
    for (; runs->row != NULL; runs++) {
        for (int i = 0; i < runs->n; i++, row++) {
            for (const char *c = runs->row; *c != '\0'; c++) {
                if (*c == '#') {
                    fprintf(file, "%d", 1000 + row);
                } else if (*c == '%') {
                    fprintf(file, "%d", 1000 + i);
                } else if (*c == '~') {
                    fprintf(file, "%d", row * 37 % 997 + 1);
                } else if (*c == '?') {
                    fprintf(file, "%s", row % 5 < 2 ? "yes" : "no");
                } else {
                    fputc(*c, file);
                }
            }
            fputc('\n', file);
        }
    }
    assert_int_equal(fclose(file), 0);
}

int forget_inspected(void **state) {
    (void)state;
    perebor_quality_release(&inspected.quality);
    perebor_dataset_free(inspected.dataset);
    inspected.dataset = NULL;
    perebor_tables_report_release(&inspected.report);
    return 0;
}

void inspect(const perebor_tables_spec *spec) {
    perebor_error error = {0};
    (void)forget_inspected(NULL);
    if (perebor_tables_inspect(&inspected.quality, &inspected.dataset, &inspected.report, spec,
                               &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
}

const char *list_findings(perebor_cleaning_stage stage) {
    static char list[4096];
    size_t length = 0;
    list[0] = '\0';
    for (size_t i = 0; i < inspected.quality.n_findings; i++) {
        const perebor_finding *finding = &inspected.quality.findings[i];
        if (finding->stage != stage) {
            continue;
        }
        bool named = *finding->table != '\0' && strcmp(finding->table, "flat") != 0;
        length +=
            (size_t)snprintf(list + length, sizeof list - length, "%s%s %s%s%s %d",
                             length > 0 ? "; " : "", finding->kind, named ? finding->table : "",
                             named ? "." : "", finding->column, (int)finding->n);
        assert_true(length < sizeof list);
    }
    return list;
}

const perebor_finding *first_finding(perebor_cleaning_stage stage, const char *kind) {
    for (size_t i = 0; i < inspected.quality.n_findings; i++) {
        const perebor_finding *finding = &inspected.quality.findings[i];
        if (finding->stage == stage && (kind == NULL || strcmp(finding->kind, kind) == 0)) {
            return finding;
        }
    }
    return NULL;
}

void inspect_flat(const char *header, const run *runs, const perebor_roles *roles) {
    const perebor_table_source source = {.name = "flat", .path = "flat.csv", .key = NULL};
    const perebor_tables_spec spec = {.file = "experiment.yaml",
                                      .sources = &source,
                                      .n_sources = 1,
                                      .roles =
                                          roles != NULL ? *roles : (perebor_roles){FLAT_ROLES}};
    write_runs("flat.csv", header, runs);
    inspect(&spec);
}

static void check_text(const char *about, const char *what, const char *is, const char *wanted) {
    if (wanted != NULL && strcmp(is, wanted) != 0) {
        fail_msg("%s: the %s is\n  %s\nnot\n  %s", about, what, is, wanted);
    }
}

void check_flat_cases(const flat_case *cases, size_t n) {
    for (size_t i = 0; i < n; i++) {
        inspect_flat(cases[i].header, cases[i].runs, cases[i].roles);
        check_text(cases[i].about, "list of findings", list_findings(cases[i].stage),
                   cases[i].found);
        const perebor_finding *finding = first_finding(cases[i].stage, NULL);
        if (finding != NULL) {
            check_text(cases[i].about, "detail", finding->detail, cases[i].detail);
            check_text(cases[i].about, "step", finding->step, cases[i].step);
        }
        (void)forget_inspected(NULL);
    }
}
