import { describe, expect, it } from 'vitest';
import { Client, SESSION_PRESENT, u16 } from './client.ts';

// A broker that talks and does not listen: answers that cannot leave do not pile up.

/** A tx of 128 bytes, of which a publish without an answer takes 96. */
function crowded(options = {}): Client {
  const client = new Client({ tx: 128, txReserve: 32, ...options }).connect();
  client.publish({ topic: 'a', qos: 1, payload: new Uint8Array(88) });
  client.output();
  return client;
}

describe('answers that cannot leave', () => {
  it.each([
    ['PUBRELs', '62', '70'],
    ['PUBRECs', '50', '62'],
  ])('to a flood of %s stop the reading, and go on when they have left', (_name, asked, answered) => {
    const client = crowded();
    const flood = Array.from({ length: 1000 }, (_, i) => `${asked} 02 ${u16(i + 100)}`);
    let left = client.offer(flood.join(' '));
    expect(left).toBeGreaterThan(0);
    expect(client.engine.inputRoom(0)).toBeNull();
    expect(client.offer('d0 00')).toBe(2);
    const answers: string[] = [];
    for (let rounds = 0; rounds < 10_000; rounds++) {
      const written = client.write();
      if (written !== '') answers.push(written);
      if (left > 0)
        left = client.offer(
          flood
            .join('')
            .replaceAll(' ', '')
            .slice(-2 * left),
        );
      if (written === '' && left === 0) break;
    }
    expect(answers.join(' ')).toBe(
      Array.from({ length: 1000 }, (_, i) => `${answered} 03 ${u16(i + 100)} 92`).join(' '),
    );
    for (const answer of answers) expect(answer.length).toBeLessThanOrEqual(3 * 32);
    expect(client.engine.pending).toHaveLength(1);
    client.feed('40 02 00 01');
    expect(client.engine.canPublish(1, 96)).toBe(true);
  });

  it('hold back what is behind them, in order, and nothing is lost', () => {
    const client = crowded();
    for (let i = 0; i < 6; i++) client.feed(`62 02 00 6${i}`);
    client.offer('62 02 00 66  32 07 00 01 61 00 05 00 78  40 02 00 01');
    expect(client.engine.hasMessage).toBe(false);
    expect(client.engine.pending).toHaveLength(1);
    client.write();
    expect(client.engine.pending).toEqual([]);
    expect(client.texts()).toEqual(['x']);
    client.expectOutput('70 03 00 66 92', '40 02 00 05');
  });

  it('go on with a short write that makes room for one', () => {
    const client = crowded();
    for (let i = 0; i < 6; i++) client.feed(`62 02 00 6${i}`);
    client.offer('62 02 00 66');
    expect(client.engine.inputRoom(0)).toBeNull();
    while (client.engine.inputRoom(0) === null) expect(client.write(1)).not.toBe('');
    expect(client.output()).toMatch(/70 03 00 66 92$/);
  });

  it('do not keep the broker’s own acknowledgements from making room where reading goes on', () => {
    const client = new Client({ tx: 160, txReserve: 32 }).connect();
    for (let i = 0; i < 16; i++) client.publish({ topic: 'a', qos: 2 });
    expect(client.tryPublish({ topic: 'a', qos: 2 })).toBeNull();
    client.output();
    // More PUBRELs are owed than the reserve holds; each PUBREC gives its publish's bytes back.
    client.feed(Array.from({ length: 16 }, (_, i) => `50 02 ${u16(i + 1)}`).join(' '));
    client.expectOutput(...Array.from({ length: 16 }, (_, i) => `62 02 ${u16(i + 1)}`));
  });

  it('are owed in a bounded number where QoS 2 messages are repeated for ever', () => {
    const client = new Client({ receiveMaximum: 4 }).connect();
    client.feed('34 06 00 01 61 00 01 00');
    client.texts();
    client.output();
    let taken = 0;
    while (taken < 1000 && client.offer('3c 06 00 01 61 00 01 00') === 0) taken++;
    expect(taken).toBeLessThan(200);
    expect(client.engine.inputRoom(0)).toBeNull();
    const answers = client.output().split('50 02 00 01').length - 1;
    expect(answers).toBeGreaterThan(0);
    expect(client.engine.inputRoom(0)).not.toBeNull();
    client.feed('62 02 00 01');
    expect(client.output()).toMatch(/70 02 00 01$/);
  });

  it('for so long that a PINGREQ has no answer are the end of a broker that never listens', () => {
    const client = crowded({ keepAlive: 10 });
    client.offer(Array.from({ length: 100 }, (_, i) => `62 02 ${u16(i + 1)}`).join(' '));
    client.lend();
    for (let i = 0; i < 10 && client.engine.state === 'connected'; i++) {
      client.nowMs = client.engine.deadlineMs;
      client.engine.tick(client.nowMs);
    }
    expect(client.nowMs).toBe(12_500);
    expect(client.happened().at(-1)).toMatchObject({ kind: 'closed', error: { by: 'keep-alive' } });
  });

  it('that were blocked at the loss are nobody’s business any more', () => {
    const client = crowded();
    client.offer(Array.from({ length: 100 }, (_, i) => `62 02 ${u16(i + 1)}`).join(' '));
    client.cut();
    client.connect(SESSION_PRESENT);
    expect(client.output()).toMatch(/^3a 5e 00 01 61 00 01( 00)+$/);
    client.feed('62 02 00 09');
    client.expectOutput('70 03 00 09 92');
  });

  it('leave before a DISCONNECT of ours', () => {
    const client = crowded();
    client.offer(Array.from({ length: 6 }, (_, i) => `62 02 ${u16(i + 1)}`).join(' '));
    client.engine.disconnect(0);
    expect(client.output()).toMatch(/^70 03 00 01 92 .* e0 00$/);
    expect(client.closed().clean).toBe(true);
  });
});

describe('the reserve of tx', () => {
  it('is for acknowledgements, PUBREL, PINGREQ and DISCONNECT: publishes and requests leave it free', () => {
    const client = new Client({ tx: 128, txReserve: 32, keepAlive: 10 }).connect();
    client.feed('32 06 00 01 61 00 05 00  34 06 00 01 61 00 06 00');
    client.publish({ topic: 'a', qos: 1, payload: new Uint8Array(88) });
    expect(client.tryPublish({ topic: 'a' })).toBeNull();
    expect(client.engine.subscribe([{ topicFilter: 'a' }], undefined)).toBeNull();
    client.output();
    client.texts();
    client.nowMs = client.engine.deadlineMs;
    client.engine.tick(client.nowMs);
    client.expectOutput('c0 00', '40 02 00 05', '50 02 00 06');
  });
});

describe('a write that is outstanding', () => {
  it('keeps its bytes as they are, whatever happens', () => {
    const client = new Client({ tx: 160, txReserve: 32 }).connect();
    for (let i = 0; i < 10; i++) client.publish({ topic: 'a', qos: 1, payload: 'xyz' });
    const lent = client.engine.output()!;
    const before = lent.slice();
    for (let i = 1; i <= 10; i++) client.feed(`40 02 ${u16(i)}`);
    expect(client.engine.pending).toEqual([]);
    while (client.tryPublish({ topic: 'b', qos: 1, payload: '123' }) !== null);
    for (let i = 0; i < 10; i++) client.offer(`62 02 ${u16(i + 1)}`);
    expect(lent).toEqual(before);
    client.sent(lent.length);
    expect(client.output()).toMatch(/^32 09 00 01 62/);
  });

  it('is the only one', () => {
    const client = new Client().connect();
    client.publish({ topic: 'a' });
    client.lend();
    client.publish({ topic: 'b' });
    expect(client.engine.hasOutput).toBe(false);
    expect(client.engine.output()).toBeNull();
    client.sent(6);
    expect(client.engine.hasOutput).toBe(true);
    client.expectOutput('30 04 00 01 62 00');
  });
});

it('one publish that is never acknowledged does not keep others from passing', () => {
  const client = new Client({ tx: 1024, txReserve: 64 }).connect();
  client.publish({ topic: 'a', qos: 1, payload: 'stays' });
  client.output();
  for (let i = 0; i < 50_000; i++) {
    const operation = client.tryPublish({ topic: 'a', qos: 1, payload: new Uint8Array(i % 700) });
    if (operation === null) throw new Error(`no room for publish ${i}`);
    client.engine.sent(client.engine.output()!.length, 0);
    client.feed(`40 02 ${u16(operation.packetId)}`);
    if (i % 1000 === 0) client.happened();
  }
  client.cut();
  client.connect(SESSION_PRESENT);
  client.expectOutput('3a 0b 00 01 61 00 01 00 73 74 61 79 73');
});
