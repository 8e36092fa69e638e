// SPDX-License-Identifier: MIT
#include "failing_malloc.h"

#include "perebor/workspace.h"

static size_t countdown;
static size_t n_calls;
static bool fired;

void *__real_malloc(size_t size);                          // NOLINT(bugprone-reserved-identifier)
void *__real_calloc(size_t n, size_t size);                // NOLINT(bugprone-reserved-identifier)
void *__real_realloc(void *old, size_t size);              // NOLINT(bugprone-reserved-identifier)
void *__real_aligned_alloc(size_t alignment, size_t size); // NOLINT(bugprone-reserved-identifier)
void *__wrap_aligned_alloc(size_t alignment, size_t size); // NOLINT(bugprone-reserved-identifier)
char *__real_strdup(const char *text);                     // NOLINT(bugprone-reserved-identifier)
char *__wrap_strdup(const char *text);                     // NOLINT(bugprone-reserved-identifier)
void *__wrap_malloc(size_t size);                          // NOLINT(bugprone-reserved-identifier)
void *__wrap_calloc(size_t n, size_t size);                // NOLINT(bugprone-reserved-identifier)
void *__wrap_realloc(void *old, size_t size);              // NOLINT(bugprone-reserved-identifier)
// NOLINTBEGIN(bugprone-reserved-identifier)
void *__real_perebor_workspace_take(perebor_workspace *workspace, size_t n, size_t size);
void *__real_perebor_workspace_take_zeroed(perebor_workspace *workspace, size_t n, size_t size);
void *__wrap_perebor_workspace_take(perebor_workspace *workspace, size_t n, size_t size);
void *__wrap_perebor_workspace_take_zeroed(perebor_workspace *workspace, size_t n, size_t size);
// NOLINTEND(bugprone-reserved-identifier)

void failing_malloc_arm(size_t n) {
    countdown = n;
    fired = false;
}

bool failing_malloc_disarm(void) {
    countdown = 0;
    return fired;
}

size_t failing_malloc_n_calls(void) {
    return n_calls;
}

static bool fails(void) {
    if (countdown == 0 || --countdown > 0) {
        return false;
    }
    fired = true;
    return true;
}

void *__wrap_malloc(size_t size) {
    n_calls++;
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size) {
    n_calls++;
    return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *old, size_t size) {
    n_calls++;
    return fails() ? NULL : __real_realloc(old, size);
}

char *__wrap_strdup(const char *text) {
    n_calls++;
    return fails() ? NULL : __real_strdup(text);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size) {
    n_calls++;
    return fails() ? NULL : __real_aligned_alloc(alignment, size);
}

void *__wrap_perebor_workspace_take(perebor_workspace *workspace, size_t n, size_t size) {
    return fails() ? NULL : __real_perebor_workspace_take(workspace, n, size);
}

void *__wrap_perebor_workspace_take_zeroed(perebor_workspace *workspace, size_t n, size_t size) {
    return fails() ? NULL : __real_perebor_workspace_take_zeroed(workspace, n, size);
}
