/* SPDX-License-Identifier: ISC */
#include "client/draft.h"

#include "base/log.h"

void draft_keep(struct engine *e, const struct talk *c, struct bytes text)
{
    if (!e->account)
        return;
    if (text.n == 0)
        vault_del(e->vault, VAULT_DRAFT, talk_key(c), 0);
    else
        vault_put(e->vault, VAULT_DRAFT, talk_key(c), 0, text);
    loop_later(e->loop, &e->save, LOOP_FLUSH);
}

static enum err take(void *arg, struct bytes key, uint32_t sub, struct bytes value)
{
    struct talk *c = arg;

    (void)sub;
    if (!bytes_eq(key, talk_key(c)) || value.n > INTENT_BYTES)
        return ERR_CORRUPT;
    room_set_draft(c->page, value);
    return ERR_OK;
}

void draft_show(struct engine *e, struct talk *c)
{
    if (shelf_take(&e->shelf, VAULT_DRAFT, talk_key(c), take, c) != ERR_OK)
        LOG_ERROR("draft", "a draft of %s makes no sense", log_text(talk_title(c)));
}
