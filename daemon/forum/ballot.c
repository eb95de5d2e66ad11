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

uint32_t ballot_allowed(const struct forum *self, const struct proposal *proposal, uint32_t seat)
{
    const struct forum_rule *rule = &self->rules[proposal->rule_index];
    uint32_t allowed = rule->settings.answers;
    if (allowed == 0)
        allowed = RULE_ANSWERED;
    /* A party to the dispute, where this rule knows any: also if it may not abstain otherwise. */
    if (seat == proposal->is.accused ||
        (mask_has(proposal->is.must_abstain, seat) && seat_set_has(&rule->must_abstain, seat)))
        return ANSWER_BIT(ANSWER_ABSTAIN);
    if (seat_set_has(&rule->no_abstain, seat))
        allowed &= ~ANSWER_BIT(ANSWER_ABSTAIN);
    if (proposal->is.ballots[seat].passed)
        allowed &= ANSWER_BIT(ANSWER_YES) | ANSWER_BIT(ANSWER_NO);
    return allowed;
}

static enum comity_error check_pass(const struct forum *self, const struct proposal *proposal,
                                    const struct act *act, struct fault *fault)
{
    const struct forum_ballot *ballot = &proposal->is.ballots[act->seat];
    const char *rule = proposal->is.rule->name;
    if (proposal->is.rule->pass_turns == 0)
        return fault_set(fault, COMITY_REFUSED, "rule %s knows no pass", rule);
    if (ballot->passed)
        return fault_set(fault, COMITY_REFUSED, "it has passed already: yes or no only");
    if (ballot->answer != ANSWER_SILENT)
        return fault_set(fault, COMITY_REFUSED, "it has answered: too late to pass");
    if (ballot_allowed(self, proposal, act->seat) == ANSWER_BIT(ANSWER_ABSTAIN))
        return fault_set(fault, COMITY_REFUSED, "a party to the dispute can only abstain");
    return COMITY_OK;
}

static enum comity_error check_answer(const struct forum *self, const struct proposal *proposal,
                                      const struct act *act, struct fault *fault)
{
    enum answer answer = act->as.ballot.answer;
    if (answer == ANSWER_PASS)
        return check_pass(self, proposal, act, fault);
    if (answer < ANSWER_YES || answer > ANSWER_ABSTAIN)
        return fault_set(fault, COMITY_INVALID, "it is no answer a seat may give");
    const struct forum_rule *rule = &self->rules[proposal->rule_index];
    uint32_t allowed = ballot_allowed(self, proposal, act->seat);
    if ((allowed & ANSWER_BIT(answer)) != 0)
        return COMITY_OK;
    if (allowed == ANSWER_BIT(ANSWER_ABSTAIN))
        return fault_set(fault, COMITY_REFUSED, "a party to the dispute can only abstain");
    if (answer == ANSWER_ABSTAIN && seat_set_has(&rule->no_abstain, act->seat))
        return fault_set(fault, COMITY_REFUSED, "the seat may not abstain under rule %s",
                         rule->charter->name);
    if (proposal->is.ballots[act->seat].passed)
        return fault_set(fault, COMITY_REFUSED, "it has passed: yes or no only");
    return fault_set(fault, COMITY_REFUSED, "rule %s takes no answer %s", rule->charter->name,
                     answer_word(answer));
}

static enum comity_error check_seat(const struct forum *self, const struct proposal *proposal,
                                    const struct act *act, struct fault *fault)
{
    const struct forum_ballot *ballot = &proposal->is.ballots[act->seat];
    if (!forum_is_member(self, act->seat))
        return fault_set(fault, COMITY_REFUSED, "only a member may answer");
    if (!mask_has(proposal->is.members, act->seat))
        return fault_set(fault, COMITY_REFUSED,
                         "the votes of the seat were suspended when P%u was opened",
                         (unsigned)proposal->is.number);
    if (!mask_has(proposal->is.roll, act->seat))
        return fault_set(fault, COMITY_REFUSED, "the seat was absent when P%u was opened",
                         (unsigned)proposal->is.number);
    if (ballot->voided)
        return fault_set(fault, COMITY_REFUSED, "its answer was voided: two acts in one slot");
    if (ballot->answer != ANSWER_SILENT && proposal->is.rule->revise_never && !proposal->revoted)
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
    if (proposal->is.tied)
        return fault_set(step->fault, COMITY_CLOSED, "P%u ended in a tie: the chair decides",
                         number);
    enum comity_error error = proposal_refuse_paper(self, proposal, step->fault);
    if (error == COMITY_OK)
        error = check_seat(self, proposal, act, step->fault);
    if (error == COMITY_OK)
        error = check_answer(self, proposal, act, step->fault);
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
    struct forum_ballot *ballot = &proposal->is.ballots[act->seat];
    bool passes = act->as.ballot.answer == ANSWER_PASS;
    *ballot = (struct forum_ballot){
        .answer = passes ? ANSWER_SILENT : (uint8_t)act->as.ballot.answer,
        .passed = passes || ballot->passed,
        .signed_ms = passes ? 0 : act->signed_ms,
        .act = passes ? (struct hash){{0}} : act->id,
    };
    mask_add(proposal->received, act->seat); /* It named the text. */
    proposal->question->answers[act->seat] =
        passes ? (uint8_t)roll_answer_to(self, proposal, act->seat) : ballot->answer;
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
