import { request } from 'node:http';
import { Buffers, Session, TransportError } from '@minimq/core';
import { connectWebSocket } from '@minimq/transport-ws';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startDashboard, type Dashboard } from '../browser/server/dashboard.ts';
import { numberOf } from '../browser/streams.ts';

// The server of the page, without a browser: any text stands for the page.
const page = { html: '<meta content="{{brokerUrl}}">', css: 'a{}', script: 'run()' };

interface Started {
  readonly dashboard: Dashboard;
  readonly url: string;
  readonly brokerUrl: string;
}

async function start(cutMs?: number): Promise<Started> {
  const dashboard = await startDashboard({ page, cutMs });
  onTestFinished(() => dashboard.close());
  const { text } = await ask(dashboard.url);
  return { dashboard, url: dashboard.url, brokerUrl: /content="([^"]*)"/.exec(text)![1]! };
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** Not by `fetch()`, which does not let us say who we are. */
function ask(url: string, method = 'GET', headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asking = request(url, { method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (data: string) => (text += data));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
    });
    asking.on('error', reject).end();
  });
}

async function connected(brokerUrl: string): Promise<{ readonly session: Session; readonly closed: Promise<Error> }> {
  const session = new Session({ buffers: Buffers.allocate({ rx: 16_384, tx: 4_096 }), clientId: 'page-of-the-test' });
  const event = await session.connect(await connectWebSocket(brokerUrl));
  onTestFinished(async () => void (await session.disconnect()));
  return { session, closed: event.closed };
}

describe('the server of the page', () => {
  it('serves the page, its style and its script, and tells it where the broker is', async () => {
    const { url, brokerUrl } = await start();
    expect(brokerUrl).toMatch(/^ws:\/\/127\.0\.0\.1:\d+$/);
    expect(await ask(`${url}style.css`)).toMatchObject({ status: 200, text: 'a{}' });
    expect(await ask(`${url}main.js`)).toMatchObject({ status: 200, text: 'run()' });
    const { status, headers, text } = await ask(url, 'HEAD');
    expect([status, text]).toEqual([200, '']);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['content-security-policy']).toContain(`connect-src 'self' ${brokerUrl};`);
  });

  it.each([
    ['GET', 'favicon.ico', 404],
    ['GET', '..%2fmain.ts', 404],
    ['POST', '', 405],
    ['GET', 'cut', 405],
    ['POST', 'cut', 403],
  ])('answers %s /%s with %i', async (method, path, status) => {
    const { url } = await start();
    expect((await ask(`${url}${path}`, method)).status).toBe(status);
  });

  it('serves nobody who came by another name, and lets no other page press its button', async () => {
    const { url, brokerUrl } = await start();
    const { session } = await connected(brokerUrl);
    expect((await ask(url, 'GET', { host: 'example.com' })).status).toBe(421);
    expect((await ask(`${url}cut`, 'POST', { origin: 'http://example.com' })).status).toBe(403);
    expect(session.state).toBe('connected');
  });
});

describe('the dashboard', () => {
  it('publishes numbered measurements on all streams', async () => {
    const { brokerUrl } = await start();
    const { session } = await connected(brokerUrl);
    await session.subscribe([{ topicFilter: 'plant/#', qos: 2 }]);
    const seen: string[] = [];
    let first: number | undefined;
    while (seen.length < 6) {
      const message = await session.recv();
      const number = numberOf(message.text())!;
      first ??= number;
      seen.push(`${message.topic} ${message.qos} ${number - first}`);
    }
    const round = (number: number) => [
      `plant/temperature 0 ${number}`,
      `plant/pressure 1 ${number}`,
      `plant/door 2 ${number}`,
    ];
    // The subscription may begin in the middle of a round.
    const whole = seen.slice(seen.findIndex((line) => line.startsWith('plant/temperature')));
    const number = Number(whole[0]!.split(' ')[2]);
    expect(whole.slice(0, 3)).toEqual(round(number));
  });

  it('cuts the pages off, and refuses them for a while', async () => {
    const { dashboard, url, brokerUrl } = await start(3_600_000);
    expect(dashboard.pageSessions).toEqual([]);
    const { closed } = await connected(brokerUrl);
    expect(dashboard.pageSessions).toMatchObject([{ clientId: 'page-of-the-test' }]);
    expect((await ask(`${url}cut`, 'POST', { origin: new URL(url).origin })).status).toBe(204);
    expect(await closed).toMatchObject({ code: 'disconnected', by: 'transport' });
    const refused = await connectWebSocket(brokerUrl).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(TransportError);
    expect((refused as Error).message).toContain('503');
    dashboard.mend();
    await (await connectWebSocket(brokerUrl)).close();
  });

  it('closes twice, with a page still connected', async () => {
    const { dashboard, url, brokerUrl } = await start();
    const { closed } = await connected(brokerUrl);
    await Promise.all([dashboard.close(), dashboard.close()]);
    expect(await closed).toMatchObject({ by: 'broker', reasonCode: 0x8b });
    await expect(ask(url)).rejects.toThrow('ECONNREFUSED');
  });
});
