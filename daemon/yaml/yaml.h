/* SPDX-License-Identifier: Apache-2.0 */
/* yaml.h - strict reading of YAML written by people: every error names file, line, column and
 * what was expected. A tree of nodes with places; duplicate keys, anchors, aliases, tags and
 * second documents are refused. Readers ask for the keys they know; what nobody asked for is an
 * error (yaml_map_done). */
#ifndef COMITY_YAML_YAML_H
#define COMITY_YAML_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml_node {
    enum yaml_kind kind;
    const char *file;      /* As given to the reader. */
    uint32_t line, column; /* From 1. */
    const char *text;      /* Scalar: its text, never NULL. */
    bool quoted;           /* Scalar in quotes: never a number or null. */
    size_t count;          /* Items of a list, or entries of a map. */
    struct yaml_node **items;
    struct yaml_node **keys; /* Map: scalar keys. */
    bool *asked;             /* Map: was this key asked for? */
};

/* At most 4 MiB, depth 32. COMITY_INVALID with the place, COMITY_LIMIT, COMITY_MEMORY. */
COMITY_MUST_CHECK enum comity_error yaml_parse(const char *file, struct bytes text,
                                               struct arena *arena, struct yaml_node **ret_root,
                                               struct fault *fault);
/* Reads the file first. COMITY_NOT_FOUND, COMITY_IO. */
COMITY_MUST_CHECK enum comity_error yaml_read(const char *path, struct arena *arena,
                                              struct yaml_node **ret_root, struct fault *fault);
/* "FILE:LINE:COLUMN: " and the sentence; returns COMITY_INVALID. */
enum comity_error yaml_fault(const struct yaml_node *node, struct fault *fault, const char *format,
                             ...) COMITY_PRINTF(3, 4);

/* Append `text`, which is UTF-8, in double quotes as YAML that reads back as the same scalar.
 * COMITY_MEMORY. */
COMITY_MUST_CHECK enum comity_error yaml_quote(const char *text, struct buffer *ret_text);

/* The value of a key, NULL if it is not there; marks it asked for. `map` must be a map. */
struct yaml_node *yaml_get(struct yaml_node *map, const char *key);
/* COMITY_INVALID naming the first key nobody asked for, and the known ones (NULL-terminated). */
COMITY_MUST_CHECK enum comity_error yaml_map_done(const struct yaml_node *map,
                                                  const char *const *known, struct fault *fault);
COMITY_MUST_CHECK enum comity_error yaml_expect(const struct yaml_node *node, enum yaml_kind kind,
                                                const char *what, struct fault *fault);
/* Scalars. `what` names the thing in errors: "a seat's name". */
COMITY_MUST_CHECK enum comity_error yaml_text(const struct yaml_node *node, const char *what,
                                              size_t size_max, const char **ret_text,
                                              struct fault *fault);
COMITY_MUST_CHECK enum comity_error yaml_u64(const struct yaml_node *node, const char *what,
                                             uint64_t least, uint64_t most, uint64_t *ret_value,
                                             struct fault *fault);
COMITY_MUST_CHECK enum comity_error yaml_i64(const struct yaml_node *node, const char *what,
                                             int64_t *ret_value, struct fault *fault);
COMITY_MUST_CHECK enum comity_error yaml_bool(const struct yaml_node *node, const char *what,
                                              bool *ret_value, struct fault *fault);
/* A date or time (base/calendar.h), and a length such as `72h` or `30 days`. */
COMITY_MUST_CHECK enum comity_error yaml_time(const struct yaml_node *node, const char *what,
                                              int64_t *ret_ms, struct fault *fault);
COMITY_MUST_CHECK enum comity_error yaml_length(const struct yaml_node *node, const char *what,
                                                int64_t *ret_ms, struct fault *fault);
/* One of the words (NULL-terminated); ret_index is its place. */
COMITY_MUST_CHECK enum comity_error yaml_word(const struct yaml_node *node, const char *what,
                                              const char *const *words, size_t *ret_index,
                                              struct fault *fault);

#endif
