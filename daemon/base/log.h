/* SPDX-License-Identifier: Apache-2.0 */
/* log.h - one line per event on stderr, `level=info mod=ordering msg="..."`. Libraries return
 * errors; only programs and the node log. Pure rooms never do. */
#ifndef COMITY_BASE_LOG_H
#define COMITY_BASE_LOG_H

#include <stdbool.h>

#include "base/error.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

/* For main: the least level that is written, and whether lines are JSON objects. */
void log_setup(enum log_level least, bool json);
bool log_enabled(enum log_level level);
/* `module` is a room's word, such as "ordering"; control characters in the message are escaped. */
void log_line(enum log_level level, const char *module, const char *format, ...)
    COMITY_PRINTF(3, 4);

#endif
