// SPDX-License-Identifier: MIT
#include "export/c_model.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/version.h"
#include "export/c_arithmetic.h"
#include "export/c_calibration.h"
#include "export/c_columns.h"
#include "export/c_form.h"
#include "export/parts.h"

static const char preamble[] =
    " *\n"
    " * Compile it with any C99 compiler; it needs no library but the C library's memcpy and\n"
    " * strcmp. It gives the bits that perebor gives as long as double is IEEE 754 binary64 and\n"
    " * nothing is contracted or re-associated: that takes -ffp-contract=off where the compiler "
    "does\n"
    " * not heed the pragma below, and never -ffast-math. All functions may be called from any\n"
    " * number of threads.\n"
    " */\n"
    "#include <float.h>\n"
    "#include <stddef.h>\n"
    "#include <stdint.h>\n"
    "#include <string.h>\n"
    "\n"
    "#if defined(__GNUC__) && !defined(__clang__)\n"
    "#pragma GCC optimize(\"fp-contract=off\")\n"
    "#else\n"
    "#pragma STDC FP_CONTRACT OFF\n"
    "#endif\n"
    "#if defined(__FAST_MATH__) || DBL_MANT_DIG != 53 || \\\n"
    "    (FLT_EVAL_METHOD != 0 && FLT_EVAL_METHOD != 16) /* 16: half precision is its own */\n"
    "#error \"this needs arithmetic in IEEE double precision, without -ffast-math\"\n"
    "#endif\n"
    "\n";

static void put_declarations(c_text *text, const perebor_fitted_pipeline *pipeline) {
    const perebor_dataset *schema = perebor_fitted_pipeline_schema(pipeline);
    c_columns_put_row(text, schema);
    c_put(text, "/* The larger, the more likely is ");
    c_put_quoted(text, schema->target_name);
    c_put(text, " ");
    c_put_quoted(text, schema->positive_name);
    c_put(text, ". */\ndouble @_score(const struct @_row *row);\n\n");
    if (perebor_fitted_pipeline_calibration(pipeline) != NULL) {
        c_put(text, "/* How likely that is, in [0, 1]. */\n"
                    "double @_probability(const struct @_row *row);\n\n");
    } else {
        c_put(text,
              "/* Scores are margins that were not calibrated: there is no probability. */\n\n");
    }
}

/** What all parts call of c_arithmetic.h. */
static unsigned functions_of(const perebor_fitted_pipeline *pipeline) {
    unsigned functions = 0;
    for (size_t k = 0; k < parts_count(pipeline); k++) {
        uint32_t weight;
        const perebor_fitted_pipeline *part = parts_at(pipeline, k, &weight);
        functions |=
            c_form_functions(perebor_fitted_pipeline_form(part)) | c_calibration_functions(part);
    }
    return functions;
}

/** The levels that any part looks up. */
static void put_levels(c_text *text, const perebor_fitted_pipeline *pipeline) {
    size_t n = parts_count(pipeline);
    const perebor_preparation **preparations =
        (const perebor_preparation **)calloc(n, sizeof(const perebor_preparation *));
    if (preparations == NULL) {
        text->bytes.failed = true;
        return;
    }
    for (size_t k = 0; k < n; k++) {
        uint32_t weight;
        preparations[k] = perebor_fitted_pipeline_preparation(parts_at(pipeline, k, &weight));
    }
    c_columns_put_levels(text, perebor_fitted_pipeline_schema(pipeline), preparations, n);
    free((void *)preparations);
}

/** $_score() and $_probability() of a pipeline with a form. */
static void put_part(c_text *text, const perebor_dataset *schema,
                     const perebor_fitted_pipeline *part) {
    const perebor_model_form *form = perebor_fitted_pipeline_form(part);
    c_columns_put_prepare(text, schema, perebor_fitted_pipeline_preparation(part));
    c_form_put(text, form);
    c_put(text,
          "%sdouble $_score(const struct @_row *row) {\n"
          "    double x[%zu];\n"
          "    $_prepare(row, x);\n"
          "    return $_form(x);\n"
          "}\n",
          text->part != NULL ? "static " : "", form->n_columns);
    c_calibration_put(text, part);
}

/** The members under names of their own, and the weighted mean of their probabilities, added up as
 * pipeline/fitted_voting.c does. */
static void put_votes(c_text *text, const perebor_fitted_pipeline *pipeline) {
    enum { most_part_bytes = 32 };
    char name[most_part_bytes];
    uint64_t total = 0;
    uint32_t weight;
    for (size_t k = 0; k < parts_count(pipeline); k++) {
        const perebor_fitted_pipeline *part = parts_at(pipeline, k, &weight);
        (void)snprintf(name, sizeof name, "_member_%zu", k);
        c_put(text, "/* Member %zu: %s. */\n", k, perebor_fitted_pipeline_learner(part)->summary);
        text->part = name;
        put_part(text, perebor_fitted_pipeline_schema(pipeline), part);
        text->part = NULL;
        c_put(text, "\n");
    }
    c_put(text, "double @_score(const struct @_row *row) {\n    double sum = 0.0;\n");
    for (size_t k = 0; k < parts_count(pipeline); k++) {
        (void)parts_at(pipeline, k, &weight);
        total += weight;
        c_put(text, "    sum += %" PRIu32 ".0 * @_member_%zu_probability(row);\n", weight, k);
    }
    c_put(text, "    return sum / %" PRIu64 ".0;\n}\n", total);
    c_calibration_put(text, pipeline);
}

void c_model_put(c_text *text, const perebor_fitted_pipeline *pipeline) {
    c_put(text, "/* A fitted pipeline of perebor %s: %s.\n", perebor_version(),
          perebor_fitted_pipeline_learner(pipeline)->summary);
    c_put_template(text, preamble);
    put_declarations(text, pipeline);
    c_arithmetic_put(text, functions_of(pipeline));
    put_levels(text, pipeline);
    if (parts_vote(pipeline)) {
        put_votes(text, pipeline);
    } else {
        put_part(text, perebor_fitted_pipeline_schema(pipeline), pipeline);
    }
}
