/* SPDX-License-Identifier: Apache-2.0 */
#include "forum/shares.h"

#include <stdbool.h>

void shares_cut(uint64_t sum, const uint64_t *keys, uint32_t count, uint64_t *ret_shares)
{
    unsigned __int128 total = 0;
    for (uint32_t i = 0; i < count; i++) {
        total += keys[i];
        ret_shares[i] = 0;
    }
    if (total == 0)
        return;
    uint64_t rests[SEATS_MAX];
    uint64_t left = sum;
    for (uint32_t i = 0; i < count; i++) {
        unsigned __int128 product = (unsigned __int128)sum * keys[i];
        ret_shares[i] = (uint64_t)(product / total);
        rests[i] = (uint64_t)(product % total);
        left -= ret_shares[i];
    }
    /* Fewer are left than there are remainders above 0; a key of 0 has none. */
    bool given[SEATS_MAX] = {false};
    for (; left > 0; left--) {
        uint32_t largest = count;
        for (uint32_t i = 0; i < count; i++) {
            if (!given[i] && (largest == count || rests[i] > rests[largest]))
                largest = i;
        }
        given[largest] = true;
        ret_shares[largest]++;
    }
}
