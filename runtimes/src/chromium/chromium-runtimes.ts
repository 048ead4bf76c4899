import type { Runtime } from '../runs/run.ts';
import type { Chromium } from './chromium.ts';

/** A page and a module worker. `start` gives the browser, always the same one. */
export function chromiumRuntimes(start: () => Promise<Chromium>): readonly Runtime[] {
  const common = { webSocket: 'WebSocket', transports: ['ws', 'wss'] } as const;
  return [
    {
      ...common,
      name: 'chromium, page',
      async scenario(request) {
        const chromium = await start();
        const report = await chromium.inPage((page) =>
          page.evaluate((asked) => globalThis.runtimes.scenario(asked), request),
        );
        return { ...chromium.about, report };
      },
      async conformance(request) {
        const chromium = await start();
        return chromium.inPage((page) => page.evaluate((asked) => globalThis.runtimes.conformance(asked), request));
      },
    },
    {
      ...common,
      name: 'chromium, worker',
      async scenario(request) {
        const chromium = await start();
        const report = await chromium.inPage((page) =>
          page.evaluate((asked) => globalThis.runtimes.scenarioInWorker(asked), request),
        );
        return { ...chromium.about, report };
      },
    },
  ];
}
