// SPDX-License-Identifier: MIT
#include "trial/layout_cache.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "base/cpu_time.h"
#include "base/deadline.h"
#include "base/try.h"

/** How long a thread waits for another one before it looks at its own deadline. */
static const long wait_nanoseconds = 20000000;

/** One layout, in a list of all. */
typedef struct kept_layout {
    struct kept_layout *next;
    layout_key key;
    const void *layout; /**< NULL: it is being made. */
    perebor_workspace memory;
    size_t n_readers; /**< Who makes it among them. */
    uint64_t last_read;
} kept_layout;

struct layout_cache {
    pthread_mutex_t mutex; /**< Over all that follows, and what the list is of. */
    pthread_cond_t made;   /**< A layout was made, or could not be. */
    kept_layout *first;
    size_t room;
    uint64_t n_reads; /**< So far: what readings are numbered by. */
};

perebor_status layout_cache_create(layout_cache **cache, size_t room, perebor_error *error) {
    layout_cache *created = calloc(1, sizeof *created);
    if (created == NULL) {
        return perebor_no_memory(error, "to share what learners make of folds");
    }
    created->room = room;
    (void)pthread_mutex_init(&created->mutex, NULL); // with default attributes neither fails
    (void)pthread_cond_init(&created->made, NULL);
    *cache = created;
    return PEREBOR_OK;
}

static void free_kept(kept_layout *kept) {
    perebor_workspace_release(&kept->memory);
    free(kept);
}

void layout_cache_free(layout_cache *cache) {
    if (cache == NULL) {
        return;
    }
    while (cache->first != NULL) {
        kept_layout *kept = cache->first;
        cache->first = kept->next;
        free_kept(kept);
    }
    (void)pthread_cond_destroy(&cache->made);
    (void)pthread_mutex_destroy(&cache->mutex);
    free(cache);
}

static bool same_key(const layout_key *a, const layout_key *b) {
    return a->fold == b->fold && a->settings == b->settings && a->learner == b->learner &&
           perebor_preparation_settings_compare(&a->preparation, &b->preparation) == 0;
}

static kept_layout *find(const layout_cache *cache, const layout_key *key) {
    kept_layout *kept = cache->first;
    while (kept != NULL && !same_key(&kept->key, key)) {
        kept = kept->next;
    }
    return kept;
}

/** Takes an entry out of the list. */
static void unlink_kept(layout_cache *cache, const kept_layout *kept) {
    kept_layout **at = &cache->first;
    while (*at != kept) {
        at = &(*at)->next;
    }
    *at = kept->next;
}

/** Gives up layouts that nobody reads until the others fit in @p room bytes. */
static void shrink(layout_cache *cache, size_t room) {
    for (;;) {
        size_t bytes = 0;
        kept_layout *oldest = NULL;
        for (kept_layout *kept = cache->first; kept != NULL; kept = kept->next) {
            if (kept->n_readers == 0) {
                bytes += kept->memory.most_used;
                oldest = oldest == NULL || kept->last_read < oldest->last_read ? kept : oldest;
            }
        }
        if (bytes <= room) {
            return;
        }
        unlink_kept(cache, oldest);
        free_kept(oldest);
    }
}

/** Waits a moment for a layout to be made. */
static void wait_a_moment(layout_cache *cache) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += wait_nanoseconds;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    (void)pthread_cond_timedwait(&cache->made, &cache->mutex, &until);
}

/** Looks up an entry to read, waiting while it is made. @return NULL: there is none, or, with
 * PEREBOR_ERR_STOPPED, time is over. */
static kept_layout *await(layout_cache *cache, const layout_key *key, perebor_status *status,
                          perebor_error *error) {
    kept_layout *kept = find(cache, key);
    *status = PEREBOR_OK;
    while (kept != NULL && kept->layout == NULL) {
        wait_a_moment(cache);
        *status = perebor_deadline_check(error);
        if (*status != PEREBOR_OK) {
            return NULL;
        }
        kept = find(cache, key);
    }
    return kept;
}

/** An entry whose layout is yet to be made. */
static kept_layout *add(layout_cache *cache, const layout_key *key) {
    kept_layout *kept = calloc(1, sizeof *kept);
    if (kept != NULL) {
        kept->key = *key;
        kept->n_readers = 1;
        kept->next = cache->first;
        cache->first = kept;
    }
    return kept;
}

/** Makes the layout of a new entry, which is freed if that fails. */
static perebor_status make(layout_cache *cache, kept_layout *entry, const layout_source *source,
                           perebor_error *error) {
    const void *layout = NULL;
    perebor_workspace_mark begin = perebor_workspace_here(source->scratch);
    perebor_status status = entry->key.learner->layout->create(
        &layout, source->training, source->validation, source->settings, &entry->memory,
        source->scratch, error);
    perebor_workspace_return(source->scratch, begin);
    pthread_mutex_lock(&cache->mutex);
    entry->layout = layout;
    if (status != PEREBOR_OK) {
        unlink_kept(cache, entry);
        shrink(cache, status == PEREBOR_ERR_MEMORY ? 0 : cache->room);
    }
    pthread_cond_broadcast(&cache->made);
    pthread_mutex_unlock(&cache->mutex);
    if (status != PEREBOR_OK) {
        free_kept(entry);
    }
    return status;
}

perebor_status layout_cache_read(layout_cache *cache, const layout_key *key,
                                 const layout_source *source, layout_reading *reading,
                                 perebor_error *error) {
    perebor_status status;
    kept_layout *added = NULL;
    *reading = (layout_reading){0};
    pthread_mutex_lock(&cache->mutex);
    kept_layout *kept = await(cache, key, &status, error);
    if (kept != NULL) {
        kept->n_readers++;
    } else if (status == PEREBOR_OK && source != NULL) {
        added = add(cache, key);
        status = added != NULL ? PEREBOR_OK : perebor_no_memory(error, "for a layout");
    }
    pthread_mutex_unlock(&cache->mutex);
    if (added != NULL) {
        const double begin = perebor_cpu_seconds();
        status = make(cache, added, source, error);
        reading->made = true;
        reading->seconds = perebor_cpu_seconds() - begin;
        kept = status == PEREBOR_OK ? added : NULL;
    }
    if (kept != NULL) {
        reading->kept = kept;
        reading->layout = kept->layout;
    }
    return status == PEREBOR_ERR_STOPPED || status == PEREBOR_ERR_MEMORY ? status : PEREBOR_OK;
}

void layout_cache_end(layout_cache *cache, const layout_reading *reading) {
    if (reading->kept == NULL) {
        return;
    }
    pthread_mutex_lock(&cache->mutex);
    reading->kept->n_readers--;
    reading->kept->last_read = ++cache->n_reads;
    shrink(cache, cache->room);
    pthread_mutex_unlock(&cache->mutex);
}
