/* SPDX-License-Identifier: Apache-2.0 */
/* act_life.c - the acts an agreement lives through after its adoption, and what a proposal may
 * carry besides its text: messages to structs and back, and their limits. */
#include <string.h>

#include "codec/act_body.h"
#include "codec/line.h"

static enum comity_error pledge_read(const ProtobufCBinaryData *proposal, const char *name,
                                     struct act *act, struct fault *fault)
{
    return hash_from_data(proposal, name, &act->as.pledge.proposal, fault);
}

static enum comity_error allege_read(const Comity__V1__Allege *message, struct act *act,
                                     struct fault *fault)
{
    act->as.allege.seat = message->seat;
    act->as.allege.clause = message->clause;
    act->as.allege.has_reservation = message->reservation.len > 0;
    enum comity_error error =
        hash_from_data(&message->proposal, "allege.proposal", &act->as.allege.proposal, fault);
    if (error != COMITY_OK || !act->as.allege.has_reservation)
        return error;
    return hash_from_data(&message->reservation, "allege.reservation", &act->as.allege.reservation,
                          fault);
}

static enum comity_error shift_read(const Comity__V1__Shift *message, struct act *act,
                                    struct fault *fault)
{
    act->as.shift.name = message->name;
    enum comity_error error =
        hash_from_data(&message->proposal, "shift.proposal", &act->as.shift.proposal, fault);
    if (error != COMITY_OK)
        return error;
    return hash_from_data(&message->forum, "shift.forum", &act->as.shift.forum, fault);
}

enum comity_error life_read(const Comity__V1__Act *message, struct act *act, struct fault *fault)
{
    switch (message->body_case) {
    case COMITY__V1__ACT__BODY_RESERVE:
        act->as.reserve.clause = message->reserve->clause;
        act->as.reserve.taken_back = message->reserve->taken_back != 0;
        return hash_from_data(&message->reserve->proposal, "reserve.proposal",
                              &act->as.reserve.proposal, fault);
    case COMITY__V1__ACT__BODY_OBJECT_RESERVATION:
        act->as.objection.refuses_relations = message->object_reservation->refuses_relations != 0;
        act->as.objection.taken_back = message->object_reservation->taken_back != 0;
        return hash_from_data(&message->object_reservation->reservation,
                              "object_reservation.reservation", &act->as.objection.reservation,
                              fault);
    case COMITY__V1__ACT__BODY_UNDERTAKE:
        act->as.pledge.issue = message->undertake->issue;
        act->as.pledge.quantity = message->undertake->quantity;
        act->as.pledge.unit = message->undertake->unit;
        act->as.pledge.due_ms = message->undertake->due_ms;
        return pledge_read(&message->undertake->proposal, "undertake.proposal", act, fault);
    case COMITY__V1__ACT__BODY_REPORT:
        act->as.pledge.issue = message->report->issue;
        act->as.pledge.quantity = message->report->quantity;
        act->as.pledge.unit = message->report->unit;
        act->as.pledge.due_ms = message->report->due_ms;
        return pledge_read(&message->report->proposal, "report.proposal", act, fault);
    case COMITY__V1__ACT__BODY_CONTRIBUTE:
        act->as.contribute.quantity = message->contribute->quantity;
        return hash_from_data(&message->contribute->proposal, "contribute.proposal",
                              &act->as.contribute.proposal, fault);
    case COMITY__V1__ACT__BODY_ATTEST:
        act->as.attest.disputes = message->attest->disputes != 0;
        return hash_from_data(&message->attest->report, "attest.report", &act->as.attest.report,
                              fault);
    case COMITY__V1__ACT__BODY_ALLEGE:
        return allege_read(message->allege, act, fault);
    case COMITY__V1__ACT__BODY_LEAVE:
        return COMITY_OK;
    case COMITY__V1__ACT__BODY_SHIFT:
        return shift_read(message->shift, act, fault);
    default:
        return fault_set(fault, COMITY_INVALID, "act: no body");
    }
}

static void pledge_write(const struct act *act, union life_body *body)
{
    if (act->kind == ACT_PLEDGE) {
        comity__v1__undertake__init(&body->undertake);
        body->undertake.proposal = data_from_hash(&act->as.pledge.proposal);
        body->undertake.issue = text_of(act->as.pledge.issue);
        body->undertake.quantity = act->as.pledge.quantity;
        body->undertake.unit = text_of(act->as.pledge.unit);
        body->undertake.due_ms = act->as.pledge.due_ms;
        return;
    }
    comity__v1__report__init(&body->report);
    body->report.proposal = data_from_hash(&act->as.pledge.proposal);
    body->report.issue = text_of(act->as.pledge.issue);
    body->report.quantity = act->as.pledge.quantity;
    body->report.unit = text_of(act->as.pledge.unit);
    body->report.due_ms = act->as.pledge.due_ms;
}

static void reservation_write(const struct act *act, union life_body *body)
{
    if (act->kind == ACT_RESERVE) {
        comity__v1__reserve__init(&body->reserve);
        body->reserve.proposal = data_from_hash(&act->as.reserve.proposal);
        body->reserve.clause = act->as.reserve.clause;
        body->reserve.taken_back = act->as.reserve.taken_back;
        return;
    }
    comity__v1__object_reservation__init(&body->object_reservation);
    body->object_reservation.reservation = data_from_hash(&act->as.objection.reservation);
    body->object_reservation.refuses_relations = act->as.objection.refuses_relations;
    body->object_reservation.taken_back = act->as.objection.taken_back;
}

void life_write(const struct act *act, union life_body *body)
{
    switch (act->kind) {
    case ACT_RESERVE:
    case ACT_OBJECT_RESERVATION:
        reservation_write(act, body);
        break;
    case ACT_PLEDGE:
    case ACT_REPORT:
        pledge_write(act, body);
        break;
    case ACT_CONTRIBUTE:
        comity__v1__contribute__init(&body->contribute);
        body->contribute.proposal = data_from_hash(&act->as.contribute.proposal);
        body->contribute.quantity = act->as.contribute.quantity;
        break;
    case ACT_ATTEST:
        comity__v1__attest__init(&body->attest);
        body->attest.report = data_from_hash(&act->as.attest.report);
        body->attest.disputes = act->as.attest.disputes;
        break;
    case ACT_ALLEGE:
        comity__v1__allege__init(&body->allege);
        body->allege.proposal = data_from_hash(&act->as.allege.proposal);
        body->allege.seat = act->as.allege.seat;
        body->allege.clause = act->as.allege.clause;
        if (act->as.allege.has_reservation)
            body->allege.reservation = data_from_hash(&act->as.allege.reservation);
        break;
    case ACT_SHIFT:
        comity__v1__shift__init(&body->shift);
        body->shift.proposal = data_from_hash(&act->as.shift.proposal);
        body->shift.forum = data_from_hash(&act->as.shift.forum);
        body->shift.name = text_of(act->as.shift.name);
        break;
    default:
        comity__v1__leave__init(&body->leave);
        break;
    }
}

enum comity_error life_check(const struct act *act, struct fault *fault)
{
    switch (act->kind) {
    case ACT_WITHDRAW:
        if (!time_is_valid(act->as.withdraw.effect_ms) ||
            (act->as.withdraw.taken_back && act->as.withdraw.effect_ms != 0))
            return out_of_limits(
                fault, "withdraw.effect_ms",
                "a day of the years 0 to 9999, and none where notice is taken back");
        return COMITY_OK;
    case ACT_RESERVE:
        if (act->has_text == act->as.reserve.taken_back)
            return fault_set(fault, COMITY_INVALID,
                             "reserve: a reservation has a text, its taking back has none");
        return COMITY_OK;
    case ACT_OBJECT_RESERVATION:
        if (act->as.objection.taken_back && act->as.objection.refuses_relations)
            return out_of_limits(fault, "object_reservation.refuses_relations",
                                 "nothing but the taking back");
        return COMITY_OK;
    case ACT_PLEDGE:
    case ACT_REPORT:
        if (!line_is_valid(act->as.pledge.issue, 1, NAME_MAX_SIZE))
            return out_of_limits(fault, "pledge.issue",
                                 "1 to 31 bytes on one line, without control characters");
        if (!line_is_valid(act->as.pledge.unit, 0, NAME_MAX_SIZE))
            return out_of_limits(fault, "pledge.unit",
                                 "at most 31 bytes on one line, without control characters");
        if (!time_is_valid(act->as.pledge.due_ms))
            return out_of_limits(fault, "pledge.due_ms", "a day of the years 0 to 9999");
        return COMITY_OK;
    case ACT_CONTRIBUTE:
        if (act->as.contribute.quantity == 0)
            return out_of_limits(fault, "contribute.quantity", "a sum of at least 1");
        return COMITY_OK;
    case ACT_ALLEGE:
        if (act->as.allege.seat >= SEATS_MAX)
            return out_of_limits(fault, "allege.seat", "a seat of the charter");
        return COMITY_OK;
    case ACT_SHIFT:
        if (!line_is_valid(act->as.shift.name, 1, NAME_MAX_SIZE))
            return out_of_limits(fault, "shift.name",
                                 "1 to 31 bytes on one line, without control characters");
        return COMITY_OK;
    case ACT_ATTEST:
    case ACT_LEAVE:
        return COMITY_OK;
    default:
        return fault_set(fault, COMITY_INVALID, "act: no body");
    }
}

static enum comity_error effect_read(const Comity__V1__Effect *message, struct effect *effect,
                                     struct fault *fault)
{
    if (message == NULL) {
        effect->name = "";
        return COMITY_OK;
    }
    /* An effect that is there says what it is. */
    if (message->kind == COMITY__V1__EFFECT__KIND__EFFECT_UNSPECIFIED)
        return out_of_limits(fault, "propose.effect.kind",
                             "one of the effects a proposal may have");
    effect->kind = (enum effect_kind)message->kind;
    effect->seat = message->seat;
    effect->response = (enum response)message->response;
    effect->quantity = message->quantity;
    effect->name = message->name;
    effect->values = message->values;
    effect->values_count = (uint32_t)message->n_values;
    if (message->subject.len == 0)
        return COMITY_OK;
    return hash_from_data(&message->subject, "propose.effect.subject", &effect->subject, fault);
}

static enum comity_error carried_read(const Comity__V1__Carried *message, struct act *act,
                                      struct fault *fault)
{
    act->as.propose.has_carried = message != NULL;
    if (message == NULL)
        return COMITY_OK;
    enum comity_error error = hash_from_data(&message->forum, "propose.carried.forum",
                                             &act->as.propose.carried_forum, fault);
    if (error != COMITY_OK)
        return error;
    return hash_from_data(&message->proposal, "propose.carried.proposal",
                          &act->as.propose.carried_proposal, fault);
}

enum comity_error extras_read(const Comity__V1__Propose *message, struct arena *arena,
                              struct act *act, struct fault *fault)
{
    struct goal *goals = arena_array(arena, message->n_goals, sizeof *goals);
    if (goals == NULL)
        return COMITY_MEMORY;
    for (size_t i = 0; i < message->n_goals; i++) {
        const Comity__V1__Goal *goal = message->goals[i];
        goals[i] = (struct goal){.issue = goal->issue,
                                 .quantity = goal->quantity,
                                 .unit = goal->unit,
                                 .due_ms = goal->due_ms};
    }
    act->as.propose.goals = goals;
    act->as.propose.goals_count = (uint32_t)message->n_goals;
    act->as.propose.reservable = message->reservable;
    act->as.propose.reservable_count = (uint32_t)message->n_reservable;
    enum comity_error error = effect_read(message->effect, &act->as.propose.effect, fault);
    return error != COMITY_OK ? error : carried_read(message->carried, act, fault);
}

static enum comity_error effect_write(const struct effect *effect, struct arena *arena,
                                      Comity__V1__Propose *message)
{
    if (effect->kind == EFFECT_NONE)
        return COMITY_OK;
    Comity__V1__Effect *written = arena_alloc(arena, sizeof *written);
    if (written == NULL)
        return COMITY_MEMORY;
    comity__v1__effect__init(written);
    written->kind = (Comity__V1__Effect__Kind)effect->kind;
    if (!hash_is_zero(&effect->subject))
        written->subject = data_from_hash(&effect->subject);
    written->seat = effect->seat;
    written->response = (Comity__V1__BreachResponse)effect->response;
    written->quantity = effect->quantity;
    written->name = text_of(effect->name);
    written->values = (uint64_t *)(uintptr_t)effect->values; /* Packing only reads. */
    written->n_values = effect->values_count;
    message->effect = written;
    return COMITY_OK;
}

enum comity_error extras_write(const struct act *act, struct arena *arena,
                               Comity__V1__Propose *message)
{
    size_t count = act->as.propose.goals_count;
    Comity__V1__Goal *goals = arena_array(arena, count, sizeof *goals);
    message->goals = arena_array(arena, count, sizeof *message->goals);
    if (goals == NULL || message->goals == NULL)
        return COMITY_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const struct goal *goal = &act->as.propose.goals[i];
        comity__v1__goal__init(&goals[i]);
        goals[i].issue = text_of(goal->issue);
        goals[i].quantity = goal->quantity;
        goals[i].unit = text_of(goal->unit);
        goals[i].due_ms = goal->due_ms;
        message->goals[i] = &goals[i];
    }
    message->n_goals = count;
    message->reservable = (uint32_t *)(uintptr_t)act->as.propose.reservable;
    message->n_reservable = act->as.propose.reservable_count;
    if (act->as.propose.has_carried) {
        Comity__V1__Carried *carried = arena_alloc(arena, sizeof *carried);
        if (carried == NULL)
            return COMITY_MEMORY;
        comity__v1__carried__init(carried);
        carried->forum = data_from_hash(&act->as.propose.carried_forum);
        carried->proposal = data_from_hash(&act->as.propose.carried_proposal);
        message->carried = carried;
    }
    return effect_write(&act->as.propose.effect, arena, message);
}

/* Which members an effect of this kind has. */
struct effect_form {
    bool subject, seat, response, quantity, weight;
};
static const struct effect_form effect_forms[EFFECT_KINDS_COUNT] = {
    [EFFECT_BREACH] = {.subject = true, .response = true},
    [EFFECT_SPEND] = {.subject = true, .seat = true, .quantity = true},
    [EFFECT_SUSPEND_VOTES] = {.seat = true},
    [EFFECT_RESTORE] = {.seat = true},
    [EFFECT_EXPEL] = {.seat = true},
    [EFFECT_SUSPEND] = {.subject = true},
    [EFFECT_RESUME] = {.subject = true},
    [EFFECT_END] = {.subject = true},
    [EFFECT_REWEIGH] = {.weight = true},
};

static enum comity_error effect_check(const struct effect *effect, struct fault *fault)
{
    if ((unsigned)effect->kind >= EFFECT_KINDS_COUNT)
        return out_of_limits(fault, "propose.effect.kind",
                             "one of the effects a proposal may have");
    struct effect_form form = effect_forms[effect->kind];
    if (hash_is_zero(&effect->subject) == form.subject)
        return out_of_limits(
            fault, "propose.effect.subject",
            "what the effect is about, where it is about something, and only there");
    if (effect->seat >= SEATS_MAX || (!form.seat && effect->seat != 0))
        return out_of_limits(fault, "propose.effect.seat",
                             "a seat of the charter where the effect is about one, and only there");
    if ((unsigned)effect->response >= RESPONSES_COUNT ||
        (!form.response && effect->response != RESPONSE_NONE))
        return out_of_limits(fault, "propose.effect.response",
                             "what follows a breach, and only there");
    if ((effect->quantity != 0) != form.quantity)
        return out_of_limits(fault, "propose.effect.quantity",
                             "a sum of at least 1 where it spends, and only there");
    if (!line_is_valid(effect->name, form.weight ? 1 : 0, form.weight ? NAME_MAX_SIZE : 0))
        return out_of_limits(fault, "propose.effect.name",
                             "a weight's name where it changes one, and only there");
    if (effect->values_count > SEATS_MAX || (effect->values_count != 0) != form.weight)
        return out_of_limits(fault, "propose.effect.values",
                             "a value of each seat where it changes a weight, and only there");
    uint64_t sum = 0;
    for (uint32_t i = 0; i < effect->values_count; i++) {
        if (__builtin_add_overflow(sum, effect->values[i], &sum))
            return out_of_limits(fault, "propose.effect.values", "a sum below 2^64");
    }
    return COMITY_OK;
}

static bool goal_equal(const struct goal *a, const struct goal *b)
{
    return strcmp(a->issue, b->issue) == 0 && strcmp(a->unit, b->unit) == 0 &&
           a->due_ms == b->due_ms;
}

enum comity_error extras_check(const struct act *act, struct fault *fault)
{
    if (act->as.propose.goals_count > GOALS_MAX)
        return out_of_limits(fault, "propose.goals", "at most 16");
    for (uint32_t i = 0; i < act->as.propose.goals_count; i++) {
        const struct goal *goal = &act->as.propose.goals[i];
        if (!line_is_valid(goal->issue, 1, NAME_MAX_SIZE) ||
            !line_is_valid(goal->unit, 0, NAME_MAX_SIZE) || !time_is_valid(goal->due_ms))
            return out_of_limits(fault, "propose.goals",
                                 "of each an issue of 1 to 31 bytes on one line and a day of the "
                                 "years 0 to 9999");
        for (uint32_t j = 0; j < i; j++) {
            if (goal_equal(goal, &act->as.propose.goals[j]))
                return fault_set(fault, COMITY_INVALID,
                                 "propose.goals: \"%s\" is given twice for one day", goal->issue);
        }
    }
    if (act->as.propose.reservable_count > RESERVABLE_MAX)
        return out_of_limits(fault, "propose.reservable", "at most 64 clauses");
    for (uint32_t i = 0; i < act->as.propose.reservable_count; i++) {
        uint32_t clause = act->as.propose.reservable[i];
        if (clause == 0 || (i > 0 && clause <= act->as.propose.reservable[i - 1]))
            return fault_set(fault, COMITY_INVALID,
                             "propose.reservable: expected clauses in ascending order");
    }
    return effect_check(&act->as.propose.effect, fault);
}
