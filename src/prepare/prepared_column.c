// SPDX-License-Identifier: MIT
#include "prepare/prepared_column.h"

#include <assert.h>

#include "prepare/fitted.h"

const char *const prepared_encoding_names[] = {
    [PREPARED_NUMBER] = "number", [PREPARED_LEVEL] = "level", [PREPARED_CODE] = "code"};
const char *const prepared_scaling_names[] = {
    [PREPARED_AS_IS] = "none", [PREPARED_CENTRE] = "centre", [PREPARED_STRETCH] = "stretch"};

static const prepared_encoding encodings[] = {[PREPARE_NUMBER] = PREPARED_NUMBER,
                                              [PREPARE_LEVEL] = PREPARED_LEVEL,
                                              [PREPARE_CODE] = PREPARED_CODE};
static const prepared_scaling scalings[] = {[SCALING_NONE] = PREPARED_AS_IS,
                                            [SCALING_CENTRE] = PREPARED_CENTRE,
                                            [SCALING_STRETCH] = PREPARED_STRETCH};

prepared_column prepared_column_at(const perebor_preparation *preparation, size_t column) {
    const prepare_fitted *fitted = preparation->fitted;
    const prepare_column *prepared = &fitted->columns[preparation->selected[column]];
    const prepare_source *source = &fitted->sources[prepared->source];
    assert(source->fill_known || prepared->encoding != PREPARE_NUMBER);
    return (prepared_column){
        .source = prepared->source,
        .encoding = encodings[prepared->encoding],
        .level = prepared->level,
        .fill = source->fill,
        .scaling = scalings[source->scaling.form],
        .shift = source->scaling.shift,
        .factor = source->scaling.factor,
        .codes = prepared->encoding == PREPARE_CODE ? source->codes : NULL,
    };
}
