// A live page in the browser: `npm run demo:browser`, then open the address that it prints. Ctrl-C ends it.
//
// It starts an in-memory broker, a publisher that measures things, and the server of the page. The part to read is
// page/connection.ts: the session in the browser.
import { bundlePage } from './bundle.ts';
import { startDashboard } from './dashboard.ts';

const dashboard = await startDashboard({ page: await bundlePage(new URL('../../page/', import.meta.url)) });
console.log(`Open ${dashboard.url} in a browser. Ctrl-C ends it.`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void dashboard.close());
