/* SPDX-License-Identifier: ISC */
/* Two people, one group, one sentence: cc two_people.c $(pkg-config --cflags --libs sottomls) */
#include <mls/mls.h>
#include <stdio.h>
#include <stdlib.h>

#define MAX 65536 /* no message here is larger */

static void must(enum err e, const char *what)
{
    if (e == ERR_OK)
        return;
    (void)fprintf(stderr, "%s: %s\n", what, err_str(e));
    exit(1);
}

static struct mls_identity person(const char *name)
{
    struct mls_identity who = {.credential_type = MLS_BASIC, .identity = bytes_str(name)};

    must(sign_key_new(&SIGN_ED25519, 0, &who.key), "signature key");
    return who;
}

int main(void)
{
    const struct mls_env env = {0}; /* the machine's randomness, no PSKs, everybody is trusted */
    struct mls_identity alice = person("alice"), bob = person("bob");
    struct mls_group *a = NULL, *b = NULL;
    struct buf package, secret, message;
    struct mls_commit_result commit;
    struct mls_event event;
    enum mls_rule rule;
    struct buf *all[] = {
        &package, &secret, &message, &commit.commit, &commit.welcome, &commit.info};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        buf_init(all[i], MAX);
    mls_event_init(&event);
    /* Bob publishes a key package; Alice founds a group and adds him. */
    must(mls_package_make(&env, &bob,
             &(struct mls_package_request){.suite = 1, .not_after = UINT64_MAX}, &package, &secret), "package");
    must(mls_group_create(&env, &alice,
             &(struct mls_group_request){.suite = 1, .group_id = bytes_str("tea")}, &a), "create");
    const struct mls_proposal add = {.type = MLS_ADD, .package = buf_view(&package)};
    must(mls_commit(a, &(struct mls_commit_request){.proposals = &add, .proposals_n = 1,
             .wrap = {.flags = MLS_WITH_TREE}}, &commit), "commit");
    must(mls_apply(a), "apply"); /* once whoever orders the commits has taken it */
    must(mls_group_join(&env, &bob, &(struct mls_join_request){.welcome = buf_view(&commit.welcome),
             .package = buf_view(&package), .secret = buf_view(&secret)}, &b, &rule), "join");
    must(mls_protect(a, bytes_str("tea at five"), &(struct mls_wrap){.pad = 256}, &message), "protect");
    must(mls_process(b, buf_view(&message), &event), "process");
    printf("bob reads: %.*s\n", (int)event.data.n, (const char *)event.data.p);
    mls_event_clear(&event);
    mls_group_free(a), mls_group_free(b);
    sign_key_free(alice.key), sign_key_free(bob.key);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        buf_wipe(all[i]);
    return 0;
}
