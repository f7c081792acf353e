/* SPDX-License-Identifier: ISC */
#include "face/options.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "model/room.h"
#include "model/transfer.h"

#define PLACE(field) offsetof(struct options, field)
#define FD_MOST      1023

enum {
    SCREEN = 1u << OPTIONS_SCREEN,
    SEND = 1u << OPTIONS_SEND,
    TAIL = 1u << OPTIONS_TAIL,
    ROOMS = 1u << OPTIONS_ROOMS,
    SEND_FILE = 1u << OPTIONS_SEND_FILE,
    RECEIVE = 1u << OPTIONS_RECEIVE,
    DOCTOR = 1u << OPTIONS_DOCTOR,
    PASSPHRASE = 1u << OPTIONS_PASSPHRASE,
    IDENTITY = 1u << OPTIONS_IDENTITY,
    ONLINE = SCREEN | SEND | TAIL | ROOMS | SEND_FILE | RECEIVE | DOCTOR,
    VAULT = ONLINE | PASSPHRASE | IDENTITY,
};

/* clang-format off */
static const struct verb_row VERBS[OPTIONS_VERBS] = {
    [OPTIONS_SCREEN] = {"", "", "chat: on the full screen, or with --json or --plain", 0, 0, NULL},
    [OPTIONS_SEND] = {"send", "ROOM|@PERSON [TEXT]",
        "say one thing and end; without TEXT what comes on standard input", 1, 2, NULL},
    [OPTIONS_TAIL] = {"tail", "ROOM|@PERSON", "print what is said there", 1, 1, NULL},
    [OPTIONS_ROOMS] = {"rooms", "", "print which rooms there are", 0, 0, NULL},
    [OPTIONS_SEND_FILE] = {"send-file", "ROOM|@PERSON PATH",
        "offer a file there and end when whoever wanted it has it", 2, 2, NULL},
    [OPTIONS_RECEIVE] = {"receive", "[ROOM|@PERSON]",
        "take files of the people named by --from, and print where they lie", 0, 1, NULL},
    [OPTIONS_DOCTOR] = {"doctor", "", "look at connection, keys and rooms, and say what to do", 0, 0, NULL},
    [OPTIONS_PASSPHRASE] = {"passphrase", "set|change|remove",
        "of what sotto keeps on this machine", 1, 1, "set change remove"},
    [OPTIONS_IDENTITY] = {"identity", "export|import FILE",
        "take who you are to another machine, sealed under a passphrase", 2, 2, "export import"},
};

static const struct option_row ROWS[] = {
    {"server", 's', "HOST[:PORT]", "the relay; 127.0.0.1:5555 when none is named",
        ONLINE, OPTION_TEXT, 0, PLACE(server), NULL, NULL},
    {"nick", 'n', "NAME", "be called so, as a guest",
        ONLINE, OPTION_TEXT, 0, PLACE(nick), NULL, "login register"},
    {"login", 0, "NAME", "come in as this account",
        ONLINE, OPTION_TEXT, 0, PLACE(login), NULL, "register guest"},
    {"register", 0, "NAME", "make this account and come in as it",
        ONLINE, OPTION_TEXT, 0, PLACE(enroll), NULL, "login guest"},
    {"guest", 0, NULL, "come in as a guest, whatever is known of an account",
        ONLINE, OPTION_FLAG, 0, PLACE(guest), NULL, "login register"},
    {"password-fd", 0, "N", "read the account's password from this open file",
        ONLINE, OPTION_NUMBER, FD_MOST, PLACE(password_fd), "login register", "password-file"},
    {"password-file", 0, "FILE", "read it from a file that only you can read",
        ONLINE, OPTION_TEXT, 0, PLACE(password_file), "login register", "password-fd"},
    {"passphrase-fd", 0, "N", "read the passphrase of what is kept from this open file",
        VAULT, OPTION_NUMBER, FD_MOST, PLACE(passphrase_fd), NULL, "passphrase-file ephemeral"},
    {"passphrase-file", 0, "FILE", "read it from a file that only you can read",
        VAULT, OPTION_TEXT, 0, PLACE(passphrase_file), NULL, "passphrase-fd ephemeral"},
    {"invite", 0, "CODE", "the code that this relay wants from new accounts",
        ONLINE, OPTION_TEXT, 0, PLACE(invite), "register", NULL},
    {"ca", 0, "FILE", "check the relay's certificate against these authorities",
        ONLINE, OPTION_TEXT, 0, PLACE(ca), NULL, "pin"},
    {"cert", 0, "FILE", "your certificate, to show to the relay",
        ONLINE, OPTION_TEXT, 0, PLACE(cert), "key", NULL},
    {"key", 0, "FILE", "and its private key, in a file that only you can read",
        ONLINE, OPTION_TEXT, 0, PLACE(key), "cert", NULL},
    {"pin", 0, "FINGERPRINT", "the fingerprint that the relay must show",
        ONLINE, OPTION_TEXT, 0, PLACE(pin), NULL, "ca"},
    {"access-key", 0, "FILE", "the key of a closed relay",
        ONLINE, OPTION_TEXT, 0, PLACE(access_key), NULL, NULL},
    {"ephemeral", 0, NULL, "keep nothing: who you are ends with the program",
        ONLINE, OPTION_FLAG, 0, PLACE(ephemeral), NULL, "data passphrase-fd passphrase-file"},
    {"data", 0, "DIR", "keep what is kept in this folder",
        VAULT, OPTION_TEXT, 0, PLACE(data), NULL, "ephemeral"},
    {"log", 0, "FILE", "write down what the program does; never what is said",
        VAULT, OPTION_TEXT, 0, PLACE(log), NULL, NULL},
    {"json", 0, NULL, "objects, a line each: requests in, replies and events out",
        SCREEN | TAIL | ROOMS | SEND_FILE | RECEIVE | DOCTOR, OPTION_FLAG, 0, PLACE(json), NULL, "plain"},
    {"plain", 0, NULL, "lines of text, for pipes, simple terminals and screen readers",
        SCREEN, OPTION_FLAG, 0, PLACE(plain), NULL, "json"},
    {"theme", 0, "NAME|PATH", "look like this, whatever is set",
        SCREEN, OPTION_TEXT, 0, PLACE(theme), NULL, "json plain check-theme"},
    {"check-theme", 0, "FILE", "say what is wrong with a theme",
        SCREEN, OPTION_TEXT, 0, PLACE(check_theme), NULL, "theme theme-demo"},
    {"theme-demo", 0, NULL, "print every part of the screen in its look",
        SCREEN, OPTION_FLAG, 0, PLACE(theme_demo), NULL, "check-theme"},
    {"require-verified", 0, NULL, "send to and take from nobody whose key was not compared",
        SEND | SEND_FILE | RECEIVE, OPTION_FLAG, 0, PLACE(verified), NULL, NULL},
    {"number", 0, "N", "so many messages, then end; 0: for ever",
        TAIL, OPTION_NUMBER, 1000000, PLACE(number), NULL, NULL},
    {"note", 0, "TEXT", "say this with the file",
        SEND_FILE, OPTION_TEXT, 0, PLACE(note), NULL, NULL},
    {"dir", 0, "DIR", "put files into this folder, made when it is not there",
        RECEIVE, OPTION_TEXT, 0, PLACE(dir), NULL, NULL},
    {"from", 0, "NAME", "take files of this account or NAME#tag, or of \"any\"",
        RECEIVE, OPTION_TEXT, 0, PLACE(from), NULL, NULL},
    {"max", 0, "SIZE", "and none that are larger, as in 500K or 2G",
        RECEIVE, OPTION_TEXT, 0, PLACE(max), NULL, NULL},
    {"count", 0, "N", "so many files, then end; 1 when not said; 0: for ever",
        RECEIVE, OPTION_NUMBER, 1000000, PLACE(count), NULL, NULL},
    {"check-config", 0, NULL, "look whether config.json is right, and end",
        SCREEN, OPTION_FLAG, 0, PLACE(check_config), NULL, NULL},
    {"welcome", 0, NULL, "begin with the page that shows how sotto is used",
        SCREEN, OPTION_FLAG, 0, PLACE(welcome), NULL, "json plain"},
    {"version", 0, NULL, "say which it is",
        VAULT, OPTION_FLAG, 0, PLACE(version), NULL, NULL},
    {"help", 'h', NULL, "say how it is used",
        VAULT, OPTION_FLAG, 0, PLACE(help), NULL, NULL},
};
/* clang-format on */

const struct verb_row *options_verb_at(size_t i)
{
    return i < MEM_COUNT(VERBS) ? &VERBS[i] : NULL;
}

const struct option_row *options_row_at(size_t i)
{
    return i < MEM_COUNT(ROWS) ? &ROWS[i] : NULL;
}

struct parse {
    char *const *argv;
    size_t argc;
    size_t at;
    struct options *out;
    uint64_t seen; /* bits of rows */
    bool verb_seen;
    size_t words;
    char *why;
    size_t why_n;
};

static enum err fail(struct parse *p, const char *what, const char *words)
{
    (void)snprintf(p->why, p->why_n, "%s: %s", what, words);
    return ERR_FORMAT;
}

static const struct option_row *find(struct bytes name)
{
    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        if (bytes_eq(bytes_str(ROWS[i].name), name))
            return &ROWS[i];
    }
    return NULL;
}

static const struct option_row *find_letter(char letter)
{
    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        if (ROWS[i].letter != 0 && ROWS[i].letter == letter)
            return &ROWS[i];
    }
    return NULL;
}

/* Digits alone, at most seven: enough for every bound of the table. */
static bool number(const char *text, int64_t most, int64_t *out)
{
    int64_t n = 0;
    size_t len = strlen(text);

    if (len == 0 || len > 7)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        n = n * 10 + (text[i] - '0');
    }
    *out = n;
    return n <= most;
}

static enum err store(
    struct parse *p, const struct option_row *row, const char *shown, const char *value)
{
    void *place = (char *)p->out + row->place;
    uint64_t bit = UINT64_C(1) << (row - ROWS);

    if ((p->seen & bit) != 0)
        return fail(p, shown, "is there twice");
    p->seen |= bit;
    if (row->kind == OPTION_FLAG) {
        *(bool *)place = true;
        return ERR_OK;
    }
    if (row->kind == OPTION_NUMBER) {
        char words[64];
        (void)snprintf(
            words, sizeof words, "must be a number from 0 to %lld", (long long)row->most);
        return number(value, row->most, place) ? ERR_OK : fail(p, shown, words);
    }
    if (value[0] == '\0')
        return fail(p, shown, "must not be empty");
    *(const char **)place = value;
    return ERR_OK;
}

/* value: what stands in the same word behind it, or NULL. */
static enum err take(
    struct parse *p, const struct option_row *row, const char *shown, const char *value)
{
    if (row == NULL)
        return fail(p, shown, "is not an option of sotto");
    if (row->arg == NULL)
        return value == NULL ? store(p, row, shown, NULL) : fail(p, shown, "takes no value");
    if (value == NULL) {
        if (p->at == p->argc) {
            char words[64];
            (void)snprintf(words, sizeof words, "takes %s, which is missing", row->arg);
            return fail(p, shown, words);
        }
        value = p->argv[p->at++];
    }
    return store(p, row, shown, value);
}

static enum err take_long(struct parse *p, const char *word)
{
    const char *equals = strchr(word, '=');
    size_t n = equals != NULL ? (size_t)(equals - word) : strlen(word);
    char shown[40];

    (void)snprintf(shown, sizeof shown, "%.*s", (int)(n < 32 ? n : 32), word);
    return take(p, find(bytes_of(word + 2, n - 2)), shown, equals != NULL ? equals + 1 : NULL);
}

static enum err take_short(struct parse *p, const char *word)
{
    const struct option_row *row = find_letter(word[1]);
    char shown[3] = {'-', word[1], '\0'};
    const char *rest = word[2] != '\0' ? word + 2 : NULL;

    return take(p, row, shown, rest);
}

static bool among(const char *words, const char *word)
{
    size_t n = strlen(word);

    for (const char *at = words; (at = strstr(at, word)) != NULL; at += n) {
        if ((at == words || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
            return n != 0;
    }
    return false;
}

static enum err take_word(struct parse *p, const char *word)
{
    const struct verb_row *verb = &VERBS[p->out->verb];

    if (!p->verb_seen) {
        for (size_t i = OPTIONS_SCREEN + 1; i < MEM_COUNT(VERBS); i++) {
            if (strcmp(VERBS[i].name, word) == 0) {
                p->out->verb = (enum options_verb)i;
                p->verb_seen = true;
                return ERR_OK;
            }
        }
        return fail(p, word, "is nothing that sotto does");
    }
    if (p->words == verb->most)
        return fail(p, verb->name,
            verb->most > 1 ? "takes fewer words; a text with spaces stands in quotes"
                           : "takes fewer words");
    if (p->words == 0 && verb->words != NULL && !among(verb->words, word)) {
        char words[64];
        (void)snprintf(words, sizeof words, "takes %s", verb->args);
        return fail(p, verb->name, words);
    }
    p->out->words[p->words++] = word;
    return ERR_OK;
}

/* Whether one of the rows named in words was given; the first of those in *which. */
static bool given(const struct parse *p, const char *words, const char **which)
{
    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        if ((p->seen >> i & 1) != 0 && among(words, ROWS[i].name)) {
            *which = ROWS[i].name;
            return true;
        }
    }
    return false;
}

static void with_dashes(const char *words, char *out, size_t out_n)
{
    struct buf b;

    buf_init_fixed(&b, out, out_n);
    buf_text(&b, "--");
    for (; *words != '\0'; words++) {
        if (*words == ' ')
            buf_text(&b, " or --");
        else
            buf_u8(&b, (uint8_t)*words);
    }
    (void)buf_cstr(&b);
}

static enum err check_row(struct parse *p, const struct option_row *row)
{
    const struct verb_row *verb = &VERBS[p->out->verb];
    char shown[40];
    char others[80];
    char words[128];
    const char *which = NULL;

    (void)snprintf(shown, sizeof shown, "--%s", row->name);
    if ((row->verbs >> p->out->verb & 1) == 0) {
        (void)snprintf(words, sizeof words, "does not go with %s",
            verb->name[0] != '\0' ? verb->name : "the full screen");
        return fail(p, shown, words);
    }
    if (row->never != NULL && given(p, row->never, &which)) {
        (void)snprintf(words, sizeof words, "does not go with --%s", which);
        return fail(p, shown, words);
    }
    if (row->needs != NULL && !given(p, row->needs, &which)) {
        with_dashes(row->needs, others, sizeof others);
        (void)snprintf(words, sizeof words, "needs %s beside it", others);
        return fail(p, shown, words);
    }
    return ERR_OK;
}

static enum err check_files(struct parse *p)
{
    struct options *o = p->out;

    if (o->verb == OPTIONS_RECEIVE && o->from == NULL)
        return fail(p, "receive",
            "whose files? --from NAME; it takes those of anybody with --from any alone");
    if (o->verb == OPTIONS_SEND_FILE && o->words[1][0] == '\0')
        return fail(p, "send-file", "which file? Its path is empty");
    if (o->max != NULL &&
        (!transfer_read_size(bytes_str(o->max), &o->max_bytes) || o->max_bytes == 0))
        return fail(p, "--max", "is no size; one looks like 500K, 20M or 2.5G");
    if (o->note != NULL &&
        (strlen(o->note) >= TRANSFER_NOTE || !utf8_valid(bytes_str(o->note))))
        return fail(p, "--note", "is too long, or no UTF-8");
    return ERR_OK;
}

static enum err check(struct parse *p)
{
    const struct verb_row *verb = &VERBS[p->out->verb];
    struct target target;
    char words[64];
    enum err e = ERR_OK;

    for (size_t i = 0; i < MEM_COUNT(ROWS) && e == ERR_OK; i++) {
        if ((p->seen >> i & 1) != 0)
            e = check_row(p, &ROWS[i]);
    }
    if (e != ERR_OK)
        return e;
    if (p->words < verb->least) {
        (void)snprintf(words, sizeof words, "takes %s", verb->args);
        return fail(p, verb->name, words);
    }
    if (p->words != 0 && options_has_target(p->out) &&
        options_target(p->out->words[0], &target) != ERR_OK)
        return fail(p, p->out->words[0], "is no room, and no @person");
    return check_files(p);
}

enum err options_parse(
    char *const *argv, size_t argc, struct options *out, char *why, size_t why_n)
{
    struct parse p = {.argv = argv, .argc = argc, .out = out, .why = why, .why_n = why_n};
    bool words_only = false;
    enum err e = ERR_OK;

    *out = (struct options){.password_fd = -1, .passphrase_fd = -1, .count = 1};
    while (p.at < argc && e == ERR_OK) {
        const char *word = argv[p.at++];
        if (words_only || word[0] != '-' || word[1] == '\0')
            e = take_word(&p, word);
        else if (strcmp(word, "--") == 0)
            words_only = true;
        else if (word[1] == '-')
            e = take_long(&p, word);
        else
            e = take_short(&p, word);
    }
    /* Who asks for help gets it, whatever else is wrong or missing. */
    if (e != ERR_OK || out->help || out->version)
        return e;
    return check(&p);
}

bool options_has_target(const struct options *o)
{
    return o->words[0] != NULL &&
           (o->verb == OPTIONS_SEND || o->verb == OPTIONS_TAIL ||
               o->verb == OPTIONS_SEND_FILE || o->verb == OPTIONS_RECEIVE);
}

enum err options_target(const char *word, struct target *out)
{
    bool marked = word[0] == '@' || (word[0] == '#' && word[1] != '\0');

    *out = (struct target){word[0] == '@', bytes_str(word + marked)};
    if (out->name.n == 0 || out->name.n > (out->direct ? ROSTER_NAME : ROOM_NAME) ||
        strchr(word, ' ') != NULL)
        return ERR_FORMAT;
    return ERR_OK;
}

static void usage_row(struct buf *to, const struct option_row *row)
{
    char left[48];
    char letter[5] = "    ";

    if (row->letter != 0)
        (void)snprintf(letter, sizeof letter, "-%c, ", row->letter);
    (void)snprintf(left, sizeof left, "%s--%s%s%s", letter, row->name,
        row->arg != NULL ? " " : "", row->arg != NULL ? row->arg : "");
    buf_fmt(to, "  %-30s%s\n", left, row->help);
}

void options_usage(struct buf *to)
{
    char left[64];

    buf_text(to, "usage: sotto [OPTION...] [COMMAND]\n\n");
    for (size_t i = 0; i < MEM_COUNT(VERBS); i++) {
        (void)snprintf(left, sizeof left, "%s %s", VERBS[i].name, VERBS[i].args);
        buf_fmt(to, "  %-30s%s\n", i == OPTIONS_SCREEN ? "(none)" : left, VERBS[i].help);
    }
    buf_text(to, "\n");
    for (size_t i = 0; i < MEM_COUNT(ROWS); i++)
        usage_row(to, &ROWS[i]);
    buf_text(to, "\nSecrets are asked for on the terminal when no file of theirs is named.\n"
                 "See sotto(1), and /help inside.\n");
}
