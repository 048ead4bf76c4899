import type { StatementId } from './statements.ts';

/** Why a broker cannot see a client keep or break a statement, and the statements that this is true of. */
const REASONS: readonly (readonly [reason: string, statements: readonly StatementId[]])[] = [
  [
    'It says which sessions a server keeps, opens and deletes; nothing that a client sends depends on it.',
    ['MQTT-3.1.2-6', 'MQTT-3.1.4-4', 'MQTT-4.1.0-2'],
  ],
  [
    'It says when and how a server publishes the will; the client that left it is gone by then, or is told nothing.',
    ['MQTT-3.1.2-8', 'MQTT-3.1.2-10', 'MQTT-3.1.3-9', 'MQTT-3.1.3-10'],
  ],
  [
    'It says which client identifiers a server takes or makes up; a client may send any.',
    ['MQTT-3.1.3-5', 'MQTT-3.1.3-6'],
  ],
  [
    'It says how a server answers a client that is wrong or silent; a client that is right never sees it.',
    ['MQTT-3.1.2-22', 'MQTT-3.1.4-1', 'MQTT-3.1.4-6', 'MQTT-4.13.1-1'],
  ],
  [
    'It says which messages a server keeps, drops or routes; a client sees only those that come.',
    ['MQTT-3.1.2-25', 'MQTT-3.3.1-7', 'MQTT-3.3.2-5', 'MQTT-3.10.4-2', 'MQTT-4.5.0-1', 'MQTT-4.6.0-6'],
  ],
  [
    'It says what a server makes of subscriptions; a client cannot tell, and takes what comes.',
    ['MQTT-3.3.4-2', 'MQTT-3.8.4-4', 'MQTT-3.8.4-5', 'MQTT-3.8.4-8', 'MQTT-3.10.4-6'],
  ],
  [
    'It says what a server takes in or sends under its own limits; a client need not use them up.',
    ['MQTT-3.3.2-12', 'MQTT-3.3.4-10'],
  ],
  [
    'It says which member of a shared subscription a server serves; one client alone cannot tell.',
    ['MQTT-4.8.2-3', 'MQTT-4.8.2-4', 'MQTT-4.8.2-5', 'MQTT-4.8.2-6'],
  ],
];

/** The statements that a broker cannot see a client keep or break, each with the reason. */
export const unobservable: Readonly<Partial<Record<StatementId, string>>> = Object.fromEntries(
  REASONS.flatMap(([reason, statements]) => statements.map((id) => [id, reason])),
);
