// SPDX-License-Identifier: MIT
#include "table/file_kind.h"

#include <stdbool.h>
#include <string.h>

#define PANDAS(reader) "save it as CSV, by pandas." reader "(…).to_csv(…, index=False) for one"

static const char decompress_it[] = "decompress it first, or compress it with gzip or zstd, which "
                                    "are read as they are";

/** A signature and what it tells. */
static const struct file_kind {
    size_t at, length;
    const char *bytes, *what, *remedy;
} kinds[] = {
    {0, 16, "SQLite format 3", "a SQLite database",
     "say which table of it: {path: …, table: NAME}, or query: SELECT …"},
    {0, 4, "PAR1", "a Parquet file", PANDAS("read_parquet")},
    {0, 6, "ARROW1", "an Arrow (Feather) file", PANDAS("read_feather")},
    {0, 4, "FEA1", "a Feather file", PANDAS("read_feather")},
    {0, 3, "ORC", "an ORC file", PANDAS("read_orc")},
    {0, 4, "Obj\x01", "an Avro file", "save it as CSV"},
    {0, 8, "\x89HDF\r\n\x1A\n", "an HDF5 file", PANDAS("read_hdf")},
    {0, 8, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "an old Excel workbook (.xls)",
     "save its sheet as CSV UTF-8"},
    {0, 3, "BZh", "compressed by bzip2", decompress_it},
    {0, 6,
     "\xFD"
     "7zXZ",
     "compressed by xz", decompress_it},
    {0, 4, "\x04\x22\x4D\x18", "compressed by lz4", decompress_it},
    {0, 6, "7z\xBC\xAF\x27\x1C", "a 7z archive", "unpack it first"},
    {0, 4, "Rar!", "a RAR archive", "unpack it first"},
    {257, 5, "ustar", "a tar archive", "unpack it first"},
    {0, 5, "%PDF-", "a PDF document", "a table of text is needed"},
    {0, 6, "\x93NUMPY", "a NumPy array", "save it as CSV, by numpy.savetxt for one"},
    {0, 5, "RDX2\n", "an R data file", "save it as CSV, by write.csv"},
    {0, 5, "RDX3\n", "an R data file", "save it as CSV, by write.csv"},
    {0, 2, "\x80\x04", "a Python pickle", PANDAS("read_pickle")},
    {0, 2, "\x80\x05", "a Python pickle", PANDAS("read_pickle")},
    {0, 11, "<stata_dta>", "a Stata file", PANDAS("read_stata")},
    {0, 4, "$FL2", "an SPSS file", PANDAS("read_spss")},
    {0, 14, "<!DOCTYPE html", "a page of HTML", "was an error page saved instead of the table?"},
    {0, 14, "<!doctype html", "a page of HTML", "was an error page saved instead of the table?"},
    {0, 5, "<html", "a page of HTML", "was an error page saved instead of the table?"},
    {0, 2, "{\"", "JSON", PANDAS("read_json")},
    {0, 2, "{\n", "JSON", PANDAS("read_json")},
    {0, 2, "[{", "JSON", PANDAS("read_json")},
    {0, 2, "[\n", "JSON", PANDAS("read_json")},
    {0, 5, "<?xml", "XML", PANDAS("read_xml")},
    {0, 9, "@relation", "an ARFF file", "save it as CSV, by scipy.io.arff.loadarff for one"},
    {0, 9, "@RELATION", "an ARFF file", "save it as CSV, by scipy.io.arff.loadarff for one"},
    {0, 42, "version https://git-lfs.github.com/spec/v1", "a pointer of Git LFS",
     "fetch the file itself with git lfs pull"},
};

static bool contains(const char *bytes, size_t size, const char *word) {
    size_t length = strlen(word);
    for (size_t at = 0; at + length <= size; at++) {
        if (memcmp(bytes + at, word, length) == 0) {
            return true;
        }
    }
    return false;
}

static perebor_status fail(const char *name, const char *what, const char *remedy,
                           perebor_error *error) {
    return perebor_fail(error, PEREBOR_ERR_FORMAT, "%s: this is %s, not a table of text; %s", name,
                        what, remedy);
}

/** Workbooks are zip archives: what is in them tells. */
static perebor_status fail_zip(const char *name, const char *bytes, size_t size,
                               perebor_error *error) {
    size_t length = strlen(name);
    bool named = length > 5 && strncmp(name + length - 5, ".xls", 4) == 0;
    if (named || contains(bytes, size, "xl/")) {
        return fail(name, "an Excel workbook", "save its sheet as CSV UTF-8", error);
    }
    if (contains(bytes, size, "opendocument.spreadsheet")) {
        return fail(name, "an OpenDocument spreadsheet", "save its sheet as CSV", error);
    }
    return fail(name, "a zip archive", "unpack it first", error);
}

perebor_status file_kind_check(const char *name, const char *bytes, size_t size,
                               perebor_error *error) {
    if (size >= 4 && memcmp(bytes, "PK\x03\x04", 4) == 0) {
        return fail_zip(name, bytes, size, error);
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const struct file_kind *kind = &kinds[i];
        if (size >= kind->at + kind->length &&
            memcmp(bytes + kind->at, kind->bytes, kind->length) == 0) {
            return fail(name, kind->what, kind->remedy, error);
        }
    }
    return PEREBOR_OK;
}
