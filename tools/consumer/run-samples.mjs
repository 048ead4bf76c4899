// Runs the compiled samples of the READMEs, each as a program of its own, against brokers of the installed testkit. Only
// the addresses are changed. Usage: node run-samples.mjs FOLDER
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import process from 'node:process';
import { Buffers, Session } from '@minimq/core';
import { MemoryBroker } from '@minimq/testkit';
import { testCertificates } from '@minimq/testkit/certificates';
import { listenTcp, listenTls, listenWebSocket } from '@minimq/testkit/node';
import { connectTcp } from '@minimq/transport-node';
import { Program } from './programs.mjs';

const [folder = '.'] = process.argv.slice(2);
/** Whatever is wrong, the check ends. */
const WAIT_LIMIT_MS = 20_000;

/** What the sample publishes; undefined for one that has a broker of its own. */
const PUBLISHED = new Map([
  ['root', 'demo/out hello'],
  ['core', 'demo/out hello'],
  ['transport-node', 'hello world'],
  ['transport-tls', 'hello world'],
  ['transport-ws', 'hello world'],
  ['open-io', 'hello world'],
  ['testkit', undefined],
]);
/** Those that go on until they are ended: `keepConnected` for ever. */
const LASTING = new Set(['root', 'transport-tls']);

const { ca, server } = testCertificates();
const caFile = join(folder, 'ca.pem');
writeFileSync(caFile, ca.cert);
process.env['NODE_EXTRA_CA_CERTS'] = caFile;

for (const file of readdirSync(folder).filter((name) => name.endsWith('.js'))) {
  const name = basename(file, '.js');
  assert(PUBLISHED.has(name), `It is not known what the sample of ${name} publishes`);
  await runSample(name, readFileSync(join(folder, file), 'utf8'));
  console.log(`The sample of ${name} ran`);
}

/**
 * @param {string} name
 * @param {string} text
 */
async function runSample(name, text) {
  const broker = new MemoryBroker();
  const [tcp, tls, ws] = await Promise.all([listenTcp(broker), listenTls(broker, server), listenWebSocket(broker)]);
  const observer = new Session({ buffers: Buffers.allocate({ rx: 4096, tx: 4096 }), clientId: 'observer' });
  await observer.connect(await connectTcp({ host: tcp.host, port: tcp.port }));
  await observer.subscribe([{ topicFilter: '#', noLocal: true }]);
  // For the one that subscribes to it, whenever it does.
  await observer.publish({ topic: 'demo/in', payload: 'hello', retain: true });
  await observer.flush();

  const program = join(folder, `${name}.mjs`);
  writeFileSync(
    program,
    text
      .replace('port: 1883', `port: ${tcp.port}`)
      .replace("'mqtt://127.0.0.1'", `'${tcp.url}'`)
      .replace("host: 'broker.example', port: 8883", `host: '127.0.0.1', port: ${tls.port}`)
      .replace('ws://127.0.0.1:8080', `ws://127.0.0.1:${ws.port}`),
  );
  const running = new Program('node', [program]);
  const published = PUBLISHED.get(name);
  if (published !== undefined) {
    const message = await observer.recv({ timeoutMs: WAIT_LIMIT_MS });
    assert.equal(`${message.topic} ${message.text()}`, published);
  }
  if (LASTING.has(name)) await running.stop();
  else assert.equal(await running.ended(), 0);
  if (name === 'root') assert.equal(running.output, 'demo/in hello\n');
  if (name === 'testkit') assert.match(running.output, /---- CONNECT ---/);
  await observer.disconnect();
  await Promise.all([tcp.close(), tls.close(), ws.close()]);
  await broker.close();
}
