import { describe, expect, it } from 'vitest';
import { allCases, runConformance, tcpWay } from '@minimq/testkit/conformance';
import { mqttJs } from '../src/clients/mqttjs.ts';

// Another client behind the adapter; each of these was checked against the standard by hand.

/** Cases that it passes, for each thing that the adapter can do. */
const PASSES: readonly string[] = [
  'the payload has client identifier, Will Properties, Will Topic, Will Payload, user name and password',
  'CONNACK 0x84 (unsupported protocol version) fails the attempt with that code',
  'a server that does not answer CONNECT is given up, and the connection closed',
  'with Clean Start 0 and Session Present 1 the client goes on with its session',
  'the Maximum QoS of the CONNACK is shown',
  'Response Information that the client asked for is handed on',
  'a PUBLISH is answered as its QoS says: not at all, by PUBACK, by PUBREC',
  'the application sees User Properties as it came',
  'every alias from 1 to the announced maximum is taken, kept, and changed',
  'aliases that the client gives out by itself stay within the Topic Alias Maximum of the server',
  'the application sees the Subscription Identifier of a message',
  'PUBREC of a message that the application refuses has the code that it gives',
  'behind a PUBREC that refuses, a PUBLISH with the same identifier is a new message',
  'Retain Handling 2 stands in bits 5 and 4 of the subscription options',
  'a client that named an Authentication Method sends nothing but AUTH or DISCONNECT before the CONNACK',
];

/** Cases that it fails: it does not keep to what the statement says. */
const FAILS: Readonly<Record<string, { readonly level: 'must' | 'should'; readonly message: string }>> = {
  'a QoS 1 PUBLISH that is sent again has DUP 1': {
    level: 'must',
    message: 'PUBLISH came, and it is not as the script wants it: dup',
  },
  'under Receive Maximum 2, what waits behind a QoS 1 message goes out with its PUBACK': {
    level: 'must',
    message: "The script wants silence: PUBLISH topic 'a', payload '3'",
  },
  'under Maximum QoS 0 nothing is published at QoS 1': { level: 'must', message: 'what went out above it' },
  'PUBACK never goes out with a code that is not in its table, or that only servers use': {
    level: 'must',
    message: 'PUBACK cannot have the reason code 0x10',
  },
  'PUBACK with a refusal keeps within a Maximum Packet Size of 5': { level: 'must', message: 'it is 6' },
  'a PUBLISH of QoS 3 (36) ends the connection': {
    level: 'should',
    message: 'The client did not close the connection',
  },
};

/** Cases that it has nothing for. */
const LACKS: readonly string[] = ['User Properties go out in the order of the caller'];

describe('MQTT.js 5.16 over TCP', () => {
  const names = [...PASSES, ...Object.keys(FAILS), ...LACKS];
  const cases = allCases.filter(({ name }) => names.includes(name));

  it('passes, fails and lacks what it should', async () => {
    expect(cases).toHaveLength(names.length);
    const results = (await runConformance({ client: mqttJs, way: tcpWay(), cases })).cases;
    const namesOf = (outcome: string): string[] =>
      results.filter((result) => result.outcome === outcome).map((result) => result.case);
    expect(namesOf('passed').sort()).toEqual([...PASSES].sort());
    expect(namesOf('not-supported')).toEqual(LACKS);
    const errors = results.flatMap((result) => (result.error === undefined ? [] : [[result.case, result.error]]));
    const wanted = Object.entries(FAILS).map(([name, { level, message }]) => [
      name,
      { level, message: expect.stringContaining(message) as string },
    ]);
    expect(Object.fromEntries(errors)).toEqual(Object.fromEntries(wanted));
  });
});
