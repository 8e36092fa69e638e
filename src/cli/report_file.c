// SPDX-License-Identifier: MIT
#include "cli/report_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "cli/command.h"
#include "cli/output_file.h"
#include "cli/terminal.h"
#include "perebor/output.h"
#include "render/render.h"
#include "story/story_make.h"

bool report_format_of(const char *name, report_format *format) {
    static const struct {
        const char *ending;
        report_format format;
    } endings[] = {{".html", REPORT_HTML},
                   {".htm", REPORT_HTML},
                   {".json", REPORT_JSON},
                   {".md", REPORT_MARKDOWN},
                   {".qmd", REPORT_MARKDOWN}};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t length = strlen(name), ending = strlen(endings[i].ending);
        if (length > ending && strcmp(name + length - ending, endings[i].ending) == 0) {
            *format = endings[i].format;
            return true;
        }
    }
    return false;
}

/** What a report of a format is known by. */
static perebor_output_kind kind_of(report_format format) {
    const char *const beginnings[] = {render_html_beginning, render_json_beginning,
                                      render_markdown_beginning};
    return (perebor_output_kind){.name = "a report", .beginning = beginnings[format]};
}

typedef struct told_report {
    const story *story;
    const report_order *order;
} told_report;

static perebor_status write_report(const void *context, FILE *stream, perebor_error *error) {
    const told_report *told = context;
    switch (told->order->format) {
    case REPORT_JSON:
        return render_json(told->story, told->order->language, stream, error);
    case REPORT_MARKDOWN:
        return render_markdown(told->story, told->order->language, stream, error);
    default:
        return render_html(told->story, told->order->language, stream, error);
    }
}

/** Decides whether the report may be written there, before any work. */
static perebor_status check_output(const report_order *order, perebor_file_identity *found,
                                   perebor_error *error) {
    const perebor_output_kind kind = kind_of(order->format);
    perebor_input *inputs = calloc(order->n_files, sizeof *inputs);
    if (inputs == NULL) {
        return perebor_no_memory(error, "for the names of files");
    }
    for (size_t i = 0; i < order->n_files; i++) {
        inputs[i] = (perebor_input){.path = order->files[i], .what = "a file that it reports on"};
    }
    perebor_status status = perebor_output_check(order->output, &kind, order->overwrite, inputs,
                                                 order->n_files, found, error);
    free(inputs);
    return status;
}

perebor_status report_file_write(const report_order *order, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_file_identity found = {0};
    story told = {0};
    const story_options options = {.n_customers = order->n_customers};
    if (order->output != NULL) {
        PEREBOR_TRY(done, check_output(order, &found, error));
    }
    PEREBOR_TRY(done, story_make(&told, order->files, order->n_files, &options, error));
    if (told.unknown[0] != '\0') {
        char line[200];
        (void)snprintf(line, sizeof line,
                       "report.ignore of the experiment names %.100s, which is no finding",
                       told.unknown);
        command_warn(line);
    }
    const told_report report = {&told, order};
    if (order->output != NULL) {
        status = output_file_replace(order->output, &found, write_report, &report, error);
    } else {
        terminal_print_data();
        status = write_report(&report, stdout, error);
    }
done:
    story_release(&told);
    return status;
}
