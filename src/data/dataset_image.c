// SPDX-License-Identifier: MIT
/*
 * A dataset as one block without pointers: a header, then sections that start at 64-byte
 * boundaries. Texts are offsets into one section of zero-terminated strings; numbers are in the
 * machine's own byte order, which the magic number gives away, because an image never leaves the
 * node it was made on.
 *
 *     header | columns [n_columns + n_passthrough] | levels [n_levels] | ids [n_rows]
 *            | values [n_columns + n_passthrough][n_rows] | labels | source_rows | groups | text
 */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "perebor/dataset.h"

enum { line_bytes = 64, image_version = 3 };

static const uint64_t image_magic = UINT64_C(0x7065726564617461);

/** Offsets are from the start of the image; those of texts are into the text section. */
typedef struct image_header {
    uint64_t magic, version, size;
    uint64_t n_rows, n_columns, n_passthrough, n_levels, text_size, has_labels, has_groups;
    uint64_t target_name, positive_name, negative_name, id_name;
} image_header;

typedef struct image_column {
    uint64_t name, role, n_levels;
    int64_t monotonic;
} image_column;

/** Where the sections of an image of given counts begin. */
typedef struct image_layout {
    uint64_t columns, levels, ids, values, labels, source_rows, groups, text, size;
    uint64_t values_stride; /* bytes from one column's values to the next */
} image_layout;

/** Grows @p end by a section; false if that passes @p limit. */
static bool lay_section(uint64_t *section, uint64_t *end, uint64_t count, uint64_t width,
                        uint64_t limit) {
    uint64_t start = (*end + line_bytes - 1) / line_bytes * line_bytes;
    if (start > limit || (width != 0 && count > (limit - start) / width)) {
        return false;
    }
    *section = start;
    *end = start + count * width;
    return true;
}

/** Lays out an image from the counts of its header; false if it passes @p limit bytes. */
static bool lay_out(image_layout *layout, const image_header *header, uint64_t limit) {
    uint64_t end = sizeof *header;
    if (header->n_rows > UINT32_MAX || header->n_columns > UINT32_MAX ||
        header->n_passthrough > UINT32_MAX || header->has_labels > 1 || header->has_groups > 1) {
        return false;
    }
    uint64_t n_all = header->n_columns + header->n_passthrough;
    uint64_t n_rows = header->n_rows;
    layout->values_stride = (n_rows * sizeof(double) + line_bytes - 1) / line_bytes * line_bytes;
    if (!lay_section(&layout->columns, &end, n_all, sizeof(image_column), limit) ||
        !lay_section(&layout->levels, &end, header->n_levels, sizeof(uint64_t), limit) ||
        !lay_section(&layout->ids, &end, n_rows, sizeof(uint64_t), limit) ||
        !lay_section(&layout->values, &end, n_all, layout->values_stride, limit) ||
        !lay_section(&layout->labels, &end, header->has_labels * n_rows, 1, limit) ||
        !lay_section(&layout->source_rows, &end, n_rows, sizeof(uint32_t), limit) ||
        !lay_section(&layout->groups, &end, header->has_groups * n_rows, sizeof(uint32_t), limit) ||
        !lay_section(&layout->text, &end, header->text_size, 1, limit)) {
        return false;
    }
    return lay_section(&layout->size, &end, 0, 1, limit);
}

/** The i-th column, the passthrough ones after the others. */
static const perebor_column *column_at(const perebor_dataset *dataset, size_t i) {
    return i < dataset->n_columns ? &dataset->columns[i]
                                  : &dataset->passthrough[i - dataset->n_columns];
}

static uint64_t text_bytes(const char *text) {
    return strlen(text) + 1;
}

static const char *id_at(const perebor_dataset *dataset, size_t row) {
    return dataset->ids != NULL ? dataset->ids[row] : "";
}

static image_header measure(const perebor_dataset *dataset) {
    image_header header = {
        .magic = image_magic,
        .version = image_version,
        .n_rows = dataset->n_rows,
        .n_columns = dataset->n_columns,
        .n_passthrough = dataset->n_passthrough,
        .has_labels = dataset->labels != NULL,
        .has_groups = dataset->groups != NULL,
    };
    header.text_size = text_bytes(dataset->target_name) + text_bytes(dataset->positive_name) +
                       text_bytes(dataset->negative_name) + text_bytes(dataset->id_name);
    for (size_t i = 0; i < dataset->n_columns + dataset->n_passthrough; i++) {
        const perebor_column *column = column_at(dataset, i);
        header.n_levels += column->n_levels;
        header.text_size += text_bytes(column->name);
        for (size_t level = 0; level < column->n_levels; level++) {
            header.text_size += text_bytes(column->levels[level]);
        }
    }
    for (size_t row = 0; row < dataset->n_rows; row++) {
        header.text_size += text_bytes(id_at(dataset, row));
    }
    return header;
}

/** Appends a text; returns its offset. */
static uint64_t put_text(char *section, uint64_t *used, const char *text) {
    uint64_t offset = *used;
    uint64_t bytes = text_bytes(text);
    memcpy(section + offset, text, bytes);
    *used += bytes;
    return offset;
}

static void put_columns(char *image, const image_layout *layout, uint64_t *text_used,
                        const perebor_dataset *dataset) {
    image_column *columns = (void *)(image + layout->columns);
    uint64_t *levels = (void *)(image + layout->levels);
    char *text = image + layout->text;
    for (size_t i = 0; i < dataset->n_columns + dataset->n_passthrough; i++) {
        const perebor_column *column = column_at(dataset, i);
        columns[i] = (image_column){
            .name = put_text(text, text_used, column->name),
            .role = (uint64_t)column->role,
            .n_levels = column->n_levels,
            .monotonic = column->monotonic,
        };
        for (size_t level = 0; level < column->n_levels; level++) {
            *levels++ = put_text(text, text_used, column->levels[level]);
        }
        if (dataset->n_rows > 0) {
            memcpy(image + layout->values + i * layout->values_stride, column->values,
                   dataset->n_rows * sizeof(double));
        }
    }
}

static void put_rows(char *image, const image_layout *layout, uint64_t *text_used,
                     const perebor_dataset *dataset) {
    size_t n_rows = dataset->n_rows;
    if (n_rows == 0) {
        return;
    }
    uint64_t *ids = (void *)(image + layout->ids);
    uint32_t *source_rows = (void *)(image + layout->source_rows);
    for (size_t row = 0; row < n_rows; row++) {
        source_rows[row] = dataset->source_rows != NULL ? dataset->source_rows[row] : (uint32_t)row;
        ids[row] = put_text(image + layout->text, text_used, id_at(dataset, row));
    }
    if (dataset->labels != NULL) {
        memcpy(image + layout->labels, dataset->labels, n_rows);
    }
    if (dataset->groups != NULL) {
        memcpy(image + layout->groups, dataset->groups, n_rows * sizeof(uint32_t));
    }
}

perebor_status perebor_dataset_pack(const perebor_dataset *dataset, void **image, size_t *size,
                                    perebor_error *error) {
    image_header header = measure(dataset);
    image_layout layout;
    if (!lay_out(&layout, &header, SIZE_MAX / 2)) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY,
                            "a dataset of %zu rows and %zu columns does not fit one block",
                            dataset->n_rows, dataset->n_columns);
    }
    char *block = aligned_alloc(line_bytes, layout.size);
    if (block == NULL) {
        return perebor_no_memory(error, "for a dataset of %zu rows and %zu columns (%zu bytes)",
                                 dataset->n_rows, dataset->n_columns, (size_t)layout.size);
    }
    memset(block, 0, layout.size); // gaps between sections too: equal datasets, equal images
    uint64_t text_used = 0;
    char *text = block + layout.text;
    header.size = layout.size;
    header.target_name = put_text(text, &text_used, dataset->target_name);
    header.positive_name = put_text(text, &text_used, dataset->positive_name);
    header.negative_name = put_text(text, &text_used, dataset->negative_name);
    header.id_name = put_text(text, &text_used, dataset->id_name);
    put_columns(block, &layout, &text_used, dataset);
    put_rows(block, &layout, &text_used, dataset);
    memcpy(block, &header, sizeof header);
    *image = block;
    *size = (size_t)layout.size;
    return PEREBOR_OK;
}

/** An image whose header and layout have been checked. */
typedef struct image_view {
    image_header header;
    image_layout layout;
    const char *bytes;
} image_view;

static perebor_status view_image(image_view *view, const void *image, size_t size,
                                 perebor_error *error) {
    image_header header;
    if (size < sizeof header || (uintptr_t)image % line_bytes != 0) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "%zu bytes are not a packed dataset at a 64-byte boundary", size);
    }
    memcpy(&header, image, sizeof header);
    if (header.magic != image_magic || header.version != image_version) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "not a packed dataset of version %d: it begins with %016llx, version "
                            "%llu",
                            image_version, (unsigned long long)header.magic,
                            (unsigned long long)header.version);
    }
    image_layout layout;
    if (header.size != size || !lay_out(&layout, &header, size) || layout.size != size) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "the packed dataset is damaged: its sections do not fill %zu bytes",
                            size);
    }
    // The last text ends, hence every text does that begins inside the section.
    const char *bytes = image;
    if (header.text_size == 0 || bytes[layout.text + header.text_size - 1] != '\0') {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "the packed dataset is damaged: its text does not end");
    }
    *view = (image_view){header, layout, bytes};
    return PEREBOR_OK;
}

/** The text at @p offset, or NULL if that is outside. */
static const char *text_at(const image_view *view, uint64_t offset) {
    return offset < view->header.text_size ? view->bytes + view->layout.text + offset : NULL;
}

/** Points @p n_texts texts from their offsets; false if one is outside. */
static bool point_texts(const char **texts, const image_view *view, uint64_t section,
                        uint64_t n_texts) {
    const uint64_t *offsets = (const void *)(view->bytes + section);
    for (uint64_t i = 0; i < n_texts; i++) {
        texts[i] = text_at(view, offsets[i]);
        if (texts[i] == NULL) {
            return false;
        }
    }
    return true;
}

/** Whether every value is missing, the index of a level, or an unknown level where one may be. */
static bool are_levels(const perebor_column *column, size_t n_rows) {
    const double n_levels = (double)column->n_levels;
    const double unknown = column->role == PEREBOR_ROLE_NOMINAL ? n_levels + 1.0 : NAN;
    for (size_t row = 0; row < n_rows; row++) {
        double value = column->values[row];
        if (value != value || value == unknown) {
            continue;
        }
        if (!(value >= 0 && value < n_levels) || (double)(size_t)value != value) {
            return false;
        }
    }
    return true;
}

/** Fills the columns; false if one is not what a column may be. */
static bool point_columns(perebor_column *columns, const char **levels, const image_view *view) {
    const image_column *packed = (const void *)(view->bytes + view->layout.columns);
    size_t n_rows = view->header.n_rows;
    uint64_t n_all = view->header.n_columns + view->header.n_passthrough;
    uint64_t n_levels = 0;
    for (uint64_t i = 0; i < n_all; i++) {
        const char *name = text_at(view, packed[i].name);
        if (name == NULL || packed[i].role > PEREBOR_ROLE_NOMINAL ||
            packed[i].n_levels > view->header.n_levels - n_levels || packed[i].monotonic < -1 ||
            packed[i].monotonic > (packed[i].role == PEREBOR_ROLE_NOMINAL ? 0 : 1)) {
            return false;
        }
        columns[i] = (perebor_column){
            .name = name,
            .role = (perebor_role)packed[i].role,
            .values =
                (const void *)(view->bytes + view->layout.values + i * view->layout.values_stride),
            .levels = packed[i].n_levels == 0 ? NULL : levels + n_levels,
            .n_levels = packed[i].n_levels,
            .monotonic = (int8_t)packed[i].monotonic,
        };
        bool numeric = columns[i].role == PEREBOR_ROLE_NUMERIC;
        if (numeric ? packed[i].n_levels != 0 : !are_levels(&columns[i], n_rows)) {
            return false;
        }
        n_levels += packed[i].n_levels;
    }
    return n_levels == view->header.n_levels;
}

static bool are_labels(const uint8_t *labels, size_t n_rows) {
    uint8_t seen = 0;
    for (size_t row = 0; row < n_rows; row++) {
        seen |= labels[row];
    }
    return seen <= 1;
}

/** Fills a dataset and what follows it in its block: columns, texts of levels, texts of ids. */
static bool point_dataset(perebor_dataset *pointed, const image_view *view) {
    const image_header *header = &view->header;
    uint64_t n_all = header->n_columns + header->n_passthrough;
    perebor_column *columns = (void *)(pointed + 1);
    const char **levels = (void *)(columns + n_all);
    const char **ids = levels + header->n_levels;
    perebor_dataset dataset = {
        .n_rows = header->n_rows,
        .n_columns = header->n_columns,
        .columns = columns,
        .labels = header->has_labels ? (const void *)(view->bytes + view->layout.labels) : NULL,
        .target_name = text_at(view, header->target_name),
        .positive_name = text_at(view, header->positive_name),
        .negative_name = text_at(view, header->negative_name),
        .id_name = text_at(view, header->id_name),
        .ids = ids,
        .source_rows = (const void *)(view->bytes + view->layout.source_rows),
        .groups = header->has_groups ? (const void *)(view->bytes + view->layout.groups) : NULL,
        .n_passthrough = header->n_passthrough,
        .passthrough = columns + header->n_columns,
    };
    *pointed = dataset;
    return dataset.target_name != NULL && dataset.positive_name != NULL &&
           dataset.negative_name != NULL && dataset.id_name != NULL &&
           (dataset.labels == NULL || are_labels(dataset.labels, dataset.n_rows)) &&
           point_texts(levels, view, view->layout.levels, header->n_levels) &&
           point_texts(ids, view, view->layout.ids, header->n_rows) &&
           point_columns(columns, levels, view);
}

perebor_status perebor_dataset_unpack(perebor_dataset **dataset, const void *image, size_t size,
                                      perebor_error *error) {
    image_view view = {0};
    perebor_status status;
    PEREBOR_TRY(done, view_image(&view, image, size, error));
    // The counts are bounded by the image's size, so this sum cannot overflow.
    size_t n_all = (size_t)(view.header.n_columns + view.header.n_passthrough);
    size_t n_texts = (size_t)(view.header.n_levels + view.header.n_rows);
    perebor_dataset *pointed =
        malloc(sizeof *pointed + n_all * sizeof(perebor_column) + n_texts * sizeof(const char *));
    if (pointed == NULL) {
        return perebor_no_memory(error, "to view a dataset of %zu rows and %zu columns",
                                 (size_t)view.header.n_rows, n_all);
    }
    if (!point_dataset(pointed, &view)) {
        free(pointed);
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "the packed dataset is damaged: a text, a label or a level lies "
                            "outside its range");
    }
    *dataset = pointed;
done:
    return status;
}
