// SPDX-License-Identifier: MIT
#include "trial/layout_cache.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/cpu_time.h"
#include "base/deadline.h"
#include "base/mix.h"
#include "base/try.h"

/** How long a thread waits for another one before it looks at its own deadline. */
static const double wait_seconds = 0.02;

enum { n_chains = 256 };

/** One layout: in the chain of its key, and, if nobody reads it, in a list by when it was read. */
typedef struct kept_layout {
    struct kept_layout *next; /**< In the chain. */
    layout_key key;
    const void *layout; /**< NULL: it is being made. */
    perebor_workspace memory;
    size_t n_readers;                   /**< Who makes it among them. */
    struct kept_layout *before, *after; /**< In the list; of its ends, one is of no account. */
} kept_layout;

struct layout_cache {
    pthread_mutex_t mutex; /**< Over all that follows, and what the chains are of. */
    pthread_cond_t made;   /**< A layout was made, or could not be. */
    kept_layout *chains[n_chains];
    kept_layout *oldest, *newest; /**< The oldest and the newest that nobody reads. */
    size_t room;
    size_t unread; /**< Bytes of those that nobody reads. */
};

perebor_status layout_cache_create(layout_cache **cache, size_t room, perebor_error *error) {
    pthread_condattr_t monotonic;
    layout_cache *created = calloc(1, sizeof *created);
    if (created == NULL) {
        return perebor_no_memory(error, "to share what learners make of folds");
    }
    created->room = room;
    (void)pthread_mutex_init(&created->mutex, NULL); // with default attributes it never fails
    (void)pthread_condattr_init(&monotonic);         // nor do these
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&created->made, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
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
    for (size_t i = 0; i < n_chains; i++) {
        while (cache->chains[i] != NULL) {
            kept_layout *kept = cache->chains[i];
            cache->chains[i] = kept->next;
            free_kept(kept);
        }
    }
    (void)pthread_cond_destroy(&cache->made);
    (void)pthread_mutex_destroy(&cache->mutex);
    free(cache);
}

static bool same_key(const layout_key *a, const layout_key *b) {
    return a->fold == b->fold && a->settings == b->settings && a->learner == b->learner &&
           perebor_preparation_settings_compare(&a->preparation, &b->preparation) == 0;
}

/** Where the chain of a key begins. */
static kept_layout **chain_of(layout_cache *cache, const layout_key *key) {
    uint64_t hash = perebor_mix_in(key->settings, key->fold);
    hash = perebor_mix_in(hash, key->preparation.select_k);
    return &cache->chains[hash % n_chains];
}

static kept_layout *find(layout_cache *cache, const layout_key *key) {
    kept_layout *kept = *chain_of(cache, key);
    while (kept != NULL && !same_key(&kept->key, key)) {
        kept = kept->next;
    }
    return kept;
}

/** Takes an entry out of its chain. */
static void unchain(layout_cache *cache, const kept_layout *kept) {
    kept_layout **at = chain_of(cache, &kept->key);
    while (*at != kept) {
        at = &(*at)->next;
    }
    *at = kept->next;
}

/** Lists an entry that nobody reads any more as the newest. */
static void list_unread(layout_cache *cache, kept_layout *kept) {
    kept->before = cache->newest;
    kept->after = NULL;
    if (cache->oldest == NULL) {
        cache->oldest = kept;
    } else {
        kept->before->after = kept;
    }
    cache->newest = kept;
    cache->unread += kept->memory.most_used;
}

/** Takes an entry out of the list of those that nobody reads. */
static void unlist_unread(layout_cache *cache, const kept_layout *kept) {
    if (cache->oldest == kept) {
        cache->oldest = kept->after;
    } else {
        kept->before->after = kept->after;
    }
    if (cache->newest == kept) {
        cache->newest = kept->before;
    } else {
        kept->after->before = kept->before;
    }
    cache->unread -= kept->memory.most_used;
}

/** Gives up layouts that nobody reads until the others fit in @p room bytes. */
static void shrink(layout_cache *cache, size_t room) {
    while (cache->unread > room && cache->oldest != NULL) {
        kept_layout *oldest = cache->oldest;
        unlist_unread(cache, oldest);
        unchain(cache, oldest);
        free_kept(oldest);
    }
}

/** Looks up an entry to read, waiting while it is made. @return NULL: there is none, or, with
 * PEREBOR_ERR_STOPPED, time is over. */
static kept_layout *await(layout_cache *cache, const layout_key *key, perebor_status *status,
                          perebor_error *error) {
    kept_layout *kept = find(cache, key);
    *status = PEREBOR_OK;
    while (kept != NULL && kept->layout == NULL) {
        const struct timespec until = clock_after(wait_seconds);
        (void)pthread_cond_timedwait(&cache->made, &cache->mutex, &until);
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
        kept_layout **chain = chain_of(cache, key);
        kept->next = *chain;
        *chain = kept;
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
        unchain(cache, entry);
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
        if (kept->n_readers++ == 0) {
            unlist_unread(cache, kept);
        }
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

void layout_cache_forget(layout_cache *cache) {
    pthread_mutex_lock(&cache->mutex);
    shrink(cache, 0);
    pthread_mutex_unlock(&cache->mutex);
}

void layout_cache_end(layout_cache *cache, const layout_reading *reading) {
    if (reading->kept == NULL) {
        return;
    }
    pthread_mutex_lock(&cache->mutex);
    if (--reading->kept->n_readers == 0) {
        list_unread(cache, reading->kept);
        shrink(cache, cache->room);
    }
    pthread_mutex_unlock(&cache->mutex);
}
