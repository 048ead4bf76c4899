import { describe, expect, it } from 'vitest';
import type { Operation, Request } from '@minimq/core/protocol';
import { hex } from '../../codec/bytes.ts';
import { Client, CONNACK, SESSION_PRESENT, type Options } from './client.ts';

// What becomes of everything at the loss of a connection. Each row is cut before the packet, after every byte of it, and
// with a write outstanding that never settles; then the broker has kept the session, or lost it.

interface Cut {
  /** How many bytes of the packet the transport has taken. */
  readonly taken: number;
  /** Whether the rest was given to it in a write whose promise never settled. */
  readonly outstanding: boolean;
  /** Whether it may have any byte. */
  readonly handed: boolean;
}

/** Every way to cut while `length` bytes leave. */
function cuts(length: number): Cut[] {
  const all: Cut[] = [];
  for (let taken = 0; taken <= length; taken++) {
    all.push({ taken, outstanding: false, handed: taken > 0 });
    if (taken < length) all.push({ taken, outstanding: true, handed: true });
  }
  return all;
}

/** Has the packet leave up to the cut, checks that it was that packet, and loses the stream. */
function cutIn(client: Client, packet: string, { taken, outstanding }: Cut): void {
  const bytes = hex(packet);
  const left = taken === 0 ? '' : client.writeExactly(taken);
  expect(hex(left)).toEqual(bytes.subarray(0, taken));
  if (outstanding) expect(hex(client.lend())).toEqual(bytes.subarray(taken));
  client.cut();
}

type Item = Operation | Request;

interface Row {
  readonly name: string;
  readonly options?: Options;
  /** Goes up to where `packet` is what leaves next; returns what an application holds on to. */
  readonly prepare: (client: Client) => Item | undefined;
  readonly packet: string;
  readonly resumed: { readonly output: (cut: Cut) => string; readonly state?: (cut: Cut) => string };
  readonly gone: { readonly output: (cut: Cut) => string; readonly state?: (cut: Cut) => string };
}

const nothing = (): string => '';
const pending = (): string => 'pending';
const invalidated = (): string => 'invalidated';

const rows: readonly Row[] = [
  {
    name: 'a QoS 1 publish',
    prepare: (client) => client.publish({ topic: 'a', qos: 1, payload: 'x' }),
    packet: '32 07 00 01 61 00 01 00 78',
    resumed: { output: ({ handed }) => `${handed ? '3a' : '32'} 07 00 01 61 00 01 00 78`, state: pending },
    gone: {
      output: ({ handed }) => (handed ? '' : '32 07 00 01 61 00 01 00 78'),
      state: ({ handed }) => (handed ? 'invalidated' : 'pending'),
    },
  },
  {
    name: 'a QoS 2 publish',
    prepare: (client) => client.publish({ topic: 'a', qos: 2, payload: 'x' }),
    packet: '34 07 00 01 61 00 01 00 78',
    resumed: { output: ({ handed }) => `${handed ? '3c' : '34'} 07 00 01 61 00 01 00 78`, state: pending },
    gone: {
      output: ({ handed }) => (handed ? '' : '34 07 00 01 61 00 01 00 78'),
      state: ({ handed }) => (handed ? 'invalidated' : 'pending'),
    },
  },
  {
    name: 'a QoS 1 publish that was handed over on an earlier connection',
    prepare: (client) => {
      const operation = client.publish({ topic: 'a', qos: 1 });
      client.write(3);
      client.cut();
      client.connect(SESSION_PRESENT);
      return operation;
    },
    packet: '3a 06 00 01 61 00 01 00',
    resumed: { output: () => '3a 06 00 01 61 00 01 00', state: pending },
    gone: { output: nothing, state: invalidated },
  },
  {
    name: 'a PUBREL',
    prepare: (client) => {
      const operation = client.publish({ topic: 'a', qos: 2, payload: 'x' });
      client.output();
      client.feed('50 02 00 01');
      return operation;
    },
    packet: '62 02 00 01',
    resumed: { output: () => '62 02 00 01', state: pending },
    gone: { output: nothing, state: invalidated },
  },
  {
    name: 'a SUBSCRIBE',
    prepare: (client) => client.subscribe('a'),
    packet: '82 07 00 01 00 00 01 61 00',
    resumed: { output: () => '82 07 00 01 00 00 01 61 00', state: pending },
    gone: { output: nothing, state: invalidated },
  },
  {
    name: 'an UNSUBSCRIBE',
    prepare: (client) => client.unsubscribe('a'),
    packet: 'a2 06 00 01 00 00 01 61',
    resumed: { output: () => 'a2 06 00 01 00 00 01 61', state: pending },
    gone: { output: nothing, state: invalidated },
  },
  {
    name: 'a QoS 0 publish',
    prepare: (client) => client.publish({ topic: 'a', payload: 'x' }),
    packet: '30 05 00 01 61 00 78',
    resumed: { output: nothing, state: ({ taken }) => (taken === 7 ? 'complete' : 'invalidated') },
    gone: { output: nothing, state: ({ taken }) => (taken === 7 ? 'complete' : 'invalidated') },
  },
  {
    name: 'a QoS 0 publish under an alias',
    options: { automaticTopicAliases: 1 },
    prepare: (client) => {
      client.cut();
      client.connect('20 06  01 00  03  22 00 01');
      return client.publish({ topic: 'a', payload: 'x' });
    },
    packet: '30 08 00 01 61 03 23 00 01 78',
    resumed: { output: nothing, state: ({ taken }) => (taken === 10 ? 'complete' : 'invalidated') },
    gone: { output: nothing, state: ({ taken }) => (taken === 10 ? 'complete' : 'invalidated') },
  },
  {
    name: 'a QoS 2 publish under an alias',
    options: { automaticTopicAliases: 1 },
    prepare: (client) => {
      client.cut();
      client.connect('20 06  01 00  03  22 00 01');
      return client.publish({ topic: 'a', qos: 2, payload: 'x' });
    },
    packet: '34 0a 00 01 61 00 01 03 23 00 01 78',
    resumed: { output: ({ handed }) => `${handed ? '3c' : '34'} 07 00 01 61 00 01 00 78`, state: pending },
    gone: {
      output: ({ handed }) => (handed ? '' : '34 07 00 01 61 00 01 00 78'),
      state: ({ handed }) => (handed ? 'invalidated' : 'pending'),
    },
  },
  {
    name: 'a PUBACK',
    prepare: (client) => {
      client.feed('32 06 00 01 61 00 05 00');
      client.texts();
      return undefined;
    },
    packet: '40 02 00 05',
    resumed: { output: nothing },
    gone: { output: nothing },
  },
  {
    name: 'a PUBREC',
    prepare: (client) => {
      client.feed('34 06 00 01 61 00 05 00');
      client.texts();
      return undefined;
    },
    packet: '50 02 00 05',
    resumed: { output: nothing },
    gone: { output: nothing },
  },
  {
    name: 'a PUBCOMP',
    prepare: (client) => {
      client.feed('34 06 00 01 61 00 05 00');
      client.texts();
      client.output();
      client.feed('62 02 00 05');
      return undefined;
    },
    packet: '70 02 00 05',
    resumed: { output: nothing },
    gone: { output: nothing },
  },
  {
    name: 'a PUBREL for an unknown identifier',
    prepare: (client) => {
      client.feed('50 02 00 05');
      return undefined;
    },
    packet: '62 03 00 05 92',
    resumed: { output: nothing },
    gone: { output: nothing },
  },
  {
    name: 'a PINGREQ',
    options: { keepAlive: 10 },
    prepare: (client) => {
      client.nowMs = 8000;
      client.engine.tick(8000);
      return undefined;
    },
    packet: 'c0 00',
    resumed: { output: nothing },
    gone: { output: nothing },
  },
  {
    name: 'an AUTH',
    prepare: (client) => {
      client.cut();
      client.start({ authenticationMethod: 'm' });
      client.feed('20 07  01 00  04  15 00 01 6d');
      client.engine.verified(client.nowMs);
      client.engine.reauthenticate(undefined);
      return undefined;
    },
    packet: 'f0 06 19 04 15 00 01 6d',
    resumed: { output: nothing },
    gone: { output: nothing },
  },
];

describe.each(rows)('$name at the loss', ({ options, prepare, packet, resumed, gone }) => {
  const length = hex(packet).length;

  it('on a resume', () => {
    for (const cut of cuts(length)) {
      const client = new Client(options).connect();
      const item = prepare(client);
      cutIn(client, packet, cut);
      client.connect(SESSION_PRESENT);
      client.expectOutput(resumed.output(cut));
      expect(item?.state).toBe(resumed.state?.(cut));
      finish(client, item);
      client.cut();
      client.connect(SESSION_PRESENT);
      client.expectOutput();
    }
  });

  it('where the broker’s session is gone', () => {
    for (const cut of cuts(length)) {
      const client = new Client(options).connect();
      const item = prepare(client);
      cutIn(client, packet, cut);
      client.connect(CONNACK);
      client.expectOutput(gone.output(cut));
      expect(item?.state).toBe(gone.state?.(cut));
      finish(client, item);
    }
  });

  it('where the session ends with its connection', () => {
    for (const cut of cuts(length)) {
      const client = new Client({ ...options, sessionExpiryInterval: 0, adoptSession: true }).connect();
      const item = prepare(client);
      // Rows that lose an earlier connection have lost their session with it.
      if (item?.state === 'invalidated') return;
      cutIn(client, packet, cut);
      expect(item?.state).toBe(gone.state?.(cut));
      client.connect(CONNACK);
      client.expectOutput(gone.output(cut));
      finish(client, item);
    }
  });

  it('with a clean start', () => {
    for (const cut of cuts(length)) {
      const client = new Client(options).connect();
      const item = prepare(client);
      cutIn(client, packet, cut);
      client.start({ cleanStart: true });
      expect(item?.state).toBe(gone.state?.(cut));
      client.feed(CONNACK);
      client.expectConnected(false);
      client.expectOutput(gone.output(cut));
    }
  });
});

/** The broker answers whatever is open, and nothing is left: no byte of tx, no identifier. */
function finish(client: Client, item: Item | undefined): void {
  if (item?.state === 'pending') {
    if (item.kind === 'request') client.feed(item.type === 'subscribe' ? '90 04 00 01 00 00' : 'b0 04 00 01 00 00');
    else if (item.qos === 1) client.feed('40 02 00 01');
    else {
      if (item.stage === 'publish') client.feed('50 02 00 01');
      client.output();
      client.feed('70 02 00 01');
    }
    expect(item.state).toBe('complete');
  }
  expect(client.engine.pending).toEqual([]);
  expect(client.engine.canPublish(1, 4032)).toBe(true);
  client.expectOutput();
}

// Several packets in one write, cut after every byte of it.

describe('several packets in one write', () => {
  const packets = [
    '32 06 00 01 61 00 01 00',
    '34 06 00 01 62 00 02 00',
    '30 04 00 01 63 00',
    '82 07 00 03 00 00 01 61 00',
    '32 06 00 01 64 00 04 00',
  ];
  const all = packets.join(' ');
  const ends = packets.map((_packet, i) => hex(packets.slice(0, i + 1).join(' ')).length);
  const begun = (taken: number, i: number): boolean => taken > (ends[i - 1] ?? 0);

  function prepare(): { client: Client; items: readonly Item[] } {
    const client = new Client().connect();
    const items = [
      client.publish({ topic: 'a', qos: 1 }),
      client.publish({ topic: 'b', qos: 2 }),
      client.publish({ topic: 'c' }),
      client.subscribe('a'),
      client.publish({ topic: 'd', qos: 1 }),
    ];
    return { client, items };
  }

  it('on a resume: DUP where a byte of it was handed over, and nowhere else', () => {
    for (const cut of cuts(hex(all).length)) {
      const { client, items } = prepare();
      cutIn(client, all, cut);
      client.connect(SESSION_PRESENT);
      const dup = (i: number): boolean => cut.outstanding || begun(cut.taken, i);
      client.expectOutput(
        `${dup(0) ? '3a' : '32'} 06 00 01 61 00 01 00`,
        `${dup(1) ? '3c' : '34'} 06 00 01 62 00 02 00`,
        `${dup(4) ? '3a' : '32'} 06 00 01 64 00 04 00`,
        '82 07 00 03 00 00 01 61 00',
      );
      expect(items[2]!.state).toBe(cut.taken >= ends[2]! ? 'complete' : 'invalidated');
    }
  });

  it('where the broker’s session is gone: what was handed over is invalidated, the rest is sent', () => {
    for (const cut of cuts(hex(all).length)) {
      const { client, items } = prepare();
      cutIn(client, all, cut);
      client.connect(CONNACK);
      const handed = (i: number): boolean => cut.outstanding || begun(cut.taken, i);
      client.expectOutput([0, 1, 4].map((i) => (handed(i) ? '' : packets[i])).join(' '));
      for (const i of [0, 1, 4]) expect(items[i]!.state).toBe(handed(i) ? 'invalidated' : 'pending');
      expect(items[3]!.state).toBe('invalidated');
    }
  });
});

// A whole exchange, cut at every byte in both directions.

describe('an exchange cut at every byte', () => {
  it('QoS 1 out: never lost', () => {
    const length = 8 + 4;
    for (let at = 0; at <= length; at++) {
      const client = new Client().connect();
      const operation = client.publish({ topic: 'a', qos: 1 });
      client.writeExactly(Math.min(at, 8));
      if (at > 8) client.feed(bytesOf('40 02 00 01', at - 8));
      client.cut();
      client.connect(SESSION_PRESENT);
      if (at === length) {
        client.expectOutput();
        expect(operation.state).toBe('complete');
        continue;
      }
      client.expectOutput(at === 0 ? '32 06 00 01 61 00 01 00' : '3a 06 00 01 61 00 01 00');
      client.feed('40 02 00 01');
      expect(operation.state).toBe('complete');
    }
  });

  it('QoS 2 out: never lost, and no PUBLISH once PUBREC has arrived', () => {
    // PUBLISH 8, PUBREC 4, PUBREL 4, PUBCOMP 4.
    for (let at = 0; at <= 20; at++) {
      const client = new Client().connect();
      const operation = client.publish({ topic: 'a', qos: 2 });
      client.writeExactly(Math.min(at, 8));
      if (at > 8) client.feed(bytesOf('50 02 00 01', at - 8));
      if (at > 12) client.writeExactly(Math.min(at - 12, 4));
      if (at > 16) client.feed(bytesOf('70 02 00 01', at - 16));
      client.cut();
      client.connect(SESSION_PRESENT);
      if (at === 20) {
        client.expectOutput();
      } else if (at >= 12) {
        client.expectOutput('62 02 00 01');
        client.feed('70 02 00 01');
      } else {
        client.expectOutput(at === 0 ? '34 06 00 01 61 00 01 00' : '3c 06 00 01 61 00 01 00');
        client.feed('50 02 00 01');
        client.expectOutput('62 02 00 01');
        client.feed('70 02 00 01');
      }
      expect(operation.state).toBe('complete');
    }
  });

  it('QoS 1 in: never lost', () => {
    // PUBLISH 8, PUBACK 4; the broker repeats what it has no PUBACK for.
    for (let at = 0; at <= 12; at++) {
      const client = new Client().connect();
      client.feed(bytesOf('32 06 00 01 61 00 05 00', at));
      let count = client.texts().length;
      if (at > 8) client.writeExactly(at - 8);
      client.cut();
      client.connect(SESSION_PRESENT);
      client.expectOutput();
      if (at < 12) {
        client.feed('3a 06 00 01 61 00 05 00');
        count += client.texts().length;
        client.expectOutput('40 02 00 05');
      }
      expect(count).toBe(at < 8 || at === 12 ? 1 : 2);
    }
  });

  it('QoS 2 in: never lost, never doubled', () => {
    // PUBLISH 9, PUBREC 4, PUBREL 4, PUBCOMP 4; the broker repeats PUBLISH until PUBREC, then PUBREL until PUBCOMP.
    for (let at = 0; at <= 21; at++) {
      for (const comesBack of ['before', 'after'] as const) {
        const client = new Client().connect();
        const seen: string[] = [];
        client.feed(bytesOf('34 07 00 01 61 00 05 00 78', Math.min(at, 9)));
        if (comesBack === 'before') seen.push(...client.texts());
        if (at > 9 && comesBack === 'after') continue;
        if (at > 9) client.writeExactly(Math.min(at - 9, 4));
        if (at > 13) client.feed(bytesOf('62 02 00 05', at - 13));
        if (at > 17) client.writeExactly(at - 17);
        client.cut();
        if (comesBack === 'after') seen.push(...client.texts());
        client.connect(SESSION_PRESENT);
        client.expectOutput();
        if (at < 13) {
          client.feed('3c 07 00 01 61 00 05 00 78');
          seen.push(...client.texts());
          client.expectOutput('50 02 00 05');
        }
        // Once the PUBREL has arrived whole the identifier is new, and the broker's repeat finds it unknown.
        client.feed('62 02 00 05');
        client.expectOutput(at < 17 ? '70 02 00 05' : '70 03 00 05 92');
        expect(seen).toEqual(['x']);
        client.feed('34 07 00 01 61 00 05 00 79');
        expect(client.texts()).toEqual(['y']);
      }
    }
  });
});

/** The first `count` bytes. */
function bytesOf(packet: string, count: number): string {
  return Buffer.from(hex(packet).subarray(0, count)).toString('hex');
}
