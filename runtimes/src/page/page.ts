// What a browser loads: the built packages, bundled, and functions for who drives the browser.
import { conformance } from '../conformance/conformance.ts';
import type { Reports, Task, TaskName } from '../tasks/task.ts';
import type { WorkerAnswer } from './face.ts';
import { performHere } from './perform.ts';

globalThis.runtimes = { perform: performHere, performInWorker, conformance };

async function performInWorker(task: Task): Promise<Reports[TaskName]> {
  const worker = new Worker('/worker.js', { type: 'module' });
  try {
    const answer = await new Promise<WorkerAnswer>((resolve, reject) => {
      worker.addEventListener('message', ({ data }) => resolve(data as WorkerAnswer));
      worker.addEventListener('error', ({ message }) => reject(new Error(`The worker failed: ${message}`)));
      worker.postMessage(task);
    });
    if ('error' in answer) throw new Error(answer.error);
    return answer.report;
  } finally {
    worker.terminate();
  }
}
