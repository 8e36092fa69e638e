// SPDX-License-Identifier: MIT
#include "run/outcome_message.h"

#include <stdlib.h>
#include <string.h>

#include "base/try.h"

/** Bytes of the scores of a path. */
static size_t path_size(const perebor_member_outcome *outcome, size_t n_metrics) {
    size_t n_points = outcome->path_end > 0 ? perebor_curve_n_points(outcome->path_end - 1) : 0;
    return n_points * PEREBOR_PATH_VALUES(n_metrics) * sizeof(double);
}

static perebor_status append_curve(perebor_unit_result *result, size_t n_metrics,
                                   const perebor_member_outcome *outcome, perebor_error *error) {
    perebor_status status;
    PEREBOR_TRY(done, perebor_unit_result_append(result, &outcome->n_points,
                                                 sizeof outcome->n_points, error));
    PEREBOR_TRY(done,
                perebor_unit_result_append(result, outcome->curve,
                                           outcome->n_points * sizeof *outcome->curve, error));
    PEREBOR_TRY(done, perebor_unit_result_append(result, &outcome->path_end,
                                                 sizeof outcome->path_end, error));
    status =
        perebor_unit_result_append(result, outcome->path, path_size(outcome, n_metrics), error);
done:
    return status;
}

perebor_status outcome_message_write(perebor_unit_result *result, const outcome_header *header,
                                     const perebor_member_outcome *outcomes, perebor_error *error) {
    perebor_status status;
    PEREBOR_TRY(done, perebor_unit_result_append(result, header, sizeof *header, error));
    for (uint32_t member = 0; member < header->n_members; member++) {
        const char *reason = outcomes[member].error;
        uint32_t length = reason != NULL ? (uint32_t)strlen(reason) : 0;
        PEREBOR_TRY(done, perebor_unit_result_append(result, &outcomes[member].fold,
                                                     sizeof outcomes[member].fold, error));
        size_t further = header->n_further * sizeof(double);
        PEREBOR_TRY(done, perebor_unit_result_append(result, outcomes[member].further.test, further,
                                                     error));
        PEREBOR_TRY(done, perebor_unit_result_append(result, outcomes[member].further.train,
                                                     further, error));
        PEREBOR_TRY(done, append_curve(result, header->n_further + 1, &outcomes[member], error));
        PEREBOR_TRY(done, perebor_unit_result_append(result, &length, sizeof length, error));
        if (length > 0) {
            PEREBOR_TRY(done, perebor_unit_result_append(result, reason, length, error));
        }
    }
done:
    return status;
}

/** Takes @p size bytes from the front of what is left. */
static perebor_status take(const unsigned char **at, size_t *left, void *into, size_t size,
                           perebor_error *error) {
    if (*left < size) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT, "a unit's result is cut short");
    }
    memcpy(into, *at, size);
    *at += size;
    *left -= size;
    return PEREBOR_OK;
}

static perebor_status take_reason(const unsigned char **at, size_t *left,
                                  perebor_member_outcome *outcome, perebor_error *error) {
    uint32_t length = 0;
    perebor_status status = take(at, left, &length, sizeof length, error);
    if (status != PEREBOR_OK || length == 0) {
        return status;
    }
    char *reason = calloc((size_t)length + 1, 1);
    if (reason == NULL) {
        return perebor_no_memory(error, "for a message");
    }
    status = take(at, left, reason, length, error);
    if (status == PEREBOR_OK) {
        outcome->error = reason;
    } else {
        free(reason);
    }
    return status;
}

static perebor_status take_curve(const unsigned char **at, size_t *left, size_t n_metrics,
                                 perebor_member_outcome *outcome, perebor_error *error) {
    perebor_status status;
    PEREBOR_TRY(done, take(at, left, &outcome->n_points, sizeof outcome->n_points, error));
    if (outcome->n_points > PEREBOR_CURVE_MAX_POINTS) {
        status = perebor_fail(error, PEREBOR_ERR_FORMAT, "a unit's result has a curve of %u points",
                              (unsigned)outcome->n_points);
        goto done;
    }
    PEREBOR_TRY(done,
                take(at, left, outcome->curve, outcome->n_points * sizeof *outcome->curve, error));
    PEREBOR_TRY(done, take(at, left, &outcome->path_end, sizeof outcome->path_end, error));
    size_t size = path_size(outcome, n_metrics);
    if (size > 0) {
        outcome->path = malloc(size);
        if (outcome->path == NULL) {
            return perebor_no_memory(error, "for a path of %u estimators",
                                     (unsigned)outcome->path_end);
        }
        status = take(at, left, outcome->path, size, error);
    }
done:
    return status;
}

/** Takes the scores of one member. */
static perebor_status take_scores(const unsigned char **at, size_t *left, size_t n_further,
                                  perebor_member_outcome *outcome, perebor_error *error) {
    perebor_status status;
    size_t further = n_further * sizeof(double);
    PEREBOR_TRY(done, take(at, left, &outcome->fold, sizeof outcome->fold, error));
    PEREBOR_TRY(done, take(at, left, outcome->further.test, further, error));
    PEREBOR_TRY(done, take(at, left, outcome->further.train, further, error));
    status = take_curve(at, left, n_further + 1, outcome, error);
done:
    return status;
}

perebor_status outcome_message_read(const void *bytes, size_t size, size_t n_expected,
                                    size_t n_further, outcome_header *header,
                                    perebor_member_outcome *outcomes, perebor_error *error) {
    perebor_status status;
    const unsigned char *at = bytes;
    size_t left = size;
    size_t n_read = 0;
    PEREBOR_TRY(done, take(&at, &left, header, sizeof *header, error));
    if (header->n_members != n_expected) {
        status = perebor_fail(error, PEREBOR_ERR_FORMAT, "a unit's result has %u members, not %zu",
                              (unsigned)header->n_members, n_expected);
        goto done;
    }
    if (header->n_further != n_further || n_further >= PEREBOR_MAX_METRICS) {
        status = perebor_fail(error, PEREBOR_ERR_FORMAT, "a unit's result has %u metrics, not %zu",
                              (unsigned)header->n_further + 1, n_further + 1);
        goto done;
    }
    for (; n_read < n_expected; n_read++) {
        outcomes[n_read] = (perebor_member_outcome){0};
        PEREBOR_TRY(failed, take_scores(&at, &left, n_further, &outcomes[n_read], error));
        PEREBOR_TRY(failed, take_reason(&at, &left, &outcomes[n_read], error));
    }
    return PEREBOR_OK;
failed:
    n_read++; // what was read of the last one
done:
    perebor_member_outcomes_release(outcomes, n_read);
    return status;
}

/** Bytes of the addends of a part. */
static size_t addend_bytes(const perebor_part_scores *scores) {
    return scores->n_members * scores->n_rows * sizeof *scores->sums;
}

perebor_status part_message_write(perebor_unit_result *result, const outcome_header *header,
                                  const perebor_part_scores *scores, perebor_error *error) {
    perebor_status status;
    const uint64_t n_words = scores->n_words;
    PEREBOR_TRY(done, perebor_unit_result_append(result, &n_words, sizeof n_words, error));
    PEREBOR_TRY(done,
                perebor_unit_result_append(result, scores->sums, addend_bytes(scores), error));
    if (n_words > 0) {
        PEREBOR_TRY(done, perebor_unit_result_append(result, scores->points,
                                                     n_words * sizeof *scores->points, error));
    }
    status = outcome_message_write(result, header, scores->outcomes, error);
done:
    return status;
}

perebor_status part_message_read(const void *bytes, size_t size, size_t n_further,
                                 outcome_header *header, perebor_part_scores *scores,
                                 perebor_error *error) {
    perebor_status status;
    const unsigned char *at = bytes;
    size_t left = size;
    uint64_t n_words = 0;
    PEREBOR_TRY(done, take(&at, &left, &n_words, sizeof n_words, error));
    PEREBOR_TRY(done, take(&at, &left, scores->sums, addend_bytes(scores), error));
    if (n_words > left / sizeof *scores->points) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT, "a unit's result is cut short");
    }
    if (n_words > 0) {
        uint64_t *words = perebor_part_scores_extend(scores, (size_t)n_words);
        if (words == NULL) {
            return perebor_no_memory(error, "for learning curves");
        }
        PEREBOR_TRY(done, take(&at, &left, words, (size_t)n_words * sizeof *words, error));
    }
    status = outcome_message_read(at, left, scores->n_members, n_further, header, scores->outcomes,
                                  error);
done:
    return status;
}
