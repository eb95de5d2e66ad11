/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/relay.h"

#include <string.h>

#include "codec/act_body.h"

static bool has(const uint64_t mask[SEATS_MAX / 64], uint32_t peer)
{
    return (mask[peer / 64] >> (peer % 64) & 1) != 0;
}

static enum comity_error peers_write(const uint64_t mask[SEATS_MAX / 64], struct arena *arena,
                                     uint32_t **ret_peers, size_t *ret_count)
{
    uint32_t *peers = arena_array(arena, SEATS_MAX, sizeof *peers);
    size_t count = 0;
    if (peers == NULL)
        return COMITY_MEMORY;
    for (uint32_t peer = 0; peer < SEATS_MAX; peer++) {
        if (has(mask, peer))
            peers[count++] = peer;
    }
    *ret_peers = peers;
    *ret_count = count;
    return COMITY_OK;
}

static enum comity_error routes_write(const struct peer_message *message, struct arena *arena,
                                      Comity__V1__Routes *routes)
{
    comity__v1__routes__init(routes);
    enum comity_error error =
        peers_write(message->as.routes.peers, arena, &routes->peers, &routes->n_peers);
    uint8_t *hops = error == COMITY_OK ? arena_alloc(arena, SEATS_MAX) : NULL;
    if (hops == NULL)
        return COMITY_MEMORY;
    for (size_t i = 0; i < routes->n_peers; i++)
        hops[i] = message->as.routes.hops[routes->peers[i]];
    routes->hops = data_from_bytes(bytes_of(hops, routes->n_peers));
    return COMITY_OK;
}

enum comity_error relay_write(const struct peer_message *message, struct arena *arena,
                              union relay_parts *parts)
{
    switch (message->kind) {
    case PEER_RELAY:
        comity__v1__relay__init(&parts->relay);
        parts->relay.origin = message->as.relay.origin;
        parts->relay.id = message->as.relay.id;
        parts->relay.hops = message->as.relay.hops;
        parts->relay.frame = data_from_bytes(message->as.relay.frame);
        parts->relay.signature =
            data_from_bytes(bytes_of(message->as.relay.signature, SIGNATURE_SIZE));
        return peers_write(message->as.relay.to, arena, &parts->relay.to, &parts->relay.n_to);
    case PEER_ROUTES_WANTED:
        comity__v1__routes_wanted__init(&parts->wanted);
        return peers_write(message->as.routes.peers, arena, &parts->wanted.peers,
                           &parts->wanted.n_peers);
    default:
        return routes_write(message, arena, &parts->routes);
    }
}

static enum comity_error peers_read(const uint32_t *peers, size_t count,
                                    uint64_t ret_mask[SEATS_MAX / 64], struct fault *fault)
{
    memset(ret_mask, 0, SEATS_MAX / 8);
    for (size_t i = 0; i < count; i++) {
        if (peers[i] >= SEATS_MAX || (i > 0 && peers[i] <= peers[i - 1]))
            return fault_set(fault, COMITY_INVALID, "peers: expected ascending numbers");
        ret_mask[peers[i] / 64] |= (uint64_t)1 << (peers[i] % 64);
    }
    return COMITY_OK;
}

static enum comity_error one_relay_read(const Comity__V1__Relay *relay,
                                        struct peer_message *message, struct fault *fault)
{
    if (relay->origin >= SEATS_MAX || relay->n_to == 0 || relay->hops >= PEER_HOPS_MAX ||
        relay->frame.len == 0 || relay->signature.len != SIGNATURE_SIZE)
        return fault_set(fault, COMITY_INVALID, "relay: outside its limits");
    message->as.relay.origin = relay->origin;
    message->as.relay.id = relay->id;
    message->as.relay.hops = relay->hops;
    message->as.relay.frame = bytes_from_data(&relay->frame);
    message->as.relay.signature = relay->signature.data;
    return peers_read(relay->to, relay->n_to, message->as.relay.to, fault);
}

static enum comity_error routes_read(const Comity__V1__Routes *routes, struct peer_message *message,
                                     struct fault *fault)
{
    if (routes->hops.len != routes->n_peers)
        return fault_set(fault, COMITY_INVALID, "routes: %zu hops for %zu peers", routes->hops.len,
                         routes->n_peers);
    enum comity_error error =
        peers_read(routes->peers, routes->n_peers, message->as.routes.peers, fault);
    memset(message->as.routes.hops, 0, sizeof message->as.routes.hops);
    for (size_t i = 0; error == COMITY_OK && i < routes->n_peers; i++) {
        uint8_t hops = routes->hops.data[i];
        if (hops == 0 || hops >= PEER_HOPS_MAX)
            return fault_set(fault, COMITY_INVALID, "routes.hops: outside its limits");
        message->as.routes.hops[routes->peers[i]] = hops;
    }
    return error;
}

enum comity_error relay_read(const Comity__V1__PeerMessage *body, struct peer_message *message,
                             struct fault *fault)
{
    switch (body->message_case) {
    case COMITY__V1__PEER_MESSAGE__MESSAGE_RELAY:
        return one_relay_read(body->relay, message, fault);
    case COMITY__V1__PEER_MESSAGE__MESSAGE_ROUTES_WANTED:
        if (body->routes_wanted->n_peers == 0)
            return fault_set(fault, COMITY_INVALID, "routes_wanted: of nobody");
        return peers_read(body->routes_wanted->peers, body->routes_wanted->n_peers,
                          message->as.routes.peers, fault);
    default:
        return routes_read(body->routes, message, fault);
    }
}

enum comity_error relay_sign_bytes(const uint8_t tag[FORUM_TAG_SIZE],
                                   const struct peer_message *relay, struct buffer *ret_bytes)
{
    uint8_t bytes[FORUM_TAG_SIZE + 16 + 4 * SEATS_MAX + HASH_SIZE];
    struct writer writer;
    uint32_t count = 0;
    struct hash hash = hash_of("comity/relay-frame/v1", relay->as.relay.frame);
    for (uint32_t peer = 0; peer < SEATS_MAX; peer++)
        count += has(relay->as.relay.to, peer) ? 1 : 0;
    writer_init(&writer, bytes, sizeof bytes);
    writer_raw(&writer, tag, FORUM_TAG_SIZE);
    writer_u32(&writer, relay->as.relay.origin);
    writer_u32(&writer, count);
    writer_u64(&writer, relay->as.relay.id);
    for (uint32_t peer = 0; peer < SEATS_MAX; peer++) {
        if (has(relay->as.relay.to, peer))
            writer_u32(&writer, peer);
    }
    writer_raw(&writer, hash.bytes, HASH_SIZE);
    return buffer_append(ret_bytes, bytes, FORUM_TAG_SIZE + 16 + 4 * (size_t)count + HASH_SIZE);
}
