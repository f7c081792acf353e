/* SPDX-License-Identifier: ISC */
#include "mls/ext.h"
#include "mls/label.h"
#include "mls/welcome.h"
#include "mls/wire.h"

static const char LABEL[] = "GroupInfoTBS";

void welcome_info_read(struct reader *r, struct welcome_info *out)
{
    size_t from = r->at;

    *out = (struct welcome_info){0};
    schedule_context_read(r, &out->context);
    out->context_raw = wire_since(r, from);
    out->extensions = ext_read(r);
    out->confirmation_tag = wire_vec(r, WIRE_SMALL);
    out->signer = reader_u32(r);
    out->tbs = r->at - from;
    out->signature = wire_vec(r, WIRE_SMALL);
    out->raw = wire_since(r, from);
    if (reader_err(r) != ERR_OK)
        *out = (struct welcome_info){0};
}

enum err welcome_info_write(const struct welcome_info *i, struct sign_key *key, struct buf *out)
{
    size_t from = out->n;
    uint8_t signature[SIGN_MAX];
    size_t n = 0;
    enum err e;

    buf_bytes(out, i->context_raw);
    wire_put(out, i->extensions);
    wire_put(out, i->confirmation_tag);
    buf_u32(out, i->signer);
    e = buf_end(out);
    if (e == ERR_OK)
        e = label_sign(key, LABEL, bytes_of(out->p + from, out->n - from), signature, &n);
    if (e != ERR_OK)
        return e;
    wire_put(out, bytes_of(signature, n));
    return buf_end(out);
}

enum mls_rule welcome_info_check(const struct welcome_info *i, struct sign_pub *pub)
{
    struct bytes tbs = bytes_of(i->raw.p, i->tbs);

    if (pub == NULL || label_check(pub, LABEL, tbs, i->signature) != ERR_OK)
        return MLS_RULE_INFO_SIGNATURE;
    return MLS_RULE_KEPT;
}
