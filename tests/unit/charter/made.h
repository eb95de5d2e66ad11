/* SPDX-License-Identifier: Apache-2.0 */
/* made.h - charters made of a text, where each seat's key is made of its name. */
#ifndef COMITY_TESTS_CHARTER_MADE_H
#define COMITY_TESTS_CHARTER_MADE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "charter/charter.h"

static struct arena arena;
static struct fault fault;
static char warnings[4096];

static inline int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 0);
    memset(&fault, 0, sizeof fault);
    warnings[0] = '\0';
    return 0;
}

static inline int tear_down(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

/* Seat X of a scenario has no key; every other gets one from its name. */
static inline enum comity_error key_of_name(void *context, const char *seat_name,
                                            uint8_t ret_key[KEY_SIZE])
{
    (void)context;
    if (strcmp(seat_name, "X") == 0)
        return COMITY_NOT_FOUND;
    struct hash hash = hash_of("test/key", bytes_of_text(seat_name));
    memcpy(ret_key, hash.bytes, KEY_SIZE);
    return COMITY_OK;
}

static inline void note_warning(void *context, const char *warning)
{
    (void)context;
    size_t used = strlen(warnings);
    (void)snprintf(warnings + used, sizeof warnings - used, "%s\n", warning);
}

static inline enum comity_error compile(const char *text, struct buffer *bytes)
{
    const struct charter_options options = {.key_source = key_of_name};
    struct yaml_node *root;
    enum comity_error error = yaml_parse("c", bytes_of_text(text), &arena, &root, &fault);
    if (error != COMITY_OK)
        return error;
    return charter_compile(root, &options, note_warning, NULL, bytes, &fault);
}

static inline const struct charter *decoded(const struct buffer *bytes)
{
    const struct charter *charter = NULL;
    if (charter_decode(buffer_bytes(bytes), &arena, &charter, &fault) != COMITY_OK)
        fail_msg("%s", fault.text);
    return charter;
}

#endif
