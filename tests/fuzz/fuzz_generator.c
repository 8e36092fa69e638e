// SPDX-License-Identifier: MIT
/* Any bytes at all as a generator file; what is accepted makes a few customers in every scenario.
 */
#include <stddef.h>
#include <stdint.h>

#include "config/generator_file.h"
#include "generate/generated_chunk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void make_customers(const perebor_generator *generator, perebor_scenario scenario) {
    const perebor_generate_options options = {
        .n_rows = 20, .seed = generator->seed, .scenario = scenario, .n_threads = 1};
    generated_chunk chunk = {0};
    size_t capacity = generated_chunk_capacity(generator);
    if (generated_chunk_create(&chunk, generator, &options, NULL) == PEREBOR_OK &&
        generated_chunk_begin(&chunk, NULL) == PEREBOR_OK) {
        perebor_status status =
            generated_chunk_make(&chunk, NULL, 0, capacity < 20 ? capacity : 20, NULL);
        (void)status; // whatever it says, it says it without harm
    }
    if (chunk.generator != NULL) {
        generated_chunk_release(&chunk);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    perebor_generator *generator = NULL;
    perebor_error error;
    if (perebor_generator_parse(&generator, "fuzz.yaml", (const char *)data, size, &error) !=
        PEREBOR_OK) {
        return 0;
    }
    for (size_t i = 0; perebor_scenario_names[i] != NULL; i++) {
        if (perebor_generator_knows(generator, (perebor_scenario)i)) {
            make_customers(generator, (perebor_scenario)i);
        }
    }
    perebor_generator_free(generator);
    return 0;
}
