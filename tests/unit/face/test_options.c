/* SPDX-License-Identifier: ISC */
#include "face/options.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define WORDS 10

/* One string, cut at bars; what is borrowed lives until the next call. */
static enum err parse(const char *line, struct options *out, char why[256])
{
    static char room[512];
    char *argv[WORDS + 1];
    size_t argc = 0;

    (void)snprintf(room, sizeof room, "%s", line);
    for (char *at = line[0] != '\0' ? room : NULL; at != NULL;) {
        char *bar = strchr(at, '|');
        cr_assert_lt(argc, WORDS);
        argv[argc++] = at;
        if (bar != NULL)
            *bar = '\0';
        at = bar != NULL ? bar + 1 : NULL;
    }
    why[0] = '\0';
    return options_parse(argv, argc, out, why, 256);
}

Test(options, parse__nothing_is_the_full_screen)
{
    struct options o;
    char why[256];

    cr_expect_eq(parse("", &o, why), ERR_OK);
    cr_expect_eq(o.verb, OPTIONS_SCREEN);
    cr_expect_eq(o.password_fd, -1);
    cr_expect_eq(o.passphrase_fd, -1);
    cr_expect_null(o.server);
}

Test(options, parse__values_in_every_spelling)
{
    struct options o;
    char why[256];

    cr_expect_eq(parse("-s|a:1|--nick|bob|--json", &o, why), ERR_OK, "%s", why);
    cr_expect_str_eq(o.server, "a:1");
    cr_expect_str_eq(o.nick, "bob");
    cr_expect(o.json);
    cr_expect_eq(parse("-sa:1|--nick=b=b", &o, why), ERR_OK, "%s", why);
    cr_expect_str_eq(o.server, "a:1");
    cr_expect_str_eq(o.nick, "b=b");
    cr_expect_eq(parse("--login|ann|--password-fd=0", &o, why), ERR_OK, "%s", why);
    cr_expect_eq(o.password_fd, 0);
}

Test(options, parse__verbs_and_their_words)
{
    struct options o;
    char why[256];

    cr_expect_eq(parse("send|#ops|hello there|-s|a", &o, why), ERR_OK, "%s", why);
    cr_expect_eq(o.verb, OPTIONS_SEND);
    cr_expect_str_eq(o.words[0], "#ops");
    cr_expect_str_eq(o.words[1], "hello there");
    cr_expect_str_eq(o.server, "a");
    cr_expect_eq(parse("send|--require-verified|@bob|--|--json", &o, why), ERR_OK, "%s", why);
    cr_expect(o.verified && !o.json);
    cr_expect_str_eq(o.words[1], "--json");
    cr_expect_eq(parse("tail|ops|--number|5|--json", &o, why), ERR_OK, "%s", why);
    cr_expect_eq(o.number, 5);
    cr_expect_eq(parse("send-file|@bob|--note|tea?|--|-x", &o, why), ERR_OK, "%s", why);
    cr_expect_str_eq(o.words[1], "-x");
    cr_expect_str_eq(o.note, "tea?");
    cr_expect_eq(parse("receive|--from|ann#kuti|--max|2.5M", &o, why), ERR_OK, "%s", why);
    cr_expect_eq(o.max_bytes, 2500000);
    cr_expect_eq(o.count, 1);
    cr_expect_null(o.words[0]);
    cr_expect_eq(parse("receive|ops|--from|any|--count|0|--dir|d", &o, why), ERR_OK, "%s", why);
    cr_expect_eq(o.count, 0);
    cr_expect(options_has_target(&o));
    cr_expect_eq(parse("passphrase|remove|--data|x", &o, why), ERR_OK, "%s", why);
    cr_expect_eq(parse("identity|export|me.key", &o, why), ERR_OK, "%s", why);
    cr_expect_str_eq(o.words[1], "me.key");
}

Test(options, parse__help_wins_over_what_is_missing)
{
    struct options o;
    char why[256];

    cr_expect_eq(parse("send|--help", &o, why), ERR_OK);
    cr_expect(o.help);
    cr_expect_eq(parse("--version|--json|--plain", &o, why), ERR_OK);
    cr_expect(o.version);
}

Test(options, parse__wrong_use_is_named)
{
    static const struct {
        const char *line;
        const char *why;
    } CASES[] = {
        {"--colour", "--colour: is not an option of sotto"},
        {"-x", "-x: is not an option of sotto"},
        {"--server", "--server: takes HOST[:PORT], which is missing"},
        {"-s", "-s: takes HOST[:PORT], which is missing"},
        {"--server=", "--server: must not be empty"},
        {"--server|", "--server: must not be empty"},
        {"--json=yes", "--json: takes no value"},
        {"--json|--json", "--json: is there twice"},
        {"-s|a|--server|b", "--server: is there twice"},
        {"--json|--plain", "--json: does not go with --plain"},
        {"--ca|f|--pin|x", "--ca: does not go with --pin"},
        {"--login|a|--register|b", "--login: does not go with --register"},
        {"--guest|--login|a", "--login: does not go with --guest"},
        {"-n|x|--login|a", "--nick: does not go with --login"},
        {"--password-fd|3", "--password-fd: needs --login or --register beside it"},
        {"--login|a|--password-fd|3|--password-file|f",
            "--password-fd: does not go with --password-file"},
        {"--login|a|--password-fd|-1", "--password-fd: must be a number from 0 to 1023"},
        {"--login|a|--password-fd|1024", "--password-fd: must be a number from 0 to 1023"},
        {"--login|a|--password-fd|3x", "--password-fd: must be a number from 0 to 1023"},
        {"--login|a|--password-fd|99999999999999999999",
            "--password-fd: must be a number from 0 to 1023"},
        {"--login|a|--password-fd=", "--password-fd: must be a number from 0 to 1023"},
        {"receive|ops",
            "receive: whose files? --from NAME; it takes those of anybody with --from any alone"},
        {"receive|a b|--from|x", "a b: is no room, and no @person"},
        {"receive|--from|x|--max|much", "--max: is no size; one looks like 500K, 20M or 2.5G"},
        {"receive|--from|x|--max|0", "--max: is no size; one looks like 500K, 20M or 2.5G"},
        {"receive|--from|x|--count|1000001", "--count: must be a number from 0 to 1000000"},
        {"send-file|ops", "send-file: takes ROOM|@PERSON PATH"},
        {"send-file|ops|", "send-file: which file? Its path is empty"},
        {"send-file|ops|x|--note|\xff", "--note: is too long, or no UTF-8"},
        {"send|ops|x|--note|y", "--note: does not go with send"},
        {"--from|x", "--from: does not go with the full screen"},
        {"--invite|x", "--invite: needs --register beside it"},
        {"--cert|f", "--cert: needs --key beside it"},
        {"--key|f", "--key: needs --cert beside it"},
        {"--ephemeral|--data|d", "--ephemeral: does not go with --data"},
        {"--ephemeral|--passphrase-fd|3", "--passphrase-fd: does not go with --ephemeral"},
        {"chat", "chat: is nothing that sotto does"},
        {"|x", ": is nothing that sotto does"},
        {"-", "-: is nothing that sotto does"},
        {"send", "send: takes ROOM|@PERSON [TEXT]"},
        {"send|ops|two|words", "send: takes fewer words; a text with spaces stands in quotes"},
        {"send|@", "@: is no room, and no @person"},
        {"send|a b", "a b: is no room, and no @person"},
        {"send|", ": is no room, and no @person"},
        {"tail|@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: is no room, and no @person"},
        {"tail|a|b", "tail: takes fewer words"},
        {"tail|a|--number|-5", "--number: must be a number from 0 to 1000000"},
        {"rooms|x", "rooms: takes fewer words"},
        {"rooms|--plain", "--plain: does not go with rooms"},
        {"--require-verified", "--require-verified: does not go with the full screen"},
        {"tail|a|--require-verified", "--require-verified: does not go with tail"},
        {"send|a|--number|1", "--number: does not go with send"},
        {"passphrase", "passphrase: takes set|change|remove"},
        {"passphrase|forget", "passphrase: takes set|change|remove"},
        {"passphrase|set|--ephemeral", "--ephemeral: does not go with passphrase"},
        {"passphrase|set|-s|a", "--server: does not go with passphrase"},
        {"identity|export", "identity: takes export|import FILE"},
        {"identity|port|f", "identity: takes export|import FILE"},
    };
    struct options o;
    char why[256];

    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        cr_expect_eq(parse(CASES[i].line, &o, why), ERR_FORMAT, "%s", CASES[i].line);
        cr_expect_str_eq(why, CASES[i].why, "%s: %s", CASES[i].line, why);
    }
}

Test(options, parse__a_long_word_is_cut_in_the_sentence)
{
    char word[3000];
    char *argv[] = {word};
    struct options o;
    char why[64];

    memset(word, '-', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    cr_expect_eq(options_parse(argv, 1, &o, why, sizeof why), ERR_FORMAT);
    memset(word, 'x', sizeof word - 1);
    cr_expect_eq(options_parse(argv, 1, &o, why, sizeof why), ERR_FORMAT);
    cr_expect_lt(strlen(why), sizeof why);
}

/* What rows say of others must be there, and both sides must say it. */
Test(options, table__holds_together)
{
    const struct option_row *row;
    const struct option_row *other;

    for (size_t i = 0; (row = options_row_at(i)) != NULL; i++) {
        cr_expect_neq(row->verbs, 0, "%s", row->name);
        cr_expect_eq(row->arg == NULL, row->kind == OPTION_FLAG, "%s", row->name);
        for (size_t k = 0; (other = options_row_at(k)) != NULL; k++) {
            if (k != i) {
                cr_expect_neq(row->place, other->place, "%s %s", row->name, other->name);
                cr_expect_str_neq(row->name, other->name);
            }
        }
        cr_expect_lt(i, 64);
    }
}

Test(options, usage__names_every_row)
{
    const struct option_row *row;
    const struct verb_row *verb;
    struct buf text;
    char word[64];

    buf_init(&text, 65536);
    options_usage(&text);
    for (size_t i = 0; (row = options_row_at(i)) != NULL; i++) {
        (void)snprintf(word, sizeof word, "--%s", row->name);
        cr_expect_not_null(strstr(buf_cstr(&text), word), "%s", word);
    }
    for (size_t i = 0; (verb = options_verb_at(i)) != NULL; i++)
        cr_expect_not_null(strstr(buf_cstr(&text), verb->help), "%s", verb->name);
    buf_free(&text);
}
