// SPDX-License-Identifier: ISC
// Members of mls_peer and of ts-mls in the same groups. One JSON line a scenario; the status is not 0 when
// any failed.    node interop.mjs MLS_PEER [SUITE...]
// SOTTO_SEED repeats a run's choices, SOTTO_INTEROP_EPOCHS lengthens the long scenarios.
import { randomInt } from "node:crypto"
import assert from "node:assert/strict"
import { Native, treeRead } from "./members.mjs"
import { Room, randomOf } from "./room.mjs"

const EPOCHS = Number(process.env.SOTTO_INTEROP_EPOCHS ?? 20)
const seed = Number(process.env.SOTTO_SEED ?? randomInt(2 ** 32 - 1))
const nobody = () => ({ joiners: [], leavers: [] })

async function add(room, committer, kinds, how, more = []) {
  const plan = nobody()
  const proposals = [...more]
  for (const kind of kinds) {
    const m = await room.member(kind)
    plan.joiners.push(m)
    proposals.push({ type: "add", package: await m.package() })
  }
  await room.committed(committer, proposals, how, plan)
  return plan.joiners
}

// One kind creates, the other joins by welcome: tree inside and outside, sealed and in the open, with a PSK.
async function welcomes(room, creator) {
  const guest = creator === "native" ? "foreign" : "native"
  const first = await room.create(creator)
  await add(room, first, [guest], { tree: true })
  await room.chatter()
  await add(room, first, [guest], { tree: false, public: true })
  await room.chatter()
  await add(room, first, [guest, creator], { tree: true }, [{ type: "external", id: room.psks[0].id }])
  await room.chatter()
  await room.committed(room.ofKind(guest)[0], [], {}, nobody()) // the next is signed by a guest
  await add(room, room.ofKind(guest)[0], [creator], { tree: false })
  await room.chatter()
}

// A long life: whatever members do, at random, with both kinds always there.
async function life(room, creator) {
  const first = await room.create(creator)
  await add(room, first, creator === "native" ? ["foreign", "native", "foreign", "foreign"] : ["native", "foreign", "native", "foreign"],
    { tree: room.chance(0.5), public: room.chance(0.5) })
  while (room.counts.epochs < EPOCHS + 1) {
    await room.chatter()
    if (room.chance(0.3)) for (const m of room.members) await m.reload()
    if (room.chance(0.25)) await room.enterStep()
    else await room.commitStep()
  }
  await room.chatter()
}

// Each commits when it is his turn, sealed and in the open, with an update that was proposed or a secret of
// an epoch before.
async function alternate(room) {
  const first = await room.create("native")
  await add(room, first, ["foreign", "native", "foreign", "foreign"], { tree: true })
  for (let n = 0; n < EPOCHS; n++) {
    await room.chatter()
    const by = room.members[n % room.members.length]
    const propose = room.members[(n + 1) % room.members.length]
    if (n % 3 === 1) await room.proposed(propose, { type: "update" })
    const resume = n % 5 === 4 ? [{ type: "resume", epoch: room.epoch - (n % 2) }] : []
    await room.committed(by, resume, { public: n % 2 === 0, path: true }, nobody())
  }
  await room.chatter()
}

async function external(room, creator) {
  const first = await room.create(creator)
  await add(room, first, ["native", "foreign"], { tree: true })
  for (const kind of ["native", "foreign"])
    for (const resync of [false, true]) {
      await room.chatter()
      const by = room.ofKind(kind === "native" ? "foreign" : "native")[0]
      await room.committed(by, [], { path: true }, nobody())
      assert.ok(await room.enterStep(kind, resync), `${kind} cannot enter`)
    }
  await room.chatter()
}

// A newcomer stays unmerged below a filled node while somebody of the other side of the tree commits: the
// path's secret must reach him by his leaf, though he has a place below a node with a key.
async function unmerged(room, newcomer) {
  const committer = newcomer === "native" ? "foreign" : "native"
  const first = await room.create(committer)
  await add(room, first, [newcomer, committer, newcomer, committer, committer, newcomer, newcomer], { tree: true })
  for (const m of [...room.members]) await room.committed(m, [], { path: true }, nobody())
  const out = room.members.find((m) => m.leaf === 5 || m.leaf === 6)
  await room.committed(first, [{ type: "remove", leaf: out.leaf }], {}, { joiners: [], leavers: [out] })
  for (const leaf of [4, 7]) // who is beside the hole fills the nodes above it
    await room.committed(room.members.find((m) => m.leaf === leaf), [], { path: true }, nobody())
  const left = room.members.find((m) => m.leaf === 3)
  const [m] = await add(room, left, [newcomer], { tree: true })
  assert.equal(m.leaf, out.leaf)
  const above = treeRead(await left.tree())[11] // the leaves 4 to 7
  assert.ok(above.parent.unmergedLeaves.includes(m.leaf), "the newcomer is merged")
  for (const leaf of [0, 2, 4, m.leaf]) {
    await room.committed(room.members.find((o) => o.leaf === leaf), [], { path: true, public: leaf === 2 }, nobody())
    await room.chatter()
  }
}

// The group goes on in another one: as its successor, or as a branch.
async function follow(room, creator, how) {
  const guest = creator === "native" ? "foreign" : "native"
  const first = await room.create(creator)
  await add(room, first, [guest, creator], { tree: true })
  await room.chatter()
  room.group = room.bytes(16)
  if (how === "reinit") {
    const made = await first.commit([{ type: "reinit", group: room.group }], { public: room.chance(0.5) })
    await room.deliver(made.commit, room.others(first), "commit")
    await first.apply()
    await room.agree()
  }
  const [, ...rest] = room.members
  const packages = []
  for (const m of room.members) await m.retire()
  for (const m of rest) packages.push({ type: "add", package: await m.package() })
  await first.create(room.group, room.extensions)
  const made = await first.commit([...packages, { type: "follow" }], { tree: true })
  const present = await first.tree()
  await first.apply()
  for (const m of rest) await m.join(made.welcome, undefined, present)
  await room.agree()
  assert.equal(room.epoch, 1)
  room.counts.epochs++
  await room.chatter()
  await room.committed(rest[0], [], { path: true }, nobody())
  await room.chatter()
}

const SCENARIOS = {
  "native creates": (room) => welcomes(room, "native"),
  "foreign creates": (room) => welcomes(room, "foreign"),
  "everybody commits in turn": alternate,
  "life, native creates": (room) => life(room, "native"),
  "life, foreign creates": (room) => life(room, "foreign"),
  "external commits, native creates": (room) => external(room, "native"),
  "external commits, foreign creates": (room) => external(room, "foreign"),
  "unmerged native": (room) => unmerged(room, "native"),
  "unmerged foreign": (room) => unmerged(room, "foreign"),
  "reinit by native": (room) => follow(room, "native", "reinit"),
  "reinit by foreign": (room) => follow(room, "foreign", "reinit"),
  "branch by native": (room) => follow(room, "native", "branch"),
  "branch by foreign": (room) => follow(room, "foreign", "branch"),
}

async function run(suite, scenario, number) {
  const room = new Room(suite, randomOf(seed + suite * 131 + number * 7919))
  let why
  try {
    await SCENARIOS[scenario](room)
    await room.end()
  } catch (e) {
    why = e.stack
  }
  for (const m of Native.alive) m.kill()
  const { epochs, messages, ...more } = room.counts
  console.log(JSON.stringify({ suite, scenario, epochs, messages, ok: why === undefined, ...more }))
  if (why !== undefined) console.log(`seed ${seed}, suite ${suite}, ${scenario}: ${why}`)
  return why === undefined
}

const [program, ...wanted] = process.argv.slice(2)
Native.program = program
process.on("exit", () => { for (const m of Native.alive) m.kill() })
console.log(`seed ${seed}`)
let failed = 0
for (const suite of wanted.length > 0 ? wanted.map(Number) : [1, 2, 3, 0xf001])
  for (const [number, scenario] of Object.keys(SCENARIOS).entries())
    if (!process.env.SOTTO_INTEROP_ONLY || scenario.includes(process.env.SOTTO_INTEROP_ONLY))
      if (!(await run(suite, scenario, number))) failed++
console.log(failed === 0 ? "all scenarios agree" : `${failed} scenarios failed`)
process.exitCode = failed === 0 ? 0 : 1
