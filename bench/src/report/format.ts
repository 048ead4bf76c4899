const SCALES: readonly (readonly [least: number, divisor: number, suffix: string])[] = [
  [1e9, 1e9, ' G'],
  [1e6, 1e6, ' M'],
  [1e4, 1e3, ' k'],
];

/** Three significant digits, thousands and above as k, M and G. */
export function formatNumber(value: number): string {
  const scale = SCALES.find(([least]) => Math.abs(value) >= least);
  if (scale === undefined) return significant(value);
  return significant(value / scale[1]) + scale[2];
}

function significant(value: number): string {
  const size = Math.abs(value);
  if (size >= 100 || Number.isInteger(value)) return value.toFixed(0);
  return value.toFixed(size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

/** `cpuUsPerMessage` as a heading: `cpu µs per message`. */
export function formatMetric(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replaceAll(/\bus\b/g, 'µs');
}
