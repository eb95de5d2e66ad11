/* SPDX-License-Identifier: Apache-2.0 */
/* parts.h - the pieces of a charter, shared inside this room: what each must fulfil, whether it
 * was read from YAML or from bytes, and how it becomes a message.
 *
 * A check_ function looks at one part of a charter whose earlier parts are filled and checked;
 * its fault is a sentence without a place, because the YAML reader knows the line. */
#ifndef COMITY_CHARTER_PARTS_H
#define COMITY_CHARTER_PARTS_H

#include "base/text.h"
#include "charter/charter.h"
#include "codec/charter_message.h"

enum {
    SPAN_DAYS_MAX = 36600, /* A hundred years. */
    SPAN_MONTHS_MAX = 1200,
    PACE_MAX_MS = 60000,
    /* Repeated elements of the largest charter, group members, weights and keys included. */
    CHARTER_ITEMS_MAX = SEATS_MAX * (2 + GROUPS_MAX + WEIGHTS_MAX) + GROUPS_MAX + WEIGHTS_MAX +
                        RULES_MAX * (1 + SEATS_MAX) + TOPICS_MAX,
};
#define CHARTER_LENGTH_MAX_MS ((int64_t)SPAN_DAYS_MAX * 86400000)

COMITY_MUST_CHECK enum comity_error check_heading(const struct charter *self, struct fault *fault);
COMITY_MUST_CHECK enum comity_error check_seat(const struct charter *self, uint32_t index,
                                               struct fault *fault);
/* All seats together. */
COMITY_MUST_CHECK enum comity_error check_seats(const struct charter *self, struct fault *fault);
COMITY_MUST_CHECK enum comity_error check_group(const struct charter *self, uint32_t index,
                                                struct fault *fault);
COMITY_MUST_CHECK enum comity_error check_weight(const struct charter *self, uint32_t index,
                                                 struct fault *fault);
/* Sentences must be canonical. Parses into the arena. */
COMITY_MUST_CHECK enum comity_error check_rule(const struct charter *self, uint32_t index,
                                               const struct rule_roster *roster,
                                               struct arena *arena, struct fault *fault);
/* check_ballot.c: what may be answered, and what follows a tie. Part of check_rule. */
COMITY_MUST_CHECK enum comity_error
check_ballot(const struct charter *self, const struct charter_rule *rule, struct fault *fault);
/* After all rules: those a rule's stages name are there, and it repeats the first's settings. */
COMITY_MUST_CHECK enum comity_error check_stages(const struct charter *self, uint32_t index,
                                                 struct fault *fault);
/* check_life.c: what follows the signing. Part of check_rule. */
COMITY_MUST_CHECK enum comity_error
check_life(const struct charter *self, const struct charter_rule *rule, struct fault *fault);
/* After all rules: those that rule on breaches and spend funds are there, with one ballot each. */
COMITY_MUST_CHECK enum comity_error check_life_rules(const struct charter *self, uint32_t index,
                                                     struct fault *fault);
/* After all groups: nobody is carried twice, or by itself. */
COMITY_MUST_CHECK enum comity_error check_carries(const struct charter *self, uint32_t index,
                                                  struct fault *fault);
/* check_ballot.c: both rules bind the same seats, from the same day on and until the same, and
 * (check_life.c) lead to the same after the signing. */
bool charter_same_agreement(const struct charter *self, const struct charter_rule *left,
                            const struct charter_rule *right);
bool charter_same_life(const struct charter *self, const struct charter_rule *left,
                       const struct charter_rule *right);
COMITY_MUST_CHECK enum comity_error check_nominal(const struct charter *self, struct fault *fault);
/* The rule of this name, or NULL. */
const struct charter_rule *charter_find_rule(const struct charter *self, const char *name);
COMITY_MUST_CHECK enum comity_error check_topic(const struct charter *self, uint32_t index,
                                                struct fault *fault);
/* The orderers a charter names; self->orderers_count of them. */
COMITY_MUST_CHECK enum comity_error check_orderers(const struct charter *self, struct fault *fault);
COMITY_MUST_CHECK enum comity_error check_clock(const struct charter *self, struct fault *fault);
/* Pace, tolerance and grace. */
COMITY_MUST_CHECK enum comity_error check_times(const struct charter *self, struct fault *fault);
COMITY_MUST_CHECK enum comity_error check_procedure(const struct charter *self,
                                                    struct fault *fault);

/* Words of the YAML, in the order of their enums, from 1. NULL-terminated. */
extern const char *const charter_role_words[];
extern const char *const charter_silence_words[];
extern const char *const charter_binds_words[];
extern const char *const charter_notes_words[];
extern const char *const charter_answer_words[];  /* yes, no, object, abstain. */
extern const char *const charter_failure_words[]; /* rejected, lapsed, inquorate. */
extern const char *const charter_procedures[];
extern const char *const charter_reservation_words[]; /* any, none, listed. */
extern const char *const charter_response_words[];    /* In the order of their bits. */
extern const char *const charter_may_words[];         /* The same. */
enum {
    RESERVATIONS_WINDOW_MONTHS = 12
}; /* Vienna Convention, article 20(5): if nothing is said. */

/* Members in order of their seats, which a charter that names no orderers has. */
void charter_order_by_all(struct charter *self);
/* The orderers are every member: then the bytes name none. */
bool charter_ordered_by_all(const struct charter *self);
static inline bool charter_group_has(const struct charter_group *group, uint32_t seat)
{
    return (group->seats[seat / 64] >> (seat % 64) & 1) != 0;
}

/* `30 days`, `2 weeks`, `6 months`, `3 years`: days or months, at most SPAN_DAYS_MAX or
 * SPAN_MONTHS_MAX. COMITY_INVALID: something else. */
COMITY_MUST_CHECK enum comity_error span_parse(const char *text, uint32_t *ret_days,
                                               uint32_t *ret_months);
/* A span, `first of month`, `first of 6th month`, or either of these `after 60 days`. */
COMITY_MUST_CHECK enum comity_error delay_parse(const char *text, struct charter_delay *ret_delay);
void span_print(uint32_t days, uint32_t months, struct text *out);
void delay_print(struct charter_delay delay, struct text *out);
void length_print(int64_t ms, struct text *out); /* `250ms`, `72h`, `30 days`. */

/* A charter's and a rule's message; they borrow from `charter` and the arena. */
COMITY_MUST_CHECK enum comity_error charter_to_message(const struct charter *charter,
                                                       struct arena *arena,
                                                       Comity__V1__Charter *ret_message);
/* message_life.c: the same of what follows the signing, and back. */
struct life_messages {
    Comity__V1__Reservations reservations;
    Comity__V1__Breach breach;
    Comity__V1__Fund fund;
};
void life_to_message(const struct charter_rule *rule, uint32_t seats_count,
                     struct life_messages *messages, Comity__V1__Rule *message);
/* Before any check but that it is written in the one way it can be. COMITY_INVALID. */
COMITY_MUST_CHECK enum comity_error life_from_message(const Comity__V1__Rule *message,
                                                      uint32_t seats_count,
                                                      struct charter_rule *rule,
                                                      struct fault *fault);
/* Rules of a charter, from their map in the YAML. */
struct compile_rules {
    const struct charter *charter; /* Its seats, groups and weights are there. */
    struct arena *arena;
    const struct rule_roster *roster;
    struct fault *fault;
};
COMITY_MUST_CHECK enum comity_error compile_rule(const struct compile_rules *self, const char *name,
                                                 struct yaml_node *node,
                                                 struct charter_rule *ret_rule);
/* compile_ballot.c: the settings of a ballot, from the keys below. */
COMITY_MUST_CHECK enum comity_error
compile_ballot(const struct compile_rules *self, struct yaml_node *map, struct charter_rule *rule);
/* A list of the words, each once, as a set of bits from 1 up; a word alone is a list of one. */
COMITY_MUST_CHECK enum comity_error compile_set(const struct compile_rules *self,
                                                struct yaml_node *node, const char *what,
                                                const char *const *words, uint32_t *ret_bits);
COMITY_MUST_CHECK enum comity_error compile_span(const struct compile_rules *self,
                                                 const struct yaml_node *node, const char *what,
                                                 uint32_t *ret_days, uint32_t *ret_months);
/* compile_life.c: what follows the signing, from the keys below. */
COMITY_MUST_CHECK enum comity_error compile_life(const struct compile_rules *self,
                                                 struct yaml_node *map, struct charter_rule *rule);
/* compile_seats.c: numbers by seat, in a map whose `default` stands for the members it does not
 * name. `what` is the map's name in errors, `value` that of a number. */
COMITY_MUST_CHECK enum comity_error compile_values(const struct charter *charter,
                                                   struct arena *arena, struct yaml_node *map,
                                                   const char *what, const char *value,
                                                   struct fault *fault,
                                                   const uint64_t **ret_values);
/* `first` or `class-by`, which stand alone in their map: only `stages` is filled. */
bool compile_has_stages(struct yaml_node *map);
COMITY_MUST_CHECK enum comity_error
compile_stages(const struct compile_rules *self, struct yaml_node *map, struct charter_rule *rule);
/* lint_ballot.c: of the settings of ballots; `tell` is called with each sentence. */
typedef void charter_tell(const void *context, const char *rule, const char *what);
void charter_lint_ballot(const struct charter *charter, const struct charter_rule *rule,
                         charter_tell *tell, const void *context);
/* lint_life.c: of what follows the signing. */
void charter_lint_life(const struct charter *charter, const struct charter_rule *rule,
                       charter_tell *tell, const void *context);
/* print_life.c: those settings as lines of YAML; none is left to a default. */
COMITY_MUST_CHECK enum comity_error print_life(const struct charter *charter,
                                               const struct charter_rule *rule, struct buffer *out);
/* Everything a rule's author probably did not mean. */
COMITY_MUST_CHECK enum comity_error charter_lint(const struct charter *charter, struct arena *arena,
                                                 charter_warn *warn, void *context);

#endif
