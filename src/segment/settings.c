// SPDX-License-Identifier: MIT
#include "segment/settings.h"

#include <stdarg.h>

#include "table/table.h"

perebor_status segment_fail_at(const char *experiment, perebor_position at, perebor_error *error,
                               const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    perebor_status status =
        table_vfail_at(experiment, PEREBOR_ERR_FORMAT, at, error, format, arguments);
    va_end(arguments);
    return status;
}
