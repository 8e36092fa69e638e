// SPDX-License-Identifier: MIT
#include "base/real_text.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/digits.h"

static bool reads_as(const char *text, double value) {
    return arithmetic_to_bits(strtod(text, NULL)) == arithmetic_to_bits(value);
}

/**
 * The fewest digits that a value can be told by, or fewer.
 *
 * A decimal of up to 15 digits is found again in the first 15 of the double nearest to it (C11,
 * 5.2.4.2.2, DBL_DIG): where these tell the value, they are the shortest and zeros. Where they do
 * not, no fewer do. Subnormal numbers have not that many digits.
 */
static int least_digits(double value) {
    char text[PEREBOR_REAL_TEXT_SIZE];
    if (!isnormal(value)) {
        return 1;
    }
    (void)snprintf(text, sizeof text, "%.*e", DBL_DIG - 1, value);
    if (!reads_as(text, value)) {
        return DBL_DIG + 1;
    }
    int digits = DBL_DIG;
    const char *last = strchr(text, 'e') - 1;
    while (digits > 1 && *last == '0') {
        digits--;
        last--;
    }
    return digits;
}

/** By the C library, of any finite value: digit after digit until they read back. */
static size_t format_by_trial(double value, char text[PEREBOR_REAL_TEXT_SIZE]) {
    int n = 0;
    for (int digits = least_digits(value); digits <= 17; digits++) {
        n = snprintf(text, PEREBOR_REAL_TEXT_SIZE, "%.*g", digits, value);
        if (reads_as(text, value)) {
            break;
        }
    }
    // %g switches to an exponent as soon as the value has more digits than were asked for.
    double magnitude = fabs(value);
    if (strchr(text, 'e') != NULL && magnitude >= 1.0 && magnitude < 1e16) {
        n = snprintf(text, PEREBOR_REAL_TEXT_SIZE, "%.0f", value);
    }
    if (strpbrk(text, ".e") == NULL) {
        memcpy(text + n, ".0", 3);
        n += 2;
    }
    return (size_t)n;
}

__extension__ typedef unsigned __int128 wide;

/** A whole number of 192 bits; the most that a double's digits times a power of five need. */
typedef struct long_number {
    wide high; /**< Above the 64 lowest bits. */
    uint64_t low;
} long_number;

/** 5^k, high and low half: those that 128 bits hold. */
static const uint64_t fives[][2] = {
    {UINT64_C(0x0), UINT64_C(0x1)},
    {UINT64_C(0x0), UINT64_C(0x5)},
    {UINT64_C(0x0), UINT64_C(0x19)},
    {UINT64_C(0x0), UINT64_C(0x7d)},
    {UINT64_C(0x0), UINT64_C(0x271)},
    {UINT64_C(0x0), UINT64_C(0xc35)},
    {UINT64_C(0x0), UINT64_C(0x3d09)},
    {UINT64_C(0x0), UINT64_C(0x1312d)},
    {UINT64_C(0x0), UINT64_C(0x5f5e1)},
    {UINT64_C(0x0), UINT64_C(0x1dcd65)},
    {UINT64_C(0x0), UINT64_C(0x9502f9)},
    {UINT64_C(0x0), UINT64_C(0x2e90edd)},
    {UINT64_C(0x0), UINT64_C(0xe8d4a51)},
    {UINT64_C(0x0), UINT64_C(0x48c27395)},
    {UINT64_C(0x0), UINT64_C(0x16bcc41e9)},
    {UINT64_C(0x0), UINT64_C(0x71afd498d)},
    {UINT64_C(0x0), UINT64_C(0x2386f26fc1)},
    {UINT64_C(0x0), UINT64_C(0xb1a2bc2ec5)},
    {UINT64_C(0x0), UINT64_C(0x3782dace9d9)},
    {UINT64_C(0x0), UINT64_C(0x1158e460913d)},
    {UINT64_C(0x0), UINT64_C(0x56bc75e2d631)},
    {UINT64_C(0x0), UINT64_C(0x1b1ae4d6e2ef5)},
    {UINT64_C(0x0), UINT64_C(0x878678326eac9)},
    {UINT64_C(0x0), UINT64_C(0x2a5a058fc295ed)},
    {UINT64_C(0x0), UINT64_C(0xd3c21bcecceda1)},
    {UINT64_C(0x0), UINT64_C(0x422ca8b0a00a425)},
    {UINT64_C(0x0), UINT64_C(0x14adf4b7320334b9)},
    {UINT64_C(0x0), UINT64_C(0x6765c793fa10079d)},
    {UINT64_C(0x2), UINT64_C(0x4fce5e3e2502611)},
    {UINT64_C(0xa), UINT64_C(0x18f07d736b90be55)},
    {UINT64_C(0x32), UINT64_C(0x7cb2734119d3b7a9)},
    {UINT64_C(0xfc), UINT64_C(0x6f7c40458122964d)},
    {UINT64_C(0x4ee), UINT64_C(0x2d6d415b85acef81)},
    {UINT64_C(0x18a6), UINT64_C(0xe32246c99c60ad85)},
    {UINT64_C(0x7b42), UINT64_C(0x6fab61f00de36399)},
    {UINT64_C(0x2684c), UINT64_C(0x2e58e9b04570f1fd)},
    {UINT64_C(0xc097c), UINT64_C(0xe7bc90715b34b9f1)},
    {UINT64_C(0x3c2f70), UINT64_C(0x86aed236c807a1b5)},
    {UINT64_C(0x12ced32), UINT64_C(0xa16a1b11e8262889)},
    {UINT64_C(0x5e0a1fd), UINT64_C(0x2712875988becaad)},
    {UINT64_C(0x1d6329f1), UINT64_C(0xc35ca4bfabb9f561)},
    {UINT64_C(0x92efd1b8), UINT64_C(0xd0cf37be5aa1cae5)},
    {UINT64_C(0x2deaf189c), UINT64_C(0x140c16b7c528f679)},
    {UINT64_C(0xe596b7b0c), UINT64_C(0x643c7196d9ccd05d)},
    {UINT64_C(0x47bf19673d), UINT64_C(0xf52e37f2410011d1)},
    {UINT64_C(0x166bb7f0435), UINT64_C(0xc9e717bb45005915)},
    {UINT64_C(0x701a97b150c), UINT64_C(0xf18376a85901bd69)},
    {UINT64_C(0x23084f676940), UINT64_C(0xb7915149bd08b30d)},
    {UINT64_C(0xaf298d050e43), UINT64_C(0x95d69670b12b7f41)},
    {UINT64_C(0x36bcfc1194751), UINT64_C(0xed30f03375d97c45)},
    {UINT64_C(0x111b0ec57e6499), UINT64_C(0xa1f4b1014d3f6d59)},
    {UINT64_C(0x558749db77f700), UINT64_C(0x29c77506823d22bd)},
    {UINT64_C(0x1aba4714957d300), UINT64_C(0xd0e549208b31adb1)},
    {UINT64_C(0x85a36366eb71f04), UINT64_C(0x147a6da2b7f86475)},
    {UINT64_C(0x29c30f1029939b14), UINT64_C(0x6664242d97d9f649)},
    {UINT64_C(0xd0cf4b50cfe20765), UINT64_C(0xfff4b4e3f741cf6d)},
};

enum {
    most_fives = sizeof fives / sizeof *fives - 1,
    mantissa_bits = 52,
    exponent_bias = 1075, /* of the last bit of the mantissa */
    most_digits = 18,     /* one more than tell any double */
};

static const uint64_t ten_to_17 = UINT64_C(100000000000000000);

static long_number times_five(uint64_t mantissa, int k) {
    wide low = (wide)mantissa * fives[k][1];
    return (long_number){(wide)mantissa * fives[k][0] + (uint64_t)(low >> 64), (uint64_t)low};
}

/** The number over 2^shift, rounded down, for 0 < shift < 192. @param[out] exact  Nothing lost. */
static uint64_t shift_down(long_number number, int shift, bool *exact) {
    if (shift < 64) {
        *exact = number.low << (64 - shift) == 0;
        return (uint64_t)(number.high << (64 - shift)) | number.low >> shift;
    }
    int over = shift - 64;
    wide lost = over == 0 ? 0 : number.high << (128 - over);
    *exact = lost == 0 && number.low == 0;
    return (uint64_t)(number.high >> over);
}

/** The digits of a value, rounded down, and the whole numbers that are nearer to it than to the
 * doubles beside it. */
typedef struct scaled_value {
    uint64_t digits, lowest, highest;
    bool exact; /**< The value is its digits. */
} scaled_value;

/**
 * Scales by 10^k = 5^k 2^k: the value is m 5^k / 2^shift, and halfway to the doubles beside it are
 * (2 m - 1) 5^k / 2^(shift + 1) and (2 m + 1) 5^k / 2^(shift + 1); below a power of two doubles are
 * twice as dense: (4 m - 1) 5^k / 2^(shift + 2). A reader rounds halves to the even mantissa, which
 * therefore owns its halfway points.
 */
static scaled_value scale(uint64_t mantissa, int shift, int k) {
    bool exact_below, exact_above, even = mantissa % 2 == 0;
    int power = mantissa == UINT64_C(1) << mantissa_bits ? 2 : 1;
    scaled_value result;
    result.digits = shift_down(times_five(mantissa, k), shift, &result.exact);
    uint64_t below =
        shift_down(times_five((mantissa << power) - 1, k), shift + power, &exact_below);
    uint64_t above = shift_down(times_five(2 * mantissa + 1, k), shift + 1, &exact_above);
    result.lowest = below + (exact_below && even ? 0 : 1);
    result.highest = above - (exact_above && !even ? 1 : 0);
    return result;
}

enum { most_word_fives = 27 /* 5^k is below 2^64 */ };

/** The same where 128 bits suffice: 5^k in a word, and no power of two. The shift is below 64 then,
 * as m 5^k / 2^shift is above 10^17 > 2^56 and m 5^k below 2^116. */
static scaled_value scale_word(uint64_t mantissa, int shift, int k) {
    uint64_t five = fives[k][1], odd = mantissa % 2, lost = (UINT64_C(1) << (shift + 1)) - 1;
    wide value = (wide)(2 * mantissa) * five, below = value - five, above = value + five;
    bool exact_below = ((uint64_t)below & lost) == 0, exact_above = ((uint64_t)above & lost) == 0;
    scaled_value result;
    result.digits = (uint64_t)(value >> (shift + 1));
    result.exact = ((uint64_t)value & lost) == 0;
    result.lowest = (uint64_t)(below >> (shift + 1)) + !(exact_below & !odd);
    result.highest = (uint64_t)(above >> (shift + 1)) - (exact_above & odd);
    return result;
}

/** Cuts the last digit off. */
static scaled_value cut(scaled_value scaled) {
    uint64_t digits = scaled.digits / 10;
    return (scaled_value){.digits = digits,
                          .lowest = (scaled.lowest + 9) / 10,
                          .highest = scaled.highest / 10,
                          .exact = scaled.exact && digits * 10 == scaled.digits};
}

/**
 * Cuts digits off while a whole number is left in between, and rounds the value to what is left as
 * printf does: to the nearest, halves to even.
 *
 * @return false if that is nearer to another double: beside powers of two.
 */
static bool shorten(scaled_value scaled, uint64_t *digits, int *n_digits) {
    uint64_t unit = 1, lowest = scaled.lowest, highest = scaled.highest;
    *n_digits = most_digits;
    while ((lowest + 9) / 10 <= highest / 10) {
        lowest = (lowest + 9) / 10;
        highest /= 10;
        unit *= 10;
        --*n_digits;
    }
    uint64_t rest = scaled.digits % unit;
    bool half = rest == unit / 2 && scaled.exact;
    *digits = scaled.digits / unit;
    *digits += half ? *digits % 2 : rest >= unit / 2;
    return *digits >= lowest && *digits <= highest;
}

/**
 * The same for values of 16 or 17 digits, as nearly all are that were computed: by three divisions
 * and no branch that depends on how many digits. Multiples of 100 lie in between if the one at or
 * below the value does, or the next.
 *
 * @return false if there may be fewer or more, or as shorten() does.
 */
static bool shorten_long(const scaled_value *scaled, uint64_t *digits, int *n_digits) {
    uint64_t below = scaled->digits - scaled->lowest, above = scaled->highest - scaled->digits;
    uint64_t hundreds = scaled->digits / 100, thousands = hundreds / 10;
    uint64_t rest_16 = scaled->digits - hundreds * 100, tens = rest_16 / 10;
    uint64_t rest_15 = scaled->digits - thousands * 1000;
    bool is_short = (rest_15 <= below) | (1000 - rest_15 <= above);
    bool is_16 = (rest_16 <= below) | (100 - rest_16 <= above);
    uint64_t cut = is_16 ? hundreds : hundreds * 10 + tens, unit = is_16 ? 100 : 10;
    uint64_t rest = is_16 ? rest_16 : rest_16 - tens * 10;
    bool half = (rest == unit / 2) & scaled->exact;
    bool up = half ? cut % 2 == 1 : rest >= unit / 2;
    *digits = cut + up;
    *n_digits = most_digits - 1 - is_16;
    return !is_short && (up ? unit - rest <= above : rest <= below);
}

/** The decimal exponent of a double is this or one more: floor(b log10(2)), for |b| < 1650. */
static int least_exponent(int binary_exponent) {
    return (int)(((int64_t)binary_exponent * 78913 + (INT64_C(1024) << 18)) >> 18) - 1024;
}

/**
 * The fewest digits of a positive value, exactly, by whole numbers of 192 bits: Steele and White,
 * "How to print floating-point numbers accurately", PLDI 1990.
 *
 * @param[out] digits    [n_digits] of them; the first counts 10^exponent.
 * @return false where these numbers do not suffice: for tiny and huge values.
 */
static bool find_digits(double value, uint64_t *digits, int *n_digits, int *exponent) {
    uint64_t bits = arithmetic_to_bits(value);
    uint64_t hidden = UINT64_C(1) << mantissa_bits;
    if (!(value > 1e-37) || !(value < 1e14)) {
        return false;
    }
    int binary = (int)(bits >> mantissa_bits) - exponent_bias;
    uint64_t mantissa = (bits & (hidden - 1)) | hidden;
    *exponent = least_exponent(binary + mantissa_bits);
    int k = most_digits - 1 - *exponent; // 4 … 55
    bool fits = k <= most_word_fives && mantissa != hidden;
    scaled_value scaled =
        fits ? scale_word(mantissa, -(binary + k), k) : scale(mantissa, -(binary + k), k);
    if (scaled.digits >= 10 * ten_to_17) { // 19 digits
        scaled = cut(scaled);
        ++*exponent;
    }
    bool found = shorten_long(&scaled, digits, n_digits) || shorten(scaled, digits, n_digits);
    if (*n_digits ==
        0) { // the double below a power of ten is told by that power: its only digit is 1
        *n_digits = 1;
        ++*exponent;
    }
    return found;
}

/** Writes digits with a point behind the first @p n_before of them, of which there may be fewer.
 * @return The end. */
static char *write_plain(char *to, const char *digits, int n_digits, int n_before) {
    int n_whole = n_before < n_digits ? n_before : n_digits;
    memcpy(to, digits, (size_t)n_whole);
    to += n_whole;
    for (int i = n_digits; i < n_before; i++) {
        *to++ = '0';
    }
    *to++ = '.';
    if (n_digits <= n_before) {
        *to++ = '0';
        return to;
    }
    memcpy(to, digits + n_whole, (size_t)(n_digits - n_whole));
    return to + n_digits - n_whole;
}

static char *write_scientific(char *to, const char *digits, int n_digits, int exponent) {
    *to++ = digits[0];
    if (n_digits > 1) {
        *to++ = '.';
        memcpy(to, digits + 1, (size_t)n_digits - 1);
        to += n_digits - 1;
    }
    *to++ = 'e'; // from e-37 to e-05
    *to++ = '-';
    *to++ = (char)('0' + -exponent / 10);
    *to++ = (char)('0' + -exponent % 10);
    return to;
}

enum { written_digits = 2 + 2 * DIGITS_WORD, most_before = 8 };

/** Writes 18 digits with the zeros before them. */
static void write_digits(uint64_t digits, char to[written_digits]) {
    uint32_t low = (uint32_t)(digits % 100000000);
    uint64_t high = digits / 100000000;
    uint32_t middle = (uint32_t)(high % 100000000), first = (uint32_t)(high / 100000000);
    to[0] = (char)('0' + first / 10);
    to[1] = (char)('0' + first % 10);
    digits_store(to + 2, digits_spread(middle) + DIGITS_ZEROS);
    digits_store(to + 2 + DIGITS_WORD, digits_spread(low) + DIGITS_ZEROS);
}

/** As write_plain(), for 0 < n_before <= most_before, n_before < n_digits: by copies of one length
 * whatever there is. */
static char *write_short(char *to, const char *digits, int n_digits, int n_before) {
    memcpy(to, digits, most_before);
    to[n_before] = '.';
    memcpy(to + n_before + 1, digits + n_before, written_digits);
    return to + n_digits + 1;
}

/** 0.0001 to 1, in the same manner. */
static char *write_fraction(char *to, const char *digits, int n_digits, int n_zeros) {
    static const char beginning[] = {'0', '.', '0', '0', '0', '0'};
    memcpy(to, beginning, sizeof beginning);
    memcpy(to + 2 + n_zeros, digits, written_digits);
    return to + 2 + n_zeros + n_digits;
}

size_t perebor_real_format(double value, char text[PEREBOR_REAL_TEXT_SIZE]) {
    uint64_t digits;
    int n_digits, exponent;
    char room[2 * written_digits] = {0}, *to = text;
    if (!find_digits(fabs(value), &digits, &n_digits, &exponent)) {
        return format_by_trial(value, text);
    }
    write_digits(digits, room);
    const char *figures = room + written_digits - n_digits;
    *to = '-';
    to += value < 0.0;
    if (exponent < -4) {
        to = write_scientific(to, figures, n_digits, exponent);
    } else if (exponent < 0) {
        to = write_fraction(to, figures, n_digits, -exponent - 1);
    } else if (exponent < most_before && exponent + 1 < n_digits) {
        to = write_short(to, figures, n_digits, exponent + 1);
    } else {
        to = write_plain(to, figures, n_digits, exponent + 1);
    }
    *to = '\0';
    return (size_t)(to - text);
}
