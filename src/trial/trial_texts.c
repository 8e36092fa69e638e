// SPDX-License-Identifier: MIT
#include "trial/trial_texts.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { first_n_slots = 64 };

struct trial_texts {
    char **slots;   /**< [n_slots], NULL where empty */
    size_t n_slots; /**< A power of two, more than half of it empty. */
    size_t n_texts;
};

/** FNV-1a. */
static uint64_t hash_text(const char *text) {
    uint64_t hash = 0xcbf29ce484222325;
    for (; *text != '\0'; text++) {
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3;
    }
    return hash;
}

trial_texts *trial_texts_create(void) {
    trial_texts *texts = malloc(sizeof *texts);
    if (texts == NULL) {
        return NULL;
    }
    *texts =
        (trial_texts){.n_slots = first_n_slots, .slots = calloc(first_n_slots, sizeof(char *))};
    if (texts->slots == NULL) {
        free(texts);
        return NULL;
    }
    return texts;
}

void trial_texts_free(trial_texts *texts) {
    if (texts == NULL) {
        return;
    }
    for (size_t slot = 0; slot < texts->n_slots; slot++) {
        free(texts->slots[slot]);
    }
    free(texts->slots);
    free(texts);
}

/** The slot that holds @p text, or the empty one where it belongs. */
static size_t find_slot(char *const *slots, size_t n_slots, const char *text) {
    size_t slot = (size_t)hash_text(text) & (n_slots - 1);
    while (slots[slot] != NULL && strcmp(slots[slot], text) != 0) {
        slot = (slot + 1) & (n_slots - 1);
    }
    return slot;
}

static int grow(trial_texts *texts) {
    size_t n_slots = texts->n_slots * 2;
    char **slots = calloc(n_slots, sizeof *slots);
    if (slots == NULL) {
        return 0;
    }
    for (size_t slot = 0; slot < texts->n_slots; slot++) {
        if (texts->slots[slot] != NULL) {
            slots[find_slot(slots, n_slots, texts->slots[slot])] = texts->slots[slot];
        }
    }
    free(texts->slots);
    texts->slots = slots;
    texts->n_slots = n_slots;
    return 1;
}

const char *trial_texts_keep(trial_texts *texts, const char *text) {
    size_t slot = find_slot(texts->slots, texts->n_slots, text);
    if (texts->slots[slot] != NULL) {
        return texts->slots[slot];
    }
    if (2 * (texts->n_texts + 1) > texts->n_slots) {
        if (!grow(texts)) {
            return NULL;
        }
        slot = find_slot(texts->slots, texts->n_slots, text);
    }
    texts->slots[slot] = strdup(text);
    texts->n_texts += texts->slots[slot] != NULL;
    return texts->slots[slot];
}
