/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever seats say, a forum keeps what is always true of it (forum_check), the same acts give the
 * same state twice, and a state that was saved and loaded goes on as the one that was not. Each
 * step of an input is three bytes: what, who, which. */
#include <string.h>

#include "charter/charter.h"
#include "forum/state.h"
#include "fuzz/fuzz.h"

enum { ACTS_MAX = 16, STEPS_MAX = 400, IDS_MAX = 64 };
#define HOUR_MS ((int64_t)3600000)

struct play {
    const struct charter *charter;
    struct forum *forums[2]; /* The second is loaded from the first now and then. */
    struct arena arenas[2];
    struct act acts[ACTS_MAX];
    uint32_t acts_count;
    uint64_t seqs[SEATS_MAX];
    uint64_t ids, height;
    int64_t now_ms;
    struct hash said[IDS_MAX]; /* Acts that may be spoken of. */
    uint32_t said_count;
};

static const char text[] = "Whereas.\n1. One.\n2. Two.\n3. Three.\n";
static const char *const names[] = {"floor", "treaty", "", "none"};
static const char *const topics[] = {"fish", "cables", "", "none"};

static const struct charter *read_charter(void)
{
    static const struct charter *charter;
    static struct arena arena;
    static const uint8_t nonce[16];
    const struct charter_options options = {.key_source = fuzz_key, .nonce = nonce};
    struct yaml_node *root;
    struct buffer bytes = {0};
    struct fault fault = {{0}};
    if (charter != NULL)
        return charter;
    arena_init(&arena, 0);
    claim(yaml_read(COMITY_SOURCE_DIR "/tests/fuzz/forum.yaml", &arena, &root, &fault) ==
          COMITY_OK);
    if (charter_compile(root, &options, NULL, NULL, &bytes, &fault) != COMITY_OK)
        fprintf(stderr, "%s\n", fault.text);
    claim(charter_decode(buffer_bytes(&bytes), &arena, &charter, &fault) == COMITY_OK);
    buffer_free(&bytes);
    return charter;
}

static const struct forum_proposal *pick(const struct play *self, uint8_t which)
{
    uint32_t count = forum_proposals_count(self->forums[0]);
    return count == 0 ? NULL : forum_proposal(self->forums[0], which % count + 1);
}

static struct hash pick_said(const struct play *self, uint8_t which)
{
    struct hash none = {{which}};
    return self->said_count == 0 ? none : self->said[which % self->said_count];
}

static void fill_draft(struct act *act, uint8_t which)
{
    static const struct term terms[] = {{"tariff", TERM_INTEGER, 5, 0, "USD", ""}};
    static const struct pledge pledges[] = {{1, "fish", -40, "t", 0}};
    act->as.propose.title = "a draft";
    act->as.propose.rule = names[which % 4];
    act->as.propose.topic = topics[which / 4 % 4];
    act->as.propose.binding = (which & 16) != 0;
    act->as.propose.terms = terms;
    act->as.propose.terms_count = which >> 5 & 1;
    act->as.propose.pledges = pledges;
    act->as.propose.pledges_count = which >> 6 & 1;
    act->as.propose.closes_ms = (which & 128) != 0 ? act->signed_ms + 9 * HOUR_MS : 0;
    act->has_text = true;
    act->text = bytes_of_text(text);
    act->text_hash = hash_of("comity/text/v1", act->text);
}

/* About a proposal: hashes that fit most of the time. */
static void fill_about(const struct play *self, struct act *act, uint8_t which)
{
    const struct forum_proposal *is = pick(self, which);
    struct hash none = {{which}};
    struct hash id = is == NULL ? none : is->id;
    struct hash now = is == NULL || which > 250 ? none : is->text.hash;
    switch (act->kind) {
    case ACT_AMEND:
        act->as.amend.proposal = id;
        act->as.amend.base_text = now;
        act->as.amend.operation = (enum amend_operation)(AMEND_ADD + which % 4);
        act->as.amend.clause = which / 4 % 5;
        act->as.amend.to = which / 16 % 5;
        act->has_text = which % 4 == 0 || which % 4 == 2;
        act->text = bytes_of_text(act->has_text ? "Another." : "");
        act->text_hash = hash_of("comity/text/v1", act->text);
        break;
    case ACT_BALLOT:
        act->as.ballot.proposal = id;
        act->as.ballot.text_hash = now;
        act->as.ballot.rule_hash = is == NULL ? none : is->rule->hash;
        act->as.ballot.answer = (enum answer)(ANSWER_YES + (which / 8 + act->seat) % 4);
        break;
    case ACT_COSPONSOR:
    case ACT_RECEIPT:
        act->as.cosponsor.proposal = id;
        act->as.cosponsor.text_hash = now;
        break;
    case ACT_RATIFY:
    case ACT_ACCEDE:
        act->as.consent.proposal = id;
        act->as.consent.text_hash = now;
        act->as.consent.home = (enum home_verdict)(which / 32 % 3);
        break;
    case ACT_WITHDRAW:
        act->as.withdraw.proposal = id;
        act->as.withdraw.taken_back = (which & 64) != 0;
        break;
    default:
        act->as.retract.proposal = id;
        break;
    }
}

static void fill_ruling(const struct play *self, struct act *act, uint8_t which)
{
    const struct forum_proposal *is = pick(self, which / 8);
    act->as.procedure.ruling = (enum ruling)(RULING_CLOSE + which % 6);
    if (is != NULL)
        act->as.procedure.proposal = is->id;
    act->as.procedure.time_ms = forum_now(self->forums[0]) + (int64_t)which * HOUR_MS;
    act->as.procedure.present[0] = which;
    act->as.procedure.answer = which % 2 == 0 ? ANSWER_YES : ANSWER_NO;
}

static void say(struct play *self, enum act_kind kind, uint8_t who, uint8_t which)
{
    struct act *act = &self->acts[self->acts_count++];
    uint32_t seat = who % self->charter->seats_count;
    *act = (struct act){.forum = self->charter->id,
                        .seat = seat,
                        .seq = ++self->seqs[seat],
                        .signed_ms = self->now_ms - (who >> 6) * HOUR_MS / 60,
                        .kind = kind};
    self->ids++;
    memcpy(act->id.bytes, &self->ids, sizeof self->ids);
    act->id.bytes[31] = 1;
    if (kind == ACT_CONVENE || kind == ACT_JOIN)
        act->as.join.charter_hash = self->charter->id;
    else if (kind == ACT_PROPOSE)
        fill_draft(act, which);
    else if (kind == ACT_ALONE) {
        act->as.alone.title = "alone";
        act->as.alone.topic = topics[which % 4];
    } else if (kind == ACT_NOTE) {
        act->as.note.has_about = which % 2 == 1;
        act->as.note.about = pick_said(self, which / 2);
    } else if (kind == ACT_ENDORSE || kind == ACT_CONDEMN)
        act->as.opinion.target = pick_said(self, which);
    else if (kind == ACT_PROCEDURE)
        fill_ruling(self, act, which);
    else if (kind == ACT_EVIDENCE) {
        act->as.evidence.seat = which % self->charter->seats_count;
        act->as.evidence.seq = 1 + which / 16;
        act->as.evidence.first = pick_said(self, which);
        act->as.evidence.second = pick_said(self, which / 2);
    } else
        fill_about(self, act, which);
    if (kind == ACT_PROPOSE || kind == ACT_AMEND || kind == ACT_ALONE || kind == ACT_BALLOT)
        self->said[self->said_count++ % IDS_MAX] = act->id;
    if (self->said_count > IDS_MAX)
        self->said_count = IDS_MAX;
}

static struct buffer saved(const struct forum *forum)
{
    struct buffer bytes = {0};
    struct writer writer;
    size_t size = forum_save_size(forum);
    claim(buffer_reserve(&bytes, size + 1) == COMITY_OK);
    writer_init(&writer, bytes.data, size);
    forum_save(forum, &writer);
    claim(!writer.failed && writer.size == size);
    bytes.size = size;
    return bytes;
}

static struct bytes encoded(const struct outcomes *outcomes)
{
    struct writer writer;
    size_t size = outcomes_size(outcomes);
    uint8_t *data = malloc(size + 1);
    claim(data != NULL);
    writer_init(&writer, data, size);
    outcomes_encode(outcomes, &writer);
    claim(!writer.failed && writer.size == size);
    return bytes_of(data, size);
}

static void end_block(struct play *self, int64_t time_ms)
{
    struct outcomes first, second;
    struct forum_block block = {.height = ++self->height,
                                .time_ms = time_ms,
                                .acts = self->acts,
                                .acts_count = self->acts_count};
    self->now_ms = time_ms;
    claim(forum_apply(self->forums[0], &block, &first) == COMITY_OK);
    claim(forum_apply(self->forums[1], &block, &second) == COMITY_OK);
    forum_check(self->forums[0]);
    claim(forum_due(self->forums[0]) > self->now_ms);
    struct bytes left = encoded(&first);
    struct bytes right = encoded(&second);
    claim(bytes_equal(left, right));
    fuzz_drop(&left);
    fuzz_drop(&right);
    for (uint32_t i = 0; i < self->acts_count; i++)
        claim(forum_seat_seq(self->forums[0], self->acts[i].seat) >= self->acts[i].seq);
    self->acts_count = 0;
}

static void load_second(struct play *self)
{
    struct buffer bytes = saved(self->forums[0]);
    struct fault fault;
    arena_free(&self->arenas[1]);
    claim(forum_load(&self->arenas[1], self->charter, buffer_bytes(&bytes), &self->forums[1],
                     &fault) == COMITY_OK);
    buffer_free(&bytes);
}

static void step(struct play *self, const uint8_t bytes[3])
{
    int64_t due = forum_due(self->forums[0]);
    uint8_t what = bytes[0] % 32;
    if (what >= 30 || self->acts_count == ACTS_MAX) {
        bool hurries = what == 31 && due != INT64_MAX && due > self->now_ms;
        end_block(self, hurries ? due : self->now_ms + bytes[1] * HOUR_MS / 8);
    } else if (what == 29) {
        end_block(self, self->now_ms);
        load_second(self);
    } else {
        say(self, (enum act_kind)(ACT_CONVENE + what % 17), bytes[1], bytes[2]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct play play;
    play = (struct play){.charter = read_charter(), .now_ms = 1500000000000};
    for (int i = 0; i < 2; i++) {
        arena_init(&play.arenas[i], 0);
        claim(forum_create(&play.arenas[i], play.charter, &play.forums[i], NULL) == COMITY_OK);
    }
    for (uint8_t seat = 0; seat + 1u < play.charter->seats_count; seat++)
        say(&play, ACT_JOIN, seat, 0);
    end_block(&play, play.now_ms);
    for (size_t at = 0; at + 3 <= size && at < 3 * STEPS_MAX; at += 3)
        step(&play, data + at);
    end_block(&play, play.now_ms + 1);
    struct buffer first = saved(play.forums[0]);
    struct buffer second = saved(play.forums[1]);
    claim(bytes_equal(buffer_bytes(&first), buffer_bytes(&second)));
    buffer_free(&first);
    buffer_free(&second);
    arena_free(&play.arenas[0]);
    arena_free(&play.arenas[1]);
    return 0;
}
