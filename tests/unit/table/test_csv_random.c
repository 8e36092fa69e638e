// SPDX-License-Identifier: MIT
/**
 * Records at random, written with quotes and line ends at random, read back through buffers of any
 * size as they were meant.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "table/csv.h"

enum { most_records = 12, most_fields = 5, most_pieces = 6, text_size = 32, file_size = 8192 };

/** What was meant. */
typedef struct records {
    char texts[most_records][most_fields][text_size];
    size_t n_fields[most_records];
    uint64_t lines[most_records]; /**< Of the first byte of each. */
    size_t n;
} records;

/** A file as it is written. */
typedef struct written {
    char bytes[file_size];
    size_t length;
    uint64_t line;
    char delimiter, comment;
} written;

static void put(written *file, const char *text) {
    size_t length = strlen(text);
    assert_true(file->length + length < file_size);
    memcpy(file->bytes + file->length, text, length);
    file->length += length;
}

/** Line ends of one kind throughout, or of all kinds. */
static void end_line(written *file, uint64_t *seed, int kind) {
    static const char *const ends[] = {"\n", "\r\n", "\r"};
    put(file, ends[kind < 3 ? (uint64_t)kind : draw_bits(seed) % 3]);
    file->line++;
}

static void draw_text(char text[text_size], uint64_t *seed) {
    static const char *const pieces[] = {"a",  "b c", "\"", ",",    ";",   "\t", "|",
                                         "\n", "#",   "я",  "\"\"", "1.5", " "};
    text[0] = '\0';
    for (uint64_t n = draw_bits(seed) % most_pieces; n > 0; n--) {
        strcat(text, pieces[draw_bits(seed) % (sizeof pieces / sizeof *pieces)]);
    }
}

/** Whether a field can do without quotes. */
static bool is_plain(const written *file, const char *text, bool first) {
    return text[0] != '"' && strpbrk(text, "\n\r") == NULL &&
           strchr(text, file->delimiter) == NULL &&
           !(first && file->comment != '\0' && text[0] == file->comment);
}

static void put_field(written *file, const char *text, bool quoted) {
    char once[2] = "";
    put(file, quoted ? "\"" : "");
    for (; *text != '\0'; text++) {
        once[0] = *text;
        put(file, quoted && *text == '"' ? "\"\"" : once);
        file->line += *text == '\n';
    }
    put(file, quoted ? "\"" : "");
}

static void draw_record(records *records, written *file, uint64_t *seed) {
    size_t n_fields = 1 + draw_bits(seed) % most_fields;
    char delimiter[2] = {file->delimiter, '\0'};
    records->lines[records->n] = file->line;
    for (size_t i = 0; i < n_fields; i++) {
        char *text = records->texts[records->n][i];
        draw_text(text, seed);
        if (n_fields == 1 && text[0] == '\0') {
            strcpy(text, "x"); // a line without anything is no record
        }
        put(file, i > 0 ? delimiter : "");
        put_field(file, text, !is_plain(file, text, i == 0) || draw_bits(seed) % 3 == 0);
    }
    records->n_fields[records->n++] = n_fields;
}

static void draw_file(records *records, written *file, uint64_t *seed) {
    static const char delimiters[] = {',', ';', '\t', '|'};
    int kind = (int)(draw_bits(seed) % 4);
    *records = (struct records){0};
    *file = (written){.line = 1,
                      .delimiter = delimiters[draw_bits(seed) % 4],
                      .comment = draw_bits(seed) % 2 == 0 ? '#' : '\0'};
    for (size_t n = draw_bits(seed) % (most_records + 1); n > 0; n--) {
        while (draw_bits(seed) % 5 == 0) {
            end_line(file, seed, kind == 3 ? 0 : kind);
        }
        if (file->comment != '\0' && draw_bits(seed) % 4 == 0) {
            put(file, "# \"a comment, with a quote that nothing closes");
            end_line(file, seed, kind == 3 ? 0 : kind);
        }
        draw_record(records, file, seed);
        if (n > 1 || draw_bits(seed) % 2 == 0) {
            end_line(file, seed, kind == 3 ? 0 : kind);
        }
    }
}

static void check_reading(const records *records, const written *file, size_t chunk_size) {
    csv_reader reader;
    bool more = true;
    size_t n = 0;
    assert_int_equal(
        csv_open_memory(&reader, "x.csv", NULL, file->bytes, file->length, chunk_size, NULL),
        PEREBOR_OK);
    csv_set_delimiter(&reader, file->delimiter);
    reader.comment = file->comment;
    for (; csv_read(&reader, &more, NULL) == PEREBOR_OK && more; n++) {
        reader.n_careful = 0; // plain records are hoped for each time
        assert_true(n < records->n);
        assert_int_equal(reader.line, records->lines[n]);
        assert_int_equal(reader.n_fields, records->n_fields[n]);
        for (size_t i = 0; i < reader.n_fields; i++) {
            const char *text = records->texts[n][i];
            assert_int_equal(reader.fields[i].length, strlen(text));
            assert_memory_equal(reader.fields[i].text, text, strlen(text));
        }
    }
    assert_false(more);
    assert_int_equal(n, records->n);
    csv_close(&reader);
}

static void what_was_written_is_read_whatever_the_buffer(void **state) {
    (void)state;
    static records records;
    static written file;
    uint64_t seed = 1729;
    for (int i = 0; i < 2000; i++) {
        draw_file(&records, &file, &seed);
        check_reading(&records, &file, 1 + draw_bits(&seed) % 9);
        check_reading(&records, &file, 1 + draw_bits(&seed) % 200);
        check_reading(&records, &file, 1 << 16);
    }
}

/** Reads all; @return the number of records, or -1 and the message. */
static int count_records(const char *bytes, size_t size, size_t chunk_size, uint32_t skip,
                         perebor_error *error) {
    csv_reader reader;
    bool more = true;
    int n = 0;
    if (csv_open_memory(&reader, "x.csv", NULL, bytes, size, chunk_size, error) != PEREBOR_OK) {
        return -1;
    }
    perebor_status status = csv_skip_lines(&reader, skip, error);
    while (status == PEREBOR_OK && more) {
        reader.n_careful = 0;
        status = csv_read(&reader, &more, error);
        n += status == PEREBOR_OK && more;
    }
    csv_close(&reader);
    return status == PEREBOR_OK ? n : -1;
}

static void bytes_at_random_are_read_or_refused_alike_by_every_buffer(void **state) {
    (void)state;
    static const char few[] = "a\"\n\r,;# ", plain[] = "aaaaaa\n\n,,,,bb ccc;d\n,\n\r#";
    uint64_t seed = 99;
    for (int i = 0; i < 5000; i++) {
        char bytes[300];
        const char *letters = i % 2 == 0 ? few : plain;
        size_t size = draw_bits(&seed) % (i % 2 == 0 ? 40 : sizeof bytes);
        uint32_t skip = (uint32_t)(draw_bits(&seed) % 3);
        for (size_t at = 0; at < size; at++) {
            bytes[at] = letters[draw_bits(&seed) % strlen(letters)];
        }
        perebor_error whole = {0};
        perebor_error small = {0};
        int n = count_records(bytes, size, 4096, skip, &whole);
        assert_int_equal(count_records(bytes, size, 1 + draw_bits(&seed) % 7, skip, &small), n);
        assert_string_equal(small.message, whole.message);
        assert_true(n >= 0 || strncmp(whole.message, "x.csv:", 6) == 0);
    }
}

static void a_zero_byte_is_never_the_mark_of_a_comment(void **state) {
    (void)state;
    perebor_error error = {0};
    assert_int_equal(count_records("a\n\0b\n", 5, 2, 0, &error), -1);
    assert_string_equal(error.message, "x.csv:2: there is a zero byte; is this a text file?");
}

static void lines_are_skipped_whatever_is_in_them(void **state) {
    (void)state;
    static const char text[] = "a \"title\r\n\r\nand, \"more\nid\n1\n";
    for (size_t chunk = 1; chunk < 40; chunk++) {
        csv_reader reader;
        bool more = false;
        assert_int_equal(
            csv_open_memory(&reader, "x.csv", NULL, text, sizeof text - 1, chunk, NULL),
            PEREBOR_OK);
        assert_int_equal(csv_skip_lines(&reader, 3, NULL), PEREBOR_OK);
        assert_int_equal(csv_read(&reader, &more, NULL), PEREBOR_OK);
        assert_true(more);
        assert_int_equal(reader.line, 4);
        assert_memory_equal(reader.fields[0].text, "id", 2);
        assert_int_equal(csv_skip_lines(&reader, 100, NULL), PEREBOR_OK);
        assert_int_equal(csv_read(&reader, &more, NULL), PEREBOR_OK);
        assert_false(more);
        csv_close(&reader);
    }
}

static void a_line_that_names_the_separator_is_taken(void **state) {
    (void)state;
    static const struct {
        const char *text;
        char separator;
        const char *first;
    } cases[] = {
        {"sep=;\na;b\n", ';', "a;b"},  {"sep=\t\r\nx\n", '\t', "x"},    {"sep=,\rx\r", ',', "x"},
        {"sep=;", '\0', "sep=;"},      {"sep=;;\nx\n", '\0', "sep=;;"}, {"sep=\nx\n", '\0', "sep="},
        {"Sep=;\nx\n", '\0', "Sep=;"}, {"\nsep=;\nx\n", '\0', "sep=;"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        csv_reader reader;
        char separator = 'x';
        bool more = false;
        assert_int_equal(
            csv_open_memory(&reader, "x.csv", NULL, cases[i].text, strlen(cases[i].text), 1, NULL),
            PEREBOR_OK);
        assert_int_equal(csv_take_separator(&reader, &separator, NULL), PEREBOR_OK);
        assert_int_equal(separator, cases[i].separator);
        assert_int_equal(csv_read(&reader, &more, NULL), PEREBOR_OK);
        assert_int_equal(reader.fields[0].length, strlen(cases[i].first));
        assert_memory_equal(reader.fields[0].text, cases[i].first, strlen(cases[i].first));
        csv_close(&reader);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_read_whatever_the_buffer),
        cmocka_unit_test(bytes_at_random_are_read_or_refused_alike_by_every_buffer),
        cmocka_unit_test(a_zero_byte_is_never_the_mark_of_a_comment),
        cmocka_unit_test(lines_are_skipped_whatever_is_in_them),
        cmocka_unit_test(a_line_that_names_the_separator_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
