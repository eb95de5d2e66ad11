/* SPDX-License-Identifier: Apache-2.0 */
/* view_life.c - reservations and what they make of two parties, allegations and rulings; and what
 * of it waits for a seat. */
#include "api/view_parts.h"
#include "base/calendar.h"
#include "base/text.h"

static char *text_of(const char *text)
{
    return (char *)(uintptr_t)text;
}

static ProtobufCBinaryData id_of(const struct hash *hash)
{
    return (ProtobufCBinaryData){.len = HASH_SIZE, .data = (uint8_t *)(uintptr_t)hash->bytes};
}

static Comity__V1__ReservationInfo *
reservation_info(const struct forum *forum, const struct forum_reservation *is, struct arena *arena)
{
    const struct charter *charter = forum_charter(forum);
    Comity__V1__ReservationInfo *info = arena_alloc(arena, sizeof *info);
    if (info == NULL)
        return NULL;
    comity__v1__reservation_info__init(info);
    info->number = is->number;
    info->id = id_of(&is->id);
    info->seat = text_of(charter->seats[is->seat].name);
    info->proposal = is->proposal;
    info->clause = is->clause;
    info->text = arena_text(arena, is->text);
    info->status = text_of(reservation_status_word(is->status));
    info->made_ms = is->made_ms;
    info->effective_ms = is->effective_ms == INT64_MAX ? 0 : is->effective_ms;
    info->objected_by = view_seats(charter, is->objected, arena, &info->n_objected_by);
    info->refused_by = view_seats(charter, is->refused, arena, &info->n_refused_by);
    return info->text == NULL ? NULL : info;
}

static bool add_reservations(const struct forum *forum, uint32_t proposal, struct arena *arena,
                             Comity__V1__ReservationInfo ***ret_items, size_t *ret_count)
{
    uint32_t count = forum_reservations_count(forum);
    *ret_items = arena_array(arena, count, sizeof **ret_items);
    for (uint32_t i = 1; *ret_items != NULL && i <= count; i++) {
        const struct forum_reservation *is = forum_reservation(forum, i);
        if (is->proposal != proposal)
            continue;
        Comity__V1__ReservationInfo *info = reservation_info(forum, is, arena);
        if (info == NULL)
            return false;
        (*ret_items)[(*ret_count)++] = info;
    }
    return *ret_items != NULL;
}

static bool add_relations(const struct forum *forum, uint32_t agreement,
                          Comity__V1__AgreementInfo *info, struct arena *arena)
{
    const struct charter *charter = forum_charter(forum);
    uint32_t seats = charter->seats_count;
    /* Room for all pairs only where there is anything to say. */
    size_t most = info->n_reservations == 0 ? 0 : (size_t)seats * (seats - 1) / 2;
    info->relations = arena_array(arena, most, sizeof *info->relations);
    for (uint32_t a = 0; most > 0 && info->relations != NULL && a < seats; a++) {
        for (uint32_t b = a + 1; b < seats; b++) {
            enum relation relation = forum_relation(forum, agreement, a, b, 0);
            if (relation == RELATION_OUT || relation == RELATION_FULL)
                continue;
            Comity__V1__RelationInfo *pair = arena_alloc(arena, sizeof *pair);
            if (pair == NULL)
                return false;
            comity__v1__relation_info__init(pair);
            pair->a = text_of(charter->seats[a].name);
            pair->b = text_of(charter->seats[b].name);
            pair->relation = text_of(relation_word(relation));
            info->relations[info->n_relations++] = pair;
        }
    }
    return info->relations != NULL;
}

static bool add_allegations(const struct forum *forum, uint32_t agreement,
                            Comity__V1__AgreementInfo *info, struct arena *arena)
{
    const struct charter *charter = forum_charter(forum);
    uint32_t count = forum_allegations_count(forum);
    info->allegations = arena_array(arena, count, sizeof *info->allegations);
    for (uint32_t i = 1; info->allegations != NULL && i <= count; i++) {
        const struct forum_allegation *is = forum_allegation(forum, i);
        if (is->agreement != agreement)
            continue;
        Comity__V1__AllegationInfo *copy = arena_alloc(arena, sizeof *copy);
        if (copy == NULL)
            return false;
        comity__v1__allegation_info__init(copy);
        copy->number = is->number;
        copy->id = id_of(&is->id);
        copy->by = text_of(charter->seats[is->by].name);
        copy->accused = text_of(charter->seats[is->accused].name);
        copy->clause = is->clause;
        copy->reservation = is->reservation;
        copy->text = arena_text(arena, is->text);
        copy->status = text_of(allegation_status_word(is->status));
        copy->ruling = is->ruling;
        copy->response = text_of(response_word(is->response));
        copy->made_ms = is->made_ms;
        copy->ruled_ms = is->ruled_ms;
        if (copy->text == NULL)
            return false;
        info->allegations[info->n_allegations++] = copy;
    }
    return info->allegations != NULL;
}

bool view_add_reservations(const struct forum *forum, const struct forum_proposal *proposal,
                           Comity__V1__ProposalInfo *info, struct arena *arena)
{
    info->reservable = (uint32_t *)(uintptr_t)proposal->reservable;
    info->n_reservable = proposal->reservable_count;
    if (!hash_is_zero(&proposal->weights))
        info->weights_hash = id_of(&proposal->weights);
    return add_reservations(forum, proposal->number, arena, &info->reservations,
                            &info->n_reservations);
}

bool view_add_life(const struct forum *forum, const struct forum_agreement *agreement,
                   Comity__V1__AgreementInfo *info, struct arena *arena)
{
    return add_reservations(forum, agreement->proposal, arena, &info->reservations,
                            &info->n_reservations) &&
           add_relations(forum, agreement->number, info, arena) &&
           add_allegations(forum, agreement->number, info, arena);
}

/* An allegation nobody has put to the vote yet. */
static bool is_put(const struct forum *forum, const struct forum_allegation *is)
{
    for (uint32_t i = 1; i <= forum_proposals_count(forum); i++) {
        const struct forum_proposal *proposal = forum_proposal(forum, i);
        if (proposal->effect.kind == EFFECT_BREACH &&
            (proposal->status == PROPOSAL_OPEN || proposal->status == PROPOSAL_CLOSED) &&
            hash_equal(&proposal->effect.subject, &is->id))
            return true;
    }
    return false;
}

size_t view_life_todo(const struct forum *forum, uint32_t seat, struct arena *arena,
                      char **ret_lines)
{
    const struct charter *charter = forum_charter(forum);
    size_t count = 0;
    for (uint32_t i = 1; i <= forum_allegations_count(forum); i++) {
        const struct forum_allegation *is = forum_allegation(forum, i);
        char line[160];
        struct text text;
        if (is->status != ALLEGATION_OPEN || !forum_seat_has_votes(forum, seat) ||
            is_put(forum, is))
            continue;
        text_init(&text, line, sizeof line);
        text_format(&text, "rule on L%u: %s accuses %s of a breach of A%u", (unsigned)i,
                    charter->seats[is->by].name, charter->seats[is->accused].name,
                    (unsigned)is->agreement);
        ret_lines[count++] = arena_text(arena, bytes_of_text(line));
    }
    for (uint32_t i = 1; i <= forum_reservations_count(forum); i++) {
        const struct forum_reservation *is = forum_reservation(forum, i);
        int64_t until_ms = forum_objection_until(forum, is, seat);
        char line[160];
        char date[CALENDAR_TEXT_SIZE];
        struct text text;
        bool said = (is->objected[seat / 64] >> (seat % 64) & 1) != 0 ||
                    (is->refused[seat / 64] >> (seat % 64) & 1) != 0;
        if (said || until_ms < forum_now(forum))
            continue;
        calendar_format(until_ms, date);
        text_init(&text, line, sizeof line);
        text_format(&text, "accept R%u of %s by silence, or object until %s", (unsigned)i,
                    charter->seats[is->seat].name, date);
        ret_lines[count++] = arena_text(arena, bytes_of_text(line));
    }
    return count;
}
