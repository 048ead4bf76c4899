import { describe, expect, it } from 'vitest';
import { ScriptError } from '@minimq/testkit';
import { scriptedBroker } from '@minimq/testkit/node';
import { MqttJsClient } from './clients/mqttjs-client.ts';
import type { Scenario } from './clients/test-client.ts';
import { scenarios } from './scenarios/index.ts';

/** Where MQTT.js does something else than the standard says. Each was checked against its text by hand. */
interface Finding {
  /** `SHOULD`: the standard only recommends what MQTT.js leaves out. */
  readonly level: 'MUST' | 'SHOULD';
  readonly text: string;
  /** The step that it fails, and how. */
  readonly fails: { readonly code: string; readonly step: string | RegExp; readonly message: string };
}

const findings: Readonly<Record<string, Finding>> = {
  'keep alive counts from what the client sent, not from what it received [MQTT-3.1.2-20]': {
    level: 'MUST',
    text: 'An acknowledgement that it receives puts its PINGREQ off, so that it stays silent for up to twice the keep alive.',
    fails: { code: 'nothing-came', step: 'expect.pingreq()', message: 'PINGREQ did not come' },
  },
  'malformed packet: a PUBLISH of QoS 3 ends the connection [MQTT-3.3.1-4]': {
    level: 'SHOULD',
    text: 'It reports an error and leaves the connection open (section 4.13.1: a client should close it).',
    fails: { code: 'nothing-came', step: 'expect.end()', message: 'The client did not close the connection' },
  },
  'Receive Maximum 1: the second message waits for the end of the first [MQTT-3.3.4-7]': {
    level: 'MUST',
    text: 'It does not look at the Receive Maximum of the CONNACK.',
    fails: { code: 'unexpected-packet', step: /^expect\.pubrel/, message: 'PUBLISH came, and the script wants PUBREL' },
  },
  'reconnect and resume: an open QoS 1 message is sent again, with DUP and its identifier [MQTT-3.3.1-1]': {
    level: 'MUST',
    text: 'It sends the message again with DUP 0.',
    fails: {
      code: 'unexpected-packet',
      step: /^expect\.publish\(.*dup: true/,
      message: 'PUBLISH came, and it is not as the script wants it: dup\n',
    },
  },
  'Session Present for a client that asked for a clean start: it closes the connection [MQTT-3.2.2-4]': {
    level: 'MUST',
    text: 'It goes on as if nothing were wrong.',
    fails: { code: 'nothing-came', step: 'expect.end()', message: 'The client did not close the connection' },
  },
};

async function play({ setup, run }: Scenario): Promise<void> {
  const broker = await scriptedBroker({ over: 'tcp', limitMs: 1_000 });
  const client = new MqttJsClient(broker.url!, setup);
  try {
    await run({ broker, client });
    await broker.done();
  } finally {
    await broker.stop();
    await client.stop();
  }
}

describe('MQTT.js 5.16 over TCP', () => {
  for (const scenario of scenarios) {
    const finding = findings[scenario.name];
    if (finding === undefined) it(scenario.name, () => play(scenario));
    else {
      it(`breaks a ${finding.level}: ${scenario.name}. ${finding.text}`, async () => {
        const error = await play(scenario).catch((failure: unknown) => failure);
        expect(error).toBeInstanceOf(ScriptError);
        const { code, step, message } = error as ScriptError;
        expect({ code, step, message }).toEqual({
          code: finding.fails.code,
          step: expect.stringMatching(finding.fails.step) as string,
          message: expect.stringContaining(finding.fails.message) as string,
        });
      });
    }
  }

  it('passes at least ten scripts as they are', () => {
    const names = new Set(scenarios.map(({ name }) => name));
    expect(Object.keys(findings).filter((name) => !names.has(name))).toEqual([]);
    expect(scenarios.length - Object.keys(findings).length).toBeGreaterThanOrEqual(10);
  });
});
