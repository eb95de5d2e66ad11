/* SPDX-License-Identifier: Apache-2.0 */
/* Questions that are asked twice: under a second rule when the first fails, or once a ballot has
 * said of what class the matter is; and again after a tie. */
#include "forum/clock.h"
#include "forum/journal.h"
#include "forum/proposal.h"
#include "forum/roll.h"
#include "forum/membership.h"

int32_t stage_after(const struct forum *self, const struct proposal *proposal, enum verdict verdict)
{
    const struct forum_rule *rule = &self->rules[proposal->rule_index];
    if (!rule->charter->has_stages || verdict == VERDICT_OPEN)
        return RULE_LAST;
    if (verdict == VERDICT_ADOPTED)
        return rule->adopted;
    return (rule->charter->stages.failed_if & VERDICT_BIT(verdict)) != 0 ? rule->failed : RULE_LAST;
}

static void ask_all(struct forum *self, struct proposal *proposal)
{
    for (uint32_t i = 0; i < SEAT_WORDS; i++)
        proposal->unasked[i] = 0;
    roll_present(self, proposal->is.roll);
    membership_members(self, proposal->is.members);
    proposal->weights = self->reweighs_count;
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++) {
        proposal->is.ballots[seat] = (struct forum_ballot){.answer = ANSWER_SILENT};
        if (roll_answer(self, proposal->is.members, proposal->is.roll, seat) == ANSWER_UNREACHABLE)
            mask_add(proposal->unasked, seat);
        proposal->question->answers[seat] = (uint8_t)roll_answer_to(self, proposal, seat);
    }
}

/* What is over before the answers are cleared. */
static void keep_first(struct forum *self, struct proposal *proposal, enum verdict verdict,
                       const char *line)
{
    struct forum_first *first = pool_keep(&self->pool, sizeof *first);
    uint8_t *answers = pool_keep(&self->pool, self->charter->seats_count);
    if (first == NULL || answers == NULL)
        return;
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++) {
        uint8_t answer = proposal->is.ballots[seat].answer;
        answers[seat] = answer == ANSWER_SILENT ? proposal->question->answers[seat] : answer;
    }
    *first = (struct forum_first){.rule = proposal->is.rule,
                                  .verdict = verdict,
                                  .line = pool_text(&self->pool, line),
                                  .decided_ms = self->now_ms,
                                  .answers = answers};
    proposal->is.first = first;
}

static const char *stage_line(struct forum *self, const struct proposal *proposal, const char *line)
{
    char buffer[VERDICT_LINE_MAX + 64];
    struct text text;
    text_init(&text, buffer, sizeof buffer);
    text_add(&text, line);
    text_add(&text, "; now by rule ");
    text_add(&text, proposal->is.rule->name);
    return forum_line(self, buffer);
}

void stage_begin(struct forum *self, struct proposal *proposal, int32_t rule_index,
                 enum verdict verdict, const char *line)
{
    struct forum_proposal *is = &proposal->is;
    int64_t closes_ms = FORUM_NEVER;
    keep_first(self, proposal, verdict, line);
    proposal->rule_index = (uint32_t)rule_index;
    is->rule = self->rules[rule_index].charter;
    enum comity_error error = proposal_closes(self, is->rule, 0, NULL, &closes_ms);
    (void)error; /* A charter's rule that closes after a time says after which. */
    is->closes_ms = closes_ms;
    is->status = PROPOSAL_OPEN;
    is->closed_ms = 0;
    is->tied = false;
    is->can_change = true;
    proposal->close_ms = FORUM_NEVER;
    proposal->revoted = false;
    ask_all(self, proposal);
    struct outcome *outcome = forum_tell(self, OUTCOME_STAGE, OUTCOME_NONE, proposal, NULL);
    outcome->value = (uint64_t)verdict;
    outcome->line = stage_line(self, proposal, line);
    proposal_settle(self, proposal);
}

void revote_begin(struct forum *self, struct proposal *proposal)
{
    struct forum_proposal *is = &proposal->is;
    is->status = PROPOSAL_OPEN;
    is->closed_ms = 0;
    is->can_change = true;
    is->closes_ms = time_clamp(time_add(self->now_ms, is->rule->revote_ms));
    proposal->close_ms = FORUM_NEVER;
    proposal->revoted = true;
    struct outcome *outcome = forum_tell(self, OUTCOME_REVOTE, OUTCOME_NONE, proposal, NULL);
    outcome->time_ms = is->closes_ms;
    proposal_settle(self, proposal);
}
