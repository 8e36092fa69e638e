// SPDX-License-Identifier: MIT
#include "cli/stage_file.h"

#include "base/try.h"
#include "perebor/output.h"
#include "run/stored_study.h"

/** Refuses a file that belongs to a search. */
static perebor_status check_owner(const stage_file *file, perebor_error *error) {
    perebor_file_identity there;
    return perebor_output_check(file->path, &perebor_result_kind, true, NULL, 0, &there, error);
}

perebor_status stage_file_read(stage_file *file, const char *path, perebor_error *error) {
    perebor_status status;
    *file = (stage_file){.path = path, .read = perebor_file_identify(path)};
    PEREBOR_TRY(done, perebor_result_read(&file->result, path, error));
    status = check_owner(file, error);
done:
    return status;
}

perebor_status stage_file_open(stage_file *file, const char *path, const char *folder,
                               perebor_error *error) {
    perebor_status status;
    PEREBOR_TRY(done, stage_file_read(file, path, error));
    status = stored_study_load(&file->study, file->result, path, folder, error);
done:
    return status;
}

perebor_status stage_file_save(stage_file *file, perebor_error *error) {
    perebor_status status;
    // Again: a search may have begun to write to it while the stage was made.
    PEREBOR_TRY(done, check_owner(file, error));
    status = perebor_result_replace(file->result, file->path, &file->read, error);
done:
    return status;
}

void stage_file_close(stage_file *file) {
    perebor_study_free(file->study);
    perebor_result_free(file->result);
    *file = (stage_file){0};
}
