import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** What becomes of a piece that a client sends: it goes on, the connection is cut before it, or only the answer is lost. */
export type Fate = 'pass' | 'cut' | 'lose-answer';

/** A way to a server that can be cut. */
export interface Proxy {
  /** The URL of the database, by this way. */
  readonly url: string;
  /** Cuts all connections that are open. */
  cut(): void;
  /** Is over when the judge has first cut a connection. */
  readonly cutOff: Promise<void>;
  close(): Promise<void>;
}

/**
 * Listens on a port of this machine and hands everything on to the server of a URL. Each piece that a client sends is shown to `judge`
 * first. When an answer is lost, the server's side stays open until it has answered, so that it does its work to the end.
 */
export async function openProxy(url: string, judge: (text: string) => Fate = () => 'pass'): Promise<Proxy> {
  const target = new URL(url);
  const open = new Set<Socket>();
  let told: () => void = () => undefined;
  const cutOff = new Promise<void>((resolve) => {
    told = resolve;
  });
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    let deaf = false;
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined).on('close', () => open.delete(socket));
    }
    client.on('data', (piece) => {
      const fate = deaf ? 'pass' : judge(piece.toString('latin1'));
      if (fate === 'cut') {
        client.destroy();
        upstream.destroy();
        told();
        return;
      }
      deaf ||= fate === 'lose-answer';
      upstream.write(piece);
    });
    upstream.on('data', (piece) => {
      if (!deaf) {
        client.write(piece);
        return;
      }
      client.destroy();
      upstream.end();
    });
    client.on('close', () => {
      if (!deaf) upstream.destroy();
    });
    upstream.on('close', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  const own = new URL(url);
  own.hostname = '127.0.0.1';
  own.port = String(address.port);
  const cut = (): void => {
    for (const socket of open) socket.destroy();
  };
  return {
    url: own.href,
    cut,
    cutOff,
    close: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A judge for the first piece that contains a text; everything before and behind it passes. */
export function atFirst(text: string, fate: Fate): (piece: string) => Fate {
  let done = false;
  return (piece) => {
    if (done || !piece.includes(text)) return 'pass';
    done = true;
    return fate;
  };
}
