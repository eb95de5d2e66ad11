/* SPDX-License-Identifier: Apache-2.0 */
#include "qr.h"

#include <errno.h>
#include <png.h>
#include <qrencode.h>
#include <stdlib.h>
#include <string.h>

enum { QUIET = 2, QUIET_PNG = 4, MODULE_PIXELS = 8 };

static QRcode *encode(const char *text)
{
    return QRcode_encodeString(text, 0, QR_ECLEVEL_L, QR_MODE_8, 1);
}

static bool is_dark(const QRcode *code, int row, int column)
{
    if (row < 0 || column < 0 || row >= code->width || column >= code->width)
        return false;
    return (code->data[row * code->width + column] & 1) != 0;
}

enum comity_error qr_add(struct page *page, const char *text, bool color)
{
    /* Light modules are drawn: a terminal is dark more often than not, and scanners read both. */
    static const char *const blocks[] = {"\u2588", "\u2580", "\u2584", " "};
    QRcode *code = encode(text);
    if (code == NULL)
        return errno == ENOMEM ? COMITY_MEMORY : COMITY_LIMIT;
    for (int row = -QUIET; row < code->width + QUIET; row += 2) {
        page_add(page, color ? "  \033[97;40m" : "  ");
        for (int column = -QUIET; column < code->width + QUIET; column++) {
            bool below = row + 1 < code->width + QUIET && is_dark(code, row + 1, column);
            page_add(page, blocks[(is_dark(code, row, column) ? 2 : 0) + (below ? 1 : 0)]);
        }
        page_add(page, color ? "\033[0m\n" : "\n");
    }
    QRcode_free(code);
    return COMITY_OK;
}

enum comity_error qr_write_png(const char *path, const char *text, struct fault *fault)
{
    QRcode *code = encode(text);
    if (code == NULL)
        return fault_set(fault, COMITY_LIMIT, "the line is too long for a QR code");
    int side = (code->width + 2 * QUIET_PNG) * MODULE_PIXELS;
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .width = (png_uint_32)side,
                       .height = (png_uint_32)side,
                       .format = PNG_FORMAT_GRAY};
    uint8_t *pixels = malloc((size_t)side * (size_t)side);
    for (int y = 0; pixels != NULL && y < side; y++) {
        for (int x = 0; x < side; x++)
            pixels[y * side + x] =
                is_dark(code, y / MODULE_PIXELS - QUIET_PNG, x / MODULE_PIXELS - QUIET_PNG) ? 0
                                                                                            : 255;
    }
    enum comity_error error = COMITY_OK;
    if (pixels == NULL)
        error = COMITY_MEMORY;
    else if (png_image_write_to_file(&image, path, 0, pixels, 0, NULL) == 0)
        error = fault_set(fault, COMITY_IO, "cannot write %.200s: %s", path, image.message);
    free(pixels);
    QRcode_free(code);
    return error;
}
