// SPDX-License-Identifier: MIT
#include "report/column_words.h"

const column_words *column_words_of(unsigned place) {
    static const column_words *const words[] = {&column_words_en, &column_words_ru};
    return words[place];
}
