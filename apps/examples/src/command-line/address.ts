const MQTT_PORT = 1883;

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** The address in `mqtt://HOST` or `mqtt://HOST:PORT`; undefined for anything else. */
export function addressOf(text: string): Address | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isAddress = url?.protocol === 'mqtt:' && url.hostname !== '' && /^\/?$/.test(url.pathname);
  if (!isAddress || `${url.username}${url.password}${url.search}${url.hash}` !== '') return undefined;
  // An IPv6 address stands in brackets.
  return { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: url.port === '' ? MQTT_PORT : Number(url.port) };
}
