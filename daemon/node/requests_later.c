/* SPDX-License-Identifier: Apache-2.0 */
/* requests_later.c - acts handed in just after a start.
 *
 * Somebody may have started an old copy of the files. Then the next number of this seat is taken
 * already, the others know it, and an act signed before they were heard would be the second in
 * its slot. So acts wait until enough of them have told, which takes a round trip, or for two
 * paces where nobody is there to ask: acting alone needs nobody. Nothing else waits. */
#include <stdlib.h>
#include <string.h>

#include "codec/strict.h"
#include "node/node_state.h"

enum { LATER_BYTES_MAX = 4 << 20 };

void requests_keep_for_later(struct node *self, const struct api_call *call,
                             struct session *session)
{
    size_t size = comity__v1__request__get_packed_size(call->request);
    bool room = self->later_bytes + sizeof(struct later) + size <= LATER_BYTES_MAX;
    struct later *later = room ? malloc(sizeof *later + size) : NULL;
    if (later == NULL) {
        api_fail(self->api, &call->route, COMITY_BUSY,
                 "this daemon just started, and still asks the others where they are");
        return;
    }
    *later = (struct later){.session = session, .route = call->route, .size = size};
    (void)comity__v1__request__pack(call->request, later->data);
    struct later **end = self->later == NULL ? &self->later : self->later_last;
    *end = later;
    self->later_last = &later->next;
    self->later_bytes += sizeof *later + size;
}

static void do_one(struct node *self, const struct later *later)
{
    ProtobufCMessage *message;
    struct api_call call = {.route = later->route};
    enum comity_error error =
        strict_unpack(&comity__v1__request__descriptor, bytes_of(later->data, later->size), 4096,
                      &self->scratch, &message, NULL);
    if (error == COMITY_OK) {
        call.request = (const Comity__V1__Request *)message;
        request_submit(self, &call, later->session);
    } else {
        api_fail(self->api, &call.route, error, "");
    }
    arena_reset(&self->scratch);
}

void requests_do_later(struct node *self)
{
    struct later **at = &self->later;
    while (*at != NULL) {
        struct later *later = *at;
        if (session_is_asking(later->session)) {
            at = &later->next;
            continue;
        }
        do_one(self, later);
        *at = later->next;
        self->later_bytes -= sizeof *later + later->size;
        free(later);
    }
    self->later_last = at;
}

void requests_forget_later(struct node *self)
{
    while (self->later != NULL) {
        struct later *later = self->later;
        self->later = later->next;
        api_fail(self->api, &later->route, COMITY_NETWORK, REQUESTS_GONE);
        free(later);
    }
    self->later_bytes = 0;
}
