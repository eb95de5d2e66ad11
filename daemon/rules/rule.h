/* SPDX-License-Identifier: Apache-2.0 */
/* rule.h - a rule of decision: the sentence of RULES.md section 1 as a tree.
 *
 *     rule   := clause { "or" clause }              clause := part { "and" part }
 *     part   := "not" part | "(" rule ")" | test    test   := count COMPARE amount
 *     count  := CLASS [ "in" GROUP ] [ "by" WEIGHT ]
 *     amount := INTEGER | P "/" Q "of" CLASS | P "%" "of" CLASS | "all" CLASS
 *
 * Pure. A rule lives in the arena it was parsed into and is never changed afterwards; it keeps
 * its canonical text (single spaces, no needless parentheses), which is what a ballot's hash
 * covers, and parsing that text gives the same tree and the same text again. */
#ifndef COMITY_RULES_RULE_H
#define COMITY_RULES_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"
#include "model/answer.h"
#include "model/limits.h"
#include "rules/roster.h"

enum {
    RULE_ANSWERED = ANSWER_BIT(ANSWER_YES) | ANSWER_BIT(ANSWER_NO) | ANSWER_BIT(ANSWER_OBJECT) |
                    ANSWER_BIT(ANSWER_ABSTAIN),
    RULE_PRESENT = RULE_ANSWERED | ANSWER_BIT(ANSWER_SILENT),
    RULE_MEMBERS = RULE_PRESENT | ANSWER_BIT(ANSWER_ABSENT) | ANSWER_BIT(ANSWER_UNREACHABLE),
};

/* name, word, the answers it counts. `no` includes `object`; `not-yes` is every other member,
 * absent and unreachable ones too, because a blocking minority need not attend. */
#define RULE_CLASSES(X) \
    X(RULE_CLASS_YES, "yes", ANSWER_BIT(ANSWER_YES)) \
    X(RULE_CLASS_NO, "no", ANSWER_BIT(ANSWER_NO) | ANSWER_BIT(ANSWER_OBJECT)) \
    X(RULE_CLASS_OBJECTIONS, "objections", ANSWER_BIT(ANSWER_OBJECT)) \
    X(RULE_CLASS_ABSTAIN, "abstain", ANSWER_BIT(ANSWER_ABSTAIN)) \
    X(RULE_CLASS_SILENT, "silent", ANSWER_BIT(ANSWER_SILENT)) \
    X(RULE_CLASS_VOTING, "voting", RULE_ANSWERED & ~ANSWER_BIT(ANSWER_ABSTAIN)) \
    X(RULE_CLASS_CAST, "cast", RULE_ANSWERED) \
    X(RULE_CLASS_PRESENT, "present", RULE_PRESENT) \
    X(RULE_CLASS_MEMBERS, "members", RULE_MEMBERS) \
    X(RULE_CLASS_NOT_YES, "not-yes", RULE_MEMBERS & ~ANSWER_BIT(ANSWER_YES))

enum rule_class {
#define X(name, word, mask) name,
    RULE_CLASSES(X)
#undef X
        RULE_CLASSES_COUNT
};

/* In this order, so that `x ^ 1` is the opposite of an inequality. */
enum rule_compare { RULE_GE, RULE_LT, RULE_GT, RULE_LE, RULE_EQ, RULE_NE /* Negated `=` only. */ };
enum rule_amount { RULE_AMOUNT_COUNT, RULE_AMOUNT_SHARE, RULE_AMOUNT_PERCENT, RULE_AMOUNT_ALL };
enum rule_kind { RULE_OR, RULE_AND, RULE_NOT, RULE_TEST };
enum { RULE_SHARE_MAX_LOG2 = 32, RULE_SLOTS_MAX = 2 * RULE_NODES_MAX };

/* left * q COMPARE p * base, or left COMPARE p when there is no base. */
struct rule_test {
    enum rule_class left;
    enum rule_class base; /* Without meaning for RULE_AMOUNT_COUNT. */
    enum rule_compare compare;
    enum rule_amount amount;
    uint64_t p;              /* A share's: at most 2^32. */
    uint64_t q;              /* 1..2^32; 1 unless a share, 100 for a percentage. */
    const char *group_name;  /* NULL: all members. */
    const char *weight_name; /* NULL: seats are counted. */
    int group;               /* Index in the roster, or ROSTER_NONE. */
    int weight;
    uint32_t left_slot; /* Index in the rule's slots. */
    uint32_t base_slot;
};

struct rule_node {
    enum rule_kind kind;
    struct rule_test test;   /* RULE_TEST. */
    struct rule_node *child; /* The first; RULE_NOT has one, RULE_AND and RULE_OR two or more. */
    struct rule_node *next;  /* Sibling. A child of AND is never AND, one of OR never OR. */
};

/* One sum a tally keeps: the distinct (class, group, weight) a rule looks at. */
struct rule_slot {
    uint32_t mask; /* ANSWER_BITs. */
    int group;
    int weight;
};

struct rule {
    const struct rule_node *root;
    const char *text; /* Canonical. */
    bool resolved;    /* Parsed against a roster; otherwise it can be printed, not evaluated. */
    uint32_t slots_count;
    struct rule_slot slots[RULE_SLOTS_MAX];
};

/* Parse a sentence into the arena. With a NULL roster names are checked for form only.
 * COMITY_INVALID: the grammar, or a group or weight the roster lacks; COMITY_LIMIT: longer than
 * RULE_TEXT_MAX (also in canonical form), nested deeper than RULE_DEPTH_MAX, or more than
 * RULE_NODES_MAX nodes; COMITY_MEMORY. The fault says `line L, column C: expected ..., found
 * "..."`. On failure *ret_rule is untouched; the arena may have grown. */
COMITY_MUST_CHECK enum comity_error rule_parse(struct arena *arena, struct bytes text,
                                               const struct rule_roster *roster,
                                               const struct rule **ret_rule, struct fault *fault);
/* Append the canonical text of a tree (rule->text, written anew). */
void rule_print(const struct rule_node *root, struct text *out);
/* Append one plain English sentence a delegate can read, such as
 * `at least 9 yes, and no member of P5 votes no`. */
void rule_explain(const struct rule *self, struct text *out);

const char *rule_class_word(enum rule_class class);
uint32_t rule_class_mask(enum rule_class class); /* ANSWER_BITs. */
const char *rule_compare_word(enum rule_compare compare);

#endif
