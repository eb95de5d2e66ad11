/* SPDX-License-Identifier: Apache-2.0 */
/* limits.h - the protocol's limits (DESIGN.md section 5). Decoders refuse what exceeds them. */
#ifndef COMITY_MODEL_LIMITS_H
#define COMITY_MODEL_LIMITS_H

enum {
    SEATS_MAX = 256,
    SEAT_NAME_MAX = 15, /* Characters of a seat's short name, `FRA`. */
    NAME_MAX_SIZE = 31, /* Characters of a group's, weight's, rule's, topic's name. */
    TITLE_MAX = 255,    /* Bytes of a title, a delegation's long name, a label. */
    GROUPS_MAX = 32,
    WEIGHTS_MAX = 8,
    RULES_MAX = 32,
    TOPICS_MAX = 64,
    TERMS_MAX = 64,
    PLEDGES_MAX = 256,
    GOALS_MAX = 16,
    RESERVABLE_MAX = 64,
    NOMINAL_MAX = 65536,  /* Members of the body a small room plays. */
    RULE_TEXT_MAX = 4096, /* Bytes of a rule's sentence. */
    RULE_DEPTH_MAX = 32,
    RULE_NODES_MAX = 256,
    ACT_SIZE_MAX = 64 * 1024,    /* Signed bytes, signature and attached text together. */
    BLOCK_SIZE_MAX = 256 * 1024, /* Encoded body. */
    BLOCK_ACTS_MAX = 4096,
    FRAME_SIZE_MAX = 320 * 1024,
    CHUNK_SIZE = 64 * 1024,
    CHARTER_SIZE_MAX = 256 * 1024,
    POOL_BYTES_MAX = 32 << 20,       /* Of them, together; each seat has its share, */
    POOL_BYTES_SEAT_MIN = 512 << 10, /* and at least so much. */
    POOL_ACTS_MAX = 16384, /* Unfinalized acts of a forum; a seat's share is pool / seats. */
    KEY_SIZE = 32,         /* Ed25519 public key. */
    SIGNATURE_SIZE = 64,
    PROTOCOL_VERSION = 1,
    SEMANTICS_VERSION = 1,
};

#endif
