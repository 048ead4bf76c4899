import type { PeerReport, PeerSettings } from '../peer/settings.ts';
import { message, start } from './child.ts';

/** Milliseconds; a process that has nothing to do but start, or to answer. */
const SHORT_TIMEOUT_MS = 30_000;

export interface WithPeer<T> {
  readonly outcome: T;
  readonly peer: PeerReport;
}

/** Runs a peer in its own process for as long as `use` takes, and asks it what it did. */
export async function withPeer<T>(settings: PeerSettings, use: (port: number) => Promise<T>): Promise<WithPeer<T>> {
  const child = start('peer/main.js', settings);
  try {
    const outcome = await use(await message<number>(child, SHORT_TIMEOUT_MS));
    const report = message<PeerReport>(child, SHORT_TIMEOUT_MS);
    child.send('report');
    return { outcome, peer: await report };
  } finally {
    child.kill();
  }
}
