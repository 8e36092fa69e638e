// SPDX-License-Identifier: MIT
#include "run/simulation.h"

#include "base/try.h"
#include "h5/file_tree.h"
#include "store/stage.h"

/** The version of what is in the group, as docs/reference/result-file.md describes it. */
enum { VERSION = 1 };

perebor_status simulation_prepare(simulation *simulation, const perebor_result *result,
                                  uint32_t n_threads, uint64_t n_trials, const char *file,
                                  const char *folder, perebor_error *error) {
    perebor_status status;
    measured_costs *costs = &simulation->costs;
    PEREBOR_TRY(done, measured_costs_read(costs, result, file, folder, error));
    if (n_trials > 0) {
        PEREBOR_TRY(done, measured_costs_repeat(costs, n_trials, error));
    }
    uint32_t had = costs->ledger.n_threads > 0 ? (uint32_t)costs->ledger.n_threads : 1;
    simulation->outside_seconds = costs->ledger.start_seconds + costs->ledger.end_seconds;
    simulation->settings = (replay_settings){.n_units = costs->n_units,
                                             .order = costs->order,
                                             .cost = costs->predicted,
                                             .seconds = costs->seconds,
                                             .n_threads = n_threads > 0 ? n_threads : had,
                                             .bytes_of_result = costs->bytes_of_result,
                                             .members_of_result = costs->members_of_result,
                                             .costs = &replay_usual_costs};
done:
    return status;
}

void simulation_release(simulation *simulation) {
    measured_costs_release(&simulation->costs);
}

perebor_status simulation_run(const simulation *simulation, uint64_t n_ranks, simulated *found,
                              perebor_error *error) {
    replay_settings settings = simulation->settings;
    replay_outcome outcome;
    settings.n_ranks = (size_t)n_ranks;
    perebor_status status = replay_run(&settings, &outcome, error);
    if (status == PEREBOR_OK) {
        double thread_seconds = outcome.seconds * (double)n_ranks * settings.n_threads;
        *found = (simulated){.n_ranks = n_ranks,
                             .seconds = simulation->outside_seconds + outcome.seconds,
                             .speed_up = simulation->costs.total /
                                         (simulation->outside_seconds + outcome.seconds),
                             .busy = outcome.compute_seconds / thread_seconds,
                             .leader = outcome.leader_seconds / outcome.seconds};
    }
    return status;
}

double simulation_saturating_ranks(const simulation *simulation) {
    double unit = simulation->costs.total / (double)simulation->costs.n_units;
    return replay_most_results(&simulation->settings) * unit / simulation->settings.n_threads;
}

const simulated *simulation_quickest(const simulated *rows, size_t n_rows) {
    const simulated *quickest = rows;
    for (size_t i = 1; i < n_rows; i++) {
        quickest = rows[i].seconds < quickest->seconds ? &rows[i] : quickest;
    }
    return quickest;
}

/** What was replayed, as attributes of the group. */
static void add_costs(const simulation *simulation, h5_tree *tree, h5_node *group) {
    const measured_costs *costs = &simulation->costs;
    h5_set_integer(tree, group, "version", VERSION);
    h5_set_integer(tree, group, "n_trials", (int64_t)costs->n_trials);
    h5_set_integer(tree, group, "n_units", (int64_t)costs->n_units);
    h5_set_integer(tree, group, "n_threads", simulation->settings.n_threads);
    h5_set_real(tree, group, "unit_seconds", costs->total);
    h5_set_real(tree, group, "longest_unit_seconds", costs->longest);
    h5_set_real(tree, group, "outside_seconds", simulation->outside_seconds);
    h5_set_real(tree, group, "results_a_second", replay_most_results(&simulation->settings));
    h5_set_real(tree, group, "saturating_ranks", simulation_saturating_ranks(simulation));
}

perebor_status simulation_stage_put(perebor_result *result, const simulation *simulation,
                                    const simulated *rows, size_t n_rows, perebor_error *error) {
    perebor_status status;
    h5_tree *tree = h5_tree_create();
    if (tree == NULL) {
        return perebor_no_memory(error, "for a simulation");
    }
    h5_node *group = h5_add_group(tree, tree->root, "simulation");
    add_costs(simulation, tree, group);
    h5_set_text(tree, group, "scales", "ranks");
    h5_node *ranks = h5_add_dataset(tree, group, "ranks", H5_INT64, 1, n_rows, 0);
    static const char *const names[] = {"seconds", "speed_up", "busy", "rank_0_busy"};
    enum { n_reals = sizeof names / sizeof *names };
    h5_node *reals[n_reals];
    for (size_t k = 0; k < n_reals; k++) {
        reals[k] = h5_add_dataset(tree, group, names[k], H5_DOUBLE, 1, n_rows, 0);
    }
    PEREBOR_TRY(done, h5_tree_check(tree, "a simulation", error));
    for (size_t i = 0; i < n_rows; i++) {
        const double values[n_reals] = {rows[i].seconds, rows[i].speed_up, rows[i].busy,
                                        rows[i].leader};
        ((int64_t *)ranks->array.data)[i] = (int64_t)rows[i].n_ranks;
        for (size_t k = 0; k < n_reals; k++) {
            ((double *)reals[k]->array.data)[i] = values[k];
        }
    }
    status = stage_put(result, group, error);
done:
    h5_tree_free(tree);
    return status;
}
