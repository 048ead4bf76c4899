import { addressOf, type Address } from './address.ts';
import { wrongUsage } from './wrong-usage.ts';

/**
 * Where the broker is: by default at the usual port of this machine. Ends the program where `text` is no address, which
 * may have a password in it and is not repeated.
 */
export function brokerAddress(usage: string, text = 'mqtt://127.0.0.1:1883'): Address {
  return addressOf(text) ?? wrongUsage(usage, 'The broker has to be mqtt://HOST or mqtt://HOST:PORT, and no more');
}
