// The packet types of section 2.1.2. A module of plain constants, which bundlers put in where they are used.

export const connect = 1;
export const connack = 2;
export const publish = 3;
export const puback = 4;
export const pubrec = 5;
export const pubrel = 6;
export const pubcomp = 7;
export const subscribe = 8;
export const suback = 9;
export const unsubscribe = 10;
export const unsuback = 11;
export const pingreq = 12;
export const pingresp = 13;
export const disconnect = 14;
export const auth = 15;
