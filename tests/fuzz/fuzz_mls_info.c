/* SPDX-License-Identifier: ISC */
/* Group infos: as they come, or signed anew by the member they name. Somebody outside joins
 * by them. */
#include "mls/wire.h"
#include "support/mlsfuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void write_again(const struct welcome_info *i, struct bytes raw)
{
    struct buf b;

    buf_init(&b, WIRE_MAX);
    schedule_context_write(&i->context, &b);
    mlsfuzz_must(bytes_eq(buf_view(&b), i->context_raw), "a context is written otherwise");
    wire_put(&b, i->extensions);
    wire_put(&b, i->confirmation_tag);
    buf_u32(&b, i->signer);
    wire_put(&b, i->signature);
    mlsfuzz_must(bytes_eq(buf_view(&b), raw), "a group info is written otherwise");
    buf_free(&b);
}

static void prepare(struct bytes message, bool anew, struct buf *out)
{
    struct welcome_info info;
    struct reader r;

    reader_init(&r, message);
    uint16_t wire = content_message_read(&r);
    size_t from = r.at;
    welcome_info_read(&r, &info);
    bool good = reader_end(&r) == ERR_OK && wire == CONTENT_GROUP_INFO;
    if (good)
        write_again(&info, bytes_of(message.p + from, message.n - from));
    if (!good || !anew || info.signer >= MLSFUZZ_MEMBERS) {
        buf_bytes(out, message);
        return;
    }
    content_message_begin(out, CONTENT_GROUP_INFO);
    (void)welcome_info_write(&info, mlsfuzz()->p.m[info.signer]->key, out);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    const struct party_member *guest = mlsfuzz()->p.m[MLSFUZZ_GUEST];
    struct mls_group *g = NULL;
    enum mls_rule rule = MLS_RULE_KEPT;
    struct buf message;
    struct buf commit;

    if (n == 0)
        return 0;
    buf_init(&message, WIRE_MAX);
    buf_init(&commit, WIRE_MAX);
    prepare(bytes_of(p + 1, n - 1), p[0] % 2 == 1, &message);
    const struct mls_external_request what = {
        .info = buf_view(&message), .resync = p[0] / 2 % 8 == 7};
    enum err e =
        mls_group_join_external(&guest->world.env, &guest->who, &what, &commit, &g, &rule);
    mlsfuzz_must((e == ERR_OK) == (g != NULL), "joined and not joined");
    mlsfuzz_must((e == ERR_REFUSED) <= (rule != MLS_RULE_KEPT || g == NULL), "no rule");
    if (g != NULL)
        mlsfuzz_must(mls_apply(g) == ERR_OK, "what was joined is not applied");
    mls_group_free(g);
    buf_free(&message);
    buf_free(&commit);
    return 0;
}
