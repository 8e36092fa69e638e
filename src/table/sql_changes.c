// SPDX-License-Identifier: MIT
#include "table/sql_changes.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/try.h"

/** A set of rowids from 1 to the rows that a table had; no words: empty. */
typedef struct row_set {
    uint64_t *words;
} row_set;

/** What was done to one table. */
typedef struct changed_table {
    const table *before;
    bool replaced;
    bool *updating;   /**< [n_columns] by the statement under way. */
    row_set *touched; /**< [n_columns] */
    row_set inserted;
} changed_table;

struct sql_changes {
    changed_table *tables; /**< [n_tables] */
    size_t n_tables;
    bool out_of_memory;
};

static size_t n_words(const changed_table *table) {
    return table->before->n_rows / 64 + 1;
}

static void add_row(sql_changes *changes, const changed_table *table, row_set *set, size_t rowid) {
    if (set->words == NULL) {
        set->words = calloc(n_words(table), sizeof *set->words);
    }
    if (set->words == NULL) {
        changes->out_of_memory = true;
    } else {
        set->words[rowid / 64] |= UINT64_C(1) << rowid % 64;
    }
}

static bool has_row(const row_set *set, size_t rowid) {
    return set->words != NULL && (set->words[rowid / 64] >> rowid % 64 & 1) != 0;
}

perebor_status sql_changes_create(sql_changes **changes, const table *tables, size_t n_tables,
                                  perebor_error *error) {
    sql_changes *sql_changes = calloc(1, sizeof *sql_changes);
    if (sql_changes == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    sql_changes->tables = calloc(n_tables + 1, sizeof *sql_changes->tables);
    for (size_t i = 0; sql_changes->tables != NULL && i < n_tables; i++) {
        changed_table *table = &sql_changes->tables[i];
        sql_changes->n_tables++;
        table->before = &tables[i];
        table->updating = calloc(tables[i].n_columns + 1, sizeof *table->updating);
        table->touched = calloc(tables[i].n_columns + 1, sizeof *table->touched);
        sql_changes->out_of_memory |= table->updating == NULL || table->touched == NULL;
    }
    if (sql_changes->tables == NULL || sql_changes->out_of_memory) {
        sql_changes_free(sql_changes);
        return perebor_no_memory(error, "to load tables");
    }
    *changes = sql_changes;
    return PEREBOR_OK;
}

void sql_changes_free(sql_changes *changes) {
    if (changes == NULL) {
        return;
    }
    for (size_t i = 0; i < changes->n_tables; i++) {
        changed_table *table = &changes->tables[i];
        for (size_t k = 0; table->touched != NULL && k < table->before->n_columns; k++) {
            free(table->touched[k].words);
        }
        free(table->touched);
        free(table->updating);
        free(table->inserted.words);
    }
    free(changes->tables);
    free(changes);
}

void sql_changes_begin_statement(sql_changes *changes) {
    for (size_t i = 0; i < changes->n_tables; i++) {
        changed_table *table = &changes->tables[i];
        memset(table->updating, 0, table->before->n_columns * sizeof *table->updating);
    }
}

static changed_table *find_table(const sql_changes *changes, const char *name) {
    for (size_t i = 0; name != NULL && i < changes->n_tables; i++) {
        if (strcasecmp(changes->tables[i].before->name, name) == 0) {
            return &changes->tables[i];
        }
    }
    return NULL;
}

static void observe_update(changed_table *table, const char *column) {
    for (size_t i = 0; column != NULL && i < table->before->n_columns; i++) {
        if (strcasecmp(table->before->columns[i].name, column) == 0) {
            table->updating[i] = true;
            if (strcmp(column, "ROWID") != 0) {
                return;
            }
        }
    }
    table->replaced = true; // the rowid itself, which SQLite calls ROWID
}

void sql_changes_observe(void *context, int action, const char *first, const char *second) {
    sql_changes *changes = context;
    changed_table *table = find_table(changes, action == SQLITE_ALTER_TABLE ? second : first);
    if (table == NULL) {
        return;
    }
    if (action == SQLITE_UPDATE) {
        observe_update(table, second);
    } else if (action == SQLITE_DROP_TABLE || action == SQLITE_ALTER_TABLE) {
        table->replaced = true;
    }
}

void sql_changes_row(void *context, int action, const char *database, const char *name,
                     sqlite3_int64 rowid) {
    sql_changes *changes = context;
    changed_table *table = find_table(changes, name);
    bool ours = strcmp(database, "main") == 0;
    if (!ours || table == NULL || rowid < 1 || (uint64_t)rowid > table->before->n_rows) {
        return;
    }
    if (action == SQLITE_INSERT) {
        add_row(changes, table, &table->inserted, (size_t)rowid);
    }
    for (size_t i = 0; action == SQLITE_UPDATE && i < table->before->n_columns; i++) {
        if (table->updating[i]) {
            add_row(changes, table, &table->touched[i], (size_t)rowid);
        }
    }
}

bool sql_changes_complete(const sql_changes *changes) {
    return !changes->out_of_memory;
}

bool sql_changes_replaced(const sql_changes *changes, size_t table) {
    return changes->tables[table].replaced;
}

bool sql_changes_keeps_row(const sql_changes *changes, size_t table, size_t rowid) {
    const changed_table *changed = &changes->tables[table];
    return rowid > 0 && rowid <= changed->before->n_rows && !has_row(&changed->inserted, rowid);
}

bool sql_changes_touched(const sql_changes *changes, size_t table, size_t column, size_t rowid) {
    return has_row(&changes->tables[table].touched[column], rowid);
}
