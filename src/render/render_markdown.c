// SPDX-License-Identifier: MIT
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "base/try.h"
#include "render/render.h"
#include "story/phrase.h"

const char render_markdown_beginning[] = "---\nformat: " RENDER_FORMAT;

/** Rows of a table that are written. */
enum { most_rows = 30 };

/** What is written around the story. */
typedef struct markdown_words {
    const char *findings, *more, *absent, *stale, *by_command, *ignored;
    const char *severities[3]; /**< By story_severity. */
} markdown_words;

static const markdown_words words[STORY_N_LANGUAGES] = {
    {.findings = "Findings",
     .more = "… and %zu more rows\n\n",
     .absent = "This is not in the file.",
     .stale = "What the file has of this is of before the search or the model changed.",
     .by_command = "Commands:",
     .ignored = "The experiment ignores: ",
     .severities = {"serious", "warning", "note"}},
    {.findings = "Находки",
     .more = "… и ещё строк: %zu\n\n",
     .absent = "В файле этого нет.",
     .stale = "То, что есть в файле, — от прежнего поиска или прежней модели.",
     .by_command = "Команды:",
     .ignored = "Эксперимент просит не сообщать: ",
     .severities = {"важно", "внимание", "заметка"}},
};

/** A document being written. */
typedef struct markdown {
    FILE *stream;
    story_language language;
    bool failed;
} markdown;

/** Text that stays text: one line, nothing that Markdown, HTML or a terminal acts upon. */
static void put(markdown *page, const char *text) {
    size_t length = strlen(text);
    char *escaped = malloc(4 * length + 1);
    page->failed = page->failed || escaped == NULL;
    if (escaped == NULL) {
        return;
    }
    (void)perebor_text_escape(escaped, text, length, PEREBOR_ESCAPE_BREAKS);
    for (const char *at = escaped; *at != '\0'; at++) {
        if (*at == '<') {
            fputs("&lt;", page->stream);
        } else if (*at == '&') {
            fputs("&amp;", page->stream);
        } else {
            if (strchr("\\|*_`[]#", *at) != NULL) {
                fputc('\\', page->stream);
            }
            fputc(*at, page->stream);
        }
    }
    free(escaped);
}

static void put_text(markdown *page, story_text text) {
    put(page, text.in[page->language]);
}

static void put_cell(markdown *page, const story_column *column, size_t row) {
    char number[48];
    if (column->kind == STORY_WORD) {
        put_text(page, column->words[row]);
    } else if (column->kind == STORY_TERM) {
        put(page, column->terms[row] == NULL ? "" : column->terms[row]);
    } else {
        int places = column->kind == STORY_WHOLE ? 0 : column->places;
        phrase_number(number, column->numbers[row], places, page->language);
        fputs(number, page->stream);
    }
}

static bool is_number(const story_column *column) {
    return column->kind == STORY_WHOLE || column->kind == STORY_REAL;
}

static void put_table(markdown *page, const story_figure *figure) {
    size_t n = figure->n_rows < most_rows ? figure->n_rows : most_rows;
    if (figure->n_columns == 0 || n == 0) {
        return;
    }
    for (size_t i = 0; i < figure->n_columns; i++) {
        fputs(i == 0 ? "| " : " | ", page->stream);
        put_text(page, figure->columns[i].label);
    }
    fputs(" |\n", page->stream);
    for (size_t i = 0; i < figure->n_columns; i++) {
        fputs(is_number(&figure->columns[i]) ? "|---:" : "|:---", page->stream);
    }
    fputs("|\n", page->stream);
    for (size_t row = 0; row < n; row++) {
        for (size_t i = 0; i < figure->n_columns; i++) {
            fputs(i == 0 ? "| " : " | ", page->stream);
            put_cell(page, &figure->columns[i], row);
        }
        fputs(" |\n", page->stream);
    }
    fputc('\n', page->stream);
    if (n < figure->n_rows) {
        fprintf(page->stream, words[page->language].more, figure->n_rows - n);
    }
}

static void put_figure(markdown *page, const story_figure *figure) {
    fputs("### ", page->stream);
    put_text(page, figure->title);
    fputs("\n\n", page->stream);
    if (figure->note.in[0][0] != '\0') {
        put_text(page, figure->note);
        fputs("\n\n", page->stream);
    }
    put_table(page, figure);
}

/** A command as code: its own line, indented, so that nothing in it is marked up. */
static void put_command(markdown *page, const story_command *command) {
    size_t length = strlen(command->line);
    char *escaped = malloc(4 * length + 1);
    page->failed = page->failed || escaped == NULL;
    if (escaped != NULL) {
        (void)perebor_text_escape(escaped, command->line, length, PEREBOR_ESCAPE_BREAKS);
        fprintf(page->stream, "    %s    # %s\n", escaped, command->what.in[page->language]);
    }
    free(escaped);
}

static void put_chapter(markdown *page, const story_chapter *chapter) {
    const markdown_words *said = &words[page->language];
    fputs("## ", page->stream);
    put_text(page, chapter->title);
    fputs("\n\n", page->stream);
    if (chapter->state != STORY_PRESENT) {
        fprintf(page->stream, "%s\n\n",
                chapter->state == STORY_ABSENT ? said->absent : said->stale);
    }
    for (const story_paragraph *item = chapter->paragraphs; item != NULL; item = item->next) {
        put_text(page, item->text);
        fputs("\n\n", page->stream);
    }
    for (const story_figure *item = chapter->figures; item != NULL; item = item->next) {
        put_figure(page, item);
    }
    if (chapter->commands != NULL) {
        fprintf(page->stream, "%s\n\n", said->by_command);
    }
    for (const story_command *item = chapter->commands; item != NULL; item = item->next) {
        put_command(page, item);
    }
    fputs(chapter->commands != NULL ? "\n" : "", page->stream);
}

static void put_findings(markdown *page, const story *story) {
    const markdown_words *said = &words[page->language];
    if (story->findings != NULL) {
        fprintf(page->stream, "## %s\n\n", said->findings);
    }
    for (const story_finding *item = story->findings; item != NULL; item = item->next) {
        fprintf(page->stream, "- **PRB%03u** (%s): ", item->code, said->severities[item->severity]);
        put_text(page, item->sentence);
        fputc('\n', page->stream);
    }
    fputs(story->findings != NULL ? "\n" : "", page->stream);
    if (story->ignored[0] != '\0') {
        fprintf(page->stream, "%s%s\n\n", said->ignored, story->ignored);
    }
}

/** The head as YAML, whose strings are those of JSON. */
static void put_head(markdown *page, const story *story) {
    perebor_json json = {0};
    size_t length = strlen(story->title);
    char *shown = malloc(4 * length + 1);
    if (shown != NULL) {
        (void)perebor_text_escape(shown, story->title, length, PEREBOR_ESCAPE_BREAKS);
        perebor_json_text(&json, shown);
    }
    char *title = perebor_json_take(&json);
    page->failed = page->failed || shown == NULL || title == NULL;
    fprintf(page->stream, "%s\nversion: \"%s\"\ntitle: %s\nlang: %s\n---\n\n",
            render_markdown_beginning, RENDER_FORMAT_VERSION, title != NULL ? title : "",
            story_language_names[page->language]);
    free(title);
    free(shown);
}

perebor_status render_markdown(const story *story, story_language language, FILE *stream,
                               perebor_error *error) {
    markdown page = {.stream = stream, .language = language};
    put_head(&page, story);
    fputs("# ", stream);
    put_text(&page, story->headline);
    fputs("\n\n", stream);
    put_findings(&page, story);
    for (const story_chapter *item = story->chapters; item != NULL; item = item->next) {
        put_chapter(&page, item);
    }
    return page.failed ? perebor_no_memory(error, "for a report as Markdown") : PEREBOR_OK;
}
