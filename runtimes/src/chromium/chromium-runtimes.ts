import type { Ran, Runtime } from '../runs/run.ts';
import type { Reports, Task, TaskName } from '../tasks/task.ts';
import type { Chromium } from './chromium.ts';

/** A page and a module worker. `start` gives the browser, always the same one. */
export function chromiumRuntimes(start: () => Promise<Chromium>): readonly Runtime[] {
  const common = { platform: 'chromium', webSocket: 'WebSocket', transports: ['ws', 'wss'] } as const;
  return [
    {
      ...common,
      name: 'chromium, page',
      async perform<Name extends TaskName>(task: Task<Name>) {
        const chromium = await start();
        const report = await chromium.inPage((page) =>
          page.evaluate((asked) => globalThis.runtimes.perform(asked), task),
        );
        return { ...chromium.about, report } as Ran<Reports[Name]>;
      },
      async conformance(request) {
        const chromium = await start();
        return chromium.inPage((page) => page.evaluate((asked) => globalThis.runtimes.conformance(asked), request));
      },
    },
    {
      ...common,
      name: 'chromium, worker',
      async perform<Name extends TaskName>(task: Task<Name>) {
        const chromium = await start();
        const report = await chromium.inPage((page) =>
          page.evaluate((asked) => globalThis.runtimes.performInWorker(asked), task),
        );
        return { ...chromium.about, report } as Ran<Reports[Name]>;
      },
    },
  ];
}
