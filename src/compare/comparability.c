// SPDX-License-Identifier: MIT
#include "compare/comparability.h"

#include <string.h>

#include "base/json_leaves.h"
#include "store/search_identity.h"

const comparison_sentence comparison_agreement_names[] = {
    {{"same", "одинаково"}},
    {{"different", "различается"}},
    {{"not recorded", "не записано"}},
    {{"trusted", "принято на веру"}},
};

const comparison_sentence comparison_aspect_names[] = {
    {{"rows", "строки"}},
    {{"columns", "столбцы"}},
    {{"folds", "блоки"}},
    {{"test rows", "проверочная часть"}},
    {{"space", "пространство поиска"}},
    {{"seed", "начальное число"}},
    {{"version", "версия"}},
    {{"machines", "машины"}},
};

static comparison_agreement agreement_of(bool same) {
    return same ? COMPARISON_SAME : COMPARISON_DIFFERENT;
}

/** Texts of rows: identifiers. */
static bool same_texts(const char *const *a, const char *const *b, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (strcmp(a[i], b[i]) != 0) {
            return false;
        }
    }
    return true;
}

/** The same examples in the same order: by identifier, else by their place in the base table, and
 * by label. */
static bool same_rows(const perebor_result *a, const perebor_result *b) {
    size_t n = a->n_rows;
    if (b->n_rows != n || (a->ids == NULL) != (b->ids == NULL) ||
        memcmp(a->labels, b->labels, n) != 0) {
        return false;
    }
    return a->ids != NULL ? same_texts(a->ids, b->ids, n)
                          : memcmp(a->source_rows, b->source_rows, n * sizeof(uint32_t)) == 0;
}

static bool same_folds(const perebor_result *a, const perebor_result *b) {
    return a->n_rows == b->n_rows && a->n_splits == b->n_splits && a->n_repeats == b->n_repeats &&
           memcmp(a->test_fold, b->test_fold, a->n_repeats * a->n_rows * sizeof(int32_t)) == 0;
}

static bool same_part(const perebor_result *a, const perebor_result *b) {
    return a->n_rows == b->n_rows && memcmp(a->part, b->part, a->n_rows) == 0;
}

/** The same space, whatever the seed that draws from it. */
static bool same_space(const perebor_result *a, const perebor_result *b,
                       comparison_memory *memory) {
    const json_leaf *leaves[2] = {NULL, NULL};
    size_t n[2] = {0, 0};
    if (json_leaves_read(&memory->arena, a->space_json, &leaves[0], &n[0], NULL) != PEREBOR_OK ||
        json_leaves_read(&memory->arena, b->space_json, &leaves[1], &n[1], NULL) != PEREBOR_OK ||
        n[0] != n[1]) {
        return false;
    }
    for (size_t i = 0; i < n[0]; i++) {
        bool equal = strcmp(leaves[0][i].path, leaves[1][i].path) == 0 &&
                     (strcmp(leaves[0][i].path, "seed") == 0 ||
                      strcmp(leaves[0][i].value, leaves[1][i].value) == 0);
        if (!equal) {
            return false;
        }
    }
    return true;
}

/** The same processors, each with its ranks and threads. */
static bool same_machines(const perebor_result *a, const perebor_result *b) {
    bool same = a->n_hosts == b->n_hosts;
    for (size_t i = 0; same && i < a->n_hosts; i++) {
        same = strcmp(a->hosts[i].cpu, b->hosts[i].cpu) == 0 &&
               a->hosts[i].n_ranks == b->hosts[i].n_ranks &&
               a->hosts[i].n_threads == b->hosts[i].n_threads;
    }
    return same;
}

/** What is compared of two result files. */
static void compare_results(comparison_check *checks, const perebor_result *a,
                            const perebor_result *b, comparison_memory *memory) {
    checks[COMPARISON_ROWS].agreement = agreement_of(same_rows(a, b));
    checks[COMPARISON_COLUMNS].agreement =
        agreement_of(memcmp(a->data_fingerprint, b->data_fingerprint, 32) == 0);
    checks[COMPARISON_FOLDS].agreement = agreement_of(same_folds(a, b));
    checks[COMPARISON_TEST_ROWS].agreement = agreement_of(same_part(a, b));
    checks[COMPARISON_SPACE].agreement = agreement_of(same_space(a, b, memory));
    checks[COMPARISON_SEED].agreement = agreement_of(a->seed == b->seed);
    checks[COMPARISON_VERSION].agreement =
        agreement_of(strcmp(a->creator_version, b->creator_version) == 0);
    checks[COMPARISON_MACHINES].agreement = agreement_of(same_machines(a, b));
}

/** What each disagreement bears on. */
static void say_what_is_left_out(comparison_check *checks) {
    static const comparison_sentence consequences[] = {
        [COMPARISON_ROWS] = {{"tests on folds and test part; budgets compare rows too",
                              "тесты на блоках и проверочной части; бюджеты сравнивают и строки"}},
        [COMPARISON_COLUMNS] = {{"nothing: each is judged with its own columns",
                                 "ничего: о каждом судят по его столбцам"}},
        [COMPARISON_FOLDS] = {{"the test on folds; budgets compare folds too",
                               "тест на блоках; бюджеты сравнивают и блоки"}},
        [COMPARISON_TEST_ROWS] = {{"the test on the test part", "тест на проверочной части"}},
        [COMPARISON_SPACE] = {{"nothing: budgets compare the spaces too",
                               "ничего: бюджеты сравнивают и пространства"}},
        [COMPARISON_SEED] = {{"nothing: the draws are others", "ничего: выборки другие"}},
        [COMPARISON_VERSION] = {{"nothing: see what differs", "ничего: см. различия"}},
        [COMPARISON_MACHINES] = {{"nothing: seconds compare the machines too",
                                  "ничего: секунды сравнивают и машины"}},
    };
    for (size_t i = 0; i < COMPARISON_N_ASPECTS; i++) {
        bool agrees =
            checks[i].agreement == COMPARISON_SAME || checks[i].agreement == COMPARISON_TRUSTED;
        bool is_test = i == COMPARISON_ROWS || i == COMPARISON_FOLDS || i == COMPARISON_TEST_ROWS;
        bool known = checks[i].agreement == COMPARISON_DIFFERENT;
        checks[i].left_out = agrees             ? COMPARISON_WORDS("", "")
                             : known || is_test ? consequences[i]
                                                : COMPARISON_WORDS("nothing", "ничего");
    }
    if (checks[COMPARISON_SEED].agreement == COMPARISON_SAME) {
        checks[COMPARISON_SEED].left_out =
            COMPARISON_WORDS("the tests of budgets and of trial against trial",
                             "тесты бюджетов и испытания против испытания");
    }
}

/** Trials of both that are finished, and whether they came to the same. */
static void count_equal(comparison_pair *pair, const perebor_trials *a, const perebor_trials *b) {
    for (size_t trial = 0; trial < a->n_trials; trial++) {
        uint64_t number = a->first_trial + trial;
        if (number < b->first_trial || number - b->first_trial >= b->n_trials) {
            continue;
        }
        size_t other = (size_t)(number - b->first_trial);
        if (!perebor_trials_finished(a, trial) || !perebor_trials_finished(b, other)) {
            continue;
        }
        uint8_t digests[2][32];
        perebor_trials_digest_one(a, trial, digests[0]);
        perebor_trials_digest_one(b, other, digests[1]);
        bool equal = memcmp(digests[0], digests[1], 32) == 0;
        pair->first_unequal =
            !equal && pair->n_equal == pair->n_shared ? number : pair->first_unequal;
        pair->n_shared++;
        pair->n_equal += equal;
    }
}

static void find_one_search(comparison_pair *pair, const perebor_result *a,
                            const perebor_result *b) {
    perebor_search_identity identities[2];
    perebor_search_identity_of_result(&identities[0], a);
    perebor_search_identity_of_result(&identities[1], b);
    pair->is_one_search = perebor_search_identity_compare(&identities[0], &identities[1]) == 0;
    if (pair->is_one_search) {
        count_equal(pair, a->trials, b->trials);
    }
}

/** Trials are draws of one distribution, independent of each other and of those of the other? */
static void judge_draws(comparison_pair *pair, const compared_search *a, const compared_search *b,
                        const comparison_summary *summaries, comparison_memory *memory) {
    if (summaries[pair->a].n_complete < 2 || summaries[pair->b].n_complete < 2) {
        pair->no_draws = COMPARISON_WORDS("it takes two complete trials of each",
                                          "нужно по два законченных испытания");
    } else if (pair->checks[COMPARISON_SEED].agreement == COMPARISON_SAME) {
        pair->no_draws = COMPARISON_WORDS(
            "they have the same seed, so that their draws are not independent; another "
            "--seed, with split.seed and cv.seed as they are, would make them so",
            "начальное число у них одно, и выборки зависимы; другой --seed при тех же split.seed и "
            "cv.seed "
            "сделает их независимыми");
    } else if (a->kind == COMPARED_OPTUNA || b->kind == COMPARED_OPTUNA) {
        pair->no_draws =
            comparison_say(memory,
                           "%c is a study of Optuna's, whose sampler may learn from "
                           "trial to trial",
                           "%c — исследование Optuna, чей выбор может учиться от испытания к "
                           "испытанию",
                           summaries[a->kind == COMPARED_OPTUNA ? pair->a : pair->b].label);
    }
    pair->has_draws = pair->no_draws.in[0] == NULL;
}

void comparability_check(comparison_pair *pair, const comparison *comparison,
                         comparison_memory *memory) {
    const compared_search *a = &comparison->searches[pair->a];
    const compared_search *b = &comparison->searches[pair->b];
    bool recorded = a->result != NULL && b->result != NULL;
    for (size_t i = 0; i < COMPARISON_N_ASPECTS; i++) {
        pair->checks[i].agreement = COMPARISON_UNKNOWN;
    }
    if (recorded) {
        compare_results(pair->checks, a->result, b->result, memory);
        find_one_search(pair, a->result, b->result);
    } else if (comparison->options.same_folds > 0) {
        pair->checks[COMPARISON_ROWS].agreement = COMPARISON_TRUSTED;
        pair->checks[COMPARISON_FOLDS].agreement = COMPARISON_TRUSTED;
    }
    say_what_is_left_out(pair->checks);
    judge_draws(pair, a, b, comparison->summaries, memory);
}
