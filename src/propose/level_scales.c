// SPDX-License-Identifier: MIT
#include "propose/level_scales.h"

#include <stdlib.h>
#include <string.h>

#include "propose/name_words.h"

enum { most_steps = 14 };

/** Words from lowest to highest; several at one place are apart by "|". */
typedef struct scale {
    const char *name;
    const char *steps[most_steps];
} scale;

/* Cycles begin where calendars do. A level belongs to the first scale that has all of its column.
 */
static const scale scales[] = {
    {"a degree",
     {"none|no", "very low|lowest", "low", "medium|mid|middle|moderate|average|normal", "high",
      "very high|highest", "extreme|critical", NULL}},
    {"a severity",
     {"none|no", "minimal", "mild|minor|light", "moderate|medium", "severe|major|serious",
      "critical|extreme|fatal", NULL}},
    {"a size",
     {"xxs", "xs|extra small|very small|tiny", "s|small", "m|medium|mid|middle", "l|large|big",
      "xl|extra large|very large|huge", "xxl", "xxxl", NULL}},
    {"a length", {"very short", "short", "medium|average|normal", "long|tall", "very long", NULL}},
    {"a frequency",
     {"never", "rarely|seldom", "sometimes|occasionally", "often|frequently|regularly", "usually",
      "always", NULL}},
    {"a frequency",
     {"never", "yearly|annually|annual", "quarterly", "monthly", "biweekly", "weekly", "daily",
      "hourly", NULL}},
    {"a grade",
     {"very poor|very bad|awful", "poor|bad", "fair|average|ok|satisfactory|normal", "good",
      "very good|great", "excellent|outstanding|perfect", NULL}},
    {"an agreement",
     {"strongly disagree", "disagree", "neutral|undecided", "agree", "strongly agree", NULL}},
    {"a satisfaction",
     {"very dissatisfied", "dissatisfied", "neutral", "satisfied", "very satisfied", NULL}},
    {"a rank", {"iron", "bronze", "silver", "gold", "platinum", "diamond", NULL}},
    {"a tariff",
     {"free|trial", "basic|economy|lite|starter", "standard|regular", "plus", "premium|pro",
      "ultimate|enterprise", NULL}},
    {"a skill",
     {"beginner|novice|entry", "junior|elementary", "intermediate|middle|mid", "advanced|senior",
      "expert|lead|professional", NULL}},
    {"an age",
     {"child|kid|infant", "teen|teenager|adolescent", "young|young adult|youth", "adult",
      "middle aged|middle age", "old|senior|elderly", NULL}},
    {"an education",
     {"none|illiterate", "primary|elementary", "secondary|high school",
      "college|associate|vocational", "tertiary|bachelor|bachelors|graduate|university",
      "master|masters|postgraduate", "doctorate|phd|doctoral", NULL}},
    {"places in a row", {"first", "second", "third", "fourth", "fifth", "sixth", NULL}},
    {"places in a row", {"1st", "2nd", "3rd", "4th", "5th", "6th", NULL}},
    {"roman numbers", {"i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", NULL}},
    {"months",
     {"january|jan", "february|feb", "march|mar", "april|apr", "may", "june|jun", "july|jul",
      "august|aug", "september|sep|sept", "october|oct", "november|nov", "december|dec", NULL}},
    {"days of the week",
     {"monday|mon", "tuesday|tue|tues", "wednesday|wed", "thursday|thu|thur|thurs", "friday|fri",
      "saturday|sat", "sunday|sun", NULL}},
    {"quarters", {"q1", "q2", "q3", "q4", NULL}},
    {"a degree",
     {"нет|отсутствует", "очень низкий|очень низкая", "низкий|низкая|низкое",
      "средний|средняя|среднее", "высокий|высокая|высокое", "очень высокий|очень высокая", NULL}},
    {"a size", {"малый|маленький|малая", "средний|средняя", "большой|крупный|большая", NULL}},
    {"a frequency", {"никогда", "редко", "иногда", "часто", "всегда", NULL}},
    {"a grade", {"плохо", "удовлетворительно", "хорошо", "отлично", NULL}},
    {"a tariff", {"базовый|эконом", "стандарт|стандартный", "премиум", NULL}},
    {"months",
     {"январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь",
      "ноябрь", "декабрь", NULL}},
    {"days of the week",
     {"понедельник|пн", "вторник|вт", "среда|ср", "четверг|чт", "пятница|пт", "суббота|сб",
      "воскресенье|вс", NULL}},
};

/** Whether a word is one of those that a bar keeps apart. */
static bool is_among(const char *word, const char *words) {
    size_t length = strlen(word);
    while (*words != '\0') {
        size_t n = strcspn(words, "|");
        if (n == length && strncmp(words, word, n) == 0) {
            return true;
        }
        words += n + (words[n] == '|' ? 1u : 0u);
    }
    return false;
}

/** The place of a word, or most_steps. */
static size_t place_on(const scale *scale, const char *word) {
    for (size_t i = 0; i < most_steps && scale->steps[i] != NULL; i++) {
        if (is_among(word, scale->steps[i])) {
            return i;
        }
    }
    return most_steps;
}

static bool is_on(const scale *scale, const char *const *levels, size_t n, double *places,
                  bool *failed) {
    bool taken[most_steps] = {false};
    for (size_t i = 0; i < n; i++) {
        char *word = name_words_fold(levels[i], failed);
        size_t place = word != NULL ? place_on(scale, word) : most_steps;
        free(word);
        if (place == most_steps || taken[place]) {
            return false;
        }
        taken[place] = true;
        places[i] = (double)place;
    }
    return true;
}

const char *level_scale_find(const char *const *levels, size_t n, double *places, bool *failed) {
    for (size_t i = 0; n >= 2 && n <= most_steps && i < sizeof scales / sizeof *scales; i++) {
        if (is_on(&scales[i], levels, n, places, failed)) {
            return scales[i].name;
        }
    }
    return NULL;
}
