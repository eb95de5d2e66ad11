/* SPDX-License-Identifier: Apache-2.0 */
#include "rule_words.h"

#include <inttypes.h>

static void add_set(struct page *page, const char *const *words, uint32_t bits)
{
    const char *separator = "";
    for (uint32_t i = 0; words[i] != NULL; i++) {
        if ((bits >> i & 1) == 0)
            continue;
        page_format(page, "%s%s", separator, words[i]);
        separator = ", ";
    }
}

static void add_reservations(const struct charter_rule *rule, struct page *page)
{
    static const char *const allowed[] = {"", "reservations to any clause", "no reservations",
                                          "reservations to listed clauses"};
    bool months = rule->window_months != 0;
    uint32_t window = months ? rule->window_months : rule->window_days;
    if (rule->reservations == RESERVATIONS_ANY && rule->window_months == 12)
        return;
    page_format(page, "    %s", allowed[rule->reservations]);
    if (rule->reservations != RESERVATIONS_NONE)
        page_format(page, "; %" PRIu32 " %s to object, then silence accepts", window,
                    months ? "months" : "days");
    page_add(page, "\n");
}

static void add_breach(const struct charter_rule *rule, struct page *page)
{
    static const char *const words[] = {"suspending votes", "suspending the agreement",
                                        "ending it towards the defaulter", "expulsion", NULL};
    if (!rule->has_breach)
        return;
    page_format(page, "    a breach is alleged by %s and found under %s",
                rule->breach.alleged_by == ALLEGED_BY_MEMBERS ? "members" : "parties",
                rule->breach.ruled_by);
    page_add(page, rule->breach.responses != 0 ? "; it may lead to " : ", a finding only");
    add_set(page, words, rule->breach.responses);
    page_add(page, rule->breach.accused_votes ? "; the accused votes\n"
                                              : "; the accused only abstains\n");
    if (rule->breach.shortfall)
        page_format(page,
                    "    a pledge not kept %" PRIu32 " days after its day is a breach by itself\n",
                    rule->breach.review_days);
}

static void add_fund(const struct charter_rule *rule, struct page *page)
{
    if (!rule->has_fund)
        return;
    page_add(page, "    a fund for ");
    page_plain(page, rule->fund.issue);
    if (rule->fund.unit[0] != '\0') {
        page_add(page, " in ");
        page_plain(page, rule->fund.unit);
    }
    page_format(page, ", spent under %s; shares ", rule->fund.spent_by);
    if (rule->fund.by != NULL)
        page_format(page, "by %s\n", rule->fund.by);
    else
        page_add(page, rule->fund.key != NULL ? "by a key\n" : "are equal\n");
}

void rule_words(const struct charter_rule *rule, struct page *page)
{
    static const char *const may[] = {"suspend votes",
                                      "restore what was suspended",
                                      "expel",
                                      "suspend and resume an agreement",
                                      "end one",
                                      "change weights",
                                      NULL};
    if (rule->sponsors > 1)
        page_format(page, "    with fewer than %" PRIu32 " sponsors a draft is a working paper\n",
                    rule->sponsors);
    add_reservations(rule, page);
    add_breach(rule, page);
    add_fund(rule, page);
    if (rule->attestations > 0)
        page_format(page, "    a report is confirmed by %" PRIu32 " others\n", rule->attestations);
    if (rule->has_exit && (rule->exit.final || rule->exit.no_later))
        page_format(page, "    a notice of withdrawal is not %s\n",
                    rule->exit.final && rule->exit.no_later ? "taken back, nor put off"
                    : rule->exit.final                      ? "taken back"
                                                            : "put off");
    if (rule->may != 0) {
        page_add(page, "    a proposal may ");
        add_set(page, may, rule->may);
        page_add(page, "\n");
    }
}
