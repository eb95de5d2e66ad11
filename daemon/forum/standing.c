/* SPDX-License-Identifier: Apache-2.0 */
#include "forum/standing.h"

#include "base/text.h"
#include "forum/index.h"
#include "forum/journal.h"

static void count_opinions(struct forum_legitimacy *self, const uint64_t *endorsed,
                           const uint64_t *condemned, uint32_t seats_count)
{
    for (uint32_t seat = 0; seat < seats_count; seat++) {
        self->endorsed += mask_has(endorsed, seat) ? 1 : 0;
        self->condemned += mask_has(condemned, seat) ? 1 : 0;
    }
}

static bool has_consented(const struct forum_party *party)
{
    return party->status != PARTY_NONE && party->status != PARTY_LEFT;
}

struct forum_legitimacy forum_agreement_legitimacy(const struct forum *self, uint32_t number)
{
    struct forum_legitimacy sum = {0};
    const struct forum_agreement *is = &self->agreements[number - 1]->is;
    count_opinions(&sum, is->endorsed, is->condemned, self->charter->seats_count);
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++) {
        const struct forum_party *party = &is->parties[seat];
        if (!has_consented(party))
            continue;
        sum.own += mask_has(is->endorsed, seat) || mask_has(is->condemned, seat) ? 1 : 0;
        sum.home_yes += party->home == HOME_YES ? 1 : 0;
        sum.home_no += party->home == HOME_NO ? 1 : 0;
        sum.home_untold += party->home == HOME_UNTOLD ? 1 : 0;
    }
    return sum;
}

struct forum_legitimacy forum_declaration_legitimacy(const struct forum *self, uint32_t index)
{
    struct forum_legitimacy sum = {0};
    const struct forum_declaration *is = &self->declarations[index];
    count_opinions(&sum, is->endorsed, is->condemned, self->charter->seats_count);
    sum.own = mask_has(is->endorsed, is->seat) || mask_has(is->condemned, is->seat) ? 1 : 0;
    return sum;
}

bool forum_relies(const struct forum *self, uint32_t declaration, uint32_t agreement)
{
    const struct forum_declaration *is = &self->declarations[declaration];
    const struct hash *id = &self->agreements[agreement - 1]->proposal->is.id;
    for (uint32_t i = 0; i < is->relies_on_count; i++) {
        if (hash_equal(&is->relies_on[i], id))
            return true;
    }
    return false;
}

bool standing_relies_on_any(const struct forum *self, const struct act *act)
{
    for (uint32_t i = 0; i < act->as.alone.relies_on_count; i++) {
        const struct proposal *proposal = index_find_proposal(self, &act->as.alone.relies_on[i]);
        if (proposal != NULL && proposal->is.agreement != 0 &&
            self->agreements[proposal->is.agreement - 1]->is.status != AGREEMENT_ENDED)
            return true;
    }
    return false;
}

/* `D1 "Overflight" relied on A2, which has ended` */
static void tell_one(struct forum *self, uint32_t index, const struct outcome *why)
{
    const struct forum_declaration *is = &self->declarations[index];
    struct agreement *agreement = self->agreements[why->agreement - 1];
    char buffer[TITLE_MAX + 96];
    struct text line;
    text_init(&line, buffer, sizeof buffer);
    text_add(&line, "D");
    text_add_u64(&line, index + 1);
    text_add(&line, " \"");
    text_add(&line, is->title);
    text_add(&line, "\" relied on A");
    text_add_u64(&line, why->agreement);
    text_add(&line, why->kind == OUTCOME_ENDED ? ", which has ended" : ", which it has left");
    int64_t time_ms = why->time_ms; /* Telling may move what `why` points to. */
    struct outcome *outcome =
        forum_tell(self, OUTCOME_RELIED_ON, is->seat, agreement->proposal, agreement);
    outcome->value = index + 1;
    outcome->time_ms = time_ms;
    outcome->line = forum_line(self, buffer);
}

void standing_tell_lost(struct forum *self)
{
    if (self->declarations_count == 0)
        return;
    self->act_index = OUTCOME_NONE;
    uint32_t count = self->outcomes_count; /* What is told below ends nothing more. */
    for (uint32_t i = 0; i < count; i++) {
        struct outcome why = self->outcomes[i];
        bool ended = why.kind == OUTCOME_ENDED;
        /* The end of an agreement is told once, to who left it last too. */
        if (!ended && (why.kind != OUTCOME_OUT ||
                       self->agreements[why.agreement - 1]->is.status == AGREEMENT_ENDED))
            continue;
        for (uint32_t j = 0; j < self->declarations_count && !self->pool.failed; j++) {
            if ((ended || self->declarations[j].seat == why.seat) &&
                forum_relies(self, j, why.agreement))
                tell_one(self, j, &why);
        }
    }
}
