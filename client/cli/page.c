/* SPDX-License-Identifier: Apache-2.0 */
#include "page.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>
#include <wchar.h>

#include "base/calendar.h"

enum { REPLACEMENT = 0xfffd, FORMAT_MAX = 2048 };

void page_init(struct page *self, bool color)
{
    *self = (struct page){.color = color};
}

void page_free(struct page *self)
{
    buffer_free(&self->bytes);
}

static void add_part(struct page *self, const void *data, size_t size)
{
    if (size > 0 && buffer_append(&self->bytes, data, size) != COMITY_OK)
        self->failed = true;
}

void page_add(struct page *self, const char *own)
{
    add_part(self, own, strlen(own));
}

void page_format(struct page *self, const char *format, ...)
{
    char text[FORMAT_MAX];
    va_list args;
    va_start(args, format);
    int size = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    assert(size >= 0 && size < FORMAT_MAX); /* Our own words are short. */
    add_part(self, text, (size_t)size);
}

/* The character at *at, moving on by at least one byte; REPLACEMENT for what is no UTF-8. */
static uint32_t next_character(const unsigned char **at)
{
    const unsigned char *p = *at;
    size_t size = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    for (size_t i = 1; i < size; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            *at += 1;
            return REPLACEMENT;
        }
    }
    if (!utf8_is_valid(bytes_of(p, size))) {
        *at += 1;
        return REPLACEMENT;
    }
    *at += size;
    if (size == 1)
        return p[0];
    uint32_t value = p[0] & (0xffu >> (size + 1));
    for (size_t i = 1; i < size; i++)
        value = value << 6 | (p[i] & 0x3fu);
    return value;
}

/* Marks and overrides of direction, separators of lines, and what a terminal obeys. */
static bool is_treacherous(uint32_t c)
{
    return (c >= 0x80 && c <= 0x9f) || c == 0x061c || c == 0x200e || c == 0x200f || c == 0x2028 ||
           c == 0x2029 || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ||
           c == 0xfeff || c == 0xfff9 || c == 0xfffa || c == 0xfffb ||
           (c >= 0xe0000 && c <= 0xe007f);
}

static uint32_t made_harmless(uint32_t c)
{
    if (c < 0x20)
        return 0x2400 + c; /* The pictures of control characters: an escape shows as its sign. */
    if (c == 0x7f)
        return 0x2421;
    return is_treacherous(c) ? REPLACEMENT : c;
}

static size_t encode(uint32_t c, char ret_text[4])
{
    if (c < 0x80) {
        ret_text[0] = (char)c;
        return 1;
    }
    size_t size = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = size - 1; i > 0; i--) {
        ret_text[i] = (char)(0x80 | (c & 0x3f));
        c >>= 6;
    }
    ret_text[0] = (char)((0xf00u >> size) | c);
    return size;
}

static void add_character(struct page *self, uint32_t c)
{
    char text[4];
    add_part(self, text, encode(c, text));
}

void page_plain(struct page *self, const char *foreign)
{
    const unsigned char *at = (const unsigned char *)(foreign != NULL ? foreign : "");
    while (*at != '\0')
        add_character(self, made_harmless(next_character(&at)));
}

void page_styled(struct page *self, enum style style, const char *foreign)
{
    page_style(self, style);
    page_plain(self, foreign);
    page_style(self, STYLE_NONE);
}

/* Where the text of a line begins, behind spaces and the mark of a list: `   1. `. */
static size_t hanging(const char *line, size_t size)
{
    size_t at = 0;
    while (at < size && line[at] == ' ')
        at++;
    size_t mark = at;
    while (mark < size && line[mark] >= '0' && line[mark] <= '9')
        mark++;
    if (mark < size && strchr(".)-*+>", line[mark]) != NULL && mark + 1 < size &&
        line[mark + 1] == ' ') {
        at = mark + 2;
        while (at < size && line[at] == ' ')
            at++;
    }
    return at < 20 ? at : 0;
}

/* Harmless text, broken at spaces. */
static void add_wrapped(struct page *self, const char *line, size_t size, unsigned indent,
                        unsigned width)
{
    size_t hang = hanging(line, size), column = indent, at = 0;
    char word[512];
    if (size > 0)
        page_spaces(self, indent);
    while (at < size) {
        size_t end = at;
        while (end < size && line[end] == ' ')
            end++;
        while (end < size && line[end] != ' ')
            end++;
        size_t part = end - at < sizeof word ? end - at : sizeof word - 1;
        memcpy(word, line + at, part);
        word[part] = '\0';
        size_t columns = plain_width(word);
        if (width > 0 && column + columns > width && column > indent + hang && at > 0) {
            page_add(self, "\n");
            page_spaces(self, indent + hang);
            column = indent + hang;
            size_t skip = strspn(word, " ");
            add_part(self, word + skip, part - skip);
            column += columns - skip;
        } else {
            add_part(self, word, part);
            column += columns;
        }
        at += part;
    }
    page_add(self, "\n");
}

void page_lines(struct page *self, const char *foreign, unsigned indent, unsigned width)
{
    const unsigned char *at = (const unsigned char *)(foreign != NULL ? foreign : "");
    struct page harmless;
    page_init(&harmless, false);
    while (*at != '\0') {
        uint32_t c = next_character(&at);
        if (c == '\r' && *at == '\n')
            continue;
        if (c == '\n')
            page_add(&harmless, "\n");
        else if (c == '\t')
            page_add(&harmless, "    ");
        else
            add_character(&harmless, made_harmless(c));
    }
    for (const char *line = page_text(&harmless); *line != '\0';) {
        size_t size = strcspn(line, "\n");
        add_wrapped(self, line, size, indent, width);
        line += size + (line[size] == '\n' ? 1 : 0);
    }
    self->failed = self->failed || harmless.failed;
    page_free(&harmless);
}

void page_html(struct page *self, const char *foreign)
{
    const unsigned char *at = (const unsigned char *)(foreign != NULL ? foreign : "");
    while (*at != '\0') {
        uint32_t c = next_character(&at);
        switch (c) {
        case '&':
            page_add(self, "&amp;");
            break;
        case '<':
            page_add(self, "&lt;");
            break;
        case '>':
            page_add(self, "&gt;");
            break;
        case '"':
            page_add(self, "&quot;");
            break;
        case '\'':
            page_add(self, "&#39;");
            break;
        case '\n':
            page_add(self, "\n");
            break;
        default:
            add_character(self, made_harmless(c));
        }
    }
}

void page_style(struct page *self, enum style style)
{
    static const char *const codes[STYLES_COUNT] = {
        [STYLE_NONE] = "0", [STYLE_BOLD] = "1",     [STYLE_DIM] = "2",      [STYLE_GOOD] = "32",
        [STYLE_BAD] = "31", [STYLE_WAITING] = "33", [STYLE_ADDED] = "1;32", [STYLE_REMOVED] = "31",
    };
    if (self->color)
        page_format(self, "\033[%sm", codes[style]);
}

void page_time(struct page *self, int64_t ms)
{
    if (ms == 0) {
        page_add(self, "never");
        return;
    }
    char text[CALENDAR_TEXT_SIZE];
    calendar_format(ms, text);
    char *time = strchr(text, 'T');
    if (time == NULL) {
        page_add(self, text);
        return;
    }
    *time = ' ';
    text[strcspn(text, ".Z")] = '\0'; /* Nobody reads milliseconds. */
    size_t size = strlen(text);
    if (size > 16 && strcmp(text + size - 3, ":00") == 0)
        text[size - 3] = '\0';
    page_format(self, "%s UTC", text);
}

void page_spaces(struct page *self, size_t count)
{
    for (size_t i = 0; i < count; i++)
        page_add(self, " ");
}

const char *page_text(struct page *self)
{
    if (self->failed || buffer_append(&self->bytes, "", 1) != COMITY_OK) {
        self->failed = true;
        return "";
    }
    self->bytes.size--; /* The zero stays behind the end. */
    return (const char *)self->bytes.data;
}

enum comity_error page_write(struct page *self, FILE *file)
{
    if (self->failed)
        return COMITY_MEMORY;
    if (self->bytes.size > 0 &&
        fwrite(self->bytes.data, 1, self->bytes.size, file) != self->bytes.size)
        return COMITY_IO;
    return fflush(file) == 0 ? COMITY_OK : COMITY_IO;
}

size_t plain_width(const char *foreign)
{
    const unsigned char *at = (const unsigned char *)(foreign != NULL ? foreign : "");
    size_t width = 0;
    while (*at != '\0') {
        int columns = wcwidth((wchar_t)made_harmless(next_character(&at)));
        width += columns >= 0 ? (size_t)columns : 1;
    }
    return width;
}

bool plain_is_harmless(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    while (*at != '\0') {
        if (*at == '\n') {
            at++;
            continue;
        }
        uint32_t c = next_character(&at);
        if (made_harmless(c) != c)
            return false;
    }
    return true;
}
