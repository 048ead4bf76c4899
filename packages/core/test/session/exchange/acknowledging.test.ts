import { describe, expect, it } from 'vitest';
import type { InboundPublish, OwnedPublish, ReasonCode } from '@minimq/core';
import { ANSWERS, Bench, errorOf, SESSION_PRESENT, u16 } from '../support.ts';

// What becomes of a received message: sections 4.3.2, 4.3.3 and 4.6.

/** To "t", of QoS 1 or 2, with one letter. */
function message(qos: 1 | 2, id: number, letter: string, dup = false): string {
  return `3${(2 * qos + (dup ? 8 : 0)).toString(16)} 07  00 01 74  ${u16(id)}  00  ${letter.charCodeAt(0).toString(16)}`;
}

describe.each(ANSWERS)('over a link that answers %s', (answers) => {
  describe('by default', () => {
    it.each(['recv', 'poll', 'drive', 'messages'] as const)(
      'a message is acknowledged when the application comes back with %s()',
      async (call) => {
        const bench = new Bench({}, answers);
        const { session, time } = bench;
        const { peer } = await bench.connect();
        const messages = session.messages();
        const next = async (): Promise<string | undefined> => {
          if (call === 'drive') {
            await time.settle();
            return session.drive()?.text();
          }
          if (call === 'messages') return (await messages.next()).value?.text();
          return (await session[call]())?.text();
        };
        peer.send(message(1, 10, 'a'), message(2, 11, 'b'), message(1, 12, 'c'));
        await time.settle();
        expect(await next()).toBe('a');
        // However long it is in hand.
        await time.advance(600_000);
        await peer.expect();
        expect(await next()).toBe('b');
        await peer.expect('40 02 00 0a');
        expect(await next()).toBe('c');
        await peer.expect('50 02 00 0b');
        if (call === 'drive') {
          expect(session.drive()).toBeNull();
          await peer.expect('40 02 00 0c');
        } else {
          const last = next().catch(() => {});
          await peer.expect('40 02 00 0c');
          await time.until(session.disconnect());
          await last;
        }
        await bench.expectIdle();
      },
    );

    it('is not acknowledged by break, nor by disconnect()', async () => {
      const bench = new Bench({}, answers);
      const { session, time } = bench;
      const first = await bench.connect();
      first.peer.send(message(1, 10, 'a'), message(1, 11, 'b'));
      const messages = session.messages();
      for await (const each of messages) {
        expect(each.text()).toBe('a');
        break;
      }
      // It is over with the loop, and does not come back for the next one.
      expect(await messages.next()).toEqual({ done: true, value: undefined });
      await first.peer.expect();
      await time.until(session.disconnect());
      await first.peer.expect('e0 00');
      // Both are delivered again, as the broker has it.
      const second = await bench.connect(SESSION_PRESENT);
      second.peer.send(message(1, 10, 'a', true), message(1, 11, 'b', true));
      const texts: string[] = [];
      const reading = (async () => {
        for await (const each of session.messages()) texts.push(each.text());
      })();
      await second.peer.expect('40 02 00 0a', '40 02 00 0b');
      expect(texts).toEqual(['a', 'b']);
      await bench.expectIdle();
      await reading;
    });

    it('is acknowledged by the next call after break', async () => {
      const bench = new Bench({}, answers);
      const { session, time } = bench;
      const { peer } = await bench.connect();
      peer.send(message(1, 10, 'a'), message(2, 11, 'b'));
      for await (const _ of session.messages()) break;
      for await (const _ of session.messages()) break;
      await peer.expect('40 02 00 0a');
      expect(session.drive()).toBeNull();
      await peer.expect('50 02 00 0b');
      await time.until(session.disconnect());
    });

    it('can be acknowledged, or refused, by hand before the application comes back', async () => {
      const bench = new Bench({}, answers);
      const { session, time } = bench;
      const { peer } = await bench.connect();
      peer.send(message(1, 10, 'a'), message(2, 11, 'b'), message(2, 12, 'c'));
      const a = await time.until(session.recv());
      expect([a.ack(), a.ack()]).toEqual([true, false]);
      await peer.expect('40 02 00 0a');
      const b = await time.until(session.recv());
      expect(b.ack(0x87)).toBe(true);
      await peer.expect('50 03 00 0b 87');
      const c = await time.until(session.recv());
      // An expired view may still be acknowledged; this one was, by coming back.
      expect([b.ack(), c.ack()]).toEqual([false, true]);
      expect(session.drive()).toBeNull();
      await peer.expect('50 02 00 0c');
      peer.send('62 02 00 0c');
      await peer.expect('70 02 00 0c');
      // The refused one is over: its identifier is that of a new message [MQTT-4.3.3-9].
      peer.send(message(2, 11, 'd'));
      expect((await time.until(session.recv())).text()).toBe('d');
      session.drive();
      await peer.expect('50 02 00 0b');
      await bench.expectIdle();
    });
  });

  describe('with manualAck', () => {
    it('nothing but ack() acknowledges; it works on views, expired views and copies, once', async () => {
      const bench = new Bench({ manualAck: true }, answers);
      const { session, time } = bench;
      const { peer } = await bench.connect();
      peer.send('30 05  00 01 74  00  30', message(1, 10, 'a'), message(1, 11, 'b'), message(2, 12, 'c'));
      const zero = await time.until(session.recv());
      expect(zero.ack()).toBe(false);
      const a = await time.until(session.recv());
      const b = (await time.until(session.recv())).toOwned();
      const c = (await time.until(session.messages().next())).value!;
      expect(session.drive()).toBeNull();
      await peer.expect();
      expect([a.ack(), b.ack(), c.ack()]).toEqual([true, true, true]);
      expect([a.ack(), b.ack(0x80), c.ack()]).toEqual([false, false, false]);
      await peer.expect('40 02 00 0a', '40 02 00 0b', '50 02 00 0c');
      await bench.expectIdle();
    });

    it('PUBACK and PUBREC each leave in the order of arrival, whatever order they are given in [MQTT-4.6.0-2] [MQTT-4.6.0-3]', async () => {
      const bench = new Bench({ manualAck: true }, answers);
      const { session, time } = bench;
      const { peer } = await bench.connect();
      const messages: OwnedPublish[] = [];
      peer.send(message(1, 1, 'a'), message(2, 2, 'b'), message(1, 3, 'c'), message(2, 4, 'd'), message(1, 5, 'e'));
      for (let i = 0; i < 5; i++) messages.push((await time.until(session.recv())).toOwned());
      const ack = (i: number): void => expect(messages[i]!.ack()).toBe(true);
      ack(4);
      ack(3);
      ack(2);
      await peer.expect();
      ack(1);
      await peer.expect('50 02 00 02', '50 02 00 04');
      ack(0);
      await peer.expect('40 02 00 01', '40 02 00 03', '40 02 00 05');
      await bench.expectIdle();
    });

    it('workers in parallel get as many messages as the Receive Maximum, and each gives its own back', async () => {
      const bench = new Bench({ manualAck: true, receiveMaximum: 3 }, answers);
      const { session, time } = bench;
      const { peer, connect } = await bench.connect();
      // Receive Maximum 3.
      expect(connect).toContain('21 00 03');
      const work: { readonly text: string; finish(): void }[] = [];
      const workers: Promise<void>[] = [];
      const reading = (async () => {
        for await (const each of session.messages()) {
          const done = new Promise<void>((finish) => work.push({ text: each.text(), finish }));
          workers.push(done.then(() => void each.ack()));
        }
      })();
      peer.send(message(1, 1, 'a'), message(1, 2, 'b'), message(1, 3, 'c'));
      await time.settle();
      expect(work.map(({ text }) => text)).toEqual(['a', 'b', 'c']);
      work[2]!.finish();
      work[1]!.finish();
      await peer.expect();
      work[0]!.finish();
      await peer.expect('40 02 00 01', '40 02 00 02', '40 02 00 03');
      peer.send(message(1, 4, 'd'), message(1, 5, 'e'));
      await time.settle();
      work[4]!.finish();
      work[3]!.finish();
      await peer.expect('40 02 00 04', '40 02 00 05');
      await Promise.all(workers);
      await bench.expectIdle();
      await reading;
    });

    it('ack() does nothing once the connection is lost, on the next one neither', async () => {
      const bench = new Bench({ manualAck: true }, answers);
      const { session, time } = bench;
      const first = await bench.connect();
      first.peer.send(message(1, 10, 'a'), message(2, 11, 'b'), message(1, 12, 'c'));
      const a = await time.until(session.recv());
      const b = (await time.until(session.recv())).toOwned();
      await bench.cut(first);
      expect([a.ack(), b.ack()]).toEqual([false, false]);
      // One that is handed over only now.
      const c = await session.recv();
      expect(c.ack()).toBe(false);
      const second = await bench.connect(SESSION_PRESENT);
      second.peer.send(message(1, 10, 'a', true), message(2, 11, 'b', true));
      const again = await time.until(session.recv());
      expect([a.ack(), b.ack(), c.ack()]).toEqual([false, false, false]);
      expect(again.ack()).toBe(true);
      const bAgain = await time.until(session.recv());
      expect([bAgain.text(), bAgain.dup, bAgain.ack()]).toEqual(['b', true, true]);
      await second.peer.expect('40 02 00 0a', '50 02 00 0b');
      await bench.expectIdle();
    });
  });

  describe('a QoS 2 message whose connection is lost before its PUBREC left', () => {
    it('is answered and not handed over again, if the application had it', async () => {
      const bench = new Bench({}, answers);
      const { session, time } = bench;
      const first = await bench.connect();
      first.peer.send(message(2, 11, 'b'));
      expect((await time.until(session.recv())).text()).toBe('b');
      await bench.cut(first);
      // It is in hand, and not acknowledged: a snapshot does not list it yet.
      expect(await receivedIn(session.snapshot())).toEqual([]);
      const second = await bench.connect(SESSION_PRESENT);
      second.peer.send(message(2, 11, 'b', true));
      await second.peer.expect('50 02 00 0b');
      expect(session.drive()).toBeNull();
      expect(await receivedIn(session.snapshot())).toEqual([11]);
      second.peer.send('62 02 00 0b');
      await second.peer.expect('70 02 00 0b');
      expect(await receivedIn(session.snapshot())).toEqual([]);
      await bench.expectIdle();
    });

    it('counts as received from the moment the application comes back, even without a connection', async () => {
      const bench = new Bench({}, answers);
      const { session, time } = bench;
      const first = await bench.connect();
      first.peer.send(message(2, 11, 'b'));
      await time.until(session.recv());
      const gone = await bench.cut(first);
      expect(await errorOf(session.recv())).toBe(gone);
      expect(await receivedIn(session.snapshot())).toEqual([11]);
    });

    it('is handed over again if the application had not had it', async () => {
      const bench = new Bench({}, answers);
      const { session, time } = bench;
      const first = await bench.connect();
      first.peer.send(message(2, 11, 'b'));
      await time.settle();
      await bench.cut(first);
      const second = await bench.connect(SESSION_PRESENT);
      second.peer.send(message(2, 11, 'b', true));
      expect((await time.until(session.recv())).text()).toBe('b');
      session.drive();
      await second.peer.expect('50 02 00 0b');
      await bench.expectIdle();
    });

    it('is handed over again with manualAck, until ack()', async () => {
      const bench = new Bench({ manualAck: true }, answers);
      const { session, time } = bench;
      const first = await bench.connect();
      first.peer.send(message(2, 11, 'b'), message(2, 12, 'c'));
      await time.until(session.recv());
      first.link.toServer.stall();
      const c = await time.until(session.recv());
      expect(c.ack()).toBe(true);
      expect(await receivedIn(session.snapshot())).toEqual([12]);
      await time.settle();
      await bench.cut(first, { inFlight: 'lost' });
      const second = await bench.connect(SESSION_PRESENT);
      second.peer.send(message(2, 11, 'b', true), message(2, 12, 'c', true));
      const b = await time.until(session.recv());
      expect(b.text()).toBe('b');
      expect(session.drive()).toBeNull();
      b.ack();
      await second.peer.expect('50 02 00 0b', '50 02 00 0c');
      await bench.expectIdle();
    });

    it('is a new message after a clean start', async () => {
      const bench = new Bench({}, answers);
      const { session, time } = bench;
      const first = await bench.connect();
      first.peer.send(message(2, 11, 'b'));
      await time.until(session.recv());
      await bench.cut(first);
      const second = await bench.connect();
      second.peer.send(message(2, 11, 'c'));
      expect((await time.until(session.recv())).text()).toBe('c');
      await bench.cut(second);
    });
  });

  it('a repeat within one connection is answered, and not handed over', async () => {
    const bench = new Bench({}, answers);
    const { session, time } = bench;
    const { peer } = await bench.connect();
    peer.send(message(2, 11, 'b'), message(2, 11, 'b', true));
    await time.until(session.recv());
    await peer.expect();
    expect(session.drive()).toBeNull();
    await peer.expect('50 02 00 0b');
    peer.send(message(2, 11, 'b', true));
    await peer.expect('50 02 00 0b');
    peer.send('62 02 00 0b', '62 02 00 0b');
    // The second PUBREL is for a message that is over.
    await peer.expect('70 02 00 0b', '70 03 00 0b 92');
    // Now the identifier is new [MQTT-4.3.3-12].
    peer.send(message(2, 11, 'c'));
    expect((await time.until(session.recv())).text()).toBe('c');
    await time.until(session.disconnect());
  });

  describe('the Receive Maximum', () => {
    it('is policed: one message more is 0x93 [MQTT-3.3.4-7]', async () => {
      const bench = new Bench({ receiveMaximum: 2 }, answers);
      const { session, time } = bench;
      const { peer, event } = await bench.connect();
      peer.send(message(1, 1, 'a'), message(2, 2, 'b'));
      await time.until(session.recv());
      await time.until(session.recv());
      // PUBACK gives a slot back, PUBREC does not.
      await peer.expect('40 02 00 01');
      peer.send(message(1, 3, 'c'));
      await time.until(session.recv());
      await peer.expect('50 02 00 02');
      peer.send('30 05  00 01 74  00  30');
      expect((await time.until(session.recv())).qos).toBe(0);
      await peer.expect('40 02 00 03');
      peer.send(message(1, 4, 'd'), message(1, 5, 'e'));
      await peer.expect('e0 01 93');
      expect(await time.until(event.closed)).toMatchObject({ by: 'protocol', reasonCode: 0x93 });
    });

    it('counts what was resent as well, and not the PUBRELs of earlier messages', async () => {
      const bench = new Bench({ receiveMaximum: 1, inboundQoS2Max: 3 }, answers);
      const { session, time } = bench;
      const first = await bench.connect();
      first.peer.send(message(2, 1, 'a'));
      await time.until(session.recv());
      session.drive();
      await first.peer.expect('50 02 00 01');
      await bench.cut(first);
      const second = await bench.connect(SESSION_PRESENT);
      second.peer.send('62 02 00 01', message(1, 2, 'b'));
      expect((await time.until(session.recv())).text()).toBe('b');
      session.drive();
      await second.peer.expect('70 02 00 01', '40 02 00 02');
      await bench.expectIdle();
    });

    it('is never more than the free capacity for QoS 2', async () => {
      const bench = new Bench({ receiveMaximum: 10, inboundQoS2Max: 4 }, answers);
      const { session, time } = bench;
      const first = await bench.connect();
      expect(first.connect).toContain('21 00 04');
      first.peer.send(message(2, 1, 'a'), message(2, 2, 'b'), message(2, 3, 'c'));
      for (let i = 0; i < 3; i++) await time.until(session.recv());
      // Two are acknowledged and wait for PUBREL; the third is in hand and has to be remembered as well.
      await first.peer.expect('50 02 00 01', '50 02 00 02');
      await bench.cut(first);
      const second = await bench.connect(SESSION_PRESENT);
      expect(second.connect).toContain('21 00 01');
      second.peer.send('62 02 00 01', '62 02 00 02', message(2, 3, 'c', true));
      await second.peer.expect('70 02 00 01', '70 02 00 02', '50 02 00 03');
      second.peer.send('62 02 00 03');
      await second.peer.expect('70 02 00 03');
      await bench.cut(second);
      expect((await bench.connect(SESSION_PRESENT)).connect).toContain('21 00 04');
      await bench.expectIdle();
    });
  });

  it("inbound: 'discard' acknowledges, drops and counts", async () => {
    const bench = new Bench({ inbound: 'discard', rx: 64 }, answers);
    const { session, time } = bench;
    const { peer } = await bench.connect();
    for (let i = 0; i < 20; i++) peer.send('30 05  00 01 74  00  30');
    peer.send(message(1, 1, 'a'), message(2, 2, 'b'), message(2, 2, 'b', true));
    await peer.expect('40 02 00 01', '50 02 00 02', '50 02 00 02');
    peer.send('62 02 00 02');
    await peer.expect('70 02 00 02');
    expect(session.discardedCount).toBe(22);
    expect(session.drive()).toBeNull();
    await time.settle();
    await bench.expectIdle();
  });
});

describe('ack()', () => {
  it.each([0x00, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99])('says %i', async (reasonCode) => {
    const bench = new Bench({ manualAck: true });
    const { peer } = await bench.connect();
    peer.send(message(1, 10, 'a'), message(2, 11, 'b'));
    for (let i = 0; i < 2; i++) {
      const each = await bench.time.until(bench.session.recv());
      expect(each.ack(reasonCode as ReasonCode)).toBe(true);
    }
    const code = reasonCode.toString(16);
    await peer.expect(
      ...(reasonCode === 0 ? ['40 02 00 0a', '50 02 00 0b'] : [`40 03 00 0a ${code}`, `50 03 00 0b ${code}`]),
    );
    // A PUBREC of refusal leaves nothing open (section 4.3.3).
    expect(await receivedIn(bench.session.snapshot())).toEqual(reasonCode === 0 ? [11] : []);
  });

  // No matching subscribers: only a server says that.
  it.each([0x10, 0x92, 0x04, 1.5, -1, '0x80'])('refuses %s, and changes nothing', async (reasonCode) => {
    const bench = new Bench({ manualAck: true });
    const { peer } = await bench.connect();
    peer.send(message(1, 10, 'a'));
    const view: InboundPublish = await bench.time.until(bench.session.recv());
    expect(await errorOf(() => view.ack(reasonCode as ReasonCode))).toMatchObject({ code: 'invalid-argument' });
    await peer.expect();
    expect(view.ack()).toBe(true);
    await peer.expect('40 02 00 0a');
  });

  it('of many messages in one turn leaves in one write', async () => {
    const bench = new Bench({ manualAck: true });
    const { session, time } = bench;
    const { peer, link } = await bench.connect();
    let writes = 0;
    link.tap(({ kind, direction }) => void (writes += kind === 'written' && direction === 'toServer' ? 1 : 0));
    for (let id = 1; id <= 20; id++) peer.send(message(id % 2 === 0 ? 1 : 2, id, 'a'));
    const all: OwnedPublish[] = [];
    for (let id = 1; id <= 20; id++) all.push((await time.until(session.recv())).toOwned());
    for (const each of all.reverse()) each.ack();
    await time.settle();
    expect(peer.take()).toHaveLength(20);
    expect(writes).toBe(1);
  });
});

/** Which of these QoS 2 messages a session does not hand over any more that is restored from a snapshot. */
async function receivedIn(snapshot: Uint8Array, ids: readonly number[] = [11, 12]): Promise<number[]> {
  const bench = new Bench({ restore: snapshot });
  const { peer } = await bench.connect(SESSION_PRESENT);
  const received: number[] = [];
  for (const id of ids) {
    peer.send(message(2, id, 'x', true));
    await bench.time.settle();
    if (bench.session.drive() === null) received.push(id);
  }
  return received;
}
