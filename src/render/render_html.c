// SPDX-License-Identifier: MIT
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "render/packed_columns.h"
#include "render/page_template.h"
#include "render/render.h"
#include "render/story_json.h"

const char render_html_beginning[] = "<!doctype html><!-- " RENDER_FORMAT " -->";

/** Where the page takes the story, and the language that it opens in. */
static const char story_mark[] = "<!--perebor:story-->", language_mark[] = "perebor-language",
                  title_mark[] = "perebor-title", verdict_mark[] = "perebor-verdict";

/**
 * JSON between script tags. The only way out of such an element is "</script" (or "<!--", which
 * changes what ends it), so that no "<" is left: outside of strings JSON has none, and in strings
 * \u003c is the same. Control characters are escaped by JSON already.
 */
static void put_island(const char *json, FILE *stream) {
    for (; *json != '\0'; json++) {
        if (*json == '<' || *json == '>' || *json == '&') {
            fprintf(stream, "\\u%04x", (unsigned)*json);
        } else {
            fputc(*json, stream);
        }
    }
}

/** A text as the content of an element. */
static perebor_status put_escaped(const char *text, FILE *stream, perebor_error *error) {
    size_t length = strlen(text);
    char *escaped = malloc(4 * length + 1);
    if (escaped == NULL) {
        return perebor_no_memory(error, "for a title");
    }
    (void)perebor_text_escape(escaped, text, length, PEREBOR_ESCAPE_BREAKS);
    for (const char *at = escaped; *at != '\0'; at++) {
        switch (*at) {
        case '<':
            fputs("&lt;", stream);
            break;
        case '&':
            fputs("&amp;", stream);
            break;
        default:
            fputc(*at, stream);
        }
    }
    free(escaped);
    return PEREBOR_OK;
}

/** Writes the page up to a mark. @return What follows it; NULL if it is not there. */
static const char *write_up_to(const char *page, const char *mark, FILE *stream) {
    const char *found = strstr(page, mark);
    if (found != NULL) {
        (void)fwrite(page, 1, (size_t)(found - page), stream);
        found += strlen(mark);
    }
    return found;
}

perebor_status render_html(const story *story, story_language language, FILE *stream,
                           perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    packed_columns columns = {0};
    story_json writing = {
        .story = story, .language = -1, .put_values = packed_columns_put, .context = &columns};
    story_json_write(&writing);
    char *json = perebor_json_take(&writing.json);
    const char *rest = render_page;
    if (json == NULL || columns.failed) {
        status = perebor_no_memory(error, "for a report as a page");
        goto done;
    }
    rest = write_up_to(rest, language_mark, stream);
    fputs(story_language_names[language], stream);
    rest = rest == NULL ? NULL : write_up_to(rest, title_mark, stream);
    PEREBOR_TRY(done, put_escaped(story->title, stream, error));
    // The verdict is read while the page's data still comes, and where scripts are switched off.
    rest = rest == NULL ? NULL : write_up_to(rest, title_mark, stream);
    PEREBOR_TRY(done, put_escaped(story->title, stream, error));
    rest = rest == NULL ? NULL : write_up_to(rest, verdict_mark, stream);
    PEREBOR_TRY(done, put_escaped(story->headline.in[language], stream, error));
    rest = rest == NULL ? NULL : write_up_to(rest, story_mark, stream);
    if (rest == NULL) {
        status = perebor_fail(error, PEREBOR_ERR_FORMAT, "the built page has lost a mark");
        goto done;
    }
    fputs("<script type=\"application/json\" id=\"story\">", stream);
    put_island(json, stream);
    fputs("</script>\n", stream);
    fputs(columns.elements != NULL ? columns.elements : "", stream);
    fputs(rest, stream);
done:
    free(json);
    packed_columns_release(&columns);
    return status;
}
