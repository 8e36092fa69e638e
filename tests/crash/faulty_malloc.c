// SPDX-License-Identifier: MIT
// A library to preload: the n-th allocation that this program, and no library outside, asks for
// returns NULL. MPI's, HDF5's and libc's own allocations are theirs to survive or not.
//
//   FAULTY_MALLOC=N       the N-th fails
//   FAULTY_MALLOC_HIT=FILE  is made when it does
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

void *__libc_malloc(size_t size);                     // NOLINT(bugprone-reserved-identifier)
void *__libc_calloc(size_t n, size_t size);           // NOLINT(bugprone-reserved-identifier)
void *__libc_realloc(void *old, size_t size);         // NOLINT(bugprone-reserved-identifier)
void *__libc_memalign(size_t alignment, size_t size); // NOLINT(bugprone-reserved-identifier)

static atomic_long n_calls;
static long fail_at;
static uintptr_t program_begin, program_end;

/** The first object listed is the program itself. */
static int find_program(struct dl_phdr_info *info, size_t size, void *context) {
    (void)size;
    (void)context;
    for (size_t i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        if (segment->p_type == PT_LOAD && (segment->p_flags & PF_X) != 0) {
            program_begin = info->dlpi_addr + segment->p_vaddr;
            program_end = program_begin + segment->p_memsz;
        }
    }
    return 1;
}

__attribute__((constructor)) static void read_environment(void) {
    const char *at = getenv("FAULTY_MALLOC");
    (void)dl_iterate_phdr(find_program, NULL);
    fail_at = at != NULL ? strtol(at, NULL, 10) : 0;
}

static bool fails(const void *caller) {
    if (fail_at <= 0 || (uintptr_t)caller < program_begin || (uintptr_t)caller >= program_end ||
        ++n_calls != fail_at) {
        return false;
    }
    const char *path = getenv("FAULTY_MALLOC_HIT");
    if (path != NULL) {
        long descriptor = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT, 0644);
        (void)syscall(SYS_close, descriptor);
    }
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size) {
    return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size) {
    return fails(__builtin_return_address(0)) ? NULL : __libc_calloc(n, size);
}

void *realloc(void *old, size_t size) {
    return fails(__builtin_return_address(0)) ? NULL : __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    return fails(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);
}
