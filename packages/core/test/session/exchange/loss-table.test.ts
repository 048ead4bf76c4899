import { describe, expect, it } from 'vitest';
import type { Op, PublishResult } from '@minimq/core';
import type { Answers } from '@minimq/testkit';
import { ANSWERS, Bench, CONNACK, errorOf, SESSION_PRESENT, type Config, type Connection } from '../support.ts';

// What becomes of everything that was under way when a connection is lost: before a transport was handed any of it, after
// each of its bytes, and after the last; where the broker kept the session, and where it did not.

const OUTCOMES = [
  { outcome: 'on a resume', connack: SESSION_PRESENT, isKept: true },
  { outcome: "where the broker's session is gone", connack: CONNACK, isKept: false },
] as const;

// "t", the identifier 1, the payload "A"; the same with 2 and "B", and with 3 and "C".
const A = '07  00 01 74  00 01  00  41';
const B = '07  00 01 74  00 02  00  42';
const C = '07  00 01 74  00 03  00  43';
const NO_FLAGS = { 1: '32', 2: '34' } as const;
const DUP = { 1: '3a', 2: '3c' } as const;
const FIRST_ANSWER = { 1: '40 02', 2: '50 02' } as const;

/** A bench whose link takes `bytes` bytes from now on, and then waits. */
async function connectForBytes(
  bytes: number,
  answers: Answers,
  config?: Config,
): Promise<Bench & { line: Connection }> {
  const bench = new Bench(config, answers);
  const line = await bench.connect(CONNACK, {}, { capacityBytes: bytes });
  line.link.toServer.stall();
  return Object.assign(bench, { line });
}

/** A link that is full, and a write that waits. */
async function connectFull(answers: Answers, config?: Config): Promise<Bench & { line: Connection; filler: Op }> {
  const bench = await connectForBytes(4, answers, config);
  const filler = bench.session.tryPublish({ topic: 'filler' })!;
  await bench.time.settle();
  return Object.assign(bench, { filler });
}

/** The connection is lost, and what is under way with it. */
async function lose(bench: Bench & { line: Connection }): Promise<void> {
  await bench.cut(bench.line, { inFlight: 'lost' });
}

function across(op: Op): Promise<PublishResult> {
  return op.completion({ acrossConnections: true });
}

/** The op can never complete, and says so to everyone who asks. */
async function expectInvalidated(bench: Bench, op: Op, asked: Promise<unknown>, cause?: object): Promise<void> {
  expect(op.state).toBe('invalidated');
  for (const error of await Promise.all([asked, op.completion(), across(op)].map(errorOf))) {
    expect(error).toMatchObject({ name: 'InvalidatedError', code: 'invalidated', connectionLost: false });
    if (cause !== undefined) expect(error).toMatchObject({ cause });
  }
  expect(bench.session.pending).not.toContain(op);
}

describe.each(ANSWERS)('over a link that answers %s,', (answers) => {
  for (const { outcome, connack, isKept } of OUTCOMES) {
    describe.each([1, 2] as const)('a publish of QoS %s', (qos) => {
      it(`of which some byte was handed over is ${isKept ? 're-sent first, in order, with DUP' : 'invalidated'} ${outcome}`, async () => {
        for (let bytes = 1; bytes <= 9; bytes++) {
          const bench = await connectForBytes(bytes, answers);
          const { session, time } = bench;
          const a = session.tryPublish({ topic: 't', payload: 'A', qos, tag: 'a' })!;
          await time.settle();
          expect(bench.line.link.toServer.inFlightBytes).toBe(bytes);
          const here = errorOf(a.completion());
          const later = across(a);
          later.catch(() => {});
          await lose(bench);
          expect(a.state).toBe('pending');
          expect(await here).toBe(await bench.line.event.closed);
          expect(session.pending).toEqual([a]);

          const { peer } = await bench.connect(connack);
          if (isKept) {
            await peer.expect(`${DUP[qos]} ${A}`);
            const again = a.completion();
            peer.send(`${FIRST_ANSWER[qos]} 00 01`);
            await peer.expect(...(qos === 1 ? [] : ['62 02 00 01']));
            if (qos === 2) peer.send('70 02 00 01');
            expect(await time.until(later)).toMatchObject({ reasonCode: 0 });
            expect(await time.until(again)).toMatchObject({ reasonCode: 0 });
          } else {
            await expectInvalidated(bench, a, later);
            await peer.expect();
          }
          await bench.expectIdle();
        }
      });

      it(`that was never handed over is sent without DUP, after those that were, ${outcome}`, async () => {
        for (let bytes = 1; bytes <= 8; bytes++) {
          const bench = await connectForBytes(bytes, answers);
          const { session, time } = bench;
          const a = session.tryPublish({ topic: 't', payload: 'A', qos })!;
          await time.settle();
          // The write of A waits: these two stay behind it.
          const b = session.tryPublish({ topic: 't', payload: 'B', qos })!;
          const c = session.tryPublish({ topic: 't', payload: 'C', qos })!;
          await time.settle();
          const later = [a, b, c].map(async (op) => (await across(op)).reasonCode);
          later[0]!.catch(() => {});
          await lose(bench);
          expect(session.pending).toEqual([a, b, c]);

          const { peer } = await bench.connect(connack);
          await peer.expect(...(isKept ? [`${DUP[qos]} ${A}`] : []), `${NO_FLAGS[qos]} ${B}`, `${NO_FLAGS[qos]} ${C}`);
          if (!isKept) await expectInvalidated(bench, a, later[0]!);
          for (const id of isKept ? [1, 2, 3] : [2, 3]) peer.send(`${FIRST_ANSWER[qos]} 00 0${id}`);
          if (qos === 2) {
            await peer.expect(...(isKept ? ['62 02 00 01'] : []), '62 02 00 02', '62 02 00 03');
            for (const id of isKept ? [1, 2, 3] : [2, 3]) peer.send(`70 02 00 0${id}`);
          }
          expect(await time.until(Promise.all(later.slice(isKept ? 0 : 1)))).toEqual(isKept ? [0, 0, 0] : [0, 0]);
          await bench.expectIdle();
        }
      });

      it(`that was handed over on the connection before keeps its DUP over a third, ${outcome}`, async () => {
        const bench = await connectForBytes(9, answers);
        const { session, time } = bench;
        const a = session.tryPublish({ topic: 't', payload: 'A', qos })!;
        await time.settle();
        await lose(bench);
        // Lost again before anything could leave.
        const second = bench.open({ capacityBytes: 29 });
        const connecting = session.connect(second.link.client);
        await second.peer.next();
        second.link.toServer.stall();
        second.peer.send(SESSION_PRESENT);
        const event = await time.until(connecting);
        await bench.cut({ ...second, event, connect: '' });
        const { peer } = await bench.connect(connack);
        await peer.expect(...(isKept ? [`${DUP[qos]} ${A}`] : []));
        expect(a.state).toBe(isKept ? 'pending' : 'invalidated');
      });
    });

    it(`a PUBREL that is owed is ${isKept ? 're-sent in the order of the PUBRECs' : 'dropped'} ${outcome}`, async () => {
      for (let bytes = 0; bytes <= 8; bytes++) {
        const bench = await connectForBytes(bytes || 4, answers);
        const { session, time, line } = bench;
        line.link.toServer.resume();
        const a = session.tryPublish({ topic: 't', payload: 'A', qos: 2 })!;
        const b = session.tryPublish({ topic: 't', payload: 'B', qos: 2 })!;
        await line.peer.expect(`34 ${A}`, `34 ${B}`);
        const later = [a, b].map(async (op) => (await across(op)).reasonCode);
        for (const each of later) each.catch(() => {});
        line.link.toServer.stall();
        if (bytes === 0) {
          session.tryPublish({ topic: 'filler' });
          await time.settle();
        }
        line.peer.send('50 02 00 02', '50 02 00 01');
        await time.settle();
        expect(line.link.toServer.inFlightBytes).toBe(bytes || 4);
        await lose(bench);
        expect(session.pending).toEqual([b, a]);
        expect([a.state, b.state]).toEqual(['pending', 'pending']);

        const { peer } = await bench.connect(connack);
        await peer.expect(...(isKept ? ['62 02 00 02', '62 02 00 01'] : []));
        if (isKept) {
          // 0x92: the broker had finished already, which is no failure (section 4.3.3).
          peer.send('70 03 00 02 92', '70 02 00 01');
          expect(await time.until(Promise.all(later))).toEqual([0, 0x92]);
        } else {
          await expectInvalidated(bench, a, later[0]!);
          await expectInvalidated(bench, b, later[1]!);
        }
        await bench.expectIdle();
      }
    });

    // SUBSCRIBE to "a" and UNSUBSCRIBE from "b".
    const requests = [
      ['SUBSCRIBE', '82 07  00 01  00  00 01 61  00', '90 04  00 01  00  00'],
      ['UNSUBSCRIBE', 'a2 06  00 01  00  00 01 62', 'b0 04  00 01  00  00'],
    ] as const;
    for (const [name, packet, answer] of requests) {
      it(`${name} without answer is ${isKept ? 'sent again as a new request' : 'invalidated'} ${outcome}`, async () => {
        const length = name === 'SUBSCRIBE' ? 9 : 8;
        for (let bytes = 0; bytes <= length; bytes++) {
          const bench = bytes === 0 ? await connectFull(answers) : await connectForBytes(bytes, answers);
          const { session, time } = bench;
          const asking = name === 'SUBSCRIBE' ? session.subscribe(['a']) : session.unsubscribe(['b']);
          const failed = errorOf(asking);
          await time.settle();
          await lose(bench);
          expect(await failed).toBe(await bench.line.event.closed);

          const { peer } = await bench.connect(connack);
          await peer.expect(...(isKept ? [packet] : []));
          if (isKept) peer.send(answer);
          await bench.expectIdle();
        }
      });
    }

    it(`a publish of QoS 0 that was not wholly handed over is dropped and invalidated ${outcome}`, async () => {
      for (let bytes = 0; bytes <= 7; bytes++) {
        const bench = bytes === 0 ? await connectFull(answers) : await connectForBytes(bytes, answers);
        const { session, time } = bench;
        const op = session.tryPublish({ topic: 't', payload: 'Q' })!;
        const later = across(op);
        later.catch(() => {});
        await time.settle();
        await lose(bench);
        if (bytes === 7) {
          expect(op.state).toBe('complete');
          expect(await time.until(later)).toEqual({ reasonCode: 0, userProperties: [] });
        } else await expectInvalidated(bench, op, later);
        const { peer } = await bench.connect(connack);
        await peer.expect();
        await bench.expectIdle();
      }
    });

    it(`acknowledgements that are owed to the broker are gone ${outcome}`, async () => {
      for (let bytes = 0; bytes <= 12; bytes++) {
        const bench = bytes === 0 ? await connectFull(answers) : await connectForBytes(bytes, answers);
        const { session, time, line } = bench;
        // Of QoS 1 and 2; and a PUBREL, whose PUBCOMP says that the identifier is not known.
        line.peer.send('32 07  00 01 74  00 0a  00  41', '34 07  00 01 74  00 0b  00  42', '62 02 00 0c');
        const texts = [(await time.until(session.recv())).text(), (await time.until(session.recv())).text()];
        expect(texts).toEqual(['A', 'B']);
        const failed = errorOf(session.recv());
        await time.settle();
        await lose(bench);
        expect(await failed).toBe(await line.event.closed);
        const { peer } = await bench.connect(connack);
        await peer.expect();
        await bench.expectIdle();
      }
    });

    it(`a PINGREQ is gone ${outcome}`, async () => {
      for (let bytes = 0; bytes <= 2; bytes++) {
        const config = { keepAlive: 100, pingTimeoutMs: 1000 };
        const bench = bytes === 0 ? await connectFull(answers, config) : await connectForBytes(bytes, answers, config);
        const { time } = bench;
        await time.advance(75_500);
        expect(bench.session.state).toBe('connected');
        await lose(bench);
        const { peer } = await bench.connect(connack);
        await time.advance(74_000);
        await peer.expect();
        await time.advance(1_000);
        await peer.expect('c0 00');
        await bench.expectIdle();
      }
    });

    it(`topic aliases are gone ${outcome} [MQTT-3.3.2-7]`, async () => {
      const bench = new Bench({ topicAliasMaximum: 1 }, answers);
      const { session, time } = bench;
      // The broker takes one alias.
      const first = await bench.connect('20 06  00 00  03  22 00 01');
      const properties = { topicAlias: 1 };
      session.tryPublish({ topic: 't', payload: 'A', qos: 1, properties });
      session.tryPublish({ topic: 't', payload: 'B', qos: 1, properties });
      await first.peer.expect('32 0a  00 01 74  00 01  03 23 00 01  41', '32 09  00 00  00 02  03 23 00 01  42');
      // And uses one.
      first.peer.send('30 08  00 01 74  03 23 00 01  43');
      expect((await time.until(session.recv())).text()).toBe('C');
      await bench.cut(first);
      const second = await bench.connect(
        connack === CONNACK ? '20 06  00 00  03  22 00 01' : '20 06  01 00  03  22 00 01',
      );
      await second.peer.expect(...(isKept ? [`3a ${A}`, `3a ${B}`] : []));
      session.tryPublish({ topic: 't', payload: 'A', properties });
      await second.peer.expect('30 08  00 01 74  03 23 00 01  41');
      second.peer.send('30 07  00 00  03 23 00 01  43');
      await second.peer.expect('e0 01 82');
    });

    it(`the quota starts anew ${outcome}, counting what is open`, async () => {
      const bench = new Bench({}, answers);
      const { session, time } = bench;
      const ops: Op[] = [];
      const first = await bench.connect();
      for (let i = 0; i < 5; i++) ops.push(session.tryPublish({ topic: 't', payload: 'A', qos: 2 })!);
      await time.settle();
      first.peer.send('50 02 00 01');
      await time.settle();
      await bench.cut(first);
      // A Receive Maximum of 3: the PUBREL and two publishes hold it (section 4.9).
      const second = await bench.connect(isKept ? '20 06  01 00  03  21 00 03' : '20 06  00 00  03  21 00 03');
      if (isKept) {
        await second.peer.expect(
          '62 02 00 01',
          `3c ${A.replace('00 01  00', '00 02  00')}`,
          `3c ${A.replace('00 01  00', '00 03  00')}`,
        );
        expect(session.tryPublish({ topic: 't', qos: 1 })).toBeNull();
        expect(session.canPublish(1, 7)).toBe(false);
        second.peer.send('70 02 00 01');
        await second.peer.expect(`3c ${A.replace('00 01  00', '00 04  00')}`);
        // Quota comes back with PUBCOMP, not with PUBREC.
        second.peer.send('50 02 00 02');
        await second.peer.expect('62 02 00 02');
        second.peer.send('70 02 00 02');
        await second.peer.expect(`3c ${A.replace('00 01  00', '00 05  00')}`);
        expect(session.canPublish(1, 7)).toBe(false);
        second.peer.send('50 03 00 03 80', '50 03 00 04 80', '50 03 00 05 80');
        await time.settle();
        expect(ops.map(({ state }) => state)).toEqual(['complete', 'complete', 'refused', 'refused', 'refused']);
      } else {
        await second.peer.expect();
        expect(ops.map(({ state }) => state)).toEqual(ops.map(() => 'invalidated'));
        for (let i = 0; i < 3; i++) expect(session.tryPublish({ topic: 't', payload: 'A', qos: 1 })).not.toBeNull();
        expect(session.tryPublish({ topic: 't', payload: 'A', qos: 1 })).toBeNull();
        second.peer.send('40 02 00 06', '40 02 00 07', '40 02 00 08');
      }
      await time.settle();
      await bench.expectIdle();
    });
  }

  describe.each([
    // Behind the CONNACK: what its properties say, what it rules out, and what a caller learns.
    ['Maximum Packet Size', '20 08  01 00  05  27 00 00 00 08', { payload: 'AB', qos: 1 }, 'packet-too-large'],
    ['Maximum QoS', '20 05  01 00  02  24 01', { payload: 'AB', qos: 2 }, 'not-granted'],
    ['Retain Available', '20 05  01 00  02  25 00', { payload: 'AB', qos: 1, retain: true }, 'not-granted'],
  ] as const)('a kept publish that the new %s rules out', (_, connack, publication, code) => {
    it('is not sent: its op is invalidated with the limit as cause, and the others are sent', async () => {
      const bench = new Bench({}, answers);
      const { session } = bench;
      const first = await bench.connect();
      const ruledOut = session.tryPublish({ topic: 't', ...publication })!;
      const fine = session.tryPublish({ topic: 't', qos: 1 })!;
      await bench.time.settle();
      const later = across(ruledOut);
      later.catch(() => {});
      await bench.cut(first);
      const second = await bench.connect(connack);
      await expectInvalidated(bench, ruledOut, later, { code });
      await second.peer.expect('3a 06  00 01 74  00 02  00');
      second.peer.send('40 02 00 02');
      await bench.time.until(across(fine));
      await bench.expectIdle();
    });
  });

  it('with a session expiry of 0 the session ends with its connection: the rows of a session that is gone, at once', async () => {
    for (let bytes = 1; bytes <= 8; bytes++) {
      const bench = await connectForBytes(bytes, answers, { sessionExpiryInterval: 0 });
      const { session, time } = bench;
      const a = session.tryPublish({ topic: 't', payload: 'A', qos: 2 })!;
      await time.settle();
      const b = session.tryPublish({ topic: 't', payload: 'B', qos: 1 })!;
      const later = across(a);
      later.catch(() => {});
      await lose(bench);
      await expectInvalidated(bench, a, later);
      expect(session.pending).toEqual([b]);
      const { peer, connect } = await bench.connect();
      // Clean Start 1.
      expect(connect.slice(27, 29)).toBe('02');
      await peer.expect(`32 ${B}`);
      peer.send('40 02 00 02');
      await bench.expectIdle();
    }
  });

  it('a kept SUBSCRIBE that the new CONNACK rules out is not sent', async () => {
    const bench = new Bench({}, answers);
    const first = await bench.connect();
    const failed = errorOf(bench.session.subscribe(['a/+']));
    await first.peer.expect('82 09  00 01  00  00 03 61 2f 2b  00');
    await bench.cut(first);
    await failed;
    // Wildcard Subscription Available 0.
    const second = await bench.connect('20 05  01 00  02  28 00');
    await second.peer.expect();
    await bench.expectIdle();
  });
});
