/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    const char *text;
} errors[] = {
#define X(name, text) {#name, text},
    COMITY_ERRORS(X)
#undef X
};

const char *error_name(enum comity_error error)
{
    return (unsigned)error < COMITY_ERRORS_COUNT ? errors[error].name : "COMITY_UNKNOWN";
}

const char *error_text(enum comity_error error)
{
    return (unsigned)error < COMITY_ERRORS_COUNT ? errors[error].text : "unknown error";
}

enum comity_error fault_set(struct fault *fault, enum comity_error error, const char *format, ...)
{
    if (fault == NULL)
        return error;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(fault->text, sizeof fault->text, format, args);
    va_end(args);
    return error;
}

enum comity_error fault_prefix(struct fault *fault, enum comity_error error, const char *format,
                               ...)
{
    if (fault == NULL)
        return error;
    char prefix[FAULT_TEXT_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(prefix, sizeof prefix, format, args);
    va_end(args);
    char rest[FAULT_TEXT_MAX];
    memcpy(rest, fault->text, sizeof rest);
    rest[sizeof rest - 1] = '\0';
    size_t used = strlen(prefix);
    memcpy(fault->text, prefix, used);
    size_t space = sizeof fault->text - 1 - used;
    size_t size = strlen(rest) < space ? strlen(rest) : space;
    memcpy(fault->text + used, rest, size);
    fault->text[used + size] = '\0';
    return error;
}
