import type { Contest, ContestantResult, ContestResult, Metrics } from './contest.ts';
import { median } from './median.ts';

/**
 * Lets the contestants of a contest measure in turns, round after round: what disturbs the machine for a while disturbs
 * all of them. Each round begins with another one. Who fails once is not asked again.
 */
export async function alternate(contest: Contest, rounds: number): Promise<ContestResult> {
  const { contestants } = contest;
  const samples: Metrics[][] = contestants.map(() => []);
  const reasons = new Map<number, string>();
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < contestants.length; turn++) {
      const index = (round + turn) % contestants.length;
      if (reasons.has(index)) continue;
      try {
        samples[index]!.push(await contestants[index]!.measure());
      } catch (error) {
        reasons.set(index, String(error));
      }
    }
  }
  const results: ContestantResult[] = [];
  contestants.forEach(({ name }, index) => {
    if (!reasons.has(index)) results.push({ name, median: medians(samples[index]!), rounds: samples[index]! });
  });
  const failures = [...reasons].map(([index, reason]) => ({ name: contestants[index]!.name, reason }));
  return { id: contest.id, title: contest.title, results, failures };
}

function medians(rounds: readonly Metrics[]): Metrics {
  const names = Object.keys(rounds[0]!);
  return Object.fromEntries(names.map((name) => [name, median(rounds.map((metrics) => metrics[name]!))]));
}
