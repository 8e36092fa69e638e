// SPDX-License-Identifier: MIT
#include "table/key_remedy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"

/** How two keys are alike. */
typedef enum likeness { UNLIKE, SAME_NUMBER, SAME_TRIMMED, SAME_LETTERS } likeness;

/** A key in the forms that are compared. */
typedef struct key_forms {
    const char *text;
    bool is_number;
    double number;
    char *trimmed, *folded; /**< NULL without memory: never alike. */
} key_forms;

static char *normalize(const char *text, perebor_text_rule rule) {
    char *result = NULL;
    size_t length = 0;
    return perebor_text_normalize(&result, &length, text, strlen(text), rule, NULL) == PEREBOR_OK
               ? result
               : NULL;
}

static key_forms forms_of(const table_load *load, key_place at,
                          char buffer[TABLE_DECIMAL_TEXT_SIZE]) {
    table_cell cell = at.table->columns[at.column].cells[at.row];
    key_forms forms = {.text = table_pool_text(&load->pool, cell, buffer)};
    forms.is_number = table_pool_number(&load->pool, cell, at.table->decimal, &forms.number);
    forms.trimmed = normalize(forms.text, (perebor_text_rule){.trim = true});
    forms.folded = normalize(forms.text, (perebor_text_rule){.form = PEREBOR_TEXT_NFKC,
                                                             .letter_case = PEREBOR_TEXT_LOWER,
                                                             .trim = true});
    return forms;
}

static void release(key_forms *forms) {
    free(forms->trimmed);
    free(forms->folded);
}

static bool same_text(const char *a, const char *b) {
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static likeness compare(const key_forms *a, const key_forms *b) {
    if (same_text(a->trimmed, b->trimmed)) {
        return SAME_TRIMMED;
    }
    if (a->is_number && b->is_number && a->number == b->number) {
        return SAME_NUMBER;
    }
    return same_text(a->folded, b->folded) ? SAME_LETTERS : UNLIKE;
}

/** Whether a number is written as a database writes a whole one: 1001, not 1001.0 or 001001. */
static bool is_plain(const char *text) {
    const char *digits = text + (*text == '-');
    return digits[strspn(digits, "0123456789")] == '\0' && (digits[0] != '0' || digits[1] == '\0');
}

const char *table_show_text(perebor_arena *arena, const char *text) {
    static const struct {
        const char *bytes, *shown;
    } unseen[] = {{"\xEF\xBB\xBF", "\\uFEFF"}, {"\xE2\x80\x8B", "\\u200B"}, {"\xC2\xA0", "\\u00A0"},
                  {"\xE2\x80\xAF", "\\u202F"}, {"\xC2\xAD", "\\u00AD"},     {"\t", "\\t"}};
    char *shown = perebor_arena_allocate(arena, 6 * strlen(text) + 1, 1);
    char *at = shown;
    while (shown != NULL && *text != '\0') {
        size_t i = 0;
        size_t n = sizeof unseen / sizeof *unseen;
        while (i < n && strncmp(text, unseen[i].bytes, strlen(unseen[i].bytes)) != 0) {
            i++;
        }
        if (i < n) {
            memcpy(at, unseen[i].shown, strlen(unseen[i].shown));
            at += strlen(unseen[i].shown);
            text += strlen(unseen[i].bytes);
        } else {
            *at++ = *text++;
        }
    }
    return shown == NULL ? "" : shown;
}

/** The step that makes numbers of a table's keys; NULL if memory is short. */
static const char *cast_step(perebor_arena *arena, const char *table, const char *column,
                             bool whole) {
    const char *in_table = table_sql_name(arena, table);
    const char *name = table_sql_name(arena, column);
    if (in_table == NULL || name == NULL) {
        return NULL;
    }
    const char *sql = perebor_arena_format(arena, "UPDATE %s SET %s = CAST(%s AS %s)", in_table,
                                           name, name, whole ? "INTEGER" : "REAL");
    if (sql == NULL || strchr(sql, '\'') == NULL) {
        return sql == NULL ? NULL : perebor_arena_format(arena, "{op: sql, sql: '%s'}", sql);
    }
    perebor_json json = {0};
    perebor_json_text(&json, sql); // every JSON string is a YAML scalar
    char *quoted = perebor_json_take(&json);
    const char *step =
        quoted == NULL ? NULL : perebor_arena_format(arena, "{op: sql, sql: %s}", quoted);
    free(quoted);
    return step;
}

static key_remedy say(perebor_arena *arena, likeness how, key_place key, const key_forms *own,
                      key_place at, const key_forms *found) {
    char place[TABLE_PLACE_SIZE];
    const char *where = table_place(at.table, at.column, at.row, place);
    const char *shown = table_show_text(arena, found->text);
    const char *column = key.table->columns[key.column].name;
    if (how == SAME_NUMBER) {
        const table *mended = is_plain(own->text) ? at.table : key.table;
        return (key_remedy){
            perebor_arena_format(arena, "\"%s\" is the same number (%s)", shown, where),
            cast_step(arena, mended->name, column, floor(own->number) == own->number)};
    }
    return (key_remedy){
        perebor_arena_format(
            arena, "\"%s\" differs in %s alone (%s)", shown,
            how == SAME_TRIMMED ? "characters that do not show" : "how letters are written", where),
        perebor_arena_format(arena, "{op: normalize, columns: %s%s}", column,
                             how == SAME_TRIMMED ? "" : ", form: NFKC, case: lower")};
}

key_remedy table_key_remedy(perebor_arena *arena, const table_load *load, key_place key,
                            const table *other, size_t other_column) {
    key_remedy remedy = {"", ""};
    char own_buffer[TABLE_DECIMAL_TEXT_SIZE];
    key_forms own = forms_of(load, key, own_buffer);
    for (size_t row = 0; row < other->n_rows && remedy.step != NULL && *remedy.step == '\0';
         row++) {
        char buffer[TABLE_DECIMAL_TEXT_SIZE];
        key_place at = {other, other_column, row};
        key_forms found = forms_of(load, at, buffer);
        likeness how = compare(&own, &found);
        if (how != UNLIKE) {
            remedy = say(arena, how, key, &own, at, &found);
        }
        release(&found);
    }
    release(&own);
    return remedy.found != NULL && remedy.step != NULL ? remedy : (key_remedy){"", ""};
}
