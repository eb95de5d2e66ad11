/* SPDX-License-Identifier: Apache-2.0 */
/* server.h - the daemon's end of the client API (proto/client.proto): a ZeroMQ ROUTER on an ipc
 * socket that only the daemon's user may open. Requests are decoded strictly; a malformed one is
 * answered with a Failure and loses nothing. */
#ifndef COMITY_API_SERVER_H
#define COMITY_API_SERVER_H

#include "base/arena.h"
#include "base/error.h"
#include "client.pb-c.h"

struct api_server;

enum { API_ROUTE_MAX = 64, API_REQUEST_SIZE_MAX = 512 * 1024 };

/* Where an answer goes; can be kept while a request waits. */
struct api_route {
    uint8_t id[API_ROUTE_MAX];
    size_t id_size;
    uint64_t request_id;
};

struct api_call {
    struct api_route route;
    const Comity__V1__Request *request; /* In the arena; NULL: refused here already, go on. */
};

/* `path`: a file path; the socket file is made 0600 and an old one is replaced. COMITY_NETWORK. */
COMITY_MUST_CHECK enum comity_error api_open(const char *path, struct api_server **ret_server,
                                             struct fault *fault);
void api_close(struct api_server **self);
int api_fd(const struct api_server *self);
/* Next request. COMITY_PENDING: none waits, and no client could take more of its answers. */
COMITY_MUST_CHECK enum comity_error api_receive(struct api_server *self, struct arena *arena,
                                                struct api_call *ret_call);
/* Send; sets response->id. For a client that does not read, answers wait in a bounded outbox, and
 * what it asks beyond that is refused (COMITY_BUSY); those of a client that is gone are dropped. */
void api_reply(struct api_server *self, const struct api_route *route,
               Comity__V1__Response *response);
void api_fail(struct api_server *self, const struct api_route *route, enum comity_error error,
              const char *text);

#endif
