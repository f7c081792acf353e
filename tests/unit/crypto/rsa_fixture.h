/* SPDX-License-Identifier: ISC */
/* RSA keys made once with `openssl genpkey`, for these tests and nothing else: PKCS#8 in
 * base64, and the SHA-256 of what `openssl pkey -pubout -outform DER` prints of each. */
#ifndef UNIT_CRYPTO_RSA_FIXTURE_H
#define UNIT_CRYPTO_RSA_FIXTURE_H

#include "crypto/ossl.h"

#include <criterion/criterion.h>
#include <openssl/evp.h>

#include "base/bytes.h"

#define RSA_FIXTURE_DER 2400 /* holds the largest */

struct rsa_fixture {
    unsigned bits;
    size_t n; /* bytes of the DER */
    const char *pkcs8;
    const char *spki_sha256;
};

static const struct rsa_fixture RSA_FIXTURES[] = {
    {2048, 1219,
        "MIIEvwIBADANBgkqhkiG9w0BAQEFAASCBKkwggSlAgEAAoIBAQDUYAsTsdI1V17yGAB/Oic68iSgd8OVxB1s"
        "AhmcVTu864mPBQBC3LtqQzkK/2q06cVznvnNjt5HB9OtFjoK+kcRWX2EL5eY+k1idT65preU12nfA9p0ODxI"
        "HCFRJTWSX5T4XSVZekUO84qh8p7TIztYM+1S3Xumqgtm9L7R3K1jYGH33SuEoF6FIXOJtEBRwsLJZqM5CgDM"
        "6CCJq5IkhLA+U6IRFaBEKV+eQpweKcS4EAh4LjoNW7L8ri0xgxZ7Jr0OLDjmEITIxfmh/cxKmHEwbuWzOuBZ"
        "5Tlz+sg8YxCNAOhkNB3B1dIya5JTJWWFMBCTg3DCvpiL7LcC2RUl2d+9AgMBAAECggEAA1OPyNqvqrM4Iv2a"
        "QGPmSmeRiEvn7dgZB+COiyLQoThlOq6+3s07SEJOSexPPQ8uTw3N5tjWhXFLcPoYpaRe6ZgnvaLLMpO1E5Y3"
        "icvhMz0ehOY4DTr2QsDiCrXU/XpuyGcZFyoxm7bX1IqKz07Ndqe1j2c1sRoXvKCXvozA0H4iK2mMwfQhDCez"
        "GvZsFt7Qx3jAf8wRORH2s3at/YbdB1zVu5HLefhnjGIrJT23geM/kJT1/SxdIsMoEk7ds/7xGB6+UyEtPdh8"
        "nZKo7x+gllsgirgd5D3ig3VQPb8Kzmcfa1PdNwnULFwsQ8T6cTBTPGRxA7E6iVhn34b0TnIp8QKBgQDyR1K9"
        "JT6TFXljnr5o7P74WvYxa9p4u+wowjo0k7DNlu3pgBIkxjzRLVM1EnDNy6lVNMC/saHP3CBwhEaPwd6bTkyq"
        "r0JeCM9A+5Pg4t3lRa4PSqOcqg8MYVo2+S1aC6Th2a4O4I5qiU/k/A1qrNM64fAo+y/9XZKDpbBZeZuhGQKB"
        "gQDgZyo/nGLqqfPP6JWQPoHKHEHQzqpaBPeJMTblDu5ugYYeN5mauW77ujO6fVrB5tnOXVug+v/DrCPJh3gg"
        "wdmBIE2s67z5uqtqM6AJIwGSCADU81ZlI/vlKZ1GjhTHuh0ZQgE/KVeQA8zWoPo/4oVhLHsc2dOhZbtItB1t"
        "Y42URQKBgQDuEHFXlFpJUseFwP1ewsnDJjZV16HEEvv6DOf+s8T+Lzk1wPeTFQu7iusA8k7PmTiZlg10D0pt"
        "oeJqTT+8kIZ5WtXwvefb2JI2Sz5CswnQ+MgRFIlyLpQ82Qg5jl0m5twsZKYozjSCsMxFt/pDAPFKIarHyhKc"
        "xq5qF4wST3FCOQKBgQDRvbtQX1RZL2aSUjrQ6ouXI9gkWbYBk5jmIxjC+bTDls6Lmb45Ts67++rziMz2ZVX4"
        "u2u0SEYcVt3QNI2EWIt6VH4lfOVRqTckeYJAZ/bEzjQw1gxPVlXPeJjm5E/p6jveasINjg+orNSdWzLr2UZ/"
        "b/rWGYbj2Nk2+Bp1LtKa3QKBgQDTaUg6k2k2Ww7Dmw5hmURzJm2ZAsLjqYySH1tw5bji1IqupdL0kaVoP/fN"
        "Y54KEGE97TTDrwhKrTmCxSpg7H2twGspxB1c+pb2trvRzDDCpgO1at4/WUCcUVSsy6leBJeUV87b3pUijYKk"
        "TnrWc28Lgv8RvJ1hkLVarfDxSd87Iw==",
        "f0bc0ba67093333efcc70fb6c6e142bfde826508ec1c3e198d5e8f7ad2536a31"},
    {3072, 1793,
        "MIIG/QIBADANBgkqhkiG9w0BAQEFAASCBucwggbjAgEAAoIBgQDDTE1rI1L4uz86upwmTEbG4Dn4Jy9LRs4v"
        "Ds6DT5yAi8BRziJEtCNzjjNLPo0WnVrgHcV0r50yzgBA/9w2fsQYEDmCNgzO7w/2qv74I8wuB8gdtanQ9l+Z"
        "dndNvpJ7yH2w9wizDAip+A+8ztKlbZM/8keH7VYmPNAogq2aD3sldsY/yPe+A/eBFgF/Rw1x4r4k5U73Scn3"
        "jKypj8H35iaKe2O8cKKC+tA/z5LmcdHCO81xm7Qu5KNv4/YEL0DUMdjpVQSCkChLRwqKubFozJdC7UfQDYRq"
        "Rb8+CmxTI2FglJGlg+gSKdAXad45/wBtFIESyvYzLaqFOlZcsa+XhRuInuhi61dCyVn+p2jO484OKL3Rg6oS"
        "YOGzqdLVoT2LHH8YpiHK+vpQJK8X/QzAIYy2VOR18tg8xmEvSX+CXpRafvC/Ky1bB6l3e5cffFR/+dJVPu5F"
        "9UmKoMsTx7R98JjodWfMB0Wm+KNXBSETuUaTq33/Ctd/RKTmauXLiijLm30CAwEAAQKCAYAZZfPvigGBXYCk"
        "l541ENhnhsOjNR1ecc/gqNFMnG7i/Mm/Gcq1GqQ9o/GhyHm6xi4KVXTXbvtHnyjDS0MNR0EjTADeoT7bLpXp"
        "42UTSjyEg/iPfI+gIFpgb9qmHrGYLYPDHu1fs6Hw0NTjHhag8vYia9THpaL9iA0eJ5iCH59JSQARTYaCjKuE"
        "eyMotUnXVMCbtcKmQE9mxUGzL4HvRlweyFs5J4DK/elVUx5sn8LCutpF+xTcwFlM9N2Kv8ZzkiPD5AwfTxVg"
        "k8olazJhVsNNtZRGocKRrX9wfgBJ6Bk7D/+q01jbjF3CPWsnf7O6zP2c4wY07D2EAGHq9Dn9nKhOG/ivLRl1"
        "s6rvYl0eeWR4GZzNQ+zZENHU8v9L03Ij1NNqu1OqdMoTX9kqBI0P+FkAz9z1WEGVSWpmPu9p1l5JKdxxDXaC"
        "7iVTmr7gIno1WdDeLN2dcQZDBr4dajSFViV4SWv1eUiJYIlIfz1dLplJpJ5/4Gao+Bwu0QEnS0IT1CECgcEA"
        "/MG6IAWy25TNeE8MfM9Pb+d4sqRQ/MIrUso2d1FZaPNmGVhW8jPkhLeBZBoCqPlA5UTM1FHKCeupU/StMx79"
        "S4DkHqKICgQTWw9KqhPEQjwHApNrgV9c3TV29aBLhuWt3q6BGPoIjDoSzJYcp3OQplXuLtpm1ZdE0At9Xb+T"
        "XcXwnyjWPU2p2NHuZmdVMb2qARJPNrMwDaUw/YNhyA3ZK3CZsqabh8v+4SjQctKSUbDg5nhHliKhp74xhayw"
        "Q2MFAoHBAMXN1MB1WkN6SgLoUovHUOGQVlURN+Pa8zmDKwSwNL8ngDmwm4VEPu+QWYEEGiKjqdl2keYRuAui"
        "mZcqnR1IiOenzLmc7Be6DaDhyCePhZd6jH2jYL+DIQD2DG8ifz05ZJkhVhdsP5Wpp9zRFYGN6BVgYHrm2ueP"
        "PJTJejw8exlfeVMLNtCxjPLK3WkN9V5k0fl48zZYqnE1W4vo5PD6LuPUOpf5P74+rKjJXb3jLP8mnNc/EzBE"
        "EcEtUiKXDe4wGQKBwQDGtXshX7mMfcDHe8YCfW0jOeQe9aWiAPjUXptRVMgpBWnYNSYtxfQ7DpWP4A8FTufh"
        "FyS9KwvensIBehOMZCmYaV1uZDL1RNz+stftPBsIQ27zbHiRPiqg0j6SvpGCHSGDNsfRngiITcOnyb//OZCX"
        "5GibtyIve3wi31WRFWLCzzHrvswnZ95G0kxNf6FvuH9l1kIma9s0bxFDzT1bbN+2EhETbX5K1WqtE0xFaRyV"
        "UqyNJDSLaPCUEqeWQvxUDg0CgcAB/fSqi4QBMfYU2WobZkJ2QxHbgXTioo3Ygm2oem3NjwRHkHPAf9Nybi24"
        "kuYAe012ly8Y9gy4cUbCsvcqGFTooFP7eo0WIBWLDTsKyvM5d0565W5P/24RqGivpdVKNI3CzQck7T4mr7K1"
        "EpX43Aj+Th4qnrCNrG+bv/uvJ5zFwKRkJbTDnUYiG9DnAfD6pmFG9eTdIz90LGljm1DS7HIUcUq1xRjTPaZX"
        "fM+o3eTSHP1vXX8/+S+EloRBPOwy/eECgcB3F7/OyJsu2NsWdKhkWuyqSQIUsjaOzLbCaK+GANfDGCIC5OwG"
        "2mnABVJizAqh+67o97lzjnHXvcucOckXVIkg6SFVRWBm0gms4ISlNo4CnGKXxg6ll5InlqCHdChajdPA2oHC"
        "+UvHYtjYFrYWTrNNAmi7FV0fm92KnXe0q4+5G5BSYmxCOems+5rts0u+Jrv++f1+SxKgErerPUEPbKjynsNk"
        "D6IxXsvuzBHpwtjhUvJ4Vdgi6ZW7RtiUIboSpBw=",
        "65361df6c075ce46cc252960657edd75efe4c1fe47bc68f172c3df45e9baeb6c"},
    {4096, 2374,
        "MIIJQgIBADANBgkqhkiG9w0BAQEFAASCCSwwggkoAgEAAoICAQDd8m1x1U8GgqSK8u9khf4QCVPxyviCnRhA"
        "FSeBMRYrfYYHIBb5VoW9vHuo5i8dXFfhH+sZAj4K4mBEoOQZZ98nRf4yTmBrbX7ZMDzHTSCGAegDoyK35Ohk"
        "qJxyVmi5iggVZg5w8BNxvOBc3TRnUY/P514He1IMw63sVvxtfYOuumuoZe7NnsWHQ/ArnxVnn3/bhxuvcWek"
        "ST6n9c64uMVXiYNIyBKDwBw7Vyu0FgKPY/hOGgZYEgByUZhPituFJUMGlzj/76C3vgtCI0QvJhH1VS1OkmJ3"
        "fHXV1R15WYpcRq+YMkzSTH4ZyLWzooXerq/MD4MfmwNsNQLDcrcpDFKGIAnpO8CBlsQiWMXV6eOB65ukZmaV"
        "t5kjvpE3oQdk+GJwXFqgcyTzQ8lAW5x7ZELDIyV3fIieSV0lFrPmUIc1xg9skJE/IcBaDE9pGTSWbnVELvTi"
        "7CM6M1C8N/Y5ZEF+MEdeL8SdRN5eyvhPpB9Lj5lVkJj3C9IaY/hSKROfKEy/8ZE88lS6OamXke2AXL0qgxk8"
        "6eMRbnp6qXIQqOyA2iJzOK5mX5mx5S9/X8FHY0eQXgfdeQ9rh2qBTh/pLKMrirlQgJOt8vGdKU8aHUZzjibG"
        "GcAsLNEsA4TVUkVaZPtbWz4oxWGbw4bhP6s2GoevEq6abhJTaXwq9HjzKX2PmwIDAQABAoICAAMQmvRMdsfn"
        "O/BzRF0GAKkmB9O58s6S7sfLwvzkuaKmHBizF74ftL8XADon25SzNr90GmIBBuxNjfjEpAG5znoTXFxDes9g"
        "9rR3Fw/Ff+J52kNamFsjvRXOwkJN8SpGvq/U9fQXTJ1wd0SxBU078hlz33eI+2wTs64k0V2NsyjRiDUOG0sZ"
        "my6wAHwJuVjx+ekFJ5u3nC/HlybonQ8t9gOscXSq1p6dI4aqQH8/Io/qWH5zm4zRytHJUKogh8GB7zgDFJVs"
        "MLL429zw8bsY8nyJzZNdMCDoRhRK2hpX4zI9A6W9ZBQvXDps7B1r7B9UGDdgK3ZfRJ/U55HdXqwhcG5FIZNF"
        "C1+R2ULqNwD15j3Tno09KiYFk2gwIv9Rr4YgaJN5rEBCS74+bQCSAWnZrcG316d8QrZaFulkQHDfhi+D+csx"
        "oo8/J2wjPep6m7p+IJPg+LxwlJGvUjPOFiO26zatjSPVRqXmOZoxDUM2K8CmR3hE4h0DOBzOV68Dm75towbV"
        "gZ4X7m9x6R3i9ptoDOyVn8a88InF7/dW4qlCqTlpZxVg8Q35jvA+SHXq9YEZo4jiTvXZr8nlRhyPDOrjkb9B"
        "53N0KeFjuVrD8FjRqbP2qmjg8aWIqiAj9knhqp+kaucszWXzeiqp9coe4LiE+afcMaijfYHGfyS/JKjbwhSJ"
        "AoIBAQD6i94pwtbjewQ9Rge59073sXt0VkJWcWniOWRKHoXLCl2mdovYAfvrKUEUUGZJ6J3qKeBCg/GXDEzm"
        "EH5yG2h3Z3vO2onaWqXIzwbbOjC0WF0TWCyKL0HQgNdsz9vTqLW2gYuklQbru3hYFnVgHHJUriAXGfxeS1lZ"
        "mR/S0foy8A0gmkkWcLBePrJ5ZkM00LoL1mQXssYVjHOQxpS0hROo4+o5PPrpumtr7ue2BFZvxQsWhBj40PY/"
        "IwKIKR+KFJrOaViyw67fYTFBNJzaWjQBfUJoKJzlWAwLxT+P0m35O3cPMrEHscxBznxvtCFTHg6sm4+Kq1KS"
        "kq7yV9AGkrfHAoIBAQDixzGmCM7YY8ZIN1cgBk0ENtvNLkHrW9domHl5v1ezOh8WJSkZ3PGkFRuQSHIkXSUN"
        "mQ7n7d8anxBve8SpOXB6slvYIWJ6aHNMQWHPmVfoM4foPPwpqKaqsZc0ZO/LK/2456iPk2RQyoanFdOjEQsB"
        "vqSLNXYzAcvxn5c9bpxdVKUWbHVCbI9Gd656i6kHBE3M3puEmnPyUhYhcFKQaas/P3IT+F+wc46LKDVjLuwa"
        "FXd2hAFrIXC9GpDU0lBtetAyor+fCz5E2z6QYY8UYk/aEFOBWuPFKkIrrPWqi3I1SKJ4k5lwJXIfb2PGZHDM"
        "dGwcGQe8CrYo99eT+hmu9PGNAoIBAH7HC5HCH45YDxsaNoqpU3IOgtOpWkP3e4aXV+IRc8373st+rOCOkHS8"
        "GUw4Kqo3ZMC6k9nUfgjalobLzc/bgo749DMFbj/pIn5sE6IW3dJD7ET/lvoNU5Y3u8o5m5iMg/ZnssuDBU9/"
        "OzQHmTka69dhjKdj5MmqAvpNe0boLVxdD6dxqo4KU5Q80X6Qem1dOOcIgvli4szAlzGo6lI2DG6ndTulWamv"
        "RPAGoYT+yOYhpKyuBxzQT+o+wuc3N9hc+MB9mf5K+k/aFFxUTRJIFoyyX0npUwrR9LZ4BuO1rSQyLNqp4d5s"
        "31hlLZ4wXbR7Px2kUYvviQbV5mSGfqL01r0CggEAUBljY+3AgZXcNy20zE7tbQujXzlzdxodX4hbf7Eh3OAu"
        "krfVaJktkHMUJUYxar6rk734Edtm7hQ4zee9crgjDnNpFVHVYr752nlNfvH+prlsy46e0mgLVkcbzRnJyM1k"
        "9KZ+VxgMWqzuGp4O/o3KgXdAzxq3ARUlX9aqqLwk5qI7HUx5rliB0rX7HrWtohjXEgGelJupUHHF91GhF/j6"
        "z4AtXvhfdAec1XICSWINarkiVO4TQi+xjlmPxlvypHi4iOoLHLXv7Ioz8vNCgkSnR7J0jD/6K23dqWeR7gcK"
        "898P497eV0oioQ/LAgv/+3czqEj+/mAaLyY7Mr0nzTAfEQKCAQEAzEyBZOpnUkWmA2SfolwUNxBeE6abJH27"
        "JHujVPMe1BUTYmcTEGI+iqLF2DdEIyeyt2nbNoJTm9woZ+p2UGbf1bUFNe29E9QZ9K7X04MHgfPzwf0tHPIt"
        "zq0fiBoTFS8fft5CvtYgaxRaj6sI9Z7mlocIhAzpGmTwNGrtXo8ZqREMHBsJDlVDVmOqrKz62NvVWFu24viB"
        "DdghAAAESkx/Ou9iYtzdB+PrEBBNrPrHKZ/YeJJwUdWJPLy80+ZiQsKIsKpsUncW/Dj7PyKy3jUU3fIlCRsw"
        "w2svRNlkK7UJubs1M0ZwhAgKzQi3Fx5ooOUzEWXbThTNg8Lg6sshYrDJiA==",
        "42d1744f12023869548e3f2e78512fc28291843b536a4ba47684ffca8e0f6552"},
};

static inline struct bytes rsa_fixture_der(
    const struct rsa_fixture *f, uint8_t room[RSA_FIXTURE_DER])
{
    int n = EVP_DecodeBlock(room, (const uint8_t *)f->pkcs8, (int)strlen(f->pkcs8));

    cr_assert(n >= (int)f->n && n <= RSA_FIXTURE_DER, "bad fixture of %u", f->bits);
    return bytes_of(room, f->n);
}

#endif
