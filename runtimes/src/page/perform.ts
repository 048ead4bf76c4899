import { connectWebSocket } from '@minimq/transport-ws';
import { perform } from '../tasks/perform.ts';
import type { Reports, Task, TaskName } from '../tasks/task.ts';

/** A task in a page or in a worker. */
export function performHere(task: Task): Promise<Reports[TaskName]> {
  return perform(task, () => connectWebSocket(task.target.url));
}
