/* SPDX-License-Identifier: Apache-2.0 */
/* outbox.h - answers for clients that do not read as fast as they ask.
 *
 * What the socket does not take now is kept here in order, bounded for each client and in all. A
 * client whose share is used up is refused: of each such request only the id is kept, and told
 * with COMITY_BUSY once the client reads again. So every request is answered, or told, or its
 * client is gone. Does no I/O itself; owns its copies. */
#ifndef COMITY_API_OUTBOX_H
#define COMITY_API_OUTBOX_H

#include "base/bytes.h"

enum {
    OUTBOX_CLIENT_BYTES = 4 << 20, /* What waits for one client; a first answer may be larger. */
    OUTBOX_BYTES = 32 << 20,       /* And for all. */
    OUTBOX_REFUSED = 16384,        /* Ids of refused requests of one client; more are counted. */
    OUTBOX_ID_MAX = 64
};

enum outbox_sent { OUTBOX_SENT, OUTBOX_FULL, OUTBOX_GONE };

/* The socket. `refuse` makes a COMITY_BUSY of the request and sends it; `unnamed` > 0: of so many
 * requests whose ids were not kept. */
struct outbox_door {
    enum outbox_sent (*send)(void *context, struct bytes client, struct bytes frame);
    enum outbox_sent (*refuse)(void *context, struct bytes client, uint64_t request_id,
                               uint64_t unnamed);
    void *context;
};

struct outbox {
    struct outbox_door door;
    struct outbox_client *clients; /* Only those for whom something waits. */
    size_t bytes;
};

void outbox_init(struct outbox *self, const struct outbox_door *door);
void outbox_free(struct outbox *self);
/* Send or keep; where there is no room, or no memory, it becomes a refusal. */
void outbox_put(struct outbox *self, struct bytes client, uint64_t request_id, struct bytes frame);
void outbox_refuse(struct outbox *self, struct bytes client, uint64_t request_id);
/* Does so much wait for this client that it must read before it may ask for more? */
bool outbox_is_full(const struct outbox *self, struct bytes client);
/* Send what can be sent; forgets clients that are gone. Whether any left. */
bool outbox_flush(struct outbox *self);

#endif
