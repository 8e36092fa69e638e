// SPDX-License-Identifier: MIT
#include "cli/explain_terms.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/argument.h"

enum { KEY_GAME = 512, KEY_SCALE, KEY_BACKGROUND, KEY_ERROR, KEY_ROUNDS, KEY_FORMAT, KEY_LANG };

#define GAMES "interventional|path_dependent|retrained"
#define SCALES "score|probability"
#define FORMATS "table|csv|json"
#define LANGUAGES "en|ru"

/** Rows of the background, and the most that may be asked for. */
enum { usual_background = 100, most_background = 1000000, most_rounds = 1000000 };

static const struct argp_option options[] = {
    {"game", KEY_GAME, GAMES, 0,
     "What an absent column is: as in the rows of the background (default); of trees, both ways "
     "at each node that asks it (path_dependent); or not there to be learnt from, the trial "
     "being fitted once for every set of columns (retrained)",
     0},
    {"scale", KEY_SCALE, SCALES, 0, "What is explained (default: score)", 0},
    {"background", KEY_BACKGROUND, "N", 0,
     "Training rows that absent columns are taken from, chosen by the seed (default: 100)", 0},
    {"standard-error", KEY_ERROR, "E", 0,
     "Where no exact way is known: draw orders until no value's exceeds this (default: a fiftieth "
     "of the standard deviation of the background's scores)",
     0},
    {"rounds", KEY_ROUNDS, "N", 0,
     "Draw no more than so many rounds of orders a row (default: 400); a round is two orders a row "
     "of the background",
     0},
    {"format", KEY_FORMAT, FORMATS, 0, "How to write it (default: table)", 0},
    {"lang", KEY_LANG, LANGUAGES, 0, "The language of tables (default: en)", 0},
    {0},
};

explain_terms explain_terms_default(void) {
    return (explain_terms){.terms = {.options = {.most_rounds = ROW_EXPLAINER_ROUNDS},
                                     .n_background = usual_background},
                           .words = explain_words_of(0)};
}

static double read_error(const struct argp_state *state, const char *value) {
    char *end = NULL;
    double error = strtod(value, &end);
    if (end == value || *end != '\0' || !isfinite(error) || error <= 0.0) {
        argp_error(state, "--standard-error %s: write a positive number", value);
    }
    return error;
}

static error_t parse_option(int key, char *value, struct argp_state *state) {
    explain_terms *terms = state->input;
    row_explainer_options *wanted = &terms->terms.options;
    switch (key) {
    case KEY_GAME:
        wanted->game = (explain_game)argument_choice(state, "--game", value, GAMES);
        return 0;
    case KEY_SCALE:
        wanted->scale = (explain_scale)argument_choice(state, "--scale", value, SCALES);
        return 0;
    case KEY_BACKGROUND:
        terms->terms.n_background =
            argument_number(state, "--background", value, 1, most_background);
        return 0;
    case KEY_ERROR:
        wanted->standard_error = read_error(state, value);
        return 0;
    case KEY_ROUNDS:
        wanted->most_rounds = argument_number(state, "--rounds", value, 8, most_rounds);
        return 0;
    case KEY_FORMAT:
        terms->format = (explain_format)argument_choice(state, "--format", value, FORMATS);
        return 0;
    case KEY_LANG:
        terms->words =
            explain_words_of((unsigned)argument_choice(state, "--lang", value, LANGUAGES));
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp explain_terms_parser = {.options = options, .parser = parse_option};

perebor_status explain_terms_write(const explain_terms *terms, const explained_data *data, bool one,
                                   FILE *stream, perebor_error *error) {
    return one ? explanation_write_row(stream, data, 0, terms->words, error)
               : explanation_write_columns(stream, data, terms->words, error);
}
