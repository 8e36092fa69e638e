// SPDX-License-Identifier: MIT
#include "perebor/dataset.h"

#include <stdlib.h>

#include "base/digest.h"
#include "base/try.h"

const char *const perebor_role_names[] = {
    [PEREBOR_ROLE_NUMERIC] = "numeric",
    [PEREBOR_ROLE_ORDINAL] = "ordinal",
    [PEREBOR_ROLE_BOOLEAN] = "boolean",
    [PEREBOR_ROLE_NOMINAL] = "nominal",
    NULL,
};

perebor_status perebor_dataset_copy(perebor_dataset **dataset, const perebor_dataset *from,
                                    perebor_error *error) {
    void *image = NULL;
    size_t size;
    perebor_status status;
    PEREBOR_TRY(done, perebor_dataset_pack(from, &image, &size, error));
    PEREBOR_TRY(done, perebor_dataset_unpack(dataset, image, size, error));
    (*dataset)->block = image;
    image = NULL;
done:
    free(image);
    return status;
}

perebor_status perebor_dataset_schema(perebor_dataset **schema, const perebor_dataset *from,
                                      perebor_error *error) {
    perebor_dataset columns = *from;
    columns.n_rows = 0;
    columns.n_passthrough = 0;
    columns.groups = NULL;
    return perebor_dataset_copy(schema, &columns, error);
}

void perebor_dataset_free(perebor_dataset *dataset) {
    if (dataset == NULL) {
        return;
    }
    free(dataset->block);
    free(dataset);
}

static void digest_column(perebor_sha256 *digest, const perebor_column *column, size_t n_rows) {
    perebor_sha256_update_text(digest, column->name);
    perebor_sha256_update_u64(digest, (uint64_t)column->role);
    perebor_sha256_update_u64(digest, column->n_levels);
    for (size_t level = 0; level < column->n_levels; level++) {
        perebor_sha256_update_text(digest, column->levels[level]);
    }
    if (column->monotonic != 0) {
        perebor_sha256_update_text(digest, column->monotonic > 0 ? "increasing" : "decreasing");
    }
    for (size_t row = 0; row < n_rows; row++) {
        perebor_sha256_update_double(digest, column->values[row]);
    }
}

void perebor_dataset_fingerprint(const perebor_dataset *dataset, uint8_t fingerprint[32]) {
    perebor_sha256 digest;
    perebor_sha256_init(&digest);
    perebor_sha256_update_text(&digest, "perebor dataset 1");
    perebor_sha256_update_u64(&digest, dataset->n_rows);
    perebor_sha256_update_u64(&digest, dataset->n_columns);
    for (size_t column = 0; column < dataset->n_columns; column++) {
        digest_column(&digest, &dataset->columns[column], dataset->n_rows);
    }
    perebor_sha256_update_text(&digest, dataset->target_name);
    perebor_sha256_update_text(&digest, dataset->positive_name);
    perebor_sha256_update_text(&digest, dataset->negative_name);
    if (dataset->labels != NULL) {
        perebor_sha256_update(&digest, dataset->labels, dataset->n_rows);
    } else {
        perebor_sha256_update_text(&digest, "no labels");
    }
    perebor_sha256_update_text(&digest, dataset->id_name);
    for (size_t row = 0; row < dataset->n_rows; row++) {
        perebor_sha256_update_text(&digest, dataset->ids != NULL ? dataset->ids[row] : "");
    }
    for (size_t row = 0; row < dataset->n_rows; row++) {
        perebor_sha256_update_u64(&digest,
                                  dataset->source_rows != NULL ? dataset->source_rows[row] : row);
    }
    perebor_sha256_update_u64(&digest, dataset->groups != NULL);
    for (size_t row = 0; dataset->groups != NULL && row < dataset->n_rows; row++) {
        perebor_sha256_update_u64(&digest, dataset->groups[row]);
    }
    perebor_sha256_final(&digest, fingerprint);
}
