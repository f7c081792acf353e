/* SPDX-License-Identifier: ISC */
/* Welcomes: as they come, or sealed to the guest around group secrets (two bytes of length in
 * front) and a group info, which may be signed anew. */
#include "mls/wire.h"
#include "support/mlsfuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void secrets_again(struct bytes raw, struct welcome_secrets *out)
{
    struct reader r;
    struct buf b;

    reader_init(&r, raw);
    welcome_secrets_read(&r, out);
    if (reader_end(&r) != ERR_OK) {
        *out = (struct welcome_secrets){0};
        return;
    }
    buf_init(&b, WIRE_MAX);
    welcome_secrets_write(out, &b);
    mlsfuzz_must(bytes_eq(buf_view(&b), raw), "group secrets are written otherwise");
    buf_free(&b);
}

static void sign_info(struct bytes raw, struct buf *out)
{
    struct welcome_info info;
    struct reader r;

    reader_init(&r, raw);
    welcome_info_read(&r, &info);
    if (reader_end(&r) != ERR_OK || info.signer >= MLSFUZZ_MEMBERS)
        buf_bytes(out, raw);
    else
        (void)welcome_info_write(&info, mlsfuzz()->p.m[info.signer]->key, out);
}

/* False: these secrets can be in no welcome. */
static bool sealed(struct bytes in, struct buf *out)
{
    const struct party_member *guest = mlsfuzz()->p.m[MLSFUZZ_GUEST];
    const uint8_t drawn[SUITE_DRAWN] = {7};
    struct welcome_draft w = {.suite = mlsfuzz()->p.suite};
    struct keypackage *to = NULL;
    struct welcome_secrets s;
    struct reader r;
    struct buf info;
    struct buf hidden;

    reader_init(&r, in);
    secrets_again(reader_bytes(&r, reader_u16(&r)), &s);
    if (reader_err(&r) != ERR_OK || s.joiner.n != SUITE_HASH)
        return false;
    buf_init(&info, WIRE_MAX);
    buf_init(&hidden, WIRE_MAX);
    buf_init(&w.secrets, WIRE_MAX);
    sign_info(reader_rest(&r), &info);
    mlsfuzz_must(
        package_read(buf_view(&guest->package), &to) == ERR_OK &&
            welcome_seal_info(w.suite, s.joiner.p, NULL, buf_view(&info), &hidden) == ERR_OK,
        "no welcome");
    w.sealed_info = buf_view(&hidden);
    mlsfuzz_must(welcome_seal_secrets(&w, to, &s, drawn) == ERR_OK, "no welcome");
    content_message_begin(out, CONTENT_WELCOME);
    welcome_write(&w, out);
    keypackage_unref(to);
    buf_free(&w.secrets);
    buf_free(&info);
    buf_free(&hidden);
    return true;
}

static void write_again(struct bytes message)
{
    struct welcome_draft d = {0};
    struct welcome_entry entry;
    struct welcome w;
    struct reader r;
    struct buf b;

    reader_init(&r, message);
    uint16_t wire = content_message_read(&r);
    welcome_read(&r, &w);
    if (reader_end(&r) != ERR_OK || wire != CONTENT_WELCOME || w.suite == NULL)
        return;
    buf_init(&b, WIRE_MAX);
    buf_init(&d.secrets, WIRE_MAX);
    reader_init(&r, w.secrets);
    while (welcome_next(&r, &entry))
        welcome_entry_write(&entry, &d.secrets);
    d.suite = w.suite;
    d.sealed_info = w.group_info;
    content_message_begin(&b, CONTENT_WELCOME);
    welcome_write(&d, &b);
    mlsfuzz_must(bytes_eq(buf_view(&b), message), "a welcome is written otherwise");
    buf_free(&d.secrets);
    buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    const struct party_member *guest = mlsfuzz()->p.m[MLSFUZZ_GUEST];
    struct mls_group *g = NULL;
    struct mlsstore store = {0};
    enum mls_rule rule;
    struct buf message;

    if (n == 0)
        return 0;
    buf_init(&message, WIRE_MAX);
    if (p[0] % 2 == 0 || !sealed(bytes_of(p + 1, n - 1), &message))
        buf_bytes(&message, bytes_of(p + 1, n - 1));
    write_again(buf_view(&message));
    const struct mls_join_request join = {.welcome = buf_view(&message),
        .package = buf_view(&guest->package),
        .secret = buf_view(&guest->secret)};
    enum err e = mls_group_join(&guest->world.env, &guest->who, &join, &g, &rule);
    mlsfuzz_must((e == ERR_OK) == (g != NULL) && (e == ERR_OK) == (rule == MLS_RULE_KEPT),
        "joined and not joined");
    if (g != NULL)
        mlsfuzz_must(mlsstore_save(&store, g, true) == ERR_OK, "not saved");
    mlsstore_fini(&store);
    mls_group_free(g);
    buf_free(&message);
    return 0;
}
