// SPDX-License-Identifier: MIT
/**
 * @file terminal.h
 * What a command prints, as people may see it.
 *
 * Names of columns, levels, hosts and paths come from anywhere. Everything that the program writes
 * for people passes through perebor_text_escape() on its way to standard output and standard
 * error, so that nothing in a table can act upon a terminal. Data (JSON, CSV) is written as it is,
 * unless it goes to a terminal. On a terminal lines for people are parted where it ends (fold.h).
 */
#ifndef PEREBOR_CLI_TERMINAL_H
#define PEREBOR_CLI_TERMINAL_H

#include <stddef.h>
#include <stdio.h>

/**
 * Puts the filters in place, before anything is printed. Descriptors that are closed are taken, so
 * that no file of ours is taken for one of them. When the program ends and its standard output
 * could not be written, this is said, and the exit code is 1.
 */
void terminal_begin(void);

/** Standard output carries data from here on. */
void terminal_print_data(void);

/**
 * Shows lines that begin with a text in bold from here on, where the stream is a terminal that has
 * colours (TERM is not dumb) and NO_COLOR is not set. Warnings on standard error are yellow by
 * themselves.
 *
 * @param[in] beginning  Borrowed; NULL: none any more.
 */
void terminal_emphasize(FILE *stream, const char *beginning);

/** Characters of a line of standard output: of the terminal, else as COLUMNS says; 0 if neither is
 * there. */
size_t terminal_width(void);

/** Ends the output. @return @p code, or 1 with a message if it is 0 and not all could be written.
 */
int terminal_end(int code);

/** Writes to standard error as it is: for the program's own control sequences. */
void terminal_control(const char *text);

#endif
