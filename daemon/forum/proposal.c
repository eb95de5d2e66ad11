/* SPDX-License-Identifier: Apache-2.0 */
#include "forum/proposal.h"

#include <string.h>

#include "forum/amendment.h"
#include "forum/breach.h"
#include "forum/clauses.h"
#include "forum/clock.h"
#include "forum/conduct.h"
#include "forum/effect.h"
#include "forum/index.h"
#include "forum/journal.h"
#include "forum/pledge.h"
#include "forum/reservation.h"
#include "forum/roll.h"
#include "forum/membership.h"

enum comity_error proposal_closes(const struct forum *self, const struct charter_rule *rule,
                                  int64_t asked_ms, struct fault *fault, int64_t *ret_closes_ms)
{
    int64_t length = rule->closes_ms;
    int64_t by_rule = length == 0 ? FORUM_NEVER : time_add(self->now_ms, length);
    if (asked_ms != 0 && (asked_ms <= self->now_ms || asked_ms > FORUM_TIME_MAX))
        return fault_set(fault, COMITY_REFUSED, "the deadline is past, or after year 9999");
    if (rule->closes == CLOSES_AFTER) {
        if (length == 0 && asked_ms == 0)
            return fault_set(fault, COMITY_REFUSED, "rule %s asks for a deadline", rule->name);
        /* Who proposes may give the others more time to object, never less. */
        if (length != 0 && asked_ms != 0 && asked_ms < by_rule)
            return fault_set(fault, COMITY_REFUSED, "rule %s leaves more time than that",
                             rule->name);
    } else if (asked_ms != 0 && asked_ms > by_rule) {
        return fault_set(fault, COMITY_REFUSED, "rule %s leaves less time than that", rule->name);
    }
    int64_t closes_ms = asked_ms != 0 ? asked_ms : by_rule;
    *ret_closes_ms = closes_ms > FORUM_TIME_MAX ? FORUM_NEVER : closes_ms;
    return COMITY_OK;
}

enum comity_error proposal_may_open(const struct forum *self, uint32_t seat,
                                    const struct forum_rule *rule, struct fault *fault)
{
    if (!forum_is_member(self, seat))
        return fault_set(fault, COMITY_REFUSED, "only a member may propose");
    if (self->seats[seat].questions_count >= self->questions_share)
        return fault_set(fault, COMITY_LIMIT, "the seat has %u open questions already",
                         (unsigned)self->questions_share);
    uint64_t roll[SEAT_WORDS];
    uint64_t members[SEAT_WORDS];
    roll_present(self, roll);
    membership_members(self, members);
    uint8_t answers[SEATS_MAX];
    for (uint32_t i = 0; i < self->charter->seats_count; i++)
        answers[i] = (uint8_t)roll_answer(self, members, roll, i);
    struct rule_outcome outcome;
    if (!verdict_may_open(&rule->settings, &self->roster, answers, &outcome))
        return fault_set(fault, COMITY_REFUSED, "no quorum to open it: %s", outcome.line);
    return COMITY_OK;
}

static struct question *question_create(struct forum *self, struct proposal *proposal)
{
    struct question *question = pool_alloc(&self->pool, sizeof *question);
    if (question == NULL)
        return NULL;
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++) {
        if (roll_answer(self, proposal->is.members, proposal->is.roll, seat) == ANSWER_UNREACHABLE)
            mask_add(proposal->unasked, seat);
        question->answers[seat] = (uint8_t)roll_answer_to(self, proposal, seat);
    }
    proposal->question = question;
    proposal->is.line = question->line;
    return question;
}

struct proposal *proposal_open(struct forum *self, const struct act *act, uint32_t rule_index,
                               int64_t closes_ms)
{
    uint32_t seats_count = self->charter->seats_count;
    struct proposal *proposal = pool_keep(&self->pool, sizeof *proposal);
    struct forum_ballot *ballots =
        pool_keep(&self->pool, seats_count * sizeof(struct forum_ballot));
    if (proposal == NULL || ballots == NULL ||
        !pool_vector(&self->pool, (void **)&self->proposals, self->proposals_count,
                     &self->proposals_capacity, sizeof(struct proposal *)) ||
        !pool_vector(&self->pool, (void **)&self->open, self->open_count, &self->open_capacity,
                     sizeof *self->open))
        return NULL;
    struct forum_proposal *is = &proposal->is;
    *is = (struct forum_proposal){
        .number = self->proposals_count + 1,
        .id = act->id,
        .proposer = act->seat,
        .title = "",
        .topic = "",
        .effect = {.name = ""},
        .accused =
            act->kind == ACT_PROPOSE ? breach_accused(self, &act->as.propose.effect) : OUTCOME_NONE,
        .rule = &self->charter->rules[rule_index],
        .status = PROPOSAL_OPEN,
        .ballots = ballots,
        .opened_ms = self->now_ms,
        .closes_ms = closes_ms,
        .can_change = true,
    };
    proposal->rule_index = rule_index;
    proposal->close_ms = FORUM_NEVER;
    mask_add(is->sponsors, act->seat);
    mask_add(proposal->received, act->seat);
    proposal->weights = self->reweighs_count;
    roll_present(self, is->roll);
    membership_members(self, is->members);
    if (question_create(self, proposal) == NULL)
        return NULL;
    self->proposals[self->proposals_count++] = proposal;
    self->open[self->open_count++] = is->number;
    self->seats[act->seat].questions_count++;
    index_add(self, INDEX_PROPOSAL, is->number);
    proposal->record = forum_add_record(self, is->number, 0);
    forum_note_act(self, proposal, &act->id);
    return proposal;
}

/* Earlier texts stay readable: what an amendment changed is for all to see. */
static void keep_text(struct forum *self, struct proposal *proposal)
{
    struct forum_proposal *is = &proposal->is;
    if (!pool_vector(&self->pool, (void **)&proposal->texts, is->texts_count,
                     &proposal->texts_capacity, sizeof *proposal->texts))
        return;
    proposal->texts[is->texts_count++] = is->text.bytes;
    is->texts = proposal->texts;
}

void proposal_set_text(struct forum *self, struct proposal *proposal, struct forum_text text)
{
    struct forum_proposal *is = &proposal->is;
    keep_text(self, proposal);
    is->text = text;
    memcpy(proposal->received, is->sponsors, sizeof proposal->received); /* They signed it. */
    /* A new text under silence gets the whole time to object again, and asks who came since. */
    if (is->rule->closes == CLOSES_AFTER && is->rule->closes_ms != 0) {
        int64_t closes_ms = time_add(self->now_ms, is->rule->closes_ms);
        if (closes_ms > is->closes_ms && closes_ms <= FORUM_TIME_MAX)
            is->closes_ms = closes_ms;
        for (uint32_t seat = 0; seat < self->charter->seats_count; seat++) {
            if (self->seats[seat].joined)
                mask_remove(proposal->unasked, seat);
        }
    }
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++) {
        bool voided = is->ballots[seat].voided;
        is->ballots[seat] = (struct forum_ballot){.answer = ANSWER_SILENT, .voided = voided};
        proposal->question->answers[seat] = (uint8_t)roll_answer_to(self, proposal, seat);
    }
    reservations_moot(self, proposal);
    forum_touch(self, proposal);
    forum_tell(self, OUTCOME_TEXT, OUTCOME_NONE, proposal, NULL)->value = text.version;
    amendments_moot(self, proposal, "moot: the draft's text has changed");
}

static const struct forum_rule *find_rule(const struct forum *self, const char *name)
{
    for (uint32_t i = 0; i < self->charter->rules_count; i++) {
        if (strcmp(self->charter->rules[i].name, name) == 0)
            return &self->rules[i];
    }
    return NULL;
}

/* The charter's own string, which outlives the act; "" for none; NULL if it is no topic. */
static const char *find_topic(const struct forum *self, const char *topic)
{
    if (topic[0] == '\0')
        return "";
    for (uint32_t i = 0; i < self->charter->topics_count; i++) {
        if (strcmp(self->charter->topics[i], topic) == 0)
            return self->charter->topics[i];
    }
    return NULL;
}

static bool may_be_party(const struct forum *self, const struct forum_rule *rule, uint32_t seat)
{
    return seat_set_has(&rule->must_abstain, seat) ||
           (rule->adopted != RULE_LAST &&
            seat_set_has(&self->rules[rule->adopted].must_abstain, seat)) ||
           (rule->failed != RULE_LAST &&
            seat_set_has(&self->rules[rule->failed].must_abstain, seat));
}

/* The parties to a dispute are of those the rule, or one that may follow it, lets be named. */
static enum comity_error check_parties(const struct forum *self, const struct forum_rule *rule,
                                       const struct act *act, struct fault *fault)
{
    for (uint32_t seat = 0; seat < SEATS_MAX; seat++) {
        if (!mask_has(act->as.propose.must_abstain, seat))
            continue;
        if (seat >= self->charter->seats_count)
            return fault_set(fault, COMITY_REFUSED, "must_abstain names seat %u, and there are %u",
                             (unsigned)seat, (unsigned)self->charter->seats_count);
        if (!forum_is_member(self, seat) || !may_be_party(self, rule, seat))
            return fault_set(fault, COMITY_REFUSED, "under rule %s %s cannot be made to abstain",
                             rule->charter->name, self->charter->seats[seat].name);
    }
    return COMITY_OK;
}

/* What may be reserved is there. */
static enum comity_error check_reservable(const struct act *act, struct fault *fault)
{
    for (uint32_t i = 0; i < act->as.propose.reservable_count; i++) {
        uint32_t clause = act->as.propose.reservable[i];
        if (!clauses_have(act->text, clause))
            return fault_set(fault, COMITY_NOT_FOUND,
                             "reservable: the text has no operative clause %u", (unsigned)clause);
    }
    return COMITY_OK;
}

enum comity_error propose_check(const struct forum *self, struct step *step)
{
    const struct act *act = step->act;
    const struct forum_rule *rule = find_rule(self, act->as.propose.rule);
    if (rule == NULL)
        return fault_set(step->fault, COMITY_NOT_FOUND, "the charter has no rule %s",
                         act->as.propose.rule);
    if (find_topic(self, act->as.propose.topic) == NULL)
        return fault_set(step->fault, COMITY_NOT_FOUND, "the charter has no topic %s",
                         act->as.propose.topic);
    enum comity_error error = pledges_check_draft(self, rule->charter, act, step->fault);
    if (error == COMITY_OK)
        error = check_parties(self, rule, act, step->fault);
    if (error == COMITY_OK)
        error = check_reservable(act, step->fault);
    if (error == COMITY_OK)
        error = effect_check(self, act, rule->charter, step->fault);
    if (error == COMITY_OK)
        error = proposal_may_open(self, act->seat, rule, step->fault);
    if (error != COMITY_OK)
        return error;
    int64_t closes_ms;
    return proposal_closes(self, rule->charter, act->as.propose.closes_ms, step->fault, &closes_ms);
}

static void copy_terms(struct forum *self, struct forum_proposal *is, const struct act *act)
{
    uint32_t count = act->as.propose.terms_count;
    struct term *terms = count == 0 ? NULL : pool_keep(&self->pool, count * sizeof *terms);
    if (terms == NULL)
        return;
    for (uint32_t i = 0; i < count; i++) {
        terms[i] = act->as.propose.terms[i];
        terms[i].issue = pool_text(&self->pool, terms[i].issue);
        terms[i].unit = pool_text(&self->pool, terms[i].unit);
        terms[i].text = pool_text(&self->pool, terms[i].text);
    }
    is->terms = terms;
    is->terms_count = count;
}

static void copy_pledges(struct forum *self, struct forum_proposal *is, const struct act *act)
{
    uint32_t count = act->as.propose.pledges_count;
    struct pledge *pledges = count == 0 ? NULL : pool_keep(&self->pool, count * sizeof *pledges);
    if (pledges == NULL)
        return;
    for (uint32_t i = 0; i < count; i++) {
        pledges[i] = act->as.propose.pledges[i];
        pledges[i].issue = pool_text(&self->pool, pledges[i].issue);
        pledges[i].unit = pool_text(&self->pool, pledges[i].unit);
    }
    is->pledges = pledges;
    is->pledges_count = count;
}

void propose_apply(struct forum *self, struct step *step)
{
    const struct act *act = step->act;
    const struct forum_rule *rule = find_rule(self, act->as.propose.rule);
    int64_t closes_ms = FORUM_NEVER;
    enum comity_error error =
        proposal_closes(self, rule->charter, act->as.propose.closes_ms, NULL, &closes_ms);
    (void)error; /* Checked. */
    struct proposal *proposal = proposal_open(self, act, (uint32_t)(rule - self->rules), closes_ms);
    if (proposal == NULL)
        return;
    struct forum_proposal *is = &proposal->is;
    is->title = pool_text(&self->pool, act->as.propose.title);
    is->topic = find_topic(self, act->as.propose.topic);
    is->binding = act->as.propose.binding;
    memcpy(is->must_abstain, act->as.propose.must_abstain, sizeof is->must_abstain);
    if (is->accused != OUTCOME_NONE)
        mask_add(is->must_abstain, is->accused);
    is->text = (struct forum_text){
        .bytes = pool_bytes(&self->pool, act->text),
        .hash = act->text_hash,
        .version = 1,
    };
    copy_terms(self, is, act);
    copy_pledges(self, is, act);
    effect_copy(self, proposal, act);
    conduct_count(self, act->seat, is->topic, CONDUCT_PROPOSED, 1);
    forum_tell(self, OUTCOME_PROPOSED, act->seat, proposal, NULL)->line = is->title;
}

enum comity_error cosponsor_check(const struct forum *self, struct step *step)
{
    const struct act *act = step->act;
    struct proposal *proposal = index_find_proposal(self, &act->as.cosponsor.proposal);
    if (proposal == NULL)
        return fault_set(step->fault, COMITY_NOT_FOUND, "there is no such proposal");
    if (!forum_is_member(self, act->seat))
        return fault_set(step->fault, COMITY_REFUSED, "only a member may sponsor");
    if (proposal->is.status != PROPOSAL_OPEN)
        return fault_set(step->fault, COMITY_CLOSED, "P%u is closed",
                         (unsigned)proposal->is.number);
    if (!hash_equal(&act->as.cosponsor.text_hash, &proposal->is.text.hash))
        return fault_set(step->fault, COMITY_CONFLICT, "it signs another text than P%u has now",
                         (unsigned)proposal->is.number);
    if (mask_has(proposal->is.sponsors, act->seat))
        return fault_set(step->fault, COMITY_EXISTS, "the seat sponsors P%u already",
                         (unsigned)proposal->is.number);
    step->proposal = proposal;
    return COMITY_OK;
}

void cosponsor_apply(struct forum *self, struct step *step)
{
    struct proposal *proposal = step->proposal;
    mask_add(proposal->is.sponsors, step->act->seat);
    conduct_count(self, step->act->seat, proposal->is.topic, CONDUCT_SPONSORED, 1);
    forum_note_act(self, proposal, &step->act->id);
    proposal_receive(self, proposal, step->act->seat);
    if (proposal->is.amends != 0)
        amendment_try_friendly(self, proposal);
}

enum comity_error retract_check(const struct forum *self, struct step *step)
{
    const struct act *act = step->act;
    struct proposal *proposal = index_find_proposal(self, &act->as.retract.proposal);
    if (proposal == NULL)
        return fault_set(step->fault, COMITY_NOT_FOUND, "there is no such proposal");
    if (act->seat != proposal->is.proposer && !mask_has(proposal->is.sponsors, act->seat))
        return fault_set(step->fault, COMITY_REFUSED, "the seat neither proposed nor sponsors it");
    if (proposal->question == NULL)
        return fault_set(step->fault, COMITY_CLOSED, "P%u is decided or retracted",
                         (unsigned)proposal->is.number);
    step->proposal = proposal;
    return COMITY_OK;
}

void retract_apply(struct forum *self, struct step *step)
{
    struct proposal *proposal = step->proposal;
    uint32_t seat = step->act->seat;
    forum_note_act(self, proposal, &step->act->id);
    conduct_count(self, seat, proposal->is.topic, CONDUCT_RETRACTED, 1);
    if (seat != proposal->is.proposer) {
        mask_remove(proposal->is.sponsors, seat);
        amendments_try_friendly(self, proposal);
        return;
    }
    proposal_retract(self, proposal, "retracted by its proposer");
}

void proposal_retract(struct forum *self, struct proposal *proposal, const char *line)
{
    proposal->is.status = PROPOSAL_RETRACTED;
    proposal->is.decided_ms = self->now_ms;
    proposal->is.decided_block_ms = self->block_ms;
    proposal->is.decided_height = self->height;
    proposal_retire(self, proposal, line);
    forum_tell(self, OUTCOME_RETRACTED, proposal->is.proposer, proposal, NULL)->line =
        proposal->is.line;
    amendments_moot(self, proposal, "moot: the draft was retracted");
}

uint32_t forum_proposals_count(const struct forum *self)
{
    return self->proposals_count;
}

const struct forum_proposal *forum_proposal(const struct forum *self, uint32_t number)
{
    return number == 0 || number > self->proposals_count ? NULL : &self->proposals[number - 1]->is;
}

const struct forum_proposal *forum_find_proposal(const struct forum *self, const struct hash *id)
{
    const struct proposal *proposal = index_find_proposal(self, id);
    return proposal == NULL ? NULL : &proposal->is;
}

uint32_t forum_proposal_record(const struct forum *self, uint32_t number)
{
    return self->proposals[number - 1]->record;
}
