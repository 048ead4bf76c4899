import { describe, expect, it } from 'vitest';
import { Buffers, InvalidRequestError, Session, type InboundPublish, type OwnedPublish } from '@minimq/core';
import { memoryLink, seededRandom, VirtualTime } from '@minimq/testkit';
import { ANSWERS, ascii, Bench, CONNACK, errorOf, isPending, Peer, publish, publishBytes } from '../support.ts';

// Received messages in the caller's rx: backpressure, and views.

/** A QoS 0 message to "t" of `byteLength` bytes in all, at most 129, with its payload all of one letter. */
function messageOf(byteLength: number, letter: string): string {
  return publish('t', letter.repeat(byteLength - 6));
}

describe.each(ANSWERS)('over a link that answers %s', (answers) => {
  describe('a full rx', () => {
    it('stops the reading, and the link holds the broker up; receiving goes on in order', async () => {
      const bench = new Bench({ rx: 64 }, answers);
      const { peer, link } = await bench.connect('20 03 00 00 00', {}, { capacityBytes: 100 });
      const letters = 'abcdefghijklmnopqrst'.split('');
      for (const letter of letters) peer.send(messageOf(30, letter));
      await bench.time.settle();
      expect(link.toClient.inFlightBytes).toBe(100);
      // Two messages of 30 bytes, and what is there of the third.
      expect(link.toClient.readBytes - 5).toBe(64);
      expect(peer.unsentBytes).toBe(20 * 30 - 64 - 100);
      const received: string[] = [];
      for (const _ of letters) received.push((await bench.time.until(bench.session.recv())).text());
      expect(received).toEqual(letters.map((letter) => letter.repeat(24)));
      expect(peer.unsentBytes).toBe(0);
      await bench.expectIdle();
    });

    it('does not hold up a handler that waits for the end of its own publish', async () => {
      const bench = new Bench({ rx: 128 }, answers);
      bench.answer = (packet) => (packet.startsWith('32') ? `40 02 ${packet.slice(-8, -3)}` : undefined);
      const { peer } = await bench.connect();
      const { session, time } = bench;
      const handled: string[] = [];
      const handling = (async () => {
        for (let i = 0; i < 5; i++) {
          const text = (await session.recv()).text();
          const op = await session.publish({ topic: 'r', qos: 1 });
          await op.completion();
          handled.push(text);
        }
      })();
      // Every one of them waits behind the message in hand.
      for (const letter of 'abcde') peer.send(messageOf(20, letter));
      await time.until(handling);
      expect(handled).toEqual('abcde'.split('').map((letter) => letter.repeat(14)));
      await bench.expectIdle();
    });

    it('rejects such a wait after receiveStallMs where the answer cannot arrive, and loses nothing', async () => {
      const bench = new Bench({ rx: 64, receiveStallMs: 1_000 }, answers);
      const { peer } = await bench.connect();
      const { session, time } = bench;
      const op = (await session.publish({ topic: 't', qos: 1 }))!;
      const failed = errorOf(op.completion());
      const unaffected = (await session.publish({ topic: 't' }))!.completion();
      for (const letter of 'abc') peer.send(messageOf(30, letter));
      peer.send('40 02 00 01');
      await time.advance(999);
      expect(await isPending(time, failed)).toBe(true);
      await time.advance(1);
      expect(await failed).toMatchObject({ name: 'NotReadyError', code: 'receive-stalled', connectionLost: false });
      expect(await time.until(errorOf(op.completion()))).toMatchObject({ code: 'receive-stalled' });
      expect(await time.until(errorOf(session.subscribe(['a'])))).toMatchObject({ code: 'receive-stalled' });
      // What no packet of the broker ends goes on.
      await time.until(unaffected);
      await time.until((await session.publish({ topic: 't' })).completion());
      for (const letter of 'abc') expect((await time.until(session.recv())).text()).toBe(letter.repeat(24));
      expect(await time.until(op.completion())).toMatchObject({ reasonCode: 0 });
      await bench.expectIdle();
    });
  });

  it('processes packets of other kinds behind a message that nobody has claimed, at once and without end', async () => {
    const bench = new Bench({ rx: 64 }, answers);
    const { peer } = await bench.connect();
    const { session, time } = bench;
    peer.send(messageOf(30, 'a'));
    // Far more of them than rx has bytes.
    for (let i = 1; i <= 100; i++) {
      const op = session.tryPublish({ topic: 't', qos: 1 })!;
      const id = op.packetId.toString(16).padStart(2, '0');
      peer.send(`40 02 00 ${id}`);
      await time.settle();
      expect(op.state).toBe('complete');
    }
    const subscribing = session.subscribe(['a']);
    await time.settle();
    peer.send('d0 00', '90 04  00 65  00  00');
    expect((await time.until(subscribing)).reasonCodes).toEqual([0]);
    // And between two messages.
    peer.send(messageOf(20, 'b'));
    expect((await time.until(session.recv())).text()).toBe('a'.repeat(24));
    expect((await time.until(session.recv())).text()).toBe('b'.repeat(14));
    await bench.expectIdle();
  });

  it.each([1, 7, 64, 1000])('takes a message of exactly rx.length bytes, in pieces of %s', async (readMaxBytes) => {
    const bench = new Bench({ rx: 64 }, answers);
    const { peer } = await bench.connect('20 03 00 00 00', {}, { client: { answers, readMaxBytes } });
    const { session, time } = bench;
    for (const letter of 'abc') peer.send(messageOf(64, letter), messageOf(10, letter));
    for (const letter of 'abc') {
      // The message in hand has to go before the large one fits.
      expect((await time.until(session.recv())).text()).toBe(letter.repeat(58));
      const view = await time.until(session.recv());
      expect(view.text()).toBe(letter.repeat(4));
      await time.settle();
      expect(view.text()).toBe(letter.repeat(4));
    }
    await bench.expectIdle();
  });

  it('refuses a longer one with 0x95 before a byte of it is stored [MQTT-3.1.2-24]', async () => {
    const bench = new Bench({ rx: 64 }, answers);
    const { peer, event, connect } = await bench.connect();
    // Maximum Packet Size 64.
    expect(connect).toContain('27 00 00 00 40');
    const { session, time } = bench;
    peer.send(messageOf(30, 'a'), messageOf(65, 'b').slice(0, 5));
    const first = await time.until(session.recv());
    expect(first.text()).toBe('a'.repeat(24));
    await peer.expect('e0 01 95');
    const closed = await time.until(event.closed);
    expect(closed).toMatchObject({ by: 'protocol', reasonCode: 0x95 });
    expect(closed.cause).toMatchObject({
      name: 'PeerError',
      code: 'invalid-packet',
      reasonCode: 0x95,
      section: '3.1.2.11.4',
    });
    expect(peer.ended).toBe('end');
  });

  it('hands over what arrived before the loss, and then rejects', async () => {
    const bench = new Bench({}, answers);
    const { peer, event } = await bench.connect();
    const { session, time } = bench;
    const first = session.recv();
    // The last one has not arrived whole.
    peer.send(
      messageOf(20, 'a'),
      messageOf(20, 'b'),
      '32 07  00 01 74  00 01  00  63',
      messageOf(20, 'd').slice(0, 30),
    );
    void peer.close();
    const gone = await time.until(event.closed);
    expect((await first).text()).toBe('a'.repeat(14));
    expect((await session.recv()).text()).toBe('b'.repeat(14));
    const last = await session.recv();
    expect(last.text()).toBe('c');
    expect(last.ack()).toBe(false);
    expect(await errorOf(session.recv())).toBe(gone);
    expect(await errorOf(() => session.drive())).toBe(gone);
    await bench.expectIdle();
  });

  it.each(['recv', 'messages'] as const)(
    'hands a waiting %s() the message that came together with the DISCONNECT',
    async (call) => {
      const bench = new Bench({}, answers);
      const { peer, event } = await bench.connect();
      const { session, time } = bench;
      const texts: string[] = [];
      const receiving = (async () => {
        if (call === 'messages') for await (const message of session.messages()) texts.push(message.text());
        else for (;;) texts.push((await session.recv()).text());
      })();
      const end = receiving.then(
        () => 'end',
        (error: unknown) => error,
      );
      await time.settle();
      peer.send(messageOf(20, 'a'), messageOf(20, 'b'), 'e0 01 8b');
      const gone = await time.until(event.closed);
      expect(await time.until(end)).toBe(call === 'messages' ? 'end' : gone);
      expect(gone).toMatchObject({ by: 'broker', reasonCode: 0x8b });
      expect(texts).toEqual(['a'.repeat(14), 'b'.repeat(14)]);
      await bench.expectIdle();
    },
  );

  it('drops what nobody has claimed with the next connect() and with disconnect()', async () => {
    const bench = new Bench({}, answers);
    const { session, time } = bench;
    const first = await bench.connect();
    first.peer.send(messageOf(20, 'a'));
    await time.settle();
    await bench.cut(first);
    const second = await bench.connect();
    expect(session.drive()).toBeNull();
    second.peer.send(messageOf(20, 'b'));
    await time.settle();
    await time.until(session.disconnect());
    expect(await errorOf(session.recv())).toMatchObject({ by: 'local' });
    await bench.expectIdle();
  });

  it('gives the next messages to the messages() of their own connection', async () => {
    const bench = new Bench({}, answers);
    const { session, time } = bench;
    const first = await bench.connect();
    const early = session.messages();
    first.peer.send(messageOf(20, 'a'));
    expect((await time.until(early.next())).value?.text()).toBe('a'.repeat(14));
    await bench.cut(first);
    const second = await bench.connect();
    const late = session.messages();
    second.peer.send(messageOf(20, 'b'));
    await time.settle();
    expect(await early.next()).toEqual({ done: true, value: undefined });
    expect((await time.until(late.next())).value?.text()).toBe('b'.repeat(14));
    await bench.expectIdle();
  });

  it('keeps messages that come with the CONNACK', async () => {
    const bench = new Bench({}, answers);
    const { session, time } = bench;
    await bench.connect(`20 03 00 00 00 ${messageOf(20, 'a')} ${messageOf(20, 'b')}`);
    expect(session.drive()!.text()).toBe('a'.repeat(14));
    expect((await time.until(session.recv())).text()).toBe('b'.repeat(14));
    await bench.expectIdle();
  });
});

describe('a view', () => {
  it.each([1, 2, 3, 4])('stays as it is while the application holds it, whatever arrives (seed %s)', async (seed) => {
    const random = seededRandom(seed);
    const draw = (below: number): number => Math.floor(random() * below);
    const bench = new Bench({ rx: 256 });
    const readMaxBytes = (): number => 1 + draw(40);
    const { peer } = await bench.connect('20 03 00 00 00', {}, { client: { readMaxBytes }, capacityBytes: 64 });
    const { session, time } = bench;
    const payloads = Array.from({ length: 300 }, (_, i) => new Uint8Array(draw(draw(230))).fill(i % 251));
    for (const [i, payload] of payloads.entries()) {
      peer.sendBytes(publishBytes(`topic/${i}`, payload));
      // Filler between messages: an answer to nothing.
      if (draw(3) === 0) peer.send('d0 00');
    }
    for (const [i, payload] of payloads.entries()) {
      const view = await time.until(session.recv());
      const { payload: window } = view;
      for (let looks = draw(3); looks >= 0; looks--) {
        expect(view.topic).toBe(`topic/${i}`);
        expect(Buffer.compare(window, payload)).toBe(0);
        await time.settle();
      }
      expect(Buffer.compare(view.toOwned().payload, payload)).toBe(0);
    }
    await bench.expectIdle();
  });

  const calls: readonly (readonly [string, (bench: Bench) => unknown])[] = [
    ['recv()', ({ session, time }) => time.until(session.recv())],
    ['poll()', ({ session, time }) => time.until(session.poll())],
    ['drive()', ({ session }) => session.drive()],
    ['messages()', ({ session, time }) => time.until(session.messages().next())],
  ];
  it.each(calls)('ends with the next %s', async (_, call) => {
    const bench = new Bench();
    const { peer } = await bench.connect();
    peer.send(publish('t', 'a'), publish('t', 'b'));
    const view = await bench.time.until(bench.session.recv());
    const owned = view.toOwned();
    await call(bench);
    const reads: ((message: InboundPublish) => unknown)[] = [
      ({ topic }) => topic,
      ({ payload }) => payload,
      (message) => message.text(),
      ({ properties }) => properties,
      ({ subscriptionIdentifiers }) => subscriptionIdentifiers,
      (message) => message.responseTarget(),
      (message) => message.reply(''),
      (message) => message.toOwned(),
    ];
    for (const read of reads) {
      expect(() => read(view)).toThrow(InvalidRequestError);
      expect(await errorOf(() => read(view))).toMatchObject({ code: 'stale-view' });
    }
    // What stands in the view itself costs no look at rx.
    expect(view).toMatchObject({ qos: 0, retain: false, dup: false, payloadLength: 1 });
    expect([owned.topic, owned.text()]).toEqual(['t', 'a']);
  });

  it('is copied by toOwned() and messages() also where rx is a Node Buffer, whose slice() copies nothing', async () => {
    const time = new VirtualTime();
    const rx = Buffer.alloc(1024);
    const session = new Session({ buffers: new Buffers(rx, Buffer.alloc(1024)), clock: time.clock(), keepAlive: 0 });
    const link = memoryLink();
    const peer = new Peer(time, link.server);
    const connecting = session.connect(link.client);
    await peer.next();
    peer.send(CONNACK, publish('t', 'a'), publish('t', 'b'));
    await time.until(connecting);
    const owned = [(await time.until(session.recv())).toOwned()];
    owned.push((await time.until(session.messages().next())).value as OwnedPublish);
    rx.fill(0xff);
    expect(owned.map((message) => [message.topic, message.text(), [...message.payload]])).toEqual([
      ['t', 'a', [0x61]],
      ['t', 'b', [0x62]],
    ]);
  });

  it('ends even where the next recv() has to wait, and where it fails', async () => {
    const bench = new Bench();
    const line = await bench.connect();
    line.peer.send(publish('t', 'a'));
    const view = await bench.time.until(bench.session.recv());
    const failed = errorOf(bench.session.recv());
    expect(() => view.text()).toThrow(InvalidRequestError);
    await bench.cut(line);
    await failed;
  });

  it('outlasts the connection that it came on, until the next call', async () => {
    const bench = new Bench();
    const first = await bench.connect();
    first.peer.send(publish('t', 'kept'));
    const view = await bench.time.until(bench.session.recv());
    await bench.cut(first);
    const second = await bench.connect();
    second.peer.send(publish('t', 'x'.repeat(500)), publish('t', 'y'.repeat(400)));
    await bench.time.settle();
    expect(view.text()).toBe('kept');
    expect((await bench.time.until(bench.session.recv())).text()).toBe('x'.repeat(500));
    expect((await bench.time.until(bench.session.recv())).text()).toBe('y'.repeat(400));
    await bench.expectIdle();
  });

  it('is not ended by a call that did nothing: of an aborted signal, or of bad options', async () => {
    const bench = new Bench();
    const { peer } = await bench.connect();
    peer.send('32 07  00 01 74  00 0a  00  61');
    const { session, time } = bench;
    const view = await time.until(session.recv());
    const reason = new Error('enough');
    expect(await errorOf(session.recv({ signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(await errorOf(session.recv({ timeoutMs: -1 }))).toMatchObject({ code: 'invalid-argument' });
    expect(view.text()).toBe('a');
    await peer.expect();
    expect(await errorOf(time.until(session.recv({ timeoutMs: 5 })))).toMatchObject({ code: 'timeout' });
    await peer.expect('40 02 00 0a');
  });
});

describe('what a message says', () => {
  // QoS 1, RETAIN and DUP; "a/b"; every property of a PUBLISH, some of them twice.
  const PROPERTIES = [
    '01 01',
    '02 00 00 00 3c',
    '03 00 02 74 78',
    '08 00 03 72 2f 61',
    '09 00 03 00 01 ff',
    '0b 05  0b 80 01',
    '26 00 01 6b 00 01 76  26 00 01 6b 00 00',
  ].join(' ');

  it('is all there, in a view and in a copy of it', async () => {
    const bench = new Bench();
    const { peer } = await bench.connect();
    peer.send(publish('a/b', 'é\0', { first: '3b', id: 10, properties: PROPERTIES }));
    const view = await bench.time.until(bench.session.recv());
    const owned = view.toOwned();
    for (const message of [view, owned]) {
      expect(message).toMatchObject({ topic: 'a/b', qos: 1, retain: true, dup: true, packetId: 10, payloadLength: 3 });
      expect(message.text()).toBe('é\0');
      expect(message.payload).toEqual(new Uint8Array([0xc3, 0xa9, 0]));
      expect(message.subscriptionIdentifiers).toEqual([5, 128]);
      expect(message.properties).toEqual({
        payloadFormatIndicator: 1,
        messageExpiryInterval: 60,
        contentType: 'tx',
        responseTopic: 'r/a',
        correlationData: new Uint8Array([0, 1, 255]),
        userProperties: [
          ['k', 'v'],
          ['k', ''],
        ],
      });
      expect(message.properties).toBe(message.properties);
      expect(message.responseTarget()).toEqual({ topic: 'r/a', correlationData: new Uint8Array([0, 1, 255]) });
    }
    // The payload of a view is a window, that of a copy is not.
    expect(view.payload.buffer).not.toBe(owned.payload.buffer);
    const { properties } = view;
    peer.send(publish('t', 'x'.repeat(100)));
    await bench.time.until(bench.session.recv());
    expect(owned.text()).toBe('é\0');
    expect(owned.properties).toEqual(properties);
    await bench.time.settle();
    await bench.expectIdle();
  });

  it('is nothing but topic and payload where it says no more', async () => {
    const bench = new Bench();
    const { peer } = await bench.connect();
    peer.send('30 04  00 01 74  00');
    const view = await bench.time.until(bench.session.recv());
    expect(view).toMatchObject({ topic: 't', qos: 0, retain: false, dup: false, packetId: 0, payloadLength: 0 });
    expect(view.payload).toEqual(new Uint8Array(0));
    expect([view.text(), view.properties, view.subscriptionIdentifiers]).toEqual(['', {}, []]);
    expect(view.responseTarget()).toBeUndefined();
    expect(await errorOf(() => view.reply('x'))).toMatchObject({ code: 'invalid-argument' });
  });

  it('shows U+FFFD in text() for what is no UTF-8, and keeps a byte order mark', async () => {
    const bench = new Bench();
    const { peer } = await bench.connect();
    peer.send('30 09  00 01 74  00  ef bb bf 61 ff');
    expect((await bench.time.until(bench.session.recv())).text()).toBe('\uFEFFa\uFFFD');
  });

  it('can be published on, and answered, as it is', async () => {
    const bench = new Bench();
    const { peer } = await bench.connect();
    const { session, time } = bench;
    peer.send(publish('a/b', 'ask', { properties: PROPERTIES }));
    const request = await time.until(session.recv());
    session.tryPublish({ topic: request.topic, payload: request.payload, properties: request.properties });
    session.tryPublish(request.reply('yes', { qos: 1, properties: { contentType: 'c' } }));
    // The identifiers belong to the subscription and stay behind.
    const forwarded = PROPERTIES.replace('0b 05  0b 80 01', '');
    await peer.expect(
      publish('a/b', 'ask', { properties: forwarded }),
      publish('r/a', 'yes', { first: '32', id: 1, properties: '09 00 03 00 01 ff 03 00 01 63' }),
    );
    expect(ascii('yes')).toBe('79 65 73');
  });

  it('has the topic that its alias stands for, in order and in copies', async () => {
    const bench = new Bench({ topicAliasMaximum: 2 });
    const { peer, connect } = await bench.connect();
    expect(connect).toContain('22 00 02');
    const { session, time } = bench;
    peer.send(
      '30 09  00 02 61 61  03 23 00 01  31',
      '30 07  00 00  03 23 00 01  32',
      '30 09  00 02 62 62  03 23 00 01  33',
      '30 07  00 00  03 23 00 01  34',
      '30 05  00 01 63  00  35',
      '30 09  00 02 64 64  03 23 00 02  36',
      '30 07  00 00  03 23 00 02  37',
      '30 07  00 00  03 23 00 01  38',
    );
    await time.settle();
    const topics: string[] = [];
    for (let i = 0; i < 8; i++) {
      const view = await time.until(session.recv());
      expect(view.properties).toEqual({});
      topics.push(`${view.toOwned().topic} ${view.text()}`);
    }
    expect(topics).toEqual(['aa 1', 'aa 2', 'bb 3', 'bb 4', 'c 5', 'dd 6', 'dd 7', 'bb 8']);
  });
});
