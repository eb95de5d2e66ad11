/* SPDX-License-Identifier: Apache-2.0 */
/* An instrument that was handed out once must verify for ever: the files in tests/golden/instrument
 * are never made again. Verdict lines are worked out anew, so their words belong to the semantics
 * as much as their numbers do. For a new file make it below and set COMITY_GOLDEN_WRITE, once. */
#include <stdio.h>

#include "council.h"

#define GOLDEN COMITY_SOURCE_DIR "/tests/golden/instrument/"

static void make_adopted(struct world *self)
{
    adopt(self);
}

static void make_rejected(struct world *self)
{
    world_propose(self, 2, "substantive", false, draft);
    world_block(self, 10);
    for (uint32_t seat = 0; seat < 4; seat++)
        world_vote(self, seat, 1, seat == 1 ? ANSWER_NO : ANSWER_YES);
    world_block(self, 10);
}

static void make_treaty(struct world *self)
{
    world_propose(self, 0, "treaty", true, draft);
    world_block(self, 10);
    for (uint32_t seat = 0; seat < 4; seat++)
        world_vote(self, seat, 1, seat == 3 ? ANSWER_NO : ANSWER_YES);
    world_block(self, DAY);
    const struct forum_proposal *proposal = forum_proposal(self->forum, 1);
    struct act act = {.kind = ACT_RATIFY,
                      .as.consent = {.proposal = proposal->id,
                                     .text_hash = proposal->text.hash,
                                     .home = HOME_YES}};
    world_say(self, 1, act);
    world_block(self, 3 * DAY);
    world_say(self, 2, act);
    world_block(self, DAY);
    act.kind = ACT_ACCEDE;
    world_say(self, 3, act);
    world_block(self, 40 * DAY);
    world_say(self, 2, (struct act){.kind = ACT_WITHDRAW, .as.withdraw.proposal = proposal->id});
    world_block(self, 20 * DAY);
}

static void make_binding_all(struct world *self)
{
    world_propose(self, 0, "binding-all", true, draft);
    world_block(self, 10);
    for (uint32_t seat = 0; seat < 4; seat++)
        world_vote(self, seat, 1, seat == 3 ? ANSWER_NO : ANSWER_YES);
    world_block(self, 10);
}

/* A pledge that is lowered, a report, who vouches for it and who does not. */
static void make_pledged(struct world *self)
{
    adopt(self);
    struct act act = {.kind = ACT_PLEDGE,
                      .as.pledge = {.proposal = forum_proposal(self->forum, 1)->id,
                                    .issue = "CO2",
                                    .unit = "Mt",
                                    .quantity = 40,
                                    .due_ms = self->now_ms + 100 * DAY}};
    world_say(self, 0, act);
    act.as.pledge.quantity = 35;
    world_say(self, 0, act);
    world_block(self, DAY);
    act.kind = ACT_REPORT;
    struct act word = {.kind = ACT_ATTEST, .as.attest.report = world_say(self, 0, act)};
    world_say(self, 1, word);
    word.as.attest.disputes = true;
    world_say(self, 3, word);
    world_block(self, DAY);
}

static const struct {
    const char *name;
    void (*make)(struct world *self);
    enum verdict verdict;
    uint32_t parties_count;
} files[] = {
    {"adopted", make_adopted, VERDICT_ADOPTED, 3},
    {"rejected", make_rejected, VERDICT_REJECTED, 0},
    {"treaty", make_treaty, VERDICT_ADOPTED, 3},
    {"binding-all", make_binding_all, VERDICT_ADOPTED, 4},
    {"pledged", make_pledged, VERDICT_ADOPTED, 3},
};

static void write_golden(struct world *self, const char *path)
{
    struct instrument instrument = world_export(self, 1);
    struct buffer bytes = {0};
    assert_int_equal(instrument_write(&instrument, &bytes), COMITY_OK);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.data, 1, bytes.size, file), bytes.size);
    assert_int_equal(fclose(file), 0);
    buffer_free(&bytes);
}

static void what_verified_once_verifies_for_ever(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        static uint8_t bytes[65536];
        char path[512];
        struct arena arena;
        struct instrument *instrument;
        struct instrument_report report;
        struct fault fault = {""};
        (void)snprintf(path, sizeof path, GOLDEN "%s.comity", files[i].name);
        if (getenv("COMITY_GOLDEN_WRITE") != NULL) {
            void *world = NULL;
            assert_int_equal(setup(&world), 0);
            files[i].make(world);
            write_golden(world, path);
            assert_int_equal(teardown(&world), 0);
        }
        FILE *file = fopen(path, "rb");
        assert_non_null(file);
        size_t size = fread(bytes, 1, sizeof bytes, file);
        assert_int_equal(fclose(file), 0);
        arena_init(&arena, 0);
        enum comity_error error =
            instrument_read(bytes_of(bytes, size), &arena, &instrument, &fault);
        if (error == COMITY_OK)
            error = instrument_verify(instrument, NULL, &arena, &report, &fault);
        if (error != COMITY_OK)
            fail_msg("%s: %s", files[i].name, fault.text);
        assert_int_equal(report.proposal->verdict, files[i].verdict);
        assert_int_equal(report.agreement == NULL ? 0 : report.agreement->parties_count,
                         files[i].parties_count);
        arena_free(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_verified_once_verifies_for_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
