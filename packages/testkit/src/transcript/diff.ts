/** Lines around a difference that are shown with it. */
const CONTEXT_LINES = 3;

interface Step {
  readonly sign: ' ' | '-' | '+';
  readonly line: string;
}

/**
 * Two lists of lines as a difference that people can read: `-` is in `before` only, `+` in `after` only. Empty where
 * they are equal.
 */
export function diffLines(before: readonly string[], after: readonly string[]): string {
  const steps = stepsBetween(before, after);
  const changed = steps.flatMap(({ sign }, index) => (sign === ' ' ? [] : [index]));
  if (changed.length === 0) return '';
  const isShown = (index: number): boolean => changed.some((at) => Math.abs(at - index) <= CONTEXT_LINES);
  const lines: string[] = [];
  let skippedCount = 0;
  for (const [index, { sign, line }] of steps.entries()) {
    if (isShown(index)) {
      if (skippedCount > 0) lines.push(gap(skippedCount));
      skippedCount = 0;
      lines.push(`${sign} ${line}`);
    } else skippedCount += 1;
  }
  if (skippedCount > 0) lines.push(gap(skippedCount));
  return lines.join('\n');
}

function gap(count: number): string {
  return `  (${count} equal ${count === 1 ? 'line' : 'lines'})`;
}

/** The shortest way from one list to the other: what is equal in both is the longest common subsequence. */
function stepsBetween(before: readonly string[], after: readonly string[]): readonly Step[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let tail = 0;
  while (tail < Math.min(before.length, after.length) - start && before.at(-1 - tail) === after.at(-1 - tail))
    tail += 1;
  const same = (line: string): Step => ({ sign: ' ', line });
  return [
    ...before.slice(0, start).map(same),
    ...middleSteps(before.slice(start, before.length - tail), after.slice(start, after.length - tail)),
    ...before.slice(before.length - tail).map(same),
  ];
}

function middleSteps(before: readonly string[], after: readonly string[]): readonly Step[] {
  // common[i][j]: how many lines the rests from i and from j have in common.
  const common = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1));
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      const best = Math.max(common[i + 1]![j]!, common[i]![j + 1]!);
      common[i]![j] = before[i] === after[j] ? common[i + 1]![j + 1]! + 1 : best;
    }
  }
  const steps: Step[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      steps.push({ sign: ' ', line: before[i]! });
      i += 1;
      j += 1;
    } else if (j >= after.length || (i < before.length && common[i + 1]![j]! >= common[i]![j + 1]!)) {
      steps.push({ sign: '-', line: before[i]! });
      i += 1;
    } else {
      steps.push({ sign: '+', line: after[j]! });
      j += 1;
    }
  }
  return steps;
}
