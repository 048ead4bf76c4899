import { MemoryBroker, type SessionInfo } from '@minimq/testkit';
import { listenTcp, listenWebSocket } from '@minimq/testkit/node';
import { PAGE_CLIENT_ID } from '../streams.ts';
import type { Page } from './bundle.ts';
import { servePage } from './page-server.ts';
import { startTraffic } from './traffic.ts';

/** How long the line stays cut: long enough to be looked at. */
const CUT_MS_DEFAULT = 2_000;

export interface DashboardOptions {
  readonly page: Page;
  /** Default `CUT_MS_DEFAULT`. */
  readonly cutMs?: number | undefined;
}

export interface Dashboard {
  /** Of the page. */
  readonly url: string;
  /** The sessions that the broker keeps for pages, connected or not. */
  readonly pageSessions: readonly SessionInfo[];
  /** Breaks off the connections of all pages, and refuses new ones for a while, or until `mend()`. */
  cut(): void;
  mend(): void;
  /** Resolves when everything is closed. Twice is fine. */
  close(): Promise<void>;
}

/** A broker, somebody who publishes, and a page that shows it, each on a free port of this machine. */
export async function startDashboard({ page, cutMs = CUT_MS_DEFAULT }: DashboardOptions): Promise<Dashboard> {
  let mending: NodeJS.Timeout | undefined;
  const broker = new MemoryBroker();
  const webSockets = await listenWebSocket(broker, { refuse: () => (mending === undefined ? undefined : 503) });
  // The publisher has a port of its own: what cuts the pages off does not stop the traffic.
  const tcp = await listenTcp(broker);
  const traffic = startTraffic(tcp);
  const mend = (): void => {
    clearTimeout(mending);
    mending = undefined;
  };
  const cut = (): void => {
    mend();
    mending = setTimeout(mend, cutMs);
    webSockets.cutAll();
  };
  const pages = await servePage(page, { brokerUrl: webSockets.url, onCut: cut });
  const close = async (): Promise<void> => {
    mend();
    await Promise.all([pages.close(), traffic.stop(), webSockets.close()]);
    await tcp.close();
    await broker.close();
  };
  let closed: Promise<void> | undefined;
  return {
    url: pages.url,
    get pageSessions() {
      return broker.sessions.filter(({ clientId }) => clientId.startsWith(PAGE_CLIENT_ID));
    },
    cut,
    mend,
    close: () => (closed ??= close()),
  };
}
