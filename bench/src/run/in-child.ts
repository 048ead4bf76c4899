import type { Metrics } from './contest.ts';

/** What a process of its own does: its argument, as JSON, in; metrics to the parent out. It ends with its parent. */
export async function runTask<T>(work: (task: T) => Promise<Metrics>): Promise<void> {
  process.on('disconnect', () => process.exit());
  const metrics = await work(JSON.parse(process.argv[2]!) as T);
  process.send!(metrics, () => process.exit());
}
