/* SPDX-License-Identifier: Apache-2.0 */
/* lint.h - what a rule's author probably did not mean (RULES.md section 2, Lint). Warnings only:
 * a charter with them is valid, except that its reader refuses RULE_WARNS_EMPTY_GROUP.
 *
 * Pure; allocates nothing. */
#ifndef COMITY_RULES_LINT_H
#define COMITY_RULES_LINT_H

#include <stdint.h>

#include "rules/verdict.h"

enum rule_warning_kind {
    RULE_WARNS_EMPTY_GROUP,      /* No member is in a group the rule names. */
    RULE_WARNS_SHARE_ABOVE_ONE,  /* `yes >= 3/2 of members`. */
    RULE_WARNS_OUT_OF_REACH,     /* `yes >= 9` among eight members. */
    RULE_WARNS_NEVER,            /* No set of answers satisfies the rule. */
    RULE_WARNS_ALWAYS,           /* Every set of answers does. */
    RULE_WARNS_QUORUM_BY_BALLOT, /* A quorum over ballots: staying away can help (no-show). */
    RULE_WARNS_NO_QUORUM,        /* Consensus without quorum: one seat could adopt. */
    RULE_WARNS_NO_RECEIPT,       /* Silence as consent from seats that may never have heard. */
};

enum { RULE_WARNING_TEXT_MAX = 256, RULE_WARNINGS_MAX = 16 };

struct rule_warning {
    enum rule_warning_kind kind;
    char text[RULE_WARNING_TEXT_MAX];
};

struct rule_warnings {
    uint32_t count; /* At most RULE_WARNINGS_MAX; further ones are dropped. */
    struct rule_warning items[RULE_WARNINGS_MAX];
};

/* One rule by itself, over this roster. Adds to ret_warnings, which starts as zeros. */
void rule_lint(const struct rule *rule, const struct rule_roster *roster,
               struct rule_warnings *ret_warnings);
/* The same of a rule over consents, each of which is a yes; who gave none is silent. */
void rule_consents_lint(const struct rule *rule, const struct rule_roster *roster,
                        struct rule_warnings *ret_warnings);
/* The rule, its quorums, and how they go together. Adds as above. */
void rule_settings_lint(const struct rule_settings *settings, const struct rule_roster *roster,
                        struct rule_warnings *ret_warnings);

#endif
