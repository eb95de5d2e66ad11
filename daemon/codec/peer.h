/* SPDX-License-Identifier: Apache-2.0 */
/* peer.h - one frame between two daemons: an Envelope around a PeerMessage, both ways. */
#ifndef COMITY_CODEC_PEER_H
#define COMITY_CODEC_PEER_H

#include "base/arena.h"
#include "base/bytes.h"
#include "model/block.h"

/* Of the protocol between daemons; a test builds a daemon of another one. */
#ifndef COMITY_PEER_VERSION
#define COMITY_PEER_VERSION 1
#endif

enum { FORUM_TAG_SIZE = 16, PEER_VERSION = COMITY_PEER_VERSION };

enum peer_kind {
    PEER_PROPOSAL = 1,
    PEER_VOTE,
    PEER_CERT,
    PEER_STATUS,
    PEER_FETCH,
    PEER_BLOCKS,
    PEER_ACTS,
    PEER_RELAY,
    PEER_ROUTES_WANTED,
    PEER_ROUTES
};

enum { PEER_HOPS_MAX = 8 };

struct peer_block {
    struct bytes header; /* BLOCK_HEADER_SIZE bytes. */
    struct bytes body;
    bool has_cert;
    struct cert cert;
};

struct peer_message {
    enum peer_kind kind;
    uint8_t forum_tag[FORUM_TAG_SIZE];
    union {
        struct {
            struct bytes header;
            struct bytes body;
            struct vote vote;
        } proposal;
        struct vote vote;
        struct cert cert;
        struct {
            uint64_t final_view, view, height, last_seen_view;
            int64_t utc_ms;
            bool going_away;
            uint64_t your_seq;
            bool asks_votes;
        } status;
        struct {
            uint32_t kind; /* 1 certificates, 2 block, 3 range. */
            uint64_t first, last;
            struct hash hash;
            uint64_t id;
        } fetch;
        struct {
            uint64_t id;
            const struct peer_block *blocks;
            size_t count;
        } blocks;
        struct {
            const struct bytes *acts;
            size_t count;
        } acts;
        struct {
            uint32_t origin;
            uint64_t id;
            uint64_t to[SEATS_MAX / 64]; /* By peer's number. */
            uint32_t hops;
            struct bytes frame;
            const uint8_t *signature; /* SIGNATURE_SIZE bytes. */
        } relay;
        struct {
            uint64_t peers[SEATS_MAX / 64];
            uint8_t hops[SEATS_MAX]; /* By peer's number; of ROUTES_WANTED: none. */
        } routes;
    } as;
};

/* Append the frame. COMITY_LIMIT: it would exceed FRAME_SIZE_MAX; nothing appended. n: orderers
 * (for certificates' bitmaps). */
COMITY_MUST_CHECK enum comity_error peer_message_encode(const struct peer_message *message,
                                                        uint32_t n, struct buffer *ret_frame);
/* The version a frame says it is of, before anything else of it is understood; 0: it says none. */
uint32_t peer_frame_version(struct bytes frame);
uint32_t peer_own_version(void);
/* Only the tag, to find the forum (and so n) before the rest is parsed. */
COMITY_MUST_CHECK enum comity_error peer_message_tag(struct bytes frame,
                                                     uint8_t ret_tag[FORUM_TAG_SIZE]);
/* Strict and bounded; what it points to is borrowed from `frame` or the arena. */
COMITY_MUST_CHECK enum comity_error peer_message_decode(struct bytes frame, uint32_t n,
                                                        struct arena *arena,
                                                        struct peer_message *ret_message,
                                                        struct fault *fault);
/* What a relay's origin signs, appended. */
COMITY_MUST_CHECK enum comity_error relay_sign_bytes(const uint8_t tag[FORUM_TAG_SIZE],
                                                     const struct peer_message *relay,
                                                     struct buffer *ret_bytes);
/* First 16 bytes of H("comity/forum-tag/v1", forum ‖ epoch). */
void forum_tag(const struct hash *forum, uint64_t epoch, uint8_t ret_tag[FORUM_TAG_SIZE]);

#endif
