/* SPDX-License-Identifier: Apache-2.0 */
/* seccomp.c - which system calls this process may still make. Everything that is not in the lists
 * is answered with ENOSYS, as by a kernel that does not have it; what would be an attack in our
 * mouth (another program, another's memory, the machine's settings) is simply not in them. */
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/sched.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <termios.h>

#include "system/sandbox.h"

/* Whatever their arguments. Threads and their locks, memory, time; files by descriptor and, within
 * landlock, by name; sockets that exist; waiting. */
static const int always[] = {
    SCMP_SYS(futex),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(get_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(set_tid_address),
    SCMP_SYS(gettid),
    SCMP_SYS(getpid),
    SCMP_SYS(getppid),
    SCMP_SYS(tgkill),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(sched_getparam),
    SCMP_SYS(sched_getscheduler),
    SCMP_SYS(sched_get_priority_min),
    SCMP_SYS(sched_get_priority_max),
    SCMP_SYS(membarrier),
    SCMP_SYS(getcpu),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(mlock),
    SCMP_SYS(munlock),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(alarm),
    SCMP_SYS(setitimer),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(getrandom),
    SCMP_SYS(getrusage),
    SCMP_SYS(sysinfo),
    SCMP_SYS(uname),
    SCMP_SYS(getrlimit),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(read),
    SCMP_SYS(readv),
    SCMP_SYS(pread64),
    SCMP_SYS(preadv),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(pwrite64),
    SCMP_SYS(pwritev),
    SCMP_SYS(close),
    SCMP_SYS(dup),
    SCMP_SYS(lseek),
    SCMP_SYS(_llseek),
    SCMP_SYS(fsync),
    SCMP_SYS(fdatasync),
    SCMP_SYS(ftruncate),
    SCMP_SYS(fallocate),
    SCMP_SYS(fadvise64),
    SCMP_SYS(flock),
    SCMP_SYS(fcntl),
    SCMP_SYS(fcntl64),
    SCMP_SYS(fstat),
    SCMP_SYS(fstat64),
    SCMP_SYS(fstatfs),
    SCMP_SYS(fchmod),
    SCMP_SYS(getdents64),
    SCMP_SYS(open),
    SCMP_SYS(openat),
    SCMP_SYS(stat),
    SCMP_SYS(stat64),
    SCMP_SYS(lstat),
    SCMP_SYS(lstat64),
    SCMP_SYS(newfstatat),
    SCMP_SYS(fstatat64),
    SCMP_SYS(statx),
    SCMP_SYS(statfs),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(getcwd),
    SCMP_SYS(unlink),
    SCMP_SYS(unlinkat),
    SCMP_SYS(rename),
    SCMP_SYS(renameat),
    SCMP_SYS(renameat2),
    SCMP_SYS(mkdir),
    SCMP_SYS(mkdirat),
    SCMP_SYS(rmdir),
    SCMP_SYS(umask),
    SCMP_SYS(bind),
    SCMP_SYS(listen),
    SCMP_SYS(accept),
    SCMP_SYS(accept4),
    SCMP_SYS(connect),
    SCMP_SYS(shutdown),
    SCMP_SYS(getsockname),
    SCMP_SYS(getpeername),
    SCMP_SYS(getsockopt),
    SCMP_SYS(setsockopt),
    SCMP_SYS(sendto),
    SCMP_SYS(sendmsg),
    SCMP_SYS(sendmmsg),
    SCMP_SYS(recvfrom),
    SCMP_SYS(recvmsg),
    SCMP_SYS(recvmmsg),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(select),
    SCMP_SYS(pselect6),
    SCMP_SYS(epoll_create1),
    SCMP_SYS(epoll_create),
    SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait),
    SCMP_SYS(epoll_pwait2),
    SCMP_SYS(eventfd2),
    SCMP_SYS(pipe2),
};

/* What a sanitizer's end-of-process inspection needs; never in a build for use. */
static const int tracing[] = {
    SCMP_SYS(clone),
    SCMP_SYS(clone3),
    SCMP_SYS(wait4),
    SCMP_SYS(ptrace),
    SCMP_SYS(prctl),
    SCMP_SYS(mmap),
    SCMP_SYS(mprotect),
    SCMP_SYS(kill),
    SCMP_SYS(fork),
    SCMP_SYS(vfork),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(socketpair),
    SCMP_SYS(prlimit64),
    SCMP_SYS(setrlimit),
    SCMP_SYS(personality),
    SCMP_SYS(arch_prctl),
    SCMP_SYS(getdents),
};

struct filter {
    scmp_filter_ctx context;
    int failed; /* Of the first rule that could not be added. */
};

static void allow(struct filter *self, int call, unsigned count, struct scmp_arg_cmp argument)
{
    int error = call == __NR_SCMP_ERROR
                    ? 0
                    : seccomp_rule_add_array(self->context, SCMP_ACT_ALLOW, call, count, &argument);
    if (error != 0 && self->failed == 0)
        self->failed = error;
}

static void allow_value(struct filter *self, int call, unsigned index, uint64_t value)
{
    allow(self, call, 1, (struct scmp_arg_cmp){index, SCMP_CMP_EQ, value, 0});
}

static void allow_without(struct filter *self, int call, unsigned index, uint64_t bits)
{
    allow(self, call, 1, (struct scmp_arg_cmp){index, SCMP_CMP_MASKED_EQ, bits, 0});
}

/* Threads, but no process: the flags of clone tell; those of clone3 are out of a filter's sight,
 * so it is refused and the C library takes clone. Memory is never both written and run; code
 * comes in only as a library file, for the resolver's. */
static void allow_narrowly(struct filter *self, const struct sandbox_plan *plan)
{
    static const int families[] = {AF_UNIX, AF_INET, AF_INET6};
    static const unsigned long ioctls[] = {FIONREAD, FIONBIO, TCGETS};
    allow(self, SCMP_SYS(clone), 1,
          (struct scmp_arg_cmp){0, SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD});
    allow_without(self, SCMP_SYS(mmap), 2, PROT_EXEC);
    allow_without(self, SCMP_SYS(mmap2), 2, PROT_EXEC);
    if (plan->looks_up_names) {
        allow_without(self, SCMP_SYS(mmap), 2, PROT_WRITE);
        allow_without(self, SCMP_SYS(mmap2), 2, PROT_WRITE);
    }
    allow_without(self, SCMP_SYS(mprotect), 2, PROT_EXEC);
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        allow_value(self, SCMP_SYS(socket), 0, (uint64_t)families[i]);
    /* Which addresses this machine has (libzmq, before it binds): routes alone. */
    struct scmp_arg_cmp netlink[] = {{0, SCMP_CMP_EQ, AF_NETLINK, 0},
                                     {2, SCMP_CMP_EQ, NETLINK_ROUTE, 0}};
    int error = seccomp_rule_add_array(self->context, SCMP_ACT_ALLOW, SCMP_SYS(socket), 2, netlink);
    if (error != 0 && self->failed == 0)
        self->failed = error;
    for (size_t i = 0; i < sizeof ioctls / sizeof *ioctls; i++)
        allow_value(self, SCMP_SYS(ioctl), 1, ioctls[i]);
    /* libzmq sets what its threads have anyway. */
    allow_value(self, SCMP_SYS(sched_setscheduler), 1, SCHED_OTHER);
    allow_value(self, SCMP_SYS(prctl), 0, PR_SET_NAME);
    allow_value(self, SCMP_SYS(prctl), 0, PR_GET_DUMPABLE);
    /* Read the limits, change none: the second structure is the new one. */
    allow_value(self, SCMP_SYS(prlimit64), 2, 0);
}

enum comity_error seccomp_enter(const struct sandbox_plan *plan, char ret_text[SANDBOX_TEXT_SIZE])
{
    static const struct scmp_arg_cmp any = {0};
    struct filter filter = {.context = seccomp_init(SCMP_ACT_ERRNO(ENOSYS))};
    if (filter.context == NULL) {
        (void)snprintf(ret_text, SANDBOX_TEXT_SIZE,
                       "the system calls cannot be filtered: out of memory");
        return COMITY_MEMORY;
    }
    /* Words of another architecture (a 32-bit call on a 64-bit kernel) end the process. */
    (void)seccomp_attr_set(filter.context, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    (void)seccomp_attr_set(filter.context, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    /* Threads that run already are bound too. */
    (void)seccomp_attr_set(filter.context, SCMP_FLTATR_CTL_TSYNC, 1);
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        allow(&filter, always[i], 0, any);
    for (size_t i = 0; plan->may_trace && i < sizeof tracing / sizeof *tracing; i++)
        allow(&filter, tracing[i], 0, any);
    allow_narrowly(&filter, plan);
    int error = filter.failed != 0 ? filter.failed : seccomp_load(filter.context);
    seccomp_release(filter.context);
    if (error != 0) {
        (void)snprintf(ret_text, SANDBOX_TEXT_SIZE, "the system calls cannot be filtered: %s",
                       strerror(-error));
        return error == -ENOSYS || error == -EINVAL || error == -ECANCELED ? COMITY_NOT_FOUND
                                                                           : COMITY_IO;
    }
    (void)snprintf(ret_text, SANDBOX_TEXT_SIZE,
                   "seccomp: %zu system calls, no program can be executed%s",
                   sizeof always / sizeof *always,
                   plan->may_trace ? ", but a sanitizer may look at this process" : "");
    return COMITY_OK;
}
