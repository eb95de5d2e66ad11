/* SPDX-License-Identifier: Apache-2.0 */
/* clockshift.c - preloaded into a daemon under test: its clocks are those of the kernel plus what
 * a file says. Time namespaces shift only the clocks that nobody sets, and libfaketime stands in
 * front of far more than the one function a daemon reads its clocks with; this is all of it.
 *
 * The file, named by COMITY_CLOCKSHIFT, holds three host-endian int64 of nanoseconds, for
 * CLOCK_REALTIME, CLOCK_MONOTONIC and CLOCK_BOOTTIME; who changes them while a daemon runs gives
 * it a step of that clock. Without the file nothing is shifted. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { SECOND_NS = 1000000000 };

static const _Atomic int64_t *shifts;
static int (*next_clock_gettime)(clockid_t, struct timespec *);

__attribute__((constructor)) static void set_up(void)
{
    const char *path = getenv("COMITY_CLOCKSHIFT");
    int file = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return;
    void *memory = mmap(NULL, 3 * sizeof *shifts, PROT_READ, MAP_SHARED, file, 0);
    (void)close(file);
    if (memory != MAP_FAILED)
        shifts = memory;
}

static int64_t shift_of(clockid_t id)
{
    if (shifts == NULL)
        return 0;
    switch (id) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
        return shifts[0];
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_COARSE:
        return shifts[1];
    case CLOCK_BOOTTIME:
        return shifts[2];
    default:
        return 0;
    }
}

int clock_gettime(clockid_t id, struct timespec *now)
{
    if (next_clock_gettime == NULL)
        next_clock_gettime =
            (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int code = next_clock_gettime(id, now);
    int64_t shift_ns = code == 0 ? shift_of(id) : 0;
    if (shift_ns != 0) {
        int64_t sum_ns = now->tv_nsec + shift_ns % SECOND_NS;
        now->tv_sec += shift_ns / SECOND_NS + (sum_ns < 0 ? -1 : sum_ns / SECOND_NS);
        now->tv_nsec = sum_ns < 0 ? sum_ns + SECOND_NS : sum_ns % SECOND_NS;
    }
    return code;
}
