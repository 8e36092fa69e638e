// SPDX-License-Identifier: MIT
/**
 * Files that are no text, told by their first bytes, and not by fewer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "table/decompress.h"
#include "table/file_kind.h"

#define BYTES(text) text, sizeof(text) - 1

static const struct {
    const char *bytes;
    size_t size;
    const char *what;
} kinds[] = {
    {BYTES("SQLite format 3\0"), "a SQLite database"},
    {BYTES("PAR1"), "a Parquet file"},
    {BYTES("ARROW1"), "an Arrow (Feather) file"},
    {BYTES("FEA1"), "a Feather file"},
    {BYTES("ORC"), "an ORC file"},
    {BYTES("Obj\x01"), "an Avro file"},
    {BYTES("\x89HDF\r\n\x1A\n"), "an HDF5 file"},
    {BYTES("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), "an old Excel workbook (.xls)"},
    {BYTES("BZh"), "compressed by bzip2"},
    {BYTES("\xFD"
           "7zXZ\0"),
     "compressed by xz"},
    {BYTES("\x04\x22\x4D\x18"), "compressed by lz4"},
    {BYTES("7z\xBC\xAF\x27\x1C"), "a 7z archive"},
    {BYTES("Rar!"), "a RAR archive"},
    {BYTES("%PDF-"), "a PDF document"},
    {BYTES("\x93NUMPY"), "a NumPy array"},
    {BYTES("RDX2\n"), "an R data file"},
    {BYTES("RDX3\n"), "an R data file"},
    {BYTES("\x80\x04"), "a Python pickle"},
    {BYTES("\x80\x05"), "a Python pickle"},
    {BYTES("<stata_dta>"), "a Stata file"},
    {BYTES("$FL2"), "an SPSS file"},
    {BYTES("<!DOCTYPE html"), "a page of HTML"},
    {BYTES("<!doctype html"), "a page of HTML"},
    {BYTES("<html"), "a page of HTML"},
    {BYTES("{\""), "JSON"},
    {BYTES("{\n"), "JSON"},
    {BYTES("[{"), "JSON"},
    {BYTES("[\n"), "JSON"},
    {BYTES("<?xml"), "XML"},
    {BYTES("@relation"), "an ARFF file"},
    {BYTES("@RELATION"), "an ARFF file"},
    {BYTES("version https://git-lfs.github.com/spec/v1"), "a pointer of Git LFS"},
    {BYTES("PK\x03\x04"), "a zip archive"},
};

static void a_file_is_told_by_all_its_first_bytes(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char bytes[64] = {0};
        char expected[128];
        perebor_error error = {0};
        (void)snprintf(expected, sizeof expected, "x.csv: this is %s, not a table of text; ",
                       kinds[i].what);
        assert_int_equal(file_kind_check("x.csv", kinds[i].bytes, kinds[i].size, &error),
                         PEREBOR_ERR_FORMAT);
        assert_memory_equal(error.message, expected, strlen(expected));
        assert_true(strlen(error.message) > strlen(expected)); // a remedy
        assert_int_equal(file_kind_check("x.csv", kinds[i].bytes, kinds[i].size - 1, &error),
                         PEREBOR_OK);
        memcpy(bytes, kinds[i].bytes, kinds[i].size);
        bytes[kinds[i].size - 1] ^= 0x20;
        assert_int_equal(file_kind_check("x.csv", bytes, kinds[i].size, &error), PEREBOR_OK);
    }
}

static void a_tar_archive_is_told_by_what_is_in_its_head(void **state) {
    (void)state;
    char bytes[300] = "x.csv";
    perebor_error error = {0};
    memcpy(bytes + 257, "ustar", 5);
    assert_int_equal(file_kind_check("x.csv", bytes, 262, &error), PEREBOR_ERR_FORMAT);
    assert_string_equal(error.message,
                        "x.csv: this is a tar archive, not a table of text; unpack it first");
    assert_int_equal(file_kind_check("x.csv", bytes, 261, &error), PEREBOR_OK);
}

static void a_workbook_is_told_by_its_name_or_by_what_is_in_it(void **state) {
    (void)state;
    static const struct {
        const char *name, *bytes, *what;
    } cases[] = {
        {"a.zip", "PK\x03\x04 a.csv", "a zip archive"},
        {"a.xlsx", "PK\x03\x04 a.csv", "an Excel workbook"},
        {"a.xlsm", "PK\x03\x04 a.csv", "an Excel workbook"},
        {"xlsx", "PK\x03\x04 a.csv", "a zip archive"},
        {"a.zip", "PK\x03\x04 xl/", "an Excel workbook"},
        {"a.zip", "PK\x03\x04 xl", "a zip archive"},
        {"a.zip", "PK\x03\x04 opendocument.spreadsheet", "an OpenDocument spreadsheet"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char expected[128];
        perebor_error error = {0};
        (void)snprintf(expected, sizeof expected, "%s: this is %s, ", cases[i].name, cases[i].what);
        assert_int_equal(
            file_kind_check(cases[i].name, cases[i].bytes, strlen(cases[i].bytes), &error),
            PEREBOR_ERR_FORMAT);
        assert_memory_equal(error.message, expected, strlen(expected));
    }
}

static void text_is_no_kind(void **state) {
    (void)state;
    static const char *const texts[] = {"",          "id,x\n1,2\n", "ORDER;x\n",
                                        "Parts,x\n", "B,Z,h\n",     "\xEF\xBB\xBFid\n",
                                        "<id>,x\n",  "version,x\n", "SQLite\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_int_equal(file_kind_check("x.csv", texts[i], strlen(texts[i]), NULL), PEREBOR_OK);
    }
}

static void compression_is_told_by_its_first_bytes(void **state) {
    (void)state;
    assert_int_equal(compression_of("\x1F\x8B\x08", 3), COMPRESSION_GZIP);
    assert_int_equal(compression_of("\x1F\x8B\x08", 2), COMPRESSION_NONE);
    assert_int_equal(compression_of("\x1F\x8B\x07", 3), COMPRESSION_NONE); // another method
    assert_int_equal(compression_of("\x28\xB5\x2F\xFD", 4), COMPRESSION_ZSTD);
    assert_int_equal(compression_of("\x28\xB5\x2F\xFD", 3), COMPRESSION_NONE);
    assert_int_equal(compression_of("", 0), COMPRESSION_NONE);
    assert_string_equal(compression_name(COMPRESSION_NONE), "");
    assert_string_equal(compression_name(COMPRESSION_GZIP), "gzip");
    assert_string_equal(compression_name(COMPRESSION_ZSTD), "zstd");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_told_by_all_its_first_bytes),
        cmocka_unit_test(a_tar_archive_is_told_by_what_is_in_its_head),
        cmocka_unit_test(a_workbook_is_told_by_its_name_or_by_what_is_in_it),
        cmocka_unit_test(text_is_no_kind),
        cmocka_unit_test(compression_is_told_by_its_first_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
