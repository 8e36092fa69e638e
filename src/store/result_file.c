// SPDX-License-Identifier: MIT
#include "perebor/result_file.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file_write.h"
#include "base/try.h"
#include "h5/hdf5_write.h"
#include "h5/isolate.h"
#include "h5/tree_checksums.h"
#include "store/journal.h"
#include "store/result_tree.h"
#include "store/stage.h"

/** What is read of a file beside stages; the first only to be compared with what it is derived
 * from. */
static const char *const groups[] = {"tables", "experiment", "build", "hosts",
                                     "data",   "folds",      "space", "trials",
                                     "curves", H5_CHECKSUMS, NULL};
enum { max_groups = 32 };

/** Lists those and the stages. */
static void list_groups(const char *listed[max_groups]) {
    size_t n = 0;
    for (size_t i = 0; groups[i] != NULL; i++) {
        listed[n++] = groups[i];
    }
    for (size_t i = 0; stage_names[i] != NULL; i++) {
        assert(n + 1 < max_groups);
        listed[n++] = stage_names[i];
    }
    listed[n] = NULL;
}

const perebor_output_kind perebor_result_kind = {
    .name = "a result file", .format = RESULT_FORMAT, .journal = PEREBOR_JOURNAL_ENDING};

perebor_status perebor_result_replace(const perebor_result *result, const char *path,
                                      perebor_file_identity *expected, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    h5_tree *tree = NULL;
    void *image = NULL;
    size_t size = 0;
    PEREBOR_TRY(done, result_to_tree(result, &tree, error));
    PEREBOR_TRY(done, hdf5_write(tree, &image, &size, error));
    PEREBOR_TRY(done, perebor_file_replace(path, image, size, expected, error));
done:
    free(image);
    h5_tree_free(tree);
    return status;
}

perebor_status perebor_result_write(const perebor_result *result, const char *path, bool overwrite,
                                    perebor_error *error) {
    perebor_file_identity expected = {0};
    if (overwrite) {
        expected = perebor_file_identify(path);
    }
    return perebor_result_replace(result, path, &expected, error);
}

/** The first fault that was found. */
typedef struct first_fault {
    const char *file;
    perebor_status status;
    perebor_error *error;
} first_fault;

static void take_first(void *context, const char *path, const char *what) {
    first_fault *first = context;
    if (first->status == PEREBOR_OK) {
        first->status = perebor_fail(first->error, PEREBOR_ERR_FORMAT,
                                     "%s: damaged: %.300s %s; 'perebor verify %s' lists everything",
                                     first->file, path, what, first->file);
    }
}

/** Refuses a tree in which anything is not what was written. */
static perebor_status check_checksums(const h5_tree *tree, const char *path, perebor_error *error) {
    size_t n_rows = 0;
    first_fault first = {.file = path, .error = error};
    if (!result_has_checksums(tree)) {
        return PEREBOR_OK;
    }
    perebor_status status = h5_checksums_compare(tree, take_first, &first, &n_rows, error);
    return status != PEREBOR_OK ? status : first.status;
}

/** Fails where a search has not written its file yet. */
static perebor_status refuse_unwritten(const char *path, perebor_error *error) {
    struct stat about;
    char *target = NULL;
    if (stat(path, &about) == 0 || errno != ENOENT) {
        return PEREBOR_OK;
    }
    perebor_status status = perebor_file_follow(path, &target, error);
    char *journal = status == PEREBOR_OK ? perebor_journal_path(target) : NULL;
    if (journal != NULL && stat(journal, &about) == 0) {
        status = perebor_fail(error, PEREBOR_ERR_IO,
                              "there is no %s yet: the search that writes it runs or was "
                              "interrupted, and its trials are in %s; 'perebor status %s' says how "
                              "far it is",
                              path, journal, path);
    }
    free(journal);
    free(target);
    return status;
}

/** Reads groups of a result file. */
static perebor_status read_groups(const char *path, const char *const *listed, h5_tree **tree,
                                  perebor_error *error) {
    perebor_status status = refuse_unwritten(path, error);
    return status == PEREBOR_OK ? h5_read_isolated(path, listed, tree, error) : status;
}

perebor_status perebor_result_read(perebor_result **result, const char *path,
                                   perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    h5_tree *tree = NULL;
    perebor_result *read = NULL;
    const char *listed[max_groups];
    list_groups(listed);
    PEREBOR_TRY(done, read_groups(path, listed + 1, &tree, error));
    PEREBOR_TRY(done, result_from_tree(tree, path, &read, error));
    PEREBOR_TRY(done, check_checksums(tree, path, error));
    *result = read;
    read = NULL;
done:
    perebor_result_free(read);
    h5_tree_free(tree);
    return status;
}

/** Everything that there is to compare, and how far it got. */
static perebor_status check_tree(const h5_tree *tree, const char *path,
                                 void (*fault)(void *context, const char *place, const char *what),
                                 void *context, perebor_result_check *found, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_error reason = {0};
    perebor_result *result = NULL;
    h5_tree *derived = NULL;
    found->has_checksums = result_has_checksums(tree);
    if (found->has_checksums) {
        PEREBOR_TRY(done, h5_checksums_compare(tree, fault, context, &found->n_rows, error));
    }
    status = result_from_tree(tree, path, &result, &reason);
    if (status == PEREBOR_ERR_FORMAT) {
        fault(context, "", reason.message);
        status = PEREBOR_OK;
        goto done;
    }
    if (status != PEREBOR_OK) {
        status = perebor_fail(error, status, "%s", reason.message);
        goto done;
    }
    PEREBOR_TRY(done, result_to_tree(result, &derived, error));
    PEREBOR_TRY(done, h5_checksums_compare_derived(tree, derived, fault, context, error));
done:
    perebor_result_free(result);
    h5_tree_free(derived);
    return status;
}

perebor_status
perebor_result_check_file(const char *path,
                          void (*fault)(void *context, const char *place, const char *what),
                          void *context, perebor_result_check *found, perebor_error *error) {
    perebor_status status;
    h5_tree *tree = NULL;
    perebor_result_check result_check = {0};
    const char *listed[max_groups];
    list_groups(listed);
    PEREBOR_TRY(done, read_groups(path, listed, &tree, error));
    PEREBOR_TRY(done, result_check_format(tree, path, error));
    PEREBOR_TRY(done, check_tree(tree, path, fault, context, &result_check, error));
    *found = result_check;
done:
    h5_tree_free(tree);
    return status;
}
