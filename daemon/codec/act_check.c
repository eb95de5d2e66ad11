/* SPDX-License-Identifier: Apache-2.0 */
/* act_check.c - the limits acts.proto states, the same for what we write and what we read. */
#include <assert.h>
#include <string.h>

#include "codec/act_body.h"
#include "codec/line.h"

static_assert((int)ANSWER_YES == COMITY__V1__ANSWER__ANSWER_YES &&
                  (int)ANSWER_ABSTAIN == COMITY__V1__ANSWER__ANSWER_ABSTAIN,
              "a seat's answers have the numbers of acts.proto");

bool answer_from_number(uint32_t number, enum answer *ret_answer)
{
    if (number > COMITY__V1__ANSWER__ANSWER_PASS)
        return false;
    *ret_answer = number == COMITY__V1__ANSWER__ANSWER_PASS ? ANSWER_PASS : (enum answer)number;
    return true;
}

uint32_t answer_number(enum answer answer)
{
    return answer == ANSWER_PASS ? COMITY__V1__ANSWER__ANSWER_PASS : (uint32_t)answer;
}

bool time_is_valid(int64_t ms)
{
    return ms >= ACT_TIME_MIN && ms <= ACT_TIME_MAX;
}

enum comity_error out_of_limits(struct fault *fault, const char *what, const char *expected)
{
    return fault_set(fault, COMITY_INVALID, "%s: expected %s", what, expected);
}

static bool text_is_empty(const char *text)
{
    return text == NULL || text[0] == '\0';
}

static bool term_is_valid(const struct term *term)
{
    if (!line_is_valid(term->issue, 1, NAME_MAX_SIZE) ||
        !line_is_valid(term->unit, 0, NAME_MAX_SIZE) || !line_is_valid(term->text, 0, TITLE_MAX))
        return false;
    switch (term->kind) {
    case TERM_CHOICE:
        return !text_is_empty(term->text) && text_is_empty(term->unit) && term->number == 0 &&
               term->of == 0;
    case TERM_INTEGER:
        return text_is_empty(term->text) && term->of == 0;
    case TERM_DATE:
        return text_is_empty(term->text) && text_is_empty(term->unit) && term->of == 0 &&
               time_is_valid(term->number);
    case TERM_SHARE:
        return text_is_empty(term->text) && text_is_empty(term->unit) && term->of >= 1;
    }
    return false;
}

static enum comity_error propose_check(const struct act *act, struct fault *fault)
{
    if (!line_is_valid(act->as.propose.title, 1, TITLE_MAX))
        return out_of_limits(fault, "propose.title",
                             "1 to 255 bytes on one line, without control characters");
    if (!line_is_valid(act->as.propose.rule, 1, NAME_MAX_SIZE))
        return out_of_limits(fault, "propose.rule",
                             "1 to 31 bytes on one line, without control characters");
    if (!line_is_valid(act->as.propose.topic, 0, NAME_MAX_SIZE))
        return out_of_limits(fault, "propose.topic",
                             "at most 31 bytes on one line, without control characters");
    if (!time_is_valid(act->as.propose.closes_ms))
        return out_of_limits(fault, "propose.closes_ms", "a day of the years 0 to 9999");
    if (act->as.propose.terms_count > TERMS_MAX)
        return out_of_limits(fault, "propose.terms", "at most 64");
    for (uint32_t i = 0; i < act->as.propose.terms_count; i++) {
        const struct term *term = &act->as.propose.terms[i];
        if (!term_is_valid(term))
            return out_of_limits(fault, "propose.terms",
                                 "of each an issue of 1 to 31 bytes on one line, and the value of "
                                 "its kind alone");
        for (uint32_t j = 0; j < i; j++) {
            if (strcmp(act->as.propose.terms[j].issue, term->issue) == 0)
                return fault_set(fault, COMITY_INVALID, "propose.terms: \"%s\" is given twice",
                                 term->issue);
        }
    }
    if (act->as.propose.pledges_count > PLEDGES_MAX)
        return out_of_limits(fault, "propose.pledges", "at most 256");
    for (uint32_t i = 0; i < act->as.propose.pledges_count; i++) {
        const struct pledge *pledge = &act->as.propose.pledges[i];
        if (pledge->seat >= SEATS_MAX || !line_is_valid(pledge->issue, 1, NAME_MAX_SIZE) ||
            !line_is_valid(pledge->unit, 0, NAME_MAX_SIZE) || !time_is_valid(pledge->due_ms))
            return out_of_limits(fault, "propose.pledges",
                                 "of each a seat, an issue of 1 to 31 bytes on one line, and a day "
                                 "of the years 0 to 9999");
    }
    return extras_check(act, fault);
}

static enum comity_error procedure_check(const struct act *act, struct fault *fault)
{
    bool somebody = false;
    for (size_t i = 0; i < SEATS_MAX / 64; i++)
        somebody = somebody || act->as.procedure.present[i] != 0;
    bool proposal = !hash_is_zero(&act->as.procedure.proposal);
    bool time = act->as.procedure.time_ms != 0;
    enum answer answer = act->as.procedure.answer;
    if ((answer != ANSWER_SILENT) != (act->as.procedure.ruling == RULING_TIE))
        return fault_set(fault, COMITY_INVALID,
                         "procedure: an answer decides a tie, and only that");
    switch (act->as.procedure.ruling) {
    case RULING_CLOSE:
        if (proposal && !time && !somebody)
            return COMITY_OK;
        break;
    case RULING_ADVANCE:
        if (!proposal && !somebody && time_is_valid(act->as.procedure.time_ms))
            return COMITY_OK;
        break;
    case RULING_ROLL_CALL:
        if (!proposal && !time)
            return COMITY_OK;
        break;
    case RULING_SUSPEND:
    case RULING_RESUME:
        if (!proposal && !time && !somebody)
            return COMITY_OK;
        break;
    case RULING_TIE:
        if (proposal && !time && !somebody && (answer == ANSWER_YES || answer == ANSWER_NO))
            return COMITY_OK;
        break;
    }
    return fault_set(fault, COMITY_INVALID, "procedure: fields that do not go with its ruling");
}

static enum comity_error amend_check(const struct act *act, struct fault *fault)
{
    if (act->as.amend.operation < AMEND_ADD || act->as.amend.operation > AMEND_PART)
        return out_of_limits(fault, "amend.operation", "one of the operations on a clause");
    if (act->as.amend.clause == 0)
        return out_of_limits(fault, "amend.clause", "a clause, counted from 1");
    if ((act->as.amend.to != 0) != (act->as.amend.operation == AMEND_MOVE))
        return out_of_limits(fault, "amend.to",
                             "a place to move to where a clause is moved, and only there");
    return COMITY_OK;
}

static enum comity_error alone_check(const struct act *act, struct fault *fault)
{
    if (!line_is_valid(act->as.alone.title, 1, TITLE_MAX))
        return out_of_limits(fault, "act_alone.title",
                             "1 to 255 bytes on one line, without control characters");
    if (!line_is_valid(act->as.alone.topic, 0, NAME_MAX_SIZE))
        return out_of_limits(fault, "act_alone.topic",
                             "at most 31 bytes on one line, without control characters");
    if (act->as.alone.relies_on_count > ACT_RELIES_ON_MAX)
        return out_of_limits(fault, "act_alone.relies_on", "at most 16 acts");
    return COMITY_OK;
}

enum comity_error act_check(const struct act *act, struct fault *fault)
{
    if (act->seat >= SEATS_MAX)
        return out_of_limits(fault, "act.seat", "a seat of the charter");
    if (act->seq == 0)
        return out_of_limits(fault, "act.seq", "a number from 1 up");
    if (!time_is_valid(act->signed_ms))
        return out_of_limits(fault, "act.signed_ms", "a day of the years 0 to 9999");
    switch (act->kind) {
    case ACT_PROPOSE:
        return propose_check(act, fault);
    case ACT_AMEND:
        return amend_check(act, fault);
    case ACT_BALLOT:
        if (act->as.ballot.answer != ANSWER_PASS &&
            (act->as.ballot.answer < ANSWER_YES || act->as.ballot.answer > ANSWER_ABSTAIN))
            return out_of_limits(fault, "ballot.answer", "yes, no, object, abstain or pass");
        return COMITY_OK;
    case ACT_RATIFY:
    case ACT_ACCEDE:
        if (act->as.consent.home > HOME_NO)
            return out_of_limits(fault, "ratify.home", "yes, no, or nothing on home");
        return COMITY_OK;
    case ACT_ALONE:
        return alone_check(act, fault);
    case ACT_PROCEDURE:
        return procedure_check(act, fault);
    case ACT_CONVENE:
    case ACT_JOIN:
    case ACT_COSPONSOR:
    case ACT_RETRACT:
    case ACT_NOTE:
    case ACT_ENDORSE:
    case ACT_CONDEMN:
    case ACT_EVIDENCE:
    case ACT_RECEIPT:
        return COMITY_OK;
    default:
        return life_check(act, fault);
    }
}
