/* SPDX-License-Identifier: Apache-2.0 */
/* What a charter says of an agreement's life: reservations, breach, a fund, reports, what else a
 * proposal may do, and organisations that answer for their members. */
#include "charter/parts.h"
#include "made.h"

#define NAME "name: f\nnonce: 000102030405060708090a0b0c0d0e0f\n"
#define HEAD NAME "seats: [A, B, {name: S, role: chair}]\nweights: {w: {A: 1, B: 2}}\n"
#define RULE HEAD "rules:\n  r:\n    sentence: yes >= 1\n" /* The next line is the eighth. */
#define UNION(org) \
    NAME "seats: [A, B, C, {name: U, carries: G}, " org "]\ngroups: {G: [A, B], H: [B, C, U]}\n" \
         "rules: {r: yes >= 1}\n"

static const struct {
    const char *yaml;
    const char *fault;
} wrong[] = {
    {RULE "    reservations: some\n",
     "c:8:19: expected reservations, any, none or listed, found \"some\""},
    {RULE "    reservations: {window: 3 days}\n",
     "c:8:19: reservations: expected `allowed`, any, none or listed"},
    {RULE "    reservations: {allowed: any, windows: 3 days}\n",
     "c:8:34: unknown key \"windows\"; known here: allowed, window"},
    {RULE "    reservations: {allowed: none, window: 3 days}\n",
     "c:8:43: reservations.window: there are none to object to"},
    {RULE "    reservations: {allowed: any, window: soon}\n",
     "c:8:42: reservations.window: expected `30 days`, `6 months` or `3 years`, a hundred years "
     "at most"},
    {RULE "    reservations: {allowed: any, window: 101 years}\n",
     "c:8:42: reservations.window: expected `30 days`, `6 months` or `3 years`, a hundred years "
     "at most"},
    {RULE "    breach: r\n", "c:8:13: expected breach, a map, found \"r\""},
    {RULE "    breach: {accused: votes}\n",
     "c:8:13: breach: expected `ruled-by`, the rule under which one is found"},
    {RULE "    breach: {ruled-by: x}\n",
     "c:6:3: rule \"r\": `breach.ruled-by`: no rule with one ballot is called \"x\""},
    {RULE "    breach: {ruled-by: t}\n  s: yes >= 2\n  t: {first: [r, s]}\n",
     "c:6:3: rule \"r\": `breach.ruled-by`: no rule with one ballot is called \"t\""},
    {RULE "    breach: {ruled-by: r, alleged-by: anybody}\n",
     "c:8:39: expected alleged-by, parties or members, found \"anybody\""},
    {RULE "    breach: {ruled-by: r, responses: []}\n",
     "c:8:38: breach.responses: expected at least one"},
    {RULE "    breach: {ruled-by: r, responses: [end, war]}\n",
     "c:8:44: expected breach.responses, suspend-votes, suspend, end or expel, found \"war\""},
    {RULE "    breach: {ruled-by: r, responses: [end, end]}\n",
     "c:8:44: breach.responses: end is there twice"},
    {RULE "    breach: {ruled-by: r, accused: no}\n",
     "c:8:36: expected accused, abstains or votes, found \"no\""},
    {RULE "    breach: {ruled-by: r, shortfall: crime}\n",
     "c:8:38: expected shortfall, note or breach, found \"crime\""},
    {RULE "    breach: {ruled-by: r, review: 2 months}\n",
     "c:8:35: breach.review: expected `60 days` or `8 weeks`"},
    {RULE "    breach: {ruled-by: r, fine: 3}\n",
     "c:8:27: unknown key \"fine\"; known here: ruled-by, alleged-by, responses, accused, "
     "shortfall, review"},
    {RULE "    fund: {issue: health}\n",
     "c:8:11: fund: expected `spent-by`, the rule under which it is spent, and `issue`, what it "
     "is for"},
    {RULE "    fund: {spent-by: x, issue: health}\n",
     "c:6:3: rule \"r\": `fund.spent-by`: no rule with one ballot is called \"x\""},
    {RULE "    fund: {spent-by: r, issue: \"\"}\n",
     "c:6:3: rule \"r\": a fund's issue is one line of 1 to 31 bytes, and its unit of at most 31"},
    {RULE "    fund: {spent-by: r, issue: health, shares: fair}\n",
     "c:8:48: fund.shares: expected equal, by a weight as in `by gdp`, or a number for each seat"},
    {RULE "    fund: {spent-by: r, issue: health, shares: by v}\n",
     "c:8:48: fund.shares: no weight is called \"v\""},
    {RULE "    fund: {spent-by: r, issue: health, shares: {A: 3}}\n",
     "c:8:48: fund.shares names no value for \"B\" and no `default:`"},
    {RULE "    fund: {spent-by: r, issue: health, shares: {A: 3, C: 1, default: 0}}\n",
     "c:8:55: no seat is called \"C\""},
    {RULE "    fund: {spent-by: r, issue: health, shares: {A: -3, B: 1}}\n",
     "c:8:52: expected a share, a whole number from 0 to 18446744073709551615, found \"-3\""},
    {RULE "    fund: {spent-by: r, issue: health, shares: {default: 0}}\n",
     "c:6:3: rule \"r\": no member has a share of the fund"},
    {RULE "    fund: {spent-by: r, issue: health, shares: {A: 18446744073709551615, B: 1}}\n",
     "c:6:3: rule \"r\": the sum of the fund's shares is not below 2^64"},
    {RULE "    attestations: 257\n",
     "c:8:19: expected attestations, a whole number from 0 to 256, found \"257\""},
    {RULE "    sponsors: 0\n",
     "c:8:15: expected sponsors, a whole number from 1 to 256, found \"0\""},
    {RULE "    may: [restore, forgive]\n",
     "c:8:20: expected may, suspend-votes, restore, expel, suspend, end or reweigh, found "
     "\"forgive\""},
    {RULE "    exit: {take-back: maybe}\n",
     "c:8:23: expected exit.take-back, yes or no, found \"maybe\""},
    {RULE "    exit: {extend: 3}\n", "c:8:20: expected exit.extend, yes or no, found \"3\""},
    {NAME "seats: [A, {name: U, carries: G}]\nrules: {r: yes >= 1}\n",
     "c:3:31: carries: expected the name of a group"},
    {NAME "seats: [A, {name: U, carries: G, role: observer}]\ngroups: {G: [A]}\n"
          "rules: {r: yes >= 1}\n",
     "c:3:12: seat \"U\" carries \"G\", and only a member answers"},
    {UNION("{name: V, carries: H}"), "c:3:41: seat \"B\" is carried by two: \"U\" and \"V\""},
    {NAME "seats: [A, {name: U, carries: G}]\ngroups: {G: [A, U]}\nrules: {r: yes >= 1}\n",
     "c:3:12: seat \"U\" carries \"U\", which carries a group itself"},
};

static void every_mistake_is_named_with_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct buffer bytes = {0};
        fault.text[0] = '\0';
        enum comity_error error = compile(wrong[i].yaml, &bytes);
        if (error != COMITY_INVALID || strcmp(fault.text, wrong[i].fault) != 0)
            fail_msg("row %zu: %d\n got: %s\nwant: %s", i, error, fault.text, wrong[i].fault);
        assert_int_equal(bytes.size, 0);
    }
}

static const char every_setting[] = NAME
    "seats: [A, B, {name: S, role: chair}, {name: U, carries: G, represents: G}]\n"
    "groups: {G: [A, B]}\n"
    "weights: {w: {A: 1, B: 2, U: 0}}\n"
    "rules:\n"
    "  treaty:\n"
    "    sentence: yes >= 1\n"
    "    in-force: {when: yes >= 2, after: 3 months, late: first of month after 1 year}\n"
    "    exit: {notice: 3 months, take-back: no, extend: no}\n"
    "    reservations: {allowed: listed, window: 60 days}\n"
    "    breach: {ruled-by: ruling, alleged-by: members, responses: [suspend-votes, expel],\n"
    "             accused: votes, shortfall: breach, review: 8 weeks}\n"
    "    fund: {spent-by: ruling, issue: relief, unit: USD, shares: {A: 3, B: 5, default: 0}}\n"
    "    attestations: 2\n"
    "    sponsors: 2\n"
    "  ruling: {sentence: yes by w >= 2, may: [restore, end], freeze: adoption}\n"
    "  weighted:\n"
    "    sentence: yes >= 2\n"
    "    reservations: none\n"
    "    fund: {spent-by: ruling, issue: relief, shares: by w}\n"
    "  equal: {sentence: no = 0, fund: {spent-by: ruling, issue: relief, shares: equal}}\n"
    "  both: {first: [treaty, equal]}\n";

static void assert_treaty(const struct charter_rule *rule)
{
    assert_true(rule->exit.final && rule->exit.no_later);
    assert_int_equal(rule->reservations, RESERVATIONS_LISTED);
    assert_int_equal(rule->window_days, 60);
    assert_int_equal(rule->window_months, 0);
    assert_string_equal(rule->breach.ruled_by, "ruling");
    assert_int_equal(rule->breach.alleged_by, ALLEGED_BY_MEMBERS);
    assert_int_equal(rule->breach.responses,
                     RESPONSE_BIT(RESPONSE_SUSPEND_VOTES) | RESPONSE_BIT(RESPONSE_EXPEL));
    assert_true(rule->breach.accused_votes && rule->breach.shortfall);
    assert_int_equal(rule->breach.review_days, 56);
    assert_string_equal(rule->fund.spent_by, "ruling");
    assert_string_equal(rule->fund.issue, "relief");
    assert_string_equal(rule->fund.unit, "USD");
    assert_null(rule->fund.by);
    const uint64_t key[] = {3, 5, 0, 0};
    assert_memory_equal(rule->fund.key, key, sizeof key);
    assert_int_equal(rule->attestations, 2);
    assert_int_equal(rule->sponsors, 2);
    assert_int_equal(rule->may, 0);
}

static void a_setting_is_in_the_bytes_and_in_the_print(void **state)
{
    (void)state;
    struct buffer bytes = {0};
    struct buffer text = {0};
    struct buffer again = {0};
    if (compile(every_setting, &bytes) != COMITY_OK)
        fail_msg("%s", fault.text);
    const struct charter *charter = decoded(&bytes);
    assert_int_equal(charter->seats[3].carries, 0);
    assert_int_equal(charter->seats[0].carries, -1);
    assert_treaty(&charter->rules[0]);
    assert_treaty(&charter->rules[4]); /* What `first` names it repeats. */
    assert_int_equal(charter->rules[1].may, MAY_RESTORE | MAY_END);
    assert_int_equal(charter->rules[2].reservations, RESERVATIONS_NONE);
    assert_int_equal(charter->rules[2].window_months, 0);
    assert_string_equal(charter->rules[2].fund.by, "w");
    assert_string_equal(charter->rules[2].fund.unit, "");
    assert_true(charter->rules[3].has_fund && charter->rules[3].fund.key == NULL);
    assert_int_equal(charter_print(charter, &text), COMITY_OK);
    assert_int_equal(buffer_append(&text, "", 1), COMITY_OK);
    if (compile((const char *)text.data, &again) != COMITY_OK)
        fail_msg("%s in\n%s", fault.text, (const char *)text.data);
    assert_true(bytes_equal(buffer_bytes(&bytes), buffer_bytes(&again)));
    buffer_free(&bytes);
    buffer_free(&text);
    buffer_free(&again);
}

static void what_is_not_said_has_its_default_and_no_trace_in_the_bytes(void **state)
{
    (void)state;
    struct buffer plain = {0};
    struct buffer said = {0};
    assert_int_equal(compile(RULE "    exit: {notice: 1 year}\n", &plain), COMITY_OK);
    assert_int_equal(compile(RULE "    exit: {notice: 1 year, take-back: yes, extend: yes}\n"
                                  "    reservations: {allowed: any, window: 12 months}\n"
                                  "    attestations: 0\n    sponsors: 1\n",
                             &said),
                     COMITY_OK);
    assert_true(bytes_equal(buffer_bytes(&plain), buffer_bytes(&said)));
    const struct charter_rule *rule = &decoded(&plain)->rules[0];
    assert_int_equal(rule->reservations, RESERVATIONS_ANY);
    assert_int_equal(rule->window_months, 12);
    assert_int_equal(rule->window_days, 0);
    assert_false(rule->has_breach || rule->has_fund || rule->exit.final || rule->exit.no_later);
    assert_int_equal(rule->attestations | rule->may | rule->sponsors, 0);
    buffer_free(&plain);
    buffer_free(&said);
}

/* Changes one thing of a good charter's message, and takes it for a stranger's bytes. */
struct spoil {
    const char *what;
    void (*change)(Comity__V1__Rule *rule, Comity__V1__Seat *seat);
    const char *fault;
};

static void spoil_default(Comity__V1__Rule *rule, Comity__V1__Seat *seat)
{
    (void)seat;
    rule->reservations->allowed = COMITY__V1__RESERVATIONS__ALLOWED__ALLOWED_ANY;
    rule->reservations->window_days = 0;
    rule->reservations->window_months = 12;
}

static void spoil_window(Comity__V1__Rule *rule, Comity__V1__Seat *seat)
{
    (void)seat;
    rule->reservations->window_months = 1;
}

static void spoil_none(Comity__V1__Rule *rule, Comity__V1__Seat *seat)
{
    (void)seat;
    rule->reservations->allowed = COMITY__V1__RESERVATIONS__ALLOWED__ALLOWED_NONE;
}

static void spoil_century(Comity__V1__Rule *rule, Comity__V1__Seat *seat)
{
    (void)seat;
    rule->reservations->window_days = SPAN_DAYS_MAX + 1;
}

static void spoil_allowed(Comity__V1__Rule *rule, Comity__V1__Seat *seat)
{
    (void)seat;
    rule->reservations->allowed = COMITY__V1__RESERVATIONS__ALLOWED__ALLOWED_UNSPECIFIED;
}

static void spoil_may(Comity__V1__Rule *rule, Comity__V1__Seat *seat)
{
    (void)seat;
    rule->may = 64;
}

static void spoil_responses(Comity__V1__Rule *rule, Comity__V1__Seat *seat)
{
    (void)seat;
    rule->breach->responses = 16;
}

static void spoil_ruled_by(Comity__V1__Rule *rule, Comity__V1__Seat *seat)
{
    (void)seat;
    rule->breach->ruled_by = (char *)(uintptr_t) "";
}

static void spoil_review(Comity__V1__Rule *rule, Comity__V1__Seat *seat)
{
    (void)seat;
    rule->breach->review_days = SPAN_DAYS_MAX + 1;
}

static void spoil_key(Comity__V1__Rule *rule, Comity__V1__Seat *seat)
{
    (void)seat;
    rule->fund->n_key = 3;
}

static void spoil_by(Comity__V1__Rule *rule, Comity__V1__Seat *seat)
{
    (void)seat;
    rule->fund->by = (char *)(uintptr_t) "w";
}

static void spoil_by_what(Comity__V1__Rule *rule, Comity__V1__Seat *seat)
{
    (void)seat;
    rule->fund->n_key = 0;
    rule->fund->by = (char *)(uintptr_t) "v";
}

static void spoil_unit(Comity__V1__Rule *rule, Comity__V1__Seat *seat)
{
    (void)seat;
    rule->fund->unit = (char *)(uintptr_t) "a\nb";
}

static void spoil_attestations(Comity__V1__Rule *rule, Comity__V1__Seat *seat)
{
    (void)seat;
    rule->attestations = SEATS_MAX + 1;
}

static void spoil_sponsors(Comity__V1__Rule *rule, Comity__V1__Seat *seat)
{
    (void)seat;
    rule->sponsors = 1;
}

static void spoil_delay(Comity__V1__Rule *rule, Comity__V1__Seat *seat)
{
    (void)seat;
    rule->in_force->delay_days = 1;
}

static void spoil_late(Comity__V1__Rule *rule, Comity__V1__Seat *seat)
{
    (void)seat;
    rule->in_force->late_span_months = SPAN_MONTHS_MAX + 1;
}

static void spoil_carries(Comity__V1__Rule *rule, Comity__V1__Seat *seat)
{
    (void)rule;
    seat->carries = (char *)(uintptr_t) "Q";
}

static const struct spoil spoils[] = {
    {"default", spoil_default, "are said by silence"},
    {"window", spoil_window, "days and months together"},
    {"none", spoil_none, "a time to object, and no reservations"},
    {"century", spoil_century, "more than a hundred years"},
    {"allowed", spoil_allowed, "any, none or listed"},
    {"may", spoil_may, "`may` names what this version does not know"},
    {"responses", spoil_responses, "a response to a breach"},
    {"ruled_by", spoil_ruled_by, "no rule with one ballot is called \"\""},
    {"review", spoil_review, "a review of more than"},
    {"key", spoil_key, "a share of the fund for each seat"},
    {"by", spoil_by, "by a weight or by a key"},
    {"by_what", spoil_by_what, "a weight the charter lacks"},
    {"unit", spoil_unit, "its unit of at most 31"},
    {"attestations", spoil_attestations, "more `attestations`"},
    {"sponsors", spoil_sponsors, "`sponsors` are 2 to 256"},
    {"delay", spoil_delay, "days and months together"},
    {"late", spoil_late, "beyond a hundred years"},
    {"carries", spoil_carries, "unknown group"},
};

static void bytes_that_no_compiler_writes_are_refused_with_their_reason(void **state)
{
    (void)state;
    struct buffer good = {0};
    assert_int_equal(compile(every_setting, &good), COMITY_OK);
    const struct charter *charter = decoded(&good);
    for (size_t i = 0; i < sizeof spoils / sizeof *spoils; i++) {
        struct buffer bytes = {0};
        Comity__V1__Charter message;
        const struct charter *other = NULL;
        assert_int_equal(charter_to_message(charter, &arena, &message), COMITY_OK);
        spoils[i].change(message.rules[0], message.seats[3]);
        spoils[i].change(message.rules[4], message.seats[3]); /* It repeats the first. */
        assert_int_equal(strict_pack(&message.base, &bytes), COMITY_OK);
        fault.text[0] = '\0';
        enum comity_error error = charter_decode(buffer_bytes(&bytes), &arena, &other, &fault);
        if (error != COMITY_INVALID || strstr(fault.text, spoils[i].fault) == NULL)
            fail_msg("%s: %d, %s", spoils[i].what, error, fault.text);
        buffer_free(&bytes);
    }
    buffer_free(&good);
}

/* A rule in stages repeats its first rule to the last setting. */
static void a_staged_rule_that_differs_after_the_signing_is_refused(void **state)
{
    (void)state;
    static void (*const changes[])(Comity__V1__Rule *, Comity__V1__Seat *) = {
        spoil_none, spoil_may,          spoil_responses, spoil_review,
        spoil_unit, spoil_attestations, spoil_sponsors};
    struct buffer good = {0};
    assert_int_equal(compile(every_setting, &good), COMITY_OK);
    struct charter charter = *decoded(&good);
    struct charter_rule rules[RULES_MAX];
    memcpy(rules, charter.rules, charter.rules_count * sizeof *rules);
    charter.rules = rules;
    assert_int_equal(check_stages(&charter, 4, &fault), COMITY_OK);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        Comity__V1__Charter message;
        assert_int_equal(charter_to_message(&charter, &arena, &message), COMITY_OK);
        changes[i](message.rules[4], message.seats[3]);
        struct charter_rule changed = rules[4];
        assert_int_equal(life_from_message(message.rules[4], charter.seats_count, &changed, &fault),
                         COMITY_OK);
        rules[4] = changed;
        assert_int_equal(check_stages(&charter, 4, &fault), COMITY_INVALID);
        assert_non_null(strstr(fault.text, "does not repeat the settings of its first rule"));
        memcpy(rules, decoded(&good)->rules, charter.rules_count * sizeof *rules);
    }
    buffer_free(&good);
}

/* A flipped byte is another charter, or none; never a crash, and never the same rules. */
static void bytes_that_say_nonsense_are_refused(void **state)
{
    (void)state;
    struct buffer bytes = {0};
    assert_int_equal(compile(every_setting, &bytes), COMITY_OK);
    struct hash id = decoded(&bytes)->id;
    for (size_t i = 0; i < bytes.size; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            struct arena scratch;
            const struct charter *charter = NULL;
            arena_init(&scratch, 0);
            bytes.data[i] ^= (uint8_t)(1 << bit);
            if (charter_decode(buffer_bytes(&bytes), &scratch, &charter, &fault) == COMITY_OK)
                assert_false(hash_equal(&id, &charter->id));
            bytes.data[i] ^= (uint8_t)(1 << bit);
            arena_free(&scratch);
        }
    }
    buffer_free(&bytes);
}

static const struct {
    const char *yaml;
    const char *warning; /* NULL: none that begins with the rule's name. */
} doubtful[] = {
    {RULE "    breach: {ruled-by: all}\n  all: yes = all members\n", "none is ever found"},
    {RULE "    breach: {ruled-by: all, accused: votes}\n  all: yes = all members\n",
     "the accused must find itself in breach"},
    {RULE "    breach: {ruled-by: r, responses: suspend}\n", "comes back under no rule"},
    {RULE "    breach: {ruled-by: r, review: 3 days}\n", "where a shortfall is a note"},
    {RULE "    binds: all\n    breach: {ruled-by: r, responses: end}\n", "and binds every member"},
    {RULE "    binds: all\n    reservations: listed\n", "makes no reservation"},
    {RULE "    attestations: 3\n", "no report is ever confirmed"},
    {RULE "    sponsors: 3\n", "nothing is ever put to the ballot"},
    {RULE "    may: suspend-votes\n", "no rule restores them"},
    {NAME "seats: [A, B]\nrules:\n  r: {sentence: yes >= 1, may: reweigh}\n",
     "may change weights, and the charter has none"},
    {RULE "    attestations: 2\n    may: [suspend-votes, restore]\n"
          "    breach: {ruled-by: r, responses: [suspend, suspend-votes], shortfall: breach, "
          "review: 3 days}\n",
     NULL},
    {RULE "    may: reweigh\n  s: {sentence: yes by w >= 2, freeze: adoption}\n", NULL},
    {RULE "  s: {sentence: yes >= 1, may: expel}\n", NULL}, /* Not for nothing. */
};

static void what_was_probably_not_meant_is_said(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof doubtful / sizeof *doubtful; i++) {
        struct buffer bytes = {0};
        warnings[0] = '\0';
        if (compile(doubtful[i].yaml, &bytes) != COMITY_OK)
            fail_msg("row %zu: %s", i, fault.text);
        if (doubtful[i].warning == NULL ? warnings[0] != '\0'
                                        : strstr(warnings, doubtful[i].warning) == NULL)
            fail_msg("row %zu: %s", i, warnings);
        buffer_free(&bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_mistake_is_named_with_its_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_setting_is_in_the_bytes_and_in_the_print, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_said_has_its_default_and_no_trace_in_the_bytes,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(bytes_that_no_compiler_writes_are_refused_with_their_reason,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_staged_rule_that_differs_after_the_signing_is_refused,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(bytes_that_say_nonsense_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_probably_not_meant_is_said, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
