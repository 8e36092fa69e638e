// SPDX-License-Identifier: MIT
/**
 * @file language.h
 * The language of what a command prints for people. Names of the user's stay as they are.
 */
#ifndef PEREBOR_CLI_LANGUAGE_H
#define PEREBOR_CLI_LANGUAGE_H

/** Places in LANGUAGE_NAMES. */
typedef enum language { LANGUAGE_ENGLISH = 0, LANGUAGE_RUSSIAN = 1 } language;

/** As argument_choice() takes them. */
#define LANGUAGE_NAMES "en|ru"

/** The option of commands that print tables, for their tables of options. */
#define ARGUMENT_LANGUAGE(key)                                                                     \
    { "lang", key, LANGUAGE_NAMES, 0, "The language of what is printed (default: en)", 0 }

/** A text in a language: formats are checked in both. */
#define IN_LANGUAGE(language, english, russian)                                                    \
    ((language) == LANGUAGE_RUSSIAN ? (russian) : (english))

#endif
