// SPDX-License-Identifier: MIT
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "propose/proposal.h"
#include "propose/proposal_text.h"

/** A text being written. */
typedef struct writing {
    const perebor_proposal *proposal;
    quality_notes notes;
    quality_list text;
} writing;

#define ADD(...) quality_list_add(&writing->notes, &writing->text, __VA_ARGS__)

static const char *yaml(writing *writing, const char *text) {
    return quality_yaml(&writing->notes, text);
}

/** Values as a list in brackets. */
static void add_list(writing *writing, const char *const *items, size_t n) {
    ADD("[");
    for (size_t i = 0; i < n; i++) {
        ADD("%s%s", i > 0 ? ", " : "", yaml(writing, items[i]));
    }
    ADD("]");
}

/** What is behind the "#" stays on its line, whatever names are in it. */
static void end_line(writing *writing, const char *reason) {
    char *comment = perebor_arena_text(writing->notes.arena, reason);
    writing->notes.failed |= comment == NULL;
    for (char *byte = comment; byte != NULL && *byte != '\0'; byte++) {
        *byte = (unsigned char)*byte < ' ' ? ' ' : *byte;
    }
    ADD("  # %s\n", comment != NULL ? comment : "");
}

static const char *delimiter_word(const char *delimiter) {
    return strcmp(delimiter, "\t") == 0 ? "tab" : strcmp(delimiter, " ") == 0 ? "space" : NULL;
}

static void add_table(writing *writing, const char *path) {
    const perebor_proposal *proposal = writing->proposal;
    const char *word = delimiter_word(proposal->delimiter);
    ADD("data:\n  table:\n    path: %s  # %" PRIu64 " rows, %zu columns; seen from this file\n",
        yaml(writing, path), proposal->n_rows, proposal->n_columns);
    if (proposal->table != NULL) {
        ADD("    table: %s  # of this database\n", yaml(writing, proposal->table));
        return;
    }
    ADD("    delimiter: %s  # detected, as the next two\n",
        word != NULL ? word : yaml(writing, proposal->delimiter));
    ADD("    decimal: %s\n", yaml(writing, proposal->decimal));
    ADD("    encoding: %s\n", yaml(writing, proposal->encoding));
    if (proposal->names == PROPOSED_NAMES_OF_HEADER) {
        return;
    }
    ADD("    columns: [");
    for (size_t i = 0; i < proposal->n_columns; i++) {
        ADD("%s%s", i > 0 ? ", " : "", yaml(writing, proposal->columns[i].name));
    }
    if (proposal->names == PROPOSED_NAMES_NONE) {
        ADD("]  # the first line looks like data, not like names; these are made up\n");
    } else {
        ADD("]  # the header's, but for some that are missing, twice there or have a *\n"
            "    skip: %" PRIu32 "  # lines: the header\n",
            proposal->n_lines_above);
    }
}

static void add_replace(writing *writing, const proposed_step *proposed) {
    const perebor_clean_step *step = &proposed->step;
    ADD("    - {op: replace, column: %s, map: {", yaml(writing, step->columns.items[0]));
    for (size_t i = 0; i < step->from.n; i++) {
        const char *from = step->from.items[i];
        const char *to = step->to.items[i];
        ADD("%s%s: %s", i > 0 ? ", " : "", step->from_plain[i] ? from : yaml(writing, from),
            to != NULL ? yaml(writing, to) : "null");
    }
    ADD("}, reason: %s}", step->reason);
    end_line(writing, proposed->reason);
}

static void add_steps(writing *writing) {
    const perebor_proposal *proposal = writing->proposal;
    if (proposal->n_steps > 0) {
        ADD("\n  clean:  # in this order; every step reports the cells that it changed\n");
    }
    for (size_t i = 0; i < proposal->n_steps; i++) {
        if (proposal->steps[i].step.kind == PEREBOR_STEP_NORMALIZE) {
            ADD("    - {op: normalize, columns: \"*\", form: NFC, trim: true}");
            end_line(writing, proposal->steps[i].reason);
        } else {
            add_replace(writing, &proposal->steps[i]);
        }
    }
}

static void add_filter(writing *writing) {
    const perebor_proposal *proposal = writing->proposal;
    if (proposal->n_without_target > 0) {
        ADD("\n  filter:\n    - {column: %s, op: is_not_gap, reason: no target}",
            yaml(writing, proposal->columns[proposal->target].name));
        end_line(writing, quality_format(&writing->notes,
                                         "%" PRIu64 " rows do not say what is to be predicted",
                                         proposal->n_without_target));
    }
}

static void add_id_and_target(writing *writing) {
    const perebor_proposal *proposal = writing->proposal;
    const proposed_column *target = &proposal->columns[proposal->target];
    bool found = false;
    for (size_t i = 0; i < proposal->n_columns; i++) {
        if (proposal->columns[i].role == PROPOSED_ID) {
            ADD("\n  id: %s", yaml(writing, proposal->columns[i].name));
            end_line(writing, proposal->columns[i].reason);
            found = true;
        }
    }
    if (!found) {
        ADD("\n  # id: COLUMN  # no column has another value in every row; rows go by their "
            "number\n");
    }
    double n = (double)(proposal->n_positive + proposal->n_negative);
    ADD("  target: {column: %s, positive: %s}", yaml(writing, target->name),
        yaml(writing, proposal->positive));
    end_line(writing,
             quality_format(&writing->notes, "%s; positive (%s): %.1f %% of rows, against %s",
                            target->reason, proposal->positive_reason,
                            100.0 * (double)proposal->n_positive / n, proposal->others));
}

static void add_feature(writing *writing, const proposed_column *column) {
    const char *name = yaml(writing, column->name);
    switch (column->role) {
    case PROPOSED_ORDINAL:
        ADD("      %s: ", name);
        add_list(writing, column->levels, column->n_levels);
        break;
    case PROPOSED_BOOLEAN:
        ADD("      %s: {\"true\": [%s], \"false\": [%s]}", name, yaml(writing, column->levels[1]),
            yaml(writing, column->levels[0]));
        break;
    default:
        ADD("      - %s", name);
    }
    end_line(writing, column->reason);
}

static void add_features(writing *writing) {
    static const char *const titles[] = {
        [PROPOSED_NUMERIC] = "numeric:",
        [PROPOSED_ORDINAL] =
            "ordinal:  # lowest first; in another order, or under nominal, if that is wrong",
        [PROPOSED_BOOLEAN] = "boolean:",
        [PROPOSED_NOMINAL] = "nominal:  # levels without an order",
        [PROPOSED_DROP] = "drop:  # no features; move what should be one to its kind above",
    };
    const perebor_proposal *proposal = writing->proposal;
    ADD("\n  features:\n");
    for (proposed_role role = PROPOSED_NUMERIC; role <= PROPOSED_DROP; role++) {
        bool any = false;
        for (size_t i = 0; i < proposal->n_columns; i++) {
            if (proposal->columns[i].role != role) {
                continue;
            }
            if (!any) {
                ADD("    %s\n", titles[role]);
            }
            any = true;
            add_feature(writing, &proposal->columns[i]);
        }
    }
    ADD("  missing: {numeric: median, nominal: most_frequent}  # learned from training rows "
        "alone\n");
}

/** The table's name without folder and endings. */
static const char *name_of(writing *writing, const char *path) {
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    if (*name == '\0') {
        return "table";
    }
    size_t length = strcspn(name + 1, ".") + 1; // a name that begins with a point has no other
    const char *kept = perebor_arena_copy(writing->notes.arena, name, length);
    writing->notes.failed |= kept == NULL;
    return kept != NULL ? kept : "";
}

static void add_beginning(writing *writing, const char *path) {
    ADD(PEREBOR_PROPOSAL_BEGINNING
        ": every guess is explained on its line; change what is wrong.\n"
        "# `perebor check` shows what comes of it, `perebor profile` what is the matter with the "
        "data,\n"
        "# `perebor settings` what can be searched; docs/reference/experiment.md explains every "
        "key.\n\n"
        "version: 1\nname: %s\nseed: 42  # everything random is a function of it\n\n",
        yaml(writing, name_of(writing, path)));
}

perebor_status perebor_proposal_text(const perebor_proposal *proposal, const char *path,
                                     char **text, perebor_error *error) {
    perebor_arena arena = {0};
    writing own = {.proposal = proposal, .notes = {.arena = &arena}};
    writing *writing = &own;
    add_beginning(writing, path);
    add_table(writing, path);
    add_steps(writing);
    add_filter(writing);
    add_id_and_target(writing);
    add_features(writing);
    proposal_add_search(proposal, &writing->notes, &writing->text);
    perebor_status status = quality_notes_check(&writing->notes, error);
    char *made = status == PEREBOR_OK ? strdup(quality_list_text(&writing->text)) : NULL;
    if (status == PEREBOR_OK && made == NULL) {
        status = perebor_no_memory(error, "to write an experiment");
    }
    if (status == PEREBOR_OK) {
        *text = made;
    }
    quality_list_release(&writing->text);
    quality_notes_release(&writing->notes);
    perebor_arena_release(&arena);
    return status;
}
