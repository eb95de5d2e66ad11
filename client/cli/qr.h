/* SPDX-License-Identifier: Apache-2.0 */
/* qr.h - a line of text as a QR code: on a terminal, and as a picture. */
#ifndef COMITY_CLI_QR_H
#define COMITY_CLI_QR_H

#include "base/error.h"
#include "page.h"

/* Two modules in a character, dark on light whatever the terminal's colours are if `color`.
 * COMITY_LIMIT: too long for a code; COMITY_MEMORY. */
COMITY_MUST_CHECK enum comity_error qr_add(struct page *page, const char *text, bool color);
/* A grey PNG, eight pixels a module. COMITY_IO. */
COMITY_MUST_CHECK enum comity_error qr_write_png(const char *path, const char *text,
                                                 struct fault *fault);

#endif
