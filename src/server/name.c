/* SPDX-License-Identifier: ISC */
#include "server/name.h"

#include <arpa/inet.h>

#include "base/utf8.h"

/* Bans and limits take names and addresses alike: neither may pass for the other. */
static bool reads_as_address(const char *name)
{
    struct in_addr four;

    return inet_pton(AF_INET, name, &four) == 1;
}

enum err name_fold(struct bytes in, struct name *out)
{
    static const char RESERVED[] = "server";

    *out = (struct name){0};
    if (in.n == 0 || in.n > MSG_NAME || in.p[0] == '.' || in.p[0] == '-')
        return ERR_FORMAT;
    for (size_t i = 0; i < in.n; i++) {
        char c = (char)in.p[i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        bool fine = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
                    c == '-';
        if (!fine)
            return ERR_FORMAT;
        out->s[i] = c;
    }
    return strcmp(out->s, RESERVED) == 0 || reads_as_address(out->s) ? ERR_REFUSED : ERR_OK;
}

bool name_is_provisional(const struct name *n)
{
    const char *digits = n->s + 4;

    return strncmp(n->s, "rand", 4) == 0 && digits[0] != '\0' &&
           digits[strspn(digits, "0123456789")] == '\0';
}

enum err name_room_key(struct bytes room, struct name_key *out)
{
    struct buf b;

    *out = (struct name_key){0};
    if (room.n == 0 || room.n > MSG_ROOM || !utf8_is_name(room))
        return ERR_FORMAT;
    buf_init_fixed(&b, out->b, sizeof out->b);
    buf_u8(&b, 'r');
    enum err e = utf8_fold(&b, room);
    if (e == ERR_OK)
        e = buf_end(&b);
    out->n = b.n;
    return e;
}

void name_direct_key(const char *a, const char *b, struct name_key *out)
{
    struct buf w;
    bool swap = strcmp(a, b) > 0;

    *out = (struct name_key){0};
    buf_init_fixed(&w, out->b, sizeof out->b);
    buf_u8(&w, 'd');
    buf_text(&w, swap ? b : a);
    buf_u8(&w, 0);
    buf_text(&w, swap ? a : b);
    out->n = w.n;
}

enum err name_direct_other(struct bytes key, const char *me, struct name *out)
{
    const uint8_t *mid = key.n > 1 && key.p[0] == 'd' ? memchr(key.p, 0, key.n) : NULL;

    *out = (struct name){0};
    if (mid == NULL)
        return ERR_FORMAT;
    struct bytes first = bytes_of(key.p + 1, (size_t)(mid - key.p) - 1);
    struct bytes second = bytes_of(mid + 1, key.n - 2 - first.n);
    struct bytes other = bytes_eq(first, bytes_str(me)) ? second : first;
    return bytes_copy(out->s, sizeof out->s, other) ? ERR_OK : ERR_FORMAT;
}
