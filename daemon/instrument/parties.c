/* SPDX-License-Identifier: Apache-2.0 */
/* parties.c - from an agreement's acts to the day it entered into force and to its parties; and
 * that nobody is one but by its own signature.
 *
 * A party's way is a small machine. The acts say which steps it took; which days had passed in
 * between they do not say, so it is followed through every state it may have been in, and the one
 * the record shows must be among them. */
#include <string.h>

#include "charter/charter.h"
#include "forum/clock.h"
#include "instrument/proof.h"
#include "rules/tally.h"

enum {
    WAY_NONE = 1 << PARTY_NONE,
    WAY_CONSENTED = 1 << PARTY_CONSENTED,
    WAY_BOUND = 1 << PARTY_BOUND,
    WAY_LEAVING = 1 << PARTY_LEAVING,
    WAY_LEFT = 1 << PARTY_LEFT,
    WAY_SUSPENDED = 1 << PARTY_SUSPENDED
};

struct way {
    uint32_t states;          /* WAY bits. */
    const struct act *source; /* The act of its own that made it a party. */
    bool by_charter;
    bool before_threshold; /* The deposit counted for the threshold. */
    int64_t asked_ms;      /* The day its notice names; 0: as the rule says. */
    bool noticed;          /* A notice runs. */
    bool ended;            /* A ruling ended it for the seat. */
    bool breached, hollow; /* By a ruling. */
};

/* The agreement's acts end the in-force rule's waiting with this one; what comes later is late. */
struct threshold {
    bool met;
    uint32_t after; /* So many of the agreement's acts had been said. */
    char line[RULE_LINE_MAX];
};

static const struct act *agreement_act(const struct proof *self, uint32_t index)
{
    return &self->acts[proof_agreement_first(self) + index].act;
}

static const struct charter_rule *rule_of(const struct proof *self)
{
    for (uint32_t i = 0; i < self->charter->rules_count; i++) {
        if (hash_equal(&self->charter->rules[i].hash, &self->proposal->rule_hash))
            return &self->charter->rules[i];
    }
    return NULL;
}

/* Days pass: deposits bind, notices run out. Before the threshold none does. */
static void time_passes(struct way *way, bool dated)
{
    if (dated && (way->states & WAY_CONSENTED) != 0)
        way->states |= WAY_BOUND;
    if ((way->states & WAY_LEAVING) != 0 || ((way->states & WAY_SUSPENDED) != 0 && way->noticed))
        way->states |= WAY_LEFT;
}

static void enter_by_charter(struct way *way, bool dated)
{
    if (way->by_charter && dated && (way->states & WAY_NONE) != 0)
        way->states |= WAY_CONSENTED;
    time_passes(way, dated);
}

static void consent(struct way *way, const struct act *act, bool late)
{
    bool may = (way->states & (WAY_NONE | WAY_LEFT)) != 0;
    way->states = may ? WAY_CONSENTED : 0;
    way->source = act;
    way->before_threshold = !late;
    way->noticed = false;
    way->ended = false;
    way->hollow = false;
}

static void withdraw(struct way *way, const struct act *act)
{
    uint32_t states = way->states;
    way->states = states & WAY_SUSPENDED;
    if (act->as.withdraw.taken_back) {
        way->states |= (states & WAY_LEAVING) != 0 ? WAY_BOUND : 0;
        way->noticed = false;
        return;
    }
    /* A second notice puts the first off. */
    if (way->noticed && act->as.withdraw.effect_ms != 0)
        way->states |= states & WAY_LEAVING;
    way->asked_ms = act->as.withdraw.effect_ms;
    way->noticed = (states & (WAY_BOUND | WAY_LEAVING | WAY_SUSPENDED)) != 0;
    if ((states & WAY_CONSENTED) != 0)
        way->states |= WAY_NONE;
    if ((states & WAY_BOUND) != 0)
        way->states |= WAY_LEAVING;
    if (way->states == WAY_NONE)
        way->source = NULL;
}

static void turn(struct way *way, struct turn turn)
{
    const uint32_t bound = WAY_BOUND | WAY_LEAVING | WAY_SUSPENDED;
    uint32_t states = way->states;
    way->breached = way->breached || turn.found;
    way->hollow = way->hollow || turn.hollow;
    switch (turn.kind) {
    case TURN_NONE:
        return;
    case TURN_SUSPEND:
        if ((states & (WAY_BOUND | WAY_LEAVING)) != 0)
            way->states = (states & ~(uint32_t)(WAY_BOUND | WAY_LEAVING)) | WAY_SUSPENDED;
        return;
    case TURN_RESTORE:
        if ((states & WAY_SUSPENDED) != 0)
            way->states =
                (states & ~(uint32_t)WAY_SUSPENDED) | (way->noticed ? WAY_LEAVING : WAY_BOUND);
        return;
    case TURN_END:
        if ((states & WAY_CONSENTED) != 0 && (states & bound) == 0)
            way->source = NULL;
        states =
            (states & WAY_CONSENTED) != 0 ? (states & ~(uint32_t)WAY_CONSENTED) | WAY_NONE : states;
        break;
    case TURN_LEAVE:
        break;
    }
    if ((states & bound) != 0) {
        states = (states & ~bound) | WAY_LEFT;
        way->ended = true;
    }
    way->states = states;
}

static struct way follow(const struct proof *self, uint32_t seat, bool by_charter,
                         uint32_t threshold_after)
{
    const struct charter_rule *rule = rule_of(self);
    struct way way = {.states = WAY_NONE, .by_charter = by_charter};
    bool in_force_rule = rule != NULL && rule->has_in_force;
    if (!in_force_rule && self->proposal->answers[seat] == ANSWER_YES) {
        way.states = WAY_CONSENTED;
        way.source = self->ballots[seat];
    }
    for (uint32_t i = 0; i < self->agreement->acts.count; i++) {
        const struct act *act = agreement_act(self, i);
        bool dated = i >= threshold_after;
        enter_by_charter(&way, dated);
        turn(&way, proof_turn(self, i, seat));
        if (act->seat != seat)
            continue;
        if (act->kind == ACT_RATIFY || act->kind == ACT_ACCEDE)
            consent(&way, act, dated);
        else if (act->kind == ACT_WITHDRAW)
            withdraw(&way, act);
        time_passes(&way, dated);
    }
    enter_by_charter(&way, self->agreement->in_force_ms != INT64_MAX);
    return way;
}

static bool binds_by_charter(const struct proof *self, uint32_t seat, uint32_t threshold_after)
{
    const struct charter_rule *rule = rule_of(self);
    enum party_status status = self->agreement->parties[seat].status;
    if (rule == NULL || rule->binds != BINDS_ALL || status == PARTY_NONE ||
        self->charter->seats[seat].role != SEAT_MEMBER)
        return false;
    struct way way = follow(self, seat, false, threshold_after);
    return (way.states & 1u << status) == 0;
}

bool proof_is_bound_by_charter(const struct proof *self, uint32_t seat)
{
    /* Whenever the threshold was met: this asks only for what must be in the file. */
    return self->agreement != NULL && seat < self->agreement->seats_count &&
           binds_by_charter(self, seat, self->agreement->in_force_ms == INT64_MAX ? UINT32_MAX : 0);
}

/* One of another agreement stands there only right before the ruling that expels by it. */
static enum comity_error check_allegation(struct proof *self, uint32_t index)
{
    const struct act *act = agreement_act(self, index);
    if (!proof_is_elsewhere(self, index))
        return proof_check_allegation(self, act);
    const struct act *next =
        index + 1 < self->agreement->acts.count ? agreement_act(self, index + 1) : NULL;
    if (next == NULL || next->kind != ACT_PROPOSE ||
        !hash_equal(&next->as.propose.effect.subject, &act->id) ||
        act->as.allege.seat >= self->charter->seats_count)
        return proof_check_allegation(self, act);
    return COMITY_OK;
}

static enum comity_error check_act(struct proof *self, uint32_t index)
{
    const struct act *act = agreement_act(self, index);
    const struct hash *target = NULL;
    switch (act->kind) {
    case ACT_PROPOSE:
        return proof_check_turn(self, index);
    case ACT_ALLEGE:
        return check_allegation(self, index);
    case ACT_LEAVE:
        return COMITY_OK; /* Its own word, about no agreement. */
    case ACT_RESERVE:
    case ACT_OBJECT_RESERVATION:
        return COMITY_OK; /* reservations.c looked at these. */
    case ACT_RATIFY:
    case ACT_ACCEDE:
        if (!hash_equal(&act->as.consent.text_hash, &self->proposal->text_hash))
            return fault_set(self->fault, COMITY_CONFLICT, "the %s of %s consents to another text",
                             act_kind_word(act->kind), proof_seat_name(self, act->seat));
        target = &act->as.consent.proposal;
        break;
    case ACT_WITHDRAW:
        target = &act->as.withdraw.proposal;
        break;
    case ACT_ENDORSE:
    case ACT_CONDEMN:
        return COMITY_OK; /* Among the proposal's acts too, and checked there. */
    case ACT_PLEDGE:
    case ACT_REPORT:
    case ACT_ATTEST:
    case ACT_CONTRIBUTE:
        return COMITY_OK; /* accounts.c looks at these. */
    default:
        break;
    }
    if (target == NULL || !hash_equal(target, &self->proposal->id) ||
        self->charter->seats[act->seat].role != SEAT_MEMBER)
        return fault_set(self->fault, COMITY_CONFLICT, "the %s of %s does not belong to A%u",
                         act_kind_word(act->kind), proof_seat_name(self, act->seat),
                         (unsigned)self->agreement->number);
    return COMITY_OK;
}

static enum comity_error consents_rule(struct proof *self, const struct charter_rule *rule,
                                       struct rule_roster *ret_roster, const struct rule **ret_rule)
{
    const struct rule_roster *roster;
    enum comity_error error = charter_roster(self->charter, self->arena, &roster);
    if (error != COMITY_OK)
        return error;
    *ret_roster = *roster;
    ret_roster->members = (struct seat_set){{0}};
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++) {
        const struct charter_seat *is = &self->charter->seats[seat];
        if (is->role == SEAT_MEMBER && is->represents < 0)
            seat_set_add(&ret_roster->members, seat);
    }
    return rule_parse(self->arena, bytes_of_text(rule->in_force.sentence), ret_roster, ret_rule,
                      self->fault);
}

/* How many acts stand there first because of departures. None of them met the in-force rule but the
 * last, or the next would not be told. */
static uint32_t leading_departures(const struct proof *self)
{
    uint32_t leading = 0;
    for (uint32_t i = 0; i < self->agreement->acts.count; i++) {
        if (proof_departure(self, i) != OUTCOME_NONE)
            leading = i + 1;
        else if (!proof_is_elsewhere(self, i))
            break;
    }
    return leading;
}

static void take_step(const struct proof *self, uint32_t index, struct rule_roster *roster,
                      uint8_t *answers)
{
    const struct act *act = agreement_act(self, index);
    uint32_t gone = proof_departure(self, index);
    if (gone < self->charter->seats_count)
        roster->members.bits[gone / 64] &= ~(UINT64_C(1) << (gone % 64));
    if (act->kind == ACT_RATIFY || act->kind == ACT_ACCEDE)
        answers[act->seat] = ANSWER_YES;
    else if (act->kind == ACT_WITHDRAW)
        answers[act->seat] = ANSWER_SILENT;
}

/* Deposit by deposit, until the in-force rule holds. Who is no member any more is not counted. */
static enum comity_error find_threshold(struct proof *self, const struct charter_rule *rule,
                                        uint32_t version, struct threshold *ret_threshold)
{
    struct rule_roster *roster = arena_alloc(self->arena, sizeof *roster);
    struct rule_outcome *outcome = arena_alloc(self->arena, sizeof *outcome);
    const struct rule *sentence;
    const char *names[SEATS_MAX];
    uint8_t answers[SEATS_MAX];
    if (roster == NULL || outcome == NULL)
        return COMITY_MEMORY;
    enum comity_error error = consents_rule(self, rule, roster, &sentence);
    if (error != COMITY_OK)
        return error;
    for (uint32_t i = 0; i < roster->weights_count; i++)
        roster->weights[i].values = self->weights->values[version][i].values;
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++) {
        names[seat] = proof_seat_name(self, seat);
        answers[seat] = ANSWER_SILENT;
    }
    uint32_t count = self->agreement->acts.count;
    uint32_t first = leading_departures(self);
    for (uint32_t i = 0; i < first; i++)
        take_step(self, i, roster, answers);
    for (uint32_t i = first; i <= count; i++) {
        rule_evaluate(sentence, roster, answers, names, outcome);
        ret_threshold->met = outcome->holds;
        ret_threshold->after = i;
        memcpy(ret_threshold->line, outcome->line, sizeof outcome->line);
        if (outcome->holds || i == count)
            break;
        take_step(self, i, roster, answers);
    }
    return COMITY_OK;
}

/* By the weights of its adoption: the last that were decided before it, or in its very block. */
static enum comity_error find_by_weights(struct proof *self, const struct charter_rule *rule,
                                         struct threshold *ret_threshold)
{
    enum comity_error error = COMITY_OK;
    bool same = false;
    for (uint32_t version = self->weights->count; error == COMITY_OK && !same && version-- > 0;) {
        if (self->weights->decided_heights[version] > self->proposal->decided_height)
            continue;
        error = find_threshold(self, rule, version, ret_threshold);
        same = strcmp(ret_threshold->line, self->agreement->line) == 0;
        if (self->weights->decided_heights[version] < self->proposal->decided_height)
            break;
    }
    return error;
}

static enum comity_error check_in_force(struct proof *self, const struct charter_rule *rule,
                                        struct threshold *ret_threshold)
{
    const struct record_agreement *record = self->agreement;
    struct threshold *threshold = ret_threshold;
    int64_t in_force_ms = self->proposal->decided_ms;
    if (rule->has_in_force) {
        enum comity_error error = find_by_weights(self, rule, threshold);
        if (error != COMITY_OK)
            return error;
        in_force_ms = date_delayed(time_clamp(record->threshold_ms), rule->in_force.delay);
        if (rule->in_force.not_before_ms != 0 && in_force_ms < rule->in_force.not_before_ms)
            in_force_ms = rule->in_force.not_before_ms;
        in_force_ms = threshold->met ? time_clamp(in_force_ms) : INT64_MAX;
    } else {
        *threshold = (struct threshold){.met = true, .line = "in force at adoption"};
    }
    if (threshold->met != (record->threshold_ms != INT64_MAX) ||
        (threshold->met && !proof_is_time(record->threshold_ms)) ||
        strcmp(threshold->line, record->line) != 0)
        return fault_set(self->fault, COMITY_CONFLICT,
                         "by the acts the in-force rule says \"%.200s\", by the record "
                         "\"%.200s\"",
                         threshold->line, record->line);
    bool at_adoption = !rule->has_in_force || (threshold->met && threshold->after == 0);
    if (record->in_force_ms != in_force_ms ||
        (at_adoption ? record->threshold_ms != self->proposal->decided_ms
                     : record->threshold_ms < self->proposal->decided_ms))
        return fault_set(self->fault, COMITY_CONFLICT,
                         "the day A%u enters into force is not the one its rule gives",
                         (unsigned)record->number);
    return COMITY_OK;
}

/* Of several rulings that would have ended it the acts do not say which found it bound. */
static bool ended_then(const struct proof *self, const struct way *way, uint32_t seat,
                       int64_t until_ms)
{
    for (uint32_t i = 0; way->ended && i < self->agreement->acts.count; i++) {
        struct turn turn = proof_turn(self, i, seat);
        if ((turn.kind == TURN_LEAVE || turn.kind == TURN_END) && turn.time_ms == until_ms)
            return true;
    }
    return false;
}

/* The notice that runs, or ran out; and until when it is bound. */
static bool notice_fits(const struct proof *self, const struct charter_rule *rule,
                        const struct way *way, uint32_t seat)
{
    const struct record_party *party = &self->agreement->parties[seat];
    bool ended = party->status == PARTY_LEFT && ended_then(self, way, seat, party->until_ms);
    if (!way->noticed)
        return party->notice_ms == 0 &&
               (ended || (party->until_ms == INT64_MAX && party->status != PARTY_LEFT));
    int64_t earliest_ms = time_clamp(
        rule->has_exit
            ? date_after(party->notice_ms, rule->exit.notice_days, rule->exit.notice_months)
            : date_after(party->notice_ms, 0, 12)); /* Vienna Convention, article 56. */
    int64_t until_ms = way->asked_ms != 0 ? way->asked_ms : earliest_ms;
    return party->notice_ms >= party->since_ms && until_ms >= earliest_ms &&
           (party->until_ms == until_ms || ended);
}

/* The gravest shows. */
static bool defection_fits(const struct proof *self, const struct charter_rule *rule,
                           const struct way *way, uint32_t seat)
{
    const struct record_party *party = &self->agreement->parties[seat];
    if (way->breached)
        return party->defection == DEFECTION_BREACHED;
    if (party->defection == DEFECTION_BREACHED)
        return proof_fell_short(self, seat);
    bool lapsed = party->status == PARTY_LEFT && proof_has_reserved(self, seat);
    if (way->hollow || proof_is_hollow(self, seat))
        return party->defection == DEFECTION_HOLLOW_RESERVATION;
    if (party->defection == DEFECTION_HOLLOW_RESERVATION)
        return lapsed; /* What it had reserved when it left is not told. */
    int64_t locked_ms = party->since_ms;
    if (rule->has_exit && way->noticed)
        locked_ms = date_after(locked_ms, rule->exit.lock_days, rule->exit.lock_months);
    bool locked = way->noticed && party->notice_ms < locked_ms;
    return party->defection == (locked ? DEFECTION_WITHDREW_IN_LOCK : DEFECTION_NONE);
}

/* Its dates, as the charter's delays give them. */
static bool party_dates_fit(const struct proof *self, const struct charter_rule *rule,
                            const struct way *way, uint32_t seat)
{
    const struct record_party *party = &self->agreement->parties[seat];
    int64_t in_force_ms = self->agreement->in_force_ms;
    int64_t since_ms = in_force_ms;
    if (!proof_is_time(party->consent_ms) || !proof_is_time(party->notice_ms))
        return false;
    if (way->source == NULL) {
        if (party->consent_ms != in_force_ms)
            return false;
    } else if (way->source->kind == ACT_BALLOT) {
        if (party->consent_ms != self->proposal->decided_ms)
            return false;
    } else if (!way->before_threshold) {
        since_ms = rule->has_in_force ? date_delayed(party->consent_ms, rule->in_force.late)
                                      : party->consent_ms;
        since_ms = time_clamp(since_ms < in_force_ms ? in_force_ms : since_ms);
    } else if (party->consent_ms > self->agreement->threshold_ms) {
        return false;
    }
    if (party->since_ms != since_ms || party->consent_ms < self->proposal->decided_ms)
        return false;
    return notice_fits(self, rule, way, seat) && defection_fits(self, rule, way, seat);
}

static bool is_no_party(const struct record_party *party)
{
    return party->home == HOME_UNTOLD && party->defection == DEFECTION_NONE &&
           party->consent_ms == 0 && party->since_ms == INT64_MAX && party->notice_ms == 0 &&
           party->until_ms == INT64_MAX;
}

static enum comity_error check_party(struct proof *self, const struct charter_rule *rule,
                                     uint32_t seat, uint32_t threshold_after)
{
    const struct record_party *party = &self->agreement->parties[seat];
    const char *name = proof_seat_name(self, seat);
    bool by_charter = proof_is_bound_by_charter(self, seat);
    struct way way = follow(self, seat, by_charter, threshold_after);
    if (way.states == 0)
        return fault_set(self->fault, COMITY_CONFLICT,
                         "the acts of %s about A%u do not follow from each other", name,
                         (unsigned)self->agreement->number);
    if ((way.states & 1u << party->status) == 0)
        return fault_set(self->fault, COMITY_CONFLICT,
                         party->status == PARTY_NONE
                             ? "%s signed as a party, and the record does not show it"
                             : "%s is shown as a party otherwise than by its own acts",
                         name);
    if (party->status == PARTY_NONE)
        return is_no_party(party)
                   ? COMITY_OK
                   : fault_set(self->fault, COMITY_CONFLICT,
                               "%s is no party, and the record has dates for it", name);
    enum home_verdict home = HOME_UNTOLD;
    if (way.source != NULL && way.source->kind != ACT_BALLOT)
        home = way.source->as.consent.home;
    if (party->home != home || !party_dates_fit(self, rule, &way, seat))
        return fault_set(self->fault, COMITY_CONFLICT,
                         "the dates of %s as a party are not those its acts and the rule give",
                         name);
    self->consents[seat] = way.source;
    return COMITY_OK;
}

static enum comity_error check_status(struct proof *self)
{
    const struct record_agreement *record = self->agreement;
    uint32_t bound = 0;
    uint32_t inside = 0;
    uint32_t ever = 0;
    for (uint32_t seat = 0; seat < record->seats_count; seat++) {
        enum party_status status = record->parties[seat].status;
        bool is_bound = status == PARTY_BOUND || status == PARTY_LEAVING;
        ever += is_bound || status == PARTY_LEFT || status == PARTY_SUSPENDED;
        inside += is_bound || status == PARTY_CONSENTED || status == PARTY_SUSPENDED;
        bound += is_bound && self->charter->seats[seat].represents < 0;
    }
    enum effect_kind last = proof_last_turn(self);
    bool runs = last != EFFECT_SUSPEND && last != EFFECT_END;
    bool fits = record->status == AGREEMENT_PENDING     ? ever == 0 && runs
                : record->status == AGREEMENT_IN_FORCE  ? inside > 0 && runs
                : record->status == AGREEMENT_SUSPENDED ? inside > 0 && last == EFFECT_SUSPEND
                                                        : inside == 0;
    bool dated = record->status == AGREEMENT_IN_FORCE || record->status == AGREEMENT_SUSPENDED ||
                 (record->status == AGREEMENT_ENDED && last != EFFECT_END);
    if (!fits || bound != record->parties_count || (dated && record->in_force_ms == INT64_MAX))
        return fault_set(self->fault, COMITY_CONFLICT,
                         "A%u's status and number of parties are not what its parties make",
                         (unsigned)record->number);
    return COMITY_OK;
}

/* The charter's signatures stand behind the named acts, one per seat, in order. */
static void find_joins(struct proof *self)
{
    for (uint32_t i = self->charter_acts_first; i < self->acts_count; i++) {
        const struct act *join = &self->acts[i].act;
        if (self->consents[join->seat] == NULL)
            self->consents[join->seat] = join;
    }
}

enum comity_error proof_check_parties(struct proof *self)
{
    if (self->agreement == NULL)
        return COMITY_OK;
    const struct charter_rule *rule = self->rule;
    struct threshold threshold = {.met = false};
    enum comity_error error = COMITY_OK;
    for (uint32_t i = 0; error == COMITY_OK && i < self->agreement->acts.count; i++)
        error = check_act(self, i);
    if (error == COMITY_OK)
        error = check_in_force(self, rule, &threshold);
    uint32_t after = threshold.met ? threshold.after : UINT32_MAX;
    for (uint32_t seat = 0; error == COMITY_OK && seat < self->agreement->seats_count; seat++)
        error = check_party(self, rule, seat, after);
    if (error == COMITY_OK)
        error = check_status(self);
    if (error == COMITY_OK)
        find_joins(self);
    return error;
}
