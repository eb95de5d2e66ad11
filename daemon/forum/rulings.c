/* SPDX-License-Identifier: Apache-2.0 */
/* What a ruling does to a whole agreement: suspended, resumed, ended (Vienna Convention, articles
 * 54, 57 and 58). */
#include "forum/agreement.h"
#include "forum/breach.h"
#include "forum/index.h"
#include "forum/journal.h"
#include "forum/membership.h"

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

/* So many changes of weights had gone before what decided it. */
static uint32_t version_of(const struct forum *self, const struct proposal *proposal)
{
    uint32_t version = self->reweighs_count;
    while (version > 0 && !hash_equal(&self->reweighs[version - 1].hash, &proposal->is.weights))
        version--;
    return version;
}

static const struct proposal *ruling_of(const struct forum *self, const struct hash *act)
{
    const struct proposal *proposal = index_find_proposal(self, act);
    return proposal != NULL && proposal->is.effect.kind != EFFECT_NONE ? proposal : NULL;
}

uint32_t forum_record_rulings(const struct forum *self, uint32_t number, uint32_t *ret_numbers,
                              uint32_t most)
{
    const struct proposal *proposal = forum_get_proposal(self, number);
    const struct agreement *agreement =
        proposal->is.agreement == 0 ? NULL : self->agreements[proposal->is.agreement - 1];
    uint32_t acts_count = agreement == NULL ? 0 : agreement->is.acts_count;
    uint32_t versions = version_of(self, proposal);
    uint32_t count = 0;
    if (agreement != NULL && agreement->weights > versions)
        versions = agreement->weights;
    for (uint32_t i = 0; i < acts_count; i++) {
        const struct proposal *ruling = ruling_of(self, &agreement->acts[i]);
        uint32_t version = ruling == NULL ? 0 : version_of(self, ruling);
        versions = version > versions ? version : versions;
    }
    for (uint32_t i = 0; i < versions; i++, count++) {
        if (count < most)
            ret_numbers[count] = self->reweighs[i].proposal;
    }
    for (uint32_t i = 0; i < acts_count; i++) {
        const struct proposal *ruling = ruling_of(self, &agreement->acts[i]);
        if (ruling == NULL)
            continue;
        if (count < most)
            ret_numbers[count] = ruling->is.number;
        count++;
    }
    return count;
}
