/* SPDX-License-Identifier: ISC */
#include "support/meddler.h"

#include <criterion/criterion.h>

#include "base/mem.h"

#define MSG_BYTES  512
#define BODY_BYTES (4u << 20)

static uint64_t frames;

/* ---- what goes by ---- */

static void add(struct meddler_kept ***end, const struct meddler_frame *f, bool passed)
{
    struct meddler_kept *k = mem_alloc(sizeof *k);

    *k = (struct meddler_kept){.way = f->way,
        .op = f->op,
        .asked = f->asked,
        .passed = passed,
        .number = ++frames,
        .body = bytes_of(mem_dup(f->body.p, f->body.n), f->body.n)};
    **end = k;
    *end = &k->next;
}

static void drop(struct meddler_kept *k)
{
    mem_free((void *)(uintptr_t)k->body.p);
    mem_free(k);
}

static void drop_all(struct meddler_kept **first, struct meddler_kept ***end)
{
    while (*first != NULL) {
        struct meddler_kept *k = *first;
        *first = k->next;
        drop(k);
    }
    *end = first;
}

static void pass(struct meddler *d, enum meddler_way way, uint8_t op, struct bytes body)
{
    if (d->m->link != NULL)
        sim_forge(d->m->link, way == DOWN, &(struct frame){op, body});
}

static bool is_reply(const struct frame *f)
{
    if (f->op == OP_REPLY)
        return f->body.n != 0 && f->body.p[0] != STATUS_IDLE;
    return f->op == OP_DM_ANSWER || f->op == OP_CONNECT ||
           (f->op >= OP_RENAMED && f->op <= OP_NO_USER);
}

/* Whose answer this is: each request gets exactly one, in order. */
static uint8_t asked_by(struct meddler *d, enum meddler_way way, const struct frame *f)
{
    if (way == UP && !opcode_row(f->op)->silent) {
        d->asked[(d->asked_at + d->asked_n++) % sizeof d->asked] = f->op;
    } else if (way == DOWN && is_reply(f) && d->asked_n != 0) {
        d->asked_n--;
        return d->asked[d->asked_at++ % sizeof d->asked];
    }
    return 0;
}

static const struct schema *shape_of(const struct meddler_frame *f)
{
    const struct opcode_row *row = opcode_row(f->op);

    if (f->way == UP)
        return row->ask;
    if (f->op != OP_REPLY)
        return row->tell;
    if (f->body.n == 0 || f->body.p[0] != STATUS_DONE)
        return &MSG_REFUSAL;
    row = f->asked != 0 ? opcode_row(f->asked) : NULL;
    return row != NULL && row->answer != NULL ? row->answer : &MSG_EMPTY;
}

static bool has_status(const struct meddler_frame *f)
{
    return f->op == OP_REPLY && f->way == DOWN && f->shape != &MSG_REFUSAL;
}

static void pass_changed(struct meddler *d, const struct meddler_frame *f)
{
    struct buf b;

    buf_init(&b, BODY_BYTES);
    if (has_status(f))
        buf_u8(&b, STATUS_DONE);
    schema_encode(f->shape, f->msg, &b);
    cr_assert_eq(buf_end(&b), ERR_OK, "a meddled %s cannot be encoded", f->shape->name);
    pass(d, f->way, f->op, buf_view(&b));
    buf_free(&b);
}

static bool meant(const struct meddler_order *o, const struct meddler_frame *f)
{
    if (o->asked != 0 && f->shape == &MSG_REFUSAL)
        return false;
    return !o->spent && o->way == f->way && (o->op == 0 || o->op == f->op) &&
           (o->asked == 0 || o->asked == f->asked);
}

static enum meddler_verdict decide(struct meddler *d, struct meddler_frame *f)
{
    for (struct meddler_order *o = d->orders; o != NULL; o = o->next) {
        if (!meant(o, f))
            continue;
        if (o->fn == NULL) {
            o->spent = o->left != 0 && --o->left == 0;
            return o->verdict;
        }
        enum meddler_verdict v = o->fn(o->arg, f);
        if (v != MEDDLE_PASS)
            return v;
    }
    return MEDDLE_PASS;
}

static void on_frame(void *arg, bool to_client, const struct frame *in)
{
    _Alignas(max_align_t) uint8_t msg[MSG_BYTES];
    struct meddler *d = arg;
    struct meddler_frame f = {
        .way = to_client ? DOWN : UP, .op = in->op, .body = in->body, .msg = msg};
    const char *bad;

    f.asked = asked_by(d, f.way, in);
    f.shape = shape_of(&f);
    struct bytes rest = has_status(&f) ? bytes_of(f.body.p + 1, f.body.n - 1) : f.body;
    cr_assert(f.shape != NULL && f.shape->size <= sizeof msg);
    if (schema_decode(f.shape, rest, msg, &bad) != ERR_OK)
        f.shape = NULL;
    enum meddler_verdict v = decide(d, &f);
    add(&d->kept_end, &f, v == MEDDLE_PASS);
    if (v == MEDDLE_PASS)
        pass(d, f.way, f.op, f.body);
    else if (v == MEDDLE_CHANGED)
        pass_changed(d, &f);
    else if (v == MEDDLE_HOLD)
        add(&d->held_end, &f, false);
}

static void on_dialed(void *arg, struct link *l)
{
    struct meddler *d = arg;

    d->asked_n = 0;
    drop_all(&d->held, &d->held_end);
    sim_tap(l, &d->tap);
}

/* ---- his life ---- */

void meddler_sit(struct meddler *d, struct crew_member *m)
{
    *d = (struct meddler){.m = m, .tap = {on_frame, d}};
    d->kept_end = &d->kept;
    d->held_end = &d->held;
    m->dialed = on_dialed;
    m->dialed_arg = d;
}

void meddler_rise(struct meddler *d)
{
    meddler_honest(d);
    drop_all(&d->kept, &d->kept_end);
    drop_all(&d->held, &d->held_end);
}

static struct meddler_order *new_order(struct meddler *d, enum meddler_way way, uint8_t op)
{
    struct meddler_order *o = mem_alloc(sizeof *o);
    struct meddler_order **end = &d->orders;

    while (*end != NULL)
        end = &(*end)->next;
    *end = o;
    o->way = way;
    o->op = op;
    return o;
}

void meddler_order(struct meddler *d, enum meddler_way way, uint8_t op, unsigned n,
    enum meddler_verdict verdict)
{
    struct meddler_order *o = new_order(d, way, op);

    o->left = n;
    o->verdict = verdict;
}

void meddler_ask(struct meddler *d, enum meddler_way way, uint8_t op, meddler_fn *fn, void *arg)
{
    struct meddler_order *o = new_order(d, way, op);

    o->fn = fn;
    o->arg = arg;
}

void meddler_answer(struct meddler *d, uint8_t asked, meddler_fn *fn, void *arg)
{
    struct meddler_order *o = new_order(d, DOWN, OP_REPLY);

    o->asked = asked;
    o->fn = fn;
    o->arg = arg;
}

void meddler_honest(struct meddler *d)
{
    while (d->orders != NULL) {
        struct meddler_order *o = d->orders;
        d->orders = o->next;
        mem_free(o);
    }
}

/* ---- what he does ---- */

void meddler_let_go(struct meddler *d, bool backwards)
{
    while (d->held != NULL) {
        struct meddler_kept **at = &d->held;
        while (backwards && (*at)->next != NULL)
            at = &(*at)->next;
        struct meddler_kept *k = *at;
        *at = k->next;
        pass(d, k->way, k->op, k->body);
        drop(k);
    }
    d->held_end = &d->held;
}

void meddler_tell_raw(struct meddler *d, uint8_t op, struct bytes body)
{
    pass(d, DOWN, op, body);
}

void meddler_tell(struct meddler *d, uint8_t op, const void *msg)
{
    struct buf b;

    buf_init(&b, BODY_BYTES);
    schema_encode(opcode_row(op)->tell, msg, &b);
    cr_assert_eq(buf_end(&b), ERR_OK);
    pass(d, DOWN, op, buf_view(&b));
    buf_free(&b);
}

void meddler_reply(struct meddler *d, uint8_t asked, const void *answer)
{
    struct buf b;

    buf_init(&b, BODY_BYTES);
    buf_u8(&b, STATUS_DONE);
    if (opcode_row(asked)->answer != NULL)
        schema_encode(opcode_row(asked)->answer, answer, &b);
    cr_assert_eq(buf_end(&b), ERR_OK);
    pass(d, DOWN, OP_REPLY, buf_view(&b));
    buf_free(&b);
}

/* ---- what he saw ---- */

size_t meddler_count(const struct meddler *d, enum meddler_way way, uint8_t op)
{
    size_t n = 0;

    for (const struct meddler_kept *k = d->kept; k != NULL; k = k->next)
        n += k->way == way && k->op == op;
    return n;
}

const struct meddler_kept *meddler_kept(
    const struct meddler *d, enum meddler_way way, uint8_t op, size_t back)
{
    size_t n = meddler_count(d, way, op);

    cr_assert_gt(n, back, "no frame of 0x%02x went by", op);
    for (const struct meddler_kept *k = d->kept; k != NULL; k = k->next) {
        if (k->way == way && k->op == op && n-- == back + 1)
            return k;
    }
    return NULL;
}

void meddler_read(const struct meddler_kept *k, void *out)
{
    const struct meddler_frame f = {
        .way = k->way, .op = k->op, .asked = k->asked, .body = k->body};
    const struct schema *shape = shape_of(&f);
    const char *bad;

    cr_assert_eq(
        schema_decode(shape,
            shape != &MSG_REFUSAL && k->op == OP_REPLY ? bytes_of(k->body.p + 1, k->body.n - 1)
                                                       : k->body,
            out, &bad),
        ERR_OK);
}
