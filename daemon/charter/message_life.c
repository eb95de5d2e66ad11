/* SPDX-License-Identifier: Apache-2.0 */
/* message_life.c - what a rule says of an agreement's life, as messages and from them. */
#include "charter/parts.h"

/* protobuf-c has no const; packing only reads. */
static char *text_of(const char *text)
{
    static char empty[1];
    return text == NULL ? empty : (char *)(uintptr_t)text;
}

/* What holds where a charter says nothing is said by leaving it out. */
static bool reservations_are_default(const struct charter_rule *rule)
{
    return rule->reservations == RESERVATIONS_ANY && rule->window_days == 0 &&
           rule->window_months == RESERVATIONS_WINDOW_MONTHS;
}

static void breach_to_message(const struct charter_rule *rule, Comity__V1__Breach *breach,
                              Comity__V1__Rule *message)
{
    comity__v1__breach__init(breach);
    breach->ruled_by = text_of(rule->breach.ruled_by);
    breach->alleged_by = (Comity__V1__Breach__AllegedBy)rule->breach.alleged_by;
    breach->responses = rule->breach.responses;
    breach->accused_votes = rule->breach.accused_votes;
    breach->shortfall = rule->breach.shortfall;
    breach->review_days = rule->breach.review_days;
    message->breach = breach;
}

void life_to_message(const struct charter_rule *rule, uint32_t seats_count,
                     struct life_messages *messages, Comity__V1__Rule *message)
{
    if (!reservations_are_default(rule)) {
        comity__v1__reservations__init(&messages->reservations);
        messages->reservations.allowed = (Comity__V1__Reservations__Allowed)rule->reservations;
        messages->reservations.window_days = rule->window_days;
        messages->reservations.window_months = rule->window_months;
        message->reservations = &messages->reservations;
    }
    if (rule->has_breach)
        breach_to_message(rule, &messages->breach, message);
    if (rule->has_fund) {
        Comity__V1__Fund *fund = &messages->fund;
        comity__v1__fund__init(fund);
        fund->spent_by = text_of(rule->fund.spent_by);
        fund->issue = text_of(rule->fund.issue);
        fund->unit = text_of(rule->fund.unit);
        fund->by = text_of(rule->fund.by);
        fund->n_key = rule->fund.key == NULL ? 0 : seats_count;
        fund->key = (uint64_t *)(uintptr_t)rule->fund.key;
        message->fund = fund;
    }
    message->attestations = rule->attestations;
    message->may = rule->may;
    message->sponsors = rule->sponsors;
}

static void breach_from_message(const Comity__V1__Breach *breach, struct charter_rule *rule)
{
    rule->has_breach = true;
    rule->breach.ruled_by = breach->ruled_by;
    rule->breach.alleged_by = (enum charter_alleged_by)breach->alleged_by;
    rule->breach.responses = breach->responses;
    rule->breach.accused_votes = breach->accused_votes != 0;
    rule->breach.shortfall = breach->shortfall != 0;
    rule->breach.review_days = breach->review_days;
}

enum comity_error life_from_message(const Comity__V1__Rule *message, uint32_t seats_count,
                                    struct charter_rule *rule, struct fault *fault)
{
    rule->reservations = RESERVATIONS_ANY;
    rule->window_months = RESERVATIONS_WINDOW_MONTHS;
    if (message->reservations != NULL) {
        rule->reservations = (enum charter_reservations)message->reservations->allowed;
        rule->window_days = message->reservations->window_days;
        rule->window_months = message->reservations->window_months;
        if (reservations_are_default(rule))
            return fault_set(fault, COMITY_INVALID,
                             "charter: any reservation and twelve months are said by silence");
    }
    if (message->breach != NULL)
        breach_from_message(message->breach, rule);
    if (message->fund != NULL) {
        const Comity__V1__Fund *fund = message->fund;
        if (fund->n_key != 0 && fund->n_key != seats_count)
            return fault_set(fault, COMITY_INVALID,
                             "charter: expected a share of the fund for each seat");
        rule->has_fund = true;
        rule->fund.spent_by = fund->spent_by;
        rule->fund.issue = fund->issue;
        rule->fund.unit = fund->unit;
        rule->fund.by = fund->by[0] == '\0' ? NULL : fund->by;
        rule->fund.key = fund->n_key == 0 ? NULL : fund->key;
    }
    rule->attestations = message->attestations;
    rule->may = message->may;
    rule->sponsors = message->sponsors;
    return COMITY_OK;
}
