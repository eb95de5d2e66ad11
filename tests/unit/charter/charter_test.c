/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "made.h"

#define GOLDEN COMITY_SOURCE_DIR "/tests/golden/charter/"
#define NONCE "nonce: 000102030405060708090a0b0c0d0e0f\n"

static const struct charter *compiled(const char *text)
{
    static struct buffer bytes;
    const struct charter *charter = NULL;
    buffer_free(&bytes);
    if (compile(text, &bytes) != COMITY_OK ||
        charter_decode(buffer_bytes(&bytes), &arena, &charter, &fault) != COMITY_OK)
        fail_msg("%s", fault.text);
    return charter;
}

#define HEAD "name: f\n" NONCE
#define SEATS HEAD "seats: [A, B]\n"
#define GROUP SEATS "groups: {G: [A]}\n"
#define RULES "rules: {r: yes >= 1}\n"
#define GOOD SEATS RULES
#define RULE SEATS "rules:\n  r:\n    sentence: yes >= 1\n"
#define KEY "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct {
    const char *yaml;
    const char *fault;
} wrong[] = {
    {"[1]", "c:1:1: expected a charter, a map, found a list"},
    {NONCE "seats: [A]\n" RULES, "c:1:1: expected `name`, one word for the forum"},
    {"name: two words\n" NONCE,
     "c:1:7: a forum's name has 1 to 31 letters, digits, `-` or `_`; this is not one: \"two "
     "words\""},
    {"name: f\ntitle: \"a\\tb\"\n",
     "c:2:8: a title is one line of at most 255 bytes without control characters"},
    {"name: f\n", "c:1:1: expected `nonce`: 32 hexadecimal digits that tell this forum from "
                  "another with equal terms"},
    {"name: f\nnonce: 12\n", "c:2:8: nonce: expected 32 hexadecimal digits"},
    {GOOD "rulez: 1\n",
     "c:5:1: unknown key \"rulez\"; known here: name, title, nonce, seats, groups, weights, rules, "
     "topics, orderers, procedure, clock, pace, tolerance, grace, notes, nominal"},
    /* Seats. */
    {HEAD, "c:1:1: expected `seats`, a list"},
    {HEAD "seats: A\n", "c:3:8: expected seats, a list, found \"A\""},
    {HEAD "seats: []\n", "c:3:8: a forum needs a member"},
    {HEAD "seats: [{name: A, role: chair}]\n", "c:3:8: a forum needs a member"},
    {HEAD "seats: [[A]]\n", "c:3:9: a seat: expected a name or a map, found a list"},
    {HEAD "seats: [{title: A}]\n", "c:3:9: a seat: expected `name`"},
    {HEAD "seats:\n  - name: A\n    nam: B\n",
     "c:5:5: unknown key \"nam\"; known here: name, title, key, role, represents, "
     "carries"},
    {HEAD "seats: [A B]\n",
     "c:3:9: a seat's name has 1 to 15 letters, digits, `-` or `_` and is not `default`; this is "
     "not one: \"A B\""},
    {HEAD "seats: [default]\n",
     "c:3:9: a seat's name has 1 to 15 letters, digits, `-` or `_` and is not `default`; this is "
     "not one: \"default\""},
    {HEAD "seats: [A, A]\n", "c:3:12: two seats are called \"A\""},
    {HEAD "seats: [{name: A, key: 12}]\n",
     "c:3:24: the key of seat \"A\": expected 64 hexadecimal digits"},
    {HEAD "seats: [A, X]\n", "c:3:12: no key for seat \"X\": add `key:` and the 64 hexadecimal "
                             "digits of its delegation"},
    {HEAD "seats:\n  - {name: A, key: " KEY "}\n  - {name: B, key: " KEY "}\n",
     "c:5:5: seats \"A\" and \"B\" have one key"},
    {HEAD "seats: [{name: A, role: king}]\n",
     "c:3:25: expected a seat's role, member, chair or observer, found \"king\""},
    {HEAD "seats: [{name: A, role: chair}, {name: B, role: chair}]\n",
     "c:3:33: a forum has one chair at most: \"A\" or \"B\""},
    {HEAD "seats: [{name: A, represents: G}]\n" RULES,
     "c:3:31: represents: expected the name of a group"},
    /* Groups and weights. */
    {SEATS "groups: {G: []}\n", "c:4:10: no member is in group \"G\""},
    {SEATS "groups: {G: A}\n", "c:4:13: expected a group's seats, a list, found \"A\""},
    {SEATS "groups: {G: [A, C]}\n", "c:4:17: no seat is called \"C\""},
    {SEATS "groups: {G: [A, A]}\n", "c:4:17: seat \"A\" is in group \"G\" twice"},
    {SEATS "groups: {members: [A]}\n",
     "c:4:10: group \"members\" cannot be named in a rule: a letter, then letters, digits, `-` or "
     "`_`, 31 at most, and no word of the language of rules"},
    {SEATS "weights: {w: {A: 1}}\n",
     "c:4:14: weight \"w\" names no value for \"B\" and no `default:`"},
    {SEATS "weights: {w: {A: 1, C: 2, B: 1}}\n", "c:4:21: no seat is called \"C\""},
    {SEATS "weights: {w: {A: -1, B: 1}}\n",
     "c:4:18: expected a weight, a whole number from 0 to 18446744073709551615, found \"-1\""},
    {SEATS "weights: {w: {A: 18446744073709551615, B: 1}}\n",
     "c:4:11: the sum is not below 2^64 in weight \"w\""},
    {SEATS "weights: {w: {default: 0}}\n", "c:4:11: every member has 0 of weight \"w\""},
    {SEATS "weights: {w: 3}\n", "c:4:14: expected a weight, a map, found \"3\""},
    /* Rules. */
    {SEATS, "c:1:1: expected `rules`, a map with at least one"},
    {SEATS "rules: {}\n", "c:4:8: expected `rules`, a map with at least one"},
    {SEATS "rules: {a b: yes >= 1}\n",
     "c:4:9: a rule's name has 1 to 31 letters, digits, `-` or `_`; this is not one: \"a b\""},
    {SEATS "rules: {r: [1]}\n", "c:4:12: a rule: expected a sentence or a map, found a list"},
    {SEATS "rules: {r: {binds: all}}\n", "c:4:12: a rule: expected `sentence`"},
    {RULE "    binds: some\n", "c:7:12: expected binds, all or consenting, found \"some\""},
    {RULE "    silence: loud\n", "c:7:14: expected silence, ignore, no or yes, found \"loud\""},
    {RULE "    absent: no\n", "c:7:13: expected absent, ignore or block, found \"no\""},
    {RULE "    revise: yes\n", "c:7:13: expected revise, until-close or never, found \"yes\""},
    {RULE "    closes: soon\n",
     "c:7:13: closes: expected all-answered, presiding or a length such as 72h"},
    {RULE "    closes: 0s\n", "c:7:13: closes: expected a length from 1ms to a hundred years"},
    {RULE "    closes: 1 month\n",
     "c:7:13: expected closes, a length such as 250ms, 72h or 30 days, found \"1 month\""},
    {RULE "    closes: {presiding: 1h, all-answered: 1h}\n",
     "c:7:13: closes: expected all-answered or presiding, with a limit"},
    {RULE "    closes: {never: 1h}\n",
     "c:7:14: unknown key \"never\"; known here: all-answered, presiding"},
    {RULE "    quorum: 3\n", "c:7:13: expected quorum, a map, found \"3\""},
    {RULE "    quorum: {}\n", "c:7:13: expected quorum.open or quorum.decide"},
    {RULE "    quorum: {close: x}\n", "c:7:14: unknown key \"close\"; known here: open, decide"},
    {RULE "    in-force: {after: 3 days}\n",
     "c:7:15: in-force: expected `when`, a rule over consents"},
    {RULE "    in-force: {when: yes >= 1, after: soon}\n",
     "c:7:39: in-force.after: expected `30 days`, `6 months`, `first of month after 60 days` or "
     "`first of 6th month`"},
    {RULE "    in-force: {when: yes >= 1, late: a month}\n",
     "c:7:38: in-force.late: expected `30 days`, `6 months`, `first of month after 60 days` or "
     "`first of 6th month`"},
    {RULE "    in-force: {when: yes >= 1, not-before: 2019-13-01}\n",
     "c:7:44: expected in-force.not-before, a date such as 2016-04-22 or 2016-04-22T12:30Z, found "
     "\"2019-13-01\""},
    {RULE "    exit: {lock: 101 years}\n",
     "c:7:18: exit.lock: expected `30 days`, `6 months` or `3 years`, a hundred years at most"},
    {RULE "    exit: {fee: 1}\n", "c:7:12: unknown key \"fee\"; known here: lock, notice, "
                                  "take-back, extend"},
    {RULE "    veto: A\n",
     "c:7:5: unknown key \"veto\"; known here: sentence, quorum, answers, no-abstain, "
     "must-abstain, pass-turns, closes, silence, receipt, absent, revise, tie, revote, first, "
     "class-by, freeze, "
     "binds, in-force, exit, reservations, breach, fund, attestations, may, sponsors"},
    /* The rest. */
    {GOOD "topics: [a, a]\n", "c:5:13: a topic twice: \"a\""},
    {GOOD "topics: [a-topic-whose-name-is-much-too-long]\n",
     "c:5:10: a topic is one line of 1 to 31 bytes without control characters"},
    {GOOD "orderers: [A, A]\n", "c:5:15: seat \"A\" orders twice"},
    {GOOD "orderers: [C]\n", "c:5:12: no seat is called \"C\""},
    {GOOD "orderers: []\n", "c:5:11: a forum needs an orderer"},
    {HEAD "seats: [A, {name: B, role: observer}]\n" RULES "orderers: [B]\n",
     "c:5:11: an observer cannot order: \"B\""},
    {GOOD "procedure: riot\n", "c:5:12: expected procedure, open-floor, found \"riot\""},
    {GOOD "clock: unreal\n",
     "c:5:8: clock: expected real, {starts: DATE, day: LENGTH} or {presided: DATE}"},
    {GOOD "clock: {starts: 2016-04-22}\n",
     "c:5:8: clock: expected `starts` and `day`, or `presided` alone"},
    {GOOD "clock: {starts: 2016-04-22, day: 0ms}\n",
     "c:5:8: expected a clock: real, scaled with a day of at least 1ms, or presided"},
    {GOOD "pace: 0\n", "c:5:7: expected a pace from 1ms to 60s"},
    {GOOD "pace: 61s\n", "c:5:7: expected a pace from 1ms to 60s"},
    {GOOD "pace: fast\n",
     "c:5:7: expected pace, a length such as 250ms, 72h or 30 days, found \"fast\""},
    {GOOD "tolerance: 25h\n", "c:5:12: expected a tolerance of at most 24h"},
    {GOOD "notes: many\n", "c:5:8: expected notes, none or floor, found \"many\""},
};

static void every_mistake_is_named_with_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct buffer bytes = {0};
        enum comity_error error = compile(wrong[i].yaml, &bytes);
        if (error != COMITY_INVALID || strcmp(fault.text, wrong[i].fault) != 0)
            fail_msg("row %zu: %d\n got: %s\nwant: %s", i, error, fault.text, wrong[i].fault);
        assert_int_equal(bytes.size, 0);
    }
}

static void a_rule_that_does_not_parse_names_both_places(void **state)
{
    (void)state;
    struct buffer bytes = {0};
    assert_int_equal(compile(GROUP "rules: {r: no in Q = 0}\n", &bytes), COMITY_INVALID);
    assert_non_null(strstr(fault.text, "c:5:12: a rule's sentence: line 1, column 7: "));
    assert_int_equal(compile(RULE "    quorum: {open: present >= }\n", &bytes), COMITY_INVALID);
    assert_non_null(strstr(fault.text, "c:7:20: quorum.open: line 1, column 11: "));
}

static void counts_above_the_limits_are_refused(void **state)
{
    (void)state;
    static char text[16384];
    struct buffer bytes = {0};
    size_t used = (size_t)sprintf(text, HEAD "seats: [");
    for (int i = 0; i < SEATS_MAX; i++)
        used += (size_t)sprintf(text + used, "s%d, ", i);
    (void)sprintf(text + used, "]\n" RULES);
    assert_int_equal(compile(text, &bytes), COMITY_OK);
    buffer_free(&bytes);
    (void)sprintf(text + used, "one-more]\n" RULES);
    assert_int_equal(compile(text, &bytes), COMITY_LIMIT);
    assert_string_equal(fault.text, "c:3:8: 257 seats: 256 at most");
}

static void what_is_not_said_has_its_documented_default(void **state)
{
    (void)state;
    const struct charter *charter = compiled(HEAD "seats: [A, B, C, D]\n" RULES);
    const struct charter_rule *rule = &charter->rules[0];
    assert_string_equal(charter->title, "");
    assert_int_equal(charter->seats[0].role, SEAT_MEMBER);
    assert_int_equal(charter->seats[0].represents, -1);
    assert_string_equal(rule->sentence, "yes >= 1");
    assert_null(rule->quorum_open);
    assert_int_equal(rule->closes, CLOSES_ALL_ANSWERED);
    assert_true(rule->closes_ms == 30 * (int64_t)86400000);
    assert_int_equal(rule->silence, CHARTER_SILENCE_IGNORE);
    assert_false(rule->absent_blocks || rule->revise_never);
    assert_int_equal(rule->binds, BINDS_CONSENTING);
    assert_false(rule->has_in_force || rule->has_exit);
    assert_int_equal(charter->orderers_count, 4);
    assert_string_equal(charter->procedure, "open-floor");
    assert_int_equal(charter->clock, CLOCK_REAL);
    assert_int_equal(charter->pace_ms, 1000);
    assert_int_equal(charter->tolerance_ms, 10000);
    assert_int_equal(charter->grace_ms, 6000); /* Of four, one may be silent. */
    assert_int_equal(charter->notes, NOTES_FLOOR);
}

static void delays_and_spans_are_read_as_treaties_say_them(void **state)
{
    (void)state;
    static const struct {
        const char *after;
        struct charter_delay delay;
    } delays[] = {{"30 days", {30, 0, 0}},
                  {"1 day", {1, 0, 0}},
                  {"2 weeks", {14, 0, 0}},
                  {"6 months", {0, 0, 6}},
                  {"1 year", {0, 0, 12}},
                  {"first of month", {0, 1, 0}},
                  {"first of month after 60 days", {60, 1, 0}},
                  {"first of month after 3 months", {0, 1, 3}},
                  {"first of 6th month", {0, 6, 0}},
                  {"first of 2nd month after 1 day", {1, 2, 0}}};
    char text[512];
    for (size_t i = 0; i < sizeof delays / sizeof *delays; i++) {
        (void)snprintf(text, sizeof text, RULE "    in-force: {when: yes >= 2, after: %s}\n",
                       delays[i].after);
        struct charter charter = *compiled(text);
        const struct charter_rule *rule = &charter.rules[0];
        assert_memory_equal(&rule->in_force.delay, &delays[i].delay, sizeof delays[i].delay);
        assert_memory_equal(&rule->in_force.late, &delays[i].delay, sizeof delays[i].delay);
        struct buffer yaml = {0};
        assert_int_equal(charter_print(&charter, &yaml), COMITY_OK);
        assert_int_equal(buffer_append(&yaml, "", 1), COMITY_OK);
        rule = &compiled((const char *)yaml.data)->rules[0]; /* And printed so that they are. */
        assert_memory_equal(&rule->in_force.delay, &delays[i].delay, sizeof delays[i].delay);
        buffer_free(&yaml);
    }
    const struct charter_rule *rule = &compiled(RULE "    exit: {lock: 3 years}\n")->rules[0];
    assert_int_equal(rule->exit.lock_months, 36);
    assert_int_equal(rule->exit.lock_days, 0);
    assert_int_equal(rule->exit.notice_months, 12);
}

static void orderers_are_kept_in_the_order_of_their_seats(void **state)
{
    (void)state;
    const struct charter *charter =
        compiled(HEAD "seats: [A, B, {name: C, role: chair}]\n" RULES "orderers: [C, A]\n");
    assert_int_equal(charter->orderers_count, 2);
    assert_int_equal(charter->orderers[0], 0);
    assert_int_equal(charter->orderers[1], 2);
    struct hash none = compiled(SEATS RULES)->id;
    struct hash all = compiled(SEATS RULES "orderers: [B, A]\n")->id;
    assert_true(hash_equal(&none, &all)); /* One charter has one id. */
}

static void what_was_probably_not_meant_is_said(void **state)
{
    (void)state;
    (void)compiled(RULE "    closes: all-answered\n    silence: yes\n  s: yes >= 2\n"
                        "  t: yes >= 2\n");
    assert_non_null(strstr(warnings, "rule \"r\": waits for every answer without a limit"));
    assert_non_null(strstr(warnings, "rule \"t\": decides as an earlier rule does"));
    (void)compiled(SEATS "rules: {r: yes >= 3}\n");
    assert_non_null(strstr(warnings, "rule \"r\": "));
    const char *chairless = "rule \"r\": waits for the chair to close the question";
    warnings[0] = '\0';
    (void)compiled(RULE "    closes: presiding\n");
    assert_non_null(strstr(warnings, chairless));
    warnings[0] = '\0';
    (void)compiled(RULE "    closes: {presiding: 72h}\n");
    assert_null(strstr(warnings, chairless));
    (void)compiled(HEAD "seats: [A, B, {name: C, role: chair}]\n"
                        "rules: {r: {sentence: yes >= 2, closes: presiding}}\n");
    assert_null(strstr(warnings, chairless));
    (void)compiled(RULE "    in-force: {when: no >= 1}\n");
    assert_non_null(strstr(warnings, "rule \"r\": nothing ever enters into force so"));
}

static void printing_survives_every_awkward_text(void **state)
{
    (void)state;
    struct buffer text = {0};
    struct buffer bytes = {0};
    const struct charter *charter = compiled(
        "name: null\ntitle: \"quote \\\" back \\\\ line \\u2028 no \\uffff #: {\"\n" NONCE
        "seats: [\"NO\", \"1e3\", 007, {name: O, title: \" \", role: observer, represents: G}]\n"
        "groups: {G: [007]}\n"
        "weights: {w: {\"NO\": 3, default: 4}}\n"
        "rules:\n"
        "  yes: {sentence: not (yes by w>=1/3 of members), closes: 90s, silence: no, absent: block,"
        " revise: never, binds: all, in-force: {when: yes >= 1, after: first of 21st month after 1 "
        "day, not-before: 2019-01-01T00:00:01Z, late: 0 days}, exit: {lock: 7 months, notice: 0 "
        "days}}\n"
        "  2: {sentence: yes >= 1, closes: {presiding: 1500ms}, quorum: {decide: present >= 1}}\n"
        "topics: [\"a: b\", \"- c\"]\norderers: [007]\n"
        "clock: {presided: 1999-12-31T23:59:59.999Z}\nnotes: none\ngrace: 0\n");
    struct hash id = charter->id;
    assert_int_equal(charter_print(charter, &text), COMITY_OK);
    assert_int_equal(buffer_append(&text, "", 1), COMITY_OK);
    if (compile((const char *)text.data, &bytes) != COMITY_OK)
        fail_msg("%s\n%s", fault.text, (const char *)text.data);
    struct hash again = charter_id(buffer_bytes(&bytes));
    assert_true(hash_equal(&id, &again));
    buffer_free(&bytes);
    buffer_free(&text);
}

static void read_golden(const char *name, struct buffer *text)
{
    char path[512];
    (void)snprintf(path, sizeof path, GOLDEN "%s", name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(buffer_reserve(text, 65536), COMITY_OK);
    text->size = fread(text->data, 1, 65535, file);
    text->data[text->size] = '\0';
    (void)fclose(file);
}

/* Ids must never change under a charter's signers: neither the bytes nor their hash. */
static void the_golden_charter_has_its_bytes_and_its_id(void **state)
{
    (void)state;
    struct buffer yaml = {0}, hex = {0}, id_hex = {0}, bytes = {0};
    read_golden("crisis.yaml", &yaml);
    read_golden("crisis.hex", &hex);
    read_golden("crisis.id", &id_hex);
    const struct charter *charter = compiled((const char *)yaml.data);
    assert_int_equal(compile((const char *)yaml.data, &bytes), COMITY_OK);
    char *found = calloc(2, bytes.size + 1);
    char id[HASH_HEX_SIZE];
    hex_from_bytes(bytes.data, bytes.size, found);
    hash_to_hex(&charter->id, id);
    hex.data[strcspn((const char *)hex.data, "\n")] = '\0';
    id_hex.data[strcspn((const char *)id_hex.data, "\n")] = '\0';
    assert_string_equal(found, (const char *)hex.data);
    assert_string_equal(id, (const char *)id_hex.data);
    free(found);
    buffer_free(&yaml);
    buffer_free(&hex);
    buffer_free(&id_hex);
    buffer_free(&bytes);
}

/* What decodes prints, and what was printed compiles to the bytes that were decoded. */
static void no_flipped_bit_and_no_cut_passes_for_something_else(void **state)
{
    (void)state;
    struct buffer yaml = {0}, bytes = {0};
    read_golden("crisis.yaml", &yaml);
    assert_int_equal(compile((const char *)yaml.data, &bytes), COMITY_OK);
    for (size_t size = 0; size < bytes.size; size++) {
        const struct charter *charter;
        uint8_t *cut = malloc(size > 0 ? size : 1);
        memcpy(cut, bytes.data, size);
        assert_int_not_equal(charter_decode(bytes_of(cut, size), &arena, &charter, &fault),
                             COMITY_OK);
        free(cut);
        arena_reset(&arena);
    }
    for (size_t bit = 0; bit < 8 * bytes.size; bit++) {
        const struct charter *charter;
        bytes.data[bit / 8] ^= (uint8_t)(1u << (bit % 8));
        if (charter_decode(buffer_bytes(&bytes), &arena, &charter, &fault) == COMITY_OK) {
            struct buffer text = {0}, again = {0};
            assert_int_equal(charter_print(charter, &text), COMITY_OK);
            assert_int_equal(buffer_append(&text, "", 1), COMITY_OK);
            if (compile((const char *)text.data, &again) != COMITY_OK)
                fail_msg("bit %zu: %s", bit, fault.text);
            assert_true(bytes_equal(buffer_bytes(&again), buffer_bytes(&bytes)));
            buffer_free(&text);
            buffer_free(&again);
        }
        bytes.data[bit / 8] ^= (uint8_t)(1u << (bit % 8));
        arena_reset(&arena);
    }
    buffer_free(&yaml);
    buffer_free(&bytes);
}

static void a_newer_charter_is_foreign(void **state)
{
    (void)state;
    struct buffer bytes = {0};
    const struct charter *charter;
    assert_int_equal(compile(GOOD, &bytes), COMITY_OK);
    bytes.data[3] = 2;
    assert_int_equal(charter_decode(buffer_bytes(&bytes), &arena, &charter, &fault),
                     COMITY_FOREIGN);
    bytes.data[1] = 2;
    assert_int_equal(charter_decode(buffer_bytes(&bytes), &arena, &charter, &fault),
                     COMITY_FOREIGN);
    buffer_free(&bytes);
    static uint8_t big[CHARTER_SIZE_MAX + 1];
    assert_int_equal(charter_decode(bytes_of(big, sizeof big), &arena, &charter, &fault),
                     COMITY_LIMIT);
}

static void an_arena_that_is_full_is_an_error_of_memory(void **state)
{
    (void)state;
    struct buffer bytes = {0};
    assert_int_equal(compile(GOOD, &bytes), COMITY_OK);
    enum comity_error error = COMITY_MEMORY;
    for (size_t limit = 16; error == COMITY_MEMORY; limit += 16) {
        struct arena small;
        const struct charter *charter;
        arena_init(&small, limit);
        error = charter_decode(buffer_bytes(&bytes), &small, &charter, &fault);
        arena_free(&small);
        assert_true(limit < 100000);
    }
    assert_int_equal(error, COMITY_OK);
    buffer_free(&bytes);
}

static void a_ballot_answers_under_a_rule_that_has_its_own_hash(void **state)
{
    (void)state;
    const struct charter *charter = compiled(SEATS "rules: {r: yes >= 1, s: yes >= 2}\n");
    assert_false(hash_equal(&charter->rules[0].hash, &charter->rules[1].hash));
    struct hash hash = charter->rules[0].hash;
    assert_true(hash_equal(&compiled(SEATS RULES)->rules[0].hash, &hash));
    assert_int_equal(charter_find_seat(charter, "B"), 1);
    assert_int_equal(charter_find_seat(charter, "C"), -1);
    assert_int_equal(charter_find_key(charter, charter->seats[1].key), 1);
    assert_int_equal(charter_find_key(charter, hash.bytes), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        T(every_mistake_is_named_with_its_place),
        T(a_rule_that_does_not_parse_names_both_places),
        T(counts_above_the_limits_are_refused),
        T(what_is_not_said_has_its_documented_default),
        T(delays_and_spans_are_read_as_treaties_say_them),
        T(orderers_are_kept_in_the_order_of_their_seats),
        T(what_was_probably_not_meant_is_said),
        T(printing_survives_every_awkward_text),
        T(the_golden_charter_has_its_bytes_and_its_id),
        T(no_flipped_bit_and_no_cut_passes_for_something_else),
        T(a_newer_charter_is_foreign),
        T(an_arena_that_is_full_is_an_error_of_memory),
        T(a_ballot_answers_under_a_rule_that_has_its_own_hash),
#undef T
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
