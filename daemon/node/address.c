/* SPDX-License-Identifier: Apache-2.0 */
#include "node/address.h"

#include <arpa/inet.h>
#include <string.h>

static enum comity_error refuse(const char **ret_why, const char *why)
{
    *ret_why = why;
    return COMITY_INVALID;
}

static bool parse_port(const char *text, uint16_t *ret_port)
{
    uint32_t value = 0;
    size_t size = strlen(text);
    for (size_t i = 0; i < size; i++) {
        if (text[i] < '0' || text[i] > '9' || i == 5)
            return false;
        value = value * 10 + (uint32_t)(text[i] - '0');
    }
    if (value == 0 || value > UINT16_MAX)
        return false;
    *ret_port = (uint16_t)value;
    return true;
}

static bool is_name(const char *host)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    size_t size = strlen(host);
    bool digits_only = strspn(host, "0123456789.") == size; /* A number gone wrong. */
    return size <= 253 && host[0] != '.' && host[0] != '-' && !digits_only &&
           strspn(host, letters) == size;
}

enum comity_error address_parse(const char *text, struct address *ret_address, const char **ret_why)
{
    struct address made = {.port = 0};
    struct in6_addr binary;
    const char *at = strncmp(text, "tcp://", 6) == 0 ? text + 6 : text;
    const char *colon = strrchr(at, ':');
    if (colon == NULL)
        return refuse(ret_why, "there is no port");
    bool bracketed = at[0] == '[';
    size_t size = (size_t)(colon - at);
    if (bracketed && at[size - 1] != ']')
        return refuse(ret_why, "a bracket does not close before the port");
    if (!bracketed && memchr(at, ':', size) != NULL)
        return refuse(ret_why, "an IPv6 address stands in brackets");
    if (!parse_port(colon + 1, &made.port))
        return refuse(ret_why, "a port is a number from 1 to 65535");
    const char *host = bracketed ? at + 1 : at;
    size -= bracketed ? 2 : 0;
    if (size == 0 || size >= sizeof made.host)
        return refuse(ret_why, size == 0 ? "there is no host" : "the host is too long");
    memcpy(made.host, host, size);
    made.numeric = inet_pton(bracketed ? AF_INET6 : AF_INET, made.host, &binary) == 1;
    if (!made.numeric && bracketed)
        return refuse(ret_why, "that is no IPv6 address");
    if (!made.numeric && !is_name(made.host))
        return refuse(ret_why, "that is neither an address nor a host's name");
    *ret_address = made;
    return COMITY_OK;
}

enum comity_error address_parse_listen(const char *text, struct address *ret_address,
                                       const char **ret_why)
{
    if (strncmp(text, "tcp://", 6) != 0)
        return refuse(ret_why, "it begins with tcp://");
    if (strncmp(text + 6, "*:", 2) != 0)
        return address_parse(text, ret_address, ret_why);
    struct address made = {.host = "*", .numeric = true};
    if (!parse_port(text + 8, &made.port))
        return refuse(ret_why, "a port is a number from 1 to 65535");
    *ret_address = made;
    return COMITY_OK;
}
