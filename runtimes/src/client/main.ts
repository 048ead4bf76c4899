// Performs a task in Node, bun or deno: takes it as JSON, and prints its answer as JSON. It has to end by itself, as a
// program does that has left nothing open.
import process from 'node:process';
import { perform } from '../tasks/perform.ts';
import type { Answer, Task } from '../tasks/task.ts';
import { entryOfWebSocket, open } from './open.ts';
import { runtime } from './runtime.ts';

const task = JSON.parse(process.argv[2] ?? '{}') as Task;

async function answer(): Promise<Answer> {
  try {
    const report = await perform(task, () => open(task.target));
    return { ok: true, ...runtime(), webSocketEntry: entryOfWebSocket(), report };
  } catch (error) {
    return { ok: false, error: error instanceof Error ? `${error.stack}` : String(error) };
  }
}

console.log(JSON.stringify(await answer()));
