/* SPDX-License-Identifier: Apache-2.0 */
/* relay.h - the messages of the overlay between protobuf and struct, shared inside codec. */
#ifndef COMITY_CODEC_RELAY_H
#define COMITY_CODEC_RELAY_H

#include "codec/peer.h"
#include "consensus.pb-c.h"

union relay_parts {
    Comity__V1__Relay relay;
    Comity__V1__RoutesWanted wanted;
    Comity__V1__Routes routes;
};

COMITY_MUST_CHECK enum comity_error relay_write(const struct peer_message *message,
                                                struct arena *arena, union relay_parts *parts);
COMITY_MUST_CHECK enum comity_error relay_read(const Comity__V1__PeerMessage *body,
                                               struct peer_message *message, struct fault *fault);

#endif
