import type { TlsOptions } from 'node:tls';
import { tlsAcceptor } from '../../node/acceptors.ts';
import { listeningWay } from './listening-way.ts';
import type { Way } from './way.ts';

/** TLS on this machine, in real time. Default certificate: `testCertificates().server`, signed by its `ca`. */
export function tlsWay(options: TlsOptions = {}): Way {
  return listeningWay('tls', () => tlsAcceptor({}, options));
}
