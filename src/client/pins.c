/* SPDX-License-Identifier: ISC */
#include "client/pins.h"

#include <stdio.h>

#include "base/file.h"
#include "base/mem.h"

#define PINS_BYTES (1u << 20)
#define PINS_MAX   4096

struct pins {
    char *path;
    struct pin *all;
    size_t count;
};

static const char HEADER[] =
    "# sotto: relays met so far, a line each: address, fingerprint of its key, relay id.\n"
    "# Take a line out to meet that relay anew.\n";

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_hex(struct bytes text, uint8_t *out, size_t n)
{
    if (text.n != 2 * n)
        return false;
    for (size_t i = 0; i < n; i++) {
        int high = hex_digit(text.p[2 * i]);
        int low = hex_digit(text.p[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

/* The next word of a line, and what is behind it. */
static struct bytes word(struct bytes *line)
{
    struct bytes w;
    size_t n = 0;

    while (n < line->n && line->p[n] != ' ')
        n++;
    w = bytes_of(line->p, n);
    n += n < line->n;
    *line = bytes_of(line->p + n, line->n - n);
    return w;
}

static bool read_line(struct bytes line, struct pin *out)
{
    struct bytes address = word(&line);
    struct bytes key = word(&line);
    struct bytes id = word(&line);
    char text[TLS_FINGERPRINT_TEXT];

    *out = (struct pin){0};
    if (line.n != 0 || address.n == 0 ||
        !bytes_copy(out->address, sizeof out->address, address))
        return false;
    if (!bytes_copy(text, sizeof text, key) || tls_fingerprint_parse(text, out->key) != ERR_OK)
        return false;
    return read_hex(id, out->relay_id, sizeof out->relay_id);
}

static enum err read_all(struct pins *p, struct bytes text, char *why, size_t why_n)
{
    struct pin pin;

    for (size_t line_at = 1; text.n != 0; line_at++) {
        const uint8_t *end = memchr(text.p, '\n', text.n);
        size_t n = end != NULL ? (size_t)(end - text.p) : text.n;
        struct bytes line = bytes_of(text.p, n);
        n += end != NULL;
        text = bytes_of(text.p + n, text.n - n);
        if (line.n == 0 || line.p[0] == '#')
            continue;
        if (p->count == PINS_MAX || !read_line(line, &pin) ||
            pins_find(p, pin.address) != NULL) {
            (void)snprintf(why, why_n,
                "%s, line %zu is not an address, a fingerprint and a relay id. Correct it or take "
                "it out.",
                p->path, line_at);
            return ERR_FORMAT;
        }
        p->all = mem_realloc(p->all, (p->count + 1) * sizeof *p->all);
        p->all[p->count++] = pin;
    }
    return ERR_OK;
}

enum err pins_open(const char *path, struct pins **out, char *why, size_t why_n)
{
    struct pins *p = mem_alloc(sizeof *p);
    struct buf text;
    enum err e = ERR_OK;

    *out = NULL;
    why[0] = '\0';
    buf_init(&text, PINS_BYTES);
    if (path == NULL)
        goto out;
    p->path = mem_strdup(path);
    e = file_read_private(path, &text);
    if (e == ERR_NOT_FOUND) {
        e = ERR_OK;
        goto out;
    }
    if (e != ERR_OK) {
        (void)snprintf(why, why_n, "%s cannot be read: %s.", path, err_str(e));
        goto out;
    }
    e = read_all(p, buf_view(&text), why, why_n);
out:
    buf_free(&text);
    if (e == ERR_OK) {
        *out = p;
        return ERR_OK;
    }
    pins_free(p);
    return e;
}

void pins_free(struct pins *p)
{
    if (p == NULL)
        return;
    mem_free(p->path);
    mem_free(p->all);
    mem_free(p);
}

const char *pins_path(const struct pins *p)
{
    return p->path != NULL ? p->path : "";
}

const struct pin *pins_find(const struct pins *p, const char *address)
{
    for (size_t i = 0; i < p->count; i++) {
        if (strcmp(p->all[i].address, address) == 0)
            return &p->all[i];
    }
    return NULL;
}

static enum err save(const struct pins *p)
{
    struct buf text;
    char key[TLS_FINGERPRINT_TEXT];
    enum err e;

    if (p->path == NULL)
        return ERR_OK;
    buf_init(&text, PINS_BYTES);
    buf_text(&text, HEADER);
    for (size_t i = 0; i < p->count; i++) {
        tls_fingerprint_text(p->all[i].key, key);
        buf_fmt(&text, "%s %s ", p->all[i].address, key);
        for (size_t b = 0; b < MSG_ID; b++)
            buf_fmt(&text, "%02x", p->all[i].relay_id[b]);
        buf_u8(&text, '\n');
    }
    e = buf_end(&text);
    if (e == ERR_OK)
        e = file_write_atomic(p->path, buf_view(&text), 0600);
    buf_free(&text);
    return e;
}

enum err pins_keep(struct pins *p, const struct pin *pin)
{
    size_t at = 0;

    if (pin->address[0] == '\0' || pin->address[0] == '#' ||
        strpbrk(pin->address, " \n") != NULL)
        return ERR_FORMAT;
    while (at < p->count && strcmp(p->all[at].address, pin->address) != 0)
        at++;
    if (at == p->count) {
        if (p->count == PINS_MAX)
            return ERR_FULL;
        p->all = mem_realloc(p->all, (p->count + 1) * sizeof *p->all);
        p->count++;
    }
    p->all[at] = *pin;
    return save(p);
}
