/* SPDX-License-Identifier: Apache-2.0 */
#include "consensus/guard.h"

#include <assert.h>
#include <string.h>

struct guard_view {
    uint64_t view; /* 0: unused. */
    bool notarized;
    bool nullified;
    bool finalized;
    struct hash notarized_hash;
    struct hash finalized_hash;
};

struct guard {
    uint64_t final_view;
    uint64_t floor; /* Views up to this one gave their room to later ones: no vote any more. */
    uint32_t views_max;
    struct guard_view *views; /* Ring by view. */
};

enum comity_error guard_init(struct arena *arena, uint32_t views_max, struct guard **ret_guard)
{
    if (views_max == 0)
        return COMITY_INVALID;
    struct guard *self = arena_alloc(arena, sizeof(*self));
    struct guard_view *views = arena_array(arena, views_max, sizeof(*views));
    if (self == NULL || views == NULL)
        return COMITY_MEMORY;
    *self = (struct guard){.views_max = views_max, .views = views};
    *ret_guard = self;
    return COMITY_OK;
}

static bool contradicts(const struct guard_view *held, enum vote_kind kind, const struct hash *hash)
{
    bool other_notarized = held->notarized && !hash_equal(&held->notarized_hash, hash);
    bool other_finalized = held->finalized && !hash_equal(&held->finalized_hash, hash);
    switch (kind) {
    case VOTE_NOTARIZE:
        return other_notarized || held->nullified || other_finalized;
    case VOTE_NULLIFY:
        return held->finalized;
    case VOTE_FINALIZE:
        return held->nullified || other_finalized;
    }
    return true; /* No such kind: refuse. */
}

/* The same vote again, re-signed for a re-send, stays allowed even where a new one would not
 * be: NOTARIZE, then NULLIFY, then the retransmission of that NOTARIZE. */
static bool is_recorded(const struct guard_view *held, enum vote_kind kind, const struct hash *hash)
{
    switch (kind) {
    case VOTE_NOTARIZE:
        return held->notarized && hash_equal(&held->notarized_hash, hash);
    case VOTE_NULLIFY:
        return held->nullified;
    case VOTE_FINALIZE:
        return held->finalized && hash_equal(&held->finalized_hash, hash);
    }
    return false;
}

enum comity_error guard_check(const struct guard *self, enum vote_kind kind, uint64_t view,
                              const struct hash *hash)
{
    if (view <= self->final_view)
        return COMITY_CLOSED;
    const struct guard_view *held = &self->views[view % self->views_max];
    if (held->view == view) {
        if (is_recorded(held, kind, hash))
            return COMITY_OK;
        return contradicts(held, kind, hash) ? COMITY_CONFLICT : COMITY_OK;
    }
    if (view <= self->floor || held->view > view)
        return COMITY_LIMIT;
    struct guard_view none = {0};
    return contradicts(&none, kind, hash) ? COMITY_CONFLICT : COMITY_OK;
}

enum comity_error guard_record(struct guard *self, enum vote_kind kind, uint64_t view,
                               const struct hash *hash)
{
    enum comity_error error = guard_check(self, kind, view, hash);
    if (error != COMITY_OK)
        return error;
    struct guard_view *held = &self->views[view % self->views_max];
    if (held->view != view) {
        if (held->view > self->floor)
            self->floor = held->view; /* What it says is forgotten, so that view is closed. */
        *held = (struct guard_view){.view = view};
    }
    if (kind == VOTE_NOTARIZE) {
        held->notarized = true;
        held->notarized_hash = *hash;
    } else if (kind == VOTE_FINALIZE) {
        held->finalized = true;
        held->finalized_hash = *hash;
    } else {
        held->nullified = true;
    }
    return COMITY_OK;
}

void guard_finalize(struct guard *self, uint64_t final_view)
{
    if (final_view > self->final_view)
        self->final_view = final_view;
}
