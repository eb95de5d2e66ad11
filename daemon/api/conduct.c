/* SPDX-License-Identifier: Apache-2.0 */
/* conduct.c - what delegations did, and how what they did stands with others. */
#include <string.h>

#include "api/view.h"
#include "base/text.h"
#include "forum/standing.h"

static char *text_of(const char *text)
{
    return (char *)(uintptr_t)text;
}

static ProtobufCBinaryData hash_data(const struct hash *hash)
{
    return (ProtobufCBinaryData){.len = HASH_SIZE, .data = (uint8_t *)(uintptr_t)hash->bytes};
}

static Comity__V1__SeatConduct *seat_conduct(const struct forum *forum, uint32_t seat,
                                             struct forum_conduct conduct, struct arena *arena)
{
    static const char *const roles[] = {"", "member", "chair", "observer"};
    const struct charter_seat *is = &forum_charter(forum)->seats[seat];
    Comity__V1__SeatConduct *info = arena_alloc(arena, sizeof *info);
    if (info == NULL)
        return NULL;
    comity__v1__seat_conduct__init(info);
    info->seat = text_of(is->name);
    info->title = text_of(is->title);
    info->role = text_of(roles[is->role]);
    info->joined = forum_seat_joined(forum, seat);
    info->counts = arena_array(arena, CONDUCT_KINDS_COUNT, sizeof *info->counts);
    for (uint32_t kind = 0; info->counts != NULL && kind < CONDUCT_KINDS_COUNT; kind++) {
        if (conduct.kinds[kind] == 0)
            continue;
        Comity__V1__ConductCount *count = arena_alloc(arena, sizeof *count);
        if (count == NULL)
            return NULL;
        comity__v1__conduct_count__init(count);
        count->kind = text_of(conduct_word((enum conduct_kind)kind));
        count->of = text_of(conduct_class_word(conduct_class_of((enum conduct_kind)kind)));
        count->count = conduct.kinds[kind];
        info->counts[info->n_counts++] = count;
    }
    return info->counts == NULL ? NULL : info;
}

Comity__V1__Conduct *view_conduct(const struct forum *forum, uint32_t topic, bool all,
                                  struct arena *arena)
{
    const struct charter *charter = forum_charter(forum);
    Comity__V1__Conduct *info = arena_alloc(arena, sizeof *info);
    if (info == NULL)
        return NULL;
    comity__v1__conduct__init(info);
    info->forum_ms = forum_now(forum);
    info->height = forum_height(forum);
    info->topic = text_of(all || topic >= charter->topics_count ? "" : charter->topics[topic]);
    info->topics = arena_array(arena, charter->topics_count, sizeof *info->topics);
    info->seats = arena_array(arena, charter->seats_count, sizeof *info->seats);
    if (info->topics == NULL || info->seats == NULL)
        return NULL;
    for (uint32_t i = 0; i < charter->topics_count; i++)
        info->topics[info->n_topics++] = text_of(charter->topics[i]);
    for (uint32_t seat = 0; seat < charter->seats_count; seat++) {
        info->seats[seat] = seat_conduct(
            forum, seat,
            all ? forum_seat_conduct(forum, seat) : forum_topic_conduct(forum, seat, topic), arena);
        if (info->seats[seat] == NULL)
            return NULL;
        info->n_seats++;
    }
    return info;
}

/* `11 of 12: parliaments said yes 11, no 1; 3 told nothing` */
static char *home_line(const struct forum_legitimacy *is, struct arena *arena)
{
    char data[128];
    struct text line;
    uint32_t told = is->home_yes + is->home_no;
    text_init(&line, data, sizeof data);
    if (told == 0)
        text_add(&line, "untold: no ratification carries a verdict");
    else
        text_format(&line, "%u of %u: parliaments said yes %u, no %u", (unsigned)is->home_yes,
                    (unsigned)told, (unsigned)is->home_yes, (unsigned)is->home_no);
    if (is->home_untold > 0)
        text_format(&line, "; %u told nothing", (unsigned)is->home_untold);
    return arena_text(arena, bytes_of_text(data));
}

/* `2 of 3: endorsed by 2, condemned by 1; 1 of them parties to it` */
static char *abroad_line(const struct forum_legitimacy *is, const char *own, struct arena *arena)
{
    char data[128];
    struct text line;
    uint32_t said = is->endorsed + is->condemned;
    text_init(&line, data, sizeof data);
    if (said == 0)
        text_add(&line, "untold: nobody endorsed or condemned it");
    else
        text_format(&line, "%u of %u: endorsed by %u, condemned by %u", (unsigned)is->endorsed,
                    (unsigned)said, (unsigned)is->endorsed, (unsigned)is->condemned);
    if (is->own > 0)
        text_format(&line, "; %u of them %s", (unsigned)is->own, own);
    return arena_text(arena, bytes_of_text(data));
}

static Comity__V1__Legitimacy *legitimacy(struct forum_legitimacy is, const char *own, char *home,
                                          struct arena *arena)
{
    Comity__V1__Legitimacy *info = arena_alloc(arena, sizeof *info);
    if (info == NULL || home == NULL)
        return NULL;
    comity__v1__legitimacy__init(info);
    info->home_yes = is.home_yes;
    info->home_no = is.home_no;
    info->home_untold = is.home_untold;
    info->home = home;
    info->endorsed = is.endorsed;
    info->condemned = is.condemned;
    info->own = is.own;
    info->abroad = abroad_line(&is, own, arena);
    return info->abroad == NULL ? NULL : info;
}

bool view_agreement_standing(const struct forum *forum, uint32_t number, bool full,
                             Comity__V1__AgreementInfo *info, struct arena *arena)
{
    struct forum_legitimacy is = forum_agreement_legitimacy(forum, number);
    uint32_t declarations = full ? forum_declarations_count(forum) : 0;
    info->legitimacy = legitimacy(is, "parties to it", home_line(&is, arena), arena);
    info->relied_on_by = arena_array(arena, declarations, sizeof *info->relied_on_by);
    if (info->legitimacy == NULL || info->relied_on_by == NULL)
        return false;
    for (uint32_t i = 0; i < declarations; i++) {
        if (!forum_relies(forum, i, number))
            continue;
        const struct forum_declaration *declaration = forum_declaration(forum, i);
        Comity__V1__Relying *relying = arena_alloc(arena, sizeof *relying);
        if (relying == NULL)
            return false;
        comity__v1__relying__init(relying);
        relying->number = i + 1;
        relying->seat = text_of(forum_charter(forum)->seats[declaration->seat].name);
        relying->title = text_of(declaration->title);
        info->relied_on_by[info->n_relied_on_by++] = relying;
    }
    return true;
}

bool view_declaration_standing(const struct forum *forum, uint32_t index,
                               Comity__V1__DeclarationInfo *info, struct arena *arena)
{
    const struct forum_declaration *is = forum_declaration(forum, index);
    info->legitimacy = legitimacy(forum_declaration_legitimacy(forum, index), "by who acted",
                                  text_of("none: nobody ratifies an act alone"), arena);
    info->relies_on = arena_array(arena, is->relies_on_count, sizeof *info->relies_on);
    if (info->legitimacy == NULL || info->relies_on == NULL)
        return false;
    for (uint32_t i = 0; i < is->relies_on_count; i++) {
        char name[HASH_HEX_SIZE];
        const struct forum_proposal *proposal = forum_find_proposal(forum, &is->relies_on[i]);
        struct text text;
        text_init(&text, name, sizeof name);
        if (proposal != NULL && proposal->agreement != 0)
            text_format(&text, "A%u", (unsigned)proposal->agreement);
        else
            hash_to_hex(&is->relies_on[i], name);
        char *copy = arena_text(arena, bytes_of_text(name));
        if (copy == NULL)
            return false;
        info->relies_on[info->n_relies_on++] = copy;
    }
    return true;
}

bool view_proposal_shifts(const struct forum *forum, const struct forum_proposal *proposal,
                          Comity__V1__ProposalInfo *info, struct arena *arena)
{
    uint32_t count = forum_shifts_count(forum);
    info->shifted = arena_array(arena, count, sizeof *info->shifted);
    if (info->shifted == NULL)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        const struct forum_shift *shift = forum_shift(forum, i);
        if (shift->proposal != proposal->number)
            continue;
        Comity__V1__Shifted *shifted = arena_alloc(arena, sizeof *shifted);
        if (shifted == NULL)
            return false;
        comity__v1__shifted__init(shifted);
        shifted->seat = text_of(forum_charter(forum)->seats[shift->seat].name);
        shifted->forum = hash_data(&shift->forum);
        shifted->name = text_of(shift->name);
        shifted->forum_ms = shift->time_ms;
        info->shifted[info->n_shifted++] = shifted;
    }
    return true;
}
