// SPDX-License-Identifier: MIT
#include "render/story_json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "render/render.h"
#include "story/finding_codes.h"

void story_json_text(story_json *writing, story_text text) {
    if (writing->language >= 0) {
        perebor_json_text(&writing->json, text.in[writing->language]);
    } else if (strcmp(text.in[0], text.in[1]) == 0) {
        perebor_json_text(&writing->json, text.in[0]);
    } else {
        perebor_json_begin_array(&writing->json);
        for (size_t i = 0; i < STORY_N_LANGUAGES; i++) {
            perebor_json_text(&writing->json, text.in[i]);
        }
        perebor_json_end_array(&writing->json);
    }
}

static void put_text(story_json *writing, const char *key, story_text text) {
    perebor_json_key(&writing->json, key);
    story_json_text(writing, text);
}

static void put_number(perebor_json *json, double number, bool is_whole) {
    if (is_whole && isfinite(number)) {
        perebor_json_integer(json, (int64_t)number);
    } else {
        perebor_json_real(json, number);
    }
}

void story_json_values(story_json *writing, const story_column *column, size_t n_rows) {
    perebor_json *json = &writing->json;
    perebor_json_begin_array(json);
    for (size_t row = 0; row < n_rows; row++) {
        if (column->kind == STORY_TERM) {
            perebor_json_text(json, column->terms[row]);
        } else if (column->kind == STORY_WORD) {
            story_json_text(writing, column->words[row]);
        } else {
            put_number(json, column->numbers[row], column->kind == STORY_WHOLE);
        }
    }
    perebor_json_end_array(json);
}

static void put_column(story_json *writing, const story_column *column, size_t n_rows) {
    perebor_json *json = &writing->json;
    perebor_json_begin_object(json);
    perebor_json_put_text(json, "name", column->name);
    put_text(writing, "label", column->label);
    perebor_json_put_text(json, "kind", story_kind_names[column->kind]);
    if (column->role[0] != '\0') {
        perebor_json_put_text(json, "role", column->role);
    }
    if (column->kind == STORY_REAL) {
        perebor_json_put_integer(json, "places", column->places);
    }
    perebor_json_key(json, "values");
    if (writing->put_values != NULL) {
        writing->put_values(writing, column, n_rows);
    } else {
        story_json_values(writing, column, n_rows);
    }
    perebor_json_end_object(json);
}

static void put_options(perebor_json *json, const story_option *option) {
    perebor_json_key(json, "options");
    perebor_json_begin_object(json);
    for (; option != NULL; option = option->next) {
        if (option->text != NULL) {
            perebor_json_put_text(json, option->name, option->text);
        } else {
            perebor_json_put_real(json, option->name, option->number);
        }
    }
    perebor_json_end_object(json);
}

static void put_figure(story_json *writing, const story_figure *figure) {
    perebor_json *json = &writing->json;
    perebor_json_begin_object(json);
    perebor_json_put_text(json, "id", figure->id);
    perebor_json_put_text(json, "chart", figure->chart);
    put_text(writing, "title", figure->title);
    put_text(writing, "note", figure->note);
    put_options(json, figure->options);
    perebor_json_put_unsigned(json, "n_rows", figure->n_rows);
    perebor_json_key(json, "columns");
    perebor_json_begin_array(json);
    for (size_t i = 0; i < figure->n_columns; i++) {
        put_column(writing, &figure->columns[i], figure->n_rows);
    }
    perebor_json_end_array(json);
    perebor_json_end_object(json);
}

static void put_chapter(story_json *writing, const story_chapter *chapter) {
    perebor_json *json = &writing->json;
    perebor_json_begin_object(json);
    perebor_json_put_text(json, "id", chapter->id);
    put_text(writing, "title", chapter->title);
    perebor_json_put_text(json, "state", story_state_names[chapter->state]);
    perebor_json_key(json, "paragraphs");
    perebor_json_begin_array(json);
    for (const story_paragraph *item = chapter->paragraphs; item != NULL; item = item->next) {
        story_json_text(writing, item->text);
    }
    perebor_json_end_array(json);
    perebor_json_key(json, "commands");
    perebor_json_begin_array(json);
    for (const story_command *item = chapter->commands; item != NULL; item = item->next) {
        perebor_json_begin_object(json);
        perebor_json_put_text(json, "line", item->line);
        put_text(writing, "what", item->what);
        perebor_json_end_object(json);
    }
    perebor_json_end_array(json);
    perebor_json_key(json, "figures");
    perebor_json_begin_array(json);
    for (const story_figure *item = chapter->figures; item != NULL; item = item->next) {
        put_figure(writing, item);
    }
    perebor_json_end_array(json);
    perebor_json_end_object(json);
}

static void put_findings(story_json *writing) {
    perebor_json *json = &writing->json;
    perebor_json_key(json, "findings");
    perebor_json_begin_array(json);
    for (const story_finding *item = writing->story->findings; item != NULL; item = item->next) {
        char code[16], page[64];
        (void)snprintf(code, sizeof code, "PRB%03u", item->code);
        (void)snprintf(page, sizeof page, "docs/reference/findings.md#prb%03u", item->code);
        perebor_json_begin_object(json);
        perebor_json_put_text(json, "code", code);
        perebor_json_put_text(json, "severity", story_severity_names[item->severity]);
        put_text(writing, "sentence", item->sentence);
        perebor_json_put_text(json, "section", item->chapter);
        put_text(writing, "meaning", *finding_meaning(item->code));
        perebor_json_put_text(json, "page", page);
        if (item->remedy[0] != '\0') {
            perebor_json_put_text(json, "remedy", item->remedy);
        }
        perebor_json_end_object(json);
    }
    perebor_json_end_array(json);
}

void story_json_write(story_json *writing) {
    perebor_json *json = &writing->json;
    const story *story = writing->story;
    perebor_json_begin_object(json);
    perebor_json_put_text(json, "format", RENDER_FORMAT);
    perebor_json_put_text(json, "format_version", RENDER_FORMAT_VERSION);
    if (writing->language >= 0) {
        perebor_json_put_text(json, "language", story_language_names[writing->language]);
    }
    perebor_json_put_text(json, "title", story->title);
    put_text(writing, "verdict", story->headline);
    put_findings(writing);
    perebor_json_put_text(json, "ignored", story->ignored);
    perebor_json_key(json, "sections");
    perebor_json_begin_array(json);
    for (const story_chapter *item = story->chapters; item != NULL; item = item->next) {
        put_chapter(writing, item);
    }
    perebor_json_end_array(json);
    perebor_json_end_object(json);
}
