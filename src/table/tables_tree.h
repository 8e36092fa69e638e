// SPDX-License-Identifier: MIT
/**
 * @file tables_tree.h
 * What was read and what the steps did to it, as the content of a file.
 */
#ifndef PEREBOR_TABLE_TABLES_TREE_H
#define PEREBOR_TABLE_TABLES_TREE_H

#include "h5/file_tree.h"
#include "perebor/tables.h"

/** Adds /sources and /steps. */
void tables_to_tree(const perebor_tables_report *report, h5_tree *tree);

#endif
