import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { MemoryBroker, type MemoryBrokerOptions } from '@minimq/testkit';
import { listenTcp } from '@minimq/testkit/node';
import { describe, expect, it, onTestFinished } from 'vitest';
import { main } from '../src/demo/main.ts';

interface Run {
  readonly exitCode: number;
  readonly output: string;
  readonly errors: string;
}

async function run(...args: string[]): Promise<Run> {
  const written = { output: '', errors: '' };
  const output = { write: (text: string) => (written.output += text) };
  const errorOutput = { write: (text: string) => (written.errors += text) };
  const exitCode = await main(args, output, errorOutput);
  return { exitCode, ...written };
}

async function startBroker(options: MemoryBrokerOptions = {}): Promise<{ broker: MemoryBroker; url: string }> {
  const broker = new MemoryBroker(options);
  const listener = await listenTcp(broker);
  onTestFinished(async () => {
    await listener.close();
    await broker.close();
  });
  return { broker, url: listener.url };
}

/** The numbers of a row of the table: sent, received, cut off, again, lost, doubled. */
function row(output: string, qos: number): number[] {
  const line = output.split('\n').find((each) => each.startsWith(`QoS ${qos}, `));
  return (line?.match(/\d+/g) ?? []).slice(1).map(Number);
}

describe('the demo', () => {
  it('cuts the line, and loses and doubles nothing', async () => {
    const { exitCode, output, errors } = await run('--messages', '400');
    expect(errors).toBe('');
    expect(exitCode).toBe(0);
    for (const qos of [0, 1, 2]) {
      const [sent, received, cutOff, again, lost, doubled] = row(output, qos);
      expect({ qos, sent, lost, doubled }).toEqual({ qos, sent: 400, lost: 0, doubled: 0 });
      expect(received).toBe(sent! - cutOff! + again!);
    }
    expect(output).toContain('the line is cut');
    expect(output.match(/connected again after \d+ ms; the session goes on/g)).toHaveLength(2);
    expect(output).toMatch(/The publisher was without connection for \d+ ms/);
    expect(output).toMatch(/The subscriber was without connection for \d+ ms/);
    // Readable in a file: no control characters.
    expect(output).toMatch(/^[\n\x20-\x7e]*$/);
  });

  it('runs against any broker, and leaves nothing there', async () => {
    const { broker, url } = await startBroker();
    const { exitCode } = await run('--broker', url, '--messages', '30');
    expect(exitCode).toBe(0);
    expect(broker.counts.connectionsAccepted).toBeGreaterThanOrEqual(4);
    expect(broker.sessions).toEqual([]);
    expect(broker.retained).toEqual([]);
  });

  it('fails where the broker forgets the sessions', async () => {
    const { url } = await startBroker({ sessionExpiryInterval: 0 });
    const { exitCode, output, errors } = await run('--broker', url, '--messages', '400');
    expect(exitCode).toBe(1);
    expect(output).toContain('THE BROKER HAS NOT KEPT THE SESSION');
    // What was on its way when the session was dropped may never come: the demo then ends by its own limit.
    expect(errors).toMatch(/dropped a session|did not come to its end/);
  });

  it('fails where the broker doubles a message', async () => {
    const { broker, url } = await startBroker({
      onPacket({ direction, packet }) {
        if (direction !== 'toServer' || packet?.type !== 'publish' || !packet.topic.endsWith('/2')) return;
        if (new TextDecoder().decode(packet.payload) !== '7') return;
        broker.publish({ topic: packet.topic, payload: '7', qos: 2 });
      },
    });
    const { exitCode, output, errors } = await run('--broker', url, '--messages', '30');
    expect(row(output, 2)).toEqual([30, 31, 0, 0, 0, 1]);
    expect(errors).toContain('A promise was broken');
    expect(exitCode).toBe(1);
  });

  it('fails where the broker refuses what it publishes', async () => {
    const { url } = await startBroker({ maximumQoS: 1 });
    const { exitCode, errors } = await run('--broker', url, '--messages', '30');
    expect(exitCode).toBe(1);
    expect(errors).toContain('QoS');
  });

  it('says where nobody is listening', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const { exitCode, errors } = await run('--broker', `mqtt://127.0.0.1:${port}`);
    expect(exitCode).toBe(1);
    expect(errors).toContain(`127.0.0.1:${port}`);
  });

  it.each([
    [['--broker', 'localhost:1883'], "not 'localhost:1883'"],
    [['--broker', 'mqtts://localhost'], "not 'mqtts://localhost'"],
    [['--broker', 'mqtt://localhost/topic'], "not 'mqtt://localhost/topic'"],
    [['--broker', 'mqtt://user:secret@localhost'], '--broker has to be'],
    [['--broker'], "'--broker <value>' argument missing"],
    [['--messages', '0'], "not '0'"],
    [['--messages', '1e3'], "not '1e3'"],
    [['--messages', '100001'], "not '100001'"],
    [['--speed', '3'], "'--speed'"],
    [['fast'], "'fast'"],
  ])('refuses %j', async (args, message) => {
    const { exitCode, output, errors } = await run(...args);
    expect(exitCode).toBe(2);
    expect(output).toBe('');
    expect(errors).toContain(message);
    expect(errors).toContain('Usage: ');
  });

  it('prints its usage', async () => {
    const { exitCode, output } = await run('--help');
    expect(exitCode).toBe(0);
    expect(output).toContain('--broker');
  });
});
