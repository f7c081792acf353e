/* SPDX-License-Identifier: ISC */
#include "client/secret.h"

#include "base/log.h"
#include "base/mem.h"

#define LOG2_N 17u

enum secret_kind { SECRET_ACCOUNT, SECRET_ROOM, SECRET_KEY };

struct secret {
    struct job job;
    struct engine *e;
    enum secret_kind kind;
    struct buf password;
    struct buf name;
    uint8_t relay_id[PASSWORD_RELAY_ID];
    unsigned log2_n;
    unsigned bits;
    secret_fn *done;
    struct secret_result result;
};

static void run(struct job *j)
{
    struct secret *s = (struct secret *)(void *)j;
    struct bytes password = buf_view(&s->password);
    struct bytes name = buf_view(&s->name);
    struct secret_result *r = &s->result;

    if (s->kind == SECRET_ACCOUNT)
        r->err = password_account(password, s->relay_id, name, s->log2_n, r->verifier);
    else if (s->kind == SECRET_ROOM)
        r->err = password_room(password, s->relay_id, name, s->log2_n, &r->room);
    else
        r->err = sign_key_new(&SIGN_RSA_PSS, s->bits, &r->key);
}

static void done(struct job *j)
{
    struct secret *s = (struct secret *)(void *)j;
    struct engine *e = s->e;

    if (--e->jobs == 0)
        model_set_work(e->model, NULL);
    if (s->result.err != ERR_OK)
        LOG_ERROR("secret", "slow work failed: %s", err_str(s->result.err));
    s->done(e, &s->result);
    sign_key_free(s->result.key);
    buf_wipe(&s->password);
    buf_free(&s->name);
    mem_wipe_free(s, sizeof *s);
}

static struct secret *begin(struct engine *e, enum secret_kind kind, secret_fn *fn)
{
    struct secret *s = mem_alloc(sizeof *s);

    s->job = (struct job){.run = run, .done = done};
    s->e = e;
    s->kind = kind;
    s->done = fn;
    s->log2_n = e->setup.log2_n != 0 ? e->setup.log2_n : LOG2_N;
    s->bits = e->setup.key_bits;
    memcpy(s->relay_id, e->relay_id, sizeof s->relay_id);
    buf_init(&s->password, INTENT_BYTES);
    buf_init(&s->name, 4 * MSG_ROOM);
    return s;
}

static void submit(struct engine *e, struct secret *s)
{
    static const char *const WORDS[] = {
        [SECRET_ACCOUNT] = "making a key of the password",
        [SECRET_ROOM] = "making a key of the room's password",
        [SECRET_KEY] = "making your identity key",
    };

    e->jobs++;
    model_set_work(e->model, WORDS[s->kind]);
    if (worker_submit(e->setup.worker, &s->job) == ERR_OK)
        return;
    s->result.err = ERR_BUSY;
    done(&s->job);
}

void secret_account(struct engine *e, struct bytes password, struct bytes name, secret_fn *fn)
{
    struct secret *s = begin(e, SECRET_ACCOUNT, fn);

    buf_bytes(&s->password, password);
    buf_bytes(&s->name, name);
    submit(e, s);
}

void secret_room(struct engine *e, const struct talk *c, struct bytes password, secret_fn *fn)
{
    struct secret *s = begin(e, SECRET_ROOM, fn);

    s->result.talk = c->serial;
    buf_bytes(&s->password, password);
    buf_bytes(&s->name, buf_view(&c->folded));
    submit(e, s);
}

void secret_key(struct engine *e, secret_fn *fn)
{
    submit(e, begin(e, SECRET_KEY, fn));
}
