/* SPDX-License-Identifier: Apache-2.0 */
/* parley.h - a forum of real daemons on this machine that is measured: one DEALER to each, many
 * requests under way. Not thread-safe; nothing here prints. */
#ifndef COMITY_BENCH_PARLEY_H
#define COMITY_BENCH_PARLEY_H

#include "client.pb-c.h"
#include "scenario/machine.h"

enum { PARLEY_PATIENCE_MS = 30000 };

/* Request ids: what an answer belongs to. */
enum parley_id { PARLEY_FEED = 1 << 20, PARLEY_STATUS };

struct parley {
    struct machine machine;
    struct arena arena; /* Charter. */
    struct scenario scenario;
    void *context;
    void *sockets[SEATS_MAX];
    uint64_t feed_height[SEATS_MAX]; /* Cursor of each daemon's feed. */
    uint32_t feed_index[SEATS_MAX];
    uint32_t count;
    uint32_t next; /* Whose answer is looked for first: fair. */
    uint64_t keys; /* Idempotency keys given out. */
    struct arena answer;
};

struct parley_answer {
    uint32_t seat;
    const Comity__V1__Response *response; /* Until the next parley_receive. */
};

/* Start `count` daemons in a new folder under `place`, convene, wait until all have joined and
 * are quiet. program NULL: the comityd beside this program. */
COMITY_MUST_CHECK enum comity_error parley_open(struct parley *self, uint32_t count,
                                                const char *place, const char *program,
                                                struct fault *fault);
void parley_close(struct parley *self); /* Ends the daemons, removes the folder. */

uint32_t parley_quorum(const struct parley *self);
COMITY_MUST_CHECK enum comity_error parley_send(struct parley *self, uint32_t seat, uint64_t id,
                                                Comity__V1__Request *request, struct fault *fault);
/* With a fresh key, waiting until the act is final. */
COMITY_MUST_CHECK enum comity_error parley_submit(struct parley *self, uint32_t seat, uint64_t id,
                                                  Comity__V1__Submit *submit, struct fault *fault);
/* Ask for what comes after the cursor; the answer's id is PARLEY_FEED. */
COMITY_MUST_CHECK enum comity_error parley_listen(struct parley *self, uint32_t seat,
                                                  struct fault *fault);
/* The next answer of any daemon. COMITY_PENDING: none in PARLEY_PATIENCE_MS. A Failure is its
 * error. */
COMITY_MUST_CHECK enum comity_error
parley_receive(struct parley *self, struct parley_answer *ret_answer, struct fault *fault);
/* Is it the answer to an act, final and accepted? COMITY_PENDING, COMITY_REFUSED. */
COMITY_MUST_CHECK enum comity_error parley_check_final(const struct parley_answer *answer,
                                                       struct fault *fault);
/* Answers of other requests must not be under way. */
COMITY_MUST_CHECK enum comity_error parley_height(struct parley *self, uint32_t seat,
                                                  uint64_t *ret_height, struct fault *fault);

/* CPU of all daemons since they started, threads of libraries included. */
double parley_cpu_s(const struct parley *self);
/* Anonymous memory of a daemon; 0: unknown. */
double parley_anonymous_mib(const struct parley *self, uint32_t seat);
double bench_now_s(void); /* Steady. */

#endif
