// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proposed.h"

/** The value of a rule in a row. */
static void evaluate(const char *rule, size_t row, char cell[256]) {
    size_t n_values = 1;
    for (const char *byte = rule; *byte != '\0'; byte++) {
        n_values += *byte == '|';
    }
    for (size_t turn = row % n_values; turn > 0; turn--) {
        rule = strchr(rule, '|') + 1;
    }
    size_t n = 0;
    cell[0] = '\0';
    for (; *rule != '\0' && *rule != '|'; rule++) {
        switch (*rule) {
        case '#':
            n += (size_t)snprintf(cell + n, 256 - n, "%zu", row);
            break;
        case '%':
            n += (size_t)snprintf(cell + n, 256 - n, "%zu", row / 2);
            break;
        case '@':
            n += (size_t)snprintf(cell + n, 256 - n, "%02zu", row % 28 + 1);
            break;
        default:
            n += (size_t)snprintf(cell + n, 256 - n, "%c", *rule);
        }
    }
}

static void write_cell(FILE *file, const char *cell) {
    if (strpbrk(cell, ",;\t\"\n\r") == NULL) {
        fputs(cell, file);
        return;
    }
    fputc('"', file);
    for (; *cell != '\0'; cell++) {
        fputs(*cell == '"' ? "\"\"" : (const char[]){*cell, '\0'}, file);
    }
    fputc('"', file);
}

void write_ruled(const ruled_column *columns, size_t n_columns, size_t n_rows, table_style style) {
    FILE *file = fopen("t.csv", "wb");
    assert_non_null(file);
    for (size_t line = style.no_header ? 1 : 0; line <= n_rows; line++) {
        for (size_t i = 0; i < n_columns && columns[i].name != NULL; i++) {
            char cell[256];
            if (line > 0) {
                evaluate(columns[i].values, line - 1, cell);
            }
            if (i > 0) {
                fputc(style.delimiter != '\0' ? style.delimiter : ',', file);
            }
            write_cell(file, line == 0 ? columns[i].name : cell);
        }
        fputc('\n', file);
    }
    assert_int_equal(fclose(file), 0);
}

void propose_ruled(perebor_proposal *proposal, const char *target) {
    perebor_error error = {0};
    *proposal = (perebor_proposal){0};
    if (perebor_propose(proposal, "t.csv", NULL, target, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
}

void assert_refused(const char *target, const char *message) {
    perebor_proposal proposal = {0};
    perebor_error error = {0};
    perebor_status status = perebor_propose(&proposal, "t.csv", NULL, target, &error);
    perebor_proposal_release(&proposal);
    assert_int_equal(status, PEREBOR_ERR_FORMAT);
    assert_string_equal(error.message, message);
    assert_int_equal(error.status, status);
}

const proposed_column *proposed_named(const perebor_proposal *proposal, const char *name) {
    for (size_t i = 0; i < proposal->n_columns; i++) {
        if (strcmp(proposal->columns[i].name, name) == 0) {
            return &proposal->columns[i];
        }
    }
    fail_msg("there is no column \"%s\"", name);
    return NULL;
}

void assert_levels(const proposed_column *column, const char *levels) {
    char joined[1024] = "";
    for (size_t i = 0; i < column->n_levels; i++) {
        size_t n = strlen(joined);
        (void)snprintf(joined + n, sizeof joined - n, "%s%s", i > 0 ? "|" : "", column->levels[i]);
    }
    assert_string_equal(joined, levels);
}

char *written_of(const perebor_proposal *proposal) {
    perebor_error error = {0};
    char *text = NULL;
    if (perebor_proposal_text(proposal, "t.csv", &text, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return text;
}

perebor_experiment *read_back(const char *text) {
    perebor_error error = {0};
    perebor_experiment *experiment = NULL;
    if (perebor_experiment_parse(&experiment, "t.yaml", text, strlen(text), NULL, 0, &error) !=
        PEREBOR_OK) {
        fail_msg("%s\n%s", error.message, text);
    }
    return experiment;
}

static void assert_text(const char *found, const char *expected) {
    assert_int_equal(found == NULL, expected == NULL);
    if (found != NULL) {
        assert_string_equal(found, expected);
    }
}

static void assert_texts(perebor_texts found, const char *const *expected, size_t n) {
    assert_int_equal(found.n, n);
    for (size_t i = 0; i < n; i++) {
        assert_text(found.items[i], expected[i]);
    }
}

static void assert_steps(const perebor_tables_spec *spec, const perebor_proposal *proposal) {
    assert_int_equal(spec->n_clean, proposal->n_steps);
    for (size_t i = 0; i < proposal->n_steps; i++) {
        const perebor_clean_step *found = &spec->clean[i];
        const perebor_clean_step *expected = &proposal->steps[i].step;
        assert_int_equal(found->kind, expected->kind);
        assert_int_equal(found->trim, expected->trim);
        assert_text(found->form, expected->form);
        assert_texts(found->from, expected->from.items, expected->from.n);
        assert_texts(found->to, expected->to.items, expected->to.n);
        for (size_t j = 0; j < expected->from.n; j++) {
            // a plain word that is no number is a text all the same
            bool number = strchr("+-.0123456789", expected->from.items[j][0]) != NULL;
            assert_true(!number || found->from_plain[j] == expected->from_plain[j]);
        }
        if (expected->kind == PEREBOR_STEP_REPLACE) {
            assert_texts(found->columns, expected->columns.items, 1);
        }
    }
}

/** The names of a role in the order of the table. */
static void assert_role(perebor_texts found, const perebor_proposal *proposal, proposed_role role) {
    size_t n = 0;
    for (size_t i = 0; i < proposal->n_columns; i++) {
        if (proposal->columns[i].role == role) {
            assert_true(n < found.n);
            assert_string_equal(found.items[n++], proposal->columns[i].name);
        }
    }
    assert_int_equal(n, found.n);
}

static void assert_ordered(const perebor_roles *roles, const perebor_proposal *proposal) {
    size_t n_ordinal = 0;
    size_t n_boolean = 0;
    for (size_t i = 0; i < proposal->n_columns; i++) {
        const proposed_column *column = &proposal->columns[i];
        if (column->role == PROPOSED_ORDINAL) {
            assert_true(n_ordinal < roles->n_ordinal);
            const perebor_ordinal_column *found = &roles->ordinal[n_ordinal++];
            assert_string_equal(found->name, column->name);
            assert_texts(found->levels, column->levels, column->n_levels);
        } else if (column->role == PROPOSED_BOOLEAN) {
            assert_true(n_boolean < roles->n_boolean);
            const perebor_boolean_column *found = &roles->boolean[n_boolean++];
            assert_string_equal(found->name, column->name);
            assert_texts(found->false_values, column->levels, 1);
            assert_texts(found->true_values, column->levels + 1, 1);
        } else {
            assert_int_equal(column->n_levels, 0);
        }
    }
    assert_int_equal(n_ordinal, roles->n_ordinal);
    assert_int_equal(n_boolean, roles->n_boolean);
}

static void assert_source(const perebor_tables_spec *spec, const perebor_proposal *proposal) {
    assert_int_equal(spec->n_sources, 1);
    const perebor_table_source *source = &spec->sources[0];
    assert_string_equal(source->delimiter, proposal->delimiter);
    assert_string_equal(source->decimal, proposal->decimal);
    assert_string_equal(perebor_encoding_find(source->encoding),
                        perebor_encoding_find(proposal->encoding));
    bool named = proposal->names != PROPOSED_NAMES_OF_HEADER;
    assert_int_equal(source->columns.n, named ? proposal->n_columns : 0);
    for (size_t i = 0; i < source->columns.n; i++) {
        assert_string_equal(source->columns.items[i], proposal->columns[i].name);
    }
    assert_int_equal(source->skip,
                     proposal->names == PROPOSED_NAMES_MENDED ? proposal->n_lines_above : 0);
}

void assert_says_the_same(const perebor_experiment *experiment, const perebor_proposal *proposal) {
    const perebor_tables_spec *spec = &experiment->tables;
    const perebor_roles *roles = &spec->roles;
    const char *id = NULL;
    for (size_t i = 0; i < proposal->n_columns; i++) {
        id = proposal->columns[i].role == PROPOSED_ID ? proposal->columns[i].name : id;
    }
    assert_source(spec, proposal);
    assert_steps(spec, proposal);
    assert_int_equal(spec->n_filter, proposal->n_without_target > 0);
    assert_text(roles->id, id);
    assert_string_equal(roles->target, proposal->columns[proposal->target].name);
    assert_string_equal(roles->positive, proposal->positive);
    assert_role(roles->numeric, proposal, PROPOSED_NUMERIC);
    assert_role(roles->nominal, proposal, PROPOSED_NOMINAL);
    assert_role(roles->drop, proposal, PROPOSED_DROP);
    assert_ordered(roles, proposal);
}
