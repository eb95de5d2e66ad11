/* SPDX-License-Identifier: Apache-2.0 */
/* quote.c - a scalar as YAML text. */
#include <stdio.h>
#include <string.h>

#include "yaml/yaml.h"

/* What YAML takes for a quote's end, for a line's end or for no character. */
static const struct {
    const char *character;
    const char *escape;
} escapes[] = {{"\"", "\\\""},
               {"\\", "\\\\"},
               {"\xc2\x85", "\\u0085"},
               {"\xe2\x80\xa8", "\\u2028"},
               {"\xe2\x80\xa9", "\\u2029"},
               {"\xef\xbb\xbf", "\\ufeff"},
               {"\xef\xbf\xbe", "\\ufffe"},
               {"\xef\xbf\xbf", "\\uffff"}};

/* How the character at `at` is written, and how many bytes of the text that takes. */
static size_t write_one(const char *at, char ret_written[16])
{
    unsigned char first = (unsigned char)at[0];
    unsigned char second = first == 0 ? 0 : (unsigned char)at[1];
    for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++) {
        size_t size = strlen(escapes[i].character);
        if (strncmp(at, escapes[i].character, size) == 0) {
            (void)snprintf(ret_written, 16, "%s", escapes[i].escape);
            return size;
        }
    }
    if (first < 0x20 || first == 0x7f) {
        (void)snprintf(ret_written, 16, "\\x%02x", first);
        return 1;
    }
    if (first == 0xc2 && second >= 0x80 && second < 0xa0) { /* C1 controls. */
        (void)snprintf(ret_written, 16, "\\x%02x", second);
        return 2;
    }
    ret_written[0] = at[0];
    ret_written[1] = '\0';
    return 1;
}

enum comity_error yaml_quote(const char *text, struct buffer *ret_text)
{
    enum comity_error error = buffer_append(ret_text, "\"", 1);
    while (error == COMITY_OK && *text != '\0') {
        char written[16];
        text += write_one(text, written);
        error = buffer_append(ret_text, written, strlen(written));
    }
    return error != COMITY_OK ? error : buffer_append(ret_text, "\"", 1);
}
