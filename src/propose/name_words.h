// SPDX-License-Identifier: MIT
/**
 * @file name_words.h
 * The words in the name of a column: "customerID", "customer_id" and "Customer ID" are "customer
 * id".
 */
#ifndef PEREBOR_PROPOSE_NAME_WORDS_H
#define PEREBOR_PROPOSE_NAME_WORDS_H

#include <stdbool.h>
#include <stddef.h>

enum { NAME_WORDS_SIZE = 256 };

/** Writes the words in lower case, a blank between two of them; a long name is cut.
 * @param[in,out] failed  Set if memory is short. */
void name_words_split(const char *name, char words[NAME_WORDS_SIZE], bool *failed);

/** Whether one of the words is in a list, which ends with NULL. A word of the list that ends with
 * "*" stands for all that begin so. */
bool name_words_have(const char *words, const char *const *list);

/**
 * A text in lower case, trimmed, NFKC, with blanks for "-" and "_".
 *
 * @param[in,out] failed  Set if memory is short.
 *
 * @return The caller frees it; NULL if memory is short or the text is not UTF-8.
 */
char *name_words_fold(const char *text, bool *failed);

#endif
