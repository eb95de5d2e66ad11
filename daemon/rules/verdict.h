/* SPDX-License-Identifier: Apache-2.0 */
/* verdict.h - from a rule, what its charter sets around it, and the answers of a frozen roster,
 * to a verdict with its arithmetic (RULES.md sections 2 and 4).
 *
 * Pure; allocates nothing. A verdict other than open is given only when no completion over the
 * seats that may still answer or revise changes it; giving it closes their slots. */
#ifndef COMITY_RULES_VERDICT_H
#define COMITY_RULES_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "model/verdict.h"
#include "rules/tally.h"

/* What a silent seat counts as at the close. */
enum rule_silence { RULE_SILENCE_IGNORE, RULE_SILENCE_NO, RULE_SILENCE_YES };

/* Borrowed rules, all parsed against the roster they are used with. */
struct rule_settings {
    const struct rule *rule;
    const struct rule *quorum_open;   /* NULL: none. */
    const struct rule *quorum_decide; /* NULL: none, but somebody must be present. */
    uint32_t answers;                 /* ANSWER_BITs that may be given; 0: all four. */
    enum rule_silence silence;
    bool receipt_required; /* For lint; a seat without receipt reaches us as unreachable. */
    bool absent_blocks;    /* NATO: absence cannot be ignored. */
    bool revise_until_close;
    bool tie_presiding; /* The chair's ruling decides a tie: as many yes as no, seats counted. */
    bool revote;        /* The first tie leads to a second ballot. */
};

struct verdict_question {
    const uint8_t *answers;        /* [seats_count], enum answer as things stand. */
    const uint8_t *open;           /* [seats_count], as for rule_fate; ignored once closed. NULL:
                                      none may change. */
    const char *const *seat_names; /* [seats_count], or NULL. */
    const uint8_t *allowed; /* [seats_count], ANSWER_BITs each seat may give; NULL: as settings. */
    uint32_t chair;         /* With tie_presiding. */
    enum answer casting;    /* What the chair ruled on a tie: yes or no; else ANSWER_SILENT. */
    bool revoted;           /* The second ballot is over or under way. */
    bool closed;     /* The close and the grace after it are past: nothing more is accepted. */
    bool hard_limit; /* So is the hard limit: nobody is waited for any more. Implies closed. */
};

enum { VERDICT_LINE_MAX = 640 };

struct verdict_result {
    enum verdict verdict;
    bool can_change;             /* Only an open verdict can. */
    bool tied;                   /* Open after the close: the chair, or a revote, decides. */
    bool holds;                  /* The rule as things stand, silence counted as silent if open. */
    struct seat_set unanswered;  /* Members that are silent, absent or unreachable. */
    struct seat_set waiting;     /* Those of them whose answer could still come. */
    char line[VERDICT_LINE_MAX]; /* `rejected: 14 yes, 9 needed; veto by RUS`. */
};

/* Whether any one member, by objecting, alone stops what all others want: `objections = 0`,
 * `yes = all members`. Such a rule cannot be decided over the head of a seat that has not heard. */
bool rule_is_consensus(const struct rule *rule, const struct rule_roster *roster);
/* What each seat may still do under the settings: silent and unreachable members may answer,
 * answered ones revise if the settings say so, absent ones nothing (the frozen roll stands). A
 * caller narrows this where a seat must abstain or has passed. ret_open[seats_count]. */
void verdict_open_answers(const struct rule_settings *settings, const struct rule_roster *roster,
                          const uint8_t *answers, uint8_t *ret_open);
/* Whether quorum.open is met, with its arithmetic; true if there is none and anyone is present. */
bool verdict_may_open(const struct rule_settings *settings, const struct rule_roster *roster,
                      const uint8_t *answers, struct rule_outcome *ret_outcome);
/* The verdict alone, without words: what a simulation runs millions of times. A seat that is
 * unreachable (or absent, if absence blocks) holds up the verdict of a consensus rule, of silence
 * as consent and of absent_blocks: open after the close unless no answer of it matters, lapsed at
 * the hard limit. */
enum verdict verdict_decide(const struct rule_settings *settings, const struct rule_roster *roster,
                            const struct verdict_question *question);
/* The same verdict, with its arithmetic and who has not answered. */
void verdict_settle(const struct rule_settings *settings, const struct rule_roster *roster,
                    const struct verdict_question *question, struct verdict_result *ret_result);

#endif
