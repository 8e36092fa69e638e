// SPDX-License-Identifier: MIT
/**
 * @file page_template.h
 * The page that scripts/report-ui builds, as bytes of the program: page.html, which CMake embeds.
 */
#ifndef PEREBOR_RENDER_PAGE_TEMPLATE_H
#define PEREBOR_RENDER_PAGE_TEMPLATE_H

#include <stddef.h>

/** Terminated by a zero byte that does not count. */
extern const char render_page[];
extern const size_t render_page_size;

#endif
