/* SPDX-License-Identifier: Apache-2.0 */
#include "forum/amendment.h"

#include <assert.h>
#include <string.h>

#include "forum/clauses.h"
#include "forum/conduct.h"
#include "forum/index.h"
#include "forum/journal.h"
#include "forum/proposal.h"

static bool is_only_sponsor(const struct forum_proposal *draft, uint32_t seat)
{
    uint64_t only[SEAT_WORDS] = {0};
    mask_add(only, seat);
    return memcmp(only, draft->sponsors, sizeof only) == 0;
}

/* A part is put to the ballot whoever asks. */
static bool applies_at_once(const struct proposal *draft, const struct act *act)
{
    return act->as.amend.operation != AMEND_PART && is_only_sponsor(&draft->is, act->seat);
}

static struct clause_change change_of(const struct act *act)
{
    return (struct clause_change){
        .operation = act->as.amend.operation,
        .clause = act->as.amend.clause,
        .to = act->as.amend.to,
        .text = act->text,
    };
}

/* The draft's clauses as they would be. */
static enum comity_error change_clauses(const struct proposal *draft, const struct act *act,
                                        struct clauses *ret_clauses, struct fault *fault)
{
    struct clause_change change = change_of(act);
    enum comity_error error = clauses_parse(draft->is.text.bytes, ret_clauses, fault);
    if (error == COMITY_OK)
        error = clauses_change(ret_clauses, &change, fault);
    if (error == COMITY_OK && clauses_size(ret_clauses) > FORUM_TEXT_MAX)
        error = fault_set(fault, COMITY_LIMIT, "the text would be longer than %d bytes",
                          (int)FORUM_TEXT_MAX);
    return error;
}

static uint32_t amendments_count(const struct forum *self, const struct proposal *draft)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < self->open_count; i++) {
        if (forum_get_proposal(self, self->open[i])->is.amends == draft->is.number)
            count++;
    }
    return count;
}

enum comity_error amend_check(const struct forum *self, struct step *step)
{
    const struct act *act = step->act;
    struct proposal *draft = index_find_proposal(self, &act->as.amend.proposal);
    if (draft == NULL)
        return fault_set(step->fault, COMITY_NOT_FOUND, "there is no such proposal");
    unsigned number = draft->is.number;
    if (draft->is.amends != 0)
        return fault_set(step->fault, COMITY_REFUSED, "P%u is an amendment itself", number);
    if (draft->is.status != PROPOSAL_OPEN)
        return fault_set(step->fault, COMITY_CLOSED, "P%u is closed", number);
    if (!hash_equal(&act->as.amend.base_text, &draft->is.text.hash))
        return fault_set(step->fault, COMITY_CONFLICT,
                         "it was written against another text than P%u has now", number);
    struct clauses clauses;
    enum comity_error error = change_clauses(draft, act, &clauses, step->fault);
    if (error != COMITY_OK)
        return error;
    step->proposal = draft;
    if (applies_at_once(draft, act))
        return COMITY_OK;
    if (amendments_count(self, draft) >= AMENDMENTS_PER_DRAFT_MAX)
        return fault_set(step->fault, COMITY_LIMIT, "P%u has %d open amendments already", number,
                         (int)AMENDMENTS_PER_DRAFT_MAX);
    error = proposal_may_open(self, act->seat, &self->rules[draft->rule_index], step->fault);
    if (error != COMITY_OK)
        return error;
    int64_t closes_ms;
    return proposal_closes(self, draft->is.rule, 0, step->fault, &closes_ms);
}

/* The one hash this room computes: nobody outside has seen the text an amendment makes, and
 * ballots and signatures name it. */
static struct forum_text write_text(struct forum *self, const struct proposal *draft,
                                    const struct act *act)
{
    struct clauses clauses;
    enum comity_error error = change_clauses(draft, act, &clauses, NULL);
    assert(error == COMITY_OK); /* amend_check saw this draft and this act. */
    size_t size = clauses_size(&clauses);
    uint8_t *data = pool_keep(&self->pool, size);
    if (data == NULL)
        return draft->is.text;
    struct writer writer;
    writer_init(&writer, data, size);
    clauses_write(&clauses, &writer);
    assert(!writer.failed && writer.size == size);
    struct bytes bytes = bytes_of(data, size);
    return (struct forum_text){
        .bytes = bytes,
        .hash = hash_of("comity/text/v1", bytes),
        .version = draft->is.text.version + 1,
    };
}

static void add_alias(struct forum *self, const struct hash *id, const struct proposal *draft)
{
    if (!pool_vector(&self->pool, (void **)&self->aliases, self->aliases_count,
                     &self->aliases_capacity, sizeof *self->aliases))
        return;
    self->aliases[self->aliases_count] = (struct alias){.id = *id, .proposal = draft->is.number};
    index_add(self, INDEX_ALIAS, self->aliases_count++);
}

static const char *write_title(struct forum *self, const struct proposal *draft,
                               const struct act *act)
{
    static const char *const verbs[] = {[AMEND_ADD] = "add",
                                        [AMEND_STRIKE] = "strike",
                                        [AMEND_REPLACE] = "replace",
                                        [AMEND_MOVE] = "move",
                                        [AMEND_PART] = "keep"};
    char buffer[64];
    struct text title;
    text_init(&title, buffer, sizeof buffer);
    text_add(&title, verbs[act->as.amend.operation]);
    text_add(&title, " clause ");
    text_add_u64(&title, act->as.amend.clause);
    if (act->as.amend.operation == AMEND_MOVE) {
        text_add(&title, " to ");
        text_add_u64(&title, act->as.amend.to);
    }
    text_add(&title, act->as.amend.operation == AMEND_ADD ? " to P" : " of P");
    text_add_u64(&title, draft->is.number);
    return pool_text(&self->pool, buffer);
}

void amend_apply(struct forum *self, struct step *step)
{
    const struct act *act = step->act;
    struct proposal *draft = step->proposal;
    struct forum_text text = write_text(self, draft, act);
    forum_note_act(self, draft, &act->id);
    conduct_count(self, act->seat, draft->is.topic, CONDUCT_AMENDED, 1);
    if (applies_at_once(draft, act)) {
        add_alias(self, &act->id, draft);
        proposal_set_text(self, draft, text);
        return;
    }
    int64_t closes_ms = FORUM_NEVER;
    enum comity_error error = proposal_closes(self, draft->is.rule, 0, NULL, &closes_ms);
    (void)error; /* Checked. */
    struct proposal *amendment = proposal_open(self, act, draft->rule_index, closes_ms);
    if (amendment == NULL)
        return;
    amendment->base_text = draft->is.text.hash;
    amendment->is.amends = draft->is.number;
    amendment->is.by_part = act->as.amend.operation == AMEND_PART;
    amendment->is.title = write_title(self, draft, act);
    amendment->is.topic = draft->is.topic;
    amendment->is.text = text;
    forum_tell(self, OUTCOME_PROPOSED, act->seat, amendment, NULL)->line = amendment->is.title;
    amendment_try_friendly(self, amendment);
}

void amendment_decided(struct forum *self, struct proposal *amendment)
{
    bool by_part = amendment->is.by_part;
    if (amendment->is.verdict != (by_part ? VERDICT_REJECTED : VERDICT_ADOPTED))
        return;
    struct proposal *draft = forum_get_proposal(self, amendment->is.amends);
    if (draft->is.status != PROPOSAL_OPEN ||
        !hash_equal(&draft->is.text.hash, &amendment->base_text))
        return; /* In its grace no text changes any more. */
    for (uint32_t i = 0; i < SEAT_WORDS; i++)
        draft->is.sponsors[i] &= amendment->is.sponsors[i];
    proposal_set_text(self, draft, amendment->is.text);
}

void amendment_try_friendly(struct forum *self, struct proposal *amendment)
{
    const struct proposal *draft = forum_get_proposal(self, amendment->is.amends);
    uint64_t any = 0;
    uint64_t missing = 0;
    for (uint32_t i = 0; i < SEAT_WORDS; i++) {
        any |= draft->is.sponsors[i];
        missing |= draft->is.sponsors[i] & ~amendment->is.sponsors[i];
    }
    if (!amendment->is.by_part && any != 0 && missing == 0 && draft->is.status == PROPOSAL_OPEN)
        proposal_decide(self, amendment, VERDICT_ADOPTED,
                        "adopted: every sponsor of the draft signed it");
}

void amendments_try_friendly(struct forum *self, struct proposal *draft)
{
    for (uint32_t i = 0; i < self->open_count; i++) {
        struct proposal *amendment = forum_get_proposal(self, self->open[i]);
        if (amendment->is.amends != draft->is.number)
            continue;
        amendment_try_friendly(self, amendment);
        if (amendment->question == NULL)
            return; /* Adopted; the others are moot. */
    }
}

void amendments_moot(struct forum *self, struct proposal *draft, const char *line)
{
    uint32_t i = 0;
    while (i < self->open_count) {
        struct proposal *amendment = forum_get_proposal(self, self->open[i]);
        if (amendment->is.amends == draft->is.number)
            proposal_decide(self, amendment, VERDICT_LAPSED, line); /* Leaves `open`. */
        else
            i++;
    }
}
