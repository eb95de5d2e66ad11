/* SPDX-License-Identifier: Apache-2.0 */
/* An instrument that is read writes the bytes it came from, and no bytes of one, of a record or
 * of a list of keys do harm. What lies behind the signatures is reached by the unit tests. */
#include "fuzz/fuzz.h"
#include "instrument/instrument.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct instrument *instrument;
    struct instrument_keys keys;
    static struct record_proposal proposal;
    static struct record_agreement agreement;
    struct fault fault;
    struct bytes bytes = bytes_of(data, size);
    arena_init(&arena, 64 * 1024 * 1024);
    if (instrument_read(bytes, &arena, &instrument, &fault) == COMITY_OK) {
        struct instrument_report report;
        struct buffer written = {0};
        claim(instrument_write(instrument, &written) == COMITY_OK);
        claim(bytes_equal(buffer_bytes(&written), bytes));
        (void)!instrument_verify(instrument, NULL, &arena, &report, &fault);
        for (uint32_t i = 0; i < instrument->records_count; i++) {
            struct bytes record = instrument->records[i].record;
            (void)!record_proposal_read(record, &arena, &proposal, &fault);
            (void)!record_agreement_read(record, &arena, &agreement, &fault);
        }
        buffer_free(&written);
    }
    (void)!record_proposal_read(bytes, &arena, &proposal, &fault);
    (void)!record_agreement_read(bytes, &arena, &agreement, &fault);
    (void)!instrument_keys_read(bytes, &arena, &keys, &fault);
    arena_free(&arena);
    return 0;
}
