/* SPDX-License-Identifier: ISC */
#include "client/policy.h"

#include "base/mem.h"
#include "base/reader.h"
#include "crypto/hash.h"

#define VERSION       1
#define ROOM_MAX      (128 + POLICY_MODERATORS * POLICY_PRINT)
#define TICKETS_MAX   64
#define GUEST         "guest:"
#define ACCOUNT_BYTES 32

static const char TICKET_LABEL[] = "sotto leave 1";
static const char PSK_LABEL[] = "sotto psk 1 ";

void policy_print(struct bytes key, uint8_t out[POLICY_PRINT])
{
    if (hash_sha256(key, out) != ERR_OK)
        mem_die("SHA-256 is not available");
}

static void hash_parts(const struct bytes *parts, size_t n, uint8_t out[32])
{
    if (hash_of(&HASH_ALG_SHA256, parts, n, out) != ERR_OK)
        mem_die("SHA-256 is not available");
}

/* ---- the extension ---- */

static void put_required(struct buf *extensions)
{
    static const uint16_t TYPES[] = {POLICY_EXT_ROOM};
    struct buf data;

    buf_init(&data, 64);
    mls_ext_require(&data, TYPES, MEM_COUNT(TYPES));
    mls_ext_put(extensions, 3, buf_view(&data));
    buf_free(&data);
}

static void put_room(const struct policy *p, struct buf *out)
{
    buf_u8(out, VERSION);
    buf_u8(out, p->access);
    buf_put(out, p->binding, sizeof p->binding);
    buf_u32(out, p->generation);
    buf_u32(out, p->expire_s);
    buf_put(out, p->owner, sizeof p->owner);
    buf_u16(out, p->moderators_n);
    for (uint16_t i = 0; i < p->moderators_n; i++)
        buf_put(out, p->moderators[i], POLICY_PRINT);
}

void policy_write(const struct policy *p, struct buf *extensions)
{
    struct buf room;

    buf_init(&room, ROOM_MAX);
    put_room(p, &room);
    put_required(extensions);
    mls_ext_put(extensions, POLICY_EXT_ROOM, buf_view(&room));
    buf_free(&room);
}

static void take(struct reader *r, uint8_t *to, size_t n)
{
    struct bytes b = reader_bytes(r, n);

    if (b.n == n)
        memcpy(to, b.p, n);
}

static enum err read_room(struct bytes data, struct policy *out)
{
    struct reader r;

    reader_init(&r, data);
    if (reader_u8(&r) != VERSION)
        return reader_err(&r) != ERR_OK ? ERR_FORMAT : ERR_VERSION;
    out->access = reader_u8(&r);
    take(&r, out->binding, sizeof out->binding);
    out->generation = reader_u32(&r);
    out->expire_s = reader_u32(&r);
    take(&r, out->owner, sizeof out->owner);
    out->moderators_n = reader_u16(&r);
    if (out->moderators_n > POLICY_MODERATORS || out->access > POLICY_DIRECT)
        return ERR_FORMAT;
    for (uint16_t i = 0; i < out->moderators_n; i++)
        take(&r, out->moderators[i], POLICY_PRINT);
    return reader_end(&r);
}

enum err policy_read(struct bytes extensions, struct policy *out)
{
    struct bytes data;
    struct buf same;

    *out = (struct policy){0};
    if (!mls_ext_find(extensions, POLICY_EXT_ROOM, &data))
        return ERR_FORMAT;
    buf_init(&same, ROOM_MAX + 64);
    enum err e = read_room(data, out);
    /* Nothing else may be asked of members, so the list is what we would write. */
    if (e == ERR_OK)
        policy_write(out, &same);
    if (e == ERR_OK && !bytes_eq(buf_view(&same), extensions))
        e = ERR_FORMAT;
    buf_free(&same);
    if (e != ERR_OK)
        *out = (struct policy){0};
    return e;
}

void policy_bind_room(const uint8_t relay_id[16], struct bytes folded_name, uint8_t out[32])
{
    const struct bytes parts[] = {
        bytes_str("sotto room 1"), bytes_of(relay_id, 16), folded_name};

    hash_parts(parts, MEM_COUNT(parts), out);
}

void policy_bind_direct(const uint8_t relay_id[16], const uint8_t a[POLICY_PRINT],
    const uint8_t b[POLICY_PRINT], uint8_t out[32])
{
    bool swap = memcmp(a, b, POLICY_PRINT) > 0;
    const struct bytes parts[] = {bytes_str("sotto direct 1"), bytes_of(relay_id, 16),
        bytes_of(swap ? b : a, POLICY_PRINT), bytes_of(swap ? a : b, POLICY_PRINT)};

    hash_parts(parts, MEM_COUNT(parts), out);
}

bool policy_is_owner(const struct policy *p, const uint8_t print[POLICY_PRINT])
{
    return memcmp(p->owner, print, POLICY_PRINT) == 0;
}

bool policy_is_moderator(const struct policy *p, const uint8_t print[POLICY_PRINT])
{
    for (uint16_t i = 0; i < p->moderators_n; i++) {
        if (memcmp(p->moderators[i], print, POLICY_PRINT) == 0)
            return true;
    }
    return policy_is_owner(p, print);
}

/* ---- passwords ---- */

void policy_psk_id(uint32_t generation, uint8_t out[POLICY_PSK_ID])
{
    struct buf b;

    buf_init_fixed(&b, out, POLICY_PSK_ID);
    buf_text(&b, PSK_LABEL);
    buf_u32(&b, generation);
}

bool policy_psk_generation(struct bytes id, uint32_t *generation)
{
    struct reader r;

    reader_init(&r, id);
    bool ours = bytes_eq(reader_bytes(&r, sizeof PSK_LABEL - 1), bytes_str(PSK_LABEL));
    *generation = reader_u32(&r);
    return reader_end(&r) == ERR_OK && ours;
}

/* ---- tickets ---- */

static void ticket_text(struct bytes group_id, struct bytes encryption_key, struct buf *out)
{
    buf_text(out, TICKET_LABEL);
    buf_u16(out, (uint16_t)group_id.n);
    buf_bytes(out, group_id);
    buf_bytes(out, encryption_key);
}

enum err policy_ticket_make(
    struct sign_key *key, struct bytes group_id, struct bytes encryption_key, struct buf *out)
{
    uint8_t signature[SIGN_MAX];
    struct buf text;
    size_t n = 0;

    buf_init(&text, 512);
    ticket_text(group_id, encryption_key, &text);
    enum err e = buf_end(&text);
    if (e == ERR_OK)
        e = sign_make(key, buf_view(&text), signature, &n);
    buf_free(&text);
    if (e == ERR_OK)
        buf_put(out, signature, n);
    return e;
}

bool policy_ticket_holds(
    struct bytes signature, struct bytes group_id, const struct mls_member *leaver)
{
    struct sign_pub *pub = NULL;
    struct buf text;

    if (sign_pub_read(&SIGN_RSA_PSS, leaver->signature_key, &pub) != ERR_OK)
        return false;
    buf_init(&text, 512);
    ticket_text(group_id, leaver->encryption_key, &text);
    bool good =
        buf_end(&text) == ERR_OK && sign_check(pub, buf_view(&text), signature) == ERR_OK;
    buf_free(&text);
    sign_pub_free(pub);
    return good;
}

void policy_tickets_add(struct buf *authenticated_data, const struct policy_ticket *t)
{
    buf_put(authenticated_data, t->print, POLICY_PRINT);
    buf_u16(authenticated_data, (uint16_t)t->signature.n);
    buf_bytes(authenticated_data, t->signature);
}

static bool has_ticket(struct bytes tickets, const uint8_t print[POLICY_PRINT],
    struct bytes group_id, const struct mls_member *leaver)
{
    struct reader r;

    reader_init(&r, tickets);
    for (int i = 0; i < TICKETS_MAX && reader_left(&r) != 0; i++) {
        struct bytes who = reader_bytes(&r, POLICY_PRINT);
        struct bytes signature = reader_blob16(&r, SIGN_MAX);
        if (reader_err(&r) == ERR_OK && bytes_eq(who, bytes_of(print, POLICY_PRINT)) &&
            policy_ticket_holds(signature, group_id, leaver))
            return true;
    }
    return false;
}

/* ---- judgement ---- */

static bool is_guest(struct bytes identity)
{
    return identity.n > sizeof GUEST - 1 && memcmp(identity.p, GUEST, sizeof GUEST - 1) == 0;
}

enum err policy_identify(const struct mls_member *member)
{
    static const char HEX[] = "0123456789abcdef";
    uint8_t print[POLICY_PRINT];
    char want[sizeof GUEST + 2 * POLICY_PRINT] = GUEST;
    struct bytes is = member->identity;

    if (member->credential_type != MLS_BASIC)
        return ERR_REFUSED;
    if (is.n == 0 || is.p[0] == '.' || is.p[0] == '-')
        return ERR_REFUSED;
    if (!is_guest(is)) {
        for (size_t i = 0; i < is.n; i++) {
            uint8_t c = is.p[i];
            if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
                    c == '-'))
                return ERR_REFUSED;
        }
        return is.n <= ACCOUNT_BYTES ? ERR_OK : ERR_REFUSED;
    }
    policy_print(member->signature_key, print);
    for (size_t i = 0; i < POLICY_PRINT; i++) {
        want[sizeof GUEST - 1 + 2 * i] = HEX[print[i] >> 4];
        want[sizeof GUEST + 2 * i] = HEX[print[i] & 15];
    }
    want[sizeof want - 1] = '\0';
    return bytes_eq(is, bytes_str(want)) ? ERR_OK : ERR_REFUSED;
}

bool policy_may_remove(const struct policy *p, const uint8_t by[POLICY_PRINT],
    const struct mls_member *whom, struct bytes group_id, struct bytes tickets)
{
    uint8_t print[POLICY_PRINT];

    policy_print(whom->signature_key, print);
    if (p->access == POLICY_DIRECT)
        return false;
    if (p->access == POLICY_OPEN || is_guest(whom->identity) || policy_is_owner(p, by))
        return true;
    if (policy_is_moderator(p, by) && !policy_is_owner(p, print))
        return true;
    return has_ticket(tickets, print, group_id, whom);
}

static bool same_rules(const struct policy *a, const struct policy *b)
{
    struct buf x;
    struct buf y;

    buf_init(&x, ROOM_MAX);
    buf_init(&y, ROOM_MAX);
    put_room(a, &x);
    put_room(b, &y);
    bool same = bytes_eq(buf_view(&x), buf_view(&y));
    buf_free(&x);
    buf_free(&y);
    return same;
}

/* Moderators may change the password, the owner everything but what ties the group to its
 * place. */
static const char *judge_rules(
    const struct policy *was, const struct policy *is, const uint8_t by[POLICY_PRINT])
{
    struct policy same = *is;

    if (memcmp(was->binding, is->binding, sizeof is->binding) != 0)
        return "it moves the group to another room";
    if (is->generation < was->generation)
        return "it goes back to an older password";
    if ((was->access == POLICY_DIRECT) != (is->access == POLICY_DIRECT))
        return "it changes what kind of conversation this is";
    if (policy_is_owner(was, by) || was->access == POLICY_DIRECT)
        return NULL;
    same.generation = was->generation;
    if (!same_rules(&same, was))
        return "only the owner changes the rules of a room";
    if (is->generation == was->generation || policy_is_moderator(was, by))
        return NULL;
    return "only moderators change the password";
}

static const char *judge_external(const struct mls_change *c, const struct policy *p)
{
    uint8_t id[POLICY_PSK_ID];

    if (p->access == POLICY_DIRECT)
        return "nobody joins a conversation of two by himself";
    if (p->access == POLICY_INVITE && c->removed_n == 0)
        return "the room is for invited people";
    if (p->access != POLICY_PASSWORD)
        return c->psk_n == 0 ? NULL : "it brings a password where none is asked";
    policy_psk_id(p->generation, id);
    if (c->psk_n != 1 || !bytes_eq(c->psk_ids[0], bytes_of(id, sizeof id)))
        return "it does not bring the password of the room";
    return NULL;
}

static const char *judge_member(
    const struct mls_change *c, const struct policy *p, const uint8_t by[POLICY_PRINT])
{
    if (c->psk_n != 0)
        return "it mixes in a secret that nobody else knows of";
    for (size_t i = 0; i < c->removed_n; i++) {
        if (!policy_may_remove(p, by, &c->removed[i], c->group_id, c->authenticated_data))
            return "it removes somebody whom its sender may not remove";
    }
    /* A conversation of two is filled once, when it is founded. */
    if (p->access == POLICY_DIRECT && (c->added_n > 1 || (c->added_n == 1 && c->epoch != 0)))
        return "it adds somebody to a conversation of two";
    return NULL;
}

static const char *judge(const struct mls_change *c)
{
    uint8_t by[POLICY_PRINT];
    struct policy was;
    struct policy is;

    if (policy_read(c->extensions_before, &was) != ERR_OK ||
        policy_read(c->extensions_after, &is) != ERR_OK)
        return "the rules of the room cannot be read";
    if (c->reinit || c->updated_n != 0)
        return "it is of a kind that rooms do not use";
    if (!bytes_eq(c->committer.identity, c->committer_after.identity) ||
        !bytes_eq(c->committer.signature_key, c->committer_after.signature_key))
        return "its sender takes another name or key";
    policy_print(c->committer.signature_key, by);
    const char *why = judge_rules(&was, &is, by);
    if (why == NULL && c->external && !same_rules(&was, &is))
        why = "somebody who joins changes the rules";
    if (why == NULL)
        why = c->external ? judge_external(c, &was) : judge_member(c, &was, by);
    return why;
}

enum err policy_judge(const struct mls_change *change, const char **why)
{
    const char *wrong = judge(change);

    if (why != NULL)
        *why = wrong;
    return wrong == NULL ? ERR_OK : ERR_REFUSED;
}
