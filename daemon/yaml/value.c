/* SPDX-License-Identifier: Apache-2.0 */
/* value.c - what readers of a tree ask: keys, words, numbers, times; and errors with places. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/text.h"
#include "yaml/yaml.h"

enum { SHOWN_MAX = 48 };

enum comity_error yaml_fault(const struct yaml_node *node, struct fault *fault, const char *format,
                             ...)
{
    char sentence[FAULT_TEXT_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    return fault_set(fault, COMITY_INVALID, "%s:%u:%u: %s", node->file, node->line, node->column,
                     sentence);
}

/* What stands there, for an error: `"text"`, `a list`; long texts are cut, controls escaped. */
static void show(const struct yaml_node *node, char ret_shown[4 * SHOWN_MAX])
{
    struct text text;
    text_init(&text, ret_shown, 4 * SHOWN_MAX);
    if (node->kind == YAML_LIST) {
        text_add(&text, "a list");
    } else if (node->kind == YAML_MAP) {
        text_add(&text, "a map");
    } else if (node->text[0] == '\0' && !node->quoted) {
        text_add(&text, "nothing");
    } else {
        text_add_char(&text, '"');
        size_t i = 0;
        for (; node->text[i] != '\0' && i < SHOWN_MAX - 8; i++) {
            unsigned char c = (unsigned char)node->text[i];
            if (c < 0x20 || c == 0x7F)
                text_format(&text, "\\x%02x", (unsigned)c);
            else
                text_add_char(&text, (char)c);
        }
        /* Do not cut a character in two. */
        while (((unsigned char)node->text[i] & 0xC0) == 0x80)
            text_add_char(&text, node->text[i++]);
        text_add(&text, node->text[i] != '\0' ? "..." : "");
        text_add_char(&text, '"');
    }
}

static enum comity_error expected(const struct yaml_node *node, struct fault *fault,
                                  const char *what, const char *form)
{
    char shown[4 * SHOWN_MAX];
    show(node, shown);
    return yaml_fault(node, fault, "expected %s%s%s, found %s", what, form[0] != '\0' ? ", " : "",
                      form, shown);
}

struct yaml_node *yaml_get(struct yaml_node *map, const char *key)
{
    for (size_t i = 0; i < map->count; i++) {
        if (strcmp(map->keys[i]->text, key) == 0) {
            map->asked[i] = true;
            return map->items[i];
        }
    }
    return NULL;
}

enum comity_error yaml_map_done(const struct yaml_node *map, const char *const *known,
                                struct fault *fault)
{
    for (size_t i = 0; i < map->count; i++) {
        if (map->asked[i])
            continue;
        char shown[4 * SHOWN_MAX];
        char list[FAULT_TEXT_MAX / 2];
        struct text text;
        text_init(&text, list, sizeof list);
        for (size_t j = 0; known[j] != NULL; j++) {
            text_add(&text, j > 0 ? ", " : "");
            text_add(&text, known[j]);
        }
        show(map->keys[i], shown);
        return yaml_fault(map->keys[i], fault, "unknown key %s; known here: %s", shown, list);
    }
    return COMITY_OK;
}

enum comity_error yaml_expect(const struct yaml_node *node, enum yaml_kind kind, const char *what,
                              struct fault *fault)
{
    static const char *const forms[] = {
        [YAML_SCALAR] = "a word or number", [YAML_LIST] = "a list", [YAML_MAP] = "a map"};
    return node->kind == kind ? COMITY_OK : expected(node, fault, what, forms[kind]);
}

enum comity_error yaml_text(const struct yaml_node *node, const char *what, size_t size_max,
                            const char **ret_text, struct fault *fault)
{
    if (node->kind != YAML_SCALAR || (node->text[0] == '\0' && !node->quoted))
        return expected(node, fault, what, "a text");
    if (strlen(node->text) > size_max)
        return yaml_fault(node, fault, "expected %s, at most %zu bytes, found %zu", what, size_max,
                          strlen(node->text));
    *ret_text = node->text;
    return COMITY_OK;
}

static bool digits_parse(const char *text, uint64_t *ret_value)
{
    uint64_t value = 0;
    if (text[0] == '\0' || (text[0] == '0' && text[1] != '\0'))
        return false;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9')
            return false;
        uint64_t digit = (uint64_t)(*text - '0');
        if (value > (UINT64_MAX - digit) / 10)
            return false;
        value = 10 * value + digit;
    }
    *ret_value = value;
    return true;
}

enum comity_error yaml_u64(const struct yaml_node *node, const char *what, uint64_t least,
                           uint64_t most, uint64_t *ret_value, struct fault *fault)
{
    uint64_t value = 0;
    if (node->kind == YAML_SCALAR && !node->quoted && digits_parse(node->text, &value) &&
        value >= least && value <= most) {
        *ret_value = value;
        return COMITY_OK;
    }
    char form[96];
    (void)snprintf(form, sizeof form, "a whole number from %llu to %llu", (unsigned long long)least,
                   (unsigned long long)most);
    return expected(node, fault, what, form);
}

enum comity_error yaml_i64(const struct yaml_node *node, const char *what, int64_t *ret_value,
                           struct fault *fault)
{
    uint64_t value = 0;
    bool negative = node->kind == YAML_SCALAR && node->text[0] == '-';
    if (node->kind != YAML_SCALAR || node->quoted ||
        !digits_parse(node->text + (negative ? 1 : 0), &value) ||
        value > (uint64_t)INT64_MAX + (negative ? 1 : 0) || (negative && value == 0))
        return expected(node, fault, what, "a whole number");
    *ret_value = negative ? -(int64_t)(value - 1) - 1 : (int64_t)value;
    return COMITY_OK;
}

enum comity_error yaml_bool(const struct yaml_node *node, const char *what, bool *ret_value,
                            struct fault *fault)
{
    if (node->kind == YAML_SCALAR && !node->quoted) {
        bool yes = strcmp(node->text, "yes") == 0 || strcmp(node->text, "true") == 0;
        bool no = strcmp(node->text, "no") == 0 || strcmp(node->text, "false") == 0;
        if (yes || no) {
            *ret_value = yes;
            return COMITY_OK;
        }
    }
    return expected(node, fault, what, "yes or no");
}

enum comity_error yaml_time(const struct yaml_node *node, const char *what, int64_t *ret_ms,
                            struct fault *fault)
{
    int64_t ms = 0;
    if (node->kind != YAML_SCALAR || calendar_parse(node->text, &ms) != COMITY_OK)
        return expected(node, fault, what, "a date such as 2016-04-22 or 2016-04-22T12:30Z");
    *ret_ms = ms;
    return COMITY_OK;
}

enum comity_error yaml_length(const struct yaml_node *node, const char *what, int64_t *ret_ms,
                              struct fault *fault)
{
    int64_t ms = 0;
    if (node->kind != YAML_SCALAR || calendar_parse_length(node->text, &ms) != COMITY_OK)
        return expected(node, fault, what, "a length such as 250ms, 72h or 30 days");
    *ret_ms = ms;
    return COMITY_OK;
}

enum comity_error yaml_word(const struct yaml_node *node, const char *what,
                            const char *const *words, size_t *ret_index, struct fault *fault)
{
    for (size_t i = 0; node->kind == YAML_SCALAR && words[i] != NULL; i++) {
        if (strcmp(node->text, words[i]) == 0) {
            *ret_index = i;
            return COMITY_OK;
        }
    }
    char form[FAULT_TEXT_MAX / 2];
    struct text text;
    text_init(&text, form, sizeof form);
    for (size_t i = 0; words[i] != NULL; i++) {
        text_add(&text, i == 0 ? "" : words[i + 1] == NULL ? " or " : ", ");
        text_add(&text, words[i]);
    }
    return expected(node, fault, what, form);
}
