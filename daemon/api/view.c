/* SPDX-License-Identifier: Apache-2.0 */
#include "api/view_parts.h"

#include <string.h>

#include "base/text.h"
#include "charter/charter.h"
#include "rules/rule.h"

/* protobuf-c wants char *, and never writes through it. */
static char *text_of(const char *text)
{
    return (char *)(uintptr_t)text;
}

static ProtobufCBinaryData hash_data(const struct hash *hash)
{
    return (ProtobufCBinaryData){.len = HASH_SIZE, .data = (uint8_t *)(uintptr_t)hash->bytes};
}

/* In protobuf, 0 stands for "not known, not yet, open-ended". */
static int64_t time_or_zero(int64_t ms)
{
    return ms == INT64_MAX ? 0 : ms;
}

static bool has_seat(const uint64_t bits[SEATS_MAX / 64], uint32_t seat)
{
    return (bits[seat / 64] >> (seat % 64) & 1) != 0;
}

char **view_seats(const struct charter *charter, const uint64_t bits[SEATS_MAX / 64],
                  struct arena *arena, size_t *ret_count)
{
    char **names = arena_array(arena, charter->seats_count, sizeof *names);
    *ret_count = 0;
    for (uint32_t seat = 0; names != NULL && seat < charter->seats_count; seat++) {
        if (has_seat(bits, seat))
            names[(*ret_count)++] = text_of(charter->seats[seat].name);
    }
    return names;
}

static const char *proposal_status_word(enum proposal_status status)
{
    static const char *const words[] = {"open", "closed", "decided", "retracted"};
    return words[status];
}

static enum defection seat_defection(const struct forum *forum,
                                     const struct forum_proposal *proposal, uint32_t seat)
{
    if (proposal->agreement == 0)
        return DEFECTION_EQUIVOCATED;
    enum defection defection = forum_agreement(forum, proposal->agreement)->parties[seat].defection;
    return defection == DEFECTION_NONE ? DEFECTION_EQUIVOCATED : defection;
}

static bool add_lists(const struct forum *forum, const struct forum_proposal *proposal,
                      Comity__V1__ProposalInfo *info, struct arena *arena)
{
    const struct charter *charter = forum_charter(forum);
    struct forum_lists lists;
    forum_proposal_lists(forum, proposal, &lists);
    info->formed_by = view_seats(charter, lists.formed, arena, &info->n_formed_by);
    info->stayed_out = view_seats(charter, lists.stayed_out, arena, &info->n_stayed_out);
    info->defected = arena_array(arena, charter->seats_count, sizeof *info->defected);
    if (info->defected == NULL)
        return false;
    for (uint32_t seat = 0; seat < charter->seats_count; seat++) {
        if (!has_seat(lists.defected, seat))
            continue;
        Comity__V1__Defected *defected = arena_alloc(arena, sizeof *defected);
        if (defected == NULL)
            return false;
        comity__v1__defected__init(defected);
        defected->seat = text_of(charter->seats[seat].name);
        defected->kind = text_of(defection_word(seat_defection(forum, proposal, seat)));
        info->defected[info->n_defected++] = defected;
    }
    return true;
}

static bool add_ballots(const struct forum *forum, const struct forum_proposal *proposal,
                        Comity__V1__ProposalInfo *info, struct arena *arena)
{
    const struct charter *charter = forum_charter(forum);
    info->ballots = arena_array(arena, charter->seats_count, sizeof *info->ballots);
    info->unanswered = arena_array(arena, charter->seats_count, sizeof *info->unanswered);
    if (info->ballots == NULL || info->unanswered == NULL)
        return false;
    for (uint32_t seat = 0; seat < charter->seats_count; seat++) {
        const struct forum_ballot *ballot = &proposal->ballots[seat];
        if (!has_seat(proposal->members, seat))
            continue;
        uint32_t carried_by = forum_carried_by(forum, proposal->number, seat);
        Comity__V1__SeatAnswer *answer = arena_alloc(arena, sizeof *answer);
        if (answer == NULL)
            return false;
        comity__v1__seat_answer__init(answer);
        answer->seat = text_of(charter->seats[seat].name);
        bool passed = ballot->passed && ballot->answer == ANSWER_SILENT;
        answer->answer = text_of(answer_word(passed ? ANSWER_PASS : (enum answer)ballot->answer));
        answer->voided = ballot->voided;
        answer->signed_ms = ballot->signed_ms;
        if (carried_by != OUTCOME_NONE)
            answer->carried_by = text_of(charter->seats[carried_by].name);
        if (ballot->answer >= ANSWER_YES && ballot->answer <= ANSWER_ABSTAIN) {
            answer->act = hash_data(&ballot->act);
        } else {
            info->unanswered[info->n_unanswered++] = answer->seat;
        }
        info->ballots[info->n_ballots++] = answer;
    }
    return true;
}

static bool add_terms(const struct charter *charter, const struct forum_proposal *proposal,
                      Comity__V1__ProposalInfo *info, struct arena *arena)
{
    info->terms = arena_array(arena, proposal->terms_count, sizeof *info->terms);
    info->pledges = arena_array(arena, proposal->pledges_count, sizeof *info->pledges);
    if (info->terms == NULL || info->pledges == NULL)
        return false;
    for (uint32_t i = 0; i < proposal->terms_count; i++) {
        const struct term *term = &proposal->terms[i];
        Comity__V1__Term *copy = arena_alloc(arena, sizeof *copy);
        if (copy == NULL)
            return false;
        comity__v1__term__init(copy);
        copy->issue = text_of(term->issue);
        copy->kind = (Comity__V1__Term__Kind)term->kind;
        copy->number = term->number;
        copy->of = term->of;
        copy->unit = text_of(term->unit);
        copy->text = text_of(term->text);
        info->terms[info->n_terms++] = copy;
    }
    for (uint32_t i = 0; i < proposal->pledges_count; i++) {
        const struct pledge *pledge = &proposal->pledges[i];
        Comity__V1__PledgeInfo *copy = arena_alloc(arena, sizeof *copy);
        if (copy == NULL)
            return false;
        comity__v1__pledge_info__init(copy);
        copy->seat = text_of(charter->seats[pledge->seat].name);
        copy->issue = text_of(pledge->issue);
        copy->quantity = pledge->quantity;
        copy->unit = text_of(pledge->unit);
        copy->due_ms = pledge->due_ms;
        info->pledges[info->n_pledges++] = copy;
    }
    return true;
}

static const char *rule_words(const char *sentence, struct arena *arena)
{
    const struct rule *rule;
    char words[2048];
    struct text text;
    text_init(&text, words, sizeof words);
    if (rule_parse(arena, bytes_of_text(sentence), NULL, &rule, NULL) != COMITY_OK)
        return "";
    rule_explain(rule, &text);
    const char *copy = arena_text(arena, bytes_of_text(words));
    return copy == NULL ? "" : copy;
}

/* Every text it had; the one it has now is the last. */
static bool add_texts(const struct forum_proposal *proposal, Comity__V1__ProposalInfo *info,
                      struct arena *arena)
{
    info->text_versions =
        arena_array(arena, proposal->texts_count + 1, sizeof *info->text_versions);
    if (info->text_versions == NULL)
        return false;
    for (uint32_t i = 0; i < proposal->texts_count; i++) {
        char *text = arena_text(arena, proposal->texts[i]);
        if (text == NULL)
            return false;
        info->text_versions[info->n_text_versions++] = text;
    }
    info->text_versions[info->n_text_versions++] = info->text;
    return true;
}

static bool add_details(const struct forum *forum, const struct forum_proposal *proposal,
                        Comity__V1__ProposalInfo *info, struct arena *arena)
{
    const struct charter *charter = forum_charter(forum);
    info->rule_in_words = text_of(rule_words(proposal->rule->sentence, arena));
    info->must_abstain = view_seats(charter, proposal->must_abstain, arena, &info->n_must_abstain);
    info->sponsors = view_seats(charter, proposal->sponsors, arena, &info->n_sponsors);
    info->text = arena_text(arena, proposal->text.bytes);
    if (info->text == NULL || !add_texts(proposal, info, arena) ||
        !view_proposal_shifts(forum, proposal, info, arena) ||
        !add_ballots(forum, proposal, info, arena) || !add_terms(charter, proposal, info, arena) ||
        !view_add_goals(proposal, info, arena) ||
        !view_add_reservations(forum, proposal, info, arena))
        return false;
    return true;
}

Comity__V1__ProposalInfo *view_proposal(const struct forum *forum,
                                        const struct forum_proposal *proposal, bool full,
                                        struct arena *arena)
{
    Comity__V1__ProposalInfo *info = arena_alloc(arena, sizeof *info);
    if (info == NULL)
        return NULL;
    comity__v1__proposal_info__init(info);
    info->number = proposal->number;
    info->id = hash_data(&proposal->id);
    info->amends = proposal->amends;
    info->proposer = text_of(forum_charter(forum)->seats[proposal->proposer].name);
    info->title = text_of(proposal->title);
    info->topic = text_of(proposal->topic);
    info->rule = text_of(proposal->rule->name);
    info->rule_sentence = text_of(proposal->rule->sentence);
    info->rule_hash = hash_data(&proposal->rule->hash);
    info->binding = proposal->binding;
    info->status = text_of(proposal_status_word(proposal->status));
    info->verdict = text_of(verdict_word(proposal->verdict));
    info->line = text_of(proposal->line);
    info->can_change = proposal->can_change;
    info->tied = proposal->tied;
    info->opened_ms = proposal->opened_ms;
    info->closes_ms = time_or_zero(proposal->closes_ms);
    if (proposal->status == PROPOSAL_DECIDED) {
        info->decided_ms = proposal->decided_ms;
        info->decided_height = proposal->decided_height;
    }
    info->agreement = proposal->agreement;
    if (proposal->has_carried) {
        info->carried_forum = hash_data(&proposal->carried_forum);
        info->carried_proposal = hash_data(&proposal->carried_proposal);
    }
    info->text_hash = hash_data(&proposal->text.hash);
    info->text_version = proposal->text.version;
    if (proposal->status == PROPOSAL_DECIDED && !add_lists(forum, proposal, info, arena))
        return NULL;
    if (!view_add_effect(forum, proposal, info, arena) ||
        !view_add_stage(forum, proposal, full, info, arena))
        return NULL;
    return !full || add_details(forum, proposal, info, arena) ? info : NULL;
}

static bool add_parties(const struct forum *forum, const struct forum_agreement *agreement,
                        Comity__V1__AgreementInfo *info, struct arena *arena)
{
    static const char *const home[] = {"", "yes", "no"};
    const struct charter *charter = forum_charter(forum);
    info->parties = arena_array(arena, charter->seats_count, sizeof *info->parties);
    if (info->parties == NULL)
        return false;
    for (uint32_t seat = 0; seat < charter->seats_count; seat++) {
        const struct forum_party *party = &agreement->parties[seat];
        if (party->status == PARTY_NONE)
            continue;
        Comity__V1__PartyInfo *copy = arena_alloc(arena, sizeof *copy);
        if (copy == NULL)
            return false;
        comity__v1__party_info__init(copy);
        copy->seat = text_of(charter->seats[seat].name);
        copy->status = text_of(party_status_word(party->status));
        copy->consent_ms = party->consent_ms;
        copy->since_ms = time_or_zero(party->since_ms);
        copy->notice_ms =
            party->status != PARTY_CONSENTED && party->status != PARTY_BOUND ? party->notice_ms : 0;
        copy->until_ms = time_or_zero(party->until_ms);
        copy->home = text_of(home[party->home]);
        copy->defection = text_of(defection_word(party->defection));
        info->parties[info->n_parties++] = copy;
    }
    return true;
}

Comity__V1__AgreementInfo *view_agreement(const struct forum *forum,
                                          const struct forum_agreement *agreement, bool full,
                                          struct arena *arena)
{
    const struct forum_proposal *proposal = forum_proposal(forum, agreement->proposal);
    Comity__V1__AgreementInfo *info = arena_alloc(arena, sizeof *info);
    if (info == NULL)
        return NULL;
    comity__v1__agreement_info__init(info);
    info->number = agreement->number;
    info->proposal = agreement->proposal;
    info->title = text_of(proposal->title);
    info->status = text_of(agreement_status_word(agreement->status));
    info->line = text_of(agreement->line);
    info->threshold_ms = time_or_zero(agreement->threshold_ms);
    info->in_force_ms = time_or_zero(agreement->in_force_ms);
    info->parties_count = agreement->parties_count;
    info->id = hash_data(&proposal->id);
    info->endorsed_by =
        view_seats(forum_charter(forum), agreement->endorsed, arena, &info->n_endorsed_by);
    info->condemned_by =
        view_seats(forum_charter(forum), agreement->condemned, arena, &info->n_condemned_by);
    if (!view_agreement_standing(forum, agreement->number, full, info, arena))
        return NULL;
    if (!full)
        return info;
    info->compliance = view_compliance(forum, agreement, arena);
    return info->compliance != NULL && add_parties(forum, agreement, info, arena) &&
                   view_add_life(forum, agreement, info, arena)
               ? info
               : NULL;
}

Comity__V1__DeclarationInfo *view_declaration(const struct forum *forum, uint32_t index,
                                              struct arena *arena)
{
    const struct charter *charter = forum_charter(forum);
    const struct forum_declaration *declaration = forum_declaration(forum, index);
    Comity__V1__DeclarationInfo *info = arena_alloc(arena, sizeof *info);
    if (info == NULL)
        return NULL;
    comity__v1__declaration_info__init(info);
    info->number = index + 1;
    info->id = hash_data(&declaration->id);
    info->seat = text_of(charter->seats[declaration->seat].name);
    info->kind = text_of("act-alone");
    info->title = text_of(declaration->title);
    info->topic = text_of(declaration->topic);
    info->signed_ms = declaration->signed_ms;
    info->forum_ms = declaration->time_ms;
    info->in_record = true;
    info->endorsed_by = view_seats(charter, declaration->endorsed, arena, &info->n_endorsed_by);
    info->condemned_by = view_seats(charter, declaration->condemned, arena, &info->n_condemned_by);
    return view_declaration_standing(forum, index, info, arena) ? info : NULL;
}

static const char *todo_line(struct arena *arena, const char *verb, char letter, uint32_t number,
                             const char *title)
{
    char line[TITLE_MAX + 64];
    struct text text;
    text_init(&text, line, sizeof line);
    text_format(&text, "%s %c%u: %s", verb, letter, (unsigned)number, title);
    return arena_text(arena, bytes_of_text(line));
}

/* Of two ballots the first asks something else, or by another rule. */
static const char *vote_line(struct arena *arena, const struct forum_proposal *proposal)
{
    char title[TITLE_MAX + 2 * NAME_MAX_SIZE];
    struct text text;
    text_init(&text, title, sizeof title);
    text_add(&text, proposal->title);
    if (proposal->rule->has_stages)
        text_add(&text, proposal->rule->stages.adopted != NULL
                            ? " (first: by which rule it is decided)"
                            : " (the first of two ballots)");
    return todo_line(arena, "vote on", 'P', proposal->number, title);
}

/* What waits for this seat: open questions it has not answered, agreements it may still join. */
static bool add_todo(const struct forum *forum, uint32_t seat, Comity__V1__Docket *docket,
                     struct arena *arena)
{
    uint32_t proposals = forum_proposals_count(forum);
    uint32_t agreements = forum_agreements_count(forum);
    size_t most = (size_t)2 * proposals + (size_t)(1 + VIEW_DELIVERIES_MAX) * agreements +
                  forum_allegations_count(forum) + forum_reservations_count(forum) + 1;
    docket->todo = arena_array(arena, most, sizeof *docket->todo);
    if (docket->todo == NULL)
        return false;
    const struct charter *charter = forum_charter(forum);
    for (uint32_t i = 1; i <= proposals && charter->seats[seat].role == SEAT_CHAIR; i++) {
        if (forum_proposal(forum, i)->tied)
            docket->todo[docket->n_todo++] = text_of(
                todo_line(arena, "decide the tie on", 'P', i, forum_proposal(forum, i)->title));
    }
    if (charter->seats[seat].role != SEAT_MEMBER)
        return true;
    docket->n_todo += view_life_todo(forum, seat, arena, docket->todo + docket->n_todo);
    if (forum_seat_standing(forum, seat) != STANDING_MEMBER)
        return true;
    for (uint32_t i = 1; i <= proposals; i++) {
        const struct forum_proposal *proposal = forum_proposal(forum, i);
        if (forum_wants_receipt(forum, i, seat))
            docket->todo[docket->n_todo++] =
                text_of(todo_line(arena, "sign the receipt of", 'P', i, proposal->title));
        if (proposal->status == PROPOSAL_OPEN && !docket->suspended &&
            has_seat(proposal->members, seat) && seat != proposal->accused &&
            proposal->ballots[seat].answer == ANSWER_SILENT)
            docket->todo[docket->n_todo++] = text_of(vote_line(arena, proposal));
    }
    for (uint32_t i = 1; i <= agreements; i++) {
        const struct forum_agreement *agreement = forum_agreement(forum, i);
        const struct forum_proposal *proposal = forum_proposal(forum, agreement->proposal);
        if (agreement->status == AGREEMENT_PENDING && proposal->rule->has_in_force &&
            agreement->parties[seat].status == PARTY_NONE)
            docket->todo[docket->n_todo++] =
                text_of(todo_line(arena, "ratify or decline", 'A', i, proposal->title));
        view_add_deliveries(forum, agreement, seat, docket, arena);
    }
    return true;
}

Comity__V1__Docket *view_docket(const struct forum *forum, int32_t own_seat, struct arena *arena)
{
    Comity__V1__Docket *docket = arena_alloc(arena, sizeof *docket);
    if (docket == NULL)
        return NULL;
    comity__v1__docket__init(docket);
    uint32_t proposals = forum_proposals_count(forum);
    uint32_t agreements = forum_agreements_count(forum);
    uint32_t declarations = forum_declarations_count(forum);
    docket->forum_ms = forum_now(forum);
    docket->suspended = forum_is_suspended(forum);
    docket->proposals = arena_array(arena, proposals, sizeof *docket->proposals);
    docket->agreements = arena_array(arena, agreements, sizeof *docket->agreements);
    docket->declarations = arena_array(arena, declarations, sizeof *docket->declarations);
    if (docket->proposals == NULL || docket->agreements == NULL || docket->declarations == NULL)
        return NULL;
    for (uint32_t i = 1; i <= proposals; i++) {
        Comity__V1__ProposalInfo *info =
            view_proposal(forum, forum_proposal(forum, i), false, arena);
        if (info == NULL)
            return NULL;
        docket->proposals[docket->n_proposals++] = info;
    }
    for (uint32_t i = 1; i <= agreements; i++) {
        Comity__V1__AgreementInfo *info =
            view_agreement(forum, forum_agreement(forum, i), false, arena);
        if (info == NULL)
            return NULL;
        docket->agreements[docket->n_agreements++] = info;
    }
    for (uint32_t i = 0; i < declarations; i++) {
        Comity__V1__DeclarationInfo *info = view_declaration(forum, i, arena);
        if (info == NULL)
            return NULL;
        docket->declarations[docket->n_declarations++] = info;
    }
    return own_seat < 0 || add_todo(forum, (uint32_t)own_seat, docket, arena) ? docket : NULL;
}
