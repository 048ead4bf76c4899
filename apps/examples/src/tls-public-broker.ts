// A request/reply service over TLS, and somebody who asks it. It keeps its subscriptions over lost connections, and
// resumes the TLS session too. By default it has a broker of its own, with a made-up CA, and loses its connection at
// every third answer. Ctrl-C ends it.
//
//   node apps/examples/dist/tls-public-broker.js [--url mqtts://USER:PASSWORD@HOST:PORT] [--every MILLISECONDS]
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { Buffers, keepConnected, QoS, Session } from '@minimq/core';
import { MemoryBroker } from '@minimq/testkit';
import { testCertificates } from '@minimq/testkit/certificates';
import { listenTls } from '@minimq/testkit/node';
import { connectTls } from '@minimq/transport-tls';
import { wrongUsage } from './command-line/wrong-usage.ts';

const USAGE =
  'node apps/examples/dist/tls-public-broker.js [--url mqtts://USER:PASSWORD@HOST:PORT] [--every MILLISECONDS]';
const values = readOptions();
const everyMs = Number(values.every);
if (!(everyMs > 0 && everyMs < Infinity)) {
  wrongUsage(USAGE, '--every has to be a number of milliseconds, more than 0');
}
const remote = values.url === undefined ? undefined : remoteUrl(values.url);

const broker = new MemoryBroker();
const local = remote === undefined ? await listenTls(broker) : undefined;
const { hostname, port, username, password } = remote ?? new URL(local!.url);
const host = hostname.replace(/^\[(.*)\]$/, '$1'); // Around an IPv6 address.
// A public broker is trusted for its well-known authority, ours for the CA that has just been made up.
const ca = local && testCertificates().ca.cert;

// The tickets that resume TLS sessions. The Map is ours, so it is still there on the next connection.
const sessions = new Map<string, Buffer>();
const session = new Session({
  buffers: Buffers.allocate({ rx: 16 * 1024, tx: 16 * 1024 }),
  ...(username !== '' && { username: decodeURIComponent(username) }),
  ...(password !== '' && { password: decodeURIComponent(password) }),
});
// On a public broker everybody sees everything: at least the names are our own.
const requests = `minimq-demo/${randomUUID()}/square`;
const replies = `${requests}/replies`;
let question = 0;
let answerCount = 0;

process.once('SIGINT', () => void session.disconnect());

await keepConnected(session, {
  async open({ signal }) {
    const io = await connectTls({ host, port: Number(port || 8883), ca, sessions, signal });
    console.log(`${io.tls.protocol}: ${io.tls.isSessionReused ? 'the session is resumed' : 'a new session'}`);
    return io;
  },
  async run({ kind }, signal) {
    if (kind === 'connected') {
      await session.subscribe([requests, replies].map((topicFilter) => ({ topicFilter, qos: QoS.atLeastOnce })));
    }
    console.log(`MQTT: ${kind === 'connected' ? 'a new session, subscribed' : 'the subscriptions are still there'}`);
    await Promise.all([ask(signal), serve()]);
  },
  onWait: ({ delayMs, error }) => console.error(`${String(error)}. Next attempt in ${Math.round(delayMs)} ms`),
});
await local?.close();
await broker.close();

function readOptions(): { readonly url?: string; readonly every: string } {
  try {
    return parseArgs({ options: { url: { type: 'string' }, every: { type: 'string', default: '1000' } } }).values;
  } catch (error) {
    return wrongUsage(USAGE, (error as Error).message);
  }
}

function remoteUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'mqtts:' && url.hostname !== '') return url;
  return wrongUsage(USAGE, '--url has to be mqtts://HOST, or mqtts://HOST:PORT');
}

/** Every now and then a question. */
async function ask(signal: AbortSignal): Promise<void> {
  for (;;) {
    question += 1;
    const correlationData = new TextEncoder().encode(`${question} squared`);
    const properties = { responseTopic: replies, correlationData };
    await session.publish({ topic: requests, payload: `${question}`, qos: QoS.atLeastOnce, properties });
    await session.delay(everyMs, signal);
  }
}

/** Answers the questions, and prints the answers. */
async function serve(): Promise<void> {
  for await (const message of session.messages()) {
    if (message.topic === requests) {
      const square = Number(message.text()) ** 2;
      await session.publish(message.reply(`${square}`, { qos: QoS.atLeastOnce }));
      continue;
    }
    console.log(`${new TextDecoder().decode(message.properties.correlationData)} is ${message.text()}`);
    answerCount += 1;
    if (answerCount % 3 === 0) local?.cutAll();
  }
}
