/* SPDX-License-Identifier: Apache-2.0 */
/* lex.h - the words, numbers and signs of a rule's sentence. Used by parse.c alone.
 *
 * Pure. Tokens borrow the text. Spaces, tabs and line ends separate and are otherwise ignored. */
#ifndef COMITY_RULES_LEX_H
#define COMITY_RULES_LEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

enum token_kind {
    TOKEN_END,
    TOKEN_WORD,    /* A letter, then letters, digits, `-`, `_`: so `not-yes` is one word. */
    TOKEN_NUMBER,  /* Digits. */
    TOKEN_DECIMAL, /* `66.7`: nowhere allowed, recognised for a better error. */
    TOKEN_COMPARE,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_SLASH,
    TOKEN_PERCENT,
    TOKEN_OTHER, /* Whatever else. */
};

struct token {
    enum token_kind kind;
    struct bytes text;
    uint32_t line;   /* From 1. */
    uint32_t column; /* From 1, in bytes. */
    uint64_t number; /* TOKEN_NUMBER. */
    bool overflow;   /* The number is above 2^64-1. */
};

struct lexer {
    struct bytes text;
    size_t at;
    uint32_t line;
    size_t line_start;
};

void rule_lexer_init(struct lexer *self, struct bytes text);
/* The next token; TOKEN_END again and again at the end. */
struct token rule_lexer_next(struct lexer *self);

enum { TOKEN_SHOWN_MAX = 96 };
/* The token as an error shows it: quoted, shortened, unprintable bytes as \xNN; or "the end". */
void rule_token_show(const struct token *token, char ret_shown[TOKEN_SHOWN_MAX]);

#endif
