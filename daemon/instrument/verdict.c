/* SPDX-License-Identifier: Apache-2.0 */
/* verdict.c - from the answers to the verdict and its arithmetic, by the charter's rule.
 *
 * The record does not say in which of three ways the question ended (decided early, everybody
 * answered, closed), nor whether a seat outside the roll was absent or had not joined. Those that
 * were possible are tried: one must give the verdict that the record shows, and its very line. */
#include <string.h>

#include "charter/charter.h"
#include "instrument/proof.h"
#include "rules/verdict.h"

struct settling {
    struct proof *proof;
    const struct rule_roster *roster; /* Who is counted. */
    const struct rule_roster *named;  /* Whom sentences name: the charter's. */
    struct rule_settings settings;
    const char *names[SEATS_MAX];
    uint8_t answers[SEATS_MAX];
    bool same_verdict, same_line;
    char line[VERDICT_LINE_MAX]; /* Of the last try. */
    enum verdict verdict;
};

static bool has_carriers(const struct charter *charter)
{
    for (uint32_t seat = 0; seat < charter->seats_count; seat++) {
        if (charter->seats[seat].carries >= 0)
            return true;
    }
    return false;
}

static enum comity_error parse(struct settling *self, const char *sentence,
                               const struct rule **ret_rule)
{
    if (sentence == NULL)
        return COMITY_OK;
    return rule_parse(self->proof->arena, bytes_of_text(sentence), self->named, ret_rule,
                      self->proof->fault);
}

/* The charter's, but for who was asked and the weights that decided. */
static enum comity_error find_roster(struct settling *self)
{
    struct proof *proof = self->proof;
    const struct rule_roster *roster;
    enum comity_error error = charter_roster(proof->charter, proof->arena, &roster);
    self->roster = roster;
    self->named = roster;
    if (error != COMITY_OK || (!proof->proposal->has_more && !has_carriers(proof->charter)))
        return error;
    struct rule_roster *own = arena_alloc(proof->arena, sizeof *own);
    if (own == NULL)
        return COMITY_MEMORY;
    *own = *roster;
    for (uint32_t seat = 0; seat < SEATS_MAX; seat++) {
        if (!record_has(proof->members, seat) || proof->charter->seats[seat].carries >= 0)
            own->members.bits[seat / 64] &= ~(UINT64_C(1) << (seat % 64));
    }
    self->roster = own;
    uint32_t version = 0;
    while (version < proof->weights->count &&
           !hash_equal(&proof->weights->hashes[version], &proof->proposal->weights))
        version++;
    if (!proof->proposal->has_more || hash_is_zero(&proof->proposal->weights))
        return COMITY_OK;
    if (version == proof->weights->count)
        return fault_set(proof->fault, COMITY_NOT_FOUND,
                         "P%u was decided by other weights than the charter's: the ruling that "
                         "changed them was left out",
                         (unsigned)proof->proposal->number);
    for (uint32_t i = 0; i < own->weights_count; i++)
        own->weights[i].values = proof->weights->values[version][i].values;
    return COMITY_OK;
}

static enum comity_error settling_init(struct settling *self, struct proof *proof)
{
    const struct charter_rule *rule = proof->rule;
    self->proof = proof;
    self->settings = (struct rule_settings){
        .silence = rule->silence == CHARTER_SILENCE_YES  ? RULE_SILENCE_YES
                   : rule->silence == CHARTER_SILENCE_NO ? RULE_SILENCE_NO
                                                         : RULE_SILENCE_IGNORE,
        .answers = rule->answers,
        .receipt_required = rule->receipt_required,
        .absent_blocks = rule->absent_blocks,
        .tie_presiding = rule->tie == TIE_PRESIDING,
        .revote = rule->revote_ms > 0,
        .revise_until_close = !rule->revise_never,
    };
    for (uint32_t seat = 0; seat < proof->charter->seats_count; seat++)
        self->names[seat] = proof_seat_name(proof, seat);
    enum comity_error error = find_roster(self);
    if (error == COMITY_OK)
        error = parse(self, rule->sentence, &self->settings.rule);
    if (error == COMITY_OK)
        error = parse(self, rule->quorum_open, &self->settings.quorum_open);
    if (error == COMITY_OK)
        error = parse(self, rule->quorum_decide, &self->settings.quorum_decide);
    return error;
}

/* An organisation that answered answers for its group. */
static uint32_t carried_by(const struct proof *proof, uint32_t seat)
{
    for (uint32_t i = 0; i < proof->charter->seats_count; i++) {
        int32_t group = proof->charter->seats[i].carries;
        if (group >= 0 && i != seat && record_has(proof->members, i) &&
            record_has(proof->charter->groups[group].seats, seat) &&
            proof->proposal->answers[i] != ANSWER_SILENT)
            return i;
    }
    return OUTCOME_NONE;
}

/* On the roll, asked, and it never signed that the text has reached it. */
static bool is_without_receipt(const struct proof *proof, uint32_t seat)
{
    return proof->rule->receipt_required && record_has(proof->proposal->roll, seat) &&
           proof->proposal->answers[seat] == ANSWER_SILENT && !record_has(proof->received, seat);
}

/* The answers as the rule reads them. */
static void fill_answers(struct settling *self, enum answer off_roll)
{
    const struct proof *proof = self->proof;
    for (uint32_t seat = 0; seat < proof->charter->seats_count; seat++) {
        uint32_t organisation = carried_by(proof, seat);
        if (!record_has(proof->members, seat))
            self->answers[seat] = ANSWER_NOT_MEMBER;
        else if (organisation != OUTCOME_NONE)
            self->answers[seat] = proof->proposal->answers[organisation];
        else if (is_without_receipt(proof, seat))
            self->answers[seat] = ANSWER_UNREACHABLE;
        else if (record_has(proof->proposal->roll, seat))
            self->answers[seat] = proof->proposal->answers[seat];
        else
            self->answers[seat] = (uint8_t)off_roll;
    }
}

static bool all_answered(const struct settling *self)
{
    const struct proof *proof = self->proof;
    for (uint32_t seat = 0; seat < proof->charter->seats_count; seat++) {
        if ((self->answers[seat] == ANSWER_SILENT || is_without_receipt(proof, seat)) &&
            seat != proof->proposal->accused && !proof->proposal->voided[seat])
            return false;
    }
    return true;
}

static void try_one(struct settling *self, bool closed, bool hard_limit)
{
    const struct record_proposal *record = self->proof->proposal;
    uint8_t open[SEATS_MAX];
    verdict_open_answers(&self->settings, self->roster, self->answers, open);
    uint8_t allowed[SEATS_MAX];
    uint32_t chair = UINT32_MAX;
    for (uint32_t seat = 0; seat < self->roster->seats_count; seat++) {
        allowed[seat] = (uint8_t)proof_allowed(self->proof, seat);
        open[seat] &= (uint8_t)(allowed[seat] | ANSWER_BIT(ANSWER_SILENT));
        if (record->voided[seat])
            open[seat] = 0;
        if (self->proof->charter->seats[seat].role == SEAT_CHAIR)
            chair = seat;
    }
    struct verdict_question question = {.answers = self->answers,
                                        .open = open,
                                        .seat_names = self->names,
                                        .allowed = allowed,
                                        .chair = chair,
                                        .casting = self->proof->casting,
                                        .revoted = true, /* Or no tie came first. */
                                        .closed = closed,
                                        .hard_limit = hard_limit};
    struct verdict_result result;
    verdict_settle(&self->settings, self->roster, &question, &result);
    if (result.verdict == record->verdict) {
        self->same_verdict = true;
        self->same_line = self->same_line || strcmp(result.line, record->line) == 0;
    }
    memcpy(self->line, result.line, sizeof self->line);
    self->verdict = result.verdict;
}

static bool was_closed(const struct proof *self)
{
    for (uint32_t i = 0; i < self->proposal->acts.count; i++) {
        const struct act *act = &self->acts[i].act;
        if (act->kind == ACT_PROCEDURE && act->as.procedure.ruling != RULING_RESUME)
            return true;
    }
    return self->proposal->closes_ms != INT64_MAX;
}

/* Was anybody off the roll, who may have been absent? A chair calls the roll, and who has left is
 * on none. */
static uint32_t count_off_roll(const struct proof *self, bool *ret_has_chair)
{
    uint32_t count = 0;
    *ret_has_chair = false;
    for (uint32_t seat = 0; seat < self->charter->seats_count; seat++) {
        enum seat_role role = self->charter->seats[seat].role;
        *ret_has_chair = *ret_has_chair || role == SEAT_CHAIR;
        if (record_has(self->members, seat) && !record_has(self->proposal->roll, seat))
            count++;
    }
    return count;
}

static void try_all(struct settling *self, enum answer off_roll)
{
    fill_answers(self, off_roll);
    try_one(self, false, false);
    if (self->proof->rule->closes == CLOSES_ALL_ANSWERED && all_answered(self))
        try_one(self, true, false);
    if (was_closed(self->proof))
        try_one(self, true, true);
}

static enum comity_error check_dates(const struct proof *self)
{
    const struct record_proposal *record = self->proposal;
    if (record->status != PROPOSAL_DECIDED || record->verdict == VERDICT_OPEN)
        return fault_set(self->fault, COMITY_INVALID, "P%u is not decided",
                         (unsigned)record->number);
    if (record->closed_ms < record->opened_ms || record->decided_ms < record->closed_ms ||
        record->decided_height > self->header.state_height ||
        record->decided_block_ms > self->header.time_ms || !proof_is_time(record->opened_ms) ||
        !proof_is_time(record->closed_ms) || !proof_is_time(record->decided_ms) ||
        !proof_is_time(record->decided_block_ms) || !proof_is_time(self->header.time_ms) ||
        (record->closes_ms != INT64_MAX && !proof_is_time(record->closes_ms)))
        return fault_set(self->fault, COMITY_CONFLICT,
                         "the dates of P%u's record contradict each other",
                         (unsigned)record->number);
    return COMITY_OK;
}

enum comity_error proof_check_verdict(struct proof *self)
{
    const struct record_proposal *record = self->proposal;
    enum comity_error error = check_dates(self);
    if (error != COMITY_OK)
        return error;
    struct settling *settling = arena_alloc(self->arena, sizeof *settling);
    if (settling == NULL)
        return COMITY_MEMORY;
    error = settling_init(settling, self);
    if (error != COMITY_OK)
        return error;
    bool has_chair;
    uint32_t off_roll = count_off_roll(self, &has_chair);
    if (off_roll > 0)
        try_all(settling, ANSWER_ABSENT);
    try_all(settling, ANSWER_UNREACHABLE);
    /* Some absent, others not joined: the verdict lies between, the line names the seats. */
    bool mixed = off_roll > 1 && (has_chair || self->proposal->has_more);
    if (!settling->same_verdict)
        return fault_set(self->fault, COMITY_CONFLICT,
                         "by the charter's rule these answers give %s (%.200s), and the record "
                         "says %s",
                         verdict_word(settling->verdict), settling->line,
                         verdict_word(record->verdict));
    if (!settling->same_line && !mixed)
        return fault_set(self->fault, COMITY_CONFLICT,
                         "by the charter's rule the arithmetic is \"%.200s\", and the record says "
                         "\"%.200s\"",
                         settling->line, record->line);
    return COMITY_OK;
}
