// SPDX-License-Identifier: ISC
// Two kinds of member with one face: Native is a child process (mls_peer), Foreign is ts-mls within this
// process. Both take and give the bytes that go over a wire. A commit is staged by commit(), enter() and
// process(), and taken by apply() or forgotten by discard().
//
// What ts-mls 1.6.4 does otherwise than RFC 9420, and how it is met here:
// - its P-256 signature keys are compressed points (5.1.2: uncompressed): it is given keys of ours;
// - processMessage() gives a PrivateMessage no PSKs: the two functions below it are called instead;
// - it makes commits with group_context_extensions without a path (12.4: with one), and encrypts paths
//   under the extensions of before: it proposes them, and Native commits them;
// - it takes and gives the content of external_pub for the bare key (12.4.3.2: a vector): it is put into one
//   and taken out of one;
// - it makes no update proposals and no external commits with a PSK: the first are put together here from
//   its own parts, the second come from Native alone;
// - it does not notice that it is removed when the same commit gives its leaf to somebody else, and fails:
//   replaced() says that this was why;
// - it reads what is neither 0 nor 1 as an optional that is absent (2.1.1): takesFor() says that an altered
//   message is still the same to it;
// - it refuses trees in which an ancestor of an unmerged leaf does not list it, though only the nodes
//   between the leaf and the one that lists it must (12.4.3.1): ForeignTreeRule says when that was why.
import { spawn } from "node:child_process"
import { createInterface } from "node:readline"
import * as nodeCrypto from "node:crypto"
import { promisify } from "node:util"
import * as mls from "ts-mls"
import { encode } from "ts-mls/codec/tlsEncoder.js"
import { createGroupInfo } from "ts-mls/createCommit.js"
import { decodeRatchetTree, ratchetTreeEncoder } from "ts-mls/ratchetTree.js"
import { signLeafNodeCommit } from "ts-mls/leafNode.js"
import { directPath, leafToNodeIndex, leafWidth } from "ts-mls/treemath.js"

const keyPair = promisify(nodeCrypto.generateKeyPair)
const RSA_BITS = [2048, 3072] // one after the other
let keysMade = 0
const rsaBits = () => RSA_BITS[keysMade++ % RSA_BITS.length]
export const EXTENSION = 0xf0f0 // the type of a group's extension that everybody understands
const REQUIRED = 3 // required_capabilities

// ---- Native ----

function varint(n) {
  return n < 64 ? Buffer.from([n]) : Buffer.from([0x40 | (n >> 8), n & 255])
}

export function extensionList(extensions) {
  return Buffer.concat(extensions.flatMap(({ type, data }) => [Buffer.from([type >> 8, type & 255]), varint(data.length), data]))
}

function proposalWord(p) {
  switch (p.type) {
    case "add": return `add=${p.package.toString("hex")}`
    case "update": return "update"
    case "remove": return `remove:${p.leaf}`
    case "external": return `external=${p.id.toString("hex")}`
    case "resume": return `resume:${p.epoch}`
    case "follow": return "follow"
    case "context": return `context=${extensionList(p.extensions).toString("hex")}`
    case "reinit": return `reinit=${p.group.toString("hex")}`
  }
  throw new Error(`no proposal: ${p.type}`)
}

function wrapWords(how) {
  const words = ["public", "path", "tree", "info"].filter((flag) => how[flag])
  if (how.pad) words.push(`pad:${how.pad}`)
  if (how.aad) words.push(`aad=${how.aad.toString("hex")}`)
  return words
}

export class Native {
  static program
  static alive = new Set()
  kind = "native"

  constructor(suite, name) {
    Object.assign(this, { suite, name, waiting: [] })
    this.child = spawn(Native.program, [], { stdio: ["pipe", "pipe", "inherit"] })
    Native.alive.add(this)
    createInterface({ input: this.child.stdout }).on("line", (line) => this.waiting.shift()?.resolve(line))
    this.child.stdin.on("error", () => {}) // the end of the child says it all
    this.over = new Promise((resolve) => this.child.on("close", (code, signal) => {
      Native.alive.delete(this)
      resolve(code ?? signal)
      for (const w of this.waiting.splice(0)) w.reject(new Error(`mls_peer ended with ${code ?? signal}`))
    }))
  }

  async ask(...words) {
    const answer = await new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject })
      this.child.stdin.write(words.join(" ") + "\n")
    })
    const [status, ...rest] = answer.split(" ")
    if (status !== "ok") throw new Error(`${this.name}: ${words[0]}: ${answer}`)
    const out = { flags: [] }
    for (const word of rest) {
      const [, key, mark, value] = /^([^=:]*)([=:]?)(.*)$/.exec(word)
      if (mark === "=") out[key] = Buffer.from(value, "hex")
      else if (mark === ":") out[key] = Number(value)
      else out.flags.push(key)
    }
    return out
  }

  async start(psks) {
    const { key } = await this.ask("identity", `suite:${this.suite}`, `name=${Buffer.from(this.name).toString("hex")}`,
      `bits:${rsaBits()}`, `type:${EXTENSION}`)
    this.key = key.toString("hex")
    for (const { id, secret } of psks) await this.ask("psk", `id=${id.toString("hex")}`, `secret=${secret.toString("hex")}`)
    return this
  }

  async package() {
    const now = Math.floor(Date.now() / 1000)
    return (await this.ask("package", `from:${now - 3600}`, `until:${now + 7 * 24 * 3600}`)).package
  }

  create(group, extensions) {
    return this.ask("create", `group=${group.toString("hex")}`, `extensions=${extensionList(extensions).toString("hex")}`)
  }

  join(welcome, tree) {
    return this.ask("join", `welcome=${welcome.toString("hex")}`, ...(tree ? [`tree=${tree.toString("hex")}`] : []))
  }

  async enter(info, how) {
    if (how.resync) await this.ask("retire")
    return (await this.ask("enter", `info=${info.toString("hex")}`, ...(how.treeBytes ? [`tree=${how.treeBytes.toString("hex")}`] : []),
      ...(how.resync ? ["resync"] : []), ...(how.psks ?? []).map((id) => `external=${id.toString("hex")}`), ...wrapWords(how))).commit
  }

  async propose(proposal, how) {
    return (await this.ask("propose", proposalWord(proposal), ...wrapWords(how))).message
  }

  async commit(proposals, how) {
    const now = Math.floor(Date.now() / 1000)
    return this.ask("commit", `now:${now}`, ...proposals.map(proposalWord), ...wrapWords(how))
  }

  async process(message) {
    const event = await this.ask("process", `message=${message.toString("hex")}`)
    return { ...event, kind: event.flags[0], removed: event.removed === 1 }
  }

  apply() { return this.ask("apply") }
  discard() { return this.ask("discard") }
  reload() { return this.ask("reload") }
  retire() { return this.ask("retire") }
  async info(tree) { return (await this.ask("info", ...(tree ? ["tree"] : []))).info }
  async tree() { return (await this.ask("tree")).tree }

  async protect(data, aad, pad) {
    return (await this.ask("protect", `data=${data.toString("hex")}`, ...wrapWords({ aad, pad }))).message
  }

  async export(label, context, size) {
    return (await this.ask("export", `label=${Buffer.from(label).toString("hex")}`, `context=${context.toString("hex")}`,
      `size:${size}`)).secret
  }

  async view() {
    const v = await this.ask("view")
    return { group: v.group, epoch: v.epoch, self: v.self, members: v.members, authenticator: v.authenticator,
      treehash: v.treehash, tag: v.tag, extensions: v.extensions }
  }

  async end() {
    this.child.stdin.end()
    const code = await this.over
    if (code !== 0) throw new Error(`${this.name}: mls_peer ended with ${code}`)
  }

  takesFor() { return false }

  kill() { this.child.kill("SIGKILL") }
}

// ---- Foreign ----

// rsa_pss_rsae_sha256 over SPKI keys, for the private-use suite.
function rsaSigner() {
  const known = new Map()
  const object = (bytes, make) => {
    const id = Buffer.from(bytes).toString("base64")
    if (!known.has(id)) known.set(id, make(Buffer.from(bytes)))
    return known.get(id)
  }
  const pss = { padding: nodeCrypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
  return {
    async sign(secret, message) {
      const key = object(secret, (b) => nodeCrypto.createPrivateKey({ key: b, format: "der", type: "pkcs8" }))
      return new Uint8Array(nodeCrypto.sign("sha256", message, { key, ...pss }))
    },
    async verify(pub, message, signature) {
      const key = object(pub, (b) => nodeCrypto.createPublicKey({ key: b, format: "der", type: "spki" }))
      return nodeCrypto.verify("sha256", message, { key, ...pss }, signature)
    },
    async keygen() {
      const { privateKey, publicKey } = await keyPair("rsa", { modulusLength: rsaBits() })
      return { signKey: new Uint8Array(privateKey.export({ format: "der", type: "pkcs8" })),
        publicKey: new Uint8Array(publicKey.export({ format: "der", type: "spki" })) }
    },
  }
}

async function p256Keygen() {
  const { privateKey } = await keyPair("ec", { namedCurve: "P-256" })
  const jwk = privateKey.export({ format: "jwk" })
  const [d, x, y] = [jwk.d, jwk.x, jwk.y].map((v) => Buffer.from(v, "base64url"))
  return { signKey: new Uint8Array(d), publicKey: new Uint8Array(Buffer.concat([Buffer.from([4]), x, y])) }
}

const suites = new Map()

async function suiteOf(number) {
  if (suites.has(number)) return suites.get(number)
  const provider = mls.defaultCryptoProvider
  let made
  if (number === 0xf001) {
    const hpke = { kem: "DHKEM-X25519-HKDF-SHA256", kdf: "HKDF-SHA256", aead: "AES256GCM" }
    made = { ...(await provider.getCiphersuiteImpl({ hash: "SHA-256", hpke, signature: "Ed25519", name: String(number) })),
      signature: rsaSigner() }
  } else {
    const name = Object.keys(mls.ciphersuites).find((n) => mls.ciphersuites[n] === number)
    made = await provider.getCiphersuiteImpl(mls.getCiphersuiteFromName(name))
    if (number === 2) made = { ...made, signature: { ...made.signature, keygen: p256Keygen } }
  }
  suites.set(number, made)
  return made
}

export class ForeignTreeRule extends Error {}

// Section 12.4.3.1 as it stands: whoever is unmerged at a node is a member below it, and every filled node
// between the two lists him.
export function unmergedHolds(tree) {
  const width = leafWidth(tree.length)
  return tree.every((node, index) => node?.nodeType !== "parent" || node.parent.unmergedLeaves.every((leaf) => {
    const path = directPath(leafToNodeIndex(leaf), width)
    const between = path.slice(0, path.indexOf(index))
    return path.includes(index) && tree[leafToNodeIndex(leaf)]?.nodeType === "leaf" &&
      between.every((i) => tree[i] === undefined || tree[i].parent.unmergedLeaves.includes(leaf))
  }))
}

export function treeRead(bytes) {
  const [tree] = decodeRatchetTree(new Uint8Array(bytes), 0)
  return tree
}

export function leafOfKey(tree, key) {
  const at = tree.findIndex((n) => n?.nodeType === "leaf" && Buffer.from(n.leaf.signaturePublicKey).toString("hex") === key)
  return at < 0 ? undefined : at / 2
}

function messageOf(bytes) {
  const read = mls.decodeMlsMessage(new Uint8Array(bytes), 0)
  if (read === undefined || read[1] !== bytes.length) throw new Error("ts-mls cannot decode the message")
  return read[0]
}

function messageBytes(message) {
  return Buffer.from(mls.encodeMlsMessage({ version: "mls10", ...message }))
}

function extensionsOf(list) {
  return list.map(({ type, data }) => ({ extensionType: type === REQUIRED ? "required_capabilities" : type,
    extensionData: new Uint8Array(data) }))
}

export class Foreign {
  kind = "foreign"

  constructor(suite, name, random) {
    Object.assign(this, { suite, name, random, psks: {} })
  }

  async start(psks) {
    this.cs = await suiteOf(this.suite)
    this.keys = await this.cs.signature.keygen()
    this.key = Buffer.from(this.keys.publicKey).toString("hex")
    for (const { id, secret } of psks) this.psks[id.toString("base64")] = new Uint8Array(secret)
    return this
  }

  // With values nobody knows (13.5) here and there.
  capabilities() {
    const grease = [0x0a0a, 0x3a3a, 0xeaea].filter(() => this.random() < 0.3)
    return { versions: ["mls10"], ciphersuites: [this.cs.name, ...grease.map(String)], extensions: [EXTENSION, ...grease],
      proposals: grease, credentials: ["basic", "x509", ...grease.map(String)] }
  }

  async package() {
    const now = BigInt(Math.floor(Date.now() / 1000))
    this.own = await mls.generateKeyPackageWithKey({ credentialType: "basic", identity: new TextEncoder().encode(this.name) },
      this.capabilities(), { notBefore: now - 3600n, notAfter: now + 7n * 24n * 3600n }, [], this.keys, this.cs)
    return messageBytes({ wireformat: "mls_key_package", keyPackage: this.own.publicPackage })
  }

  index(state) { return mls.makePskIndex(state, this.psks) }

  async create(group, extensions) {
    await this.package()
    this.state = await mls.createGroup(new Uint8Array(group), this.own.publicPackage, this.own.privatePackage,
      extensionsOf(extensions), this.cs)
  }

  async joining(tree, work) {
    try {
      return await work()
    } catch (e) {
      if (!String(e.message).includes("non-blank intermediate node must list leaf node")) throw e
      if (!unmergedHolds(tree)) throw new Error("the tree breaks the rule of section 12.4.3.1")
      throw new ForeignTreeRule(e.message)
    }
  }

  async join(welcome, tree, present) {
    this.state = await this.joining(treeRead(tree ?? present), () => mls.joinGroup(messageOf(welcome).welcome, this.own.publicPackage,
      this.own.privatePackage, this.index(this.prior), this.cs, tree && treeRead(tree), this.prior))
  }

  async enter(info, how) {
    await this.package()
    const made = await this.joining(treeRead(how.treeBytes ?? how.present), () => mls.joinGroupExternal(messageOf(info).groupInfo,
      this.own.publicPackage, this.own.privatePackage, how.resync ?? false, this.entering(), how.treeBytes && treeRead(how.treeBytes),
      undefined, new Uint8Array(how.aad ?? [])))
    this.staged = made.newState
    return messageBytes({ wireformat: "mls_public_message", publicMessage: made.publicMessage })
  }

  async proposal(p) {
    const nonce = () => this.cs.rng.randomBytes(32)
    switch (p.type) {
      case "add": return { proposalType: "add", add: { keyPackage: messageOf(p.package).keyPackage } }
      case "update": return { proposalType: "update", update: { leafNode: await this.update() } }
      case "remove": return { proposalType: "remove", remove: { removed: p.leaf } }
      case "external": return { proposalType: "psk", psk: { preSharedKeyId:
        { psktype: "external", pskId: new Uint8Array(p.id), pskNonce: nonce() } } }
      case "resume": return { proposalType: "psk", psk: { preSharedKeyId: { psktype: "resumption", usage: "application",
        pskGroupId: this.state.groupContext.groupId, pskEpoch: BigInt(p.epoch), pskNonce: nonce() } } }
      case "follow": return { proposalType: "psk", psk: { preSharedKeyId: { psktype: "resumption",
        usage: this.prior.groupActiveState.kind === "suspendedPendingReinit" ? "reinit" : "branch",
        pskGroupId: this.prior.groupContext.groupId, pskEpoch: this.prior.groupContext.epoch, pskNonce: nonce() } } }
      case "context": return { proposalType: "group_context_extensions",
        groupContextExtensions: { extensions: extensionsOf(p.extensions) } }
      case "reinit": return { proposalType: "reinit", reinit: { groupId: new Uint8Array(p.group), version: "mls10",
        cipherSuite: this.cs.name, extensions: this.state.groupContext.extensions } }
    }
    throw new Error(`no proposal: ${p.type}`)
  }

  async update() {
    const { leafIndex } = this.state.privatePath
    const { leaf } = this.state.ratchetTree[2 * leafIndex]
    const keys = await this.cs.hpke.generateKeyPair()
    this.updating = await this.cs.hpke.exportPrivateKey(keys.privateKey)
    return signLeafNodeCommit({ leafNodeSource: "update", hpkePublicKey: await this.cs.hpke.exportPublicKey(keys.publicKey),
      signaturePublicKey: leaf.signaturePublicKey, credential: leaf.credential, capabilities: leaf.capabilities,
      extensions: leaf.extensions, groupId: this.state.groupContext.groupId, leafIndex }, this.keys.signKey, this.cs.signature)
  }

  async propose(proposal, how) {
    const made = await mls.createProposal(this.state, how.public ?? false, await this.proposal(proposal), this.cs,
      new Uint8Array(how.aad ?? []))
    this.state = made.newState
    return messageBytes(made.message)
  }

  async commit(proposals, how) {
    const extraProposals = []
    for (const p of proposals) extraProposals.push(await this.proposal(p))
    const made = await mls.createCommit({ state: this.state, pskIndex: this.following ?? this.index(this.state), cipherSuite: this.cs },
      { wireAsPublicMessage: how.public ?? false, extraProposals, ratchetTreeExtension: how.tree ?? false,
        authenticatedData: new Uint8Array(how.aad ?? []) })
    this.staged = made.newState
    return { commit: messageBytes(made.commit),
      welcome: made.welcome && messageBytes({ wireformat: "mls_welcome", welcome: made.welcome }) }
  }

  takesFor(altered, message) {
    try {
      return messageBytes(messageOf(altered)).equals(message)
    } catch {
      return false // it cannot be read, so it will be refused
    }
  }

  replaced(proposals) {
    const has = (type, fits) => proposals.some(({ proposal: p }) => p.proposalType === type && fits(p))
    return has("add", () => true) && has("remove", (p) => p.remove.removed === this.state.privatePath.leafIndex)
  }

  async process(bytes) {
    const message = messageOf(bytes)
    const sealed = message.wireformat === "mls_private_message"
    const content = sealed ? message.privateMessage.contentType : message.publicMessage.content.contentType
    const aad = Buffer.from(sealed ? message.privateMessage.authenticatedData : message.publicMessage.content.authenticatedData)
    const seen = {}
    const accept = (incoming) => { Object.assign(seen, incoming); return "accept" }
    let state = this.state
    if (content === "commit" && this.updating) // the commit takes our update: only our leaf has a key of ours
      state = { ...state, privatePath: { ...state.privatePath, privateKeys: { [2 * state.privatePath.leafIndex]: this.updating } } }
    let done
    try {
      done = sealed ? await mls.processPrivateMessage(state, message.privateMessage, this.index(state), this.cs, accept)
        : await mls.processPublicMessage(state, message.publicMessage, this.index(state), this.cs, accept)
    } catch (e) {
      if (!this.replaced(seen.proposals ?? [])) throw e
      done = { newState: { ...state, groupActiveState: { kind: "removedFromGroup" } } }
    }
    if (content === "commit") {
      this.staged = done.newState
      return { kind: "commit", aad, sender: seen.senderLeafIndex,
        removed: done.newState.groupActiveState.kind === "removedFromGroup" }
    }
    this.state = done.newState
    return { kind: content, aad, data: done.message && Buffer.from(done.message), sender: seen.proposal?.senderLeafIndex }
  }

  async apply() {
    this.state = this.staged
    this.staged = this.updating = this.following = undefined
  }

  async discard() { this.staged = undefined }

  async reload() {
    const { clientConfig } = this.state
    const [state] = mls.decodeGroupState(mls.encodeGroupState(this.state), 0)
    this.state = { ...state, clientConfig }
  }

  async retire() {
    this.prior = this.state
    this.following = this.index(this.state)
    this.state = undefined
  }

  async info(tree) {
    const { extensions } = await mls.createGroupInfoWithExternalPub(this.state, [], this.cs)
    const key = Buffer.from(extensions[0].extensionData)
    const groupInfo = await createGroupInfo(this.state.groupContext, this.state.confirmationTag, this.state, [
      { extensionType: "external_pub", extensionData: new Uint8Array(Buffer.concat([varint(key.length), key])) },
      ...(tree ? [{ extensionType: "ratchet_tree", extensionData: new Uint8Array(await this.tree()) }] : [])], this.cs)
    return messageBytes({ wireformat: "mls_group_info", groupInfo })
  }

  // The suite for the time of entering: a key that comes as a vector is taken out of it.
  entering() {
    const { hpke } = this.cs
    const bare = (key) => [[33, 1], [67, 2]].reduce((k, [n, head]) => (key.length === n ? key.slice(head) : k), key)
    return { ...this.cs, hpke: { ...hpke, importPublicKey: (key) => hpke.importPublicKey(bare(key)) } }
  }

  async tree() { return Buffer.from(encode(ratchetTreeEncoder)((this.staged ?? this.state).ratchetTree)) }

  async protect(data, aad) {
    const made = await mls.createApplicationMessage(this.state, new Uint8Array(data), this.cs, new Uint8Array(aad))
    this.state = made.newState
    return messageBytes({ wireformat: "mls_private_message", privateMessage: made.privateMessage })
  }

  async export(label, context, size) {
    return Buffer.from(await mls.mlsExporter(this.state.keySchedule.exporterSecret, label, new Uint8Array(context), size, this.cs))
  }

  async view() {
    const { groupContext: c, keySchedule, ratchetTree, privatePath, confirmationTag } = this.state
    return { group: Buffer.from(c.groupId), epoch: Number(c.epoch), self: privatePath.leafIndex,
      members: ratchetTree.filter((n) => n?.nodeType === "leaf").length, authenticator: Buffer.from(keySchedule.epochAuthenticator),
      treehash: Buffer.from(c.treeHash), tag: Buffer.from(confirmationTag),
      extensions: extensionList(c.extensions.map(({ extensionType: t, extensionData }) =>
        ({ type: t === "required_capabilities" ? REQUIRED : t, data: Buffer.from(extensionData) }))) }
  }

  async end() {}
}
