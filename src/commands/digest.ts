import { hash, randomBytes } from 'node:crypto';

export function sha256(text: string): string {
  return hash('sha256', text);
}

export function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}
