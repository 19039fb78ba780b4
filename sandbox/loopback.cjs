'use strict';
// Loaded before a Node.js program that has no option for its address: whatever it asks for, it listens on loopback.

const { Server } = require('node:net');

const ADDRESS = '127.0.0.1';
const listen = Server.prototype.listen;

Server.prototype.listen = function listenOnLoopback(first, ...rest) {
  if (typeof first === 'object' && first !== null) {
    return listen.call(this, 'port' in first ? { ...first, host: ADDRESS } : first, ...rest);
  }
  if (first === undefined || typeof first === 'function') {
    return listen.call(this, 0, ADDRESS, ...(first ? [first] : []), ...rest);
  }
  if (Number.isInteger(Number(first))) {
    const others = typeof rest[0] === 'string' ? rest.slice(1) : rest;
    return listen.call(this, first, ADDRESS, ...others);
  }
  return listen.call(this, first, ...rest);
};
