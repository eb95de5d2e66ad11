/* SPDX-License-Identifier: Apache-2.0 */
/* client_acts.c - what clients want done. A new kind of act is a line of the table below and, if it
 * has a draft of its own, a function that fills it. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "sim/daemons/world.h"

#define NEW(arena, Type, INIT) memcpy(arena_alloc(arena, sizeof(Type)), &(Type)INIT, sizeof(Type))

typedef void fill_op(const struct daemon *daemon, struct arena *arena, const struct op *op,
                     Comity__V1__Submit *ret_submit);

static char *text_of(struct arena *arena, const char *prefix, uint32_t number)
{
    char *text = arena_alloc(arena, 24);
    (void)snprintf(text, 24, "%s%u", prefix, (unsigned)number);
    return text;
}

static void fill_text(struct arena *arena, const struct op *op, const char *format,
                      Comity__V1__Submit *ret_submit)
{
    ret_submit->text = arena_alloc(arena, 160);
    (void)snprintf(ret_submit->text, 160, format, op->text);
}

static void fill_propose(const struct daemon *daemon, struct arena *arena, const struct op *op,
                         Comity__V1__Submit *ret_submit)
{
    static const char *const rules[] = {"most", "all", "treaty", "some", "whole"};
    Comity__V1__DraftPropose *draft =
        NEW(arena, Comity__V1__DraftPropose, COMITY__V1__DRAFT_PROPOSE__INIT);
    (void)daemon;
    fill_text(arena, op, "We note:\n\n1. Clause %s.\n2. Another.\n", ret_submit);
    draft->title = (char *)(uintptr_t)op->text;
    draft->rule = (char *)(uintptr_t)rules[op->value % 5];
    draft->binding = op->value % 3 != 0;
    if (op->value % 7 == 0)
        draft->closes_ms = clock_utc_ms() + 1000 + (int64_t)(op->value % 60) * 1000;
    ret_submit->propose = draft;
}

static void fill_alone(const struct daemon *daemon, struct arena *arena, const struct op *op,
                       Comity__V1__Submit *ret_submit)
{
    Comity__V1__DraftAlone *draft =
        NEW(arena, Comity__V1__DraftAlone, COMITY__V1__DRAFT_ALONE__INIT);
    (void)daemon;
    fill_text(arena, op, "We do:\n\n1. Clause %s.\n", ret_submit);
    draft->title = (char *)(uintptr_t)op->text;
    ret_submit->act_alone = draft;
}

static void fill_ballot(const struct daemon *daemon, struct arena *arena, const struct op *op,
                        Comity__V1__Submit *ret_submit)
{
    (void)daemon;
    ret_submit->ballot = NEW(arena, Comity__V1__DraftBallot, COMITY__V1__DRAFT_BALLOT__INIT);
    ret_submit->ballot->proposal = text_of(arena, "P", op->number);
    ret_submit->ballot->answer =
        (Comity__V1__Answer)(op->value % 10 < 7 ? 1 : 1 + op->value / 10 % 4);
}

static void fill_amend(const struct daemon *daemon, struct arena *arena, const struct op *op,
                       Comity__V1__Submit *ret_submit)
{
    (void)daemon;
    fill_text(arena, op, "Clause %s.", ret_submit);
    ret_submit->amend = NEW(arena, Comity__V1__DraftAmend, COMITY__V1__DRAFT_AMEND__INIT);
    ret_submit->amend->proposal = text_of(arena, "P", op->number);
    ret_submit->amend->operation = COMITY__V1__AMEND__OPERATION__AMEND_REPLACE;
    ret_submit->amend->clause = 1;
}

static void fill_consent(const struct daemon *daemon, struct arena *arena, const struct op *op,
                         Comity__V1__Submit *ret_submit)
{
    (void)daemon;
    ret_submit->ratify = NEW(arena, Comity__V1__DraftConsent, COMITY__V1__DRAFT_CONSENT__INIT);
    ret_submit->ratify->agreement = text_of(arena, "A", op->number);
}

static void fill_withdraw(const struct daemon *daemon, struct arena *arena, const struct op *op,
                          Comity__V1__Submit *ret_submit)
{
    (void)daemon;
    ret_submit->withdraw = NEW(arena, Comity__V1__DraftWithdraw, COMITY__V1__DRAFT_WITHDRAW__INIT);
    ret_submit->withdraw->agreement = text_of(arena, "A", op->number);
    ret_submit->withdraw->taken_back = op->value % 4 == 0;
}

static void fill_target(const struct daemon *daemon, struct arena *arena, const struct op *op,
                        Comity__V1__Submit *ret_submit)
{
    (void)daemon;
    ret_submit->note = NEW(arena, Comity__V1__DraftTarget, COMITY__V1__DRAFT_TARGET__INIT);
    if (op->number > 0)
        ret_submit->note->target = text_of(arena, "P", op->number);
    if (ret_submit->act_case == COMITY__V1__SUBMIT__ACT_NOTE)
        fill_text(arena, op, "Clause %s.", ret_submit);
}

static void fill_reserve(const struct daemon *daemon, struct arena *arena, const struct op *op,
                         Comity__V1__Submit *ret_submit)
{
    (void)daemon;
    ret_submit->reserve = NEW(arena, Comity__V1__DraftReserve, COMITY__V1__DRAFT_RESERVE__INIT);
    ret_submit->reserve->target = text_of(arena, "A", op->number);
    ret_submit->reserve->clause = op->value % 3;
    ret_submit->reserve->taken_back = op->value % 4 == 0;
    fill_text(arena, op, "Not us, %s.", ret_submit);
}

static void fill_objection(const struct daemon *daemon, struct arena *arena, const struct op *op,
                           Comity__V1__Submit *ret_submit)
{
    Comity__V1__DraftObjection *draft =
        NEW(arena, Comity__V1__DraftObjection, COMITY__V1__DRAFT_OBJECTION__INIT);
    (void)daemon;
    draft->reservation = text_of(arena, "R", 1 + op->value % 4);
    draft->refuses_relations = op->value % 3 == 0;
    ret_submit->object_reservation = draft;
}

static void fill_allege(const struct daemon *daemon, struct arena *arena, const struct op *op,
                        Comity__V1__Submit *ret_submit)
{
    ret_submit->allege = NEW(arena, Comity__V1__DraftAllege, COMITY__V1__DRAFT_ALLEGE__INIT);
    ret_submit->allege->agreement = text_of(arena, "A", op->number);
    ret_submit->allege->seat = text_of(arena, "S", op->value % daemon->world->plan.n);
    fill_text(arena, op, "It broke it, %s.", ret_submit);
}

static void fill_delivery(const struct daemon *daemon, struct arena *arena, const struct op *op,
                          Comity__V1__Submit *ret_submit)
{
    static const char issue[] = "water", unit[] = "m3";
    Comity__V1__DraftDelivery *draft =
        NEW(arena, Comity__V1__DraftDelivery, COMITY__V1__DRAFT_DELIVERY__INIT);
    (void)daemon;
    draft->agreement = text_of(arena, "A", op->number);
    draft->issue = (char *)(uintptr_t)issue;
    draft->unit = (char *)(uintptr_t)unit;
    draft->quantity = op->value;
    ret_submit->pledge = draft; /* Or a report: a union of pointers. */
}

static void fill_attest(const struct daemon *daemon, struct arena *arena, const struct op *op,
                        Comity__V1__Submit *ret_submit)
{
    (void)daemon;
    ret_submit->attest = NEW(arena, Comity__V1__DraftAttest, COMITY__V1__DRAFT_ATTEST__INIT);
    ret_submit->attest->report = arena_alloc(arena, 32);
    (void)snprintf(ret_submit->attest->report, 32, "A%u/r%u", (unsigned)op->number,
                   (unsigned)(1 + op->value % 3));
    ret_submit->attest->disputes = op->value % 2 == 0;
}

static void fill_ruling(const struct daemon *daemon, struct arena *arena, const struct op *op,
                        Comity__V1__Submit *ret_submit)
{
    static const Comity__V1__Procedure__Ruling rulings[] = {
        COMITY__V1__PROCEDURE__RULING__RULING_CLOSE, COMITY__V1__PROCEDURE__RULING__RULING_SUSPEND,
        COMITY__V1__PROCEDURE__RULING__RULING_RESUME, COMITY__V1__PROCEDURE__RULING__RULING_RESUME,
        COMITY__V1__PROCEDURE__RULING__RULING_ADVANCE};
    const struct session *session = daemon_session(daemon);
    uint32_t which = op->value % (daemon->world->plan.presided ? 5 : 4);
    Comity__V1__DraftProcedure *draft =
        NEW(arena, Comity__V1__DraftProcedure, COMITY__V1__DRAFT_PROCEDURE__INIT);
    draft->ruling = rulings[which];
    if (which == 0)
        draft->proposal = text_of(arena, "P", op->number);
    if (which == 4 && session != NULL)
        draft->time_ms = forum_now(session_forum(session)) + (int64_t)op->value * 60000;
    ret_submit->procedure = draft;
}

enum needs { NEEDS_NOTHING, NEEDS_PROPOSAL, NEEDS_AGREEMENT };

/* Drawn by weight; the first line comes first and once. `chair`: only the chair may. */
static const struct {
    Comity__V1__Submit__ActCase act;
    fill_op *fill;
    enum needs needs;
    uint32_t weight;
    bool chair;
} kinds[] = {
    {COMITY__V1__SUBMIT__ACT_JOIN, fill_target, NEEDS_NOTHING, 0, false},
    {COMITY__V1__SUBMIT__ACT_NOTE, fill_target, NEEDS_NOTHING, 4, false},
    {COMITY__V1__SUBMIT__ACT_PROPOSE, fill_propose, NEEDS_NOTHING, 4, false},
    {COMITY__V1__SUBMIT__ACT_BALLOT, fill_ballot, NEEDS_PROPOSAL, 8, false},
    {COMITY__V1__SUBMIT__ACT_RATIFY, fill_consent, NEEDS_AGREEMENT, 2, false},
    {COMITY__V1__SUBMIT__ACT_ACCEDE, fill_consent, NEEDS_AGREEMENT, 2, false},
    {COMITY__V1__SUBMIT__ACT_AMEND, fill_amend, NEEDS_PROPOSAL, 2, false},
    {COMITY__V1__SUBMIT__ACT_WITHDRAW, fill_withdraw, NEEDS_AGREEMENT, 2, false},
    {COMITY__V1__SUBMIT__ACT_ACT_ALONE, fill_alone, NEEDS_NOTHING, 2, false},
    {COMITY__V1__SUBMIT__ACT_ENDORSE, fill_target, NEEDS_PROPOSAL, 1, false},
    {COMITY__V1__SUBMIT__ACT_CONDEMN, fill_target, NEEDS_PROPOSAL, 1, false},
    {COMITY__V1__SUBMIT__ACT_RETRACT, fill_target, NEEDS_PROPOSAL, 1, false},
    {COMITY__V1__SUBMIT__ACT_COSPONSOR, fill_target, NEEDS_PROPOSAL, 1, false},
    {COMITY__V1__SUBMIT__ACT_RECEIPT, fill_target, NEEDS_PROPOSAL, 1, false},
    {COMITY__V1__SUBMIT__ACT_RESERVE, fill_reserve, NEEDS_AGREEMENT, 1, false},
    {COMITY__V1__SUBMIT__ACT_OBJECT_RESERVATION, fill_objection, NEEDS_AGREEMENT, 1, false},
    {COMITY__V1__SUBMIT__ACT_ALLEGE, fill_allege, NEEDS_AGREEMENT, 1, false},
    {COMITY__V1__SUBMIT__ACT_PLEDGE, fill_delivery, NEEDS_AGREEMENT, 1, false},
    {COMITY__V1__SUBMIT__ACT_REPORT, fill_delivery, NEEDS_AGREEMENT, 1, false},
    {COMITY__V1__SUBMIT__ACT_ATTEST, fill_attest, NEEDS_AGREEMENT, 1, false},
    {COMITY__V1__SUBMIT__ACT_PROCEDURE, fill_ruling, NEEDS_PROPOSAL, 20, true},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

void client_fill(const struct daemon *daemon, struct arena *arena, const struct op *op,
                 Comity__V1__Submit *ret_submit)
{
    ret_submit->key =
        (ProtobufCBinaryData){.len = sizeof op->key, .data = (uint8_t *)(uintptr_t)op->key};
    ret_submit->wait_ms = op->value % 3 * 4000;
    ret_submit->act_case = kinds[op->kind].act;
    kinds[op->kind].fill(daemon, arena, op, ret_submit);
}

static uint32_t draw_kind(struct chance *chance, bool chairs)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < KINDS; i++)
        sum += kinds[i].chair && !chairs ? 0 : kinds[i].weight;
    uint32_t left = chance_below(chance, sum);
    for (uint32_t i = 0;; i++) {
        uint32_t weight = kinds[i].chair && !chairs ? 0 : kinds[i].weight;
        if (left < weight)
            return i;
        left -= weight;
    }
}

bool client_draw(struct daemon *daemon, struct op *ret_op)
{
    struct client *client = &daemon->client;
    struct chance *chance = &client->chance;
    const struct world *world = daemon->world;
    const struct session *session = daemon_session(daemon);
    const struct forum *forum = session == NULL ? NULL : session_forum(session);
    bool chairs = world->plan.chaired && daemon->index + 1 == world->plan.n;
    memset(ret_op, 0, sizeof *ret_op);
    ret_op->kind = client->ops_count == 0 ? 0 : draw_kind(chance, chairs);
    ret_op->value = chance_below(chance, 1000);
    uint32_t there = forum == NULL                                  ? 0
                     : kinds[ret_op->kind].needs == NEEDS_PROPOSAL  ? forum_proposals_count(forum)
                     : kinds[ret_op->kind].needs == NEEDS_AGREEMENT ? forum_agreements_count(forum)
                                                                    : 0;
    if (kinds[ret_op->kind].needs != NEEDS_NOTHING) {
        if (there == 0)
            return false;
        ret_op->number = 1 + chance_below(chance, there);
        if (chance_hit(chance, 500)) /* What is new. */
            ret_op->number = there;
    }
    for (size_t i = 0; i < sizeof ret_op->key; i++)
        ret_op->key[i] = (uint8_t)chance_next(chance);
    (void)snprintf(ret_op->text, sizeof ret_op->text, "of S%u, %u", (unsigned)daemon->index,
                   (unsigned)client->ops_count);
    return true;
}
