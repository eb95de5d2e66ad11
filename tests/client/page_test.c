/* SPDX-License-Identifier: Apache-2.0 */
#include "fake.h"

#include <locale.h>
#include <string.h>

#include "diff.h"
#include "markdown.h"
#include "page.h"
#include "table.h"
#include "terms.h"

static void other_peoples_control_characters_never_reach_the_terminal(void **state)
{
    (void)state;
    static const struct {
        const char *foreign, *shown;
    } rows[] = {
        {"plain", "plain"},
        {"\x1b[2Jgone", "\xe2\x90\x9b[2Jgone"}, /* Escape, as its picture. */
        {"a\nb\tc\x7f", "a\xe2\x90\x8a"
                        "b\xe2\x90\x89"
                        "c\xe2\x90\xa1"},
        {"\xc2\x9b"
         "2J",
         "\xef\xbf\xbd"
         "2J"}, /* The 8-bit escape. */
        {"abc\xe2\x80\xae"
         "def",
         "abc\xef\xbf\xbd"
         "def"},                                                    /* Right-to-left override. */
        {"\xff\xc0\x80x", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdx"}, /* No UTF-8. */
        {"\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd"},                   /* Cut short. */
        {"C\xc3\xb4te d'Ivoire \xe6\x97\xa5", "C\xc3\xb4te d'Ivoire \xe6\x97\xa5"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct page page;
        page_init(&page, false);
        page_plain(&page, rows[i].foreign);
        assert_string_equal(page_text(&page), rows[i].shown);
        assert_int_equal(plain_is_harmless(rows[i].shown), 1);
        page_free(&page);
    }
}

static void lines_keep_their_breaks_and_are_wrapped_below_their_text(void **state)
{
    (void)state;
    struct page page;
    page_init(&page, false);
    page_lines(&page, "1. aaaa bbbb cccc\r\n\n\x1b[0m\tx", 2, 12);
    assert_string_equal(page_text(&page),
                        "  1. aaaa\n     bbbb\n     cccc\n\n  \xe2\x90\x9b[0m    x\n");
    page_free(&page);
}

static void width_counts_columns_not_bytes(void **state)
{
    (void)state;
    assert_int_equal(plain_width("abc"), 3);
    assert_int_equal(plain_width("C\xc3\xb4te"), 4);
    assert_int_equal(plain_width("\xe6\x97\xa5\xe6\x9c\xac"), 4); /* Two wide characters. */
    assert_int_equal(plain_width("e\xcc\x81"), 1);                /* A combining accent. */
    assert_int_equal(plain_width("\x1b"), 1);
}

static void columns_stand_below_each_other_whatever_the_script(void **state)
{
    (void)state;
    static const char *const headers[] = {"seat", "n", "what"};
    struct table table;
    struct page page;
    table_init(&table, headers, 3);
    table_add(&table, "\xe6\x97\xa5\xe6\x9c\xac");
    table_add_u64(&table, 7);
    table_add(&table, "x");
    table_add(&table, "C\xc3\xb4te d'Ivoire");
    table_add_u64(&table, 1200);
    table_add(&table, "");
    page_init(&page, false);
    table_print(&table, &page, 1);
    assert_string_equal(page_text(&page), " seat              n  what\n"
                                          " \xe6\x97\xa5\xe6\x9c\xac              7  x\n"
                                          " C\xc3\xb4te d'Ivoire  1200\n");
    page_free(&page);
    table_free(&table);
}

static void html_escapes_markup(void **state)
{
    (void)state;
    struct page page;
    page_init(&page, false);
    page_html(&page, "<script>alert(\"1\")</script> & 'x'\x1b");
    assert_string_equal(page_text(&page), "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; "
                                          "&#39;x&#39;\xe2\x90\x9b");
    page_free(&page);
}

static void a_text_cannot_bring_markup_or_load_anything(void **state)
{
    (void)state;
    static const struct {
        const char *text, *never;
    } rows[] = {
        {"<script>x</script>", "<script"},
        {"1. a <b onclick=x>c</b>", "onclick"},
        {"[x](javascript:alert(1))", "javascript:"},
        {"![tell](http://elsewhere.example/p.png)", "<img"},
        {"![tell](http://elsewhere.example/p.png)", "elsewhere"},
        {"<iframe src=\"x\"></iframe>", "<iframe"},
        {"[x](data:text/html;base64,AA)", "data:"},
        {"a\x1b[2J", "\x1b"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct page page;
        page_init(&page, false);
        markdown_html(&page, rows[i].text);
        assert_null(strstr(page_text(&page), rows[i].never));
        assert_int_equal(page.failed, 0);
        page_free(&page);
    }
}

static void openings_are_in_italics(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *opening;
    } rows[] = {
        {"Recalling its resolution", "Recalling"},
        {"Deeply concerned that", "Deeply concerned"},
        {"Noting with appreciation the work", "Noting with appreciation"},
        {"Strongly encourages all States", "Strongly encourages"},
        {"Calls upon all States", "Calls upon"},
        {"Taking into account the views", "Taking into account"},
        {"Reaffirming its commitment", "Reaffirming"},
        {"The General Assembly,", "The General Assembly"},
        {"The cat sat", ""},
        {"Decides to meet", "Decides"},
        {"", ""},
        {"1 apple", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(markdown_opening_size(rows[i].text), strlen(rows[i].opening));
    struct page page;
    page_init(&page, false);
    markdown_html(&page, "Recalling *x*,\n\n1. Decides to go;\n2. *Urges* all.\n");
    assert_string_equal(page_text(&page), "<p><em>Recalling</em> <em>x</em>,</p>\n<ol>\n"
                                          "<li><em>Decides</em> to go;</li>\n"
                                          "<li><em>Urges</em> all.</li>\n</ol>\n");
    page_free(&page);
}

static void a_title_is_the_first_heading(void **state)
{
    (void)state;
    static const struct {
        const char *text, *title, *rest;
    } rows[] = {
        {"# A title #\n\nText\n", "A title", "Text\n"},
        {"\n\n#  B\nText", "B", "Text"},
        {"\xef\xbb\xbf# C\r\nText", "C", "Text"},
        {"Text\n# D", NULL, NULL},
        {"#\n", NULL, NULL},
        {"## E\n", NULL, NULL},
        {"# A title that is far too long for its room\n", NULL, NULL},
        {"", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char title[16];
        const char *text = rows[i].text;
        bool found = markdown_take_title(&text, title, sizeof title);
        assert_int_equal(found, rows[i].title != NULL);
        if (!found)
            continue;
        assert_string_equal(title, rows[i].title);
        assert_string_equal(text, rows[i].rest);
    }
}

static void a_difference_shows_lines_and_words(void **state)
{
    (void)state;
    static const struct {
        const char *before, *after;
        bool words;
        const char *shown;
    } rows[] = {
        {"a\nb\nc\n", "a\nx\nc\n", false, "  a\n- b\n+ x\n  c\n"},
        {"a\nb c d\n", "a\nb x d\n", true, "  a\n  b [-c-]{+x+} d\n"},
        {"a\n", "a\nb\n", true, "  a\n+ b\n"},
        {"a\nb\n", "b\n", true, "- a\n  b\n"},
        {"same\n", "same\n", true, "  same\n"},
        {"", "new", true, "+ new\n"},
        {"x\x1b\n", "y\n", false, "- x\xe2\x90\x9b\n+ y\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct page page;
        page_init(&page, false);
        bool differ = diff_texts(&page, rows[i].before, rows[i].after, rows[i].words);
        assert_string_equal(page_text(&page), rows[i].shown);
        assert_int_equal(differ, strcmp(rows[i].before, rows[i].after) != 0);
        page_free(&page);
    }
}

static void terms_are_read_as_people_write_them(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        Comity__V1__Term__Kind kind;
        int64_t number;
        uint64_t of;
        const char *rest; /* Unit or text. */
    } rows[] = {
        {"cap=1200Mt", COMITY__V1__TERM__KIND__TERM_INTEGER, 1200, 0, "Mt"},
        {"cap=-5 Mt", COMITY__V1__TERM__KIND__TERM_INTEGER, -5, 0, "Mt"},
        {"n=7", COMITY__V1__TERM__KIND__TERM_INTEGER, 7, 0, ""},
        {"tariff=5%", COMITY__V1__TERM__KIND__TERM_SHARE, 5, 100, ""},
        {"part=1/3", COMITY__V1__TERM__KIND__TERM_SHARE, 1, 3, ""},
        {"from=2030-01-01", COMITY__V1__TERM__KIND__TERM_DATE, 1893456000000, 0, ""},
        {"seat=Geneva", COMITY__V1__TERM__KIND__TERM_CHOICE, 0, 0, "Geneva"},
        {"plan=5 year plan", COMITY__V1__TERM__KIND__TERM_CHOICE, 0, 0, "5 year plan"},
        {"part=1/0", COMITY__V1__TERM__KIND__TERM_CHOICE, 0, 0, "1/0"},
    };
    struct arena arena;
    arena_init(&arena, 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Comity__V1__Term *term = NULL;
        assert_int_equal(term_parse(rows[i].word, &arena, &term, NULL), COMITY_OK);
        assert_int_equal(term->kind, rows[i].kind);
        assert_int_equal(term->number, rows[i].number);
        assert_int_equal(term->of, rows[i].of);
        bool choice = term->kind == COMITY__V1__TERM__KIND__TERM_CHOICE;
        assert_string_equal(choice ? term->text : term->unit, rows[i].rest);
    }
    static const char *const bad[] = {"cap", "=5", "cap=", ""};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        Comity__V1__Term *term = NULL;
        assert_int_equal(term_parse(bad[i], &arena, &term, NULL), COMITY_USAGE);
    }
    arena_free(&arena);
}

static void pledges_are_read_and_their_mistakes_named(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "CHN",     "CHN:coal", "CHN:coal:many:Mt:2030-12-31", "CHN:coal:5:Mt:someday",
        ":coal:5", "CHN::5"};
    struct arena arena;
    const char *seat = NULL;
    Comity__V1__Pledge *pledge = NULL;
    struct fault fault;
    arena_init(&arena, 0);
    assert_int_equal(
        pledge_parse("CHN:coal:-200:Mt:2030-12-31T12:00Z", &arena, &seat, &pledge, &fault),
        COMITY_OK);
    assert_string_equal(seat, "CHN");
    assert_string_equal(pledge->issue, "coal");
    assert_int_equal(pledge->quantity, -200);
    assert_string_equal(pledge->unit, "Mt");
    assert_int_equal(pledge->due_ms, 1924948800000);
    assert_int_equal(pledge_parse("CHN:aid:5", &arena, &seat, &pledge, &fault), COMITY_OK);
    assert_string_equal(pledge->unit, "");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(pledge_parse(bad[i], &arena, &seat, &pledge, &fault), COMITY_USAGE);
    arena_free(&arena);
}

static int use_utf8(void **state)
{
    (void)state;
    return setlocale(LC_CTYPE, "C.UTF-8") == NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_peoples_control_characters_never_reach_the_terminal),
        cmocka_unit_test(lines_keep_their_breaks_and_are_wrapped_below_their_text),
        cmocka_unit_test(width_counts_columns_not_bytes),
        cmocka_unit_test(columns_stand_below_each_other_whatever_the_script),
        cmocka_unit_test(html_escapes_markup),
        cmocka_unit_test(a_text_cannot_bring_markup_or_load_anything),
        cmocka_unit_test(openings_are_in_italics),
        cmocka_unit_test(a_title_is_the_first_heading),
        cmocka_unit_test(a_difference_shows_lines_and_words),
        cmocka_unit_test(terms_are_read_as_people_write_them),
        cmocka_unit_test(pledges_are_read_and_their_mistakes_named),
    };
    return cmocka_run_group_tests(tests, use_utf8, NULL);
}
