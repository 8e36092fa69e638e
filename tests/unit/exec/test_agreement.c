// SPDX-License-Identifier: MIT
// Collectives that fail: MPI's entries are replaced here by ones that do when told to.
#include <mpi.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "perebor/ranks.h"

static int code_of_allreduce = MPI_SUCCESS, code_of_bcast = MPI_SUCCESS;
static int code_of_gather = MPI_SUCCESS;

int MPI_Allreduce(const void *from, void *to, int n, MPI_Datatype type, MPI_Op operation,
                  MPI_Comm among) {
    return code_of_allreduce != MPI_SUCCESS ? code_of_allreduce
                                            : PMPI_Allreduce(from, to, n, type, operation, among);
}

int MPI_Bcast(void *bytes, int n, MPI_Datatype type, int root, MPI_Comm among) {
    return code_of_bcast != MPI_SUCCESS ? code_of_bcast : PMPI_Bcast(bytes, n, type, root, among);
}

int MPI_Allgather(const void *from, int n, MPI_Datatype type, void *to, int n_to,
                  MPI_Datatype type_to, MPI_Comm among) {
    return code_of_gather != MPI_SUCCESS ? code_of_gather
                                         : PMPI_Allgather(from, n, type, to, n_to, type_to, among);
}

static perebor_ranks *ranks;

static void failed_collectives_are_failures(void **state) {
    (void)state;
    perebor_error error = {0};
    code_of_allreduce = MPI_ERR_OTHER;
    assert_int_equal(perebor_ranks_agree(ranks, PEREBOR_OK, &error), PEREBOR_ERR_IO);
    code_of_allreduce = MPI_SUCCESS;
    assert_non_null(strstr(error.message, "MPI cannot tell whether a rank failed"));
    code_of_bcast = MPI_ERR_OTHER;
    assert_int_equal(perebor_ranks_agree(ranks, PEREBOR_ERR_MEMORY, &error), PEREBOR_ERR_IO);
    const void *shared = NULL;
    size_t size = 0;
    assert_int_equal(perebor_ranks_share(ranks, "data", 4, &shared, &size, &error), PEREBOR_ERR_IO);
    assert_null(shared);
    code_of_bcast = MPI_SUCCESS;
    int n_threads = 0;
    code_of_gather = MPI_ERR_OTHER;
    assert_int_equal(perebor_ranks_choose_threads(ranks, 1, true, &n_threads, &error),
                     PEREBOR_ERR_IO);
    code_of_gather = MPI_SUCCESS;
    assert_int_equal(n_threads, 0);
}

static void nobody_has_to_be_told_why(void **state) {
    (void)state;
    assert_int_equal(perebor_ranks_agree(ranks, PEREBOR_OK, NULL), PEREBOR_OK);
    assert_int_equal(perebor_ranks_agree(ranks, PEREBOR_ERR_MEMORY, NULL), PEREBOR_ERR_MEMORY);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failed_collectives_are_failures),
        cmocka_unit_test(nobody_has_to_be_told_why),
    };
    if (perebor_ranks_open(&ranks, NULL) != PEREBOR_OK) {
        return 1;
    }
    return perebor_ranks_close(ranks, cmocka_run_group_tests(tests, NULL, NULL));
}
