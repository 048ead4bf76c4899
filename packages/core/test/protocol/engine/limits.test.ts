import { describe, expect, it } from 'vitest';
import { Client, errorOf } from './client.ts';

// Section 3.2.2.3: what the CONNACK does not allow is refused here, or downgraded where that is configured.

describe('Maximum QoS', () => {
  it.each([
    [0, 1],
    [0, 2],
    [1, 2],
  ] as const)('[MQTT-3.2.2-11] %s refuses a publish of QoS %s', (most, qos) => {
    const client = new Client().connect(`20 05  00 00  02  24 0${most}`);
    expect(errorOf(() => client.publish({ topic: 'a', qos }))).toMatchObject({
      name: 'InvalidRequestError',
      code: 'not-granted',
      message: expect.stringMatching(`QoS ${qos}`) as string,
    });
    client.expectOutput();
    client.publish({ topic: 'a', qos: most });
    expect(client.output()).toMatch(most === 0 ? /^30/ : /^32/);
  });

  it('downgrades where that is configured', () => {
    const client = new Client({ downgradeQoS: true }).connect('20 05  00 00  02  24 01');
    const operations = ([2, 1, 0] as const).map((qos) => client.publish({ topic: 'a', qos }));
    client.expectOutput('32 06 00 01 61 00 01 00', '32 06 00 01 61 00 02 00', '30 04 00 01 61 00');
    expect(operations.map(({ qos }) => qos)).toEqual([1, 1, 0]);
    client.feed('40 02 00 01');
    expect(operations[0]!.state).toBe('complete');
  });

  it('downgrades to QoS 0, which needs no quota', () => {
    const client = new Client({ downgradeQoS: true }).connect('20 08  00 00  05  24 00  21 00 01');
    client.publish({ topic: 'a', qos: 2 });
    client.publish({ topic: 'a', qos: 1 });
    client.expectOutput('30 04 00 01 61 00', '30 04 00 01 61 00');
  });

  it('does not hold for the will, which is said before it is known', () => {
    const client = new Client();
    client.connect('20 05  00 00  02  24 00', { will: { topic: 'w', qos: 2 } });
  });
});

describe('Retain Available 0', () => {
  it('[MQTT-3.2.2-14] refuses a retained publish', () => {
    for (const downgradeQoS of [false, true]) {
      const client = new Client({ downgradeQoS }).connect('20 05  00 00  02  25 00');
      expect(errorOf(() => client.publish({ topic: 'a', retain: true }))).toMatchObject({
        name: 'InvalidRequestError',
        code: 'not-granted',
      });
      client.expectOutput();
      client.publish({ topic: 'a', retain: false });
      client.expectOutput('30 04 00 01 61 00');
    }
  });
});

describe('the broker’s Maximum Packet Size', () => {
  /** 20 bytes. */
  const TWENTY = '20 08  00 00  05  27 00 00 00 14';

  it('[MQTT-3.2.2-15] refuses a longer packet of any kind, and the connection lives', () => {
    const client = new Client().connect(TWENTY);
    const tooLarge = { name: 'ResourceError', code: 'packet-too-large', connectionLost: false };
    expect(errorOf(() => client.publish({ topic: 'a', payload: new Uint8Array(15) }))).toMatchObject(tooLarge);
    expect(errorOf(() => client.publish({ topic: 'a', qos: 1, payload: new Uint8Array(13) }))).toMatchObject(tooLarge);
    expect(errorOf(() => client.subscribe('x'.repeat(13)))).toMatchObject(tooLarge);
    expect(errorOf(() => client.unsubscribe('x'.repeat(14)))).toMatchObject(tooLarge);
    client.expectOutput();
    client.publish({ topic: 'a', payload: new Uint8Array(14) });
    client.publish({ topic: 'a', qos: 1, payload: new Uint8Array(12) });
    client.subscribe('x'.repeat(12));
    client.unsubscribe('x'.repeat(13));
    client.expectOutput(
      `30 12 00 01 61 00 ${'00'.repeat(14)}`,
      `32 12 00 01 61 00 01 00 ${'00'.repeat(12)}`,
      `82 12 00 02 00 00 0c ${'78'.repeat(12)} 00`,
      `a2 12 00 03 00 00 0d ${'78'.repeat(13)}`,
    );
    expect(client.engine.state).toBe('connected');
  });

  it('counts what a payload writer may need at most', () => {
    const client = new Client().connect(TWENTY);
    const payload = { byteLengthMax: 15, write: () => 1 };
    expect(errorOf(() => client.publish({ topic: 'a', payload }))).toMatchObject({ code: 'packet-too-large' });
  });

  it('counts the whole form of a publish, which a resume may have to send', () => {
    const client = new Client().connect('20 0b  00 00  08  22 00 02  27 00 00 00 14');
    const publication = { topic: 'abcdefghij', properties: { topicAlias: 1 } };
    client.publish(publication);
    client.output();
    expect(errorOf(() => client.publish({ ...publication, qos: 1, payload: '12345' }))).toMatchObject({
      code: 'packet-too-large',
    });
  });
});

describe('a kept publish that the next CONNACK no longer allows', () => {
  const ruledOut: readonly [name: string, publication: object, first: string, connack: string, cause: object][] = [
    [
      'its size',
      { qos: 1, payload: 'xxxx' },
      '32 0a 00 01 61 00 01 00 78 78 78 78',
      '20 08  01 00  05  27 00 00 00 0b',
      { name: 'ResourceError', code: 'packet-too-large' },
    ],
    ['its QoS 1', { qos: 1 }, '32 06 00 01 61 00 01 00', '20 05  01 00  02  24 00', { code: 'not-granted' }],
    ['its QoS 2', { qos: 2 }, '34 06 00 01 61 00 01 00', '20 05  01 00  02  24 01', { code: 'not-granted' }],
    ['RETAIN', { qos: 1, retain: true }, '33 06 00 01 61 00 01 00', '20 05  01 00  02  25 00', { code: 'not-granted' }],
  ];

  it.each(ruledOut)('(%s) is invalidated, with the limit as cause', (_name, publication, first, connack, cause) => {
    const client = new Client({ downgradeQoS: true }).connect();
    const operation = client.publish({ topic: 'a', ...publication });
    client.expectOutput(first);
    client.cut();
    client.connect(connack);
    expect(operation).toMatchObject({
      state: 'invalidated',
      error: { name: 'InvalidatedError', code: 'invalidated', cause },
    });
    client.expectOutput();
    expect(client.engine.pending).toEqual([]);
  });

  it.each(ruledOut)(
    '(%s) keeps its identifier out of use where any byte was handed over',
    (_name, publication, _first, connack) => {
      for (const count of [0, 1, 5]) {
        for (const outstanding of [false, true]) {
          const client = new Client({ tx: 600_000 }).connect();
          client.publish({ topic: 'a', ...publication });
          client.writeExactly(count);
          if (outstanding) client.lend();
          client.cut();
          client.connect(connack);
          client.cut();
          client.connect('20 03  01 00  00');
          const identifiers = new Set<number>();
          const most = 200;
          for (let i = 0; i < most; i++) identifiers.add(client.publish({ topic: 'b', qos: 1 }).packetId);
          expect(identifiers.size).toBe(most);
          const handed = count > 0 || outstanding;
          // Identifiers go up: whether 1 is free again shows in what an answer to it does.
          client.output();
          client.feed('50 02 00 01');
          client.expectOutput('62 03 00 01 92');
          expect(isRetired(client)).toBe(handed);
        }
      }
    },
  );

  it('leaves the others alone', () => {
    const client = new Client().connect();
    const operations = [
      client.publish({ topic: 'a', qos: 1 }),
      client.publish({ topic: 'b', qos: 2 }),
      client.publish({ topic: 'c', qos: 1, retain: true }),
      client.publish({ topic: 'd', qos: 1 }),
    ];
    client.output();
    client.cut();
    client.connect('20 07  01 00  04  24 01  25 00');
    expect(operations.map(({ state }) => state)).toEqual(['pending', 'invalidated', 'invalidated', 'pending']);
    client.expectOutput('3a 06 00 01 61 00 01 00', '3a 06 00 01 64 00 04 00');
  });

  it('is past that where it waits for PUBCOMP: its PUBREL is owed', () => {
    const client = new Client().connect();
    const operation = client.publish({ topic: 'a', qos: 2, retain: true, payload: 'xxxxxxxx' });
    client.output();
    client.feed('50 02 00 01');
    client.cut();
    client.connect('20 0c  01 00  09  24 00  25 00  27 00 00 00 08');
    client.expectOutput('62 02 00 01');
    client.feed('70 02 00 01');
    expect(operation.state).toBe('complete');
  });

  it('is judged by its QoS as it was sent, not as it was asked for', () => {
    const client = new Client({ downgradeQoS: true }).connect('20 05  00 00  02  24 01');
    const operation = client.publish({ topic: 'a', qos: 2 });
    client.output();
    client.cut();
    client.connect('20 05  01 00  02  24 01');
    client.expectOutput('3a 06 00 01 61 00 01 00');
    expect(operation.state).toBe('pending');
  });
});

/** Whether identifier 1 is out of use: the durable state says so. */
function isRetired(client: Client): boolean {
  return Buffer.from(client.engine.snapshot()).subarray(-6).toString('hex') === '000000010001';
}
