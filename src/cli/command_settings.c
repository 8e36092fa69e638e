// SPDX-License-Identifier: MIT
/* Every setting that a search can vary, as the steps and the learners themselves declare it. */
#include <argp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "cli/argument.h"
#include "cli/command.h"
#include "cli/settings_json.h"
#include "cli/terminal.h"
#include "perebor/learners.h"
#include "perebor/preparation.h"

enum { KEY_FORMAT = 256, most_steps = 64 };

/** How they are written. */
enum { AS_TEXT, AS_MARKDOWN, AS_JSON };
#define FORMATS "text|markdown|json"

/** A step of the pipeline: of the preparation, or a learner. */
typedef struct step {
    const char *name;
    const char *summary; /**< NULL: its settings say it. */
    const perebor_setting *settings;
    size_t n_settings;
} step;

/** What the command line says. */
typedef struct settings_arguments {
    const char *step; /**< NULL: all of them. */
    size_t format;
} settings_arguments;

static const struct argp_option options[] = {
    {"format", KEY_FORMAT, FORMATS, 0, "How to write them (default: text)", 0},
    {0},
};

/** All steps, those of the preparation first. @param[out] steps  [most_steps] */
static size_t list_steps(step *steps) {
    size_t n = 0;
    size_t n_preparations = 0;
    size_t n_learners = 0;
    const perebor_preparation_step *preparations = perebor_preparation_steps(&n_preparations);
    const perebor_learner *const *learners = perebor_learners(&n_learners);
    for (size_t i = 0; i < n_preparations && n < most_steps; i++) {
        steps[n++] = (step){.name = preparations[i].name,
                            .settings = preparations[i].settings,
                            .n_settings = preparations[i].n_settings};
    }
    for (size_t i = 0; i < n_learners && n < most_steps; i++) {
        steps[n++] = (step){.name = learners[i]->name,
                            .summary = learners[i]->summary,
                            .settings = learners[i]->settings,
                            .n_settings = learners[i]->n_settings};
    }
    return n;
}

/** The step that is asked for; if there is none the program ends. */
static const char *choose_step(const struct argp_state *state, const char *name) {
    step steps[most_steps];
    const char *names[most_steps];
    size_t n = list_steps(steps);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(steps[i].name, name) == 0) {
            return name;
        }
        names[i] = steps[i].name;
    }
    const char *near = perebor_suggest(name, names, n);
    argp_error(state, "there is no step \"%s\"%s%s%s; 'perebor settings' lists them", name,
               near != NULL ? " (did you mean \"" : "", near != NULL ? near : "",
               near != NULL ? "\"?)" : "");
    return NULL;
}

static error_t parse_option(int key, char *value, struct argp_state *state) {
    settings_arguments *arguments = state->input;
    switch (key) {
    case KEY_FORMAT:
        arguments->format = argument_choice(state, "--format", value, FORMATS);
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num > 0) {
            argp_error(state, "one step at a time; \"%s\" is one too many", value);
        }
        arguments->step = choose_step(state, value);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .args_doc = "[STEP]",
    .doc = "List the settings of every step of the pipeline, or of one: name, values that it "
           "takes, default and meaning. A parameter of a search is named STEP__SETTING. As JSON, "
           "what a setting takes is a JSON Schema.",
};

/** Writes what a setting is called in an experiment: "logreg__C"; "scale" alone. */
static void name_parameter(const step *step, const perebor_setting *setting, char *name,
                           size_t size) {
    (void)snprintf(name, size, "%s%s%s", step->name, *setting->name != '\0' ? "__" : "",
                   setting->name);
}

/** The default, as it would stand in an experiment. */
static void format_default(const perebor_setting *setting, char *text, size_t size) {
    if (setting->default_value.kind == PEREBOR_VALUE_TEXT) {
        (void)snprintf(text, size, "%s", setting->default_value.as.text);
    } else {
        (void)perebor_value_format(setting->default_value, text, size);
    }
}

static void print_text(const step *step) {
    printf("%s%s%s\n", step->name, step->summary != NULL ? ": " : "",
           step->summary != NULL ? step->summary : "");
    for (size_t i = 0; i < step->n_settings; i++) {
        char name[96];
        char takes[640];
        char value[64];
        name_parameter(step, &step->settings[i], name, sizeof name);
        (void)perebor_setting_describe(&step->settings[i], takes, sizeof takes);
        format_default(&step->settings[i], value, sizeof value);
        printf("  %-25s %s\n", name, step->settings[i].summary);
        printf("  %-25s takes %s; default %s\n", "", takes, value);
    }
    putchar('\n');
}

/** Texts of the project, without a bar: nothing in them ends a cell. */
static void print_markdown(const step *step) {
    printf("\n## `%s`\n\n", step->name);
    if (step->summary != NULL) {
        printf("`model: %s`: %s.\n\n", step->name, step->summary);
    }
    puts("| parameter | takes | default | meaning |\n|---|---|---|---|");
    for (size_t i = 0; i < step->n_settings; i++) {
        char name[96];
        char takes[640];
        char value[64];
        name_parameter(step, &step->settings[i], name, sizeof name);
        (void)perebor_setting_describe(&step->settings[i], takes, sizeof takes);
        format_default(&step->settings[i], value, sizeof value);
        printf("| `%s` | %s | `%s` | %s |\n", name, takes, value, step->settings[i].summary);
    }
}

static void put_step(perebor_json *json, const step *step) {
    perebor_json_begin_object(json);
    perebor_json_put_text(json, "name", step->name);
    perebor_json_put_text(json, "learner", step->summary);
    perebor_json_key(json, "settings");
    perebor_json_begin_array(json);
    for (size_t i = 0; i < step->n_settings; i++) {
        char name[96];
        name_parameter(step, &step->settings[i], name, sizeof name);
        perebor_json_begin_object(json);
        perebor_json_put_text(json, "parameter", name);
        perebor_json_key(json, "takes");
        settings_json_put_takes(json, &step->settings[i]);
        perebor_json_key(json, "default");
        perebor_value_write_json(json, step->settings[i].default_value);
        perebor_json_put_text(json, "summary", step->settings[i].summary);
        perebor_json_end_object(json);
    }
    perebor_json_end_array(json);
    perebor_json_end_object(json);
}

/** One document. "learner" is what a step's learner is called, null for a step of the preparation.
 */
static int print_json(const step *steps, size_t n, const char *wanted) {
    perebor_json json = {0};
    perebor_json_begin_object(&json);
    perebor_json_key(&json, "steps");
    perebor_json_begin_array(&json);
    for (size_t i = 0; i < n; i++) {
        if (wanted == NULL || strcmp(wanted, steps[i].name) == 0) {
            put_step(&json, &steps[i]);
        }
    }
    perebor_json_end_array(&json);
    settings_json_put_names(&json);
    perebor_json_end_object(&json);
    char *text = perebor_json_take(&json);
    if (text == NULL) {
        perebor_error error = {.message = "no memory for the list of settings"};
        return command_fail(&error);
    }
    puts(text);
    free(text);
    return EXIT_OK;
}

static int run(int argc, char **argv) {
    settings_arguments arguments = {0};
    step steps[most_steps];
    command_parse(&parser, argc, argv, &arguments);
    if (arguments.format != AS_TEXT) {
        terminal_print_data();
    }
    size_t n = list_steps(steps);
    if (arguments.format == AS_JSON) {
        return print_json(steps, n, arguments.step);
    }
    for (size_t i = 0; i < n; i++) {
        if (arguments.step == NULL || strcmp(arguments.step, steps[i].name) == 0) {
            (arguments.format == AS_MARKDOWN ? print_markdown : print_text)(&steps[i]);
        }
    }
    return EXIT_OK;
}

const command command_settings = {"settings", "list every setting that a search can vary", run,
                                  .on_ranks = false};
