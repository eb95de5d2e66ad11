/* SPDX-License-Identifier: Apache-2.0 */
#include "forum/conduct.h"

#include <string.h>

static uint32_t topic_place(const struct charter *charter, const char *topic)
{
    uint32_t place = 0;
    while (place < charter->topics_count && strcmp(charter->topics[place], topic) != 0)
        place++;
    return place;
}

struct forum_conduct *conduct_of(struct forum *self, uint32_t seat, const char *topic)
{
    uint32_t width = self->charter->topics_count + 1;
    return &self->conduct[seat * width + topic_place(self->charter, topic)];
}

/* Whether adoption itself is this seat's commitment; with an in-force rule consent comes later. */
static bool adoption_joins(const struct forum *self, const struct forum_proposal *is, uint32_t seat)
{
    enum answer answer = (enum answer)is->ballots[seat].answer;
    if (!is->binding)
        return answer == ANSWER_YES;
    if (is->rule->has_in_force || !self->seats[seat].joined)
        return false;
    if (is->rule->binds == BINDS_ALL)
        return answer != ANSWER_NO && answer != ANSWER_OBJECT;
    return answer == ANSWER_YES;
}

void conduct_count_verdict(struct forum *self, const struct proposal *draft)
{
    const struct forum_proposal *is = &draft->is;
    bool adopted = is->verdict == VERDICT_ADOPTED;
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++) {
        if (!forum_is_member(self, seat))
            continue;
        struct forum_conduct *conduct = conduct_of(self, seat, is->topic);
        enum answer answer = (enum answer)is->ballots[seat].answer;
        if (answer == ANSWER_OBJECT || (adopted && answer == ANSWER_NO))
            conduct->dissent++;
        if (adopted && adoption_joins(self, is, seat))
            conduct->joined++;
    }
}

struct forum_conduct forum_seat_conduct(const struct forum *self, uint32_t seat)
{
    struct forum_conduct sum = {0};
    uint32_t width = self->charter->topics_count + 1;
    for (uint32_t i = 0; seat < self->charter->seats_count && i < width; i++) {
        const struct forum_conduct *conduct = &self->conduct[seat * width + i];
        sum.joined += conduct->joined;
        sum.dissent += conduct->dissent;
        sum.exit += conduct->exit;
        sum.alone += conduct->alone;
        sum.defection += conduct->defection;
    }
    return sum;
}

struct forum_conduct forum_topic_conduct(const struct forum *self, uint32_t seat, uint32_t topic)
{
    uint32_t width = self->charter->topics_count + 1;
    if (seat >= self->charter->seats_count || topic >= width)
        return (struct forum_conduct){0};
    return self->conduct[seat * width + topic];
}
