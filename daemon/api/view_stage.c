/* SPDX-License-Identifier: Apache-2.0 */
/* view_stage.c - questions that are asked twice: what the first ballot asks, and how it ended. */
#include "api/view_parts.h"
#include "base/text.h"
#include "charter/charter.h"

static char *text_of(const char *text)
{
    return (char *)(uintptr_t)text;
}

static bool add_asked(const struct forum *forum, const struct forum_proposal *proposal,
                      Comity__V1__ProposalInfo *info, struct arena *arena)
{
    char data[3 * RULE_TEXT_MAX + 512];
    struct text text;
    if (!proposal->rule->has_stages ||
        (proposal->status != PROPOSAL_OPEN && proposal->status != PROPOSAL_CLOSED))
        return true;
    text_init(&text, data, sizeof data);
    charter_explain_stages(forum_charter(forum), proposal->rule, &text);
    info->asked = arena_text(arena, bytes_of_text(data));
    return info->asked != NULL;
}

static bool add_answers(const struct charter *charter, const struct forum_first *first,
                        Comity__V1__FirstBallot *info, struct arena *arena)
{
    info->ballots = arena_array(arena, charter->seats_count, sizeof *info->ballots);
    for (uint32_t seat = 0; info->ballots != NULL && seat < charter->seats_count; seat++) {
        if (first->answers[seat] == ANSWER_NOT_MEMBER)
            continue;
        Comity__V1__SeatAnswer *answer = arena_alloc(arena, sizeof *answer);
        if (answer == NULL)
            return false;
        comity__v1__seat_answer__init(answer);
        answer->seat = text_of(charter->seats[seat].name);
        answer->answer = text_of(answer_word((enum answer)first->answers[seat]));
        info->ballots[info->n_ballots++] = answer;
    }
    return info->ballots != NULL;
}

bool view_add_stage(const struct forum *forum, const struct forum_proposal *proposal, bool full,
                    Comity__V1__ProposalInfo *info, struct arena *arena)
{
    const struct forum_first *first = proposal->first;
    if (!add_asked(forum, proposal, info, arena))
        return false;
    if (first == NULL)
        return true;
    Comity__V1__FirstBallot *copy = arena_alloc(arena, sizeof *copy);
    if (copy == NULL)
        return false;
    comity__v1__first_ballot__init(copy);
    copy->rule = text_of(first->rule->name);
    copy->by = text_of(first->rule->has_stages ? first->rule->stages.first : first->rule->name);
    copy->verdict = text_of(verdict_word(first->verdict));
    copy->line = text_of(first->line);
    copy->decided_ms = first->decided_ms;
    info->first = copy;
    return !full || add_answers(forum_charter(forum), first, copy, arena);
}
