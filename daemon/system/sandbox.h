/* SPDX-License-Identifier: Apache-2.0 */
/* sandbox.h - the cage a daemon puts itself into before it reads a byte that others wrote.
 *
 * Two walls, each without the other: landlock bounds the files that can be opened at all; seccomp
 * bounds the system calls to those that our libraries make (an allow-list: a kernel gains calls
 * faster than a deny-list learns of them, and a C library that meets ENOSYS has another way). No
 * program can be executed, no process traced, no file opened outside of the plan. Both hold for
 * every thread that is started afterwards, so enter before the first one. */
#ifndef COMITY_SYSTEM_SANDBOX_H
#define COMITY_SYSTEM_SANDBOX_H

#include <stdbool.h>

#include "base/error.h"

struct sandbox_plan {
    const char *data_path;   /* A directory: files in it are read, written, made, removed. */
    const char *socket_path; /* In its directory sockets are made and files removed. */
    bool looks_up_names;     /* The resolver's files and libraries may be read. */
    bool may_trace;          /* A build that inspects itself (a sanitizer's): see seccomp.c. */
};

enum { SANDBOX_TEXT_SIZE = 192 };

/* What is in force; the sentences are for the log. */
struct sandbox_state {
    int landlock_abi; /* 0: not in force. */
    bool seccomp;
    char landlock_text[SANDBOX_TEXT_SIZE];
    char seccomp_text[SANDBOX_TEXT_SIZE];
};

/* Never fails: what the kernel does not offer is left out and said in *ret_state. Threads that run
 * already are not bound by landlock. */
void sandbox_enter(const struct sandbox_plan *plan, struct sandbox_state *ret_state);

/* Each wall alone, for sandbox_enter. COMITY_NOT_FOUND: this kernel has none, or forbids it to us;
 * anything else: it could not be built. `ret_text` is filled in every case. */
COMITY_MUST_CHECK enum comity_error landlock_enter(const struct sandbox_plan *plan, int *ret_abi,
                                                   char ret_text[SANDBOX_TEXT_SIZE]);
COMITY_MUST_CHECK enum comity_error seccomp_enter(const struct sandbox_plan *plan,
                                                  char ret_text[SANDBOX_TEXT_SIZE]);

#endif
