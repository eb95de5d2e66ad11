/* SPDX-License-Identifier: Apache-2.0 */
/* paper.c - a draft with fewer sponsors than its rule asks for: a working paper, which nobody
 * answers. Once the first has answered, sponsors that leave change nothing. */
#include "forum/journal.h"
#include "forum/mask.h"
#include "forum/proposal.h"

static uint32_t sponsors_count(const struct forum_proposal *is)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < SEAT_WORDS; i++)
        count += (uint32_t)__builtin_popcountll(is->sponsors[i]);
    return count;
}

static bool has_begun(const struct forum *self, const struct forum_proposal *is)
{
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++) {
        const struct forum_ballot *ballot = &is->ballots[seat];
        if (ballot->answer != ANSWER_SILENT || ballot->passed || ballot->voided)
            return true;
    }
    return false;
}

bool proposal_is_paper(const struct forum *self, const struct proposal *proposal)
{
    const struct forum_proposal *is = &proposal->is;
    return is->rule->sponsors > 1 && is->status == PROPOSAL_OPEN && is->amends == 0 &&
           sponsors_count(is) < is->rule->sponsors && !has_begun(self, is);
}

void proposal_paper_line(const struct proposal *proposal, struct text *out)
{
    text_add(out, "a working paper: ");
    text_add_u64(out, sponsors_count(&proposal->is));
    text_add(out, " of the ");
    text_add_u64(out, proposal->is.rule->sponsors);
    text_add(out, " sponsors needed");
}

enum comity_error proposal_refuse_paper(const struct forum *self, const struct proposal *proposal,
                                        struct fault *fault)
{
    char line[96];
    struct text text;
    if (!proposal_is_paper(self, proposal))
        return COMITY_OK;
    text_init(&text, line, sizeof line);
    proposal_paper_line(proposal, &text);
    return fault_set(fault, COMITY_REFUSED, "P%u is %s", (unsigned)proposal->is.number, line);
}
