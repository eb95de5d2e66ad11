/* SPDX-License-Identifier: Apache-2.0 */
#include "forum/agreement.h"

#include <string.h>

#include "forum/clock.h"
#include "forum/journal.h"
#include "forum/membership.h"
#include "forum/pledge.h"
#include "forum/reservation.h"

bool agreement_counts(const struct forum *self, uint32_t seat)
{
    return self->charter->seats[seat].represents < 0;
}

static const struct rule *in_force_rule(const struct forum *self, const struct agreement *agreement)
{
    return self->rules[agreement->proposal->rule_index].in_force;
}

/* Whom the in-force rule counts: who is a member still. One whose votes are suspended is: it may
 * consent. */
static void find_counted(const struct forum *self, uint64_t ret_members[SEAT_WORDS])
{
    memcpy(ret_members, self->consents.members.bits, SEAT_WORDS * sizeof *ret_members);
    for (uint32_t i = 0; i < self->departures_count; i++)
        mask_remove(ret_members, self->departures[i].seat);
}

/* The in-force rule over the consents as they are. */
static bool evaluate(const struct forum *self, struct agreement *agreement)
{
    uint8_t answers[SEATS_MAX];
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++) {
        bool consents = agreement->is.parties[seat].status == PARTY_CONSENTED;
        answers[seat] = consents ? ANSWER_YES : ANSWER_SILENT;
    }
    struct rule_outcome outcome;
    struct rule_roster scratch;
    uint64_t members[SEAT_WORDS];
    find_counted(self, members);
    const struct rule_roster *roster =
        weights_roster(self, &self->consents, members, agreement->weights, &scratch);
    rule_evaluate(in_force_rule(self, agreement), roster, answers, self->names, &outcome);
    memcpy(agreement->line, outcome.line, RULE_LINE_MAX);
    return outcome.holds;
}

static void count_consents(struct forum *self, struct agreement *agreement)
{
    struct forum_agreement *is = &agreement->is;
    if (is->status != AGREEMENT_PENDING || is->threshold_ms != FORUM_NEVER ||
        !evaluate(self, agreement))
        return;
    /* Once met it stays met: nothing below looks at the rule again. */
    const struct charter_rule *rule = agreement->proposal->is.rule;
    is->threshold_ms = self->now_ms;
    int64_t in_force_ms = date_delayed(self->now_ms, rule->in_force.delay);
    if (rule->in_force.not_before_ms != 0 && in_force_ms < rule->in_force.not_before_ms)
        in_force_ms = rule->in_force.not_before_ms;
    is->in_force_ms = time_clamp(in_force_ms);
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++) {
        if (is->parties[seat].status == PARTY_CONSENTED)
            is->parties[seat].since_ms = is->in_force_ms;
    }
    struct outcome *outcome =
        forum_tell(self, OUTCOME_THRESHOLD, OUTCOME_NONE, agreement->proposal, agreement);
    outcome->time_ms = is->threshold_ms;
    outcome->line = forum_line(self, is->line);
}

static void enter_into_force(struct forum *self, struct agreement *agreement)
{
    struct forum_agreement *is = &agreement->is;
    is->status = AGREEMENT_IN_FORCE;
    forum_tell(self, OUTCOME_IN_FORCE, OUTCOME_NONE, agreement->proposal, agreement)->time_ms =
        is->in_force_ms;
    if (agreement->proposal->is.rule->binds != BINDS_ALL)
        return;
    /* Every member's signature on the charter says so; who has not joined signed nothing. */
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++) {
        struct forum_party *party = &is->parties[seat];
        if (party->status != PARTY_NONE || !forum_is_member(self, seat) ||
            !self->seats[seat].joined)
            continue;
        party->status = PARTY_CONSENTED;
        party->consent_ms = is->in_force_ms;
        party->since_ms = is->in_force_ms;
    }
}

static int64_t party_next(const struct forum_party *party)
{
    if (party->status == PARTY_CONSENTED)
        return party->since_ms;
    return party->status == PARTY_LEAVING || party->status == PARTY_SUSPENDED ? party->until_ms
                                                                              : FORUM_NEVER;
}

/* The next date, and whose it is: OUTCOME_NONE is the agreement's own. */
static int64_t next_date(const struct forum *self, const struct agreement *agreement,
                         uint32_t *ret_seat)
{
    const struct forum_agreement *is = &agreement->is;
    int64_t next = is->status == AGREEMENT_PENDING ? is->in_force_ms : FORUM_NEVER;
    *ret_seat = OUTCOME_NONE;
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++) {
        int64_t date = party_next(&is->parties[seat]);
        if (date < next) {
            next = date;
            *ret_seat = seat;
        }
    }
    return next;
}

static void set_waiting(struct forum *self, struct agreement *agreement, bool waits)
{
    if (agreement->waiting == waits)
        return;
    uint32_t place = self->waiting_count;
    if (waits) {
        if (!pool_vector(&self->pool, (void **)&self->waiting, self->waiting_count,
                         &self->waiting_capacity, sizeof *self->waiting))
            return;
        for (; place > 0 && self->waiting[place - 1] > agreement->is.number; place--)
            self->waiting[place] = self->waiting[place - 1];
        self->waiting[place] = agreement->is.number;
        self->waiting_count++;
    } else {
        for (place = 0; self->waiting[place] != agreement->is.number;)
            place++;
        self->waiting_count--;
        memmove(&self->waiting[place], &self->waiting[place + 1],
                (self->waiting_count - place) * sizeof *self->waiting);
    }
    agreement->waiting = waits;
}

void agreement_find_next(struct forum *self, struct agreement *agreement)
{
    uint32_t seat;
    agreement->next_ms = next_date(self, agreement, &seat);
    int64_t review_ms = reviews_next(agreement);
    if (review_ms < agreement->next_ms)
        agreement->next_ms = review_ms;
    set_waiting(self, agreement, agreement->next_ms != FORUM_NEVER);
}

static void end_without_parties(struct forum *self, struct agreement *agreement)
{
    if (agreement->is.status != AGREEMENT_IN_FORCE && agreement->is.status != AGREEMENT_SUSPENDED)
        return;
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++) {
        enum party_status status = agreement->is.parties[seat].status;
        if (status != PARTY_NONE && status != PARTY_LEFT)
            return;
    }
    agreement->is.status = AGREEMENT_ENDED;
    forum_tell(self, OUTCOME_ENDED, OUTCOME_NONE, agreement->proposal, agreement);
}

void agreement_refresh(struct forum *self, struct agreement *agreement)
{
    forum_change_record(self, agreement->record);
    count_consents(self, agreement);
    uint32_t seat;
    while (next_date(self, agreement, &seat) <= self->now_ms) {
        if (seat == OUTCOME_NONE)
            enter_into_force(self, agreement);
        else if (agreement->is.parties[seat].status == PARTY_CONSENTED)
            party_bind(self, agreement, seat);
        else
            party_leave(self, agreement, seat);
    }
    pledges_enter(self, agreement);
    reviews_pass(self, agreement);
    end_without_parties(self, agreement);
    agreement_find_next(self, agreement);
}

/* It stands among the acts, so that whoever reads them counts as we do. A breach says of whom only
 * with its allegation. */
static void note_departure(struct forum *self, struct agreement *agreement,
                           const struct departure *departure)
{
    uint32_t count = agreement->is.acts_count;
    if (count > 0 && hash_equal(&agreement->acts[count - 1], &departure->act))
        return; /* The breach was of this one. */
    if (departure->is_breach)
        forum_note_agreement_act(self, agreement, &departure->allegation);
    forum_note_agreement_act(self, agreement, &departure->act);
}

void agreements_depart(struct forum *self, const struct departure *departure)
{
    for (uint32_t i = 0; i < self->agreements_count; i++) {
        struct agreement *agreement = self->agreements[i];
        if (agreement->is.status != AGREEMENT_PENDING || agreement->is.threshold_ms != FORUM_NEVER)
            continue;
        note_departure(self, agreement, departure);
        agreement_refresh(self, agreement);
    }
}

static struct agreement *agreement_create(struct forum *self, struct proposal *proposal)
{
    uint32_t seats_count = self->charter->seats_count;
    struct agreement *agreement = pool_keep(&self->pool, sizeof *agreement);
    struct forum_party *parties = pool_keep(&self->pool, seats_count * sizeof(struct forum_party));
    bool waits = self->rules[proposal->rule_index].in_force != NULL;
    char *line = waits ? pool_keep(&self->pool, RULE_LINE_MAX) : NULL;
    if (agreement == NULL || parties == NULL || (waits && line == NULL) ||
        !pool_vector(&self->pool, (void **)&self->agreements, self->agreements_count,
                     &self->agreements_capacity, sizeof(struct agreement *)))
        return NULL;
    agreement->is = (struct forum_agreement){
        .number = self->agreements_count + 1,
        .proposal = proposal->is.number,
        .status = AGREEMENT_PENDING,
        .threshold_ms = FORUM_NEVER,
        .in_force_ms = FORUM_NEVER,
        .line = waits ? line : "in force at adoption",
        .parties = parties,
    };
    agreement->line = line;
    agreement->proposal = proposal;
    agreement->is.accounts = &agreement->accounts.is;
    agreement->weights = self->reweighs_count;
    agreement->next_ms = FORUM_NEVER;
    for (uint32_t seat = 0; seat < seats_count; seat++)
        parties[seat] = (struct forum_party){.since_ms = FORUM_NEVER, .until_ms = FORUM_NEVER};
    memcpy(agreement->is.endorsed, proposal->is.endorsed, sizeof agreement->is.endorsed);
    memcpy(agreement->is.condemned, proposal->is.condemned, sizeof agreement->is.condemned);
    self->agreements[self->agreements_count++] = agreement;
    agreement->record = forum_add_record(self, 0, agreement->is.number);
    proposal->is.agreement = agreement->is.number;
    return agreement;
}

void agreement_form(struct forum *self, struct proposal *proposal)
{
    struct agreement *agreement = agreement_create(self, proposal);
    if (agreement == NULL)
        return;
    forum_tell(self, OUTCOME_AGREEMENT, OUTCOME_NONE, proposal, agreement);
    if (in_force_rule(self, agreement) == NULL) {
        agreement->is.threshold_ms = self->now_ms;
        agreement->is.in_force_ms = self->now_ms;
        for (uint32_t seat = 0; seat < self->charter->seats_count; seat++) {
            if (proposal->is.ballots[seat].answer != ANSWER_YES)
                continue;
            struct forum_party *party = &agreement->is.parties[seat];
            party->status = PARTY_CONSENTED;
            party->consent_ms = self->now_ms;
            party->since_ms = self->now_ms;
            reservations_take_effect(self, agreement, seat);
        }
    } else {
        for (uint32_t i = 0; i < self->departures_count; i++)
            note_departure(self, agreement, &self->departures[i]);
    }
    agreement_refresh(self, agreement);
}

uint32_t forum_agreements_count(const struct forum *self)
{
    return self->agreements_count;
}

const struct forum_agreement *forum_agreement(const struct forum *self, uint32_t number)
{
    return number == 0 || number > self->agreements_count ? NULL
                                                          : &self->agreements[number - 1]->is;
}

uint32_t forum_agreement_record(const struct forum *self, uint32_t number)
{
    return self->agreements[number - 1]->record;
}
