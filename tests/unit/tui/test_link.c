/* SPDX-License-Identifier: ISC */
#include "tui/link.h"

#include <criterion/criterion.h>

#include "base/mem.h"

static void finds(const char *text, const char *url)
{
    struct bytes all = bytes_str(text);
    struct bytes out;
    bool found = link_find(all, 0, &out);

    cr_assert_eq(found, url != NULL, "%s", text);
    if (found && url != NULL)
        cr_assert(bytes_eq(out, bytes_str(url)), "%.*s", (int)out.n, out.p);
}

Test(link, find__in_the_middle_of_words)
{
    finds("see https://a.example/x, or not", "https://a.example/x");
    finds("(http://a.example/x)", "http://a.example/x");
    finds("http://a.example/x_(y)", "http://a.example/x_(y)");
    finds("<mailto:a@b.example>", "mailto:a@b.example");
    finds("gemini://a.example\nnext", "gemini://a.example");
    finds("HTTPS://A.example", "HTTPS://A.example");
    finds("xhttp://a.example", NULL);
    finds("http://", NULL);
    finds("http://...", NULL);
    finds("ftp://a.example javascript:1 file:///etc", NULL);
    finds("", NULL);
}

static void refuses(const char *url)
{
    struct link l;
    const char *why;

    cr_assert_eq(link_check(&l, bytes_str(url), &why), ERR_REFUSED, "%s", url);
    cr_assert_not_null(why);
}

Test(link, check__what_hides_its_host_is_not_opened)
{
    refuses("https://bank.example@evil.example/");
    refuses("https://b\xc3\xa4nk.example/");
    refuses("https://bank.example%2eevil.example/");
    refuses("https:///etc/passwd");
    refuses("file:///etc/passwd");
    refuses("--help");
    refuses("");
    refuses("javascript:alert(1)");
}

Test(link, check__too_long_is_refused)
{
    static char url[LINK_BYTES + 64] = "http://a.example/";

    memset(url + strlen(url), 'x', LINK_BYTES);
    refuses(url);
}

Test(link, check__gives_the_host_in_small_letters_and_an_ascii_link)
{
    static const struct {
        const char *in, *url, *host;
    } ROWS[] = {
        {"HTTP://Bank.Example/A?b#c", "http://Bank.Example/A?b#c", "bank.example"},
        {"https://a.example:8080/\xc3\xa4", "https://a.example:8080/%C3%A4", "a.example:8080"},
        {"https://xn--bnk-qla.example", "https://xn--bnk-qla.example", "xn--bnk-qla.example"},
        {"https://a.example\\@b.example", "https://a.example\\@b.example", "a.example"},
        {"https://a.example/ -x", "https://a.example/%20-x", "a.example"},
        {"mailto:ann@a.example?subject=x", "mailto:ann@a.example?subject=x", "ann@a.example"},
    };
    struct link l;
    const char *why;

    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        cr_assert_eq(link_check(&l, bytes_str(ROWS[i].in), &why), ERR_OK, "%s", ROWS[i].in);
        cr_assert_str_eq(l.url, ROWS[i].url);
        cr_assert_str_eq(l.host, ROWS[i].host);
    }
}
