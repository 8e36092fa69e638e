// SPDX-License-Identifier: MIT
/* Layouts that are kept between units: made once by however many threads, and given up in their
 * turn. The learner is one that counts. */
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/deadline.h"
#include "trial/layout_cache.h"

static atomic_int n_created;
static perebor_status creating_comes_to;

/** The first creation says that it has begun, waits for leave to end, and fails. */
static bool first_is_held;
static sem_t has_begun, may_end;

static perebor_status create(const void **layout, const perebor_training *training,
                             const perebor_matrix *validation, const perebor_value *settings,
                             perebor_workspace *workspace, perebor_workspace *scratch,
                             perebor_error *error) {
    (void)training;
    (void)validation;
    (void)settings;
    perebor_status comes_to = creating_comes_to;
    if (atomic_fetch_add(&n_created, 1) == 0 && first_is_held) {
        (void)sem_post(&has_begun);
        (void)sem_wait(&may_end);
        comes_to = PEREBOR_ERR_ARGUMENT;
    }
    double *made = perebor_workspace_take(workspace, 1000, sizeof *made);
    double *rest = perebor_workspace_take(scratch, 1000, sizeof *rest);
    if (made == NULL || rest == NULL) {
        return perebor_no_memory(error, "to count");
    }
    for (size_t i = 0; i < 1000; i++) {
        made[i] = rest[i] = 7.0;
    }
    *layout = made;
    return comes_to == PEREBOR_OK ? PEREBOR_OK : perebor_fail(error, comes_to, "no layout");
}

static const perebor_learner_layout counted = {.create = create};
static const perebor_learner counting = {.name = "counting", .layout = &counted};

/** A thread that reads, and what came of it: no thread but the first one may assert. */
typedef struct reader {
    layout_cache *cache;
    layout_reading reading;
    perebor_status status;
    size_t n_faults;
    sem_t *begins; /**< Told of; NULL: nobody is. */
} reader;

/** Reads a layout of a fold, and ends. */
static void read_fold(reader *reader, size_t fold) {
    perebor_workspace scratch = {0};
    perebor_error error;
    const layout_key key = {.learner = &counting, .fold = fold};
    const layout_source source = {.scratch = &scratch};
    reader->status = layout_cache_read(reader->cache, &key, &source, &reader->reading, &error);
    const double *layout = reader->reading.layout;
    reader->n_faults += perebor_workspace_here(&scratch).block != NULL;
    reader->n_faults += layout != NULL && layout[999] != 7.0;
    layout_cache_end(reader->cache, &reader->reading);
    perebor_workspace_release(&scratch);
}

/** The same, in the first thread. */
static perebor_status look(layout_cache *cache, size_t fold, layout_reading *reading) {
    reader here = {.cache = cache};
    read_fold(&here, fold);
    assert_int_equal(here.n_faults, 0);
    *reading = here.reading;
    return here.status;
}

static void what_was_read_least_recently_goes_first(void **state) {
    (void)state;
    const struct {
        size_t fold;
        bool made;
    } looks[] = {{0, true}, {1, true},  {0, false}, {1, false}, {0, false},
                 {2, true}, {0, false}, {2, false}, {1, true},  {0, true}};
    layout_cache *cache = NULL;
    layout_reading reading;
    assert_int_equal(layout_cache_create(&cache, 20000, NULL), PEREBOR_OK); // room for two
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++) {
        assert_int_equal(look(cache, looks[i].fold, &reading), PEREBOR_OK);
        assert_int_equal(reading.made, looks[i].made);
        assert_true(reading.made == (reading.seconds > 0.0));
    }
    layout_cache_free(cache);
    layout_cache_free(NULL);
}

static void what_cannot_be_made_is_not_kept(void **state) {
    (void)state;
    const perebor_status statuses[] = {PEREBOR_ERR_ARGUMENT, PEREBOR_ERR_MEMORY,
                                       PEREBOR_ERR_STOPPED};
    layout_cache *cache = NULL;
    layout_reading reading;
    assert_int_equal(layout_cache_create(&cache, 1 << 20, NULL), PEREBOR_OK);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(look(cache, 9, &reading), PEREBOR_OK);
        creating_comes_to = statuses[i];
        assert_int_equal(look(cache, i, &reading), i == 0 ? PEREBOR_OK : statuses[i]);
        assert_null(reading.layout);
        creating_comes_to = PEREBOR_OK;
        // Where memory is short, all that nobody reads is given back.
        assert_int_equal(look(cache, 9, &reading), PEREBOR_OK);
        assert_int_equal(reading.made, statuses[i] == PEREBOR_ERR_MEMORY);
        assert_int_equal(look(cache, i, &reading), PEREBOR_OK);
        assert_true(reading.made);
    }
    layout_cache_free(cache);
}

static void *look_often(void *context) {
    reader *reader = context;
    for (size_t i = 0; i < 400; i++) {
        read_fold(reader, i / 4);
        reader->n_faults += reader->status != PEREBOR_OK || reader->reading.layout == NULL;
    }
    return NULL;
}

static void threads_wait_for_the_one_that_makes_it(void **state) {
    (void)state;
    enum { n_threads = 4 };
    pthread_t threads[n_threads];
    reader readers[n_threads];
    layout_cache *cache = NULL;
    assert_int_equal(layout_cache_create(&cache, 1 << 27, NULL), PEREBOR_OK);
    atomic_store(&n_created, 0);
    for (size_t i = 0; i < n_threads; i++) {
        readers[i] = (reader){.cache = cache};
        assert_int_equal(pthread_create(&threads[i], NULL, look_often, &readers[i]), 0);
    }
    for (size_t i = 0; i < n_threads; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    for (size_t i = 0; i < n_threads; i++) {
        assert_int_equal(readers[i].n_faults, 0);
    }
    assert_int_equal(atomic_load(&n_created), 100);
    layout_cache_free(cache);
}

static void *look_once(void *context) {
    reader *reader = context;
    if (reader->begins != NULL) {
        (void)sem_post(reader->begins);
    }
    read_fold(reader, 0);
    return NULL;
}

/** Who waits for a layout that cannot be made is told so, and makes it; whose time is over waits no
 * longer. */
static void who_waits_goes_on_when_the_maker_fails(void **state) {
    (void)state;
    pthread_t threads[2];
    sem_t begins;
    layout_reading reading;
    layout_cache *cache = NULL;
    const atomic_bool is_over = true;
    assert_int_equal(layout_cache_create(&cache, 1 << 27, NULL), PEREBOR_OK);
    assert_int_equal(
        sem_init(&has_begun, 0, 0) | sem_init(&may_end, 0, 0) | sem_init(&begins, 0, 0), 0);
    atomic_store(&n_created, 0);
    first_is_held = true;
    reader maker = {.cache = cache};
    reader waiter = {.cache = cache, .begins = &begins};
    assert_int_equal(pthread_create(&threads[0], NULL, look_once, &maker), 0);
    assert_int_equal(sem_wait(&has_begun), 0);
    perebor_deadline_heed(&is_over);
    const perebor_status stopped = look(cache, 0, &reading);
    perebor_deadline_heed(NULL);
    assert_int_equal(pthread_create(&threads[1], NULL, look_once, &waiter), 0);
    assert_int_equal(sem_wait(&begins), 0);
    clock_sleep(0.03); // it waits by now; if not yet, all comes to the same
    assert_int_equal(sem_post(&may_end), 0);
    assert_int_equal(pthread_join(threads[0], NULL) | pthread_join(threads[1], NULL), 0);
    first_is_held = false;
    assert_int_equal(stopped, PEREBOR_ERR_STOPPED);
    assert_int_equal(maker.status, PEREBOR_OK);
    assert_null(maker.reading.layout);
    assert_int_equal(waiter.status, PEREBOR_OK);
    assert_non_null(waiter.reading.layout);
    assert_true(waiter.reading.made);
    assert_int_equal(maker.n_faults + waiter.n_faults, 0);
    assert_int_equal(atomic_load(&n_created), 2);
    (void)sem_destroy(&begins);
    (void)sem_destroy(&may_end);
    (void)sem_destroy(&has_begun);
    layout_cache_free(cache);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_read_least_recently_goes_first),
        cmocka_unit_test(what_cannot_be_made_is_not_kept),
        cmocka_unit_test(threads_wait_for_the_one_that_makes_it),
        cmocka_unit_test(who_waits_goes_on_when_the_maker_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
