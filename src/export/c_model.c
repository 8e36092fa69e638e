// SPDX-License-Identifier: MIT
#include "export/c_model.h"

#include "base/version.h"
#include "export/c_arithmetic.h"
#include "export/c_calibration.h"
#include "export/c_columns.h"
#include "export/c_form.h"

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

void c_model_put(c_text *text, const perebor_fitted_pipeline *pipeline) {
    const perebor_model_form *form = perebor_fitted_pipeline_form(pipeline);
    c_put(text, "/* A fitted pipeline of perebor %s: %s.\n", perebor_version(),
          perebor_fitted_pipeline_learner(pipeline)->summary);
    c_put_template(text, preamble);
    put_declarations(text, pipeline);
    c_arithmetic_put(text, c_form_functions(form) | c_calibration_functions(pipeline));
    c_columns_put_prepare(text, pipeline);
    c_form_put(text, form);
    c_put(text,
          "double @_score(const struct @_row *row) {\n"
          "    double x[%zu];\n"
          "    @_prepare(row, x);\n"
          "    return @_form(x);\n"
          "}\n",
          form->n_columns);
    c_calibration_put(text, pipeline);
}
