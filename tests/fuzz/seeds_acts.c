/* SPDX-License-Identifier: Apache-2.0 */
/* seeds_acts.c - one act of every kind, with something in every field. */
#include <string.h>

#include "codec/act.h"
#include "fuzz/seeds.h"

static const uint8_t signature[SIGNATURE_SIZE] = {1, 2, 3};

static const enum act_kind kinds[SEED_ACTS_COUNT] = {
    ACT_CONVENE, ACT_JOIN,    ACT_PROPOSE,   ACT_AMEND,     ACT_COSPONSOR, ACT_BALLOT,  ACT_RETRACT,
    ACT_RATIFY,  ACT_ACCEDE,  ACT_WITHDRAW,  ACT_NOTE,      ACT_ALONE,     ACT_ENDORSE, ACT_CONDEMN,
    ACT_RECEIPT, ACT_PROPOSE, ACT_PROCEDURE, ACT_PROCEDURE, ACT_PROCEDURE, ACT_EVIDENCE};

static struct hash filled(uint8_t byte)
{
    struct hash hash;
    memset(hash.bytes, byte, sizeof hash.bytes);
    return hash;
}

static void fill_draft(struct act *act)
{
    static const struct term terms[] = {
        {.issue = "tariff", .kind = TERM_INTEGER, .number = -12, .unit = "USD", .text = ""},
        {.issue = "port", .kind = TERM_CHOICE, .unit = "", .text = "Marseille"},
        {.issue = "start", .kind = TERM_DATE, .number = 1466683200000, .unit = "", .text = ""},
        {.issue = "part", .kind = TERM_SHARE, .number = 2, .of = 3, .unit = "", .text = ""}};
    static const struct pledge pledges[] = {
        {.seat = 0, .issue = "CO2", .quantity = -40, .unit = "Mt", .due_ms = 1893456000000},
        {.seat = 255, .issue = "CO2", .quantity = INT64_MIN, .unit = ""}};
    act->as.propose.title = "Cut emissions \xc3\xa0 Paris";
    act->as.propose.rule = "floor";
    act->as.propose.topic = "fish";
    act->as.propose.binding = true;
    act->as.propose.closes_ms = 1466769600000;
    act->as.propose.terms = terms;
    act->as.propose.terms_count = 4;
    act->as.propose.pledges = pledges;
    act->as.propose.pledges_count = 2;
    act->as.propose.must_abstain[3] = 0x8000000000000001;
}

static void fill_ruling(struct act *act, size_t index)
{
    act->as.procedure.ruling = index == 16   ? RULING_ROLL_CALL
                               : index == 17 ? RULING_ADVANCE
                                             : RULING_TIE;
    if (act->as.procedure.ruling == RULING_ROLL_CALL)
        act->as.procedure.present[0] = 5;
    if (act->as.procedure.ruling == RULING_ADVANCE)
        act->as.procedure.time_ms = 1466769600000;
    if (act->as.procedure.ruling == RULING_TIE) {
        act->as.procedure.proposal = filled(6);
        act->as.procedure.answer = ANSWER_NO;
    }
}

/* The kinds that only name a proposal and its text need no words here. */
static void fill(struct act *act, size_t index)
{
    static const struct hash relied[2] = {{{9}}, {{8}}};
    switch (act->kind) {
    case ACT_PROPOSE:
        fill_draft(act);
        break;
    case ACT_AMEND:
        act->as.amend.base_text = filled(4);
        act->as.amend.operation = AMEND_MOVE;
        act->as.amend.clause = 2;
        act->as.amend.to = 4;
        break;
    case ACT_BALLOT:
        act->as.ballot.text_hash = filled(4);
        act->as.ballot.rule_hash = filled(5);
        act->as.ballot.answer = ANSWER_YES;
        break;
    case ACT_RATIFY:
        act->as.consent.home = HOME_YES;
        break;
    case ACT_WITHDRAW:
        act->as.withdraw.taken_back = true;
        break;
    case ACT_NOTE:
        act->as.note.has_about = true;
        act->as.note.about = filled(6);
        break;
    case ACT_ALONE:
        act->as.alone.title = "We close the strait";
        act->as.alone.topic = "cables";
        act->as.alone.relies_on = relied;
        act->as.alone.relies_on_count = 2;
        break;
    case ACT_PROCEDURE:
        fill_ruling(act, index);
        break;
    default:
        break;
    }
}

static struct buffer sign(const struct act *act, const char *text)
{
    struct buffer bytes = {0};
    struct buffer encoded = {0};
    claim(act_encode(act, &bytes) == COMITY_OK);
    claim(signed_act_encode(buffer_bytes(&bytes), signature, bytes_of_text(text), &encoded) ==
          COMITY_OK);
    buffer_free(&bytes);
    return encoded;
}

struct bytes seed_signed_act(size_t index)
{
    static struct buffer encoded;
    static struct buffer evidence[2];
    struct act act = {
        .forum = filled(7), .seat = 3, .seq = 5, .signed_ms = 1466683200000, .kind = kinds[index]};
    /* Proposal and text hash stand in the same places of most bodies. */
    if (act.kind != ACT_PROPOSE && act.kind != ACT_ALONE && act.kind != ACT_PROCEDURE &&
        act.kind != ACT_NOTE && act.kind != ACT_EVIDENCE) {
        act.as.consent.proposal = filled(6);
        if (act.kind == ACT_COSPONSOR || act.kind == ACT_RECEIPT || act.kind == ACT_RATIFY ||
            act.kind == ACT_ACCEDE)
            act.as.consent.text_hash = filled(4);
    }
    fill(&act, index);
    bool has_text = index == 2 || act.kind == ACT_NOTE || act.kind == ACT_ALONE;
    const char *text = has_text ? "Whereas.\n1. One.\n" : "";
    act.has_text = has_text;
    act.text_hash = act_text_hash(bytes_of_text(text));
    if (act.kind == ACT_EVIDENCE) {
        for (int i = 0; i < 2; i++) {
            struct act ballot = {.forum = filled(7), .seat = 1, .seq = 9, .kind = ACT_BALLOT};
            ballot.as.ballot.proposal = filled(6);
            ballot.as.ballot.text_hash = filled(4);
            ballot.as.ballot.rule_hash = filled(5);
            ballot.as.ballot.answer = i == 0 ? ANSWER_YES : ANSWER_NO;
            buffer_free(&evidence[i]);
            evidence[i] = sign(&ballot, "");
        }
        act.as.evidence.first_signed = buffer_bytes(&evidence[0]);
        act.as.evidence.second_signed = buffer_bytes(&evidence[1]);
    }
    buffer_free(&encoded);
    encoded = sign(&act, text);
    return buffer_bytes(&encoded);
}

void seeds_acts(void)
{
    for (size_t i = 0; i < SEED_ACTS_COUNT; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "%02zu-%s", i, act_kind_word(kinds[i]));
        seed_write("act", name, -1, seed_signed_act(i));
    }
}
