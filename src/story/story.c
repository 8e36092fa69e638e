// SPDX-License-Identifier: MIT
#include "story/story.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *const story_language_names[] = {"en", "ru", NULL};
const char *const story_kind_names[] = {"whole", "real", "term", "word"};
const char *const story_state_names[] = {"present", "absent", "stale"};
const char *const story_severity_names[] = {"serious", "warning", "note"};

void story_release(story *story) {
    perebor_arena_release(&story->arena);
    *story = (struct story){0};
}

perebor_status story_check(const story *story, perebor_error *error) {
    return story->failed ? perebor_no_memory(error, "for a report") : PEREBOR_OK;
}

void *story_allocate(story *story, size_t n, size_t size) {
    void *memory = story->failed ? NULL : perebor_arena_allocate(&story->arena, n + 1, size);
    story->failed = memory == NULL;
    return memory;
}

const char *story_keep(story *story, const char *text) {
    const char *kept = text == NULL || story->failed ? "" : perebor_arena_text(&story->arena, text);
    story->failed = story->failed || kept == NULL;
    return kept != NULL ? kept : "";
}

const char *story_cut(story *story, const char *text, size_t most) {
    size_t length = strlen(text);
    if (length <= most) {
        return story_keep(story, text);
    }
    // Bytes that continue a character begin with the bits 10.
    while (most > 0 && ((unsigned char)text[most] & 0xc0) == 0x80) {
        most--;
    }
    return story_format(story, "%.*s…", (int)most, text);
}

const char *story_format(story *story, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const char *text = story->failed ? "" : perebor_arena_vformat(&story->arena, format, arguments);
    va_end(arguments);
    story->failed = story->failed || text == NULL;
    return text != NULL ? text : "";
}

story_chapter *story_add_chapter(story *story, const char *id, story_text title) {
    story_chapter *chapter = story_allocate(story, 1, sizeof *chapter);
    if (chapter == NULL) {
        return NULL;
    }
    chapter->id = id;
    chapter->title = title;
    if (story->last_chapter == NULL) {
        story->chapters = chapter;
    } else {
        story->last_chapter->next = chapter;
    }
    story->last_chapter = chapter;
    return chapter;
}

void story_add_paragraph(story *story, story_chapter *chapter, story_text text) {
    story_paragraph *added = chapter == NULL ? NULL : story_allocate(story, 1, sizeof *added);
    if (added == NULL) {
        return;
    }
    added->text = text;
    if (chapter->last_paragraph == NULL) {
        chapter->paragraphs = added;
    } else {
        chapter->last_paragraph->next = added;
    }
    chapter->last_paragraph = added;
}

void story_add_command(story *story, story_chapter *chapter, const char *line, story_text what) {
    story_command *added = chapter == NULL ? NULL : story_allocate(story, 1, sizeof *added);
    if (added == NULL) {
        return;
    }
    added->line = line;
    added->what = what;
    if (chapter->last_command == NULL) {
        chapter->commands = added;
    } else {
        chapter->last_command->next = added;
    }
    chapter->last_command = added;
}

story_figure *story_add_figure(story *story, story_chapter *chapter, const char *id,
                               const char *chart, size_t n_rows) {
    story_figure *figure = chapter == NULL ? NULL : story_allocate(story, 1, sizeof *figure);
    if (figure == NULL) {
        return NULL;
    }
    figure->id = id;
    figure->chart = chart;
    figure->n_rows = n_rows;
    figure->title = figure->note = (story_text){{"", ""}};
    if (chapter->last_figure == NULL) {
        chapter->figures = figure;
    } else {
        chapter->last_figure->next = figure;
    }
    chapter->last_figure = figure;
    return figure;
}

static story_option *add_option(story *story, story_figure *figure, const char *name) {
    story_option *option = figure == NULL ? NULL : story_allocate(story, 1, sizeof *option);
    if (option == NULL) {
        return NULL;
    }
    option->name = name;
    if (figure->last_option == NULL) {
        figure->options = option;
    } else {
        figure->last_option->next = option;
    }
    figure->last_option = option;
    return option;
}

void story_set_text(story *story, story_figure *figure, const char *name, const char *text) {
    story_option *option = add_option(story, figure, name);
    if (option != NULL) {
        option->text = story_keep(story, text);
    }
}

void story_set_number(story *story, story_figure *figure, const char *name, double number) {
    story_option *option = add_option(story, figure, name);
    if (option != NULL) {
        option->number = number;
    }
}

/** The next column of a figure; NULL if there is no figure, or no room. */
static story_column *add_column(story *story, story_figure *figure, story_column column) {
    if (figure == NULL || figure->n_columns == STORY_MOST_COLUMNS) {
        story->failed = story->failed || figure != NULL;
        return NULL;
    }
    figure->columns[figure->n_columns] = column;
    return &figure->columns[figure->n_columns++];
}

double *story_add_numbers(story *story, story_figure *figure, const char *name, const char *role,
                          story_text label, story_kind kind, int places) {
    size_t n = figure == NULL ? 0 : figure->n_rows;
    double *numbers = story_allocate(story, n, sizeof *numbers);
    story_column *column = add_column(
        story, figure,
        (story_column){.name = name, .role = role, .label = label, .kind = kind, .places = places});
    if (column != NULL) {
        column->numbers = numbers;
    }
    for (size_t i = 0; numbers != NULL && i < n; i++) {
        numbers[i] = NAN;
    }
    return numbers;
}

const char **story_add_terms(story *story, story_figure *figure, const char *name, const char *role,
                             story_text label) {
    const char **terms = story_allocate(story, figure == NULL ? 0 : figure->n_rows, sizeof *terms);
    story_column *column =
        add_column(story, figure,
                   (story_column){.name = name, .role = role, .label = label, .kind = STORY_TERM});
    if (column != NULL) {
        column->terms = terms;
    }
    return terms;
}

story_text *story_add_words(story *story, story_figure *figure, const char *name, const char *role,
                            story_text label) {
    size_t n = figure == NULL ? 0 : figure->n_rows;
    story_text *words = story_allocate(story, n, sizeof *words);
    story_column *column =
        add_column(story, figure,
                   (story_column){.name = name, .role = role, .label = label, .kind = STORY_WORD});
    if (column != NULL) {
        column->words = words;
    }
    for (size_t i = 0; words != NULL && i < n; i++) {
        words[i] = (story_text){{"", ""}};
    }
    return words;
}
