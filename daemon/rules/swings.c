/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/swings.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "rules/states.h"

/* Halves by seats are good, halves by classes are sure to end: after the first, eight more do for
 * 256 classes; then a leaf, and the root. */
enum { SEAT_LEVELS = 12, LEVELS_MAX = SEAT_LEVELS + 10 };

struct counter {
    struct game *game;
    struct game_view view;
    struct swings swings;
    uint32_t left[SEATS_MAX]; /* By class: seats neither added nor, below, taken out. */
    struct states levels[LEVELS_MAX];
    struct states spare;
    uint32_t *targets; /* By state of a table: where its counts go, without and with the seat. */
    uint32_t targets_capacity;
    uint64_t work;
};

const uint64_t *swings_of(const struct swings *self, uint32_t class, uint32_t size)
{
    return self->counts + ((size_t) class * self->sizes + size) * self->words;
}

static enum comity_error announce(struct counter *self, uint32_t class, const struct states *from,
                                  struct states *to)
{
    const struct game *game = self->game;
    for (uint32_t i = 0; i < from->count; i++) {
        const struct state *state = &from->states[i];
        const uint64_t *sums = states_key(from, i);
        uint64_t no[GAME_DIMS_MAX], yes[GAME_DIMS_MAX];
        for (uint32_t dim = 0; dim < game->dims_count; dim++) {
            uint64_t more = sums[dim] + game->classes[class].weights[dim];
            no[dim] = game_narrow(&self->view, game, dim, sums[dim]);
            yes[dim] = game_narrow(&self->view, game, dim, more);
        }
        enum comity_error error =
            states_announce(to, no, state->first, state->last, &self->targets[2 * i]);
        if (error == COMITY_OK)
            error = states_announce(to, yes, state->first + 1, state->last + 1,
                                    &self->targets[2 * i + 1]);
        if (error != COMITY_OK)
            return error;
        self->work += 2 * (uint64_t)(state->last - state->first + 1) * from->words;
    }
    return self->work > SWINGS_WORK_MAX ? COMITY_LIMIT : states_place(to);
}

/* `to` becomes what `from` is with one more seat of this class, which says yes or does not. */
static enum comity_error step(struct counter *self, uint32_t class, const struct states *from,
                              struct states *to)
{
    self->left[class]--;
    game_view_update(&self->view, self->game, self->left);
    states_clear(to);
    if (self->targets_capacity < from->count) {
        self->targets = arena_array(from->arena, 4 * (size_t)from->count, sizeof(uint32_t));
        if (self->targets == NULL)
            return COMITY_MEMORY;
        self->targets_capacity = 2 * from->count;
    }
    enum comity_error error = announce(self, class, from, to);
    for (uint32_t i = 0; error == COMITY_OK && i < from->count; i++) {
        states_add(to, self->targets[2 * i], from, i, 0);
        states_add(to, self->targets[2 * i + 1], from, i, 1);
    }
    return error;
}

/* levels[level + 1] becomes levels[level] with so many seats of each class added. *ret_below says
 * where the result is: nothing to add needs no new level. */
static enum comity_error add_seats(struct counter *self, uint32_t level, uint32_t first,
                                   uint32_t end, uint32_t keep, uint32_t *ret_below)
{
    const struct states *from = &self->levels[level];
    *ret_below = level;
    assert(level + 1 < LEVELS_MAX);
    for (uint32_t class = first; class < end; class ++) {
        while (self->left[class] > keep) {
            struct states *to = &self->levels[level + 1];
            enum comity_error error = step(self, class, from, &self->spare);
            if (error != COMITY_OK)
                return error;
            struct states done = self->spare;
            self->spare = *to;
            *to = done;
            from = to;
            *ret_below = level + 1;
        }
    }
    return COMITY_OK;
}

static void add_count(uint64_t *to, const uint64_t *from, uint32_t words)
{
    unsigned __int128 carry = 0;
    for (uint32_t i = 0; i < words; i++) {
        carry += (unsigned __int128)to[i] + from[i];
        to[i] = (uint64_t)carry;
        carry >>= 64;
    }
    assert(carry == 0);
}

static bool is_zero(const uint64_t *count, uint32_t words)
{
    for (uint32_t i = 0; i < words; i++) {
        if (count[i] != 0)
            return false;
    }
    return true;
}

/* Every other seat is in `states`: ask what the last one of this class changes. */
static enum comity_error weigh(struct counter *self, uint32_t class, const struct states *states,
                               struct fault *fault)
{
    struct swings *swings = &self->swings;
    for (uint32_t i = 0; i < states->count; i++) {
        const uint64_t *sums = states_key(states, i);
        uint64_t more[GAME_DIMS_MAX];
        for (uint32_t dim = 0; dim < self->game->dims_count; dim++)
            more[dim] = sums[dim] + self->game->classes[class].weights[dim];
        for (uint32_t size = states->states[i].first; size <= states->states[i].last; size++) {
            const uint64_t *count = states_counts(states, i, size);
            bool before = game_wins(self->game, sums, size);
            bool after = game_wins(self->game, more, size + 1);
            if (is_zero(count, swings->words))
                continue;
            if (before && !after)
                return fault_set(fault, COMITY_INVALID,
                                 "one more yes can make this rule fail, so that it gives no seat "
                                 "a power that could be measured");
            if (after && !before)
                add_count(swings->counts + ((size_t) class * swings->sizes + size) * swings->words,
                          count, swings->words);
            if (class == 0 && before)
                add_count(swings->winning + (size_t)size * swings->words, count, swings->words);
            if (class == 0 && after)
                add_count(swings->winning + (size_t)(size + 1) * swings->words, count,
                          swings->words);
        }
    }
    return COMITY_OK;
}

/* Where to halve first..end-1: seats are what is added, so about as many on either side. */
static uint32_t middle_of(const struct game *game, uint32_t level, uint32_t first, uint32_t end)
{
    uint32_t all = 0, before = 0, at = first;
    if (level >= SEAT_LEVELS)
        return first + (end - first) / 2;
    for (uint32_t class = first; class < end; class ++)
        all += game->classes[class].seats_count;
    while (at + 1 < end && 2 * before + game->classes[at].seats_count <= all)
        before += game->classes[at++].seats_count;
    return at > first ? at : first + 1;
}

/* levels[level] has every class but first..end-1. */
static enum comity_error descend(struct counter *self, uint32_t level, uint32_t first, uint32_t end,
                                 struct fault *fault)
{
    const struct game_class *classes = self->game->classes;
    uint32_t below = 0;
    if (end - first == 1) {
        enum comity_error error = add_seats(self, level, first, end, 1, &below);
        return error != COMITY_OK ? error : weigh(self, first, &self->levels[below], fault);
    }
    uint32_t middle = middle_of(self->game, level, first, end);
    for (int half = 0; half < 2; half++) {
        for (uint32_t class = first; class < end; class ++)
            self->left[class] = classes[class].seats_count;
        enum comity_error error = half == 0 ? add_seats(self, level, middle, end, 0, &below)
                                            : add_seats(self, level, first, middle, 0, &below);
        if (error == COMITY_OK)
            error = half == 0 ? descend(self, below, first, middle, fault)
                              : descend(self, below, middle, end, fault);
        if (error != COMITY_OK)
            return error;
    }
    return COMITY_OK;
}

static enum comity_error counter_init(struct counter *self, struct game *game, struct arena *arena)
{
    /* Of one size there are fewer coalitions than 2^members. */
    uint32_t words = (game->members_count + 63) / 64;
    uint32_t sizes = game->members_count;
    *self = (struct counter){.game = game, .swings = {.words = words, .sizes = sizes}};
    self->swings.counts =
        arena_array(arena, (size_t)game->classes_count * sizes * words, sizeof(uint64_t));
    self->swings.winning = arena_array(arena, (size_t)(sizes + 1) * words, sizeof(uint64_t));
    if (self->swings.counts == NULL || self->swings.winning == NULL)
        return COMITY_MEMORY;
    for (int i = 0; i < LEVELS_MAX; i++)
        states_init(&self->levels[i], arena, game->dims_count, words);
    states_init(&self->spare, arena, game->dims_count, words);
    for (uint32_t class = 0; class < game->classes_count; class ++)
        self->left[class] = game->classes[class].seats_count;
    enum comity_error error = game_view_init(&self->view, arena);
    return error != COMITY_OK ? error : states_start(&self->levels[0]);
}

enum comity_error swings_count(struct game *game, struct arena *arena, struct swings *ret_swings,
                               struct fault *fault)
{
    assert(game->members_count > 0);
    struct counter *counter = arena_alloc(arena, sizeof *counter);
    enum comity_error error = counter == NULL ? COMITY_MEMORY : counter_init(counter, game, arena);
    if (error == COMITY_OK)
        error = descend(counter, 0, 0, game->classes_count, fault);
    if (error == COMITY_LIMIT)
        return fault_set(fault, error,
                         "the rule tells too many sums of weights apart to count the voting power "
                         "of %u members; coarser weights, in units that make their sum some ten "
                         "thousand, would do",
                         game->members_count);
    if (error == COMITY_OK)
        *ret_swings = counter->swings;
    return error;
}
