// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <string.h>

#include "base/suggest.h"
#include "base/try.h"
#include "config/sections.h"

enum { max_encodings = 64 };

#define SPEC(member) offsetof(config_draft, experiment.tables.member)

static perebor_status read_delimiter(const config_reading *reading, const yaml_node *node,
                                     void *field) {
    const char *text = strcmp(node->text, "tab") == 0     ? "\t"
                       : strcmp(node->text, "space") == 0 ? " "
                                                          : node->text;
    // What numbers and quoted fields are made of cannot separate them.
    bool separates = strlen(text) == 1 && strchr("\t ,;|:!#$%&*/<=>?@^_`{}~", text[0]) != NULL;
    if (!separates) {
        return config_refuse_type(reading, node,
                                  "one character such as \",\", \";\", \"|\" or \":\", or tab");
    }
    *(const char **)field = text;
    return PEREBOR_OK;
}

static perebor_status read_comment(const config_reading *reading, const yaml_node *node,
                                   void *field) {
    unsigned char byte = (unsigned char)node->text[0];
    if (strlen(node->text) != 1 || byte <= ' ' || byte >= 0x7F || byte == '"') {
        return config_refuse_type(reading, node, "one character such as \"#\" or \"%\"");
    }
    *(const char **)field = node->text;
    return PEREBOR_OK;
}

static perebor_status read_decimal(const config_reading *reading, const yaml_node *node,
                                   void *field) {
    if (strcmp(node->text, ".") != 0 && strcmp(node->text, ",") != 0) {
        return config_refuse_type(reading, node, "\".\" or \",\"");
    }
    *(const char **)field = node->text;
    return PEREBOR_OK;
}

static perebor_status read_encoding(const config_reading *reading, const yaml_node *node,
                                    void *field) {
    const char *names[max_encodings];
    size_t n = 0;
    while (n < max_encodings && perebor_encoding_name(n) != NULL) {
        names[n] = perebor_encoding_name(n);
        n++;
    }
    const char *found = node->kind == YAML_SCALAR ? perebor_encoding_find(node->text) : NULL;
    if (found == NULL) {
        const char *nearest = perebor_suggest(node->text, names, n);
        return yaml_refuse(
            node, reading->error,
            "encoding \"%s\" is not known%s%s%s; it takes utf-8, utf-16le, "
            "windows-1251, windows-1252, latin-1, koi8-r, cp866 and others like them",
            node->text, nearest == NULL ? "" : " (did you mean \"", nearest == NULL ? "" : nearest,
            nearest == NULL ? "" : "\"?)");
    }
    *(const char **)field = found;
    return PEREBOR_OK;
}

static perebor_status check_source(const config_reading *reading, const yaml_node *node,
                                   const perebor_table_source *source) {
    if (source->sqlite_table != NULL && source->sqlite_query != NULL) {
        return yaml_refuse(node, reading->error,
                           "table %s: give table or query of the database, not both", source->name);
    }
    bool database = source->sqlite_table != NULL || source->sqlite_query != NULL;
    if (database &&
        (source->delimiter != NULL || source->decimal != NULL || source->encoding != NULL ||
         source->columns.n > 0 || source->skip > 0 || source->comment != NULL)) {
        return yaml_refuse(node, reading->error,
                           "table %s: delimiter, decimal, encoding, columns, skip and comment are "
                           "of CSV files; a database has none",
                           source->name);
    }
    if (source->delimiter != NULL && source->decimal != NULL &&
        strcmp(source->delimiter, source->decimal) == 0) {
        return yaml_refuse(node, reading->error,
                           "table %s: delimiter and decimal are both \"%s\"; they must differ",
                           source->name, source->decimal);
    }
    return PEREBOR_OK;
}

static perebor_status read_source(const config_reading *reading, const yaml_node *node,
                                  void *field) {
    static const config_key keys[] = {
        {"path", config_read_name, offsetof(perebor_table_source, path), true},
        {"key", config_read_text, offsetof(perebor_table_source, key), false},
        {"delimiter", read_delimiter, offsetof(perebor_table_source, delimiter), false},
        {"decimal", read_decimal, offsetof(perebor_table_source, decimal), false},
        {"encoding", read_encoding, offsetof(perebor_table_source, encoding), false},
        {"columns", config_read_texts, offsetof(perebor_table_source, columns), false},
        {"skip", config_read_u32, offsetof(perebor_table_source, skip), false},
        {"comment", read_comment, offsetof(perebor_table_source, comment), false},
        {"table", config_read_text, offsetof(perebor_table_source, sqlite_table), false},
        {"query", config_read_text, offsetof(perebor_table_source, sqlite_query), false},
    };
    perebor_status status;
    perebor_table_source *source = field;
    source->name = node->key;
    source->at = config_position(node);
    if (node->kind == YAML_SCALAR) {
        return config_read_text(reading, node, &source->path);
    }
    PEREBOR_TRY(done, config_read_section(reading, node, "a table", keys,
                                          sizeof keys / sizeof *keys, source));
    PEREBOR_TRY(done, check_source(reading, node, source));
done:
    return status;
}

static perebor_status read_tables(const config_reading *reading, const yaml_node *node,
                                  void *field) {
    perebor_tables_spec *spec = field;
    void *sources = NULL;
    size_t n = 0;
    perebor_status status = config_read_items(
        reading, node, YAML_MAP, "a section of names and tables, such as {sales: sales.csv}",
        read_source, sizeof *spec->sources, &sources, &n);
    if (status != PEREBOR_OK) {
        return status;
    }
    if (n == 0) {
        return yaml_refuse(node, reading->error, "tables is empty; an experiment needs a table");
    }
    spec->sources = sources;
    spec->n_sources = n;
    return PEREBOR_OK;
}

/** data.table: a single source, whose name is "table". */
static perebor_status read_table(const config_reading *reading, const yaml_node *node,
                                 void *field) {
    perebor_tables_spec *spec = field;
    perebor_table_source *source = perebor_arena_allocate(reading->arena, 1, sizeof *source);
    if (source == NULL) {
        return config_no_memory(reading);
    }
    perebor_status status = read_source(reading, node, source);
    if (status == PEREBOR_OK) {
        spec->sources = source;
        spec->n_sources = 1;
    }
    return status;
}

const char *config_folder(perebor_arena *arena, const char *file) {
    const char *slash = strrchr(file, '/');
    return perebor_arena_copy(arena, file, slash == NULL ? 0 : (size_t)(slash - file) + 1);
}

const char *config_join_path(perebor_arena *arena, const char *folder, const char *path) {
    size_t length = strlen(folder);
    if (*path == '/' || length == 0) {
        return path;
    }
    bool slash = folder[length - 1] != '/';
    size_t size = length + slash + strlen(path) + 1;
    char *joined = perebor_arena_allocate(arena, size, 1);
    if (joined != NULL) {
        (void)snprintf(joined, size, "%s%s%s", folder, slash ? "/" : "", path);
    }
    return joined;
}

/** Paths are seen from data.root, which is seen from the folder of the experiment. */
static perebor_status place_sources(const config_reading *reading, config_draft *draft) {
    perebor_tables_spec *spec = &draft->experiment.tables;
    perebor_table_source *sources =
        perebor_arena_allocate(reading->arena, spec->n_sources, sizeof *sources);
    const char *folder = config_folder(reading->arena, reading->file);
    const char *root = folder == NULL || strcmp(draft->root, ".") == 0
                           ? folder
                           : config_join_path(reading->arena, folder, draft->root);
    if (sources == NULL || root == NULL) {
        return config_no_memory(reading);
    }
    for (size_t i = 0; i < spec->n_sources; i++) {
        sources[i] = spec->sources[i];
        sources[i].path = config_join_path(reading->arena, root, sources[i].path);
        if (sources[i].path == NULL) {
            return config_no_memory(reading);
        }
    }
    spec->sources = sources;
    return PEREBOR_OK;
}

/** What several keys say together. */
static perebor_status check_data(const config_reading *reading, const yaml_node *node,
                                 config_draft *draft) {
    perebor_tables_spec *spec = &draft->experiment.tables;
    const yaml_node *table = yaml_find(node, "table");
    const yaml_node *tables = yaml_find(node, "tables");
    if (table != NULL && tables != NULL) {
        return yaml_refuse_key(table, reading->error,
                               "give table (one file) or tables (several by name), not both");
    }
    if (spec->n_sources == 0) {
        return yaml_refuse(node, reading->error,
                           "data needs the key table (one file) or tables (several by name)");
    }
    if (spec->n_sources > 1 && yaml_find(node, "join") == NULL) {
        return yaml_refuse_key(tables, reading->error,
                               "there are %zu tables and no join, which says how they become one",
                               spec->n_sources);
    }
    const yaml_node *features = yaml_find(node, "features");
    spec->roles.at = config_position(features == NULL ? node : features);
    spec->roles.detect = spec->roles.numeric.n == 0 && spec->roles.nominal.n == 0;
    return PEREBOR_OK;
}

/** The key that tables are joined by is the base's, unless said. */
static perebor_status settle_join(const config_reading *reading, const yaml_node *node,
                                  perebor_tables_spec *spec) {
    const yaml_node *join = yaml_find(node, "join");
    if (join == NULL) {
        return PEREBOR_OK;
    }
    const perebor_table_source *base = &spec->sources[0];
    for (size_t i = 0; i < spec->n_sources && spec->join.base != NULL; i++) {
        if (strcmp(spec->sources[i].name, spec->join.base) == 0) {
            base = &spec->sources[i];
        }
    }
    if (spec->join.on == NULL) {
        spec->join.on = base->key;
    }
    if (spec->join.on == NULL) {
        return yaml_refuse(
            join, reading->error,
            "join needs the key by (or on): the column by which rows find each other");
    }
    if (yaml_find(join, "tables") != NULL) {
        return PEREBOR_OK;
    }
    const char **names = perebor_arena_allocate(reading->arena, spec->n_sources, sizeof *names);
    if (names == NULL) {
        return config_no_memory(reading);
    }
    size_t n = 0;
    for (size_t i = 0; i < spec->n_sources; i++) {
        if (&spec->sources[i] != base) {
            names[n++] = spec->sources[i].name;
        }
    }
    spec->join.tables = (perebor_texts){names, n};
    return PEREBOR_OK;
}

perebor_status config_read_data(const config_reading *reading, const yaml_node *node, void *field) {
    static const config_key keys[] = {
        {"root", config_read_text, offsetof(config_draft, root), false},
        {"table", read_table, offsetof(config_draft, experiment.tables), false},
        {"tables", read_tables, offsetof(config_draft, experiment.tables), false},
        {"clean", config_read_clean, offsetof(config_draft, experiment.tables), false},
        {"pivot", config_read_pivot, offsetof(config_draft, experiment.tables), false},
        {"join", config_read_join, SPEC(join), false},
        {"filter", config_read_filter, offsetof(config_draft, experiment.tables), false},
        {"id", config_read_text, SPEC(roles.id), false},
        {"target", config_read_target, SPEC(roles), true},
        {"features", config_read_features, SPEC(roles), false},
        {"carry", config_read_texts, SPEC(roles.passthrough), false},
        {"group", config_read_text, SPEC(roles.group), false},
        {"missing", config_read_missing, 0, false},
    };
    perebor_status status;
    config_draft *draft = field;
    PEREBOR_TRY(
        done, config_read_section(reading, node, "data", keys, sizeof keys / sizeof *keys, draft));
    PEREBOR_TRY(done, check_data(reading, node, draft));
    PEREBOR_TRY(done, settle_join(reading, node, &draft->experiment.tables));
    PEREBOR_TRY(done, place_sources(reading, draft));
    draft->experiment.tables.file = draft->experiment.file;
done:
    return status;
}
