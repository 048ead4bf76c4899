// The same scenario in a module worker.
import type { PageScenarioRequest, WorkerAnswer } from './face.ts';
import { scenario } from './scenario.ts';

const answer = (message: WorkerAnswer): void => globalThis.postMessage(message);

globalThis.addEventListener('unhandledrejection', ({ reason }) => answer({ error: `Unhandled: ${String(reason)}` }));
globalThis.addEventListener('message', ({ data }) => {
  scenario(data as PageScenarioRequest).then(
    (report) => answer({ report }),
    (error: unknown) => answer({ error: error instanceof Error ? `${error.stack}` : String(error) }),
  );
});
