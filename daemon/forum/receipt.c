/* SPDX-License-Identifier: Apache-2.0 */
/* Receipts: "this text has reached me". Where a rule requires them, silence is consent only of who
 * signed one; who proposed, sponsored or answered the text has signed as much. */
#include "forum/index.h"
#include "forum/journal.h"
#include "forum/proposal.h"
#include "forum/roll.h"

enum comity_error receipt_check(const struct forum *self, struct step *step)
{
    const struct act *act = step->act;
    struct proposal *proposal = index_find_proposal(self, &act->as.cosponsor.proposal);
    if (proposal == NULL)
        return fault_set(step->fault, COMITY_NOT_FOUND, "there is no such proposal");
    step->proposal = proposal;
    unsigned number = proposal->is.number;
    if (proposal->question == NULL || proposal->is.status != PROPOSAL_OPEN)
        return fault_set(step->fault, COMITY_CLOSED, "P%u is closed", number);
    if (!proposal->is.rule->receipt_required)
        return fault_set(step->fault, COMITY_REFUSED, "rule %s asks for no receipt",
                         proposal->is.rule->name);
    if (!forum_is_member(self, act->seat))
        return fault_set(step->fault, COMITY_REFUSED, "only a member is asked for a receipt");
    if (!hash_equal(&act->as.cosponsor.text_hash, &proposal->is.text.hash))
        return fault_set(step->fault, COMITY_CONFLICT,
                         "it is a receipt for another text than P%u has now", number);
    if (mask_has(proposal->received, act->seat))
        return fault_set(step->fault, COMITY_EXISTS, "the seat has P%u's text already", number);
    return COMITY_OK;
}

void receipt_apply(struct forum *self, struct step *step)
{
    forum_note_act(self, step->proposal, &step->act->id);
    proposal_receive(self, step->proposal, step->act->seat);
    forum_tell(self, OUTCOME_RECEIPT, step->act->seat, step->proposal, NULL);
}

void proposal_receive(struct forum *self, struct proposal *proposal, uint32_t seat)
{
    mask_add(proposal->received, seat);
    if (proposal->question == NULL || !proposal->is.rule->receipt_required)
        return;
    if (proposal->is.ballots[seat].answer == ANSWER_SILENT)
        proposal->question->answers[seat] = (uint8_t)roll_answer_to(self, proposal, seat);
    forum_touch(self, proposal);
}

bool forum_wants_receipt(const struct forum *self, uint32_t number, uint32_t seat)
{
    const struct proposal *proposal = forum_get_proposal(self, number);
    return proposal->is.status == PROPOSAL_OPEN && proposal->is.rule->receipt_required &&
           forum_is_member(self, seat) && mask_has(proposal->is.members, seat) &&
           !mask_has(proposal->received, seat);
}
