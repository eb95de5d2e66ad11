/* SPDX-License-Identifier: Apache-2.0 */
#include "system/limits.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    FILES_BASE = 64,    /* Own files, two contexts of libzmq, and some clients. */
    FILES_PER_LINK = 4, /* Its dealer, what dials, what was dialled, one that is being replaced. */
};

enum comity_error limits_open_files(uint32_t links, struct fault *fault)
{
    struct rlimit limit;
    uint64_t needed = FILES_BASE + (uint64_t)FILES_PER_LINK * links;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return COMITY_OK; /* Nobody counts. */
    if (limit.rlim_cur < limit.rlim_max) {
        rlim_t before = limit.rlim_cur;
        limit.rlim_cur = limit.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
            limit.rlim_cur = before;
    }
    if (limit.rlim_cur >= needed)
        return COMITY_OK;
    return fault_set(fault, COMITY_LIMIT,
                     "at most %llu files may be open, and a daemon with %u peers needs %llu: raise "
                     "the hard limit (ulimit -Hn, LimitNOFILE=)",
                     (unsigned long long)limit.rlim_cur, links, (unsigned long long)needed);
}

void limits_hide_memory(void)
{
    const struct rlimit none = {0};
    (void)setrlimit(RLIMIT_CORE, &none);
    /* Also where cores go to a program by a pipe, whatever their limit. */
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

bool limits_lock_memory(uint64_t *ret_bytes)
{
    struct rlimit limit = {0};
    size_t size = 4 * (size_t)sysconf(_SC_PAGESIZE); /* What one secret takes, with its guards. */
    void *page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    /* Straight to the kernel: a sanitizer's mlock only says that it did. */
    bool locked = page != MAP_FAILED && syscall(SYS_mlock, page, size) == 0;
    if (page != MAP_FAILED)
        (void)munmap(page, size);
    if (!locked && getrlimit(RLIMIT_MEMLOCK, &limit) == 0)
        *ret_bytes = limit.rlim_cur;
    return locked;
}

void limits_survive_full_files(void)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    (void)sigaction(SIGXFSZ, &ignore, NULL);
}
