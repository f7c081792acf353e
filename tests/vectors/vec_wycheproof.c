/* SPDX-License-Identifier: ISC */
#include <ctype.h>

#include "base/mem.h"
#include "wycheproof.h"

/* A type that is not here is not built. */
static const struct wy_row {
    const char *type;
    wy_run_fn *run;
} ROWS[] = {
    {"AeadTest", wy_aead},
    {"EcdhEcpointTest", wy_ecdh},
    {"EcdsaVerify", wy_ecdsa},
    {"EddsaVerify", wy_eddsa},
    {"HkdfTest", wy_hkdf},
    {"MacTest", wy_hmac},
    {"RsaesOaepDecrypt", wy_oaep},
    {"RsassaPssVerify", wy_pss},
    {"XdhComp", wy_xdh},
};

/* What a test that may go either way must do here. Of two flags the later row of the enum
 * decides. A flag that is not in the table leaves both ways open; but what comes out of an
 * accepted test is compared in any case. */
enum wy_want { WY_EITHER, WY_ACCEPT, WY_REFUSE };

static const struct wy_rule {
    const char *type;
    const char *flag;
    enum wy_want want;
    const char *reason;
} RULES[] = {
    {"XdhComp", "Twist", WY_ACCEPT,
        "RFC 7748 takes every 32 bytes as a key; the twist is as hard as the curve"},
    {"XdhComp", "NonCanonicalPublic", WY_ACCEPT,
        "RFC 7748, 5: values from 2^255 - 19 up are reduced, the top bit is masked"},
    {"XdhComp", "LowOrderPublic", WY_REFUSE,
        "the secret is zero whatever our key is; RFC 9180, 7.1.4 wants that refused"},
    {"XdhComp", "ZeroSharedSecret", WY_REFUSE,
        "RFC 9180, 7.1.4: an all-zero secret is an error"},
    {"EcdhEcpointTest", "CompressedPoint", WY_REFUSE,
        "RFC 9180, 7.1.1: public keys of P-256 are uncompressed points and nothing else"},
    {"EcdhEcpointTest", "CompressedPublic", WY_REFUSE,
        "RFC 9180, 7.1.1: public keys of P-256 are uncompressed points and nothing else"},
    {"EcdsaVerify", "BerEncodedSignature", WY_REFUSE,
        "RFC 9420, 5.1.2 signatures are DER: one signature, one encoding"},
    {"EcdsaVerify", "MissingZero", WY_REFUSE,
        "RFC 9420, 5.1.2 signatures are DER: one signature, one encoding"},
    {"RsassaPssVerify", "WeakHash", WY_ACCEPT,
        "the hash is the caller's parameter; no scheme of ours names a weak one"},
    {"RsaesOaepDecrypt", "WeakHash", WY_ACCEPT,
        "the hash is the caller's parameter; no scheme of ours names a weak one"},
};

static enum wy_want by_rules(struct vec_case *c, const struct wy_test *t)
{
    const char *type = vec_str(c, t->group, "type");
    enum wy_want want = WY_EITHER;
    const cJSON *flag;

    cJSON_ArrayForEach(flag, vec_arr(c, t->test, "flags"))
    {
        for (size_t i = 0; cJSON_IsString(flag) && i < MEM_COUNT(RULES); i++)
            if (strcmp(RULES[i].type, type) == 0 &&
                strcmp(RULES[i].flag, flag->valuestring) == 0 && RULES[i].want > want)
                want = RULES[i].want;
    }
    return want;
}

static enum wy_want wanted(struct vec_case *c, const struct wy_test *t)
{
    const char *result = vec_str(c, t->test, "result");

    if (strcmp(result, "valid") == 0)
        return WY_ACCEPT;
    if (strcmp(result, "invalid") == 0)
        return WY_REFUSE;
    if (strcmp(result, "acceptable") != 0)
        vec_fail(c, "result: \"%s\" is none", result);
    return by_rules(c, t);
}

bool wy_judge(struct vec_case *c, const struct wy_test *t, const char *what, enum err got)
{
    enum wy_want want = wanted(c, t);

    if (got != ERR_OK && !vec_is_refusal(got))
        vec_fail(c, "%s: neither accepted nor refused: %s", what, err_str(got));
    else if (want == WY_ACCEPT && got != ERR_OK)
        vec_fail(c, "%s: refused what is to be accepted: %s", what, err_str(got));
    else if (want == WY_REFUSE && got == ERR_OK)
        vec_fail(c, "%s: accepted what is to be refused", what);
    return got == ERR_OK && vec_going(c);
}

/* Both spell a name with hyphens or without. */
static bool same_name(const char *a, const char *b)
{
    for (;;) {
        a += *a == '-';
        b += *b == '-';
        if (toupper((unsigned char)*a) != toupper((unsigned char)*b))
            return false;
        if (*a == '\0')
            return true;
        a++;
        b++;
    }
}

const struct hash_alg *wy_hash(const char *name)
{
    static const struct {
        const char *name;
        const struct hash_alg *alg;
    } HASHES[] = {
        {"SHA-1", &HASH_ALG_SHA1},
        {"SHA-224", &HASH_ALG_SHA224},
        {"SHA-256", &HASH_ALG_SHA256},
        {"SHA-384", &HASH_ALG_SHA384},
        {"SHA-512", &HASH_ALG_SHA512},
        {"SHA-512/224", &HASH_ALG_SHA512_224},
        {"SHA-512/256", &HASH_ALG_SHA512_256},
    };

    for (size_t i = 0; i < MEM_COUNT(HASHES); i++)
        if (same_name(HASHES[i].name, name))
            return HASHES[i].alg;
    return NULL;
}

static void run_test(struct vec_case *c, const struct wy_test *t)
{
    const char *type = vec_str(c, t->group, "type");

    for (size_t i = 0; i < MEM_COUNT(ROWS); i++)
        if (strcmp(ROWS[i].type, type) == 0) {
            ROWS[i].run(c, t);
            return;
        }
    vec_not_built(c, "tests of type %s", type);
}

static void run_group(struct vec_file *f, const struct wy_test *of, size_t index)
{
    const cJSON *tests = cJSON_GetObjectItemCaseSensitive(of->group, "tests");
    struct vec_case c;
    const cJSON *test;

    if (!cJSON_IsArray(tests)) {
        vec_begin(&c, f, "group %zu", index);
        vec_fail(&c, "has no tests");
        vec_end(&c);
    }
    cJSON_ArrayForEach(test, tests)
    {
        struct wy_test t = {of->root, of->group, test};
        const cJSON *id = cJSON_GetObjectItemCaseSensitive(test, "tcId");

        vec_begin(
            &c, f, "tcId %.0f of group %zu", cJSON_IsNumber(id) ? id->valuedouble : 0, index);
        run_test(&c, &t);
        vec_end(&c);
    }
}

static void run_file(struct vec_file *f, const cJSON *root)
{
    struct wy_test t = {.root = root};
    size_t index = 0;

    cJSON_ArrayForEach(t.group, cJSON_GetObjectItemCaseSensitive(root, "testGroups"))
    {
        run_group(f, &t, index++);
    }
}

const struct vec_kind VEC_WYCHEPROOF = {
    .name = "wycheproof",
    .keys = {"testGroups"},
    .whole = run_file,
};
