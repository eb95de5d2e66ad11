/* SPDX-License-Identifier: Apache-2.0 */
/* inspect.c - what the daemons show: proposals, agreements, conduct, and whether their records are
 * one. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "scenario/link.h"
#include "scenario/view.h"

static enum comity_error ask_docket(struct cluster *self, uint32_t seat,
                                    struct comity_reply *ret_reply, struct fault *fault)
{
    Comity__V1__Request request = COMITY__V1__REQUEST__INIT;
    Comity__V1__GetDocket body = COMITY__V1__GET_DOCKET__INIT;
    request.request_case = COMITY__V1__REQUEST__REQUEST_GET_DOCKET;
    request.get_docket = &body;
    return link_ask(self, seat, &request, COMITY__V1__RESPONSE__RESPONSE_DOCKET, ret_reply, fault);
}

enum comity_error inspect_count(struct cluster *self, uint32_t *ret_proposals,
                                uint32_t *ret_agreements, bool *ret_closing, struct fault *fault)
{
    struct comity_reply reply;
    enum comity_error error = ask_docket(self, link_reader(self), &reply, fault);
    if (error)
        return error;
    const Comity__V1__Docket *docket = reply.response->docket;
    *ret_closing = false;
    for (size_t i = 0; i < docket->n_proposals; i++)
        if (strcmp(docket->proposals[i]->status, "closed") == 0)
            *ret_closing = true;
    *ret_proposals = (uint32_t)docket->n_proposals;
    *ret_agreements = (uint32_t)docket->n_agreements;
    comity_reply_free(&reply);
    return COMITY_OK;
}

enum comity_error inspect_declaration(struct cluster *self, uint32_t seat, const struct hash *id,
                                      uint32_t *ret_number, struct fault *fault)
{
    struct comity_reply reply;
    enum comity_error error = ask_docket(self, seat, &reply, fault);
    if (error)
        return error;
    const Comity__V1__Docket *docket = reply.response->docket;
    uint32_t number = 0;
    for (size_t i = 0; i < docket->n_declarations; i++) {
        const Comity__V1__DeclarationInfo *info = docket->declarations[i];
        if (info->id.len == HASH_SIZE && memcmp(info->id.data, id->bytes, HASH_SIZE) == 0)
            number = info->number;
    }
    comity_reply_free(&reply);
    if (!number)
        return fault_set(fault, COMITY_NOT_FOUND, "a daemon does not show an act alone");
    *ret_number = number;
    return COMITY_OK;
}

static void add_names(const struct cluster *self, char **names, size_t count, struct seat_set *set)
{
    for (size_t i = 0; i < count; i++) {
        int32_t seat = charter_find_seat(self->scenario->charter, names[i]);
        if (seat >= 0)
            seat_set_add(set, (uint32_t)seat);
    }
}

enum comity_error inspect_proposal(struct cluster *self, uint32_t number,
                                   struct stage_proposal *ret_view, struct fault *fault)
{
    char name[16];
    struct comity_reply reply;
    Comity__V1__Request request = COMITY__V1__REQUEST__INIT;
    Comity__V1__GetProposal body = COMITY__V1__GET_PROPOSAL__INIT;
    (void)snprintf(name, sizeof name, "P%u", number);
    body.proposal = name;
    request.request_case = COMITY__V1__REQUEST__REQUEST_GET_PROPOSAL;
    request.get_proposal = &body;
    enum comity_error error = link_ask(self, link_reader(self), &request,
                                       COMITY__V1__RESPONSE__RESPONSE_PROPOSAL, &reply, fault);
    if (error)
        return error;
    const Comity__V1__ProposalInfo *info = reply.response->proposal;
    memset(ret_view, 0, sizeof *ret_view);
    ret_view->number = info->number;
    view_copy(ret_view->title, sizeof ret_view->title, info->title);
    view_copy(ret_view->rule, sizeof ret_view->rule, info->rule);
    view_copy(ret_view->status, sizeof ret_view->status, info->status);
    view_copy(ret_view->verdict, sizeof ret_view->verdict, info->verdict);
    view_copy(ret_view->line, sizeof ret_view->line, info->line);
    ret_view->opened_ms = info->opened_ms;
    ret_view->decided_ms = info->decided_ms;
    ret_view->agreement = info->agreement;
    if (info->first) {
        view_copy(ret_view->first_rule, sizeof ret_view->first_rule, info->first->by);
        view_copy(ret_view->first_verdict, sizeof ret_view->first_verdict, info->first->verdict);
        view_copy(ret_view->first_line, sizeof ret_view->first_line, info->first->line);
    }
    if (strcmp(info->status, "decided") == 0) {
        add_names(self, info->formed_by, info->n_formed_by, &ret_view->formed);
        add_names(self, info->stayed_out, info->n_stayed_out, &ret_view->stayed_out);
        for (size_t i = 0; i < info->n_defected; i++)
            add_names(self, &info->defected[i]->seat, 1, &ret_view->defected);
    }
    comity_reply_free(&reply);
    return COMITY_OK;
}

/* The caller frees the reply. */
static enum comity_error ask_agreement(struct cluster *self, uint32_t number,
                                       struct comity_reply *ret_reply, struct fault *fault)
{
    char name[16];
    Comity__V1__Request request = COMITY__V1__REQUEST__INIT;
    Comity__V1__GetAgreement body = COMITY__V1__GET_AGREEMENT__INIT;
    (void)snprintf(name, sizeof name, "A%u", number);
    body.agreement = name;
    request.request_case = COMITY__V1__REQUEST__REQUEST_GET_AGREEMENT;
    request.get_agreement = &body;
    return link_ask(self, link_reader(self), &request, COMITY__V1__RESPONSE__RESPONSE_AGREEMENT,
                    ret_reply, fault);
}

enum comity_error inspect_figures(struct cluster *self, uint32_t number,
                                  const struct figure_query *query, struct figures *ret_figures,
                                  struct fault *fault)
{
    struct comity_reply reply;
    enum comity_error error = ask_agreement(self, number, &reply, fault);
    if (error)
        return error;
    figures_of_message(reply.response->agreement->compliance, query,
                       scenario_seat_name(self->scenario, query->seat), ret_figures);
    comity_reply_free(&reply);
    return COMITY_OK;
}

/* The client API says 0 where a day is not known. */
static int64_t day_or_never(int64_t ms)
{
    return ms == 0 ? INT64_MAX : ms;
}

static void copy_party(const struct cluster *self, const Comity__V1__PartyInfo *info,
                       struct stage_agreement *view)
{
    int32_t seat = charter_find_seat(self->scenario->charter, info->seat);
    if (seat < 0)
        return;
    struct stage_party *party = &view->parties[seat];
    view_copy(party->status, sizeof party->status, info->status);
    view_copy(party->defection, sizeof party->defection,
              info->defection[0] ? info->defection : "none");
    party->since_ms = day_or_never(info->since_ms);
    party->until_ms = day_or_never(info->until_ms);
}

enum comity_error inspect_agreement(struct cluster *self, uint32_t number,
                                    struct stage_agreement *ret_view, struct fault *fault)
{
    struct comity_reply reply;
    enum comity_error error = ask_agreement(self, number, &reply, fault);
    if (error)
        return error;
    const Comity__V1__AgreementInfo *info = reply.response->agreement;
    memset(ret_view, 0, sizeof *ret_view);
    ret_view->number = info->number;
    ret_view->proposal = info->proposal;
    view_copy(ret_view->status, sizeof ret_view->status, info->status);
    view_copy(ret_view->line, sizeof ret_view->line, info->line);
    ret_view->threshold_ms = day_or_never(info->threshold_ms);
    ret_view->in_force_ms = day_or_never(info->in_force_ms);
    ret_view->parties_count = info->parties_count;
    for (uint32_t i = 0; i < self->scenario->charter->seats_count; i++) {
        view_copy(ret_view->parties[i].status, sizeof ret_view->parties[i].status, "none");
        view_copy(ret_view->parties[i].defection, sizeof ret_view->parties[i].defection, "none");
        ret_view->parties[i].since_ms = ret_view->parties[i].until_ms = INT64_MAX;
    }
    for (size_t i = 0; i < info->n_parties; i++)
        copy_party(self, info->parties[i], ret_view);
    comity_reply_free(&reply);
    return COMITY_OK;
}

enum comity_error inspect_conduct(struct cluster *self, uint32_t seat,
                                  struct stage_conduct *ret_view, struct fault *fault)
{
    struct comity_reply reply;
    Comity__V1__Request request = COMITY__V1__REQUEST__INIT;
    Comity__V1__GetConduct body = COMITY__V1__GET_CONDUCT__INIT;
    request.request_case = COMITY__V1__REQUEST__REQUEST_GET_CONDUCT;
    request.get_conduct = &body;
    enum comity_error error = link_ask(self, link_reader(self), &request,
                                       COMITY__V1__RESPONSE__RESPONSE_CONDUCT, &reply, fault);
    if (error)
        return error;
    const Comity__V1__Conduct *conduct = reply.response->conduct;
    *ret_view = (struct stage_conduct){{0}, {0}};
    for (size_t i = 0; seat < conduct->n_seats && i < conduct->seats[seat]->n_counts; i++) {
        enum conduct_kind kind = conduct_from_word(conduct->seats[seat]->counts[i]->kind);
        if (kind == CONDUCT_KINDS_COUNT)
            continue;
        ret_view->kinds[kind] = conduct->seats[seat]->counts[i]->count;
        ret_view->classes[conduct_class_of(kind)] += ret_view->kinds[kind];
    }
    comity_reply_free(&reply);
    return COMITY_OK;
}

/* Where one daemon's record ends. */
struct record_end {
    uint64_t height;
    uint8_t block[HASH_SIZE], state[HASH_SIZE], outcomes[HASH_SIZE];
};

static bool copy_hash(uint8_t to[HASH_SIZE], ProtobufCBinaryData from)
{
    if (from.len != HASH_SIZE)
        return false;
    memcpy(to, from.data, HASH_SIZE);
    return true;
}

static enum comity_error read_end(struct cluster *self, uint32_t seat, struct record_end *ret_end,
                                  struct fault *fault)
{
    struct comity_reply reply;
    enum comity_error error = link_status(self, seat, &reply, fault);
    if (error)
        return error;
    const Comity__V1__ForumStatus *forum = link_forum(self, &reply);
    const char *name = scenario_seat_name(self->scenario, seat);
    if (!forum)
        error = fault_set(fault, COMITY_NOT_FOUND, "the daemon of %s has no forum", name);
    else if (forum->alarm[0])
        error = fault_set(fault, COMITY_DIVERGED, "the daemon of %s: %s", name, forum->alarm);
    else if (!copy_hash(ret_end->block, forum->block_hash) ||
             !copy_hash(ret_end->state, forum->state_hash) ||
             !copy_hash(ret_end->outcomes, forum->outcomes_root))
        error = fault_set(fault, COMITY_INVALID, "the daemon of %s tells no hashes", name);
    else
        ret_end->height = forum->height;
    comity_reply_free(&reply);
    return error;
}

/* The record of every daemon ends with the same block; COMITY_BUSY: one is behind. */
static enum comity_error compare_ends(struct cluster *self, struct record_end *ret_end,
                                      uint32_t *ret_count, struct fault *fault)
{
    struct record_end first = {0};
    uint32_t count = 0, first_seat = 0;
    for (uint32_t i = 0; i < self->machine->daemons_count; i++) {
        struct record_end end;
        if (!self->links[i] || !self->seated[i])
            continue;
        enum comity_error error = read_end(self, i, &end, fault);
        if (error)
            return error;
        if (count++ == 0) {
            first = end;
            first_seat = i;
            continue;
        }
        if (end.height != first.height) {
            *ret_end = end.height > first.height ? end : first;
            return COMITY_BUSY;
        }
        const char *what = memcmp(end.block, first.block, HASH_SIZE)         ? "block"
                           : memcmp(end.state, first.state, HASH_SIZE)       ? "state"
                           : memcmp(end.outcomes, first.outcomes, HASH_SIZE) ? "outcomes"
                                                                             : NULL;
        if (what)
            return fault_set(fault, COMITY_DIVERGED,
                             "the records differ: at height %llu %s and %s have another %s",
                             (unsigned long long)end.height,
                             scenario_seat_name(self->scenario, first_seat),
                             scenario_seat_name(self->scenario, i), what);
    }
    *ret_end = first;
    *ret_count = count;
    return COMITY_OK;
}

enum comity_error inspect_compare(struct cluster *self, char ret_line[STAGE_LINE_MAX],
                                  struct fault *fault)
{
    int64_t end_ms = clock_steady_ms() + LINK_PATIENCE_MS;
    for (;;) {
        struct record_end end;
        uint32_t count = 0;
        enum comity_error error = compare_ends(self, &end, &count, fault);
        if (error == COMITY_BUSY && clock_steady_ms() < end_ms) {
            error = link_reach(self, end.height, fault);
            if (error)
                return error;
            continue;
        }
        if (error)
            return error == COMITY_BUSY
                       ? fault_set(fault, COMITY_PENDING, "the records do not come to one height")
                       : error;
        char block[HASH_HEX_SIZE];
        hex_from_bytes(end.block, HASH_SIZE, block);
        (void)snprintf(ret_line, STAGE_LINE_MAX,
                       "%u daemons hold one record: %llu blocks, the last is %.16s", count,
                       (unsigned long long)end.height, block);
        return COMITY_OK;
    }
}
