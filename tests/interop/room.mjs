// SPDX-License-Identifier: ISC
// A group with members of both kinds, and everything that is held against all of them after each epoch.
// Every choice comes from one seed. Whatever is not as it should be throws.
import assert from "node:assert/strict"
import { EXTENSION, Foreign, ForeignTreeRule, Native, leafOfKey, treeRead } from "./members.mjs"

const MOST = 8 // members
const LEAST = 2 // of each kind

// mulberry32
export function randomOf(seed) {
  let a = seed >>> 0
  return () => {
    a = (a + 0x6d2b79f5) >>> 0
    let t = Math.imul(a ^ (a >>> 15), a | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

export class Room {
  members = []
  late = [] // what was sent in the epoch before and not delivered
  ghosts = [] // keys of leaves whose owner could not join
  gone = [] // who was removed
  counts = { epochs: 0, messages: 0, proposals: { native: 0, foreign: 0 }, commits: { native: 0, foreign: 0 }, external: { native: 0, foreign: 0 },
    joins: { native: 0, foreign: 0 }, refused_by_peer: 0 }
  named = 0

  constructor(suite, random) {
    Object.assign(this, { suite, random })
    this.group = this.bytes(16)
    this.psks = Array.from({ length: 6 }, () => ({ id: this.bytes(8), secret: this.bytes(32) }))
    this.extensions = [{ type: EXTENSION, data: this.bytes(12) }]
  }

  below(n) { return Math.floor(this.random() * n) }
  chance(p) { return this.random() < p }
  bytes(n) { return Buffer.from(Array.from({ length: n }, () => this.below(256))) }
  pick(list) { return list[this.below(list.length)] }
  shuffled(list) {
    return list.map((v) => [this.random(), v]).sort((a, b) => a[0] - b[0]).map(([, v]) => v)
  }
  others(...out) { return this.members.filter((m) => !out.includes(m)) }
  ofKind(kind) { return this.members.filter((m) => m.kind === kind) }

  member(kind) {
    const name = `${kind} ${this.named++}`
    return (kind === "native" ? new Native(this.suite, name) : new Foreign(this.suite, name, this.random)).start(this.psks)
  }

  async create(kind) {
    const m = await this.member(kind)
    await m.create(this.group, this.extensions)
    this.members.push(m)
    await this.agree()
    return m
  }

  // Everybody is in one epoch, sees one tree, and derives the same.
  async agree() {
    const [label, context, size] = [`label ${this.below(1000)}`, this.bytes(this.below(40)), 1 + this.below(200)]
    let first
    for (const m of this.members) {
      const { self, ...view } = await m.view()
      view.secret = await m.export(label, context, size)
      view.tree = await m.tree()
      m.leaf = self
      first ??= view
      assert.deepEqual(view, first, `${m.name} and ${this.members[0].name} do not agree`)
      assert.equal(leafOfKey(treeRead(view.tree), m.key), self, `${m.name} is in another place`)
    }
    assert.equal(first.members, this.members.length + this.ghosts.length)
    assert.equal(new Set(this.members.map((m) => m.leaf)).size, this.members.length)
    this.epoch = first.epoch
  }

  async say(sender) {
    const [data, aad] = [this.bytes(this.below(400)), this.bytes(this.below(3) * 8)]
    const message = await sender.protect(data, aad, this.below(2) * 256)
    return { sender, leaf: sender.leaf, data, aad, message, epoch: this.epoch, group: this.group, to: this.others(sender) }
  }

  async hear(m, said) {
    const got = await m.process(said.message)
    assert.equal(got.kind, "application")
    assert.deepEqual(got.data, said.data)
    assert.deepEqual(got.aad, said.aad)
    if (m.kind === "native") assert.equal(got.sender, said.leaf)
    this.counts.messages++
  }

  // Everybody speaks and hears everybody, out of order, some of it only in the next epoch.
  async chatter() {
    const said = []
    for (const m of this.members)
      for (let n = 1 + this.below(4); n > 0; n--) said.push(await this.say(m))
    for (const late of this.late.splice(0).filter((one) => one.group === this.group && one.epoch >= this.epoch - 1))
      for (const m of late.to.filter((one) => this.members.includes(one))) await this.hear(m, late)
    if (this.chance(0.5)) this.late.push(said.splice(this.below(said.length), 1)[0])
    for (const m of this.members)
      for (const one of this.shuffled(said.filter((s) => s.sender !== m))) await this.hear(m, one)
    for (const m of this.members) {
      const again = this.pick(said.filter((s) => s.sender !== m))
      if (again !== undefined) await assert.rejects(m.process(again.message), `${m.name} hears twice`)
    }
    await this.forgery()
    for (const m of this.gone.splice(0)) {
      await assert.rejects(m.process(said[0].message), `${m.name} hears after the removal`)
      await m.end()
    }
  }

  async forgery() {
    const said = await this.say(this.pick(this.members))
    for (const m of this.others(said.sender)) {
      await this.altered(m, said.message)
      await this.hear(m, said)
    }
  }

  async altered(m, message) {
    const bad = Buffer.from(message)
    bad[this.below(bad.length)] ^= 1 << this.below(8)
    if (m.takesFor(bad, message)) return
    await assert.rejects(m.process(bad), `${m.name} takes what was altered: ${bad.toString("hex")}`)
  }

  how() {
    return { public: this.chance(0.5), aad: this.bytes(this.below(2) * 5), pad: this.below(2) * 128, path: this.chance(0.4) }
  }

  async deliver(message, to, kind) {
    for (const m of to) {
      if (this.chance(0.5)) await this.altered(m, message)
      const event = await m.process(message)
      assert.equal(event.kind, kind, `${m.name} takes a ${kind} for ${event.kind}`)
      if (kind === "commit") {
        m.outside = event.removed
        if (!event.removed || m.kind === "foreign") await m.apply()
      }
    }
  }

  async proposed(by, proposal) {
    await this.deliver(await by.propose(proposal, this.how()), this.others(by), "proposal")
    this.counts.proposals[by.kind]++
  }

  // plan: { joiners, leavers } and the proposals that stand for them; what waits is in it too.
  async committed(committer, proposals, how, plan) {
    const made = await committer.commit(proposals, how)
    const tree = await committer.tree()
    await this.deliver(made.commit, this.others(committer), "commit")
    for (const m of this.others(committer)) assert.equal(m.outside, plan.leavers.includes(m), `${m.name} is in or out`)
    await committer.apply()
    this.members = this.others(...plan.leavers)
    this.gone.push(...plan.leavers)
    this.ghosts = this.ghosts.filter((key) => leafOfKey(treeRead(tree), key) !== undefined)
    for (const m of plan.joiners) await this.welcome(m, made.welcome, how.tree ? undefined : tree, tree)
    this.counts.commits[committer.kind]++
    this.counts.epochs++
    await this.agree()
    return made
  }

  async welcome(m, welcome, tree, present) {
    try {
      await m.join(welcome, tree, present)
    } catch (e) {
      if (!(e instanceof ForeignTreeRule)) throw e
      this.counts.refused_by_peer++
      this.ghosts.push(m.key)
      return
    }
    this.members.push(m)
    this.counts.joins[m.kind]++
  }

  // One proposal that goes with those in the plan, or undefined.
  async proposal(plan, by, committer) {
    const room = this.members.length + plan.joiners.length < MOST
    const kind = this.pick(["add", "remove", "external", "resume", "context", "update"])
    if (kind === "add" && room) {
      const joiner = await this.member(this.chance(0.5) ? "native" : "foreign")
      plan.joiners.push(joiner)
      return { type: "add", package: await joiner.package() }
    }
    if (kind === "remove") {
      const out = this.pick(this.others(committer, ...plan.touched))
      if (out === undefined || this.ofKind(out.kind).filter((m) => !plan.leavers.includes(m)).length <= LEAST) return undefined
      plan.leavers.push(out)
      plan.touched.push(out)
      return { type: "remove", leaf: out.leaf }
    }
    const psk = this.psks.find((p) => !plan.psks.includes(p))
    if (kind === "external" && psk !== undefined) {
      plan.psks.push(psk)
      return { type: "external", id: psk.id }
    }
    if (kind === "context" && committer.kind === "native" && !plan.context) {
      plan.context = true
      return { type: "context", extensions: [{ type: EXTENSION, data: this.bytes(1 + this.below(60)) }] }
    }
    if (kind === "update" && by !== committer && !plan.touched.includes(by)) {
      plan.touched.push(by)
      return { type: "update" }
    }
    return undefined
  }

  // Members propose, one of them commits that and more; perhaps another one was about to as well.
  async commitStep() {
    const committer = this.pick(this.members)
    const plan = { joiners: [], leavers: [], touched: [], psks: [], context: false }
    const values = this.ghosts.map((key) => ({ type: "remove", key }))
    for (const v of values) v.leaf = leafOfKey(treeRead(await committer.tree()), v.key)
    for (let n = this.below(4); n > 0; n--) {
      const by = this.pick(this.members)
      const p = await this.proposal(plan, by, committer)
      if (p !== undefined) await this.proposed(by, p)
    }
    for (let n = this.below(3); n > 0; n--) {
      const p = await this.proposal(plan, committer, committer)
      if (p !== undefined) values.push(p)
    }
    const how = { ...this.how(), tree: this.chance(0.5) }
    const rivals = plan.context ? this.ofKind("native") : this.members
    const rival = this.chance(0.3) ? this.pick(rivals.filter((m) => m !== committer && !plan.touched.includes(m))) : undefined
    const lost = rival === undefined ? undefined : (await rival.commit([], this.how())).commit
    if (rival !== undefined) await rival.discard()
    await this.committed(committer, values, how, plan)
    if (lost !== undefined) await assert.rejects(this.pick(this.members).process(lost), "a commit that lost is taken")
  }

  // Somebody comes in by an external commit: new, or again.
  async enterStep(kind = this.chance(0.5) ? "native" : "foreign", resync = this.members.length >= MOST || this.chance(0.3)) {
    const back = resync ? this.pick(this.ofKind(kind)) : undefined
    const host = this.pick(this.others(back))
    const treeOut = this.chance(0.5)
    const [info, present] = [await host.info(!treeOut), await host.tree()]
    const m = back ?? await this.member(kind)
    const psks = kind === "native" ? this.psks.slice(0, this.below(3)).map((p) => p.id) : []
    let commit
    try {
      commit = await m.enter(info, { treeBytes: treeOut ? present : undefined, present, resync, psks, aad: this.bytes(this.below(9)) })
    } catch (e) {
      if (!(e instanceof ForeignTreeRule)) throw e
      this.counts.refused_by_peer++
      return false
    }
    await this.deliver(commit, this.others(m), "commit")
    await m.apply()
    if (back === undefined) this.members.push(m)
    this.counts.external[m.kind]++
    this.counts.epochs++
    this.late = this.late.filter((one) => !one.to.includes(m) || (one.to = one.to.filter((o) => o !== m)))
    await this.agree()
    return true
  }

  async end() {
    for (const m of [...this.members, ...this.gone]) await m.end()
  }
}
