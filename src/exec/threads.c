// SPDX-License-Identifier: MIT
#include "exec/threads.h"

#include <errno.h>
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { mask_bits = PEREBOR_MASK_WORDS * 64 };

static void read_affinity(perebor_allocation *allocation) {
    size_t size = CPU_ALLOC_SIZE(mask_bits);
    cpu_set_t *set = CPU_ALLOC(mask_bits);
    if (set != NULL && sched_getaffinity(0, size, set) == 0) {
        for (size_t p = 0; p < mask_bits; p++) {
            if (CPU_ISSET_S(p, size, set)) {
                allocation->processors[p / 64] |= UINT64_C(1) << (p % 64);
            }
        }
    } else {
        for (int32_t p = 0; p < allocation->n_present && p < mask_bits; p++) {
            allocation->processors[p / 64] |= UINT64_C(1) << (p % 64);
        }
    }
    CPU_FREE(set);
}

/** Reads "quota period" or "max period" of cgroup v2; no limit where the file is not. */
static double read_quota_v2(const char *path) {
    double quota = 0.0;
    double period = 0.0;
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return 0.0;
    }
    char line[128] = "";
    if (fgets(line, sizeof line, file) != NULL) {
        char *end = line;
        quota = strtod(line, &end);
        period = strtod(end, NULL);
    }
    (void)fclose(file);
    return quota > 0.0 && period > 0.0 ? quota / period : 0.0;
}

static double read_number(const char *path) {
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return 0.0;
    }
    char line[64] = "";
    double number = fgets(line, sizeof line, file) != NULL ? strtod(line, NULL) : 0.0;
    (void)fclose(file);
    return number;
}

static double tighter(double a, double b) {
    return a > 0.0 && (b <= 0.0 || a < b) ? a : b;
}

/** The tightest quota on the way from this process's cgroup to the root. */
static double read_quota(void) {
    double quota = read_quota_v2("/sys/fs/cgroup/cpu.max");
    double v1 = read_number("/sys/fs/cgroup/cpu/cpu.cfs_quota_us");
    double period = read_number("/sys/fs/cgroup/cpu/cpu.cfs_period_us");
    quota = tighter(quota, v1 > 0.0 && period > 0.0 ? v1 / period : 0.0);
    FILE *file = fopen("/proc/self/cgroup", "r");
    if (file == NULL) {
        return quota;
    }
    char line[1024];
    while (fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, "0::/", 4) != 0) {
            continue;
        }
        line[strcspn(line, "\n")] = '\0';
        for (char *cut = line + 3; cut != NULL && cut[1] != '\0'; cut = strrchr(line + 3, '/')) {
            char path[1200];
            (void)snprintf(path, sizeof path, "/sys/fs/cgroup%s/cpu.max", line + 3);
            quota = tighter(quota, read_quota_v2(path));
            cut = strrchr(line + 3, '/');
            if (cut == NULL || cut == line + 3) {
                break;
            }
            *cut = '\0';
        }
    }
    (void)fclose(file);
    return quota;
}

static int32_t read_environment(const char *name) {
    const char *text = getenv(name);
    long number = text == NULL ? 0 : strtol(text, NULL, 10);
    return number > 0 && number <= mask_bits ? (int32_t)number : 0;
}

void perebor_allocation_read(perebor_allocation *allocation) {
    memset(allocation, 0, sizeof *allocation);
    long n_present = sysconf(_SC_NPROCESSORS_ONLN);
    allocation->n_present = n_present > 0 ? (int32_t)n_present : 1;
    read_affinity(allocation);
    allocation->quota = read_quota();
    allocation->slurm = read_environment("SLURM_CPUS_PER_TASK");
    allocation->openmp = read_environment("OMP_NUM_THREADS");
}

static bool may_run_on(const perebor_allocation *allocation, size_t processor) {
    return (allocation->processors[processor / 64] >> (processor % 64) & 1) != 0;
}

static int n_processors(const perebor_allocation *allocation) {
    int n = 0;
    for (size_t p = 0; p < mask_bits; p++) {
        n += may_run_on(allocation, p);
    }
    return n > 0 ? n : 1;
}

/** Processors of the node that any of its ranks may run on, and no more than the quota. */
static double node_processors(const perebor_allocation *allocations, size_t n_ranks) {
    double n = 0.0;
    for (size_t p = 0; p < mask_bits; p++) {
        bool any = false;
        for (size_t rank = 0; rank < n_ranks && !any; rank++) {
            any = may_run_on(&allocations[rank], p);
        }
        n += any ? 1.0 : 0.0;
    }
    double quota = allocations[0].quota;
    return fmax(quota > 0.0 ? fmin(n, quota) : n, 1.0);
}

/** One rank's part of the node: every processor is divided among those who may run on it. */
static int fair_share(const perebor_allocation *allocations, size_t n_ranks, size_t place) {
    const perebor_allocation *own = &allocations[place];
    double share = 0.0;
    for (size_t p = 0; p < mask_bits; p++) {
        int n_users = 0;
        for (size_t rank = 0; rank < n_ranks && may_run_on(own, p); rank++) {
            n_users += may_run_on(&allocations[rank], p);
        }
        share += n_users > 0 ? 1.0 / n_users : 0.0;
    }
    if (own->quota > 0.0) {
        share = fmin(share, own->quota / (double)n_ranks);
    }
    int n = (int)floor(share + 1e-9);
    n = own->slurm > 0 && own->slurm < n ? own->slurm : n;
    n = own->openmp > 0 && own->openmp < n ? own->openmp : n;
    return n > 1 ? n : 1;
}

static int threads_of(const perebor_allocation *allocations, size_t n_ranks, size_t place) {
    return allocations[place].asked > 0 ? allocations[place].asked
                                        : fair_share(allocations, n_ranks, place);
}

perebor_status perebor_threads_choose(const perebor_allocation *allocations, size_t n_ranks,
                                      size_t place, bool oversubscribe, int *n_threads,
                                      perebor_error *error) {
    const perebor_allocation *own = &allocations[place];
    int chosen = threads_of(allocations, n_ranks, place);
    if (oversubscribe) {
        *n_threads = chosen;
        return PEREBOR_OK;
    }
    int bound = n_processors(own);
    if (chosen > bound) {
        const char *remedy = bound < own->n_present
                                 ? "the launcher bound it: try mpiexec -bind-to none, or srun "
                                   "--cpus-per-task"
                                 : "ask for fewer threads";
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "%d threads asked for, but this rank may run on %d of the node's %d "
                            "processors (%s); --oversubscribe forces it",
                            chosen, bound, (int)own->n_present, remedy);
    }
    int total = 0;
    for (size_t rank = 0; rank < n_ranks; rank++) {
        total += threads_of(allocations, n_ranks, rank);
    }
    double available = node_processors(allocations, n_ranks);
    if (total > available + 1e-9) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "%d threads over the %zu ranks of this node, but only %.3g of its "
                            "processors are granted: start fewer ranks or threads; "
                            "--oversubscribe forces it",
                            total, n_ranks, available);
    }
    *n_threads = chosen;
    return PEREBOR_OK;
}

perebor_status perebor_threads_choose_alone(int asked, bool oversubscribe, int *n_threads,
                                            perebor_error *error) {
    perebor_allocation allocation;
    perebor_allocation_read(&allocation);
    allocation.asked = asked;
    return perebor_threads_choose(&allocation, 1, 0, oversubscribe, n_threads, error);
}
