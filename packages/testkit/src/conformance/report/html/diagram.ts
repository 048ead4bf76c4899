import { diagramLine } from '../../../transcript/diagram.ts';
import { Transcript } from '../../../transcript/transcript.ts';
import type { TranscriptEntry } from '../../../transcript/entry.ts';
import type { TranscriptJson } from '../../../transcript/json.ts';
import { shortLines } from '../../short-lines.ts';

/** A diagram shows so many of the last entries. */
const ENTRIES_MAX = 60;
const MS_PER_SECOND = 1000;
/** Rounded down with this much to spare: what waits for half a second is no matter of seconds. */
const SLACK_MS = 250;

/**
 * The last entries as a sequence diagram. Where time passes there is a line in whole seconds: with every millisecond no
 * two runs would have the same page.
 */
export function sequenceDiagram(transcript: readonly TranscriptJson[]): string {
  const entries = Transcript.fromJSON(transcript.slice(-ENTRIES_MAX)).entries;
  const lines = entries.flatMap((entry, i) => [...pause(entries[i - 1], entry), diagramLine(entry)]);
  return shortLines(lines.join('\n'));
}

function pause(before: TranscriptEntry | undefined, { atMs, connection }: TranscriptEntry): readonly string[] {
  const seconds = before === undefined ? 0 : Math.floor((atMs - before.atMs + SLACK_MS) / MS_PER_SECOND);
  return seconds === 0
    ? []
    : [diagramLine({ kind: 'mark', atMs, connection, label: `${seconds} s later`, detail: '' })];
}
