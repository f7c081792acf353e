/* SPDX-License-Identifier: ISC */
/*
 * The one table of what can stand on the command line of sotto: options, and the words that
 * make it do one thing and end. Parsing, usage text, shell completions and the manual are held
 * to it. Nothing is opened, asked or printed here, and no secret is ever a word of a command
 * line: the table has where to get it from. What is handed out is borrowed from argv.
 */
#ifndef FACE_OPTIONS_H
#define FACE_OPTIONS_H

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"

enum options_verb {
    OPTIONS_SCREEN, /* no word: the full screen, or --json, or --plain */
    OPTIONS_SEND,
    OPTIONS_TAIL,
    OPTIONS_ROOMS,
    OPTIONS_SEND_FILE,
    OPTIONS_RECEIVE,
    OPTIONS_DOCTOR,
    OPTIONS_PASSPHRASE,
    OPTIONS_IDENTITY,
    OPTIONS_VERBS
};

struct verb_row {
    const char *name; /* "" for the screen */
    const char *args; /* "ROOM|@PERSON [TEXT]" */
    const char *help;
    uint8_t least; /* words behind it */
    uint8_t most;
    const char *words; /* what the first of them may be, with spaces between; NULL: anything */
};

enum option_kind { OPTION_FLAG, OPTION_TEXT, OPTION_NUMBER };

struct option_row {
    const char *name; /* without its dashes */
    char letter;      /* or 0 */
    const char *arg;  /* as usage shows it; NULL: a flag */
    const char *help;
    unsigned verbs; /* bits of options_verb */
    enum option_kind kind;
    int64_t most;      /* OPTION_NUMBER: 0 to this */
    size_t place;      /* in struct options */
    const char *needs; /* one of these has to be there, with spaces between; NULL: nothing */
    const char *never; /* and none of these */
};

struct options {
    enum options_verb verb;
    bool help, version;
    const char *server, *nick;
    bool guest;
    const char *login, *enroll; /* --register: a keyword of C */
    int64_t password_fd;        /* these are -1 when not given */
    int64_t passphrase_fd;
    const char *password_file, *passphrase_file;
    const char *invite;
    const char *ca, *cert, *key, *pin, *access_key;
    bool ephemeral;
    const char *data, *log;
    bool json, plain, verified;
    bool check_config, welcome;
    const char *theme, *check_theme;
    bool theme_demo;
    int64_t number;       /* 0: for ever */
    const char *note;     /* of send-file */
    const char *dir;      /* of receive: where files go */
    const char *from;     /* and whose are taken */
    const char *max;      /* up to which size */
    uint64_t max_bytes;   /* the same; 0: any */
    int64_t count;        /* how many; 0: for ever */
    const char *words[2]; /* behind the verb; NULL where there is none */
};

const struct verb_row *options_verb_at(size_t i);  /* by enum options_verb; NULL at the end */
const struct option_row *options_row_at(size_t i); /* NULL at the end */
/* argv without the program's name. why says in one sentence what is wrong: ERR_FORMAT. */
enum err options_parse(
    char *const *argv, size_t argc, struct options *out, char *why, size_t why_n);
void options_usage(struct buf *to);

/* "#ops", "ops" or "@bob". ERR_FORMAT: a name is missing or too long. */
struct target {
    bool direct;
    struct bytes name;
};
bool options_has_target(const struct options *o); /* its first word is one */
enum err options_target(const char *word, struct target *out);

#endif
