/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "codec/block.h"
#include "node/bodies.h"

/* Whatever peers send: so many blocks wait, and no more. */
static void no_more_blocks_wait_than_the_bound(void **state)
{
    struct charter charter = {.seats_count = 1};
    struct bodies bodies = {0};
    struct pool *pool;
    struct buffer encoded = {0};
    struct block_header header = {.protocol = 1, .height = 1};
    (void)state;
    assert_int_equal(pool_create(1, &pool), COMITY_OK);
    assert_int_equal(block_acts_root(NULL, NULL, 0, &header.acts_root), COMITY_OK);
    assert_int_equal(block_body_encode(NULL, 0, &encoded), COMITY_OK);
    for (uint32_t i = 0; i < BODIES_MAX + 10; i++) {
        uint8_t bytes[BLOCK_HEADER_SIZE];
        struct body *body;
        header.view = i + 1;
        block_header_encode(&header, bytes);
        enum comity_error error = bodies_add(&bodies, &charter, pool, bytes_of(bytes, sizeof bytes),
                                             buffer_bytes(&encoded), &body, NULL);
        assert_int_equal(error, i < BODIES_MAX ? COMITY_OK : COMITY_LIMIT);
    }
    assert_int_equal(bodies.count, BODIES_MAX);
    bodies_clear(&bodies);
    buffer_free(&encoded);
    pool_destroy(&pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_more_blocks_wait_than_the_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
