import type { ProgramTask } from './task.ts';

/** What the placeholders of a command stand for. */
export interface Placeholders {
  readonly host: string;
  readonly port: string;
  /** `mqtt://127.0.0.1:PORT`, or with `mqtts`, `ws`, `wss`. */
  readonly url: string;
  /** The path of a file with the CA to trust, in PEM; empty without TLS. */
  readonly ca: string;
  readonly case: string;
  readonly topic: string;
  readonly payload: string;
  readonly qos: string;
  readonly retain: string;
}

export function placeholdersFor(url: string, ca: string, task: ProgramTask): Placeholders {
  const { hostname, port } = new URL(url);
  const { behaviour, topic, payload, qos, retain } = task;
  return { host: hostname, port, url, ca, case: behaviour, topic, payload, qos: `${qos}`, retain: retain ? '1' : '0' };
}

/**
 * Takes a command line apart into a program and its arguments: at spaces, but for those in quotes or behind a backslash
 * outside single quotes. No shell has a part in it. Throws a `TypeError` where it is empty or a quote is left open.
 */
export function splitCommand(command: string): readonly [program: string, ...args: string[]] {
  const parts: string[] = [];
  let part: string | undefined;
  let quote: string | undefined;
  for (let i = 0; i < command.length; i += 1) {
    const character = command[i]!;
    if (character === '\\' && quote !== "'" && i + 1 < command.length) {
      i += 1;
      part = (part ?? '') + command[i]!;
    } else if (character === quote) quote = undefined;
    else if (quote === undefined && (character === '"' || character === "'")) {
      quote = character;
      part ??= '';
    } else if (quote === undefined && /\s/.test(character)) {
      if (part !== undefined) parts.push(part);
      part = undefined;
    } else part = (part ?? '') + character;
  }
  if (quote !== undefined) throw new TypeError(`The command leaves a ${quote} open`);
  if (part !== undefined) parts.push(part);
  const [program, ...args] = parts;
  if (program === undefined || program === '') throw new TypeError('The command is empty');
  return [program, ...args];
}

/** Fills the placeholders in, like `{port}`; other braces stay as they are, and what is filled in is not looked at again. */
export function fillIn(part: string, placeholders: Placeholders): string {
  return part.replaceAll(/\{([a-z]+)\}/g, (text, name: string) =>
    Object.hasOwn(placeholders, name) ? placeholders[name as keyof Placeholders] : text,
  );
}
