/** Where and when: everything the outer floors hand in so that the inner ones stay pure. */

/** The current time. */
export type Clock = () => Date;

/** A hexadecimal digest of a text (SHA-256 in the running program). */
export type Digest = (text: string) => string;

/** Random bytes as lower-case hexadecimal text, `bytes` of them. */
export type RandomHex = (bytes: number) => string;
