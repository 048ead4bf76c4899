import { once } from 'node:events';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { MemoryBroker } from '@minimq/testkit';
import { testCertificates, tlsClientOptions, tlsServerOptions } from '@minimq/testkit/certificates';
import { listenTls, listenWebSocket, type BrokerListener, type ListenTlsOptions } from '@minimq/testkit/node';
import { bytesOf, connect } from '../broker-helpers.ts';
import { atEnd } from './closing.ts';
import { dialWebSocket } from './dial.ts';

// What is different over TLS.

async function listening(options?: ListenTlsOptions): Promise<BrokerListener> {
  const broker = new MemoryBroker();
  const listener = await listenTls(broker, options);
  atEnd(async () => {
    listener.cutAll();
    await listener.close();
    await broker.close();
  });
  return listener;
}

function dial({ port }: BrokerListener, options: ConnectionOptions = tlsClientOptions()): TLSSocket {
  const socket = connectTls({ port, host: '127.0.0.1', ...options });
  atEnd(() => socket.destroy());
  return socket;
}

async function errorOf(emitter: NodeJS.EventEmitter): Promise<unknown> {
  const [error] = (await once(emitter, 'error')) as [unknown];
  return error;
}

describe('listenTls', () => {
  it('presents the certificate that it is given', async () => {
    const { expired: certificate } = testCertificates();
    const listener = await listening(tlsServerOptions({ certificate }));
    expect(await errorOf(dial(listener))).toMatchObject({ code: 'CERT_HAS_EXPIRED' });
    expect(listener.connections).toEqual([]);
  });

  it('lets in those clients whose certificate it trusts', async () => {
    const listener = await listening(tlsServerOptions({ requireClientCertificate: true }));
    const { client } = testCertificates();
    const welcome = dial(listener, tlsClientOptions({ certificate: client }));
    welcome.write(bytesOf(connect()));
    const [connack] = (await once(welcome, 'data')) as [Buffer];
    expect(connack.toString('hex')).toMatch(/^20..0000/);
    const unknown = dial(listener);
    unknown.resume();
    expect(await errorOf(unknown)).toMatchObject({ code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' });
    expect(listener.connections).toHaveLength(1);
  });

  it('takes the options of node:tls', async () => {
    const listener = await listening({ minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2', ALPNProtocols: ['mqtt'] });
    const socket = dial(listener, { ...tlsClientOptions(), ALPNProtocols: ['other', 'mqtt'] });
    await once(socket, 'secureConnect');
    expect([socket.getProtocol(), socket.alpnProtocol]).toEqual(['TLSv1.2', 'mqtt']);
  });

  it('rejects for a certificate that is none', async () => {
    await expect(listenTls(new MemoryBroker(), { cert: 'x', key: 'y' })).rejects.toMatchObject({
      code: 'ERR_OSSL_PEM_NO_START_LINE',
    });
  });
});

describe('listenWebSocket with TLS', () => {
  it('presents the certificate that it is given', async () => {
    const broker = new MemoryBroker();
    const { wrongHost: certificate } = testCertificates();
    const listener = await listenWebSocket(broker, { tls: tlsServerOptions({ certificate }) });
    atEnd(() => listener.close());
    expect(await errorOf(dialWebSocket(listener.url))).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  });
});
