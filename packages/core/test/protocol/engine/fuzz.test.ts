import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Packet } from '@minimq/core/codec';
import type { ReceivedPublish } from '@minimq/core/protocol';
import { hex, toHex } from '../../codec/bytes.ts';
import { Client, CONNACK, SESSION_PRESENT, u16, type Options } from './client.ts';
import { WireLog } from './wire-log.ts';

// Garbage of every kind. fast-check prints the seed and the shortest counterexample; the seed here makes all runs the same.
const SEED = 5_000_316;

/** What a broker may send at any time; identifiers are from a few, so that they meet what is open. */
const sensible: readonly string[] = [
  '30 05 00 01 61 00 78',
  '31 0b 00 01 61 05 23 00 01 01 01 78 79',
  '30 07 00 00 03 23 00 01 78',
  '32 07 00 01 61 00 01 00 78',
  '32 07 00 01 61 00 02 00 78',
  '3a 07 00 01 61 00 02 00 78',
  '34 07 00 01 61 00 01 00 78',
  '34 0f 00 01 61 00 02 08 08 00 01 72 09 00 01 01 78',
  '3c 07 00 01 61 00 01 00 78',
  '40 02 00 01',
  '40 03 00 02 80',
  '40 08 00 03 10 04 1f 00 01 72',
  '50 02 00 01',
  '50 02 00 02',
  '50 03 00 03 97',
  '62 02 00 01',
  '62 02 00 02',
  '62 03 00 03 92',
  '70 02 00 01',
  '70 03 00 02 92',
  '90 04 00 01 00 00',
  '90 04 00 04 00 87',
  'b0 04 00 02 00 11',
  'd0 00',
];
const rare: readonly string[] = [CONNACK, 'f0 06 18 04 15 00 01 6d', 'f0 06 00 04 15 00 01 6d', 'e0 00', 'e0 01 8b'];
const connacks: readonly string[] = [
  CONNACK,
  SESSION_PRESENT,
  '20 09 00 00 06 21 00 02 22 00 02',
  '20 0e 01 00 0b 21 00 01 24 01 27 00 00 00 40 25 00',
  '20 07 00 00 04 15 00 01 6d',
];

/** Bytes that are nearly right. */
const mutation = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...sensible).map(hex) },
  { weight: 1, arbitrary: fc.constantFrom(...rare, ...connacks).map(hex) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom(...sensible, ...rare), fc.nat(), fc.integer({ min: 0, max: 255 }))
      .map(([packet, at, value]) => {
        const bytes = hex(packet);
        bytes[at % bytes.length] = value;
        return bytes;
      }),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...sensible), fc.nat(), fc.uint8Array({ maxLength: 4 }))
      .map(([packet, at, inserted]) => {
        const bytes = hex(packet);
        const cut = at % bytes.length;
        return new Uint8Array([...bytes.subarray(0, cut), ...inserted, ...bytes.subarray(cut)]);
      }),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 12 }) },
);

type Step =
  | { readonly do: 'arrive'; readonly bytes: Uint8Array; readonly chunk: number }
  | { readonly do: 'write'; readonly most: number }
  | { readonly do: 'publish'; readonly qos: 0 | 1 | 2; readonly length: number }
  | { readonly do: 'lend' | 'subscribe' | 'unsubscribe' | 'receive' | 'receiveOwned' | 'comeBack' | 'disconnect' }
  | { readonly do: 'ack'; readonly which: number; readonly reasonCode: 0 | 0x80 }
  | { readonly do: 'tick'; readonly ms: number }
  | { readonly do: 'reauthenticate' | 'authenticate' | 'restore' | 'answer' }
  | {
      readonly do: 'reconnect';
      readonly connack: string;
      readonly cleanStart: boolean;
      readonly authenticated: boolean;
    };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({ do: fc.constant('arrive'), bytes: mutation, chunk: fc.integer({ min: 1, max: 30 }) }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('write'), most: fc.integer({ min: 1, max: 60 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('answer') }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('publish'),
      qos: fc.constantFrom(0, 1, 2),
      length: fc.integer({ min: 0, max: 40 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('lend', 'subscribe', 'unsubscribe', 'receive', 'receiveOwned', 'comeBack'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('ack'),
      which: fc.nat(),
      reasonCode: fc.constantFrom(0 as const, 0x80 as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('tick'), ms: fc.integer({ min: 0, max: 20_000 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('reauthenticate', 'authenticate', 'restore', 'disconnect') }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('reconnect'),
      connack: fc.constantFrom(...connacks),
      cleanStart: fc.boolean(),
      authenticated: fc.boolean(),
    }),
  },
) as fc.Arbitrary<Step>;

/** A client, and a broker that answers what it is told to, among the garbage. */
class Run {
  client: Client;
  #options: Options;
  #log = new WireLog();
  /** The write that is outstanding, and its bytes as they were. */
  #lent: { readonly bytes: Uint8Array; readonly copy: Uint8Array } | null = null;
  #unanswered: Packet[] = [];
  #messages: ReceivedPublish[] = [];

  constructor(options: Options) {
    this.#options = {
      rx: 96,
      tx: 256,
      txReserve: 32,
      keepAlive: 10,
      receiveStallMs: 5000,
      topicAliasMaximum: 2,
      ...options,
    };
    this.client = new Client(this.#options);
    this.#reconnect(CONNACK, false, false);
  }

  step(step: Step): void {
    const { client } = this;
    const { engine } = client;
    const connected = engine.state === 'connected';
    switch (step.do) {
      case 'arrive':
        client.offer(toHex(step.bytes), step.chunk);
        break;
      case 'write':
        this.#settle(step.most);
        break;
      case 'lend':
        this.#settle(1);
        this.#lend();
        break;
      case 'answer': {
        this.#settle(Number.POSITIVE_INFINITY);
        const asked = this.#unanswered.shift();
        if (asked !== undefined) client.offer(answerTo(asked));
        break;
      }
      case 'publish':
        if (connected)
          tolerate(() => client.tryPublish({ topic: 'a', qos: step.qos, payload: new Uint8Array(step.length) }));
        break;
      case 'subscribe':
        if (connected) tolerate(() => engine.subscribe([{ topicFilter: 'a' }], undefined));
        break;
      case 'unsubscribe':
        if (connected) tolerate(() => engine.unsubscribe(['a'], undefined));
        break;
      case 'receive':
      case 'receiveOwned':
        engine.comeBack();
        if (engine.hasMessage)
          this.#messages.push(step.do === 'receive' ? readAll(engine.claim()) : readAll(engine.claimOwned()));
        break;
      case 'comeBack':
        engine.comeBack();
        break;
      case 'ack':
        this.#messages[step.which % Math.max(1, this.#messages.length)]?.ack(step.reasonCode);
        break;
      case 'tick':
        client.nowMs += step.ms;
        engine.tick(client.nowMs);
        break;
      case 'reauthenticate':
        if (connected) tolerate(() => engine.reauthenticate(new Uint8Array(3)));
        break;
      case 'authenticate':
        tolerate(() => engine.authenticate(new Uint8Array(3)));
        break;
      case 'disconnect':
        tolerate(() => engine.disconnect(client.nowMs));
        break;
      case 'restore':
        this.client = new Client({ ...this.#options, restore: engine.snapshot() });
        this.client.nowMs = client.nowMs;
        this.#messages = [];
        this.#reconnect(SESSION_PRESENT, false, false);
        break;
      case 'reconnect':
        this.#reconnect(step.connack, step.cleanStart, step.authenticated);
    }
    this.#check();
  }

  /** Has all leave that can, and closes. */
  finish(): void {
    for (let i = 0; i < 1000 && (this.#lent !== null || this.client.engine.hasOutput); i++) {
      this.#settle(Number.POSITIVE_INFINITY);
    }
    expect(this.client.engine.hasOutput).toBe(false);
    this.client.cut();
    expect(this.client.engine.deadlineMs).toBe(Number.POSITIVE_INFINITY);
  }

  #reconnect(connack: string, cleanStart: boolean, authenticated: boolean): void {
    const { client } = this;
    if (client.engine.state !== 'disconnected') client.cut();
    this.#lent = null;
    this.#unanswered = [];
    this.#log = new WireLog();
    client.engine.start(client.nowMs, { cleanStart, authenticationMethod: authenticated ? 'm' : undefined });
    this.#settle(Number.POSITIVE_INFINITY);
    client.offer(connack);
    if (client.engine.state === 'connecting') client.engine.verified(client.nowMs);
  }

  #lend(): void {
    const bytes = this.client.engine.output();
    this.#lent = bytes === null ? null : { bytes, copy: bytes.slice() };
  }

  /** A write settles: the one that is outstanding, where there is one. */
  #settle(most: number): void {
    const { engine } = this.client;
    if (this.#lent === null) this.#lend();
    const lent = this.#lent;
    this.#lent = null;
    if (lent === null || engine.state === 'disconnected') return;
    if (Buffer.compare(lent.bytes, lent.copy) !== 0) throw new Error('the bytes of an outstanding write have changed');
    const count = Math.min(lent.bytes.length, most);
    this.#unanswered.push(...this.#log.take(lent.copy.slice(0, count)));
    engine.sent(count, this.client.nowMs);
  }

  #check(): void {
    const { engine } = this.client;
    for (let event = engine.next(); event !== null; event = engine.next()) {
      if (event.kind === 'closed') {
        const { name, code } = event.error;
        expect([
          'DisconnectedError disconnected',
          'PeerError refused',
          'PeerError invalid-packet',
          'TransportError transport-ended',
        ]).toContain(`${name} ${code}`);
      }
    }
    expect(engine.pending.length).toBeLessThan(64);
    // The durable state is all that may grow: tx, and identifiers of received or retired messages.
    expect(engine.snapshot().length).toBeLessThan(4096);
  }
}

/** A refusal of a request is the caller's to see; anything else is not. */
function tolerate(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof Error && 'connectionLost' in error)) throw error;
  }
}

function readAll<T extends ReceivedPublish>(message: T): T {
  void [message.topic, message.text(), message.payload, message.properties, message.responseTarget()];
  return message;
}

function answerTo(packet: Packet): string {
  const id = 'packetId' in packet ? u16(packet.packetId ?? 0) : '';
  switch (packet.type) {
    case 'publish':
      return packet.qos === 0 ? '' : `${packet.qos === 1 ? '40' : '50'} 02 ${id}`;
    case 'pubrec':
      return `62 02 ${id}`;
    case 'pubrel':
      return `70 02 ${id}`;
    case 'subscribe':
      return `90 04 ${id} 00 00`;
    case 'unsubscribe':
      return `b0 04 ${id} 00 00`;
    case 'pingreq':
      return 'd0 00';
    default:
      return '';
  }
}

describe('received()', () => {
  it('takes any bytes: it never throws, and what is written is legal', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...connacks),
        fc.uint8Array({ maxLength: 200 }),
        fc.integer({ min: 1, max: 40 }),
        (connack, bytes, chunk) => {
          const client = new Client({ rx: 64 });
          const log = new WireLog();
          client.engine.start(0);
          client.offer(connack);
          client.offer(toHex(bytes), chunk);
          for (let i = 0; i < 100 && client.engine.hasOutput; i++) {
            const output = client.engine.output()!;
            log.take(output.slice());
            client.engine.sent(output.length, 0);
            client.texts();
          }
          client.happened();
        },
      ),
      { seed: SEED, numRuns: 4000 },
    );
  });

  it.each([
    ['automatic', {}],
    ['manual', { manualAck: true }],
    ['discarding', { discard: true }],
    ['with little room', { tx: 96, rx: 32, receiveMaximum: 3, inboundQoS2Max: 2, inflightMax: 3 }],
    ['with topic aliases, and no session', { automaticTopicAliases: 2, sessionExpiryInterval: 0, adoptSession: true }],
  ] as const)('takes nearly right bytes at any moment (%s)', (_name, options) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const run = new Run(options);
        for (const each of steps) run.step(each);
        run.finish();
      }),
      { seed: SEED, numRuns: 400 },
    );
  });
});
