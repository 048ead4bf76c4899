import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Block } from '../../../src/protocol/block.ts';
import { AliasForm } from '../../../src/protocol/alias-form.ts';
import { Operation } from '../../../src/protocol/operation.ts';
import { Outbox } from '../../../src/protocol/outbox.ts';
import { Publishes } from '../../../src/protocol/publishes.ts';
import { RETIRED, Received, SessionState } from '../../../src/protocol/session-state.ts';
import { encodeSnapshot, restoreSnapshot } from '../../../src/protocol/snapshot.ts';
import { TxArena } from '../../../src/protocol/tx-arena.ts';
import { hex, toHex } from '../../codec/bytes.ts';
import { publishBytes } from './publish-bytes.ts';

const SEED = 7_000_107;

interface Publish {
  readonly packetId: number;
  readonly qos: 1 | 2;
  readonly topic: string;
  readonly payload: string;
  readonly handed: boolean;
  readonly tag?: string | undefined;
}

/** What a session keeps, as one can write it down. */
interface Durable {
  readonly clientId: string;
  readonly exists: boolean;
  readonly expiryInterval: number;
  readonly last: number;
  readonly publishing: readonly Publish[];
  readonly releasing: readonly { readonly packetId: number; readonly tag?: string | undefined }[];
  readonly received: readonly number[];
  readonly retired: readonly number[];
}

const nothing: Durable = {
  clientId: 'c',
  exists: true,
  expiryInterval: 3600,
  last: 7,
  publishing: [],
  releasing: [],
  received: [],
  retired: [],
};

class World {
  readonly arena: TxArena;
  readonly outbox: Outbox;
  readonly session: SessionState;
  readonly publishes: Publishes;
  txReserve = 0;
  readonly newOperation = (): Operation => new Operation(this.arena.bytes);

  constructor(size: number, clientId = '') {
    this.arena = new TxArena(new Uint8Array(size));
    this.outbox = new Outbox(this.arena);
    this.session = new SessionState(clientId);
    const options = { txReserve: 0, inflightMax: 100, automaticTopicAliases: 0, downgradeQoS: false };
    this.publishes = new Publishes(this.arena, this.outbox, this.session, options, () => {});
  }

  /** Brings about what `durable` says. */
  fill(durable: Durable): this {
    const { session } = this;
    session.clientId = durable.clientId;
    session.exists = durable.exists;
    session.expiryInterval = durable.expiryInterval;
    for (const { packetId, tag } of durable.releasing) {
      const operation = this.newOperation();
      Object.assign(operation, { packetId, tag, qos: 2, stage: 'release', handed: true });
      this.publishes.restore(operation);
    }
    for (const publish of durable.publishing) {
      const operation = this.newOperation();
      const bytes = publishBytes(publish);
      if (!this.arena.allocate(operation, bytes.length, 0)) throw new Error('tx is too small');
      this.arena.bytes.set(bytes, operation.offset);
      const { packetId, qos, handed, tag } = publish;
      Object.assign(operation, { packetId, qos, handed, tag });
      this.publishes.restore(operation);
    }
    for (const packetId of durable.received)
      session.keepReceived(packetId, { stage: Received.acknowledged, open: true });
    for (const packetId of durable.retired) session.packetIds.hold(packetId, RETIRED);
    session.packetIds.last = durable.last;
    return this;
  }

  snapshot(): Uint8Array<ArrayBuffer> {
    return encodeSnapshot(this.session, this.arena);
  }

  restore(snapshot: Uint8Array): this {
    restoreSnapshot(snapshot, this.session, this.arena, this.txReserve, this.publishes, this.newOperation);
    return this;
  }

  /** What is there, with the packets as bytes. */
  get contents(): object {
    const { session, arena } = this;
    return {
      clientId: session.clientId,
      exists: session.exists,
      expiryInterval: session.expiryInterval,
      last: session.packetIds.last,
      publishing: [...session.publishing].map((each) => ({
        ...summary(each),
        bytes: toHex(arena.bytes.subarray(each.offset, each.end)),
      })),
      releasing: [...session.releasing].map(summary),
      received: [...session.received].map(([packetId, { stage, open }]) => ({ packetId, stage, open })),
      retired: session.packetIds.heldBy(RETIRED),
      size: session.packetIds.size,
      used: arena.used,
    };
  }
}

function summary({ packetId, qos, stage, state, handed, tag }: Operation): object {
  return { packetId, qos, stage, state, handed, tag };
}

/** What is expected of a session restored from a snapshot of `durable`. */
function expectedOf(durable: Durable): object {
  const publishing = durable.publishing.map((publish) => ({
    packetId: publish.packetId,
    qos: publish.qos,
    stage: 'publish',
    state: 'pending',
    handed: publish.handed,
    tag: publish.tag,
    bytes: toHex(publishBytes(publish)),
  }));
  const releasing = durable.releasing.map(({ packetId, tag }) => {
    return { packetId, qos: 2, stage: 'release', state: 'pending', handed: true, tag };
  });
  return {
    clientId: durable.clientId,
    exists: durable.exists,
    expiryInterval: durable.expiryInterval,
    last: durable.last,
    publishing,
    releasing,
    received: durable.received.map((packetId) => ({ packetId, stage: Received.acknowledged, open: false })),
    retired: [...durable.retired].sort((a, b) => a - b),
    size: publishing.length + releasing.length + durable.retired.length,
    used: durable.publishing.reduce((sum, publish) => sum + publishBytes(publish).length, 0),
  };
}

/** The code of the `ConfigError` that restoring ends with; `null`: it does not. */
function codeOf(restore: () => unknown): string | null {
  try {
    restore();
    return null;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ConfigError' || !('code' in error)) throw error;
    return String(error.code);
  }
}

const full: Durable = {
  clientId: 'client',
  exists: true,
  expiryInterval: 0x1234_5678,
  last: 65_535,
  publishing: [
    { packetId: 3, qos: 1, topic: 'a/b', payload: 'hello', handed: true, tag: 'first' },
    { packetId: 0xffff, qos: 2, topic: 'c', payload: '', handed: false },
    { packetId: 1, qos: 2, topic: 'd', payload: 'xy', handed: false, tag: '' },
  ],
  releasing: [{ packetId: 9 }, { packetId: 2, tag: 'grün' }],
  received: [40, 4, 65_535],
  retired: [300, 5],
};
const TX = 128;

describe('a snapshot', () => {
  it('is laid out as its source says, to the byte', () => {
    const world = new World(TX).fill({
      ...nothing,
      publishing: [{ packetId: 8, qos: 1, topic: 't', payload: 'p', handed: true, tag: 'x' }],
      releasing: [{ packetId: 9 }],
      received: [10],
      retired: [11],
    });
    expect(toHex(world.snapshot())).toBe(
      toHex(
        hex(`
          6d 69 6e 69 6d 71 01  01  00 00 0e 10  00 07  00 01 63
          00 00 00 01  00 09 00
          00 00 00 01  01  01 00 01 78  00 00 00 09  32 07 00 01 74 00 08 00 70
          00 00 00 01  00 0a
          00 00 00 01  00 0b`),
      ),
    );
  });

  it('restores everything, in order: publishes with their tags, what awaits PUBREL or PUBCOMP, retired identifiers', () => {
    const before = new World(TX).fill(full);
    const after = new World(TX).restore(before.snapshot());
    expect(after.contents).toEqual(expectedOf(full));
    expect(toHex(after.snapshot())).toBe(toHex(before.snapshot()));
  });

  it('of a session that never was one restores that', () => {
    const durable = { ...nothing, clientId: '', exists: false, expiryInterval: 0, last: 0 };
    expect(new World(TX).restore(new World(TX).fill(durable).snapshot()).contents).toEqual(expectedOf(durable));
  });

  it('does not list a received message before it was acknowledged', () => {
    const world = new World(TX).fill(nothing);
    world.session.keepReceived(1, { stage: Received.arrived, open: true });
    world.session.keepReceived(2, { stage: Received.handed, open: true });
    world.session.keepReceived(3, { stage: Received.acknowledged, open: true });
    expect([...new World(TX).restore(world.snapshot()).session.received.keys()]).toEqual([3]);
  });

  it('counts as handed over what an outstanding write was given: the broker may have it', () => {
    const publish = { packetId: 1, qos: 1, topic: 't', payload: 'p', handed: false } as const;
    const world = new World(TX).fill({ ...nothing, publishing: [publish, { ...publish, packetId: 2 }] });
    const handed = (): boolean[] => {
      const { session } = new World(TX).restore(world.snapshot());
      return [...session.publishing].map((operation) => operation.handed);
    };
    expect(handed()).toEqual([false, false]);
    world.outbox.push(world.session.publishing.first!);
    expect(handed()).toEqual([false, false]);
    world.outbox.lend();
    world.outbox.push(world.session.publishing.last!);
    expect(handed()).toEqual([true, false]);
    world.outbox.taken(0);
    expect(handed()).toEqual([false, false]);
    world.outbox.lend();
    world.outbox.taken(1);
    expect(handed()).toEqual([true, false]);
  });

  it('counts as handed over what went out under an alias, in part or in a write that is outstanding', () => {
    const publish = { packetId: 1, qos: 1, topic: 't', payload: 'p', handed: false } as const;
    const world = new World(TX).fill({ ...nothing, publishing: [publish] });
    const operation = world.session.publishing.first!;
    const form = new AliasForm(operation, world.publishes);
    world.arena.allocate(form, 5, 0);
    operation.aliased = form;
    world.outbox.push(form);
    const isHanded = (): boolean => new World(TX).restore(world.snapshot()).session.publishing.first!.handed;
    expect(isHanded()).toBe(false);
    world.outbox.lend();
    expect(isHanded()).toBe(true);
    world.outbox.taken(0);
    expect(isHanded()).toBe(false);
    world.outbox.lend();
    world.outbox.taken(3);
    expect(isHanded()).toBe(true);
  });

  it('has the bytes where they are now, after others around them have moved', () => {
    const publish = { packetId: 1, qos: 1, topic: 't', payload: 'payload', handed: true } as const;
    const world = new World(40);
    const other = new Block(world.arena.bytes);
    world.arena.allocate(other, 10, 0);
    world.fill({ ...nothing, publishing: [publish] });
    world.arena.release(other);
    expect(world.arena.allocate(other, 25, 0)).toBe(true);
    expect(new World(40).restore(world.snapshot()).contents).toEqual(expectedOf({ ...nothing, publishing: [publish] }));
  });

  it('comes back as it was, whatever was open', () => {
    const packetId = fc.integer({ min: 1, max: 65_535 });
    const tag = fc.oneof(fc.constant(undefined), fc.constantFrom('', 'tag', 'ключ', '🙂'));
    const publish = fc.record({
      qos: fc.constantFrom(1 as const, 2 as const),
      topic: fc.constantFrom('a', 'a/b/c', 't'.repeat(200)),
      payload: fc.oneof(fc.constant(''), fc.string({ maxLength: 20 })),
      handed: fc.boolean(),
      tag,
    });
    const durable = fc
      .record({
        clientId: fc.constantFrom('', 'c', 'клиент'),
        exists: fc.boolean(),
        expiryInterval: fc.constantFrom(0, 1, 3600, 0xffff_ffff),
        last: fc.nat({ max: 65_535 }),
        publishes: fc.array(publish, { maxLength: 8 }),
        tags: fc.array(tag, { maxLength: 5 }),
        retired: fc.nat({ max: 4 }),
        ids: fc.uniqueArray(packetId, { minLength: 17, maxLength: 17 }),
        received: fc.uniqueArray(packetId, { maxLength: 5 }),
      })
      .map(({ publishes, tags, retired, ids, ...rest }): Durable => {
        return {
          ...rest,
          publishing: publishes.map((each) => ({ ...each, packetId: ids.pop()! })),
          releasing: tags.map((each) => ({ packetId: ids.pop()!, tag: each })),
          retired: ids.slice(0, retired),
        };
      });
    fc.assert(
      fc.property(durable, (each) => {
        const before = new World(4096).fill(each);
        const snapshot = before.snapshot();
        const after = new World(4096, each.clientId).restore(snapshot);
        expect(after.contents).toEqual(expectedOf(each));
        expect(Buffer.compare(after.snapshot(), snapshot)).toBe(0);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });
});

describe('restoring', () => {
  const snapshot = new World(TX).fill(full).snapshot();

  it('is for the same client identifier, or for none', () => {
    expect(codeOf(() => new World(TX, 'other').restore(snapshot))).toBe('snapshot-client-id');
    expect(new World(TX, 'client').restore(snapshot).session.clientId).toBe('client');
    expect(new World(TX).restore(snapshot).session.clientId).toBe('client');
  });

  it('needs a tx that holds the publishes', () => {
    const used = full.publishing.reduce((sum, publish) => sum + publishBytes(publish).length, 0);
    expect(codeOf(() => new World(used).restore(snapshot))).toBeNull();
    expect(codeOf(() => new World(used - 1).restore(snapshot))).toBe('snapshot-too-large');
    expect(codeOf(() => new World(1).restore(snapshot))).toBe('snapshot-too-large');
    // The part that belongs to acknowledgements stays theirs.
    const restored = (size: number): string | null => {
      const world = new World(size);
      world.txReserve = 16;
      return codeOf(() => world.restore(snapshot));
    };
    expect([restored(used + 16), restored(used + 15)]).toEqual([null, 'snapshot-too-large']);
  });

  it('takes a window on bytes for what it is', () => {
    const around = new Uint8Array(snapshot.length + 20).fill(0xaa);
    around.set(snapshot, 7);
    const window = around.subarray(7, 7 + snapshot.length);
    expect(new World(TX).restore(window).contents).toEqual(expectedOf(full));
  });

  it('takes nothing that is shorter, or longer', () => {
    for (let length = 0; length < snapshot.length; length++) {
      expect(codeOf(() => new World(TX).restore(snapshot.subarray(0, length)))).toBe('snapshot-invalid');
    }
    const longer = new Uint8Array(snapshot.length + 1);
    longer.set(snapshot);
    expect(codeOf(() => new World(TX).restore(longer))).toBe('snapshot-invalid');
  });

  it.each([
    ['an identifier of 0', { received: [0] }],
    ['a retired identifier of 0', { retired: [0] }],
    ['an identifier that is in use and retired', { releasing: [{ packetId: 5 }], retired: [5] }],
  ])('takes nothing with %s', (_, wrong) => {
    const broken = new World(TX).fill({ ...nothing, ...wrong }).snapshot();
    expect(codeOf(() => new World(TX).restore(broken))).toBe('snapshot-invalid');
  });

  it.each([
    ['QoS 0', { qos: 0 as const, packetId: undefined }],
    ['the identifier 0', { packetId: 0 }],
    ['a topic alias', { properties: [0x23, 0, 1] }],
    ['DUP, which was never handed over', { dup: true }],
    ['a wildcard', { topic: 'a/#' }],
    ['no topic', { topic: '' }],
    ['a property that is none', { properties: [0x7f] }],
    ['the type of another packet', { first: 0x40 }],
  ])('takes no PUBLISH with %s', (_, wrong) => {
    const good = { topic: 'a/b', qos: 1, packetId: 8, payload: 'p' } as const;
    const restored = (packet: Uint8Array): string | null => {
      const world = new World(TX);
      const operation = world.newOperation();
      world.arena.allocate(operation, packet.length, 0);
      world.arena.bytes.set(packet, operation.offset);
      operation.qos = 1;
      operation.packetId = 8;
      world.publishes.restore(operation);
      return codeOf(() => new World(TX).restore(world.snapshot()));
    };
    expect(restored(publishBytes(good))).toBeNull();
    expect(restored(publishBytes({ ...good, ...wrong }))).toBe('snapshot-invalid');
  });

  it('with any one byte changed is refused, or gives a state that is as large and holds together', () => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0; // most of the time goes into stacks otherwise
    const changed = new Uint8Array(snapshot);
    const codes = new Set<string>();
    for (let at = 0; at < snapshot.length; at++) {
      const right = snapshot[at]!;
      for (const byte of [1, 2, 4, 8, 16, 32, 64, 128, 255, right, right - 1, right - 2].map(
        (change) => right ^ change,
      )) {
        changed[at] = byte;
        for (const clientId of ['', 'client']) {
          const world = new World(TX, clientId);
          const code = codeOf(() => world.restore(changed));
          codes.add(code ?? 'restored');
          if (code !== null) continue;
          // Retired identifiers are in their own order; all else is as it was given.
          const again = world.snapshot();
          const once = new World(TX).restore(again).snapshot();
          if (again.length !== changed.length || Buffer.compare(again, once) !== 0) throw new Error(`${byte} at ${at}`);
        }
      }
      changed[at] = right;
    }
    Error.stackTraceLimit = stackTraceLimit;
    expect(codes).toEqual(new Set(['restored', 'snapshot-client-id', 'snapshot-invalid']));
  });

  it('with a count that promises more than there is ends at once', () => {
    const empty = new World(TX).fill(nothing).snapshot();
    for (const at of [empty.length - 16, empty.length - 12, empty.length - 8, empty.length - 4]) {
      const broken = new Uint8Array(empty);
      broken.fill(0xff, at, at + 4);
      expect(codeOf(() => new World(TX).restore(broken))).toBe('snapshot-invalid');
    }
  });
});
