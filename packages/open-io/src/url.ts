import { InvalidRequestError } from '@minimq/core';

/** Throws an `InvalidRequestError` for what is no URL; the message does not repeat it, as it may hold a password. */
export function parseUrl(url: string | URL): URL {
  try {
    return new URL(url);
  } catch {
    throw invalid('This is not a URL; one looks like mqtt://broker.example:1883');
  }
}

/** A URL to open: credentials are not the transport's. */
export function parseTarget(url: string | URL): URL {
  const parsed = parseUrl(url);
  if (parsed.username === '' && parsed.password === '') return parsed;
  throw invalid(
    'The URL holds a user name or a password, which belong to session.connect(): splitCredentials(url) takes them out',
  );
}

/** The server that an `mqtt:` or `mqtts:` URL names. */
export function hostAndPort(url: URL, portDefault: number): { readonly host: string; readonly port: number } {
  if (url.hostname === '') throw invalid(`The URL names no host: ${url.protocol}//HOST`);
  if ((url.pathname !== '' && url.pathname !== '/') || url.search || url.hash) {
    throw invalid(`Nothing may follow the host and the port of an ${url.protocol} URL`);
  }
  return { host: hostOf(url), port: url.port === '' ? portDefault : Number(url.port) };
}

/** The file that a `unix:` URL names. */
export function socketPath(url: URL): string {
  if (url.hostname !== '' || url.search || url.hash) {
    throw invalid('A unix: URL is a path and nothing else: unix:/run/broker.sock, with ? and # percent-encoded');
  }
  return decoded(url.pathname);
}

/** Throws an `InvalidRequestError` for a percent sign that encodes nothing. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid('The URL has a % that is no percent-encoding: write it as %25');
  }
}

export function invalid(message: string): InvalidRequestError {
  return new InvalidRequestError('invalid-argument', message);
}

/** Only the schemes of the Web have their hosts decoded and put into ASCII, so it is read as one of theirs. */
function hostOf({ hostname }: URL): string {
  return parseUrl(`http://${hostname}`).hostname.replace(/^\[|\]$/g, '');
}
