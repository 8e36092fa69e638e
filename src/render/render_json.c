// SPDX-License-Identifier: MIT
#include <stdlib.h>

#include "render/render.h"
#include "render/story_json.h"

const char render_json_beginning[] = "{\"format\":\"" RENDER_FORMAT "\"";

perebor_status render_json(const story *story, story_language language, FILE *stream,
                           perebor_error *error) {
    story_json writing = {.story = story, .language = (int)language};
    story_json_write(&writing);
    char *text = perebor_json_take(&writing.json);
    if (text == NULL) {
        return perebor_no_memory(error, "for a report as JSON");
    }
    fputs(text, stream);
    fputc('\n', stream);
    free(text);
    return PEREBOR_OK;
}
