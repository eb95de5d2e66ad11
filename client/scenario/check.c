/* SPDX-License-Identifier: Apache-2.0 */
/* check.c - expectations against what the stage shows. */
#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/text.h"
#include "scenario/play.h"

struct check {
    struct play *play;
    const struct expectation *item;
    struct stage_proposal proposal;
    struct stage_agreement agreement; /* Number 0: there is none. */
};

static void write_set(const struct scenario *scenario, const struct seat_set *set, char *out,
                      size_t size)
{
    struct text text;
    text_init(&text, out, size);
    for (uint32_t i = 0; i < scenario->charter->seats_count; i++)
        if (seat_set_has(set, i))
            text_format(&text, "%s%s", text.size ? ", " : "", scenario->charter->seats[i].name);
    if (text.size == 0)
        text_add(&text, "none");
}

static void write_time(int64_t ms, char out[CALENDAR_TEXT_SIZE])
{
    if (ms == INT64_MAX)
        (void)snprintf(out, CALENDAR_TEXT_SIZE, "never");
    else
        calendar_format(ms, out);
}

/* `expect` of `dam`: of what, and by name. */
static enum comity_error differ(struct check *self, const char *expected, const char *got)
{
    const struct scenario *scenario = self->play->scenario;
    const struct expectation *item = self->item;
    char day[CALENDAR_TEXT_SIZE + 4] = "", date[CALENDAR_TEXT_SIZE];
    if (item->when_ms != INT64_MAX) {
        calendar_format(item->when_ms, date);
        (void)snprintf(day, sizeof day, "on %s ", date);
    }
    const char *label = scenario_label_name(scenario, item->label);
    const char *seat = item->seat == SCENARIO_NONE ? "" : scenario_seat_name(scenario, item->seat);
    const char *word = item->kind == EXPECT_CONDUCT ? item->text : expectation_word(item->kind);
    char figure[NAME_MAX_SIZE + 40];
    if (item->kind == EXPECT_FIGURE) {
        (void)snprintf(figure, sizeof figure, "%s%s%s", item->row.issue ? item->row.issue : "",
                       item->row.issue ? ": " : "", figure_word(item->figure));
        word = figure;
    }
    return play_differ(self->play, item->place, "%s%s%s%s: %s: expected %s, got %s", day, label,
                       *label && *seat ? ": " : "", seat, word, expected, got);
}

static enum comity_error check_word(struct check *self, const char *got)
{
    return strcmp(self->item->text, got) == 0 ? COMITY_OK : differ(self, self->item->text, got);
}

/* A date written without a time means any time of that day. */
static enum comity_error check_time(struct check *self, int64_t got)
{
    int64_t expected = self->item->time_ms;
    char expected_text[CALENDAR_TEXT_SIZE], got_text[CALENDAR_TEXT_SIZE];
    bool same = expected == got;
    if (!same && expected != INT64_MAX && got != INT64_MAX && expected % CALENDAR_DAY_MS == 0)
        same = got > expected && got - expected < CALENDAR_DAY_MS;
    if (same)
        return COMITY_OK;
    write_time(expected, expected_text);
    write_time(got, got_text);
    return differ(self, expected_text, got_text);
}

static enum comity_error check_seats(struct check *self, const struct seat_set *got)
{
    char expected_text[4096], got_text[4096];
    if (memcmp(got->bits, self->item->seats.bits, sizeof got->bits) == 0)
        return COMITY_OK;
    write_set(self->play->scenario, &self->item->seats, expected_text, sizeof expected_text);
    write_set(self->play->scenario, got, got_text, sizeof got_text);
    return differ(self, expected_text, got_text);
}

static enum comity_error check_number(struct check *self, uint32_t got)
{
    char expected_text[16], got_text[16];
    if (got == self->item->number)
        return COMITY_OK;
    (void)snprintf(expected_text, sizeof expected_text, "%u", self->item->number);
    (void)snprintf(got_text, sizeof got_text, "%u", got);
    return differ(self, expected_text, got_text);
}

/* Who the verdict's line says blocked it: the names after "veto by ". */
static enum comity_error check_veto(struct check *self)
{
    const struct scenario *scenario = self->play->scenario;
    struct seat_set got = {0};
    const char *at = strstr(self->proposal.line, "veto by ");
    for (at = at ? at + 8 : NULL; at && *at;) {
        size_t size = strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                 "0123456789-_");
        char name[SEAT_NAME_MAX + 1];
        if (size == 0 || size >= sizeof name)
            break;
        memcpy(name, at, size);
        name[size] = '\0';
        int32_t seat = charter_find_seat(scenario->charter, name);
        if (seat < 0)
            break;
        seat_set_add(&got, (uint32_t)seat);
        at = strncmp(at + size, ", ", 2) == 0 ? at + size + 2 : NULL;
    }
    return check_seats(self, &got);
}

static bool is_bound(const struct stage_party *party)
{
    return strcmp(party->status, "bound") == 0 || strcmp(party->status, "leaving") == 0;
}

static enum comity_error check_agreement(struct check *self)
{
    const struct stage_agreement *agreement = &self->agreement;
    const struct scenario *scenario = self->play->scenario;
    struct seat_set parties = {0};
    uint32_t consents = 0;
    if (self->item->kind == EXPECT_AGREEMENT)
        return check_word(self, agreement->number ? agreement->status : "none");
    if (!agreement->number)
        return differ(self, "an agreement", "none");
    for (uint32_t i = 0; i < scenario->charter->seats_count; i++) {
        if (is_bound(&agreement->parties[i]))
            seat_set_add(&parties, i);
        if (scenario->charter->seats[i].represents >= 0)
            continue; /* Its instrument adds nothing to its members'. */
        consents += is_bound(&agreement->parties[i]) ||
                    strcmp(agreement->parties[i].status, "consented") == 0;
    }
    switch (self->item->kind) {
    case EXPECT_THRESHOLD:
        return check_time(self, agreement->threshold_ms);
    case EXPECT_IN_FORCE:
        return check_time(self, agreement->in_force_ms);
    case EXPECT_PARTIES:
        return check_seats(self, &parties);
    case EXPECT_COUNT:
        return check_number(self, agreement->parties_count);
    case EXPECT_CONSENTS:
        return check_number(self, consents);
    default:
        break;
    }
    const struct stage_party *party = &agreement->parties[self->item->seat];
    switch (self->item->kind) {
    case EXPECT_STATUS:
        return check_word(self, party->status);
    case EXPECT_SINCE:
        return check_time(self, party->since_ms);
    case EXPECT_UNTIL:
        return check_time(self, party->until_ms);
    default:
        return check_word(self, party->defection);
    }
}

static enum comity_error check_conduct(struct check *self, struct fault *fault)
{
    struct stage_conduct conduct;
    struct stage *stage = &self->play->stage;
    enum comity_error error = stage->ops->conduct(stage->self, self->item->seat, &conduct, fault);
    if (error)
        return error;
    const char *word = self->item->text;
    enum conduct_kind kind = conduct_from_word(word);
    uint32_t class = 0;
    while (class < CLASS_ACTIVITY &&
           strcmp(conduct_class_word((enum conduct_class) class), word) != 0)
        class ++;
    /* `alone` is a class and a kind: the class. */
    return check_number(self,
                        class < CLASS_ACTIVITY ? conduct.classes[class] : conduct.kinds[kind]);
}

static enum comity_error check_proposal(struct check *self)
{
    const struct stage_proposal *proposal = &self->proposal;
    switch (self->item->kind) {
    case EXPECT_VERDICT:
        return check_word(self, proposal->verdict);
    case EXPECT_LINE:
        if (strstr(proposal->line, self->item->text) ||
            strstr(self->agreement.line, self->item->text))
            return COMITY_OK;
        return differ(self, self->item->text,
                      self->agreement.number ? self->agreement.line : proposal->line);
    case EXPECT_VETO:
        return check_veto(self);
    case EXPECT_DECIDED:
        return check_time(self, strcmp(proposal->status, "decided") == 0 ? proposal->decided_ms
                                                                         : INT64_MAX);
    case EXPECT_FORMED:
        return check_seats(self, &proposal->formed);
    case EXPECT_STAYED_OUT:
        return check_seats(self, &proposal->stayed_out);
    case EXPECT_DEFECTED:
        return check_seats(self, &proposal->defected);
    default:
        return check_agreement(self);
    }
}

static enum comity_error check_figure(struct check *self, struct fault *fault)
{
    static const char *const reviews[] = {"none", "kept", "short", "rested"};
    struct stage *stage = &self->play->stage;
    const struct expectation *item = self->item;
    struct figures figures;
    char expected_text[24], got_text[24];
    if (!self->agreement.number)
        return differ(self, "an agreement", "none");
    enum comity_error error =
        stage->ops->figures(stage->self, self->agreement.number, &item->row, &figures, fault);
    if (error)
        return error;
    if (!figures.found)
        return differ(self, "a figure", "none");
    int64_t got = figures.values[item->figure];
    if (got == item->value)
        return COMITY_OK;
    if (item->figure == FIGURE_REVIEW)
        return differ(self, reviews[item->value], reviews[got]);
    (void)snprintf(expected_text, sizeof expected_text, "%lld", (long long)item->value);
    (void)snprintf(got_text, sizeof got_text, "%lld", (long long)got);
    return differ(self, expected_text, got_text);
}

static enum comity_error check_one(struct check *self, struct fault *fault)
{
    const struct stage *stage = &self->play->stage;
    const struct expectation *item = self->item;
    if (item->kind == EXPECT_CONDUCT)
        return check_conduct(self, fault);
    const struct stage_label *label = &self->play->labels[item->label];
    if (!label->known || !label->proposal)
        return differ(self, item->text ? item->text : "a proposal",
                      label->known ? "an act alone" : "nothing: it was not accepted");
    enum comity_error error = COMITY_OK;
    if (self->proposal.number != label->proposal) {
        error = stage->ops->proposal(stage->self, label->proposal, &self->proposal, fault);
        self->agreement.number = 0;
        self->agreement.line[0] = '\0';
        if (!error && self->proposal.agreement)
            error = stage->ops->agreement(stage->self, self->proposal.agreement, &self->agreement,
                                          fault);
    }
    if (!error && item->kind == EXPECT_FIGURE)
        return check_figure(self, fault);
    return error ? error : check_proposal(self);
}

enum comity_error play_check(struct play *self, int64_t when_ms, struct fault *fault)
{
    struct check check = {.play = self};
    enum comity_error error = COMITY_OK;
    for (uint32_t i = 0; !error && i < self->scenario->expectations_count; i++) {
        check.item = &self->scenario->expectations[i];
        if (check.item->when_ms != when_ms)
            continue;
        self->checks_count++;
        error = check_one(&check, fault);
    }
    return error;
}
