/* SPDX-License-Identifier: ISC */
#include "tui/link.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>

#include "base/mem.h"

static const char *const SCHEMES[] = {"https://", "http://", "gemini://", "mailto:"};

static const char *scheme_at(struct bytes text, size_t at)
{
    for (size_t i = 0; i < MEM_COUNT(SCHEMES); i++) {
        size_t n = strlen(SCHEMES[i]);
        if (text.n - at > n && strncasecmp((const char *)text.p + at, SCHEMES[i], n) == 0)
            return SCHEMES[i];
    }
    return NULL;
}

static bool ends_link(uint8_t c)
{
    return c <= ' ' || c == 0x7f || c == '<' || c == '>' || c == '"' || c == '`';
}

/* What closes a sentence does not belong to it; nor does a bracket that it did not open. */
static size_t trim(struct bytes text, size_t at, size_t end)
{
    bool opens = memchr(text.p + at, '(', end - at) != NULL;

    while (end > at) {
        uint8_t c = text.p[end - 1];
        if ((c != ')' || opens) && memchr(".,;:!?'", c, 7) == NULL)
            return end;
        end--;
    }
    return end;
}

bool link_at(struct bytes text, size_t at, struct bytes *out)
{
    const char *scheme = at == 0 || !isalnum(text.p[at - 1]) ? scheme_at(text, at) : NULL;
    size_t end = at;

    if (scheme == NULL)
        return false;
    while (end < text.n && !ends_link(text.p[end]))
        end++;
    end = trim(text, at, end);
    *out = bytes_of(text.p + at, end - at);
    return out->n > strlen(scheme);
}

bool link_find(struct bytes text, size_t from, struct bytes *out)
{
    for (size_t at = from; at < text.n; at++) {
        if (link_at(text, at, out))
            return true;
    }
    return false;
}

/* ---- whether it may be opened ---- */

/* Bytes beyond ASCII as percent and two digits. */
static bool put_url(struct link *out, struct bytes url)
{
    size_t n = 0;

    for (size_t i = 0; i < url.n; i++) {
        uint8_t c = url.p[i];
        if (n + 4 > sizeof out->url)
            return false;
        if (c > ' ' && c < 0x7f)
            out->url[n++] = (char)c;
        else
            n += (size_t)snprintf(out->url + n, 4, "%%%02X", c);
    }
    out->url[n] = '\0';
    return true;
}

static const char *put_host(struct link *out, struct bytes part)
{
    if (part.n == 0 || part.n >= sizeof out->host)
        return "It does not say which host it leads to.";
    for (size_t i = 0; i < part.n; i++) {
        uint8_t c = part.p[i];
        if (c >= 0x80)
            return "The host's name has letters that can look like others: open it by hand.";
        if (!isalnum(c) && strchr(".-_:[]@+", c) == NULL)
            return "The host's name has signs that no host's name has.";
        out->host[i] = (char)tolower(c);
    }
    out->host[part.n] = '\0';
    return NULL;
}

enum err link_check(struct link *out, struct bytes url, const char **why)
{
    const char *scheme = url.n != 0 ? scheme_at(url, 0) : NULL;
    bool mail = scheme != NULL && scheme[0] == 'm';
    struct bytes part;
    size_t n = 0;

    memset(out, 0, sizeof *out);
    *why = NULL;
    if (scheme == NULL)
        *why = "Only http, https, gemini and mailto are opened.";
    else if (!put_url(out, url))
        *why = "It is too long.";
    if (*why != NULL || scheme == NULL)
        return ERR_REFUSED;
    memcpy(out->url, scheme, strlen(scheme));
    part = bytes_of(url.p + strlen(scheme), url.n - strlen(scheme));
    while (n < part.n && strchr("/?#\\", part.p[n]) == NULL)
        n++;
    part.n = n;
    if (!mail && memchr(part.p, '@', part.n) != NULL)
        *why =
            "A name stands before its host, which is how hosts are disguised: open it by hand.";
    else
        *why = put_host(out, part);
    return *why == NULL ? ERR_OK : ERR_REFUSED;
}
