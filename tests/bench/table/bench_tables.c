// SPDX-License-Identifier: MIT
/**
 * Loads the shop's tables from the folder given, and prints rows, seconds and the peak of memory.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#include "shop_tables.h"

static double now_seconds(void) {
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

int main(int argc, char **argv) {
    if (argc != 2) {
        (void)fprintf(stderr, "usage: bench_tables FOLDER\n");
        return 64;
    }
    perebor_dataset *dataset = NULL;
    perebor_tables_report report;
    perebor_error error = {0};
    double start = now_seconds();
    if (load_shop(argv[1], &dataset, &report, &error) != PEREBOR_OK) {
        (void)fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    printf("{\"rows\": %zu, \"seconds\": %.3f, \"cpu_seconds\": %.3f, \"peak_mib\": %.1f}\n",
           dataset->n_rows, now_seconds() - start,
           (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
               1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec),
           (double)usage.ru_maxrss / 1024.0);
    perebor_dataset_free(dataset);
    perebor_tables_report_release(&report);
    return 0;
}
