import { ReasonCode, type AuthPacket } from '@minimq/core/codec';
import type { Connection } from './connection.ts';
import type { AuthenticationExchange, AuthenticationStep } from './hooks.ts';
import { protocolError } from './violation.ts';

/** What becomes of an exchange in the end. */
export interface AuthenticationOutcome {
  accept(data: Uint8Array | undefined): void;
  refuse(reasonCode: ReasonCode, reasonString: string | undefined): void;
}

/** One run of enhanced authentication (section 4.12), in the handshake or later. */
export class Authentication {
  readonly #connection: Connection;
  readonly #method: string;
  readonly #exchange: AuthenticationExchange;
  readonly #outcome: AuthenticationOutcome;

  constructor(
    connection: Connection,
    method: string,
    exchange: AuthenticationExchange,
    outcome: AuthenticationOutcome,
  ) {
    this.#connection = connection;
    this.#method = method;
    this.#exchange = exchange;
    this.#outcome = outcome;
  }

  /** The client's data, from CONNECT or AUTH. */
  respond(data: Uint8Array | undefined): void {
    this.#connection.ask(this.#exchange.respond(data), (step) => this.#take(step));
  }

  receive(packet: AuthPacket): void {
    if (packet.reasonCode !== ReasonCode.continueAuthentication) {
      throw protocolError('4.12', 'AUTH does not continue the authentication that is under way');
    }
    this.respond(packet.properties.authenticationData);
  }

  #take(step: AuthenticationStep): void {
    if (step.kind === 'accept') this.#outcome.accept(step.data);
    else if (step.kind === 'refuse') this.#outcome.refuse(step.reasonCode, step.reasonString);
    else {
      const properties = { authenticationMethod: this.#method, authenticationData: step.data };
      this.#connection.send({ type: 'auth', reasonCode: ReasonCode.continueAuthentication, properties });
    }
  }
}

/** Every AUTH names the method of the CONNECT [MQTT-4.12.0-5]. */
export function checkMethod(packet: AuthPacket, method: string | undefined): void {
  if (method === undefined) throw protocolError('4.12', 'AUTH without an authentication method in CONNECT');
  if (packet.properties.authenticationMethod !== method) {
    throw protocolError('4.12', 'AUTH names another authentication method than CONNECT');
  }
}
