/* SPDX-License-Identifier: Apache-2.0 */
/* verify_rate.c - one process per core verifies, so that shared cores cost what they cost. */
#include <sodium.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench/measure.h"

enum { CORES_MAX = 64, BATCH = 64, MESSAGE_MAX = 4096 };

struct tally {
    double count, cpu_s;
};

static double cpu_now_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void verify_for(double seconds, size_t size, struct tally *ret)
{
    static uint8_t message[MESSAGE_MAX];
    uint8_t key[crypto_sign_PUBLICKEYBYTES];
    uint8_t secret[crypto_sign_SECRETKEYBYTES];
    uint8_t signature[crypto_sign_BYTES];
    double good = 0;
    (void)crypto_sign_keypair(key, secret);
    randombytes_buf(message, sizeof message);
    (void)crypto_sign_detached(signature, NULL, message, size, secret);
    double end_s = bench_now_s() + seconds;
    double start_s = cpu_now_s();
    while (bench_now_s() < end_s) {
        for (int i = 0; i < BATCH; i++)
            good += crypto_sign_verify_detached(signature, message, size, key) == 0;
    }
    *ret = (struct tally){.count = good, .cpu_s = cpu_now_s() - start_s};
}

void verify_rate_measure(double seconds, size_t message_size, struct verify_rate *ret)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    if (cores < 1)
        cores = 1;
    if (cores > CORES_MAX)
        cores = CORES_MAX;
    *ret = (struct verify_rate){0};
    struct tally *tallies = mmap(NULL, CORES_MAX * sizeof *tallies, PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (tallies == MAP_FAILED)
        return;
    pid_t children[CORES_MAX];
    for (long i = 0; i < cores; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            verify_for(seconds, message_size, &tallies[i]);
            _exit(0);
        }
    }
    double count = 0;
    double cpu_s = 0;
    for (long i = 0; i < cores; i++) {
        if (children[i] > 0)
            (void)waitpid(children[i], NULL, 0);
        count += tallies[i].count;
        cpu_s += tallies[i].cpu_s;
    }
    if (count > 0)
        *ret = (struct verify_rate){.per_s = count / seconds, .cpu_us = cpu_s / count * 1e6};
    (void)munmap(tallies, CORES_MAX * sizeof *tallies);
}
