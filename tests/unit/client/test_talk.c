/* SPDX-License-Identifier: ISC */
/* A conversation's facts: names, what waits, who left, what was seen, what is wiped. */
#include "client/talk.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "base/mem.h"
#include "support/memsearch.h"

static struct talk *c;

static void setup(void)
{
    c = talk_new(7, CONVO_ROOM, bytes_str("Ops"));
}

static void teardown(void)
{
    talk_free(c);
}

TestSuite(talk, .init = setup, .fini = teardown);

/* ---- names and keys ---- */

Test(talk, new__keeps_the_title_and_compares_by_its_folded_form)
{
    cr_assert_eq(c->serial, 7);
    cr_assert(bytes_eq(talk_title(c), bytes_str("Ops")));
    cr_assert(bytes_eq(buf_view(&c->folded), bytes_str("ops")));
    cr_assert_eq(c->log_fd, -1);
}

Test(talk, new__takes_any_bytes_as_a_title)
{
    static const struct bytes TITLES[] = {{(const uint8_t *)"\xff\xfe", 2},
        {(const uint8_t *)"a\0b", 3}, {(const uint8_t *)"\x1b[2J", 4}, {NULL, 0}};
    uint8_t endless[4 * MSG_ROOM];

    for (size_t i = 0; i < MEM_COUNT(TITLES); i++) {
        struct talk *t = talk_new(1, CONVO_DIRECT, TITLES[i]);
        talk_set_key(t, bytes_str("home"));
        talk_free(t);
    }
    memset(endless, 'x', sizeof endless);
    struct talk *t = talk_new(1, CONVO_ROOM, bytes_of(endless, sizeof endless));
    cr_assert_leq(talk_title(t).n, MSG_ROOM);
    talk_free(t);
    talk_free(NULL);
}

Test(talk, key__of_none_begins_that_of_another)
{
    static const char *const NAMES[] = {"a", "ab", "abc", "b", "aa", "a\x01"};
    struct talk *all[2 * MEM_COUNT(NAMES)];
    size_t n = 0;

    for (size_t i = 0; i < MEM_COUNT(NAMES); i++) {
        all[n++] = talk_new(1, CONVO_ROOM, bytes_str(NAMES[i]));
        all[n++] = talk_new(1, CONVO_DIRECT, bytes_str(NAMES[i]));
    }
    for (size_t i = 0; i < n; i++)
        talk_set_key(all[i], bytes_str("home"));
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n; k++) {
            struct bytes a = talk_key(all[i]);
            struct bytes b = talk_key(all[k]);
            cr_assert(i == k || a.n > b.n || memcmp(a.p, b.p, a.n) != 0, "%zu %zu", i, k);
        }
    }
    for (size_t i = 0; i < n; i++)
        talk_free(all[i]);
}

Test(talk, key__holds_the_longest_name_there_is)
{
    uint8_t name[MSG_ROOM];
    uint8_t home[16 + 1 + TRUST_NAME];

    memset(name, 'x', sizeof name);
    memset(home, 'h', sizeof home);
    struct talk *t = talk_new(1, CONVO_ROOM, bytes_of(name, sizeof name));
    talk_set_key(t, bytes_of(home, sizeof home));
    cr_assert_eq(t->key_n, sizeof home + 3 + sizeof name);
    talk_free(t);
}

/* ---- people ---- */

static struct talk_person *meet(uint8_t number, const char *name)
{
    uint8_t print[POLICY_PRINT] = {number};
    struct talk_person *p = talk_meet(c, print);

    (void)bytes_copy(p->name, sizeof p->name, bytes_str(name));
    return p;
}

static void seat(struct talk_person **leaves, uint32_t n)
{
    c->leaf = mem_array(n, sizeof *c->leaf);
    for (uint32_t i = 0; i < n; i++)
        c->leaf[i] = leaves[i];
    c->leaf_n = n;
}

Test(talk, meet__is_the_same_person_again)
{
    uint8_t print[POLICY_PRINT] = {1};
    struct talk_person *p = meet(1, "alice");

    cr_assert_eq(talk_meet(c, print), p);
    cr_assert_eq(talk_person(c, print), p);
    print[31] = 1;
    cr_assert_null(talk_person(c, print));
}

Test(talk, called__finds_accounts_by_name_and_guests_by_what_the_relay_says)
{
    struct talk_person *alice = meet(1, "alice");
    struct talk_person *guest = meet(2, "guest:0123");
    struct talk_person *gone = meet(3, "gone");
    struct talk_person *leaves[] = {alice, NULL, guest};

    (void)bytes_copy(alice->relay, sizeof alice->relay, bytes_str("mallory"));
    (void)bytes_copy(guest->relay, sizeof guest->relay, bytes_str("rand7"));
    (void)gone;
    seat(leaves, 3);
    cr_assert_eq(talk_called(c, bytes_str("alice")), alice);
    cr_assert_null(talk_called(c, bytes_str("mallory")), "an account is called by its key");
    cr_assert_eq(talk_called(c, bytes_str("rand7")), guest);
    cr_assert_null(talk_called(c, bytes_str("guest:0123")));
    cr_assert_null(talk_called(c, bytes_str("gone")), "it has no leaf");
}

Test(talk, shown__is_never_empty)
{
    struct talk_person *p = meet(1, "guest:0123");

    cr_assert(bytes_eq(talk_shown(p), bytes_str("guest")));
    (void)bytes_copy(p->relay, sizeof p->relay, bytes_str("rand7"));
    cr_assert(bytes_eq(talk_shown(p), bytes_str("rand7")));
    (void)bytes_copy(p->nick, sizeof p->nick, bytes_str("dora"));
    cr_assert(bytes_eq(talk_shown(p), bytes_str("dora")));
    p = meet(2, "alice");
    (void)bytes_copy(p->nick, sizeof p->nick, bytes_str("mallory"));
    cr_assert(bytes_eq(talk_shown(p), bytes_str("alice")), "an account has no other name");
}

/* ---- what waits ---- */

static void add(uint64_t made_ms, const char *text)
{
    buf_text(&talk_out_add(c, made_ms)->text, text);
}

static void expect_out(const char *want)
{
    char got[64] = "";

    for (const struct talk_out *o = c->out; o != NULL; o = o->next)
        (void)strncat(got, (const char *)o->text.p, o->text.n);
    cr_assert_str_eq(got, want);
}

Test(talk, out__is_in_the_order_of_making)
{
    add(10, "a");
    add(11, "b");
    add(20, "c");
    add(15, "d");
    add(5, "e");
    expect_out("eabdc");
}

Test(talk, gone__is_noted_once_and_taken_off)
{
    talk_gone_add(c, bytes_str("bob"));
    talk_gone_add(c, bytes_str("bob"));
    talk_gone_add(c, bytes_str("carol"));
    cr_assert_not_null(talk_gone(c, bytes_str("bob")));
    talk_gone_del(c, bytes_str("bob"));
    cr_assert_null(talk_gone(c, bytes_str("bob")));
    cr_assert_not_null(talk_gone(c, bytes_str("carol")));
    talk_gone_del(c, bytes_str("nobody"));
    talk_gone_del(c, bytes_str("carol"));
    cr_assert_null(c->gone);
}

Test(talk, gone__of_a_name_that_cannot_be_is_not_noted)
{
    char endless[TALK_NAME + 1];

    memset(endless, 'x', sizeof endless);
    talk_gone_add(c, bytes_of(endless, TALK_NAME));
    cr_assert_null(c->gone);
    talk_gone_add(c, bytes_of(endless, TALK_NAME - 1));
    cr_assert_not_null(talk_gone(c, bytes_of(endless, TALK_NAME - 1)));
}

static bool seen_of(uint8_t who, uint32_t number)
{
    uint8_t print[POLICY_PRINT] = {who};
    uint8_t id[PAYLOAD_ID] = {0};

    memcpy(id, &number, sizeof number);
    return talk_seen(c, print, id);
}

static bool seen(uint32_t number)
{
    return seen_of(0, number);
}

Test(talk, seen__remembers_the_newest)
{
    cr_assert_not(seen(0), "an id of zeros is no exception");
    cr_assert(seen(0));
    for (uint32_t i = 1; i <= TALK_SEEN; i++)
        cr_assert_not(seen(i));
    for (uint32_t i = 1; i <= TALK_SEEN; i++)
        cr_assert(seen(i));
    cr_assert_not(seen(0), "the oldest is forgotten");
    cr_assert(seen(0));
    cr_assert_not(seen(1));
}

Test(talk, seen__of_one_is_not_seen_of_another)
{
    cr_assert_not(seen_of(1, 7));
    cr_assert_not(seen_of(2, 7));
    cr_assert(seen_of(1, 7));
    cr_assert(seen_of(2, 7));
}

/* ---- secrets and tickets ---- */

Test(talk, psk__is_found_by_its_generation_and_replaced)
{
    uint8_t one[POLICY_PRINT] = {1};
    uint8_t two[POLICY_PRINT] = {2};

    cr_assert_null(talk_psk(c, 0));
    talk_psk_add(c, 0, one);
    talk_psk_add(c, 5, two);
    cr_assert_eq(talk_psk(c, 0)[0], 1);
    cr_assert_eq(talk_psk(c, 5)[0], 2);
    cr_assert_null(talk_psk(c, 4));
    talk_psk_add(c, 5, one);
    cr_assert_eq(talk_psk(c, 5)[0], 1);
}

Test(talk, ticket__is_one_for_each_leaf)
{
    uint8_t print[POLICY_PRINT] = {1};

    talk_ticket_add(c, print, bytes_str("first"));
    talk_ticket_add(c, print, bytes_str("second"));
    cr_assert(bytes_eq(buf_view(&talk_ticket(c, print)->signature), bytes_str("second")));
    cr_assert_null(c->tickets->next);
    print[0] = 2;
    cr_assert_null(talk_ticket(c, print));
}

/* Those who were in it are waited for, each time anew; nobody is where nobody was. */
Test(talk, group_drop__knows_whether_there_were_others)
{
    struct talk_person *alone[] = {meet(1, "alice"), NULL};
    struct talk_person *both[] = {alone[0], meet(2, "bob")};

    seat(alone, 2);
    talk_group_drop(c);
    cr_assert_not(c->forsaken);
    seat(both, 2);
    c->gathered_ms = 1000; /* from the time before */
    talk_group_drop(c);
    cr_assert(c->forsaken);
    cr_assert_eq(c->gathered_ms, 0);
    talk_group_drop(c); /* one that is left before anybody else came */
    cr_assert(c->forsaken);
}

Test(talk, group_drop__leaves_the_people_and_no_leaf)
{
    struct talk_person *alice = meet(1, "alice");
    struct talk_person *leaves[] = {alice};

    alice->here = true;
    alice->heard = 12;
    seat(leaves, 1);
    c->confirmed = true;
    c->bad_seq = 9;
    buf_text(&c->commit.removed, "bob");
    talk_group_drop(c);
    cr_assert_null(c->leaf);
    cr_assert_eq(c->leaf_n, 0);
    cr_assert_not(alice->here);
    cr_assert_eq(alice->heard, 12, "how far it was heard stays");
    cr_assert_not(c->confirmed);
    cr_assert_eq(c->bad_seq, 0);
    cr_assert_eq(c->commit.removed.n, 0);
    talk_group_drop(c);
}

Test(talk, free__takes_everything_with_it)
{
    uint8_t print[POLICY_PRINT] = {1};

    (void)meet(1, "alice");
    add(1, "never sent");
    talk_gone_add(c, bytes_str("bob"));
    talk_ticket_add(c, print, bytes_str("signature"));
    talk_psk_add(c, 1, print);
    (void)seen(1);
    struct talk_invite *i = mem_alloc(sizeof *i);
    buf_init(&i->package, 16);
    buf_text(&i->package, "package");
    c->invites = i;
    struct talk_sent *s = mem_alloc(sizeof *s);
    s->out = c->out;
    c->out = NULL;
    c->sent = s;
    c->sent_end = &s->next;
    c->undo = mem_alloc(sizeof *c->undo);
    c->undo[0].bytes = bytes_of(mem_dup("state", 5), 5);
    c->undo_n = 1;
    /* teardown: the sanitizer tells what is left */
}

/* ---- wiping ---- */

#define WORDS 48

static void write_and_free(const uint8_t masked[WORDS])
{
    uint8_t words[WORDS];
    struct talk_out *o = talk_out_add(c, 1);

    memsearch_reveal(masked, sizeof words, words);
    for (int i = 0; i < 64; i++) /* a sanitizer writes over the first bytes of what is freed */
        buf_u8(&o->text, 'x');
    buf_put(&o->text, words, sizeof words);
    mem_wipe(words, sizeof words);
    cr_assert_neq(memsearch_count(masked, WORDS), 0, "the search can find");
    c->out = o->next;
    talk_out_free(o);
}

Test(talk, out_free__leaves_no_word_in_memory)
{
    uint8_t masked[WORDS];

    for (uint8_t turn = 0; turn < 2; turn++) {
        for (size_t i = 0; i < sizeof masked; i++)
            masked[i] = (uint8_t)(i * 37 + 11 + turn);
        write_and_free(masked);
    }
    cr_assert_eq(memsearch_count(masked, sizeof masked), 0);
}
