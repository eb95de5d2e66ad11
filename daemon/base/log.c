/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"

static enum log_level log_least = LOG_INFO;
static bool log_json = false;

void log_setup(enum log_level least, bool json)
{
    log_least = least;
    log_json = json;
}

bool log_enabled(enum log_level level)
{
    return level >= log_least;
}

/* Quotes, backslashes and control characters must not let a peer's text forge a line. */
static void add_escaped(struct text *line, const char *message)
{
    for (const char *at = message; *at != '\0'; at++) {
        if (*at == '"' || *at == '\\') {
            text_add_char(line, '\\');
            text_add_char(line, *at);
        } else if ((unsigned char)*at < 0x20 || *at == 0x7f) {
            text_format(line, "\\u%04x", (unsigned)(unsigned char)*at);
        } else {
            text_add_char(line, *at);
        }
    }
}

void log_line(enum log_level level, const char *module, const char *format, ...)
{
    static const char *const names[] = {"debug", "info", "warning", "error"};
    if (!log_enabled(level))
        return;
    char message[1024];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    struct tm parts;
    (void)gmtime_r(&now.tv_sec, &parts);
    char stamp[32];
    (void)strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &parts);
    char data[4096];
    struct text line;
    text_init(&line, data, sizeof data - 2);
    int milli = (int)(now.tv_nsec / 1000000);
    if (log_json) {
        text_format(&line, "{\"time\":\"%s.%03dZ\",\"level\":\"%s\",\"mod\":\"%s\",\"msg\":\"",
                    stamp, milli, names[level], module);
        add_escaped(&line, message);
        text_add(&line, "\"}");
    } else {
        text_format(&line, "%s.%03dZ level=%s mod=%s msg=\"", stamp, milli, names[level], module);
        add_escaped(&line, message);
        text_add(&line, "\"");
    }
    data[line.size] = '\n';
    ssize_t ignored = write(STDERR_FILENO, data, line.size + 1);
    (void)ignored;
}
