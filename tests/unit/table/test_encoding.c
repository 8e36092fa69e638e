// SPDX-License-Identifier: MIT
/**
 * Encodings by their names, marks and zeros; bytes that mean nothing; files larger than a buffer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

#include "draw.h"
#include "table/csv.h"
#include "table_scratch.h"
#include "table_specs.h"

static void every_encoding_is_found_by_its_name_in_any_letters(void **state) {
    (void)state;
    size_t n = 0;
    for (const char *name; (name = perebor_encoding_name(n)) != NULL; n++) {
        char capitals[32];
        (void)snprintf(capitals, sizeof capitals, "%s", name);
        for (char *letter = capitals; *letter != '\0'; letter++) {
            *letter = *letter >= 'a' && *letter <= 'z' ? (char)(*letter - 'a' + 'A') : *letter;
        }
        assert_string_equal(perebor_encoding_find(name), name);
        assert_string_equal(perebor_encoding_find(capitals), name);
        assert_int_equal(encoding_is_charset(name), strncmp(name, "utf", 3) != 0);
    }
    assert_int_equal(n, 22);
    assert_null(perebor_encoding_name(n + 1));
    assert_string_equal(perebor_encoding_find("L1"), "latin-1");
    assert_string_equal(perebor_encoding_find("utf-8-sig"), "utf-8");
    assert_string_equal(perebor_encoding_find("latin5"), "iso-8859-9");
    assert_null(perebor_encoding_find("utf-7"));
    assert_null(perebor_encoding_find(""));
    assert_false(encoding_is_charset("klingon"));
}

/** A letter that only this encoding has at this byte; its code in UTF-8. */
static const struct {
    const char *encoding;
    unsigned char byte;
    const char *utf8;
} letters[] = {
    {"latin-1", 0xE9, "é"},      {"latin-2", 0xB1, "ą"},      {"latin-9", 0xA4, "€"},
    {"iso-8859-5", 0xD0, "а"},   {"iso-8859-7", 0xE1, "α"},   {"iso-8859-9", 0xFE, "ş"},
    {"windows-1250", 0xB9, "ą"}, {"windows-1251", 0xE0, "а"}, {"windows-1252", 0x80, "€"},
    {"windows-1253", 0xE1, "α"}, {"windows-1254", 0xFE, "ş"}, {"windows-1257", 0xE0, "ą"},
    {"koi8-r", 0xC1, "а"},       {"koi8-u", 0xA4, "є"},       {"cp866", 0xA0, "а"},
    {"cp850", 0x82, "é"},        {"cp437", 0x9B, "¢"},        {"mac-roman", 0x8E, "é"},
};

static void every_charset_has_its_letters_and_ascii(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) {
        charset set;
        char text[16];
        unsigned char bad = 0;
        const char bytes[] = {'x', (char)letters[i].byte, '7'};
        assert_int_equal(charset_load(&set, letters[i].encoding, NULL), PEREBOR_OK);
        size_t n = charset_convert(&set, text, bytes, 3, &bad);
        assert_int_equal(n, 2 + strlen(letters[i].utf8));
        assert_memory_equal(text + 1, letters[i].utf8, n - 2);
        for (size_t byte = 0; byte < 128; byte++) {
            assert_int_equal(set.length[byte], 1);
            assert_int_equal(set.utf8[byte][0], byte);
        }
    }
    charset set;
    unsigned char bad = 0;
    char text[16];
    assert_int_equal(charset_load(&set, "windows-1252", NULL), PEREBOR_OK);
    assert_true(charset_convert(&set, text, "a\x81z", 3, &bad) == SIZE_MAX);
    assert_int_equal(bad, 0x81);
    perebor_error error;
    assert_int_equal(charset_load(&set, "klingon", &error), PEREBOR_ERR_IO);
    assert_string_equal(error.message, "the iconv of this system cannot read klingon; save the "
                                       "file as UTF-8");
}

/** A text that may have zeros in it, and its size. */
#define BYTES(text) text, sizeof(text) - 1

static void marks_and_zeros_tell_the_encoding(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        const char *by_mark, *by_zeros;
    } cases[] = {
        {BYTES("\xEF\xBB\xBFx"), "utf-8", NULL},
        {BYTES("\xEF\xBB"), NULL, NULL},
        {BYTES("\xFF\xFE"), "utf-16le", NULL},
        {BYTES("\xFE\xFFx"), "utf-16be", NULL},
        {BYTES("\xFF"), NULL, NULL},
        {BYTES(""), NULL, NULL},
        {BYTES("a\0b\0c\0d\0"), NULL, "utf-16le"},
        {BYTES("\0a\0b\0c\0d"), NULL, "utf-16be"},
        {BYTES("a\0b\0c\0de"), NULL, NULL},     // three zeros may be chance
        {BYTES("a\0b\0c\0d\0\0e"), NULL, NULL}, // on both sides
        {BYTES("a\0b\0c\0d\0efghijklmnopqrstuvwxyz012345678"), NULL, "utf-16le"},
        {BYTES("a\0b\0c\0d\0efghijklmnopqrstuvwxyz0123456789"), NULL, NULL}, // less than an eighth
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t mark_size = 77;
        const char *marked = encoding_of_mark(cases[i].bytes, cases[i].size, &mark_size);
        const char *guessed = encoding_of_zeros(cases[i].bytes, cases[i].size);
        assert_int_equal(marked != NULL, cases[i].by_mark != NULL);
        assert_true(marked == NULL || strcmp(marked, cases[i].by_mark) == 0);
        assert_int_equal(mark_size, marked == NULL ? 77 : marked[4] == '8' ? 3 : 2);
        assert_int_equal(guessed != NULL, cases[i].by_zeros != NULL);
        assert_true(guessed == NULL || strcmp(guessed, cases[i].by_zeros) == 0);
    }
}

static const struct {
    const char *encoding, *bytes;
    size_t size;
    const char *message;
} unreadable[] = {
    {"utf-16", BYTES("x\0,\0y\0\n\0"),
     "flat.csv: there is no byte order mark to tell which half of a UTF-16 character comes first; "
     "say encoding: utf-16le"},
    {"utf-16", BYTES("x,y\n"),
     "flat.csv: there is no byte order mark to tell which half of a UTF-16 character comes first; "
     "say encoding: utf-16le or utf-16be"},
    {"utf-8", BYTES("\xFF\xFEx\0,\0y\0\n\0"),
     "flat.csv: the file begins with the byte order mark of utf-16le, but encoding: says utf-8; "
     "leave encoding: out"},
    {"utf-16be", BYTES("\xFF\xFEx\0,\0y\0\n\0"),
     "flat.csv: the file begins with the byte order mark of utf-16le, but encoding: says utf-16be; "
     "leave encoding: out"},
    {NULL, BYTES("\xFF\xFE\0\0x\0\0\0"),
     "flat.csv: this is text in UTF-32, which is not read; save it as UTF-8"},
    {NULL, BYTES("\0\0\xFE\xFF\0\0\0x"),
     "flat.csv: this is text in UTF-32, which is not read; save it as UTF-8"},
    {NULL, BYTES("x,y\n\"1\0\",0\n2,1\n"),
     "flat.csv:2: there is a zero byte; is this a text file?"},
    {"windows-1252", BYTES("caf\x81,y\n1,0\n2,1\n"),
     "flat.csv: column 1 is not windows-1252 (it has the byte 0x81); is it the encoding?"},
    {NULL, BYTES("\xE9\x98,y\n1,0\n2,1\n"),
     "flat.csv: column 1 is neither UTF-8 nor windows-1251 (it has the byte 0x98); save the file "
     "as UTF-8, or say its encoding:"},
    {"utf-8", BYTES("caf\xE9,y\n1,0\n2,1\n"),
     "flat.csv: the name of column 1 is not valid UTF-8 (byte 0xE9); if the file is in another "
     "encoding, say which, such as encoding: windows-1251"},
    {NULL, BYTES("x,y\ncaf\xC3\xA9,0\ncaf\xE9,1\ncaf\xC3\xA9,1\n"),
     "flat.csv:3: column 1 is not valid UTF-8 (byte 0xE9); if the file is in another encoding, say "
     "which, such as encoding: windows-1251"},
};

static void what_is_not_in_its_encoding_is_named(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof unreadable / sizeof *unreadable; i++) {
        perebor_table_source source;
        perebor_tables_spec spec = flat_spec(&source, "y", NULL);
        source.encoding = unreadable[i].encoding;
        scratch_write_bytes("flat.csv", unreadable[i].bytes, unreadable[i].size);
        perebor_dataset *dataset = NULL;
        perebor_tables_report report = {0};
        perebor_error error = {0};
        assert_int_equal(perebor_tables_load(&dataset, &report, &spec, &error), PEREBOR_ERR_FORMAT);
        assert_string_equal(error.message, unreadable[i].message);
    }
}

static void the_mark_of_utf16_is_two_letters_of_a_charset(void **state) {
    (void)state;
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    source.encoding = "windows-1251";
    scratch_write("flat.csv", "\xFF\xFE,y\n1,0\n2,1\n");
    loaded loaded = expect_loaded(&spec);
    assert_string_equal(loaded.dataset->columns[0].name, "яю");
    assert_string_equal(loaded.report.sources[0].encoding, "windows-1251");
    loaded_release(&loaded);
}

enum { n_letters = 150000 };

/** "id,x" and rows of digits and Cyrillic letters, as UTF-16. @return The size. */
static size_t write_utf16(unsigned char *bytes, char *utf8, uint64_t *seed) {
    size_t n = 0;
    size_t n_utf8 = 0;
    bytes[n++] = 0xFF;
    bytes[n++] = 0xFE;
    for (int i = 0; i < n_letters; i++) {
        unsigned code = i % 40 == 39               ? '\n'
                        : draw_bits(seed) % 2 == 0 ? '0' + (unsigned)(draw_bits(seed) % 10)
                                                   : 0x430u + (unsigned)(draw_bits(seed) % 32);
        bytes[n++] = (unsigned char)(code & 0xFF);
        bytes[n++] = (unsigned char)(code >> 8);
        if (code >= 0x80) {
            utf8[n_utf8++] = (char)(0xC0 | code >> 6);
            code = 0x80 | (code & 0x3F);
        }
        utf8[n_utf8++] = (char)code;
    }
    utf8[n_utf8] = '\0';
    return n;
}

/** Reads a file record by record and compares with a text line by line. */
static void check_lines(const char *path, const char *text) {
    csv_reader reader;
    bool more = true;
    perebor_error error = {0};
    assert_int_equal(csv_open_file(&reader, path, NULL, &error), PEREBOR_OK);
    while (csv_read(&reader, &more, &error) == PEREBOR_OK && more) {
        size_t length = strcspn(text, "\n");
        assert_int_equal(reader.fields[0].length, length);
        assert_memory_equal(reader.fields[0].text, text, length);
        text += length + (text[length] == '\n');
    }
    assert_string_equal(error.message, "");
    assert_int_equal(*text, '\0');
    csv_close(&reader);
}

static void files_larger_than_a_buffer_are_recoded_and_decompressed(void **state) {
    (void)state;
    unsigned char *bytes = malloc(2 * n_letters + 2);
    char *utf8 = malloc(2 * n_letters + 1);
    uint64_t seed = 55;
    assert_non_null(bytes);
    assert_non_null(utf8);
    size_t size = write_utf16(bytes, utf8, &seed);
    scratch_write_bytes("flat.csv", (const char *)bytes, size);
    check_lines("flat.csv", utf8);
    for (unsigned n_members = 1; n_members <= 3; n_members++) {
        (void)unlink("flat.csv.gz");
        for (unsigned i = 0; i < n_members; i++) {
            gzFile file = gzopen("flat.csv.gz", "ab1");
            size_t begin = size * i / n_members;
            size_t end = size * (i + 1) / n_members;
            assert_non_null(file);
            assert_int_equal(gzwrite(file, bytes + begin, (unsigned)(end - begin)), end - begin);
            assert_int_equal(gzclose(file), Z_OK);
        }
        check_lines("flat.csv.gz", utf8);
    }
    free(bytes);
    free(utf8);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_encoding_is_found_by_its_name_in_any_letters),
        cmocka_unit_test(every_charset_has_its_letters_and_ascii),
        cmocka_unit_test(marks_and_zeros_tell_the_encoding),
        cmocka_unit_test(what_is_not_in_its_encoding_is_named),
        cmocka_unit_test(the_mark_of_utf16_is_two_letters_of_a_charset),
        cmocka_unit_test(files_larger_than_a_buffer_are_recoded_and_decompressed),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
