/* SPDX-License-Identifier: Apache-2.0 */
#include "node/config.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "node/address.h"
#include "yaml/yaml.h"

static const char *const levels[] = {"debug", "info", "warning", "error", NULL};

/* Paths in the file are relative to the file, wherever the daemon was started. */
static enum comity_error resolve_path(const char *config_path, const char *path,
                                      struct arena *arena, const char **ret_path)
{
    const char *slash = strrchr(config_path, '/');
    if (path[0] == '/' || slash == NULL) {
        *ret_path = path;
        return COMITY_OK;
    }
    size_t directory = (size_t)(slash - config_path) + 1;
    char *joined = arena_alloc(arena, directory + strlen(path) + 1);
    if (joined == NULL)
        return COMITY_MEMORY;
    memcpy(joined, config_path, directory);
    memcpy(joined + directory, path, strlen(path) + 1);
    *ret_path = joined;
    return COMITY_OK;
}

static enum comity_error read_path(struct yaml_node *root, const char *key, const char *file,
                                   struct arena *arena, const char **ret_path, struct fault *fault)
{
    struct yaml_node *node = yaml_get(root, key);
    const char *text;
    if (node == NULL)
        return yaml_fault(root, fault, "expected the key `%s:` (a path)", key);
    enum comity_error error = yaml_text(node, "a path", 1000, &text, fault);
    return error != COMITY_OK ? error : resolve_path(file, text, arena, ret_path);
}

/* A path of a socket has to fit into the kernel's structure, with what libzmq adds to it. */
static enum comity_error read_socket(struct yaml_node *root, const char *file, struct arena *arena,
                                     struct config *config, struct fault *fault)
{
    enum comity_error error = read_path(root, "socket", file, arena, &config->socket_path, fault);
    if (error == COMITY_OK && strlen(config->socket_path) > CONFIG_SOCKET_PATH_MAX)
        error =
            yaml_fault(yaml_get(root, "socket"), fault,
                       "the client socket's path has %zu characters, at most %d fit: %.60s...",
                       strlen(config->socket_path), CONFIG_SOCKET_PATH_MAX, config->socket_path);
    return error;
}

static enum comity_error read_peer_address(struct yaml_node *node, struct config *config,
                                           const char **ret_address, struct fault *fault)
{
    struct address address;
    const char *why;
    const char *text;
    enum comity_error error =
        yaml_text(node, "a peer's address, 192.0.2.7:4750", 255, &text, fault);
    if (error != COMITY_OK)
        return error;
    if (address_parse(text, &address, &why) != COMITY_OK)
        return yaml_fault(node, fault, "\"%.100s\" is no peer's address such as 192.0.2.7:4750: %s",
                          text, why);
    if (!address.numeric)
        config->looks_up_names = true;
    *ret_address = text;
    return COMITY_OK;
}

static enum comity_error read_peer(struct yaml_node *node, struct config *config,
                                   struct config_peer *ret_peer, struct fault *fault)
{
    static const char *const known[] = {"key", "address", "name", NULL};
    enum comity_error error = yaml_expect(node, YAML_MAP, "a peer", fault);
    if (error != COMITY_OK)
        return error;
    struct yaml_node *key = yaml_get(node, "key");
    struct yaml_node *address = yaml_get(node, "address");
    struct yaml_node *name = yaml_get(node, "name");
    const char *text;
    if (key == NULL)
        return yaml_fault(node, fault, "a peer needs its `key:` (64 hexadecimal digits)");
    error = yaml_text(key, "a peer's key", 64, &text, fault);
    if (error == COMITY_OK && hex_to_bytes(text, ret_peer->key, KEY_SIZE) != COMITY_OK)
        error = yaml_fault(key, fault, "expected a peer's key, 64 hexadecimal digits");
    if (error == COMITY_OK && address != NULL)
        error = read_peer_address(address, config, &ret_peer->address, fault);
    if (error == COMITY_OK && name != NULL)
        error = yaml_text(name, "a peer's name", TITLE_MAX, &text, fault);
    return error != COMITY_OK ? error : yaml_map_done(node, known, fault);
}

static enum comity_error read_peers(struct yaml_node *root, struct arena *arena,
                                    struct config *config, struct fault *fault)
{
    struct yaml_node *list = yaml_get(root, "peers");
    if (list == NULL)
        return COMITY_OK;
    enum comity_error error = yaml_expect(list, YAML_LIST, "the peers", fault);
    if (error != COMITY_OK)
        return error;
    if (list->count > CONFIG_PEERS_MAX)
        return yaml_fault(list, fault, "at most %d peers", CONFIG_PEERS_MAX);
    struct config_peer *peers = arena_array(arena, list->count, sizeof *peers);
    if (peers == NULL)
        return COMITY_MEMORY;
    for (size_t i = 0; error == COMITY_OK && i < list->count; i++)
        error = read_peer(list->items[i], config, &peers[i], fault);
    config->peers = peers;
    config->peers_count = (uint32_t)list->count;
    return error;
}

static enum comity_error read_listen(struct yaml_node *node, struct config *config,
                                     struct fault *fault)
{
    struct address address;
    const char *why;
    enum comity_error error =
        yaml_text(node, "an address to listen on", 255, &config->listen, fault);
    if (error == COMITY_OK && address_parse_listen(config->listen, &address, &why) != COMITY_OK)
        return yaml_fault(node, fault,
                          "\"%.100s\" is no address to listen on such as tcp://0.0.0.0:4750: %s",
                          config->listen, why);
    if (error == COMITY_OK && !address.numeric)
        config->looks_up_names = true; /* An interface, or a name of this machine. */
    return error;
}

static enum comity_error read_rest(struct yaml_node *root, struct config *config,
                                   struct fault *fault)
{
    static const char *const formats[] = {"text", "json", NULL};
    struct yaml_node *listen = yaml_get(root, "listen");
    struct yaml_node *log = yaml_get(root, "log");
    struct yaml_node *format = yaml_get(root, "log-format");
    enum comity_error error = COMITY_OK;
    size_t index;
    config->log_level = LOG_INFO;
    if (listen != NULL)
        error = read_listen(listen, config, fault);
    if (error == COMITY_OK && log != NULL) {
        error = yaml_word(log, "a log level", levels, &index, fault);
        if (error == COMITY_OK)
            config->log_level = (enum log_level)index;
    }
    if (error == COMITY_OK && format != NULL) {
        error = yaml_word(format, "a log format", formats, &index, fault);
        if (error == COMITY_OK)
            config->log_json = index == 1;
    }
    return error;
}

enum comity_error config_read(const char *path, struct arena *arena, struct config *ret_config,
                              struct fault *fault)
{
    static const char *const known[] = {"key",   "data", "socket",     "listen",
                                        "peers", "log",  "log-format", NULL};
    struct yaml_node *root;
    struct config config = {0};
    enum comity_error error = yaml_read(path, arena, &root, fault);
    if (error == COMITY_OK)
        error = yaml_expect(root, YAML_MAP, "a configuration", fault);
    if (error == COMITY_OK)
        error = read_path(root, "key", path, arena, &config.key_path, fault);
    if (error == COMITY_OK)
        error = read_path(root, "data", path, arena, &config.data_path, fault);
    if (error == COMITY_OK)
        error = read_socket(root, path, arena, &config, fault);
    if (error == COMITY_OK)
        error = read_rest(root, &config, fault);
    if (error == COMITY_OK)
        error = read_peers(root, arena, &config, fault);
    if (error == COMITY_OK)
        error = yaml_map_done(root, known, fault);
    if (error == COMITY_OK)
        *ret_config = config;
    return error;
}

/* A value that YAML might take for something else goes in quotes. */
static bool is_plain(const char *value)
{
    static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                               "0123456789/._-";
    if (strncmp(value, "tcp://", 6) == 0)
        return value[6 + strspn(value + 6, "0123456789abcdef.:[]")] == '\0' &&
               value[strlen(value) - 1] != ':';
    return value[0] == '/' && value[strspn(value, safe)] == '\0';
}

static enum comity_error add_value(struct buffer *text, const char *value)
{
    return is_plain(value) ? buffer_append(text, value, strlen(value)) : yaml_quote(value, text);
}

static enum comity_error add_line(struct buffer *text, const char *key, const char *value)
{
    char head[32];
    (void)snprintf(head, sizeof head, "%s: ", key);
    enum comity_error error = buffer_append(text, head, strlen(head));
    if (error == COMITY_OK)
        error = add_value(text, value);
    return error != COMITY_OK ? error : buffer_append(text, "\n", 1);
}

static enum comity_error add_peer(struct buffer *text, const struct config_peer *peer)
{
    char line[2 * KEY_SIZE + 32];
    char hex[2 * KEY_SIZE + 1];
    hex_from_bytes(peer->key, KEY_SIZE, hex);
    int size = snprintf(line, sizeof line, "  - {key: %s", hex);
    enum comity_error error = buffer_append(text, line, (size_t)size);
    if (error == COMITY_OK && peer->address != NULL)
        error = buffer_append(text, ", address: ", 11);
    if (error == COMITY_OK && peer->address != NULL)
        error = yaml_quote(peer->address, text);
    return error != COMITY_OK ? error : buffer_append(text, "}\n", 2);
}

enum comity_error config_print(const struct config *config, struct buffer *ret_text)
{
    enum comity_error error = add_line(ret_text, "key", config->key_path);
    if (error == COMITY_OK)
        error = add_line(ret_text, "data", config->data_path);
    if (error == COMITY_OK)
        error = add_line(ret_text, "socket", config->socket_path);
    if (error == COMITY_OK && config->listen != NULL)
        error = add_line(ret_text, "listen", config->listen);
    if (error == COMITY_OK)
        error = buffer_append(ret_text, "log: ", 5);
    if (error == COMITY_OK)
        error =
            buffer_append(ret_text, levels[config->log_level], strlen(levels[config->log_level]));
    const char *format = config->log_json ? "\nlog-format: json\n" : "\nlog-format: text\n";
    if (error == COMITY_OK)
        error = buffer_append(ret_text, format, strlen(format));
    if (error == COMITY_OK && config->peers_count > 0)
        error = buffer_append(ret_text, "peers:\n", 7);
    for (uint32_t i = 0; error == COMITY_OK && i < config->peers_count; i++)
        error = add_peer(ret_text, &config->peers[i]);
    return error;
}
