import { connect } from 'node:net';

/** What a server sends back to bytes as they are; the connection is closed when it has been quiet for a while, or by the server. */
export function raw(port: number, bytes: string | Uint8Array, { quietMs = 2_000 }: { readonly quietMs?: number } = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let heard = '';
    const done = (): void => {
      socket.destroy();
      resolve(heard);
    };
    socket.setTimeout(quietMs, done);
    socket.setEncoding('latin1').on('data', (text: string) => {
      heard += text;
    });
    socket.once('close', done);
    socket.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' || error.code === 'EPIPE' ? done() : reject(error),
    );
    socket.write(bytes);
  });
}
