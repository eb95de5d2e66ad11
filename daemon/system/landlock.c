/* SPDX-License-Identifier: Apache-2.0 */
/* landlock.c - which files this process may still open. Debian 12's headers know version 1 of the
 * interface; what later kernels add is written out here and asked for only where it is offered. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "system/sandbox.h"

#define ACCESS_TRUNCATE ((uint64_t)1 << 14)  /* Version 3. */
#define ACCESS_IOCTL_DEV ((uint64_t)1 << 15) /* Version 5. */
#define SCOPE_ABSTRACT_SOCKET ((uint64_t)1 << 0)
#define SCOPE_SIGNAL ((uint64_t)1 << 1) /* Version 6, both. */

/* As in the kernel's header of version 6; an older kernel is given the length it knows. */
struct ruleset_attributes {
    uint64_t handled_fs;
    uint64_t handled_net;
    uint64_t scoped;
};

#define READS (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define KEEPS_FILES \
    (READS | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE | \
     LANDLOCK_ACCESS_FS_MAKE_REG | ACCESS_TRUNCATE)
#define KEEPS_SOCKETS (LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_REMOVE_FILE)
/* Of these, what a rule about a single file may grant. */
#define OF_FILES (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | ACCESS_TRUNCATE)

struct ruleset {
    int file;
    uint64_t handled;
    int failed; /* errno of the first rule that matters and could not be added. */
};

static uint64_t handled_fs(int abi)
{
    uint64_t handled = ((uint64_t)1 << 13) - 1; /* Version 1: execute ... make a symbolic link. */
    if (abi >= 2)
        handled |= LANDLOCK_ACCESS_FS_REFER;
    if (abi >= 3)
        handled |= ACCESS_TRUNCATE;
    if (abi >= 5)
        handled |= ACCESS_IOCTL_DEV;
    return handled;
}

/* What is not there needs no rule, unless `must`. */
static void allow(struct ruleset *self, const char *path, uint64_t access, bool must)
{
    struct landlock_path_beneath_attr rule = {.allowed_access = access & self->handled};
    rule.parent_fd = open(path, O_PATH | O_CLOEXEC | O_DIRECTORY);
    if (rule.parent_fd < 0 && errno == ENOTDIR) {
        rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
        rule.allowed_access &= OF_FILES;
    }
    bool good = rule.parent_fd >= 0 && syscall(SYS_landlock_add_rule, self->file,
                                               LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
    if (!good && must && self->failed == 0)
        self->failed = errno;
    if (rule.parent_fd >= 0)
        (void)close(rule.parent_fd);
}

/* A network that changes puts a new resolv.conf in the place of the old one: its directory is
 * what must stay readable, wherever it is. */
static void allow_resolver(struct ruleset *self)
{
    static const char *const paths[] = {
        "/etc/hosts",       "/etc/nsswitch.conf",
        "/etc/host.conf",   "/etc/gai.conf",
        "/etc/resolv.conf", "/etc/services",
        "/etc/protocols",   "/etc/ld.so.cache",
        "/usr/lib",         "/lib",
        "/lib64",
    };
    char real[PATH_MAX];
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        allow(self, paths[i], READS, false);
    if (realpath("/etc/resolv.conf", real) != NULL)
        allow(self, dirname(real), READS, false);
}

static void add_rules(struct ruleset *self, const struct sandbox_plan *plan)
{
    char socket[PATH_MAX];
    (void)snprintf(socket, sizeof socket, "%s", plan->socket_path);
    allow(self, plan->data_path, KEEPS_FILES, true);
    allow(self, dirname(socket), KEEPS_SOCKETS, true);
    allow(self, "/dev/urandom", LANDLOCK_ACCESS_FS_READ_FILE, false);
    if (plan->looks_up_names)
        allow_resolver(self);
    if (plan->may_trace) /* Its own maps and symbols. */
        allow(self, "/", READS, false);
}

static enum comity_error tell_errno(char ret_text[SANDBOX_TEXT_SIZE], const char *what, int number)
{
    (void)snprintf(ret_text, SANDBOX_TEXT_SIZE, "%s: %s", what, strerror(number));
    return number == ENOSYS || number == EOPNOTSUPP || number == EPERM ? COMITY_NOT_FOUND
                                                                       : COMITY_IO;
}

enum comity_error landlock_enter(const struct sandbox_plan *plan, int *ret_abi,
                                 char ret_text[SANDBOX_TEXT_SIZE])
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (abi < 1)
        return tell_errno(ret_text, "this kernel has no landlock", abi < 0 ? errno : ENOSYS);
    struct ruleset_attributes attributes = {.handled_fs = handled_fs((int)abi)};
    size_t size = sizeof attributes.handled_fs;
    if (abi >= 6) {
        size = sizeof attributes;
        attributes.scoped = SCOPE_ABSTRACT_SOCKET | SCOPE_SIGNAL;
    }
    struct ruleset rules = {.handled = attributes.handled_fs};
    rules.file = (int)syscall(SYS_landlock_create_ruleset, &attributes, size, 0);
    if (rules.file < 0)
        return tell_errno(ret_text, "landlock refuses a set of rules", errno);
    add_rules(&rules, plan);
    if (rules.failed == 0 && syscall(SYS_landlock_restrict_self, rules.file, 0) != 0)
        rules.failed = errno;
    (void)close(rules.file);
    if (rules.failed != 0)
        return tell_errno(ret_text, "landlock cannot be entered", rules.failed);
    *ret_abi = (int)abi;
    (void)snprintf(ret_text, SANDBOX_TEXT_SIZE,
                   "landlock %ld: files of %.50s, sockets beside %.50s%s", abi, plan->data_path,
                   plan->socket_path, plan->looks_up_names ? ", the resolver's" : "");
    return COMITY_OK;
}
