/* SPDX-License-Identifier: Apache-2.0 */
/* notify.h - tells a service manager that this process is ready, alive, stopping: a datagram on
 * the socket it named (sd_notify(3)); thirty lines of ours in place of a library and what it
 * loads. Without a manager every call does nothing. */
#ifndef COMITY_SYSTEM_NOTIFY_H
#define COMITY_SYSTEM_NOTIFY_H

#include <stdint.h>

struct notify {
    int socket;          /* -1: nobody asked. */
    int64_t interval_ms; /* Say "alive" this often; 0: nobody asked. */
    int64_t last_ms;
};

/* Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID, and takes them out of the environment. */
void notify_open(struct notify *self);
void notify_ready(struct notify *self, const char *status);
/* Often; it counts itself. */
void notify_alive(struct notify *self, int64_t now_ms);
void notify_stopping(struct notify *self);
void notify_close(struct notify *self);

#endif
