/* SPDX-License-Identifier: Apache-2.0 */
/* machine.h - the daemons of a cluster as processes: their folder, keys, ports, configurations,
 * and that none of them outlives us. */
#ifndef COMITY_SCENARIO_MACHINE_H
#define COMITY_SCENARIO_MACHINE_H

#include <limits.h>
#include <signal.h>
#include <sys/types.h>

#include "identity/identity.h"
#include "scenario/scenario.h"

struct machine_daemon {
    char name[SEAT_NAME_MAX + 1];
    uint8_t key[KEY_SIZE];
    uint16_t port;
    pid_t pid; /* 0: not running. */
};

struct machine {
    char folder[PATH_MAX];
    char program[PATH_MAX]; /* comityd */
    bool keep;              /* The folder stays. */
    uint16_t base_port;     /* 0: whatever is free. */
    pid_t group;            /* Process group of the daemons, 0 before the first. */
    struct machine_daemon daemons[SEATS_MAX];
    uint32_t daemons_count;
    int ports_fds[SEATS_MAX]; /* Held as long as the machine is, see folder.c. */
};

/* folder NULL: a temporary one that goes in machine_close. program NULL: `comityd` beside this
 * program, else in ../sbin, else in PATH. COMITY_IO, COMITY_NOT_FOUND. */
COMITY_MUST_CHECK enum comity_error machine_open(struct machine *self, const char *folder,
                                                 const char *program, uint16_t base_port,
                                                 struct fault *fault);
/* A charter_key_source: makes the seat's key and its file. Context: a struct machine. */
enum comity_error machine_make_key(void *context, const char *seat_name, uint8_t ret_key[KEY_SIZE]);
/* Ports and configuration files for the seats of the charter. COMITY_IO, COMITY_BUSY. */
COMITY_MUST_CHECK enum comity_error
machine_configure(struct machine *self, const struct scenario *scenario, struct fault *fault);
COMITY_MUST_CHECK enum comity_error machine_start(struct machine *self, uint32_t seat,
                                                  struct fault *fault);
/* kill -9, and gone when this returns. */
void machine_kill(struct machine *self, uint32_t seat);
/* Has one died that should live? Then COMITY_NETWORK with the end of its log. */
COMITY_MUST_CHECK enum comity_error machine_check(struct machine *self, struct fault *fault);
void machine_socket(const struct machine *self, uint32_t seat, char ret_path[PATH_MAX]);
/* Wait until something in the folder changes, or so long. */
void machine_wait_folder(const struct machine *self, int timeout_ms);
/* Ends every daemon, politely and then not, and removes the folder unless it is kept. */
void machine_close(struct machine *self);

/* folder.c */
COMITY_MUST_CHECK enum comity_error machine_take_port(struct machine *self, uint32_t seat,
                                                      struct fault *fault);
void machine_remove_folder(const char *folder);

/* Set by SIGINT, SIGTERM, SIGHUP once machine_catch_signals was called: the number, or 0. */
extern volatile sig_atomic_t machine_signal;
void machine_catch_signals(void);

#endif
