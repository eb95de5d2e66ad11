/* SPDX-License-Identifier: Apache-2.0 */
/* comity.h - libcomity: talk to the daemon of your delegation (proto/client.proto).
 *
 * One `struct comity` is one connection to one daemon; use it from one thread at a time. Nothing
 * here prints. Functions return COMITY_OK or an error, and then fill the fault (NULL is allowed)
 * with one sentence for people; ret_ outputs are untouched on failure.
 *
 *     struct comity *daemon = NULL;
 *     struct comity_reply reply;
 *     struct fault fault;
 *     if (comity_open(NULL, &daemon, &fault) != COMITY_OK ||
 *         comity_get_status(daemon, &reply, &fault) != COMITY_OK)
 *         errx(1, "%s", fault.text);
 *     printf("%s\n", reply.response->status->fingerprint);
 *     comity_reply_free(&reply);
 *     comity_close(&daemon);
 */
#ifndef COMITY_H
#define COMITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "client.pb-c.h"

struct comity; /* Owns a socket. */

enum {
    COMITY_ENDPOINT_MAX = 256,
    COMITY_KEY_SIZE = 16,                     /* Of the idempotency keys made here. */
    COMITY_TIMEOUT_MS = 5000,                 /* For an answer, until told otherwise. */
    COMITY_ANSWER_SIZE_MAX = 8 * 1024 * 1024, /* Longer answers are refused. */
    COMITY_REQUEST_SIZE_MAX = 320 * 1024,
};

/* An answer and the memory it lives in. */
struct comity_reply {
    struct arena arena;
    const Comity__V1__Response *response; /* Never NULL. */
};
void comity_reply_free(struct comity_reply *self); /* Leaves nothing; may be called again. */

/* Where the daemon listens: `name` if it is not NULL or empty (an endpoint such as ipc:///..., a
 * path, or the bare name of a socket in one of the directories below), or the environment's
 * COMITY_SOCKET; else the only socket `*.sock` in $XDG_RUNTIME_DIR/comity, else in /run/comity,
 * else in ~/.comity.
 * COMITY_NOT_FOUND: there is none; COMITY_CONFLICT: there are several; COMITY_LIMIT: too long. */
COMITY_MUST_CHECK enum comity_error
comity_discover(const char *name, char ret_endpoint[COMITY_ENDPOINT_MAX], struct fault *fault);
/* As comity_discover, then connects. COMITY_NETWORK: nobody listens there; COMITY_REFUSED: the
 * file's permissions forbid it. */
COMITY_MUST_CHECK enum comity_error comity_open(const char *name, struct comity **ret_self,
                                                struct fault *fault);
void comity_close(struct comity **self); /* NULL-safe and nulling. */
const char *comity_endpoint(const struct comity *self);
/* The forum that requests are about from now on, by name or hex id; NULL or "": the daemon's only
 * one. At first it is the environment's COMITY_FORUM. COMITY_LIMIT. */
COMITY_MUST_CHECK enum comity_error comity_set_forum(struct comity *self, const char *forum,
                                                     struct fault *fault);
const char *comity_forum(const struct comity *self); /* "" if none was named. */
void comity_set_timeout(struct comity *self, int64_t timeout_ms);

/* Ask and wait for the answer, which must be of the case `expected`. Fills request->id, and
 * request->forum if it is empty.
 * COMITY_PENDING: no answer in time; COMITY_NETWORK: the daemon went away; COMITY_INVALID: the
 * answer is malformed or of another kind; else what the daemon says. */
COMITY_MUST_CHECK enum comity_error comity_ask(struct comity *self, Comity__V1__Request *request,
                                               Comity__V1__Response__ResponseCase expected,
                                               struct comity_reply *ret_reply, struct fault *fault);
/* The two halves, for programs that wait for more than one thing. comity_receive returns whatever
 * answer comes next, also a Failure, also to a request that comity_ask gave up. */
COMITY_MUST_CHECK enum comity_error comity_send(struct comity *self, Comity__V1__Request *request,
                                                struct fault *fault);
COMITY_MUST_CHECK enum comity_error comity_receive(struct comity *self, int64_t timeout_ms,
                                                   struct comity_reply *ret_reply,
                                                   struct fault *fault);
/* Wait until the daemon answered or `fd` (-1: none) can be read. COMITY_PENDING: neither.
 * COMITY_NETWORK: the daemon went away, and with it the answers that were still to come; the next
 * comity_send connects anew. */
COMITY_MUST_CHECK enum comity_error comity_wait(struct comity *self, int fd, int64_t timeout_ms,
                                                bool *ret_answer, bool *ret_fd,
                                                struct fault *fault);
/* The error a Failure stands for; its text goes to the fault. COMITY_INVALID: an unknown code. */
enum comity_error comity_failure(const Comity__V1__Failure *failure, struct fault *fault);

COMITY_MUST_CHECK enum comity_error
comity_get_status(struct comity *self, struct comity_reply *ret_reply, struct fault *fault);
/* The forum of this name or hex id; the only one if name is ""; NULL if there is none. */
const Comity__V1__ForumStatus *comity_find_forum(const Comity__V1__DaemonStatus *status,
                                                 const char *name);
COMITY_MUST_CHECK enum comity_error
comity_get_docket(struct comity *self, struct comity_reply *ret_reply, struct fault *fault);
COMITY_MUST_CHECK enum comity_error
comity_get_charter(struct comity *self, struct comity_reply *ret_reply, struct fault *fault);
/* The charter and what its weights have become (NULL from a daemon that does not tell). */
COMITY_MUST_CHECK enum comity_error
comity_get_weights(struct comity *self, struct comity_reply *ret_reply, struct fault *fault);
COMITY_MUST_CHECK enum comity_error comity_get_proposal(struct comity *self, const char *name,
                                                        struct comity_reply *ret_reply,
                                                        struct fault *fault);
COMITY_MUST_CHECK enum comity_error comity_get_agreement(struct comity *self, const char *name,
                                                         struct comity_reply *ret_reply,
                                                         struct fault *fault);
/* What every seat did: on this topic; "" is all topics, NULL acts on no topic. */
COMITY_MUST_CHECK enum comity_error comity_get_conduct(struct comity *self, const char *topic,
                                                       struct comity_reply *ret_reply,
                                                       struct fault *fault);
COMITY_MUST_CHECK enum comity_error comity_get_record(struct comity *self, uint64_t from_height,
                                                      bool raw, struct comity_reply *ret_reply,
                                                      struct fault *fault);

/* Sign and hand in an act; waits submit->wait_ms for it to be final. Without a key a random one is
 * made, and a request that gets no answer, or whose daemon is restarted meanwhile, is sent again
 * with the same key, so that it never acts twice. COMITY_PENDING: no answer at all; the act may
 * or may not have been taken. */
COMITY_MUST_CHECK enum comity_error comity_submit(struct comity *self,
                                                  const Comity__V1__Submit *submit,
                                                  struct comity_reply *ret_reply,
                                                  struct fault *fault);

/* A place in a forum's events: the next one is the one after (height, index). */
struct comity_feed {
    uint64_t height;
    uint32_t index;
    uint32_t wait_ms; /* How long the daemon may hold back an empty answer. */
};
/* Put the cursor behind everything that is in the record now. */
COMITY_MUST_CHECK enum comity_error
comity_feed_from_now(struct comity *self, struct comity_feed *feed, struct fault *fault);
/* The events after the cursor, perhaps none. The cursor moves on success only, so that asking
 * again after any error, also across a restart of the daemon, misses nothing. */
COMITY_MUST_CHECK enum comity_error comity_feed_next(struct comity *self, struct comity_feed *feed,
                                                     struct comity_reply *ret_reply,
                                                     struct fault *fault);

#endif
