// SPDX-License-Identifier: MIT
#include "propose/name_words.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

char *name_words_fold(const char *text, bool *failed) {
    const perebor_text_rule rule = {
        .form = PEREBOR_TEXT_NFKC, .letter_case = PEREBOR_TEXT_LOWER, .trim = true};
    char *folded = NULL;
    size_t length = 0;
    perebor_status status =
        perebor_text_normalize(&folded, &length, text, strlen(text), rule, NULL);
    *failed |= status == PEREBOR_ERR_MEMORY;
    if (status != PEREBOR_OK) {
        return NULL;
    }
    for (size_t i = 0; i < length; i++) {
        folded[i] = folded[i] == '-' || folded[i] == '_' ? ' ' : folded[i];
    }
    return folded;
}

/** Whether a new word begins at a capital: after a small letter or a digit, as in customerID. */
static bool is_hump(const char *name, size_t i) {
    unsigned char before = i > 0 ? (unsigned char)name[i - 1] : ' ';
    return isupper((unsigned char)name[i]) && (islower(before) || isdigit(before));
}

static bool is_of_a_word(unsigned char byte) {
    return byte >= 0x80 || isalnum(byte);
}

void name_words_split(const char *name, char words[NAME_WORDS_SIZE], bool *failed) {
    char parted[NAME_WORDS_SIZE];
    size_t n = 0;
    for (size_t i = 0; name[i] != '\0' && n + 2 < sizeof parted; i++) {
        if (is_hump(name, i)) {
            parted[n++] = ' ';
        }
        parted[n++] = is_of_a_word((unsigned char)name[i]) ? name[i] : ' ';
    }
    parted[perebor_text_valid_length(parted, n)] = '\0';
    char *folded = name_words_fold(parted, failed);
    size_t length = folded != NULL ? strlen(folded) : 0;
    length = length < NAME_WORDS_SIZE ? length : NAME_WORDS_SIZE - 1;
    if (folded != NULL) {
        memcpy(words, folded, length);
    }
    words[length] = '\0';
    free(folded);
}

static bool is_word(const char *word, size_t length, const char *wanted) {
    size_t n = strlen(wanted);
    if (n > 0 && wanted[n - 1] == '*') {
        return length >= n - 1 && strncmp(word, wanted, n - 1) == 0;
    }
    return length == n && strncmp(word, wanted, n) == 0;
}

bool name_words_have(const char *words, const char *const *list) {
    for (const char *word = words; *word != '\0';) {
        size_t length = strcspn(word, " ");
        for (size_t i = 0; length > 0 && list[i] != NULL; i++) {
            if (is_word(word, length, list[i])) {
                return true;
            }
        }
        word += length;
        word += strspn(word, " ");
    }
    return false;
}
