// SPDX-License-Identifier: MIT
/**
 * @file status.h
 * How every function of this library reports failure.
 *
 * A bug of ours is an assert. A trial that fails is data in its record. Everything else that can go
 * wrong is a status handed up to the caller, with one line for a person in a perebor_error that the
 * caller owns. On failure outputs are untouched.
 */
#ifndef PEREBOR_STATUS_H
#define PEREBOR_STATUS_H

/** Around the declarations of every public header: callable from C++, and exported. All else in the
 * library is hidden. */
#ifdef __cplusplus
#define PEREBOR_EXTERN_C_BEGIN extern "C" {
#define PEREBOR_EXTERN_C_END }
#else
#define PEREBOR_EXTERN_C_BEGIN
#define PEREBOR_EXTERN_C_END
#endif
#if defined(__GNUC__)
#define PEREBOR_BEGIN_DECLS _Pragma("GCC visibility push(default)") PEREBOR_EXTERN_C_BEGIN
#define PEREBOR_END_DECLS PEREBOR_EXTERN_C_END _Pragma("GCC visibility pop")
#else
#define PEREBOR_BEGIN_DECLS PEREBOR_EXTERN_C_BEGIN
#define PEREBOR_END_DECLS PEREBOR_EXTERN_C_END
#endif

#if defined(__GNUC__)
#define PEREBOR_MUST_CHECK __attribute__((warn_unused_result))
#define PEREBOR_PRINTF_LIKE(string, first) __attribute__((__format__(__printf__, string, first)))
#else
#define PEREBOR_MUST_CHECK
#define PEREBOR_PRINTF_LIKE(string, first)
#endif

PEREBOR_BEGIN_DECLS

/** What went wrong, coarse enough to act on. Values are stored in result files: never renumber. */
typedef enum perebor_status {
    PEREBOR_OK = 0,
    PEREBOR_ERR_ARGUMENT = 1, /**< The caller broke a documented precondition. */
    PEREBOR_ERR_MEMORY = 2,   /**< An allocation failed. */
    PEREBOR_ERR_IO = 3,       /**< The operating system refused a read or a write. */
    PEREBOR_ERR_FORMAT = 4,   /**< Input was read, but is not what it should be. */
    PEREBOR_ERR_NUMERIC = 5,  /**< A computation left the finite numbers or did not converge. */
    PEREBOR_ERR_CONFLICT =
        6, /**< Two inputs contradict each other: another experiment, other data. */
    PEREBOR_ERR_STOPPED = 7, /**< Stopped on request before the end; what is done is kept. */
} perebor_status;

/** The detail behind a status, for a person. A plain value: copy it, send it, store it. */
typedef struct perebor_error {
    perebor_status status;
    char message[1020]; /**< One line, no newline, always terminated. */
} perebor_error;

/** Returns a short, constant name such as "no memory". Never NULL. */
const char *perebor_status_name(perebor_status status);

/**
 * Fills @p error (ignored if NULL) and returns @p status, so that a caller can return it.
 *
 * A message that does not fit is cut at a whole UTF-8 character. The arguments may include
 * @p error's own message: it is read before it is overwritten.
 */
perebor_status perebor_fail(perebor_error *error, perebor_status status, const char *format, ...)
    PEREBOR_PRINTF_LIKE(3, 4);

/**
 * perebor_fail() with PEREBOR_ERR_MEMORY and "no memory ", which @p what goes on from: "for %zu
 * rows", "to read %s".
 */
perebor_status perebor_no_memory(perebor_error *error, const char *what, ...)
    PEREBOR_PRINTF_LIKE(2, 3);

PEREBOR_END_DECLS

#endif
