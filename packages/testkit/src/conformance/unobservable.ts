import type { StatementId } from './statements.ts';

/** Statements with a duty for clients that a broker cannot see kept or broken, each with the reason. */
export const unobservable: Readonly<Partial<Record<StatementId, string>>> = {
  'MQTT-4.2.0-1': 'It asks for a transport with an ordered, lossless stream; every case runs over one.',
};
