/* SPDX-License-Identifier: ISC */
/* The operator's hand: one order to a running relay, its answer as a table or as JSON. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/version.h"
#include "ctl/exchange.h"
#include "ctl/order.h"
#include "ctl/table.h"

#define WAIT_S 60

enum leave { LEAVE_DONE, LEAVE_REFUSED, LEAVE_USAGE, LEAVE_NOBODY, LEAVE_BROKEN };

static void usage(FILE *to)
{
    const struct order_row *row;
    (void)fputs("usage: sottoctl [--socket PATH] [--json] COMMAND\n\n", to);
    for (size_t i = 0; (row = order_at(i)) != NULL; i++) {
        char left[64];
        (void)snprintf(left, sizeof left, "%s %s", row->command, row->args);
        (void)fprintf(to, "  %-26s%s\n", left, row->help);
    }
    (void)fputs("\nOptions of some: --room ROOM, --for TIME, --role ROLE, --password-fd N\n"
                "See sottoctl(8).\n",
        to);
}

static int complain(int code, const char *words)
{
    (void)fprintf(stderr, "sottoctl: %s\n", words);
    return code;
}

static enum err read_password(const struct order *o, struct buf *out)
{
    char prompt[64];

    if (o->password_fd >= 0)
        return secret_from_fd(o->password_fd, out);
    (void)snprintf(prompt, sizeof prompt, "password for %s",
        log_text(bytes_of(o->name, strnlen(o->name, 32))));
    return secret_ask(prompt, SECRET_TWICE, out);
}

/* Makes the request whole; says what is wrong. */
static int prepare(struct order *o)
{
    struct buf password;
    enum err e = ERR_OK;

    buf_init(&password, SECRET_MAX);
    if (o->wants_password)
        e = read_password(o, &password);
    enum err end = e == ERR_OK ? order_finish(o, buf_view(&password)) : ERR_OK;
    buf_wipe(&password);
    if (e == ERR_CONFLICT)
        return complain(LEAVE_USAGE, "the two passwords differ; nothing was done");
    if (e == ERR_UNSUPPORTED)
        return complain(LEAVE_USAGE, "there is no terminal to ask on: use --password-fd");
    if (e != ERR_OK)
        return complain(LEAVE_USAGE, "no usable password was given; nothing was done");
    if (end != ERR_OK)
        return complain(LEAVE_USAGE, "the password must be UTF-8");
    return LEAVE_DONE;
}

static int show(const struct order *o, struct bytes answer)
{
    struct buf text;
    int code = LEAVE_DONE;

    buf_init(&text, 4 * EXCHANGE_MAX);
    enum err e = table_show(o->row, answer, &text);
    if (e == ERR_REFUSED)
        code = LEAVE_REFUSED;
    else if (e != ERR_OK)
        code = LEAVE_BROKEN;
    if (o->json && code != LEAVE_BROKEN)
        (void)printf("%.*s\n", (int)answer.n, (const char *)answer.p);
    else if (code == LEAVE_DONE)
        (void)fputs(buf_cstr(&text), stdout);
    else
        (void)complain(code,
            e == ERR_REFUSED ? buf_cstr(&text) : "the relay's answer cannot be understood");
    buf_free(&text);
    if (fflush(stdout) != 0)
        code = complain(LEAVE_BROKEN, "the answer cannot be written");
    return code;
}

static int talk(const struct order *o)
{
    struct buf answer, path;
    int code = LEAVE_NOBODY;

    exchange_default_path(&path);
    const char *where = o->socket != NULL ? o->socket : buf_cstr(&path);
    enum err e = exchange_line(where, buf_view(&o->request), WAIT_S, &answer);
    if (e == ERR_OK)
        code = show(o, buf_view(&answer));
    else if (e == ERR_NOT_FOUND)
        (void)fprintf(stderr, "sottoctl: %s: no relay answers here; is it running?\n", where);
    else if (e == ERR_PERM)
        (void)fprintf(stderr, "sottoctl: %s: only root and the relay's user may\n", where);
    else
        (void)fprintf(stderr, "sottoctl: %s: %s\n", where, err_str(e));
    if (e == ERR_TIMEOUT || e == ERR_CLOSED || e == ERR_TOO_BIG)
        code = LEAVE_BROKEN;
    buf_free(&answer);
    buf_free(&path);
    return code;
}

int main(int argc, char **argv)
{
    struct order o;
    char why[256];
    int code;

    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        usage(stdout);
        return LEAVE_DONE;
    }
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        (void)puts("sottoctl " SOTTO_VERSION);
        return LEAVE_DONE;
    }
    if (order_parse(argv + 1, (size_t)argc - 1, &o, why, sizeof why) == ERR_OK) {
        code = prepare(&o);
        if (code == LEAVE_DONE)
            code = talk(&o);
    } else {
        code = complain(LEAVE_USAGE, why);
        (void)fputs("try sottoctl --help\n", stderr);
    }
    order_free(&o);
    return code;
}
