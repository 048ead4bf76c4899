import type { TranscriptEntry } from './entry.ts';
import { summaryOf } from './fields.ts';
import { hexOf } from './hex.ts';

/** Between the two lines of a diagram: the longest name, and an arrow around it. */
const LANE_WIDTH = 17;
const TIME_WIDTH = 8;
const CONNECTION_WIDTH = 4;

/** The transcript as a sequence diagram: the client on the left, the broker on the right. */
export function diagramOf(entries: readonly TranscriptEntry[]): string {
  if (entries.length === 0) return '(nothing)';
  return [header(), ...entries.map((entry) => `${time(entry)}${diagramLine(entry)}`)].join('\n');
}

/** One line without its time. */
export function diagramLine(entry: TranscriptEntry): string {
  const connection = `#${entry.connection}`.padStart(CONNECTION_WIDTH);
  const detail = detailOf(entry);
  return `${connection}  |${lane(entry)}|${detail === '' ? '' : `  ${detail}`}`;
}

function header(): string {
  const gap = ' '.repeat(LANE_WIDTH + 2 - 'client'.length - 'broker'.length + 4);
  return `${'at ms'.padStart(TIME_WIDTH)}${' '.repeat(CONNECTION_WIDTH)}client${gap}broker`;
}

function time({ atMs }: TranscriptEntry): string {
  return String(Math.round(atMs)).padStart(TIME_WIDTH);
}

function lane(entry: TranscriptEntry): string {
  if (entry.kind === 'mark') return centred(entry.label, LANE_WIDTH, ' ');
  const arrow = centred(nameOf(entry), LANE_WIDTH - 2, '-');
  return entry.direction === 'toServer' ? `-${arrow}>` : `<${arrow}-`;
}

function centred(label: string, width: number, fill: '-' | ' '): string {
  const left = Math.max(0, Math.floor((width - label.length - 2) / 2));
  return `${fill.repeat(left)} ${label} `.padEnd(width, fill);
}

/** `PUBLISH`, `part`, or `malformed`. */
export function nameOf(entry: Exclude<TranscriptEntry, { kind: 'mark' }>): string {
  if (entry.kind === 'part') return 'part';
  return entry.packet === undefined ? 'malformed' : entry.packet.type.toUpperCase();
}

function detailOf(entry: TranscriptEntry): string {
  if (entry.kind === 'mark') return entry.detail;
  if (entry.kind === 'part') return hexOf(entry.bytes);
  return entry.packet === undefined ? `${hexOf(entry.bytes)}: ${entry.problem}` : summaryOf(entry.packet);
}
