import type { Packet, PacketName } from '@minimq/core/codec';
import { fieldsOf, formatValue } from '../transcript/fields.ts';
import { countBytes, hexOf } from '../transcript/hex.ts';
import { exactBytes, wantedFields, type Mismatch, type Want } from './match.ts';

// What a failed step says. The message has to do without a debugger.

/** More bytes are not shown. */
const BYTES_SHOWN_MAX = 256;
const COLUMN_WIDTH_MAX = 60;

export interface Report {
  readonly headline: string;
  /** `test/reconnect.test.ts:14:23` */
  readonly line: string | undefined;
  readonly step: string | undefined;
  readonly wanted?: Want | undefined;
  readonly got?: Packet | undefined;
  readonly mismatch?: Mismatch | undefined;
  readonly bytes?: Uint8Array | undefined;
  /** What should have been there instead. */
  readonly wantedBytes?: Uint8Array | undefined;
  /** One line each: what is left, or what else has come. */
  readonly list?: readonly string[] | undefined;
  readonly transcript: string;
  readonly lineCount: number;
  readonly shownCount: number;
}

/** The whole message. */
export function messageOf(report: Report): string {
  const { headline, line, step, wanted, got, bytes, list = [] } = report;
  const blocks = [
    headline,
    [line === undefined ? '' : `  at      ${line}`, step === undefined ? '' : `  step    ${step}`],
    list.map((item) => `  - ${item}`),
    wanted === undefined || got === undefined ? [] : columns(wanted, got, report.mismatch),
    bytesBlock(report.wantedBytes ?? exactBytes(wanted?.matcher), bytes),
    transcriptBlock(report),
  ];
  return blocks
    .map((block) => (typeof block === 'string' ? block : block.filter((text) => text !== '').join('\n')))
    .filter((block) => block !== '')
    .join('\n\n');
}

/** `PUBLISH` */
export function nameOfPacket(type: PacketName): string {
  return type.toUpperCase();
}

/** In one sentence, why a packet is not the one. */
export function headlineOf(wanted: Want, got: Packet, { kind, fields }: Mismatch): string {
  const name = nameOfPacket(got.type);
  switch (kind) {
    case 'type':
      return `${name} came, and the script wants ${nameOfPacket(wanted.type)}`;
    case 'function':
      return `${name} came, and the script's function says no to it`;
    case 'bytes':
      return `${name} came, and its bytes are not those that the script wants`;
    case 'fields':
      return `${name} came, and it is not as the script wants it: ${fields.join(', ')}`;
  }
}

/** The packet wanted beside the packet got; `>` marks what differs. */
function columns(wanted: Want, got: Packet, mismatch: Mismatch | undefined): readonly string[] {
  const wants = new Map(wantedFields(wanted));
  const given = new Map(fieldsOf(got));
  const names = new Set([...wants.keys(), ...given.keys()]);
  const isOther = mismatch?.kind === 'type';
  const rows = [...names].map((name) => {
    const want = wants.has(name) ? shown(name, wants.get(name)) : '';
    const have = given.has(name) || !isOther ? shown(name, given.get(name)) : '';
    return row(mismatch?.fields.includes(name) === true, name, want, have);
  });
  const types = row(isOther, 'packet', nameOfPacket(wanted.type), nameOfPacket(got.type));
  return table([row(false, '', 'wanted', 'got'), types, ...rows]);
}

type Row = readonly [mark: string, name: string, wanted: string, got: string];

function row(isDifferent: boolean, name: string, wanted: string, got: string): Row {
  return [isDifferent ? '>' : ' ', name, wanted, got];
}

function table(rows: readonly Row[]): readonly string[] {
  const width = (column: 1 | 2): number => Math.max(...rows.map((cells) => cells[column].length));
  const [names, wants] = [width(1), Math.min(width(2), COLUMN_WIDTH_MAX)];
  return rows.map(([mark, name, wanted, got]) =>
    `  ${mark} ${name.padEnd(names)}  ${wanted.padEnd(wants)}  ${got}`.trimEnd(),
  );
}

function shown(name: string, value: unknown): string {
  return value === undefined ? '(absent)' : formatValue(name, value);
}

function bytesBlock(wanted: Uint8Array | undefined, bytes: Uint8Array | undefined): readonly string[] {
  return [
    wanted === undefined ? '' : `  wanted  ${hexShown(wanted)}`,
    bytes === undefined ? '' : `  bytes   ${hexShown(bytes)}`,
  ];
}

export function hexShown(bytes: Uint8Array): string {
  if (bytes.length <= BYTES_SHOWN_MAX) return hexOf(bytes);
  return `${hexOf(bytes.subarray(0, BYTES_SHOWN_MAX))} ... (${countBytes(bytes.length)})`;
}

function transcriptBlock({ transcript, lineCount, shownCount }: Report): readonly string[] {
  if (lineCount === 0) return ['  Nothing has passed yet.'];
  const heading = shownCount < lineCount ? `  The last ${shownCount} of ${lineCount} lines:` : '  So far:';
  return [heading, ...transcript.split('\n').map((text) => `  ${text}`.trimEnd())];
}
