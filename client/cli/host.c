/* SPDX-License-Identifier: Apache-2.0 */
#include "host.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool is_bridge(const char *name)
{
    static const char *const words[] = {"docker", "br-", "veth", "virbr", "lxc"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strncmp(name, words[i], strlen(words[i])) == 0)
            return true;
    }
    return false;
}

static void find(bool bridges, char ret_host[HOST_SIZE])
{
    struct ifaddrs *all = NULL;
    if (getifaddrs(&all) != 0)
        return;
    for (const struct ifaddrs *one = all; one != NULL && ret_host[0] == '\0'; one = one->ifa_next) {
        struct sockaddr_in address;
        if (one->ifa_addr == NULL || one->ifa_addr->sa_family != AF_INET ||
            (one->ifa_flags & IFF_UP) == 0 || (one->ifa_flags & IFF_LOOPBACK) != 0 ||
            is_bridge(one->ifa_name) != bridges)
            continue;
        memcpy(&address, one->ifa_addr, sizeof address);
        (void)inet_ntop(AF_INET, &address.sin_addr, ret_host, HOST_SIZE);
    }
    freeifaddrs(all);
}

enum comity_error host_choose(const char *wanted, char ret_host[HOST_SIZE], struct fault *fault)
{
    uint8_t binary[sizeof(struct in6_addr)];
    ret_host[0] = '\0';
    if (wanted != NULL && inet_pton(AF_INET, wanted, binary) == 1)
        (void)snprintf(ret_host, HOST_SIZE, "%s", wanted);
    else if (wanted != NULL && inet_pton(AF_INET6, wanted, binary) == 1)
        (void)snprintf(ret_host, HOST_SIZE, "[%.50s]", wanted);
    else if (wanted != NULL)
        return fault_set(fault, COMITY_USAGE, "`%.60s` is no numeric address such as 192.0.2.7",
                         wanted);
    if (ret_host[0] == '\0')
        find(false, ret_host);
    if (ret_host[0] == '\0')
        find(true, ret_host);
    if (ret_host[0] == '\0')
        (void)snprintf(ret_host, HOST_SIZE, "127.0.0.1");
    return COMITY_OK;
}
