// SPDX-License-Identifier: MIT
#include "export/c_columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prepare/prepared_column.h"

enum { most_field_bytes = 64 };

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/** The letters and digits of a name, "_" for whatever is between them; false if there are none. */
static bool spell_name(const char *name, char field[most_field_bytes]) {
    size_t n = 0;
    bool begun = false;
    for (; *name != '\0' && n + 8 < most_field_bytes; name++) {
        bool kept = is_letter(*name) || (is_digit(*name) && begun);
        if (kept) {
            field[n++] = *name;
            begun = true;
        } else if (n > 0 && field[n - 1] != '_') {
            field[n++] = '_';
        }
    }
    while (n > 0 && field[n - 1] == '_') {
        n--;
    }
    field[n] = '\0';
    return begun;
}

/** Whether a list has a word; all of its words stand between spaces. */
static bool has_word(const char *list, const char *word) {
    char between[most_field_bytes + 2];
    (void)snprintf(between, sizeof between, " %s ", word);
    return strstr(list, between) != NULL;
}

/** Words that cannot be a member of a struct, in C or C++: keywords, and what compilers define. */
static bool is_keyword(const char *word) {
    static const char keywords[] =
        " alignas alignof and and_eq asm auto bitand bitor bool break case catch char "
        "char16_t char32_t char8_t class co_await co_return co_yield compl concept "
        "const const_cast consteval constexpr constinit continue decltype default "
        "delete do double dynamic_cast else enum explicit export extern false float for "
        "friend goto i386 if inline int linux long mutable namespace new noexcept not "
        "not_eq nullptr operator or or_eq private protected public register "
        "reinterpret_cast requires restrict return short signed sizeof static "
        "static_assert static_cast struct switch template this thread_local throw true "
        "try typedef typeid typename typeof typeof_unqual union unix unsigned using "
        "virtual void volatile wchar_t while xor xor_eq ";
    return has_word(keywords, word);
}

/** Macros of the headers that the source includes, and of math.h, which has NAN. */
static bool is_macro(const char *word) {
    static const char macros[] = " DECIMAL_DIG HUGE_VAL HUGE_VALF HUGE_VALL INFINITY "
                                 "MATH_ERRNO MATH_ERREXCEPT NAN NULL math_errhandling ";
    static const char families[] = " FLT DBL LDBL FP M ";
    static const char limited[] = " INT INT8 INT16 INT32 INT64 INTMAX INTPTR UINT UINT8 UINT16 "
                                  "UINT32 UINT64 UINTMAX UINTPTR SIZE PTRDIFF SIG WCHAR WINT ";
    char family[most_field_bytes];
    size_t n = strcspn(word, "_");
    const char *end = strrchr(word, '_');
    if (end == NULL) {
        return has_word(macros, word);
    }
    (void)snprintf(family, sizeof family, "%.*s", (int)n, word);
    if (has_word(families, family) || has_word(macros, word)) {
        return true;
    }
    return has_word(limited, family) && has_word(" _MAX _MIN _WIDTH ", end);
}

/** The member of a column. */
typedef struct field {
    char name[most_field_bytes];
    bool is_alone; /**< no other column's, and no word that a compiler takes */
} field;

static int compare_fields(const void *a, const void *b) {
    const field *const *left = a, *const *right = b;
    return strcmp((*left)->name, (*right)->name);
}

/** Two underscores are never part of a spelling. */
static void number_field(field *named, size_t column) {
    enum { most_number_bytes = 24 };
    char numbered[most_field_bytes + most_number_bytes];
    named->name[most_field_bytes - most_number_bytes] = '\0';
    (void)snprintf(numbered, sizeof numbered, "%s__%zu",
                   named->name[0] != '\0' ? named->name : "column", column);
    memcpy(named->name, numbered, strlen(numbered) + 1);
}

/** The members of all columns: the name of each where that is one, with its number where it is not
 * alone. @return [n_columns], to be freed; NULL without memory, which the text remembers. */
static field *name_fields(c_text *text, const perebor_dataset *schema) {
    size_t n = schema->n_columns;
    field *fields = calloc(n + 1, sizeof *fields);
    field **sorted = (field **)calloc(n + 1, sizeof(field *));
    if (fields == NULL || sorted == NULL) {
        text->bytes.failed = true;
        free((void *)sorted);
        free(fields);
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        fields[i].is_alone = spell_name(schema->columns[i].name, fields[i].name) &&
                             !is_keyword(fields[i].name) && !is_macro(fields[i].name);
        sorted[i] = &fields[i];
    }
    qsort((void *)sorted, n, sizeof(field *), compare_fields);
    for (size_t i = 1; i < n; i++) {
        if (strcmp(sorted[i - 1]->name, sorted[i]->name) == 0) {
            sorted[i - 1]->is_alone = sorted[i]->is_alone = false;
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (!fields[i].is_alone) {
            number_field(&fields[i], i);
        }
    }
    free((void *)sorted);
    return fields;
}

static void put_meaning(c_text *text, const perebor_column *column) {
    switch (column->role) {
    case PEREBOR_ROLE_NUMERIC:
        c_put(text, ", a number");
        break;
    case PEREBOR_ROLE_BOOLEAN:
        c_put(text, ", 1 for ");
        c_put_quoted(text, column->n_levels == 2 ? column->levels[1] : "true");
        c_put(text, " and 0 for ");
        c_put_quoted(text, column->n_levels == 2 ? column->levels[0] : "false");
        break;
    case PEREBOR_ROLE_ORDINAL:
        c_put(text, ", 0 … %zu for", column->n_levels > 0 ? column->n_levels - 1 : 0);
        for (size_t level = 0; level < column->n_levels; level++) {
            c_put(text, level > 0 ? ", " : " ");
            c_put_quoted(text, column->levels[level]);
        }
        break;
    case PEREBOR_ROLE_NOMINAL:
        c_put(text, ", a text");
        break;
    }
}

void c_columns_put_row(c_text *text, const perebor_dataset *schema) {
    field *fields = name_fields(text, schema);
    c_put(text,
          "/* A row. A number that is missing is NAN, a text that is missing NULL or \"\". */\n"
          "struct @_row {\n");
    for (size_t i = 0; fields != NULL && i < schema->n_columns; i++) {
        const perebor_column *column = &schema->columns[i];
        bool nominal = column->role == PEREBOR_ROLE_NOMINAL;
        c_put(text, "    %s%s; /* ", nominal ? "const char *" : "double ", fields[i].name);
        c_put_quoted(text, column->name);
        put_meaning(text, column);
        c_put(text, " */\n");
    }
    c_put(text, "};\n\n");
    free(fields);
}

static void put_levels(c_text *text, const perebor_column *column, size_t source) {
    c_put(text, "static const char *const @_levels_%zu[%zu] = {", source,
          column->n_levels > 0 ? column->n_levels : 1);
    for (size_t level = 0; level < column->n_levels; level++) {
        c_put(text, "\n    ");
        c_put_string(text, column->levels[level]);
        c_put(text, ",");
    }
    c_put(text, column->n_levels > 0 ? "\n};\n" : "NULL};\n");
}

static const char find_level[] =
    "/* The number of a level; that of a missing value; n + 1 of any other text. */\n"
    "static int @_level(const char *text, const char *const *levels, int n, int missing) {\n"
    "    int level = 0;\n"
    "    if (text == NULL) {\n"
    "        return missing;\n"
    "    }\n"
    "    while (level < n && strcmp(levels[level], text) != 0) {\n"
    "        level++;\n"
    "    }\n"
    "    return level < n ? level : text[0] == '\\0' ? missing : n + 1;\n"
    "}\n"
    "\n";

static void put_number(c_text *text, const prepared_column *column, size_t i, const char *name) {
    c_put(text, "    value = row->%s;\n    value = value != value ? ", name);
    c_put_real(text, column->fill);
    c_put(text, " : value;\n");
    switch (column->scaling) {
    case PREPARED_AS_IS:
        c_put(text, "    x[%zu] = value;\n", i);
        return;
    case PREPARED_CENTRE:
        c_put(text, "    x[%zu] = (value - ", i);
        c_put_real(text, column->shift);
        c_put(text, ") / ");
        c_put_real(text, column->factor);
        break;
    case PREPARED_STRETCH:
        c_put(text, "    x[%zu] = value * ", i);
        c_put_real(text, column->factor);
        c_put(text, " + ");
        c_put_real(text, column->shift);
        break;
    }
    c_put(text, ";\n");
}

/** Statements for the prepared column @p i, which follows one of the source @p previous. */
static void put_prepared(c_text *text, const perebor_dataset *schema, const field *fields,
                         const prepared_column *column, size_t i, size_t previous) {
    size_t n_levels = schema->columns[column->source].n_levels;
    const char *name = fields[column->source].name;
    if (column->encoding == PREPARED_NUMBER) {
        put_number(text, column, i, name);
        return;
    }
    if (column->source != previous) {
        c_put(text, "    level = @_level(row->%s, @_levels_%zu, %zu, %d);\n", name, column->source,
              n_levels, (int)column->fill);
    }
    if (column->encoding == PREPARED_LEVEL) {
        c_put(text, "    x[%zu] = level == %zu ? 1.0 : 0.0;\n", i, column->level);
    } else {
        c_put(text, "    x[%zu] = level <= %zu ? $_codes_%zu[level] : -1.0;\n", i, n_levels,
              column->source);
    }
}

void c_columns_put_levels(c_text *text, const perebor_dataset *schema,
                          const perebor_preparation *const *preparations, size_t n) {
    bool *taken = calloc(schema->n_columns + 1, sizeof *taken);
    bool any = false;
    if (taken == NULL) {
        text->bytes.failed = true;
        return;
    }
    for (size_t k = 0; k < n; k++) {
        for (size_t i = 0; i < perebor_preparation_n_columns(preparations[k]); i++) {
            prepared_column column = prepared_column_at(preparations[k], i);
            taken[column.source] |= column.encoding != PREPARED_NUMBER;
        }
    }
    for (size_t source = 0; source < schema->n_columns; source++) {
        if (taken[source]) {
            put_levels(text, &schema->columns[source], source);
            any = true;
        }
    }
    if (any) {
        c_put_template(text, find_level);
    }
    free(taken);
}

/** The codes of a nominal column. */
static void put_codes(c_text *text, const prepared_column *column, size_t n_levels) {
    char name[32];
    (void)snprintf(name, sizeof name, "codes_%zu", column->source);
    c_put_reals(text, name, column->codes, n_levels + 1);
}

void c_columns_put_prepare(c_text *text, const perebor_dataset *schema,
                           const perebor_preparation *preparation) {
    size_t n = perebor_preparation_n_columns(preparation);
    bool levels = false, numbers = false;
    for (size_t i = 0; i < n; i++) {
        prepared_column column = prepared_column_at(preparation, i);
        numbers = numbers || column.encoding == PREPARED_NUMBER;
        levels = levels || column.encoding != PREPARED_NUMBER;
        if (column.encoding == PREPARED_CODE) {
            put_codes(text, &column, schema->columns[column.source].n_levels);
        }
    }
    c_put(text, "static void $_prepare(const struct @_row *row, double *x) {\n%s%s",
          numbers ? "    double value;\n" : "", levels ? "    int level;\n" : "");
    size_t previous = SIZE_MAX;
    field *fields = name_fields(text, schema);
    for (size_t i = 0; fields != NULL && i < n; i++) {
        prepared_column column = prepared_column_at(preparation, i);
        put_prepared(text, schema, fields, &column, i, previous);
        previous = column.source;
    }
    free(fields);
    c_put(text, "}\n\n");
}
