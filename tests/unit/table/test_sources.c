// SPDX-License-Identifier: MIT
/** What files a table may come in: compressed, in UTF-16, and what is told of all others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <uchar.h>
#include <zlib.h>
#include <zstd.h>

#include <cmocka.h>

#include "table_scratch.h"
#include "table_specs.h"

static const char people[] = "age,city,y\n31,Омск,1\n44.5,Kazan,0\n";

enum { buffer_size = 4096 };

static size_t gzip(const char *text, size_t length, unsigned char *result) {
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY),
                     Z_OK);
    stream.next_in = (z_const Bytef *)(uintptr_t)text;
    stream.avail_in = (uInt)length;
    stream.next_out = result;
    stream.avail_out = buffer_size;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    size_t size = buffer_size - stream.avail_out;
    (void)deflateEnd(&stream);
    return size;
}

static size_t zstd(const char *text, size_t length, unsigned char *result) {
    size_t size = ZSTD_compress(result, buffer_size, text, length, 3);
    assert_false(ZSTD_isError(size));
    return size;
}

/** Loads flat.csv, which holds the people, and compares. */
static void expect_people(const char *encoding, const char *compression, size_t n_bytes) {
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    loaded loaded = expect_loaded(&spec);
    const perebor_source_report *report = &loaded.report.sources[0];
    assert_string_equal(report->encoding, encoding);
    assert_string_equal(report->compression, compression);
    assert_int_equal(report->n_bytes, n_bytes);
    assert_int_equal(loaded.report.n_warnings, 0);
    assert_int_equal(loaded.dataset->n_rows, 2);
    assert_true(find_column(loaded.dataset, "age")->values[1] == 44.5);
    assert_string_equal(find_column(loaded.dataset, "city")->levels[1], "Омск");
    loaded_release(&loaded);
}

static void expect_flat_error(const char *message) {
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    expect_error(&spec, message);
}

static void compressed_tables_are_read(void **state) {
    (void)state;
    unsigned char bytes[2 * buffer_size];
    size_t length = sizeof people - 1;
    size_t size = gzip(people, length, bytes);
    scratch_write_bytes("flat.csv", (const char *)bytes, size);
    expect_people("utf-8", "gzip", size);
    // Two members are one stream, wherever the first one ends; zeros may pad it.
    for (size_t cut = 0; cut <= length; cut += 7) {
        size = gzip(people, cut, bytes);
        size += gzip(people + cut, length - cut, bytes + size);
        bytes[size++] = '\0';
        scratch_write_bytes("flat.csv", (const char *)bytes, size);
        expect_people("utf-8", "gzip", size);
        size = zstd(people, cut, bytes);
        size += zstd(people + cut, length - cut, bytes + size);
        scratch_write_bytes("flat.csv", (const char *)bytes, size);
        expect_people("utf-8", "zstd", size);
    }
}

static void damaged_compression_is_an_error(void **state) {
    (void)state;
    unsigned char bytes[buffer_size];
    size_t size = gzip(people, sizeof people - 1, bytes);
    for (size_t cut = 4; cut < size; cut += 5) {
        scratch_write_bytes("flat.csv", (const char *)bytes, cut);
        expect_flat_error("flat.csv: the gzip data are damaged: they end too early, so the file "
                          "was cut; fetch or compress the file again");
    }
    bytes[size] = 'x';
    scratch_write_bytes("flat.csv", (const char *)bytes, size + 1);
    expect_flat_error("flat.csv: the gzip data are damaged: something else follows them; fetch or "
                      "compress the file again");
    bytes[size - 6] ^= 1; // its checksum
    scratch_write_bytes("flat.csv", (const char *)bytes, size);
    expect_flat_error("flat.csv: the gzip data are damaged: incorrect data check; fetch or "
                      "compress the file again");
    size = zstd(people, sizeof people - 1, bytes);
    scratch_write_bytes("flat.csv", (const char *)bytes, size - 1);
    expect_flat_error("flat.csv: the zstd data are damaged: they end too early, so the file was "
                      "cut; fetch or compress the file again");
}

/** 400 MiB of rows in 15 KiB: what is made to fill the memory is refused before it does. */
static void a_decompression_bomb_is_refused(void **state) {
    (void)state;
    enum { CHUNK = 1 << 20, N_CHUNKS = 400 };
    char *chunk = malloc(CHUNK);
    assert_non_null(chunk);
    memset(chunk, ' ', CHUNK);
    memcpy(chunk, "x,y\n1,", 6);
    ZSTD_CStream *stream = ZSTD_createCStream();
    FILE *file = fopen("flat.csv", "wb");
    assert_non_null(stream);
    assert_non_null(file);
    for (size_t i = 0; i <= N_CHUNKS; i++) {
        char out[buffer_size];
        ZSTD_inBuffer from = {chunk, i < N_CHUNKS ? CHUNK : 0, 0};
        ZSTD_outBuffer to;
        do {
            to = (ZSTD_outBuffer){out, sizeof out, 0};
            assert_false(ZSTD_isError(ZSTD_compressStream2(
                stream, &to, &from, i < N_CHUNKS ? ZSTD_e_continue : ZSTD_e_end)));
            assert_int_equal(fwrite(out, 1, to.pos, file), to.pos);
        } while (from.pos < from.size || to.pos == to.size);
        memset(chunk, '\n', CHUNK);
    }
    (void)ZSTD_freeCStream(stream);
    free(chunk);
    assert_int_equal(fclose(file), 0);
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    perebor_dataset *dataset = NULL;
    perebor_tables_report report = {0};
    perebor_error error = {0};
    assert_int_equal(perebor_tables_load(&dataset, &report, &spec, &error), PEREBOR_ERR_FORMAT);
    assert_non_null(strstr(error.message, "of zstd data give more than 256 MiB, which no table "
                                          "does; if it is right, decompress the file first"));
}

/** UTF-16 of the people, most significant byte last or first. */
static size_t utf16(bool mark, bool big_endian, char *result) {
    static const char16_t text[] = u"\uFEFFage,city,y\r\n31,Омск,1\r\n44.5,Kazan,0\r\n";
    size_t n = 0;
    for (size_t i = mark ? 0 : 1; text[i] != 0; i++) {
        result[n + big_endian] = (char)(text[i] & 0xFF);
        result[n + !big_endian] = (char)(text[i] >> 8);
        n += 2;
    }
    return n;
}

static void utf16_is_read_by_its_mark_or_by_declaration(void **state) {
    (void)state;
    char bytes[256];
    unsigned char compressed[buffer_size];
    for (int big = 0; big < 2; big++) {
        const char *name = big ? "utf-16be" : "utf-16le";
        size_t size = utf16(true, big, bytes);
        scratch_write_bytes("flat.csv", bytes, size);
        expect_people(name, "", size);
        size_t n_compressed = gzip(bytes, size, compressed);
        scratch_write_bytes("flat.csv", (const char *)compressed, n_compressed);
        expect_people(name, "gzip", n_compressed);
        perebor_table_source source;
        perebor_tables_spec spec = flat_spec(&source, "y", NULL);
        source.encoding = perebor_encoding_find("UTF-16");
        scratch_write_bytes("flat.csv", bytes, size);
        loaded loaded = expect_loaded(&spec);
        assert_string_equal(loaded.report.sources[0].encoding, name);
        loaded_release(&loaded);
        size = utf16(false, big, bytes);
        scratch_write_bytes("flat.csv", bytes, size);
        source.encoding = name;
        loaded = expect_loaded(&spec);
        assert_string_equal(find_column(loaded.dataset, "city")->levels[1], "Омск");
        loaded_release(&loaded);
        source.encoding = NULL;
        expect_error(&spec, big ? "flat.csv: every other byte is zero, as in UTF-16 without a byte "
                                  "order mark; if it is that, say encoding: utf-16be"
                                : "flat.csv: every other byte is zero, as in UTF-16 without a byte "
                                  "order mark; if it is that, say encoding: utf-16le");
        source.encoding = name;
        scratch_write_bytes("flat.csv", bytes, size - 1);
        char message[128];
        (void)snprintf(message, sizeof message,
                       "flat.csv: byte %zu: the file ends within a character in %s; is it the "
                       "encoding?",
                       size - 2, name);
        expect_error(&spec, message);
    }
}

static void a_mark_that_contradicts_is_an_error(void **state) {
    (void)state;
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    source.encoding = "windows-1251";
    scratch_write("flat.csv", "\xEF\xBB\xBFx,y\n1,0\n2,1\n");
    expect_error(&spec, "flat.csv: the file begins with the byte order mark of utf-8, but "
                        "encoding: says windows-1251; leave encoding: out");
}

static void files_that_are_no_text_are_named(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        const char *what;
    } cases[] = {
        {"SQLite format 3\0................", 32, "a SQLite database"},
        {"PAR1....", 8, "a Parquet file"},
        {"ARROW1\0\0", 8, "an Arrow (Feather) file"},
        {"\x89HDF\r\n\x1A\n....", 12, "an HDF5 file"},
        {"PK\x03\x04..........................xl/workbook.xml", 45, "an Excel workbook"},
        {"PK\x03\x04......mimetypeapplication/vnd.oasis.opendocument.spreadsheet", 64,
         "an OpenDocument spreadsheet"},
        {"PK\x03\x04..........................a.csv", 35, "a zip archive"},
        {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1..", 10, "an old Excel workbook (.xls)"},
        {"BZh91AY&SY", 10, "compressed by bzip2"},
        {"\xFD"
         "7zXZ\0..",
         8, "compressed by xz"},
        {"<!DOCTYPE html><html>", 21, "a page of HTML"},
        {"%PDF-1.7\n", 9, "a PDF document"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unsigned char compressed[buffer_size];
        perebor_table_source source;
        perebor_tables_spec spec = flat_spec(&source, "y", NULL);
        char expected[128];
        (void)snprintf(expected, sizeof expected, "flat.csv: this is %s, not a table of text; ",
                       cases[i].what);
        for (int packed = 0; packed < 2; packed++) {
            size_t size = gzip(cases[i].bytes, cases[i].size, compressed);
            scratch_write_bytes("flat.csv", packed ? (const char *)compressed : cases[i].bytes,
                                packed ? size : cases[i].size);
            perebor_dataset *dataset = NULL;
            perebor_tables_report report = {0};
            perebor_error error = {0};
            assert_int_equal(perebor_tables_load(&dataset, &report, &spec, &error),
                             PEREBOR_ERR_FORMAT);
            error.message[strlen(expected)] = '\0';
            assert_string_equal(error.message, expected);
        }
    }
}

static void only_regular_files_are_read(void **state) {
    (void)state;
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    assert_int_equal(mkfifo("pipe.csv", 0600), 0);
    source.path = "pipe.csv";
    expect_error(&spec,
                 "pipe.csv: this is a pipe; a table must be a regular file, so write it into "
                 "one");
    source.sqlite_table = "t";
    expect_error(&spec,
                 "pipe.csv: this is a pipe; a table must be a regular file, so write it into "
                 "one");
    source.sqlite_table = NULL;
    source.path = "/dev/zero";
    expect_error(&spec, "/dev/zero: this is a device or a socket; a table must be a regular file, "
                        "so write it into one");
    source.path = "/";
    expect_error(&spec,
                 "/: this is a folder; a table must be a regular file, so write it into one");
}

static void a_file_that_is_not_there_is_suggested_another(void **state) {
    (void)state;
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    scratch_write("customers.csv", people);
    source.path = "customer.csv";
    expect_error(&spec, "experiment.yaml:2:3: table \"flat\": there is no file customer.csv (did "
                        "you mean \"customers.csv\"?)");
    source.path = "nowhere/customers.csv";
    expect_error(&spec, "experiment.yaml:2:3: table \"flat\": there is no folder of the file "
                        "nowhere/customers.csv");
    source.path = "customers.csv/x.csv";
    expect_error(&spec, "experiment.yaml:2:3: table \"flat\": there is no folder of the file "
                        "customers.csv/x.csv");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compressed_tables_are_read),
        cmocka_unit_test(damaged_compression_is_an_error),
        cmocka_unit_test(a_decompression_bomb_is_refused),
        cmocka_unit_test(utf16_is_read_by_its_mark_or_by_declaration),
        cmocka_unit_test(a_mark_that_contradicts_is_an_error),
        cmocka_unit_test(files_that_are_no_text_are_named),
        cmocka_unit_test(only_regular_files_are_read),
        cmocka_unit_test(a_file_that_is_not_there_is_suggested_another),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
