/* SPDX-License-Identifier: Apache-2.0 */
/* config.h - a daemon's configuration: one YAML file, documented in comityd(8). */
#ifndef COMITY_NODE_CONFIG_H
#define COMITY_NODE_CONFIG_H

#include "base/arena.h"
#include "base/log.h"
#include "model/limits.h"

enum { CONFIG_PEERS_MAX = 1024, CONFIG_SOCKET_PATH_MAX = 100 };

struct config_peer {
    uint8_t key[KEY_SIZE];
    const char *address; /* host:port; NULL: it dials us. */
};

struct config {
    const char *key_path; /* Paths are made absolute or relative to the file's directory. */
    const char *data_path;
    const char *socket_path;
    const char *listen; /* `tcp://0.0.0.0:4750`, or NULL. */
    const struct config_peer *peers;
    uint32_t peers_count;
    bool looks_up_names; /* Not every host above is a numeric address. */
    enum log_level log_level;
    bool log_json;
};

/* Strings live in the arena. COMITY_NOT_FOUND, COMITY_INVALID with the place in the fault. */
COMITY_MUST_CHECK enum comity_error config_read(const char *path, struct arena *arena,
                                                struct config *ret_config, struct fault *fault);
/* The configuration as YAML that reads back the same, for `comityd -n`. */
COMITY_MUST_CHECK enum comity_error config_print(const struct config *config,
                                                 struct buffer *ret_text);

#endif
