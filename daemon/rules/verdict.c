/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/verdict.h"

#include <assert.h>
#include <stddef.h>

#include "rules/decide.h"
#include "rules/words.h"

static bool is_member(const struct rule_roster *roster, uint32_t seat)
{
    return seat_set_has(&roster->members, seat);
}

static uint32_t allowed_answers(const struct rule_settings *settings)
{
    return settings->answers != 0 ? settings->answers : (uint32_t)RULE_ANSWERED;
}

bool rule_is_consensus(const struct rule *rule, const struct rule_roster *roster)
{
    struct rule_tally tally;
    rule_tally_init(&tally, rule, roster);
    for (uint32_t seat = 0; seat < roster->seats_count; seat++)
        rule_tally_set(&tally, seat, ANSWER_YES);
    if (tally.members_count == 0 || !rule_tally_holds(&tally))
        return false;
    for (uint32_t seat = 0; seat < roster->seats_count; seat++) {
        if (!is_member(roster, seat))
            continue;
        rule_tally_set(&tally, seat, ANSWER_OBJECT);
        if (rule_tally_holds(&tally))
            return false;
        rule_tally_set(&tally, seat, ANSWER_YES);
    }
    return true;
}

void verdict_open_answers(const struct rule_settings *settings, const struct rule_roster *roster,
                          const uint8_t *answers, uint8_t *ret_open)
{
    uint32_t allowed = allowed_answers(settings);
    for (uint32_t seat = 0; seat < roster->seats_count; seat++) {
        uint32_t now = ANSWER_BIT(answers[seat]);
        uint32_t open = 0;
        if ((now & (ANSWER_BIT(ANSWER_SILENT) | ANSWER_BIT(ANSWER_UNREACHABLE))) != 0) {
            open = allowed | ANSWER_BIT(ANSWER_SILENT);
        } else if (settings->revise_until_close && (now & RULE_ANSWERED) != 0) {
            open = allowed;
        }
        ret_open[seat] = is_member(roster, seat) ? (uint8_t)open : 0;
    }
}

static uint32_t count_present(const struct rule_roster *roster, const uint8_t *answers)
{
    uint32_t count = 0;
    for (uint32_t seat = 0; seat < roster->seats_count; seat++) {
        if (is_member(roster, seat) && (ANSWER_BIT(answers[seat]) & RULE_PRESENT) != 0)
            count++;
    }
    return count;
}

static void describe_quorum(const struct rule *quorum, const struct rule_roster *roster,
                            const uint8_t *answers, struct rule_outcome *ret_outcome)
{
    bool anyone = count_present(roster, answers) > 0;
    struct text line;
    if (anyone && quorum != NULL) {
        rule_evaluate(quorum, roster, answers, NULL, ret_outcome);
        return;
    }
    ret_outcome->holds = anyone;
    text_init(&line, ret_outcome->line, sizeof ret_outcome->line);
    text_add(&line, anyone ? "no quorum is required" : "nobody is present");
}

bool verdict_may_open(const struct rule_settings *settings, const struct rule_roster *roster,
                      const uint8_t *answers, struct rule_outcome *ret_outcome)
{
    describe_quorum(settings->quorum_open, roster, answers, ret_outcome);
    return ret_outcome->holds;
}

/* quorum.decide and, always, that somebody is present. */
static enum rule_fate quorum_fate(const struct rule_settings *settings,
                                  const struct rule_roster *roster, const uint8_t *answers,
                                  const uint8_t *open)
{
    enum rule_fate anyone = RULE_FATE_FAILS;
    for (uint32_t seat = 0; seat < roster->seats_count && anyone != RULE_FATE_HOLDS; seat++) {
        uint32_t options = open[seat] | ANSWER_BIT(answers[seat]);
        if (!is_member(roster, seat) || (options & RULE_PRESENT) == 0)
            continue;
        anyone = (options & ~(uint32_t)RULE_PRESENT) == 0 ? RULE_FATE_HOLDS : RULE_FATE_OPEN;
    }
    if (anyone == RULE_FATE_FAILS || settings->quorum_decide == NULL)
        return anyone;
    enum rule_fate quorum = rule_fate(settings->quorum_decide, roster, answers, open);
    return quorum == RULE_FATE_HOLDS ? anyone : quorum;
}

/* The members nobody may be decided without: they have not heard, or their absence blocks. */
static struct seat_set find_blockers(const struct rule_settings *settings,
                                     const struct rule_roster *roster, const uint8_t *answers)
{
    struct seat_set unreachable = {{0}};
    struct seat_set all = {{0}};
    for (uint32_t seat = 0; seat < roster->seats_count; seat++) {
        if (!is_member(roster, seat))
            continue;
        if (answers[seat] == ANSWER_UNREACHABLE)
            seat_set_add(&unreachable, seat);
        if (answers[seat] == ANSWER_UNREACHABLE || answers[seat] == ANSWER_ABSENT)
            seat_set_add(&all, seat);
    }
    if (settings->absent_blocks)
        return all;
    if (seat_set_count(&unreachable) > 0 && settings->silence != RULE_SILENCE_YES &&
        !rule_is_consensus(settings->rule, roster))
        return (struct seat_set){{0}};
    return unreachable;
}

/* What a verdict is worked out from; the arrays are filled up to seats_count only. */
struct settling {
    const struct rule_settings *settings;
    const struct rule_roster *roster;
    const struct verdict_question *question;
    bool closed;
    uint8_t open[SEATS_MAX];    /* For the quorum: silence is presence. */
    uint8_t answers[SEATS_MAX]; /* For the rule: silence as the settings count it. */
    uint8_t mapped[SEATS_MAX];  /* What the rule's answers may still turn into. */
    struct seat_set blockers;
};

static uint32_t seat_answers(const struct settling *self, uint32_t seat)
{
    const uint8_t *allowed = self->question->allowed;
    return allowed != NULL ? allowed[seat] : allowed_answers(self->settings);
}

/* What a seat that stays silent counts as. One that must abstain never says yes or no, not even by
 * its silence. */
static enum answer silence_of(const struct settling *self, uint32_t seat)
{
    if (self->settings->silence == RULE_SILENCE_IGNORE ||
        seat_answers(self, seat) == ANSWER_BIT(ANSWER_ABSTAIN))
        return ANSWER_SILENT;
    return self->settings->silence == RULE_SILENCE_YES ? ANSWER_YES : ANSWER_NO;
}

static void settling_init(struct settling *self, const struct rule_settings *settings,
                          const struct rule_roster *roster, const struct verdict_question *question)
{
    const uint8_t *answers = question->answers;
    uint32_t silent = ANSWER_BIT(ANSWER_SILENT);
    self->settings = settings;
    self->roster = roster;
    self->question = question;
    self->closed = self->question->closed || self->question->hard_limit;
    self->blockers = find_blockers(self->settings, self->roster, answers);
    for (uint32_t seat = 0; seat < self->roster->seats_count; seat++) {
        bool member = is_member(self->roster, seat);
        enum answer silence = silence_of(self, seat);
        uint32_t open = 0;
        if (!self->closed && self->question->open != NULL && member)
            open = self->question->open[seat];
        self->open[seat] = (uint8_t)open;
        if (seat_set_has(&self->blockers, seat))
            open |= seat_answers(self, seat) | silent;
        if ((open & silent) != 0)
            open = (open & ~silent) | ANSWER_BIT(silence);
        self->mapped[seat] = (uint8_t)open;
        self->answers[seat] = answers[seat] == ANSWER_SILENT ? (uint8_t)silence : answers[seat];
    }
}

/* As many yes as no, at least one of each, whatever weights say. */
static bool is_tie(const struct settling *self)
{
    uint32_t yes = 0;
    uint32_t no = 0;
    for (uint32_t seat = 0; seat < self->roster->seats_count; seat++) {
        if (!is_member(self->roster, seat))
            continue;
        yes += self->answers[seat] == ANSWER_YES;
        no += self->answers[seat] == ANSWER_NO || self->answers[seat] == ANSWER_OBJECT;
    }
    return yes > 0 && yes == no;
}

/* Would the yes of the chair, as of one more member, adopt? A tie that it would not is a lack of
 * votes: two to two is no casting matter where two thirds are needed. */
static bool chair_can_adopt(const struct settling *self)
{
    struct rule_roster with_chair = *self->roster;
    struct rule_tally tally;
    if (!self->settings->tie_presiding || self->question->chair >= self->roster->seats_count)
        return false;
    seat_set_add(&with_chair.members, self->question->chair);
    rule_tally_init(&tally, self->settings->rule, &with_chair);
    for (uint32_t seat = 0; seat < with_chair.seats_count; seat++) {
        if (seat_set_has(&with_chair.members, seat))
            rule_tally_set(&tally, seat,
                           seat == self->question->chair ? ANSWER_YES
                                                         : (enum answer)self->answers[seat]);
    }
    return rule_tally_holds(&tally);
}

static bool may_change(const struct settling *self)
{
    for (uint32_t seat = 0; seat < self->roster->seats_count; seat++) {
        if (self->open[seat] != 0)
            return true;
    }
    return false;
}

/* The rule fails for certain, which a tie may still turn. */
static enum verdict settle_failed(const struct settling *self)
{
    const struct verdict_question *question = self->question;
    bool revote = self->settings->revote && !question->revoted;
    if (!self->settings->tie_presiding && !revote)
        return VERDICT_REJECTED;
    if (may_change(self))
        return VERDICT_OPEN; /* It may yet become a tie, or be none any more. */
    if (!is_tie(self))
        return VERDICT_REJECTED;
    if (revote)
        return VERDICT_OPEN;
    if (!chair_can_adopt(self) || question->casting == ANSWER_NO)
        return VERDICT_REJECTED;
    return question->casting == ANSWER_YES ? VERDICT_ADOPTED : VERDICT_OPEN;
}

static enum verdict settle(const struct settling *self, bool *ret_failed)
{
    const struct verdict_question *question = self->question;
    enum rule_fate quorum =
        quorum_fate(self->settings, self->roster, question->answers, self->open);
    if (quorum == RULE_FATE_FAILS)
        return VERDICT_INQUORATE;
    enum rule_fate rule =
        rule_fate(self->settings->rule, self->roster, self->answers, self->mapped);
    if (quorum == RULE_FATE_HOLDS && rule == RULE_FATE_HOLDS)
        return VERDICT_ADOPTED;
    *ret_failed = quorum == RULE_FATE_HOLDS && rule == RULE_FATE_FAILS;
    if (*ret_failed)
        return settle_failed(self);
    return question->hard_limit ? VERDICT_LAPSED : VERDICT_OPEN;
}

static void find_unanswered(const struct settling *self, struct verdict_result *ret_result)
{
    const uint32_t unanswered = RULE_MEMBERS & ~(uint32_t)RULE_ANSWERED;
    for (uint32_t seat = 0; seat < self->roster->seats_count; seat++) {
        uint32_t now = ANSWER_BIT(self->question->answers[seat]);
        if (!is_member(self->roster, seat) || (now & unanswered) == 0)
            continue;
        seat_set_add(&ret_result->unanswered, seat);
        if (ret_result->verdict == VERDICT_OPEN &&
            (self->open[seat] != 0 || seat_set_has(&self->blockers, seat)))
            seat_set_add(&ret_result->waiting, seat);
    }
}

static void write_line(const struct settling *self, const struct rule_outcome *rule,
                       struct verdict_result *ret_result)
{
    const struct verdict_question *question = self->question;
    struct text line;
    struct rule_outcome quorum;
    describe_quorum(self->settings->quorum_decide, self->roster, question->answers, &quorum);
    text_init(&line, ret_result->line, sizeof ret_result->line);
    text_add(&line, verdict_word(ret_result->verdict));
    text_add(&line, ": ");
    if (ret_result->verdict == VERDICT_INQUORATE) {
        text_add(&line, quorum.line);
    } else if (ret_result->verdict == VERDICT_LAPSED) {
        text_add(&line, "no answer from ");
        rule_add_seats(&line, &self->blockers, question->seat_names);
    } else {
        text_add(&line, rule->line);
    }
    if (ret_result->verdict == VERDICT_OPEN && !quorum.holds) {
        text_add(&line, "; no quorum yet: ");
        text_add(&line, quorum.line);
    }
    bool adopted = ret_result->verdict == VERDICT_ADOPTED;
    if (ret_result->tied)
        text_add(&line, self->settings->revote && !question->revoted
                            ? "; a tie"
                            : "; a tie: the chair decides");
    else if (question->casting != ANSWER_SILENT)
        text_add(&line,
                 adopted ? "; a tie: the chair decided yes" : "; a tie: the chair decided no");
    if (seat_set_count(&ret_result->waiting) > 0) {
        text_add(&line, "; waiting for ");
        rule_add_seats(&line, &ret_result->waiting, question->seat_names);
    }
    rule_end_line(&line);
}

enum verdict verdict_decide(const struct rule_settings *settings, const struct rule_roster *roster,
                            const struct verdict_question *question)
{
    struct settling settling;
    bool failed = false;
    settling_init(&settling, settings, roster, question);
    return settle(&settling, &failed);
}

void verdict_settle(const struct rule_settings *settings, const struct rule_roster *roster,
                    const struct verdict_question *question, struct verdict_result *ret_result)
{
    struct settling settling;
    struct verdict_result result = {.verdict = VERDICT_OPEN};
    struct rule_outcome rule;
    bool failed = false;
    settling_init(&settling, settings, roster, question);
    result.verdict = settle(&settling, &failed);
    result.tied = failed && result.verdict == VERDICT_OPEN && !may_change(&settling);
    result.can_change = result.verdict == VERDICT_OPEN;
    /* Before the close silence is shown as it is; afterwards as it counts. */
    bool as_is = result.verdict == VERDICT_OPEN && !settling.closed;
    rule_evaluate(settings->rule, roster, as_is ? question->answers : settling.answers,
                  question->seat_names, &rule);
    result.holds = rule.holds;
    find_unanswered(&settling, &result);
    write_line(&settling, &rule, &result);
    *ret_result = result;
}
