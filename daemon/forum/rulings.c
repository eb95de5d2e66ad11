/* SPDX-License-Identifier: Apache-2.0 */
/* What a ruling does to a whole agreement: suspended, resumed, ended (Vienna Convention, articles
 * 54, 57 and 58). */
#include "forum/agreement.h"
#include "forum/breach.h"
#include "forum/index.h"
#include "forum/journal.h"

static struct agreement *find_subject(const struct forum *self, const struct effect *effect,
                                      struct fault *fault)
{
    const struct proposal *proposal = index_find_proposal(self, &effect->subject);
    if (proposal != NULL && proposal->is.agreement != 0)
        return self->agreements[proposal->is.agreement - 1];
    enum comity_error error = fault_set(fault, COMITY_NOT_FOUND, "there is no such agreement");
    (void)error;
    return NULL;
}

static enum comity_error suspend_check(const struct forum *self, const struct effect *effect,
                                       const struct charter_rule *rule, struct fault *fault)
{
    (void)rule;
    const struct agreement *agreement = find_subject(self, effect, fault);
    if (agreement == NULL)
        return COMITY_NOT_FOUND;
    if (agreement->is.status != AGREEMENT_IN_FORCE)
        return fault_set(fault, COMITY_REFUSED, "A%u is %s, not in force",
                         (unsigned)agreement->is.number,
                         agreement_status_word(agreement->is.status));
    return COMITY_OK;
}

static void set_status(struct forum *self, struct proposal *ruling, enum agreement_status status,
                       enum outcome_kind kind)
{
    struct agreement *agreement = find_subject(self, &ruling->is.effect, NULL);
    agreement->is.status = status;
    forum_note_agreement_act(self, agreement, &ruling->is.id);
    forum_tell(self, kind, OUTCOME_NONE, ruling, agreement);
    agreement_refresh(self, agreement);
}

static void suspend_apply(struct forum *self, struct proposal *ruling)
{
    set_status(self, ruling, AGREEMENT_SUSPENDED, OUTCOME_AGREEMENT_SUSPENDED);
}

static enum comity_error resume_check(const struct forum *self, const struct effect *effect,
                                      const struct charter_rule *rule, struct fault *fault)
{
    (void)rule;
    const struct agreement *agreement = find_subject(self, effect, fault);
    if (agreement == NULL)
        return COMITY_NOT_FOUND;
    if (agreement->is.status != AGREEMENT_SUSPENDED)
        return fault_set(fault, COMITY_REFUSED, "A%u is not suspended",
                         (unsigned)agreement->is.number);
    return COMITY_OK;
}

static void resume_apply(struct forum *self, struct proposal *ruling)
{
    set_status(self, ruling, AGREEMENT_IN_FORCE, OUTCOME_AGREEMENT_RESUMED);
}

static enum comity_error end_check(const struct forum *self, const struct effect *effect,
                                   const struct charter_rule *rule, struct fault *fault)
{
    (void)rule;
    const struct agreement *agreement = find_subject(self, effect, fault);
    if (agreement == NULL)
        return COMITY_NOT_FOUND;
    if (agreement->is.status == AGREEMENT_ENDED)
        return fault_set(fault, COMITY_CLOSED, "A%u has ended", (unsigned)agreement->is.number);
    return COMITY_OK;
}

/* For all at once. Who had consented and was not bound yet never will be. */
static void end_apply(struct forum *self, struct proposal *ruling)
{
    struct agreement *agreement = find_subject(self, &ruling->is.effect, NULL);
    forum_note_agreement_act(self, agreement, &ruling->is.id);
    agreement->is.status = AGREEMENT_ENDED;
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++) {
        if (agreement->is.parties[seat].status == PARTY_CONSENTED)
            party_forget(self, agreement, seat);
        else
            party_end(self, agreement, seat);
    }
    forum_tell(self, OUTCOME_ENDED, OUTCOME_NONE, ruling, agreement);
    agreement_refresh(self, agreement);
}

const struct effect_row agreement_suspend_row = {MAY_SUSPEND, suspend_check, suspend_apply};
const struct effect_row agreement_resume_row = {MAY_SUSPEND, resume_check, resume_apply};
const struct effect_row agreement_end_row = {MAY_END, end_check, end_apply};
