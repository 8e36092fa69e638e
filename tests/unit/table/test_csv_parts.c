// SPDX-License-Identifier: MIT
/** The parts of a file are its records, each once, with the lines and numbers that they have when
 * the file is read from one end to the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "draw.h"
#include "perebor/tables.h"
#include "table/csv_parts.h"
#include "table_scratch.h"

/** How the lines of a made-up file look. */
typedef struct kind {
    const char *name, *line_end;
    unsigned percent_quoted; /**< Of the rows; quoted fields hold line ends. */
    unsigned percent_blank;  /**< Of the lines. */
    char comment;
} kind;

static const kind kinds[] = {
    {"plain", "\n", 0, 0, '\0'},         {"with blank lines", "\n", 0, 20, '\0'},
    {"some quoted", "\n", 3, 5, '\0'},   {"all quoted", "\n", 100, 0, '\0'},
    {"of DOS", "\r\n", 1, 1, '\0'},      {"of old Macs", "\r", 0, 1, '\0'},
    {"with comments", "\n", 1, 10, '#'},
};

static void write_row(FILE *file, const kind *kind, uint64_t *random, unsigned row) {
    static const char *const texts[] = {"a", "", " b", "Москва", "#7", "\t"};
    const char *text = texts[draw_bits(random) % 6];
    if (draw_bits(random) % 100 < kind->percent_quoted) {
        fprintf(file, "%u,\"%s,%s\"\"\"%s%s", row, text, kind->line_end, ",x", kind->line_end);
    } else {
        fprintf(file, "%u,%s,%u%s", row, text, (unsigned)(draw_bits(random) % 1000),
                kind->line_end);
    }
}

static void write_file(const char *path, const kind *kind, size_t size, uint64_t *random) {
    static const char *const blanks[] = {"", "  ", "\t", "\x1A"};
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fprintf(file, "id,text,number%s", kind->line_end);
    for (unsigned row = 0; (size_t)ftell(file) < size; row++) {
        while (draw_bits(random) % 100 < kind->percent_blank) {
            if (kind->comment != '\0' && draw_bits(random) % 2 == 0) {
                fprintf(file, "%c a comment, \"%s", kind->comment, kind->line_end);
            } else {
                fprintf(file, "%s%s", blanks[draw_bits(random) % 4], kind->line_end);
            }
        }
        write_row(file, kind, random, row);
    }
    assert_int_equal(fclose(file), 0);
}

/** Reads the next record that is a row. */
static bool next_row(csv_reader *reader, const csv_dialect *dialect) {
    bool more = true;
    do {
        assert_int_equal(csv_read(reader, &more, NULL), PEREBOR_OK);
    } while (more && !csv_dialect_has_row(dialect, reader));
    return more;
}

static void assert_same_row(const csv_reader *part, const csv_reader *whole) {
    assert_int_equal(part->line, whole->line);
    assert_int_equal(part->n_fields, whole->n_fields);
    for (size_t i = 0; i < whole->n_fields; i++) {
        assert_int_equal(part->fields[i].length, whole->fields[i].length);
        assert_memory_equal(part->fields[i].text, whole->fields[i].text, whole->fields[i].length);
    }
}

static void compare_with_whole(const csv_parts *parts, const perebor_table_source *source) {
    perebor_error error = {0};
    csv_reader whole;
    uint64_t row = 0;
    assert_int_equal(csv_open_file(&whole, source->path, NULL, &error), PEREBOR_OK);
    whole.comment = parts->dialect.comment;
    assert_true(next_row(&whole, &parts->dialect)); // the header
    for (size_t i = 0; i < parts->n; i++) {
        csv_reader part;
        uint64_t size = parts->parts[i + 1].at - parts->parts[i].at;
        assert_true(i + 1 == parts->n || size >= CSV_PART_BYTES);
        assert_true(size < CSV_PART_BYTES + 1000);
        assert_int_equal(parts->parts[i].row, row);
        assert_int_equal(csv_parts_open(parts, i, source, &part, &error), PEREBOR_OK);
        part.comment = parts->dialect.comment;
        for (; next_row(&part, &parts->dialect); row++) {
            assert_true(next_row(&whole, &parts->dialect));
            assert_same_row(&part, &whole);
        }
        csv_close(&part);
    }
    assert_false(next_row(&whole, &parts->dialect));
    assert_int_equal(parts->parts[parts->n].row, row);
    csv_close(&whole);
}

static void check_file(const char *path, char comment) {
    const char comments[] = {comment, '\0'};
    const perebor_table_source source = {.name = "t",
                                         .path = path,
                                         .delimiter = ",",
                                         .decimal = ".",
                                         .comment = comment == '\0' ? NULL : comments};
    const perebor_tables_spec spec = {.sources = &source, .n_sources = 1};
    perebor_arena report = {0};
    perebor_error error = {0};
    table_load load = {.spec = &spec, .report = &report};
    csv_parts parts = {.file = -1};
    assert_int_equal(table_pool_create(&load.pool, &error), PEREBOR_OK);
    if (csv_parts_find(&parts, &load, &source, NULL, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    compare_with_whole(&parts, &source);
    csv_parts_release(&parts);
    free((void *)load.warnings);
    table_pool_release(&load.pool);
    perebor_arena_release(&load.arena);
    perebor_arena_release(&report);
}

static void parts_have_the_records_of_the_file(void **state) {
    (void)state;
    uint64_t random = 17;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        print_message("%s\n", kinds[i].name);
        write_file("t.csv", &kinds[i], 3 * CSV_PART_BYTES + 1234, &random);
        check_file("t.csv", kinds[i].comment);
    }
}

static void a_short_file_is_one_part(void **state) {
    (void)state;
    static const char *const texts[] = {"id,text,number\n1,a,2\n", "id,text,number\n1,a,2",
                                        "id,text,number\r\n1,a,2\r\n\r\n \r\n",
                                        "\xEF\xBB\xBFid,text,number\n1,\"a\n\",2\n\n3,b,4\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        scratch_write("s.csv", texts[i]);
        check_file("s.csv", '\0');
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_have_the_records_of_the_file),
        cmocka_unit_test(a_short_file_is_one_part),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
