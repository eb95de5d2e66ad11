/* SPDX-License-Identifier: Apache-2.0 */
/* Any text cuts into clauses whose written form cuts into the same ones, and any change of a
 * clause is made or refused, with all the others as they were. Four bytes say which change; what
 * follows, up to a zero byte, is the new text, and after it the old one. */
#include <string.h>

#include "forum/clauses.h"
#include "fuzz/fuzz.h"

static struct clauses first, again, before;

static struct buffer written(const struct clauses *clauses)
{
    struct buffer text = {0};
    struct writer writer;
    size_t size = clauses_size(clauses);
    claim(buffer_reserve(&text, size + 1) == COMITY_OK);
    writer_init(&writer, text.data, size);
    clauses_write(clauses, &writer);
    claim(!writer.failed && writer.size == size);
    text.size = size;
    return text;
}

static void check_same(const struct clauses *left, const struct clauses *right)
{
    claim(left->count == right->count && bytes_equal(left->preamble, right->preamble));
    for (uint32_t i = 0; i < left->count; i++)
        claim(bytes_equal(left->bodies[i], right->bodies[i]));
}

static void check_written(const struct clauses *clauses)
{
    struct buffer text = written(clauses);
    claim(clauses_parse(buffer_bytes(&text), &again, NULL) == COMITY_OK);
    struct buffer twice = written(&again);
    claim(bytes_equal(buffer_bytes(&twice), buffer_bytes(&text)));
    check_same(clauses, &again);
    buffer_free(&twice);
    buffer_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fault fault = {{0}};
    if (size < 4)
        return 0;
    struct clause_change change = {.operation = (enum amend_operation)(AMEND_ADD + data[0] % 4),
                                   .clause = data[1],
                                   .to = data[2]};
    const uint8_t *zero = memchr(data + 4, 0, size - 4);
    size_t at = zero == NULL ? size : (size_t)(zero - data);
    change.text = bytes_of(data + 4, at - 4);
    struct bytes text = bytes_of(data + at, size - at);
    if (zero != NULL)
        text = bytes_of(zero + 1, size - at - 1);
    /* Texts of acts are UTF-8 without zero bytes; so are these. */
    if (!utf8_is_valid(change.text) || !utf8_is_valid(text))
        return 0;
    if (clauses_parse(text, &first, &fault) != COMITY_OK)
        return 0;
    check_written(&first);
    before = first;
    enum comity_error error = clauses_change(&first, &change, &fault);
    if (error != COMITY_OK) {
        claim(fault.text[0] != '\0');
        check_same(&before, &first);
        return 0;
    }
    claim(first.count > 0);
    check_written(&first);
    return 0;
}
