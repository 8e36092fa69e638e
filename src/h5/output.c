// SPDX-License-Identifier: MIT
#include "perebor/output.h"

#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/try.h"
#include "h5/isolate.h"

static bool has_format(const char *path, const char *format) {
    static const char *const no_groups[] = {NULL};
    h5_tree *tree = NULL;
    if (h5_read_isolated(path, no_groups, &tree, NULL) != PEREBOR_OK) {
        return false;
    }
    const char *found = h5_find_text(tree->root, "format");
    bool same = found != NULL && strcmp(found, format) == 0;
    h5_tree_free(tree);
    return same;
}

static bool begins_with(const char *path, const char *beginning) {
    char start[64] = "";
    int descriptor = -1;
    if (perebor_file_open_regular(path, &descriptor, NULL) != PEREBOR_OK) {
        return false;
    }
    static const char mark[] = "\xef\xbb\xbf"; // before it, for spreadsheets
    size_t length = strlen(beginning);
    ssize_t size = pread(descriptor, start, sizeof start - 1, 0);
    (void)close(descriptor);
    const char *from = strncmp(start, mark, sizeof mark - 1) == 0 ? start + sizeof mark - 1 : start;
    for (size_t i = 0; i < length; i++) {
        bool same = from[i] == beginning[i] || (from[i] == ';' && beginning[i] == ',');
        if (!same) { // also where it ends
            return false;
        }
    }
    return size > 0;
}

perebor_status perebor_output_check_kind(const char *path, const perebor_output_kind *kind,
                                         perebor_error *error) {
    perebor_file_identity there = perebor_file_identify(path);
    if (!there.exists || (there.is_regular && there.size == 0)) {
        return PEREBOR_OK;
    }
    bool is_kind = there.is_regular && (kind->format != NULL ? has_format(path, kind->format)
                                                             : begins_with(path, kind->beginning));
    return is_kind ? PEREBOR_OK
                   : perebor_fail(error, PEREBOR_ERR_CONFLICT,
                                  "%s is not %s of perebor, or a damaged one: --overwrite does not "
                                  "replace it; name another file with -o, or delete it yourself",
                                  path, kind->name);
}

perebor_status perebor_output_check_inputs(const char *path, const perebor_input *inputs,
                                           size_t n_inputs, perebor_error *error) {
    perebor_file_identity there = perebor_file_identify(path);
    for (size_t i = 0; i < n_inputs; i++) {
        perebor_file_identity input = perebor_file_identify(inputs[i].path);
        if (perebor_file_identity_same_file(&there, &input)) {
            return perebor_fail(error, PEREBOR_ERR_CONFLICT,
                                "%s is %s, which this command reads: name another file with -o",
                                path, inputs[i].what);
        }
    }
    return PEREBOR_OK;
}

/** Refuses an output that belongs to a search. */
static perebor_status check_owner(const char *path, const char *suffix, perebor_error *error) {
    struct stat about;
    char *target = NULL, *journal = NULL;
    perebor_status status = perebor_file_follow(path, &target, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    size_t size = strlen(target) + strlen(suffix) + 1;
    journal = malloc(size);
    if (journal == NULL) {
        status = perebor_no_memory(error, "for the name of a journal");
    } else {
        (void)snprintf(journal, size, "%s%s", target, suffix);
    }
    if (journal != NULL && lstat(journal, &about) == 0) {
        status = perebor_fail(error, PEREBOR_ERR_CONFLICT,
                              "%s belongs to a search that runs or was interrupted: its trials are "
                              "in %s; finish it with 'perebor run ... --resume', or name another "
                              "file with -o",
                              path, journal);
    }
    free(journal);
    free(target);
    return status;
}

perebor_status perebor_output_check(const char *path, const perebor_output_kind *kind,
                                    bool overwrite, const perebor_input *inputs, size_t n_inputs,
                                    perebor_file_identity *found, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_file_identity there = perebor_file_identify(path);
    PEREBOR_TRY(done, perebor_output_check_inputs(path, inputs, n_inputs, error));
    if (there.exists && !overwrite) {
        status = perebor_fail(error, PEREBOR_ERR_CONFLICT,
                              "%s exists; --overwrite replaces it, -o names another file", path);
        goto done;
    }
    PEREBOR_TRY(done, perebor_output_check_kind(path, kind, error));
    if (kind->journal != NULL) {
        PEREBOR_TRY(done, check_owner(path, kind->journal, error));
    }
    *found = there;
done:
    return status;
}

void perebor_output_hdf5_version(char *text, size_t size) {
    unsigned major = 0, minor = 0, release = 0;
    (void)H5get_libversion(&major, &minor, &release);
    (void)snprintf(text, size, "%u.%u.%u", major, minor, release);
}
