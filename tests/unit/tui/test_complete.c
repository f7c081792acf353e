/* SPDX-License-Identifier: ISC */
#include "tui/complete.h"

#include <criterion/criterion.h>
#include <stdio.h>

static struct model *m;

static void see(struct roster *r, const char *name)
{
    cr_assert_eq(roster_add(r, bytes_str(name), 0), ERR_OK);
}

static void setup(void)
{
    static const char *const ROOMS[] = {"general", "geneva", "ops", "zürich", "zäh"};

    m = model_new();
    for (size_t i = 0; i < 5; i++)
        cr_assert_not_null(rooms_add(&m->rooms, bytes_str(ROOMS[i])));
    cr_assert_not_null(model_join(m, bytes_str("ops")));
    model_set_nick(m, bytes_str("me"));
    see(&m->home->people, "me");
    see(&m->home->people, "bob");
    see(&m->home->people, "berta");
    see(&model_page(m, 1)->people, "me");
    see(&model_page(m, 1)->people, "bob");
    see(&model_page(m, 1)->people, "bolle");
}

static void teardown(void)
{
    model_free(m);
}

TestSuite(complete, .init = setup, .fini = teardown);

/* What the line is after Tab, while there is something to agree on. */
static void expect(const char *line, size_t found, const char *after)
{
    struct completion c;
    struct buf made;

    complete_line(&c, m, bytes_str(line));
    cr_assert_eq(c.found, found, "%s: %zu found", line, c.found);
    buf_init(&made, 4096);
    buf_bytes(&made, bytes_of(line, c.from));
    if (c.found != 0 && c.from + c.same > strlen(line))
        buf_bytes(&made, bytes_of(c.word[0].text, c.same));
    else
        buf_text(&made, line + c.from);
    cr_assert_str_eq(buf_cstr(&made), after, "%s", line);
    buf_free(&made);
    completion_fini(&c);
}

/* The words in their order, without what follows them. */
static void expect_list(const char *line, const char *list)
{
    struct completion c;
    struct buf all;

    complete_line(&c, m, bytes_str(line));
    buf_init(&all, 4096);
    for (size_t i = 0; i < c.found; i++) {
        buf_text(&all, i != 0 ? "|" : "");
        buf_bytes(&all, bytes_of(c.word[i].text, c.word[i].word));
    }
    cr_assert_str_eq(buf_cstr(&all), list, "%s", line);
    buf_free(&all);
    completion_fini(&c);
}

static void nothing(const char *line)
{
    expect(line, 0, line);
}

Test(complete, line__commands)
{
    struct completion c;

    expect("/jo", 1, "/join ");
    nothing("/xyz");
    expect("/help le", 1, "/help leave ");
    expect("/JO", 1, "/join ");
    expect("/mo", 1, "/moderator ");
    expect_list("/un", "/unban");
    complete_line(&c, m, bytes_str("/unb"));
    cr_assert_str_eq(c.word[0].args, "NAME");
    cr_assert_str_eq(c.word[0].note, "take a ban or a mute back");
    completion_fini(&c);
}

Test(complete, line__rooms_by_the_command)
{
    expect("/join o", 1, "/join ops ");
    expect("/join #o", 1, "/join #ops ");
    expect("/join ge", 2, "/join gene");
    expect("/join gene", 2, "/join gene");
    expect("/join GENERA", 1, "/join general ");
    expect("/leave ", 1, "/leave ops ");
    nothing("/leave g");
    expect_list("/join ", "ops|general|geneva|z\xc3\xa4h|z\xc3\xbcrich"); /* one's own first */
}

Test(complete, line__never_half_a_letter)
{
    expect("/join z", 2, "/join z"); /* they share the first byte of their second letter */
}

Test(complete, line__nothing_elsewhere)
{
    nothing("hello");
    nothing("");
    nothing("say ");
    nothing("/nick o");
    nothing("/nothing o");
    nothing("//jo");
}

Test(complete, line__people_of_the_open_room_first)
{
    expect_list("/msg ", "berta|bob");
    model_show(m, model_page(m, 1));
    expect_list("/msg ", "bob|bolle|berta"); /* each once, and not oneself */
    expect("/msg bol", 1, "/msg bolle ");
    expect("/msg be", 1, "/msg berta ");
    expect("/msg @be", 1, "/msg @berta ");
    expect("/whois  BER", 1, "/whois  berta ");
}

static void says(const char *who, uint8_t flags)
{
    model_add(m, m->open,
        &(struct event){.kind = EVENT_MESSAGE,
            .who = bytes_str(who),
            .flags = flags,
            .text = bytes_str("hi")});
}

Test(complete, line__who_spoke_last_comes_first)
{
    model_show(m, model_page(m, 1));
    expect_list("bo", "bob|bolle");
    says("bob", 0);
    says("bolle", 0);
    says("me", EVENT_OWN);
    says("gone", 0); /* and is not there any more */
    expect_list("bo", "bolle|bob");
    expect_list("@", "@bolle|@bob|@berta");
    says("bob", 0);
    expect_list("/msg ", "bob|bolle|berta");
}

Test(complete, line__a_name_by_itself)
{
    expect("be", 1, "berta: ");
    expect("so be", 1, "so berta ");
    expect("one\nbe", 1, "one\nberta ");
    expect("bo", 1, "bob: ");
    nothing("m"); /* oneself */
}

Test(complete, line__second_word_by_its_own_kind)
{
    expect_list("/moderator bob ", "on|off");
    expect("/moderator bob of", 1, "/moderator bob off ");
    expect("/moderator bo", 1, "/moderator bob "); /* at home bolle is not known */
    expect("/log o", 2, "/log o");
    nothing("/ban bob b");    /* minutes */
    nothing("/msg bob be");   /* text */
    nothing("/msg bob b be"); /* and more of it */
    nothing("/moderator bob on o");
    expect("/msg bob in #o", 1, "/msg bob in #ops ");
    expect("/topic with @be", 1, "/topic with @berta ");
}

Test(complete, line__settings_and_their_values)
{
    expect_list("/set t", "text-width|theme|theme-dark|theme-light|typing");
    expect("/set mou", 1, "/set mouse ");
    expect("/set veri", 1, "/set verified-only ");
    expect_list("/set verified-only ", "on|off");
    expect_list("/set color ", "auto|direct|256|16|mono|default");
    expect("/set notify w", 1, "/set notify who ");
    nothing("/set keep ");
    expect("/set text-width ", 1, "/set text-width default ");
    nothing("/set nonsense ");
    nothing("/set notify who f");
}

Test(complete, line__keys_and_what_they_can_do)
{
    expect_list("/bind f1", "f1|f12");
    expect("/bind ctrl-x", 1, "/bind ctrl-x,ctrl-e ");
    expect("/bind f9 rec", 1, "/bind f9 recall ");
    expect("/bind f9 non", 1, "/bind f9 none ");
    nothing("/bind f9 recall x");
}

Test(complete, line__a_name_that_is_spoken_to)
{
    expect("hello @bo", 1, "hello @bob ");
    expect("@be", 1, "@berta ");
    expect("hello @", 2, "hello @b");
    expect("hello bo", 1, "hello bob ");
    nothing("a@bo");
}

Test(complete, line__rooms_anywhere)
{
    expect("see #op", 1, "see #ops ");
    expect("#gener", 1, "#general ");
    nothing("a#op");
}

Test(complete, line__rooms_and_people_are_apart)
{
    cr_assert_not_null(model_direct(m, bytes_str("berta")));
    nothing("/leave be");
    nothing("/join be");
}

Test(complete, line__is_bounded)
{
    struct completion c;
    char name[16];

    for (int i = 0; i < COMPLETION_MAX * 2; i++) {
        (void)snprintf(name, sizeof name, "x%d", i);
        cr_assert_not_null(rooms_add(&m->rooms, bytes_str(name)));
    }
    complete_line(&c, m, bytes_str("#x"));
    cr_assert_eq(c.found, COMPLETION_MAX);
    completion_fini(&c);
}

static void ghost(const char *line, const char *want)
{
    struct buf b;

    buf_init(&b, 256);
    complete_ghost(&b, bytes_str(line));
    cr_assert_str_eq(buf_cstr(&b), want, "%s", line);
    buf_free(&b);
}

Test(complete, ghost__what_is_not_typed_yet)
{
    ghost("/join", " ROOM [password|invite]");
    ghost("/join ", "ROOM [password|invite]");
    ghost("/join op", " [password|invite]");
    ghost("/join ops ", "[password|invite]");
    ghost("/join ops invite", "");
    ghost("/join ops invite ", "");
    ghost("/joi", "");
    ghost("/", "");
    ghost("//join", "");
    ghost("join", "");
    ghost("/quit ", "");
    ghost("/msg bob hi", "");
    ghost("/join\n", "");
}

/* The relay may call people what it likes. */
Test(complete, line__no_name_that_cannot_be_typed)
{
    static const char NAMES[][6] = {"zo\0b", "zo\x1b[", "zo\xff", "zo\nx"};

    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
        cr_assert_eq(
            roster_add(&m->open->people, bytes_of(NAMES[i], sizeof NAMES[i] - 1), 0), ERR_OK);
    nothing("/msg zo");
    cr_assert_eq(roster_add(&m->open->people, bytes_str("zoe"), 0), ERR_OK);
    expect("/msg zo", 1, "/msg zoe ");
}

static void file(unsigned char key, bool own, enum transfer_state s, const char *name)
{
    struct transfer *f = transfers_add(&m->files, (const uint8_t[EVENT_KEY]){key});

    f->own = own;
    f->state = s;
    (void)bytes_copy(f->name, sizeof f->name, bytes_str(name));
}

/* Numbers of files that the command would take, each with its name beside it. */
Test(complete, line__files_by_number)
{
    struct completion c;

    nothing("/accept ");
    file(1, false, TRANSFER_OFFERED, "one.pdf");
    file(2, true, TRANSFER_MOVING, "two.pdf");
    file(3, false, TRANSFER_OFFERED, "three.pdf");
    file(4, false, TRANSFER_DONE, "four.png");
    file(5, false, TRANSFER_PAUSED, "five.pdf");
    transfers_numbered(&m->files, 5)->resting = true;
    expect_list("/accept ", "3|1");
    expect_list("/refuse ", "3|1");
    expect_list("/pause ", "2");
    expect_list("/resume ", "5");
    expect_list("/cancel ", "5|2");
    expect("/view ", 1, "/view 4 ");
    nothing("/accept 2");
    complete_line(&c, m, bytes_str("/accept 3"));
    cr_assert_str_eq(c.word[0].about, "three.pdf");
    completion_fini(&c);
}
