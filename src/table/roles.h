// SPDX-License-Identifier: MIT
/**
 * @file roles.h
 * Which column of the joined table is what: identifier, target, group, feature, passthrough, left
 * out.
 */
#ifndef PEREBOR_TABLE_ROLES_H
#define PEREBOR_TABLE_ROLES_H

#include "table/joined.h"

/** One feature. */
typedef struct table_feature {
    size_t column; /**< A column of the joined table. */
    perebor_role role;
    size_t entry;     /**< Place in the experiment's ordinal or boolean columns. */
    int8_t monotonic; /**< As perebor_column has it. */
} table_feature;

/** Columns of the joined table; TABLE_NO_COLUMN where the experiment names none. */
typedef struct table_roles {
    size_t id, target, group;
    table_feature *features; /**< [n_features] in the order of the dataset. */
    size_t n_features;
    size_t *passthrough; /**< [n_passthrough] */
    size_t n_passthrough;
} table_roles;

/**
 * Decides for every column. A name decides before a pattern, and a pattern before "*".
 *
 * @param[out] roles  Released with table_roles_release().
 *
 * @retval PEREBOR_ERR_FORMAT  A name that is no column, a column with two roles or none, an
 *                             identifier as a feature, no feature at all.
 */
PEREBOR_MUST_CHECK perebor_status table_roles_resolve(table_roles *roles, const table_load *load,
                                                      const table_joined *joined,
                                                      perebor_error *error);

void table_roles_release(table_roles *roles);

#endif
