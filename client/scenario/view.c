/* SPDX-License-Identifier: Apache-2.0 */
#include "scenario/view.h"

#include <stdio.h>
#include <string.h>

void view_copy(char *to, size_t size, const char *from)
{
    (void)snprintf(to, size, "%s", from ? from : "");
}

void view_proposal(const struct forum *forum, const struct forum_proposal *proposal,
                   struct stage_proposal *ret_view)
{
    static const char *const status[] = {"open", "closed", "decided", "retracted"};
    struct forum_lists lists = {0};
    memset(ret_view, 0, sizeof *ret_view);
    ret_view->number = proposal->number;
    view_copy(ret_view->title, sizeof ret_view->title, proposal->title);
    view_copy(ret_view->rule, sizeof ret_view->rule, proposal->rule->name);
    view_copy(ret_view->status, sizeof ret_view->status, status[proposal->status]);
    view_copy(ret_view->verdict, sizeof ret_view->verdict, verdict_word(proposal->verdict));
    view_copy(ret_view->line, sizeof ret_view->line, proposal->line);
    if (proposal->undone != NULL) {
        size_t used = strlen(ret_view->line);
        (void)snprintf(ret_view->line + used, sizeof ret_view->line - used, "; not done: %s",
                       proposal->undone);
    }
    ret_view->opened_ms = proposal->opened_ms;
    ret_view->agreement = proposal->agreement;
    const struct forum_first *first = proposal->first;
    if (first) {
        view_copy(ret_view->first_rule, sizeof ret_view->first_rule,
                  first->rule->has_stages ? first->rule->stages.first : first->rule->name);
        view_copy(ret_view->first_verdict, sizeof ret_view->first_verdict,
                  verdict_word(first->verdict));
        view_copy(ret_view->first_line, sizeof ret_view->first_line, first->line);
    }
    if (proposal->status != PROPOSAL_DECIDED)
        return;
    ret_view->decided_ms = proposal->decided_ms;
    forum_proposal_lists(forum, proposal, &lists);
    memcpy(ret_view->formed.bits, lists.formed, sizeof lists.formed);
    memcpy(ret_view->stayed_out.bits, lists.stayed_out, sizeof lists.stayed_out);
    memcpy(ret_view->defected.bits, lists.defected, sizeof lists.defected);
}

void view_agreement(const struct forum *forum, const struct forum_agreement *agreement,
                    struct stage_agreement *ret_view)
{
    memset(ret_view, 0, sizeof *ret_view);
    ret_view->number = agreement->number;
    ret_view->proposal = agreement->proposal;
    view_copy(ret_view->status, sizeof ret_view->status, agreement_status_word(agreement->status));
    view_copy(ret_view->line, sizeof ret_view->line, agreement->line);
    ret_view->threshold_ms = agreement->threshold_ms;
    ret_view->in_force_ms = agreement->in_force_ms;
    ret_view->parties_count = agreement->parties_count;
    for (uint32_t i = 0; i < forum_charter(forum)->seats_count; i++) {
        const struct forum_party *from = &agreement->parties[i];
        struct stage_party *to = &ret_view->parties[i];
        view_copy(to->status, sizeof to->status, party_status_word(from->status));
        view_copy(to->defection, sizeof to->defection,
                  from->defection == DEFECTION_NONE ? "none" : defection_word(from->defection));
        to->since_ms = from->status == PARTY_NONE ? INT64_MAX : from->since_ms;
        to->until_ms = from->status == PARTY_NONE ? INT64_MAX : from->until_ms;
    }
}
