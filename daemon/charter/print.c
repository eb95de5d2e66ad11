/* SPDX-License-Identifier: Apache-2.0 */
/* print.c - a charter as YAML that compiles to the same bytes: nothing is left to a default. */
#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/text.h"
#include "charter/parts.h"

/* Appends until something fails, and remembers that. */
struct printing {
    struct buffer *out;
    enum comity_error error;
};

static void put(struct printing *self, const char *text)
{
    if (self->error == COMITY_OK)
        self->error = buffer_append(self->out, text, strlen(text));
}

static void put_u64(struct printing *self, uint64_t value)
{
    char line[32];
    (void)snprintf(line, sizeof line, "%llu", (unsigned long long)value);
    put(self, line);
}

static void put_quoted(struct printing *self, const char *value)
{
    if (self->error == COMITY_OK)
        self->error = yaml_quote(value, self->out);
}

static void put_hex(struct printing *self, const uint8_t *data, size_t size)
{
    char hex[2 * KEY_SIZE + 1];
    hex_from_bytes(data, size, hex);
    put_quoted(self, hex);
}

static void put_length(struct printing *self, int64_t ms)
{
    char line[64];
    struct text text;
    text_init(&text, line, sizeof line);
    length_print(ms, &text);
    put(self, ms == 0 ? "0" : line);
}

static void put_time(struct printing *self, int64_t ms)
{
    char line[CALENDAR_TEXT_SIZE];
    calendar_format(ms, line);
    put(self, line);
}

static void put_seats(struct printing *self, const struct charter *charter)
{
    put(self, "seats:\n");
    for (uint32_t i = 0; i < charter->seats_count; i++) {
        const struct charter_seat *seat = &charter->seats[i];
        put(self, "  - name: ");
        put_quoted(self, seat->name);
        put(self, "\n    title: ");
        put_quoted(self, seat->title);
        put(self, "\n    key: ");
        put_hex(self, seat->key, KEY_SIZE);
        put(self, "\n    role: ");
        put(self, charter_role_words[seat->role - SEAT_MEMBER]);
        if (seat->represents >= 0) {
            put(self, "\n    represents: ");
            put(self, charter->groups[seat->represents].name);
        }
        if (seat->carries >= 0) {
            put(self, "\n    carries: ");
            put(self, charter->groups[seat->carries].name);
        }
        put(self, "\n");
    }
}

static void put_groups(struct printing *self, const struct charter *charter)
{
    put(self, charter->groups_count > 0 ? "groups:\n" : "");
    for (uint32_t i = 0; i < charter->groups_count; i++) {
        const char *separator = "";
        put(self, "  ");
        put(self, charter->groups[i].name);
        put(self, ": [");
        for (uint32_t seat = 0; seat < charter->seats_count; seat++) {
            if (!charter_group_has(&charter->groups[i], seat))
                continue;
            put(self, separator);
            put_quoted(self, charter->seats[seat].name);
            separator = ", ";
        }
        put(self, "]\n");
    }
    put(self, charter->weights_count > 0 ? "weights:\n" : "");
    for (uint32_t i = 0; i < charter->weights_count; i++) {
        put(self, "  ");
        put(self, charter->weights[i].name);
        put(self, ":\n");
        for (uint32_t seat = 0; seat < charter->seats_count; seat++) {
            put(self, "    ");
            put_quoted(self, charter->seats[seat].name);
            put(self, ": ");
            put_u64(self, charter->weights[i].values[seat]);
            put(self, "\n");
        }
    }
}

static void put_delay(struct printing *self, const char *key, struct charter_delay delay)
{
    char line[96];
    struct text text;
    text_init(&text, line, sizeof line);
    delay_print(delay, &text);
    put(self, key);
    put(self, line);
    put(self, "\n");
}

static void put_span(struct printing *self, const char *key, uint32_t days, uint32_t months)
{
    char line[96];
    struct text text;
    text_init(&text, line, sizeof line);
    span_print(days, months, &text);
    put(self, key);
    put(self, line);
    put(self, "\n");
}

static void put_closes(struct printing *self, const struct charter_rule *rule)
{
    const char *word = rule->closes == CLOSES_PRESIDING ? "presiding" : "all-answered";
    put(self, "    closes: ");
    if (rule->closes == CLOSES_AFTER) {
        put_length(self, rule->closes_ms);
    } else if (rule->closes_ms == 0) {
        put(self, word);
    } else {
        put(self, "{");
        put(self, word);
        put(self, ": ");
        put_length(self, rule->closes_ms);
        put(self, "}");
    }
    put(self, "\n");
}

static void put_agreement(struct printing *self, const struct charter_rule *rule)
{
    if (rule->has_in_force) {
        put(self, "    in-force:\n      when: ");
        put_quoted(self, rule->in_force.sentence);
        put(self, "\n");
        put_delay(self, "      after: ", rule->in_force.delay);
        if (rule->in_force.not_before_ms != 0) {
            put(self, "      not-before: ");
            put_time(self, rule->in_force.not_before_ms);
            put(self, "\n");
        }
        put_delay(self, "      late: ", rule->in_force.late);
    }
    if (rule->has_exit) {
        put(self, "    exit:\n");
        put_span(self, "      lock: ", rule->exit.lock_days, rule->exit.lock_months);
        put_span(self, "      notice: ", rule->exit.notice_days, rule->exit.notice_months);
        put(self, rule->exit.final ? "      take-back: no\n" : "      take-back: yes\n");
        put(self, rule->exit.no_later ? "      extend: no\n" : "      extend: yes\n");
    }
}

static void put_words(struct printing *self, const char *key, const char *const *words,
                      uint32_t bits)
{
    const char *separator = "";
    put(self, key);
    for (size_t i = 0; words[i] != NULL; i++) {
        if ((bits >> i & 1) == 0)
            continue;
        put(self, separator);
        put(self, words[i]);
        separator = ", ";
    }
    put(self, "]\n");
}

static void put_pair(struct printing *self, const char *key, const char *first, const char *second)
{
    put(self, key);
    put_quoted(self, first);
    put(self, ", ");
    put_quoted(self, second);
    put(self, "]\n");
}

static void put_stages(struct printing *self, const struct charter_rule *rule)
{
    if (rule->stages.adopted != NULL) {
        put(self, "    class-by: ");
        put_quoted(self, rule->stages.first);
        put_pair(self, "\n    classes: [", rule->stages.adopted, rule->stages.failed);
        return;
    }
    put_pair(self, "    first: [", rule->stages.first, rule->stages.failed);
    put_words(self, "    if: [", charter_failure_words, rule->stages.failed_if);
}

static void put_freeze(struct printing *self, const struct charter_rule *rule)
{
    put(self, "    freeze: ");
    if (rule->freeze == FREEZE_DATE)
        put_time(self, rule->freeze_ms);
    else
        put(self, rule->freeze == FREEZE_ADOPTION ? "adoption" : "opening");
    put(self, "\n");
}

static void put_ballot(struct printing *self, const struct charter_rule *rule)
{
    const uint32_t all = 15;
    put_words(self, "    answers: [", charter_answer_words,
              rule->answers == 0 ? all : rule->answers >> ANSWER_YES);
    put(self, rule->no_abstain != NULL ? "    no-abstain: " : "");
    put(self, rule->no_abstain != NULL ? rule->no_abstain : "");
    put(self, rule->no_abstain != NULL ? "\n" : "");
    put(self, rule->must_abstain != NULL ? "    must-abstain: " : "");
    put(self, rule->must_abstain != NULL ? rule->must_abstain : "");
    put(self, rule->must_abstain != NULL ? "\n" : "");
    put(self, rule->pass_turns == 1 ? "    pass-turns: 1\n" : "    pass-turns: 0\n");
    put(self, rule->receipt_required ? "    receipt: required\n" : "    receipt: none\n");
    put(self, rule->tie == TIE_PRESIDING ? "    tie: presiding\n" : "    tie: reject\n");
    if (rule->revote_ms != 0) {
        put(self, "    revote: ");
        put_length(self, rule->revote_ms);
        put(self, "\n");
    }
    put_freeze(self, rule);
}

static void put_rule(struct printing *self, const struct charter *charter,
                     const struct charter_rule *rule)
{
    put(self, "  ");
    put_quoted(self, rule->name);
    if (rule->has_stages) {
        put(self, ":\n");
        put_stages(self, rule);
        return;
    }
    put(self, ":\n    sentence: ");
    put_quoted(self, rule->sentence);
    put(self, "\n");
    put(self, rule->quorum_open != NULL || rule->quorum_decide != NULL ? "    quorum:\n" : "");
    if (rule->quorum_open != NULL) {
        put(self, "      open: ");
        put_quoted(self, rule->quorum_open);
        put(self, "\n");
    }
    if (rule->quorum_decide != NULL) {
        put(self, "      decide: ");
        put_quoted(self, rule->quorum_decide);
        put(self, "\n");
    }
    put_closes(self, rule);
    put(self, "    silence: ");
    put(self, charter_silence_words[rule->silence - CHARTER_SILENCE_IGNORE]);
    put(self, rule->absent_blocks ? "\n    absent: block" : "\n    absent: ignore");
    put(self, rule->revise_never ? "\n    revise: never" : "\n    revise: until-close");
    put(self, "\n    binds: ");
    put(self, charter_binds_words[rule->binds - BINDS_ALL]);
    put(self, "\n");
    put_ballot(self, rule);
    put_agreement(self, rule);
    if (self->error == COMITY_OK)
        self->error = print_life(charter, rule, self->out);
}

static void put_list(struct printing *self, const char *key, const struct charter *charter,
                     bool topics)
{
    uint32_t count = topics ? charter->topics_count : charter->orderers_count;
    put(self, key);
    for (uint32_t i = 0; i < count; i++) {
        put(self, i > 0 ? ", " : "");
        put_quoted(self, topics ? charter->topics[i] : charter->seats[charter->orderers[i]].name);
    }
    put(self, "]\n");
}

static void put_times(struct printing *self, const struct charter *charter)
{
    put(self, "clock: ");
    if (charter->clock == CLOCK_REAL) {
        put(self, "real");
    } else if (charter->clock == CLOCK_PRESIDED) {
        put(self, "{presided: ");
        put_time(self, charter->clock_starts_ms);
        put(self, "}");
    } else {
        put(self, "{starts: ");
        put_time(self, charter->clock_starts_ms);
        put(self, ", day: ");
        put_length(self, charter->clock_day_ms);
        put(self, "}");
    }
    put(self, "\npace: ");
    put_length(self, charter->pace_ms);
    put(self, "\ntolerance: ");
    put_length(self, charter->tolerance_ms);
    put(self, "\ngrace: ");
    put_length(self, charter->grace_ms);
    put(self, "\nnotes: ");
    put(self, charter_notes_words[charter->notes - NOTES_NONE]);
    put(self, "\n");
}

enum comity_error charter_print(const struct charter *charter, struct buffer *ret_text)
{
    size_t size = ret_text->size;
    struct printing self = {.out = ret_text, .error = COMITY_OK};
    put(&self, "name: ");
    put_quoted(&self, charter->name);
    put(&self, "\ntitle: ");
    put_quoted(&self, charter->title);
    put(&self, "\nnonce: ");
    put_hex(&self, charter->nonce, sizeof charter->nonce);
    put(&self, "\n");
    if (charter->nominal != 0) {
        put(&self, "nominal: ");
        put_u64(&self, charter->nominal);
        put(&self, "\n");
    }
    put_seats(&self, charter);
    put_groups(&self, charter);
    put(&self, "rules:\n");
    for (uint32_t i = 0; i < charter->rules_count; i++)
        put_rule(&self, charter, &charter->rules[i]);
    if (charter->topics_count > 0)
        put_list(&self, "topics: [", charter, true);
    if (!charter_ordered_by_all(charter))
        put_list(&self, "orderers: [", charter, false);
    put(&self, "procedure: ");
    put(&self, charter->procedure);
    put(&self, "\n");
    put_times(&self, charter);
    if (self.error != COMITY_OK)
        ret_text->size = size;
    return self.error;
}
