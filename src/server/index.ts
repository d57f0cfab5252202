/** Floor 11: the team's server over HTTP, and the web app's. */
export type { DeskCallName } from './desk/calls.ts';
export type { DeskAnswers } from './desk/desk.ts';
export type { DeskGiven } from './desk/inputs.ts';
export type { DeskRun, DeskStep } from './desk/runs.ts';
export { type Listening, type ListenOptions, listen } from './listen.ts';
