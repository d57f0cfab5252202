/** Floor 11: HTTP in, calls of the team's service, JSON out. */
export { type Listening, type ListenOptions, listen } from './listen.ts';
