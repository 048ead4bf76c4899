// The process of one client. Its argument is a `Task`.
import { measure } from '../measures/measure.ts';
import { runTask } from '../run/in-child.ts';
import type { Task } from '../run/task.ts';

await runTask<Task>(measure);
