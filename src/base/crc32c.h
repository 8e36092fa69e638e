// SPDX-License-Identifier: MIT
/**
 * @file crc32c.h
 * CRC-32C (Castagnoli; RFC 3720): tells a record that was torn in writing from a whole one.
 */
#ifndef PEREBOR_BASE_CRC32C_H
#define PEREBOR_BASE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/** The checksum of @p size bytes that continue those of @p before, which is 0 at the start. */
uint32_t perebor_crc32c(uint32_t before, const void *bytes, size_t size);

#endif
