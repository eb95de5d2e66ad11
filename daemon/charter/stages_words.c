/* SPDX-License-Identifier: Apache-2.0 */
/* stages_words.c - what the first of two ballots asks, in words. */
#include "charter/charter.h"
#include "charter/parts.h"

static void add_rule(const struct charter *charter, const char *name, struct text *text)
{
    const struct charter_rule *rule = charter_find_rule(charter, name);
    text_format(text, "rule %s (%s)", name, rule == NULL ? "" : rule->sentence);
}

void charter_explain_stages(const struct charter *charter, const struct charter_rule *rule,
                            struct text *text)
{
    if (!rule->has_stages)
        return;
    text_add(text, "this first ballot is by ");
    add_rule(charter, rule->stages.first, text);
    if (rule->stages.adopted != NULL) {
        text_add(text, " and says which rule decides. Yes: ");
        add_rule(charter, rule->stages.adopted, text);
        text_add(text, " decides; no, and whatever else does not carry it: ");
        add_rule(charter, rule->stages.failed, text);
        text_add(text, " decides");
        return;
    }
    text_add(text, ". If it carries, the question is adopted; if it is");
    unsigned count = 0;
    for (unsigned i = 0; charter_failure_words[i] != NULL; i++) {
        if ((rule->stages.failed_if & VERDICT_BIT(VERDICT_REJECTED + i)) != 0)
            text_format(text, "%s %s", count++ == 0 ? "" : " or", charter_failure_words[i]);
    }
    text_add(text, ", it is asked again by ");
    add_rule(charter, rule->stages.failed, text);
}
