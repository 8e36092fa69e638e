// SPDX-License-Identifier: MIT
/**
 * @file yaml_syntax.h
 * What is the matter with a file that is not YAML, in the words of somebody who wants to mend it.
 */
#ifndef PEREBOR_CONFIG_YAML_SYNTAX_H
#define PEREBOR_CONFIG_YAML_SYNTAX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <yaml.h>

/** A place and a sentence. */
typedef struct yaml_complaint {
    uint32_t line, column; /**< From 1, counted in characters; 0 where a place says nothing. */
    char text[400];
} yaml_complaint;

/** True for a file that its first bytes give away as something else: HDF5, gzip, UTF-16, ... */
bool yaml_is_another_kind(const char *text, size_t size, yaml_complaint *complaint);

/** Says why a parser stopped. @param[in] parser  With an error that is not memory. */
void yaml_explain(const yaml_parser_t *parser, const char *text, size_t size,
                  yaml_complaint *complaint);

#endif
