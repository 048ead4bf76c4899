import { tcpAcceptor } from '../../node/acceptors.ts';
import { listeningWay } from './listening-way.ts';
import type { Way } from './way.ts';

/** TCP on this machine, in real time. */
export function tcpWay(): Way {
  return listeningWay('tcp', () => tcpAcceptor());
}
