// SPDX-License-Identifier: MIT
#include "story/phrase.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** Narrow no-break space and minus sign, in UTF-8. */
#define NARROW_SPACE "\xe2\x80\xaf"
#define MINUS "\xe2\x88\x92"

/** Digits from which on a whole part is written in groups of three. */
enum { most_ungrouped = 4 };

static void put(char **at, const char *text, size_t length) {
    memcpy(*at, text, length);
    *at += length;
    **at = '\0';
}

/** The digits before the point, in groups of three if there are many. */
static void put_whole_part(char **at, const char *digits, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (n > most_ungrouped && i > 0 && (n - i) % 3 == 0) {
            put(at, NARROW_SPACE, strlen(NARROW_SPACE));
        }
        put(at, digits + i, 1);
    }
}

void phrase_number(char text[48], double number, int places, story_language language) {
    char digits[400];
    char *at = text;
    if (isnan(number)) {
        (void)snprintf(text, 48, "–");
        return;
    }
    if (isinf(number)) {
        (void)snprintf(text, 48, number > 0 ? "∞" : MINUS "∞");
        return;
    }
    bool is_long = fabs(number) >= 1e15;
    (void)snprintf(digits, sizeof digits, places < 0 || is_long ? "%.*g" : "%.*f",
                   is_long || places < 0 ? 4 : places, fabs(number));
    // A negative number that is written as 0 has no sign.
    if (number < 0 && digits[strspn(digits, "0.")] != '\0') {
        put(&at, MINUS, strlen(MINUS));
    }
    size_t n = strspn(digits, "0123456789");
    put_whole_part(&at, digits, n);
    if (digits[n] == '.') {
        put(&at, language == STORY_RUSSIAN ? "," : ".", 1);
        n++;
    }
    put(&at, digits + n, strlen(digits + n));
}

/** Which of a word's forms goes with a number. */
static size_t form_of(double number, story_language language) {
    double whole = fabs(number);
    if (whole != floor(whole) || whole >= 1e15) {
        return 1; // 1.5 trials; 1,5 испытания
    }
    unsigned long long n = (unsigned long long)whole;
    if (language == STORY_ENGLISH) {
        return n == 1 ? 0 : 1;
    }
    if (n % 100 / 10 == 1 || n % 10 == 0 || n % 10 >= 5) {
        return 2;
    }
    return n % 10 == 1 ? 0 : 1;
}

static const phrase_gap *find_gap(const char *name, size_t length, const phrase_gap *gaps) {
    for (; gaps->kind != PHRASE_END; gaps++) {
        if (strlen(gaps->name) == length && memcmp(gaps->name, name, length) == 0) {
            return gaps;
        }
    }
    return NULL;
}

static void put_gap(FILE *stream, const phrase_gap *gap, story_language language) {
    char number[48];
    switch (gap->kind) {
    case PHRASE_TERM:
        fputs(gap->term != NULL ? gap->term : "", stream);
        break;
    case PHRASE_WORD:
        fputs(gap->word.in[language], stream);
        break;
    case PHRASE_NUMBER:
        phrase_number(number, gap->number, gap->places, language);
        fputs(number, stream);
        break;
    case PHRASE_END:
        break;
    }
}

/** The form that goes with a number, of "one|few|many}". */
static void put_form(FILE *stream, const char *forms, const char *end, size_t form) {
    for (; form > 0 && memchr(forms, '|', (size_t)(end - forms)) != NULL; form--) {
        forms = (const char *)memchr(forms, '|', (size_t)(end - forms)) + 1;
    }
    for (; forms < end && *forms != '|'; forms++) {
        putc(*forms, stream);
    }
}

static void fill(FILE *stream, const char *sentence, const phrase_gap *gaps,
                 story_language language) {
    while (*sentence != '\0') {
        const char *close = *sentence == '{' ? strchr(sentence, '}') : NULL;
        size_t length = close == NULL ? 0 : strcspn(sentence + 1, ":}");
        const phrase_gap *gap = close == NULL ? NULL : find_gap(sentence + 1, length, gaps);
        if (gap == NULL) {
            putc(*sentence++, stream);
            continue;
        }
        if (sentence[1 + length] == ':') {
            put_form(stream, sentence + length + 2, close, form_of(gap->number, language));
        } else {
            put_gap(stream, gap, language);
        }
        sentence = close + 1;
    }
}

story_text phrase_fill(story *story, story_text phrase, const phrase_gap *gaps) {
    story_text filled = {{"", ""}};
    for (size_t language = 0; language < STORY_N_LANGUAGES && !story->failed; language++) {
        char *text = NULL;
        size_t size = 0;
        FILE *stream = open_memstream(&text, &size);
        if (stream != NULL) {
            fill(stream, phrase.in[language], gaps, (story_language)language);
            story->failed = fclose(stream) != 0;
        }
        story->failed = story->failed || text == NULL;
        filled.in[language] = story_keep(story, text);
        free(text);
    }
    return filled;
}
