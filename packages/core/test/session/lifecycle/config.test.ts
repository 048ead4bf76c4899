import { describe, expect, it } from 'vitest';
import {
  Buffers,
  ConfigBuilder,
  RX_LENGTH_MIN,
  Session,
  TX_LENGTH_MIN,
  type Authenticator,
  type Clock,
  type SessionConfig,
  type Will,
} from '@minimq/core';
import { VirtualTime } from '@minimq/testkit';
import { errorOf, newSession } from '../support.ts';
import { newBench } from './bench.ts';

const invalid = { name: 'ConfigError', code: 'invalid-config', connectionLost: false };

const clock = (): Clock => new VirtualTime().clock();
const auth: Authenticator = { method: 'm', start: () => undefined, respond: () => undefined };

type Values = { readonly good: readonly unknown[]; readonly bad: readonly unknown[] };
const whole = (least: number, most: number): Values => ({
  good: [least, most],
  bad: [least - 1, most + 1, least + 0.5, Number.NaN, Number.POSITIVE_INFINITY, String(least), null],
});
const yesOrNo: Values = { good: [true, false], bad: [0, 1, 'true', null] };
const milliseconds: Values = {
  good: [0.5, 1, 30_000, Number.POSITIVE_INFINITY],
  bad: [0, -1, Number.NaN, '1', null],
};

/** Every setting but `buffers`, with values that work and values that cannot. */
const SETTINGS: Record<Exclude<keyof SessionConfig, 'buffers'>, Values> = {
  clientId: {
    good: ['', 'c', 'é', 'x'.repeat(65_535)],
    bad: [1, null, 'a\0', '\ud800', 'x'.repeat(65_536), 'é'.repeat(40_000)],
  },
  clock: { good: [clock()], bad: [null, {}, 5, { now: () => 0, wake: () => {}, defer: () => {} }] },
  keepAlive: whole(0, 65_535),
  pingTimeoutMs: milliseconds,
  sessionExpiryInterval: whole(0, 4_294_967_295),
  adoptSession: yesOrNo,
  receiveMaximum: whole(1, 65_535),
  inboundQoS2Max: whole(1, 65_535),
  topicAliasMaximum: whole(0, 65_535),
  automaticTopicAliases: whole(0, 65_535),
  requestProblemInformation: yesOrNo,
  requestResponseInformation: yesOrNo,
  userProperties: {
    good: [
      [],
      [['k', 'v']],
      [
        ['k', ''],
        ['k', ''],
      ],
    ],
    bad: [null, 'kv', { k: 'v' }, [['k']], ['kv'], [['k', 1]], [['\0', 'v']]],
  },
  will: {
    good: [{ topic: 'w' }, { topic: 'w', payload: 'p', qos: 2, retain: true, properties: { willDelayInterval: 5 } }],
    bad: [
      null,
      'w',
      {},
      { topic: '' },
      { topic: 'w/#' },
      { topic: 'w', qos: 3 },
      { topic: 'w', payload: 5 },
      { topic: 'w', payload: new Uint8Array(65_536) },
      { topic: 'w', properties: { topicAlias: 1 } },
      { topic: 'w', properties: { willDelayInterval: -1 } },
    ],
  },
  username: { good: ['', 'u'], bad: [1, null, '\0', 'x'.repeat(65_536)] },
  password: {
    good: ['', 'p', new Uint8Array(0), new Uint8Array(65_535)],
    bad: [1, null, [1], '\udc00', new Uint8Array(65_536), 'x'.repeat(65_536)],
  },
  auth: { good: [auth], bad: [null, {}, 'SCRAM', { method: 'm', start: () => undefined }] },
  manualAck: yesOrNo,
  inbound: { good: ['deliver', 'discard'], bad: ['', 'drop', true, null] },
  receiveStallMs: milliseconds,
  inflightMax: whole(1, 65_535),
  txReserve: { good: [16, 2048], bad: [15, 2049, 16.5, Number.NaN, '16', null] },
  downgradeQoS: yesOrNo,
  restore: { good: [newSession(new VirtualTime(), { clientId: '' }).snapshot()], bad: [null, 'AAAA', [1, 2], {}] },
};

const buffers = (): Buffers => Buffers.allocate({ rx: 1024, tx: 4096 });

describe.each(Object.entries(SETTINGS))('%s', (name, { good, bad }) => {
  it('takes what can work, and undefined for its default', () => {
    for (const value of [...good, undefined]) {
      expect(() => new Session({ buffers: buffers(), [name]: value })).not.toThrow();
    }
  });

  it('refuses what cannot, in a configuration and in the builder, and says where', async () => {
    for (const value of bad) {
      const config: unknown = { buffers: buffers(), [name]: value };
      const error = await errorOf(() => new Session(config as SessionConfig));
      expect(error, String(value)).toMatchObject(invalid);
      expect((error as Error).message).toContain(name);
      // How much of tx may be kept back is known only with all of them.
      if (name === 'txReserve' && value === 2049) continue;
      const set = (): unknown => new ConfigBuilder(buffers()).set(name as 'clientId', value as string);
      expect(await errorOf(set), String(value)).toMatchObject(invalid);
    }
  });
});

describe('a configuration', () => {
  it('has no settings but those', async () => {
    for (const name of ['keepalive', 'cleanStart', 'toString', '__proto__x']) {
      const config = { buffers: buffers(), [name]: 1 };
      expect(await errorOf(() => new Session(config))).toMatchObject(invalid);
      expect(await errorOf(() => new ConfigBuilder(buffers()).set(name as 'clientId', 'x'))).toMatchObject(invalid);
    }
  });

  it('needs buffers', async () => {
    for (const wrong of [undefined, null, {}, { rx: new Uint8Array(64), tx: new Uint8Array(128) }]) {
      const config = { buffers: wrong } as unknown as SessionConfig;
      expect(await errorOf(() => new Session(config))).toMatchObject(invalid);
      expect(await errorOf(() => new ConfigBuilder(wrong as unknown as Buffers))).toMatchObject(invalid);
    }
  });

  it('keeps at most half of tx back', async () => {
    const small = (txReserve: number): SessionConfig => ({ buffers: Buffers.allocate({ rx: 64, tx: 128 }), txReserve });
    expect(() => new Session(small(64))).not.toThrow();
    expect(await errorOf(() => new Session(small(65)))).toMatchObject(invalid);
    expect(await errorOf(() => new ConfigBuilder(buffers()).set('txReserve', 2049).build())).toMatchObject(invalid);
  });

  it('says how large packets can be', () => {
    const session = new Session({ buffers: buffers() });
    expect([session.maxRxPacketSize, session.maxTxPacketSize]).toEqual([1024, 4096 - 256]);
    const small = new Session({ buffers: Buffers.allocate({ rx: 64, tx: 128 }) });
    expect([small.maxRxPacketSize, small.maxTxPacketSize]).toEqual([64, 96]);
    const chosen = new Session({ buffers: buffers(), txReserve: 16 });
    expect(chosen.maxTxPacketSize).toBe(4080);
  });

  it('is never written to: what the broker says stays in the session', async () => {
    const config: SessionConfig = Object.freeze({ buffers: buffers(), clock: clock(), keepAlive: 60, clientId: '' });
    const before = { ...config };
    const bench = newBench({ clientId: '' });
    await bench.connect('20 0e  00 00  0b  12 00 02 7a 39  13 00 0a  21 00 05');
    expect(bench.session.clientId).toBe('z9');
    const session = new Session(config);
    expect(session.clientId).toBe('');
    expect(config).toEqual(before);
  });
});

describe('Buffers', () => {
  it('are given, allocated, or cut from one piece', () => {
    const rx = new Uint8Array(RX_LENGTH_MIN);
    const tx = new Uint8Array(TX_LENGTH_MIN);
    const given = new Buffers(rx, tx);
    expect([given.rx, given.tx]).toEqual([rx, tx]);
    expect(given.rx).toBe(rx);
    const allocated = Buffers.allocate({ rx: 100, tx: 200 });
    expect([allocated.rx.length, allocated.tx.length]).toEqual([100, 200]);
    const slab = new Uint8Array(1000);
    const split = Buffers.split(slab, 300);
    expect([split.rx.length, split.tx.length]).toEqual([300, 700]);
    expect([split.rx.buffer, split.tx.buffer]).toEqual([slab.buffer, slab.buffer]);
    expect(split.tx.byteOffset).toBe(300);
  });

  it('have a least length', async () => {
    expect([RX_LENGTH_MIN, TX_LENGTH_MIN]).toEqual([64, 128]);
    for (const make of [
      () => Buffers.allocate({ rx: 63, tx: 128 }),
      () => Buffers.allocate({ rx: 64, tx: 127 }),
      () => new Buffers(new Uint8Array(63), new Uint8Array(128)),
      () => new Buffers(new Uint8Array(64), new Uint8Array(127)),
      () => Buffers.split(new Uint8Array(191), 64),
      () => Buffers.split(new Uint8Array(1000), 63),
      () => Buffers.split(new Uint8Array(1000), 873),
    ]) {
      expect(await errorOf(make)).toMatchObject(invalid);
    }
  });

  it('have a length that is one', async () => {
    for (const length of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 40, '64', undefined, -200]) {
      const wrong = length as number;
      expect(await errorOf(() => Buffers.allocate({ rx: wrong, tx: 128 }))).toMatchObject(invalid);
      expect(await errorOf(() => Buffers.allocate({ rx: 64, tx: wrong }))).toMatchObject(invalid);
      expect(await errorOf(() => Buffers.split(new Uint8Array(1000), wrong))).toMatchObject(invalid);
    }
  });

  it('are Uint8Arrays', async () => {
    for (const wrong of [
      undefined,
      null,
      [1, 2],
      new Uint16Array(100),
      new ArrayBuffer(200),
      new DataView(new ArrayBuffer(200)),
    ]) {
      const bytes = wrong as unknown as Uint8Array<ArrayBuffer>;
      expect(await errorOf(() => new Buffers(bytes, new Uint8Array(128)))).toMatchObject(invalid);
      expect(await errorOf(() => new Buffers(new Uint8Array(64), bytes))).toMatchObject(invalid);
    }
  });

  it('do not overlap, but may be neighbours', async () => {
    const { buffer } = new Uint8Array(1000);
    expect(() => new Buffers(new Uint8Array(buffer, 0, 500), new Uint8Array(buffer, 500))).not.toThrow();
    expect(() => new Buffers(new Uint8Array(buffer, 500), new Uint8Array(buffer, 0, 500))).not.toThrow();
    for (const [rx, tx] of [
      [new Uint8Array(buffer, 0, 501), new Uint8Array(buffer, 500)],
      [new Uint8Array(buffer, 499), new Uint8Array(buffer, 0, 500)],
      [new Uint8Array(buffer), new Uint8Array(buffer, 200, 200)],
      [new Uint8Array(buffer, 200, 200), new Uint8Array(buffer)],
    ] as const) {
      expect(await errorOf(() => new Buffers(rx, tx))).toMatchObject(invalid);
    }
  });

  it('belong to one session', async () => {
    const own = buffers();
    void new Session({ buffers: own });
    const error = await errorOf(() => new Session({ buffers: own }));
    expect(error).toMatchObject({ name: 'ConfigError', code: 'buffers-in-use' });
  });

  it('are still free where no session has come of it', async () => {
    const own = buffers();
    const restore = new Uint8Array([1, 2, 3]);
    expect(await errorOf(() => new Session({ buffers: own, restore }))).toMatchObject({ code: 'snapshot-invalid' });
    expect(await errorOf(() => new Session({ buffers: own, keepAlive: -1 }))).toMatchObject(invalid);
    expect(() => new Session({ buffers: own })).not.toThrow();
  });
});

describe('ConfigBuilder', () => {
  const will: Will = { topic: 'w', payload: 'gone', qos: 1 };

  it('gives the plain object that one would have written', () => {
    const own = buffers();
    const builder = new ConfigBuilder(own)
      .clientId('c')
      .keepAlive(10)
      .sessionExpiryInterval(60)
      .credentials('u', new Uint8Array([1]))
      .will(will)
      .set('manualAck', true)
      .set('auth', auth);
    const config: SessionConfig = {
      buffers: own,
      clientId: 'c',
      keepAlive: 10,
      sessionExpiryInterval: 60,
      username: 'u',
      password: new Uint8Array([1]),
      will,
      manualAck: true,
      auth,
    };
    expect(builder.build()).toStrictEqual(config);
    expect(Object.getPrototypeOf(builder.build())).toBe(Object.prototype);
    expect(builder.build().will).toBe(will);
    expect(new ConfigBuilder(own).build()).toStrictEqual({ buffers: own });
  });

  it('gives an object of its own each time', () => {
    const builder = new ConfigBuilder(buffers()).keepAlive(10);
    const first = builder.build();
    builder.keepAlive(20);
    expect(first.keepAlive).toBe(10);
    expect(builder.build().keepAlive).toBe(20);
  });

  it('takes credentials together, or one of them', () => {
    const own = buffers();
    expect(new ConfigBuilder(own).credentials('u', undefined).build()).toStrictEqual({ buffers: own, username: 'u' });
    expect(new ConfigBuilder(own).credentials(undefined, 'p').build()).toStrictEqual({ buffers: own, password: 'p' });
  });

  it('points at the line that is wrong', async () => {
    const builder = (): ConfigBuilder => new ConfigBuilder(buffers());
    for (const set of [
      () => builder().clientId('\0'),
      () => builder().keepAlive(65_536),
      () => builder().sessionExpiryInterval(-1),
      () => builder().credentials('\0', undefined),
      () => builder().credentials(undefined, new Uint8Array(65_536)),
      () => builder().will({ topic: '' }),
    ]) {
      expect(await errorOf(set)).toMatchObject(invalid);
    }
  });

  it('keeps what was set before where the next is refused', async () => {
    const own = buffers();
    const builder = new ConfigBuilder(own).keepAlive(10);
    expect(await errorOf(() => builder.keepAlive(-1))).toMatchObject(invalid);
    expect(builder.build()).toStrictEqual({ buffers: own, keepAlive: 10 });
  });

  it('is taken by a session as it is', async () => {
    const time = new VirtualTime();
    const builder = new ConfigBuilder(buffers()).clientId('b').keepAlive(0).set('clock', time.clock());
    const session = new Session(builder);
    expect(session.clientId).toBe('b');
    // It has been used up: its buffers belong to the session.
    expect(await errorOf(() => new Session(builder))).toMatchObject({ code: 'buffers-in-use' });
  });
});
