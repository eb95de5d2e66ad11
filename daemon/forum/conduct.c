/* SPDX-License-Identifier: Apache-2.0 */
#include "forum/conduct.h"

#include <assert.h>
#include <string.h>

#include "forum/proposal.h"
#include "forum/roll.h"

static uint32_t topic_place(const struct charter *charter, const char *topic)
{
    uint32_t place = 0;
    while (topic != NULL && place < charter->topics_count &&
           strcmp(charter->topics[place], topic) != 0)
        place++;
    return topic == NULL ? charter->topics_count : place;
}

void conduct_count(struct forum *self, uint32_t seat, const char *topic, enum conduct_kind kind,
                   int delta)
{
    uint32_t width = self->charter->topics_count + 1;
    struct conduct_row **row = &self->conduct[seat * width + topic_place(self->charter, topic)];
    if (*row == NULL)
        *row = pool_keep(&self->pool, sizeof **row);
    if (*row == NULL)
        return; /* The pool has failed, and so will the block. */
    uint32_t *count = &(*row)->counts[kind];
    if (delta > 0)
        (*count)++;
    else if (*count > 0) /* Always, but for a damaged snapshot. */
        (*count)--;
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

/* The place it took: with the others, or against them. */
static void count_side(struct forum *self, const struct forum_proposal *is, uint32_t seat)
{
    bool adopted = is->verdict == VERDICT_ADOPTED;
    enum answer answer = (enum answer)is->ballots[seat].answer;
    bool silence_consents = is->rule->silence == CHARTER_SILENCE_YES;
    if (answer == ANSWER_OBJECT)
        conduct_count(self, seat, is->topic,
                      silence_consents ? CONDUCT_BROKE_SILENCE : CONDUCT_OBJECTED, 1);
    if (adopted && answer == ANSWER_NO)
        conduct_count(self, seat, is->topic, CONDUCT_DECLINED, 1);
    if (adopted && adoption_joins(self, is, seat))
        conduct_count(self, seat, is->topic,
                      answer == ANSWER_YES ? CONDUCT_ADOPTED_YES : CONDUCT_BOUND_BY_RULE, 1);
}

/* What it did with a question it could answer; nothing if it could not. */
static void count_answer(struct forum *self, const struct proposal *proposal, uint32_t seat,
                         bool early)
{
    const struct forum_proposal *is = &proposal->is;
    static const enum conduct_kind kinds[] = {[ANSWER_YES] = CONDUCT_SAID_YES,
                                              [ANSWER_NO] = CONDUCT_SAID_NO,
                                              [ANSWER_OBJECT] = CONDUCT_SAID_OBJECT,
                                              [ANSWER_ABSTAIN] = CONDUCT_SAID_ABSTAIN};
    enum answer answer = (enum answer)is->ballots[seat].answer;
    enum conduct_kind kind = CONDUCT_MISSED;
    if (answer != ANSWER_SILENT)
        kind = kinds[answer];
    else if (is->ballots[seat].voided ||
             roll_answer(self, is->members, is->roll, seat) != ANSWER_SILENT ||
             ballot_allowed(self, proposal, seat) == ANSWER_BIT(ANSWER_ABSTAIN))
        return;
    else if (early)
        kind = CONDUCT_OVERTAKEN;
    else if (is->rule->silence == CHARTER_SILENCE_YES &&
             roll_answer_to(self, proposal, seat) == ANSWER_SILENT)
        kind = CONDUCT_KEPT_SILENCE;
    conduct_count(self, seat, is->topic, kind, 1);
}

void conduct_count_verdict(struct forum *self, const struct proposal *proposal, bool early)
{
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++) {
        bool asked = mask_has(proposal->is.members, seat);
        if (!asked && !forum_is_member(self, seat))
            continue;
        if (asked)
            count_answer(self, proposal, seat, early);
        if (proposal->is.amends == 0)
            count_side(self, &proposal->is, seat);
    }
}

static void add_row(struct forum_conduct *sum, const struct conduct_row *row)
{
    for (uint32_t kind = 0; row != NULL && kind < CONDUCT_KINDS_COUNT; kind++)
        sum->kinds[kind] += row->counts[kind];
}

static struct forum_conduct classify(struct forum_conduct sum)
{
    uint32_t classes[CONDUCT_CLASSES_COUNT] = {0};
    for (uint32_t kind = 0; kind < CONDUCT_KINDS_COUNT; kind++)
        classes[conduct_class_of((enum conduct_kind)kind)] += sum.kinds[kind];
    sum.joined = classes[CLASS_JOINED];
    sum.dissent = classes[CLASS_DISSENT];
    sum.exit = classes[CLASS_EXIT];
    sum.alone = classes[CLASS_ALONE];
    sum.defection = classes[CLASS_DEFECTION];
    return sum;
}

struct forum_conduct forum_seat_conduct(const struct forum *self, uint32_t seat)
{
    struct forum_conduct sum = {0};
    uint32_t width = self->charter->topics_count + 1;
    for (uint32_t i = 0; seat < self->charter->seats_count && i < width; i++)
        add_row(&sum, self->conduct[seat * width + i]);
    return classify(sum);
}

struct forum_conduct forum_topic_conduct(const struct forum *self, uint32_t seat, uint32_t topic)
{
    struct forum_conduct sum = {0};
    uint32_t width = self->charter->topics_count + 1;
    if (seat < self->charter->seats_count && topic < width)
        add_row(&sum, self->conduct[seat * width + topic]);
    return classify(sum);
}

void conduct_check(const struct forum *self)
{
    uint32_t alone = 0, equivocated = 0, proposed = 0, amended = 0, drafts = 0, amendments = 0;
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++) {
        struct forum_conduct conduct = forum_seat_conduct(self, seat);
        alone += conduct.alone;
        equivocated += conduct.kinds[CONDUCT_EQUIVOCATED];
        proposed += conduct.kinds[CONDUCT_PROPOSED];
        amended += conduct.kinds[CONDUCT_AMENDED];
    }
    for (uint32_t i = 0; i < self->proposals_count; i++) {
        drafts += self->proposals[i]->is.amends == 0 ? 1 : 0;
        amendments += self->proposals[i]->is.amends != 0 ? 1 : 0;
    }
    uint32_t shifted = 0;
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++)
        shifted += forum_seat_conduct(self, seat).kinds[CONDUCT_SHIFTED];
    assert(shifted == self->shifts_count);
    for (uint32_t i = 0; i < self->shifts_count; i++)
        assert(self->shifts[i].proposal <= self->proposals_count);
    assert(alone == self->declarations_count && equivocated == self->evidence_count);
    /* One that applied at once has an alias and no number. */
    assert(proposed == drafts && amended == amendments + self->aliases_count);
}
