/* SPDX-License-Identifier: ISC */
#include "mls/welcome.h"

#include <criterion/criterion.h>

#include "base/mem.h"
#include "mls/wire.h"
#include "support/attack.h"
#include "support/mlskit.h"

#define JOINER "the joiner secret, of 32 bytes.."
#define PATH   "the secret of a path, 32 bytes.."
#define PSK    "the chained secret of all PSKs.."

_Static_assert(sizeof JOINER == SUITE_HASH + 1 && sizeof PATH == SUITE_HASH + 1 &&
                   sizeof PSK == SUITE_HASH + 1,
    "each is as long as a hash");

/* One welcome with what it was made of, and what opening it needs. */
struct fixture {
    const struct suite *suite;
    struct mlskit_person signer;
    struct mlskit_person joiner;
    struct mlskit_person second;
    struct sign_pub *pub;
    struct keypackage *package;
    struct keypackage *other;
    uint8_t ref[SUITE_HASH];
    const uint8_t *psk; /* what it is opened with */
    struct buf context;
    struct buf info;
    struct buf sealed_info;
    struct buf message;
    struct buf plain_secrets; /* what opening fills */
    struct buf plain_info;
    struct welcome_secrets secrets;
    struct welcome_info opened;
};

static void put_context(const struct suite *s, struct buf *out)
{
    struct schedule_context c = {
        .suite = s, .group_id = bytes_str("a group"), .epoch = 7, .transcript_n = SUITE_HASH};

    memset(c.tree_hash, 0x11, sizeof c.tree_hash);
    memset(c.transcript, 0x22, sizeof c.transcript);
    schedule_context_write(&c, out);
}

static void put_info(struct fixture *f, struct buf *out)
{
    struct welcome_info i = {.context_raw = buf_view(&f->context),
        .extensions = bytes_of("\x0a\x0a\x02hi", 5),
        .confirmation_tag = bytes_str(PATH),
        .signer = 0x01020304};

    cr_assert_eq(welcome_info_write(&i, f->signer.sign, out), ERR_OK);
}

static struct welcome_secrets some_secrets(void)
{
    struct welcome_secrets s = {
        .joiner = bytes_str(JOINER), .has_path = true, .path = bytes_str(PATH), .psk_n = 2};

    s.psk[0] = (struct schedule_psk_id){
        .type = PSK_EXTERNAL, .id = bytes_str("room"), .nonce = bytes_str(PATH)};
    s.psk[1] = (struct schedule_psk_id){.type = PSK_RESUMPTION,
        .usage = PSK_APPLICATION,
        .id = bytes_str("a group"),
        .epoch = 6,
        .nonce = bytes_str(JOINER)};
    return s;
}

static void add_to(
    struct welcome_draft *w, const struct keypackage *to, const struct welcome_secrets *secrets)
{
    uint8_t drawn[SUITE_DRAWN];

    memset(drawn, to->init_key.p[1], sizeof drawn);
    cr_assert_eq(welcome_seal_secrets(w, to, secrets, drawn), ERR_OK);
}

/* secrets NULL: those of every test. */
static void seal(struct fixture *f, const struct welcome_secrets *secrets, bool for_two)
{
    struct welcome_draft w = {.suite = f->suite};
    struct welcome_secrets usual = some_secrets();

    buf_clear(&f->sealed_info);
    buf_clear(&f->message);
    buf_init(&w.secrets, WIRE_MAX);
    cr_assert_eq(welcome_seal_info(f->suite, (const uint8_t *)JOINER, f->psk,
                     buf_view(&f->info), &f->sealed_info),
        ERR_OK);
    w.sealed_info = buf_view(&f->sealed_info);
    if (for_two)
        add_to(&w, f->other, &usual);
    add_to(&w, f->package, secrets != NULL ? secrets : &usual);
    welcome_write(&w, &f->message);
    cr_assert_eq(buf_end(&f->message), ERR_OK);
    buf_free(&w.secrets);
}

static void begin(struct fixture *f, const struct suite *s)
{
    struct buf *const bufs[] = {
        &f->context, &f->info, &f->sealed_info, &f->message, &f->plain_secrets, &f->plain_info};

    *f = (struct fixture){.suite = s};
    for (size_t i = 0; i < MEM_COUNT(bufs); i++)
        buf_init(bufs[i], WIRE_MAX);
    mlskit_person_init(&f->signer, s, 1);
    mlskit_person_init(&f->joiner, s, 2);
    mlskit_person_init(&f->second, s, 3);
    f->package = mlskit_keypackage(&f->joiner);
    f->other = mlskit_keypackage(&f->second);
    cr_assert_eq(keypackage_ref_hash(f->package, s, f->ref), ERR_OK);
    cr_assert_eq(sign_pub_read(s->sign, sign_key_pub(f->signer.sign), &f->pub), ERR_OK);
    put_context(s, &f->context);
    put_info(f, &f->info);
    seal(f, NULL, false);
}

static void end(struct fixture *f)
{
    struct buf *const bufs[] = {
        &f->context, &f->info, &f->sealed_info, &f->message, &f->plain_secrets, &f->plain_info};

    for (size_t i = 0; i < MEM_COUNT(bufs); i++)
        buf_free(bufs[i]);
    mlskit_person_fini(&f->signer);
    mlskit_person_fini(&f->joiner);
    mlskit_person_fini(&f->second);
    sign_pub_free(f->pub);
    keypackage_unref(f->package);
    keypackage_unref(f->other);
}

/* Everything a joiner does with the bytes; the first rule that is broken. */
static enum mls_rule open_all(struct fixture *f, struct bytes message)
{
    struct welcome w;
    struct welcome_entry e;
    struct reader r;
    enum mls_rule rule;

    reader_init(&r, message);
    welcome_read(&r, &w);
    if (reader_end(&r) != ERR_OK)
        return MLS_RULE_FORMAT;
    if (!welcome_find(&w, f->ref, &e))
        return MLS_RULE_WELCOME_NOT_MINE;
    rule = welcome_open_secrets(&w, &e, f->joiner.init_key, &f->plain_secrets, &f->secrets);
    if (rule == MLS_RULE_KEPT)
        rule = welcome_open_info(&w, f->secrets.joiner.p, f->psk, &f->plain_info, &f->opened);
    if (rule == MLS_RULE_KEPT)
        rule = welcome_info_check(&f->opened, f->pub);
    return rule;
}

static bool takes(void *arg, struct bytes in)
{
    return open_all(arg, in) == MLS_RULE_KEPT;
}

static bool same_psk(const struct schedule_psk_id *a, const struct schedule_psk_id *b)
{
    return a->type == b->type && a->usage == b->usage && a->epoch == b->epoch &&
           bytes_eq(a->id, b->id) && bytes_eq(a->nonce, b->nonce);
}

/* ---- all of it ---- */

Test(welcome, opens__every_suite_with_a_psk_and_without_alone_and_among_others)
{
    const struct suite *s;

    for (size_t i = 0; (s = suite_at(i)) != NULL; i++) {
        struct fixture f;
        struct welcome_secrets want = some_secrets();

        begin(&f, s);
        for (int way = 0; way < 4; way++) {
            f.psk = (way & 1) != 0 ? (const uint8_t *)PSK : NULL;
            seal(&f, NULL, (way & 2) != 0);
            cr_assert_eq(
                open_all(&f, buf_view(&f.message)), MLS_RULE_KEPT, "%s, %d", s->name, way);
            cr_assert(bytes_eq(f.secrets.joiner, bytes_str(JOINER)));
            cr_assert(f.secrets.has_path && bytes_eq(f.secrets.path, bytes_str(PATH)));
            cr_assert_eq(f.secrets.psk_n, 2);
            cr_assert(same_psk(&f.secrets.psk[0], &want.psk[0]));
            cr_assert(same_psk(&f.secrets.psk[1], &want.psk[1]));
            cr_assert(bytes_eq(f.opened.raw, buf_view(&f.info)));
            cr_assert(bytes_eq(f.opened.context_raw, buf_view(&f.context)));
            cr_assert_eq(f.opened.context.suite, s);
            cr_assert_eq(f.opened.context.epoch, 7);
            cr_assert_eq(f.opened.signer, 0x01020304);
            cr_assert(bytes_eq(f.opened.confirmation_tag, bytes_str(PATH)));
            cr_assert_eq(f.opened.extensions.n, 5);
        }
        end(&f);
    }
}

Test(welcome, is_refused__truncated_or_with_more)
{
    struct fixture f;

    begin(&f, suite_at(0));
    cr_assert(attack_none(buf_view(&f.message), takes, &f));
    cr_assert_eq(attack_truncate(buf_view(&f.message), takes, &f), ATTACK_HELD);
    cr_assert_eq(attack_trail(buf_view(&f.message), takes, &f), ATTACK_HELD);
    end(&f);
}

Test(welcome, is_refused__any_bit_flipped)
{
    const struct suite *s;

    for (size_t i = 0; (s = suite_at(i)) != NULL; i++) {
        struct fixture f;
        size_t bit;

        begin(&f, s);
        cr_assert(attack_none(buf_view(&f.message), takes, &f));
        bit = attack_flip(buf_view(&f.message), takes, &f);
        cr_assert_eq(bit, ATTACK_HELD, "%s, bit %zu", s->name, bit);
        end(&f);
    }
}

Test(welcome, is_refused__for_another_key_package)
{
    struct fixture f;

    begin(&f, suite_at(0));
    seal(&f, NULL, true);
    f.ref[31] ^= 1;
    cr_assert_eq(open_all(&f, buf_view(&f.message)), MLS_RULE_WELCOME_NOT_MINE);
    end(&f);
}

Test(welcome, is_refused__with_another_init_key)
{
    struct fixture f;

    begin(&f, suite_at(0));
    dh_key_free(f.joiner.init_key);
    f.joiner.init_key = mlskit_hpke_key(f.suite, "another", 0);
    cr_assert_eq(open_all(&f, buf_view(&f.message)), MLS_RULE_WELCOME_SECRETS);
    cr_assert_eq(f.secrets.joiner.n, 0);
    end(&f);
}

Test(welcome, is_refused__with_another_psk_or_none)
{
    struct fixture f;

    begin(&f, suite_at(0));
    f.psk = (const uint8_t *)PSK;
    seal(&f, NULL, false);
    cr_assert_eq(open_all(&f, buf_view(&f.message)), MLS_RULE_KEPT);
    f.psk = (const uint8_t *)PATH;
    cr_assert_eq(open_all(&f, buf_view(&f.message)), MLS_RULE_WELCOME_SECRETS);
    cr_assert_eq(f.opened.raw.n, 0);
    f.psk = NULL;
    cr_assert_eq(open_all(&f, buf_view(&f.message)), MLS_RULE_WELCOME_SECRETS);
    end(&f);
}

/* The secrets of one welcome are bound to its group info: another's do not fit. */
Test(welcome, is_refused__with_the_secrets_of_another_welcome)
{
    struct fixture f;
    struct buf first;
    struct welcome_draft w;
    struct reader r;
    struct welcome one;
    struct welcome two;

    begin(&f, suite_at(0));
    buf_init(&first, WIRE_MAX);
    buf_bytes(&first, buf_view(&f.message));
    buf_clear(&f.info);
    f.context.p[f.context.n - 2] ^= 1; /* the transcript's last byte */
    put_info(&f, &f.info);
    seal(&f, NULL, false);
    cr_assert_eq(open_all(&f, buf_view(&f.message)), MLS_RULE_KEPT);
    reader_init(&r, buf_view(&first));
    welcome_read(&r, &one);
    reader_init(&r, buf_view(&f.message));
    welcome_read(&r, &two);
    w = (struct welcome_draft){.suite = f.suite, .sealed_info = two.group_info};
    buf_init(&w.secrets, WIRE_MAX);
    buf_bytes(&w.secrets, one.secrets);
    buf_clear(&first);
    welcome_write(&w, &first);
    cr_assert_eq(open_all(&f, buf_view(&first)), MLS_RULE_WELCOME_SECRETS);
    buf_free(&w.secrets);
    buf_free(&first);
    end(&f);
}

Test(welcome, is_refused__when_the_group_is_of_another_suite)
{
    struct fixture f;

    begin(&f, suite_find(1));
    buf_clear(&f.context);
    buf_clear(&f.info);
    put_context(suite_find(3), &f.context);
    put_info(&f, &f.info);
    seal(&f, NULL, false);
    cr_assert_eq(open_all(&f, buf_view(&f.message)), MLS_RULE_PACKAGE_SUITE);
    buf_clear(&f.info);
    f.context.p[3] = 0x44; /* none that is built */
    put_info(&f, &f.info);
    seal(&f, NULL, false);
    cr_assert_eq(open_all(&f, buf_view(&f.message)), MLS_RULE_PACKAGE_SUITE);
    end(&f);
}

Test(welcome, is_refused__when_what_it_seals_is_no_group_info)
{
    struct fixture f;

    begin(&f, suite_at(0));
    buf_u8(&f.info, 0);
    seal(&f, NULL, false);
    cr_assert_eq(open_all(&f, buf_view(&f.message)), MLS_RULE_FORMAT);
    buf_clear(&f.info);
    buf_u8(&f.info, 0);
    seal(&f, NULL, false);
    cr_assert_eq(open_all(&f, buf_view(&f.message)), MLS_RULE_FORMAT);
    buf_clear(&f.info);
    seal(&f, NULL, false);
    cr_assert_eq(open_all(&f, buf_view(&f.message)), MLS_RULE_WELCOME_SECRETS);
    end(&f);
}

Test(welcome, is_refused__when_a_secret_has_another_length)
{
    struct fixture f;
    struct welcome_secrets s = some_secrets();

    begin(&f, suite_at(0));
    for (size_t n = 0; n <= SUITE_HASH; n++) {
        enum mls_rule want = n == SUITE_HASH ? MLS_RULE_KEPT : MLS_RULE_FORMAT;

        s = some_secrets();
        s.joiner.n = n;
        seal(&f, &s, false);
        cr_assert_eq(open_all(&f, buf_view(&f.message)), want);
        cr_assert_eq(f.secrets.joiner.n, n == SUITE_HASH ? n : 0);
        s = some_secrets();
        s.path.n = n;
        seal(&f, &s, false);
        cr_assert_eq(open_all(&f, buf_view(&f.message)), want);
    }
    s = some_secrets();
    s.has_path = false;
    seal(&f, &s, false);
    cr_assert_eq(open_all(&f, buf_view(&f.message)), MLS_RULE_KEPT);
    cr_assert(!f.secrets.has_path);
    end(&f);
}

Test(welcome, can_be_read_but_not_opened__of_a_suite_that_is_not_built)
{
    struct fixture f;
    struct welcome w;
    struct welcome_entry e;
    struct reader r;

    begin(&f, suite_at(0));
    f.message.p[0] = 0x44;
    reader_init(&r, buf_view(&f.message));
    welcome_read(&r, &w);
    cr_assert_eq(reader_end(&r), ERR_OK);
    cr_assert_eq(w.suite_id, 0x4400 | f.suite->id);
    cr_assert_null(w.suite);
    cr_assert(welcome_find(&w, f.ref, &e));
    cr_assert_eq(welcome_open_secrets(&w, &e, f.joiner.init_key, &f.plain_secrets, &f.secrets),
        MLS_RULE_PACKAGE_SUITE);
    cr_assert_eq(welcome_open_info(&w, (const uint8_t *)JOINER, NULL, &f.plain_info, &f.opened),
        MLS_RULE_PACKAGE_SUITE);
    end(&f);
}

Test(welcome, is_refused__with_seals_too_short_to_be)
{
    struct fixture f;
    uint8_t few[AEAD_TAG] = {0};

    begin(&f, suite_at(0));
    for (size_t n = 0; n <= sizeof few; n++) {
        struct bytes pub = dh_key_pub(f.second.init_key);
        struct welcome w = {
            .suite_id = f.suite->id, .suite = f.suite, .group_info = bytes_of(few, n)};
        struct welcome_entry e = {.enc = pub, .sealed = bytes_of(few, n)};

        cr_assert_eq(
            welcome_open_secrets(&w, &e, f.joiner.init_key, &f.plain_secrets, &f.secrets),
            MLS_RULE_WELCOME_SECRETS);
        e.sealed = buf_view(&f.message);
        e.enc.n = n;
        cr_assert_eq(
            welcome_open_secrets(&w, &e, f.joiner.init_key, &f.plain_secrets, &f.secrets),
            MLS_RULE_WELCOME_SECRETS);
        cr_assert_eq(
            welcome_open_info(&w, (const uint8_t *)JOINER, NULL, &f.plain_info, &f.opened),
            MLS_RULE_WELCOME_SECRETS);
    }
    end(&f);
}

Test(welcome, counts_its_entries__at_the_ceiling_and_above)
{
    struct welcome_entry e = {0};
    struct welcome w;
    struct buf secrets;
    struct buf b;
    struct reader r;

    buf_init(&secrets, WIRE_MAX);
    buf_init(&b, WIRE_MAX);
    for (size_t i = 0; i < WELCOME_ENTRY_MAX; i++)
        welcome_entry_write(&e, &secrets);
    for (int above = 0; above < 2; above++) {
        buf_clear(&b);
        buf_u16(&b, 1);
        wire_put(&b, buf_view(&secrets));
        buf_u8(&b, 0);
        reader_init(&r, buf_view(&b));
        welcome_read(&r, &w);
        cr_assert_eq(reader_end(&r), above == 0 ? ERR_OK : ERR_TOO_BIG);
        welcome_entry_write(&e, &secrets);
    }
    buf_free(&secrets);
    buf_free(&b);
}

/* ---- GroupSecrets ---- */

static bool takes_secrets(void *arg, struct bytes in)
{
    struct welcome_secrets s;
    struct reader r;

    (void)arg;
    reader_init(&r, in);
    welcome_secrets_read(&r, &s);
    return reader_end(&r) == ERR_OK;
}

static bool takes_another_form_of_secrets(void *arg, struct bytes in)
{
    struct welcome_secrets s;
    struct reader r;
    struct buf again;
    bool another;

    (void)arg;
    reader_init(&r, in);
    welcome_secrets_read(&r, &s);
    if (reader_end(&r) != ERR_OK)
        return false;
    buf_init(&again, WIRE_MAX);
    welcome_secrets_write(&s, &again);
    another = !bytes_eq(buf_view(&again), in);
    buf_free(&again);
    return another;
}

Test(welcome, reads_secrets__in_one_form_alone)
{
    struct welcome_secrets s = some_secrets();
    struct welcome_secrets empty = {0};
    struct buf b;

    buf_init(&b, WIRE_MAX);
    welcome_secrets_write(&empty, &b);
    cr_assert(attack_none(buf_view(&b), takes_secrets, NULL));
    cr_assert(!attack_none(buf_view(&b), takes_another_form_of_secrets, NULL));
    buf_clear(&b);
    welcome_secrets_write(&s, &b);
    cr_assert(attack_none(buf_view(&b), takes_secrets, NULL));
    cr_assert(!attack_none(buf_view(&b), takes_another_form_of_secrets, NULL));
    cr_assert_eq(attack_truncate(buf_view(&b), takes_secrets, NULL), ATTACK_HELD);
    cr_assert_eq(attack_trail(buf_view(&b), takes_secrets, NULL), ATTACK_HELD);
    cr_assert_eq(attack_flip(buf_view(&b), takes_another_form_of_secrets, NULL), ATTACK_HELD);
    buf_free(&b);
}

Test(welcome, counts_the_psks__at_the_ceiling_and_above)
{
    struct welcome_secrets s = some_secrets();
    struct schedule_psk_id one = s.psk[0];
    struct buf psks;
    struct buf b;
    struct reader r;

    buf_init(&psks, WIRE_MAX);
    buf_init(&b, WIRE_MAX);
    for (size_t i = 0; i < WELCOME_PSK_MAX; i++)
        schedule_psk_id_write(&one, &psks);
    for (int above = 0; above < 2; above++) {
        buf_clear(&b);
        wire_put(&b, s.joiner);
        buf_u8(&b, 0);
        wire_put(&b, buf_view(&psks));
        reader_init(&r, buf_view(&b));
        welcome_secrets_read(&r, &s);
        cr_assert_eq(reader_end(&r), above == 0 ? ERR_OK : ERR_TOO_BIG);
        cr_assert_eq(s.psk_n, above == 0 ? WELCOME_PSK_MAX : 0);
        s = some_secrets();
        schedule_psk_id_write(&one, &psks);
    }
    buf_free(&psks);
    buf_free(&b);
}

/* ---- GroupInfo ---- */

static bool takes_info(void *arg, struct bytes in)
{
    struct fixture *f = arg;
    struct welcome_info i;
    struct reader r;

    reader_init(&r, in);
    welcome_info_read(&r, &i);
    return reader_end(&r) == ERR_OK && welcome_info_check(&i, f->pub) == MLS_RULE_KEPT;
}

Test(welcome, refuses_a_group_info__truncated_with_more_or_any_bit_flipped)
{
    const struct suite *s;

    for (size_t i = 0; (s = suite_at(i)) != NULL; i++) {
        struct fixture f;
        size_t bit;

        begin(&f, s);
        cr_assert(attack_none(buf_view(&f.info), takes_info, &f));
        cr_assert_eq(attack_truncate(buf_view(&f.info), takes_info, &f), ATTACK_HELD);
        cr_assert_eq(attack_trail(buf_view(&f.info), takes_info, &f), ATTACK_HELD);
        bit = attack_flip(buf_view(&f.info), takes_info, &f);
        cr_assert_eq(bit, ATTACK_HELD, "%s, bit %zu", s->name, bit);
        end(&f);
    }
}

Test(welcome, refuses_a_group_info__of_another_signer_or_of_none)
{
    struct fixture f;
    struct sign_pub *other = NULL;
    struct reader r;
    struct welcome_info i;

    begin(&f, suite_at(0));
    cr_assert_eq(sign_pub_read(f.suite->sign, sign_key_pub(f.joiner.sign), &other), ERR_OK);
    reader_init(&r, buf_view(&f.info));
    welcome_info_read(&r, &i);
    cr_assert_eq(welcome_info_check(&i, f.pub), MLS_RULE_KEPT);
    cr_assert_eq(welcome_info_check(&i, other), MLS_RULE_INFO_SIGNATURE);
    cr_assert_eq(welcome_info_check(&i, NULL), MLS_RULE_INFO_SIGNATURE);
    i.signature.n = 0;
    cr_assert_eq(welcome_info_check(&i, f.pub), MLS_RULE_INFO_SIGNATURE);
    sign_pub_free(other);
    end(&f);
}

Test(welcome, says_so__when_what_is_written_has_no_room)
{
    struct fixture f;
    struct buf few;
    struct welcome_info i;
    struct reader r;

    begin(&f, suite_at(0));
    reader_init(&r, buf_view(&f.info));
    welcome_info_read(&r, &i);
    for (size_t room = 0; room < f.info.n; room++) {
        buf_init(&few, room);
        cr_assert_eq(welcome_info_write(&i, f.signer.sign, &few), ERR_TOO_BIG);
        buf_free(&few);
    }
    buf_init(&few, f.info.n + AEAD_TAG - 1);
    cr_assert_eq(
        welcome_seal_info(f.suite, (const uint8_t *)JOINER, NULL, buf_view(&f.info), &few),
        ERR_TOO_BIG);
    buf_free(&few);
    end(&f);
}
