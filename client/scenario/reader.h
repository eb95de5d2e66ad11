/* SPDX-License-Identifier: Apache-2.0 */
/* reader.h - the parts that read a scenario file; each adds to a struct scenario. Every function
 * returns COMITY_INVALID with the place in the fault, or COMITY_MEMORY. */
#ifndef COMITY_SCENARIO_READER_H
#define COMITY_SCENARIO_READER_H

#include "scenario/csv.h"
#include "scenario/scenario.h"
#include "yaml/yaml.h"

/* roster.c: the charter's map with the seats, groups and weights of `roster` put in. */
COMITY_MUST_CHECK enum comity_error roster_merge(struct scenario *self, struct yaml_node *roster,
                                                 struct yaml_node *charter, struct fault *fault);

/* nodes.c: trees made by hand, placed where `at` is. NULL: out of memory. */
struct yaml_node *node_scalar(struct arena *arena, const struct yaml_node *at, const char *text);
struct yaml_node *node_map(struct arena *arena, const struct yaml_node *at, size_t capacity);
struct yaml_node *node_list(struct arena *arena, const struct yaml_node *at, size_t capacity);
/* There must be room for one more. False: `value` is NULL or memory is exhausted. */
bool node_put(struct arena *arena, struct yaml_node *map, const char *key, struct yaml_node *value);
bool node_push(struct yaml_node *list, struct yaml_node *item);
/* A copy of a list or map with room for `more`; items are shared. */
struct yaml_node *node_widen(struct arena *arena, const struct yaml_node *node, size_t more);

/* acts.c */
COMITY_MUST_CHECK enum comity_error acts_read(struct scenario *self, struct yaml_node *acts,
                                              struct fault *fault);
/* One act's body, as a sentence (`yes to dam`) or a map; everything but the seat. */
COMITY_MUST_CHECK enum comity_error act_read(struct scenario *self, struct yaml_node *node,
                                             struct scenario_act *ret_act, struct fault *fault);

/* bodies.c: what the map form adds to a kind of act. */
COMITY_MUST_CHECK enum comity_error body_read(struct scenario *self, struct yaml_node *map,
                                              const char *verb, struct scenario_act *act,
                                              struct fault *fault);

/* bodies_life.c */
/* `40 Mt of CO2 by 2030-01-01`; the seat is left 0. */
COMITY_MUST_CHECK enum comity_error amount_read(struct scenario *self, const struct yaml_node *node,
                                                const char *text, struct pledge *ret_pledge,
                                                struct fault *fault);
/* `40 Mt of CO2 under accord`: a pledge or a report. */
COMITY_MUST_CHECK enum comity_error delivery_read(struct scenario *self,
                                                  const struct yaml_node *node, const char *text,
                                                  struct scenario_act *act, struct fault *fault);
/* `500 to accord` */
COMITY_MUST_CHECK enum comity_error contribution_read(struct scenario *self,
                                                      const struct yaml_node *node,
                                                      const char *text, struct scenario_act *act,
                                                      struct fault *fault);
COMITY_MUST_CHECK enum comity_error goals_read(struct scenario *self, struct yaml_node *list,
                                               struct act *act, struct fault *fault);
COMITY_MUST_CHECK enum comity_error spend_read(struct scenario *self, struct yaml_node *map,
                                               struct scenario_act *act, struct fault *fault);

/* source.c: `acts-from`. */
COMITY_MUST_CHECK enum comity_error sources_read(struct scenario *self, struct yaml_node *list,
                                                 struct fault *fault);
/* questions.c: a source with a row per ballot question. */
COMITY_MUST_CHECK enum comity_error questions_read(struct scenario *self, struct yaml_node *map,
                                                   const struct csv *table, struct fault *fault);
/* source.c: `where`, `from`, `to`, `limit` of a source. */
struct source_filter {
    struct yaml_node *where; /* NULL or a map: column to values. */
    uint32_t *columns;       /* By entry of `where`. */
    int64_t from_ms, to_ms;
    uint64_t limit;
    uint32_t date_column;
};
COMITY_MUST_CHECK enum comity_error source_filter_read(struct scenario *self, struct yaml_node *map,
                                                       const struct csv *table,
                                                       struct source_filter *ret_filter,
                                                       struct fault *fault);
/* Is the row wanted, and of which day? Counts down the limit. */
COMITY_MUST_CHECK enum comity_error source_filter_row(struct source_filter *self,
                                                      const struct csv *table,
                                                      const struct csv_row *row, bool *ret_wanted,
                                                      int64_t *ret_time_ms, struct fault *fault);

/* expect.c */
COMITY_MUST_CHECK enum comity_error expect_read(struct scenario *self, struct yaml_node *map,
                                                struct fault *fault);

/* forums.c: `forums`, each with its own charter, acts and expectations; its seats are of the main
 * forum's. */
COMITY_MUST_CHECK enum comity_error forums_read(struct scenario *self, struct yaml_node *map,
                                                const struct scenario_options *options,
                                                struct fault *fault);
/* The forums that shifts name: one of the file's, or one outside of it. */
void forums_bind_shifts(struct scenario *self);
/* `carried: dam` of a proposal, and `to: willing` of a shift. */
COMITY_MUST_CHECK enum comity_error carried_read(struct scenario *self, struct yaml_node *map,
                                                 struct scenario_act *act, struct fault *fault);
COMITY_MUST_CHECK enum comity_error shift_read(struct yaml_node *map, struct act *act,
                                               struct fault *fault);
/* scenario.c, for them. */
COMITY_MUST_CHECK enum comity_error scenario_read_charter(struct scenario *self,
                                                          struct yaml_node *root,
                                                          const struct scenario_options *options,
                                                          struct fault *fault);
COMITY_MUST_CHECK enum comity_error scenario_read_parts(struct scenario *self,
                                                        struct yaml_node *map, struct fault *fault);
COMITY_MUST_CHECK enum comity_error scenario_order(struct scenario *self, struct fault *fault);

/* lesson.c: `lesson`, and what it has to know of each of `choices` (NULL: none). */
COMITY_MUST_CHECK enum comity_error lesson_read(struct scenario *self, struct yaml_node *map,
                                                struct yaml_node *choices, struct fault *fault);

/* expect_figures.c: `goals`, `pledges`, `fund`, `paying` of a label; `model` has place and day. */
bool expect_is_of_figures(const char *key);
COMITY_MUST_CHECK enum comity_error expect_figures(struct scenario *self, const char *key,
                                                   struct yaml_node *value,
                                                   const struct expectation *model,
                                                   struct fault *fault);

/* scenario.c: helpers of all of them. */
/* The file a scenario names, relative to the scenario's own folder; in the arena, or NULL. */
const char *scenario_beside(struct scenario *self, const char *file);
COMITY_MUST_CHECK enum comity_error scenario_add_step(struct scenario *self, int64_t time_ms,
                                                      enum scenario_step_kind kind,
                                                      struct scenario_step **ret_step);
COMITY_MUST_CHECK enum comity_error scenario_add_expectation(struct scenario *self,
                                                             const struct expectation *item);
/* Name a label where it is made (an error if it is named twice) or where it is used; a use may
 * come first in the file and is checked when all steps are in order. */
COMITY_MUST_CHECK enum comity_error scenario_make_label(struct scenario *self, const char *name,
                                                        struct scenario_place place,
                                                        bool declaration, uint32_t *ret_label,
                                                        struct fault *fault);
COMITY_MUST_CHECK enum comity_error scenario_use_label(struct scenario *self, const char *name,
                                                       struct scenario_place place,
                                                       uint32_t *ret_label, struct fault *fault);
/* `FRA`, `FRA, GBR`, `P5`, `all`, `all but FRA, GBR`; all are the members that can answer. */
COMITY_MUST_CHECK enum comity_error
scenario_read_seats(const struct scenario *self, const struct yaml_node *node, const char *text,
                    struct seat_set *ret_seats, struct fault *fault);
/* The same from a scalar, a list of names, or `none`. */
COMITY_MUST_CHECK enum comity_error scenario_read_set(const struct scenario *self,
                                                      const struct yaml_node *node,
                                                      struct seat_set *ret_seats,
                                                      struct fault *fault);
COMITY_MUST_CHECK enum comity_error scenario_read_seat(const struct scenario *self,
                                                       const struct yaml_node *node,
                                                       const char *text, uint32_t *ret_seat,
                                                       struct fault *fault);
struct scenario_place scenario_place_of(const struct yaml_node *node);

/* bodies_rulings.c */
enum comity_error reserve_read(struct yaml_node *map, struct act *act, struct fault *fault);
enum comity_error objection_read(struct yaml_node *map, struct act *act, struct fault *fault);
enum comity_error allege_read(struct scenario *self, struct yaml_node *map,
                              struct scenario_act *act, struct fault *fault);
enum comity_error withdraw_read(struct yaml_node *map, struct act *act, struct fault *fault);
/* What a proposal does besides, and the clauses it opens to reservations. */
enum comity_error effects_read(struct scenario *self, struct yaml_node *map,
                               struct scenario_act *act, struct fault *fault);

#endif
