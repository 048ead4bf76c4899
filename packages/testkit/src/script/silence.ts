import type { PacketName } from '@minimq/core/codec';
import type { Conversation } from './conversation.ts';
import type { Target } from './expecting.ts';
import { nameOfPacket } from './failure.ts';
import type { ScriptErrorCode } from './script-error.ts';
import { describeArrival } from './stage.ts';
import type { Step } from './steps.ts';

export interface SilenceOptions {
  /** Which packets must not come; others wait for later steps. Default: nothing at all may happen. */
  readonly of?: PacketName | readonly PacketName[] | undefined;
  /** How long, in virtual or real milliseconds. */
  readonly forMs?: number | undefined;
}

/** Fails as soon as the silence is broken, by what has come before or by what comes while time passes. */
export async function keepSilence(
  { stage, silentOn }: Target,
  step: Step,
  of: readonly PacketName[],
  forMs: number | undefined,
): Promise<void> {
  await step.awaited;
  let stop = (): void => {};
  const broken = new Promise<void>((resolve) => (stop = resolve));
  const check = (): void => {
    if (breach() !== undefined) stop();
  };
  const breach = (): Breach | undefined => {
    const conversations = silentOn();
    const isHeard = new Set(conversations);
    const untaken = stage.untaken.find((conversation) => isHeard.has(conversation));
    if (of.length === 0 && untaken !== undefined)
      return { code: 'unexpected-connection', what: `connection ${untaken.number} was opened` };
    return conversations.map((conversation) => breachIn(conversation, of)).find((what) => what !== undefined);
  };
  const unwatch = stage.watch(check);
  check();
  try {
    await stage.patience.pass(forMs, broken);
  } finally {
    unwatch();
  }
  const found = breach();
  if (found === undefined) return;
  const wanted = of.length === 0 ? 'silence' : `no ${of.map(nameOfPacket).join(' and no ')}`;
  throw stage.failed(step, found.code, `The script wants ${wanted}: ${found.what}`, { wanted });
}

interface Breach {
  readonly code: ScriptErrorCode;
  readonly what: string;
}

function breachIn(conversation: Conversation, of: readonly PacketName[]): Breach | undefined {
  for (const arrival of conversation.leftOver) {
    const type = arrival.kind === 'packet' ? arrival.entry.packet?.type : undefined;
    const isMalformed = arrival.kind === 'packet' && type === undefined;
    if (of.length > 0 && !isMalformed && (type === undefined || !of.includes(type))) continue;
    const code = isMalformed ? 'malformed-packet' : arrival.kind === 'packet' ? 'unexpected-packet' : 'unexpected-end';
    return { code, what: `${describeArrival(arrival)} came on connection ${conversation.number}` };
  }
  return undefined;
}
