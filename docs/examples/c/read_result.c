/* Lists the best trials of a result file, and its digest.
 *
 *   read_result RESULT.h5
 */
#include <stdio.h>
#include <stdlib.h>

#include <perebor/result_file.h>

enum { n_shown = 5 };

static void print_trial(const perebor_trials *trials, size_t trial, uint32_t rank) {
    char *params = perebor_trials_params_json(trials, trial);
    printf("%u\ttrial %llu\t%.6f\t%s\n", (unsigned)rank,
           (unsigned long long)(trials->first_trial + trial),
           perebor_trials_mean_test_score(trials, trial), params == NULL ? "" : params);
    free(params);
}

int main(int argc, char **argv) {
    perebor_error error = {PEREBOR_OK, ""};
    perebor_result *result = NULL;
    uint32_t *ranks = NULL;
    uint8_t digest[32];
    int code = EXIT_FAILURE;
    if (argc != 2) {
        fprintf(stderr, "usage: read_result RESULT.h5\n");
        return EXIT_FAILURE;
    }
    if (perebor_result_read(&result, argv[1], &error) != PEREBOR_OK) {
        fprintf(stderr, "read_result: %s\n", error.message);
        return EXIT_FAILURE;
    }
    ranks = (uint32_t *)calloc(result->trials->n_trials + 1, sizeof *ranks);
    if (ranks != NULL && perebor_trials_rank(result->trials, ranks, &error) == PEREBOR_OK) {
        for (uint32_t rank = 1; rank <= n_shown; rank++) {
            for (size_t trial = 0; trial < result->trials->n_trials; trial++) {
                if (ranks[trial] == rank) {
                    print_trial(result->trials, trial, rank);
                }
            }
        }
        perebor_trials_digest(result->trials, digest);
        printf("digest ");
        for (int i = 0; i < 32; i++) {
            printf("%02x", digest[i]);
        }
        printf("\n");
        code = EXIT_SUCCESS;
    }
    free(ranks);
    perebor_result_free(result);
    return code;
}
