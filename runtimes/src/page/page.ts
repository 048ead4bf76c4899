// What a browser loads: the built packages, bundled, and functions for who drives the browser.
import { conformance } from '../conformance/conformance.ts';
import type { ScenarioReport } from '../scenario/request.ts';
import type { PageScenarioRequest, WorkerAnswer } from './face.ts';
import { scenario } from './scenario.ts';

globalThis.runtimes = { scenario, scenarioInWorker, conformance };

async function scenarioInWorker(request: PageScenarioRequest): Promise<ScenarioReport> {
  const worker = new Worker('/worker.js', { type: 'module' });
  try {
    const answer = await new Promise<WorkerAnswer>((resolve, reject) => {
      worker.addEventListener('message', ({ data }) => resolve(data as WorkerAnswer));
      worker.addEventListener('error', ({ message }) => reject(new Error(`The worker failed: ${message}`)));
      worker.postMessage(request);
    });
    if ('error' in answer) throw new Error(answer.error);
    return answer.report;
  } finally {
    worker.terminate();
  }
}
