// The same tasks in a module worker.
import type { Task } from '../tasks/task.ts';
import type { WorkerAnswer } from './face.ts';
import { performHere } from './perform.ts';

const answer = (message: WorkerAnswer): void => globalThis.postMessage(message);

globalThis.addEventListener('unhandledrejection', ({ reason }) => answer({ error: `Unhandled: ${String(reason)}` }));
globalThis.addEventListener('message', ({ data }) => {
  performHere(data as Task).then(
    (report) => answer({ report }),
    (error: unknown) => answer({ error: error instanceof Error ? `${error.stack}` : String(error) }),
  );
});
