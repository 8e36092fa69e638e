// SPDX-License-Identifier: MIT
// What messages about columns need of base/text.h, without utf8proc, which is not there for other
// machines. (base/text.c is tested by itself.)
#include "base/text.h"

#include <stdint.h>

/** Bytes of the character that begins a text (RFC 3629); 0: it is none. */
static size_t bytes_of_character(const unsigned char *text, size_t left) {
    const unsigned char first = text[0];
    if (first < 0x80) {
        return 1;
    }
    const size_t n = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || n > left) {
        return 0;
    }
    uint32_t character = first & (0xFFU >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((text[i] & 0xC0U) != 0x80) {
            return 0;
        }
        character = character << 6 | (text[i] & 0x3FU);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool is_one = character >= least[n] && character <= 0x10FFFF &&
                        (character < 0xD800 || character > 0xDFFF);
    return is_one ? n : 0;
}

size_t perebor_text_valid_length(const char *text, size_t length) {
    size_t i = 0;
    while (i < length) {
        const size_t n = bytes_of_character((const unsigned char *)text + i, length - i);
        if (n == 0) {
            break;
        }
        i += n;
    }
    return i;
}
