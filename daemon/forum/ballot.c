/* SPDX-License-Identifier: Apache-2.0 */
/* The answers seats give. Kept short: this is the path most acts take. */
#include "forum/clock.h"
#include "forum/evidence.h"
#include "forum/index.h"
#include "forum/journal.h"
#include "forum/proposal.h"
#include "forum/roll.h"

/* A ballot counts if it was signed by the close; when the grace is past its question is decided,
 * so nothing more is to be checked of when it was ordered. */
static bool signed_in_time(const struct forum *self, const struct proposal *proposal,
                           int64_t signed_ms)
{
    if (self->charter->clock == CLOCK_PRESIDED)
        return true;
    if (proposal->is.status == PROPOSAL_CLOSED)
        return signed_ms <= proposal->close_ms;
    return proposal->is.closes_ms == FORUM_NEVER ||
           signed_ms <= clock_block_ms(self, proposal->is.closes_ms);
}

static enum comity_error check_seat(const struct forum *self, const struct proposal *proposal,
                                    const struct act *act, struct fault *fault)
{
    const struct forum_ballot *ballot = &proposal->is.ballots[act->seat];
    if (!forum_is_member(self, act->seat))
        return fault_set(fault, COMITY_REFUSED, "only a member may answer");
    if (!mask_has(proposal->is.roll, act->seat))
        return fault_set(fault, COMITY_REFUSED, "the seat was absent when P%u was opened",
                         (unsigned)proposal->is.number);
    if (ballot->voided)
        return fault_set(fault, COMITY_REFUSED, "its answer was voided: two acts in one slot");
    if (ballot->answer != ANSWER_SILENT && proposal->is.rule->revise_never)
        return fault_set(fault, COMITY_CLOSED, "it has answered, and rule %s allows no revision",
                         proposal->is.rule->name);
    return COMITY_OK;
}

enum comity_error ballot_check(const struct forum *self, struct step *step)
{
    const struct act *act = step->act;
    struct proposal *proposal = index_find_proposal(self, &act->as.ballot.proposal);
    if (proposal == NULL)
        return fault_set(step->fault, COMITY_NOT_FOUND, "there is no such proposal");
    step->proposal = proposal;
    unsigned number = proposal->is.number;
    if (proposal->question == NULL)
        return fault_set(step->fault, COMITY_CLOSED, "P%u is %s", number,
                         proposal->is.status == PROPOSAL_DECIDED ? "decided" : "retracted");
    if (!hash_equal(&act->as.ballot.text_hash, &proposal->is.text.hash))
        return fault_set(step->fault, COMITY_CONFLICT, "it answers another text than P%u has now",
                         number);
    if (!hash_equal(&act->as.ballot.rule_hash, &proposal->is.rule->hash))
        return fault_set(step->fault, COMITY_CONFLICT, "it answers under another rule than P%u's",
                         number);
    if (act->as.ballot.answer < ANSWER_YES || act->as.ballot.answer > ANSWER_ABSTAIN)
        return fault_set(step->fault, COMITY_INVALID, "it is no answer a seat may give");
    enum comity_error error = check_seat(self, proposal, act, step->fault);
    if (error != COMITY_OK)
        return error;
    if (!signed_in_time(self, proposal, act->signed_ms))
        return fault_set(step->fault, COMITY_CLOSED, "it was signed after P%u closed", number);
    return COMITY_OK;
}

void ballot_apply(struct forum *self, struct step *step)
{
    const struct act *act = step->act;
    struct proposal *proposal = step->proposal;
    forum_note_act(self, proposal, &act->id);
    if (evidence_has(self, act->seat, act->seq)) {
        ballot_void(self, proposal, act->seat);
        return;
    }
    proposal->is.ballots[act->seat] = (struct forum_ballot){
        .answer = (uint8_t)act->as.ballot.answer,
        .signed_ms = act->signed_ms,
        .act = act->id,
    };
    proposal->question->answers[act->seat] = (uint8_t)act->as.ballot.answer;
    forum_tell(self, OUTCOME_BALLOT, act->seat, proposal, NULL)->value =
        (uint64_t)act->as.ballot.answer;
}

bool ballot_is_late(const struct step *step)
{
    const struct proposal *proposal = step->proposal;
    return step->act->kind == ACT_BALLOT && proposal != NULL &&
           proposal->is.status == PROPOSAL_DECIDED && proposal->close_ms != FORUM_NEVER &&
           step->act->signed_ms <= proposal->close_ms;
}

void ballot_void(struct forum *self, struct proposal *proposal, uint32_t seat)
{
    proposal->is.ballots[seat] = (struct forum_ballot){.answer = ANSWER_SILENT, .voided = true};
    proposal->question->answers[seat] = (uint8_t)roll_answer_to(self, proposal, seat);
    forum_tell(self, OUTCOME_VOIDED, seat, proposal, NULL);
    forum_touch(self, proposal);
}
