/** A flag as help, completion and documents know it. */
export interface Flag {
  readonly name: string;
  readonly short?: string;
  /** Other names that people's fingers know. */
  readonly aliases?: readonly string[];
  /** What stands for the value in help; absent for a switch. */
  readonly value?: string;
  /** The value when the flag stands alone; a flag with it may be given with `=`. */
  readonly bare?: string;
  readonly choices?: readonly string[];
  readonly repeatable?: true;
  readonly summary: string;
}

export type CommandGroup = 'START' | 'EVERYDAY' | 'AUTHOR' | 'TEAM' | 'CARE';

/** A command as help, completion and documents know it. */
export interface Command {
  readonly name: string;
  readonly group: CommandGroup;
  readonly summary: string;
  /** What stands behind the name: `NAME`, `[COUNT | all | ID]`. */
  readonly takes?: string;
  readonly flags: readonly Flag[];
  readonly examples: readonly (readonly [command: string, what: string])[];
  /** A few sentences for the page of the command. */
  readonly about: string;
  /** Other names that people's fingers know. */
  readonly aliases?: readonly string[];
  /** When interrupted it stops in order; any other command may simply be ended. */
  readonly stops?: true;
  /** What is said when it is interrupted, where no statement is what ends. */
  readonly stopping?: string;
  /** What the last argument may be, for completion. */
  readonly completes?: 'migrations' | 'codes' | 'shells' | 'commands';
}
