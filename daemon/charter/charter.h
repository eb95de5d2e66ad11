/* SPDX-License-Identifier: Apache-2.0 */
/* charter.h - charters: from YAML that people write to the bytes that are hashed and signed, and
 * from such bytes to the struct the pure rooms use. */
#ifndef COMITY_CHARTER_CHARTER_H
#define COMITY_CHARTER_CHARTER_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/text.h"
#include "model/charter.h"
#include "rules/roster.h"
#include "yaml/yaml.h"

/* Finds the key of a seat whose YAML names none (scenarios make their own). NULL where keys are
 * required. COMITY_NOT_FOUND: none. */
typedef enum comity_error charter_key_source(void *context, const char *seat_name,
                                             uint8_t ret_key[KEY_SIZE]);
struct charter_options {
    charter_key_source *key_source; /* Or NULL. */
    void *context;
    const char
        *no_key; /* Said of a seat the source has no key for; NULL: that one must be given. */
    const uint8_t *nonce; /* 16 bytes, used if the YAML has none; NULL: then it must. */
};

/* Compile: strict schema (unknown keys, duplicate seats, empty groups, weights that overflow,
 * rules that do not parse ... each an error with file, line and what was expected). Appends the
 * bytes. Lint warnings are handed to `warn` one by one (may be NULL). */
typedef void charter_warn(void *context, const char *warning);
COMITY_MUST_CHECK enum comity_error charter_compile(struct yaml_node *root,
                                                    const struct charter_options *options,
                                                    charter_warn *warn, void *warn_context,
                                                    struct buffer *ret_bytes, struct fault *fault);
/* Strict decode and every check again: bytes may come from a stranger. COMITY_INVALID,
 * COMITY_LIMIT, COMITY_MEMORY, COMITY_FOREIGN (a newer protocol or semantics). */
COMITY_MUST_CHECK enum comity_error charter_decode(struct bytes bytes, struct arena *arena,
                                                   const struct charter **ret_charter,
                                                   struct fault *fault);
struct hash charter_id(struct bytes bytes); /* "comity/charter/v1" */
/* Print as YAML that compiles to the same bytes. */
COMITY_MUST_CHECK enum comity_error charter_print(const struct charter *charter,
                                                  struct buffer *ret_text);
/* Of a rule with stages: `this first ballot is by rule ...`, and what yes and no lead to. Nothing
 * for another. */
void charter_explain_stages(const struct charter *charter, const struct charter_rule *rule,
                            struct text *text);
/* Seat index by name; -1 if there is none. */
int32_t charter_find_seat(const struct charter *charter, const char *name);
int32_t charter_find_key(const struct charter *charter, const uint8_t key[KEY_SIZE]);
/* The roster rules are evaluated against; in the arena. COMITY_MEMORY. */
COMITY_MUST_CHECK enum comity_error charter_roster(const struct charter *charter,
                                                   struct arena *arena,
                                                   const struct rule_roster **ret_roster);

#endif
