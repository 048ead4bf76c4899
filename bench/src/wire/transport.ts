export type Transport = 'tcp' | 'tls' | 'ws';

export const TRANSPORTS: readonly Transport[] = ['tcp', 'tls', 'ws'];
