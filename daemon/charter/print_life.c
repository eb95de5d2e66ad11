/* SPDX-License-Identifier: Apache-2.0 */
/* print_life.c - what a rule says of an agreement's life, as YAML. */
#include <string.h>

#include "base/text.h"
#include "charter/parts.h"

struct printing {
    struct buffer *out;
    enum comity_error error;
};

static void put(struct printing *self, const char *text)
{
    if (self->error == COMITY_OK)
        self->error = buffer_append(self->out, text, strlen(text));
}

static void put_quoted(struct printing *self, const char *key, const char *value)
{
    put(self, key);
    if (self->error == COMITY_OK)
        self->error = yaml_quote(value, self->out);
    put(self, "\n");
}

static void put_number(struct printing *self, const char *key, uint64_t value)
{
    char line[32];
    struct text text;
    text_init(&text, line, sizeof line);
    text_add_u64(&text, value);
    text_add_char(&text, '\n');
    put(self, key);
    put(self, line);
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

/* Nothing of an empty set: the YAML has no word for it but silence. */
static void put_set(struct printing *self, const char *key, const char *const *words, uint32_t bits)
{
    const char *separator = "";
    if (bits == 0)
        return;
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

static void put_reservations(struct printing *self, const struct charter_rule *rule)
{
    put(self, "    reservations:\n      allowed: ");
    put(self, charter_reservation_words[rule->reservations - RESERVATIONS_ANY]);
    put(self, "\n");
    if (rule->reservations != RESERVATIONS_NONE)
        put_span(self, "      window: ", rule->window_days, rule->window_months);
}

static void put_breach(struct printing *self, const struct charter_rule *rule)
{
    put_quoted(self, "    breach:\n      ruled-by: ", rule->breach.ruled_by);
    put(self, rule->breach.alleged_by == ALLEGED_BY_MEMBERS ? "      alleged-by: members\n"
                                                            : "      alleged-by: parties\n");
    put_set(self, "      responses: [", charter_response_words, rule->breach.responses);
    put(self, rule->breach.accused_votes ? "      accused: votes\n" : "      accused: abstains\n");
    put(self, rule->breach.shortfall ? "      shortfall: breach\n" : "      shortfall: note\n");
    put_span(self, "      review: ", rule->breach.review_days, 0);
}

static void put_fund(struct printing *self, const struct charter *charter,
                     const struct charter_rule *rule)
{
    put_quoted(self, "    fund:\n      spent-by: ", rule->fund.spent_by);
    put_quoted(self, "      issue: ", rule->fund.issue);
    put_quoted(self, "      unit: ", rule->fund.unit);
    if (rule->fund.by != NULL) {
        put(self, "      shares: by ");
        put(self, rule->fund.by);
        put(self, "\n");
        return;
    }
    put(self, rule->fund.key == NULL ? "      shares: equal\n" : "      shares:\n");
    for (uint32_t i = 0; rule->fund.key != NULL && i < charter->seats_count; i++) {
        put(self, "        ");
        if (self->error == COMITY_OK)
            self->error = yaml_quote(charter->seats[i].name, self->out);
        put_number(self, ": ", rule->fund.key[i]);
    }
}

enum comity_error print_life(const struct charter *charter, const struct charter_rule *rule,
                             struct buffer *out)
{
    struct printing self = {.out = out, .error = COMITY_OK};
    put_reservations(&self, rule);
    if (rule->has_breach)
        put_breach(&self, rule);
    if (rule->has_fund)
        put_fund(&self, charter, rule);
    put_number(&self, "    attestations: ", rule->attestations);
    put_number(&self, "    sponsors: ", rule->sponsors == 0 ? 1 : rule->sponsors);
    put_set(&self, "    may: [", charter_may_words, rule->may);
    return self.error;
}
