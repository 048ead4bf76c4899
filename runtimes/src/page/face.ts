import type { ConformanceReport, ConformanceRequest } from '../conformance/request.ts';
import type { Reports, Task, TaskName } from '../tasks/task.ts';

/** What the page can be asked to do from outside. */
interface PageFace {
  perform(task: Task): Promise<Reports[TaskName]>;
  performInWorker(task: Task): Promise<Reports[TaskName]>;
  conformance(request: ConformanceRequest): Promise<ConformanceReport>;
}

/** What a worker answers. */
export type WorkerAnswer = { readonly report: Reports[TaskName] } | { readonly error: string };

declare global {
  var runtimes: PageFace;
}
