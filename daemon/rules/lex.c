/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/lex.h"

#include "base/text.h"

void rule_lexer_init(struct lexer *self, struct bytes text)
{
    *self = (struct lexer){.text = text, .line = 1};
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_name(uint8_t c)
{
    return is_letter(c) || is_digit(c) || c == '-' || c == '_';
}

/* Zero past the end: no character of the grammar is zero. */
static uint8_t peek(const struct lexer *self, size_t ahead)
{
    return ahead < self->text.size - self->at ? self->text.data[self->at + ahead] : 0;
}

static void skip_space(struct lexer *self)
{
    while (self->at < self->text.size) {
        uint8_t c = peek(self, 0);
        if (c == '\n') {
            self->line++;
            self->line_start = self->at + 1;
        } else if (c != ' ' && c != '\t' && c != '\r') {
            return;
        }
        self->at++;
    }
}

static size_t lex_number(const struct lexer *self, struct token *token)
{
    size_t size = 0;
    token->kind = TOKEN_NUMBER;
    for (; is_digit(peek(self, size)); size++) {
        uint64_t digit = (uint64_t)(peek(self, size) - '0');
        if (token->number > (UINT64_MAX - digit) / 10)
            token->overflow = true;
        token->number = token->number * 10 + digit;
    }
    if (peek(self, size) == '.' && is_digit(peek(self, size + 1))) {
        token->kind = TOKEN_DECIMAL;
        for (size++; is_digit(peek(self, size));)
            size++;
    }
    if (is_name(peek(self, size)))
        token->kind = TOKEN_OTHER; /* `9yes`. */
    while (is_name(peek(self, size)))
        size++;
    return size;
}

static size_t lex_sign(const struct lexer *self, struct token *token)
{
    uint8_t c = peek(self, 0);
    size_t size = 1;
    token->kind = TOKEN_OTHER;
    if (c == '(') {
        token->kind = TOKEN_OPEN;
    } else if (c == ')') {
        token->kind = TOKEN_CLOSE;
    } else if (c == '/') {
        token->kind = TOKEN_SLASH;
    } else if (c == '%') {
        token->kind = TOKEN_PERCENT;
    } else if (c == '<' || c == '>' || c == '=' || c == '!') {
        /* All neighbours together, so that `==` and `=>` are shown whole. */
        token->kind = TOKEN_COMPARE;
        for (c = peek(self, size); c == '<' || c == '>' || c == '=' || c == '!';)
            c = peek(self, ++size);
    } else if (c >= 0xC0) {
        while (peek(self, size) >= 0x80 && peek(self, size) < 0xC0)
            size++;
    }
    return size;
}

struct token rule_lexer_next(struct lexer *self)
{
    skip_space(self);
    struct token token = {.kind = TOKEN_END,
                          .line = self->line,
                          .column = (uint32_t)(self->at - self->line_start) + 1};
    if (self->at == self->text.size)
        return token;
    size_t size = 0;
    if (is_letter(peek(self, 0))) {
        token.kind = TOKEN_WORD;
        while (is_name(peek(self, size)))
            size++;
    } else if (is_digit(peek(self, 0))) {
        size = lex_number(self, &token);
    } else {
        size = lex_sign(self, &token);
    }
    token.text = bytes_of(self->text.data + self->at, size);
    self->at += size;
    return token;
}

void rule_token_show(const struct token *token, char ret_shown[TOKEN_SHOWN_MAX])
{
    static const char hex[] = "0123456789abcdef";
    struct text out;
    text_init(&out, ret_shown, TOKEN_SHOWN_MAX);
    if (token->kind == TOKEN_END) {
        text_add(&out, "the end");
        return;
    }
    bool shown = utf8_is_valid(token->text);
    text_add_char(&out, '"');
    for (size_t i = 0; i < token->text.size; i++) {
        uint8_t c = token->text.data[i];
        if (out.size > 40 && i + 3 < token->text.size) {
            text_add(&out, "...");
            break;
        }
        if (c >= 0x20 && c != 0x7F && (c < 0x80 || shown)) {
            text_add_char(&out, (char)c);
        } else {
            text_add(&out, "\\x");
            text_add_char(&out, hex[c >> 4]);
            text_add_char(&out, hex[c & 15]);
        }
    }
    text_add_char(&out, '"');
}
