import type { DirectionName } from '../link/direction.ts';
import { diagramLine, nameOf } from './diagram.ts';
import type { TranscriptEntry } from './entry.ts';
import { fieldsOf } from './fields.ts';
import { Framer } from './framer.ts';
import { bytesOfHex, hexOf } from './hex.ts';

/** An entry as JSON. The bytes say everything; `fields` is for people and other programs. */
export type TranscriptJson =
  | {
      readonly atMs: number;
      readonly connection: number;
      readonly direction: DirectionName;
      /** `PUBLISH`, `malformed`, or `part`: the beginning of a packet whose rest never came. */
      readonly packet: string;
      readonly bytes: string;
      readonly fields?: Readonly<Record<string, unknown>>;
      readonly problem?: string;
    }
  | { readonly atMs: number; readonly connection: number; readonly mark: string; readonly detail: string };

export function entryToJson(entry: TranscriptEntry): TranscriptJson {
  const { atMs, connection } = entry;
  if (entry.kind === 'mark') return { atMs, connection, mark: entry.label, detail: entry.detail };
  const { direction } = entry;
  const base = { atMs, connection, direction, packet: nameOf(entry), bytes: hexOf(entry.bytes) };
  if (entry.kind === 'part') return base;
  if (entry.packet === undefined) return { ...base, problem: entry.problem ?? '' };
  return { ...base, fields: plain(Object.fromEntries(fieldsOf(entry.packet))) as Readonly<Record<string, unknown>> };
}

export function entryFromJson(json: TranscriptJson): TranscriptEntry {
  const { atMs, connection } = json;
  if ('mark' in json) return { kind: 'mark', atMs, connection, label: json.mark, detail: json.detail };
  const { direction, problem } = json;
  const bytes = bytesOfHex(json.bytes);
  if (json.packet === 'part') return { kind: 'part', atMs, connection, direction, bytes };
  const [frame] = new Framer(direction === 'toServer' ? 'client' : 'server').add(bytes);
  // Bytes that are malformed because of what came before them may look whole by themselves.
  const { packet } = problem === undefined && frame !== undefined ? frame : { packet: undefined };
  return { kind: 'packet', atMs, connection, direction, packet, problem, bytes };
}

/** One line that is equal only where the entries say the same. */
export function lineForComparison(entry: TranscriptEntry, withTime: boolean): string {
  const line = diagramLine(entry);
  // Long values are cut off in a diagram.
  const rest = entry.kind !== 'mark' && line.includes('...') ? `  (hash ${hashOf(entry.bytes)})` : '';
  return `${withTime ? `${String(Math.round(entry.atMs)).padStart(8)}` : ''}${line}${rest}`;
}

/** FNV-1a. */
function hashOf(bytes: Uint8Array): string {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

/** Binary values as hexadecimal. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return hexOf(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}
