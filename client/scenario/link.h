/* SPDX-License-Identifier: Apache-2.0 */
/* link.h - the inside of a cluster: its connections, and how it asks and waits. Nothing here
 * sleeps: it waits for answers, in slices, between which it looks whether a daemon died or
 * somebody pressed Ctrl-C. */
#ifndef COMITY_SCENARIO_LINK_H
#define COMITY_SCENARIO_LINK_H

#include "comity.h"
#include "scenario/cluster.h"

enum { LINK_PATIENCE_MS = 60000, LINK_SLICE_MS = 200 };

struct cluster {
    struct machine *machine;
    const struct scenario *scenario;
    struct comity *links[SEATS_MAX];             /* NULL: the daemon does not run. */
    bool seated[SEATS_MAX];                      /* It was given the charter. */
    uint64_t height;                             /* That every running daemon has reached. */
    uint32_t daemons[SEATS_MAX];                 /* The machine's, by seat. */
    struct cluster *others[SCENARIO_OTHERS_MAX]; /* Borrowed: the same daemons in other forums. */
    uint32_t others_count;
};

/* The seat whose daemon this is, or SCENARIO_NONE. */
uint32_t link_seat_of(const struct cluster *self, uint32_t daemon);
/* Connect, as soon as the daemon answers. */
COMITY_MUST_CHECK enum comity_error link_open(struct cluster *self, uint32_t seat,
                                              struct fault *fault);
/* Ask without waiting; the answer to `id` is for link_receive. */
COMITY_MUST_CHECK enum comity_error link_send(struct cluster *self, uint32_t seat,
                                              Comity__V1__Request *request, uint64_t *ret_id,
                                              struct fault *fault);
/* COMITY_PENDING: no answer within LINK_PATIENCE_MS. A Failure is its error, with its text. */
COMITY_MUST_CHECK enum comity_error link_receive(struct cluster *self, uint32_t seat, uint64_t id,
                                                 Comity__V1__Response__ResponseCase expected,
                                                 struct comity_reply *ret_reply,
                                                 struct fault *fault);
COMITY_MUST_CHECK enum comity_error link_ask(struct cluster *self, uint32_t seat,
                                             Comity__V1__Request *request,
                                             Comity__V1__Response__ResponseCase expected,
                                             struct comity_reply *ret_reply, struct fault *fault);
/* A seat whose daemon runs and has joined: the chair if it can be. */
uint32_t link_reader(const struct cluster *self);
/* The forum in a daemon's status, or NULL. */
const Comity__V1__ForumStatus *link_forum(const struct cluster *self,
                                          const struct comity_reply *reply);
COMITY_MUST_CHECK enum comity_error link_status(struct cluster *self, uint32_t seat,
                                                struct comity_reply *ret_reply,
                                                struct fault *fault);
/* The feed of a seat goes on after this cursor, or wait_ms pass. */
COMITY_MUST_CHECK enum comity_error link_wait_event(struct cluster *self, uint32_t seat,
                                                    uint64_t height, uint32_t index,
                                                    uint32_t wait_ms, struct fault *fault);
/* Every running daemon has executed this height. */
COMITY_MUST_CHECK enum comity_error link_reach(struct cluster *self, uint64_t height,
                                               struct fault *fault);

/* drafts.c: the act as its daemon is asked to sign it; strings live in the arena. */
COMITY_MUST_CHECK enum comity_error
draft_submit(struct cluster *self, const struct scenario_act *act, const struct stage_label *labels,
             struct arena *arena, Comity__V1__Submit *submit, struct fault *fault);
/* inspect.c: what stays to be seen. ret_closing: a question is between its close and verdict. */
COMITY_MUST_CHECK enum comity_error inspect_count(struct cluster *self, uint32_t *ret_proposals,
                                                  uint32_t *ret_agreements, bool *ret_closing,
                                                  struct fault *fault);
COMITY_MUST_CHECK enum comity_error inspect_proposal(struct cluster *self, uint32_t number,
                                                     struct stage_proposal *ret_view,
                                                     struct fault *fault);
COMITY_MUST_CHECK enum comity_error inspect_agreement(struct cluster *self, uint32_t number,
                                                      struct stage_agreement *ret_view,
                                                      struct fault *fault);
/* The number a seat's daemon gives to an act alone. COMITY_NOT_FOUND. */
COMITY_MUST_CHECK enum comity_error inspect_declaration(struct cluster *self, uint32_t seat,
                                                        const struct hash *id, uint32_t *ret_number,
                                                        struct fault *fault);
COMITY_MUST_CHECK enum comity_error inspect_conduct(struct cluster *self, uint32_t seat,
                                                    struct stage_conduct *ret_view,
                                                    struct fault *fault);
COMITY_MUST_CHECK enum comity_error inspect_figures(struct cluster *self, uint32_t number,
                                                    const struct figure_query *query,
                                                    struct figures *ret_figures,
                                                    struct fault *fault);
COMITY_MUST_CHECK enum comity_error
inspect_compare(struct cluster *self, char ret_line[STAGE_LINE_MAX], struct fault *fault);
/* prove.c: `comity export` and `comity verify`, as anybody would run them. */
COMITY_MUST_CHECK enum comity_error prove_instrument(struct cluster *self, uint32_t proposal,
                                                     uint32_t agreement,
                                                     char ret_text[STAGE_TEXT_MAX],
                                                     struct fault *fault);

#endif
