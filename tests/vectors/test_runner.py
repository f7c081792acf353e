#!/usr/bin/env python3
"""Proves that mls_vectors can fail. Examples printed in RFCs, put into the form of public vectors, pass;
with one bit of any value altered, or a verdict turned round, the same file fails; so does what is
no vector. With a folder of vectors, each of its verdicts is turned round too.
    test_runner.py MLS_VECTORS [FOLDER]"""
import copy, json, os, subprocess, sys, tempfile
from pathlib import Path

PROGRAM = sys.argv[1]
faults = []

# RFC 9180, A.1.1, without the last two of its messages.
HPKE = {
    "mode": 0,
    "kem_id": 32,
    "kdf_id": 1,
    "aead_id": 1,
    "info": "4f6465206f6e2061204772656369616e2055726e",
    "ikmR": "6db9df30aa07dd42ee5e8181afdb977e538f5e1fec8a06223f33f7013e525037",
    "ikmE": "7268600d403fce431561aef583ee1613527cff655c1343f29812e66706df3234",
    "skRm": "4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8",
    "skEm": "52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736",
    "pkRm": "3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d",
    "pkEm": "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431",
    "enc": "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431",
    "key": "4531685d41d65f03dc48f6b8302c05b0",
    "base_nonce": "56d890e5accaaf011cff4b7d",
    "exporter_secret": "45ff1c2e220db587171952c0592d5f5ebe103f1561a2614e38f2ffd47e99e3f8",
    "encryptions": [
        {"aad": aad, "nonce": nonce, "ct": ct,
         "pt": "4265617574792069732074727574682c20747275746820626561757479"} for aad, nonce, ct in (
            ("436f756e742d30", "56d890e5accaaf011cff4b7d",
             "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a"),
            ("436f756e742d31", "56d890e5accaaf011cff4b7c",
             "af2d7e9ac9ae7e270f46ba1f975be53c09f8d875bdc8535458c2494e8a6eab251c03d0c22a56b8ca42c2063b84"),
            ("436f756e742d32", "56d890e5accaaf011cff4b7f",
             "498dfcabd92e8acedc281e85af1cb4e3e31c7dc394a1ca20e173cb72516491588d96a19ad4a683518973dcc180"),
            ("436f756e742d34", "56d890e5accaaf011cff4b79",
             "583bd32bc67a5994bb8ceaca813d369bca7b2a42408cddef5e22f880b631215a09fc0012bc69fccaa251c0246d"))],
    "exports": [{"exporter_context": context, "L": 32, "exported_value": value} for context, value in (
        ("", "3853fe2b4035195a573ffc53856e77058e15d9ea064de3e59f4961d0095250ee"),
        ("00", "2e8f0b54673c7029649d4eb9d5e33bf1872cf76d623ff164ac185da9e88c21a5"),
        ("54657374436f6e74657874", "e9e43065102c3836401bed8c3c3c75ae46be1639869391d62c61f1ec7af54931"))],
}


def wycheproof(algorithm, group, test):
    test = {"tcId": 1, "comment": "", "flags": [], "result": "valid", **test}
    return {"algorithm": algorithm, "numberOfTests": 1, "testGroups": [{**group, "tests": [test]}]}


EXAMPLES = {
    "RFC 9180, A.1.1": [HPKE],
    "RFC 4231, 4.3": wycheproof("HMACSHA256", {"type": "MacTest", "keySize": 32, "tagSize": 256}, {
        "key": "4a656665", "msg": b"what do ya want for nothing?".hex(),
        "tag": "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"}),
    "RFC 4231, 4.3, truncated": wycheproof("HMACSHA384", {"type": "MacTest", "keySize": 32, "tagSize": 128}, {
        "key": "4a656665", "msg": b"what do ya want for nothing?".hex(),
        "tag": "af45d2e376484031617f78d2b58a6b1b"}),
    "RFC 5869, A.1": wycheproof("HKDF-SHA-256", {"type": "HkdfTest", "keySize": 176}, {
        "ikm": "0b" * 22, "salt": "000102030405060708090a0b0c", "info": "f0f1f2f3f4f5f6f7f8f9", "size": 42,
        "okm": "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"}),
    "RFC 7748, 5.2": wycheproof("XDH", {"type": "XdhComp", "curve": "curve25519"}, {
        "private": "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
        "public": "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
        "shared": "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"}),
    "RFC 8032, 7.1, test 2": wycheproof("EDDSA", {"type": "EddsaVerify", "publicKey": {
        "type": "EDDSAPublicKey", "curve": "edwards25519", "keySize": 255,
        "pk": "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"}}, {
        "msg": "72",
        "sig": "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
               "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"}),
    "RFC 8439, 2.8.2": wycheproof(
        "CHACHA20-POLY1305", {"type": "AeadTest", "keySize": 256, "ivSize": 96, "tagSize": 128}, {
            "key": bytes(range(0x80, 0xa0)).hex(), "iv": "070000004041424344454647",
            "aad": "50515253c0c1c2c3c4c5c6c7",
            "msg": (b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
                    b"future, sunscreen would be it.").hex(),
            "ct": "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6"
                  "3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
                  "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
                  "3ff4def08e4b7a9de576d26586cec64b6116",
            "tag": "1ae10b594f09e26a7e902ecbd0600691"}),
    "RFC 6979, A.2.5": wycheproof("ECDSA", {"type": "EcdsaVerify", "sha": "SHA-256", "publicKey": {
        "type": "EcPublicKey", "curve": "secp256r1", "keySize": 256,
        "uncompressed": "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
                        "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"}}, {
        "msg": b"sample".hex(),
        "sig": "3046022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
               "022100f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"}),
}
NOT_BUILT = {
    "PBKDF2": wycheproof("PBKDF2-HMACSHA256", {"type": "PbkdfTest"}, {"password": "", "dk": "00"}),
    "AES-GCM with a long nonce": wycheproof(
        "AES-GCM", {"type": "AeadTest", "keySize": 128, "ivSize": 128, "tagSize": 128}, {}),
    "HMAC with SHA-1": wycheproof("HMACSHA1", {"type": "MacTest", "keySize": 32, "tagSize": 160}, {}),
    "HPKE with authentication": [{**HPKE, "mode": 2}],
    "HPKE over P-521": [{**HPKE, "kem_id": 18}],
}


def run(folder):
    done = subprocess.run([PROGRAM, "-v", str(folder)], capture_output=True, text=True)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def expect(what, text, status, **counts):
    """Runs one file and holds the exit status and the counts of its line to what is said."""
    with tempfile.TemporaryDirectory(prefix="sotto-vectors.") as folder:
        Path(folder, "below").mkdir()
        Path(folder, "below", "a.json").write_text(text)
        code, lines, err = run(folder)
    want = {"file": "below/a.json", "passed": 0, "failed": 0, "not_built": 0, **counts}
    got = {k: lines[0].get(k) for k in want} if len(lines) == 1 else lines
    if code != status or got != want or (want["failed"] and "below/a.json" not in err):
        faults.append(f"{what}: want {status} {want}, got {code} {got}\n    {err.strip()[-400:]}")


def places(node, path=()):
    """Every value made of hex digits."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        if isinstance(value, str) and value and all(c in "0123456789abcdef" for c in value):
            yield path + (key,)
        yield from places(value, path + (key,))


def altered(node, path):
    node = copy.deepcopy(node)
    at = node
    for key in path[:-1]:
        at = at[key]
    value = bytearray.fromhex(at[path[-1]])
    value[len(value) // 2] ^= 0x10
    at[path[-1]] = value.hex()
    return json.dumps(node)


def turned(root):
    """Valid is invalid and the reverse; says how many verdicts that were."""
    count = 0
    for group in root["testGroups"]:
        for test in group["tests"]:
            other = {"valid": "invalid", "invalid": "valid"}.get(test["result"])
            count += other is not None
            test["result"] = other or test["result"]
    return count


def check_examples():
    for what, root in EXAMPLES.items():
        expect(what, json.dumps(root), 0, passed=1)
        for path in places(root):
            expect(f"{what} with another {path[-1]}", altered(root, path), 1, failed=1)
        if isinstance(root, dict):
            other = copy.deepcopy(root)
            turned(other)
            expect(f"{what} called invalid", json.dumps(other), 1, failed=1)
    for what, root in NOT_BUILT.items():
        expect(what, json.dumps(root), 0, not_built=1)


def check_files():
    mac = json.dumps(EXAMPLES["RFC 4231, 4.3"])
    expect("truncated text", mac[:-1], 1, failed=1)
    expect("text with more behind it", mac + "{}", 1, failed=1)
    expect("text with NUL behind it", mac + "\0", 1, failed=1)
    expect("an empty file", "", 1, failed=1)
    expect("an empty array", "[]", 1, failed=1)
    expect("no case", '{"algorithm":"HMACSHA256","testGroups":[]}', 1, failed=1)
    expect("an unknown kind", '{"hello":"world"}', 1, failed=1)
    expect("hex of odd length", mac.replace("4a656665", "4a65666"), 1, failed=1)
    expect("no hex", mac.replace("4a656665", "4a65666g"), 1, failed=1)
    expect("a missing field", mac.replace('"msg"', '"massage"'), 1, failed=1)
    expect("a group without tests", mac.replace('"tests"', '"jests"'), 1, failed=1)
    expect("a verdict that is none", mac.replace('"valid"', '"perhaps"'), 1, failed=1)
    with tempfile.TemporaryDirectory(prefix="sotto-vectors.") as folder:
        for name in ("empty folder", "other files only"):
            if run(folder)[0] != 2:
                faults.append(f"{name}: must exit with 2")
            Path(folder, "notes.txt").write_text("{}")
        if run(Path(folder, "nowhere"))[0] != 2:
            faults.append("no folder: must exit with 2")
        for name, text in (("b.json", mac), ("a.json", "{"), ("c/d.json", mac)):
            Path(folder, name).parent.mkdir(exist_ok=True)
            Path(folder, name).write_text(text)
        code, lines, _ = run(folder)
        if (code, [(l["file"], l["passed"]) for l in lines]) != (
                1, [("a.json", 0), ("b.json", 1), ("c/d.json", 1)]):
            faults.append(f"a bad file among good ones: got {code} {lines}")
        os.symlink("nowhere", Path(folder, "d.json"))
        if [l["failed"] for l in run(folder)[1]] != [1, 0, 0, 1]:
            faults.append("a link to nothing must be a failure")


def check_folder(folder):
    """What passed as it was must fail when its verdict is turned round, and nothing else may."""
    for path in sorted(Path(folder).rglob("*.json")):
        root = json.loads(path.read_text())
        if not isinstance(root, dict) or "testGroups" not in root:
            continue
        total = sum(len(g["tests"]) for g in root["testGroups"])
        count = turned(root)
        with tempfile.TemporaryDirectory(prefix="sotto-vectors.") as own:
            Path(own, path.name).write_text(json.dumps(root))
            _, lines, _ = run(own)
        got = lines[0]
        if got["not_built"] == total:
            continue
        if got["not_built"] == 0 and got["failed"] != count or got["passed"] > total - count:
            faults.append(f"{path.name} turned round: {count} of {total} must fail, got {got}")


check_examples()
check_files()
if len(sys.argv) > 2 and Path(sys.argv[2]).is_dir():
    check_folder(sys.argv[2])
print("\n".join(faults) or "mls_vectors fails where it must")
sys.exit(bool(faults))
