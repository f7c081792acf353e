/* SPDX-License-Identifier: ISC */
/* A member of a group that is told what to do on its standard input, one line a command, and
 * answers on its standard output, one line each (line.h). It ends when its input does. */
#include <stdio.h>
#include <stdlib.h>

#include "peer.h"

enum needs { ANYTIME, IDENTITY, NO_GROUP, GROUP };

static const struct {
    const char *name;
    enum needs needs;
    peer_fn *run;
} COMMANDS[] = {{"identity", ANYTIME, peer_identity}, {"psk", ANYTIME, peer_psk},
    {"package", IDENTITY, peer_package}, {"create", NO_GROUP, peer_create},
    {"join", NO_GROUP, peer_join}, {"enter", NO_GROUP, peer_enter},
    {"reload", GROUP, peer_reload}, {"retire", GROUP, peer_retire}, {"info", GROUP, peer_info},
    {"tree", GROUP, peer_tree}, {"view", GROUP, peer_view}, {"member", GROUP, peer_member},
    {"propose", GROUP, peer_propose}, {"commit", GROUP, peer_commit},
    {"process", GROUP, peer_process}, {"apply", GROUP, peer_apply},
    {"discard", GROUP, peer_discard}, {"forget", GROUP, peer_forget},
    {"protect", GROUP, peer_protect}, {"export", GROUP, peer_export}};

static bool may_run(const struct peer *p, enum needs needs)
{
    switch (needs) {
    case IDENTITY:
        return p->who.key != NULL;
    case NO_GROUP:
        return p->who.key != NULL && p->group == NULL;
    case GROUP:
        return p->group != NULL;
    case ANYTIME:
    default:
        return true;
    }
}

static enum err obey(struct peer *p, char *text, struct buf *answer)
{
    struct line l;
    enum err e = line_read(text, &l);

    if (e != ERR_OK)
        return e;
    for (size_t i = 0; i < sizeof COMMANDS / sizeof *COMMANDS; i++)
        if (strcmp(COMMANDS[i].name, l.command) == 0)
            return may_run(p, COMMANDS[i].needs) ? COMMANDS[i].run(p, &l, answer) : ERR_STATE;
    return ERR_UNSUPPORTED;
}

/* Whether anybody still listens. */
static bool say(struct peer *p, enum err e, struct buf *answer)
{
    if (e == ERR_OK)
        e = buf_end(answer);
    if (e == ERR_OK) {
        (void)fwrite(answer->p, 1, answer->n, stdout);
    } else if (e == ERR_REFUSED) {
        enum mls_rule rule = p->group != NULL ? mls_group_rule(p->group) : p->rule;

        printf("refused %s %s", mls_rule_section(rule), mls_rule_text(rule));
    } else {
        printf("error %s", err_str(e));
    }
    putchar('\n');
    return fflush(stdout) == 0 && ferror(stdout) == 0;
}

int main(void)
{
    struct peer p;
    struct buf answer;
    char *text = NULL;
    size_t room = 0;
    bool heard = true;

    peer_init(&p);
    buf_init(&answer, 4 * PEER_MAX);
    while (heard && getline(&text, &room, stdin) > 0) {
        buf_clear(&answer);
        buf_text(&answer, "ok");
        p.rule = MLS_RULE_KEPT;
        heard = say(&p, obey(&p, text, &answer), &answer);
    }
    free(text);
    buf_wipe(&answer);
    peer_fini(&p);
    return heard ? 0 : 1;
}
