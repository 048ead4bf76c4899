import { describe, expect, it } from 'vitest';
import { ConfigError, type Op, type Session } from '@minimq/core';
import { seededRandom, VirtualTime, type Answers, type DirectionName } from '@minimq/testkit';
import { ANSWERS, Bench, CONNACK, errorOf, SESSION_PRESENT, type Config } from '../support.ts';
import { APPLICATIONS, type Application } from './applications.ts';
import { DIRECTIONS } from './cuts.ts';
import { FastPeer } from './fast-peer.ts';
import { Receiver, Sender } from './model-broker.ts';

// A process that dies at any moment, and another one that goes on from a snapshot of that moment.

// Bytes of a whole exchange as the publisher sees it, by QoS and direction; the receiver's are the other way round.
const LENGTHS = { 1: { toServer: 10, toClient: 4 }, 2: { toServer: 14, toClient: 8 } } as const;

/** How the bytes of one direction are stopped: on their way, or at the writer's. */
const STOPS = ['delivered', 'taken'] as const;

type Stop = (typeof STOPS)[number];

/** A link on which only so many bytes get through in one direction, behind CONNECT and CONNACK. */
async function connectUpTo(
  bench: Bench,
  direction: DirectionName,
  bytes: number,
  stop: Stop,
): ReturnType<Bench['connect']> {
  const isTaken = stop === 'taken' && bytes > 0 && direction === 'toServer';
  const line = await bench.connect(CONNACK, {}, isTaken ? { capacityBytes: bytes } : {});
  const way = line.link[direction];
  if (isTaken) way.stall();
  else way.deliverUpTo(way.readBytes + bytes);
  return line;
}

/** The process dies; what it wrote may still arrive. */
async function die(bench: Bench, line: Awaited<ReturnType<Bench['connect']>>, isDelivered: boolean): Promise<void> {
  for (const way of [line.link.toServer, line.link.toClient]) if (isDelivered) way.resume();
  await bench.cut(line, { inFlight: isDelivered ? 'delivered' : 'lost' });
}

describe.each(ANSWERS)('over a link that answers %s', (answers) => {
  describe.each([1, 2] as const)('a snapshot at every step of a publish of QoS %s', (qos) => {
    for (const direction of DIRECTIONS) {
      for (const stop of STOPS) {
        for (const isDelivered of [true, false]) {
          it(`${direction}, by bytes ${stop}, what is under way then ${isDelivered ? 'arriving' : 'lost'}: nothing is lost`, async () => {
            for (let bytes = 0; bytes <= LENGTHS[qos][direction]; bytes++) {
              const bench = new Bench({}, answers);
              const receiver = new Receiver();
              bench.answer = receiver.answer;
              const line = await connectUpTo(bench, direction, bytes, stop);
              bench.session.tryPublish({ topic: 't', payload: 'hi', qos, tag: 'mine' });
              await bench.time.settle();
              const snapshot = bench.session.snapshot();
              const openBefore = bench.session.pending.length;
              await die(bench, line, isDelivered);
              await continuesPublish({ restore: snapshot }, answers, receiver, qos, openBefore, `${bytes} bytes`);
            }
          });
        }
      }
    }

    it('taken after every turn of the event loop: nothing is lost', async () => {
      for (let turns = 0, done = false; !done; turns++) {
        const time = new VirtualTime({ turns: 'held' });
        const bench = new Bench({}, answers, time);
        const receiver = new Receiver();
        bench.answer = receiver.answer;
        const line = await bench.connect();
        const op = bench.session.tryPublish({ topic: 't', payload: 'hi', qos, tag: 'mine' })!;
        for (let i = 0; i < turns; i++) await time.turn();
        done = op.state === 'complete';
        const snapshot = bench.session.snapshot();
        const openBefore = bench.session.pending.length;
        await die(bench, line, true);
        await continuesPublish({ restore: snapshot }, answers, receiver, qos, openBefore, `${turns} turns`);
      }
    });
  });

  for (const application of APPLICATIONS) {
    describe.each([1, 2] as const)(
      `a snapshot at every step of a message of QoS %s, received with ${application.name}`,
      (qos) => {
        for (const direction of DIRECTIONS) {
          it(`${direction}: nothing is lost, and of QoS 2 nothing is doubled`, async () => {
            const other = direction === 'toServer' ? 'toClient' : 'toServer';
            for (let bytes = 0; bytes <= LENGTHS[qos][other]; bytes++) {
              for (const isDelivered of [true, false]) {
                await continuesMessage(answers, application, qos, direction, bytes, isDelivered);
              }
            }
          });
        }
      },
    );
  }

  it.each([1, 2] as const)(
    'a message of QoS %s that was in hand, and not acknowledged, is delivered again',
    async (qos) => {
      for (const manualAck of [false, true]) {
        const bench = new Bench({ manualAck }, answers);
        const sender = new Sender(qos);
        bench.answer = sender.answer;
        const line = await bench.connect();
        sender.attach(line.peer);
        expect((await bench.time.until(bench.session.recv())).text()).toBe('hi');
        const snapshot = bench.session.snapshot();
        await bench.cut(line);
        const next = new Bench({ manualAck, restore: snapshot }, answers);
        next.answer = sender.answer;
        const { peer } = await next.connect(SESSION_PRESENT);
        sender.attach(peer);
        const again = await next.time.until(next.session.recv());
        expect([again.text(), again.dup, again.ack()]).toEqual(['hi', true, true]);
        await next.time.settle();
        expect(sender.state).toBe('done');
        await next.expectIdle();
      }
    },
  );
});

async function continuesPublish(
  config: Config,
  answers: Answers,
  receiver: Receiver,
  qos: 1 | 2,
  openBefore: number,
  where: string,
): Promise<void> {
  const passedOnBefore = receiver.passedOn;
  const next = new Bench(config, answers);
  next.answer = receiver.answer;
  const ops = next.session.pending;
  expect(
    ops.map((op) => [op.qos, op.packetId, op.tag, op.state]),
    where,
  ).toEqual(Array.from({ length: openBefore }, () => [qos, 1, 'mine', 'pending']));
  const completions = ops.map((op) => op.completion({ acrossConnections: true }));
  const { connect } = await next.connect(SESSION_PRESENT);
  // Clean Start 0.
  expect(connect.slice(0, 29)).toBe('10 1b 00 04 4d 51 54 54 05 00');
  await next.time.until(Promise.all(completions));
  if (qos === 2) expect(receiver.passedOn, where).toBe(1);
  else expect(receiver.passedOn, where).toBe(passedOnBefore + openBefore);
  await next.expectIdle();
}

async function continuesMessage(
  answers: Answers,
  application: Application,
  qos: 1 | 2,
  direction: DirectionName,
  bytes: number,
  isDelivered: boolean,
): Promise<void> {
  const { manualAck } = application;
  const where = `${bytes} bytes ${isDelivered ? 'delivered' : 'lost'}`;
  const texts: string[] = [];
  const acks: boolean[] = [];
  const bench = new Bench({ manualAck }, answers);
  const sender = new Sender(qos);
  bench.answer = sender.answer;
  const line = await connectUpTo(bench, direction, bytes, 'delivered');
  const receiving = application.receive(bench.session, texts, acks);
  sender.attach(line.peer);
  await bench.time.settle();
  const snapshot = bench.session.snapshot();
  const handedBefore = texts.length;
  await die(bench, line, isDelivered);
  await receiving;
  // What the dying process was given after the snapshot does not count.
  texts.splice(handedBefore);
  const stateBefore = sender.state;

  const next = new Bench({ manualAck, restore: snapshot }, answers);
  next.answer = sender.answer;
  const { peer } = await next.connect(SESSION_PRESENT);
  const receivingAgain = application.receive(next.session, texts, acks);
  sender.attach(peer);
  await next.time.settle();
  expect(sender.state, where).toBe('done');
  const repeats = qos === 1 && stateBefore === 'publish' ? handedBefore : 0;
  expect(texts, where).toEqual(Array.from({ length: 1 + repeats }, () => 'hi'));
  await next.expectIdle();
  await receivingAgain;
}

describe('a snapshot', () => {
  /** Two publishes before their answer, one that was never handed over, and one past its PUBREC; and what does not count. */
  async function busy(config: Config = {}): Promise<Bench> {
    const bench = new Bench(config);
    const { session, time } = bench;
    const { peer, link } = await bench.connect('20 06  00 00  03  22 00 05');
    session.tryPublish({ topic: 'released', qos: 2, tag: 'd' });
    session.tryPublish({ topic: 'a', payload: '1', qos: 1, tag: '' });
    session.tryPublish({
      topic: 'b',
      payload: '2',
      qos: 2,
      retain: true,
      properties: { contentType: 'x', topicAlias: 1 },
    });
    session.subscribe(['s']).catch(() => {});
    await time.settle();
    peer.take();
    peer.send('50 02 00 01', '34 07  00 01 74  00 0a  00  6d');
    await time.until(session.recv());
    expect(session.drive()).toBeNull();
    await time.settle();
    link.toServer.stall();
    session.tryPublish({ topic: 'filler', payload: new Uint8Array(1) });
    await time.settle();
    return bench;
  }

  it('brings back publishes, tags, identifiers and received messages, and nothing else', async () => {
    const snapshot = (await busy()).session.snapshot();
    const bench = new Bench({ restore: snapshot });
    const { session, time } = bench;
    expect(session.state).toBe('disconnected');
    expect(session.pending.map(({ qos, packetId, tag, state }) => [qos, packetId, tag, state])).toEqual([
      [2, 1, 'd', 'pending'],
      [1, 2, '', 'pending'],
      [2, 3, undefined, 'pending'],
    ]);
    expect(session.isPublishQuiescent).toBe(false);
    // The same again.
    expect(session.snapshot()).toEqual(snapshot);
    const { peer } = await bench.connect(SESSION_PRESENT);
    await peer.expect('62 02 00 01', '3a 07  00 01 61  00 02  00  31', '3d 0b  00 01 62  00 03  04 03 00 01 78  32');
    // The next identifier is behind the last one that was taken: 4 was that of the SUBSCRIBE.
    expect(session.tryPublish({ topic: 't', qos: 1 })!.packetId).toBe(5);
    peer.send('3c 07  00 01 74  00 0a  00  6d');
    await peer.expect('32 06  00 01 74  00 05  00', '50 02 00 0a');
    expect(session.drive()).toBeNull();
    peer.send('70 02 00 01', '40 02 00 02', '50 03 00 03 80', '40 02 00 05', '62 02 00 0a');
    await peer.expect('70 02 00 0a');
    await time.settle();
    await bench.expectIdle();
  });

  it('meets a broker whose session is gone like any other: what was handed over is invalidated, the rest is sent', async () => {
    const bench = new Bench();
    const first = await bench.connect(CONNACK, {}, { capacityBytes: 29 });
    first.link.toServer.stall();
    bench.session.tryPublish({ topic: 'a', payload: new Uint8Array(100), qos: 1, tag: 'handed' });
    await bench.time.settle();
    bench.session.tryPublish({ topic: 'b', qos: 1, tag: 'never' });
    await bench.time.settle();
    const next = new Bench({ restore: bench.session.snapshot() });
    const ops = new Map(next.session.pending.map((op) => [op.tag, op]));
    expect([...ops.keys()]).toEqual(['handed', 'never']);
    const { peer } = await next.connect();
    await peer.expect('32 06  00 01 62  00 02  00');
    expect(await errorOf(ops.get('handed')!.completion())).toMatchObject({ code: 'invalidated' });
    peer.send('40 02 00 02');
    expect(await next.time.until(ops.get('never')!.completion())).toMatchObject({ reasonCode: 0 });
    await next.expectIdle();
  });

  it('of a session that never connected begins with a clean start', async () => {
    const snapshot = new Bench().session.snapshot();
    const bench = new Bench({ restore: snapshot });
    const { connect } = await bench.connect();
    expect(connect.slice(27, 29)).toBe('02');
    await bench.expectIdle();
  });

  it('keeps an assigned client identifier', async () => {
    const bench = new Bench({ clientId: '' });
    await bench.connect('20 07  00 00  04  12 00 01 78');
    expect(bench.session.clientId).toBe('x');
    const next = new Bench({ clientId: '', restore: bench.session.snapshot() });
    expect(next.session.clientId).toBe('x');
    const { connect } = await next.connect(SESSION_PRESENT);
    expect(connect.endsWith('00 01 78')).toBe(true);
    expect(new Bench({ clientId: 'x', restore: bench.session.snapshot() }).session.clientId).toBe('x');
  });

  it('keeps an identifier out of use whose publish a new CONNACK had ruled out', { timeout: 30_000 }, async () => {
    const bench = new Bench();
    const first = await bench.connect();
    bench.session.tryPublish({ topic: 't', qos: 2 });
    bench.session.tryPublish({ topic: 't', qos: 1 });
    await bench.time.settle();
    await bench.cut(first);
    // Maximum QoS 1.
    const second = await bench.connect('20 05  01 00  02  24 01');
    await second.peer.expect('3a 06  00 01 74  00 02  00');
    second.peer.send('40 02 00 02');
    await bench.time.settle();
    const next = new Bench({ restore: bench.session.snapshot() });
    expect(next.session.pending).toEqual([]);
    const ids = new Set<number>();
    const peer = new FastPeer({
      connack: SESSION_PRESENT,
      onPacket(_, id) {
        ids.add(id);
        if (id !== 0) peer.ack(0x40, id);
      },
    });
    await next.time.until(next.session.connect(peer));
    for (let i = 0; i < 65_600; i++) await next.session.publish({ topic: 't', qos: 1 });
    await next.time.settle();
    expect(ids.size).toBe(65_534);
    expect(ids.has(1)).toBe(false);
    await next.expectIdle();
  });

  it('belongs to its client identifier', async () => {
    const snapshot = (await busy()).session.snapshot();
    expect(await errorOf(() => new Bench({ clientId: 'other', restore: snapshot }))).toMatchObject({
      name: 'ConfigError',
      code: 'snapshot-client-id',
    });
  });

  it('needs a tx that holds its publishes beside the bytes that belong to acknowledgements', async () => {
    const bench = new Bench({ tx: 256, txReserve: 32 });
    await bench.connect();
    // 4 packets of 50 bytes.
    for (let i = 0; i < 4; i++) bench.session.tryPublish({ topic: 't', payload: new Uint8Array(42), qos: 1 });
    const restore = bench.session.snapshot();
    for (const [tx, txReserve] of [
      [231, 32],
      [128, 16],
      [256, 57],
    ] as const) {
      expect(await errorOf(() => new Bench({ restore, tx, txReserve }))).toMatchObject({
        name: 'ConfigError',
        code: 'snapshot-too-large',
      });
    }
    for (const [tx, txReserve] of [
      [232, 32],
      [256, 56],
    ] as const) {
      const next = new Bench({ restore, tx, txReserve });
      expect(next.session.pending).toHaveLength(4);
      const { peer } = await next.connect(SESSION_PRESENT);
      await next.time.settle();
      expect(peer.take()).toHaveLength(4);
      // There is room for an answer in front of the acknowledgements that make more.
      peer.send('62 02 00 0a', '40 02 00 01', '40 02 00 02', '40 02 00 03', '40 02 00 04');
      await peer.expect('70 03 00 0a 92');
      await next.expectIdle();
    }
  });

  it('that is none, or not whole, is a ConfigError, whatever it is', { timeout: 30_000 }, async () => {
    const snapshot = (await busy()).session.snapshot();
    const restore = (bytes: Uint8Array): Session => new Bench({ restore: bytes }).session;
    const random = seededRandom(7);
    expect(restore(snapshot).pending).toHaveLength(3);
    for (let length = 0; length < snapshot.length; length++) {
      expect(await errorOf(() => restore(snapshot.subarray(0, length)))).toMatchObject({ code: 'snapshot-invalid' });
    }
    expect(await errorOf(() => restore(new Uint8Array([...snapshot, 0])))).toMatchObject({ code: 'snapshot-invalid' });
    let refused = 0;
    for (let i = 0; i < 2_000; i++) {
      const bytes = snapshot.slice();
      if (i % 4 === 0) for (let j = 0; j < bytes.length; j++) bytes[j] = Math.floor(random() * 256);
      else for (let j = i % 4; j > 0; j--) bytes[Math.floor(random() * bytes.length)]! = Math.floor(random() * 256);
      try {
        restore(bytes);
      } catch (error) {
        refused++;
        expect(error).toBeInstanceOf(ConfigError);
      }
    }
    expect(refused).toBeGreaterThan(1_000);
    for (const none of ['x', {}, null, 7]) {
      expect(await errorOf(() => new Bench({ restore: none as unknown as Uint8Array }))).toMatchObject({
        name: 'ConfigError',
      });
    }
  });

  it('may be taken in every state, and changes nothing', async () => {
    const bench = new Bench();
    const { session, time } = bench;
    const sizes = [session.snapshot().length];
    const line = bench.open();
    const connecting = session.connect(line.link.client);
    sizes.push(session.snapshot().length);
    await line.peer.next();
    line.peer.send(CONNACK);
    await time.until(connecting);
    const op: Op = session.tryPublish({ topic: 't', qos: 1 })!;
    const snapshot = session.snapshot();
    expect(session.snapshot()).toEqual(snapshot);
    // It is a copy.
    snapshot.fill(0);
    await line.peer.expect('32 06  00 01 74  00 01  00');
    line.peer.send('40 02 00 01');
    await time.until(op.completion());
    const ending = session.disconnect();
    sizes.push(session.snapshot().length);
    await time.until(ending);
    sizes.push(session.snapshot().length);
    expect(new Set(sizes).size).toBe(1);
  });
});
