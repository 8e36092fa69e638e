// SPDX-License-Identifier: MIT
#include "failing_malloc.h"

static size_t countdown;
static bool fired;

void *__real_malloc(size_t size);                          // NOLINT(bugprone-reserved-identifier)
void *__real_calloc(size_t n, size_t size);                // NOLINT(bugprone-reserved-identifier)
void *__real_realloc(void *old, size_t size);              // NOLINT(bugprone-reserved-identifier)
void *__real_aligned_alloc(size_t alignment, size_t size); // NOLINT(bugprone-reserved-identifier)
void *__wrap_aligned_alloc(size_t alignment, size_t size); // NOLINT(bugprone-reserved-identifier)
void *__wrap_malloc(size_t size);                          // NOLINT(bugprone-reserved-identifier)
void *__wrap_calloc(size_t n, size_t size);                // NOLINT(bugprone-reserved-identifier)
void *__wrap_realloc(void *old, size_t size);              // NOLINT(bugprone-reserved-identifier)

void failing_malloc_arm(size_t n) {
    countdown = n;
    fired = false;
}

bool failing_malloc_disarm(void) {
    countdown = 0;
    return fired;
}

static bool fails(void) {
    if (countdown == 0 || --countdown > 0) {
        return false;
    }
    fired = true;
    return true;
}

void *__wrap_malloc(size_t size) {
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size) {
    return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *old, size_t size) {
    return fails() ? NULL : __real_realloc(old, size);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size) {
    return fails() ? NULL : __real_aligned_alloc(alignment, size);
}
