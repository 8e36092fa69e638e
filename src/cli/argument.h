// SPDX-License-Identifier: MIT
/**
 * @file argument.h
 * What commands read from their command lines in the same way: the file to work on, numbers,
 * ranges of trials, choices, --set.
 *
 * These are called from a command's argp parser. What cannot be read ends the program there, with a
 * line that says what would be right and exit code 64.
 */
#ifndef PEREBOR_CLI_ARGUMENT_H
#define PEREBOR_CLI_ARGUMENT_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/experiment.h"
#include "perebor/search.h"

/** What a command works on. */
typedef enum argument_kind {
    ARGUMENT_EXPERIMENT = 0,
    ARGUMENT_RESULT = 1,
    ARGUMENT_TABLE = 2,
} argument_kind;

/** Threads and ranks that may be asked for. */
enum { ARGUMENT_MOST_THREADS = 4096, ARGUMENT_MOST_RANKS = 65536 };

/** The option of commands that read the experiment of a result file, for their tables of options.
 */
#define ARGUMENT_FOLDER(key)                                                                       \
    {                                                                                              \
        "folder", key, "FOLDER", 0,                                                                \
            "Where the experiment's folder is, if not where it was when it was run", 0             \
    }

/** The option of commands that make probabilities. @param but  A text that is added to its own. */
#define ARGUMENT_CALIBRATE(key, but)                                                               \
    {                                                                                              \
        "calibrate", key, "auto|sigmoid|isotonic|beta|none", 0,                                    \
            "How scores become probabilities (default: auto, the one with the least log loss out " \
            "of fold)" but,                                                                        \
            0                                                                                      \
    }

/** Trials [first, end). */
typedef struct argument_range {
    uint64_t first, end;
    bool one; /**< Written as one number: first. */
} argument_range;

/** A growing list of --set key=value. Starts as {0}. */
typedef struct argument_overrides {
    perebor_override *items;
    size_t n;
} argument_overrides;

/**
 * Takes the one file that a command works on; every other key it leaves to argp. To be called for
 * the keys that are no options.
 */
error_t argument_file(int key, char *value, struct argp_state *state, argument_kind kind,
                      const char **file);

/** A whole number from @p least to @p most. @param[in] option  As it is typed: "--threads". */
uint64_t argument_number(const struct argp_state *state, const char *option, const char *value,
                         uint64_t least, uint64_t most);

/** Reads the value of --max-hours. @return Seconds. */
double argument_hours(const struct argp_state *state, const char *value);

/** A time as Slurm writes it: minutes, MM:SS, HH:MM:SS, D-HH, D-HH:MM, D-HH:MM:SS. @return Seconds.
 */
double argument_time(const struct argp_state *state, const char *option, const char *value);

/** Reads a whole number from 0 to 2^64 - 1 that ends at @p end; false if it is none. */
bool argument_read_number(const char *text, const char *end, uint64_t *number);

/** Reads "7" or "0:100"; false if it is neither. */
bool argument_read_range(const char *text, argument_range *range);

/** Reads the value of --trials, "500" or "500:1000", into the options of a search. */
void argument_trials(const struct argp_state *state, const char *value,
                     perebor_search_options *search);

/** One of several words. @param[in] words  "csv|json". @return Its place, from 0. */
size_t argument_choice(const struct argp_state *state, const char *option, const char *value,
                       const char *words);

/** The same for a list of words, which NULL ends. @return The word. */
const char *argument_one_of(const struct argp_state *state, const char *option, const char *value,
                            const char *const *words);

/** What -o names: not nothing. @return @p value */
const char *argument_output(const struct argp_state *state, const char *option, const char *value);

/** The name of a result file to write: not one that ends like another kind of file. */
const char *argument_result_file(const struct argp_state *state, const char *option,
                                 const char *value);

/** Adds a --set. @param[in] assignment  "key=value"; its value is kept where it is. */
void argument_set(const struct argp_state *state, argument_overrides *list, const char *assignment);

void argument_overrides_release(argument_overrides *list);

#endif
