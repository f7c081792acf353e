/* SPDX-License-Identifier: ISC */
#include "model/bind.h"

static struct bind *find(struct binds *b, struct bytes key)
{
    for (size_t i = 0; i < b->count; i++) {
        if (bytes_eq(bytes_str(b->of[i].key), key))
            return &b->of[i];
    }
    return NULL;
}

enum err binds_set(struct binds *b, struct bytes key, struct bytes action)
{
    bool back = bytes_eq(action, bytes_str("default"));
    struct bind *at = find(b, key);

    if (key.n == 0 || key.n >= BIND_KEY || action.n == 0 || action.n >= BIND_ACTION)
        return ERR_FORMAT;
    if (at == NULL && back)
        return ERR_OK;
    if (at == NULL && b->count == BINDS_MAX)
        return ERR_FULL;
    if (at == NULL)
        at = &b->of[b->count++];
    (void)bytes_copy(at->key, sizeof at->key, key);
    (void)bytes_copy(at->action, sizeof at->action, back ? (struct bytes){0} : action);
    at->unsaved = true;
    return ERR_OK;
}

void binds_saved(struct binds *b)
{
    size_t n = 0;

    for (size_t i = 0; i < b->count; i++) {
        b->of[i].unsaved = false;
        if (b->of[i].action[0] != '\0')
            b->of[n++] = b->of[i];
    }
    b->count = n;
}
