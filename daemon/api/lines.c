/* SPDX-License-Identifier: Apache-2.0 */
/* lines.c - events and acts in words, and the names people use for things. */
#include <string.h>

#include "api/view_parts.h"
#include "base/calendar.h"
#include "base/text.h"
#include "forum/accounts.h"

static const char *seat_name(const struct forum *forum, uint32_t seat)
{
    const struct charter *charter = forum_charter(forum);
    return seat < charter->seats_count ? charter->seats[seat].name : "";
}

static const char *event_word(const struct outcome *outcome)
{
    switch (outcome->kind) {
    case OUTCOME_ACCEPTED: {
        const char *word = act_kind_word((enum act_kind)outcome->value);
        return word == NULL ? "" : word;
    }
    case OUTCOME_BALLOT:
        return answer_word((enum answer)outcome->value);
    case OUTCOME_VERDICT:
        return verdict_word((enum verdict)outcome->value);
    case OUTCOME_DEFECTION:
        return outcome->value <= DEFECTION_HOLLOW_RESERVATION
                   ? defection_word((enum defection)outcome->value)
                   : "";
    case OUTCOME_REFUSED:
        return error_name(outcome->error);
    case OUTCOME_EFFECT:
    case OUTCOME_NO_EFFECT: {
        const char *word = effect_word((enum effect_kind)outcome->value);
        return word == NULL ? "" : word;
    }
    default:
        return "";
    }
}

/* The outcome's own; what a proposal would do, and what was done, in full. */
static const char *event_line(const struct forum *forum, const struct outcome *outcome,
                              struct arena *arena)
{
    bool proposed = outcome->kind == OUTCOME_PROPOSED;
    if (!proposed && outcome->kind != OUTCOME_REWEIGHED && outcome->kind != OUTCOME_EFFECT)
        return outcome->line;
    const struct forum_proposal *proposal = forum_proposal(forum, outcome->proposal);
    if (proposal == NULL || proposal->effect.kind == EFFECT_NONE)
        return outcome->line;
    char data[TITLE_MAX + 1024];
    struct text line;
    text_init(&line, data, sizeof data);
    text_format(&line, "%s%s", outcome->line, proposed ? "; if adopted, it " : "");
    if (outcome->kind == OUTCOME_REWEIGHED) {
        text_add(&line, ": ");
        view_changes_line(forum, proposal, &line);
    } else {
        view_effect_line(forum, proposal, &line);
    }
    return arena_text(arena, bytes_of_text(data));
}

Comity__V1__Event *view_event(const struct forum *forum, uint64_t height, uint32_t index,
                              const struct outcome *outcome, struct arena *arena)
{
    Comity__V1__Event *event = arena_alloc(arena, sizeof *event);
    if (event == NULL)
        return NULL;
    comity__v1__event__init(event);
    const char *word = outcome_word(outcome->kind);
    event->height = height;
    event->index = index;
    event->kind = (char *)(uintptr_t)(word == NULL ? "unknown" : word);
    event->seat = (char *)(uintptr_t)seat_name(forum, outcome->seat);
    event->proposal = outcome->proposal;
    event->agreement = outcome->agreement;
    event->word = (char *)(uintptr_t)event_word(outcome);
    event->forum_ms = outcome->time_ms;
    event->line = (char *)(uintptr_t)event_line(forum, outcome, arena);
    return event->line == NULL ? NULL : event;
}

/* `P3` where the id is known here, else the first digits of the id. */
static void add_target(const struct forum *forum, const struct hash *id, struct text *line)
{
    const struct forum_proposal *proposal = forum_find_proposal(forum, id);
    char hex[HASH_HEX_SIZE];
    if (proposal != NULL) {
        text_format(line, "P%u", (unsigned)proposal->number);
        return;
    }
    for (uint32_t i = 0; i < forum_declarations_count(forum); i++) {
        if (hash_equal(&forum_declaration(forum, i)->id, id)) {
            text_format(line, "D%u", (unsigned)i + 1);
            return;
        }
    }
    hash_to_hex(id, hex);
    text_add_part(line, hex, 12);
}

/* What only an agreement is asked for goes by its name as one, A1. */
static void add_agreement(const struct forum *forum, const struct hash *id, struct text *line)
{
    const struct forum_proposal *proposal = forum_find_proposal(forum, id);
    if (proposal != NULL && proposal->agreement != 0)
        text_format(line, "A%u", (unsigned)proposal->agreement);
    else
        add_target(forum, id, line);
}

static void add_procedure(const struct forum *forum, const struct act *act, struct text *line)
{
    char date[CALENDAR_TEXT_SIZE];
    switch (act->as.procedure.ruling) {
    case RULING_CLOSE:
        text_add(line, "closes the vote on ");
        add_target(forum, &act->as.procedure.proposal, line);
        return;
    case RULING_ADVANCE:
        calendar_format(act->as.procedure.time_ms, date);
        text_format(line, "moves the clock to %s", date);
        return;
    case RULING_ROLL_CALL:
        text_add(line, "calls the roll");
        return;
    case RULING_SUSPEND:
        text_add(line, "suspends the forum");
        return;
    case RULING_RESUME:
        text_add(line, "resumes the forum");
        return;
    case RULING_TIE:
        text_format(line, "decides %s in the tie on ", answer_word(act->as.procedure.answer));
        add_target(forum, &act->as.procedure.proposal, line);
        return;
    }
}

static void add_amount(const char *issue, int64_t quantity, const char *unit, int64_t due_ms,
                       struct text *line)
{
    char date[CALENDAR_TEXT_SIZE];
    text_format(line, "%lld%s%s of %s", (long long)quantity, unit[0] != '\0' ? " " : "", unit,
                issue);
    if (due_ms == 0)
        return;
    calendar_format(due_ms, date);
    text_format(line, " by %s", date);
}

static void add_reservation(const struct forum *forum, const struct act *act, struct text *line)
{
    if (act->kind == ACT_OBJECT_RESERVATION) {
        char hex[HASH_HEX_SIZE];
        hash_to_hex(&act->as.objection.reservation, hex);
        text_add(line, act->as.objection.taken_back ? "takes back its objection to reservation "
                                                    : "objects to reservation ");
        text_add_part(line, hex, 12);
        text_add(line, act->as.objection.refuses_relations ? " and refuses relations" : "");
        return;
    }
    text_add(line, act->as.reserve.taken_back ? "takes back its reservation to "
                                              : "makes a reservation to ");
    if (act->as.reserve.clause != 0)
        text_format(line, "clause %u of ", (unsigned)act->as.reserve.clause);
    add_target(forum, &act->as.reserve.proposal, line);
}

/* `A1/r3` where the report is known here, else the first digits of its id. */
static void add_report(const struct forum *forum, const struct hash *id, struct text *line)
{
    char hex[HASH_HEX_SIZE];
    for (uint32_t number = 1; number <= forum_agreements_count(forum); number++) {
        const struct forum_accounts *accounts = forum_agreement(forum, number)->accounts;
        for (uint32_t i = 0; i < accounts->reports_count; i++) {
            if (hash_equal(&accounts->reports[i].id, id)) {
                text_format(line, "A%u/r%u", (unsigned)number, (unsigned)i + 1);
                return;
            }
        }
    }
    hash_to_hex(id, hex);
    text_add_part(line, hex, 12);
}

/* What follows the signing. */
static void add_life(const struct forum *forum, const struct act *act, struct text *line)
{
    switch (act->kind) {
    case ACT_RESERVE:
    case ACT_OBJECT_RESERVATION:
        add_reservation(forum, act, line);
        return;
    case ACT_PLEDGE:
    case ACT_REPORT:
        text_add(line, act->kind == ACT_PLEDGE ? "pledges " : "reports ");
        add_amount(act->as.pledge.issue, act->as.pledge.quantity, act->as.pledge.unit,
                   act->as.pledge.due_ms, line);
        text_add(line, " under ");
        add_agreement(forum, &act->as.pledge.proposal, line);
        return;
    case ACT_CONTRIBUTE:
        text_format(line, "pays %llu into the fund of ",
                    (unsigned long long)act->as.contribute.quantity);
        add_agreement(forum, &act->as.contribute.proposal, line);
        return;
    case ACT_ATTEST:
        text_add(line, act->as.attest.disputes ? "disputes report " : "vouches for report ");
        add_report(forum, &act->as.attest.report, line);
        return;
    case ACT_ALLEGE:
        text_format(line, "says that %s broke ", seat_name(forum, act->as.allege.seat));
        if (act->as.allege.clause != 0)
            text_format(line, "clause %u of ", (unsigned)act->as.allege.clause);
        add_agreement(forum, &act->as.allege.proposal, line);
        return;
    case ACT_LEAVE:
        text_add(line, "leaves the forum");
        return;
    case ACT_SHIFT:
        text_add(line, "takes the question of ");
        add_target(forum, &act->as.shift.proposal, line);
        text_format(line, " to %s", act->as.shift.name);
        return;
    default:
        return;
    }
}

static void add_proposal(const struct forum *forum, const struct act *act, struct text *line)
{
    const struct forum_proposal *proposal = forum_find_proposal(forum, &act->id);
    text_format(line, "proposes \"%s\"", act->as.propose.title);
    if (proposal == NULL || proposal->effect.kind == EFFECT_NONE)
        return;
    text_add(line, ", which ");
    view_effect_line(forum, proposal, line);
}

static void add_act(const struct forum *forum, const struct act *act, struct text *line)
{
    static const char *const amends[] = {"", "add", "strike", "replace", "move", "by itself,"};
    switch (act->kind) {
    case ACT_CONVENE:
        text_add(line, "convenes the forum");
        return;
    case ACT_JOIN:
        text_add(line, "joins");
        return;
    case ACT_PROPOSE:
        add_proposal(forum, act, line);
        return;
    case ACT_AMEND:
        text_add(line, "asks to amend ");
        add_target(forum, &act->as.amend.proposal, line);
        text_format(line, ": %s clause %u", amends[act->as.amend.operation],
                    (unsigned)act->as.amend.clause);
        return;
    case ACT_RECEIPT:
        text_add(line, "has received ");
        add_target(forum, &act->as.cosponsor.proposal, line);
        return;
    case ACT_COSPONSOR:
        text_add(line, "sponsors ");
        add_target(forum, &act->as.cosponsor.proposal, line);
        return;
    case ACT_BALLOT:
        text_format(line, "answers %s to ", answer_word(act->as.ballot.answer));
        add_target(forum, &act->as.ballot.proposal, line);
        return;
    case ACT_RETRACT:
        text_add(line, "takes back ");
        add_target(forum, &act->as.retract.proposal, line);
        return;
    case ACT_RATIFY:
    case ACT_ACCEDE:
        text_add(line, act->kind == ACT_RATIFY ? "ratifies " : "accedes to ");
        add_agreement(forum, &act->as.consent.proposal, line);
        return;
    case ACT_WITHDRAW:
        text_add(line, act->as.withdraw.taken_back ? "takes back its notice to leave "
                                                   : "gives notice to leave ");
        add_agreement(forum, &act->as.withdraw.proposal, line);
        return;
    case ACT_NOTE:
        text_add(line, "notes: ");
        text_add_part(line, (const char *)act->text.data,
                      act->text.size > 160 ? 160 : act->text.size);
        return;
    case ACT_ALONE:
        text_format(line, "acts alone: %s", act->as.alone.title);
        return;
    case ACT_ENDORSE:
    case ACT_CONDEMN:
        text_add(line, act->kind == ACT_ENDORSE ? "endorses " : "condemns ");
        add_target(forum, &act->as.opinion.target, line);
        return;
    case ACT_PROCEDURE:
        add_procedure(forum, act, line);
        return;
    case ACT_EVIDENCE:
        text_format(line, "shows that %s signed two acts in slot %llu",
                    seat_name(forum, act->as.evidence.seat),
                    (unsigned long long)act->as.evidence.seq);
        return;
    default:
        add_life(forum, act, line);
    }
}

const char *view_act_line(const struct forum *forum, const struct act *act, struct arena *arena)
{
    char data[1024];
    struct text line;
    text_init(&line, data, sizeof data);
    add_act(forum, act, &line);
    const char *copy = arena_text(arena, bytes_of_text(data));
    return copy == NULL ? "" : copy;
}

/* A number behind an optional letter; 0 if it is none. */
static uint32_t parse_number(const char *name, char letter)
{
    uint32_t number = 0;
    const char *at = name;
    if (*at == letter || *at == letter + ('a' - 'A'))
        at++;
    if (*at < '1' || *at > '9' || strlen(at) > 9)
        return 0;
    for (; *at >= '0' && *at <= '9'; at++)
        number = number * 10 + (uint32_t)(*at - '0');
    return *at == '\0' ? number : 0;
}

const struct forum_proposal *view_find_proposal(const struct forum *forum, const char *name,
                                                struct fault *fault)
{
    struct hash id;
    uint32_t number = parse_number(name, 'P');
    const struct forum_proposal *proposal = NULL;
    if (number >= 1 && number <= forum_proposals_count(forum))
        proposal = forum_proposal(forum, number);
    if (number == 0 && hex_to_bytes(name, id.bytes, HASH_SIZE) == COMITY_OK)
        proposal = forum_find_proposal(forum, &id);
    if (proposal == NULL && forum_proposals_count(forum) == 0)
        (void)fault_set(fault, COMITY_NOT_FOUND, "there is no proposal yet");
    else if (proposal == NULL)
        (void)fault_set(fault, COMITY_NOT_FOUND,
                        "there is no proposal \"%s\" here; `comity docket` lists P1 to P%u", name,
                        (unsigned)forum_proposals_count(forum));
    return proposal;
}

const struct forum_agreement *view_find_agreement(const struct forum *forum, const char *name,
                                                  struct fault *fault)
{
    uint32_t count = forum_agreements_count(forum);
    uint32_t number = parse_number(name, 'A');
    if (number >= 1 && number <= count)
        return forum_agreement(forum, number);
    if (number == 0 && name[0] != '\0') {
        const struct forum_proposal *proposal = view_find_proposal(forum, name, NULL);
        if (proposal != NULL && proposal->agreement != 0)
            return forum_agreement(forum, proposal->agreement);
    }
    if (count == 0) {
        (void)fault_set(fault, COMITY_NOT_FOUND, "there is no agreement yet");
    } else {
        (void)fault_set(fault, COMITY_NOT_FOUND,
                        "there is no agreement \"%s\" here; `comity docket` lists A1 to A%u", name,
                        (unsigned)count);
    }
    return NULL;
}

enum comity_error view_find_act(const struct forum *forum, const char *name, struct hash *ret_id,
                                struct fault *fault)
{
    uint32_t declared = parse_number(name, 'D');
    if (hex_to_bytes(name, ret_id->bytes, HASH_SIZE) == COMITY_OK)
        return COMITY_OK; /* Before letters: ids begin with a and d too. */
    if ((name[0] == 'D' || name[0] == 'd') && declared >= 1 &&
        declared <= forum_declarations_count(forum)) {
        *ret_id = forum_declaration(forum, declared - 1)->id;
        return COMITY_OK;
    }
    if (name[0] == 'A' || name[0] == 'a') {
        const struct forum_agreement *agreement = view_find_agreement(forum, name, fault);
        if (agreement == NULL)
            return COMITY_NOT_FOUND;
        *ret_id = forum_proposal(forum, agreement->proposal)->id;
        return COMITY_OK;
    }
    const struct forum_proposal *proposal = view_find_proposal(forum, name, fault);
    if (proposal == NULL)
        return COMITY_NOT_FOUND;
    *ret_id = proposal->id;
    return COMITY_OK;
}

enum comity_error view_find_reservation(const struct forum *forum, const char *name,
                                        struct hash *ret_id, struct fault *fault)
{
    if (hex_to_bytes(name, ret_id->bytes, HASH_SIZE) == COMITY_OK)
        return COMITY_OK;
    const struct forum_reservation *is = forum_reservation(forum, parse_number(name, 'R'));
    if (is == NULL)
        return fault_set(fault, COMITY_NOT_FOUND, "there is no reservation \"%.40s\"", name);
    *ret_id = is->id;
    return COMITY_OK;
}

enum comity_error view_find_allegation(const struct forum *forum, const char *name,
                                       struct hash *ret_id, struct fault *fault)
{
    if (hex_to_bytes(name, ret_id->bytes, HASH_SIZE) == COMITY_OK)
        return COMITY_OK;
    const struct forum_allegation *is = forum_allegation(forum, parse_number(name, 'L'));
    if (is == NULL)
        return fault_set(fault, COMITY_NOT_FOUND, "there is no allegation \"%.40s\"", name);
    *ret_id = is->id;
    return COMITY_OK;
}

enum comity_error view_find_report(const struct forum *forum, const char *name, struct hash *ret_id,
                                   struct fault *fault)
{
    if (hex_to_bytes(name, ret_id->bytes, HASH_SIZE) == COMITY_OK)
        return COMITY_OK;
    const char *slash = strchr(name, '/');
    char agreement_name[16] = "";
    if (slash != NULL && (size_t)(slash - name) < sizeof agreement_name)
        memcpy(agreement_name, name, (size_t)(slash - name));
    uint32_t number = slash == NULL ? 0 : parse_number(slash + 1, 'R');
    if (agreement_name[0] == '\0' || number == 0)
        return fault_set(fault, COMITY_NOT_FOUND, "\"%s\" is no report: reports are called A1/r1",
                         name);
    const struct forum_agreement *agreement = view_find_agreement(forum, agreement_name, fault);
    if (agreement == NULL)
        return COMITY_NOT_FOUND;
    const struct forum_accounts *accounts = agreement->accounts;
    if (number > accounts->reports_count && accounts->reports_count == 1)
        return fault_set(fault, COMITY_NOT_FOUND, "A%u has one report, A%u/r1",
                         (unsigned)agreement->number, (unsigned)agreement->number);
    if (number > accounts->reports_count)
        return fault_set(fault, COMITY_NOT_FOUND,
                         accounts->reports_count == 0 ? "nobody has reported under A%u yet"
                                                      : "A%u has reports A%u/r1 to A%u/r%u",
                         (unsigned)agreement->number, (unsigned)agreement->number,
                         (unsigned)agreement->number, (unsigned)accounts->reports_count);
    *ret_id = accounts->reports[number - 1].id;
    return COMITY_OK;
}
