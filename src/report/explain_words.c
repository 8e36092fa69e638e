// SPDX-License-Identifier: MIT
#include "report/explain_words.h"

#include <stddef.h>

const char *const explain_languages[] = {"en", "ru", NULL};

const explain_words *explain_words_of(unsigned place) {
    static const explain_words *const words[] = {&explain_words_en, &explain_words_ru};
    return words[place];
}
