// SPDX-License-Identifier: MIT
#include "model/knn/knn_bucket_search.h"

#include <math.h>

#include "base/deadline.h"
#include "model/knn/knn_distance.h"

bool knn_bucket_search_begin(knn_bucket_search *search, perebor_workspace *workspace) {
    const knn_buckets *buckets = search->buckets;
    // A node whose halves have fewer than k rows each, or the boxes of all buckets.
    size_t most = 2 * search->k + 2 * KNN_BUCKET_ROWS;
    most = most < buckets->n_rows ? most : buckets->n_rows;
    most = most > buckets->n ? most : buckets->n;
    most = (most + PEREBOR_LANES - 1) / PEREBOR_LANES * PEREBOR_LANES;
    search->kernels = PEREBOR_KERNEL_PICK(knn_kernels);
    search->measured = knn_rough_metric(search->metric);
    search->guess = NAN;
    search->list = perebor_workspace_take(workspace, search->k, sizeof(knn_neighbor));
    search->query = perebor_workspace_take(workspace, buckets->n_columns, sizeof(double));
    search->distances = perebor_workspace_take(workspace, most, sizeof(double));
    search->kept = perebor_workspace_take(workspace, most + PEREBOR_LANES, sizeof(double));
    search->index = perebor_workspace_take(workspace, most + PEREBOR_LANES, sizeof(uint32_t));
    search->fresh = perebor_workspace_take(workspace, most, sizeof(knn_neighbor));
    search->scratch = perebor_workspace_take(workspace, most, sizeof(knn_neighbor));
    search->nearest = perebor_workspace_take(workspace, most, sizeof(knn_neighbor));
    return search->list != NULL && search->query != NULL && search->distances != NULL &&
           search->kept != NULL && search->index != NULL && search->fresh != NULL &&
           search->scratch != NULL && search->nearest != NULL;
}

static void gather_query(const knn_bucket_search *search, const perebor_matrix *queries,
                         size_t row) {
    for (size_t column = 0; column < search->buckets->n_columns; column++) {
        search->query[column] = perebor_matrix_column(queries, column)[row];
    }
}

/** What a row must be nearer than to be listed: a row that is as far as the last of a full list
 * comes before it, if its number is lower. */
static double limit_of(const knn_bucket_search *search) {
    return search->n_listed == search->k ? nextafter(search->list[search->k - 1].distance, INFINITY)
                                         : INFINITY;
}

/** Takes rows of some buckets into the list. */
static void measure(knn_bucket_search *search, knn_bucket_range range) {
    const knn_buckets *buckets = search->buckets;
    const size_t first = knn_buckets_rows_before(buckets, range.begin);
    const size_t n = knn_buckets_rows_before(buckets, range.end) - first;
    const size_t n_padded = (n + PEREBOR_LANES - 1) / PEREBOR_LANES * PEREBOR_LANES;
    const double *packed = buckets->packed + first * buckets->n_columns;
    const bool rough = search->measured != search->metric;
    const double limit = limit_of(search);
    double wide = rough ? knn_rough_upper(limit, search->p, buckets->n_columns) : limit;
    size_t n_fresh = 0;
    search->n_measured += n;
    search->kernels->distances_of_one(search->measured, search->p, packed, n, buckets->n_columns,
                                      search->query, search->distances);
    if (search->n_listed < search->k) {
        wide = knn_list_limit(search->kernels, search->k, search->distances, n_padded, wide,
                              &search->guess);
        wide = rough ? knn_rough_limit(wide, search->p, buckets->n_columns) : wide;
    }
    const size_t n_kept = search->kernels->gather_below(search->distances, n_padded, wide,
                                                        search->kept, search->index);
    for (size_t i = 0; i < n_kept; i++) {
        const size_t place = search->index[i];
        const double distance = rough ? knn_distance(search->metric, search->p, packed, place,
                                                     buckets->n_columns, search->query, 1)
                                      : search->kept[i];
        search->fresh[n_fresh] =
            (knn_neighbor){.distance = distance, .row = buckets->rows[first + place]};
        n_fresh += distance < limit;
    }
    knn_list_sort(search->kernels, search->fresh, n_fresh, search->scratch);
    search->n_listed =
        knn_list_merge(search->list, search->n_listed, search->k, search->fresh, n_fresh);
}

/** The buckets outside of a node that may have neighbours, nearest first. @return How many. */
static size_t list_buckets(knn_bucket_search *search, knn_bucket_range node) {
    const knn_buckets *buckets = search->buckets;
    const size_t n_padded = (buckets->n + PEREBOR_LANES - 1) / PEREBOR_LANES * PEREBOR_LANES;
    size_t n = 0;
    search->kernels->box_distances(search->measured, search->p, buckets->lows, buckets->highs,
                                   buckets->n, buckets->n_columns, search->query,
                                   search->distances);
    size_t n_kept = search->kernels->gather_below(search->distances, n_padded, limit_of(search),
                                                  search->kept, search->index);
    for (size_t i = 0; i < n_kept; i++) {
        search->nearest[n] = (knn_neighbor){.distance = search->kept[i], .row = search->index[i]};
        n += search->index[i] < node.begin || search->index[i] >= node.end;
    }
    knn_list_sort(search->kernels, search->nearest, n, search->scratch);
    return n;
}

void knn_bucket_search_run(knn_bucket_search *search, const perebor_matrix *queries, size_t row) {
    search->n_listed = 0;
    gather_query(search, queries, row);
    const knn_bucket_range node = knn_buckets_around(search->buckets, search->query, search->k);
    measure(search, node);
    size_t n_near = list_buckets(search, node);
    for (size_t i = 0; i < n_near && search->nearest[i].distance < limit_of(search); i++) {
        size_t bucket = search->nearest[i].row;
        if (perebor_deadline_passed_after(&search->worked,
                                          KNN_BUCKET_ROWS * search->buckets->n_columns)) {
            return;
        }
        measure(search, (knn_bucket_range){bucket, bucket + 1});
    }
}

size_t knn_bucket_search_home(const knn_bucket_search *search, const perebor_matrix *queries,
                              size_t row) {
    gather_query(search, queries, row);
    return knn_buckets_around(search->buckets, search->query, 1).begin;
}
