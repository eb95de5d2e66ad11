/* SPDX-License-Identifier: Apache-2.0 */
/* accounts.c - from an agreement's acts to what was pledged, reported, attested and paid under it:
 * what they make is what the record's hash commits to, or the instrument lies. Whose pledges in
 * the text are in force follows from who ever consented. */
#include <string.h>

#include "forum/clock.h"
#include "forum/mask.h"
#include "instrument/proof.h"

struct books {
    struct proof *proof;
    struct pool pool;
    uint64_t consented[SEATS_MAX / 64]; /* Once, whatever came of it. */
};

static const struct act *act_at(const struct proof *self, uint32_t index)
{
    return &self->acts[proof_agreement_first(self) + index].act;
}

static enum comity_error refuse(const struct books *self, const struct act *act, const char *why)
{
    return fault_set(self->proof->fault, COMITY_CONFLICT, "the %s of %s (seq %llu) %s",
                     act_kind_word(act->kind), proof_seat_name(self->proof, act->seat),
                     (unsigned long long)act->seq, why);
}

static void find_consented(struct books *self)
{
    const struct proof *proof = self->proof;
    for (uint32_t seat = 0; seat < proof->agreement->seats_count; seat++) {
        if (proof->agreement->parties[seat].status != PARTY_NONE)
            mask_add(self->consented, seat);
    }
    for (uint32_t i = 0; i < proof->agreement->acts.count; i++) {
        const struct act *act = act_at(proof, i);
        if (act->kind == ACT_RATIFY || act->kind == ACT_ACCEDE)
            mask_add(self->consented, act->seat);
    }
}

static void pledge(struct books *self, uint32_t seat, const struct pledge *made)
{
    accounts_pledge(&self->proof->accounts, &self->pool,
                    &(struct forum_pledge){.seat = seat,
                                           .issue = made->issue,
                                           .unit = made->unit,
                                           .due_ms = made->due_ms,
                                           .quantity = made->quantity,
                                           .review_ms = INT64_MAX});
}

static struct pledge pledge_of(const struct act *act)
{
    return (struct pledge){.seat = act->seat,
                           .issue = act->as.pledge.issue,
                           .quantity = act->as.pledge.quantity,
                           .unit = act->as.pledge.unit,
                           .due_ms = act->as.pledge.due_ms};
}

static void pledge_text(struct books *self)
{
    const struct act *draft = &self->proof->acts[0].act;
    for (uint32_t i = 0; i < draft->as.propose.pledges_count; i++) {
        const struct pledge *made = &draft->as.propose.pledges[i];
        if (made->seat < SEATS_MAX && mask_has(self->consented, made->seat))
            pledge(self, made->seat, made);
    }
}

static enum comity_error on_pledge(struct books *self, const struct act *act)
{
    if (!mask_has(self->consented, act->seat))
        return refuse(self, act, "is of no party");
    struct pledge made = pledge_of(act);
    pledge(self, act->seat, &made);
    return COMITY_OK;
}

static enum comity_error on_report(struct books *self, const struct act *act)
{
    struct pledge made = pledge_of(act);
    if (accounts_find(&self->proof->accounts.is, act->seat, made.issue, made.unit, made.due_ms) ==
        NULL)
        return refuse(self, act, "reports on no pledge of its seat");
    (void)accounts_report(&self->proof->accounts, &self->pool, act->seat, &made, &act->id, 0);
    return COMITY_OK;
}

static enum comity_error on_attest(struct books *self, const struct act *act)
{
    const struct forum_accounts *accounts = &self->proof->accounts.is;
    uint32_t number = accounts->reports_count;
    while (number > 0 && !hash_equal(&accounts->reports[number - 1].id, &act->as.attest.report))
        number--;
    if (number == 0)
        return refuse(self, act, "speaks of no report before it");
    if (accounts->reports[number - 1].seat == act->seat ||
        !accounts_report_counts(accounts, number))
        return refuse(self, act, "speaks of a report it may say nothing of");
    accounts_attest(&self->proof->accounts, number, act->seat, act->as.attest.disputes);
    return COMITY_OK;
}

static enum comity_error on_contribute(struct books *self, const struct act *act)
{
    uint64_t quantity = act->as.contribute.quantity;
    if (!self->proof->rule->has_fund || !accounts_may_take(&self->proof->accounts.is, quantity))
        return refuse(self, act, "pays into no fund that can take it");
    accounts_pay(&self->proof->accounts, &self->pool, self->proof->charter->seats_count, act->seat,
                 quantity);
    return COMITY_OK;
}

static const struct hash *target_of(const struct act *act)
{
    if (act->kind == ACT_PLEDGE || act->kind == ACT_REPORT)
        return &act->as.pledge.proposal;
    return act->kind == ACT_CONTRIBUTE ? &act->as.contribute.proposal : NULL;
}

static enum comity_error step(struct books *self, const struct act *act)
{
    const struct hash *target = target_of(act);
    bool is_of_accounts = target != NULL || act->kind == ACT_ATTEST;
    if (is_of_accounts && !self->proof->agreement->has_accounts)
        return refuse(self, act, "is of a kind that the record knows nothing of");
    if (target != NULL && !hash_equal(target, &self->proof->proposal->id))
        return refuse(self, act, "is about another agreement");
    switch (act->kind) {
    case ACT_PLEDGE:
        return on_pledge(self, act);
    case ACT_REPORT:
        return on_report(self, act);
    case ACT_ATTEST:
        return on_attest(self, act);
    case ACT_CONTRIBUTE:
        return on_contribute(self, act);
    default:
        return COMITY_OK;
    }
}

/* A review says of its pledge what its own figure says, and not before its day. */
static bool review_fits(const struct proof *self, const struct record_review *review)
{
    const struct charter_rule *rule = self->rule;
    if (!rule->has_breach || !rule->breach.shortfall ||
        review->pledge >= self->accounts.is.pledges_count)
        return false;
    const struct forum_pledge *pledge = &self->accounts.pledges[review->pledge];
    if (pledge->due_ms == 0 || pledge->review != REVIEW_NONE ||
        (proof_knows_time(self) && date_after(time_clamp(pledge->due_ms), rule->breach.review_days,
                                              0) > self->header.time_ms))
        return false;
    bool short_of = accounts_short_by(pledge, review->confirmed) > 0;
    return review->review == REVIEW_RESTED ||
           review->review == (short_of ? REVIEW_SHORT : REVIEW_KEPT);
}

static enum comity_error take_reviews(struct proof *self)
{
    for (uint32_t i = 0; i < self->agreement->reviews_count; i++) {
        const struct record_review *review = &self->agreement->reviews[i];
        if (!review_fits(self, review) || (i > 0 && review->pledge <= review[-1].pledge))
            return fault_set(self->fault, COMITY_CONFLICT,
                             "A%u's record finds of a pledge what its figures do not give",
                             (unsigned)self->agreement->number);
        self->accounts.pledges[review->pledge].review = review->review;
        self->accounts.pledges[review->pledge].reviewed = review->confirmed;
    }
    return COMITY_OK;
}

static enum comity_error take_spendings(struct books *self)
{
    struct proof *proof = self->proof;
    for (uint32_t i = 0; i < proof->agreement->spendings_count; i++) {
        const struct forum_spending *spending = &proof->agreement->spendings[i];
        if (!proof->rule->has_fund || spending->seat >= proof->charter->seats_count ||
            spending->proposal == 0 || spending->quantity == 0 ||
            spending->quantity > accounts_balance(&proof->accounts.is))
            return fault_set(proof->fault, COMITY_CONFLICT,
                             "by A%u's record more of the fund was spent than was there",
                             (unsigned)proof->agreement->number);
        accounts_spend(&proof->accounts, &self->pool, spending);
    }
    return COMITY_OK;
}

enum comity_error proof_check_accounts(struct proof *self)
{
    if (self->agreement == NULL)
        return COMITY_OK;
    struct books books = {.proof = self, .pool = {.arena = self->arena}};
    enum comity_error error = COMITY_OK;
    if (self->agreement->has_accounts) {
        find_consented(&books);
        pledge_text(&books);
    }
    for (uint32_t i = 0; error == COMITY_OK && i < self->agreement->acts.count; i++)
        error = step(&books, act_at(self, i));
    if (books.pool.failed)
        return COMITY_MEMORY;
    if (error != COMITY_OK)
        return error;
    if (!self->agreement->has_accounts)
        return COMITY_OK;
    struct hash hash = accounts_hash(&self->accounts.is, self->charter->seats_count);
    if (!hash_equal(&hash, &self->agreement->accounts))
        return fault_set(self->fault, COMITY_CONFLICT,
                         "what was pledged, reported and paid under A%u is by its acts not what "
                         "the record commits to",
                         (unsigned)self->agreement->number);
    error = take_reviews(self);
    if (error == COMITY_OK)
        error = take_spendings(&books);
    return books.pool.failed ? COMITY_MEMORY : error;
}

bool proof_fell_short(const struct proof *self, uint32_t seat)
{
    for (uint32_t i = 0; i < self->accounts.is.pledges_count; i++) {
        const struct forum_pledge *pledge = &self->accounts.pledges[i];
        if (pledge->seat == seat && pledge->review == REVIEW_SHORT)
            return true;
    }
    return false;
}

enum comity_error proof_compliance(struct proof *self, struct compliance **ret_compliance)
{
    const struct act *draft = &self->acts[0].act;
    struct compliance_input *input = arena_alloc(self->arena, sizeof *input);
    if (input == NULL)
        return COMITY_MEMORY;
    *input = (struct compliance_input){
        .charter = self->charter,
        .rule = self->rule,
        .goals = draft->as.propose.goals,
        .goals_count = draft->as.propose.goals_count,
        .accounts = &self->accounts.is,
        .now_ms = proof_knows_time(self) ? self->header.time_ms : INT64_MIN,
    };
    /* As the charter has it: a change of weights is not in the file. */
    for (uint32_t k = 0; self->rule->has_fund && k < self->charter->weights_count; k++) {
        const struct charter_weight *weight = &self->charter->weights[k];
        if (self->rule->fund.by != NULL && strcmp(weight->name, self->rule->fund.by) == 0)
            input->weights = weight->values;
    }
    for (uint32_t seat = 0; seat < self->agreement->seats_count; seat++) {
        const struct record_party *party = &self->agreement->parties[seat];
        input->left_ms[seat] = party->status == PARTY_LEFT ? party->until_ms : INT64_MIN;
        if (party->status == PARTY_CONSENTED || party->status == PARTY_BOUND ||
            party->status == PARTY_LEAVING)
            mask_add(input->inside, seat);
    }
    return compliance_compute(input, self->arena, ret_compliance);
}
