/* SPDX-License-Identifier: Apache-2.0 */
/* How a question ends: its deadlines, its verdict, and what an adopted one brings about. */
#include <string.h>

#include "forum/agreement.h"
#include "forum/amendment.h"
#include "forum/breach.h"
#include "forum/carried.h"
#include "forum/clock.h"
#include "forum/conduct.h"
#include "forum/effect.h"
#include "forum/journal.h"
#include "forum/proposal.h"
#include "forum/roll.h"
#include "forum/membership.h"

/* A presided clock has no grace: what the chair lets happen before it moves the clock counts. */
static int64_t grace_ms(const struct forum *self)
{
    return self->charter->clock == CLOCK_PRESIDED ? 0 : self->charter->grace_ms;
}

int64_t proposal_due(const struct forum *self, const struct proposal *proposal)
{
    /* What is signed at the very close counts, and so does what is ordered at the very end of the
     * grace: block time passes a deadline one millisecond later. */
    if (proposal->is.tied || self->suspended)
        return FORUM_NEVER;
    if (proposal->is.status == PROPOSAL_CLOSED)
        return time_add(time_add(proposal->close_ms, grace_ms(self)), 1);
    if (proposal->is.status != PROPOSAL_OPEN || proposal->is.closes_ms == FORUM_NEVER)
        return FORUM_NEVER;
    if (self->charter->clock == CLOCK_PRESIDED)
        return proposal->is.closes_ms;
    return time_add(clock_block_ms(self, proposal->is.closes_ms), 1);
}

/* A present seat that gave no receipt yet is waited for, one that has not joined is not. */
static bool all_answered(const struct forum *self, const struct proposal *proposal)
{
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++) {
        if (roll_answer(self, proposal->is.members, proposal->is.roll, seat) == ANSWER_SILENT &&
            seat != proposal->is.accused && carried_by(self, proposal, seat) == OUTCOME_NONE &&
            proposal->is.ballots[seat].answer == ANSWER_SILENT &&
            (proposal->question->answers[seat] == ANSWER_SILENT ||
             proposal->is.rule->receipt_required) &&
            !proposal->is.ballots[seat].voided)
            return false;
    }
    return true;
}

/* Nobody can answer any more, and neither side has it. */
static void end_in_tie(struct forum *self, struct proposal *proposal)
{
    struct forum_proposal *is = &proposal->is;
    if (is->rule->revote_ms > 0 && !proposal->revoted) {
        revote_begin(self, proposal);
        return;
    }
    if (is->status == PROPOSAL_OPEN) {
        is->status = PROPOSAL_CLOSED;
        is->closed_ms = self->now_ms;
        proposal->close_ms = self->block_ms;
    }
    is->tied = true;
    is->can_change = false; /* By no answer. */
    forum_tell(self, OUTCOME_TIE, OUTCOME_NONE, proposal, NULL)->line =
        forum_line(self, proposal->question->line);
}

/* What each seat may still do. */
static void find_open(const struct forum *self, const struct proposal *proposal,
                      const struct rule_settings *settings, const struct rule_roster *roster,
                      uint8_t *ret_open, uint8_t *ret_allowed)
{
    verdict_open_answers(settings, roster, proposal->question->answers, ret_open);
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++) {
        ret_allowed[seat] = (uint8_t)ballot_allowed(self, proposal, seat);
        ret_open[seat] &= (uint8_t)(ret_allowed[seat] | ANSWER_BIT(ANSWER_SILENT));
        if (proposal->is.ballots[seat].voided)
            ret_open[seat] = 0;
    }
}

static void settle(struct forum *self, struct proposal *proposal, bool closed, bool hard_limit)
{
    struct rule_settings settings = self->rules[proposal->rule_index].settings;
    struct question *question = proposal->question;
    uint8_t open[SEATS_MAX];
    uint8_t allowed[SEATS_MAX];
    uint8_t counted[SEATS_MAX];
    struct rule_roster scratch;
    uint32_t weights = weights_version_of(self, proposal);
    const struct rule_roster *roster = weights_roster(
        self, &self->roster, carried_members(self, proposal).bits, weights, &scratch);
    settings.revise_until_close = settings.revise_until_close || proposal->revoted;
    find_open(self, proposal, &settings, roster, open, allowed);
    struct verdict_question asked = {
        .answers =
            carried_answers(self, proposal, allowed, settings.revise_until_close, counted, open),
        .open = open,
        .seat_names = self->names,
        .allowed = allowed,
        .chair = self->chair,
        .casting = proposal->casting,
        .revoted = proposal->revoted,
        .closed = closed,
        .hard_limit = hard_limit,
    };
    struct verdict_result result;
    verdict_settle(&settings, roster, &asked, &result);
    forum_change_record(self, proposal->record);
    int32_t next = stage_after(self, proposal, result.verdict);
    if (next != RULE_LAST) {
        stage_begin(self, proposal, next, result.verdict, result.line);
        return;
    }
    if (result.verdict != VERDICT_OPEN) {
        proposal->is.weights = weights_hash(self, weights);
        proposal_decide(self, proposal, result.verdict, result.line);
        return;
    }
    memcpy(question->line, result.line, sizeof question->line);
    proposal->is.can_change = result.can_change;
    if (result.tied)
        end_in_tie(self, proposal);
}

void proposal_settle_tie(struct forum *self, struct proposal *proposal, enum answer casting)
{
    proposal->casting = casting;
    proposal->is.tied = false;
    settle(self, proposal, true, true);
    proposal->casting = ANSWER_SILENT;
}

void proposal_settle(struct forum *self, struct proposal *proposal)
{
    if (proposal->is.tied)
        return; /* Nothing but the chair's ruling counts now. */
    if (proposal_is_paper(self, proposal)) {
        struct text line;
        text_init(&line, proposal->question->line, sizeof proposal->question->line);
        proposal_paper_line(proposal, &line);
        forum_change_record(self, proposal->record);
        return;
    }
    /* After a tie everybody has answered, and has time to think again. */
    bool closed = proposal->is.status == PROPOSAL_OPEN && !proposal->revoted &&
                  proposal->is.rule->closes == CLOSES_ALL_ANSWERED && all_answered(self, proposal);
    settle(self, proposal, closed, false);
}

void proposal_close(struct forum *self, struct proposal *proposal, int64_t close_ms)
{
    proposal->is.status = PROPOSAL_CLOSED;
    proposal->is.closed_ms = self->now_ms;
    proposal->close_ms = close_ms;
    forum_change_record(self, proposal->record);
    forum_tell(self, OUTCOME_CLOSED, OUTCOME_NONE, proposal, NULL)->value =
        (uint64_t)grace_ms(self);
    if (grace_ms(self) == 0)
        settle(self, proposal, true, true);
}

void proposal_pass_deadline(struct forum *self, struct proposal *proposal)
{
    if (proposal->is.status == PROPOSAL_CLOSED) {
        settle(self, proposal, true, true);
        return;
    }
    if (proposal_is_paper(self, proposal)) {
        char line[96];
        struct text text;
        text_init(&text, line, sizeof line);
        proposal_paper_line(proposal, &text);
        proposal_retract(self, proposal, line);
        return;
    }
    bool presided = self->charter->clock == CLOCK_PRESIDED;
    proposal_close(self, proposal,
                   presided ? self->block_ms : clock_block_ms(self, proposal->is.closes_ms));
}

void proposal_retire(struct forum *self, struct proposal *proposal, const char *line)
{
    proposal->is.line = pool_text(&self->pool, line);
    proposal->is.can_change = false;
    proposal->is.tied = false;
    pool_free(&self->pool, proposal->question, sizeof *proposal->question);
    proposal->question = NULL;
    self->seats[proposal->is.proposer].questions_count--;
    uint32_t place = 0;
    while (self->open[place] != proposal->is.number)
        place++;
    self->open_count--;
    memmove(&self->open[place], &self->open[place + 1],
            (self->open_count - place) * sizeof *self->open);
    forum_change_record(self, proposal->record);
}

void proposal_decide(struct forum *self, struct proposal *proposal, enum verdict verdict,
                     const char *line)
{
    struct forum_proposal *is = &proposal->is;
    bool early = is->status == PROPOSAL_OPEN;
    if (early)
        is->closed_ms = self->now_ms;
    is->status = PROPOSAL_DECIDED;
    is->verdict = verdict;
    is->decided_ms = self->now_ms;
    is->decided_block_ms = self->block_ms;
    is->decided_height = self->height;
    proposal_retire(self, proposal, line);
    struct outcome *outcome = forum_tell(self, OUTCOME_VERDICT, OUTCOME_NONE, proposal, NULL);
    outcome->value = (uint64_t)verdict;
    outcome->line = is->line;
    conduct_count_verdict(self, proposal, early);
    if (is->amends != 0) {
        amendment_decided(self, proposal);
        return;
    }
    if (verdict == VERDICT_ADOPTED && is->binding)
        agreement_form(self, proposal);
    if (verdict == VERDICT_ADOPTED)
        effect_carry_out(self, proposal);
    else if (verdict == VERDICT_REJECTED)
        breach_dismiss(self, proposal);
    amendments_moot(self, proposal, "moot: the draft is decided");
}

/* While an agreement is pending, who answered yes stands with those who formed it; once it is in
 * force its parties alone do. */
static bool has_formed(const struct forum_proposal *is, const struct agreement *agreement,
                       uint32_t seat)
{
    if (is->verdict != VERDICT_ADOPTED)
        return false;
    bool said_yes = is->ballots[seat].answer == ANSWER_YES;
    if (agreement == NULL)
        return said_yes;
    switch (agreement->is.parties[seat].status) {
    case PARTY_CONSENTED:
    case PARTY_BOUND:
    case PARTY_LEAVING:
    case PARTY_SUSPENDED:
        return true;
    case PARTY_LEFT:
        return false;
    case PARTY_NONE:
        break;
    }
    return said_yes && agreement->is.status == AGREEMENT_PENDING;
}

void forum_proposal_lists(const struct forum *self, const struct forum_proposal *proposal,
                          struct forum_lists *ret_lists)
{
    struct forum_lists lists = {{0}, {0}, {0}};
    const struct agreement *agreement =
        proposal->agreement == 0 ? NULL : self->agreements[proposal->agreement - 1];
    bool is_draft = proposal->amends == 0 && proposal->status == PROPOSAL_DECIDED;
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++) {
        if (!mask_has(proposal->members, seat) &&
            (agreement == NULL || agreement->is.parties[seat].status == PARTY_NONE))
            continue;
        if (proposal->ballots[seat].voided ||
            (agreement != NULL && agreement->is.parties[seat].defection != DEFECTION_NONE))
            mask_add(lists.defected, seat);
        else if (is_draft && has_formed(proposal, agreement, seat))
            mask_add(lists.formed, seat);
        else
            mask_add(lists.stayed_out, seat);
    }
    *ret_lists = lists;
}
