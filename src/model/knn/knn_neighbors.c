// SPDX-License-Identifier: MIT
#include "model/knn/knn_neighbors.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/deadline.h"
#include "base/try.h"
#include "model/knn/knn_bucket_search.h"
#include "model/knn/knn_distance.h"

enum { chunk_rows = KNN_CHUNK_ROWS };

/** Queries whose lists grow together, chunk by chunk. A multiple of KNN_QUERIES. */
enum { block_queries = 256 };

/** Rows of a chunk that the distance filter may let through for one query: each costs a gather of
 * its values. */
enum { most_passed = chunk_rows / 16 };

/** A list is begun from rough distances if it has at most this part of a chunk, and the filter lets
 * through no more than twice that. */
enum { least_part_of_first = 16 };

/** Groups of a block whose lists the filter may fail to begin before it is left alone: many rows
 * are as near as the last of a list. */
enum { most_refused = 8 };

/** Values that a group is held against between two looks at the deadline: even as powers they take
 * some milliseconds. */
enum { most_values = 1 << 16 };

/** No more neighbours than this part of the rows are looked for in buckets. */
enum { most_of_rows = 4 };

/** A search for neighbours, with the room it works in. */
typedef struct neighbor_search {
    const knn_kernels *kernels;
    const knn_points *points;
    knn_metric metric;
    double p;
    knn_metric measured; /**< What chunks are measured by: metric, or a rough one. */
    size_t k;
    knn_entries entries;   /**< Entries of all queries' rare columns. */
    double *distances;     /**< [KNN_QUERIES][chunk_rows] */
    double *queries;       /**< [n_dense][KNN_QUERIES] the columns that are not rare */
    double *kept;          /**< [chunk_rows + 8] distances of a chunk that may matter */
    uint32_t *index;       /**< [chunk_rows + 8] their places in the chunk */
    knn_neighbor *fresh;   /**< [chunk_rows] the same, sorted */
    knn_neighbor *scratch; /**< [chunk_rows] */
    knn_neighbor *lists;   /**< [block_queries][k] */
    size_t *n_listed;      /**< [block_queries] */
    uint32_t *codes;       /**< [n_blocks][KNN_QUERIES] levels of the queries */
    float *single_queries; /**< [n_dense][KNN_QUERIES] */
    float *rough;          /**< [KNN_QUERIES][chunk_rows] */
    uint32_t *passed;      /**< [KNN_QUERIES][chunk_rows] places of rows that may be near */
    size_t n_refused;      /**< Groups of the block whose lists the filter could not begin. */
    double guess;          /**< A limit that served the query before. */
} neighbor_search;

static perebor_status allocate(neighbor_search *search, perebor_workspace *workspace,
                               perebor_error *error) {
    size_t k = search->k;
    size_t columns = search->points->rare.first;
    search->distances = perebor_workspace_take(workspace, KNN_QUERIES * chunk_rows, sizeof(double));
    search->queries = perebor_workspace_take(workspace, columns * KNN_QUERIES, sizeof(double));
    search->kept = perebor_workspace_take(workspace, chunk_rows + PEREBOR_LANES, sizeof(double));
    search->index = perebor_workspace_take(workspace, chunk_rows + PEREBOR_LANES, sizeof(uint32_t));
    search->fresh = perebor_workspace_take(workspace, chunk_rows, sizeof(knn_neighbor));
    search->scratch = perebor_workspace_take(workspace, chunk_rows, sizeof(knn_neighbor));
    search->lists = perebor_workspace_take(workspace, block_queries * k, sizeof(knn_neighbor));
    search->n_listed = perebor_workspace_take(workspace, block_queries, sizeof(size_t));
    search->codes = perebor_workspace_take(workspace, search->points->levels.n_blocks,
                                           KNN_QUERIES * sizeof(uint32_t));
    search->single_queries =
        perebor_workspace_take(workspace, columns * KNN_QUERIES, sizeof(float));
    search->rough = perebor_workspace_take(workspace, KNN_QUERIES * chunk_rows, sizeof(float));
    search->passed =
        perebor_workspace_take(workspace, KNN_QUERIES * chunk_rows + 1, sizeof(uint32_t));
    if (search->distances == NULL || search->queries == NULL || search->kept == NULL ||
        search->index == NULL || search->fresh == NULL || search->scratch == NULL ||
        search->lists == NULL || search->n_listed == NULL || search->codes == NULL ||
        search->single_queries == NULL || search->rough == NULL || search->passed == NULL) {
        return perebor_no_memory(error, "for lists of %zu neighbours", k);
    }
    return PEREBOR_OK;
}

/** Takes newcomers, in any order, into a query's list. */
static void add_to_list(neighbor_search *search, size_t query, size_t n_fresh) {
    size_t *n_listed = &search->n_listed[query];
    knn_list_sort(search->kernels, search->fresh, n_fresh, search->scratch);
    *n_listed = knn_list_merge(search->lists + query * search->k, *n_listed, search->k,
                               search->fresh, n_fresh);
}

static bool has_rare(const knn_points *points) {
    return points->rare.first < points->rare.n_columns;
}

/** The distance of one row, with the bits that distances() gives it. @param[in] number  Of the
 *  query among all. */
static double distance_of(const neighbor_search *search, size_t row, size_t query, size_t number) {
    const knn_points *points = search->points;
    double sum = knn_distance(search->metric, search->p, points->packed, row, points->rare.first,
                              search->queries + query, KNN_QUERIES);
    if (has_rare(points)) {
        sum = knn_rare_continue(&points->rare, search->metric, search->p, sum,
                                knn_entries_of(&search->entries, number),
                                knn_entries_of(&points->entries, row));
    }
    return knn_levels_continue(&points->levels, sum, row, search->codes, query);
}

/** Takes one chunk's distances into one query's list. @param[in] number  Of the group's first query
 * among all. */
static void extend_list(neighbor_search *search, size_t group, size_t member, size_t number,
                        size_t n_padded, size_t first_row) {
    const size_t k = search->k, n_columns = search->points->n_columns;
    const knn_neighbor *list = search->lists + (group + member) * k;
    const double *distances = search->distances + member * chunk_rows;
    const bool rough = search->measured != search->metric;
    size_t n_fresh = 0, worked = PEREBOR_DEADLINE_VALUES; // looks at once
    // A later row at the same distance as the last of a full list comes after it.
    const double limit = search->n_listed[group + member] == k ? list[k - 1].distance : INFINITY;
    double wide = rough ? knn_rough_upper(limit, search->p, n_columns) : limit;
    wide = knn_list_limit(search->kernels, k, distances, n_padded, wide, &search->guess);
    wide = rough ? knn_rough_limit(wide, search->p, n_columns) : wide;
    const size_t n_kept =
        search->kernels->gather_below(distances, n_padded, wide, search->kept, search->index);
    for (size_t i = 0; i < n_kept; i++) {
        if (rough && perebor_deadline_passed_after(&worked, n_columns)) {
            return;
        }
        const size_t row = first_row + search->index[i];
        const double distance =
            rough ? distance_of(search, row, member, number + member) : search->kept[i];
        search->fresh[n_fresh] = (knn_neighbor){.distance = distance, .row = (uint32_t)row};
        n_fresh += distance < limit;
    }
    add_to_list(search, group + member, n_fresh);
}

/** Rough distances of a query go on over rare columns. @return What that may add to a distance */
static double continue_roughly(neighbor_search *search, size_t query, size_t number,
                               size_t first_row, size_t n_padded, double farthest) {
    const knn_points *points = search->points;
    if (!has_rare(points)) {
        return 0.0;
    }
    double largest;
    double roundings = knn_rare_continue_roughly(
        &points->rare, &points->columns, search->metric, knn_entries_of(&search->entries, number),
        first_row, n_padded, search->rough + query * chunk_rows, &largest);
    return 0x1p-23 * roundings * (farthest + largest);
}

/** Rows of a chunk that a group is held against between two looks at the deadline. */
static size_t rows_of_step(const knn_points *points) {
    const size_t n_tiles = most_values / KNN_FILTER_TILE / (points->n_columns + 1) + 1;
    return n_tiles * KNN_FILTER_TILE;
}

/** Rough distances of a group of queries to one chunk, but for rare columns. */
static void measure_roughly(neighbor_search *search, size_t first_row, size_t n_rows) {
    const knn_distance_filter *filter = &search->points->filter;
    const knn_levels *levels = &search->points->levels;
    const size_t step = rows_of_step(search->points);
    for (size_t row = 0; row < n_rows && !perebor_deadline_passed(); row += step) {
        const size_t n = n_rows - row < step ? n_rows - row : step;
        search->kernels->rough(
            search->metric, filter->packed + (first_row + row) * filter->n_columns, n,
            filter->n_columns, search->single_queries, search->rough + row, chunk_rows);
    }
    if (levels->n_blocks > 0) {
        search->kernels->add_levels_roughly(levels->packed, levels->none, levels->n_blocks,
                                            search->codes, first_row, n_rows, search->rough,
                                            chunk_rows);
    }
}

/**
 * Takes from a chunk what the distance filter lets through. Where it lets through much, nothing is
 * changed.
 *
 * @param[in] number  Of the group's first query among all.
 * @param[in] full    Whether the lists are; or else they are empty.
 * @return Whether it has been done.
 */
static bool extend_by_filter(neighbor_search *search, size_t group, size_t n_members, size_t number,
                             size_t first_row, size_t n_rows, bool full) {
    const knn_distance_filter *filter = &search->points->filter;
    const size_t k = search->k;
    size_t n_passed[KNN_QUERIES];
    size_t chunk = first_row / chunk_rows;
    size_t n_padded = (n_rows + KNN_FILTER_TILE - 1) / KNN_FILTER_TILE * KNN_FILTER_TILE;
    const size_t most = full ? most_passed : 2 * n_rows / least_part_of_first;
    measure_roughly(search, first_row, n_rows);
    for (size_t query = 0; query < n_members; query++) {
        double norm = knn_distance_filter_norm(filter, search->metric, search->queries, query);
        const float *rough = search->rough + query * chunk_rows;
        // Bounds an empty list: k of the rows are not farther away than that.
        double farthest =
            full ? search->lists[(group + query) * k + k - 1].distance
                 : knn_distance_filter_bound(filter, search->metric, chunk,
                                             search->kernels->bound(rough, n_padded, k), norm);
        double slack =
            continue_roughly(search, query, number + query, first_row, n_padded, farthest);
        float limit =
            knn_distance_filter_limit(filter, search->metric, chunk, farthest, norm, slack);
        n_passed[query] = search->kernels->select_below(rough, n_padded, limit,
                                                        search->passed + query * chunk_rows);
        if (n_passed[query] > most || isinf(limit)) {
            return false;
        }
    }
    for (size_t query = 0; query < n_members; query++) {
        const knn_neighbor *list = search->lists + (group + query) * k;
        const double farthest = full ? list[k - 1].distance : INFINITY;
        const uint32_t *passed = search->passed + query * chunk_rows;
        size_t n_fresh = 0;
        for (size_t i = 0; i < n_passed[query]; i++) {
            size_t row = first_row + passed[i];
            double distance = distance_of(search, row, query, number + query);
            search->fresh[n_fresh] = (knn_neighbor){.distance = distance, .row = (uint32_t)row};
            n_fresh += distance < farthest;
        }
        add_to_list(search, group + query, n_fresh);
    }
    return true;
}

/** Gathers the queries of a group; a group that is not full repeats its first. */
static void gather_queries(neighbor_search *search, const perebor_matrix *queries, size_t first,
                           size_t n_members) {
    for (size_t column = 0; column < search->points->rare.first; column++) {
        const double *values = perebor_matrix_column(queries, column) + first;
        for (size_t member = 0; member < KNN_QUERIES; member++) {
            double value = values[member < n_members ? member : 0];
            search->queries[column * KNN_QUERIES + member] = value;
            search->single_queries[column * KNN_QUERIES + member] = (float)value;
        }
    }
    for (size_t block = 0; block < search->points->levels.n_blocks; block++) {
        const uint32_t *codes = queries->indicators[block].codes + first;
        for (size_t member = 0; member < KNN_QUERIES; member++) {
            search->codes[block * KNN_QUERIES + member] = codes[member < n_members ? member : 0];
        }
    }
}

/** All distances of a group of queries to one chunk, some rows at a time where there are many
 * columns. @param[in] number  Of the group's first query among all. */
static void measure_chunk(neighbor_search *search, size_t number, size_t n_members,
                          size_t first_row, size_t n_rows) {
    const knn_points *points = search->points;
    size_t n_dense = points->rare.first;
    const size_t step = rows_of_step(points);
    for (size_t row = 0; row < n_rows && !perebor_deadline_passed(); row += step) {
        size_t n = n_rows - row < step ? n_rows - row : step;
        search->kernels->distances(search->measured, search->p,
                                   points->packed + (first_row + row) * n_dense, n, n_dense,
                                   search->queries, search->distances + row, chunk_rows);
        for (size_t member = 0; member < n_members && has_rare(points); member++) {
            knn_rare_continue_all(&points->rare, search->metric, search->p,
                                  knn_entries_of(&search->entries, number + member),
                                  &points->entries, first_row + row, n,
                                  search->distances + member * chunk_rows + row);
        }
    }
    const knn_levels *levels = &points->levels;
    if (levels->n_blocks > 0) {
        search->kernels->add_levels(levels->packed, levels->none, levels->n_blocks, search->codes,
                                    first_row, n_rows, search->distances, chunk_rows);
    }
}

/** Whether lists of a chunk can be begun from its rough distances. */
static bool begins_by_filter(const neighbor_search *search, size_t n_rows) {
    return search->k <= KNN_MOST_BOUNDED && search->k <= n_rows / least_part_of_first &&
           n_rows >= 4 * KNN_FILTER_TILE && !has_rare(search->points) &&
           search->n_refused < most_refused;
}

/** A group of queries against one chunk. @param[in] number  Of the first of them among all. */
static void search_chunk(neighbor_search *search, size_t group, size_t n_members, size_t number,
                         size_t row) {
    const knn_points *points = search->points;
    size_t n_rows = points->n_rows - row < chunk_rows ? points->n_rows - row : chunk_rows;
    size_t n_padded = (n_rows + PEREBOR_LANES - 1) / PEREBOR_LANES * PEREBOR_LANES;
    bool full = true, empty = true;
    for (size_t member = 0; member < n_members; member++) {
        full = full && search->n_listed[group + member] == search->k;
        empty = empty && search->n_listed[group + member] == 0;
    }
    if (points->filter.packed != NULL && search->metric != KNN_MINKOWSKI &&
        (full || (empty && begins_by_filter(search, n_rows)))) {
        if (extend_by_filter(search, group, n_members, number, row, n_rows, full)) {
            return;
        }
        search->n_refused += empty;
    }
    measure_chunk(search, number, n_members, row, n_rows);
    for (size_t member = 0; member < n_members; member++) {
        extend_list(search, group, member, number, n_padded, row);
    }
}

/** Queries first … first + n - 1 against every chunk. */
static perebor_status search_block(neighbor_search *search, const perebor_matrix *queries,
                                   size_t first, size_t n, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const knn_points *points = search->points;
    memset(search->n_listed, 0, block_queries * sizeof *search->n_listed);
    search->guess = NAN;
    search->n_refused = 0;
    for (size_t row = 0; row < points->n_rows; row += chunk_rows) {
        for (size_t group = 0; group < n; group += KNN_QUERIES) {
            PEREBOR_TRY(done, perebor_deadline_check(error));
            size_t n_members = n - group < KNN_QUERIES ? n - group : KNN_QUERIES;
            gather_queries(search, queries, first + group, n_members);
            search_chunk(search, group, n_members, first + group, row);
        }
    }
    status = perebor_deadline_check(error);
done:
    return status;
}

static perebor_status fail_overflowing(perebor_error *error) {
    return perebor_fail(error, PEREBOR_ERR_NUMERIC, "distances overflow: scale the columns");
}

/** Finds neighbours chunk by chunk. */
static perebor_status find_by_chunks(neighbor_search *search, const perebor_matrix *queries,
                                     perebor_workspace *workspace, knn_receive *receive,
                                     void *context, perebor_error *error) {
    const knn_points *points = search->points;
    const size_t k = search->k;
    perebor_status status = allocate(search, workspace, error);
    if (status == PEREBOR_OK && has_rare(points)) {
        status = knn_entries_create(&search->entries, &points->rare, queries, workspace, error);
    }
    for (size_t first = 0; status == PEREBOR_OK && first < queries->n_rows;
         first += block_queries) {
        size_t left = queries->n_rows - first;
        size_t n = left < block_queries ? left : block_queries;
        status = search_block(search, queries, first, n, error);
        for (size_t query = 0; status == PEREBOR_OK && query < n; query++) {
            if (search->n_listed[query] < k) {
                status = fail_overflowing(error);
            } else {
                receive(context, first + query, search->lists + query * k, k);
                status = perebor_deadline_check(error);
            }
        }
    }
    return status;
}

/**
 * How many rows a search by chunks passes over in the time in which buckets take one: measured on
 * 2500 … 80 000 rows of 3 … 10 columns. Powers take their time either way.
 */
static double chunk_rows_per_bucket_row(const neighbor_search *search) {
    if (search->metric == KNN_MINKOWSKI) {
        return 1.1;
    }
    return search->points->n_rows >= 4 * chunk_rows ? 8.0
           : search->k <= KNN_MOST_BOUNDED          ? 5.0
                                                    : 2.5;
}

/** Whether buckets are quicker, as some queries, spread over all, say. */
static bool are_buckets_worth_it(const neighbor_search *search, knn_bucket_search *by_buckets,
                                 const perebor_matrix *queries) {
    enum { n_tried = 32, least_queries = 4 * n_tried };
    if (queries->n_rows < least_queries) {
        return false;
    }
    for (size_t i = 0; i < n_tried && !perebor_deadline_passed(); i++) {
        knn_bucket_search_run(by_buckets, queries, queries->n_rows / n_tried * i);
    }
    return (double)by_buckets->n_measured * chunk_rows_per_bucket_row(search) <
           (double)search->points->n_rows * n_tried;
}

/** Queries in the order of the buckets they would be in. @param[out] order  [queries->n_rows] */
static perebor_status order_queries(const knn_bucket_search *search, const perebor_matrix *queries,
                                    uint32_t *order, perebor_workspace *workspace,
                                    perebor_error *error) {
    const size_t n = queries->n_rows;
    uint32_t *homes = perebor_workspace_take(workspace, n, sizeof *homes);
    size_t *next = perebor_workspace_take_zeroed(workspace, search->buckets->n + 1, sizeof *next);
    if (homes == NULL || next == NULL) {
        return perebor_no_memory(error, "for the order of %zu rows", n);
    }
    size_t worked = 0;
    for (size_t row = 0; row < n; row++) {
        if (perebor_deadline_passed_after(&worked, search->buckets->n_columns)) {
            return perebor_deadline_check(error);
        }
        homes[row] = (uint32_t)knn_bucket_search_home(search, queries, row);
        next[homes[row] + 1]++;
    }
    for (size_t bucket = 1; bucket <= search->buckets->n; bucket++) {
        next[bucket] += next[bucket - 1];
    }
    for (size_t row = 0; row < n; row++) {
        order[next[homes[row]]++] = (uint32_t)row;
    }
    return PEREBOR_OK;
}

/** Finds neighbours by buckets, where these are worth it. @param[out] found  Whether they were. */
static perebor_status find_by_buckets(const neighbor_search *search, const perebor_matrix *queries,
                                      perebor_workspace *workspace, knn_receive *receive,
                                      void *context, bool *found, perebor_error *error) {
    perebor_status status;
    const size_t k = search->k;
    knn_bucket_search by_buckets = {
        .buckets = &search->points->buckets, .metric = search->metric, .p = search->p, .k = k};
    uint32_t *order = perebor_workspace_take(workspace, queries->n_rows, sizeof *order);
    if (order == NULL || !knn_bucket_search_begin(&by_buckets, workspace)) {
        return perebor_no_memory(error, "for lists of %zu neighbours", k);
    }
    *found = are_buckets_worth_it(search, &by_buckets, queries);
    PEREBOR_TRY(done, perebor_deadline_check(error));
    if (!*found) {
        goto done;
    }
    PEREBOR_TRY(done, order_queries(&by_buckets, queries, order, workspace, error));
    for (size_t i = 0; i < queries->n_rows; i++) {
        knn_bucket_search_run(&by_buckets, queries, order[i]);
        PEREBOR_TRY(done, perebor_deadline_check(error));
        if (by_buckets.n_listed < k) {
            return fail_overflowing(error);
        }
        receive(context, order[i], by_buckets.list, k);
    }
done:
    return status;
}

/** Codes of other blocks than the points' cannot be compared with theirs: writes out what has any.
 */
static perebor_status find_expanded(const knn_points *points, knn_metric metric, double p,
                                    const perebor_matrix *queries, size_t k,
                                    perebor_workspace *workspace, knn_receive *receive,
                                    void *context, perebor_error *error) {
    perebor_status status;
    perebor_matrix rows = {0};
    perebor_matrix dense_queries = {0};
    knn_points dense = {0};
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    if (points->levels.n_blocks > 0) {
        PEREBOR_TRY(done, knn_points_expand(&rows, points, workspace, error));
        PEREBOR_TRY(done, knn_points_create(&dense, &rows, workspace, error));
        points = &dense;
    }
    PEREBOR_TRY(done, perebor_matrix_expand(&dense_queries, queries, workspace, error));
    PEREBOR_TRY(done, knn_neighbors_find(points, metric, p, &dense_queries, k, workspace, receive,
                                         context, error));
done:
    perebor_workspace_return(workspace, begin);
    return status;
}

perebor_status knn_neighbors_find(const knn_points *points, knn_metric metric, double p,
                                  const perebor_matrix *queries, size_t k,
                                  perebor_workspace *workspace, knn_receive *receive, void *context,
                                  perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    bool found = false;
    if (!knn_levels_fit(&points->levels, queries)) {
        return find_expanded(points, metric, p, queries, k, workspace, receive, context, error);
    }
    neighbor_search search = {.kernels = PEREBOR_KERNEL_PICK(knn_kernels),
                              .points = points,
                              .metric = metric,
                              .p = p,
                              .measured = knn_rough_metric(metric),
                              .k = k,
                              .guess = NAN};
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    if (points->buckets.n > 0 && k <= points->n_rows / most_of_rows) {
        status = find_by_buckets(&search, queries, workspace, receive, context, &found, error);
        perebor_workspace_return(workspace, begin);
    }
    if (status == PEREBOR_OK && !found) {
        status = find_by_chunks(&search, queries, workspace, receive, context, error);
    }
    perebor_workspace_return(workspace, begin);
    return status;
}
