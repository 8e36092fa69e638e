// SPDX-License-Identifier: MIT
/**
 * @file failing_malloc.h
 * Makes one allocation of this library fail: the n-th from now. A test walks n from 1 until nothing
 * fails any more, and so visits every allocation there is.
 *
 * Works by the linker's --wrap; see perebor_memory_test() in tests/support/FailingMalloc.cmake.
 * Libraries outside keep their own malloc. One thread at a time.
 */
#ifndef PEREBOR_TESTS_FAILING_MALLOC_H
#define PEREBOR_TESTS_FAILING_MALLOC_H

#include <stdbool.h>
#include <stddef.h>

/**
 * The n-th call of malloc, calloc, realloc, strdup, aligned_alloc or perebor_workspace_take
 * from now returns NULL; 0: none.
 */
void failing_malloc_arm(size_t n);

/** True if an allocation has failed since. Disarms. */
bool failing_malloc_disarm(void);

/** How often the library has asked the system for memory so far: takes from a workspace are not
 * counted, its blocks are. */
size_t failing_malloc_n_calls(void);

#endif
