// SPDX-License-Identifier: MIT
#include "run/known_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mix.h"
#include "base/try.h"

const char *const prediction_seen_names[] = {
    [PREDICTION_NEW] = "no",
    [PREDICTION_TRAINED] = "same",
    [PREDICTION_CHANGED] = "changed",
    NULL,
};

uint64_t predict_row_hash(const perebor_dataset *dataset, size_t row) {
    uint64_t hash = 0;
    for (size_t i = 0; i < dataset->n_columns; i++) {
        double value = dataset->columns[i].values[row] + 0.0; // -0 is 0
        uint64_t bits = UINT64_C(0x7ff8000000000000);         // every NaN is one
        if (!isnan(value)) {
            memcpy(&bits, &value, sizeof bits);
        }
        hash = perebor_mix(hash + PEREBOR_MIX_STEP + bits);
    }
    return hash;
}

/** Whether all of it is there, and is what refitting writes. */
static bool is_whole(const known_rows *known) {
    bool whole = known->labels != NULL && known->scores != NULL && known->probabilities != NULL &&
                 known->hashes != NULL;
    for (size_t i = 0; whole && i < known->n; i++) {
        double probability = known->probabilities[i];
        whole = (known->labels[i] == 0 || known->labels[i] == 1) && isfinite(known->scores[i]) &&
                probability >= 0.0 && probability <= 1.0;
    }
    return whole;
}

static perebor_status find_arrays(known_rows *known, const h5_node *model, const char *file,
                                  perebor_error *error) {
    const h5_node *group = h5_find(model, "out_of_fold");
    const h5_node *score = group == NULL ? NULL : h5_find(group, "score");
    if (score != NULL && score->type == H5_DATASET && score->array.n_dimensions == 1) {
        size_t n = score->array.dimensions[0];
        *known = (known_rows){.n = n,
                              .ids = h5_row(group, "id", H5_TEXT, n),
                              .labels = h5_row(group, "target", H5_INT8, n),
                              .scores = h5_row(group, "score", H5_DOUBLE, n),
                              .probabilities = h5_row(group, "probability", H5_DOUBLE, n),
                              .hashes = h5_row(group, "hash", H5_UINT64, n)};
    }
    if (!is_whole(known)) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT, "%s: /model/out_of_fold is not whole", file);
    }
    return PEREBOR_OK;
}

static const uint64_t upper_half = UINT64_MAX << 32;

static uint64_t hash_id(const char *id) {
    uint64_t hash = 0, word = 0;
    size_t n = 0;
    for (; *id != '\0'; id++) {
        word |= (uint64_t)(unsigned char)*id << 8 * n;
        if (++n == sizeof word) {
            hash = perebor_mix(hash + PEREBOR_MIX_STEP + word);
            word = n = 0;
        }
    }
    return n == 0 ? hash : perebor_mix(hash + PEREBOR_MIX_STEP + word);
}

perebor_status known_rows_find(known_rows *known, const h5_node *model, const char *file,
                               perebor_error *error) {
    perebor_status status;
    *known = (known_rows){0};
    PEREBOR_TRY(done, find_arrays(known, model, file, error));
    if (known->ids == NULL) {
        goto done;
    }
    for (known->n_slots = 16; known->n_slots < 4 * known->n;) {
        known->n_slots *= 2;
    }
    known->slots = calloc(known->n_slots, sizeof *known->slots);
    if (known->slots == NULL) {
        return perebor_no_memory(error, "for predictions");
    }
    for (size_t i = 0; i < known->n; i++) {
        uint64_t hash = hash_id(known->ids[i]);
        size_t slot = hash & (known->n_slots - 1);
        while (known->slots[slot] != 0) {
            slot = (slot + 1) & (known->n_slots - 1);
        }
        known->slots[slot] = (hash & upper_half) | (i + 1);
    }
done:
    return status;
}

prediction_seen known_rows_look_up(const known_rows *known, const perebor_dataset *dataset,
                                   size_t row, uint32_t *found) {
    const char *id = dataset->ids[row];
    prediction_seen seen = PREDICTION_NEW;
    uint64_t hash = 0, id_hash = hash_id(id);
    for (size_t slot = id_hash & (known->n_slots - 1); known->slots[slot] != 0;
         slot = (slot + 1) & (known->n_slots - 1)) {
        uint32_t i = (uint32_t)known->slots[slot] - 1;
        if (((known->slots[slot] ^ id_hash) & upper_half) != 0 || strcmp(known->ids[i], id) != 0) {
            continue;
        }
        hash = seen == PREDICTION_NEW ? predict_row_hash(dataset, row) : hash;
        if (known->hashes[i] == hash) {
            *found = i;
            return PREDICTION_TRAINED;
        }
        seen = PREDICTION_CHANGED;
    }
    return dataset->id_name[0] == '\0' ? PREDICTION_NEW : seen;
}

void known_rows_release(known_rows *known) {
    free(known->slots);
    *known = (known_rows){0};
}
