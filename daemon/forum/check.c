/* SPDX-License-Identifier: Apache-2.0 */
/* What is true of a forum between blocks. Tests call it after each block; it looks at everything,
 * so no block pays for it. */
#include <assert.h>

#include "forum/conduct.h"
#include "forum/pledge.h"
#include "forum/proposal.h"
#include "forum/roll.h"
#include "forum/membership.h"

static void check_ballots(const struct forum *self, const struct proposal *proposal)
{
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++) {
        const struct forum_ballot *ballot = &proposal->is.ballots[seat];
        assert(ballot->answer <= ANSWER_ABSTAIN);
        /* Who is no member, has not joined, or was voided, said nothing. */
        if (ballot->voided || !mask_has(proposal->is.members, seat) || !self->seats[seat].joined)
            assert(ballot->answer == ANSWER_SILENT);
        if (proposal->question == NULL)
            continue;
        enum answer shown = (enum answer)proposal->question->answers[seat];
        assert(shown == (ballot->answer == ANSWER_SILENT ? roll_answer_to(self, proposal, seat)
                                                         : (enum answer)ballot->answer));
    }
}

static void check_proposals(const struct forum *self)
{
    uint32_t open = 0;
    for (uint32_t i = 0; i < self->proposals_count; i++) {
        const struct proposal *proposal = self->proposals[i];
        const struct forum_proposal *is = &proposal->is;
        bool asks = is->status == PROPOSAL_OPEN || is->status == PROPOSAL_CLOSED;
        assert(is->number == i + 1 && is->amends < is->number);
        assert(!proposal->touched && asks == (proposal->question != NULL));
        assert(self->records[proposal->record].proposal == is->number);
        assert((is->status == PROPOSAL_DECIDED) == (is->verdict != VERDICT_OPEN));
        assert(is->agreement == 0 || (is->verdict == VERDICT_ADOPTED && is->binding));
        assert(asks || !is->can_change);
        assert(!is->tied || (is->status == PROPOSAL_CLOSED && !is->can_change));
        assert(proposal->casting == ANSWER_SILENT &&
               !(proposal->revoted && is->tied && is->rule->revote_ms == 0));
        assert(is->undone == NULL ||
               (is->verdict == VERDICT_ADOPTED && is->effect.kind != EFFECT_NONE));
        if (asks)
            assert(open < self->open_count && self->open[open++] == is->number);
        check_ballots(self, proposal);
    }
    assert(open == self->open_count);
}

static bool is_bound(const struct forum_party *party)
{
    return party->status == PARTY_BOUND || party->status == PARTY_LEAVING;
}

static void check_parties(const struct forum *self, const struct agreement *agreement)
{
    const struct forum_agreement *is = &agreement->is;
    uint32_t count = 0;
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++) {
        const struct forum_party *party = &is->parties[seat];
        if (party->status == PARTY_NONE)
            continue;
        /* Nobody is bound who did not sign at least the charter, nor before its day. */
        assert(membership_was_member(self, seat) && self->seats[seat].joined);
        assert(is->status != AGREEMENT_PENDING || party->status == PARTY_CONSENTED);
        if (is_bound(party)) {
            assert(party->since_ms <= self->now_ms && party->since_ms >= is->in_force_ms);
            count += self->charter->seats[seat].represents < 0 ? 1 : 0;
        }
        if (party->status == PARTY_CONSENTED)
            assert(party->since_ms > self->now_ms);
        if (party->status == PARTY_LEAVING || party->status == PARTY_SUSPENDED)
            assert(party->until_ms > self->now_ms);
    }
    assert(count == is->parties_count);
}

/* What is in effect is of a party, and nobody accepts and refuses at once. */
static void check_reservations(const struct forum *self)
{
    for (uint32_t i = 0; i < self->reservations_count; i++) {
        const struct forum_reservation *is = self->reservations[i];
        const struct forum_proposal *proposal = forum_proposal(self, is->proposal);
        assert(is->number == i + 1 && proposal != NULL);
        for (uint32_t word = 0; word < SEAT_WORDS; word++)
            assert((is->objected[word] & is->refused[word]) == 0);
        if (is->status != RESERVATION_EFFECTIVE)
            continue;
        enum party_status status =
            forum_agreement(self, proposal->agreement)->parties[is->seat].status;
        assert(status != PARTY_NONE && status != PARTY_LEFT);
    }
}

static void check_allegations(const struct forum *self)
{
    for (uint32_t i = 0; i < self->allegations_count; i++) {
        const struct forum_allegation *is = &self->allegations[i]->is;
        const struct forum_proposal *ruling = forum_proposal(self, is->ruling);
        assert(is->number == i + 1 && is->by != is->accused);
        assert((is->status == ALLEGATION_OPEN) == (ruling == NULL));
        assert(ruling == NULL ||
               ruling->verdict ==
                   (is->status == ALLEGATION_FOUND ? VERDICT_ADOPTED : VERDICT_REJECTED));
    }
}

/* Who is asked now: members with votes, and no organisation is counted beside whom it carries. */
static void check_members(const struct forum *self)
{
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++) {
        bool counted = membership_has_votes(self, seat) && !membership_carries(self, seat);
        assert(seat_set_has(&self->roster.members, seat) == counted);
        assert(self->seats[seat].standing == STANDING_MEMBER || membership_was_member(self, seat));
    }
    assert(!self->recount);
    uint32_t gone = 0;
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++)
        gone += self->seats[seat].standing != STANDING_MEMBER;
    assert(gone == self->departures_count);
    for (uint32_t i = 0; i < gone; i++)
        assert(self->seats[self->departures[i].seat].standing != STANDING_MEMBER);
}

static void check_agreements(const struct forum *self)
{
    uint32_t waiting = 0;
    for (uint32_t i = 0; i < self->agreements_count; i++) {
        const struct agreement *agreement = self->agreements[i];
        assert(agreement->is.number == i + 1);
        assert(agreement->proposal->is.agreement == i + 1);
        assert(self->records[agreement->record].agreement == i + 1);
        assert(agreement->next_ms > self->now_ms);
        assert(agreement->waiting == (agreement->next_ms != FORUM_NEVER));
        if (agreement->waiting)
            assert(waiting < self->waiting_count && self->waiting[waiting++] == i + 1);
        check_parties(self, agreement);
        accounts_check(self, agreement);
    }
    assert(waiting == self->waiting_count);
}

void forum_check(const struct forum *self)
{
    assert(!self->pool.failed && self->touched_count == 0);
    assert(self->records_count == self->proposals_count + self->agreements_count);
    check_proposals(self);
    check_agreements(self);
    check_reservations(self);
    check_allegations(self);
    check_members(self);
    conduct_check(self);
}
