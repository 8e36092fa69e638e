// SPDX-License-Identifier: MIT
#include "offer/contacts.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/try.h"
#include "data/id_index.h"
#include "table/lone_table.h"

enum { ID, OFFER, DAYS, N_COLUMNS };

static const char *const column_names[N_COLUMNS] = {"id", "offer", "days_ago"};

static perebor_status find_columns(const lone_table *table, const char *path,
                                   size_t columns[N_COLUMNS], perebor_error *error) {
    for (size_t i = 0; i < N_COLUMNS; i++) {
        columns[i] = table_find_column(&table->table, column_names[i]);
        if (columns[i] == TABLE_NO_COLUMN) {
            return perebor_fail(error, PEREBOR_ERR_FORMAT,
                                "%s has no column \"%s\"; a table of earlier messages has the "
                                "columns id, offer and days_ago",
                                path, column_names[i]);
        }
    }
    return PEREBOR_OK;
}

/** The place of an offer in the catalogue; OFFER_NONE: it is not there. */
static uint16_t find_offer(const offer_settings *settings, const char *name) {
    for (size_t i = 0; i < settings->n_offers; i++) {
        if (strcmp(settings->offers[i].name, name) == 0) {
            return (uint16_t)i;
        }
    }
    return OFFER_NONE;
}

static int by_row(const void *left, const void *right) {
    const offer_contact *a = left, *b = right;
    if (a->row != b->row) {
        return a->row < b->row ? -1 : 1;
    }
    if (a->offer != b->offer) {
        return a->offer < b->offer ? -1 : 1;
    }
    return (a->days_ago > b->days_ago) - (a->days_ago < b->days_ago);
}

static perebor_status read_lines(contacts *contacts, const lone_table *table, const char *path,
                                 const id_index *ids, const offer_settings *settings,
                                 perebor_error *error) {
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    size_t columns[N_COLUMNS] = {0};
    perebor_status status;
    PEREBOR_TRY(done, find_columns(table, path, columns, error));
    contacts->items = calloc(table->table.n_rows + 1, sizeof *contacts->items);
    if (contacts->items == NULL) {
        return perebor_no_memory(error, "for earlier messages");
    }
    for (size_t line = 0; line < table->table.n_rows; line++) {
        double days = lone_table_number(table, columns[DAYS], line);
        if (!(days >= 0.0)) {
            return perebor_fail(
                error, PEREBOR_ERR_FORMAT,
                "%s:%u: days_ago is \"%.60s\"; it is a number of days from 0 on", path,
                table->table.lines == NULL ? (unsigned)line + 2 : table->table.lines[line],
                lone_table_text(table, columns[DAYS], line, buffer));
        }
        uint32_t row = id_index_find(ids, lone_table_text(table, columns[ID], line, buffer));
        uint16_t offer = find_offer(settings, lone_table_text(table, columns[OFFER], line, buffer));
        contacts->n_unknown += row == ID_INDEX_NONE ? 1 : 0;
        contacts->n_foreign += offer == OFFER_NONE ? 1 : 0;
        if (row != ID_INDEX_NONE) {
            contacts->items[contacts->n++] = (offer_contact){row, offer, days};
        }
    }
    qsort(contacts->items, contacts->n, sizeof *contacts->items, by_row);
done:
    return status;
}

perebor_status contacts_read(contacts *contacts, const char *path, const perebor_dataset *dataset,
                             const offer_settings *settings, perebor_error *error) {
    perebor_status status;
    lone_table table = {0};
    id_index ids = {0};
    const perebor_table_source source = {.name = "messages", .path = path};
    PEREBOR_TRY(done, lone_table_read(&table, &source, error));
    PEREBOR_TRY(done, id_index_make(&ids, dataset, error));
    PEREBOR_TRY(done, read_lines(contacts, &table, path, &ids, settings, error));
    perebor_sha256_hex(table.source.sha256, contacts->sha256);
done:
    id_index_release(&ids);
    lone_table_release(&table);
    return status;
}

void contacts_release(contacts *contacts) {
    free(contacts->items);
    *contacts = (struct contacts){0};
}
