import { testCertificates } from '@minimq/testkit/certificates';
import type { Transport } from '../tasks/target.ts';
import type { FaultServers } from './fault-servers.ts';

/** What a runtime is, as far as it names faults in its own way. */
export type Platform = 'node' | 'bun' | 'deno' | 'chromium';

/** A server that has to be refused, or that refuses. */
export interface Fault {
  /** For the table. */
  readonly what: string;
  readonly transport: Transport;
  readonly url: string;
  /** The code of the error that has to come. */
  readonly code: string;
  /** Where a platform tells less than the others, the code that it comes to. */
  readonly codeOn?: Partial<Record<Platform, string>>;
  /** What the message has to contain, on the platforms that tell. */
  readonly words?: { readonly text: string; readonly on: readonly Platform[] };
}

/** Starts what they need. */
export async function faultsOf(servers: FaultServers): Promise<readonly Fault[]> {
  const { expired, otherServer, wrongHost } = testCertificates();
  const certificates = [
    {
      what: 'whose certificate has expired',
      port: await servers.presenting(expired),
      code: 'certificate-expired',
      codeOn: { deno: 'certificate-unknown-authority' },
    },
    {
      what: 'of an unknown authority',
      port: await servers.presenting(otherServer),
      code: 'certificate-unknown-authority',
    },
    { what: 'of another name', port: await servers.presenting(wrongHost), code: 'certificate-wrong-host' },
  ];
  const [plain, unauthorized, deserted] = [
    await servers.plain(),
    await servers.unauthorized(),
    await servers.deserted(),
  ];
  const failed = { code: 'connect-failed' };
  return [
    ...certificates.map(({ port, ...fault }): Fault => ({ ...fault, transport: 'tls', url: urlOf('mqtts', port) })),
    { what: 'without TLS', transport: 'tls', url: urlOf('mqtts', plain), code: 'tls-not-spoken' },
    { what: 'that is not there', transport: 'tcp', url: urlOf('mqtt', deserted), ...failed },
    // A platform's WebSocket does not let a program tell these apart.
    ...certificates.map(({ what, port }): Fault => ({ what, transport: 'wss', url: urlOf('wss', port), ...failed })),
    { what: 'that is not there', transport: 'ws', url: urlOf('ws', deserted), ...failed },
    {
      what: 'that answers HTTP 401',
      transport: 'ws',
      url: urlOf('ws', unauthorized),
      ...failed,
      words: { text: '401', on: ['bun', 'deno'] },
    },
  ];
}

function urlOf(scheme: string, port: number): string {
  return `${scheme}://127.0.0.1:${port}`;
}
