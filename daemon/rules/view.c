/* SPDX-License-Identifier: Apache-2.0 */
/* view.c - which sums the seats to come can tell apart (game.h). */
#include <stddef.h>
#include <string.h>

#include "rules/game.h"

enum comity_error game_view_init(struct game_view *self, struct arena *arena)
{
    *self = (struct game_view){.marks_count = {0}};
    for (int i = 0; i < 2; i++) {
        self->scratch[i] = arena_array(arena, GAME_MARKS_MAX, sizeof(uint64_t));
        if (self->scratch[i] == NULL)
            return COMITY_MEMORY;
    }
    for (uint32_t i = 0; i < GAME_DIMS_MAX; i++) {
        self->marks[i] = arena_array(arena, GAME_MARKS_MAX, sizeof(uint64_t));
        if (self->marks[i] == NULL)
            return COMITY_MEMORY;
    }
    return COMITY_OK;
}

/* Merge two ascending lists, each value once. Returns the count, GAME_MARKS_MAX + 1 if there are
 * more than GAME_MARKS_MAX. The lists are values[index] + add. */
struct list {
    const uint64_t *values;
    uint32_t count;
    uint64_t add;
};

static uint32_t merge(struct list left, struct list right, uint64_t *ret_values)
{
    uint32_t count = 0, i = 0, j = 0;
    while (i < left.count || j < right.count) {
        uint64_t from_left = i < left.count ? left.values[i] + left.add : UINT64_MAX;
        uint64_t from_right = j < right.count ? right.values[j] + right.add : UINT64_MAX;
        uint64_t least = from_left < from_right ? from_left : from_right;
        if (count == GAME_MARKS_MAX)
            return GAME_MARKS_MAX + 1;
        ret_values[count++] = least;
        i += from_left == least && i < left.count;
        j += from_right == least && j < right.count;
    }
    return count;
}

/* Every sum below `bound` that some of the seats to come have together, ascending, in scratch[0].
 * 0: too many. */
static uint32_t list_sums(struct game_view *self, const struct game *game, const uint32_t *left,
                          uint32_t dim, uint64_t bound)
{
    uint32_t count = 1;
    self->scratch[0][0] = 0;
    for (uint32_t class = 0; class < game->classes_count; class ++) {
        uint64_t weight = game->classes[class].weights[dim];
        for (uint32_t seat = 0; weight > 0 && seat < left[class]; seat++) {
            uint64_t *sums = self->scratch[0];
            struct list without = {sums, count, 0};
            struct list with = {sums, count, weight};
            while (with.count > 0 && (weight >= bound || sums[with.count - 1] >= bound - weight))
                with.count--;
            count = merge(without, with, self->scratch[1]);
            if (count > GAME_MARKS_MAX)
                return 0;
            self->scratch[0] = self->scratch[1];
            self->scratch[1] = sums;
        }
    }
    return count;
}

/* The future of a sum changes where break minus some sum to come lies. */
static void list_marks(struct game_view *self, const struct game *game, const uint32_t *left,
                       uint32_t dim)
{
    const struct game_dim *of = &game->dims[dim];
    self->marks_count[dim] = 0;
    if (of->breaks_count == 0)
        return;
    uint32_t sums_count = list_sums(self, game, left, dim, of->breaks[of->breaks_count - 1]);
    uint32_t count = 1;
    if (sums_count == 0 || (uint64_t)sums_count * (of->breaks_count + 1) > GAME_MARKS_MAX)
        return;
    uint64_t *sums = self->scratch[0]; /* Its upper half has room for a break's marks. */
    uint64_t *marks = sums + sums_count;
    self->marks[dim][0] = 0;
    for (uint32_t i = 0; i < of->breaks_count; i++) {
        uint32_t found = 0;
        for (uint32_t at = sums_count; at > 0; at--) {
            if (sums[at - 1] < of->breaks[i])
                marks[found++] = of->breaks[i] - sums[at - 1];
        }
        struct list old = {self->marks[dim], count, 0};
        count = merge(old, (struct list){marks, found, 0}, self->scratch[1]);
        uint64_t *before = self->marks[dim];
        self->marks[dim] = self->scratch[1];
        self->scratch[1] = before;
    }
    self->marks_count[dim] = count;
}

void game_view_update(struct game_view *self, const struct game *game, const uint32_t *left)
{
    uint32_t seats = 0;
    memset(self->rest, 0, sizeof self->rest);
    for (uint32_t class = 0; class < game->classes_count; class ++) {
        seats += left[class];
        for (uint32_t dim = 0; dim < game->dims_count; dim++)
            self->rest[dim] += left[class] * game->classes[class].weights[dim];
    }
    for (uint32_t dim = 0; dim < game->dims_count; dim++) {
        self->marks_count[dim] = 0;
        if (seats <= GAME_MARKS_SEATS_MAX || game->dims[dim].total > GAME_DENSE_MAX)
            list_marks(self, game, left, dim);
    }
}

/* The greatest of the ascending values that is at most sum; 0 if none is. */
static uint32_t count_up_to(const uint64_t *values, uint32_t count, uint64_t sum)
{
    uint32_t low = 0;
    while (low < count) {
        uint32_t middle = low + (count - low) / 2;
        if (values[middle] <= sum)
            low = middle + 1;
        else
            count = middle;
    }
    return low;
}

uint64_t game_narrow(const struct game_view *self, const struct game *game, uint32_t dim,
                     uint64_t sum)
{
    const struct game_dim *of = &game->dims[dim];
    if (self->marks_count[dim] > 0)
        return self->marks[dim][count_up_to(self->marks[dim], self->marks_count[dim], sum) - 1];
    uint32_t passed = count_up_to(of->breaks, of->breaks_count, sum);
    if (passed == of->breaks_count || of->breaks[passed] - sum > self->rest[dim])
        return passed == 0 ? 0 : of->breaks[passed - 1];
    return sum;
}
