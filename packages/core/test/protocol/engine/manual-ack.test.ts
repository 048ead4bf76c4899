import { describe, expect, it } from 'vitest';
import { Client, errorOf, SESSION_PRESENT } from './client.ts';

// `message.ack()`: it belongs to the message, not to its bytes, and works in both modes.

const QOS1 = '32 07  00 01 61  00 05  00  78';
const QOS2 = '34 07  00 01 61  00 09  00  79';

describe('with manualAck', () => {
  it('[MQTT-4.3.2-4] nothing is acknowledged before the application says so', () => {
    const client = new Client({ manualAck: true }).connect();
    client.feed(`${QOS1} ${QOS2}`);
    const first = client.receive();
    client.expectOutput();
    const second = client.receive();
    client.expectNoMessage();
    client.expectOutput();
    expect(first.ack()).toBe(true);
    client.expectOutput('40 02 00 05');
    expect(second.ack()).toBe(true);
    client.expectOutput('50 02 00 09');
    client.feed('62 02 00 09');
    client.expectOutput('70 02 00 09');
  });

  it('[MQTT-4.6.0-2] [MQTT-4.6.0-3] PUBACK and PUBREC each leave in arrival order, whatever order they are given in', () => {
    const client = new Client({ manualAck: true }).connect();
    client.feed(
      [
        '32 06 00 01 61 00 03 00',
        '34 06 00 01 61 00 03 00',
        '32 06 00 01 61 00 01 00',
        '34 06 00 01 61 00 01 00',
        '32 06 00 01 61 00 02 00',
      ].join(' '),
    );
    const [a3, r3, a1, r1, a2] = Array.from({ length: 5 }, () => client.receiveOwned());
    a2!.ack();
    r1!.ack();
    client.expectOutput();
    a3!.ack();
    client.expectOutput('40 02 00 03');
    r3!.ack(0x87);
    client.expectOutput('50 03 00 03 87', '50 02 00 01');
    a1!.ack(0x80);
    client.expectOutput('40 03 00 01 80', '40 02 00 02');
  });

  it('waits for messages that nobody has claimed yet', () => {
    const client = new Client({ manualAck: true }).connect();
    client.feed('32 06 00 01 61 00 01 00  32 06 00 01 61 00 02 00');
    const first = client.receiveOwned();
    const second = client.receiveOwned();
    second.ack();
    client.feed('32 06 00 01 61 00 03 00');
    client.expectOutput();
    first.ack();
    client.expectOutput('40 02 00 01', '40 02 00 02');
    const third = client.receiveOwned();
    client.expectOutput();
    third.ack();
    client.expectOutput('40 02 00 03');
  });

  it('receiveMaximum is the number of messages in hand', () => {
    const client = new Client({ manualAck: true, receiveMaximum: 2 }).connect();
    client.feed('32 06 00 01 61 00 01 00  32 06 00 01 61 00 02 00');
    const messages = [client.receiveOwned(), client.receiveOwned()];
    messages[1]!.ack();
    client.output();
    client.feed('30 04 00 01 61 00');
    messages[0]!.ack();
    client.expectOutput('40 02 00 01', '40 02 00 02');
    client.feed('32 06 00 01 61 00 01 00  32 06 00 01 61 00 02 00');
    expect(client.engine.state).toBe('connected');
    client.feed('32 06 00 01 61 00 03 00');
    client.expectRejected(0x93);
  });

  it('a QoS 2 message counts as received from ack() on', () => {
    const client = new Client({ manualAck: true }).connect();
    client.feed('34 06 00 01 61 00 01 00  34 06 00 01 62 00 02 00');
    client.receiveOwned();
    client.receiveOwned().ack();
    // The PUBREC of the second waits for that of the first.
    client.expectOutput();
    client.cut();
    client.connect(SESSION_PRESENT);
    client.feed('3c 06 00 01 61 00 01 00  3c 06 00 01 62 00 02 00');
    const again = client.receiveOwned();
    expect(again.topic).toBe('a');
    client.expectNoMessage();
    client.expectOutput();
    again.ack();
    client.expectOutput('50 02 00 01', '50 02 00 02');
  });

  it('a refused QoS 2 message was not received', () => {
    const client = new Client({ manualAck: true }).connect();
    client.feed(QOS2);
    client.receive().ack(0x83);
    client.cut();
    client.connect(SESSION_PRESENT);
    client.feed(QOS2);
    expect(client.receive().ack()).toBe(true);
    client.expectOutput('50 02 00 09');
  });

  it('PUBREL for a message that is still in hand is a protocol error', () => {
    const client = new Client({ manualAck: true }).connect();
    client.feed(QOS2);
    client.receive();
    client.feed('62 02 00 09');
    client.expectRejected(0x82, /no PUBREC/);
  });

  it('a repeat of what is still in hand brings nothing', () => {
    const client = new Client({ manualAck: true }).connect();
    client.feed(QOS2);
    const message = client.receiveOwned();
    client.feed(`3c${QOS2.slice(2)} 3c${QOS2.slice(2)}`);
    client.expectNoMessage();
    client.expectOutput();
    message.ack();
    client.expectOutput('50 02 00 09');
  });
});

describe('a refusal', () => {
  it.each([0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99] as const)(
    '[MQTT-3.4.2-1] [MQTT-3.5.2-1] may have the code 0x%s',
    (reasonCode) => {
      const client = new Client({ manualAck: true }).connect();
      client.feed(`${QOS1} ${QOS2}`);
      expect(client.receive().ack(reasonCode)).toBe(true);
      expect(client.receive().ack(reasonCode)).toBe(true);
      const code = reasonCode.toString(16);
      client.expectOutput(`40 03 00 05 ${code}`, `50 03 00 09 ${code}`);
    },
  );

  it('may have no other code: that is the caller’s mistake, and the message can still be acknowledged', () => {
    const client = new Client({ manualAck: true }).connect();
    client.feed(`${QOS1} 30 04 00 01 61 00`);
    const message = client.receiveOwned();
    for (const reasonCode of [0x10, 0x92, 0x81, 0x01, 0xff, -1, 0.5, Number.NaN, '0']) {
      expect(errorOf(() => message.ack(reasonCode as 0x80))).toMatchObject({
        name: 'InvalidRequestError',
        code: 'invalid-argument',
      });
    }
    client.expectOutput();
    expect(message.ack()).toBe(true);
  });

  it('[MQTT-4.3.3-9] frees the identifier: its next PUBLISH is a new message', () => {
    const client = new Client({ manualAck: true }).connect();
    client.feed(QOS2);
    client.receive().ack(0x87);
    client.expectOutput('50 03 00 09 87');
    client.feed('34 07  00 01 61  00 09  00  7a');
    expect(client.receive().text()).toBe('z');
    client.feed('62 02 00 0a');
    client.expectOutput('70 03 00 0a 92');
  });

  it('works without manualAck too, before the application comes back', () => {
    const client = new Client().connect();
    client.feed(`${QOS1} ${QOS2}`);
    expect(client.receive().ack(0x80)).toBe(true);
    expect(client.receive().ack(0x99)).toBe(true);
    client.engine.comeBack();
    client.expectOutput('40 03 00 05 80', '50 03 00 09 99');
    client.feed('62 02 00 09');
    client.expectOutput('70 03 00 09 92');
  });
});

describe('ack() returns false and does nothing', () => {
  it('the second time, in both modes', () => {
    for (const manualAck of [false, true]) {
      const client = new Client({ manualAck }).connect();
      client.feed(`${QOS1} ${QOS2}`);
      const [first, second] = [client.receiveOwned(), client.receiveOwned()];
      for (const message of [first, second]) {
        message.ack();
        expect(message.ack()).toBe(false);
        expect(message.ack(0x80)).toBe(false);
      }
      client.engine.comeBack();
      client.expectOutput('40 02 00 05', '50 02 00 09');
      for (const message of [first, second]) expect(message.ack()).toBe(false);
      client.expectOutput();
    }
  });

  it('where coming back has acknowledged it', () => {
    const client = new Client().connect();
    client.feed(QOS1);
    const message = client.receiveOwned();
    client.engine.comeBack();
    expect(message.ack(0x80)).toBe(false);
    client.expectOutput('40 02 00 05');
  });

  it('for QoS 0', () => {
    const client = new Client({ manualAck: true }).connect();
    client.feed('30 04 00 01 61 00');
    expect(client.receive().ack()).toBe(false);
    expect(client.workCount).toBe(0);
    client.expectOutput();
  });

  it('for a message of an earlier connection', () => {
    const client = new Client({ manualAck: true }).connect();
    client.feed(`${QOS1} ${QOS2}`);
    const messages = [client.receiveOwned(), client.receiveOwned()];
    client.cut();
    for (const message of messages) expect(message.ack()).toBe(false);
    client.start();
    for (const message of messages) expect(message.ack()).toBe(false);
    client.feed(SESSION_PRESENT);
    client.feed(`${QOS1} ${QOS2}`);
    for (const message of messages) expect(message.ack()).toBe(false);
    client.expectOutput();
    // Those of this connection are others.
    expect(client.receiveOwned().ack()).toBe(true);
    expect(client.receiveOwned().ack()).toBe(true);
    client.expectOutput('40 02 00 05', '50 02 00 09');
  });

  it('for what is handed over after the loss', () => {
    const client = new Client({ manualAck: true }).connect();
    client.feed(`${QOS1} ${QOS2}`);
    client.cut();
    expect(client.receive().ack()).toBe(false);
    expect(client.receive().ack()).toBe(false);
    // By hand, that was not an acknowledgement: the broker brings both again.
    client.connect(SESSION_PRESENT);
    client.feed(`3a${QOS1.slice(2)} 3c${QOS2.slice(2)}`);
    expect(client.texts()).toEqual(['x', 'y']);
  });
});

describe('ack() works', () => {
  it('on a view, on an expired view, on a copy, and on a copy of a view', () => {
    const client = new Client({ manualAck: true }).connect();
    client.feed('32 06 00 01 61 00 01 00  32 06 00 01 61 00 02 00  32 06 00 01 61 00 03 00  32 06 00 01 61 00 04 00');
    const expired = client.receive();
    const copied = client.receive().toOwned();
    const owned = client.receiveOwned();
    const view = client.receive();
    expect(view.ack()).toBe(true);
    expect(owned.ack()).toBe(true);
    expect(copied.ack(0x80)).toBe(true);
    expect(expired.ack()).toBe(true);
    client.expectOutput('40 02 00 01', '40 03 00 02 80', '40 02 00 03', '40 02 00 04');
  });

  it('once for a view and its copies', () => {
    const client = new Client({ manualAck: true }).connect();
    client.feed(QOS1);
    const view = client.receive();
    const copy = view.toOwned();
    expect(copy.ack()).toBe(true);
    expect(view.ack()).toBe(false);
    client.expectOutput('40 02 00 05');
  });

  it('long after others with the same identifier have come and gone', () => {
    const client = new Client({ manualAck: true }).connect();
    client.feed('34 06 00 01 61 00 01 00');
    const late = client.receiveOwned();
    for (let i = 0; i < 1000; i++) {
      client.feed('32 06 00 01 61 00 01 00');
      client.receiveOwned().ack();
      client.expectOutput('40 02 00 01');
    }
    expect(late.ack()).toBe(true);
    client.expectOutput('50 02 00 01');
  });

  it('and tells whoever writes', () => {
    const client = new Client({ manualAck: true }).connect();
    client.feed(QOS1);
    const message = client.receive();
    expect(client.workCount).toBe(0);
    message.ack();
    expect(client.workCount).toBe(1);
    message.ack();
    expect(client.workCount).toBe(1);
  });
});
